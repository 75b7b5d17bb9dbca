"""Which words and cells may be of a person: these are neither read nor shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from huurschuld.portfolio.mapping.proposing.vocabulary import has_words_of_names

_NUMBER_OR_MAIL: Final = re.compile("[0-9]{5}|@")
_INITIALS: Final = re.compile(r"\b(?:[A-Z]\.){1,4} ?[A-Z]")
_EIGHT_OR_NINE: Final = re.compile("[0-9]{8,9}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2} ?[A-Z]{4}( ?[0-9]){6,}")
_PHONE: Final = re.compile(
    r"(\+|00)31[ -]?[0-9 -]{8,12}|06[ -]?[0-9]([ -]?[0-9]){7}|0[1-9][0-9]{1,2}-[0-9]{6,7}"
)
_POSTCODE: Final = re.compile(r"[1-9][0-9]{3} ?[A-Z]{2}\b.*")
_OF_A_PERSON: Final = (_EMAIL.fullmatch, _IBAN.fullmatch, _PHONE.fullmatch, _POSTCODE.fullmatch)
_WITH_INITIALS: Final = re.compile(r"(?:[A-Z]\.){1,4}.*")
_TWO_NAMES: Final = re.compile(r"[A-Z][a-z]++,? [A-Z][a-z]+")
_LONGEST_WORD: Final = 40


def look_personal(texts: Sequence[str]) -> bool:
    """Whether so many of the different texts of a column look like personal data that it holds these."""
    return any(_share(texts, fits) > 0.3 for fits in (*_OF_A_PERSON, _looks_like_a_name)) or (
        len(texts) >= 5 and _share(texts, _is_bsn) > 0.8
    )


def is_plain_word(text: str) -> bool:
    """Whether a text may be shown: a short word or code, that does not look like a person's."""
    return (
        len(text) <= _LONGEST_WORD
        and text.isprintable()
        and not _NUMBER_OR_MAIL.search(text)
        and not has_words_of_names(text)
        and not any(fits(text) for fits in _OF_A_PERSON)
        and not _INITIALS.search(text)
    )


def _looks_like_a_name(text: str) -> bool:
    """Whether a text may be `J. Jansen`, `Jansen, J.` or `Jan Jansen`."""
    before, comma, behind = text.rpartition(",")
    initials = behind.lstrip() if before and comma else text
    return bool(_WITH_INITIALS.fullmatch(initials) or _TWO_NAMES.fullmatch(text))


def _share(texts: Sequence[str], fits: Callable[[str], object]) -> float:
    return sum(1 for it in texts if fits(it)) / len(texts) if texts else 0.0


def _is_bsn(text: str) -> bool:
    """Whether a text passes the test of eleven (elfproef) of a citizen service number."""
    if not _EIGHT_OR_NINE.fullmatch(text):
        return False
    digits = [int(it) for it in text.zfill(9)]
    return sum(w * it for w, it in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits, strict=True)) % 11 == 0
