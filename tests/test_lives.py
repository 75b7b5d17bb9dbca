"""Whoever follows the advice day by day does right by the tenant: two years of lives, of every kind."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from lives import (
    LIVES,
    PLAN_AGREED,
    PLAN_BROKEN,
    SHOWN,
    YEARS,
    Diary,
    Life,
    at_random,
    drawn,
    live,
)

from huurschuld import Advice, policies

POLICIES = ("bgs-2021", "katwijk-2021")
EVERY = pytest.mark.parametrize(
    ("kind", "policy"), [(kind, policy) for kind in LIVES for policy in POLICIES]
)
FIRST_REFERRAL = {
    "never pays": ("2024-01-31", "2024-02-08"),
    "pays on the 25th": (None, None),
    "always a month late": ("2024-01-31", None),
    "540 of 600 on the 1st": ("2024-01-31", "2024-11-08"),
    "540 of 600 on the 5th": ("2024-01-31", "2024-11-08"),
    "missed one and pays on the 1st since": ("2024-01-31", None),
    "missed one and pays on the 5th since": ("2024-01-31", None),
    "missed two and pays on the 1st since": ("2024-01-31", "2024-02-08"),
    "missed two and pays on the 5th since": ("2024-01-31", "2024-02-08"),
    "half a month behind": ("2024-01-31", None),
    "half a month behind and pays on the 5th": ("2024-01-31", None),
    "a plan that is kept": ("2024-01-31", "2024-02-08"),
    "a plan that is kept, and the rent on the 1st": ("2024-01-31", "2024-02-08"),
    "a plan that is broken": ("2024-01-31", "2024-02-08"),
    "a storno each second month": (None, None),
}
"""When each is referred first, by the two policies, worked out by hand; None: never.

