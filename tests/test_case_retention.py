"""How long what is about a person is kept: only what somebody has settled, and a person forgets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_lives import event, lives, whole_life
from case_stores import new_store, write
from hypothesis import HealthCheck, given, settings, strategies as st
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found

from huurschuld import InvalidValue, UnknownField
from huurschuld.cases import (
    CaseStore,
    DataClass,
    Event,
    NotAllowed,
    Phase,
    Retention,
    fold,
    kept_cases,
)
from huurschuld.cases.keeping import forgetting
from huurschuld.cases.retention import kept_of, read_retention
from huurschuld.model.strict_objects import StrictObject

DAYS = st.none() | st.integers(0, 4_000)
ENDED = dt.date(2026, 4, 3)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    """An empty store."""
    url = f"sqlite:///{tmp_path / 'cases.sqlite'}"
    if request.param == "postgresql":
        server: Cluster = request.getfixturevalue("cluster")
        url = server.url(server.new_database())
    with new_store(url) as made:
        yield made


@given(lives(), DAYS, DAYS, st.booleans())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_shortest_term_of_what_it_holds_counts(
    life: list[Event], personal: int | None, special: int | None, has_accesses: bool
) -> None:
    """Against the obvious rule, field by field; without a term or an end nothing is ever past it."""
    found = kept_of("k", life, Retention(personal, special), has_accesses=has_accesses)
    terms = []
    for it in life:
        for name in it.data:
            match it.rule.data[name].meaning.data_class:
                case DataClass.PERSONAL:
                    terms.append(personal)
                case DataClass.SPECIAL:
                    terms.append(special)
    terms += [personal] if has_accesses else []
    state = fold(life)
    ends = [it.happened for it in state.history if it.type in {"closed", "screened-out"}]
    is_over = state.phase in {Phase.CLOSED, Phase.SCREENED_OUT}
    known = [it for it in terms if it is not None]
    assert found.over == (ends[-1] if is_over else None)
    if not is_over or not known:
        assert found.until is None
        assert not found.is_past(dt.date(2199, 12, 31))
        return
    assert found.until == ends[-1] + dt.timedelta(days=min(known))
    assert not found.is_past(found.until)
    assert found.is_past(found.until + dt.timedelta(days=1))


def test_a_term_that_is_not_set_is_unset() -> None:
    """There is no default, and none is guessed from another."""
    assert Retention().unset == (DataClass.PERSONAL, DataClass.SPECIAL)
    assert Retention(personal_days=30).unset == (DataClass.SPECIAL,)
    assert read(personal_days=30, special_days=0) == Retention(30, 0)
    assert read() == Retention()


@pytest.mark.parametrize("wrong", [-1, 36_526, True, 1.0, "30", None])
def test_a_term_that_is_none_is_refused_at_its_place(wrong: object) -> None:
    """A whole number of days; and a name that there is."""
    with pytest.raises(InvalidValue, match=r"retention/personal_days: days, a whole number from 0"):
        read(personal_days=wrong)
    with pytest.raises(UnknownField, match="there are: personal_days, special_days"):
        read(figures_days=30)


def read(**fields: Any) -> Retention:
    """The terms of a configuration."""
    return read_retention(StrictObject(fields, "retention"))


def test_the_cases_of_a_store_that_are_past_their_term(store: CaseStore) -> None:
    """Those that are over and hold something; the forgotten are not told again."""
    write(store, whole_life(), case="over")
    write(store, whole_life()[:5], case="not over")
    write(store, whole_life(), case="forgotten")
    store.forget("forgotten", by="ggd", person="x")
    before = store.look("over", by="ggd", person="x", purpose="y").events
    found = {it.case: it for it in kept_cases(store, Retention(personal_days=10), by="ggd")}
    assert list(found) == ["over", "not over"]
    assert found["over"].until == ENDED + dt.timedelta(days=10)
    assert found["over"].by is DataClass.PERSONAL
    assert found["not over"].until is None
    assert all(not it.is_past(dt.date(2100, 1, 1)) for it in kept_cases(store, Retention(), by="ggd"))
    with pytest.raises(NotAllowed):
        list(kept_cases(store, Retention(), by="landlord"))
    # Nobody has seen anything, so nothing is recorded.
    assert store.look("over", by="ggd", person="x", purpose="y").events == before


def test_what_goes_and_what_stays_is_said_before_without_a_value(store: CaseStore) -> None:
    """What the fields are called, and how many entries; no value, so it is no access."""
    life = whole_life()
    life[11] = event("coupled", "2026-02-02", helper="Zwaantje", need="Zwaantje")
    write(store, life, case="over")
    what = forgetting(store, "over", by="municipality")
    assert [it.en for it in what.goes] == [
        "rent arrears",
        "helper",
        "what help is needed for",
        "amount per month",
        "amount of the instalment",
    ]
    assert (what.over, what.is_forgotten, what.entries, what.stays) == (ENDED, False, 8, len(life))
    assert "Zwaantje" not in repr(what)
    with pytest.raises(NotAllowed):
        forgetting(store, "over", by="helper")
    store.forget("over", by="municipality", person="x")
    assert forgetting(store, "over", by="municipality").is_forgotten
