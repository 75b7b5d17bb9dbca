"""Small numbers are withheld so that nobody works them out, and little else is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest
from attrs import frozen
from hypothesis import given, strategies as st

from huurschuld.analysis.evaluation.withholding import Number, Sum, withhold

Cells = Mapping[str, Number]


@frozen
class Published:
    """Tables with their margins, the size below which a number is small, and how they add up."""

    cells: Cells
    sums: Sequence[Sum[str]]
    smallest: int


@st.composite
def tables(draw: st.DrawFn, *, most: int = 3) -> Published:
    """One number by one or two groupings that share the total, and a part of it with its rest."""
    smallest = draw(st.integers(2, 6))
    cells: dict[str, Number] = {}
    sums: list[Sum[str]] = []
    people = st.lists(
        st.tuples(st.integers(1, most), st.integers(1, 2), st.booleans(), st.integers(1, 9)), max_size=9
    )
    groupings = draw(st.sampled_from([(0,), (0, 1)]))
    has_part = draw(st.booleans())
    counted: dict[str, int] = {}
    for *places, is_part, number in draw(people):
        for name in ("t", *(f"{'ab'[it]}{places[it]}" for it in groupings)):
            kind = "part" if is_part else "rest"
            counted[name] = counted.get(name, 0) + number
            counted[f"{name} {kind}"] = counted.get(f"{name} {kind}", 0) + number
    names = ["t"]
    for it in groupings:
        groups = [f"{'ab'[it]}{place}" for place in range(1, (most if it == 0 else 2) + 1)]
        names += groups
        kinds = ("", " part", " rest") if has_part else ("",)
        sums += [Sum(f"t{kind}", tuple(f"{group}{kind}" for group in groups)) for kind in kinds]
    for name in names:
        cost = 100 if name == "t" else 1
        cells[name] = Number(counted.get(name, 0), cost=cost)
        if has_part:
            cells[f"{name} part"] = Number(counted.get(f"{name} part", 0), cost=cost)
            cells[f"{name} rest"] = Number(counted.get(f"{name} rest", 0), is_shown=False)
            sums.append(Sum(name, (f"{name} part", f"{name} rest")))
    return Published(cells, sums, smallest)


def other_values(it: Published, withheld: frozenset[str], wanted: str, *, reach: int) -> bool:
    """Whether all that is published allows another value of a number: tried one by one.

    Each number that is not published may be up to `reach` more or less; what is withheld is not 0, since
    zeros are published.
    """
    unknown = [name for name, cell in it.cells.items() if name in withheld or not cell.is_shown]
    least = {name: 1 if it.cells[name].is_shown else 0 for name in unknown}
    rows = [{row.total: 1, **dict.fromkeys(row.parts, -1)} for row in it.sums]
    rows = [{name: sign for name, sign in row.items() if name in least} for row in rows]
    order = [wanted, *(name for row in rows for name in row), *unknown]
    order = list(dict.fromkeys(order))

    def steps(name: str) -> Iterator[int]:
        for step in range(-reach, reach + 1):
            if it.cells[name].value + step >= least[name] and (name != wanted or step):
                yield step

    def fits(chosen: Mapping[str, int]) -> bool:
        for row in rows:
            off = sum(sign * chosen[name] for name, sign in row.items() if name in chosen)
            if abs(off) > reach * sum(name not in chosen for name in row):
                return False
        return True

    def completed(chosen: dict[str, int]) -> bool:
        if len(chosen) == len(order):
            return True
        name = order[len(chosen)]
        return any(fits(now := {**chosen, name: step}) and completed(now) for step in steps(name))

    return completed({})


def protected(it: Published, withheld: frozenset[str]) -> list[str]:
    """What may not be worked out: what is withheld, and small differences of what is published."""
    small = [name for name, cell in it.cells.items() if 1 <= cell.value < it.smallest]
    return sorted({*withheld, *small})


@given(tables())
def test_what_is_withheld_cannot_be_worked_out(it: Published) -> None:
    """Whoever knows all that is published, and how it adds up, is left with two values at least.

    No number that is published is small, and a zero is published.
    """
    withheld = withhold(it.cells, it.sums, it.smallest)
    for name, cell in it.cells.items():
        assert name in withheld or not cell.is_shown or not 1 <= cell.value < it.smallest
        assert name not in withheld or (cell.is_shown and cell.value)
    for name in protected(it, withheld):
        assert other_values(it, withheld, name, reach=2), name


@given(tables())
def test_nothing_is_withheld_that_is_not_needed(it: Published) -> None:
    """Were any further number published, one that is withheld, or a small difference, could be told."""
    withheld = withhold(it.cells, it.sums, it.smallest)
    for name in withheld:
        if it.cells[name].value >= it.smallest:
            left = withheld - {name}
            assert not all(other_values(it, left, other, reach=1) for other in protected(it, left))


def test_a_total_does_not_tell_the_number_of_a_small_landlord() -> None:
    """The next smallest one is withheld with it; the total is published."""
    cells = {"all": Number(120, cost=100), "A": Number(90), "B": Number(28), "C": Number(2)}
    withheld = withhold({**cells, "B": Number(28, cost=0)}, [Sum("all", ("A", "B", "C"))], 10)
    assert withheld == {"B", "C"}


def test_who_does_not_belong_to_a_part_is_protected_too() -> None:
    """If all but two of a group were reached, the number that was reached would tell of these two."""
    cells = {
        "referred": Number(40, cost=10),
        "reached": Number(38),
        "not reached": Number(2, is_shown=False),
    }
    assert withhold(cells, [Sum("referred", ("reached", "not reached"))], 10) == {"reached"}


@pytest.mark.parametrize("smallest", [1, 10])
def test_what_is_large_or_zero_is_published(smallest: int) -> None:
    """Nothing is withheld where nothing is small."""
    cells = {"all": Number(60), "A": Number(60), "B": Number(0)}
    assert not withhold(cells, [Sum("all", ("A", "B"))], smallest)


def test_where_each_value_can_be_told_the_total_is_withheld_too() -> None:
    """Five landlords with one each: withheld numbers are not 0, so a total of five would tell all."""
    cells = {"all": Number(5, cost=100), **{name: Number(1) for name in "ABCDE"}}
    assert withhold(cells, [Sum("all", tuple("ABCDE"))], 5) == {"all", *"ABCDE"}
