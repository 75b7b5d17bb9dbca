"""The tables that are written from cases become a report that is valid, and says what the cases say."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
from case_lives import KEY, event, lives, whole_life
from hypothesis import given, strategies as st
from test_ddas import OPTIONS, is_valid, schema, signal  # noqa: F401 - a fixture is imported to be found

from huurschuld.analysis.evaluation import ddas_tables
from huurschuld.cases import CaseState, Event, fold
from huurschuld.cases.words import RESULT_WORDS
from huurschuld.plugins.ddas import open_ddas

LATER = {**OPTIONS, "made_at": "2029-01-01T00:00:00+01:00"}
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def report(cases: Sequence[CaseState]) -> dict[str, Any]:
    """The report that the exporter makes of these cases, with a referral for each of their signals."""
    made = ddas_tables(cases, 2026)
    sent = [
        signal(it.key, it.received_first.isoformat())
        for it in map(_Received, cases)
        if it.received_first is not None
    ]
    with TemporaryDirectory() as folder:
        files = {"follow_ups": Path(folder, "f.csv"), "attempts": Path(folder, "a.csv")}
        files["follow_ups"].write_text(made.follow_ups, encoding="utf-8")
        files["attempts"].write_text(made.attempts, encoding="utf-8")
        options = {name: str(path) for name, path in files.items()}
        document: dict[str, Any] = json.loads(open_ddas(**LATER, **options).export(sent, *YEAR))
    return document


@attrs.frozen
class _Received:
    case: CaseState

    @property
    def key(self) -> str:
        return self.case.key

    @property
    def received_first(self) -> dt.date | None:
        days = [it.happened for it in self.case.history if it.type == "received"]
        return days[0] if days and days[0].year == 2026 else None


@given(st.lists(lives(), max_size=4))
def test_the_report_on_any_cases_is_valid(schema: dict[str, Any], drawn: list[list[Event]]) -> None:  # noqa: F811
    """Whatever happened in them, in whatever order: the exporter takes the tables, CBS the report."""
    cases = [
        fold([attrs.evolve(it, case=f"{number:032x}") for it in events])
        for number, events in enumerate(drawn)
    ]
    document = report(cases)
    assert is_valid(document, schema)
    (delivery,) = document["leveringen"]
    received = [it for it in map(_Received, cases) if it.received_first is not None]
    assert sorted(it["ID"] for it in delivery["vroegsignalen"]) == [it.key for it in received]
    told = {it["vroegsignalen"][0]["ID"]: it for it in delivery["vroegsignaalzaken"]}
    for it in received:
        reported = told.get(it.key, {})
        attempts = [event for event in it.case.history if event.type == "attempt"]
        assert len(reported.get("contactpogingen", ())) == len(attempts)
        result = it.case.result
        assert reported.get("resultaat") == (None if result is None else RESULT_WORDS[result])


def test_a_whole_case_is_reported() -> None:
    """Its status, its result, its days and its attempts, in the words of DDAS."""
    (delivery,) = report([fold(whole_life())])["leveringen"]
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
    signal_ = "fedcba9876543210fedcba9876543210"
    own = [
        attrs.evolve(event("received", "2026-01-20"), id=signal_, case=signal_),
        attrs.evolve(event("matched", "2026-01-21", matching="earlier"), case=signal_),
        attrs.evolve(event("screened-out", "2026-01-21", reason="repeated"), case=signal_),
    ]
    earlier = fold(whole_life())
    again = attrs.evolve(event("received", "2026-01-20"), id=signal_)
    both = attrs.evolve(earlier, history=(*earlier.history[:9], again, *earlier.history[9:]))
    (delivery,) = report([both, fold(own)])["leveringen"]
    assert [it["status"] for it in delivery["vroegsignalen"]] == [
        "Opgepakt",
        "Niet opgepakt: herhaalde melding",
    ]
    (case,) = delivery["vroegsignaalzaken"]
    assert case["vroegsignalen"] == [{"ID": KEY}, {"ID": signal_}]
    assert case["matchingsdatum"] == "2026-01-06"
