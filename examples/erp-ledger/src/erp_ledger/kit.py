"""Proof that the ledger is right: huurschuld's checks, on a database filled without the ledger.

It needs `huurschuld[testing]`. `pytest` runs it, and so does `huurschuld plugins --check`.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from huurschuld.hooks import Ledger
from huurschuld.testing import LedgerAdapterTests, LedgerCapabilities, Rows, SourceRefuses

from erp_ledger.ledger import open_database

SCHEMA = """
CREATE TABLE huurcontract (
    contractnr TEXT PRIMARY KEY, ingang INTEGER NOT NULL, einde INTEGER NOT NULL,
    overleden INTEGER NOT NULL, ontr_aangezegd INTEGER NOT NULL, ontr_datum INTEGER NOT NULL,
    soort TEXT NOT NULL, kinderen TEXT NOT NULL
);
CREATE TABLE huurprijs (
    contractnr TEXT, vanaf INTEGER, bedrag TEXT NOT NULL, periode TEXT NOT NULL,
    PRIMARY KEY (contractnr, vanaf)
);
CREATE TABLE boeking (
    contractnr TEXT, boeknr TEXT, soort TEXT NOT NULL, dc TEXT NOT NULL, bedrag TEXT NOT NULL,
    vervaldatum INTEGER NOT NULL, boekdatum INTEGER NOT NULL, betreft TEXT,
    PRIMARY KEY (contractnr, boeknr)
);
CREATE TABLE contact (
    contractnr TEXT, datum INTEGER NOT NULL, kanaal TEXT NOT NULL, richting TEXT NOT NULL,
    bereikt TEXT NOT NULL, retour TEXT NOT NULL, onderwerp TEXT NOT NULL,
    herinnering TEXT NOT NULL, aanbod TEXT NOT NULL
);
CREATE TABLE kind (contractnr TEXT, geboren INTEGER NOT NULL);
CREATE TABLE regeling (
    contractnr TEXT, van INTEGER NOT NULL, tot INTEGER NOT NULL, verbroken INTEGER NOT NULL,
    bedrag TEXT
);
CREATE TABLE geschil (contractnr TEXT, van INTEGER NOT NULL, tot INTEGER NOT NULL, bedrag TEXT);
CREATE TABLE melding (contractnr TEXT, datum INTEGER NOT NULL, bedrag TEXT NOT NULL);
CREATE TABLE kenmerk (
    contractnr TEXT, naam TEXT NOT NULL, waarde TEXT NOT NULL, van INTEGER NOT NULL,
    tot INTEGER NOT NULL
);
"""
BOOKINGS = {
    "rent": ("HUU", "D"),
    "other": ("OVK", "D"),
    "payment": ("BET", "C"),
    "credit": ("CRE", "C"),
    "reversal": ("STO", "D"),
    "refund": ("TER", "D"),
}
OBJECTS = {
    "dwelling": "WON",
    "parking": "PRK",
    "storage": "BRG",
    "business": "BDR",
    "other": "OVG",
}
PERIODS = {
    "year": "JR",
    "half-year": "HJR",
    "quarter": "KW",
    "month": "MND",
    "four-weeks": "4WK",
    "week": "WK",
}
MEANS = {
    "letter": "BRF",
    "email": "EML",
    "phone": "TEL",
    "visit": "BZK",
    "appointment": "AFS",
    "text": "SMS",
    "card": "KRT",
    "other": "OVG",
}
KNOWN = {"all": "A", "some": "D", "no": "N"}


class TestLedger(LedgerAdapterTests):
    """The ledger keeps every promise of a ledger."""

    capabilities = LedgerCapabilities(
        tables={
            "tenancies",
            "rents",
            "entries",
            "contacts",
            "children",
            "plans",
            "disputes",
            "signals",
            "facts",
        },
        without={"contacts.debt_help"},
        places=True,
    )

    @pytest.fixture(autouse=True)
    def _in_a_folder(self) -> Iterator[None]:
        with TemporaryDirectory() as folder:
            self.database = Path(folder, "store.sqlite")
            yield

    def seed(self, rows: Rows) -> None:
        """Fill a new database with these rows."""
        self.database.unlink(missing_ok=True)
        fill(self.database, rows)

    def make_adapter(self) -> Ledger:
        """Open the ledger on it, as a user does."""
        return open_database(database=str(self.database))

    def spoil(self) -> None:
        """Make the database unreadable."""
        self.database.write_bytes(b"this is no database")


def fill(database: Path, rows: Rows) -> None:
    """Write rows of huurschuld's tables into a new database, with SQL only.

    Raises:
        SourceRefuses: a key is duplicated.
    """
    try:
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")  # tests need not outlive a power cut
            connection.executescript(SCHEMA)
            for table, them in _written(rows).items():
                for it in them:
                    signs = ", ".join("?" * len(it))
                    connection.execute(f"INSERT INTO {table} VALUES ({signs})", it)  # noqa: S608
    except sqlite3.IntegrityError:
        raise SourceRefuses from None


def _written(rows: Rows) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of HuurBoek, by its tables."""
    paid = {
        (it["tenancy"], it["id"]): it["cents"]
        for it in rows["entries"]
        if it["kind"] in ("payment", "credit")
    }
    return {
        "huurcontract": [
            (
                it["id"],
                *_days(it, "start", "end", "deceased", "eviction_announced", "eviction_on"),
                OBJECTS[it["object"]],
                KNOWN[it["children_known"]],
            )
            for it in rows["tenancies"]
        ],
        "huurprijs": [
            (it["tenancy"], *_days(it, "from"), amount(it["cents"]), PERIODS[it["per"]])
            for it in rows["rents"]
        ],
        "boeking": [_booking(it, paid) for it in rows["entries"]],
        "contact": [
            (
                it["tenancy"],
                *_days(it, "date"),
                MEANS[it["channel"]],
                "U" if it["direction"] == "out" else "I",
                _flag(it["reached"]),
                _flag(it["returned"]),
                "HUR" if _flag(it["about_arrears"]) == "J" else "OVG",
                _flag(it["reminder"]),
                _flag(it["offers_sharing"]),
            )
            for it in rows["contacts"]
        ],
        "kind": [(it["tenancy"], *_days(it, "born")) for it in rows["children"]],
        "regeling": [
            (it["tenancy"], *_days(it, "from", "until", "broken_on"), amount(it["cents"]))
            for it in rows["plans"]
        ],
        "geschil": [
            (it["tenancy"], *_days(it, "from", "until"), amount(it["cents"]))
            for it in rows["disputes"]
        ],
        "melding": [
            (it["tenancy"], *_days(it, "date"), amount(it["cents"])) for it in rows["signals"]
        ],
        "kenmerk": [
            (it["tenancy"], it["name"], it["value"], *_days(it, "from", "until"))
            for it in rows["facts"]
        ],
    }


def _booking(row: Mapping[str, Any], paid: Mapping[tuple[str, str], Any]) -> tuple[object, ...]:
    """Return a booking; one that takes back all of a payment has its amount, as in HuurBoek."""
    code, side = BOOKINGS[row["kind"]]
    cents = row["cents"]
    if row["kind"] == "reversal" and cents is None:
        cents = paid.get((row["tenancy"], row["reverses"]), 1)
    return (
        row["tenancy"],
        row["id"],
        code,
        side,
        amount(cents),
        *_days(row, "due", "booked"),
        row["settles"] or row["reverses"],
    )


def _days(row: Mapping[str, Any], *columns: str) -> list[int]:
    """Return days as numbers: 20240301, or 0."""
    return [int(str(row[it]).replace("-", "")) if row[it] else 0 for it in columns]


def amount(cents: Any) -> str | None:  # noqa: ANN401 - a number, or the text of one
    """Return an amount in euros: 1.234,56."""
    if cents is None:
        return None
    euros, rest = divmod(int(cents), 100)
    return f"{euros:,}".replace(",", ".") + f",{rest:02}"


def _flag(value: object) -> str:
    return "J" if str(value).lower() == "true" else "N"
