"""What is wrong with a portfolio, all at once: each failure with its place and what to do, and no value.

A failure refuses the portfolio; a warning does not decide anything, and asks a person to look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from huurschuld.errors import Cell, InputError
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.schema import TABLES


class Severity(StrEnum):
    """Whether it refuses the portfolio."""

    ERROR = "error"
    WARNING = "warning"


COLUMNS_OF_FAILURES: Final = (
    "severity",
    "code",
    "table",
    "file",
    "line",
    "column",
    "problem",
    "remedy",
)
_ORDER: Final = {table: number for number, table in enumerate(("", *TABLES))}


@frozen
class Failure:
    """One thing that is wrong.

    Attributes:
        code: a stable word: that of the error, or of the warning.
        table: the table of the portfolio, or empty where it is no table's.
        place: a `Cell`, or the name of what is wrong.
        problem: what is wrong.
        remedy: what to do about it.
        severity: whether it refuses the portfolio.
    """

    code: str
    table: str
    place: str | Cell
    problem: str
    remedy: str
    severity: Severity = Severity.ERROR

    @classmethod
    def of(cls, error: InputError, table: str = "") -> Failure:
        """The failure that an error tells, of a table where it is known."""
        return cls(error.code, table, error.place, error.problem, error.remedy)

    def row(self) -> dict[str, Any]:
        """It as the row of a table: texts, and the line as a number or None."""
        place = self.place
        at: tuple[str, int | None, str]
        if isinstance(place, Cell):
            at = (place.file, place.line, place.column)
        else:  # a file or table, or in a library without an order of rows a column of one
            file, _, column = place.partition(", column ")
            at = (file, None, column)
        values = (str(self.severity), self.code, self.table, *at, self.problem, self.remedy)
        return dict(zip(COLUMNS_OF_FAILURES, values, strict=True))

    @property
    def message(self) -> str:
        """It in one line, as an error says it."""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.code} at {self.place}: {self.problem}{remedy}"


def _order(failure: Failure) -> tuple[int, int, str, int, str]:
    place = failure.place
    line = (place.line, place.column) if isinstance(place, Cell) else (0, "")
    file = place.file if isinstance(place, Cell) else place
    return (failure.severity is Severity.WARNING, _ORDER.get(failure.table, 0), file, *line)


@frozen
class Failures:
    """All that is wrong with a portfolio.

    Attributes:
        listed: the failures in the order of the tables and lines, as many as were asked for, and then
            the warnings.
        counts: how many there are in all, by severity, code and table.
    """

    listed: tuple[Failure, ...]
    counts: Mapping[tuple[Severity, str, str], int] = field(factory=dict)

    @classmethod
    def of(
        cls,
        failures: Iterable[Failure],
        most: int | None = None,
        further: Mapping[tuple[Severity, str, str], int] | None = None,
    ) -> Failures:
        """Put failures in order, and list `most` of them; `further` counts what is not among them."""
        known = sorted(failures, key=_order)
        counts = Counter((it.severity, it.code, it.table) for it in known)
        counts.update(further or {})
        refused = [it for it in known if it.severity is Severity.ERROR]
        warnings = [it for it in known if it.severity is Severity.WARNING]
        return cls((*refused[:most], *warnings), dict(sorted(counts.items())))

    @property
    def refused(self) -> int:
        """How many failures refuse the portfolio; 0 if it can be screened."""
        return sum(count for (severity, *_), count in self.counts.items() if severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Failure, ...]:
        """What does not decide, and asks a person to look."""
        return tuple(it for it in self.listed if it.severity is Severity.WARNING)

    def rows(self) -> list[dict[str, Any]]:
        """The failures that are listed, as rows of a table."""
        return [it.row() for it in self.listed]

    def frame(self) -> Any:  # noqa: ANN401 - a frame of polars, which is optional
        """The same as a frame of polars."""
        pl = polars("check")
        types = {name: pl.Int64 if name == "line" else pl.String for name in COLUMNS_OF_FAILURES}
        return pl.DataFrame(self.rows(), schema=types)
