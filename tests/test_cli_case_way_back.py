"""The commands of the way back: signals, helpers, feedback and the ledger, as case workers use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from case_lives import WHO
from case_stores import behind_its_back

from huurschuld.cases import open_case_store
from huurschuld.cases.searching import events_of_case
from huurschuld.model.referral import Referral
from huurschuld.plugins.feedback import read_messages
from huurschuld.plugins.meldpunt import open_file_drop

Run = Callable[..., tuple[int, str, str]]
Case = Callable[..., str]
KEYS = [f"{number:08x}" * 4 for number in (1, 2, 3)]
CONFIGURATION = """
[cases]
store = { path = "cases.sqlite" }

[helper_directories.bip]
table = { path = "helpers.csv" }

[feedback_channels.Woonstichting]
use = "feedback-drop"
folder = { path = "feedback" }
"""


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The desk of a case worker of the GGD, with a configuration and two signals."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("HUURSCHULD_CONFIG", "ggd.toml")
    monkeypatch.setenv("HUURSCHULD_ROLE", "ggd")
    monkeypatch.setenv("HUURSCHULD_PERSON", "J. Jansen")
    monkeypatch.delenv("HUURSCHULD_LANG", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("ggd.toml").write_text(CONFIGURATION)
    Path("helpers.csv").write_text("name,needs,places\nBIP,schulden,Katwijk\nElders,schulden,Leiden\n")
    for name in ("signals", "feedback"):
        Path(name).mkdir()
    for key in KEYS[:2]:
        open_file_drop(folder="signals").send(Referral(contact=WHO, arrears_cents=127_000), key)
    return tmp_path


@pytest.fixture
def case(run: Run) -> Case:
    """Runs a command of `case` that succeeds, in a store that was begun."""

    def succeeds(*arguments: object) -> str:
        code, out, err = run("case", *arguments)
        assert (code, "internal-error" in err) == (0, False), err
        return out

    succeeds("begin")
    return succeeds


RECEIVE = ("receive", "signals", "--landlord", "Woonstichting", "--received", "2026-01-05")


def types_of(key: str) -> list[str]:
    with open_case_store("sqlite:///cases.sqlite") as store:
        return [str(it.type) for it in events_of_case(store, key) or ()]


def test_what_cannot_be_received_is_named_and_stays(run: Run, case: Case) -> None:
    """The exit code says that something is left; nothing of a person is printed."""
    (Path("signals") / f"{KEYS[2]}.json").write_text('{"name": "M. de Vries"')
    code, out, err = run("case", *RECEIVE)
    assert (code, out.splitlines()[0]) == (
        1,
        "received: 2; received before: 0; not received, still in the folder: 1",
    )
    assert f"{KEYS[2]}.json is not received: invalid-value at {KEYS[2]}.json" in err
    assert WHO.name not in out + err
    assert [it.name for it in Path("signals").glob("*.json")] == [f"{KEYS[2]}.json"]
    assert "received: 0" in run("case", *RECEIVE)[1]
    assert run("case", "receive", "nowhere")[0] == 2
    assert case("list").endswith("cases: 2; without a worker: 2\n")


def test_a_repeated_signal_is_matched_and_recorded(case: Case) -> None:
    """Found by its address; then it is in the case that runs, and its own is not taken up."""
    case(*RECEIVE)
    found = case("match", KEYS[1][:8])
    assert found.startswith(f"{KEYS[0][:12]}  signal of 2026-01-05  received  same name: earlier")
    case("repeat", KEYS[1][:8], "--of", KEYS[0][:8], "--on", "2026-01-06")
    assert types_of(KEYS[0]) == ["received", "received"]
    assert types_of(KEYS[1]) == ["received", "matched", "screened-out"]
    case("record", KEYS[0], "closed", "--happened", "2026-01-07", "--data", "result=advice")
    assert "no case here has this address" not in case("match", KEYS[1][:8])


def test_a_helper_is_listed_and_chosen(run: Run, case: Case) -> None:
    """By the town of the contact details; one that is not listed is refused."""
    case(*RECEIVE)
    listed = case("couple", KEYS[0][:8], "--need", "schulden")
    assert "BIP" in listed
    assert "Elders" not in listed
    assert "nobody for this need" in case("couple", KEYS[0][:8], "--need", "slapen")
    options = ("couple", KEYS[0][:8], "--need", "schulden", "--on", "2026-01-08", "--helper")
    assert "coupled to BIP" in case(*options, "bip")
    code, _, err = run("case", *options, "Elders")
    assert (code, "no such helper" in err) == (2, True)
    assert types_of(KEYS[0]) == ["received", "coupled"]


def test_the_landlord_is_told_once_in_either_language(run: Run, case: Case) -> None:
    """Of all his cases or of one; a channel that fails is told, and the next run goes on."""
    case(*RECEIVE)
    options = ("give-feedback", "--landlord", "Woonstichting", "--as-of", "2026-01-06")
    assert case(*options).startswith("feedback given: 2; nothing new: 0; failed: 0\n")
    assert case(*options, "--lang", "nl") == "teruggekoppeld: 0; niets nieuws: 2; niet gelukt: 0\n"
    case("record", KEYS[0], "accepted", "--happened", "2026-01-07")
    Path("feedback").rename("away")
    Path("feedback").write_text("no folder")
    give = ("case", "give-feedback", KEYS[0][:8], "--as-of", "2026-01-08", "--landlord", "Woonstichting")
    assert run(*give)[0] == 2
    Path("feedback").unlink()
    Path("away").rename("feedback")
    assert run(*give)[1].startswith("feedback given: 1;")
    assert types_of(KEYS[0]) == ["received", "feedback-given", "accepted", "feedback-given"]
    told = [it.feedback for it in read_messages("feedback").values()]
    assert {it.help_accepted for it in told if it.key == KEYS[0]} == {None, True}
    case("record", KEYS[2], "received", "--happened", "2026-01-05", "--new")
    code, out, _ = run("case", *options)
    assert (code, out.splitlines()[-1]) == (1, f"  {KEYS[2][:12]}")
    assert "without a recorded landlord: 1; of which with news for him: 1; record `received` anew" in out
    assert run("case", "give-feedback")[0] == 2
    for options_, problem in (
        (("--landlord", "another"), "configured are: Woonstichting"),
        (("--landlord", "another", "--channel", "Woonstichting"), "came from another landlord"),
        (("--channel", "Woonstichting"), "nobody said whose the channel is"),
    ):
        code, _, err = run(*give[:-2], *options_)
        assert (code, problem in err) == (2, True)


@pytest.mark.parametrize("by", ["landlord", "helper", "resident"])
def test_who_may_not_see_which_cases_there_are_follows_none(run: Run, case: Case, by: str) -> None:
    """Not even the key of one in a plan that the ledger does not know."""
    case(*RECEIVE)
    data = ("--data=arrears=1270.00", "--data=monthly=635", "--data=first=2026-11-01")
    case("record", KEYS[0], "plan-agreed", "--happened", "2026-10-29", "--by", "municipality", *data)
    Path("ledger").mkdir()
    for name, columns in LEDGER.items():
        Path("ledger", f"{name}.csv").write_text(f"{columns}\n")
    options = "ledger --as-of 2026-11-20 --tolerance 5 --grace-days 7 --outbox outbox.sqlite".split()
    assert run("refer", "begin", "--outbox", "outbox.sqlite")[0] == 0
    assert KEYS[0][:12] in run("case", "follow", *options)[2]
    code, out, err = run("case", "follow", *options, "--by", by)
    assert (code, out) == (2, "")
    assert err == (
        f"huurschuld: not-allowed at /by: a {by} may not see which cases there are; "
        "ask the municipality about a case\n"
    )


LEDGER = {
    "tenancies": "id,start",
    "rents": "tenancy,from,cents",
    "entries": "tenancy,id,kind,due,booked,cents",
    "contacts": "tenancy,date,channel,direction,about_arrears,reminder,debt_help,offers_sharing",
    "plans": "tenancy,from,until,broken_on,cents",
    "disputes": "tenancy,from,until,cents",
    "objections": "tenancy,date,withdrawn,standing",
}


@pytest.mark.slow
def test_a_plan_is_followed_on_the_ledger(run: Run, case: Case, desk: Path) -> None:
    """From the landlord's own outbox to the events of the case, and to a table that screening takes."""
    landlord = desk / "landlord"
    landlord.mkdir()
    tables = {
        "tenancies": "id,start\nA1,2019-04-01\n",
        "rents": "tenancy,from,cents\nA1,2026-01-01,63500\n",
        "entries": "tenancy,id,kind,due,booked,cents\n"
        + "".join(f"A1,{n},rent,2026-{n:02}-01,,63500\n" for n in (8, 9, 10, 11))
        + "A1,p1,payment,,2026-10-01,63500\nA1,p2,payment,,2026-11-02,127000\n",
        "contacts": "tenancy,date,channel,direction,about_arrears,reminder,debt_help,offers_sharing\n"
        "A1,2026-09-05,letter,out,true,true,true,true\nA1,2026-09-09,phone,out,true,false,false,false\n",
        "plans": "tenancy,from,until,broken_on,cents\n",
        "disputes": "tenancy,from,until,cents\n",
        "objections": "tenancy,date,withdrawn,standing\n",
    }
    for name, text in tables.items():
        (landlord / f"{name}.csv").write_text(text)
    (desk / "register.csv").write_text(
        "tenancy,name,street,house_number,addition,postcode,place,phone,email,care_of\n"
        "A1,M. de Vries,Voorstraat,4,,2225AB,Katwijk,,,\n"
    )
    (desk / "landlord.toml").write_text(
        '[outbox]\nfile = { path = "outbox.sqlite" }\n[channels.ggd]\nuse = "file-drop"\n'
        'folder = { path = "signals" }\n[contact_sources.register]\nfile = { path = "register.csv" }\n'
    )
    at = ("--config", "landlord.toml")
    assert run("refer", "begin", *at)[0] == 0
    day = ("--policy", "bgs-2021", "--as-of", "2026-09-28", "--batch", "b")
    assert "proposed in b: 1" in run("refer", "propose", "landlord", *day, *at)[1]
    assert run("refer", "confirm", "--batch", "b", "--by", "P. Pieters", *at)[0] == 0
    assert "accepted 1" in run("refer", "send", *at)[1]
    case(*RECEIVE[:4], "--received", "2026-10-21")
    (key,) = [it["key"] for it in json.loads(case("list", "--format", "json")) if it["key"] not in KEYS]
    for type_, data in (
        ("accepted", ()),
        ("plan-agreed", ("--data=arrears=1270.00", "--data=monthly=635", "--data=first=2026-11-01")),
    ):
        case("record", key, type_, "--happened", "2026-10-29", *data)
    options = "--as-of 2026-11-20 --tolerance 5 --grace-days 7 --outbox outbox.sqlite --by municipality"
    follow = ("follow", "landlord", *options.split())
    shown = case(*follow, "--plans", "plans.csv")
    assert f"{key[:12]}  A1  kept\n" in shown
    assert "to be recorded, with --record:\n    2026-11-02  instalment paid € 635.00\n" in shown
    assert Path("plans.csv").read_text() == (
        "tenancy,from,until,broken_on,cents\nA1,2026-10-29,2026-12-01,,127000\n"
    )
    assert "recorded:" in case(*follow, "--record")
    assert case(*follow, "--record") == f"{key[:12]}  A1  kept\nplans followed: 1\n"
    assert types_of(key)[-1] == "instalment-paid"
    code, _, err = run("case", *follow, "--plans", "cases.sqlite")
    assert (code, "--plans" in err) == (2, True)
    with behind_its_back("sqlite:///cases.sqlite") as connection:
        connection.exec_driver_sql("UPDATE entries SET public = '{}' WHERE \"case\" = 1 AND number = 1")
    code, out, err = run("case", *follow, "--plans", "other.csv")
    assert (code, out) == (1, f"{key[:12]}  A1  kept\nplans followed: 1\n")
    assert f"{KEYS[0][:12]} is damaged, and not followed" in err
    assert "not written" in err
    assert not Path("other.csv").exists()
