"""Two numbers of events: the interval is exact, and its text says no more than it shows."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from huurschuld.analysis.evaluation import compare_counts
from huurschuld.analysis.evaluation.comparing import share_interval
from huurschuld.errors import InputError

counts = st.integers(0, 40)


def at_least(number: int, total: int, share: Fraction) -> Fraction:
    """The chance of so many or more of a total, to the last digit."""
    terms = (
        math.comb(total, it) * share**it * (1 - share) ** (total - it) for it in range(number, total + 1)
    )
    return sum(terms, Fraction(0))


@given(counts, counts, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_interval_is_exact(number: int, rest: int, sureness: float) -> None:
    """At each end the chance of what was seen, or of more in that direction, is half of what is left."""
    total = number + rest
    low, high = share_interval(number, total, sureness)
    left = (1 - sureness) / 2
    if number:
        assert float(at_least(number, total, Fraction(low))) == pytest.approx(left, rel=1e-9)
    else:
        assert low == 0
    if rest:
        fewer = 1 - at_least(number + 1, total, Fraction(high))
        assert float(fewer) == pytest.approx(left, rel=1e-9)
    else:
        assert high == 1


@given(counts, st.floats(0.05, 0.95))
def test_it_holds_the_true_share_at_least_as_often_as_it_says(total: int, share: float) -> None:
    """Whatever the share is: the chance of a number whose interval has it is 80% or more."""
    true = Fraction(share)
    held = sum(
        (
            math.comb(total, it) * true**it * (1 - true) ** (total - it)
            for it in range(total + 1)
            if share_interval(it, total, 0.8)[0] <= share <= share_interval(it, total, 0.8)[1]
        ),
        Fraction(0),
    )
    assert float(held) >= 0.8 - 1e-9


@pytest.mark.parametrize(
    ("number", "total", "low", "high"),
    [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0)],
)
def test_it_is_that_of_clopper_and_pearson(number: int, total: int, low: float, high: float) -> None:
    """As printed in tables of the 95% interval for ten trials."""
    assert share_interval(number, total, 0.95) == pytest.approx((low, high), abs=5e-5)


def test_twelve_and_nine_evictions_are_within_chance() -> None:
    """Katwijk, 2011 and 2013: anything from a quarter to twice as many fits."""
    found = compare_counts(12, 9)
    assert (found.ratio, found.is_within_chance) == (0.75, True)
    assert (found.low, found.high) == pytest.approx((0.27909, 1.93939), abs=5e-6)
    assert "any ratio from 0.28 to 1.94" in found.text.en
    assert "may be chance" in found.text.en
    assert "elke verhouding van 0,28 tot 1,94" in found.text.nl
    assert "How many dwellings there were is not known" in found.text.en


def test_the_country_is_not_within_chance() -> None:
    """6,000 evictions in 2011 and 1,200 in 2022: something changed; what, the numbers do not say."""
    found = compare_counts(6000, 1200)
    assert not found.is_within_chance
    assert "What caused it the numbers do not say" in found.text.en


@given(counts, counts)
def test_the_other_way_round_is_the_reciprocal(before: int, after: int) -> None:
    """Who compares the second with the first learns the same."""
    there, back = compare_counts(before, after), compare_counts(after, before)
    assert there.is_within_chance == back.is_within_chance
    assert there.low * back.high == pytest.approx(1) or (there.low, back.high) == (0, math.inf)


def test_more_dwellings_are_taken_into_account() -> None:
    """Twice as many dwellings with as many evictions is half the rate; the text then claims no more."""
    found = compare_counts(100, 100, exposure=(5_000, 10_000))
    plain = compare_counts(100, 100)
    assert found.ratio == 0.5
    assert (found.low, found.high) == pytest.approx((plain.low / 2, plain.high / 2))
    assert "not known" not in found.text.en


def test_large_numbers_are_compared_too() -> None:
    """Up to a million, quickly and without overflow."""
    found = compare_counts(1_000_000, 1_000_000)
    assert (found.low, found.high) == pytest.approx((0.99723, 1.00278), abs=5e-6)
    assert compare_counts(0, 0).high == math.inf


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("/before", {"before": -1}),
        ("/before", {"before": 1.5}),
        ("/after", {"after": 1_000_001}),
        ("/exposure", {"exposure": (0, 1)}),
        ("/exposure", {"exposure": (1, math.nan)}),
        ("/sureness", {"sureness": 1}),
    ],
)
def test_what_cannot_be_compared_is_refused(place: str, wrong: dict[str, object]) -> None:
    """With the place."""
    given_: dict[str, object] = {"before": 12, "after": 9} | wrong
    with pytest.raises(InputError) as refused:
        compare_counts(given_.pop("before"), given_.pop("after"), **given_)  # type: ignore[arg-type]
    assert refused.value.place == place
