"""A municipality's cases (vroegsignaalzaken): the signals that it handles together, and what it did.

Signals whose rows name the same case are one case. A signal whose row names none is a case by itself if
there is a result, a day or a contact attempt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from huurschuld.errors import Cell, InvalidValue
from huurschuld.model.values import RedactedRepr
from huurschuld.plugins.csv_tables import Row

MEMBERS: Final = {
    "result": "resultaat",
    "matched": "matchingsdatum",
    "period_from": "startdatumMatchingperiode",
    "taken_up": "datumOpgepakt",
    "period_until": "einddatumMatchingperiode",
}
"""The columns of a case, and what DDAS calls them."""

_DONE: Final = ("matched", "taken_up")
_IN_ORDER: Final = (
    ("period_from", "period_until"),
    ("period_from", "matched"),
    ("matched", "taken_up"),
)
"""In each pair the first day is not after the second. A matching may be done after its period."""


@frozen(repr=False)
class Case(RedactedRepr):
    """One case.

    Attributes:
        keys: the keys of its signals.
        values: its values by column, each with its cell.
        attempts: the rows of its contact attempts.
    """

    keys: tuple[str, ...]
    values: Mapping[str, tuple[Any, Cell]]
    attempts: tuple[Row, ...] = field(converter=tuple[Row, ...])

    def check_order(self, sent_on: Mapping[str, dt.date]) -> None:
        """Check that its days can follow each other and those of its signals, which are given by key."""
        for earlier, later in _IN_ORDER:
            if earlier in self.values and later in self.values:
                day, place = self.values[later]
                if day < self.values[earlier][0]:
                    raise InvalidValue(place, f"this day is before the one in {earlier}", "correct one")
        first = min(sent_on[key] for key in self.keys)
        for day, place in self._done():
            if day < first:
                raise InvalidValue(place, "this day is before that of the signal", "correct the day")

    def check_made(self, made_on: dt.date) -> None:
        """Check that nothing in it was done after the report is made."""
        for day, place in self._done():
            if day > made_on:
                raise InvalidValue(place, "this day is after made_at", "correct the day, or made_at")

    def _done(self) -> Iterator[tuple[dt.date, Cell]]:
        """Yield the days on which something was done."""
        yield from (self.values[column] for column in _DONE if column in self.values)
        yield from ((row.values["date"], row.at("date")) for row in self.attempts)


def cases_of(follow_ups: Mapping[str, Row], attempts: Sequence[Row]) -> list[Case]:
    """Group all signals into cases, by their follow-ups by key and the contact attempts.

    Raises:
        InvalidValue: two rows of one case contradict each other; at the second.
    """
    tried: dict[str, list[Row]] = {}
    for row in attempts:
        tried.setdefault(row.values["key"], []).append(row)
    together: dict[tuple[str, str], list[str]] = {}
    for key in sorted(follow_ups.keys() | tried.keys()):
        name = follow_ups[key].values["case"] if key in follow_ups else None
        together.setdefault(("key", key) if name is None else ("case", name), []).append(key)
    cases = []
    for (kind, _), keys in together.items():
        values = _values([follow_ups[key] for key in keys if key in follow_ups])
        made = [row for key in keys for row in tried.get(key, ())]
        if kind == "case" or values or made:
            cases.append(Case(tuple(keys), values, made))
    return cases


def _values(rows: list[Row]) -> dict[str, tuple[Any, Cell]]:
    """Collect the values that rows give of their case; an empty cell gives none."""
    values: dict[str, tuple[Any, Cell]] = {}
    for row in sorted(rows, key=lambda it: it.line):
        for column in MEMBERS:
            value = row.values[column]
            if value is not None and values.setdefault(column, (value, row.at(column)))[0] != value:
                raise InvalidValue(
                    row.at(column), "another row of this case says otherwise", "correct one of them"
                )
    return values
