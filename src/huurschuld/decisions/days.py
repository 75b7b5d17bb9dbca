"""How days are written for a person: `3 november 2026`."""

from __future__ import annotations

import datetime as dt
from typing import Final

_DUTCH: Final = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def day_in_words(day: dt.date, lang: str) -> str:
    """Write a day as a person reads it: `3 november 2026` in Dutch, `3 November 2026` in English."""
    month = _DUTCH[day.month - 1] if lang == "nl" else f"{day:%B}"
    return f"{day.day} {month} {day.year}"


def day_text(day: dt.date, lang: str) -> str:
    """Write a day as tables and reasons have it: `3 november 2026` in Dutch, `2026-11-03` in English."""
    return day_in_words(day, lang) if lang == "nl" else f"{day:%Y-%m-%d}"


def minute_text(moment: dt.datetime, lang: str) -> str:
    """Write a moment to the minute: `3 november 2026, 14:05` in Dutch, `2026-11-03 14:05` in English."""
    return f"{day_text(moment, lang)}{',' if lang == 'nl' else ''} {moment:%H:%M}"
