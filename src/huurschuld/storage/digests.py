"""Digests of what is not in a chain: a row that is not as it was written is never used.

A disk, a copy or a hand may change a byte. Each referral has the SHA-256 of all its columns, among them
the last link of its log; rules are kept under theirs. That finds damage; it does not stop somebody who
can write the database and compute a digest.

The sum of the digests of all referrals is written with each change. After a crash SQLite takes back what
was not whole by its journal, and if that is damaged it takes back a part: each row is then as somebody
wrote it, at one time or another, and only the sum tells that they do not belong together.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from huurschuld.model.json_text import canonical_json

_SUMS: Final = 1 << 256
_DIGEST: Final = re.compile("[0-9a-f]{64}")
_OUTSIDE: Final = frozenset({"digest", "number"})
"""Columns that a digest does not cover: itself, and the number, by which the row is found."""


def digest_of(row: Mapping[Any, Any]) -> str:
    """Return the digest of the columns of a row, in hexadecimal."""
    columns = {name: value for name, value in row.items() if name not in _OUTSIDE}
    return sha256(canonical_json(columns))


def is_as_digested(row: Mapping[Any, Any]) -> bool:
    """Whether a row is as it was written."""
    try:
        return bool(digest_of(row) == row.get("digest"))
    except (TypeError, ValueError):  # bytes, or half a character, where text was written
        return False


def sum_of(digests: Iterable[str]) -> str:
    """Add digests up, modulo 2²⁵⁶."""
    return f"{sum(int(it, 16) for it in digests) % _SUMS:064x}"


def opposite(digest: str) -> str:
    """Return what takes a digest out of a sum, when it is added."""
    return f"{-int(digest, 16) % _SUMS:064x}"


def is_digest(value: object) -> bool:
    """Whether a value that was read is a digest, or a sum of some."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def sha256(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
