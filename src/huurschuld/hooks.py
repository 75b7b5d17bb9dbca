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
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import pluggy

if TYPE_CHECKING:
    from huurschuld.errors import Cell
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
