"""The tables of several systems put together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, field, frozen

from huurschuld.errors import (
    Cell,
    InvalidValue,
    MissingField,
    TwoSources,
    UnknownField,
)
from huurschuld.extras import polars
from huurschuld.hooks import ArrowStream
from huurschuld.model.refusals import EMPTY_CELL, UNKNOWN_TENANCY, Refusal
from huurschuld.portfolio.enriching.enricher import ADDABLE_COLUMNS, EnricherTables
from huurschuld.portfolio.files import ParquetFile
from huurschuld.portfolio.ledger_tables import LedgerTable, Place, PlainCsv
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, by_row, check_columns
from huurschuld.portfolio.streams import read_stream

_SENT: Final = "outbox"
_TWO_SOURCES: Final = ("two systems give this of the same tenancy", "let one of them give it")
_DUPLICATED: Final = Refusal(InvalidValue, "a second row of this tenancy", "keep one of them")
_OTHER: Final = " of the other"
"""Marks a column of `tenancies` that comes from another system, until the two are merged."""


@frozen
class AddedColumn:
    """A column of `tenancies` from another system.

    Attributes:
        name: the column.
        rows: its row in that system, by row of the ledger; None where that system has none.
        place: gives the places of that system.
    """

    name: str
    rows: Sequence[int | None] = field(repr=False)
    place: Place


@frozen
class MergedTable:
    """A table of several systems: the rows of one system after those of the other.

    Attributes:
        frame: the table in polars.
        parts: for each system, how many rows come from it, and what gives their places.
        added: the columns that another system adds to the rows of the ledger.
    """

    frame: Any = field(repr=False)
    parts: tuple[tuple[int, Place], ...]
    added: tuple[AddedColumn, ...] = ()

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """Return the place of a value in its system."""
        for it in self.added:
            if it.name == column and row is not None and it.rows[row] is not None:
                return it.place(table, it.rows[row], column)
        for count, place in self.parts:
            if row is None or row < count:
                return place(table, row, column)
            row -= count
        return by_row(table, row, column)


class Merging:
    """Puts the tables of several systems together.

    Args:
        ledger: the tables of the ledger.
    """

    def __init__(self, ledger: Mapping[str, LedgerTable]) -> None:
        self._ledger = dict(ledger)
        self._merged: dict[str, MergedTable] = {}

    def ledger_tables(self) -> dict[str, LedgerTable]:
        """Return the tables as they are by now."""
        merged = {}
        for name, it in self._merged.items():
            rejected = self._ledger[name].rejected if name in self._ledger else ()
            merged[name] = LedgerTable(name, it.frame, it.place, rejected)
        return self._ledger | merged

    def add_all(self, enrichers: Collection[EnricherTables], unknown: Collection[str]) -> None:
        """Add what other systems give, except the tables that are unknown for everyone.

        Raises:
            InputError: at the place in the system that gives it.
        """
        given = [(it, {n: t for n, t in it.tables.items() if n not in unknown}) for it in enrichers]
        if "children" not in self._ledger and any("children" in tables for _, tables in given):
            self._drop_children_known()
        if not given:
            return
        known = _tenancies_with_children({name: self._frame(name) for name in _OF_CHILDREN})
        for enricher, tables in given:
            known = self._check_children(enricher, tables, known)
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
        frame = _with_text_key(table, frame, enricher.place)
        if table == "tenancies":
            self._add_columns(frame, enricher.place)
            return
        before = self._frame(table)
        if before is not None and table != "signals":  # each system knows those that it sent itself
            both = frame.with_row_index("row").join(
                before.select("tenancy").unique(), on="tenancy", how="semi"
            )
            if both.height:
                raise TwoSources(enricher.place(table, both["row"].min(), "tenancy"), *_TWO_SOURCES)
        self._append(table, frame, enricher.place)

    def _append(self, table: str, frame: Any, place: Place) -> None:  # noqa: ANN401 - as _add
        """Add rows after those that are there."""
        before = self._current(table)
        if before is None:
            self._merged[table] = MergedTable(frame, ((frame.height, place),))
        else:
            parts = (*before.parts, (frame.height, place))
            self._merged[table] = MergedTable(_concatenated(table, before.frame, frame), parts)

    def _current(self, table: str) -> MergedTable | None:
        """Return a table as it is by now; None if no system has it so far."""
        if table in self._merged or table not in self._ledger:
            return self._merged.get(table)
        found = self._ledger[table]
        frame = found.scan().collect()
        if not isinstance(found.table, ParquetFile | PlainCsv):  # a stream may be read but once
            self._ledger[table] = evolve(found, table=frame)
        frame = _with_text_key(table, frame, found.place)
        return MergedTable(frame, ((frame.height, found.place),))

    def _frame(self, table: str) -> Any:  # noqa: ANN401 - as _add
        current = self._current(table)
        return None if current is None else current.frame

    def _drop_children_known(self) -> None:
        """Without a table of children nothing is known of them, whatever the ledger says."""
        before = self._current("tenancies")
        if before is not None and "children_known" in before.frame.columns:
            self._merged["tenancies"] = MergedTable(before.frame.drop("children_known"), before.parts)

    def _check_children(self, enricher: EnricherTables, tables: Mapping[str, Any], known: Any) -> Any:  # noqa: ANN401 - as _add
        """Check that no two systems list the same tenancy's children; return the tenancies listed."""
        pl = polars("children")
        for name in _OF_CHILDREN:
            frame = tables.get(name)
            key = "id" if name == "tenancies" else "tenancy"
            if frame is None or key not in frame.columns:
                continue
            own = _tenancies_with_children({name: frame.with_row_index("row")}, "row")
            both = own.join(known, on="key", how="semi")
            if both.height:
                column = "children_known" if name == "tenancies" else "tenancy"
                raise TwoSources(enricher.place(name, both["row"].min(), column), *_TWO_SOURCES)
        return pl.concat([known, _tenancies_with_children(tables)])

    def _add_columns(self, frame: Any, place: Place) -> None:  # noqa: ANN401 - as _add
        """Add columns of another system to the table `tenancies`, by `id`."""
        pl = polars("tenancies")
        before = self._current("tenancies")
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
        strangers = frame.join(before.frame, on="id", how="anti")
        strangers = strangers.filter(~pl.col("id").is_in([*self._quarantined()]))
        if strangers.height:
            raise UNKNOWN_TENANCY.at(place("tenancies", strangers["row"].min(), "id"))
        joined = before.frame.join(frame, on="id", how="left", suffix=_OTHER, maintain_order="left")
        rows = joined["row"].to_list()
        added = [AddedColumn(name, rows, place) for name in frame.columns if name not in ("id", "row")]
        for column in (it.name for it in added if it.name + _OTHER in joined.columns):
            joined = _with_either(joined, column, place)
        self._merged["tenancies"] = MergedTable(
            joined.drop("row"), before.parts, (*before.added, *added)
        )

    def _quarantined(self) -> Iterator[str]:
        """Yield the tenancies of which a row of the ledger cannot be read."""
        for table in self._ledger.values():
            yield from (row.tenancy for row in table.rejected if row.tenancy is not None)


