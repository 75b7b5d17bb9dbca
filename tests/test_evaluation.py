"""The figures of a year: as they are defined, the same once people are forgotten, and told rightly."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest
from case_lives import FIRST, KEY, attempted, event, lives, recorded_of, whole_life
from case_stores import behind_its_back, new_store, write
from evaluated import EVICTIONS, PARTS, PLANS, expected, rounds_of
from hypothesis import given, settings, strategies as st
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found

from huurschuld.analysis.evaluation import (
    MEASURES,
    Basis,
    By,
    Evaluation,
    Group,
    chart,
    evaluate,
    evaluation_csv,
    evaluation_json,
)
from huurschuld.analysis.evaluation.rounds import rounds
from huurschuld.cases import CaseStoreDamaged, Event, clear_events, fold
from huurschuld.errors import InputError
from huurschuld.portfolio.csv_writing import unprotected

NEW_YEARS_EVE = dt.date(2026, 12, 31)
SVG = "{http://www.w3.org/2000/svg}"
days = st.dates(FIRST, dt.date(2027, 12, 31))


@st.composite
def years(draw: st.DrawFn, *, most: int = 6) -> list[list[Event]]:
    """Some cases, each with a key of its own."""
    drawn = draw(st.lists(lives(), min_size=1, max_size=most))
    return [
        [attrs.evolve(it, case=f"{number:032x}") for it in events] for number, events in enumerate(drawn)
    ]


def numbers(evaluation: Evaluation) -> dict[tuple[str, ...], int | None]:
    """The numbers that are not zero, as the oracle has them."""
    return {
        (str(it.group.by), it.group.name or "", it.measure.name): it.number
        for it in evaluation.figures
        if it.number != 0
    }


@given(years(), st.sampled_from([2026, 2027]), days)
def test_each_number_is_as_it_is_defined(
    histories: list[list[Event]], year: int, as_of: dt.date
) -> None:
    """For all, by household, landlord and policy, as of any day: as counted by hand from the events."""
    if as_of.year < year:
        with pytest.raises(InputError, match="/as_of"):
            evaluate(histories, year, smallest=1, as_of=as_of)
        return
    found = evaluate(histories, year, smallest=1, as_of=as_of)
    assert numbers(found) == expected(histories, year, as_of)


@st.composite
def repeating_years(draw: st.DrawFn) -> list[list[Event]]:
    """Cases that began with a signal under their key; some signals were received in others too."""
    count = draw(st.integers(2, 3))
    keys = [f"{number:032x}" for number in range(count)]
    tried = {}
    for key in keys:
        events = [attrs.evolve(it, case=key) for it in draw(attempted())]
        began = dict.fromkeys([it.id for it in events if it.type == "received"][:1], key)
        tried[key] = [_renamed(it, began) for it in events]
    for _ in range(draw(st.integers(1, 3))):
        key, of = draw(st.permutations(keys))[:2]
        again, moment = draw(days), max(it.recorded for one in tried.values() for it in one)
        day = min(again, moment.date())
        more: list[tuple[str, str, dict[str, Any], str, str | None]] = [
            (of, "reopened", {}, f"{key}-{of}-again", None),
            (of, "received", {}, key, None),
            (of, "received", {"landlord": "A"}, f"{key}-{of}-right", key),
            (key, "received", {"landlord": "B"}, f"{key}-{of}-own", key),
            (key, "screened-out", {"reason": "repeated"}, f"{key}-{of}-out", None),
            (key, "eviction-announced", {}, f"{key}-{of}-announced", None),
            (of, "eviction-prevented", {}, f"{key}-{of}-prevented", None),
            (key, "eviction-carried-out", {}, f"{key}-{of}-carried-out", None),
        ]
        for case, type_, data, id_, replaces in draw(st.permutations(more)):
            if draw(st.integers(0, 3)):
                made = event(type_, day, recorded=moment, **data)
                made = attrs.evolve(made, id=id_, case=case, replaces=replaces, by="municipality")
                tried[case] += [made] if made not in tried[case] else []
    return [events for it in tried.values() if (events := recorded_of(it))]


def _renamed(it: Event, names: dict[str, str]) -> Event:
    data = dict(it.data)
    if it.type == "retracted":
        data["event"] = names.get(data["event"], data["event"])
    replaces = None if it.replaces is None else names.get(it.replaces, it.replaces)
    return attrs.evolve(it, id=names.get(it.id, it.id), data=data, replaces=replaces)


@given(repeating_years(), st.sampled_from([2026, 2027]))
def test_each_number_is_as_it_is_defined_where_signals_repeat(
    histories: list[list[Event]], year: int
) -> None:
    """Each signal counts once, and what was done under its key is counted where it belongs."""
    found = evaluate(histories, year, smallest=1, as_of=dt.date(2027, 12, 31))
    assert numbers(found) == expected(histories, year, dt.date(2027, 12, 31))


SIGNAL = "fedcba9876543210fedcba9876543210"


def of(key: str, type_: str, day: str, *, id_: str | None = None, **more: Any) -> Event:
    """Something that happened in the case of this key."""
    replaces = more.pop("replaces", None)
    made = event(type_, day, **more)
    return attrs.evolve(made, case=key, id=id_ or f"{key}-{made.id}", replaces=replaces)


def reopened_and_repeated(*, own_first: bool) -> list[list[Event]]:
    """A case that a second signal reopened, and the second one's own; its amount was corrected twice."""
    first = [
        of(KEY, "received", "2026-01-05", id_=KEY),
        of(KEY, "closed", "2026-02-01", result="paid-or-arranged"),
        of(KEY, "reopened", "2026-05-01"),
        of(KEY, "received", "2026-05-01", id_=SIGNAL),
    ]
    again = [of(SIGNAL, "received", "2026-05-01", id_=SIGNAL)]
    corrected, case = (again, SIGNAL) if own_first else (first, KEY)
    for wrong, right in ((SIGNAL, "right"), ("right", "right-again")):
        at = corrected[-1].recorded
        corrected.append(of(case, "received", "2026-05-01", id_=right, replaces=wrong, recorded=at))
    again.append(of(SIGNAL, "screened-out", "2026-05-02", reason="repeated"))
    return [first, again]


