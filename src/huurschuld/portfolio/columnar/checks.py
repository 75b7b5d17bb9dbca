"""Checks of whole portfolios: the rows that `docs/semantics.md` refuses, each with its tenancy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from math import inf
from operator import methodcaller
from typing import Any, Final

import narwhals as nw
from attrs import evolve, frozen

from huurschuld.errors import Cell, InputError, InvalidValue
from huurschuld.model.refusals import (
    NO_RENT,
    REFERENCES,
    REVERSES_TOO_MUCH,
    TOO_MANY_ENTRIES,
    UNIQUE,
    UNKNOWN_TENANCY,
    Reference,
)
from huurschuld.model.values import MAXIMUM_ENTRIES
from huurschuld.portfolio.columnar.backend import ColumnType, column_type_of
from huurschuld.portfolio.columnar.expressions import Frame, total, whole
from huurschuld.portfolio.columnar.intake import Intake
from huurschuld.portfolio.columnar.row_checks import Check, is_refused, row_checks
from huurschuld.rules.own_facts import GivenFact

REFUSED: Final = "refused"
ROWS: Final = "rows"
CENTS: Final = "sum_of_cents"


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
    def owner(self) -> str | None:
        """The tenancy that it belongs to, if that is certain."""
        return None if self.check.column == "tenancy" else self.tenancy or None

    def error(self, place: Callable[[str, int | None, str], Cell]) -> InputError:
        """The error for it; where rows have no order its place is the table and the column."""
        check = self.check
        refusal = evolve(check.refusal, remedy=self.remedy) if self.remedy else check.refusal
        if check.heading or self.row is not None:
            return refusal.at(place(check.table, self.row, check.column))
        return refusal.at(f"{check.table}, column {check.column}" if check.column else check.table)


@frozen
class Checks:
    """The checks of one portfolio.

    `grouped` has, for each table but `tenancies`, the number of rows of each tenancy as `rows`, and for
    entries the sum of their cents as `sum_of_cents`. `given` are the facts that the policy declares as
    given, by name.
    """

    intake: Intake
    grouped: Mapping[str, Frame]
    given: Mapping[str, GivenFact]

    def known(self, tenancies: Collection[str]) -> set[str]:
        """Which of these tenancies exist."""
        ids = self.intake.typed["tenancies"].filter(nw.col("id").is_in(tenancies)).select("id")
        return {name for (name,) in ids.collect().rows()}

    def faults(self, most: int | None = None, unread: Collection[str] = ()) -> Iterator[Fault]:
        """The rows that are refused, `most` of each check; `read_portfolio` raises for the first one.

        Of `unread` tenancies some row could not be read, so theirs may refer to what is not found.
        """
        for table, frame in self.intake.typed.items():
            faults = self._rows_refused(table, frame, most)
            yield from faults if most is None else sorted(faults, key=_row)
        yield from self._repeated("tenancies", ["id"], most)
        ids = self.intake.typed["tenancies"].select(tenancy=nw.col("id"))
        for table, grouped in self.grouped.items():
            strangers = grouped.select("tenancy").join(ids, on="tenancy", how="anti")
            strangers = _without(strangers, "tenancy", unread)
            check = Check(table, "tenancy", UNKNOWN_TENANCY)
            yield from self._matching(check, strangers, ["tenancy"], most)
        faults = self._of_tenancies(most, unread)
        yield from faults if most is None else self._by_tenancy([*faults])

    def _of_tenancies(self, most: int | None, unread: Collection[str]) -> Iterator[Fault]:
        """What is refused about a tenancy as a whole."""
        rented = self.grouped["rents"].select(id=nw.col("tenancy"))
        yield from self._find(
            Check("tenancies", "id", NO_RENT),
            lambda rows: _without(rows.join(rented, on="id", how="anti"), "id", unread),
            most,
        )
        yield from self._repeated("rents", ["tenancy", "from"], most)
        if "facts" in self.intake.typed:
            yield from self._repeated_facts(most)
        long = self.grouped["entries"].filter(nw.col(ROWS) > MAXIMUM_ENTRIES).select("tenancy")
        check = Check("entries", "id", TOO_MANY_ENTRIES)
        yield from self._matching(check, long, ["tenancy"], most, after=MAXIMUM_ENTRIES)
        yield from self._repeated("entries", ["tenancy", "id"], most)
        for column, reference in REFERENCES.items():
            if column in self.intake.columns["entries"]:
                yield from self._dangling(column, reference, most, unread)

    def _by_tenancy(self, faults: list[Fault]) -> list[Fault]:
        """Sort faults by tenancy, in the order of the table if the library keeps one."""
        tenancies = self.intake.backend.numbered(self.intake.typed["tenancies"])
        if tenancies is None or len(faults) < 2:
            return faults
        concerned = nw.col("id").is_in([fault.tenancy for fault in faults])
        rows = dict(tenancies.filter(concerned).select("id", "row").collect().rows())
        return sorted(faults, key=lambda fault: rows.get(fault.tenancy, 0))

    def _rows_refused(self, table: str, frame: Frame, most: int | None) -> Iterator[Fault]:
        refused = total(is_refused(table, self.intake, self.given)).alias(REFUSED)
        if table == "entries":
            found, *sums = frame.select(refused, *sums_of_entries()).collect().row(0)
            in_all = [total(nw.col(name)).alias(name) for name in (ROWS, CENTS)]
            check_unchanged(sums, self.grouped[table].select(*in_all).collect().row(0))
        else:
            found = _single(frame.select(refused))
        if found:
            for check, test in row_checks(table, self.intake, self.given):
                yield from self._find(check, methodcaller("filter", test), most)

    def _repeated(self, table: str, key: list[str], most: int | None) -> Iterator[Fault]:
        repeated = self.intake.backend.repeated(self.intake.typed[table], key)
        check = Check(table, UNIQUE[table].field, UNIQUE[table].refusal)
        yield from self._matching(check, repeated, key, most, after=1)

    def _dangling(
        self, column: str, reference: Reference, most: int | None, unread: Collection[str]
    ) -> Iterator[Fault]:
        """References to nothing, and reversals of more than the payment that they name."""
        entries, backend = self.intake.typed["entries"], self.intake.backend
        naming = backend.keep(
            entries.filter(~nw.col(column).is_null()).select(
                "tenancy", id=nw.col(column), by=nw.col("id"), asked=nw.col("cents")
            )
        )
        if _single(naming.select(whole(nw.len()))):
            key = ["tenancy", "id"]
            candidates = backend.of_these(entries, naming).filter(nw.col("kind").is_in(reference.kinds))
            named = naming.select(*key).unique()
            there = backend.keep(candidates.select(*key, "cents").join(named, on=key, how="semi"))
            dangling = named.join(there, on=key, how="anti")
            dangling = _without(dangling, "tenancy", unread).rename({"id": column})
            check = Check("entries", column, reference.refusal)
            yield from self._matching(check, dangling, ["tenancy", column], most)
            if column == "reverses":
                excessive = naming.join(there, on=key, how="inner")
                excessive = excessive.filter(nw.col("asked") > nw.col("cents"))
                excessive = excessive.select("tenancy", id="by").unique()
                check = Check("entries", "cents", REVERSES_TOO_MUCH)
                yield from self._matching(check, excessive, key, most)

    def _repeated_facts(self, most: int | None) -> Iterator[Fault]:
        """Second facts of one name from one day, or of which neither says from when: then at the row."""
        undated = nw.col("from").is_null()
        for column, key, among in (
            ("from", ["tenancy", "name", "from"], ~undated),
            ("", ["tenancy", "name"], undated),
        ):
            repeated = self.intake.backend.repeated(self.intake.typed["facts"].filter(among), key)
            check = Check("facts", column, UNIQUE["facts"].refusal)
            yield from self._matching(check, repeated, key, most, after=1, among=among)

    def _matching(
        self,
        check: Check,
        keys: Frame,
        on: list[str],
        most: int | None,
        after: int = 0,
        among: nw.Expr | None = None,
    ) -> Iterator[Fault]:
        """The rows with one of these keys, for each key only those after the first `after` rows.

        With `among` only the rows count for which it is true.
        """
        keys = self.intake.backend.keep(keys)
        if not _single(keys.select(whole(nw.len()))):
            return

        def matching(rows: Frame) -> Frame:
            rows = rows if among is None else rows.filter(among)
            rows = rows.join(keys, on=on, how="inner")
            if after and "row" in rows.collect_schema().names():
                number = nw.col("row").rank("ordinal").over(*on)
                rows = rows.filter(number > after)
            return rows

        yield from self._find(check, matching, most)

    def _find(self, check: Check, chosen: Callable[[Frame], Frame], most: int | None) -> Iterator[Fault]:
        typed = self.intake.typed[check.table]
        rows = self.intake.backend.numbered(typed)
        found = chosen(typed if rows is None else rows)
        key = nw.col("id" if check.table == "tenancies" else "tenancy")
        number = nw.lit(None, nw.Int64) if rows is None else whole(nw.col("row"))
        found = found.select(number.alias("row"), key.alias("key"))
        found = found if rows is None else found.sort("row")
        if (
            check.heading or most is not None
        ):  # a heading error is reported once, however many rows there are
            found = found.head(most or 1)
        told = found.collect().rows()
        remedies = self._remedies(check, [row for row, _ in told])
        for (row, tenancy), remedy in zip(told, remedies, strict=True):
            yield Fault(check, None if check.heading else row, tenancy, remedy)

    def _remedies(self, check: Check, rows: list[int | None]) -> Iterable[str]:
        """What to do about what was given in these rows, where the kind of the column knows."""
        kind, column = check.kind, check.column
        numbers = [row for row in rows if row is not None]
        if kind is None or len(numbers) < len(rows):
            return [""] * len(rows)
        if column_type_of(self.intake.types[check.table][column]) is ColumnType.DAY:
            return [kind.remedy(dt.date.min)] * len(rows)  # libraries have days that Python cannot hold
        given = self.intake.backend.cells(self.intake.given[check.table], column, numbers)
        return map(kind.remedy, given)


def _row(fault: Fault) -> float:
    return inf if fault.row is None else fault.row


def sums_of_entries() -> list[nw.Expr]:
    """The number of entries, and the sum of their cents: enough to notice that they have changed."""
    return [whole(nw.len()).alias(ROWS), total(nw.col("cents").fill_null(0)).alias(CENTS)]


def check_unchanged(now: Iterable[int | None], before: Iterable[int | None]) -> None:
    """Check that sums over entries are the same as before, since entries are read more than once."""
    if [it or 0 for it in now] != [it or 0 for it in before]:
        raise InvalidValue(
            "entries", "this table changed while it was read", "give a copy that does not change"
        )


def _without(rows: Frame, key: str, tenancies: Collection[str]) -> Frame:
    """The rows of other tenancies than these."""
    return rows.filter(~nw.col(key).is_in(tenancies)) if tenancies else rows


def _single(frame: Frame) -> Any:  # noqa: ANN401 - any type in the frame
    """The one value of a frame."""
    return frame.collect().item()
