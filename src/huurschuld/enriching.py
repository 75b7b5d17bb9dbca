"""A ledger with further parts of its tenancies from other systems, and the referrals that were sent.

What two systems tell of one part of one tenancy is refused: neither is preferred. Signals alone are
added up, since each system knows the ones that it sent, and all of them count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from huurschuld.errors import (
    Cell,
    InvalidValue,
    MissingField,
    TwoSources,
    UnknownField,
    UnknownReference,
)
from huurschuld.frames.opening import Library, opener
from huurschuld.hooks import ArrowStream, Enricher, Ledger, Opener, Placing, Refused, Scanning
from huurschuld.tables import TABLES, TENANCY_COLUMNS, by_row, check_columns, polars

OF_LEDGER: Final = ("rents", "entries")
"""What only the ledger tells."""

ADDED: Final = tuple(name for name in TENANCY_COLUMNS if name not in ("id", "start", "end"))
"""The columns of `tenancies` that an enricher may give."""

_NOTHING: Final[Mapping[str, tuple[str, ...]]] = {"children_known": ("no", "")}
"""What stands for nothing being told, besides null."""

_SENT: Final = "outbox"


@frozen
class Further:
    """Tables from another system than the ledger.

    Attributes:
        source: the name of it, for errors.
        tables: as an enricher gives them.
        place: tells where a value of it stands.
    """

    source: str
    tables: Mapping[str, ArrowStream] = field(repr=False)

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """The place of a value: its row counted from 0, or None for the heading."""
        return by_row(f"{self.source}: {table}", row, column)


def further_of(source: str, enricher: Enricher, gives: Sequence[str] | None = None) -> Further:
    """What an enricher gives, if it may.

    Args:
        source: what it is called.
        enricher: the enricher.
        gives: the tables that it gives, if that was said; else whatever it gives is taken.

    Raises:
        UnknownField: it gives a table that it may not give, or another than was said.
        MissingField: it does not give a table that was said.
        PluginFailed, InputError: as the enricher.
    """
    tables = enricher.parts()
    allowed = tuple(name for name in TABLES if name not in OF_LEDGER)
    for name in tables:
        if name not in allowed:
            raise UnknownField(f"{source}: {name}", "an enricher may not give this table")
        if gives is not None and name not in gives:
            raise UnknownField(f"{source}: {name}", "it was not said that it gives this table")
    for name in gives or ():
        if name not in tables:
            raise MissingField(f"{source}: {name}", "it was said that this table is given")
    return Further(source, tables)


class EnrichedLedger:
    """A ledger with what other systems tell besides.

    Args:
        ledger: the ledger.
        further: from other systems.
        sent: the signals that were sent, as `tenancy`, `date` and `cents`; None if they are not kept.
        unknown: the tables that some system would have told of, but cannot: of nobody they are known.
    """

    def __init__(
        self,
        ledger: Ledger,
        further: Iterable[Further] = (),
        sent: ArrowStream | None = None,
        unknown: Iterable[str] = (),
    ) -> None:
        self._ledger = ledger
        self._further = [*further]
        self._sent = sent
        self._unknown = frozenset(unknown)
        self._merged: dict[str, _Merged] = {}

    def tables(self) -> Mapping[str, ArrowStream]:
        """The tables of all of them."""
        found: dict[str, Any] = {
            name: _Remembering().arrow(table) for name, table in self._ledger.tables().items()
        }
        return self._with_further(found, opener(Library.POLARS), lambda frame: frame.collect())

    def scan(
        self, opener: Opener, refused: Callable[[Refused], None] | None = None
    ) -> Mapping[str, object]:
        """The tables of all of them; one that only the ledger tells of is opened as the ledger does."""
        found: Mapping[str, Any]
        if isinstance(self._ledger, Scanning):
            found = self._ledger.scan(_Remembering(), refused)
        else:
            remember = _Remembering()
            found = {name: remember.arrow(table) for name, table in self._ledger.tables().items()}
        return self._with_further(found, opener, lambda frame: frame)

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """The place of a value in the system that it came from."""
        merged = self._merged.get(table)
        if merged is not None:
            return merged.place(table, row, column)
        return self._place(table, row, column)

    def _place(self, table: str, row: int | None, column: str) -> Cell:
        if isinstance(self._ledger, Placing):
            return self._ledger.place(table, row, column)
        return by_row(table, row, column)

    def _with_further(
        self, found: Mapping[str, Any], by: Opener, whole: Callable[[Any], Any]
    ) -> dict[str, Any]:
        merging = _Merging(found, self._place)
        for name in self._unknown - {"tenancies"}:
            merging.forget(name)
        for further in self._further:
            for name, table in further.tables.items():
                merging.add(name, further.source, table, further.place)
        if self._sent is not None and "signals" not in self._unknown:
            merging.add_sent(self._sent)
        self._merged = merging.merged
        opened = {name: whole(it.by(by)) for name, it in merging.untouched().items()}
        return opened | {name: whole(by.arrow(it.frame)) for name, it in merging.merged.items()}


Place = Callable[[str, "int | None", str], Cell]


@frozen
class _Merged:
    """A table of several systems: its rows one system after the other.

    Attributes:
        frame: of polars.
        sources: for each system, how many rows come from it, and the places of these.
    """

    frame: Any = field(repr=False)
    sources: tuple[tuple[int, Place], ...]

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """The place of a value in its system."""
        for count, place in self.sources:
            if row is None or row < count:
                return place(table, row, column)
            row -= count
        return by_row(table, row, column)


class _Merging:
    """Puts the tables of several systems together."""

    def __init__(self, found: Mapping[str, Any], place: Place) -> None:
        self._found = dict(found)
        self._place = place
        self.merged: dict[str, _Merged] = {}

    def untouched(self) -> dict[str, Any]:
        """The tables that only the ledger tells of."""
        return {name: it for name, it in self._found.items() if name not in self.merged}

    def forget(self, table: str) -> None:
        """A table that is known of nobody."""
        self._found.pop(table, None)

    def add(self, table: str, source: str, given: ArrowStream, place: Place) -> None:
        """A table of another system."""
        frame = _frame(source, given)
        check_columns(table, _with_required(table, frame.columns), lambda row, it: place(table, row, it))
        if table == "tenancies":
            self.merged[table] = self._tenancies_with(frame, place)
            return
        before = self._current(table)
        if before is None:
            self.merged[table] = _Merged(frame, ((frame.height, place),))
            return
        both = frame.with_row_index("row").join(
            before.frame.select("tenancy").unique(), on="tenancy", how="semi"
        )
        if both.height and table != "signals":  # each system knows those that it sent itself
            raise TwoSources(place(table, both["row"].min(), "tenancy"), _TWICE, _ONE_SOURCE)
        self.merged[table] = _after(before, frame, place)

    def add_sent(self, sent: ArrowStream) -> None:
        """The signals that were sent, beside those that the ledger tells of."""

        def place(table: str, row: int | None, column: str) -> Cell:
            return by_row(f"{_SENT}: {table}", row, column)

        frame = _frame(_SENT, sent)
        ids = self._ids()
        frame = frame.filter(polars(_SENT).col("tenancy").is_in(ids.implode()))
        before = self._current("signals")
        added = _Merged(frame, ((frame.height, place),))
        self.merged["signals"] = added if before is None else _after(before, frame, place)

    def _ids(self) -> Any:  # noqa: ANN401 - a series of polars
        current = self._current("tenancies")
        if current is None or "id" not in current.frame.columns:
            return polars("tenancies").Series("id", [], dtype=polars("tenancies").String)
        return current.frame["id"].drop_nulls().unique()

    def _current(self, table: str) -> _Merged | None:
        if table in self.merged:
            return self.merged[table]
        if table not in self._found:
            return None
        frame = self._found[table].by(opener(Library.POLARS)).collect()
        return _Merged(frame, ((frame.height, self._place),))

    def _tenancies_with(self, frame: Any, place: Place) -> _Merged:  # noqa: ANN401 - of polars
        """The table `tenancies` with columns of another system, by `id`."""
        pl = polars("tenancies")
        before = self._current("tenancies")
        if before is None:
            raise MissingField("tenancies", "this table is required")
        for column in frame.columns:
            if column != "id" and column not in ADDED:
                raise UnknownField(place("tenancies", None, column), "an enricher may not give this")
        frame = frame.with_row_index("row")
        for bad, problem in (
            (frame.filter(pl.col("id").is_null()), "this cell is empty, and is required"),
            (frame.filter(pl.col("id").is_duplicated()), "a second row of this tenancy"),
        ):
            if bad.height:
                raise InvalidValue(place("tenancies", bad["row"].max(), "id"), problem)
        lost = frame.join(before.frame, on="id", how="anti")
        if lost.height:
            at = place("tenancies", lost["row"].min(), "id")
            raise UnknownReference(at, "it names no tenancy", "add the tenancy, or leave it out")
        joined = before.frame.join(frame, on="id", how="left", suffix=" told", maintain_order="left")
        for column in frame.columns:
            told = f"{column} told"
            if column in ("id", "row") or told not in joined.columns:
                continue
            nothing = _NOTHING.get(column, ("",))
            has = [
                pl.col(it).is_not_null() & ~pl.col(it).cast(pl.String).is_in(nothing)
                for it in (column, told)
            ]
            twice = joined.filter(has[0] & has[1])
            if twice.height:
                raise TwoSources(place("tenancies", twice["row"].min(), column), _TWICE, _ONE_SOURCE)
            same = joined.schema[column] == joined.schema[told]
            one, other = (pl.col(it) if same else pl.col(it).cast(pl.String) for it in (column, told))
            joined = joined.with_columns(pl.when(has[1]).then(other).otherwise(one).alias(column)).drop(
                told
            )
        return _Merged(joined.drop("row"), before.sources)


_TWICE: Final = "two systems tell this of the same tenancy"
_ONE_SOURCE: Final = "let one of them tell it"


def _frame(source: str, given: ArrowStream) -> Any:  # noqa: ANN401 - a frame of polars
    return polars(source).DataFrame(given)


def _with_required(table: str, columns: Sequence[str]) -> Sequence[str]:
    """The columns of an enricher's table, as they are checked: of `tenancies` it has no `start`."""
    return [*columns, "start"] if table == "tenancies" and "start" not in columns else columns


