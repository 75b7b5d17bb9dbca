"""The `vera` contact source: name and address of one tenant, and the options of both."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from vera_server import serving
from vera_source import OPTIONS, code, uri

from huurschuld.errors import InputError, InvalidValue, UnknownField, UnknownReference
from huurschuld.hooks import ContactSource, Ledger
from huurschuld.model.referral import ContactDetails
from huurschuld.plugins import vera
from huurschuld.plugins.vera import open_contacts, open_vera
from huurschuld.plugins.vera.contact import VeraContacts
from huurschuld.plugins.vera.settings import settings

Lists = dict[str, list[dict[str, Any]]]


@pytest.fixture
def lists() -> Lists:
    """A lease with an administrator: the tenant, his home, and how the administrator is reached."""
    return {
        "huurovereenkomsten": [{"id": "KW 1/2", "relaties": [uri("natuurlijk-personen", "T")]}],
        "relaties": [
            {
                "id": "T",
                "soort": code("NAT"),
                "voorletters": "J.M.",
                "tussenvoegsels": "van der",
                "achternaam": "Voorbeeld",
                "rollen": [{"id": "r-t"}],
                "relaties": [{"id": "B", "soort": code("REC")}],
                "adressen": [
                    {"id": "post", "soort": code("POS")},
                    {"id": "old", "soort": code("WOO")},
                    {"id": "home", "soort": code("WOO")},
                ],
                "contactgegevens": [
                    {"id": "gone", "soort": code("TEL"), "status": code("ONG")},
                    {"id": "t-phone", "soort": code("MOB"), "status": code("GEV")},
                    {"id": "t-mail", "soort": code("EMA")},
                ],
            },
            {
                "id": "B",
                "soort": code("REC"),
                "naam": "Bewind in Beeld",
                "rollen": [{"id": "r-b"}],
                "contactgegevens": [{"id": "b-phone", "soort": code("TEL")}],
            },
        ],
        "relatierollen": [
            {"id": "r-t", "soort": code("HUU"), "relatie": {"id": "T"}},
            {
                "id": "r-b",
                "soort": code("BWI"),
                "relatie": {"id": "B"},
                "rolRelatie": {"id": "T"},
                "begindatum": "2024-01-01",
            },
        ],
        "relatie-adressen": [
            {"id": "old", "adres": uri("adressen", "A0"), "einddatum": "2020-01-01"},
            {"id": "home", "adres": uri("adressen", "A1"), "begindatum": "2020-01-02"},
        ],
        "adressen": [
            {
                "id": "A1",
                "straatnaam": "Voorstraat",
                "huisnummer": "12",
                "huisletter": "B",
                "huisnummerToevoeging": "hs",
                "postcode": "2222 ab",
                "woonplaats": {"id": "w", "naam": "Katwijk"},
            }
        ],
        "contactgegevens": [
            {"id": "t-phone", "waarde": "0600000000"},
            {"id": "t-mail", "waarde": "j@voorbeeld.example"},
            {"id": "b-phone", "waarde": "0710000000"},
        ],
    }


def details(
    lists: Lists, tenancy: str = "KW 1/2", day: dt.date = dt.date(2026, 10, 20)
) -> ContactDetails:
    """The details that a source with these lists gives."""
    with serving(lists, oauth=True) as server:
        source = VeraContacts(settings({"base": server.base, **server.credentials}), today=lambda: day)
        return source.contact_details(tenancy)


HOME: Mapping[str, object] = {
    "name": "J.M. van der Voorbeeld",
    "street": "Voorstraat",
    "house_number": 12,
    "addition": "B hs",
    "postcode": "2222AB",
    "place": "Katwijk",
}


def test_contact_goes_to_the_administrator(lists: Lists) -> None:
    """The tenant and his home, in care of his bewindvoerder; how to reach the tenant is not given."""
    other = {"phone": "0710000000", "email": None, "care_of": "Bewind in Beeld"}
    assert attrs.asdict(details(lists)) == {**HOME, **other}


@pytest.mark.parametrize(
    "change",
    [
        {"soort": code("MBW")},
        {"einddatum": "2025-12-31"},
        {"begindatum": "2027-01-01"},
        {"rolRelatie": {"id": "another"}},
        {"rolRelatie": None},
    ],
)
def test_who_does_not_answer_for_the_tenant_gets_nothing(lists: Lists, change: Any) -> None:
    """Another role, one that is over, or one for somebody else: the tenant is reached himself."""
    lists["relatierollen"][1] |= change
    own = {"phone": "0600000000", "email": "j@voorbeeld.example", "care_of": None}
    assert attrs.asdict(details(lists)) == {**HOME, **own}


def test_a_guardian_whom_the_lease_names_answers_for_it(lists: Lists) -> None:
    """Then the role need not say for whom."""
    lists["relatierollen"][1] |= {"rolRelatie": None, "soort": code("CUR")}
    lists["huurovereenkomsten"][0]["relaties"].append(uri("relaties", "B"))
    assert details(lists).care_of == "Bewind in Beeld"


def test_after_a_death_the_co_tenant_is_the_tenant(lists: Lists) -> None:
    """Nobody writes to the dead; where nobody lives on, a person has to look."""
    tenant = lists["relaties"][0]
    other = {**tenant, "id": "M", "voorletters": "A.", "rollen": [{"id": "r-m"}], "relaties": []}
    tenant["overlijdensdatum"] = "2026-01-01"
    refused(lists, "vera huurovereenkomsten, line 1, column relaties")
    lists["relaties"].append(other)
    lists["relatierollen"].append({"id": "r-m", "soort": code("MDH")})
    lists["huurovereenkomsten"][0]["relaties"].append(uri("relaties", "M"))
    assert details(lists).name == "A. van der Voorbeeld"


def test_without_roles_the_one_person_is_the_tenant_and_of_two_neither(lists: Lists) -> None:
    """Who of them is the tenant is not guessed."""
    lists["relatierollen"] = []
    for relation in lists["relaties"]:
        relation.pop("rollen")
    assert details(lists).name == "J.M. van der Voorbeeld"
    lists["relaties"].append({**lists["relaties"][0], "id": "M"})
    lists["huurovereenkomsten"][0]["relaties"].append(uri("relaties", "M"))
    refused(lists, "vera huurovereenkomsten, line 1, column relaties")


def test_a_role_that_is_not_there_is_refused(lists: Lists) -> None:
    """It may be that of an administrator: then the tenant's own number would be given."""
    lists["relatierollen"].pop()
    refused(lists, "vera relaties, line 1, column rollen")


