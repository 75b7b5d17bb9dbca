"""The tables that are written from cases become a report that is valid, and says what the cases say."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from case_lives import KEY, lives, whole_life
from evaluated import first_id
from hypothesis import assume, given, strategies as st
from test_ddas import OPTIONS, is_valid, schema, signal  # noqa: F401 - a fixture is imported to be found
from test_evaluation import SIGNAL, of, repeating_years

from huurschuld.analysis.evaluation import ddas_tables, evaluate
from huurschuld.cases import Event, EventType, Result, fold
from huurschuld.cases.words import RESULT_WORDS
from huurschuld.plugins.ddas import open_ddas

LATER = {**OPTIONS, "made_at": "2029-01-01T00:00:00+01:00"}


def report(histories: Sequence[list[Event]], year: int = 2026) -> dict[str, Any]:
    """The report that the exporter makes of these cases, with a referral for each of their signals."""
    made = ddas_tables(histories, year)
    sent = [
        signal(events[0].case, day.isoformat())
        for events in histories
        if (day := received_first(events, histories)) is not None
    ]
    with TemporaryDirectory() as folder:
        files = {"follow_ups": Path(folder, "f.csv"), "attempts": Path(folder, "a.csv")}
        files["follow_ups"].write_text(made.follow_ups, encoding="utf-8")
        files["attempts"].write_text(made.attempts, encoding="utf-8")
        options = {name: str(path) for name, path in files.items()}
        period = (dt.date(year, 1, 1), dt.date(year, 12, 31))
        document: dict[str, Any] = json.loads(open_ddas(**LATER, **options).export(sent, *period))
    return document


def received_first(events: list[Event], histories: Sequence[list[Event]] = ()) -> dt.date | None:
    """The day on which the signal of a case came; what was received of others in it is left out."""
    keys = {one[0].case for one in histories} - {events[0].case}
    first = first_id(events)
    days_ = [
        it.happened for it in fold(events).history if it.type == "received" and first[it.id] not in keys
    ]
    return next(iter(days_), None)


@given(st.lists(lives(), max_size=4))
def test_the_report_on_any_cases_is_valid(schema: dict[str, Any], drawn: list[list[Event]]) -> None:  # noqa: F811
    """Whatever happened in them, in whatever order: the exporter takes the tables, CBS the report."""
    histories = [
        [attrs.evolve(it, case=f"{number:032x}") for it in events] for number, events in enumerate(drawn)
    ]
    document = report(histories)
    assert is_valid(document, schema)
    (delivery,) = document["leveringen"]
    days_ = {events[0].case: received_first(events) for events in histories}
    received = [it for it in map(fold, histories) if (day := days_.get(it.key)) and day.year == 2026]
    assert sorted(it["ID"] for it in delivery["vroegsignalen"]) == [it.key for it in received]
    told = {it["vroegsignalen"][0]["ID"]: it for it in delivery["vroegsignaalzaken"]}
    statuses = {it["ID"]: it["status"] for it in delivery["vroegsignalen"]}
    for it in received:
        reported = told.get(it.key, {})
        attempts = [event for event in it.history if event.type == "attempt"]
        assert len(reported.get("contactpogingen", ())) == len(attempts)
        result = it.result
        assert reported.get("resultaat") == (None if result is None else RESULT_WORDS[result])
        assert fits(statuses[it.key], reported.get("resultaat"))


def fits(status: str, result: str | None) -> bool:
    """Where nothing was done yet there is no result; one of not taken up is the status too."""
    if status == "Nog niet opgepakt":
        return result is None
    return result is None or status == result or not result.startswith("Niet opgepakt")


@given(repeating_years())
def test_the_report_on_repeated_signals_is_valid_and_has_every_attempt(
    schema: dict[str, Any],  # noqa: F811
    histories: list[list[Event]],
) -> None:
    """Over all years together: each signal has a row in its year, and each attempt is reported once."""
    came: dict[str, set[dt.date]] = {}
    for events in histories:
        for it in fold(events).all(EventType.RECEIVED):
            came.setdefault(first_id(events)[it.id], set()).add(it.happened)
    own = {events[0].case for events in histories}
    assume(all(len(came[key]) == 1 for key in own & came.keys()))  # nobody disagrees on the day
    attempts: list[str] = []
    keys: list[str] = []
    for year in (2025, 2026, 2027, 2028):
        document = report(histories, year)
        assert is_valid(document, schema)
        (delivery,) = document["leveringen"]
        keys += [it["ID"] for it in delivery["vroegsignalen"]]
        attempts += [
            it["datum"] for case in delivery["vroegsignaalzaken"] for it in case["contactpogingen"]
        ]
    days_ = {events[0].case: received_first(events, histories) for events in histories}
    assert sorted(keys) == sorted(key for key, day in days_.items() if day is not None)
    tried = [it for events in histories for it in fold(events).history if it.type == "attempt"]
    if all(days_.values()):
        assert sorted(attempts) == sorted(it.happened.isoformat() for it in tried)


def test_a_whole_case_is_reported() -> None:
    """Its status, its result, its days and its attempts, in the words of DDAS."""
    (delivery,) = report([whole_life()])["leveringen"]
    assert [it["status"] for it in delivery["vroegsignalen"]] == ["Opgepakt"]
    (case,) = delivery["vroegsignaalzaken"]
    assert case == {
        "resultaat": "Vervolghulp en/of verwijzing financieel",
        "matchingsdatum": "2026-01-06",
        "datumOpgepakt": "2026-01-06",
        "vroegsignalen": [{"ID": KEY}],
        "contactpogingen": [
            {"soort": "Brief", "datum": "2026-01-07"},
            {"soort": "Huisbezoek", "datum": "2026-01-14", "bereikt": True, "dagdeel": "Avond"},
        ],
    }


def test_a_repeated_signal_belongs_to_the_case_that_it_repeats() -> None:
    """It has a status of its own, and the two are one case."""
    own = [
        of(SIGNAL, "received", "2026-01-20", id_=SIGNAL),
        of(SIGNAL, "matched", "2026-01-21", matching="earlier"),
        of(SIGNAL, "screened-out", "2026-01-21", reason="repeated"),
    ]
    again = of(KEY, "received", "2026-01-20", id_=SIGNAL)
    right = of(KEY, "received", "2026-01-20", replaces=SIGNAL, recorded=again.recorded)
    for more in ([again], [again, right]):
        both = [*whole_life()[:9], *more, *whole_life()[9:]]
        (delivery,) = report([both, own])["leveringen"]
        assert [it["status"] for it in delivery["vroegsignalen"]] == [
            "Opgepakt",
            "Niet opgepakt: herhaalde melding",
        ]
        (case,) = delivery["vroegsignaalzaken"]
        assert case["vroegsignalen"] == [{"ID": KEY}, {"ID": SIGNAL}]
        assert case["matchingsdatum"] == "2026-01-06"
        assert len(case["contactpogingen"]) == 2


def reopened(first_day: str) -> list[list[Event]]:
    """A case that was closed, and reopened by a second signal, with work in both rounds."""
    first = [
        of(KEY, "received", first_day, id_=KEY),
        of(KEY, "attempt", "2026-01-02", kind="letter"),
        of(KEY, "closed", "2026-02-01", result="never-reached"),
        of(KEY, "reopened", "2026-04-29"),
        of(KEY, "attempt", "2026-04-30", kind="phone"),
        of(KEY, "received", "2026-05-01", id_=SIGNAL),
        of(KEY, "dossier-opened", "2026-05-03"),
        of(KEY, "attempt", "2026-05-04", kind="visit", reached=True),
        of(KEY, "accepted", "2026-05-04"),
        of(KEY, "closed", "2026-09-01", result="financial-help"),
    ]
    again = [
        of(SIGNAL, "received", "2026-05-01", id_=SIGNAL),
        of(SIGNAL, "matched", "2026-05-02", matching="earlier"),
        of(SIGNAL, "screened-out", "2026-05-02", reason="repeated"),
    ]
    return [first, again]


@pytest.mark.parametrize("first_day", ["2025-11-05", "2026-01-01"])
def test_what_was_done_belongs_to_the_signal_of_its_round(first_day: str) -> None:
    """Of a case that a new signal reopened, in that year or the next: as the evaluation counts."""
    histories = reopened(first_day)
    told: dict[str, Any] = {}
    for year in sorted({int(first_day[:4]), 2026}):
        (delivery,) = report(histories, year)["leveringen"]
        statuses = {it["ID"]: it["status"] for it in delivery["vroegsignalen"]}
        assert set(statuses.values()) == {"Opgepakt"}
        for case in delivery["vroegsignaalzaken"]:
            (one,) = case.pop("vroegsignalen")
            told[one["ID"]] = case
        found = evaluate(histories, year, smallest=1, as_of=dt.date(2026, 12, 31)).figures
        taken_up = [it.number for it in found if it.group.by == "all" and it.measure.name == "taken-up"]
        assert taken_up == [len(statuses)]
    assert told == {
        KEY: {
            "resultaat": "Definitief geen contact kunnen krijgen",
            "contactpogingen": [
                {"soort": "Brief", "datum": "2026-01-02"},
                {"soort": "Telefoon", "datum": "2026-04-30"},
            ],
        },
        SIGNAL: {
            "resultaat": "Vervolghulp en/of verwijzing financieel",
            "matchingsdatum": "2026-05-02",
            "datumOpgepakt": "2026-05-03",
            "contactpogingen": [{"soort": "Huisbezoek", "datum": "2026-05-04", "bereikt": True}],
        },
    }


@pytest.mark.parametrize("result", list(Result))
@pytest.mark.parametrize("is_tried", [True, False])
def test_the_status_fits_the_result(result: Result, is_tried: bool) -> None:
    """A signal whose case is closed does not wait; one that was not taken up says so in both."""
    tried = [of(KEY, "attempt", "2026-06-05", kind="letter")] if is_tried else []
    closed = of(KEY, "closed", "2026-06-06", result=str(result))
    (delivery,) = report([[of(KEY, "received", "2026-06-05", id_=KEY), *tried, closed]])["leveringen"]
    ((one,), (case,)) = delivery["vroegsignalen"], delivery["vroegsignaalzaken"]
    assert fits(one["status"], case["resultaat"])
    if is_tried and not case["resultaat"].startswith("Niet opgepakt"):
        assert one["status"] == "Opgepakt"
    if not is_tried and result is Result.NOT_RESIDENT:
        assert one["status"] == case["resultaat"] == "Persoon is geen inwoner (meer) in de gemeente"
    if not is_tried and result is Result.PAID:
        assert one["status"] == "Niet opgepakt: andere reden"
