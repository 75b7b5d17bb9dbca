"""Tables in files, which a ledger may give as they are; a reader opens only those that it needs.

Both kinds are Arrow streams like any other table, for those who read them whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.portfolio.csv_strict import read_csv
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.unreadable import check_heading_for_nul, unreadable_column, unreadable_table


@frozen
class CsvFile:
    """A table in a CSV file, which is read strictly (`docs/tables.md`).

    Attributes:
        path: the file; errors name it, and the line.
    """

    path: Path = field(converter=Path)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Read the file whole: every cell is text, an empty one null."""
        frame, _ = read_csv(self.path.stem, self.path)
        return frame.__arrow_c_stream__(requested_schema)


@frozen
class ParquetFile:
    """A table in a Parquet file.

    Attributes:
        path: the file.
        name: its name in errors; the name of the file if None.
    """

    path: Path = field(converter=Path)
    name: str | None = None

    @property
    def label(self) -> str:
        """The name of the file in errors."""
        return self.path.name if self.name is None else self.name

    def scan(self) -> Any:  # noqa: ANN401 - polars need not be installed
        """Open the file in polars, without reading its rows.

        Raises:
            InvalidValue: it is not a Parquet file.
        """
        pl = polars(self.label)
        try:
            # Without its statistics: rows must not be passed over because these are damaged.
            scanned = pl.scan_parquet(self.path, glob=False, use_statistics=False)
            scanned.collect_schema()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
            scanned = None
        if scanned is None:
            raise InvalidValue(self.label, "this is not a Parquet file", "restore the file")
        check_heading_for_nul(self.label, scanned.collect_schema().names())
        return scanned

    def read(self) -> Any:  # noqa: ANN401 - as scan
        """Read the file whole, into a frame of polars.

        Raises:
            InvalidValue: it is not a Parquet file; or a column cannot be read, and it is named.
        """
        pl = polars(self.label)
        scanned = self.scan()
        try:
            return scanned.collect()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
            names = scanned.collect_schema().names()
        column = unreadable_column(self.label, names, lambda it: scanned.select(it).collect())
        raise column or unreadable_table(self.label)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Read the file whole."""
        return self.read().__arrow_c_stream__(requested_schema)