def refused(lists: Lists, place: str) -> None:
    """See that there are no details, with an error at the place that quotes nothing."""
    with pytest.raises(InputError) as caught:
        details(lists)
    assert str(caught.value.place) == place
    for hidden in ("Voorbeeld", "Voorstraat", "2222", "KW 1/2", "0600000000"):
        assert hidden not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("name", "change", "place"),
    [
        *(
            ("adressen", {"huisnummer": it}, "adressen/huisnummer")
            for it in ("12B", "0", "1234567", None)
        ),
        *(("adressen", {"straatnaam": it}, "adressen/straatnaam") for it in (" ", "a\nb")),
        ("adressen", {"woonplaats": None}, "adressen/woonplaats"),
        ("adressen", {"postcode": "22"}, "/postcode"),
        ("relatie-adressen", {"adres": None}, "relatie-adressen/adres"),
        ("relatie-adressen", {"adres": uri("adressen", "X")}, "relatie-adressen/adres"),
        ("relatie-adressen", {"einddatum": "2021-01-01"}, "relaties/adressen"),
        ("huurovereenkomsten", {"relaties": []}, "huurovereenkomsten/relaties"),
        ("huurovereenkomsten", {"relaties": [uri("relaties", "X")]}, "huurovereenkomsten/relaties"),
    ],
)
def test_details_that_are_not_whole_are_refused(
    lists: Lists, name: str, change: Any, place: str
) -> None:
    """A referral with half an address goes nowhere."""
    lists[name][-1].update(change)
    resource, _, member = place.partition("/")
    refused(lists, f"vera {resource}, line 1, column {member}" if resource else place)


