"""What a mapping reads of the exports that are there, and all that would be refused of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InputError
from huurschuld.portfolio.checking import failures_in
from huurschuld.portfolio.csv_strict import RejectedRow
from huurschuld.portfolio.failures import Failure, Failures
from huurschuld.portfolio.folder import FolderLedger, look_into
from huurschuld.portfolio.mapping.document import read_mapping
from huurschuld.portfolio.mapping.tables import MappedTable, read_mapped

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
    tables = {it: MappedTable(place, mapping, it) for it in read_mapping(mapping).parts}
    unread = [Failure.of(it) for it in look_into(place, mapping).refused]
    failures = failures_in(FolderLedger(tables), known=unread)
    rows: dict[str, Counted] = {}
    mean = None
    for name, table in tables.items():
        rejected: list[RejectedRow] = []
        with suppress(InputError):  # it is among the failures
            frame, _ = read_mapped(table, rejected)
            kinds = Counter(frame["kind"].to_list()) if name == "entries" else {}
            rows[name] = Counted(frame.height, dict(sorted(kinds.items())))
            if name == "rents" and frame.height >= _FEWEST:
                mean = sum(map(int, frame["cents"])) // frame.height
    return MappingCheck(rows, failures, mean)
