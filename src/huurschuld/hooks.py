"""What a plugin may provide: the hook specifications, and a typed Protocol for each thing they give.

Thin to import: a plugin needs nothing else of this package. A plugin is a module or object that is
registered under the entry point group `huurschuld` and marks its functions with `hookimpl`:

    from huurschuld.hooks import hookimpl

    @hookimpl
    def huurschuld_ledgers():
        return {"mine": MyLedger}

It may name the version of this interface that it was written for: `api_version = 1`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, runtime_checkable

import pluggy

if TYPE_CHECKING:
    from pathlib import Path

    from huurschuld.errors import Cell, InputError
    from huurschuld.rules.policy import Policy

PROJECT: Final = "huurschuld"
"""The name of the hooks, and of the entry point group."""

API_VERSION: Final = 1
"""The version of this interface; it changes only when plugins must change."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as its implementation of the hook of that name."""


class ArrowStream(Protocol):
    """A table in any library that speaks Arrow: polars, PyArrow, pandas, DuckDB and others."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table as an Arrow C stream."""


class Opener(Protocol):
    """Opens tables in one library of dataframes."""

    def parquet(self, path: Path) -> Any:  # noqa: ANN401 - a frame of the library
        """A Parquet file, of which only what is needed is read."""

    def csv(self, path: Path, delimiter: str) -> Any:  # noqa: ANN401 - as parquet
        """A CSV file that is known to have no quotes: every cell a text, an empty one null."""

    def arrow(self, table: ArrowStream) -> Any:  # noqa: ANN401 - as parquet
        """A table that is at hand."""


class Refused(NamedTuple):
    """A row that cannot be read: why and where, and the tenancy that it says it is of, if it does."""

    error: InputError
    tenancy: str | None


class Ledger(Protocol):
    """One system's tenancies, as the tables of `docs/semantics.md`.

    A table that is not given is unknown, an empty one is none; a column of `contacts` or `objections`
    that is not given is not recorded. Values are typed (days as Arrow dates, cents as whole numbers) or
    all text, as in a CSV file.
    """

    def tables(self) -> Mapping[str, ArrowStream]:
        """The tables by name: `tenancies`, `rents`, `entries` and what else there is."""


@runtime_checkable
class Placing(Protocol):
    """A ledger that can say where a row came from, for errors that a person can act on."""

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """The place of a value: its row counted from 0, or None for the heading."""


@runtime_checkable
class Scanning(Protocol):
    """A ledger whose tables need not be read whole: each is opened in the library that does the work."""

    def scan(
        self, opener: Opener, refused: Callable[[Refused], None] | None = None
    ) -> Mapping[str, object]:
        """The tables by name, each opened by `opener`: from a Parquet or CSV file, or from Arrow.

        Args:
            opener: opens a table in a library.
            refused: is told of each row that cannot be read; without it the first one raises.
        """


OpenLedger = Callable[..., Ledger]
"""Opens a ledger with the options that the user gave, as text by keyword: a folder, an address."""


class Hooks:
    """The hooks. A plugin implements those it needs."""

    @hookspec
    def huurschuld_ledgers(self) -> Mapping[str, OpenLedger]:  # type: ignore[empty-body]
        """Give the ledgers that this plugin can open, by name."""

    @hookspec
    def huurschuld_policies(self) -> Iterable[Policy]:  # type: ignore[empty-body]
        """Give the policies that this plugin adds."""
