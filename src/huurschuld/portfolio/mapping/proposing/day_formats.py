"""The formats in which exports write days and months, and in which of them texts are these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from huurschuld.model.values import DAY
from huurschuld.portfolio.mapping.days import EXCEL, SERIAL, ParseDay, day_format

_FROM_ONE: Final = re.compile("[1-9]")
_SHORT: Final = range(1950, 2050)
"""What a year of two digits is likely to stand for."""

FORMATS: Final = (
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
"""Of each format of days the strict form, and the one that also reads a single digit."""
MONTHS: Final = (
    *(
        f"{form[0]}{by}{form[1]}"
        for by in "-/. "
        for form in (("yyyy", "mm"), ("mm", "yyyy"), ("mmm", "yyyy"))
    ),
    "yyyymm",
)
_TIMED: Final = re.compile(r"(?P<by>[ T])[0-9]{1,2}:[0-9]{2}")
_PADDED: Final = re.compile(r"(?<![0-9])0[0-9](?![0-9:])")


def formats_of(texts: Sequence[str], *, in_sheet: bool) -> tuple[str, ...]:
    """The formats in which all texts are days; in one of each kind, strict if that fits."""
    if not texts:
        return ()
    if in_sheet and are_days(EXCEL, texts):
        return (EXCEL,)
    if in_sheet and are_days(f"{EXCEL} hh:mm", texts):
        return (f"{EXCEL} hh:mm",)
    found = []
    timed = _TIMED.search(texts[0])
    for padded, loose in FORMATS:
        for after in ("",) if timed is None else ("", f"{timed['by']}hh:mm"):
            if are_days(loose + after, texts):
                strict = are_days(padded + after, texts) and any(map(_PADDED.search, texts))
                found.append((padded if strict else loose) + after)
                break
    if not found and all(it.isdigit() and len(it) == 5 for it in texts) and are_days(SERIAL, texts):
        return (SERIAL,)
    return tuple(found)


def are_days(format_: str, texts: Iterable[str]) -> bool:
    """Whether all texts are days in a format, and likely ones."""
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


def is_day(format_: str, in_sheet: bool, text: str) -> bool:
    """Whether a text is a day in a format, or one of the spreadsheet itself."""
    return are_days(format_, [text]) or (in_sheet and are_days(EXCEL, [text]))
