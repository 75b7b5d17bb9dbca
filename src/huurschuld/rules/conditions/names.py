"""What a name that is not known may stand for: another spelling, another language, another word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from huurschuld.rules.conditions.other_words import other_words
from huurschuld.rules.facts import FACTS, FactType

_NO_LETTERS: Final = re.compile(r"[\W_]++")


def _plain(name: str) -> str:
    """A name without capitals, spaces, hyphens and underscores."""
    return _NO_LETTERS.sub("", name.casefold())


@cache
def _meanings() -> dict[str, str]:
    """The facts by every other word for them."""
    found = {_plain(word): name for word, name in other_words("facts").items()}
    for name, fact in FACTS.items():
        found.setdefault(_plain(fact.label.nl), name)
        found.setdefault(_plain(fact.label.en), name)
    return found


def same(name: str, among: Iterable[str], own: Iterable[FactType] = ()) -> str | None:
    """Return which of these names is the same in other letters or in another language, if any is.

    Args:
        name: what was written.
        among: the names that there are.
        own: the facts that a policy declares, which may be called by their labels.
    """
    by_letters = {_plain(one): one for one in among}
    labels = {_plain(label): it.name for it in own for label in (it.label.nl, it.label.en)}
    plain = _plain(name)
    other = labels.get(plain) or _meanings().get(plain, "")
    return by_letters.get(plain) or by_letters.get(_plain(other))


def meant(name: str, among: Iterable[str], own: Iterable[FactType] = ()) -> str | None:
    """Return which of these names is probably meant by another one, if any is."""
    known = list(among)
    near = difflib.get_close_matches(name.casefold(), known, 1)
    return same(name, known, own) or (near[0] if near else None)