def counted_of(histories: list[list[Event]], as_of: dt.date = NEW_YEARS_EVE) -> dict[str, int | None]:
    """The numbers of all together that are not zero; as the oracle has them too."""
    for order in (histories, histories[::-1]):
        found = numbers(evaluate(order, 2026, smallest=1, as_of=as_of))
        assert found == expected(order, 2026, as_of)
    return {name: number for (by, _, name), number in found.items() if by == "all"}


@pytest.mark.parametrize("own_first", [True, False])
def test_a_signal_that_was_corrected_is_still_the_same_one(own_first: bool) -> None:
    """Corrected in its own case or in the one that it reopened, once or twice: it counts once."""
    assert counted_of(reopened_and_repeated(own_first=own_first)) == {"referred": 2}


def test_what_was_recorded_under_the_key_of_a_repeated_signal_counts() -> None:
    """Once, with the course that it repeats, whether it reopened that or was received while it ran."""
    reopened = reopened_and_repeated(own_first=False)
    running = [
        [of(KEY, "received", "2026-04-05", id_=KEY), of(KEY, "received", "2026-05-01", id_=SIGNAL)],
        reopened[1],
    ]
    for first, again in (reopened, running):
        own = [
            *again,
            of(SIGNAL, "eviction-announced", "2026-06-01"),
            of(SIGNAL, "eviction-carried-out", "2026-07-01"),
        ]
        evictions = {"evictions-announced": 1, "evictions-carried-out": 1}
        assert counted_of([first, own]) == {"referred": 2, **evictions}
        both = [*first, of(KEY, "eviction-prevented", "2026-05-20"), of(KEY, *CARRIED_OUT)]
        assert counted_of([both, own]) == {"referred": 2, **evictions}


CARRIED_OUT = ("eviction-carried-out", "2026-07-01")


def test_work_under_the_key_of_a_repeated_signal_counts_where_it_belongs() -> None:
    """A family that was visited under the key of the signal which reopened its case was reached."""
    first, (received, *more) = reopened_and_repeated(own_first=False)
    visit = of(SIGNAL, "attempt", "2026-05-01", kind="visit", reached=True)
    assert counted_of([first, [received, visit, *more]]) == {"referred": 2, "taken-up": 1, "reached": 1}


