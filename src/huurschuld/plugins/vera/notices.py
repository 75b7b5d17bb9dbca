"""What a person should know of what a source gives, though nothing in it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from huurschuld.errors import Cell
from huurschuld.plugins.vera.settings import BY_KIND, Settings
from huurschuld.plugins.vera.store import Store

_LEASES: Final = "vera huurovereenkomsten"

# An administrator (bewindvoerder) is named by the leases of many tenants.
_RENEWED: Final = (
    "SELECT DISTINCT b.number, b.id FROM agreement a JOIN unit_of u ON u.agreement = a.id"
    " JOIN unit_of v ON v.unit = u.unit JOIN agreement b ON b.id = v.agreement"
    " JOIN party_with_members p ON p.agreement = a.id"
    " JOIN party_with_members q ON q.agreement = b.id AND q.relation = p.relation"
    " WHERE a.kept AND b.kept AND (a.first, a.number) < (b.first, b.number) AND p.relation NOT IN"
    " (SELECT relation FROM role WHERE kind = 'representative') ORDER BY b.number LIMIT 10000"
)
_SHARED: Final = (
    "SELECT MIN(c.number) FROM contact c WHERE (? OR substr(c.flags, ?, 1) = '1') AND c.id IN"
    " (SELECT contact FROM contact_of WHERE contact NOT IN (SELECT contact FROM named_contact)"
    " GROUP BY contact HAVING COUNT(*) > 1)"
)
_NO_UNITS: Final = (
    "no units are read, so that every lease counts as one of a home, also that of a garage: give the"
    ' address of vastgoed, and "units" in records'
)
_SAME_HOME: Final = (
    "this lease is of the same tenant and unit as an earlier one: what is owed on that one, and what was"
    " done about it, counts there and not here; look at both"
)
_EACH: Final = (
    "no lease names this contact or others like it, and the tenant has several: such a contact counts"
    " for each that is in arrears on that day"
)


def notices(store: Store, settings: Settings) -> Iterator[tuple[Cell, str, str | None]]:
    """Yield each place, what is told of it, and its lease, of lists that were read whole."""
    if "units" not in settings.records:
        yield Cell(_LEASES, 0, "eenheden"), _NO_UNITS, None
    for number, lease in store.rows(_RENEWED):
        yield Cell(_LEASES, int(number or 0), "eenheden"), _SAME_HOME, str(lease)
    always = "about_arrears" not in settings.contact_records
    for (number,) in store.rows(_SHARED, (always, BY_KIND.index("about_arrears") + 1)):
        if number is not None:
            yield Cell("vera contactmomenten", int(number), "relaties"), _EACH, None
