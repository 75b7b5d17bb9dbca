"""What the cells of a column look like, without their values: days, amounts, words, or a person's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import Final

from huurschuld.model.values import DAY
from huurschuld.portfolio.mapping.amounts import CENTS, EURO, read_amount
from huurschuld.portfolio.mapping.days import EXCEL, SERIAL, ParseDay, day_format
from huurschuld.portfolio.mapping.proposing.looking import Seen
from huurschuld.portfolio.mapping.proposing.vocabulary import (
    bare,
    has_words_of_names,
    is_known_phrase,
    is_no_day,
    is_none_word,
    is_personal_heading,
)
from huurschuld.portfolio.mapping.sheets import ERROR_CELL, normal
from huurschuld.portfolio.mapping.unfit import Unfit

_NUMBER_OR_MAIL: Final = re.compile("[0-9]{5}|@")
_INITIALS: Final = re.compile(r"\b(?:[A-Z]\.){1,4} ?[A-Z]")
_FROM_ONE: Final = re.compile("[1-9]")
_EIGHT_OR_NINE: Final = re.compile("[0-9]{8,9}")
_DIGITS: Final = frozenset("0123456789")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2} ?[A-Z]{4}( ?[0-9]){6,}")
_PHONE: Final = re.compile(
    r"(\+|00)31[ -]?[0-9 -]{8,12}|06[ -]?[0-9]([ -]?[0-9]){7}|0[1-9][0-9]{1,2}-[0-9]{6,7}"
)
_POSTCODE: Final = re.compile(r"[1-9][0-9]{3} ?[A-Z]{2}\b.*")
_OF_A_PERSON: Final = (_EMAIL.fullmatch, _IBAN.fullmatch, _PHONE.fullmatch, _POSTCODE.fullmatch)
_WITH_INITIALS: Final = re.compile(r"(?:[A-Z]\.){1,4}.*")
_TWO_NAMES: Final = re.compile(r"[A-Z][a-z]++,? [A-Z][a-z]+")
_MOST_WORDS: Final = 40
_LONGEST_WORD: Final = 40
_FREE_TEXT: Final = ("omschr", "mededeling", "descr", "tekst", "betreft", "onderwerp")
"""What headings of texts begin with that may say anything."""
_SHORT: Final = range(1950, 2050)

_FAMILIES: Final = (
    *(
        (padded, loose)
        for by in "-/. "
        for padded, loose in (
            (f"dd{by}mm{by}yyyy", f"d{by}m{by}yyyy"),
            (f"mm{by}dd{by}yyyy", f"m{by}d{by}yyyy"),
            (f"yyyy{by}mm{by}dd", f"yyyy{by}m{by}d"),
            (f"dd{by}mm{by}yy", f"d{by}m{by}yy"),
            (f"mm{by}dd{by}yy", f"m{by}d{by}yy"),
            (f"dd{by}mmm{by}yyyy", f"d{by}mmm{by}yyyy"),
            (f"dd{by}mmm{by}yy", f"d{by}mmm{by}yy"),
        )
    ),
    ("yyyymmdd", "yyyymmdd"),
    ("ddmmyyyy", "ddmmyyyy"),
)
_MONTHS: Final = (
    *(
        f"{form[0]}{by}{form[1]}"
        for by in "-/. "
        for form in (("yyyy", "mm"), ("mm", "yyyy"), ("mmm", "yyyy"))
    ),
    "yyyymm",
)
_READINGS: Final = ((EURO, ","), (EURO, "."), (CENTS, None))
_TIMED: Final = re.compile(r"(?P<by>[ T])[0-9]{1,2}:[0-9]{2}")
_PADDED: Final = re.compile(r"(?<![0-9])0[0-9](?![0-9:])")


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
        if is_personal_heading(self.heading):
            return True
        return any(_share(self.filled, fits) > 0.3 for fits in (*_OF_A_PERSON, _looks_like_a_name)) or (
            len(self.filled) >= 5 and _share(self.filled, _is_bsn) > 0.8
        )

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
        return tuple(it for it in _MONTHS if self.filled and _fits(it, self.filled))

    @cached_property
    def has_both_orders(self) -> bool:
        """Whether the day comes first in some cells, and the month in others."""
        for by in "-/.":
            day_first, month_first = f"d{by}m{by}yyyy", f"m{by}d{by}yyyy"
            fit = [(_fits(day_first, [it]), _fits(month_first, [it])) for it in self.filled]
            if (True, False) in fit and (False, True) in fit:
                return True
        return False

    def mostly(self, *, days: bool) -> Profile | None:
        """The column as if it had only the cells that are days, or amounts; None if few of them are.

        A cell that does not fit is told when the file is read: it is no reason to pass over its column.
        """
        filled = [it for it in self.texts if it and it != ERROR_CELL]
        fits: list[Callable[[str], bool]] = (
            [partial(_is_day, loose, self._in_sheet) for _, loose in _FAMILIES]
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
        dates = [it for it in texts if _fits(EXCEL, [it])]
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


def _looks_like_a_name(text: str) -> bool:
    """Whether a text may be `J. Jansen`, `Jansen, J.` or `Jan Jansen`."""
    before, comma, behind = text.rpartition(",")
    initials = behind.lstrip() if before and comma else text
    return bool(_WITH_INITIALS.fullmatch(initials) or _TWO_NAMES.fullmatch(text))


def _has_cents(text: str, by: str) -> bool:
    """Whether one or two digits stand behind the last mark, and no others after it."""
    _, mark, behind = text.rstrip("".join(set(text) - _DIGITS)).rpartition(by)
    return mark == by and 1 <= len(behind) <= 2 and set(behind) <= _DIGITS


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


def formats_of(texts: Sequence[str], *, in_sheet: bool) -> tuple[str, ...]:
    """The formats in which all texts are days; in one of each kind, strict if that fits."""
    if not texts:
        return ()
    if in_sheet and _fits(EXCEL, texts):
        return (EXCEL,)
    if in_sheet and _fits(f"{EXCEL} hh:mm", texts):
        return (f"{EXCEL} hh:mm",)
    found = []
    timed = _TIMED.search(texts[0])
    for padded, loose in _FAMILIES:
        for after in ("",) if timed is None else ("", f"{timed['by']}hh:mm"):
            if _fits(loose + after, texts):
                strict = _fits(padded + after, texts) and any(map(_PADDED.search, texts))
                found.append((padded if strict else loose) + after)
                break
    if not found and all(it.isdigit() and len(it) == 5 for it in texts) and _fits(SERIAL, texts):
        return (SERIAL,)
    return tuple(found)


def _fits(format_: str, texts: Iterable[str]) -> bool:
    parse = day_format(format_)
    return parse is not None and all(
        _is_likely(parse, it, short="yyyy" not in format_ and format_ not in (EXCEL, SERIAL))
        for it in texts
    )


def shown_by(none: Iterable[str], formats: Sequence[str]) -> tuple[str, ...]:
    """The formats that what stands for no day allows: 31-12-9999 shows which number is the month."""
    telling = [it for it in none if "9999" in it and _FROM_ONE.search(it.replace("9999", "", 1))]
    parsers = {it: day_format(it) for it in formats}
    shown = [
        it
        for it, parse in parsers.items()
        if parse is not None and all(parse(text) is not None for text in telling)
    ]
    return tuple(shown) or tuple(formats)


def _is_likely(parse: ParseDay, text: str, *, short: bool) -> bool:
    day = parse(text)
    return day is not None and DAY.accepts(day) and (not short or day.year in _SHORT)


def _is_day(format_: str, in_sheet: bool, text: str) -> bool:
    return _fits(format_, [text]) or (in_sheet and _fits(EXCEL, [text]))


def _share(texts: Sequence[str], fits: Callable[[str], object]) -> float:
    return sum(1 for it in texts if fits(it)) / len(texts) if texts else 0.0


def _is_bsn(text: str) -> bool:
    """Whether a text passes the test of eleven (elfproef) of a citizen service number."""
    if not _EIGHT_OR_NINE.fullmatch(text):
        return False
    digits = [int(it) for it in text.zfill(9)]
    return sum(w * it for w, it in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits, strict=True)) % 11 == 0
