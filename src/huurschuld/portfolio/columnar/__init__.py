"""Whole portfolios at once, on the caller's own dataframes: `screen`.

| module | holds |
|---|---|
| `backend` | the operations specific to each library: types, days, keeping intermediate results |
| `on_polars` | that for polars, which pandas and PyArrow go through |
| `on_duckdb` | that for DuckDB, which leaves what is not large to polars |
| `duckdb_rows` | rows of ours as a relation of DuckDB, with nothing left on the connection |
| `on_sql` | expressions of SQL |
| `on_spark` | portfolios in Spark, from DataFrames to the decisions |
| `on_spark_tables` | the tables there, cut into buckets |
| `buckets` | what the executors of Spark do with a portfolio |
| `opening` | opening tables in a library, from files or from memory |
| `column_types` | the types of the caller's columns, and which cannot be read |
| `expressions` | sums in 64 bits, and days as numbers |
| `intake` | the caller's tables, all of them as whole numbers and texts |
| `row_checks` | the checks of single rows |
| `faults` | rows that are refused, and how they are found |
| `checks` | the checks of a whole portfolio |
| `entry_sums` | sums by which it is noticed that entries change while they are read |
| `all_failures` | all that is wrong at once, as far as each table can be read |
| `doubtful` | what is not wrong, but unlikely: a warning |
| `native` | a small frame in the library of the caller |
| `ledger` | what is in the ledgers, as changes of sums |
| `running` | what was owed from day to day, as running sums |
| `arrears` | what was owed on some days, and since when |
| `fact_sums` | what the other facts have in common: which are wanted, and sums over rows |
| `contact_facts` | the facts that come from contacts |
| `part_facts` | the facts that come from the other parts of a tenancy |
| `facts` | all of these, put together |
| `evaluation` | the days and the parameters with which a policy is evaluated |
| `outcomes` | the outcomes of one evaluation |
| `screening` | from the tables to the decisions |
| `library_errors` | distinguishing errors of a dataframe library from mistakes of our own |
| `of_tenancies` | tenancies as tables, each with a day of its own |
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar, cast

from huurschuld.errors import EngineFailed, ExtraNeeded
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.carrying import check_carry, misspelt, misspelt_told
from huurschuld.portfolio.columnar.buckets import is_in_spark
from huurschuld.portfolio.columnar.library_errors import translate_library_errors
from huurschuld.portfolio.schema import by_row
from huurschuld.rules.policy import Policy, PolicyOnDay

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

    from huurschuld.portfolio.columnar.screening import Screening

Frame = TypeVar("Frame", bound="IntoFrame")
"""A dataframe of any library."""

_NO_OUTCOMES: Final = ("/tenancy", "the columnar engine failed", "report the cases")


def screen(
    portfolio: Mapping[str, Frame],
    policy: Policy | str,
    as_of: dt.date | str | Iterable[dt.date],
    parameters: Mapping[str, object] | None = None,
    *,
    assume: Mapping[str, object] | None = None,
    facts: bool = False,
    carry: Iterable[str] = (),
) -> Frame:
    """Decide on all tenancies of a portfolio at once.

    Args:
        portfolio: the tables by name, as `docs/semantics.md` has them: frames of polars (lazy or not),
            pandas or PyArrow, relations of DuckDB, or DataFrames of PySpark; all of one library. Their
            columns are typed (days, whole numbers, texts, true and false) or texts, as in a CSV file. A
            table that is None is unknown, as one that is left out.
        policy: a policy, or the name of a built-in one.
        as_of: the day (peildatum); or several, for a history; or the name of a column of `tenancies` in
            which each tenancy has its own.
        parameters: values that the user sets, as for `decide`.
        assume: values of columns that the source does not record, as for `read_portfolio`.
        facts: give the facts as well, each in a column; null is unknown.
        carry: columns of your own in `tenancies`, such as a neighbourhood, to give at the end of each
            row, as they are there. They decide nothing. One whose name is almost that of a known column
            is warned of (`UserWarning`).

    Returns:
        A frame of the same library with a row for each tenancy (and day): `tenancy`, `as_of` (unless
        one day was given), `advice`, `priority`, `arrears_cents`, `months` (text), `days_overdue`,
        `hold` and `unknown` (names with blanks between them), then the facts, if asked for. Last comes
        what the row was made with: `policy` (its name), `rules` (as `Receipt.rules`) and `as_of` (if one
        day was given). It is what `decide` gives, tenancy by tenancy. Rows are in the order of
        `tenancies`, where the library has one. `decisions_frame` makes the same of decisions.

    Raises:
        InputError: an error in the policy, the day or the parameters, as for `decide`; or in the
            portfolio, at a `Cell` whose rows are counted from 2.
        InvalidValue: the library of the frames raised an error. Its message is left out: it may quote a
            value.
        InternalError: a mistake in huurschuld itself.
        ExtraNeeded: a library that is needed is not installed.
    """
    screening = _screening()
    carried = check_carry(carry, "/carry")
    for name, known in misspelt(carried).items():
        warnings.warn(misspelt_told(name, known), UserWarning, stacklevel=2)
    from huurschuld.portfolio.columnar.column_types import unreadable  # noqa: PLC0415 - Narwhals is there by now

    with translate_library_errors(partial(unreadable, portfolio)):
        if is_in_spark(portfolio):
            from huurschuld.portfolio.columnar import on_spark  # noqa: PLC0415 - as above

            its = on_spark.SparkScreening.of(
                portfolio,
                policy,
                as_of,
                parameters,
                assume=assume,
                carry=carried,
                facts=facts,
                origin=True,
            )
            for fault in its.faults(most=1):
                raise fault.error(by_row)
            return cast("Frame", its.rows())
        found = screening.of(portfolio, policy, as_of, parameters, assume=assume, carry=carried)
        try:
            for fault in found.faults(most=1):
                raise fault.error(by_row)
            assumed = written_assumptions(assume or {})
            return cast("Frame", found.native(found.result(facts=facts, assumptions=assumed)))
        finally:
            found.release()


def outcomes_of(given: Sequence[tuple[Tenancy, PolicyOnDay]]) -> list[dict[str, object]]:
    """The outcomes for some tenancies, each by its own policy, on its own day and with its own numbers.

    Returns:
        In their order, what `Decision.summary` gives of each.

    Raises:
        EngineFailed: the tables made from the tenancies are refused, or results are missing.
        ExtraNeeded: as `screen`.
    """
    screening = _screening()  # a missing library is reported before it is imported elsewhere
    from huurschuld.portfolio.columnar.of_tenancies import frames_of  # noqa: PLC0415 - once polars is known to be there

    if given and any(screening.checks_of_own(frames_of(given)).faults()):  # once for all policies
        raise EngineFailed(*_NO_OUTCOMES)
    alike: dict[Policy, list[int]] = {}
    for number, (_, on_day) in enumerate(given):
        alike.setdefault(on_day.policy, []).append(number)
    outcomes: dict[int, dict[str, object]] = {}
    for policy, numbers in alike.items():
        found = screening.of_own(frames_of(given[number] for number in numbers), policy)
        rows = found.native(found.result(facts=False)).to_dicts()
        if [row["tenancy"] for row in rows] != [str(row) for row in range(len(numbers))]:
            raise EngineFailed(*_NO_OUTCOMES)
        outcomes |= zip(numbers, map(_summary, rows), strict=True)
    return [outcomes[number] for number in range(len(given))]


def _summary(row: Mapping[str, object]) -> dict[str, object]:
    return {
        name: str(it).split() if name in ("hold", "unknown") else it
        for name, it in row.items()
        if name not in ("tenancy", "as_of")
    }


def _screening() -> type[Screening]:
    """The screening class, which needs libraries that the rest of the package does not."""
    with suppress(ImportError):
        from huurschuld.portfolio.columnar.screening import Screening  # noqa: PLC0415 - once polars is known to be there

        return Screening
    raise ExtraNeeded("screen", "portfolios are screened with narwhals", "install huurschuld[frames]")