_OF_CHILDREN: Final = ("tenancies", "children")


def _tenancies_with_children(tables: Mapping[str, Any], *more: str) -> Any:  # noqa: ANN401 - polars need not be installed
    """Return the tenancies whose children these tables know, as `key`, and more columns if wanted."""
    pl = polars("children")
    found = [pl.DataFrame(schema={"key": pl.String, **dict.fromkeys(more, pl.UInt32)})]
    for table in _OF_CHILDREN:
        frame = tables.get(table)
        key = "id" if table == "tenancies" else "tenancy"
        if frame is None or key not in frame.columns:
            continue
        if table == "tenancies":
            if "children_known" not in frame.columns:
                continue
            frame = frame.filter(_is_given("children_known"))
        found.append(frame.with_columns(key=pl.col(key).cast(pl.String)).select("key", *more))
    return pl.concat(found)


def _is_given(column: str, suffix: str = "") -> Any:  # noqa: ANN401 - as _tenancies_with_children
    """Whether a column of `tenancies` says something; `no` children known says nothing."""
    pl = polars("tenancies")
    nothing = ("no", "") if column == "children_known" else ("",)
    it = pl.col(column + suffix)
    return it.is_not_null() & ~it.cast(pl.String).is_in(nothing)


def _with_either(joined: Any, column: str, place: Place) -> Any:  # noqa: ANN401 - as _tenancies_with_children
    """Take a column from whichever of the two systems gives it, tenancy by tenancy."""
    pl = polars("tenancies")
    other = column + _OTHER
    both = joined.filter(_is_given(column) & _is_given(column, _OTHER))
    if both.height:
        raise TwoSources(place("tenancies", both["row"].min(), column), *_TWO_SOURCES)
    same = joined.schema[column] == joined.schema[other]
    mine, its = (pl.col(it) if same else pl.col(it).cast(pl.String) for it in (column, other))
    merged = pl.when(_is_given(column, _OTHER)).then(its).otherwise(mine).alias(column)
    return joined.with_columns(merged).drop(other)


def _with_text_key(table: str, frame: Any, place: Place) -> Any:  # noqa: ANN401 - as _tenancies_with_children
    """Make the key of a table text, if it holds categories or nothing at all.

    Raises:
        InvalidValue: it holds something else.
    """
    pl = polars(table)
    key = "id" if table == "tenancies" else "tenancy"
    if key not in frame.columns or frame.schema[key] == pl.String:
        return frame
    if frame.schema[key] in (pl.Categorical, pl.Enum, pl.Null):
        return frame.with_columns(pl.col(key).cast(pl.String))
    raise InvalidValue(place(table, None, key), "a non-empty text is expected")


def _concatenated(table: str, *frames: Any) -> Any:  # noqa: ANN401 - as _tenancies_with_children
    """Put the rows of two frames together; a column of two types becomes text.

    A column that one of the two does not record is recorded for nobody: its default would be invented.
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


def _with_text(frame: Any, column: str) -> Any:  # noqa: ANN401 - as _tenancies_with_children
    pl = polars(column)
    if frame.schema[column] != pl.Boolean:
        return frame.with_columns(pl.col(column).cast(pl.String))
    it = pl.col(column)
    words = pl.when(it).then(pl.lit("true")).when(~it).then(pl.lit("false"))
    return frame.with_columns(words.alias(column))
