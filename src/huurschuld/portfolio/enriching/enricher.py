"""What an enricher gives, read once and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from huurschuld.errors import Cell, InvalidValue, MissingField, UnknownField
from huurschuld.hooks import ArrowStream, Enricher
from huurschuld.portfolio.ledger_tables import ledger_table
from huurschuld.portfolio.schema import TABLES, TENANCY_COLUMNS, by_row, given_tables

OF_LEDGER: Final = ("rents", "entries")
"""The tables that only the ledger gives, besides most of `tenancies`."""

ADDABLE_COLUMNS: Final = tuple(name for name in TENANCY_COLUMNS if name not in ("id", "start", "end"))
"""The columns of `tenancies` that an enricher may give."""

_COLUMN: Final = "tenancies."
_UNKNOWN_WITHOUT: Final = "tenancies.children_known"
"""The only column whose absence means unknown; without another, a death or eviction would be missed."""


def _read_all(tables: Mapping[str, ArrowStream]) -> Mapping[str, Any]:
    """Read each table into a frame of polars: a stream can be read only once."""
    return {name: ledger_table(name, table).read() for name, table in tables.items()}


@frozen
class EnricherTables:
    """The tables of another system than the ledger, read as they are given; errors name the system."""

    source: str
    tables: Mapping[str, Any] = field(converter=_read_all, repr=False)

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """Return the place of a value: its row counted from 0, or None for the heading."""
        return by_row(f"{self.source}: {table}", row, column)


def read_enricher(source: str, enricher: Enricher, gives: Sequence[str] | None = None) -> EnricherTables:
    """Read what an enricher gives, and check that it may; errors name its source.

    Args:
        source: the name of the system.
        enricher: the enricher.
        gives: the tables that it is said to give, and the columns of `tenancies` as
            `tenancies.children_known`; if None, it may give any.

    Raises:
        UnknownField: it gives a table that it may not give, or that is not among `gives`.
        MissingField: it does not give a table that is among `gives`.
        PluginFailed, InputError: as the enricher.
    """
    found = EnricherTables(source, given_tables(enricher.parts()))
    for name in found.tables:
        if name not in TABLES or name in OF_LEDGER:
            raise UnknownField(f"{source}: {name}", "an enricher may not give this table")
    if gives is not None:
        _check_gives(found, gives)
    return found


def _check_gives(found: EnricherTables, gives: Sequence[str]) -> None:
    """Check that a system gives what `gives` lists, and nothing else."""
    tables = {name.partition(".")[0] for name in gives}
    for name in gives:
        if name not in TABLES and name.removeprefix(_COLUMN) not in ADDABLE_COLUMNS:
            raise InvalidValue(f"{found.source}: gives", "names of tables are expected, or columns")
    for name in found.tables:
        if name not in tables:
            raise UnknownField(f"{found.source}: {name}", "its gives does not name this table")
    for name in sorted(tables):
        if name not in found.tables:
            raise MissingField(f"{found.source}: {name}", "its gives names this table")
    if "tenancies" in tables and "tenancies" not in gives:
        columns = {name.removeprefix(_COLUMN) for name in gives} | {"id"}
        for column in found.tables["tenancies"].columns:
            if column not in columns:
                at = found.place("tenancies", None, column if column in TENANCY_COLUMNS else "")
                raise UnknownField(at, "its gives does not name this column")


def is_optional(gives: Iterable[str]) -> bool:
    """Whether the tables and columns of a system are merely unknown without it.

    A day of death or an announced eviction is not: without it the tenant counts as alive, or no eviction
    as announced.
    """
    return all((name in TABLES and name != "tenancies") or name == _UNKNOWN_WITHOUT for name in gives)


def unknown_without(gives: Iterable[str]) -> Iterator[str]:
    """Yield the tables that are unknown for everyone without a system that gives this."""
    for name in gives:
        yield "children" if name == _UNKNOWN_WITHOUT else name
