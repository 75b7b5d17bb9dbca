"""Who rents (huurders, medehuurders), and whether all of them have died.

After the tenant's death a lease goes on with a co-tenant (BW 7:268, 7:266): it is marked `deceased` only
when every tenant and co-tenant has died.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.leases import iso
from huurschuld.plugins.vera.store import Row, Store

RENTS: Final = ("tenant", "co-tenant")


def person_row(item: Item) -> Row:
    """Make the row of a person (natuurlijk persoon): the day of death and the groups, nothing else."""
    groups = json.dumps(sorted(item.keys("groepen")))
    return (item.id(), item.number, iso(item.day("overlijdensdatum")), groups)


def role_row(item: Item) -> Row:
    """Make the row of a role (relatierol); one that does not matter here keeps its id alone."""
    became = item.meant("ROLES", item.code("soort") or "")
    if became is None:
        return (item.id(), item.number, None, None, None)
    relation = item.needed("relatie", item.key("relatie"))
    return (item.id(), item.number, became, relation, iso(item.day("einddatum")))


@frozen(repr=False)
class Party:
    """A relation that a lease names.

    Attributes:
        died: the day on which a person, or the last living member of a group, died.
        is_person: whether it is known to be a person.
        rents_until: the end of each role as tenant or co-tenant; None for one without an end.
        represents: whether it is an administrator (bewindvoerder) or guardian (curator).
    """

    died: dt.date | None
    is_person: bool
    rents_until: tuple[dt.date | None, ...]
    represents: bool

    def rents_after(self, day: dt.date) -> bool:
        """Whether it is a tenant or co-tenant on a later day."""
        return any(until is None or until > day for until in self.rents_until)


def day_of_death(parties: Iterable[Party]) -> dt.date | None:
    """Find the day on which the last tenant died; None while any person or organisation still rents.

    If no role says who is a tenant, every person who does not represent another counts as one. A party
    that is not a person, and has no role as a tenant, does not count. If nobody died while being a
    tenant, for instance because the role ended on the day before, all of those persons must have died.
    """
    named = list(parties)
    renting = [it for it in named if it.rents_until]
    persons = [it for it in named if it.is_person and not it.represents]
    if not renting:
        return _last_death(persons)
    # A person who stopped renting before dying did not die as a tenant.
    last = max(
        (it.died for it in renting if it.died and it.rents_after(it.died - dt.timedelta(1))),
        default=None,
    ) or _last_death(persons)
    if last is None or any(it.died is None and it.rents_after(last) for it in renting):
        return None
    return last


def _last_death(parties: Iterable[Party]) -> dt.date | None:
    """Find the day on which the last of them died; None if one is alive, or there are none."""
    died = [it.died for it in parties]
    return None if None in died else max((it for it in died if it is not None), default=None)


def find_members(store: Store) -> None:
    """Find the parties to each lease: whom it names, and the members of a group that it names."""
    store.run(
        "INSERT INTO member SELECT p.id, g.value FROM person p, json_each(p.groups) g"
        " UNION SELECT id, id FROM person"
    )
    store.run(
        "INSERT INTO party_with_members SELECT agreement, relation FROM party"
        " UNION SELECT p.agreement, m.person FROM party p JOIN member m ON m.relation = p.relation"
    )
    store.run("CREATE INDEX party_of_agreement ON party_with_members (agreement)")
    store.run("CREATE INDEX role_relation ON role (relation)")


def find_deaths(store: Store) -> None:
    """Find the leases whose tenants have all died."""
    touched = store.rows(
        "SELECT DISTINCT q.agreement FROM person p JOIN party_with_members q ON q.relation = p.id"
        " JOIN agreement a ON a.id = q.agreement AND a.kept WHERE p.died IS NOT NULL"
    )
    found: list[Row] = []
    for (agreement,) in touched:
        day = day_of_death(_parties(store, str(agreement)))
        if day is not None:
            found.append((agreement, day.isoformat()))
    store.insert("INSERT INTO death VALUES (?, ?)", found)


def _parties(store: Store, agreement: str) -> list[Party]:
    relations = store.rows(
        "SELECT relation FROM party_with_members WHERE agreement = ? ORDER BY relation", (agreement,)
    )
    return [_party(store, str(relation)) for (relation,) in relations]


def _group_died(store: Store, relation: str) -> str | int | None:
    """Find the day on which the last known member of a group died; None if one is alive."""
    found = store.rows(
        "SELECT CASE WHEN COUNT(*) = COUNT(p.died) THEN MAX(p.died) END"
        " FROM member m JOIN person p ON p.id = m.person WHERE m.relation = ?",
        (relation,),
    )
    return next(found)[0]


def _party(store: Store, relation: str) -> Party:
    person = list(store.rows("SELECT died FROM person WHERE id = ?", (relation,)))
    roles = list(
        store.rows("SELECT kind, until FROM role WHERE relation = ? AND kind IS NOT NULL", (relation,))
    )
    died = person[0][0] if person else _group_died(store, relation)
    return Party(
        died=None if died is None else dt.date.fromisoformat(str(died)),
        is_person=bool(person),
        rents_until=tuple(
            None if until is None else dt.date.fromisoformat(str(until))
            for kind, until in roles
            if kind in RENTS
        ),
        represents=any(kind == "representative" for kind, _ in roles),
    )
