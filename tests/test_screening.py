"""Worklists: nobody in arrears disappears, and the order is that of the semantics."""

from __future__ import annotations

import random as randomness
from fractions import Fraction

import attrs
import pytest
from hypothesis import given, strategies as st

from huurschuld import Advice, DuplicateId, InvalidValue, Tenancy, Worklist, decide, worklist
from huurschuld.portfolio.results import worklist_csv, worklist_json
from huurschuld.rules.parameters import months_text
from huurschuld.testing import AS_OF, tenancies

ADVICE = "refer ask contact remind hold wait".split()
PRIORITY = "crisis family unknown regular".split()
SEVERAL = st.lists(tenancies(), max_size=6, unique_by=lambda it: it.id)


@given(SEVERAL, st.randoms(use_true_random=False))
def test_a_worklist_holds_everybody_in_arrears_in_order(
    several: list[Tenancy], random: randomness.Random
) -> None:
    """Crisis first; then advice, priority, months and id; whatever order the tenancies came in."""
    found = worklist(several, "katwijk-2021", AS_OF)
    assert {it.tenancy for it in found} == {
        it.id for it in several if decide(it, "katwijk-2021", AS_OF).advice is not Advice.NONE
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
    assert found.counts()[Advice.NONE] == len(several) - len(found)
    assert list(found.rows) == [{"tenancy": it.tenancy, **it.summary()} for it in found]
    assert Worklist(found.decisions, found.screened).rows == found.rows


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
