"""What has changed between two results, wherever they are: in frames, decisions, worklists or files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from huurschuld.decisions.decision import Decision
from huurschuld.decisions.receipt import Receipt
from huurschuld.errors import InvalidValue, shortened
from huurschuld.model.values import RedactedRepr
from huurschuld.portfolio.changes import Change, Rules, cautions, changes as changes_of
from huurschuld.portfolio.columnar.library_errors import translate_library_errors
from huurschuld.portfolio.extras import import_extra
from huurschuld.portfolio.result_rows import Origin, ResultRow, row_of
from huurschuld.portfolio.results.formats import rows_of_worklist
from huurschuld.portfolio.results.reading import Result, read_result, result_of_rows, with_names
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.policies import policies as built_in
from huurschuld.rules.policy import Policy


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


def changes(before: Any, after: Any, *, policies: Iterable[Policy] = ()) -> Changes:  # noqa: ANN401 - also frames of any library
    """Find whose advice or priority has changed between two results, and why.

    Each of the two is what one screening on one day gave: a frame of `screen` or `decisions_frame`, in
    any library; decisions; a `Worklist`; or the path of a file of `huurschuld screen --output`. The
    reasons are the conditions that came out otherwise, where both have the facts, as decisions always
    do, and their policies are known.

    Args:
        before: the earlier result.
        after: the later one.
        policies: those that the results were made with, beside those of decisions and the built-in ones.

    Raises:
        InvalidValue: it is none of these, or not the result of one day; a row is at a `Cell` of `before`
            or `after`, or of the file.
        ExtraNeeded: a library that is needed is not installed.
        OSError: a file cannot be read.
    """
    given = [_taken(it, name) for it, name in ((before, "before"), (after, "after"))]
    known = [*policies, *(it for _, made_with in given for it in made_with), *built_in().values()]
    (earlier, later) = (result for result, _ in given)
    return compared(earlier, later, known)


def compared(earlier: Result, later: Result, policies: Iterable[Policy]) -> Changes:
    """Find the changes between two results that were read, and why they cannot simply be compared."""
    selections = (earlier.selection, later.selection)
    rules = Rules.among(
        policies, (earlier.origin, earlier.receipt), (later.origin, later.receipt), selections
    )
    found = changes_of(earlier.rows, later.rows, rules)
    return Changes(found, cautions(earlier.origin, later.origin, selections))


def _taken(given: Any, name: str) -> tuple[Result, list[Policy]]:  # noqa: ANN401 - as changes
    """Take a result from wherever it is, and the policy that is with it; `name` is for errors."""
    if isinstance(given, str | os.PathLike):
        return read_result(Path(given)), []
    if isinstance(given, Worklist):
        return _with_receipt(map(with_names, rows_of_worklist(given)), name, given.receipt)
    if hasattr(type(given), "columns"):
        return result_of_rows(_rows_of_frame(given), name), []
    if isinstance(given, Iterable) and not isinstance(given, bytes | dict):
        return _of_decisions(given, name)
    raise InvalidValue(
        name,
        "a frame of screen, decisions, a worklist or the path of a result is expected, "
        f"not {shortened(type(given).__name__)}",
    )


def _with_receipt(
    rows: Iterable[ResultRow], name: str, receipt: Receipt | None
) -> tuple[Result, list[Policy]]:
    if receipt is None:
        return result_of_rows(rows, name), []
    unhashed = evolve(receipt, input=None)
    return result_of_rows(rows, name, unhashed.document()), [receipt.policy]


def _of_decisions(given: Iterable[object], name: str) -> tuple[Result, list[Policy]]:
    rows: list[ResultRow] = []
    receipt = None
    for index, it in enumerate(given):
        if not isinstance(it, Decision):
            problem = f"a Decision is expected, not {shortened(type(it).__name__)}"
            raise InvalidValue(f"/{name}/{index}", problem)
        receipt = it.receipt
        rows.append(row_of(it, facts=True) | Origin.of(receipt).written())
    return _with_receipt(rows, name, receipt)


def _rows_of_frame(given: Any) -> Iterator[ResultRow]:  # noqa: ANN401 - as changes
    narwhals = import_extra("narwhals", "frames", "changes", "frames are read with narwhals")
    with translate_library_errors():
        lazy = narwhals.from_native(given).lazy()
        rows = lazy.collect("polars").to_native().to_dicts()
    return map(with_names, rows)
