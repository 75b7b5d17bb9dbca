"""Tables that are opened only where the work is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from huurschuld.hooks import ArrowStream, Opener
from huurschuld.portfolio.schema import telling


@frozen
class Later:
    """A table that is still to be opened, by an opener."""

    by: Callable[[Opener], Any]


class Remembering:
    """An opener that opens nothing yet."""

    def parquet(self, path: Path) -> Later:
        """A Parquet file."""
        return Later(lambda by: by.parquet(path))

    def csv(self, path: Path, delimiter: str) -> Later:
        """A CSV file."""
        return Later(lambda by: by.csv(path, delimiter))

    def arrow(self, table: ArrowStream) -> Later:
        """A table that is at hand."""

        def opened(by: Opener) -> Any:  # noqa: ANN401 - a frame of the opener's library
            with telling(table):
                return by.arrow(table)

        return Later(opened)

    def all(self, tables: Mapping[str, ArrowStream]) -> dict[str, Later]:
        """Tables that are at hand, by name."""
        return {name: self.arrow(table) for name, table in tables.items()}
