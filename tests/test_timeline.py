"""The timeline of a tenancy: everything that happened, once, in order, with what was owed after each."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import attrs
import oracle
import pytest
from hypothesis import given

import huurschuld as h
from huurschuld.decisions.timeline import KINDS, TimelineEvent
from huurschuld.model.entries import Entry
from huurschuld.testing import tenancies
from huurschuld.testing.tenancies import AS_OF

DAY = dt.timedelta(days=1)
LEDGER = ("rent", "other", "payment", "credit", "reversal", "refund")


def owed(tenancy: h.Tenancy, *days: dt.date) -> list[int]:
    """What was owed on each of some days, by the oracle."""
    return oracle.owed_by_day(h.dump_tenancy(tenancy), [day.isoformat() for day in days])


@given(tenancies())
def test_what_is_owed_at_the_end_of_each_day_is_that_of_the_semantics(tenancy: h.Tenancy) -> None:
    """To the cent, on each day with an event; and on the days between nothing changes."""
    events = h.timeline(tenancy, AS_OF).events
    last_of_day = {it.day: it.owed_cents for it in events}
    days = sorted({*last_of_day, *(day - DAY for day in last_of_day), AS_OF})
    known, expected = 0, owed(tenancy, *days)
    for day, cents in zip(days, expected, strict=True):
        known = last_of_day.get(day, known)
        assert cents == known


@given(tenancies())
def test_within_a_day_each_entry_is_taken_in_order(tenancy: h.Tenancy) -> None:
    """What is owed after an entry is what would be owed had nothing after it been booked that day."""
    found = [it for it in h.timeline(tenancy, AS_OF) if isinstance(it.part, Entry)]
    for day, group in itertools.groupby(found, lambda it: it.day):
        several = list(group)
        for number, event in enumerate(several[:-1], 1):
            if any(it.kind == "booked-early" for it in several):
                continue  # its day is not that of the claim
            later = {it.part.id for it in several[number:] if it.part is not None}  # type: ignore[union-attr] # an entry
            entries = [
                attrs.evolve(it, booked=day + DAY) if it.id in later else it for it in tenancy.entries
            ]
            assert owed(attrs.evolve(tenancy, entries=entries), day) == [event.owed_cents]


@given(tenancies())
def test_everything_that_happened_is_there_once_and_in_order(tenancy: h.Tenancy) -> None:
    """By day; every entry and contact that was known, nothing of later, and what is unknown."""
    found = h.timeline(tenancy, AS_OF)
    assert [it.day for it in found] == sorted(it.day for it in found)
    assert all(it.day <= AS_OF and it.kind in KINDS for it in found)
    ids = [it.part.id for it in found if it.kind in LEDGER and isinstance(it.part, Entry)]
    claims = {it.id for it in tenancy.entries if isinstance(it, (h.RentTerm, h.OtherClaim))}
    expected = {
        it.id
        for it in tenancy.entries
        if it.booked <= AS_OF and (it.id not in claims or it.due <= AS_OF)  # type: ignore[union-attr] # a claim
    }
    assert len(ids) == len(set(ids))
    # A reversal counts only once the payment is there.
    reversals = {it.id for it in tenancy.entries if isinstance(it, h.Reversal)}
    assert expected - reversals <= set(ids) <= expected
    contacts = [it.part for it in found if it.kind == "contact"]
    assert sorted(map(id, contacts)) == sorted(
        id(it) for it in tenancy.contacts or () if it.date <= AS_OF
    )
    parts = ("contacts", "disputes", "objections", "plans", "signals")
    assert found.unknown == tuple(it for it in parts if getattr(tenancy, it) is None)


@given(tenancies())
def test_the_open_terms_add_up_to_the_arrears(tenancy: h.Tenancy) -> None:
    """Which months are open: oldest first, each due before the day, together all of the arrears."""
    happened = h.timeline(tenancy, AS_OF)
    found = happened.open_terms
    assert [day for day, _ in found] == sorted({day for day, _ in found})
    assert all(day < AS_OF and cents > 0 for day, cents in found)
    assert sum(cents for _, cents in found) == h.facts_of(tenancy, AS_OF).arrears_cents
    due_today = sum(it.cents for it in tenancy.entries if isinstance(it, h.RentTerm) and it.due == AS_OF)
    assert 0 <= happened.owed_cents - sum(cents for _, cents in found) <= due_today


def made(*entries: Any, **parts: Any) -> h.Tenancy:
    """A tenancy with these entries."""
    day = dt.date(2026, 1, 1)
    return h.Tenancy(
        id="T-1", start=day, rents=[h.Rent(from_=day, cents=60_000)], entries=entries, **parts
    )


def short(events: Any) -> list[tuple[str, str, int]]:
    """The day, the kind and what was owed."""
    return [(f"{it.day:%m-%d}", it.kind, it.owed_cents) for it in events]


def test_a_payment_for_damage_pays_no_rent() -> None:
    """Where a naive sum differs: money that names another claim, a storno, and money paid back."""
    tenancy = made(
        h.RentTerm(id="r1", due=dt.date(2026, 9, 1), cents=60_000),
        h.OtherClaim(id="d1", due=dt.date(2026, 9, 3), cents=20_000),
        h.Payment(id="p1", booked=dt.date(2026, 9, 5), cents=25_000, settles="d1"),
        h.Payment(id="p2", booked=dt.date(2026, 9, 5), cents=60_000),
        h.Reversal(id="s2", booked=dt.date(2026, 9, 8), reverses="p2"),
        h.Refund(id="b1", booked=dt.date(2026, 9, 9), cents=5_000),
        contacts=[h.Contact(date=dt.date(2026, 9, 5), channel="phone")],
    )
    assert short(h.timeline(tenancy, dt.date(2026, 10, 20))) == [
        ("01-01", "lease-started", 0),
        ("09-01", "rent", 60_000),
        ("09-03", "other", 60_000),
        ("09-05", "payment", 55_000),
        ("09-05", "payment", 0),
        ("09-05", "contact", 0),
        ("09-08", "reversal", 55_000),
        ("09-09", "refund", 60_000),
    ]
    found = h.timeline(tenancy, dt.date(2026, 10, 20))
    assert found.open_terms == ((dt.date(2026, 9, 1), 60_000),)
    assert isinstance(found.last_payment, TimelineEvent)
    assert found.last_payment.part is tenancy.entries[2]


def test_money_that_names_a_claim_before_its_day_is_seen_to_leave_the_rent() -> None:
    """A payment for a later term first pays the rent that is due, until that term is booked."""
    tenancy = made(
        h.RentTerm(id="r1", due=dt.date(2026, 9, 1), cents=60_000),
        h.Payment(id="p1", booked=dt.date(2026, 9, 2), cents=60_000, settles="r2"),
        h.RentTerm(id="r2", due=dt.date(2026, 10, 1), cents=60_000, booked=dt.date(2026, 9, 20)),
    )
    assert short(h.timeline(tenancy, dt.date(2026, 10, 20)))[1:] == [
        ("09-01", "rent", 60_000),
        ("09-02", "payment", 0),
        ("09-20", "booked-early", 60_000),
        ("10-01", "rent", 60_000),
    ]


def test_more_cannot_be_taken_or_paid_back_than_there_was() -> None:
    """Reversals that together exceed the payment, and a refund of money that is not there."""
    day = dt.date(2026, 9, 5)
    tenancy = made(
        h.RentTerm(id="r1", due=dt.date(2026, 9, 1), cents=60_000),
        h.Payment(id="p1", booked=dt.date(2026, 9, 2), cents=40_000),
        h.Reversal(id="s1", booked=day, reverses="p1", cents=30_000),
        h.Refund(id="b1", booked=day, cents=5_000),
        h.Reversal(id="s2", booked=dt.date(2026, 9, 6), reverses="p1", cents=30_000),
        h.Payment(id="p2", booked=dt.date(2026, 9, 7), cents=10_000),
    )
    assert short(h.timeline(tenancy, dt.date(2026, 10, 20)))[1:] == [
        ("09-01", "rent", 60_000),
        ("09-02", "payment", 20_000),
        ("09-05", "reversal", 50_000),
        ("09-05", "refund", 55_000),
        ("09-06", "reversal", 60_000),
        ("09-07", "payment", 55_000),
    ]
    assert owed(tenancy, day, dt.date(2026, 9, 6), dt.date(2026, 9, 7)) == [55_000, 60_000, 55_000]


def test_nothing_of_a_person_is_shown_by_accident() -> None:
    """Its `repr` shows no value; what is not a tenancy or a day is refused by name."""
    found = h.timeline(made(), dt.date(2026, 1, 5))
    assert (repr(found), repr(found.events[0])) == ("<Timeline>", "<TimelineEvent>")
    with pytest.raises(h.InvalidValue, match="a Tenancy is expected"):
        h.timeline({}, dt.date(2026, 1, 5))  # type: ignore[arg-type] # what is tested
    with pytest.raises(h.InvalidValue, match=r"datetime\.date is expected"):
        h.timeline(made(), "2026-01-05")  # type: ignore[arg-type] # what is tested
