"""Working days and statutory time limits, against a public calendar and a slow, obvious calculation."""

from __future__ import annotations

import datetime as dt

import holidays as public_calendars
import pytest
from hypothesis import given, strategies as st
from slow_terms import FIRST, LAST, ONE_DAY, days, slow_end

from huurschuld import InvalidValue
from huurschuld.cases import CALENDAR, DEADLINES, Calendar, Term, TermUnit
from huurschuld.cases.calendar import DECREE_DAYS, easter_sunday
from huurschuld.rules.sources import CHOICE

TERMS = sorted(
    {dated.term for rule in DEADLINES for dated in rule.terms}
    | {Term(2, TermUnit.DAYS, True), Term(3, TermUnit.DAYS, True), Term(12, TermUnit.WEEKS, True)}
    | {Term(13, TermUnit.WEEKS, True), Term(90, TermUnit.DAYS, True), Term(91, TermUnit.DAYS, True)},
    key=str,
)


def test_the_holidays_are_those_of_a_public_calendar_and_what_it_lacks() -> None:
    """From 2012 to 2030: it has Sundays that the law need not name, and lacks 5 May and the decrees."""
    public = public_calendars.country_holidays("NL", years=range(2012, 2031))
    of_law = {day for year in range(2012, 2031) for day in CALENDAR.holidays(year)}
    lacking = of_law - public.keys()
    fifth_of_may = {dt.date(year, 5, 5) for year in range(2012, 2031) if year % 5}
    good_fridays = {easter_sunday(year) - 2 * ONE_DAY for year in range(2012, 2031)}
    known_by_decree = {day for day in DECREE_DAYS if day.year <= 2030}
    assert lacking - good_fridays == (fifth_of_may | known_by_decree) - public.keys()
    assert all(day.weekday() == 6 for day in public.keys() - of_law)


@pytest.mark.parametrize("term", TERMS, ids=lambda it: f"{it.number}-{it.unit}-{it.statutory}")
def test_a_term_ends_as_a_slow_calculation_says(term: Term) -> None:
    """For every start day from 2012 to 2030, one day after the other, as the articles read."""
    for begin in days(FIRST, LAST):
        wanted = slow_end(begin, term.number, term.unit.value, statutory=term.statutory)
        assert CALENDAR.end(begin, term) == wanted


@pytest.mark.parametrize(
    ("begin", "term", "end"),
    [
        ("2026-04-07", Term(4, TermUnit.WEEKS, True), "2026-05-06"),  # 5 May is no working day
        ("2026-04-24", Term(3, TermUnit.WORKING_DAYS, True), "2026-04-30"),  # nor is King's Day
        ("2026-04-17", Term(4, TermUnit.WEEKS, True), "2026-05-18"),  # Ascension, and a day by decree
        ("2025-12-24", Term(3, TermUnit.DAYS, True), "2025-12-30"),  # two working days, at least
        ("2026-04-03", Term(30, TermUnit.DAYS, False), "2026-05-03"),  # practice, not law: a Sunday
        ("2026-02-15", Term(13, TermUnit.WEEKS, True), "2026-05-17"),  # over twelve weeks: a Sunday
    ],
)
def test_terms_of_practice(begin: str, term: Term, end: str) -> None:
    """By hand, with the calendar on the wall."""
    assert CALENDAR.end(dt.date.fromisoformat(begin), term) == dt.date.fromisoformat(end)


@given(st.dates(dt.date(2012, 1, 1), dt.date(2100, 1, 1)), st.sampled_from(TERMS))
def test_a_later_begin_never_ends_earlier(begin: dt.date, term: Term) -> None:
    """And a term never ends before its plain number of days."""
    assert CALENDAR.end(begin, term) <= CALENDAR.end(begin + ONE_DAY, term)
    assert CALENDAR.end(begin, term) > begin


def test_what_is_not_known_of_decrees_is_said() -> None:
    """Days of decrees were found for 2017 to 2028; an organisation can add its own."""
    assert CALENDAR.knows(dt.date(2017, 1, 1), dt.date(2028, 12, 31))
    assert not CALENDAR.knows(dt.date(2028, 12, 1), dt.date(2029, 1, 2))
    assert not CALENDAR.knows(dt.date(2016, 12, 31), dt.date(2017, 1, 2))
    day = dt.date(2029, 5, 11)
    mine = Calendar({**DECREE_DAYS, day: CHOICE}, known_years=(2017, 2029))
    assert CALENDAR.is_working_day(day)
    assert not mine.is_working_day(day)
    assert day in mine.holidays(2029)


@pytest.mark.parametrize("year", [2010, 2200])
def test_there_is_no_calendar_before_the_text_that_was_read(year: int) -> None:
    """A guess about other years would be a wrong deadline."""
    with pytest.raises(InvalidValue):
        CALENDAR.holidays(year)
    with pytest.raises(InvalidValue):
        CALENDAR.end(dt.date(year, 3, 1), TERMS[0])
