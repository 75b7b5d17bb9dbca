"""Rows that are refused, and how they are found: with their number, tenancy and what to do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import narwhals as nw
from attrs import evolve, frozen

from huurschuld.errors import InputError
from huurschuld.portfolio.columnar.backend import ColumnType, column_type_of
from huurschuld.portfolio.columnar.expressions import Frame, collected, whole
from huurschuld.portfolio.columnar.intake import Intake
from huurschuld.portfolio.columnar.row_checks import Check
from huurschuld.portfolio.schema import Place, tenancy_column


@frozen
class Fault:
    """A row that is refused, and why.

    It is counted from 0; None stands for the heading, and for a row of a library without an order.
    """

    check: Check
    row: int | None
    tenancy: str | None
    remedy: str = ""
    """What to do about what was given there; if it is empty, that of the check."""

    @property
    def table(self) -> str:
        """The table that it is in."""
        return self.check.table

    @property
    def of_heading(self) -> bool:
        """Whether it is the heading of its table, and no row."""
        return self.check.heading

    @property
    def owner(self) -> str | None:
        """The tenancy that it belongs to, if that is certain."""
        return None if self.check.column == "tenancy" else self.tenancy or None

    def error(self, place: Place) -> InputError:
        """The error for it; where rows have no order its place is the table and the column."""
        check = self.check
        refusal = evolve(check.refusal, remedy=self.remedy) if self.remedy else check.refusal
        if check.heading or self.row is not None:
            return refusal.at(place(check.table, self.row, check.column))
        return refusal.at(f"{check.table}, column {check.column}" if check.column else check.table)


_AS_IN_PYTHON: Final = (ColumnType.TEXT, ColumnType.WHOLE)


@frozen
class Finder:
    """Finds the rows of a portfolio that a check refuses: `most` of each, and counts all in `tally`."""

    intake: Intake
    most: int | None
    tally: Counter[Check] | None

    def matching(
        self,
        check: Check,
        keys: Frame,
        on: list[str],
        after: int = 0,
        among: nw.Expr | None = None,
    ) -> Iterator[Fault]:
        """The rows with one of these keys, for each key only those after the first `after` rows.

        With `among` only the rows count for which it is true.
        """
        keys = self.intake.backend.keep(keys)
        if not single(keys.select(whole(nw.len()))):
            return

        def chosen(rows: Frame) -> Frame:
            rows = rows if among is None else rows.filter(among)
            rows = rows.join(self.intake.backend.in_reach(rows, keys), on=on, how="inner")
            if after and "row" in rows.collect_schema().names():
                number = nw.col("row").rank("ordinal").over(*on)
                rows = rows.filter(number > after)
            return rows

        yield from self.find(check, chosen)

    def find(self, check: Check, chosen: Callable[[Frame], Frame]) -> Iterator[Fault]:
        """The rows that are chosen of the table of a check, in their order."""
        typed = self.intake.typed[check.table]
        rows = self.intake.backend.numbered(typed)
        found = chosen(typed if rows is None else rows)
        key = nw.col(tenancy_column(check.table))
        number = nw.lit(None, nw.Int64) if rows is None else whole(nw.col("row"))
        found = found.select(number.alias("row"), key.alias("key"))
        found = found if rows is None else found.sort("row")
        most = 1 if check.heading else self.most  # that of a heading is one, however many rows there are
        if most is not None and (check.heading or self.tally is None):
            found = found.head(most)
        rows_found = collected(found)
        if self.tally is not None:
            self.tally[check] += len(rows_found)
        told = rows_found.head(most).rows() if most is not None else rows_found.rows()
        remedies = self._remedies(check, [row for row, _ in told])
        for (row, tenancy), remedy in zip(told, remedies, strict=True):
            yield Fault(check, None if check.heading else row, tenancy, remedy)

    def _remedies(self, check: Check, rows: list[int | None]) -> Iterable[str]:
        """What to do about what was given in these rows, where the kind of the column knows."""
        kind, column = check.kind, check.column
        numbers = [row for row in rows if row is not None]
        if kind is None or len(numbers) < len(rows):
            return [""] * len(rows)
        if column_type_of(self.intake.types[check.table][column]) not in _AS_IN_PYTHON:
            return [kind.remedy(dt.date.min)] * len(rows)  # libraries have days that Python cannot hold
        given = self.intake.backend.cells(self.intake.given[check.table], column, numbers)
        return map(kind.remedy, given)


def single(frame: Frame) -> Any:  # noqa: ANN401 - any type in the frame
    """The one value of a frame."""
    return collected(frame).item()
