"""Working days and statutory time limits: the Algemene termijnenwet (text of 2010-10-10).

| article | what it says |
|---|---|
| 1 | a term set in a law that ends on a Saturday, Sunday or holiday runs on to the next other day |
| 2 | such a term of at least three days has at least two days that are none of these |
| 3 | the holidays, and the days that a royal decree puts on a par with them |
| 4 | not for terms in hours, or of more than 90 days, twelve weeks or three months |
| 5 | also for terms set in a decree (AMvB) |

The holidays are a table of our own. 5 May is one in every year, and public calendars lack it in most; so
they do the days of royal decrees. Those were found for 2017 to 2028: `Calendar.knows` says whether all
days of a period are known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from attrs import field, frozen

from huurschuld.cases.words import one_of
from huurschuld.errors import InvalidValue
from huurschuld.model.values import Whole
from huurschuld.rules.sources import Phrase, Source, SourceKind

FIRST_YEAR: Final = 2011
"""The first year of the calendar: the text of the law that was read is of 2010-10-10."""
LAST_YEAR: Final = 2199

_SATURDAY: Final = 5
_ONE_DAY: Final = dt.timedelta(days=1)
_LAW_URL: Final = "https://wetten.overheid.nl/BWBR0002448"
_LAST_QUEENS_DAY: Final = 2013


def _decree(title: str, nl: str, en: str, dated: dt.date | None = None) -> Source:
    return Source(SourceKind.LAW, title, Phrase(nl, en), dated)


_OF_2016: Final = _decree(
    "Stcrt. 2016-58653",
    "koninklijk besluit over 2017 tot en met 2019, gelezen in een tweede bron",
    "royal decree on 2017 to 2019, read in a secondary source",
    dt.date(2016, 10, 31),
)
_OF_2019: Final = _decree(
    "Besluit van 20 september 2019",
    "koninklijk besluit over 2020 tot en met 2022, gelezen in een tweede bron",
    "royal decree on 2020 to 2022, read in a secondary source",
    dt.date(2019, 9, 20),
)
_OF_2023: Final = _decree(
    "Besluit gelijkstelling 2023-2025",
    "koninklijk besluit over 2023 tot en met 2025, gelezen in een tweede bron",
    "royal decree on 2023 to 2025, read in a secondary source",
)
_OF_2026: Final = _decree(
    "Besluit gelijkstelling 2026-2028",
    "koninklijk besluit over 2026 tot en met 2028, gelezen in een tweede bron",
    "royal decree on 2026 to 2028, read in a secondary source",
)

DECREE_DAYS: Final[Mapping[dt.date, Source]] = {
    dt.date.fromisoformat(day): source
    for source, days in (
        (_OF_2016, "2017-04-28 2017-05-26 2018-05-11 2018-12-24 2018-12-31 2019-05-31 2019-12-27"),
        (_OF_2019, "2020-05-22 2021-05-14 2022-05-27"),
        (_OF_2023, "2023-04-28 2023-05-19 2024-05-10 2024-12-27 2025-05-30"),
        (_OF_2026, "2026-01-02 2026-05-15 2027-05-07 2028-04-28 2028-05-26"),
    )
    for day in days.split()
}
"""The days that royal decrees put on a par with holidays (art. 3, third paragraph)."""

_NAMES: Final = {
    "new_year": Phrase("Nieuwjaarsdag", "New Year's Day"),
    "good_friday": Phrase("Goede Vrijdag", "Good Friday"),
    "easter": Phrase("tweede paasdag", "Easter Monday"),
    "king": Phrase("Koningsdag", "King's Day"),
    "queen": Phrase("Koninginnedag", "Queen's Day"),
    "liberation": Phrase("Bevrijdingsdag", "Liberation Day"),
    "ascension": Phrase("Hemelvaartsdag", "Ascension Day"),
    "whit": Phrase("tweede pinksterdag", "Whit Monday"),
    "christmas": Phrase("eerste kerstdag", "Christmas Day"),
    "boxing": Phrase("tweede kerstdag", "Boxing Day"),
}
_BY_DECREE: Final = Phrase("gelijkgestelde dag", "day set by royal decree")


def easter_sunday(year: int) -> dt.date:
    """Return Easter Sunday in the Gregorian calendar, by the anonymous algorithm (Meeus, 1991)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moved = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moved + 15) % 30
    quarter, remainder = divmod(in_century, 4)
    weekday = (32 + 2 * rest + 2 * quarter - epact - remainder) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)


