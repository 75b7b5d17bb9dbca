"""A case at a glance, as a work list has it: how far it is and who works on it, nothing personal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Final

from attrs import field, frozen

from huurschuld.cases.case import CaseState
from huurschuld.cases.kinds import EventType
from huurschuld.cases.words import Key
from huurschuld.model.values import RedactedRepr

SHOWN: Final = 12
"""The fewest characters of a key that are shown; more where cases are not told apart by these."""


@frozen(repr=False, kw_only=True)
class Glance(RedactedRepr):
    """A case at a glance.

    Attributes:
        key: its key.
        state: what it has come to; from a store without anything that is sealed.
        version: how many events were recorded.
        recorded: the moment at which the last one was, with its zone.
        is_forgotten: whether the person was forgotten.
    """

    key: str = field(validator=Key())
    state: CaseState
    version: int
    recorded: dt.datetime
    is_forgotten: bool = False

    def has_worker(self, name: str) -> bool:
        """Whether somebody of this name works on it, however it is capitalised and spaced."""
        return any(is_same_name(name, it) for it in self.state.workers.values())

    def had_worker(self, name: str) -> bool:
        """Whether it was ever assigned to somebody of this name."""
        assigned = self.state.all(EventType.ASSIGNED)
        return any(is_same_name(name, it.data["worker"]) for it in assigned)


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are one, however they are capitalised and spaced."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def short_keys(keys: Collection[str]) -> Mapping[str, str]:
    """Return the beginning of each key, of at least twelve characters, that tells it from all others."""
    needed = dict.fromkeys(keys, SHOWN)
    for one, other in pairwise(sorted(set(keys))):
        same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
        for key in (one, other):
            needed[key] = max(needed[key], same + 1)
    return {key: key[: needed[key]] for key in keys}