def test_a_lease_that_is_not_there_is_said_so(lists: Lists) -> None:
    """At the tenancy, as every contact source does."""
    for name in ("another", "..", "."):
        with pytest.raises(UnknownReference) as caught:
            details(lists, name)
        assert caught.value.place == "/tenancy"


def test_nothing_of_the_tenant_is_logged(lists: Lists, caplog: pytest.LogCaptureFixture) -> None:
    """No library writes his name, his address, or the id in what is asked for."""
    caplog.set_level(logging.DEBUG)
    details(lists)
    for hidden in ("Voorbeeld", "Voorstraat", "2222", "KW%201", "KW 1", "0710000000"):
        assert hidden not in caplog.text


WRONG: Mapping[str, list[object]] = {
    "base": [
        *("http://vera.example.nl/v4", "ftp://vera.example.nl", "https://user:geheim@vera.example.nl"),
        *("https://vera.example.nl/v4?key=geheim", "https://", "https://vera.example.nl:port"),
        *("http://127.0.0.1.example.nl", "https://vera.example.nl/ v4", 4),
    ],
    "token_url": ["http://vera.example.nl/token", "https://vera.example.nl/token"],
    "proxy": ["socks://proxy.example.nl"],
    "page_size": [101, True, "20"],
    "records": [["contacts", "children"], "contacts"],
    "rents": ["guess"],
    "bookings": [{"VOR": "rent"}, {"VOR PRO": "arrears"}, ["VOR PRO"]],
    "negative": ["VOR CRE"],
    "contact_kinds": [{"A": "reminder"}, {"A": ["direction"]}],
    "contact_records": [["reminder"]],
    "channels": [{"A": "pigeon"}],
    "sender": ["Woningstichting é"],
    "ca_file": ["no-such-file.pem"],
}


class TestOptions:
    """What the user sets, checked before anything is sent."""

    def test_the_hooks_give_a_ledger_and_a_contact_source(self) -> None:
        """Both by the name of the plugin, for version 1 of the interface."""
        addresses = {"base": "https://vera.example.nl/v4"}
        ledger: Ledger = vera.huurschuld_ledgers()["vera"](**addresses)
        contacts: ContactSource = vera.huurschuld_contact_sources()["vera"](**addresses)
        assert (repr(ledger), repr(contacts)) == ("<VeraLedger>", "<VeraContacts>")
        assert vera.api_version == 1

    @pytest.mark.parametrize(("option", "value"), [(name, it) for name in WRONG for it in WRONG[name]])
    def test_an_option_that_is_not_right_is_refused_at_its_name(
        self, option: str, value: object
    ) -> None:
        """Nothing of it is quoted: there may be a secret in it."""
        options: dict[str, Any] = {"base": "https://vera.example.nl", **OPTIONS, "contact_kinds": {}}
        options["contact_records"] = []
        with pytest.raises(InvalidValue) as caught:
            open_vera(**{**options, option: value}).tables()
        wanted = {"contact_records": "/contact_kinds"}.get(option, f"/{option}")
        assert str(caught.value.place) == wanted
        assert "geheim" not in str(caught.value) + repr(caught.value)
        assert caught.value.remedy

    def test_an_address_on_this_machine_need_not_be_https(self) -> None:
        """For tests: the loopback addresses, and nothing that looks like them."""
        for host in ("127.0.0.1:1", "localhost:1/v4", "[::1]:1", "127.9.9.9"):
            assert repr(open_vera(base=f"http://{host}")) == "<VeraLedger>"

    def test_each_api_needs_an_address(self) -> None:
        """The ledger three, the contact source that of the addresses as well."""
        some = dict.fromkeys(("overeenkomsten", "relaties"), "https://vera.example.nl")
        for opened, missing in ((open_vera, "/financien"), (open_contacts, "/vastgoed")):
            with pytest.raises(InvalidValue) as caught:
                opened(**some)
            assert caught.value.place == missing

    def test_an_option_that_there_is_not_is_refused(self) -> None:
        """Misspelt perhaps: nothing is ignored."""
        with pytest.raises(UnknownField) as caught:
            open_vera(base="https://vera.example.nl", client_secret="geheim", client_scret="geheim")  # noqa: S106 - of nobody
        assert caught.value.place == "/client_scret"
        assert "geheim" not in str(caught.value)
