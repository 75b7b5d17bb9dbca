"""Tables without the tenancies of which a row is bad, so that the rest can be screened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from attrs import evolve, field, frozen

from huurschuld.portfolio.checking import check_engine, facts_of_policy, ledger_of
from huurschuld.portfolio.csv_strict import RejectedRow
from huurschuld.portfolio.failures import Failure, Failures
from huurschuld.portfolio.quarantine import owners, separated
from huurschuld.portfolio.schema import Place, by_row, given_tables
from huurschuld.rules.own_facts import GivenFact, given_facts
from huurschuld.rules.policy import Policy


@frozen
class Aside:
    """What is left of a portfolio, and what was set aside.

    Attributes:
        tables: the tables by name, of all other tenancies, in their own library, or in polars.
        names: the ids of the tenancies that are set aside.
        found: why, one for each problem.
    """

    tables: Mapping[str, Any] = field(repr=False)
    names: tuple[str, ...] = field(converter=tuple[str, ...], repr=False)
    found: Failures

    @property
    def failures(self) -> Any:  # noqa: ANN401 - a frame of the library of the tables
        """Why, as `check` gives it: a frame in the library of the tables."""
        from huurschuld.portfolio.columnar.native import as_in  # noqa: PLC0415 - Narwhals is there by now

        return as_in(self.found.frame(), [*self.tables.values()])


def set_aside(
    portfolio: object,
    policy: Policy | str | None = None,
    *,
    assume: Mapping[str, object] | None = None,
) -> Aside:
    """Leave out each tenancy of which a row is bad, so that the others can be screened.

    All of its rows go: half a ledger gives wrong advice. Tables in memory are given back in their own
    library; those of a folder or a ledger are read into polars.

    Args:
        portfolio: tables by name, as for `screen`; a ledger; or the path of a folder of tables.
        policy: whose own facts must fit what the table `facts` states; a name or a policy.
        assume: values of columns that the source does not record, as for `screen`.

    Raises:
        InputError: it is not certain which tenancies to leave out, or a table or column is missing.
        InvalidValue: it is no portfolio.
        UnknownPolicy: there is no such policy.
        ExtraNeeded, PluginFailed: as for `screen`.
    """
    check_engine()
    from huurschuld.portfolio.columnar.column_types import unreadable  # noqa: PLC0415 - Narwhals is there by now
    from huurschuld.portfolio.columnar.library_errors import translate_library_errors  # noqa: PLC0415 - as above
    from huurschuld.portfolio.columnar.opening import Library, open_tables  # noqa: PLC0415 - as above

    given = given_facts(facts_of_policy(policy))
    if isinstance(portfolio, Mapping):
        with translate_library_errors(partial(unreadable, portfolio)):
            return _without_bad(portfolio, given, assume or {}, by_row, ())
    opened = open_tables(ledger_of(portfolio), Library.POLARS, quarantine=True)
    with translate_library_errors(opened.unreadable):
        found = _without_bad(opened.frames, given, assume or {}, opened.place, opened.rejected)
        # In memory, as the files of another process go when it ends.
        return evolve(found, tables={name: it.lazy().collect() for name, it in found.tables.items()})


def _without_bad(
    tables: Mapping[str, Any],
    given: Mapping[str, GivenFact],
    assume: Mapping[str, object],
    place: Place,
    rejected: Sequence[RejectedRow],
) -> Aside:
    from huurschuld.portfolio.columnar.buckets import is_in_spark  # noqa: PLC0415 - Narwhals is there by now
    from huurschuld.portfolio.columnar.intake import intake  # noqa: PLC0415 - Narwhals is there by now
    from huurschuld.portfolio.columnar.native import without  # noqa: PLC0415 - as above
    from huurschuld.portfolio.columnar.on_spark import SparkChecks  # noqa: PLC0415 - as above
    from huurschuld.portfolio.columnar.screening import checks_of  # noqa: PLC0415 - as above

    tables = given_tables(tables)
    if is_in_spark(tables):
        in_spark = SparkChecks.of(tables, assume, place, given)
        errors, names = separated(in_spark.faults(), rejected, (), place)
    else:
        taken = intake(tables, assume, {}, place)
        try:
            checks = checks_of(taken, given)
            unread = owners(rejected, checks.existing)
            errors, names = separated(checks.faults(None, unread), rejected, unread, place)
        finally:
            taken.backend.release()
    kept = {name: without(name, it, names) for name, it in tables.items()} if names else tables
    return Aside(kept, names, Failures.of(Failure.of(error, table) for table, error in errors))
