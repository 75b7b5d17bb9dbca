"""What the words in a column of a fixed choice, or of yes and no, mean."""

from __future__ import annotations

from collections import Counter
from typing import Final

from huurschuld.model.values import Choice, Kind
from huurschuld.portfolio.mapping.proposing.personal import is_plain_word
from huurschuld.portfolio.mapping.proposing.profiles import Profile
from huurschuld.portfolio.mapping.proposing.vocabulary import meaning
from huurschuld.portfolio.mapping.proposing.writing import Section, listed

_CERTAINLY_EMPTY: Final = ("reached", "returned", "reminder", "debt_help", "offers_sharing")
"""Flags of which an empty cell is a no, where the others are an X."""


def propose_words(columns: Section, name: str, column: Profile, kind: Kind, *, asks_empty: bool) -> bool:
    """Propose the words of a column.

    Args:
        columns: where it is added.
        name: the column of the portfolio.
        column: that of the file.
        kind: what the column of the portfolio may hold.
        asks_empty: whether the mapping must say what an empty cell means.

    Returns:
        Whether all words are plain; else a person has to look at them.
    """
    counted = Counter(column.texts)
    is_choice = isinstance(kind, Choice)
    options = kind.words if isinstance(kind, Choice) else ("true", "false")
    known = {it: meaning(name if is_choice else "flag", it) for it in column.filled}
    rule = columns.sub(name)
    rule.set("column", column.name)
    words = rule.sub("words")
    plain = True
    for word, ours in known.items():
        count = counted[word]
        if ours is not None:
            words.set(word, ours if is_choice else ours == "true", f"{count}x")
        elif is_plain_word(word):
            words.ask(word, f'what is "{word}" in "{column.name}" (rows: {count}): {listed(options)}?')
        else:
            plain = False
    if counted[""] and asks_empty:
        if set(known.values()) == {"true"} and name in _CERTAINLY_EMPTY:
            words.set("", False, "an empty cell, as the others are a yes: check this", check=True)
        else:
            empty = counted[""]
            words.ask(
                "",
                f'what does an empty cell in "{column.name}" mean (rows: {empty}): {listed(options)}?',
            )
    return plain
