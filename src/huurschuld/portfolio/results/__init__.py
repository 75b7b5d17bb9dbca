"""Results in files: a worklist as CSV, JSON or Parquet, written whole or not at all, and read again.

| module | holds |
|---|---|
| `formats` | worklists, bad rows and changes as texts and bytes |
| `reading` | a result, read again and checked row by row |
"""

from __future__ import annotations

from huurschuld.portfolio.results.formats import (
    changes_csv,
    check_suffix,
    quarantine_csv,
    worklist_as,
    worklist_csv,
    worklist_json,
)
from huurschuld.portfolio.results.reading import Result, read_result

__all__ = [
    "Result",
    "changes_csv",
    "check_suffix",
    "quarantine_csv",
    "read_result",
    "worklist_as",
    "worklist_csv",
    "worklist_json",
]
