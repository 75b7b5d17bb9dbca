"""An entry of the log: what is in the clear, what is sealed, and its link in the chain.

In the clear stands what the figures of a year need: what happened, when, and who recorded it. What is
about one person is sealed under that person's key. The link of an entry is the SHA-256 of everything in
it and of the link before it, so that nothing can be changed, removed, moved or inserted unnoticed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import frozen

from huurschuld.model.json_text import canonical_json, parse_json
from huurschuld.model.values import Text
from huurschuld.storage.sealing import seal, unseal

FIRST_LINK: Final = "0" * 64
"""What stands before the first link of all."""


class EntryKind(StrEnum):
    """What was recorded.

    A step of a `referral`, an `event` of the case, an `access` to it, or that the person was
    `forgotten`.
    """

    REFERRAL = "referral"
    EVENT = "event"
    ACCESS = "access"
    FORGOTTEN = "forgotten"


@frozen
class Entry:
    """An entry as it is stored.

    Attributes:
        number: its place in its case, from 1.
        id: unique within the case.
        kind: what was recorded: an `EntryKind`, if it is as it was written.
        at: when, in UTC, with microseconds, so that texts sort as times do.
        public: what stands in the clear, as canonical JSON.
        sealed: what is about the person, encrypted; None without.
        previous: the link before it.
        link: its own.
    """

    number: int
    id: str
    kind: str
    at: str
    public: str
    sealed: bytes | None
    previous: str
    link: str

    def is_as_written(self, case: str) -> bool:
        """Whether its link is that of everything in it: damage may have made another type of a value."""
        try:
            return self.expected_link(case) == self.link
        except (AttributeError, TypeError):
            return False

    def expected_link(self, case: str) -> str:
        """Work out the link from everything else."""
        sealed = None if self.sealed is None else self.sealed.hex()
        return _hash(case, self.number, self.id, self.kind, self.at, self.public, sealed, self.previous)


def case_link(number: int, key: str, begun: str, fingerprint: str, previous: str) -> str:
    """Return the link of a case in the chain of cases."""
    return _hash(number, key, begun, fingerprint, previous)


def fingerprint_of(secret: bytes) -> str:
    """Return what the key of a person's data is known by: it says nothing of the key."""
    return hashlib.sha256(secret).hexdigest()


def are_texts(*values: object) -> bool:
    """Whether values that were read are texts that are whole."""
    return all(Text().accepts(it) for it in values)


def _hash(*values: object) -> str:
    return hashlib.sha256(canonical_json(list(values)).encode()).hexdigest()


def moment_text(moment: dt.datetime) -> str:
    """Write a moment as an entry has it."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def sealed_with(key: bytes, case: str, entry: str, personal: bytes | None) -> bytes | None:
    """Seal what is about the person, bound to the case and the entry."""
    return None if personal is None else seal(key, personal, _beside(case, entry))


def personal_of(case: str, entry: Entry, key: bytes) -> Mapping[str, Any]:
    """Read what is sealed in an entry.

    Raises:
        Unsealable: it is not as it was written.
    """
    if entry.sealed is None:
        return {}
    found: Any = parse_json(unseal(key, entry.sealed, _beside(case, entry.id)))
    return dict(found)


def _beside(case: str, entry: str) -> bytes:
    return canonical_json([case, entry]).encode()
