"""The `portfolio` ledger: a folder of the tables of `docs/semantics.md`, as CSV or Parquet files.

Or of exports as they are, which are read by a mapping that stands among them (`docs/exports.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from huurschuld.hooks import OpenEnricher, OpenLedger, hookimpl
from huurschuld.portfolio.folder import FolderLedger, folder_ledger

api_version = 1


@hookimpl
def huurschuld_ledgers() -> Mapping[str, OpenLedger]:
    """Return the ledger `portfolio`, which takes the option `folder`."""
    return {"portfolio": open_folder}


@hookimpl
def huurschuld_enrichers() -> Mapping[str, OpenEnricher]:
    """Return the enricher `portfolio`: a folder of some of the tables, such as `children`."""
    return {"portfolio": open_folder}


def open_folder(*, folder: str, mapping: str | None = None) -> FolderLedger:
    """Open the ledger, or the enricher, of a folder.

    Args:
        folder: the folder, or one spreadsheet.
        mapping: the file of the mapping by which exports are read; by default `mapping.toml` in the
            folder, if there is one, and `NAME.mapping.toml` beside a spreadsheet. Without one the tables
            are read under their own names.

    Raises:
        InputError: as for `folder_ledger`.
    """
    return folder_ledger(Path(folder), None if mapping is None else Path(mapping))


open_parts = open_folder
"""Open the tables of a folder as parts of tenancies."""
