"""Which table and column of HuurBoek is which of huurschuld.

HuurBoek records neither objections to sharing data nor whether a contact named debt help. The table
and the column are left out, and so unknown: that is not the same as none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from erp_ledger.writing import Reading, cents, code, day, text, yes_or_no

KINDS = {
    "HUU": "rent",
    "OVK": "other",
    "BET": "payment",
    "CRE": "credit",
    "STO": "reversal",
    "TER": "refund",
}
SIDES = {"HUU": "D", "OVK": "D", "STO": "D", "TER": "D", "BET": "C", "CRE": "C"}
"""The side of a booking of each kind: what the tenant owes (D), or has paid (C)."""
OBJECTS = {
    "WON": "dwelling",
    "PRK": "parking",
    "BRG": "storage",
    "BDR": "business",
    "OVG": "other",
}
PERIODS = {
    "JR": "year",
    "HJR": "half-year",
    "KW": "quarter",
    "MND": "month",
    "4WK": "four-weeks",
    "WK": "week",
}
CHANNELS = {
    "BRF": "letter",
    "EML": "email",
    "TEL": "phone",
    "BZK": "visit",
    "AFS": "appointment",
    "SMS": "text",
    "KRT": "card",
    "OVG": "other",
}


@dataclass(frozen=True)
class Source:
    """Where a table of huurschuld comes from.

    Attributes:
        table: of HuurBoek.
        columns: by column of huurschuld, the column of HuurBoek and how it is read.
    """

    table: str
    columns: Mapping[str, tuple[str, Reading]]


SOURCES = {
    "tenancies": Source(
        "huurcontract",
        {
            "id": ("contractnr", text),
            "start": ("ingang", day),
            "end": ("einde", day),
            "deceased": ("overleden", day),
            "eviction_announced": ("ontr_aangezegd", day),
            "eviction_on": ("ontr_datum", day),
            "object": ("soort", code(OBJECTS)),
            "children_known": ("kinderen", code({"A": "all", "D": "some", "N": "no"})),
        },
    ),
    "rents": Source(
        "huurprijs",
        {
            "tenancy": ("contractnr", text),
            "from": ("vanaf", day),
            "cents": ("bedrag", cents),
            "per": ("periode", code(PERIODS)),
        },
    ),
    # What a booking has depends on its kind: see erp_ledger.bookings.
    "entries": Source(
        "boeking",
        {
            "tenancy": ("contractnr", text),
            "id": ("boeknr", text),
            "kind": ("soort", code(KINDS)),
            "due": ("vervaldatum", day),
            "booked": ("boekdatum", day),
            "cents": ("bedrag", cents),
            "settles": ("betreft", text),
            "reverses": ("betreft", text),
        },
    ),
    "contacts": Source(
        "contact",
        {
            "tenancy": ("contractnr", text),
            "date": ("datum", day),
            "channel": ("kanaal", code(CHANNELS)),
            "direction": ("richting", code({"U": "out", "I": "in"})),
            "reached": ("bereikt", yes_or_no),
            "returned": ("retour", yes_or_no),
            "about_arrears": ("onderwerp", code({"HUR": "true", "OVG": "false"})),
            "reminder": ("herinnering", yes_or_no),
            "offers_sharing": ("aanbod", yes_or_no),
        },
    ),
    # Of a birth whose day or month is not known HuurBoek has zeros, as huurschuld has: 20170400.
    "children": Source(
        "kind",
        {"tenancy": ("contractnr", text), "born": ("geboren", day)},
    ),
    "plans": Source(
        "regeling",
        {
            "tenancy": ("contractnr", text),
            "from": ("van", day),
            "until": ("tot", day),
            "broken_on": ("verbroken", day),
            "cents": ("bedrag", cents),
        },
    ),
    "disputes": Source(
        "geschil",
        {
            "tenancy": ("contractnr", text),
            "from": ("van", day),
            "until": ("tot", day),
            "cents": ("bedrag", cents),
        },
    ),
    "signals": Source(
        "melding",
        {
            "tenancy": ("contractnr", text),
            "date": ("datum", day),
            "cents": ("bedrag", cents),
        },
    ),
    "facts": Source(
        "kenmerk",
        {
            "tenancy": ("contractnr", text),
            "name": ("naam", text),
            "value": ("waarde", text),
            "from": ("van", day),
            "until": ("tot", day),
        },
    ),
}
