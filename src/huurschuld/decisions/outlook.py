"""When (wanneer): the first later day on which the advice changes, if nothing else happens.

Days pass, a letter becomes old, a plan ends, a child turns 18, rent that is in the ledger falls due: so
an advice may change without anybody doing anything. Each later day is decided on in turn, by the facts
of that day, because an advice may change forth and back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar

from attrs import evolve, frozen

from huurschuld.decisions.change_reasons import explain_change
from huurschuld.decisions.change_values import ChangeReason
from huurschuld.decisions.decision import Decision, decide, not_a_day, policy_of
from huurschuld.errors import InvalidValue, PolicyNotInForce
from huurschuld.model.entries import CLAIMS, RECEIVED, Entry, RentTerm, Reversal
from huurschuld.model.tenancy import Contact, Objection, Plan, Signal, Tenancy
from huurschuld.model.values import DAY, LAST_DAY, RedactedRepr
from huurschuld.rules.advice import Advice
from huurschuld.rules.engines.choice import EngineName, check_engine, outcome_of
from huurschuld.rules.policy import Policy
from huurschuld.rules.tenancy_facts import facts_by

A_YEAR: Final = 365
"""How many days ahead is looked, unless told otherwise."""

_P = TypeVar("_P", Contact, Objection, Signal)


@frozen(repr=False)
class NextChange(RedactedRepr):
    """The first later day with another advice, if nothing else happens.

    Assumed is that nothing is booked or done after the day that was asked about: no payment, no
    contact, no objection. Rent and other claims that the ledger already has count from their due day
    on; rent that it does not have yet does not: `last_rent` says how far it goes. Plans, disputes and
    stated facts hold for their days, and whatever is unknown stays unknown.

    Attributes:
        day: that day; None if the advice stays as it is on all days up to `until`.
        before: the decision on the day that was asked about.
        after: the decision on `day`.
        reasons: why the advice changes on that day.
        until: the last day that was looked at; with a `day`, that day.
        last_rent: the due day of the last rent that the ledger has; None without any.
        ends: whether `until` is where the policy, or one of its numbers, ends.
    """

    day: dt.date | None
    before: Decision
    after: Decision | None
    reasons: tuple[ChangeReason, ...]
    until: dt.date
    last_rent: dt.date | None
    ends: bool = False

    def document(self) -> dict[str, object]:
        """Return its JSON object, with the decision on that day in short."""
        return {
            "day": None if self.day is None else self.day.isoformat(),
            "advice": str(self.before.advice),
            "next": None if self.after is None else self.after.summary(),
            "reasons": [it.document() for it in self.reasons],
            "until": self.until.isoformat(),
            "last_rent": None if self.last_rent is None else self.last_rent.isoformat(),
            "policy_ends": self.ends,
        }


def known_on(tenancy: Tenancy, day: dt.date) -> Tenancy:
    """Return a tenancy as it was known on a day: without what was booked or done later.

    Kept are claims that fall due later, and the days on which plans, disputes, stated facts and the
    lease begin and end. Decided on that day it gives the same decision.

    Args:
        tenancy: the tenancy.
        day: the day.
    """
    objections = _until(tenancy.objections, day, lambda it: it.date)
    eviction, deceased = tenancy.eviction, tenancy.deceased
    kept = _entries(tenancy, day)
    return evolve(
        tenancy,
        entries=kept,
        contacts=_until(tenancy.contacts, day, lambda it: it.date),
        signals=_until(tenancy.signals, day, lambda it: it.date),
        objections=objections
        and tuple(
            evolve(it, withdrawn=None) if it.withdrawn is not None and it.withdrawn > day else it
            for it in objections
        ),
        plans=tenancy.plans and tuple(_unbroken(plan, day) for plan in tenancy.plans),
        eviction=None if eviction is not None and eviction.announced > day else eviction,
        deceased=None if deceased is not None and deceased > day else deceased,
    )


def _until(
    parts: tuple[_P, ...] | None, day: dt.date, date_of: Callable[[_P], dt.date]
) -> tuple[_P, ...] | None:
    return None if parts is None else tuple(it for it in parts if date_of(it) <= day)


def _unbroken(plan: Plan, day: dt.date) -> Plan:
    is_later = plan.broken_on is not None and plan.broken_on > day
    return evolve(plan, broken_on=None) if is_later else plan


def _entries(tenancy: Tenancy, day: dt.date) -> tuple[Entry, ...]:
    """The entries booked by a day, and the claims that fall due after it."""
    kept = {
        it.id: it
        for it in tenancy.entries
        if it.booked <= day or (isinstance(it, CLAIMS) and it.due > day)
    }
    # Money for a claim that is not booked yet goes to the oldest rent, as if it never came.
    return tuple(
        evolve(it, settles=None) if isinstance(it, RECEIVED) and it.settles not in kept else it
        for it in kept.values()
        if not isinstance(it, Reversal) or it.reverses in kept
    )


def next_change(
    tenancy: Tenancy,
    policy: Policy | str,
    as_of: dt.date,
    parameters: Mapping[str, object] | None = None,
    engine: EngineName | None = None,
    *,
    days: int = A_YEAR,
) -> NextChange:
    """Find the first later day on which the advice changes, if nothing else happens.

    It is what deciding on `known_on(tenancy, as_of)` day by day would give.

    Args:
        tenancy: the tenancy.
        policy: a policy, or the name of a built-in one; on each day with its values of that day.
        as_of: the day (peildatum).
        parameters: values that the user sets, as for `decide`.
        engine: as for `decide`; the days between are looked through with the reference engine.
        days: how many days ahead to look.

    Raises:
        InputError, EngineUnavailable, Undecided: as `decide`.
    """
    return next(outlook(tenancy, policy, as_of, parameters, engine, days=days))


def outlook(
    tenancy: Tenancy,
    policy: Policy | str,
    as_of: dt.date,
    parameters: Mapping[str, object] | None = None,
    engine: EngineName | None = None,
    *,
    days: int = A_YEAR,
) -> Iterator[NextChange]:
    """Yield every change of the advice in the days ahead, as `next_change`; the last one has no `day`.

    Raises:
        InputError, EngineUnavailable, Undecided: as `decide`.
    """
    check_engine(engine)
    if not isinstance(tenancy, Tenancy):
        raise InvalidValue("/tenancy", "a Tenancy is expected")
    if not DAY.accepts(as_of):
        raise not_a_day(as_of)
    if type(days) is not int or days < 1:
        raise InvalidValue("/days", "a whole number of days from 1 on is expected")
    rules, known = policy_of(policy), known_on(tenancy, as_of)
    before = decide(known, rules, as_of, parameters, engine)
    rent = [it.due for it in known.entries if isinstance(it, RentTerm)]
    last_rent, day, ends = max(rent, default=None), as_of, False
    for ahead in range(1, min(days, (LAST_DAY - as_of).days) + 1):
        try:
            advice = _advice(known, rules, as_of + dt.timedelta(days=ahead), parameters)
        except PolicyNotInForce:
            ends = True
            break
        day = as_of + dt.timedelta(days=ahead)
        if advice is not before.advice:
            after = decide(known, rules, day, parameters, engine)
            reasons = tuple(it for it in explain_change(before, after) if it.about == "advice")
            yield NextChange(day, before, after, reasons, day, last_rent)
            before = after
    yield NextChange(None, before, None, (), day, last_rent, ends)


def _advice(
    tenancy: Tenancy, policy: Policy, day: dt.date, parameters: Mapping[str, object] | None
) -> Advice:
    on_day = policy.on(day, parameters)
    facts = facts_by(on_day.values, tenancy, day, policy.facts)
    return outcome_of(on_day, facts, "reference").advice
