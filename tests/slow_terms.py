"""The Algemene termijnenwet, counted day by day: slow, obvious, and without any code of the package."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Final, Literal

import holidays

FIRST: Final = dt.date(2012, 1, 1)
LAST: Final = dt.date(2030, 12, 31)
"""The first and the last day on which a term begins."""
ONE_DAY: Final = dt.timedelta(days=1)
_DECREES: Final = """
    2017-04-28 2017-05-26 2018-05-11 2018-12-24 2018-12-31 2019-05-31 2019-12-27 2020-05-22 2021-05-14
    2022-05-27 2023-04-28 2023-05-19 2024-05-10 2024-12-27 2025-05-30 2026-01-02 2026-05-15 2027-05-07
    2028-04-28 2028-05-26
"""
"""The days of royal decrees, written down once more."""

Unit = Literal["days", "weeks", "working-days"]


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every day of a period."""
    while first <= last:
        yield first
        first += ONE_DAY


@cache
def free_days() -> frozenset[dt.date]:
    """Saturdays, Sundays, the days of a public calendar, and what that lacks."""
    years = range(FIRST.year, LAST.year + 2)
    public = holidays.country_holidays("NL", years=years, language="nl")
    fridays = {day - 2 * ONE_DAY for day, name in public.items() if "Eerste paasdag" in name}
    assert len(fridays) == len(years), sorted(set(public.values()))
    weekends = {day for day in days(FIRST, dt.date(years[-1], 12, 31)) if day.isoweekday() in {6, 7}}
    decrees = {dt.date.fromisoformat(it) for it in _DECREES.split()}
    return frozenset({*public, *fridays, *(dt.date(it, 5, 5) for it in years), *weekends, *decrees})


def slow_end(begin: dt.date, number: int, unit: Unit, *, statutory: bool) -> dt.date:
    """Count on, a day at a time, until every article is satisfied."""
    free = free_days()
    day, counted, working = begin, 0, 0
    wanted = number * 7 if unit == "weeks" else number
    by_working_days = unit == "working-days"
    # Article 4: of more than twelve weeks or ninety days, nothing is extended.
    longest = 84 if unit == "weeks" else 90
    is_extended = statutory and not by_working_days and wanted <= longest
    while True:
        day += ONE_DAY
        counted += 1
        working += day not in free
        if (working if by_working_days else counted) < wanted:
            continue
        if not is_extended:
            return day
        # Article 2: at least three days have two working days. Article 1: the last day is one.
        if (wanted < 3 or working >= 2) and day not in free:
            return day
