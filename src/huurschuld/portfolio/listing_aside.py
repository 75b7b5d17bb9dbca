"""Rows that are set aside, each with the whole of its tenancy: an incomplete ledger makes wrong advice.

A row whose tenancy cannot be told for sure refuses all: nobody knows whose ledger lacks it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from attrs import field, frozen

from huurschuld.errors import Cell, InputError
from huurschuld.portfolio.csv_strict import RejectedRow


@frozen
class SetAside:
    """What a screening leaves out.

    Attributes:
        errors: why, row by row.
        tenancies: how many tenancies are not screened because of it: with those that are, as many as the
            table has rows.
        names: which these are.
    """

    errors: tuple[InputError, ...] = field(converter=tuple[InputError, ...])
    tenancies: int
    names: tuple[str, ...] = field(converter=tuple[str, ...], repr=False)

    @property
    def rows(self) -> int:
        """How many rows are refused."""
        return len({_row(error.place) for error in self.errors})


def _row(place: str | Cell) -> object:
    return (place.file, place.line) if isinstance(place, Cell) else place


def owners(refused: Iterable[RejectedRow], known: Callable[[Collection[str]], set[str]]) -> set[str]:
    """The tenancies of the rows that could not be read.

    Args:
        refused: these rows.
        known: tells which tenancies there are among some.

    Raises:
        InputError: it cannot be told whose one of them is.
    """
    rows = list(refused)
    named = {it.tenancy for it in rows if it.tenancy}
    unread = {it.tenancy for it in rows if it.tenancy and it.table == "tenancies"}
    found = unread | (known(sorted(named)) if named else set())
    for it in rows:
        if it.tenancy not in found:
            raise of_nobody(it.error)
    return found


def of_nobody(error: InputError) -> InputError:
    """The error for a row that cannot be set aside: somebody's tables are not complete without it."""
    return type(error)(
        error.place,
        f"{error.problem}; whose row it is cannot be told, so nobody can be set aside for it",
        error.remedy or "mend the line",
    )


def tenancies_among(refused: Iterable[RejectedRow]) -> int:
    """How many rows of `tenancies` could not be read."""
    return len({_row(it.error.place) for it in refused if it.table == "tenancies"})