By the national rule thirty days after the first term fell due; by the covenant on top of it once more
than a month is open of what is a week late.
"""


def number(policy: str, name: str) -> int:
    """The value of a parameter of a policy."""
    return policies()[policy].on(dt.date(2024, 1, 1)).values[name]


@cache
def diary_of(kind: str, policy: str) -> Diary:
    """Two years of one of the lives."""
    return live(LIVES[kind], policy, YEARS)


def expect_right(life: Life, policy: str, diary: Diary) -> None:
    """What holds for every tenant, however he pays."""
    repeat, letters = number(policy, "repeat_days"), number(policy, "contact_days")
    for earlier, later in _in_one_episode(diary, diary.referrals):
        assert (later - earlier).days >= repeat, f"referred again on {later}"
    for earlier, later in _in_one_episode(diary, diary.letters):
        assert (later - earlier).days > letters, f"written to again on {later}"
    advised = [diary.advice(day) for day in diary.days]
    assert Advice.ASK not in advised
    for today, tomorrow in pairwise(advised):
        assert not today is tomorrow is Advice.REFER
        assert not today is tomorrow is Advice.REMIND
        assert not today is tomorrow is Advice.CONTACT
    expect_never_stuck(life, policy, diary)


def _in_one_episode(diary: Diary, days: list[dt.date]) -> Iterator[tuple[dt.date, dt.date]]:
    """Each two days in a row that are in the same arrears."""
    for earlier, later in pairwise(days):
        start = diary.episode(later)
        if start is not None and start < earlier:
            yield earlier, later


def expect_never_stuck(life: Life, policy: str, diary: Diary) -> None:
    """Nobody in arrears is left alone for longer than a letter counts, unless a plan is kept."""
    most = number(policy, "contact_days") + number(policy, "grace_days") + 1
    alone = 0
    for day in diary.days:
        owes = (diary.days[day].facts.arrears_cents or 0) >= number(policy, "floor_cents")
        is_kept = bool(diary.days[day].facts.plan_in_force)
        is_left = owes and not is_kept and diary.advice(day) in (Advice.WAIT, Advice.HOLD)
        alone = alone + 1 if is_left else 0
        assert alone <= most, f"{life.kind}: nothing was done for {alone} days on {day}"


@EVERY
def test_whoever_follows_the_advice_does_right(kind: str, policy: str) -> None:
    """At most one referral in `repeat_days`, one letter in `contact_days`, and nobody is stuck."""
    expect_right(LIVES[kind], policy, diary_of(kind, policy))


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES)
def test_whoever_pays_at_random_is_treated_right(policy: str) -> None:
    """The same for a hundred tenants who pay any sum on any day."""
    for seed in range(100, 200):
        life = at_random(seed)
        expect_right(life, policy, live(life, policy, YEARS))


@pytest.mark.parametrize("kind", FIRST_REFERRAL)
def test_who_needs_help_is_helped_and_nobody_else(kind: str) -> None:
    """Each is referred on the day that the text gives, or never."""
    for policy, day in zip(POLICIES, FIRST_REFERRAL[kind], strict=True):
        referrals = diary_of(kind, policy).referrals
        assert (str(referrals[0]) if referrals else None) == day


@pytest.mark.parametrize("policy", POLICIES)
def test_who_goes_on_needing_help_is_referred_again(policy: str) -> None:
    """Who never pays is reported each time that the municipality's time is over, and not more often."""
    days = diary_of("never pays", policy).referrals
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    # Twice a year a new letter comes first, and two weeks to answer it.
    assert len(days) == 8
    assert all(84 <= gap <= 84 + 16 for gap in gaps)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("on_the_first", "on_the_fifth"),
    [
        ("540 of 600 on the 1st", "540 of 600 on the 5th"),
        ("missed one and pays on the 1st since", "missed one and pays on the 5th since"),
        ("missed two and pays on the 1st since", "missed two and pays on the 5th since"),
        ("half a month behind", "half a month behind and pays on the 5th"),
        ("a plan that is kept, and the rent on the 1st", "a plan that is kept"),
    ],
)
def test_the_days_until_the_fifth_refer_nobody(
    on_the_first: str, on_the_fifth: str, policy: str
) -> None:
    """Who pays the rent on the fifth is referred on the same days as who pays it on the first."""
    early, late = (diary_of(kind, policy) for kind in (on_the_first, on_the_fifth))
    assert late.referrals == early.referrals
    assert late.letters == early.letters


@pytest.mark.parametrize("policy", POLICIES)
def test_a_storno_refers_nobody(policy: str) -> None:
    """On the day on which the bank takes a payment back nothing is done yet."""
    life, diary = (
        LIVES["a storno each second month"],
        diary_of("a storno each second month", policy),
    )
    assert len(life.stornos()) == 12
    for day in life.stornos():
        assert diary.advice(day) is Advice.WAIT
        assert diary.episode(day) == day


@pytest.mark.parametrize("policy", POLICIES)
def test_who_keeps_a_plan_is_left_alone(policy: str) -> None:
    """From the day of the plan on nobody is written to or referred; whose plan is broken is, at once."""
    kept = diary_of("a plan that is kept", policy)
    assert [day for day in (*kept.letters, *kept.calls, *kept.referrals) if day >= PLAN_AGREED] == []
    broken = diary_of("a plan that is broken", policy)
    done = [day for day in (*broken.letters, *broken.calls, *broken.referrals) if day >= PLAN_AGREED]
    assert min(done) == PLAN_BROKEN
    assert broken.advice(PLAN_BROKEN) is Advice.REMIND
    again = next(day for day in broken.referrals if day > PLAN_BROKEN)
    assert (again - PLAN_BROKEN).days == number(policy, "response_days")


def test_the_page_shows_what_happens() -> None:
    """The picture in the documentation is that of the simulation."""
    page = Path(__file__).parent.parent.joinpath("docs", "lives.md").read_text(encoding="utf-8")
    kind, policy, days = SHOWN
    pictures: list[str] = re.findall(r"```text\n(.*?)\n```", page, re.DOTALL)
    assert pictures == [drawn(live(LIVES[kind], policy, days))]
