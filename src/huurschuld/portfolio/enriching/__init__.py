"""A ledger together with what other systems know about its tenancies, and the referrals sent.

When two systems give the same part of one tenancy, that is an error: neither is preferred. Signals are
combined, since each system knows those that it sent itself, and all of them count; so are facts of
different names.

| module | holds |
|---|---|
| `enricher` | what another system gives, read once and checked |
| `merging` | the tables of all systems put together |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from huurschuld.errors import InputError
from huurschuld.hooks import ArrowStream, Ledger
from huurschuld.portfolio.enriching.enricher import (
    EnricherTables,
    is_optional,
    read_enricher,
    unknown_without,
)
from huurschuld.portfolio.enriching.merging import Merging
from huurschuld.portfolio.ledger_tables import LedgerAround, LedgerTable, ledger_tables
from huurschuld.portfolio.schema import REQUIRED_TABLES

__all__ = ["EnrichedLedger", "EnricherTables", "is_optional", "read_enricher", "unknown_without"]


class EnrichedLedger(LedgerAround):
    """A ledger together with what other systems give.

    Args:
        ledger: the ledger.
        further: the tables of other systems.
        sent: the signals that were sent, as `tenancy`, `date` and `cents`; None if they are not kept.
        unknown: the tables that a system cannot give at the moment: they are unknown for everyone.
    """

    def __init__(
        self,
        ledger: Ledger,
        further: Iterable[EnricherTables] = (),
        sent: ArrowStream | None = None,
        unknown: Iterable[str] = (),
    ) -> None:
        super().__init__(ledger)
        self._further = [*further]
        self._sent = sent
        self._unknown = frozenset(unknown)

    def ledger_tables(
        self,
        *,
        quarantine: bool = False,
        refused: list[tuple[str, InputError]] | None = None,
        own: Collection[str] = (),
    ) -> Mapping[str, LedgerTable]:
        """Put the tables of all systems together; one that the ledger alone gives stays as it is.

        Args:
            quarantine: whether rows of the ledger that cannot be read are rejected one by one.
            refused: gets what is wrong, by table, or by no name where systems do not fit together; if
                there is anything, the ledger is given alone.
            own: columns of `tenancies` that belong to no portfolio: exports are read with these.
        """
        found = ledger_tables(self._ledger, quarantine=quarantine, refused=refused, own=own)
        if refused or not found.keys() >= {*REQUIRED_TABLES}:
            return found
        try:
            return self._merged(found)
        except InputError as error:
            if refused is None:
                raise
            refused.append(("", error))
        return found

    def _merged(self, found: Mapping[str, LedgerTable]) -> Mapping[str, LedgerTable]:
        merging = Merging({name: it for name, it in found.items() if name not in self._unknown})
        merging.add_all(self._further, self._unknown)
        if self._sent is not None and "signals" not in self._unknown:
            merging.add_sent(self._sent)
        return merging.tables
