"""Reading through a plugin's ledger what was put into its source, and what the rules tell of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from huurschuld.decisions.decision import decide
from huurschuld.errors import HuurschuldError, InputError
from huurschuld.hooks import Ledger
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.rules.policies import policies
from huurschuld.rules.tenancy_facts import facts_of
from huurschuld.testing.holding import Rows, held, rows_of
from huurschuld.testing.kit import Broken, expect, expect_same
from huurschuld.testing.tenancies import AS_OF

if TYPE_CHECKING:
    from huurschuld.testing.ledger_kit import LedgerAdapterTests

_WINDOW: Final = 30
DAYS: Final = (AS_OF - dt.timedelta(45), AS_OF, AS_OF + dt.timedelta(15))
"""The days on which portfolios are compared: before, on and after the one that they are around."""


class SourceRefuses(Exception):
    """What `seed` raises for rows that the source cannot hold, such as a second row with one key."""


def fill(kit: LedgerAdapterTests, tenancies: Iterable[Tenancy]) -> list[Tenancy]:
    """Put tenancies into the source, as it can hold them; gives them as it does."""
    expected = held(tenancies, kit.capabilities)
    seed(kit, rows_of(expected, kit.capabilities))
    return expected


def seed(kit: LedgerAdapterTests, rows: Rows) -> None:
    """Put rows that are sound into the source.

    Raises:
        Broken: it does not take them.
    """
    try:
        kit.seed(rows)
    except SourceRefuses:
        refused = True
    else:
        refused = False
    expect(not refused, "the source refuses a portfolio that is sound: declare what it cannot hold")


def read(kit: LedgerAdapterTests, ledger: Ledger | None = None) -> dict[str, Tenancy]:
    """The tenancies by id, read through the adapter.

    Raises:
        Broken: it refuses what it was given.
    """
    try:
        portfolio = read_portfolio(kit.make_adapter() if ledger is None else ledger)
    except InputError as error:
        told = f"a portfolio that is sound is refused: {error.code}, {error.problem}"
    else:
        return {it.id: it for it in portfolio}
    raise Broken(told)


def told(tenancy: Tenancy, days: Iterable[dt.date]) -> dict[str, object]:
    """All facts of a tenancy on these days, and what the built-in policies advise."""
    found: dict[str, object] = {}
    for day in days:
        facts = facts_of(tenancy, day, sustained_days=_WINDOW, acted_days=_WINDOW)
        found |= {f"{name} on {day}": value for name, value in attrs.asdict(facts).items()}
        for name, policy in policies().items():
            if day in policy.in_force:
                summary = decide(tenancy, policy, day, engine="reference").summary()
                found |= {f"{it} by {name} on {day}": value for it, value in summary.items()}
    return found


def expect_tenancies(
    found: Mapping[str, Tenancy], expected: Sequence[Tenancy], days: Sequence[dt.date] = DAYS
) -> None:
    """See that tenancies that were read are those that were put in: each there, facts and advice equal.

    Raises:
        Broken: one is missing, is one too many, or differs.
    """
    missing = sum(it.id not in found for it in expected)
    expect(not missing, f"{missing} of {len(expected)} tenancies are not there, or under another id")
    expect_same(len(found), len(expected), "how many tenancies there are")
    for number, it in enumerate(expected, start=1):
        expect_same(told(found[it.id], days), told(it, days), f"tenancy {number} of {len(expected)}")


def expect_read_back(
    kit: LedgerAdapterTests, tenancies: Iterable[Tenancy], days: Sequence[dt.date] = DAYS
) -> None:
    """See that tenancies that are put into the source are read as the source can hold them.

    Raises:
        Broken: as `expect_tenancies`.
    """
    expected = fill(kit, tenancies)
    expect_tenancies(read(kit), expected, days)


def refusal(kit: LedgerAdapterTests, rows: Rows) -> HuurschuldError | None:
    """The error with which rows that are wrong are refused; None if the source refuses to hold them.

    Raises:
        Broken: they are read as if nothing were wrong, or with an error that is none of huurschuld's.
    """
    try:
        kit.seed(rows)
    except SourceRefuses:
        return None
    return refusal_of_reading(kit)


def refusal_of_reading(kit: LedgerAdapterTests) -> HuurschuldError:
    """The error with which a source that is wrong is refused.

    Raises:
        Broken: as `refusal`.
    """
    try:
        read_portfolio(kit.make_adapter())
    except HuurschuldError as error:
        return error
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises; it is told just below
        what = f"it raises {type(error).__name__}, which is no error of huurschuld.errors"
    else:
        what = "it is read as if nothing were wrong"
    raise Broken(what)
