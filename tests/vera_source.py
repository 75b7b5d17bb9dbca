"""Tenancies as a source would give them by VERA: the way round that the library does not go."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise, product
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from huurschuld import Tenancy
from huurschuld.tenancy import CHANNELS

Lists = dict[str, list[dict[str, Any]]]

BASE = "https://vera.example.nl/v4"
FLAGS = ("reached", "about_arrears", "reminder", "debt_help", "offers_sharing")
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
OPTIONS: dict[str, Any] = {
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


def lists_of(tenancies: Iterable[Tenancy]) -> Lists:
    """What the source would give of these tenancies, list by list."""
    found: Lists = defaultdict(list)
    for name in (
        *("afletteringen", "boekingen", "betalingsregelingen", "huurgeschillen", "contactmomenten"),
        *("huurovereenkomsten", "prijscomponenten", "relatierollen", "natuurlijk-personen"),
    ):
        found[name] = []
    for number, it in enumerate(tenancies):
        _lease(found, it, number)
        _rents(found, it)
        _entries(found, it)
        _dossier(found, it)
    return dict(found)


def _dated(**days: dt.date | None) -> dict[str, str]:
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _lease(found: Lists, it: Tenancy, number: int) -> None:
    person = f"P{number}"
    contacts = [uri("contactmomenten", f"C{number}-{n}") for n in range(len(it.contacts or ()))]
    found["huurovereenkomsten"].append(
        {
            "id": it.id,
            "soort": code("HUU"),
            "detailSoort": code("ONB"),
            "status": code("LOP" if it.end is None else "BEE"),
            **_dated(begindatum=it.start, einddatum=it.end),
            "brutohuur": euros(max(it.rents, key=lambda rent: rent.from_).cents),
            **_dated(huurHerzieningsdatum=max(rent.from_ for rent in it.rents)),
            "relaties": [uri("relaties", person)],
            "contactmomenten": contacts,
        }
    )
    found["natuurlijk-personen"].append(
        {"id": person, "soort": code("NAT"), **_dated(overlijdensdatum=it.deceased)}
    )
    found["relatierollen"].append(
        {"id": f"R{number}", "soort": code("HUU"), "relatie": {"id": person, "soort": code("NAT")}}
    )
    for n, contact in enumerate(it.contacts or ()):
        told = "".join("01"[getattr(contact, name)] for name in FLAGS)
        found["contactmomenten"].append(
            {
                "id": f"C{number}-{n}",
                "datum": moment(contact.date, hour=n % 24),
                "kanaal": code(_KANAAL[contact.channel]),
                "richting": code({"out": "UIT", "in": "INK"}[contact.direction]),
                "soort": code("X-HUUR"),
                "detailSoort": code(told),
                "relaties": [{"id": person, "soort": code("NAT")}],
            }
        )


def _rents(found: Lists, it: Tenancy) -> None:
    """Two parts for each rent: the net rent, and a tenth of it for service."""
    rents = sorted(it.rents, key=lambda rent: rent.from_)
    ends = [following.from_ for _, following in pairwise(rents)]
    for rent, end in zip(rents, [*ends, None], strict=True):
        service = rent.cents // 10
        for soort, cents in (("NET", rent.cents - service), ("SER", service)):
            found["prijscomponenten"].append(
                {
                    "id": f"{it.id}#{rent.from_}#{soort}",
                    "soort": code(soort),
                    "begindatum": moment(rent.from_),
                    **({} if end is None else {"einddatum": moment(end)}),
                    "bedragInclusiefBtw": euros(cents),
                    "overeenkomst": {"id": it.id, "soort": code("HUU")},
                }
            )


_SOORT = {
    "rent": ("VOR", "PRO"),
    "other": ("VOR", "FAC"),
    "payment": ("ONT", "BAN"),
    "credit": ("VOR", "CRE"),
    "reversal": ("ONT", "STO"),
}


def _entries(found: Lists, it: Tenancy) -> None:
    cents = {entry.id: entry.cents for entry in it.entries if hasattr(entry, "cents")}
    for entry in it.entries:
        soort, detail = _SOORT[entry.kind]
        name = booking_id(it.id, entry.id)
        other = getattr(entry, "settles", None) or getattr(entry, "reverses", None)
        amount = cents[entry.id if entry.id in cents else getattr(entry, "reverses", "")]
        found["boekingen"].append(
            {
                "id": name,
                "soort": code(soort),
                "detailSoort": code(detail),
                "status": code("FIA"),
                **_dated(boekdatum=entry.booked, vervaldatum=getattr(entry, "due", None)),
                "bedrag": euros(amount),
                "overeenkomst": uri("huurovereenkomsten", it.id),
                "afletteringen": [{"id": f"A#{name}"}] if other else [],
            }
        )
        if other:
            ends = [{"id": name}, {"id": booking_id(it.id, other)}]
            found["afletteringen"].append(
                {
                    "id": f"A#{name}",
                    "datum": entry.booked.isoformat(),
                    "bedrag": euros(amount),
                    "huurBoeking": ends[0],
                    "tegenHuurBoeking": ends[1],
                }
            )


def _dossier(found: Lists, it: Tenancy) -> None:
    for n, plan in enumerate(it.plans or ()):
        last, status = plan.until, "ACT" if plan.until is None else "BEE"
        # VERA has one end: of an arrangement that was broken the day that was agreed is lost.
        if plan.broken_on is not None and (plan.until is None or plan.broken_on <= plan.until):
            last, status = max(plan.broken_on, plan.from_), "ANN"
        found["betalingsregelingen"].append(
            {
                "id": f"{it.id}#{n}",
                "status": code(status),
                **_dated(begindatum=plan.from_, einddatum=last),
                "overeenkomst": uri("overeenkomsten", it.id),
            }
        )
    for n, dispute in enumerate(it.disputes or ()):
        found["huurgeschillen"].append(
            {
                "id": f"{it.id}#{n}",
                "status": code("INB" if dispute.until is None else "TOE"),
                **_dated(begindatum=dispute.from_, einddatum=dispute.until),
                **({} if dispute.cents is None else {"bedrag": euros(dispute.cents)}),
                "huurovereenkomst": {"id": it.id, "soort": code("HUU")},
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
