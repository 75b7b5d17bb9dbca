"""What a message about a refused value says to do: by what was given, the same in every way in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, strategies as st
from tables import Given, as_tables, frames
from test_frames_refused import AS_OF, POLICY, a_tenancy, refused

from huurschuld import Payment, dump_tenancy, read_portfolio, read_tenancy, screen
from huurschuld.errors import InputError
from huurschuld.model import remedies
from huurschuld.model.values import DAY, Birth, Choice, Flag, Kind, Text, money, refuse
from huurschuld.portfolio.schema import COLUMNS

CHANNEL = Choice(("letter", "phone"))
IN_CELLS: Mapping[str, tuple[Kind, str]] = {
    **dict.fromkeys(("612,34", "612.34", "€ 612,34", "1.299,99", "1,299.99", "69.100", "EUR 5", "612,-"),
                    (money(1), remedies.IN_CENTS)),
    **dict.fromkeys(("-5", "-612,34", "612,34-", "- 5", "(5)", "€ -5,00", "\N{MINUS SIGN}5"),
                    (money(1), remedies.NEGATIVE)),
    "0": (money(1), remedies.TOO_SMALL),
    "99": (money(100), remedies.TOO_SMALL),
    "100000001": (money(1), remedies.TOO_LARGE),
    "9" * 40: (money(1), remedies.TOO_LARGE),
    "0612": (money(1), remedies.LEADING_ZERO),
    " 61234": (money(1), remedies.BLANKS),
    "6,1E+04": (money(1), remedies.EXPONENT),
    **dict.fromkeys(("01-03-2026", "1/3/2026", "1.3.26", "1 maart 2026", "01-03-2026 00:00", "nooit"),
                    (DAY, remedies.DAY_ORDER)),
    **dict.fromkeys(("20260301", "2026-3-1", "2026/03/01"), (DAY, remedies.DAY_HYPHENS)),
    **dict.fromkeys(("2026-03-01 00:00:00", "2026-03-01T00:00:00Z"), (DAY, remedies.DAY_TIME)),
    **dict.fromkeys(("46082", "46082.5"), (DAY, remedies.DAY_SERIAL)),
    **dict.fromkeys(("9999-12-31", "31-12-9999", "0001-01-01", "00-00-0000"),
                    (DAY, remedies.DAY_NONE)),
    **dict.fromkeys(("2026-02-30", "1850-01-01"), (DAY, remedies.DAY_WRONG)),
    "2026-03-01 ": (DAY, remedies.BLANKS),
    "01-03-2016": (Birth(), remedies.DAY_ORDER),
    **dict.fromkeys(("WAAR", "ONWAAR", "ja", "nee", "1", "Y"), (Flag(), remedies.FLAG_WORDS)),
    **dict.fromkeys(("Letter", "PHONE "), (CHANNEL, remedies.SMALL_LETTERS)),
    "lettr": (CHANNEL, "did you mean letter?"),
    "brief": (CHANNEL, remedies.WORDS),
    "": (Text(), remedies.FILL_IN),
}  # fmt: skip
"""By the text of a cell: the kind of its column, and what its message says to do."""


@pytest.mark.parametrize("text", IN_CELLS)
def test_what_exports_hold_has_a_remedy_of_its_own(text: str) -> None:
    """And none of these is a value."""
    kind, remedy = IN_CELLS[text]
    assert not kind.accepts(kind.from_text(text))
    assert kind.remedy(text) == remedy


OBJECTS: Mapping[str, tuple[Kind, object, str]] = {
    "a float": (money(1), 612.34, remedies.ROUND_EUROS),
    "a decimal": (money(1), Decimal("612.34"), remedies.ROUND_EUROS),
    "below zero": (money(1), -5, remedies.NEGATIVE),
    "true": (money(1), True, remedies.NUMBER_COLUMN),
    "a moment": (DAY, dt.datetime(2026, 3, 1, 9), remedies.DAY_TYPED),  # noqa: DTZ001 - without a zone
    "a day of long ago": (DAY, dt.date(1899, 12, 31), remedies.DAY_TYPED),
    "a number of days": (DAY, 46_082, remedies.DAY_NUMBERS),
    "a flag as a number": (Flag(), 1, remedies.FLAG_OBJECT),
    "an id as a number": (Text(), 17, remedies.TEXT_OBJECT),
}


@pytest.mark.parametrize("what", OBJECTS)
def test_what_applications_hold_has_a_remedy_too(what: str) -> None:
    """By its type."""
    kind, value, remedy = OBJECTS[what]
    assert not kind.accepts(value)
    assert kind.remedy(value) == remedy


@pytest.mark.parametrize(("kind", "text"), [(money(1), "61234"), (DAY, "2026-03-01"), (Flag(), "true")])
def test_a_text_of_a_value_is_told_as_that(kind: Kind, text: str) -> None:
    """In an object, or a case file: a table may hold it."""
    assert kind.accepts(kind.from_text(text))
    assert refuse("/it", kind, text).remedy == remedies.NOT_ITS_TEXT


def test_a_single_object_says_it() -> None:
    """As a table does, and a case file."""
    with pytest.raises(InputError, match=r"at /cents: .*; no amount is negative"):
        Payment(id="1", booked=dt.date(2026, 3, 1), cents=-5)
    case: Any = dump_tenancy(a_tenancy("A"))
    case["contacts"][0]["date"] = "20-03-2025"
    with pytest.raises(InputError, match=r"at /tenancy/contacts/0/date: .*; write the year first"):
        read_tenancy(case)


COLUMN_TYPES: Mapping[str, tuple[str, str, Any, str]] = {
    "floats": ("signals", "cents", pl.Float64, remedies.FLOAT_COLUMN),
    "decimals": ("signals", "cents", pl.Decimal(12, 2), remedies.DECIMAL_COLUMN),
    "moments of a zone": ("entries", "due", pl.Datetime("us", "UTC"), remedies.DAY_TYPED),
    "numbers for flags": ("contacts", "reached", pl.Int64, remedies.FLAG_COLUMN),
    "flags for amounts": ("signals", "cents", pl.Boolean, remedies.NUMBER_COLUMN),
}


@pytest.mark.parametrize("what", COLUMN_TYPES)
def test_a_column_of_another_type_is_told_by_its_type(what: str) -> None:
    """At its first cell, the same one by one and at once."""
    table, column, dtype, remedy = COLUMN_TYPES[what]
    tables = frames(as_tables([a_tenancy("A")]))
    tables[table] = tables[table].with_columns(pl.col(column).cast(dtype))
    found = refused(lambda: screen(tables, POLICY, AS_OF))
    assert found == refused(lambda: read_portfolio(Given(tables), own=POLICY.facts))
    assert found is not None
    _, place, problem, told = found
    assert (str(place), told) == (f"{table}, line 2, column {column}", remedy)
    name = str(tables[table].schema[column]).partition("(")[0].lower()
    assert str(problem).endswith(f"but the type of this column is {name}")


@given(st.sampled_from(sorted(COLUMNS)), st.data(), st.text() | st.from_regex(r"[-€ 0-9.,/]{1,12}"))
def test_no_remedy_quotes_what_was_given(table: str, data: st.DataObject, text: str) -> None:
    """It is one of a few fixed texts, or names a word of the column."""
    column = data.draw(st.sampled_from(sorted(COLUMNS[table])))
    kind = COLUMNS[table][column].kind
    fixed = {it for it in vars(remedies).values() if isinstance(it, str)} | {""}
    words = {f"did you mean {it}?" for it in getattr(kind, "words", ())}
    assert kind.remedy(text) in fixed | words
