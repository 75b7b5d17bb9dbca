"""What words mean, by the mapping: whole words, or what begins with some text (`Huur *`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

_ANY: Final = "*"


def _longest_first(given: Mapping[str, str | None]) -> tuple[tuple[str, str | None], ...]:
    found = [(it.removesuffix(_ANY), value) for it, value in given.items() if it.endswith(_ANY)]
    return tuple(sorted(found, key=lambda it: -len(it[0])))


@frozen
class Words:
    """Words with what they mean; None means that the cell is empty.

    Attributes:
        exact: by word, in lower case.
        beginnings: by what a text begins with, in lower case, the longest first.
    """

    exact: Mapping[str, str | None]
    beginnings: tuple[tuple[str, str | None], ...] = field(init=False)

    @beginnings.default
    def _beginnings(self) -> tuple[tuple[str, str | None], ...]:
        return _longest_first(self.exact)

    def __contains__(self, text: str) -> bool:
        word = text.casefold()
        return word in self.exact or any(word.startswith(it) for it, _ in self.beginnings)

    def get(self, text: str) -> str | None:
        """What a text means; None if that is not said, or that it means nothing."""
        word = text.casefold()
        if word in self.exact:
            return self.exact[word]
        return next((value for it, value in self.beginnings if word.startswith(it)), None)

    def is_whole(self, text: str) -> bool:
        """Whether a text is one of the words, and no other begins with it."""
        word = text.casefold()
        others = any(it != word and it.startswith(word) for it in self.exact)
        return word in self.exact and not others