def test_a_signal_that_proved_to_be_of_another_household_counts_by_itself() -> None:
    """Its own case was reopened: what is done in that is its own."""
    first = [of(KEY, "received", "2026-04-05", id_=KEY), of(KEY, "received", "2026-05-01", id_=SIGNAL)]
    again = [
        of(SIGNAL, "received", "2026-05-01", id_=SIGNAL),
        of(SIGNAL, "screened-out", "2026-05-02", reason="repeated"),
        of(SIGNAL, "reopened", "2026-05-03"),
        of(SIGNAL, "dossier-opened", "2026-05-04"),
    ]
    assert counted_of([first, again]) == {"referred": 2, "taken-up": 1}


def test_an_eviction_that_was_carried_out_in_a_later_round_was_not_prevented() -> None:
    """Whatever the round, and also after the year; one that is prevented later is."""
    events = [
        of(KEY, "received", "2026-01-05", id_=KEY),
        of(KEY, "eviction-prevented", "2026-03-01"),
        of(KEY, "closed", "2026-03-05", result="paid-or-arranged"),
        of(KEY, "reopened", "2026-06-01"),
        of(KEY, "received", "2026-06-01", id_="again"),
    ]
    assert counted_of([events]) == {"referred": 2, "evictions-prevented": 1}
    done = of(KEY, "eviction-carried-out", "2026-08-20")
    assert counted_of([[*events, done]]) == {"referred": 2, "evictions-carried-out": 1}
    later = [*events, of(KEY, "eviction-carried-out", "2027-02-01")]
    assert counted_of([later]) == {"referred": 2, "evictions-prevented": 1}
    assert counted_of([later], dt.date(2027, 3, 31)) == {"referred": 2}


@given(lives())
def test_the_last_round_is_that_of_the_case(events: list[Event]) -> None:
    """A case is cut into rounds as it has them, and nothing of it is lost or in two of them."""
    case = fold(events)
    found = list(rounds(case))
    assert [list(it) for it in found] == rounds_of(case.history)
    assert found[-1] == case.round


