"""A file that holds rows of several tables, with a column that says what each row is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import evolve

from huurschuld.portfolio.mapping.proposing.looking import Seen
from huurschuld.portfolio.mapping.proposing.personal import is_plain_word

_MOST_TYPES: Final = 8


def by_record_type(seen: Seen) -> list[Seen]:
    """The file as one for each type of its rows, with the columns that this type fills in.

    A column says the types if each of its words has a column of its own, which is filled in there and
    never in the other rows. Without such a column the file is returned as it is.
    """
    for at in range(len(seen.headings)):
        words = list(dict.fromkeys(_cell(row.cells, at) for row in seen.rows))
        if 2 <= len(words) <= _MOST_TYPES and all(it and is_plain_word(it) for it in words):
            parts = [_of_type(seen, at, words, word) for word in words]
            if _have_columns_of_their_own(parts):
                return parts
    return [seen]


def _of_type(seen: Seen, at: int, words: Sequence[str], word: str) -> Seen:
    rows = [row for row in seen.rows if _cell(row.cells, at) == word]
    is_used = [
        number != at and any(_cell(row.cells, number) for row in rows)
        for number in range(len(seen.headings))
    ]
    return evolve(
        seen,
        rows=rows,
        used=tuple(is_used),
        left_out=(seen.headings[at], tuple(it for it in words if it != word)),
    )


def _have_columns_of_their_own(parts: Sequence[Seen]) -> bool:
    """Whether each part fills in a column, in all of its rows, that no other part fills in."""
    for part in parts:
        others = [it for it in parts if it is not part]
        own = [
            number
            for number, used in enumerate(part.used)
            if used
            and not any(it.used[number] for it in others)
            and all(_cell(row.cells, number) for row in part.rows)
        ]
        if not own:
            return False
    return True


def _cell(cells: Sequence[str], number: int) -> str:
    return cells[number] if number < len(cells) else ""
