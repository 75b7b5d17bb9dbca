"""Importing optional libraries, which come with an extra."""

from __future__ import annotations

import importlib
from contextlib import suppress
from typing import Any

from huurschuld.errors import ExtraNeeded


def import_extra(module: str, extra: str, place: str, problem: str) -> Any:  # noqa: ANN401 - a module has no type
    """Import a module of an optional library.

    Args:
        module: the name of the module.
        extra: the extra of huurschuld that the library comes with.
        place: what needs it, for the error.
        problem: why it is needed, for the error.

    Raises:
        ExtraNeeded: it is not installed.
    """
    with suppress(ImportError):
        return importlib.import_module(module)
    raise ExtraNeeded(place, problem, f"install huurschuld[{extra}]")


def polars(place: str) -> Any:  # noqa: ANN401 - a module has no type
    """Import polars, which tables are read with; errors as for `import_extra`."""
    return import_extra("polars", "cli", place, "tables are read with polars")
