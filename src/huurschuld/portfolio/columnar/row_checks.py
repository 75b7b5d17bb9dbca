"""Checks of single rows, as expressions over columns: what no row of a table may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_, or_
from typing import Final

import narwhals as nw
from attrs import frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.refusals import (
    EMPTY_CELL,
    END_BEFORE_START,
    HALF_EVICTION,
    HALF_EVICTION_COLUMN,
    NEEDED_BY_KIND,
    TOO_LOW_A_RENT,
    UNUSED_BY_KIND,
    Refusal,
    of_type,
)
from huurschuld.model.tenancy import PAYMENTS_A_YEAR
from huurschuld.model.values import (
    FIRST_DAY,
    LAST_DAY,
    LOWEST_RENT_A_YEAR,
    Birth,
    Choice,
    Day,
    FactValue,
    Flag,
    Kind,
    Text,
    Whole,
)
from huurschuld.portfolio.columnar.backend import NO_NUMBER
from huurschuld.portfolio.columnar.column_types import Types
from huurschuld.portfolio.columnar.expressions import in_digits, number_of, whole
from huurschuld.portfolio.columnar.intake import OWN_DAY, VALUES, Intake
from huurschuld.portfolio.schema import COLUMNS, COLUMNS_OF_KINDS, EVICTION, SPANS
from huurschuld.rules.own_facts import GivenFact


@frozen
class Check:
    """A check of a table, and the column of its error: in the heading if the column is absent.

    If it is of a `kind`, what was given says what to do about it.
    """

    table: str
    column: str
    refusal: Refusal
    heading: bool = False
    kind: Kind | None = None


NAMES: Final = ("tenancy", "id")
"""The columns that say whose an entry is, and what it is called."""

_YEAR: Final = 10_000
_LOWEST_RENT: Final = 100

RowCheck = tuple[Check, nw.Expr]
"""A check of single rows, and the expression that is true of a row that it refuses."""


def row_checks(table: str, intake: Intake, given: Mapping[str, GivenFact]) -> list[RowCheck]:
    """The checks of single rows of a table with these columns, in the order of `read_portfolio`.

    `given` are the facts that the policy declares as given, by name.
    """
    there = frozenset(intake.columns[table])
    checks = [*_unused(there)] if table == "entries" else []
    checks += _of_columns(table, there, intake.types[table])
    if table == "entries":
        checks += _needed(there)
    elif table == "tenancies":
        checks += _of_tenancies(there, intake.own_day)
    for _, first, last in (span for span in SPANS if span[0] == table and there.issuperset(span[1:])):
        wrong = (nw.col(last) < nw.col(first)) & (nw.col(last) != NO_NUMBER)
        checks.append((Check(table, last, END_BEFORE_START), wrong.fill_null(False)))
    if table == "rents":
        too_low = (nw.col("cents") >= _LOWEST_RENT) & (
            nw.col("cents") * payments_a_year() < LOWEST_RENT_A_YEAR
        )
        checks.append((Check(table, "cents", TOO_LOW_A_RENT), too_low.fill_null(False)))
    elif table == "facts":
        checks += _of_given(given)
    return checks


def payments_a_year() -> nw.Expr:
    """How many times a year a rent is paid; null where `per` is not valid."""
    per = nw.col("per").fill_null("month")
    return reduce(
        lambda rest, it: nw.when(per == it[0]).then(nw.lit(it[1], nw.Int64)).otherwise(rest),
        PAYMENTS_A_YEAR.items(),
        nw.lit(None, nw.Int64),
    )


def _of_given(given: Mapping[str, GivenFact]) -> Iterator[RowCheck]:
    """What is stated of a fact that the policy declares must fit its unit."""
    for name, fact in given.items():
        unfit = (nw.col("name") == name) & (nw.col(VALUES[fact.unit]) == NO_NUMBER)
        yield Check("facts", "value", fact.refusal), unfit.fill_null(False)


def is_refused(table: str, intake: Intake, given: Mapping[str, GivenFact]) -> nw.Expr:
    """1 for a row that any check of single rows refuses, else 0."""
    if table == "entries":  # by far the most rows, so for these it is a shorter expression
        nameless = (nw.col(name).is_null() | _is_not(Text(), name) for name in NAMES)
        return whole(reduce(or_, nameless, _is_unfit(intake)))
    return whole(reduce(or_, (refused for _, refused in row_checks(table, intake, given))))


def cells_refused(intake: Intake) -> nw.Expr:
    """1 for an entry that is refused for any cell but those of `NAMES`, else 0.

    To read its id takes as long as all else, and `Backend.repeated` finds one that is empty as well.
    """
    return whole(_is_unfit(intake))


def _is_unfit(intake: Intake) -> nw.Expr:
    """Whether an entry has a cell that its kind may not have, or lacks one; `NAMES` aside."""
    there = frozenset(intake.columns["entries"]).difference(NAMES)
    alike: dict[tuple[tuple[str, bool | None], ...], list[nw.Expr]] = {}
    for kind, own in COLUMNS_OF_KINDS.items():
        needed = {name: own[name].required if name in own else None for name in COLUMNS["entries"]}
        cells = tuple((name, it) for name, it in needed.items() if name not in (*NAMES, "kind"))
        alike.setdefault(cells, []).append(nw.col("kind") == kind)
    fits = []
    for cells, kinds in alike.items():
        tests = [_may_hold(name, needed) for name, needed in cells if needed or name in there]
        fits.append(reduce(and_, tests, reduce(or_, kinds)))
    return ~reduce(or_, fits).fill_null(False)


def _may_hold(column: str, needed: bool | None) -> nw.Expr:
    """Whether an entry may hold what is in a column that its kind needs, may have, or (None) has not."""
    if needed is None:
        return nw.col(column).is_null()
    accepted = _is(COLUMNS["entries"][column].kind, column)
    return accepted if needed else accepted | nw.col(column).is_null()


def _of_columns(table: str, there: frozenset[str], types: Types) -> Iterator[RowCheck]:
    for name, column in COLUMNS[table].items():
        if name in there:
            if column.required:
                yield Check(table, name, EMPTY_CELL), nw.col(name).is_null()
            wrong = of_type(column.kind, str(types[name])) if name in types else None
            check = _of_kind(table, name, column.kind) if wrong is None else Check(table, name, wrong)
            yield check, _is_not(column.kind, name)


def _of_kind(table: str, column: str, kind: Kind) -> Check:
    return Check(table, column, Refusal(InvalidValue, kind.expected), kind=kind)


def _is_not(kind: Kind, column: str) -> nw.Expr:
    """Whether the value in a column is not of a kind; null is not refused."""
    return (~_is(kind, column)).fill_null(False)


def _is(kind: Kind, column: str) -> nw.Expr:
    """Whether the value in a column is of a kind; null is neither."""
    it = nw.col(column)
    match kind:
        case Whole(minimum, maximum):
            return (it >= minimum) & (it <= maximum)
        case Day():
            return (it >= number_of(FIRST_DAY)) & (it <= number_of(LAST_DAY))
        case Birth():
            return (it >= FIRST_DAY.year * _YEAR) & (it <= in_digits(LAST_DAY))
        case FactValue():
            return (it != NO_NUMBER) | (nw.col(VALUES[None]) != NO_NUMBER)
        case Flag():
            return it >= 0
        case Choice(words):
            return it.is_in(words)
        case Text():
            return it != ""
        case _:
            raise TypeError(f"{type(kind).__name__} is no kind of a column")


# --- entries: each kind has its own columns ------------------------------------------------------


def _unused(there: frozenset[str]) -> Iterator[RowCheck]:
    for name in COLUMNS["entries"]:
        without = [kind for kind, own in COLUMNS_OF_KINDS.items() if name != "kind" and name not in own]
        if name in there and without:
            filled = nw.col("kind").is_in(without) & ~nw.col(name).is_null()
            yield Check("entries", name, UNUSED_BY_KIND), filled.fill_null(False)


def _needed(there: frozenset[str]) -> Iterator[RowCheck]:
    for name, column in COLUMNS["entries"].items():
        if column.required:
            continue
        needing = [kind for kind, own in COLUMNS_OF_KINDS.items() if name in own and own[name].required]
        of_these = nw.col("kind").is_in(needing).fill_null(False)
        if needing and name not in there:
            yield Check("entries", name, NEEDED_BY_KIND, heading=True), of_these
        elif needing:
            yield Check("entries", name, EMPTY_CELL), of_these & nw.col(name).is_null()


# --- tenancies -----------------------------------------------------------------------------------

_DAYS: Final = (f"{EVICTION}announced", f"{EVICTION}on")


def _of_tenancies(there: frozenset[str], own_day: str | None) -> Iterator[RowCheck]:
    for column, other in (_DAYS, _DAYS[::-1]):
        if other in there:
            absent = column not in there
            refusal = HALF_EVICTION_COLUMN if absent else HALF_EVICTION
            missing = nw.col(column).is_null() & ~nw.col(other).is_null()
            yield Check("tenancies", column, refusal, heading=absent), missing
    if own_day is not None:
        yield Check("tenancies", own_day, EMPTY_CELL), nw.col(OWN_DAY).is_null()
        yield _of_kind("tenancies", own_day, Day()), _is_not(Day(), OWN_DAY)
