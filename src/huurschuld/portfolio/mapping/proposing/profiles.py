"""What the cells of a column look like, without their values: days, amounts, words, or a person's."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Final

from huurschuld.portfolio.mapping.amounts import CENTS, EURO, read_amount
from huurschuld.portfolio.mapping.days import EXCEL
from huurschuld.portfolio.mapping.proposing.day_formats import (
    FORMATS,
    MONTHS,
    are_days,
    formats_of,
    is_day,
    shown_by,
)
from huurschuld.portfolio.mapping.proposing.looking import Seen
from huurschuld.portfolio.mapping.proposing.personal import is_plain_word, look_personal
from huurschuld.portfolio.mapping.proposing.vocabulary import (
    bare,
    is_known_phrase,
    is_no_day,
    is_none_word,
    is_personal_heading,
)
from huurschuld.portfolio.mapping.sheets import ERROR_CELL, normal
from huurschuld.portfolio.mapping.unfit import Unfit

_DIGITS: Final = frozenset("0123456789")
_MOST_WORDS: Final = 40
_FREE_TEXT: Final = ("omschr", "mededeling", "descr", "tekst", "betreft", "onderwerp")
"""What headings of texts begin with that may say anything."""
_READINGS: Final = ((EURO, ","), (EURO, "."), (CENTS, None))
_VARYING: Final = re.compile(
    r"(?<=[^\W\d_] )((over|voor|van|t/m|nr\.?|periode|maand) )*"
    r"(jan|feb|m(aa)?rt|apr|mei|jun|jul|aug|sep|okt|nov|dec|[0-9]).*$",
    re.IGNORECASE,
)
"""The end of a description that another month has otherwise."""


class Profile:
    """One column of a file.

    Attributes:
        number: its number, from 1.
        heading: as it is written.
        texts: its cells, from the first row to the last.
        misfits: how many cells are not what the others are; see `mostly`.
    """

    def __init__(self, seen: Seen, number: int) -> None:
        self._seen = seen
        self.number = number
        self.heading = seen.headings[number - 1]
        self.texts = [it.cells[number - 1] if number <= len(it.cells) else "" for it in seen.rows]
        self.is_unique_heading = [normal(it) for it in seen.headings].count(normal(self.heading)) == 1
        self.misfits = 0
        self._in_sheet = seen.sheet is not None

    @property
    def name(self) -> str | int:
        """What a mapping calls it: its heading, or its number where that does not tell it apart."""
        return self.heading if self.is_unique_heading and self.heading else self.number

    @cached_property
    def filled(self) -> list[str]:
        """The different texts of its cells that are not empty, nor an error of a spreadsheet."""
        return sorted({it for it in self.texts if it and it != ERROR_CELL})

    @cached_property
    def is_personal(self) -> bool:
        """Whether it looks like personal data, by its heading or its cells."""
        return is_personal_heading(self.heading) or look_personal(self.filled)

    @cached_property
    def days(self) -> tuple[str, ...]:
        """The formats in which all its cells are days; several if that is not certain."""
        return self._day_reading[0]

    @cached_property
    def no_days(self) -> tuple[str, ...]:
        """The texts among its days that stand for no day, such as 31-12-9999."""
        return self._day_reading[1]

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The formats in which all its cells are months without a day, such as `2026-08`."""
        return tuple(it for it in MONTHS if self.filled and are_days(it, self.filled))

    @cached_property
    def has_both_orders(self) -> bool:
        """Whether the day comes first in some cells, and the month in others."""
        for by in "-/.":
            day_first, month_first = f"d{by}m{by}yyyy", f"m{by}d{by}yyyy"
            fit = [(are_days(day_first, [it]), are_days(month_first, [it])) for it in self.filled]
            if (True, False) in fit and (False, True) in fit:
                return True
        return False

    def mostly(self, *, days: bool) -> Profile | None:
        """The column as if it had only the cells that are days, or amounts; None if few of them are.

        A cell that does not fit is told when the file is read: it is no reason to pass over its column.
        """
        filled = [it for it in self.texts if it and it != ERROR_CELL]
        fits: list[Callable[[str], bool]] = (
            [partial(is_day, loose, self._in_sheet) for _, loose in FORMATS]
            if days
            else [partial(self._reads, unit=unit, decimal=by) for unit, by in _READINGS]
        )
        kept: list[str] = max(([it for it in filled if own(it)] for own in fits), key=len)
        if 2 * len(kept) <= len(filled):
            return None
        found = Profile(self._seen, self.number)
        found.filled = sorted(set(kept))
        found.misfits = len(filled) - len(kept)
        if days:
            found.has_both_orders = self.has_both_orders  # those of the other order are not kept
        return found

    @cached_property
    def _day_reading(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        none = tuple(it for it in self.filled if is_no_day(it))
        texts = [it for it in self.filled if it not in none]
        formats = formats_of(texts, in_sheet=self._in_sheet)
        return shown_by(none, formats), none

    @cached_property
    def has_mixed_days(self) -> bool:
        """Whether some cells are days of a spreadsheet and others days as texts.

        Excel makes that of a file with another order of day and month: what it can turn around, it does.
        """
        texts = [it for it in self.filled if it not in self.no_days]
        dates = [it for it in texts if are_days(EXCEL, [it])]
        others = [it for it in texts if it not in dates]
        return self._in_sheet and bool(dates and others) and bool(formats_of(others, in_sheet=False))

    @cached_property
    def amounts(self) -> frozenset[tuple[str, str | None]]:
        """The units and signs of decimals by which all its cells are amounts."""
        return frozenset(
            reading for reading in _READINGS if all(self._reads(it, *reading) for it in self._money)
        )

    @cached_property
    def has_decimals(self) -> str | None:
        """What certainly stands before decimals here; None if no cell shows it."""
        return next((by for by in ",." if any(_has_cents(it, by) for it in self._money)), None)

    @cached_property
    def no_amounts(self) -> tuple[str, ...]:
        """The texts that stand for no amount."""
        return tuple(it for it in self.filled if is_none_word(it))

    @cached_property
    def _money(self) -> list[str]:
        return [it for it in self.filled if not is_none_word(it)]

    def _reads(self, text: str, unit: str, decimal: str | None) -> bool:
        try:
            read_amount(text, unit, decimal, in_sheet=self._in_sheet)
        except Unfit:
            return False
        return True

    @cached_property
    def words(self) -> list[str]:
        """Its cells, where only a month, year or number differs as what they begin with: `Huur *`."""
        return grouped(self.texts)

    @cached_property
    def has_words(self) -> bool:
        """Whether it holds a few words again and again, that are no numbers and nobody's names."""
        filled = [it for it in self.words if it]
        different = set(filled)
        few = len(different) <= _MOST_WORDS and (
            len(different) <= 12 or len(different) * 5 <= len(filled)
        )
        if not few or self.is_personal or ERROR_CELL in different:
            return False
        if self._is_free_text:
            known = [it for it in filled if is_known_phrase(it)]
            return 2 * len(known) >= len(filled)
        return all(map(is_plain_word, different))

    def may_show(self, word: str) -> bool:
        """Whether a word of it may be shown: it is nobody's name, as far as can be seen."""
        return is_plain_word(word) and (not self._is_free_text or is_known_phrase(word))

    @property
    def _is_free_text(self) -> bool:
        return bare(self.heading).startswith(_FREE_TEXT)


def grouped(texts: Sequence[str]) -> list[str]:
    """Texts as what they begin with, where only a month, year or number follows: `Huur *`."""
    begins = [_VARYING.sub("", it) for it in texts]
    return [f"{own}*" if own != it else it for it, own in zip(texts, begins, strict=True)]


def _has_cents(text: str, by: str) -> bool:
    """Whether one or two digits stand behind the last mark, and no others after it."""
    _, mark, behind = text.rstrip("".join(set(text) - _DIGITS)).rpartition(by)
    return mark == by and 1 <= len(behind) <= 2 and set(behind) <= _DIGITS
