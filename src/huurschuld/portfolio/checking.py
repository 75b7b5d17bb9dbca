"""Checking a portfolio: all that is wrong at once, in tables in memory, a folder or any ledger."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeGuard, TypeVar, overload

from huurschuld.errors import ExtraNeeded, InputError, InvalidValue
from huurschuld.hooks import Ledger
from huurschuld.portfolio.failures import Failure, Failures
from huurschuld.portfolio.folder import FolderLedger, folder_ledger, look_into
from huurschuld.portfolio.ledger_tables import LedgerTable, ledger_tables
from huurschuld.portfolio.schema import TABLES, by_row
from huurschuld.rules.own_facts import OwnFact, given_facts
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy

if TYPE_CHECKING:
    from types import ModuleType

    from narwhals.typing import IntoFrame

Frame = TypeVar("Frame", bound="IntoFrame")
"""A dataframe of any library."""
_EXPECTED: Final = "tables by name, a ledger, or the folder of the tables is expected"


@overload
def check(
    portfolio: Mapping[str, Frame],
    policy: Policy | str | None = None,
    *,
    assume: Mapping[str, object] | None = None,
    most: int | None = None,
) -> Frame: ...
@overload
def check(
    portfolio: Ledger | str | os.PathLike[str],
    policy: Policy | str | None = None,
    *,
    assume: Mapping[str, object] | None = None,
    most: int | None = None,
) -> Any: ...  # noqa: ANN401 - a frame of polars, which is optional
def check(
    portfolio: object,
    policy: Policy | str | None = None,
    *,
    assume: Mapping[str, object] | None = None,
    most: int | None = None,
) -> Any:
    """Find all that is wrong with a portfolio, before it is screened.

    Args:
        portfolio: tables by name, as for `screen`; a ledger; or the path of a folder of tables.
        policy: whose own facts must fit what the table `facts` states; a name or a policy.
        assume: values of columns that the source does not record, as for `screen`.
        most: how many errors to list; all if it is None.

    Returns:
        A frame with a row for each thing that is wrong: `severity` (`error` refuses the portfolio, a
        `warning` decides nothing), `code`, `table`, `file`, `line` (null where there is none), `column`,
        `problem` and `remedy`; texts, without personal data. It has no row of an `error` if and only if
        `screen` takes the portfolio. Tables in memory get it in their library, with their rows counted
        from 2; all else gets it in polars.

    Raises:
        InvalidValue: it is no portfolio.
        UnknownPolicy: there is no such policy.
        ExtraNeeded, PluginFailed: as for `screen`.
    """
    found = failures_in(portfolio, assume=assume, own=facts_of_policy(policy), most=most)
    if not isinstance(portfolio, Mapping):
        return found.frame()
    from huurschuld.portfolio.columnar.native import as_in  # noqa: PLC0415 - Narwhals is there by now

    return as_in(found.frame(), [*portfolio.values()])


def facts_of_policy(policy: Policy | str | None) -> Sequence[OwnFact]:
    """The facts of its own that a policy declares; a name is that of a built-in one.

    Raises:
        UnknownPolicy: there is no such policy.
    """
    rules = find_policy(policy) if isinstance(policy, str) else policy
    return () if rules is None else rules.facts


def failures_in(
    portfolio: object,
    *,
    assume: Mapping[str, object] | None = None,
    own: Iterable[OwnFact] = (),
    most: int | None = None,
    known: Iterable[Failure] = (),
) -> Failures:
    """Find all that is wrong with a portfolio.

    Args:
        portfolio: tables by name, as for `huurschuld.screen`; a ledger; or the path of a folder.
        assume: as for `huurschuld.screen`.
        own: the facts that a policy declares: what is stated of one must fit its unit.
        most: how many failures to list; all if it is None. All are counted.
        known: what is known to be wrong already.

    Raises:
        InvalidValue: it is none of these.
        ExtraNeeded, PluginFailed: as for `huurschuld.screen`.
    """
    engine = _engine()
    finding = engine.Finding([*known])
    check = partial(
        engine.all_failures, given=given_facts(own), assume=assume or {}, most=most, finding=finding
    )
    try:
        if isinstance(portfolio, str | os.PathLike):
            found = look_into(Path(portfolio))
            finding.failures += [Failure.of(it) for it in found.refused]
            portfolio = FolderLedger(found.tables)
        if isinstance(portfolio, Mapping):
            return _of_frames(portfolio, check)
        if _is_ledger(portfolio):
            return _of_ledger(portfolio, check)
    except InputError as error:  # what stops the check as a whole is one more failure
        finding.add(error)
        return Failures.of(finding.failures, most)
    raise InvalidValue("the portfolio", _EXPECTED, "give one of these")


def _of_frames(tables: Mapping[str, Any], check: partial[Failures]) -> Failures:
    from huurschuld.portfolio.columnar.column_types import unreadable  # noqa: PLC0415 - Narwhals is there by now
    from huurschuld.portfolio.columnar.library_errors import translate_library_errors  # noqa: PLC0415 - likewise

    with translate_library_errors(partial(unreadable, tables)):
        return check(tables, place=by_row)


def _of_ledger(ledger: Ledger, check: partial[Failures]) -> Failures:
    from huurschuld.portfolio.columnar.library_errors import translate_library_errors  # noqa: PLC0415 - as above
    from huurschuld.portfolio.columnar.opening import Library, opened_tables  # noqa: PLC0415 - as above

    finding = check.keywords["finding"]
    refused: list[tuple[str, InputError]] = []
    tables: dict[str, LedgerTable] = {**ledger_tables(ledger, quarantine=True, refused=refused)}
    opened = opened_tables(tables, Library.POLARS, refused)
    for name, error in refused:
        finding.add(error, name)
        finding.incomplete.update({name}.intersection(TABLES))
    with translate_library_errors(opened.unreadable):
        return check(opened.frames, place=opened.place, rejected=opened.rejected)


def ledger_of(portfolio: object) -> Ledger:
    """A ledger, or that of the path of a folder.

    Raises:
        InputError: it is neither, or a file in the folder is refused.
    """
    if isinstance(portfolio, str | os.PathLike):
        return folder_ledger(Path(portfolio))
    if _is_ledger(portfolio):
        return portfolio
    raise InvalidValue("the portfolio", _EXPECTED, "give one of these")


def _is_ledger(portfolio: object) -> TypeGuard[Ledger]:
    return callable(getattr(portfolio, "tables", None))


def check_engine() -> None:
    """Check that what tables are checked with is installed.

    Raises:
        ExtraNeeded: it is not.
    """
    _engine()


def _engine() -> ModuleType:
    with suppress(ImportError):
        from huurschuld.portfolio.columnar import all_failures  # noqa: PLC0415 - it needs libraries

        return all_failures
    raise ExtraNeeded("check", "portfolios are checked with narwhals", "install huurschuld[frames]")
