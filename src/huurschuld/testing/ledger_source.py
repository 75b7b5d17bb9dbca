"""The ledger under test: filling its store, reading it through the adapter, and comparing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

import attrs

from huurschuld.decisions.decision import decide
from huurschuld.errors import HuurschuldError, InputError
from huurschuld.hooks import Ledger
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.rows import fact_text
from huurschuld.rules.own_facts import CountedFact
from huurschuld.rules.policies import policies
from huurschuld.rules.sources import Phrase
from huurschuld.rules.tenancy_facts import facts_of, is_in_force
from huurschuld.testing.capabilities import LedgerCapabilities
from huurschuld.testing.kit import Broken, Kit, SourceRefuses, expect, expect_same
from huurschuld.testing.recorded import Rows, as_recorded, rows_of
from huurschuld.testing.tenancies import AS_OF

_WINDOW: Final = 30
_REACHED: Final = CountedFact("times_reached", Phrase("keer bereikt", "times reached"), are=["reached"])
"""What no built-in policy asks, and one of a plugin may."""
DAYS: Final = (AS_OF - dt.timedelta(45), AS_OF, AS_OF + dt.timedelta(15))
"""The days on which portfolios are compared: before, on and after the day that they are around."""


class LedgerSource(Kit):
    """The input of a kit for ledgers.

    Attributes:
        capabilities: what the ledger records and can hold.
    """

    capabilities: ClassVar[LedgerCapabilities] = LedgerCapabilities()

    def seed(self, rows: Rows) -> None:
        """Fill the store with exactly these rows, without the adapter; replace what was there.

        Args:
            rows: lists of rows by table, with the columns that `capabilities` say are recorded; a value
                is None, a text, a whole number, a boolean or a `datetime.date`. Do not change them.

        Raises:
            SourceRefuses: the store cannot hold them, such as two rows with one key.
        """
        raise NotImplementedError("provide seed: it fills the store, without the adapter")

    def make_adapter(self) -> Ledger:
        """Open the adapter on the store, as a user would."""
        raise NotImplementedError("provide make_adapter: it opens the adapter on the store")

    def spoil(self) -> None:
        """Make the store unreadable: truncate a file, stop the server. Provide it if you can."""


def fill(kit: LedgerSource, tenancies: Iterable[Tenancy]) -> list[Tenancy]:
    """Put tenancies into the source, and return them as it can record them."""
    expected = as_recorded(tenancies, kit.capabilities)
    seed(kit, rows_of(expected, kit.capabilities))
    return expected


def seed(kit: LedgerSource, rows: Rows) -> None:
    """Put valid rows into the source.

    Raises:
        Broken: it does not take them.
    """
    try:
        kit.seed(rows)
    except SourceRefuses:
        problem = "the source refuses a valid portfolio: declare what it cannot hold"
        raise Broken(problem) from None


def read(kit: LedgerSource, ledger: Ledger | None = None) -> dict[str, Tenancy]:
    """Return the tenancies by id, read through the adapter.

    Raises:
        Broken: they are refused.
    """
    try:
        portfolio = read_portfolio(kit.make_adapter() if ledger is None else ledger)
    except InputError as error:
        raise Broken(f"a valid portfolio is refused: {error.code}, {error.problem}") from None
    return {it.id: it for it in portfolio}


def outcomes(tenancy: Tenancy, days: Iterable[dt.date]) -> dict[str, object]:
    """Return all facts of a tenancy on these days, and what the built-in policies advise."""
    found: dict[str, object] = {}
    for day in days:
        facts = facts_of(tenancy, day, [_REACHED], sustained_days=_WINDOW, acted_days=_WINDOW)
        found |= {f"{name} on {day}": value for name, value in attrs.asdict(facts).items()}
        found[f"facts on {day}"] = _stated(tenancy, day)
        for name, policy in policies().items():
            if day in policy.in_force:
                summary = decide(tenancy, policy, day, engine="reference").summary()
                found |= {f"{it} by {name} on {day}": value for it, value in summary.items()}
    return found


def _stated(tenancy: Tenancy, day: dt.date) -> dict[str, str] | None:
    """What a tenancy states on a day, for a policy that asks: by name the text of the latest row."""
    if tenancy.facts is None:
        return None
    in_force = [it for it in tenancy.facts if is_in_force(it, day)]
    in_force.sort(key=lambda it: it.from_ or dt.date.min)
    # A table has numbers and words as text: whether 5 came as a number is nothing that a policy sees.
    return {it.name: fact_text(it.value) for it in in_force}


def expect_tenancies(
    found: Mapping[str, Tenancy], expected: Sequence[Tenancy], days: Sequence[dt.date] = DAYS
) -> None:
    """Check that the tenancies read are those put in: each is there, with equal facts and advice.

    Raises:
        Broken: one is missing, is one too many, or differs.
    """
    missing = sum(it.id not in found for it in expected)
    expect(not missing, f"{missing} of {len(expected)} tenancies are missing, or have another id")
    expect_same(len(found), len(expected), "the number of tenancies")
    for number, it in enumerate(expected, start=1):
        expect_same(
            outcomes(found[it.id], days), outcomes(it, days), f"tenancy {number} of {len(expected)}"
        )


def expect_read_back(
    kit: LedgerSource, tenancies: Iterable[Tenancy], days: Sequence[dt.date] = DAYS
) -> None:
    """Check that tenancies put into the source are read as it can record them.

    Raises:
        Broken: as `expect_tenancies`.
    """
    expected = fill(kit, tenancies)
    expect_tenancies(read(kit), expected, days)


def refusal(kit: LedgerSource, what: str, rows: Rows) -> HuurschuldError | None:
    """Return the error with which invalid rows are refused; None if the source does not take them.

    Args:
        kit: the kit.
        what: a description of the error in the rows.
        rows: the rows.

    Raises:
        Broken: they are read as if nothing were wrong, or with an error that is not huurschuld's.
    """
    try:
        kit.seed(rows)
    except SourceRefuses:
        return None
    return refusal_of_reading(kit, what)


def refusal_of_reading(kit: LedgerSource, what: str) -> HuurschuldError:
    """Return the error that reading an invalid or unreadable source gives.

    Raises:
        Broken: as `refusal`.
    """
    try:
        read_portfolio(kit.make_adapter())
    except HuurschuldError as error:
        return error
    except Exception as error:  # noqa: BLE001 - an adapter may raise anything; it is reported below
        problem = f"it raises {type(error).__name__}, which is no error of huurschuld.errors"
    else:
        problem = "it is read as if nothing were wrong"
    raise Broken(f"{what}: {problem}")
