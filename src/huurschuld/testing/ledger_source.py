"""The ledger under test: filling its store, and reading it through the adapter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import ClassVar

from huurschuld.errors import HuurschuldError, InputError
from huurschuld.hooks import Ledger
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.testing.capabilities import LedgerCapabilities
from huurschuld.testing.kit import Broken, Kit, SourceRefuses, taken
from huurschuld.testing.kit_errors import error_of, refused_text
from huurschuld.testing.ledger_outcomes import expect_tenancies
from huurschuld.testing.recorded import Rows, as_recorded, rows_of


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
                is None, a text, a whole number, a boolean or a `datetime.date`. With `split_payments`
                those of `entries` have `part_of` too. Do not change them.

        Raises:
            SourceRefuses: the store cannot hold them, such as two rows with one key.
        """
        raise NotImplementedError("provide seed: it fills the store, without the adapter")

    def make_adapter(self) -> Ledger:
        """Open the adapter on the store, as a user would."""
        raise NotImplementedError("provide make_adapter: it opens the adapter on the store")

    def spoil(self) -> None:
        """Make the store unreadable: cut a file off, stop the server. Without it a check is left out."""


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
    with taken("a valid portfolio"):
        kit.seed(rows)


def read(kit: LedgerSource, ledger: Ledger | None = None) -> dict[str, Tenancy]:
    """Return the tenancies by id, read through the adapter.

    Raises:
        Broken: they are refused.
    """
    try:
        portfolio = read_portfolio(kit.make_adapter() if ledger is None else ledger)
    except InputError as error:
        raise Broken(f"a valid portfolio is refused: {refused_text(error)}") from error
    return {it.id: it for it in portfolio}


def expect_read_back(
    kit: LedgerSource, tenancies: Iterable[Tenancy], days: Sequence[dt.date] | None = None
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
    otherwise = "it is read as if nothing were wrong"
    return error_of(what, lambda: read_portfolio(kit.make_adapter()), otherwise)
