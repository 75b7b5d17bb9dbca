"""The households that policies are tested on: of any kind, near a threshold, and due for a referral."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from hypothesis import strategies as st

from huurschuld.model.tenancy import (
    CHANNELS,
    Child,
    Contact,
    Eviction,
    Household,
    Rent,
    RentTerm,
    Tenancy,
)
from huurschuld.testing import ledger_portfolios
from huurschuld.testing.tenancies import near_threshold, tenancies


def ripe(day: dt.date) -> list[Tenancy]:
    """Return households that owe six months of rent and were approached in every way for two months.

    Everything else is known to be absent; a child lives there or not, an eviction is announced or not.
    """

    def ago(days: int) -> dt.date:
        return day - dt.timedelta(days=days)

    flags: dict[str, Any] = dict.fromkeys(("reached", "reminder", "debt_help", "offers_sharing"), True)
    nothing: dict[str, Any] = dict.fromkeys(("plans", "disputes", "objections", "signals"), ())
    attempts = [
        Contact(date=ago(90 - 5 * number), channel=channel, **flags)
        for number, channel in enumerate((*CHANNELS, *CHANNELS))
    ]
    plain = Tenancy(
        id="ripe",
        start=ago(2_000),
        rents=(Rent(from_=ago(2_000), cents=60_000),),
        entries=tuple(
            RentTerm(id=f"r{number}", due=ago(30 * number + 5), cents=60_000) for number in range(6)
        ),
        contacts=tuple(attempts),
        household=Household(children=()),
        **nothing,
    )
    family = Household(children=(Child(born=ago(3_000)),))
    eviction = Eviction(announced=ago(10), on=day + dt.timedelta(days=10))
    return [
        attrs.evolve(plain, household=household, eviction=announced)
        for household in (plain.household, family)
        for announced in (None, eviction)
    ]


@st.composite
def _nearly_ripe(draw: st.DrawFn, day: dt.date) -> Tenancy:
    """Generate a household of `ripe` without some of its terms and attempts."""
    whole = draw(st.sampled_from(ripe(day)))
    terms = draw(st.integers(1, len(whole.entries)))
    contacts = whole.contacts or ()
    attempts = draw(st.sets(st.integers(0, len(contacts) - 1), max_size=4))
    kept = tuple(it for number, it in enumerate(contacts) if number not in attempts)
    return attrs.evolve(whole, entries=whole.entries[:terms], contacts=kept)


def households_for(day: dt.date) -> st.SearchStrategy[Tenancy]:
    """Generate households to test a policy on, as of a day: many are due for a referral, or nearly."""
    near = near_threshold(day).map(lambda it: it.tenancy)
    return st.sampled_from(ripe(day)) | _nearly_ripe(day) | near | tenancies(day)


def known_on(tenancy: Tenancy, day: dt.date) -> Tenancy:
    """Return what was recorded of a household by a day, while its lease continues."""
    recorded = ledger_portfolios.known_on(tenancy, day)
    return attrs.evolve(recorded, end=None, deceased=None)