def _after(before: _Merged, frame: Any, place: Place) -> _Merged:  # noqa: ANN401 - of polars
    """A table with the rows of another one after its own; a column of two types is text."""
    pl = polars("tables")
    frames = [before.frame, frame]
    for column in frame.columns:
        types = {it.schema[column] for it in frames if column in it.columns} - {pl.Null}
        if len(types) > 1:
            frames = [
                it.with_columns(_as_text(pl, column, it.schema[column])) if column in it.columns else it
                for it in frames
            ]
    return _Merged(pl.concat(frames, how="diagonal_relaxed"), (*before.sources, (frame.height, place)))


def _as_text(pl: Any, column: str, dtype: Any) -> Any:  # noqa: ANN401 - an expression of polars
    if dtype == pl.Boolean:
        return pl.when(pl.col(column)).then(pl.lit("true")).when(~pl.col(column)).then(pl.lit("false"))
    return pl.col(column).cast(pl.String)


@frozen
class _Later:
    """A table that is still to be opened."""

    by: Callable[[Opener], Any]


class _Remembering:
    """An opener that opens nothing yet."""

    def parquet(self, path: Path) -> _Later:
        return _Later(lambda by: by.parquet(path))

    def csv(self, path: Path, delimiter: str) -> _Later:
        return _Later(lambda by: by.csv(path, delimiter))

    def arrow(self, table: ArrowStream) -> _Later:
        return _Later(lambda by: by.arrow(table))
