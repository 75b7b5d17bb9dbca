"""What a mapping reads of the exports that are there, and all that would be refused of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from huurschuld.errors import InputError
from huurschuld.hooks import Ledger
from huurschuld.portfolio.checking import failures_in
from huurschuld.portfolio.failures import Failure, Failures
from huurschuld.portfolio.folder import FolderLedger, look_into
from huurschuld.portfolio.ledger_tables import LedgerAround, LedgerTable, ledger_tables

_FEWEST: Final = 10


@frozen
class Counted:
    """How many rows of a table are read; of the entries also by kind."""

    read: int
    kinds: Mapping[str, int] = field(factory=dict)


@frozen
class MappingCheck:
    """What comes of reading exports by a mapping.

    Attributes:
        rows: by table.
        failures: what would be refused, and what to look at.
        mean_rent_cents: the average of the rents, of ten or more; it shows cents that are read as euros.
    """

    rows: Mapping[str, Counted]
    failures: Failures
    mean_rent_cents: int | None = None


def check_mapping(place: Path, mapping: Path) -> MappingCheck:
    """Read exports by a mapping, row by row, and go on after what does not fit.

    Args:
        place: the folder of the exports, or one spreadsheet.
        mapping: the file of the mapping.

    Raises:
        InputError: the mapping itself is wrong.
        ExtraNeeded: there is a spreadsheet, and fastexcel is not installed.
    """
    found = look_into(place, mapping)
    ledger = _ReadOnce(FolderLedger(found.tables))
    failures = failures_in(ledger, known=map(Failure.of, found.refused))
    rows: dict[str, Counted] = {}
    mean = None
    for name, table in ledger.read.items():
        frame: Any = table.table
        kinds = Counter(frame["kind"].to_list()) if name == "entries" else {}
        rows[name] = Counted(frame.height, dict(sorted(kinds.items())))
        if name == "rents" and frame.height >= _FEWEST:
            mean = sum(map(int, frame["cents"])) // frame.height
    return MappingCheck(rows, failures, mean)


class _ReadOnce(LedgerAround):
    """A ledger that keeps the tables that were read, without those that could not be."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.read: Mapping[str, LedgerTable] = {}

    def ledger_tables(
        self,
        *,
        quarantine: bool = False,
        refused: list[tuple[str, InputError]] | None = None,
        own: Collection[str] = (),
    ) -> Mapping[str, LedgerTable]:
        """Return the tables, read."""
        self.read = ledger_tables(self._ledger, quarantine=quarantine, refused=refused, own=own)
        return self.read
