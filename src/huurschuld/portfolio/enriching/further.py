"""What another system than the ledger gives, read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from huurschuld.errors import Cell, InvalidValue, MissingField, UnknownField
from huurschuld.hooks import ArrowStream, Enricher
from huurschuld.portfolio.ledger_tables import ledger_table
from huurschuld.portfolio.schema import TABLES, TENANCY_COLUMNS, by_row

OF_LEDGER: Final = ("rents", "entries")
"""What only the ledger tells."""

ADDED: Final = tuple(name for name in TENANCY_COLUMNS if name not in ("id", "start", "end"))
"""The columns of `tenancies` that an enricher may give."""

_COLUMN: Final = "tenancies."
_UNKNOWN_WITHOUT: Final = "tenancies.children_known"
"""The column without which something is unknown; without another one somebody would be alive."""


def _read_all(tables: Mapping[str, ArrowStream]) -> Mapping[str, Any]:
    """Read each table into a frame of polars: a stream may be read but once."""
    return {name: ledger_table(name, table).scan().collect() for name, table in tables.items()}


@frozen
class Further:
    """Tables from another system than the ledger.

    Attributes:
        source: the name of it, for errors.
        tables: as an enricher gives them; they are read here.

    Raises:
        InvalidValue: what is given for a table is none.
        HuurschuldError: as a stream says that breaks off.
    """

    source: str
    tables: Mapping[str, Any] = field(converter=_read_all, repr=False)

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """The place of a value: its row counted from 0, or None for the heading."""
        return by_row(f"{self.source}: {table}", row, column)


def further_of(source: str, enricher: Enricher, gives: Sequence[str] | None = None) -> Further:
    """What an enricher gives, if it may.

    Args:
        source: what it is called.
        enricher: the enricher.
        gives: the tables that it gives, and as `tenancies.children_known` the columns of `tenancies`, if
            that was said; else whatever it gives is taken.

    Raises:
        UnknownField: it gives a table that it may not give, or another than was said.
        MissingField: it does not give a table that was said.
        PluginFailed, InputError: as the enricher.
    """
    found = Further(source, enricher.parts())
    allowed = tuple(name for name in TABLES if name not in OF_LEDGER)
    for name in found.tables:
        if name not in allowed:
            raise UnknownField(f"{source}: {name}", "an enricher may not give this table")
    if gives is not None:
        _check_said(found, gives)
    return found


def _check_said(found: Further, gives: Sequence[str]) -> None:
    """See that a system gives what was said, and nothing else."""
    said = {name.partition(".")[0] for name in gives}
    for name in gives:
        if name not in TABLES and name.removeprefix(_COLUMN) not in ADDED:
            raise InvalidValue(f"{found.source}: gives", "names of tables are expected, or columns")
    for name in found.tables:
        if name not in said:
            raise UnknownField(f"{found.source}: {name}", "it was not said that it gives this table")
    for name in sorted(said):
        if name not in found.tables:
            raise MissingField(f"{found.source}: {name}", "it was said that this table is given")
    if "tenancies" in said and "tenancies" not in gives:
        columns = {name.removeprefix(_COLUMN) for name in gives} | {"id"}
        for column in found.tables["tenancies"].columns:
            if column not in columns:
                at = found.place("tenancies", None, column if column in TENANCY_COLUMNS else "")
                raise UnknownField(at, "it was not said that it gives this column")


def can_do_without(gives: Iterable[str]) -> bool:
    """Whether what a system gives is unknown without it.

    A day of death or an announced eviction is not: without it somebody is alive, or nothing announced.
    """
    return all((name in TABLES and name != "tenancies") or name == _UNKNOWN_WITHOUT for name in gives)


def tables_of(gives: Iterable[str]) -> Iterator[str]:
    """The tables that are unknown of everyone without a system that gives this."""
    for name in gives:
        if name == _UNKNOWN_WITHOUT:
            yield "children"
        else:
            yield name
