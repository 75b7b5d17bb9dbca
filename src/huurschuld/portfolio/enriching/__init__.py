"""A ledger with further parts of its tenancies from other systems, and the referrals that were sent.

What two systems tell of one part of one tenancy is refused: neither is preferred. Signals alone are
added up, since each system knows the ones that it sent, and all of them count.

| module | holds |
|---|---|
| `further` | what another system gives, read once |
| `merging` | the tables of all systems put together |
| `later` | tables that are opened only where the work is done |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from huurschuld.errors import Cell
from huurschuld.hooks import ArrowStream, Ledger, Opener, Placing, Refused, Scanning
from huurschuld.portfolio.columnar.opening import Library, opener
from huurschuld.portfolio.enriching.further import Further, can_do_without, further_of, tables_of
from huurschuld.portfolio.enriching.later import Later, Remembering
from huurschuld.portfolio.enriching.merging import Merged, Merging
from huurschuld.portfolio.schema import by_row

__all__ = ["EnrichedLedger", "Further", "can_do_without", "further_of", "tables_of"]


class EnrichedLedger:
    """A ledger with what other systems tell besides.

    Args:
        ledger: the ledger.
        further: from other systems.
        sent: the signals that were sent, as `tenancy`, `date` and `cents`; None if they are not kept.
        unknown: the tables that some system would have told of, but cannot: of nobody they are known.
    """

    def __init__(
        self,
        ledger: Ledger,
        further: Iterable[Further] = (),
        sent: ArrowStream | None = None,
        unknown: Iterable[str] = (),
    ) -> None:
        self._ledger = ledger
        self._further = [*further]
        self._sent = sent
        self._unknown = frozenset(unknown)
        self._merged: Mapping[str, Merged] = {}

    def tables(self) -> Mapping[str, ArrowStream]:
        """The tables of all of them."""
        remembered = Remembering().all(self._ledger.tables())
        return self._put_together(remembered, opener(Library.POLARS), lambda it: it.collect(), ())

    def scan(
        self, opener: Opener, refused: Callable[[Refused], None] | None = None
    ) -> Mapping[str, object]:
        """The tables of all of them; one that only the ledger tells of is opened as the ledger does."""
        aside: set[str] = set()

        def note(row: Refused) -> None:
            if row.tenancy is not None:
                aside.add(row.tenancy)
            if refused is not None:
                refused(row)

        found: Mapping[str, Any]
        if isinstance(self._ledger, Scanning):
            opened: Any = self._ledger.scan(Remembering(), None if refused is None else note)
            found = opened
        else:
            found = Remembering().all(self._ledger.tables())
        return self._put_together(found, opener, lambda it: it, aside)

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """The place of a value in the system that it came from."""
        merged = self._merged.get(table)
        if merged is not None:
            return merged.place(table, row, column)
        return self._place(table, row, column)

    def _place(self, table: str, row: int | None, column: str) -> Cell:
        if isinstance(self._ledger, Placing):
            return self._ledger.place(table, row, column)
        return by_row(table, row, column)

    def _put_together(
        self,
        found: Mapping[str, Later],
        by: Opener,
        whole: Callable[[Any], Any],
        aside: Iterable[str],
    ) -> dict[str, Any]:
        kept = {name: it for name, it in found.items() if name not in self._unknown}
        merging = Merging(kept, self._place, aside)
        merging.add_all(self._further, self._unknown)
        if self._sent is not None and "signals" not in self._unknown:
            merging.add_sent(self._sent)
        self._merged = merging.merged
        opened = {name: whole(it.by(by)) for name, it in merging.untouched().items()}
        return opened | {name: whole(by.arrow(it.frame)) for name, it in merging.merged.items()}
