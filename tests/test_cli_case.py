"""`huurschuld case`, as a case worker uses it: a whole case, what is refused, and who sees what."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from case_desk import CANARY, Case, Run, as_options, record_life
from case_lives import KEY, attempted, values_of, whole_life
from hypothesis import HealthCheck, given, settings, strategies as st
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found
from rich.console import Console

from huurschuld import HuurschuldError, InputError
from huurschuld.cases import (
    EVENTS,
    Event,
    EventType,
    export_person,
    fold,
    open_case_store,
    record,
)
from huurschuld.cases.phrases import details
from huurschuld.cli.case_values import cents_of, data_of, euros_name
from huurschuld.cli.display_cases import show_event_type
from huurschuld.decisions.words import Lang, euros
from huurschuld.model.values import Day, Kind


def test_a_whole_case_from_the_signal_to_the_end(case: Case) -> None:
    """What is recorded by the command is the case as the library has it."""
    assert "the store is created" in case("begin")
    record_life(case, whole_life())
    shown = json.loads(case("show", KEY[:4], "--purpose", "test", "--format", "json"))
    expected = fold(whole_life())
    assert (shown["key"], shown["phase"], shown["version"]) == (KEY, expected.phase, len(whole_life()))
    assert [
        (it["id"], it["type"], it["happened"], it["by"], it["stands"]) for it in shown["events"]
    ] == [(it.id, it.type, it.happened.isoformat(), it.by, True) for it in expected.history]
    assert shown["plan"] is None  # no first day was agreed
    assert shown["unexpected"] == []
    assert case("list").endswith("cases: 0\n")
    assert case("list", "--all").count(KEY[:12]) == 1
    for lang, told in (("en", "contact attempt: visit, evening, reached"), ("nl", "huisbezoek, avond")):
        text = case("show", KEY[:4], "--purpose", "test", "--lang", lang)
        assert told in text
        assert all(it.rule.label.to(lang) in text for it in expected.history)


@pytest.mark.slow
def test_random_lives_are_as_the_library_has_them(run: Run, case: Case) -> None:
    """Whatever is tried in whatever order: the command takes and refuses what the library does."""

    @given(attempted(most=7))
    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def holds(tried: list[Event]) -> None:
        runs[0] += 1
        key = f"{runs[0]:04}-of-nobody"
        taken: list[Event] = []
        for it in tried:
            try:
                record(taken, it)
            except HuurschuldError as error:
                expected = error.code
            else:
                expected = ""
            again = ["--replaces", it.replaces] if it.replaces else []
            new = [] if taken else ["--new"]
            options = ("--happened", it.happened, "--by", it.by, "--id", it.id, *again, *new)
            code, _, err = run("case", "record", key, it.type, *options, *as_options(it.data, it.type))
            assert code == (2 if expected else 0), err
            assert expected in err
            taken += [] if expected else [it]
        if taken:
            shown = json.loads(case("show", key, "--purpose", "test", "--format", "json"))
            state = fold(taken)
            assert shown["phase"] == state.phase
            assert [it["id"] for it in shown["events"] if it["stands"]] == [
                it.id for it in taken if it.id in {one.id for one in state.history}
            ]
            assert len(shown["unexpected"]) == len(state.unexpected)

    runs = [0]
    case("begin")
    holds()


def test_a_case_on_postgresql_is_the_same(
    case: Case, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """The store is named by its URL."""
    server: Cluster = request.getfixturevalue("cluster")
    monkeypatch.setenv("HUURSCHULD_CASES", server.url(server.new_database()))
    case("begin")
    record_life(case, [it for it in whole_life() if it.type in {"received", "accepted"}])
    assert "first talk" in case("list", "--as-of", "2026-01-20")
    assert "help accepted: yes" in case("feedback", KEY[:8], "--as-of", "2026-01-20")


@given(st.sampled_from(list(EventType)).flatmap(lambda it: st.tuples(st.just(it), values_of(it))))
def test_what_is_typed_is_read_as_it_was_meant(given_: tuple[EventType, Mapping[str, Any]]) -> None:
    """The data of every event, as text and back; and in words in both languages."""
    type_, data = given_
    texts = [it for it in as_options(data, type_) if it != "--data"]
    assert data_of(type_, texts) == data
    amounts = {name: value for name, value in data.items() if euros_name(name) is not None}
    in_euros = [f"{euros_name(name)}={value // 100}.{value % 100:02}" for name, value in amounts.items()]
    others = [it for it in texts if it.partition("=")[0] not in amounts]
    assert data_of(type_, [*others, *in_euros]) == data
    day = max([dt.date(2027, 6, 1), *(it for it in data.values() if isinstance(it, dt.date))])
    event = Event(
        id="1",
        case=KEY,
        type=type_,
        happened=day,
        recorded=dt.datetime.combine(day, dt.time(12), dt.UTC),
        by=min(EVENTS[type_].by),
        data=data,
    )
    for lang in ("nl", "en"):
        told = list(details(event, lang))
        assert len(told) == len(data)
        assert all(euros(it, lang) in " ".join(told) for it in amounts.values())


@given(st.sampled_from([it for it in EventType if EVENTS[it].data]), st.data())
def test_a_value_that_is_wrong_is_refused_and_not_quoted(type_: EventType, data: st.DataObject) -> None:
    """At the option and the field, with what is expected."""
    name = data.draw(st.sampled_from(sorted(EVENTS[type_].data)))
    kind: Kind = EVENTS[type_].data[name].kind
    wrong = f"{CANARY}\n"
    with pytest.raises(InputError) as caught:
        data_of(type_, [f"{name}={wrong}"])
    assert str(caught.value).startswith(f"invalid-value at --data {name}: {kind.expected}")
    assert CANARY not in str(caught.value)


@given(st.integers(0, 10**9 - 1))
def test_euros_are_read_to_the_cent(cents: int) -> None:
    """With a comma or a point, and never as something else."""
    for mark in ".,":
        assert cents_of(f"{cents // 100}{mark}{cents % 100:02}", "--arrears") == cents


@pytest.mark.parametrize("text", ["", "1.5", "1.234,50", "-1", "1e3", "€ 5", "5 ", "٥", "12345678"])
def test_what_is_not_euros_is_refused(text: str) -> None:
    """A point that was meant for thousands makes no other amount."""
    with pytest.raises(InputError, match="euros are expected"):
        cents_of(text, "--arrears")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["recieved"], "at TYPE: there is no such event; did you mean received?"),
        (["xyz"], "at TYPE: there is no such event; see huurschuld case events"),
        (
            ["attempt"],
            "at --data: attempt needs kind; add --data kind=…; see huurschuld case events attempt",
        ),
        (["attempt", "--data", "way=letter"], "attempt has no such field; it has: kind, part_of_day"),
        (["offer-made", "--data", "a=1"], "it has none: leave --data out"),
        (["attempt", "--data", "kind=brief"], "at --data kind: one of letter, email"),
        (["received", "--data", "arrears=1", "--data", "arrears_cents=1"], "is given already"),
        (["received", "--happened", "7-4-2026"], "at --happened: a day from 1900"),
        (["received", "--happened", "2199-01-01", "--new"], "this day is after the one on which it is"),
        (
            ["received"],
            "at CASE: there is no case with this key; correct it, or begin the case with --new",
        ),
        (["offer-made", "--new"], "impossible-event"),
        (["decision", "--new", "--data", "decision=plan"], "the ggd does not record decision"),
        (["received", "--new", "--by", "mayor"], "Invalid value for '--by'"),
        (["received", "--new", "--person", ""], "invalid-value at /person"),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    run: Run, case: Case, arguments: list[str], told: str
) -> None:
    """One line with the place and the next step, exit code 2; and nothing is there afterwards."""
    case("begin")
    code, out, err = run("case", "record", KEY, "--happened", "2026-01-05", *arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
    assert case("list", "--all").endswith("cases: 0\n")


def test_a_key_as_lists_show_it_is_enough_to_record_by(run: Run, case: Case) -> None:
    """Less is enough to look, if one case begins with it; a mistyped key begins no case."""
    case("begin")
    other = f"{KEY[:12]}-other-one"
    for key in (KEY, other):
        case("record", key, "received", "--new", "--happened", "2026-01-05")

    def refused(*arguments: object) -> str:
        code, _, err = run("case", *arguments)
        assert code == 2
        return err

    record = ("dossier-opened", "--happened", "2026-01-06")
    assert "too little of a key" in refused("record", KEY[:12], *record)
    assert "there is no case with this key" in refused("record", f"{KEY[:-1]}0", *record)
    assert "there is a case with this key" in refused(
        "record", KEY, "received", "--new", "--happened", "2026-01-05"
    )
    (shown,) = [it.split()[0] for it in case("list").splitlines() if it.startswith(KEY[:13])]
    assert shown == KEY[:13]
    case("record", shown, *record)
    assert "2 cases begin with this; give more of the key" in refused(
        "show", KEY[:6], "--purpose", "test"
    )
    assert "no case begins with this" in refused("show", "ffff", "--purpose", "test")
    assert "at least 4 characters" in refused("show", KEY[:3], "--purpose", "test")
    assert "dossier opened" in case("show", shown, "--purpose", "test")
    assert "dossier opened" not in case("show", other, "--purpose", "test")


def test_the_same_once_more_changes_nothing(run: Run, case: Case) -> None:
    """By its id; and who records on what a colleague has changed since is told."""
    case("begin")
    first = ("record", KEY, "received", "--new", "--happened", "2026-01-05", "--id", "1")
    assert "version 1" in case(*first)
    assert "version 1" in case(*first)
    assert "version 2" in case(
        "record", KEY, "dossier-opened", "--happened", "2026-01-05", "--expected", 1
    )
    code, _, err = run("case", "record", KEY, "offer-made", "--happened", "2026-01-05", "--expected", 1)
    assert (code, "case-conflict" in err) == (2, True)


def test_what_was_wrong_is_corrected(case: Case) -> None:
    """By the id that `show --ids` has; the wrong one is told of, and seen as it was known before."""
    case("begin")
    case("record", KEY, "received", "--new", "--happened", "2026-01-05")
    case("record", KEY, "dossier-opened", "--happened", "2026-01-06")
    case("record", KEY, "attempt", "--happened", "2026-01-08", "--data", "kind=letter", "--id", "wrong")
    assert "id wrong, recorded on 20" in case("show", KEY, "--purpose", "test", "--ids")
    case(
        *("record", KEY, "attempt", "--happened", "2026-01-07", "--data", "kind=visit"),
        *("--replaces", "wrong", "--id", "right"),
    )
    shown = case("show", KEY, "--purpose", "test")
    assert "2026-01-07  contact attempt: visit" in shown
    assert "contact attempt: letter" not in shown
    assert "Taken back or corrected, and no longer here: 1." in shown
    case("record", KEY, "retracted", "--happened", "2026-01-08", "--data", "event=right")
    assert "contact attempt" not in case("show", KEY, "--purpose", "test")
    document = json.loads(case("show", KEY, "--purpose", "test", "--format", "json"))
    assert [it["id"] for it in document["events"] if not it["stands"]][:2] == ["wrong", "right"]
    moment = document["events"][2]["recorded"]
    assert "contact attempt: letter" in case("show", KEY, "--purpose", "test", "--known", moment)
    assert (
        "nothing had happened" in case("show", KEY, "--purpose", "test", "--known", "2026-01-01").lower()
    )
    assert "received" in case("show", KEY, "--purpose", "test", "--as-of", "2026-01-05").splitlines()[1]


def test_what_is_unexpected_is_taken_and_told(run: Run, case: Case) -> None:
    """At once, and whenever the case is shown."""
    case("begin")
    case("record", KEY, "received", "--new", "--happened", "2026-01-05")
    code, _, err = run("case", "record", KEY, "accepted", "--happened", "2026-01-06", "--lang", "nl")
    assert (code, err) == (
        0,
        "huurschuld: onverwacht, kijk of het klopt: niet eerder vastgelegd: hulp aangeboden\n",
    )
    assert "help accepted: not recorded before: help offered" in case("show", KEY, "--purpose", "test")


@pytest.mark.parametrize("by", ["landlord", "resident"])
def test_which_cases_there_are_is_not_found_by_trying_keys(run: Run, case: Case, by: str) -> None:
    """A part of a key gets the answer of a key that is not there; who may not is told before any is."""
    case("begin")
    record_life(case, whole_life()[:9])
    who = ("--by", by, "--person", "P. Pieters")
    day = ("--as-of", "2026-01-20")
    for command in (
        ("show", "--purpose", "curious"),
        ("feedback", *day),
        ("export",),
        ("forget", "--yes"),
        ("match",),
        ("repeat", "--of", "zzzz"),
        ("couple", "--need", "schulden"),
        ("give-feedback", "--channel", "x"),
        ("record", "moved-out", "--happened", "2026-01-20"),
    ):
        name, *options = command
        more = [options.pop(0)] if name == "record" else []
        tried = [
            run("case", name, key, *more, *options, *who)
            for key in (KEY[:4], KEY[:12], KEY[:-1], "zzzz", "z" * 32)
        ]
        assert {code for code, _, _ in tried} == {2}
        assert len({(out, err) for _, out, err in tried}) == 1, tried
        if name != "couple":
            assert KEY[:4] not in tried[0][1] + tried[0][2]
    assert (run("case", "feedback", KEY, *day, *who)[0] == 0) == (by == "landlord")


@pytest.mark.parametrize("by", ["landlord", "ggd", "municipality"])
def test_the_log_says_in_which_role_the_feedback_was_asked(case: Case, by: str) -> None:
    """The one that was given; it is expected, as of other commands."""
    case("begin")
    record_life(case, whole_life()[:9])
    case("feedback", KEY, "--as-of", "2026-01-20", "--by", by, "--person", "x")
    with open_case_store("sqlite:///cases.sqlite") as store:
        document = export_person(store, KEY, dt.date(2026, 1, 20), by="ggd", person="x")
    assert [it["by"] for it in document["accesses"]] == [by, "ggd"]
    assert document["accesses"][0]["purpose"] == "feedback"


def test_a_landlord_learns_what_he_may_and_nothing_else(run: Run, case: Case) -> None:
    """He records, and gets an id; he sees no case and no list; he may have the feedback."""
    case("begin")
    record_life(case, whole_life()[:9])
    landlord = ("--by", "landlord", "--person", "P. Pieters")
    out = case(
        "record", KEY, "threat-found", "--happened", "2026-01-20", "--data", "threat=home", *landlord
    )
    assert out.splitlines() == [
        "recorded: threatening situation found, 2026-01-20",
        f"id of this entry: {out.split()[-1]}",
    ]
    for arguments in (("show", KEY, "--purpose", "curious"), ("list",), ("due",), ("calendar",)):
        options = landlord if arguments[0] == "show" else landlord[:2]
        code, shown, err = run("case", *arguments, *options)
        assert (code, shown) == (2, "")
        assert "not-allowed at /by" in err
    told = case("feedback", KEY, "--as-of", "2026-01-20", *landlord)
    assert told.splitlines()[1:] == [
        "signal: taken up",
        "help accepted: yes",
        "collection suspended until 2026-02-14",
    ]
    document = json.loads(case("feedback", KEY, "--as-of", "2026-02-20", "--format", "json"))
    assert document == {
        "key": KEY,
        "day": "2026-02-20",
        "taken": "taken-up",
        "help_accepted": True,
        "suspended_until": None,
    }


def test_a_plan_is_worked_out_before_anybody_signs(run: Run, case: Case) -> None:
    """To the cent, with the command that records it; more than there is room for is refused."""
    options = ("--arrears", "1210,55", "--monthly", "50", "--first", "2026-06-30")
    text = case("plan", *options)
    assert "€ 1,210.55 in 25 instalments of € 50.00, from 2026-06-30 until 2028-06-30" in text
    assert "the last one is € 10.55" in text
    assert "is not known: give the room with --room" in text
    rows = list(csv.DictReader(io.StringIO(case("plan", *options, "--format", "csv"))))
    assert sum(int(it["cents"]) for it in rows) == 121_055
    document = json.loads(case("plan", *options, "--room", "75", "--format", "json"))
    assert (document["within_room"], len(document["instalments"])) == (True, 25)
    code, _, err = run("case", "plan", *options, "--room", "49.99")
    assert (code, "beslagvrije voet" in err) == (2, True)
    case("begin")
    record_life(case, whole_life()[:13])
    recorded = text.splitlines()[-1].split("--happened YYYY-MM-DD ")[1].split()
    case("record", KEY, "plan-agreed", "--happened", "2026-06-01", *recorded)
    shown = json.loads(case("show", KEY, "--purpose", "test", "--format", "json"))
    assert shown["plan"]["instalments"] == document["instalments"]
    case(
        "record",
        KEY,
        "instalment-paid",
        "--happened",
        "2026-06-30",
        "--data",
        "euros=50",
        "--by",
        "helper",
    )
    assert "paid: € 50.00 (payments: 1); missed: 0" in case("show", KEY, "--purpose", "test")


def test_the_configuration_names_the_store_and_deadlines(
    run: Run, case: Case, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file beside the configuration, from whatever folder; and terms of the municipality's own."""
    monkeypatch.delenv("HUURSCHULD_CASES")
    code, _, err = run("case", "list")
    assert (code, err.startswith("huurschuld: invalid-value at --store: name the store of cases")) == (
        2,
        True,
    )
    (desk / "town").mkdir()
    town = desk / "town" / "huurschuld.toml"
    terms = '[cases.deadlines.first-talk]\nnumber = 2\nunit = "weeks"\nadopted_by = "college"\n'
    for store in ('{ path = "cases.sqlite" }', '"cases.sqlite"', '"sqlite:///cases.sqlite"'):
        town.write_text(f"[cases]\nstore = {store}\n{terms}", encoding="utf-8")
        monkeypatch.setenv("HUURSCHULD_CONFIG", str(town))
        if not (desk / "town" / "cases.sqlite").exists():
            case("begin")
            record_life(case, whole_life()[:8])
        assert "2026-01-19" in case("list", "--as-of", "2026-01-15")
    assert [it.name for it in desk.iterdir()] == ["town"]
    town.write_text('[cases]\nstore = "postgresql://me:s3cr3t@here/cases"\n', encoding="utf-8")
    code, _, err = run("case", "list")
    assert (code, "a secret must not be in the file" in err, "s3cr3t" in err) == (2, True, False)


