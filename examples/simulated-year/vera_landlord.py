"""A landlord whose system speaks VERA: a local server that answers in that form, and its landlord.

The server holds the same households as lists of VERA: leases, prices, bookings, settlements, contacts,
plans and people. The landlord reads them over HTTP by the plugin `vera`. What VERA does not have comes
from a folder of tables (children, objections) and from the feedback; name and address come from the
contact source `vera`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from landlords import Advice, Landlord, Tables
from world import LEDGERS_BEGIN, Household

from huurschuld import (
    Decision,
    EnrichedLedger,
    load_plugins,
    open_contact_source,
    open_enricher,
    open_ledger,
    read_enricher,
    read_portfolio,
    worklist,
)
from huurschuld.referrals import signals

Item = dict[str, Any]
Lists = dict[str, list[Item]]

NOTHING_OF_VERA: Final = ("children", "objections")
"""The tables that VERA does not have. It has no evictions either: these come from the same folder."""
OF_TENANCIES: Final = ("id", "eviction_announced", "eviction_on", "children_known")
OPTIONS: Final[dict[str, Any]] = {
    "records": ["contacts", "plans", "disputes", "deaths"],
    "contact_records": ["direction", "about_arrears", "reminder", "debt_help", "offers_sharing"],
    "contact_kinds": {
        "X-HUUR BRIEF": ["about_arrears", "reminder", "debt_help", "offers_sharing"],
        "X-HUUR BELLEN": ["about_arrears", "debt_help"],
    },
}
"""What the plugin must be told of this system: what it records, and how it codes contacts."""


class VeraLandlord(Landlord):
    """A landlord who screens what his system gives by VERA."""

    how = "a system that speaks VERA"

    def screened(self, day: dt.date) -> tuple[Advice, list[Decision]]:
        """Read everything over HTTP, and decide it tenancy by tenancy."""
        (folder := self.folder / "beside-vera").mkdir(exist_ok=True)
        tables: Tables = self.tables()
        outbox = str(self.folder / "outbox.sqlite")
        for name in NOTHING_OF_VERA:
            tables[name].write_csv(folder / f"{name}.csv")
        tables["tenancies"].select(OF_TENANCIES).write_csv(folder / "tenancies.csv")
        host = load_plugins()
        beside = read_enricher("beside", open_enricher(host, "portfolio", folder=str(folder)))
        told = open_enricher(host, "feedback", folder=str(self.feedback), outbox=outbox)
        others = [beside, read_enricher("feedback", told)]
        with serving(lists_of(list(self.houses.values()))) as base:
            ledger = open_ledger(host, "vera", base=base, **OPTIONS)
            sent = signals(self.outbox, in_hand=False)
            portfolio = read_portfolio(EnrichedLedger(ledger, others, sent=sent), own=self.policy.facts)
            found = worklist(portfolio, self.policy, day)
        advice = dict.fromkeys(self.houses, ("none", ""))
        advice |= {row["tenancy"]: (row["advice"], " ".join(row["hold"])) for row in found.rows}
        return advice, [it for it in found.decisions if it.advice == "refer"]

    def contact_source(self) -> Any:  # noqa: ANN401 - a plugin
        """Ask the same system for name and address, one tenancy at a time."""
        return _Asked(self)


class _Asked:
    """Asks the contact source of VERA while its server runs."""

    def __init__(self, landlord: Landlord) -> None:
        self._landlord = landlord

    def contact_details(self, tenancy: str) -> Any:  # noqa: ANN401 - as the plugin gives them
        with serving(lists_of([self._landlord.houses[tenancy]])) as base:
            return open_contact_source(load_plugins(), "vera", base=base).contact_details(tenancy)


def lists_of(houses: list[Household]) -> Lists:
    """What the system would give of these households, list by list."""
    names = (
        *("huurovereenkomsten", "prijscomponenten", "huurgeschillen", "boekingen", "afletteringen"),
        *("betalingsregelingen", "contactmomenten", "relatierollen", "natuurlijk-personen"),
        *("relaties", "relatie-adressen", "adressen", "contactgegevens"),
    )
    lists: Lists = {name: [] for name in names}
    for house in houses:
        _lease(lists, house)
        _money(lists, house)
        _person(lists, house)
    return lists


def _lease(lists: Lists, house: Household) -> None:
    name = house.tenancy
    contacts = [f"{name}-C{number}" for number, _ in enumerate(house.contacts)]
    lists["huurovereenkomsten"].append(
        {
            "id": name,
            "soort": _code("HUU"),
            "detailSoort": _code("ONB"),
            "status": _code("LOP" if house.end is None else "BEE"),
            "begindatum": LEDGERS_BEGIN.isoformat(),
            **({} if house.end is None else {"einddatum": house.end.isoformat()}),
            "brutohuur": _euros(house.rent),
            "prolongatieInterval": "P1M",
            "relaties": [_uri("natuurlijk-personen", f"{name}-P")],
            "contactmomenten": [_uri("contactmomenten", it) for it in contacts],
        }
    )
    lists["prijscomponenten"].append(
        {
            "id": f"{name}-NET",
            "soort": _code("NET"),
            "begindatum": f"{LEDGERS_BEGIN}T00:00:00+02:00",
            "bedragInclusiefBtw": _euros(house.rent),
            "overeenkomst": {"id": name, "soort": _code("HUU")},
        }
    )
    for id_, contact in zip(contacts, house.contacts, strict=True):
        kind = ("BRI", "BRIEF") if contact.channel == "letter" else ("TEL", "BELLEN")
        lists["contactmomenten"].append(
            {
                "id": id_,
                "datum": f"{contact.date}T12:00:00Z",
                "kanaal": _code(kind[0]),
                "richting": _code("UIT"),
                "soort": _code("X-HUUR"),
                "detailSoort": _code(kind[1]),
                "relaties": [{"id": f"{name}-P", "soort": _code("NAT")}],
            }
        )


def _money(lists: Lists, house: Household) -> None:
    name = house.tenancy
    for entry in house.entries:
        is_rent = entry.kind == "rent"
        lists["boekingen"].append(
            {
                "id": f"{name}-{entry.id}",
                "soort": _code("VOR" if is_rent else "ONT"),
                "detailSoort": _code("PRO" if is_rent else "BAN"),
                "status": _code("FIA"),
                "boekdatum": entry.booked.isoformat(),
                **({"vervaldatum": entry.booked.isoformat()} if is_rent else {}),
                "bedrag": _euros(entry.cents),
                "overeenkomst": _uri("huurovereenkomsten", name),
            }
        )
    for number, plan in enumerate(house.plans):
        is_broken = plan.broken_on is not None
        end = plan.broken_on if is_broken else plan.until
        lists["betalingsregelingen"].append(
            {
                "id": f"{name}-B{number}",
                "status": _code("ANN" if is_broken else "ACT"),
                "begindatum": plan.from_.isoformat(),
                **({} if end is None else {"einddatum": end.isoformat()}),
                **({} if plan.cents is None else {"bedrag": _euros(plan.cents)}),
                "overeenkomst": _uri("overeenkomsten", name),
            }
        )


def _person(lists: Lists, house: Household) -> None:
    person, contact = f"{house.tenancy}-P", house.contact
    initial, _, family = contact.name.partition(" ")
    known = {"id": person, "soort": _code("NAT")}
    lists["natuurlijk-personen"].append(known)
    lists["relatierollen"].append({"id": f"{person}-HUU", "soort": _code("HUU"), "relatie": known})
    lists["relaties"].append(
        {
            **known,
            "voorletters": initial,
            "achternaam": family,
            "rollen": [{"id": f"{person}-HUU"}],
            "adressen": [{"id": f"{person}-A", "soort": _code("WOO")}],
            "contactgegevens": [{"id": f"{person}-T", "soort": _code("TEL")}],
        }
    )
    lists["relatie-adressen"].append({"id": f"{person}-A", "adres": _uri("adressen", f"{person}-H")})
    lists["contactgegevens"].append({"id": f"{person}-T", "waarde": contact.phone})
    lists["adressen"].append(
        {
            "id": f"{person}-H",
            "straatnaam": contact.street,
            "huisnummer": str(contact.house_number),
            "postcode": contact.postcode,
            "woonplaats": {"id": "V", "naam": contact.place},
        }
    )


def _code(of: str) -> dict[str, str]:
    return {"code": of, "naam": "naar VERA"}


def _uri(collection: str, name: str) -> str:
    return f"https://vera.example.nl/v4/{collection}/{name}"


def _euros(cents: int) -> str:
    """An amount; `_json` makes a number of it, with two decimals."""
    return f"€{cents}"


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(r'"€(\d+)(\d\d)"', r"\1.\2", text).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, lists: Lists) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lists = lists


@contextmanager
def serving(lists: Lists) -> Iterator[str]:
    """Serve these lists on this machine while the block runs; give the address."""
    with _Server(lists) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v4"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        name, _, id_ = split.path.removeprefix("/v4/").partition("/")
        items = self.server.lists[name]
        if id_:
            found = [it for it in items if it["id"] == id_]
            self._answer(_json(found[0]) if found else b"", 200 if found else 404, {})
            return
        page = int(parse_qs(split.query).get("cursor", ["0"])[0])
        size = min(100, int(self.headers.get("X-Parameters-AantalPerPagina", "20")))
        more = (page + 1) * size < len(items)
        headers = {"X-Parameters-Aantal": str(len(items)), "X-Parameters-AantalPerPagina": str(size)}
        headers |= {"X-Parameters-Cursor": str(page + 1)} if more else {}
        self._answer(_json(items[page * size : (page + 1) * size]), 200, headers)

    def _answer(self, body: bytes, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for header, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)
