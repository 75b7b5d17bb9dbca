"""`huurschuld case list`, `due` and `calendar`: what a worker has to do, and nothing of a person."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

from case_desk import CANARY, Case, Run
from case_stores import behind_its_back
from icalendar import Calendar

from huurschuld.cases import open_case_store, verify


def assigned(case: Case) -> None:
    """Three cases: one of Jansen that is overdue, one of De Vries that is due, and one of nobody."""
    case("begin")
    for key, day, worker in (("late", 5, "J. Jansen"), ("soon", 26, "P. de Vries"), ("none", 27, None)):
        name, begun = f"{key}-of-a-household", dt.date(2026, 1, day)
        case("record", name, "received", "--new", "--happened", begun, "--data", "arrears=987.65")
        case("record", name, "accepted", "--happened", begun)
        if worker is not None:
            case("record", name, "assigned", "--happened", begun, "--data", f"worker={worker}")
    case("record", "none-of-a-household", "coupled", "--happened", begun, "--data", f"helper={CANARY}")


def listed(text: str) -> list[str]:
    """The keys in a list, as CSV."""
    return [row["key"].partition("-")[0] for row in csv.DictReader(io.StringIO(text))]


def test_a_work_list_has_what_a_worker_asks_for(run: Run, case: Case) -> None:
    """By turn, by worker, what is overdue, and what nobody has; first what must be done first."""
    assigned(case)
    day = ("--as-of", "2026-02-05", "--format", "csv")
    assert listed(case("list", *day)) == ["late", "soon", "none"]
    assert listed(case("list", *day, "--overdue")) == ["late"]
    assert listed(case("list", *day, "--unassigned")) == ["none"]
    assert listed(case("list", *day, "--worker", "p. DE vries")) == ["soon"]
    assert listed(case("list", *day, "--turn", "ggd")) == []
    assert listed(case("due", *day, "--turn", "municipality")) == ["late", "soon", "none"]
    assert listed(case("due", *day, "--turn", "landlord", "--worker", "J. Jansen")) == []
    assert listed(case("due", *day)) == ["late", "soon", "none", "soon", "none"]
    rows = json.loads(case("due", "--as-of", "2026-02-05", "--format", "json"))
    assert (rows[0]["end"], rows[0]["state"], rows[0]["turn"], rows[0]["source"]) == (
        *("2026-02-02", "overdue", "municipality"),
        "Wgs art. 4(1)(b)",
    )
    assert rows[0]["workers"] == {"ggd": "J. Jansen"}
    assert case("list", *day, "--turn", "ggd") == (
        "key,phase,deadline,end,state,turn,source,caveat,workers\n"
    )
    table = case("list", "--as-of", "2026-02-05", "--lang", "nl")
    assert "te laat" in table
    assert "zaken: 3; zonder medewerker: 1" in table
    assert listed(case("list", "--as-of", "2026-01-10", "--format", "csv")) == ["late"]
    _, _, err = run("case", "list", *day, "--worker", "Jansen")
    assert "no open case has this worker; those who have some: J. Jansen, P. de Vries" in err
    assert "1 open case has no worker: huurschuld case list --unassigned" in err


def test_lists_and_calendars_have_nothing_of_a_person(case: Case) -> None:
    """Neither amounts nor helpers; and nobody has looked into a case."""
    assigned(case)
    texts = [
        case(command, "--format", output, "--as-of", "2026-02-05")
        for command in ("list", "due")
        for output in ("table", "csv", "json")
    ]
    texts.append(case("calendar", "--as-of", "2026-02-05"))
    for it in texts:
        assert CANARY not in it
        assert "987" not in it
    with behind_its_back("sqlite:///cases.sqlite") as connection:
        kinds = connection.exec_driver_sql("SELECT DISTINCT kind FROM entries").scalars().all()
    assert kinds == ["event"]
    case("show", "none", "--purpose", "test")
    with open_case_store("sqlite:///cases.sqlite") as store:
        assert verify(store) == ()
    with behind_its_back("sqlite:///cases.sqlite") as connection:
        kinds = connection.exec_driver_sql("SELECT DISTINCT kind FROM entries").scalars().all()
    assert sorted(kinds) == ["access", "event"]


def test_a_calendar_is_written_whole_and_over_nothing_else(run: Run, case: Case, desk: Path) -> None:
    """For a calendar program; never over the store."""
    assigned(case)
    options = (
        "--turn",
        "municipality",
        "--worker",
        "J. Jansen",
        "--as-of",
        "2026-01-20",
        "--lang",
        "nl",
    )
    assert "mine.ics is geschreven" in case("calendar", "mine.ics", *options)
    (found,) = Calendar.from_ical((desk / "mine.ics").read_bytes()).walk("VEVENT")
    assert (found["summary"], found["dtstart"].dt) == (  # type: ignore[union-attr] # as it was written
        "eerste gesprek (zaak late-of-a-ho)",
        dt.date(2026, 2, 2),
    )
    before = (desk / "mine.ics").read_bytes()
    code, _, err = run("case", "calendar", "mine.ics", "--worker", "Jansen")
    assert (code, "no case was ever assigned to this name" in err) == (2, True)
    assert (desk / "mine.ics").read_bytes() == before
    code, _, err = run("case", "calendar", "cases.sqlite", *options)
    assert (code, "dit bestand wordt gelezen" in err) == (2, True)
    with open_case_store("sqlite:///cases.sqlite") as store:
        assert len(store.keys()) == 3


def test_a_damaged_case_is_told_of(run: Run, case: Case, desk: Path) -> None:
    """The rest is listed, and the command ends with 1; a calendar without it is not made."""
    assigned(case)
    case("calendar", "mine.ics")
    before = (desk / "mine.ics").read_bytes()
    with behind_its_back("sqlite:///cases.sqlite") as connection:
        connection.exec_driver_sql('DELETE FROM entries WHERE "case" = 2 AND number = 3')
    code, out, err = run("case", "list", "--as-of", "2026-02-05", "--format", "csv")
    assert (code, listed(out)) == (1, ["late", "none"])
    assert "case 2 is not listed: it is not as it was written" in err
    assert run("case", "due", "--as-of", "2026-02-05")[0] == 1
    code, _, err = run("case", "calendar", "mine.ics")
    assert (code, "case-store-damaged at case 2" in err) == (2, True)
    assert (desk / "mine.ics").read_bytes() == before