@pytest.mark.parametrize(
    ("lacking", "arguments", "code", "told"),
    [
        ("sqlalchemy", "--help", 0, "What is to be repaid"),
        ("sqlalchemy", "list", 2, "install huurschuld[cases]"),
        ("cryptography", "begin", 2, "install huurschuld[cases]"),
        ("icalendar", "calendar", 2, "needs the library icalendar; install huurschuld[cases]"),
    ],
)
def test_what_is_not_installed_is_told(
    case: Case, lacking: str, arguments: str, code: int, told: str
) -> None:
    """Help and plans need no store; the rest says which extra it needs."""
    case("begin")
    commands = [["case", arguments]]
    if code == 0:
        commands.append(["case", "plan", "--help"])
    for it in commands:
        ran = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", WITHOUT.format(lacking), *it],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == code, ran.stderr
    assert told in ran.stdout + ran.stderr


WITHOUT = """
import sys
sys.modules["{}"] = None
from huurschuld.__main__ import run
sys.exit(run())
"""


def test_what_can_be_recorded_is_told(case: Case) -> None:
    """Every type, by whom, and with which data, in both languages."""
    languages: tuple[Lang, ...] = ("nl", "en")
    every = case("events")
    assert all(str(it) in every for it in EventType)
    assert "one of" not in case("events", "attempt", "--lang", "nl")
    documents = json.loads(case("events", "--format", "json"))
    assert [it["type"] for it in documents] == [str(it) for it in EVENTS]
    for type_, rule in EVENTS.items():
        for lang in languages:
            text = io.StringIO()
            show_event_type(Console(file=text, width=120), type_, lang)
            shown = text.getvalue()
            assert rule.label.to(lang) in shown
            for name, field in rule.data.items():
                assert (euros_name(name) or name) + "*" * field.required in shown
                if isinstance(field.kind, Day):
                    assert "MM-DD" in shown
