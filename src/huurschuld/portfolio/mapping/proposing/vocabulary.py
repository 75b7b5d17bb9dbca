"""The words of exports in `vocabulary.toml`, ready to be compared with headings and cells."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

_WORDS: Final = re.compile(r"[^\W\d_]+")
_NOT_A_WORD: Final = re.compile(r"[^a-z0-9]")
_BETWEEN_WORDS: Final = re.compile(r"[\W_]")
_SHORT: Final = {
    "dat": "datum",
    "dt": "datum",
    "bdr": "bedrag",
    "bedr": "bedrag",
    "srt": "soort",
    "mut": "mutatie",
}
"""Words that systems shorten in their headings."""


def bare(text: str) -> str:
    """A heading or name as patterns are written for it: letters without accents, and digits."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_A_WORD.sub("", plain)


@cache
def _document() -> dict[str, Any]:
    with Path(__file__).with_suffix(".toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _patterns(*keys: str) -> tuple[re.Pattern[str], ...]:
    found = _document()
    for key in keys:
        found = found.get(key, {})
    return tuple(re.compile(bare_pattern) for bare_pattern in found)


def heading_rank(table: str, column: str, heading: str) -> int | None:
    """How well a heading fits a column, 0 best; None if it does not."""
    if column in ("tenancy", "id") and (column == "tenancy" or table == "tenancies"):
        keys = [*_patterns("key", "strong"), *_patterns("key", "weak")]
    else:
        keys = [*_patterns("headings", table, column)]
    names = _ways_to_write(heading)
    return next((rank for rank, it in enumerate(keys) if any(map(it.fullmatch, names))), None)


@cache
def _ways_to_write(heading: str) -> tuple[str, ...]:
    """A heading, and what means the same: `DAT_VERVAL` and `Datum verval` are `vervaldatum`."""
    words = [_SHORT.get(it, it) for it in map(bare, _BETWEEN_WORDS.split(heading)) if it]
    turned = [*words[1:2], *words[:1], *words[2:]]
    return (bare(heading), "".join(words), "".join(turned))


def strong_keys() -> int:
    """How many of the ranks of a key say for certain that a column names the tenancy."""
    return len(_patterns("key", "strong"))


def is_part_of_key(heading: str) -> bool:
    """Whether a heading is that of a part of an id, such as the complex and the unit."""
    return any(it.fullmatch(bare(heading)) for it in _patterns("key", "parts"))


def is_part_of_rent(heading: str) -> bool:
    """Whether a heading is that of a part of the gross rent, such as the net rent."""
    return any(it.fullmatch(bare(heading)) for it in _patterns("rent_parts", "headings"))


def is_status(heading: str, words: Iterable[str]) -> bool:
    """Whether a column has a status, or another currency than euros: by it rows may not count."""
    return any(it.fullmatch(bare(heading)) for it in _patterns("status", "headings")) and any(
        it.casefold() not in _document()["status"]["harmless"] for it in words
    )


def period_of_rent(heading: str) -> str | None:
    """The period that the heading of a rent names, where it is not the month: `Weekhuur`."""
    name = bare(heading)
    periods = _document()["rent_periods"].items()
    return next((ours for ours, theirs in periods if any(it in name for it in theirs)), None)


def is_status_word(text: str) -> bool:
    """Whether a status is made of words that are known, or is a code of one or two characters."""
    words = _document()["status"]["words"]
    return len(text) <= 2 or all(it in words for it in _WORDS.findall(text.casefold()) or [""])


def columns_with_headings(table: str) -> list[str]:
    """The columns of a table whose headings are known, in the order in which they choose."""
    return list(_document()["headings"].get(table, {}))


def is_known_heading(heading: str) -> bool:
    """Whether a heading is one of any table, or of personal data: then its line is that of headings."""
    return bool(bare(heading)) and (
        is_personal_heading(heading)
        or any(
            heading_rank(table, column, heading) is not None
            for table in _document()["headings"]
            for column in ("tenancy", *columns_with_headings(table))
        )
    )


def is_personal_heading(heading: str) -> bool:
    """Whether a heading is that of personal data, which is not read and not shown."""
    name = bare(heading)
    return any(it.fullmatch(name) for it in _patterns("personal", "headings"))


def name_hints(name: str) -> set[str]:
    """The tables that the name of a file or sheet suggests."""
    plain = bare(name)
    return {table for table, parts in _document()["names"].items() if any(it in plain for it in parts)}


@cache
def _meanings(column: str) -> Mapping[str, str]:
    given = _document()["words"].get(column, {})
    return {word: ours for ours, its in given.items() for word in its}


def meaning(column: str, word: str) -> str | None:
    """What a word means in a column (`kind`, `flag`, `sign` …); None if that is not certain."""
    return _meanings(column).get(" ".join(word.casefold().split()).strip(" .:"))


@cache
def _known_tokens() -> frozenset[str]:
    words = [it for column in _document()["words"].values() for its in column.values() for it in its]
    return frozenset(token for it in words for token in _WORDS.findall(it))


def is_known_phrase(text: str) -> bool:
    """Whether a text is made of words that are known, so that it can be shown: `Huur woning`."""
    tokens = _WORDS.findall(text.casefold())
    return bool(tokens) and all(it in _known_tokens() or len(it) < 3 for it in tokens)


def is_total(text: str) -> str | None:
    """The word for a total that a text begins with, as it is written there; None without one."""
    for word in sorted(_document()["totals"]["words"], key=len, reverse=True):
        if text.casefold().startswith(word) and not text[len(word) : len(word) + 1].isalnum():
            return text[: len(word)]
    return None


def is_none_word(text: str) -> bool:
    """Whether a text stands for an empty cell."""
    return text.casefold() in _document()["none"]["words"]


def is_no_day(text: str) -> bool:
    """Whether a text stands for a day that there is not, such as an end in 9999."""
    return text.partition(" ")[0] in _document()["none"]["days"] or is_none_word(text)


def has_words_of_names(text: str) -> bool:
    """Whether a text holds words that go with names of people."""
    words = _WORDS.findall(text.casefold())
    return any(it in _document()["personal"]["letter_words"] for it in words)
