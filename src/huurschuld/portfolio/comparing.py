"""What has changed between two results, wherever they are: in frames, decisions, worklists or files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

from huurschuld.decisions.decision import Decision
from huurschuld.errors import InvalidValue, shortened
from huurschuld.model.values import RedactedRepr
from huurschuld.portfolio.changes import Change, cautions, changes as changes_of
from huurschuld.portfolio.columnar.library_errors import translate_library_errors
from huurschuld.portfolio.extras import import_extra
from huurschuld.portfolio.result_rows import Origin, ResultRow, row_of
from huurschuld.portfolio.results.formats import rows_of_worklist
from huurschuld.portfolio.results.reading import Result, read_result, result_of_rows, with_names
from huurschuld.portfolio.worklist import Worklist


@frozen(repr=False)
class Changes(RedactedRepr):
    """Whose advice or priority has changed.

    Attributes:
        changes: one for each tenancy, in the order of the later worklist; last those no longer on it.
        cautions: why the two results cannot simply be compared, one sentence each.
    """

    changes: tuple[Change, ...] = field(converter=tuple[Change, ...])
    cautions: tuple[str, ...] = field(converter=tuple[str, ...])

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)


def changes(before: Any, after: Any) -> Changes:  # noqa: ANN401 - frames of any library among them
    """Find whose advice or priority has changed between two results, and why.

    Each of the two is what one screening on one day gave: a frame of `screen` or `decisions_frame`, in
    any library; decisions; a `Worklist`; or the path of a file of `huurschuld screen --output`. The
    facts that differ are told where both have them, as decisions always do.

    Raises:
        InvalidValue: it is none of these, or not the result of one day; a row is at a `Cell` of `before`
            or `after`, or of the file.
        ExtraNeeded: a library that is needed is not installed.
        OSError: a file cannot be read.
    """
    earlier, later = result_of(before, "before"), result_of(after, "after")
    return Changes(changes_of(earlier.rows, later.rows), cautions(earlier.origin, later.origin))


def result_of(given: Any, name: str) -> Result:  # noqa: ANN401 - as changes
    """Take a result from wherever it is; `name` is that of the argument, for errors."""
    if isinstance(given, str | os.PathLike):
        return read_result(Path(given))
    if isinstance(given, Worklist):
        return result_of_rows(map(with_names, rows_of_worklist(given)), name)
    if hasattr(type(given), "columns"):
        return result_of_rows(_rows_of_frame(given), name)
    if isinstance(given, Iterable) and not isinstance(given, bytes | dict):
        return _of_decisions(given, name)
    raise InvalidValue(
        name,
        "a frame of screen, decisions, a worklist or the path of a result is expected, "
        f"not {shortened(type(given).__name__)}",
    )


def _of_decisions(given: Iterable[object], name: str) -> Result:
    rows = []
    for index, it in enumerate(given):
        if not isinstance(it, Decision):
            problem = f"a Decision is expected, not {shortened(type(it).__name__)}"
            raise InvalidValue(f"/{name}/{index}", problem)
        rows.append(row_of(it, facts=True) | Origin.of(it.receipt).written())
    return result_of_rows(rows, name)


def _rows_of_frame(given: Any) -> Iterator[ResultRow]:  # noqa: ANN401 - as changes
    narwhals = import_extra("narwhals", "frames", "changes", "frames are read with narwhals")
    with translate_library_errors():
        lazy = narwhals.from_native(given).lazy()
        rows = lazy.collect("polars").to_native().to_dicts()
    return map(with_names, rows)
