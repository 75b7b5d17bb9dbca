"""The ledger is right: huurschuld's kit, and what the kit cannot know about HuurBoek."""

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from huurschuld import InputError, InvalidValue, decide, read_portfolio
from huurschuld.testing import Rows
from hypothesis import given
from hypothesis import strategies as st

from erp_ledger.kit import TestLedger, amount, fill
from erp_ledger.ledger import open_database
from erp_ledger.writing import cents

__all__ = ["TestLedger"]  # pytest finds the kit by its name here

LEASE = {
    "id": "A1", "start": "2024-03-01", "end": None, "deceased": None,
    "eviction_announced": None, "eviction_on": None, "object": "dwelling", "children_known": "no",
}  # fmt: skip
RENT = {"tenancy": "A1", "from": "2024-03-01", "cents": 123_456, "per": "month"}
BOOKING = {"tenancy": "A1", "due": None, "settles": None, "reverses": None, "cents": 123_456}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database of one lease with one term, whose payment was reversed."""
    rows: Rows = {
        "tenancies": [LEASE],
        "rents": [RENT],
        "entries": [
            {**BOOKING, "id": "R9", "kind": "rent", "due": "2026-09-01", "booked": "2026-09-01"},
            {**BOOKING, "id": "P9", "kind": "payment", "booked": "2026-09-02"},
            {**BOOKING, "id": "S9", "kind": "reversal", "booked": "2026-09-09", "reverses": "P9"},
        ],
        "contacts": [],
        "children": [],
        "plans": [],
        "disputes": [],
        "signals": [],
        "facts": [],
    }
    path = tmp_path / "store.sqlite"
    fill(path, rows)
    return path


def changed(database: Path, change: str) -> InputError:
    """Return the error that a change of the bookings gives."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"UPDATE boeking SET {change}")  # noqa: S608 - of those below
    with pytest.raises(InvalidValue) as caught:
        read_portfolio(open_database(database=str(database)))
    return caught.value


@given(st.integers(0, 10**8))
def test_every_amount_is_read_to_the_cent(number: int) -> None:
    """As HuurBoek writes it, with points and a comma, up to a million euros."""
    assert cents(amount(number)) == str(number)


@pytest.mark.parametrize("wrong", ["12.34", "1.23,45", "1,5", "-5,00", "", 12.5, 12])
def test_what_is_no_amount_is_refused(wrong: object) -> None:
    """Anything else is not guessed."""
    with pytest.raises(ValueError, match="an amount is expected"):
        cents(wrong)


def test_a_storno_takes_back_what_it_says(database: Path) -> None:
    """A part of the payment; more than there was is refused, and the error says where it is."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE boeking SET bedrag = '10,00' WHERE soort = 'STO'")
    (tenancy,) = read_portfolio(open_database(database=str(database)))
    assert decide(tenancy, "bgs-2021", dt.date(2026, 10, 20)).facts.arrears_cents == 1_000
    error = changed(database, "bedrag = '9.999,00' WHERE soort = 'STO'")
    assert str(error.place) == "boeking, line 3, column bedrag"


def test_a_booking_on_the_wrong_side_is_refused(database: Path) -> None:
    """A payment on the side of what is owed is an unexplained correction."""
    assert str(changed(database, "dc = 'D'").place) == "boeking, line 2, column dc"


@pytest.mark.parametrize("change", ["soort = 'NWE'", "bedrag = '1234.56'", "boekdatum = 9022026"])
def test_what_is_not_understood_is_refused(database: Path, change: str) -> None:
    """A booking with an unknown code, amount or day is never skipped or rounded."""
    assert "correct it in HuurBoek" in str(changed(database, change))


def test_a_missing_database_is_an_error() -> None:
    """A wrong file name is an error, not an empty database."""
    with pytest.raises(InvalidValue, match="no such file"):
        open_database(database="nowhere.sqlite")
