"""The contact details (contactgegevens) of the tenant of one lease.

The address is that of the home, by which the municipality knows the household. If the tenant has an
administrator (bewindvoerder) or guardian (curator), `care_of` names them, and telephone and email are
theirs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import product
from typing import Final

from attrs import frozen

from huurschuld.errors import MissingField, UnknownReference
from huurschuld.model.referral import ContactDetails
from huurschuld.model.values import RedactedRepr
from huurschuld.plugins.vera.client import Client
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.leases import OF_RELATION
from huurschuld.plugins.vera.settings import Settings

_OF_ADDRESS: Final = frozenset({"adressen", "eenheidadressen", "postadressen"})
_HIGHEST_NUMBER: Final = 99_999
_ROLE: Final = "correct it in the source, or try again if it changed meanwhile"


@frozen(repr=False)
class _Role:
    becomes: str
    of: str | None  # the relation that it is a role for (rolRelatie)


@frozen(repr=False)
class _Relation:
    item: Item
    roles: tuple[_Role, ...]

    def has(self, becomes: str) -> bool:
        return any(role.becomes == becomes for role in self.roles)


class VeraContacts(RedactedRepr):
    """The contact details in a source that speaks VERA.

    Args:
        settings: the addresses and credentials.
        connect: opens a client.
        today: the day on which roles and addresses must be in force.
    """

    def __init__(
        self,
        settings: Settings,
        connect: Callable[[Settings], Client] = Client,
        today: Callable[[], dt.date] = dt.date.today,
    ) -> None:
        self._settings = settings
        self._connect = connect
        self._today = today

    def contact_details(self, tenancy: str) -> ContactDetails:
        """Read the contact details of the tenant of one lease.

        Raises:
            UnknownReference: there is no such lease; at `/tenancy`.
            MissingField, InvalidValue: it is unknown who the tenant is, or the address is incomplete.
            PluginFailed: the source cannot be read.
        """
        with self._connect(self._settings) as client:
            return _Search(client, self._today()).details(tenancy)


class _Search:
    """One search, which reads each relation once."""

    def __init__(self, client: Client, today: dt.date) -> None:
        self._client = client
        self._today = today
        self._relations: dict[str, _Relation] = {}

    def details(self, tenancy: str) -> ContactDetails:
        lease = self._client.one("overeenkomsten", "huurovereenkomsten", tenancy)
        if lease is None:
            raise UnknownReference("/tenancy", "there is no such lease", "check the id")
        named = [self._relation(lease, it) for it in lease.targets("relaties", OF_RELATION)]
        tenant = _tenant(lease, named)
        representative = self._representative(tenant, named)
        home = self._home(tenant)
        reached_by = tenant if representative is None else representative
        number = home.needed("huisnummer", home.line("huisnummer"))
        if not number.isascii() or not number.isdigit() or not 1 <= int(number[:6]) <= _HIGHEST_NUMBER:
            raise home.refuse("huisnummer", "a house number from 1 to 99,999 is expected")
        town = home.needed("woonplaats", home.part("woonplaats"))
        additions = (home.line("huisletter"), home.line("huisnummerToevoeging"))
        return ContactDetails(
            name=_name(tenant.item),
            street=home.needed("straatnaam", home.line("straatnaam")),
            house_number=int(number),
            addition=" ".join(it for it in additions if it) or None,
            postcode=home.needed("postcode", home.line("postcode")).replace(" ", "").upper(),
            place=town.needed("naam", town.line("naam")),
            phone=self._reach(reached_by, "phone"),
            email=self._reach(reached_by, "email"),
            care_of=None if representative is None else _name(representative.item),
        )

    def _relation(self, lease: Item, name: str) -> _Relation:
        if name not in self._relations:
            item = self._client.one("relaties", "relaties", name)
            if item is None:
                raise lease.refuse("relaties", "it names a relation that does not exist")
            roles = tuple(self._roles(item))
            self._relations[name] = _Relation(item, roles)
        return self._relations[name]

    def _roles(self, item: Item) -> Iterator[_Role]:
        """Read the roles of a relation that are in force and matter here."""
        for name in item.keys("rollen"):
            role = self._client.one("relaties", "relatierollen", name)
            if role is None:  # it may be that of an administrator, who must not be ignored
                raise item.refuse("rollen", "it names a role that does not exist", _ROLE)
            becomes = role.meant("ROLES", role.code("soort") or "")
            if becomes is not None and self._in_force(role):
                yield _Role(becomes, role.key("rolRelatie"))

    def _in_force(self, item: Item) -> bool:
        first, last = item.day("begindatum"), item.day("einddatum")
        return (first is None or first <= self._today) and (last is None or self._today <= last)

    def _representative(self, tenant: _Relation, named: list[_Relation]) -> _Relation | None:
        """Find who represents the tenant, among those whom the lease or the tenant names."""
        own = tenant.item.id()
        around = [self._relation(tenant.item, it) for it in tenant.item.keys("relaties")]
        for it in (*named, *around):
            for role in it.roles:
                of_tenant = role.of == own or (role.of is None and it in named)
                if role.becomes == "representative" and of_tenant:
                    return it
        return None

    def _home(self, tenant: _Relation) -> Item:
        """Find the address where the tenant lives now."""
        for keys in tenant.item.parts("adressen"):
            if keys.meant("ADDRESS_KINDS", keys.code("soort") or "") != "home":
                continue
            link = self._client.one("relaties", "relatie-adressen", keys.id())
            if link is None or not self._in_force(link):
                continue
            address = link.needed("adres", link.target("adres", _OF_ADDRESS))
            found = self._client.one("vastgoed", "adressen", address)
            if found is None:
                raise link.refuse("adres", "it names an address that does not exist")
            return found
        raise tenant.item.missing("adressen", "have the source give the address of the home (WOO)")

    def _reach(self, relation: _Relation, by: str) -> str | None:
        """Find a telephone number or email address that is in use, if there is one."""
        for keys in relation.item.parts("contactgegevens"):
            kind, status = keys.code("soort") or "", keys.code("status") or ""
            gone = keys.meant("CONTACT_DETAIL_STATUSES", status) == "left-out"
            if gone or keys.meant("CONTACT_DETAIL_KINDS", kind) != by:
                continue
            found = self._client.one("relaties", "contactgegevens", keys.id())
            value = None if found is None else found.line("waarde")
            if value is not None:
                return value
        return None


def _tenant(lease: Item, named: list[_Relation]) -> _Relation:
    """Find the tenant, or a co-tenant if the tenant died; without roles, the one person named."""
    living = [it for it in named if it.item.day("overlijdensdatum") is None]
    for becomes, it in product(("tenant", "co-tenant"), living):
        if it.has(becomes):
            return it
    others = [it for it in living if not it.has("representative") and not _is_group(it.item)]
    if not others:
        raise MissingField(
            lease.at("relaties"),
            "the lease names no living tenant",
            "a person has to find out who lives there",
        )
    if len(others) > 1:
        problem = "it is unknown which of the relations of the lease is the tenant"
        raise lease.refuse("relaties", problem, "have the source give the roles HUU and MDH")
    return others[0]


def _is_group(item: Item) -> bool:
    return item.meaning("soort", "RELATION_KINDS") == "group"


def _name(item: Item) -> str:
    """Write the name as on an envelope: of a person initials, prefix and family name."""
    family = item.line("aanschrijfnaam") or item.line("achternaam") or item.line("geslachtsnaam")
    if family is None:
        name: str = item.needed("achternaam", item.line("naam"))
        return name
    first = item.line("voorletters") or item.line("initialen")
    return " ".join(it for it in (first, item.line("tussenvoegsels"), family) if it)
