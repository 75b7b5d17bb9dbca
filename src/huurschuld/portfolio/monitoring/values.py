"""What a monitor holds: how far it is, the rows on the worklist, and what was emitted."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any, Final

from attrs import frozen

from huurschuld.model.values import RedactedRepr
from huurschuld.portfolio.result_rows import ResultRow

FIRST: Final = "0" * 64
SUMS: Final = 1 << 256


@frozen
class Position:
    """How far a monitor is.

    Attributes:
        monitor: a name of its own, by which its lines are told from those of another.
        step: how many steps were taken.
        day: the day of the last one, as ISO 8601 has it; None before the first.
        receipt: what it was made with, as `dump_receipts` writes it; None before the first.
        tenancies: how many there were.
        last: the number of the last change.
        link: its digest, in the chain of all.
        delivered: the number of the last change that is known to be in the file of lines.
        listed: how many tenancies are on the worklist.
        digests: the sum of the digests of these.
        proposing: whether what is advised to be referred is proposed.
        source: where the ledger was, if it can tell what has changed since.
    """

    monitor: str
    step: int = 0
    day: str | None = None
    receipt: str | None = None
    tenancies: int = 0
    last: int = 0
    link: str = FIRST
    delivered: int = 0
    listed: int = 0
    digests: str = f"{0:064x}"
    proposing: bool = False
    source: str | None = None


@frozen(repr=False)
class ListedRow(RedactedRepr):
    """A tenancy on the worklist: its row, and since when it has this advice and priority."""

    tenancy: str
    advice: str
    priority: str
    since: str
    text: str

    @classmethod
    def of(cls, row: ResultRow, since: str) -> ListedRow:
        """Write a row."""
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        return cls(row["tenancy"], row["advice"], row["priority"], since, text)

    @property
    def row(self) -> ResultRow:
        """The row, with the facts."""
        found: ResultRow = json.loads(self.text)
        return found

    @property
    def digest(self) -> str:
        """The SHA-256 of all of it."""
        return sha256("\0".join((self.tenancy, self.advice, self.priority, self.since, self.text)))


@frozen(repr=False)
class EmittedChange(RedactedRepr):
    """A change as it was emitted: its number, the day (peildatum) of its step, and its line of JSON."""

    number: int
    day: dt.date
    line: str

    def document(self) -> dict[str, Any]:
        """The JSON object of its line."""
        found: dict[str, Any] = json.loads(self.line)
        return found


def linked(before: str, day: str, line: str) -> str:
    """The digest of a change, in the chain of all."""
    return sha256(f"{before}\0{day}\0{line}")


def sha256(text: object) -> str:
    """The SHA-256 of a text, in hexadecimal; what a damaged file has instead of a text has none."""
    return hashlib.sha256(text.encode()).hexdigest() if isinstance(text, str) else ""