@settings(max_examples=8)
@given(years(most=3))
def test_a_year_is_the_same_once_its_people_are_forgotten(histories: list[list[Event]]) -> None:
    """Before it, after it, and even if all keys were lost: only what stands in the clear is read."""
    ended = [
        recorded_of([*events, event("closed", max(it.happened for it in events), result="died")])
        for events in histories
    ]
    with TemporaryDirectory() as folder, new_store(f"sqlite:///{folder}/cases.sqlite") as store:
        for number, events in enumerate(ended):
            for it in events:
                store.record(
                    f"{number:032x}",
                    it.type,
                    it.happened,
                    by=it.by,
                    data=it.data,
                    id=it.id,
                    replaces=it.replaces,
                )
        before = evaluate(clear_events(store), 2026, smallest=3)
        clear = list(clear_events(store))
        for key in store.keys():  # noqa: SIM118 - a store is no mapping
            seen = store.look(key, by="ggd", person="a colleague", purpose="to forget")
            if seen.state.phase in {"closed", "screened-out"}:
                store.forget(key, by="ggd", person="a colleague")
        assert evaluate(clear_events(store), 2026, smallest=3) == before
        with behind_its_back(f"sqlite:///{folder}/cases.sqlite") as connection:
            connection.exec_driver_sql("DELETE FROM secrets")
            connection.exec_driver_sql("UPDATE entries SET sealed = NULL")
        assert list(clear_events(store)) == clear


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_personal_is_not_read(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The events are those of the cases, without amounts, helpers and remarks; on either database."""
    url = f"sqlite:///{tmp_path}/cases.sqlite"
    if kind == "postgresql":
        server: Cluster = request.getfixturevalue("cluster")
        url = server.url(server.new_database())
    with new_store(url) as store:
        write(store, whole_life())
        store.look(KEY, by="ggd", person="a colleague", purpose="a look is no event")
        write(store, whole_life()[:5], "another")
        events, other = clear_events(store)
    assert len(other) == 5
    assert [it.type for it in events] == [it.type for it in whole_life()]
    assert all("arrears_cents" not in it.data and "helper" not in it.data for it in events)
    assert events[2].data == {"matching": "single"}


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM entries WHERE number = 3",
        "DELETE FROM entries WHERE number = 21",
        "DELETE FROM entries",
        "DELETE FROM cases",
        "UPDATE entries SET number = -number WHERE number = 2",
        "UPDATE entries SET previous = link WHERE number = 2",
        "UPDATE entries SET public = '{}' WHERE number = 2",
        "UPDATE entries SET public = 'x' WHERE number = 2",
    ],
)
def test_figures_are_not_made_of_what_is_lost(tmp_path: Path, damage: str) -> None:
    """An entry that is missing or cannot be read is told, with its place."""
    url = f"sqlite:///{tmp_path}/cases.sqlite"
    with new_store(url) as store:
        write(store, whole_life())
        with behind_its_back(url) as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql(damage)
        with pytest.raises(CaseStoreDamaged, match="case 1"):
            list(clear_events(store))


def test_what_is_written_down_later_changes_no_year_that_was_known() -> None:
    """With the moment at which a year was published, its figures are those of then."""
    events = whole_life()
    published = evaluate([events], 2026, smallest=1)
    moment = events[-1].recorded
    reopened = event("reopened", "2026-05-01", recorded=moment + dt.timedelta(days=400))
    again = event("eviction-announced", "2026-05-02", recorded=moment + dt.timedelta(days=401))
    late = recorded_of([*events, reopened, again])
    assert len(late) == len(events) + 2
    assert evaluate([late], 2026, smallest=1) != published
    assert evaluate([late], 2026, smallest=1, known=moment) == published


def test_a_signal_that_reopened_another_case_counts_there() -> None:
    """It has a case of its own too, in which it is a repeated one; it counts once."""
    signal = "fedcba9876543210fedcba9876543210"
    again = [
        attrs.evolve(event("received", "2026-06-01"), id=signal, case=signal),
        attrs.evolve(event("screened-out", "2026-06-02", reason="repeated"), case=signal),
    ]
    reopened = [
        *whole_life(),
        event("reopened", "2026-06-01"),
        attrs.evolve(event("received", "2026-06-01"), id=signal),
    ]
    assert numbers(evaluate([again], 2026, smallest=1))["all", "", "referred"] == 1
    found = evaluate([reopened, again], 2026, smallest=1)
    assert numbers(found)["all", "", "referred"] == 2


def test_days_are_counted_from_the_signal() -> None:
    """The median and the quartiles, for all and for each group, where the number is shown."""
    histories = [
        [
            attrs.evolve(event("received", "2026-03-01", landlord="A"), case=f"{wait:032x}"),
            attrs.evolve(
                event("dossier-opened", FIRST.replace(month=3, day=1 + wait)), case=f"{wait:032x}"
            ),
        ]
        for wait in (1, 3, 5, 7)
    ]
    found = {
        (it.group, it.measure.name): it.days for it in evaluate(histories, 2026, smallest=4).figures
    }
    for group in (Group(By.ALL), Group(By.LANDLORD, "A"), Group(By.HOUSEHOLD)):
        days_of = found[group, "taken-up"]
        assert days_of is not None
        assert (days_of.first, days_of.median, days_of.third) == (2.5, 4, 5.5)
    assert all(it.days is None for it in evaluate(histories, 2026, smallest=5).figures)


def test_what_is_not_known_is_not_no() -> None:
    """A family of which nobody said whether minors live in is not counted as one without them."""
    found = numbers(evaluate([[event("received", "2026-03-01")]], 2026, smallest=1))
    assert found["household", "", "referred"] == 1
    assert not any(key[:2] == ("household", "without-minors") for key in found)


def test_every_measure_has_its_definition_and_its_whole() -> None:
    """In both languages; parts are of what the definitions say, so that the withheld stays withheld."""
    wholes = PARTS | {f"plans-{name}": "plans-made" for name in PLANS}
    for it in MEASURES:
        assert it.definition.nl != it.definition.en
        assert it.part_of == wholes.get(it.name)
        assert (it.basis is Basis.YEAR) == (it.name in {f"evictions-{name}" for name in EVICTIONS})


@given(years())
def test_a_part_is_never_more_than_its_whole(histories: list[list[Event]]) -> None:
    """Nor are the groups together other than all."""
    found = {
        (it.group, it.measure.name): it.number or 0
        for it in evaluate(histories, 2026, smallest=1).figures
    }
    for (group, name), number in found.items():
        if name in PARTS:
            assert number <= found[group, PARTS[name]]
        if name == "plans-made":
            assert number == sum(found[group, f"plans-{it}"] for it in PLANS)
        if group.by is By.ALL:
            for by in (By.HOUSEHOLD, By.LANDLORD, By.POLICY):
                assert number == sum(
                    value for (other, its), value in found.items() if other.by is by and its == name
                )


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("/year", {"year": 1899}),
        ("/year", {"year": True}),
        ("/smallest", {"smallest": 0}),
        ("/smallest", {"smallest": 2.5}),
        ("/as_of", {"as_of": dt.date(2025, 12, 31)}),
        ("/as_of", {"as_of": "2026-12-31"}),
    ],
)
def test_what_cannot_be_evaluated_is_refused(place: str, wrong: dict[str, object]) -> None:
    """With the place."""
    given_: dict[str, object] = {"year": 2026, "smallest": 10, "as_of": NEW_YEARS_EVE} | wrong
    with pytest.raises(InputError) as refused:
        evaluate([], given_.pop("year"), **given_)  # type: ignore[arg-type]
    assert refused.value.place == place


HOSTILE = '=cmd|" /C calc"!A0 <script>&amp;'


def some() -> Evaluation:
    """An evaluation with shown and withheld numbers, zeros, and a landlord with a bad name."""
    histories = [
        [attrs.evolve(it, case=f"{number:032x}") for it in whole_life()[: 3 + number]]
        for number in range(12)
    ]
    for events in histories[:9]:
        events[1] = attrs.evolve(events[1], data={"landlord": HOSTILE, "policy": "katwijk-2021"})
    return evaluate(histories, 2026, smallest=3)


def test_csv_and_json_have_every_figure() -> None:
    """A program reads back what is shown; what is withheld is empty; no cell runs in a spreadsheet."""
    found = some()
    assert any(it.number is None for it in found.figures)
    rows = list(csv.DictReader(io.StringIO(evaluation_csv(found))))
    documents = json.loads(evaluation_json(found))["figures"]
    for figure, row, document in zip(found.figures, rows, documents, strict=True):
        assert unprotected(row["group"]) == (figure.group.name or "")
        assert row["number"] == ("" if figure.number is None else str(figure.number))
        assert (row["withheld"] == "true") == document["withheld"] == (figure.number is None)
        assert document["number"] == figure.number
        assert document["group"] == figure.group.name
        assert (document["days"] is None) == (row["days_median"] == "") == (figure.days is None)
    assert not any(row["group"].startswith("=") for row in rows)


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("by", By)
def test_a_chart_tells_everything_in_words(by: By, lang: str) -> None:
    """It is well-formed, has a title and a description; each bar has its number beside it."""
    found = some()
    root = svg_of(chart(found, by=by, lang=lang))
    assert root.get("role") == "img"
    assert (
        [it.get("id") for it in (root[0], root[1])]
        == ["title", "desc"]
        == str(root.get("aria-labelledby")).split()
    )
    shown = [it for it in found.figures if it.group.by in {By.ALL, by}]
    texts = list(_texts(root))
    described = root[1].text or ""
    for figure in shown:
        number = (
            str(figure.number)
            if figure.number is not None
            else {"nl": "niet getoond", "en": "withheld"}[lang]
        )
        assert number in texts
        assert f"{number}." in described
    bars = [it for it in root.iter(f"{SVG}rect") if it.get("class")]
    assert len(bars) == sum(it.number != 0 for it in shown)
    assert not any(it.tag.endswith("script") for it in root.iter())


def svg_of(text: str) -> ET.Element:
    """Parse a chart."""
    return ET.fromstring(text)  # noqa: S314 - our own text


def _texts(root: ET.Element) -> Iterator[str]:
    for it in root.iter(f"{SVG}text"):
        yield it.text or ""


def test_a_year_without_cases_has_figures() -> None:
    """All of them zero; a chart of it is drawn."""
    found = evaluate([], 2026, smallest=10)
    assert {it.number for it in found.figures} == {0}
    svg_of(chart(found))


def test_nothing_of_a_case_or_a_colleague_is_in_what_is_published() -> None:
    """No key, no name of who recorded, no day of an event."""
    found = some()
    for text in (evaluation_json(found), evaluation_csv(found), chart(found, by=By.LANDLORD)):
        assert not {"a colleague", "0" * 32, "2026-01-05", "2026-01-06"} & set(text.split('"'))
        assert "a colleague" not in text
        assert f"{1:032x}" not in text
