"""The contact source `vera` passes the kit for contact sources, through a server of our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from vera_server import VeraServer, serving
from vera_source import code, uri

from huurschuld.hooks import ContactSource
from huurschuld.plugins.vera import open_contacts
from huurschuld.testing import ContactSourceTests

REACHED_BY = {"phone": "TEL", "email": "EMA"}


@pytest.mark.slow
class TestVeraContacts(ContactSourceTests):
    """Name, home and how to be reached come through whole, each from a list of its own."""

    examples = 10
    server: VeraServer

    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with serving({}) as self.server:
            yield

    def seed(self, rows: Sequence[Mapping[str, Any]]) -> None:
        people = [f"T{number}" for number in range(len(rows))]
        leases: dict[str, list[str]] = {}
        for name, row in zip(people, rows, strict=True):
            leases.setdefault(row["tenancy"], []).append(uri("natuurlijk-personen", name))
        guarded = [(name, row) for name, row in zip(people, rows, strict=True) if row["care_of"]]
        self.server.lists = {
            "huurovereenkomsten": [{"id": it, "relaties": its} for it, its in leases.items()],
            "relaties": [
                *(_tenant(name, row) for name, row in zip(people, rows, strict=True)),
                *(_guardian(name, row) for name, row in guarded),
            ],
            "relatierollen": [
                {
                    "id": f"R{name}",
                    "soort": code("BWI"),
                    "relatie": {"id": f"B{name}"},
                    "rolRelatie": {"id": name},
                }
                for name, _ in guarded
            ],
            "relatie-adressen": [
                {"id": f"L{name}", "adres": uri("adressen", f"A{name}")} for name in people
            ],
            "adressen": [_address(name, row) for name, row in zip(people, rows, strict=True)],
            "contactgegevens": [
                {"id": f"{by}-{name}", "waarde": row[by]}
                for name, row in zip(people, rows, strict=True)
                for by in REACHED_BY
                if row[by]
            ],
        }

    def make_source(self) -> ContactSource:
        return open_contacts(base=self.server.base, first_wait_ms=1, attempts=2)

    def spoil(self) -> None:
        self.server.lists = {name: ["KW"] for name in self.server.lists}


def _tenant(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "soort": code("NAT"),
        "naam": row["name"],
        "relaties": [{"id": f"B{name}", "soort": code("REC")}] if row["care_of"] else [],
        "adressen": [{"id": f"L{name}", "soort": code("WOO")}],
        "contactgegevens": [] if row["care_of"] else _reached(name, row),
    }


def _guardian(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": f"B{name}",
        "soort": code("REC"),
        "naam": row["care_of"],
        "rollen": [{"id": f"R{name}"}],
        "contactgegevens": _reached(name, row),
    }


def _reached(name: str, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"id": f"{by}-{name}", "soort": code(soort)} for by, soort in REACHED_BY.items() if row[by]]


def _address(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    number = row["house_number"]
    return {
        "id": f"A{name}",
        "straatnaam": row["street"],
        "huisnummer": None if number is None else str(number),
        "huisnummerToevoeging": row["addition"],
        "postcode": row["postcode"],
        "woonplaats": {"id": f"W{name}", "naam": row["place"]},
    }
