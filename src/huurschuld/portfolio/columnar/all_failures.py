"""All that is wrong with a portfolio at once, as far as each table can be read.

A table that cannot be read, or lacks the column of its ids, is taken as one without rows, of which
nothing is known: what other tables lack because of that is not told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import narwhals as nw
from attrs import define, field

from huurschuld.errors import InputError
from huurschuld.portfolio.columnar.buckets import is_in_spark
from huurschuld.portfolio.columnar.checks import Checks
from huurschuld.portfolio.columnar.doubtful import doubtful
from huurschuld.portfolio.columnar.expressions import Frame
from huurschuld.portfolio.columnar.intake import frame_of, intake, of_another_library
from huurschuld.portfolio.columnar.on_spark import SparkChecks
from huurschuld.portfolio.columnar.row_checks import Check
from huurschuld.portfolio.columnar.screening import checks_of
from huurschuld.portfolio.csv_strict import RejectedRow
from huurschuld.portfolio.failures import Failure, Failures, Severity
from huurschuld.portfolio.quarantine import certain_owners
from huurschuld.portfolio.schema import (
    COLUMNS,
    REQUIRED_TABLES,
    TABLES,
    Place,
    column_errors,
    given_tables,
    table_errors,
    tenancy_column,
)
from huurschuld.rules.own_facts import GivenFact


@define
class Finding:
    """What is found in the tables of a portfolio, while it is gone through."""

    failures: list[Failure] = field(factory=list)
    incomplete: set[str] = field(factory=set)

    def add(self, error: InputError, table: str = "") -> None:
        """Add what an error tells."""
        self.failures.append(Failure.of(error, table))


def all_failures(
    tables: Mapping[str, Any],
    finding: Finding,
    *,
    given: Mapping[str, GivenFact],
    assume: Mapping[str, object],
    place: Place,
    rejected: Iterable[RejectedRow] = (),
    most: int | None = None,
) -> Failures:
    """Check tables in any library, of which some may be missing, beside what is found already.

    Args:
        tables: the frames by name.
        finding: what is wrong with these tables, and is known before they are read.
        given: the facts that a policy declares, by name: what is stated must fit their units.
        assume: what is assumed of columns that are not recorded.
        place: gives the place of a value.
        rejected: the rows that could not be read.
        most: how many failures to list; all if it is None.
    """
    tables, unread = given_tables(tables), list(rejected)
    for error in table_errors([*tables, *finding.incomplete]):
        finding.add(error)
    frames: dict[str, Frame] = {}
    libraries: list[str] = []
    for table in (it for it in TABLES if it in tables):
        frame = _with_usable_columns(table, tables[table], finding, place, libraries)
        if frame is None:
            finding.incomplete.add(table)
        else:
            frames[table] = frame
    finding.failures += [Failure.of(it.error, it.table) for it in unread]
    if not frames:
        return Failures.of(finding.failures, most)
    finding.incomplete.update(it for it in REQUIRED_TABLES if it not in frames)
    without_rows = partial(_without_rows, next(iter(frames.values())))
    frames |= {it: without_rows(it) for it in finding.incomplete if it in REQUIRED_TABLES}
    natives = {name: it.to_native() for name, it in frames.items()}
    if is_in_spark(natives):
        in_spark = SparkChecks.of(natives, assume, place, given, checked=True)
        return _of_rows(in_spark, in_spark.doubtful, finding, place, unread, most)
    taken = intake(natives, assume, {}, place, checked=True)
    try:
        return _of_rows(checks_of(taken, given), partial(doubtful, taken), finding, place, unread, most)
    finally:
        taken.backend.release()


def _with_usable_columns(
    table: str,
    given: Any,  # noqa: ANN401 - a frame of any library
    finding: Finding,
    place: Place,
    libraries: list[str],
) -> Frame | None:
    """A table with its known columns; None if it cannot be read, or has no ids.

    `libraries` has those of the tables before it, and gets its own: all must be of one.
    """
    try:
        library, frame = frame_of(table, given)
        if library not in (libraries or [library]):
            raise of_another_library(table)
    except InputError as error:
        finding.add(error, table)
        return None
    libraries.append(library)
    names = frame.collect_schema().names()
    for wrong in column_errors(table, names, partial(place, table)):
        finding.add(wrong, table)
    known = [name for name in names if name in COLUMNS[table]]
    return frame.select(known) if tenancy_column(table) in known else None


def _without_rows(other: Frame, table: str) -> Frame:
    """A table of the same library with all of its columns, and no rows."""
    columns = {name: nw.lit(None, nw.String) for name in COLUMNS[table]}
    return other.head(0).select(nw.all()).with_columns(**columns).select(*columns)


def _of_rows(
    checks: Checks | SparkChecks,
    doubts: Callable[[], Iterable[Failure]],
    finding: Finding,
    place: Place,
    rejected: list[RejectedRow],
    most: int | None,
) -> Failures:
    """What is wrong with rows, beside what is found already; `doubts` gives what is unlikely."""
    certain = certain_owners(rejected, checks.existing)
    finding.incomplete.update(it.table for it in rejected if it.tenancy not in certain)
    tally: Counter[Check] = Counter()
    faults = checks.faults(most, certain, finding.incomplete, tally)
    told: Counter[Check] = Counter()
    for fault in faults:
        told[fault.check] += 1
        finding.failures.append(Failure.of(fault.error(place), fault.check.table))
    further: Counter[tuple[Severity, str, str]] = Counter()
    for check, count in (tally - told).items():
        further[Severity.ERROR, check.refusal.error.code, check.table] += count
    finding.failures += doubts()
    return Failures.of(finding.failures, most, further)
