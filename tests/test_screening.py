"""Worklists: nobody in arrears disappears, and the order is that of the semantics."""

from __future__ import annotations

import datetime as dt
import random as randomness
from fractions import Fraction

import attrs
import pytest
from hypothesis import given, strategies as st
from tables import Given, as_tables, frames

from huurschuld import (
    Advice,
    Credit,
    DuplicateId,
    Eviction,
    InvalidValue,
    Priority,
    Rent,
    RentTerm,
    Tenancy,
    Worklist,
    decide,
    worklist,
)
from huurschuld.portfolio.changes import changes
from huurschuld.portfolio.results import worklist_csv, worklist_json
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.rules.parameters import months_text
from huurschuld.rules.policies import find_policy
from huurschuld.testing import AS_OF, tenancies

ADVICE = "refer ask contact remind hold wait none".split()
PRIORITY = "crisis family unknown regular".split()
SEVERAL = st.lists(tenancies(), max_size=6, unique_by=lambda it: it.id)


@given(SEVERAL, st.randoms(use_true_random=False))
def test_a_worklist_holds_everybody_in_arrears_or_crisis_in_order(
    several: list[Tenancy], random: randomness.Random
) -> None:
    """Crisis first; then advice, priority, months and id; whatever order the tenancies came in."""
    found = worklist(several, "katwijk-2021", AS_OF)
    decided = [decide(it, "katwijk-2021", AS_OF) for it in several]
    assert {it.tenancy for it in found} == {
        it.tenancy for it in decided if it.advice is not Advice.NONE or it.priority is Priority.CRISIS
    }
    keys = [
        (
            it.priority != "crisis",
            ADVICE.index(it.advice),
            PRIORITY.index(it.priority),
            -Fraction(months_text(it.facts.months or 0)),
            [ord(character) for character in it.tenancy],
        )
        for it in found
    ]
    assert keys == sorted(keys)
    assert list(worklist(random.sample(several, len(several)), "katwijk-2021", AS_OF)) == list(found)
    assert sum(found.counts().values()) == found.screened == len(several)
    assert found.counts()[Advice.NONE] == sum(it.advice is Advice.NONE for it in decided)
    assert list(found.rows) == [{"tenancy": it.tenancy, **it.summary()} for it in found]
    assert Worklist(found.decisions, found.screened).rows == found.rows


def test_a_crisis_is_listed_without_arrears(written_off: Tenancy) -> None:
    """Whose debt was written off and whose eviction is announced: first, whichever engine decides."""
    paid_up = attrs.evolve(written_off, id="paid-up", eviction=None)
    owing = attrs.evolve(paid_up, id="owing", entries=written_off.entries[:1])
    several = [paid_up, owing, written_off]
    one_by_one = worklist(several, "bgs-2021", AS_OF)
    at_once = screen_ledger(
        Given(frames(as_tables(several))), find_policy("bgs-2021"), AS_OF, {}, assume={}
    )
    for found in (one_by_one, at_once):
        assert [row["tenancy"] for row in found.rows] == ["written-off", "owing"]
        assert (found.rows[0]["advice"], found.rows[0]["priority"]) == ("none", "crisis")
        assert found.counts()[Advice.NONE] == 2
    rows = {row["tenancy"]: row for row in one_by_one.rows}
    assert changes(rows, rows) == []
    (gone,) = changes(rows, {"owing": rows["owing"]})
    assert (gone.tenancy, gone.after) == ("written-off", None)


@pytest.fixture
def written_off() -> Tenancy:
    """A rent term that was written off, and an eviction announced."""
    due = AS_OF - dt.timedelta(days=50)
    return Tenancy(
        id="written-off",
        start=dt.date(2010, 1, 1),
        rents=[Rent(from_=dt.date(2010, 1, 1), cents=60_000)],
        entries=[
            RentTerm(id="r", due=due, cents=60_000),
            Credit(id="c", booked=due, cents=60_000),
        ],
        eviction=Eviction(announced=due, on=AS_OF),
    )


@given(tenancies())
def test_a_tenancy_stands_once_in_a_worklist(tenancy: Tenancy) -> None:
    """A second one with the same id is an error, in arrears or not."""
    other = attrs.evolve(tenancy, id="other")
    with pytest.raises(DuplicateId) as caught:
        worklist(
            [tenancy, other, tenancy] if tenancy.id != "other" else [other, other], "bgs-2021", AS_OF
        )
    assert str(caught.value.place).endswith("/id")


def test_a_worklist_made_by_hand_is_not_written_as_a_result() -> None:
    """A result says what it was made with; without a receipt there is nothing to say."""
    for write in (worklist_csv, worklist_json):
        with pytest.raises(InvalidValue, match="it has no receipt"):
            write(Worklist([], 0))