@cache
def statutory_holidays(year: int) -> Mapping[dt.date, Phrase]:
    """Return the holidays of a year that the law itself names, with their names."""
    easter = easter_sunday(year)
    is_queens = year <= _LAST_QUEENS_DAY
    birthday = dt.date(year, 4, 30 if is_queens else 27)
    if birthday.weekday() == _SATURDAY + 1:
        birthday -= _ONE_DAY
    return {
        dt.date(year, 1, 1): _NAMES["new_year"],
        easter - dt.timedelta(days=2): _NAMES["good_friday"],
        easter + _ONE_DAY: _NAMES["easter"],
        birthday: _NAMES["queen" if is_queens else "king"],
        dt.date(year, 5, 5): _NAMES["liberation"],
        easter + dt.timedelta(days=39): _NAMES["ascension"],
        easter + dt.timedelta(days=50): _NAMES["whit"],
        dt.date(year, 12, 25): _NAMES["christmas"],
        dt.date(year, 12, 26): _NAMES["boxing"],
    }


class TermUnit(StrEnum):
    """What a term is counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    WORKING_DAYS = "working-days"


def _as_unit(given: TermUnit | str) -> TermUnit:
    return one_of(TermUnit, given, "/unit")


@frozen
class Term:
    """How long something may take (termijn), counted from the day after the one on which it begins.

    Attributes:
        number: how many, 1 to 3650.
        unit: of what.
        statutory: whether it is set in a law or decree, so that the Algemene termijnenwet extends it.

    Raises:
        InvalidValue: at the field.
    """

    number: int = field(validator=Whole(1, 3_650))
    unit: TermUnit = field(converter=_as_unit)
    statutory: bool

    @property
    def is_extended(self) -> bool:
        """Whether the Algemene termijnenwet extends it (articles 1, 2 and 4)."""
        most = {TermUnit.DAYS: 90, TermUnit.WEEKS: 12}.get(self.unit)
        return self.statutory and most is not None and self.number <= most


@frozen
class Calendar:
    """Which days are working days: none of Saturday, Sunday, holiday or day set by decree.

    Attributes:
        decree_days: the days that royal decrees put on a par with holidays, each with its source.
        known_years: the first and the last year of which these days are known.
    """

    decree_days: Mapping[dt.date, Source] = field(factory=lambda: DECREE_DAYS, hash=False)
    known_years: tuple[int, int] = (2017, 2028)

    def holidays(self, year: int) -> dict[dt.date, Phrase]:
        """Return all holidays of a year in order, those by decree among them.

        Raises:
            InvalidValue: there is no calendar of that year.
        """
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise InvalidValue("/year", f"a year from {FIRST_YEAR} to {LAST_YEAR} is expected")
        by_decree = {day: _BY_DECREE for day in self.decree_days if day.year == year}
        return dict(sorted((by_decree | dict(statutory_holidays(year))).items()))

    def is_working_day(self, day: dt.date) -> bool:
        """Whether a day is none of Saturday, Sunday and holiday."""
        return (
            day.weekday() < _SATURDAY
            and day not in self.decree_days
            and day not in statutory_holidays(day.year)
        )

    def knows(self, first: dt.date, last: dt.date) -> bool:
        """Whether the decrees for all days of a period are known."""
        return self.known_years[0] <= first.year and last.year <= self.known_years[1]

    def end(self, begin: dt.date, term: Term) -> dt.date:
        """Return the last day of a term.

        Args:
            begin: the day on which it begins, which does not count: of four weeks from a Tuesday the
                last day is a Tuesday.
            term: how long it is.

        Raises:
            InvalidValue: there is no calendar of these days.
        """
        if not FIRST_YEAR <= begin.year < LAST_YEAR - 10:
            raise InvalidValue("/begin", f"a day from {FIRST_YEAR} to {LAST_YEAR - 11} is expected")
        if term.unit is TermUnit.WORKING_DAYS:
            return self._working_day(begin, term.number)
        days = term.number * (7 if term.unit is TermUnit.WEEKS else 1)
        last = begin + dt.timedelta(days=days)
        if not term.is_extended:
            return last
        if days >= 3:
            last = max(last, self._working_day(begin, 2))
        while not self.is_working_day(last):
            last += _ONE_DAY
        return last

    def _working_day(self, begin: dt.date, number: int) -> dt.date:
        """Return the working day that is so many working days after a day."""
        return next(day for count, day in enumerate(self._working_days(begin), 1) if count == number)

    def _working_days(self, begin: dt.date) -> Iterator[dt.date]:
        day = begin
        while True:
            day += _ONE_DAY
            if self.is_working_day(day):
                yield day


CALENDAR: Final = Calendar()
"""The calendar with all that was found."""
