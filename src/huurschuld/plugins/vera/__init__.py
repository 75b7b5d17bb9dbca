"""The `vera` ledger and contact source: a client of the housing corporations' standard API, VERA 4.3.

| module | holds |
|---|---|
| `settings` | what the user can set, checked |
| `transport`, `oauth`, `client` | retries and time-outs, tokens, pages |
| `items` | VERA's JSON, amounts as exact cents, and the place of every member |
| `codes`, `codes.toml` | the one table of reference data |
| `leases`, `units`, `bookings`, `dossier`, `people` | the rows kept from each list |
| `store`, `matching`, `entries`, `stornos`, `reading` | the lists together, on disk |
| `aside` | the leases that something wrong concerns, where these are set aside |
| `notices` | what a person should know, though nothing is wrong |
| `ledger` | the tables |
| `contact` | the contact details of one tenant |

`docs/vera.md` says where the value of each column comes from. What is wrong in an item is an
`InputError` at its list, its number and its member.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from huurschuld.hooks import ContactSource, Ledger, OpenContactSource, OpenLedger, hookimpl
from huurschuld.plugins.vera.contact import VeraContacts
from huurschuld.plugins.vera.ledger import VeraLedger
from huurschuld.plugins.vera.settings import Settings, settings

api_version: Final = 1


@hookimpl
def huurschuld_ledgers() -> Mapping[str, OpenLedger]:
    """Return the ledger `vera`; its options are in `docs/vera.md`."""
    return {"vera": open_vera}


@hookimpl
def huurschuld_contact_sources() -> Mapping[str, OpenContactSource]:
    """Return the contact source `vera`; it takes the ledger's options and the address of `vastgoed`."""
    return {"vera": open_contacts}


def open_vera(**options: Any) -> Ledger:
    """Open the ledger of a source that speaks VERA; nothing is sent before `tables()` is called.

    Raises:
        UnknownField, InvalidValue: at the option.
        ExtraNeeded: the extra `vera` is not installed.
    """
    found = _with_addresses(options, "overeenkomsten", "financien", "relaties")
    if "units" in found.records:
        found.address("vastgoed")
    return VeraLedger(found)


def open_contacts(**options: Any) -> ContactSource:
    """Open the contact source of a source that speaks VERA; nothing is sent before it is used.

    Raises:
        UnknownField, InvalidValue: at the option.
        ExtraNeeded: the extra `vera` is not installed.
    """
    return VeraContacts(_with_addresses(options, "overeenkomsten", "relaties", "vastgoed"))


def _with_addresses(options: Mapping[str, Any], *apis: str) -> Settings:
    """Check the options, and see that they have these addresses."""
    found = settings(options)
    for api in apis:
        found.address(api)
    return found
