"""Tenancies as a source would give them by VERA: the way round that the library does not go."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise, product
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import attrs
from tables import as_tables

from huurschuld import Tenancy
from huurschuld.model.tenancy import CHANNELS, OBJECTS, PERIODS

Row = dict[str, Any]
Lists = dict[str, list[Row]]

BASE = "https://vera.example.nl/v4"
FLAGS = ("reached", "about_arrears", "reminder", "debt_help", "offers_sharing", "returned")
_KANAAL = {
    "letter": "BRI",
    "email": "EMA",
    "phone": "TEL",
    "visit": "BEZ",
    "text": "SMS",
    "other": "BAL",
    "appointment": "X-AFSPRAAK",
    "card": "X-KAART",
}
_INTERVAL = {
    "year": "P1Y",
    "half-year": "P6M",
    "quarter": "P3M",
    "month": "P1M",
    "four-weeks": "P28D",
    "week": "P7D",
}
_EENHEID = {
    "dwelling": ("WOO", "TUS"),
    "parking": ("PAR", "GAR"),
    "storage": ("OVE", "BER"),
    "business": ("BED", "WIR"),
    "other": ("MOG", "BAS"),
}
OPTIONS: dict[str, Any] = {
    "records": ["contacts", "plans", "disputes", "deaths", "units"],
    "channels": {"X-AFSPRAAK": "appointment", "X-KAART": "card"},
    "contact_records": ["direction", *FLAGS],
    "contact_kinds": {
        "X-HUUR " + "".join("01"[it] for it in told): [
            name for name, there in zip(FLAGS, told, strict=True) if there
        ]
        for told in product((False, True), repeat=len(FLAGS))
    },
}
"""What this source must be told about besides its address: how it codes contacts."""

assert set(_KANAAL) == set(CHANNELS)
assert set(_INTERVAL) == set(PERIODS)
assert set(_EENHEID) == set(OBJECTS)


def euros(cents: int) -> str:
    """An amount; `as_json` makes a number of it."""
    return f"€{cents}"


def as_json(value: object) -> str:
    """JSON, in which amounts are numbers with two decimals."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(r'"€(-?)(\d+)"', lambda it: f"{it[1]}{int(it[2]) // 100}.{int(it[2]) % 100:02}", text)


def code(of: str) -> dict[str, str]:
    """Reference data."""
    return {"code": of, "naam": "naar VERA"}


def uri(collection: str, name: str) -> str:
    """The address of something in another domain."""
    return f"{BASE}/{collection}/{quote(name, safe='')}"


def booking_id(tenancy: str, entry: str) -> str:
    """The id of a booking: those of entries are of one tenancy, those of VERA of all."""
    return f"{tenancy}#{entry}"


def moment(day: dt.date, hour: int = 0) -> str:
    """An hour of a day in the Netherlands, as VERA writes it."""
    local = dt.datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Europe/Amsterdam"))
    return local.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def carried(it: Tenancy) -> Tenancy:
    """What VERA can say of a tenancy.

    It has one interval for all rents of a lease, and a rent that does not change is one. A refund is
    settled with the payment that it gives back: one that names no claim and was not taken back.
    """
    given = given_back([attrs.asdict(entry) | {"kind": entry.kind} for entry in it.entries])
    in_order = sorted(it.rents, key=lambda rent: rent.from_)
    at_least = [
        attrs.evolve(rent, per=in_order[-1].per, cents=max(rent.cents, 1_200)) for rent in in_order
    ]
    rents = [
        rent
        for before, rent in zip([None, *at_least], at_least, strict=False)
        if before is None or before.cents != rent.cents
    ]
    return attrs.evolve(
        it,
        facts=None,
        rents=rents,
        entries=tuple(entry for entry in it.entries if entry.kind != "refund" or entry.id in given),
    )


def given_back(entries: Sequence[Row]) -> dict[str, str]:
    """The payment that each refund gives back, for those that some payment is enough for."""
    reversed_ = {it["reverses"] for it in entries if it["kind"] == "reversal"}
    left = {
        it["id"]: it["cents"]
        for it in entries
        if it["kind"] in {"payment", "credit"} and not it.get("settles") and it["id"] not in reversed_
    }
    found = dict[str, str]()
    for it in entries:
        if it["kind"] != "refund":
            continue
        payment = next((name for name, cents in left.items() if cents >= it["cents"]), None)
        if payment is not None:
            left[payment] -= it["cents"]
            found[it["id"]] = payment
    return found


def lists_of(tenancies: Iterable[Tenancy]) -> Lists:
    """What the source would give of these tenancies, list by list."""
    return lists_of_rows(as_tables(tenancies), booking_id)


def lists_of_rows(
    tables: Mapping[str, list[Row]], named: Callable[[str, str], str] = lambda _, entry: entry
) -> Lists:
    """The same for the rows of tables; `named` gives the id of a booking, by lease and entry."""
    found: Lists = {name: [] for name in (*SCHEMAS, "eenheden")}
    makers: dict[str, Callable[[Lists, str, list[Row]], None]] = {
        "rents": _rents,
        "entries": partial(_entries, named=named),
        "plans": _plans,
        "disputes": _disputes,
    }
    of = {name: _by_tenancy(tables.get(name, [])) for name in (*makers, "contacts")}
    for number, lease in enumerate(tables["tenancies"]):
        name = lease["id"]
        _lease(found, lease, number, of["rents"].get(name, []), of["contacts"].get(name, []))
    for table, make in makers.items():
        for name, rows in of[table].items():
            make(found, name, rows)
    return found


def _by_tenancy(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["tenancy"], []).append(row)
    return found


def _dated(**days: dt.date | None) -> dict[str, str]:
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _lease(found: Lists, lease: Row, number: int, rents: Sequence[Row], contacts: Sequence[Row]) -> None:
    person = f"P{number}"
    without: Row = {"from": None, "cents": 100}
    latest = max(rents, key=lambda it: it["from"], default=without)
    found["huurovereenkomsten"].append(
        {
            "id": lease["id"],
            "soort": code("HUU"),
            "detailSoort": code("ONB"),
            "status": code("LOP" if lease["end"] is None else "BEE"),
            **_dated(begindatum=lease["start"], einddatum=lease["end"]),
            "brutohuur": euros(latest["cents"]),
            **_dated(huurHerzieningsdatum=latest["from"]),
            "prolongatieInterval": _INTERVAL[latest.get("per") or "month"],
            "eenheden": [uri("eenheden", f"E{number}")],
            "relaties": [uri("relaties", person)],
            "contactmomenten": [uri("contactmomenten", f"C{number}-{n}") for n in range(len(contacts))],
        }
    )
    kind, detail = _EENHEID[lease.get("object") or "dwelling"]
    found["eenheden"].append({"id": f"E{number}", "soort": code(kind), "detailSoort": code(detail)})
    found["natuurlijk-personen"].append(
        {"id": person, "soort": code("NAT"), **_dated(overlijdensdatum=lease["deceased"])}
    )
    found["relatierollen"].append(
        {"id": f"R{number}", "soort": code("HUU"), "relatie": {"id": person, "soort": code("NAT")}}
    )
    for n, contact in enumerate(contacts):
        told = "".join("01"[bool(contact.get(name))] for name in FLAGS)
        found["contactmomenten"].append(
            {
                "id": f"C{number}-{n}",
                "datum": moment(contact["date"], hour=n % 24),
                "kanaal": code(_KANAAL[contact["channel"]]),
                "richting": code({"out": "UIT", "in": "INK"}[contact["direction"]]),
                "soort": code("X-HUUR"),
                "detailSoort": code(told),
                "relaties": [{"id": person, "soort": code("NAT")}],
            }
        )


def _rents(found: Lists, name: str, given: Sequence[Row]) -> None:
    """Two parts for each rent: the net rent, and a tenth of it for service."""
    rents = sorted(given, key=lambda it: it["from"])
    ends = [following["from"] for _, following in pairwise(rents)]
    for rent, end in zip(rents, [*ends, None], strict=True):
        service = rent["cents"] // 10
        for soort, cents in (("NET", rent["cents"] - service), ("SER", service)):
            found["prijscomponenten"].append(
                {
                    "id": f"{name}#{rent['from']}#{soort}",
                    "soort": code(soort),
                    "begindatum": moment(rent["from"]),
                    **({} if end is None else {"einddatum": moment(end)}),
                    "bedragInclusiefBtw": euros(cents),
                    "overeenkomst": {"id": name, "soort": code("HUU")},
                }
            )


_SOORT = {
    "rent": ("VOR", "PRO"),
    "other": ("VOR", "FAC"),
    "payment": ("ONT", "BAN"),
    "credit": ("VOR", "CRE"),
    "reversal": ("ONT", "STO"),
    "refund": ("UIT", "TER"),
}


def _entries(found: Lists, lease: str, entries: Sequence[Row], named: Callable[[str, str], str]) -> None:
    for entry, matches in _matched(entries):
        soort, detail = _SOORT[entry["kind"]]
        name = named(lease, entry["id"])
        booked = entry.get("booked") or entry.get("due")
        settled = [
            {
                "id": f"A#{name}" if len(matches) == 1 else f"A#{name}#{number}",
                **_dated(datum=booked),
                "bedrag": euros(cents),
                "huurBoeking": {"id": name},
                "tegenHuurBoeking": {"id": named(lease, other)},
            }
            for number, (other, cents) in enumerate(matches)
        ]
        found["boekingen"].append(
            {
                "id": name,
                "soort": code(soort),
                "detailSoort": code(detail),
                "status": code("FIA"),
                **_dated(boekdatum=booked, vervaldatum=entry.get("due")),
                "bedrag": euros(entry["cents"]),
                "overeenkomst": uri("huurovereenkomsten", lease),
                "afletteringen": [{"id": it["id"]} for it in settled],
            }
        )
        found["afletteringen"] += settled


def _matched(entries: Sequence[Row]) -> Iterable[tuple[Row, list[tuple[str, int]]]]:
    """Each booking with what it is settled with, and the cents of that.

    Rows with one `part_of` are one booking: a payment settled with several claims, or a storno of it.
    """
    received = {it["id"]: it["cents"] for it in entries if it.get("cents") is not None}
    given = given_back(entries)
    booking: dict[str, str] = {it["id"]: it.get("part_of") or it["id"] for it in entries}
    bookings: dict[str, tuple[Row, dict[str, int]]] = {}
    for entry in entries:
        name = booking[entry["id"]]
        cents = entry.get("cents") or received.get(str(entry.get("reverses")), 1)
        row, matches = bookings.setdefault(name, ({**entry, "id": name, "cents": 0}, {}))
        row["cents"] += cents
        names = entry.get("settles") or entry.get("reverses") or given.get(entry["id"])
        if settled := str(names or ""):
            other = booking.get(settled, settled)
            matches[other] = matches.get(other, 0) + cents
    return [(row, [*matches.items()]) for row, matches in bookings.values()]


def _plans(found: Lists, lease: str, plans: Sequence[Row]) -> None:
    for n, plan in enumerate(plans):
        last, broken, status = plan["until"], plan["broken_on"], "ACT"
        if last is not None:
            status = "BEE"
        # VERA has one end: of an arrangement that was broken the day that was agreed is lost.
        if broken is not None and (last is None or broken <= last):
            last, status = max(broken, plan["from"]), "ANN"
        found["betalingsregelingen"].append(
            {
                "id": f"{lease}#{n}",
                "status": code(status),
                **_dated(begindatum=plan["from"], einddatum=last),
                **({} if plan.get("cents") is None else {"bedrag": euros(plan["cents"])}),
                **({} if plan.get("cents") != 0 else _for_nothing(found, f"{lease}#{n}#invoice")),
                "overeenkomst": uri("overeenkomsten", lease),
            }
        )


def _for_nothing(found: Lists, invoice: str) -> Row:
    """What a plan names that covers no rent: an invoice, of a lease that never was signed."""
    unsigned = {"id": "unsigned", "soort": code("HUU"), "status": code("VOO")}
    if unsigned not in found["huurovereenkomsten"]:
        found["huurovereenkomsten"].append(unsigned)
    found["boekingen"].append(
        {
            "id": invoice,
            "soort": code("VOR"),
            "detailSoort": code("FAC"),
            "boekdatum": "2020-01-01",
            "bedrag": euros(100),
            "overeenkomst": uri("huurovereenkomsten", "unsigned"),
        }
    )
    return {"boekingen": [{"id": invoice}]}


def _disputes(found: Lists, lease: str, disputes: Sequence[Row]) -> None:
    for n, dispute in enumerate(disputes):
        until = dispute["until"]
        if dispute["cents"] == 0 and until is None:  # of a pending one, nothing would say nothing
            until = dt.date(2199, 12, 31)
        found["huurgeschillen"].append(
            {
                "id": f"{lease}#{n}",
                "status": code("INB" if until is None else "TOE"),
                **_dated(begindatum=dispute["from"], einddatum=until),
                **({} if dispute["cents"] is None else {"bedrag": euros(dispute["cents"])}),
                "huurovereenkomst": {"id": lease, "soort": code("HUU")},
            }
        )


SCHEMAS: Mapping[str, tuple[str, str]] = {
    "afletteringen": ("Financien", "Afletteringbericht"),
    "boekingen": ("Financien", "Boekingbericht"),
    "betalingsregelingen": ("Financien", "Betalingsregelingbericht"),
    "huurgeschillen": ("Overeenkomsten", "Huurgeschilbericht"),
    "huurovereenkomsten": ("Overeenkomsten", "Huurovereenkomstbericht"),
    "prijscomponenten": ("Overeenkomsten", "Prijscomponentbericht"),
    "contactmomenten": ("Relaties", "Contactmomentbericht"),
    "relatierollen": ("Relaties", "Relatierolbericht"),
    "natuurlijk-personen": ("Relaties", "NatuurlijkPersoonbericht"),
}
"""For each list the file of the specification and the schema of an item in it."""
