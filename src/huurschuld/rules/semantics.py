"""The version of the semantics: which answers this release gives, and which receipts it can replay.

A version is a number, such as `2`, or a number with an addition, such as `2.1`. The number grows when
answers change. The addition grows when there are only more facts, or more advice that a policy may use.
What was decided before is then decided in the same way, so an older receipt with the same number can
still be replayed.
"""

from __future__ import annotations

import re
from typing import Final

SEMANTICS: Final = "2"
"""The version of `docs/semantics.md` that this release implements."""

_RELEASES: Final = {1: "release 0.1"}
"""The releases that decide as earlier numbers do."""

_VERSION: Final = re.compile(r"([1-9][0-9]{0,8})(?:\.([1-9][0-9]{0,8}))?")


def can_replay(version: str) -> bool:
    """Whether this release decides as that version does."""
    return _numbers(version)[0] == _numbers(SEMANTICS)[0] and includes(SEMANTICS, version)


def includes(version: str, earlier: str) -> bool:
    """Whether a version equals another or comes after it; an invalid version comes before all."""
    return _numbers(earlier) <= _numbers(version)


def release_of(version: str) -> str:
    """Name the release that decides as that version does."""
    return _RELEASES.get(_numbers(version)[0], "the release that made it")


def _numbers(version: str) -> tuple[int, int]:
    match = _VERSION.fullmatch(version)
    return (int(match[1]), int(match[2] or 0)) if match else (0, 0)
