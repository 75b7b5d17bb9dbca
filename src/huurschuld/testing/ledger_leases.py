"""What the portfolios are made of that a ledger is checked with."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from huurschuld.model.entries import Credit, Entry, Payment, RentTerm, Reversal
from huurschuld.model.tenancy import Household, Rent, Tenancy
from huurschuld.testing.recorded import Rows
from huurschuld.testing.tenancies import AS_OF, tenancies

A_RENT: Final = 60_000

RECORDED: Final = {
    **dict.fromkeys(("contacts", "objections", "signals"), "date"),
    **dict.fromkeys(("plans", "disputes", "facts"), "from_"),
}
"""Each part that a household may have many of, with the day on which one of it was recorded."""


def day(ago: int) -> dt.date:
    """Return the day that is so many days before the one that portfolios are around."""
    return AS_OF - dt.timedelta(days=ago)


def term(name: str, ago: int, cents: int = A_RENT) -> RentTerm:
    """Return a rent term that was due so many days ago."""
    return RentTerm(id=name, due=day(ago), cents=cents)


OWING: Final = (term("r1", 70), term("r2", 40))
"""Two terms that are owed."""


def lease(name: str, *entries: Entry, **parts: Any) -> Tenancy:
    """Return a tenancy with these entries, of which everything is known; the rent is 600 euros."""
    known: dict[str, Any] = {
        "start": day(2_000),
        "rents": (Rent(from_=day(2_000), cents=A_RENT),),
        "household": Household(children=()),
        **dict.fromkeys(RECORDED, ()),
    }
    return Tenancy(id=name, entries=entries, **known | parts)


def several(most: int = 3, *, of_ledgers: bool = False) -> st.SearchStrategy[list[Tenancy]]:
    """Generate a few tenancies with different ids: of any kind, or with any entries and nothing else."""
    known: dict[str, Any] = dict.fromkeys(RECORDED, ()) if of_ledgers else {}
    return st.lists(tenancies(**known), min_size=1, max_size=most, unique_by=lambda it: it.id)


def known_on(tenancy: Tenancy, day: dt.date) -> Tenancy:
    """Return what could be known of a tenancy on a day: what was recorded by then."""
    entries = [it for it in tenancy.entries if it.booked <= day]
    names = {it.id for it in entries}
    kept = [
        attrs.evolve(it, settles=None)
        if isinstance(it, Payment | Credit) and it.settles not in names
        else it
        for it in entries
        if not isinstance(it, Reversal) or it.reverses in names
    ]
    parts: dict[str, Any] = {
        name: parts and tuple(it for it in parts if (getattr(it, by) or day) <= day)
        for name, by in RECORDED.items()
        for parts in [getattr(tenancy, name)]
    }
    return attrs.evolve(tenancy, entries=tuple(kept), **parts)


def shuffled(rows: Rows, chance: random.Random) -> Rows:
    """Return the same rows, with those of each table in another order."""
    return {name: chance.sample(them, len(them)) for name, them in rows.items()}
