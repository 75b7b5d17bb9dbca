"""A whole evaluation against somebody who knows all that is published and works out what he can."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from evaluated import EVICTIONS, PARTS, PLANS
from hypothesis import given, settings, strategies as st

from huurschuld.analysis.evaluation import By, Group
from huurschuld.analysis.evaluation.counting import (
    EVERYBODY,
    WITH_MINORS,
    WITHOUT_MINORS,
    Counted,
    Counts,
)
from huurschuld.analysis.evaluation.evaluating import published

Name = tuple[Group, str]
HOUSEHOLDS = (WITH_MINORS, WITHOUT_MINORS, None)


def course(chance: random.Random) -> Iterator[str]:
    """What becomes of a referral, at random: a part only after what it is part of."""
    so_far = {"referred"}
    for name, whole in PARTS.items():
        if name == "declined" and "accepted" in so_far:
            continue
        if whole in so_far and chance.random() < 0.6:
            so_far.add(name)
    if "plans-made" in so_far:
        so_far.add(f"plans-{chance.choice(PLANS)}")
    so_far |= {f"evictions-{name}" for name in EVICTIONS if chance.random() < 0.05}
    yield from so_far


def counted(seed: int, people: int, landlords: int) -> Counts:
    """A year at random."""
    chance = random.Random(seed)
    numbers: dict[Name, int] = {}
    groups = {EVERYBODY}
    for _ in range(people):
        its = [
            EVERYBODY,
            Group(By.HOUSEHOLD, chance.choice(HOUSEHOLDS)),
            Group(By.LANDLORD, chance.choice("ABCDE"[:landlords])),
            Group(By.POLICY, chance.choice(["katwijk-2021", "bgs-2021", None])),
        ]
        groups.update(its)
        for name in course(chance):
            for group in its:
                numbers[group, name] = numbers.get((group, name), 0) + 1
    ordered = sorted(groups, key=lambda it: (list(By).index(it.by), it.name or ""))
    return Counts(tuple(ordered), {name: Counted(number) for name, number in numbers.items()})


def rules(groups: tuple[Group, ...], names: list[str]) -> Iterator[tuple[str, Name, list[Name]]]:
    """How the numbers hang together, by their definitions: sums, and what is at least other numbers."""
    for group in groups:
        yield "=", (group, "plans-made"), [(group, f"plans-{it}") for it in PLANS]
        yield ">=", (group, "reached"), [(group, "accepted"), (group, "declined")]
        for part, whole in PARTS.items():
            yield ">=", (group, whole), [(group, part)]
    for by in (By.HOUSEHOLD, By.LANDLORD, By.POLICY):
        for name in names:
            yield "=", (EVERYBODY, name), [(it, name) for it in groups if it.by is by]


@settings(max_examples=40)
@given(st.integers(0, 10**9), st.integers(1, 150), st.integers(1, 5), st.integers(2, 10))
def test_nobody_works_out_a_small_number(seed: int, people: int, landlords: int, smallest: int) -> None:
    """By narrowing each unknown number down from the others, over and over, none is left with one value.

    Neither are small differences: how many were not reached, or agreed on no plan.
    """
    counts = counted(seed, people, landlords)
    found = published(counts, year=2026, as_of=dt.date(2026, 12, 31), smallest=smallest)
    shown = {(it.group, it.measure.name): it.number for it in found.figures}
    assert all(it is None or it == 0 or it >= smallest for it in shown.values())
    low = {name: 1 if it is None else it for name, it in shown.items()}
    high = {name: people * 9 if it is None else it for name, it in shown.items()}
    known = list(rules(found.groups, sorted({name for _, name in shown})))
    narrowing = True
    while narrowing:
        before = (dict(low), dict(high))
        for kind, whole, parts in known:
            low[whole] = max(low[whole], sum(low[it] for it in parts))
            if kind == "=":
                high[whole] = min(high[whole], sum(high[it] for it in parts))
            for it in parts:
                others = [part for part in parts if part != it]
                high[it] = min(high[it], high[whole] - sum(low[part] for part in others))
                if kind == "=":
                    low[it] = max(low[it], low[whole] - sum(high[part] for part in others))
        narrowing = before != (low, high)
    for name, number in shown.items():
        assert low[name] <= counts.of(*name).number <= high[name]
        assert number is not None or low[name] < high[name], name
    for kind, whole, parts in known:
        rest = counts.of(*whole).number - sum(counts.of(*it).number for it in parts)
        is_told = all(low[it] == high[it] for it in (whole, *parts))
        is_chained = parts[0][1] in {"accepted", "declined"} and len(parts) == 1
        if kind == ">=" and not is_chained:
            assert not (1 <= rest < smallest and is_told), (whole, parts)
