"""When the advice changes: the first later day on which it does, by deciding day by day."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import attrs
import pytest
from hypothesis import given, settings, strategies as st

import huurschuld as h
from huurschuld.rules.parameters import Dated
from huurschuld.rules.policy import Policy
from huurschuld.rules.sources import CHOICE
from huurschuld.testing import policies, tenancies
from huurschuld.testing.tenancies import AS_OF

AHEAD: Final = 60
DAY = dt.timedelta(days=1)


def decided(tenancy: h.Tenancy, policy: Policy | str, day: dt.date) -> h.Decision:
    """The decision of one day, by the engine that says what a policy means."""
    return h.decide(tenancy, policy, day, engine="reference")


@given(tenancies(), policies() | st.sampled_from(["bgs-2021", "katwijk-2021"]))
@settings(max_examples=30)
def test_it_is_the_first_day_that_deciding_day_by_day_finds(
    tenancy: h.Tenancy, policy: Policy | str
) -> None:
    """No day earlier, none passed over, and with the decision of that day and a reason."""
    found = h.next_change(tenancy, policy, AS_OF, engine="reference", days=AHEAD)
    known = h.known_on(tenancy, AS_OF)
    now = decided(known, policy, AS_OF)
    days = [AS_OF + ahead * DAY for ahead in range(1, AHEAD + 1)]
    others = ((day, decided(known, policy, day)) for day in days)
    day, after = next(((day, it) for day, it in others if it.advice is not now.advice), (None, None))
    assert (found.day, found.after, found.before) == (day, after, now)
    assert found.until == (day or days[-1])
    assert bool(found.reasons) is (day is not None)
    if after is not None:
        assert found.reasons == tuple(it for it in h.explain_change(now, after) if it.about == "advice")


@given(tenancies(), policies() | st.sampled_from(["bgs-2021", "katwijk-2021"]))
def test_what_was_known_on_a_day_gives_the_decision_of_that_day(
    tenancy: h.Tenancy, policy: Policy | str
) -> None:
    """Leaving out what came later changes nothing on the day, and doing so twice nothing more."""
    known = h.known_on(tenancy, AS_OF)
    assert decided(known, policy, AS_OF) == decided(tenancy, policy, AS_OF)
    assert h.known_on(known, AS_OF) == known
    assert all(it.booked <= AS_OF or getattr(it, "due", AS_OF) > AS_OF for it in known.entries)
    assert all(it.date <= AS_OF for it in known.contacts or ())


def made(**parts: Any) -> h.Tenancy:
    """Two months open, and all that a referral asks for; nothing unknown but what is named."""
    known: dict[str, Any] = {
        "entries": [
            h.RentTerm(id="r1", due=dt.date(2026, 8, 1), cents=60_000),
            h.RentTerm(id="r2", due=dt.date(2026, 9, 1), cents=60_000),
        ],
        "contacts": [
            h.Contact(date=dt.date(2026, 10, 10), channel="letter", reminder=True, offers_sharing=True),
            h.Contact(date=dt.date(2026, 10, 12), channel="phone", debt_help=True),
        ],
        **dict.fromkeys(("plans", "disputes", "objections", "signals"), ()),
        "household": h.Household(children=[]),
    }
    day = dt.date(2026, 1, 1)
    rents = [h.Rent(from_=day, cents=60_000)]
    return h.Tenancy(id="T-1", start=day, rents=rents, **{**known, **parts})


TODAY: Final = dt.date(2026, 10, 20)


def test_a_referral_waits_for_fourteen_days_to_respond() -> None:
    """And what is told of it: the day, why, and how far the rent of the ledger goes."""
    found = h.next_change(made(), "bgs-2021", TODAY)
    assert found.day == dt.date(2026, 10, 24)
    assert found.after is not None
    assert found.after.advice is h.Advice.REFER
    assert [it.text.en for it in found.reasons] == [
        "days since the offer: 10 (less than 14) → 14 (at least 14)"
    ]
    assert found.last_rent == dt.date(2026, 9, 1)
    assert found.document()["day"] == "2026-10-24"
    assert repr(found) == "<NextChange>"


def test_what_came_later_is_not_foreseen() -> None:
    """A payment and an objection of after the day do not count; rent that the ledger has falls due."""
    later = dt.date(2026, 10, 22)
    base = made()
    paid = attrs.evolve(
        base,
        entries=[*base.entries, h.Payment(id="p1", booked=later, cents=120_000)],
        objections=[h.Objection(date=later)],
    )
    assert h.next_change(paid, "bgs-2021", TODAY).day == dt.date(2026, 10, 24)
    fresh = made(entries=[h.RentTerm(id="r3", due=dt.date(2026, 11, 1), cents=60_000)], contacts=[])
    found = h.next_change(fresh, "bgs-2021", TODAY)
    assert (found.day, str(found.before.advice)) == (dt.date(2026, 11, 2), "none")


def test_the_very_next_day_counts() -> None:
    """Whoever asks the day before is told the next day."""
    assert h.next_change(made(), "bgs-2021", dt.date(2026, 10, 23)).day == dt.date(2026, 10, 24)


def test_what_was_not_known_yet_is_left_out_with_what_hangs_on_it() -> None:
    """A term of before that was booked later, money for it, what was taken back of a later payment."""
    later = dt.date(2026, 10, 25)
    tenancy = made(
        entries=[
            h.RentTerm(id="r1", due=dt.date(2026, 9, 1), cents=60_000),
            h.RentTerm(id="late", due=TODAY, cents=60_000, booked=later),
            h.RentTerm(id="next", due=dt.date(2026, 11, 1), cents=60_000),
            h.Payment(id="p1", booked=dt.date(2026, 10, 1), cents=10_000, settles="late"),
            h.Payment(id="p2", booked=later, cents=10_000),
            h.Reversal(id="s2", booked=dt.date(2026, 10, 2), reverses="p2"),
        ],
        plans=[h.Plan(from_=dt.date(2026, 9, 1), broken_on=later)],
        objections=[h.Objection(date=dt.date(2026, 9, 1), withdrawn=later)],
        eviction=h.Eviction(announced=later, on=later),
        deceased=later,
    )
    known = h.known_on(tenancy, TODAY)
    assert [it.id for it in known.entries] == ["r1", "next", "p1"]
    assert known.entries[2] == h.Payment(id="p1", booked=dt.date(2026, 10, 1), cents=10_000)
    assert known.plans == (h.Plan(from_=dt.date(2026, 9, 1)),)
    assert known.objections == (h.Objection(date=dt.date(2026, 9, 1)),)
    assert (known.eviction, known.deceased) == (None, None)
    assert h.known_on(tenancy, later) == tenancy


def test_an_advice_that_changes_forth_and_back_is_found_each_time() -> None:
    """A plan of a week holds it, and then it goes on: three changes, each on its own day."""
    plan = h.Plan(from_=dt.date(2026, 11, 1), until=dt.date(2026, 11, 7))
    found = list(h.outlook(made(plans=[plan]), "bgs-2021", TODAY))
    assert [(str(it.day), it.after and str(it.after.advice)) for it in found] == [
        ("2026-10-24", "refer"),
        ("2026-11-01", "hold"),
        ("2026-11-08", "refer"),
        ("2027-04-09", "remind"),
        ("None", None),
    ]


def test_unknown_stays_unknown_and_a_policy_that_ends_is_told() -> None:
    """Nobody is told a day that rests on what nobody knows, or on rules that are no longer in force."""
    found = h.next_change(made(plans=None), "bgs-2021", dt.date(2026, 10, 25), days=100)
    assert (found.day, found.before.unknown) == (None, ("plans",))
    ending = h.policies()["bgs-2021"].with_(
        "ending", in_force=h.Period(dt.date(2021, 1, 1), dt.date(2026, 10, 22))
    )
    found = h.next_change(made(), ending, TODAY)
    assert (found.day, found.until, found.ends) == (None, dt.date(2026, 10, 22), True)


def test_a_number_that_is_another_one_from_a_day_on_counts_from_that_day() -> None:
    """Dated values of a policy hold for their own days."""
    dated = Dated(5, CHOICE, since=dt.date(2026, 10, 22))
    policy = h.policies()["bgs-2021"].with_(
        "sooner", parameters={"response_days": h.Parameter("response_days", h.Unit.DAYS, (dated,))}
    )
    found = h.next_change(made(), policy, TODAY)
    assert found.day == dt.date(2026, 10, 22)
    assert found.reasons[0].document()["parameters"] == {"response_days": {"before": 14, "after": 5}}


def test_what_makes_no_sense_is_refused() -> None:
    """Each by its place."""
    with pytest.raises(h.InvalidValue, match="/days"):
        h.next_change(made(), "bgs-2021", TODAY, days=0)
    with pytest.raises(h.InvalidValue, match="/tenancy"):
        h.next_change({}, "bgs-2021", TODAY)  # type: ignore[arg-type] # what is tested
