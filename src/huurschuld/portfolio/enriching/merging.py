"""The tables of several systems put together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from huurschuld.errors import (
    Cell,
    InvalidValue,
    MissingField,
    TwoSources,
    UnknownField,
)
from huurschuld.hooks import ArrowStream
from huurschuld.model.refusals import EMPTY_CELL, UNKNOWN_TENANCY, Refusal
from huurschuld.portfolio.enriching.enricher import ADDABLE_COLUMNS, EnricherTables
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.files import ParquetFile
from huurschuld.portfolio.ledger_tables import LedgerTable, PlainCsv
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, Place, by_row, check_columns
from huurschuld.portfolio.streams import read_stream

_SENT: Final = "outbox"
_TWO_SOURCES: Final = ("two systems give this of the same tenancy", "let one of them give it")
_DUPLICATED: Final = Refusal(InvalidValue, "a second row of this tenancy", "keep one of them")
_OTHER: Final = " of the other"
"""Marks a column of `tenancies` that comes from another system, until the two are merged."""


class Merging:
    """Puts the tables of several systems together.

    Attributes:
        tables: those of the ledger, and what was added so far.
    """

    def __init__(self, ledger: Mapping[str, LedgerTable]) -> None:
        self.tables = dict(ledger)
        self._place_in_ledger = ledger["tenancies"].place if "tenancies" in ledger else by_row
        self._added: list[tuple[Collection[str], Sequence[int | None], Place]] = []

    def add_all(self, enrichers: Collection[EnricherTables], unknown: Collection[str]) -> None:
        """Add what other systems give, except the tables that are unknown for everyone.

        Raises:
            InputError: at the place in the system that gives it.
        """
        given = [(it, {n: t for n, t in it.tables.items() if n not in unknown}) for it in enrichers]
        if "children" not in self.tables and any("children" in tables for _, tables in given):
            self._drop_children_known()
        if not given:
            return
        pl = polars("children")
        known = _with_children({name: self._frame(name) for name in ("tenancies", "children")})
        for enricher, tables in given:
            own = _with_children(tables)
            both = own.filter(pl.col("key").is_in(known["key"].implode()))
            if both.height:  # no two systems may know the children of a tenancy
                table, row, column = both.select("table", "row", "column").row(0)
                raise TwoSources(enricher.place(table, row, column), *_TWO_SOURCES)
            known = pl.concat([known, own])
            for name, frame in tables.items():
                self._add(enricher, name, frame)

    def add_sent(self, sent: ArrowStream) -> None:
        """Add the signals that were sent to these tenancies, beside those that others give."""
        frame = read_stream(_SENT, sent)

        def place(table: str, row: int | None, column: str) -> Cell:
            return by_row(f"{_SENT}: {table}", row, column)

        tenancies = self._frame("tenancies")
        if tenancies is not None and "id" in tenancies.columns:
            ids = tenancies.select(tenancy="id").unique()
            frame = frame.join(ids, on="tenancy", how="semi")
        self._append("signals", frame, place)

    def _add(self, enricher: EnricherTables, table: str, frame: Any) -> None:  # noqa: ANN401 - polars need not be installed
        columns = [*frame.columns, "start"] if table == "tenancies" else frame.columns
        check_columns(
            table, dict.fromkeys(columns), lambda row, column: enricher.place(table, row, column)
        )
        frame = _with_text_keys(table, frame, enricher.place)
        if table == "tenancies":
            self._add_columns(frame, enricher.place)
            return
        before = self._frame(table)
        if before is not None and table != "signals":  # each system knows those that it sent itself
            part, first = _part_of(table), self.tables[table]
            check_columns(table, before.columns, lambda row, column: first.place(table, row, column))
            both = frame.with_row_index("row").join(before.select(part).unique(), on=part, how="semi")
            if both.height:
                raise TwoSources(enricher.place(table, both["row"].min(), "tenancy"), *_TWO_SOURCES)
        self._append(table, frame, enricher.place)

    def _append(self, table: str, frame: Any, place: Place) -> None:  # noqa: ANN401 - as _add
        """Add rows after those that are there."""
        before = self._frame(table)
        if before is None:
            self.tables[table] = LedgerTable(table, frame, place)
            return
        first, count = self.tables[table], before.height

        def place_in_either(name: str, row: int | None, column: str) -> Cell:
            if row is None or row < count:
                return first.place(name, row, column)
            return place(name, row - count, column)

        both = _concatenated(table, before, frame)
        self.tables[table] = evolve(first, table=both, place=place_in_either)

    def _frame(self, table: str) -> Any:  # noqa: ANN401 - as _add
        """Return a table as it is now; None if no system has given it so far."""
        found = self.tables.get(table)
        if found is None:
            return None
        frame = found.read()
        if not isinstance(found.table, ParquetFile | PlainCsv):  # a stream can be read only once
            self.tables[table] = evolve(found, table=frame)
        return _with_text_keys(table, frame, found.place)

    def _drop_children_known(self) -> None:
        """Without a table of children nothing is known about them, even if the ledger says so."""
        frame = self._frame("tenancies")
        if frame is not None and "children_known" in frame.columns:
            kept = frame.drop("children_known")
            self.tables["tenancies"] = evolve(self.tables["tenancies"], table=kept)

    def _add_columns(self, frame: Any, place: Place) -> None:  # noqa: ANN401 - as _add
        """Add columns of another system to the table `tenancies`, by `id`."""
        pl = polars("tenancies")
        before = self._frame("tenancies")
        if before is None:
            raise MissingField("tenancies", "this table is required")
        for column in frame.columns:
            if column != "id" and column not in ADDABLE_COLUMNS:
                raise UnknownField(place("tenancies", None, column), "an enricher may not give this")
        frame = frame.with_row_index("row")
        for bad, refusal in (
            (frame.filter(pl.col("id").is_null()), EMPTY_CELL),
            (frame.filter(pl.col("id").is_duplicated()), _DUPLICATED),
        ):
            if bad.height:
                raise refusal.at(place("tenancies", bad["row"].max(), "id"))
        strangers = frame.join(before, on="id", how="anti")
        strangers = strangers.filter(~pl.col("id").is_in([*self._quarantined()]))
        if strangers.height:
            raise UNKNOWN_TENANCY.at(place("tenancies", strangers["row"].min(), "id"))
        joined = before.join(frame, on="id", how="left", suffix=_OTHER, maintain_order="left")
        names = [name for name in frame.columns if name not in ("id", "row")]
        self._added.append((names, joined["row"].to_list(), place))
        for column in (it for it in names if it + _OTHER in joined.columns):
            joined = _with_either(joined, column, place)
        self.tables["tenancies"] = evolve(
            self.tables["tenancies"], table=joined.drop("row"), place=self._place_of_tenancy
        )

    def _place_of_tenancy(self, table: str, row: int | None, column: str) -> Cell:
        for columns, rows, place in self._added:
            if column in columns and row is not None and rows[row] is not None:
                return place(table, rows[row], column)
        return self._place_in_ledger(table, row, column)

    def _quarantined(self) -> Iterator[str]:
        """Yield the tenancies with a row in the ledger that cannot be read."""
        for table in self.tables.values():
            yield from (row.tenancy for row in table.rejected if row.tenancy is not None)


_OF_CHILDREN: Final = (("tenancies", "id", "children_known"), ("children", "tenancy", "tenancy"))


def _with_children(tables: Mapping[str, Any]) -> Any:  # noqa: ANN401 - polars need not be installed
    """Return the tenancies whose children these tables know, as `key`, each with its place."""
    pl = polars("children")
    place = {"table": pl.String, "row": pl.Int64, "column": pl.String}
    found = pl.DataFrame(schema={"key": pl.String, **place})
    for table, key, column in _OF_CHILDREN:
        frame = tables.get(table)
        if frame is None or not {key, column}.issubset(frame.columns):
            continue
        rows = frame.select(
            pl.col(key).cast(pl.String).alias("key"),
            pl.lit(table).alias("table"),
            pl.int_range(pl.len()).alias("row"),
            pl.lit(column).alias("column"),
            _is_given(column).alias("given"),
        )
        rows = rows.filter("given") if table == "tenancies" else rows
        found = pl.concat([found, rows.drop("given")])
    return found


def _is_given(column: str, suffix: str = "") -> Any:  # noqa: ANN401 - as _with_children
    """Whether a column of `tenancies` says something; `no` children known says nothing."""
    pl = polars("tenancies")
    nothing = ("no", "") if column == "children_known" else ("",)
    it = pl.col(column + suffix)
    return it.is_not_null() & ~it.cast(pl.String).is_in(nothing)


def _with_either(joined: Any, column: str, place: Place) -> Any:  # noqa: ANN401 - as _with_children
    """Take a column from the system that gives it, tenancy by tenancy."""
    pl = polars("tenancies")
    other = column + _OTHER
    both = joined.filter(_is_given(column) & _is_given(column, _OTHER))
    if both.height:
        raise TwoSources(place("tenancies", both["row"].min(), column), *_TWO_SOURCES)
    same = joined.schema[column] == joined.schema[other]
    mine, its = (pl.col(it) if same else pl.col(it).cast(pl.String) for it in (column, other))
    merged = pl.when(_is_given(column, _OTHER)).then(its).otherwise(mine).alias(column)
    return joined.with_columns(merged).drop(other)


def _with_text_keys(table: str, frame: Any, place: Place) -> Any:  # noqa: ANN401 - as _with_children
    """Make the keys of a table text, if they hold categories or nothing at all.

    Raises:
        InvalidValue: one holds something else.
    """
    pl = polars(table)
    for key in ["id"] if table == "tenancies" else _part_of(table):
        if key not in frame.columns or frame.schema[key] == pl.String:
            continue
        if frame.schema[key] not in (pl.Categorical, pl.Enum, pl.Null):
            raise InvalidValue(place(table, None, key), "a non-empty text is expected")
        frame = frame.with_columns(pl.col(key).cast(pl.String))
    return frame


def _part_of(table: str) -> list[str]:
    """The columns that say which part of a tenancy a row is of: only one system may give that."""
    return ["tenancy", "name"] if table == "facts" else ["tenancy"]


def _concatenated(table: str, *frames: Any) -> Any:  # noqa: ANN401 - as _with_children
    """Put the rows of two frames together; a column of two types becomes text.

    A column that one of the two does not record is dropped: a default for its rows would be invented.
    """
    pl = polars(table)
    for column in ASSUMABLE_COLUMNS.get(table, ()):
        if any(it.height and column not in it.columns for it in frames):
            frames = tuple(it.drop(column, strict=False) for it in frames)
    for column in frames[-1].columns:
        types = {it.schema[column] for it in frames if column in it.columns} - {pl.Null}
        if len(types) > 1:
            frames = tuple(_with_text(it, column) if column in it.columns else it for it in frames)
    return pl.concat(frames, how="diagonal_relaxed")


def _with_text(frame: Any, column: str) -> Any:  # noqa: ANN401 - as _with_children
    pl = polars(column)
    if frame.schema[column] != pl.Boolean:
        return frame.with_columns(pl.col(column).cast(pl.String))
    it = pl.col(column)
    words = pl.when(it).then(pl.lit("true")).when(~it).then(pl.lit("false"))
    return frame.with_columns(words.alias(column))
