"""Quarantine: rows that are refused, each with its whole tenancy, as half a ledger gives wrong advice.

If the tenancy of a row is not certain, the whole portfolio is refused: any ledger may lack that row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from attrs import field, frozen

from huurschuld.errors import Cell, InputError
from huurschuld.portfolio.csv_strict import RejectedRow
from huurschuld.portfolio.schema import Place


class Faulty(Protocol):
    """A row that is refused."""

    @property
    def table(self) -> str:
        """The table that it is in."""

    @property
    def owner(self) -> str | None:
        """The tenancy that it belongs to, if that is certain."""

    @property
    def of_heading(self) -> bool:
        """Whether it is the heading of its table."""

    def error(self, place: Place) -> InputError:
        """The error for it."""


@frozen
class Quarantine:
    """What a screening leaves out.

    Attributes:
        errors: one for each problem, with the place of its row.
        tenancies: how many tenancies are left out; with those screened they add up to the rows of the
            table `tenancies`.
        names: the ids of these tenancies.
    """

    errors: tuple[InputError, ...] = field(converter=tuple[InputError, ...])
    tenancies: int
    names: tuple[str, ...] = field(converter=tuple[str, ...], repr=False)

    @property
    def rows(self) -> int:
        """How many rows are refused."""
        return len({_row(error.place) for error in self.errors})


def certain_owners(
    refused: Iterable[RejectedRow], known: Callable[[Collection[str]], set[str]]
) -> set[str]:
    """Find the tenancies of the rows that could not be read, as far as these are certain.

    `known` picks the ids that exist from some ids.
    """
    rows = list(refused)
    named = {it.tenancy for it in rows if it.tenancy}
    unread = {it.tenancy for it in rows if it.tenancy and it.table == "tenancies"}
    return unread | (known(sorted(named)) if named else set())


def owners(refused: Iterable[RejectedRow], known: Callable[[Collection[str]], set[str]]) -> set[str]:
    """The same, where they must all be certain: any other row raises its error."""
    rows = list(refused)
    found = certain_owners(rows, known)
    for it in rows:
        if it.tenancy not in found:
            raise unattributable(it.error)
    return found


def separated(
    faults: Iterable[Faulty],
    refused: Iterable[RejectedRow],
    unread: Collection[str],
    place: Place,
) -> tuple[list[tuple[str, InputError]], list[str]]:
    """The table and error of each row that is set aside, and the tenancies that these belong to.

    `refused` are the rows that could not be read, and `unread` their tenancies. A fault of a heading, or
    of a row whose tenancy is not certain, raises its error.
    """
    errors = [(it.table, it.error) for it in refused]
    names = {*unread}
    for fault in faults:
        error = fault.error(place)
        if fault.of_heading:  # a missing column concerns every tenancy
            raise error
        if fault.owner is None:
            raise unattributable(error)
        errors.append((fault.table, error))
        names.add(fault.owner)
    return errors, sorted(names)


def unattributable(error: InputError) -> InputError:
    """Make the error for a row that cannot be set aside, because its tenancy is not certain."""
    return type(error)(
        error.place,
        f"{error.problem}; it is not certain which tenancy the row belongs to, so none can be set aside",
        error.remedy or "correct the line",
    )


def unread_tenancies(refused: Iterable[RejectedRow]) -> int:
    """Count the rows of the table `tenancies` that could not be read."""
    return len({_row(it.error.place) for it in refused if it.table == "tenancies"})


def _row(place: str | Cell) -> object:
    return (place.file, place.line) if isinstance(place, Cell) else place
