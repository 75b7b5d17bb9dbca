"""What a mapping would refuse of the exports that are there, all of it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from huurschuld.errors import InputError, MissingField
from huurschuld.model.refusals import UNKNOWN_TENANCY
from huurschuld.portfolio.csv_strict import RejectedRow
from huurschuld.portfolio.mapping.document import read_mapping
from huurschuld.portfolio.mapping.tables import MappedTable, Place, read_mapped
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.schema import REQUIRED_TABLES


@frozen
class Counted:
    """How many rows of a table are read; of the entries also by kind."""

    read: int
    kinds: Mapping[str, int] = field(factory=dict)


@frozen
class Check:
    """What comes of reading exports by a mapping.

    Attributes:
        rows: by table.
        errors: what would be refused: each row that does not fit, and each table that cannot be read.
        mean_rent_cents: the average of the rents, of ten or more; it shows cents that are read as euros.
    """

    rows: Mapping[str, Counted]
    errors: tuple[InputError, ...]
    mean_rent_cents: int | None = None


def check_mapping(place: Path, mapping: Path) -> Check:
    """Read exports by a mapping, row by row, and go on after what does not fit.

    Args:
        place: the folder of the exports, or one spreadsheet.
        mapping: the file of the mapping.

    Raises:
        InputError: the mapping itself is wrong.
    """
    tables = read_mapping(mapping).parts
    errors: list[InputError] = []
    rows: dict[str, Counted] = {}
    frames: dict[str, tuple[Any, Place]] = {}
    rejected_ids: set[str | None] = set()
    mean = None
    for table in tables:
        rejected: list[RejectedRow] = []
        try:
            frame, _ = frames[table] = read_mapped(MappedTable(place, mapping, table), rejected)
        except InputError as error:
            errors.append(error)
            continue
        errors += [it.error for it in rejected]
        if table == "tenancies":
            rejected_ids = {it.tenancy for it in rejected}
        kinds = Counter(frame["kind"].to_list()) if table == "entries" else {}
        rows[table] = Counted(frame.height, dict(sorted(kinds.items())))
        if table == "rents" and frame.height >= 10:
            mean = sum(map(int, frame["cents"])) // frame.height
    errors += [
        MissingField(
            f"{mapping.name}: {name}", "this table is required", "say which file it is read from"
        )
        for name in REQUIRED_TABLES
        if name not in tables
    ]
    errors += _strangers(frames, rejected_ids)
    if not errors:
        try:  # what rows say of each other, such as a payment of a tenancy that there is not
            read_portfolio(_Tables({it: MappedTable(place, mapping, it) for it in tables}))
        except InputError as error:
            errors.append(error)
    return Check(rows, tuple(dict.fromkeys(errors)), mean)


def _strangers(
    frames: Mapping[str, tuple[Any, Place]], rejected: set[str | None]
) -> Iterator[InputError]:
    """The error of each row of a tenancy that there is not; none where the tenancies were not read."""
    if "tenancies" not in frames:
        return
    known = rejected.union(frames["tenancies"][0]["id"])
    for table, (frame, at) in frames.items():
        if table == "tenancies":
            continue
        for row, tenancy in enumerate(frame["tenancy"]):
            if tenancy not in known:
                yield UNKNOWN_TENANCY.at(at(table, row, "tenancy"))


@frozen
class _Tables:
    """The tables of a mapping, as a ledger."""

    given: Mapping[str, MappedTable]

    def tables(self) -> Mapping[str, MappedTable]:
        return self.given
