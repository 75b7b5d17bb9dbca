"""What the entries of a file are: their kinds, by word, by sign, or by the name of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.portfolio.mapping.document import OPEN
from huurschuld.portfolio.mapping.proposing.matching import File
from huurschuld.portfolio.mapping.proposing.profiles import Profile
from huurschuld.portfolio.mapping.proposing.signs import has_signs, signs_of
from huurschuld.portfolio.mapping.proposing.vocabulary import bare, meaning
from huurschuld.portfolio.mapping.proposing.writing import Section, listed

_PAYMENTS: Final = ("betaling", "ontvangst")
"""What is in the name of a file of payments, if nothing of `_NO_PAYMENTS` is."""
_NO_PAYMENTS: Final = ("huur", "factu", "vorder", "mutat", "boek", "regeling", "rekening")
_KINDS: Final = tuple(ENTRY_CLASSES)


def propose_kind(file: File, columns: Section) -> set[str]:
    """Propose what the kinds are; return those that occur, with `?` for one that is open."""
    found = file.fitting["entries"]
    kind = found.get("kind")
    signs = signs_of(file)
    if kind is None:
        return _without_words(file, columns, signs)
    rule = columns.sub("kind")
    rule.set("column", kind.name)
    texts = kind.words
    counted = Counter(zip(texts, signs, strict=True))
    sides = [side for side in ("plus", "minus") if any(sign == side for _, sign in counted)]
    by_sign = "minus" in sides or has_signs(file)
    if not by_sign:
        words = rule.sub("words")
        _remark_hidden(words, [it for it in texts if it and not _is_shown(kind, it)])
        counts = sorted(Counter(texts).items())
        return {_word(words, kind, it, count, "") for it, count in counts if it}
    meant = set()
    for side in ("plus", "minus"):
        words = rule.sub(side)
        own = [it for it, sign in zip(texts, signs, strict=True) if it and sign == side]
        _remark_hidden(words, [it for it in own if not _is_shown(kind, it)])
        for word in sorted({it for it in texts if it}):
            count, other = counted[word, side], counted[word, "minus" if side == "plus" else "plus"]
            if count:
                meant.add(_word(words, kind, word, count, side if other >= count else "", other))
    if not sides:
        rule.set("plus", {})  # no entries yet: each word is refused until it is explained
    return meant


def _is_shown(kind: Profile, word: str) -> bool:
    return meaning("kind", word.removesuffix("*")) is not None or kind.may_show(word)


def _remark_hidden(words: Section, hidden: Sequence[str]) -> None:
    """Tell that there are words which are not shown, since they may be personal data."""
    if hidden:
        words.remark(
            f"further rows: {len(hidden)}, with words that may be personal data and are not shown. Look "
            'at them, and add what they begin with, such as "Overboeking *" = "payment"'
        )


def _word(words: Section, kind: Profile, word: str, count: int, doubtful: str, other: int = 0) -> str:
    """Propose what one word means, or ask."""
    known = meaning("kind", word.removesuffix("*"))
    if known is not None and not doubtful:
        words.set(word, known, f"{count}x")
        return known
    if not _is_shown(kind, word):
        return OPEN
    if known is not None:
        words.ask(
            word,
            f'"{word}" has a {doubtful} here (rows: {count}), and the other sign elsewhere '
            f"(rows: {other}). "
            f"What is it with a {doubtful}: {listed(_KINDS)}?",
        )
    else:
        words.ask(
            word,
            f'what is "{word}" in "{kind.name}" (rows: {count}): {listed(_KINDS)}? If it is none '
            "of these, "
            "take this line out and name the word in leave_out",
        )
    return OPEN


def _without_words(file: File, columns: Section, signs: Sequence[str]) -> set[str]:
    """Propose what entries are that no column of words tells apart: by their sign, or by the file."""
    seen, found = set(signs), file.fitting["entries"]
    if "minus" in seen or has_signs(file):
        rule = columns.sub("kind")
        for side in ("plus", "minus"):
            rule.ask(
                side,
                f"no column says what the entries are. What is an amount with a {side}: "
                f"{listed(_KINDS)}?",
            )
        return {OPEN}
    name = bare(file.seen.name)
    if "prolong" in name:
        columns.set("kind", {"always": "rent"}, "by the name of the file: check this", check=True)
        return {"rent"}
    speaks_against = "due" in found or any(it in name for it in _NO_PAYMENTS)
    if any(it in name for it in _PAYMENTS) and not speaks_against:
        columns.set("kind", {"always": "payment"}, "by the name of the file: check this", check=True)
        return {"payment"}
    rule = columns.sub("kind")
    rule.ask("always", f"no column says what the entries are. What are they all: {listed(_KINDS)}?")
    return {OPEN}
