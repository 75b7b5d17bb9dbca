"""The tables of several systems put together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
from huurschuld.hooks import ArrowStream
from huurschuld.portfolio.columnar.opening import Library, opener
from huurschuld.portfolio.enriching.further import ADDED, Further
from huurschuld.portfolio.enriching.later import Later
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, by_row, check_columns, polars, telling

Place = Callable[[str, "int | None", str], Cell]

_NOTHING_TOLD: Final = ("no", "")
"""What stands in `children_known` where nothing is told, besides null."""
_SENT: Final = "outbox"
_TWICE: Final = "two systems tell this of the same tenancy"
_ONE_SOURCE: Final = "let one of them tell it"


@frozen
class Told:
    """A column of `tenancies` that another system tells: which row of it, by row of the ledger."""

    column: str
    rows: Sequence[int | None] = field(repr=False)
    place: Place


@frozen
class Merged:
    """A table of several systems: its rows one system after the other.

    Attributes:
        frame: of polars.
        sources: for each system, how many rows come from it, and the places of these.
        told: the columns that another system tells of rows of the ledger.
    """

    frame: Any = field(repr=False)
    sources: tuple[tuple[int, Place], ...]
    told: tuple[Told, ...] = ()

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """The place of a value in its system."""
        for it in self.told:
            if it.column == column and row is not None and it.rows[row] is not None:
                return it.place(table, it.rows[row], column)
        for count, place in self.sources:
            if row is None or row < count:
                return place(table, row, column)
            row -= count
        return by_row(table, row, column)


class Merging:
    """Puts the tables of several systems together.

    Args:
        found: the tables of the ledger.
        place: tells the places of these.
        aside: the tenancies of which a row of the ledger is refused, and set aside.
    """

    def __init__(self, found: Mapping[str, Later], place: Place, aside: Iterable[str]) -> None:
        self._found = dict(found)
        self._place = place
        self._aside = [*aside]
        self.merged: dict[str, Merged] = {}

    def untouched(self) -> dict[str, Later]:
        """The tables that only the ledger tells of."""
        return {name: it for name, it in self._found.items() if name not in self.merged}

    def add_all(self, further: Collection[Further], unknown: Collection[str]) -> None:
        """What other systems tell, but of nobody what is unknown of everybody.

        Raises:
            InputError: at the place in the system that tells it.
        """
        gives = [(it, {n: t for n, t in it.tables.items() if n not in unknown}) for it in further]
        if "children" not in self._found and any("children" in tables for _, tables in gives):
            self._without_children_known()
        told_of: Any = None
        for it, tables in gives:
            told_of = self._check_children(it, tables, told_of)
            for name, frame in tables.items():
                self._add(it, name, frame)

    def add_sent(self, sent: ArrowStream) -> None:
        """The signals that were sent, beside those that others tell of; of these tenancies alone."""
        with telling(sent):
            frame = polars(_SENT).DataFrame(sent)

        def place(table: str, row: int | None, column: str) -> Cell:
            return by_row(f"{_SENT}: {table}", row, column)

        tenancies = self._current("tenancies")
        if tenancies is not None and "id" in tenancies.frame.columns:
            ids = tenancies.frame.select(tenancy="id").unique()
            frame = frame.join(ids, on="tenancy", how="semi")
        before = self._current("signals")
        added = Merged(frame, ((frame.height, place),))
        self.merged["signals"] = added if before is None else _after("signals", before, frame, place)

    def _add(self, further: Further, table: str, frame: Any) -> None:  # noqa: ANN401 - of polars
        columns = [*frame.columns, "start"] if table == "tenancies" else frame.columns
        at_heading = further.place
        check_columns(table, dict.fromkeys(columns), lambda row, it: at_heading(table, row, it))
        key = "id" if table == "tenancies" else "tenancy"
        frame = _with_text_key(frame, key, further.place(table, None, key))
        if table == "tenancies":
            self.merged[table] = self._tenancies_with(frame, further.place)
            return
        before = self._current(table)
        if before is None:
            self.merged[table] = Merged(frame, ((frame.height, further.place),))
            return
        both = frame.with_row_index("row").join(
            before.frame.select("tenancy").unique(), on="tenancy", how="semi"
        )
        if both.height and table != "signals":  # each system knows those that it sent itself
            raise TwoSources(further.place(table, both["row"].min(), "tenancy"), _TWICE, _ONE_SOURCE)
        self.merged[table] = _after(table, before, frame, further.place)

    def _current(self, table: str) -> Merged | None:
        if table in self.merged:
            return self.merged[table]
        if table not in self._found:
            return None
        frame = self._found[table].by(opener(Library.POLARS)).collect()
        key = "id" if table == "tenancies" else "tenancy"
        frame = _with_text_key(frame, key, self._place(table, None, key))
        return Merged(frame, ((frame.height, self._place),))

    def _without_children_known(self) -> None:
        """Without a table of children nothing is known of them, whatever the ledger says."""
        before = self._current("tenancies")
        if before is not None and "children_known" in before.frame.columns:
            self.merged["tenancies"] = Merged(before.frame.drop("children_known"), before.sources)

    def _check_children(self, further: Further, tables: Mapping[str, Any], told_of: Any) -> Any:  # noqa: ANN401 - series of polars
        """See that nobody else tells of the children of those of whom this system does."""
        pl = polars("children")
        if told_of is None:
            told_of = pl.concat([_told_of_children(self._frame(name), name) for name in _OF_CHILDREN])
        for name in _OF_CHILDREN:
            frame = tables.get(name)
            key = "id" if name == "tenancies" else "tenancy"
            if frame is None or key not in frame.columns:
                continue
            tells = _told_of_children(frame.with_row_index("row"), name, rows=True)
            twice = tells.join(told_of, on="key", how="semi")
            if twice.height:
                column = "children_known" if name == "tenancies" else "tenancy"
                raise TwoSources(further.place(name, twice["row"].min(), column), _TWICE, _ONE_SOURCE)
        own = [_told_of_children(tables.get(name), name) for name in _OF_CHILDREN]
        return pl.concat([told_of, *own])

    def _frame(self, table: str) -> Any:  # noqa: ANN401 - of polars
        current = self._current(table)
        return None if current is None else current.frame

    def _tenancies_with(self, frame: Any, place: Place) -> Merged:  # noqa: ANN401 - of polars
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
        lost = frame.join(before.frame, on="id", how="anti").filter(~pl.col("id").is_in(self._aside))
        if lost.height:
            at = place("tenancies", lost["row"].min(), "id")
            raise UnknownReference(at, "it names no tenancy", "add the tenancy, or leave it out")
        joined = before.frame.join(frame, on="id", how="left", suffix=" told", maintain_order="left")
        rows = joined["row"].to_list()
        told = [Told(column, rows, place) for column in frame.columns if column not in ("id", "row")]
        for column in (it.column for it in told if f"{it.column} told" in joined.columns):
            joined = _one_or_other(joined, column, place)
        return Merged(joined.drop("row"), before.sources, (*before.told, *told))


_OF_CHILDREN: Final = ("tenancies", "children")


def _told_of_children(frame: Any, table: str, *, rows: bool = False) -> Any:  # noqa: ANN401 - of polars
    """Of whose children a table tells, as `key`, with the row if wanted."""
    pl = polars(table)
    kept = ["key", "row"] if rows else ["key"]
    if frame is None or (table == "tenancies" and "children_known" not in frame.columns):
        schema = {"key": pl.String, "row": pl.UInt32}
        return pl.DataFrame(schema={name: schema[name] for name in kept})
    if table == "tenancies":
        frame = frame.filter(_tells("children_known"))
    key = pl.col("id" if table == "tenancies" else "tenancy").cast(pl.String)
    return frame.with_columns(key=key).select(kept)


def _tells(column: str, told: str | None = None) -> Any:  # noqa: ANN401 - an expression of polars
    """Whether something is told in a column of `tenancies`, by what another system says of it if so."""
    pl = polars("tenancies")
    it = pl.col(told or column)
    nothing = _NOTHING_TOLD if column == "children_known" else ("",)
    return it.is_not_null() & ~it.cast(pl.String).is_in(nothing)


def _one_or_other(joined: Any, column: str, place: Place) -> Any:  # noqa: ANN401 - of polars
    """A column with what one or the other system tells of each tenancy."""
    pl = polars("tenancies")
    told = f"{column} told"
    twice = joined.filter(_tells(column) & _tells(column, told))
    if twice.height:
        raise TwoSources(place("tenancies", twice["row"].min(), column), _TWICE, _ONE_SOURCE)
    same = joined.schema[column] == joined.schema[told]
    one, other = (pl.col(it) if same else pl.col(it).cast(pl.String) for it in (column, told))
    merged = pl.when(_tells(column, told)).then(other).otherwise(one).alias(column)
    return joined.with_columns(merged).drop(told)


def _tells_as(told: str, column: str) -> Any:  # noqa: ANN401 - an expression of polars
    pl = polars("tenancies")
    nothing = _NOTHING_TOLD if column == "children_known" else ("",)
    return pl.col(told).is_not_null() & ~pl.col(told).cast(pl.String).is_in(nothing)


def _with_text_key(frame: Any, key: str, at: Cell) -> Any:  # noqa: ANN401 - of polars
    """A frame whose key is text; categories are, and so is a column in which nothing stands.

    Raises:
        InvalidValue: it is something else.
    """
    pl = polars(key)
    if key not in frame.columns or frame.schema[key] == pl.String:
        return frame
    if frame.schema[key] in (pl.Categorical, pl.Enum, pl.Null):
        return frame.with_columns(pl.col(key).cast(pl.String))
    raise InvalidValue(at, "a non-empty text is expected")


def _after(table: str, before: Merged, frame: Any, place: Place) -> Merged:  # noqa: ANN401 - of polars
    """A table with the rows of another one after its own; a column of two types is text.

    A column that one of the two does not record is recorded of nobody: a default there would tell what
    nobody has told.
    """
    pl = polars(table)
    frames = [before.frame, frame]
    for column in ASSUMABLE_COLUMNS.get(table, ()):
        if any(it.height and column not in it.columns for it in frames):
            frames = [it.drop(column, strict=False) for it in frames]
    for column in frame.columns:
        types = {it.schema[column] for it in frames if column in it.columns} - {pl.Null}
        if len(types) > 1:
            frames = [
                it.with_columns(_as_text(column, it.schema[column])) if column in it.columns else it
                for it in frames
            ]
    merged = pl.concat(frames, how="diagonal_relaxed")
    return Merged(merged, (*before.sources, (frame.height, place)))


def _as_text(column: str, dtype: Any) -> Any:  # noqa: ANN401 - an expression of polars
    pl = polars(column)
    if dtype == pl.Boolean:
        true, false = pl.lit("true"), pl.lit("false")
        return pl.when(pl.col(column)).then(true).when(~pl.col(column)).then(false).alias(column)
    return pl.col(column).cast(pl.String)
