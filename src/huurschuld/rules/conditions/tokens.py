"""A condition in pieces: words, numbers, quoted texts, operators, brackets, and whatever else it has.

Nothing is refused here: what has no place in a condition is a piece too, and `slips` says what it means.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

from attrs import frozen

from huurschuld.errors import InvalidValue, Piece, shortened
from huurschuld.model.quotation_marks import CURLY

QUOTES: Final = f"\"'{CURLY}"
"""Quotation marks, those of word processors too."""
COMPARISONS: Final = (">", ">=", "<", "<=")
"""The signs of a comparison."""


class Sort(Enum):
    """What a piece looks like."""

    NAME = auto()
    NUMBER = auto()
    TEXT = auto()
    OPERATOR = auto()
    OTHER = auto()
    END = auto()


@frozen
class Token:
    """One piece of a condition, and where it stands; the end is the position after it."""

    sort: Sort
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position after it."""
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words."""
        return self.sort is Sort.NAME and self.text in words

    def is_mark(self, *marks: str) -> bool:
        """Whether it is one of these operators or other characters."""
        return self.sort in (Sort.OPERATOR, Sort.OTHER) and self.text in marks

    def __str__(self) -> str:
        return "the end" if self.sort is Sort.END else self.text


_TOKEN: Final = re.compile(
    rf"""(?P<TEXT>"[^"]*+"?|'[^']*+'?|[{CURLY}][^"'{CURLY}]*+["'{CURLY}]?)"""
    r"|(?P<NUMBER>[0-9]\w*+(?:[.,][0-9]\w*+)*+)"
    r"|(?P<NAME>[^\W\d]\w*+)"
    r"|(?P<OPERATOR>[<>=!≠≤≥⩽⩾≦≧＜＞]++|&&?|\|\|?)"
    r"|(?P<OTHER>\S)"
)


def tokens_of(source: str) -> list[Token]:
    """Split a condition; the last piece is the end, directly behind the one before it."""
    found = [
        Token(Sort[match.lastgroup or ""], match[0], match.start()) for match in _TOKEN.finditer(source)
    ]
    return [*found, Token(Sort.END, "", found[-1].end if found else 0)]


def wrong(source: str, start: int, end: int, problem: str, remedy: str) -> InvalidValue:
    """Return the error for a part of a condition; its place is that of the condition."""
    error = InvalidValue("", shortened(" ".join(problem.split())), shortened(" ".join(remedy.split())))
    error.piece = Piece(source[start:end], start)
    return error
