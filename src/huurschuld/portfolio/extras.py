"""Importing optional libraries, which come with an extra."""

from __future__ import annotations

import importlib
from contextlib import suppress
from typing import Any

from huurschuld.errors import ExtraNeeded


def import_extra(module: str, extra: str, place: str, problem: str) -> Any:  # noqa: ANN401 - a module has no type
    """Import a module that comes with an extra; if it is not installed, raise `ExtraNeeded`."""
    with suppress(ImportError):
        return importlib.import_module(module)
    raise ExtraNeeded(place, problem, f"install huurschuld[{extra}]")


def polars(place: str) -> Any:  # noqa: ANN401 - a module has no type
    """Import polars, which tables are read with; errors as for `import_extra`."""
    return import_extra("polars", "cli", place, "tables are read with polars")
