"""The enricher under test: filling its store, and reading it together with a ledger in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

import attrs

from huurschuld.errors import InputError
from huurschuld.hooks import ArrowStream, Enricher
from huurschuld.model.tenancy import Household, StatedFact, Tenancy
from huurschuld.portfolio.enriching import EnrichedLedger, read_enricher
from huurschuld.portfolio.enriching.enricher import ADDABLE_COLUMNS, OF_LEDGER
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.rows import Row, fact_text
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, COLUMNS, PARTS, REQUIRED_TABLES, TABLES
from huurschuld.testing.capabilities import LedgerCapabilities
from huurschuld.testing.kit import NO_SPOIL, Broken, Kit, expect, expect_same, taken
from huurschuld.testing.kit_errors import refused_text
from huurschuld.testing.ledger_messages import showing
from huurschuld.testing.recorded import Rows, as_recorded, rows_of

_TENANCIES: Final = "tenancies"
_SOURCE: Final = "the enricher"


class EnricherSource(Kit):
    """The input of a kit for enrichers.

    Attributes:
        gives: the tables that it gives, and the columns of `tenancies` as `tenancies.deceased`; as the
            configuration has them. Just `tenancies` means all columns that an enricher may give.
        capabilities: what it records of those tables and can hold; what it says of others has no effect.
        many: how many tenancies the check of a large source has; more than a page of the source holds.
    """

    gives: ClassVar[Iterable[str]] = ()
    capabilities: ClassVar[LedgerCapabilities] = LedgerCapabilities()
    many: ClassVar[int] = 1_100

    def seed(self, rows: Rows) -> None:
        """Fill the store with exactly these rows, without the enricher; replace what was there.

        Args:
            rows: lists of rows by table, with the tables and columns that `gives` names and
                `capabilities` record; of `tenancies` also the `id`. A value is None, a text, a whole
                number, a boolean or a `datetime.date`. Do not change them.

        Raises:
            SourceRefuses: the store cannot hold them, such as two rows with one key.
        """
        raise NotImplementedError("provide seed: it fills the store, without the enricher")

    def make_enricher(self) -> Enricher:
        """Open the enricher on the store, as a user would."""
        raise NotImplementedError("provide make_enricher: it opens the enricher on the store")

    def spoil(self) -> None:
        """Make the store unreadable: truncate a file, stop the server."""
        raise NotImplementedError(NO_SPOIL)


def given_columns(kit: EnricherSource) -> dict[str, list[str]]:
    """Return the columns of each table that the enricher gives, sorted, as it declares them.

    Raises:
        Broken: `gives` names nothing, or what no enricher may give.
    """
    gives = [*kit.gives]
    may = {*TABLES, *(f"{_TENANCIES}.{it}" for it in ADDABLE_COLUMNS)} - {*OF_LEDGER}
    expect(gives, "gives names nothing: name the tables that it gives")
    expect(may.issuperset(gives), "gives names what is no table or column that an enricher may give")
    columns = {name: sorted(kit.capabilities.columns(name)) for name in TABLES if name in gives}
    of_tenancies = [
        it
        for it in ADDABLE_COLUMNS
        if (_TENANCIES in gives or f"{_TENANCIES}.{it}" in gives)
        and f"{_TENANCIES}.{it}" not in kit.capabilities.without
    ]
    if of_tenancies:
        columns[_TENANCIES] = sorted(["id", *of_tenancies])
    return columns


def as_given(kit: EnricherSource, tenancies: Iterable[Tenancy]) -> list[Tenancy]:
    """Return tenancies as a ledger with only what is required, and this enricher, record them.

    What it does not record of contacts and objections is assumed, or nothing would be known of them.
    """
    return as_recorded([_with_assumed(it, _assumed(kit)) for it in tenancies], _scope(kit))


def rows_given(kit: EnricherSource, tenancies: Iterable[Tenancy]) -> Rows:
    """Return the rows of the tenancies (see `as_given`) that the enricher gives."""
    rows = rows_of(tenancies, _scope(kit))
    columns = given_columns(kit)
    given = {
        table: [{it: row[it] for it in names} for row in rows[table]] for table, names in columns.items()
    }
    if _TENANCIES in given:
        given[_TENANCIES] = [row for row in given[_TENANCIES] if _says_something(row)]
    return given


def fill(kit: EnricherSource, tenancies: Iterable[Tenancy]) -> list[Tenancy]:
    """Put what the enricher records of tenancies into its store; return them as then known."""
    expected = as_given(kit, tenancies)
    seed(kit, rows_given(kit, expected))
    return expected


def seed(kit: EnricherSource, rows: Rows) -> None:
    """Put valid rows into the store.

    Raises:
        Broken: it does not take them.
    """
    with taken("valid rows"):
        kit.seed(rows)


def expect_given(
    kit: EnricherSource, expected: Sequence[Tenancy], enricher: Enricher | None = None
) -> None:
    """Check that tenancies are known, through the enricher and a ledger, just as they are.

    Raises:
        Broken: one differs, or what the enricher gives is refused.
    """
    try:
        found = {it.id: it for it in read_together(kit, expected, enricher)}
    except InputError as error:
        raise Broken(f"valid rows are refused: {refused_text(error)}") from error
    for number, it in enumerate(expected, start=1):
        with showing(it):
            expect_same(_known(found[it.id]), _known(it), f"tenancy {number} of {len(expected)}")


def expect_arrives(kit: EnricherSource, tenancies: Iterable[Tenancy]) -> None:
    """Check that what the enricher records of tenancies arrives, and nothing else.

    Raises:
        Broken: as `expect_given`.
    """
    expect_given(kit, fill(kit, tenancies))


def read_together(
    kit: EnricherSource, tenancies: Iterable[Tenancy], enricher: Enricher | None = None
) -> Iterable[Tenancy]:
    """Read these tenancies from a ledger in memory, together with what the enricher gives."""
    opened = kit.make_enricher() if enricher is None else enricher
    given = read_enricher(_SOURCE, opened, [*kit.gives])
    return read_portfolio(EnrichedLedger(_Ledger(kit, tenancies), [given]), _assumed(kit))


class _Ledger:
    """A ledger in memory of everything that the enricher does not give, all as text."""

    def __init__(self, kit: EnricherSource, tenancies: Iterable[Tenancy]) -> None:
        rows = rows_of(tenancies, _scope(kit))
        given = given_columns(kit).get(_TENANCIES, ())
        left_out = {it for it in given if it != "id"}
        self._columns = {
            table: [it for it in COLUMNS[table] if table != _TENANCIES or it not in left_out]
            for table in REQUIRED_TABLES
        }
        absent = {"deceased", "eviction_announced", "eviction_on", "children_known"}
        self._columns[_TENANCIES] = [it for it in self._columns[_TENANCIES] if it not in absent]
        self._rows = {table: rows[table] for table in REQUIRED_TABLES}

    def tables(self) -> Mapping[str, ArrowStream]:
        """Return the tables."""
        pl = polars(_TENANCIES)
        return {
            table: pl.DataFrame(
                [[_text(row.get(it)) for it in columns] for row in self._rows[table]],
                schema=dict.fromkeys(columns, pl.String),
                orient="row",
            )
            for table, columns in self._columns.items()
        }


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _scope(kit: EnricherSource) -> LedgerCapabilities:
    """What the two together record: a ledger with only what is required, and the enricher."""
    columns = given_columns(kit)
    own = columns.get(_TENANCIES, [])
    absent = {f"{_TENANCIES}.{it}" for it in ADDABLE_COLUMNS if it not in (*own, "object")}
    without = {it for it in kit.capabilities.without if it.partition(".")[0] in columns}
    without -= _assumed(kit).keys()
    return attrs.evolve(
        kit.capabilities,
        tables={*REQUIRED_TABLES, *columns},
        without=without - {f"{_TENANCIES}.end", f"{_TENANCIES}.object"} | absent,
    )


def _assumed(kit: EnricherSource) -> dict[str, object]:
    """Return the value to assume for each column of contacts and objections that it does not have."""
    given = given_columns(kit)
    return {
        f"{table}.{name}": attrs.fields_dict(PARTS[table])[COLUMNS[table][name].attribute].default
        for table, columns in ASSUMABLE_COLUMNS.items()
        for name in columns
        if table in given and name not in given[table]
    }


def _with_assumed(tenancy: Tenancy, assumed: Mapping[str, object]) -> Tenancy:
    values: dict[str, dict[str, Any]] = {table: {} for table in ASSUMABLE_COLUMNS}
    for name, value in assumed.items():
        table, _, column = name.partition(".")
        values[table][COLUMNS[table][column].attribute] = value
    changes: dict[str, Any] = {
        table: parts and tuple(attrs.evolve(it, **values[table]) for it in parts)
        for table in ASSUMABLE_COLUMNS
        for parts in [getattr(tenancy, table)]
    }
    return attrs.evolve(tenancy, **changes)


def _says_something(row: Row) -> bool:
    return any(value is not None for name, value in row.items() if name != "id")


def _known(tenancy: Tenancy) -> dict[str, object]:
    """What is known of a tenancy beside its ledger: rows in one order, as plain values."""
    plain = {name: _plain(getattr(tenancy, name)) for name in PARTS if hasattr(tenancy, name)}
    return {
        **plain,
        "children": _plain(tenancy.household),
        **{name: _plain(getattr(tenancy, name)) for name in ("deceased", "eviction", "object", "end")},
    }


def _plain(value: Any) -> object:  # noqa: ANN401 - a part of any class
    if isinstance(value, tuple):
        return sorted((_plain(it) for it in value), key=repr)
    if isinstance(value, Household):
        return {"complete": value.complete, "children": _plain(value.children)}
    if isinstance(value, StatedFact):  # a table has numbers and words as text
        return {**attrs.asdict(value), "value": fact_text(value.value)}
    return attrs.asdict(value) if attrs.has(type(value)) else value
