"""The facts of one tenancy as of a day, computed as `docs/semantics.md` defines them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from huurschuld.model.given import as_day
from huurschuld.model.tenancy import Child, Contact, Dispute, Household, Plan, StatedFact, Tenancy
from huurschuld.rules.arrears import arrears_of
from huurschuld.rules.facts import Facts
from huurschuld.rules.own_facts import CountedFact, GivenFact, OwnFact, check_stated

_WRITTEN: Final = frozenset({"letter", "email"})
_PERSONAL: Final = frozenset({"phone", "visit", "appointment"})
_ADULT: Final = 18


class _Attempts(NamedTuple):
    """The facts about the landlord's attempts, as `Facts` has them."""

    attempts: int | None = None
    channels: int | None = None
    days_since_attempt: int | None = None
    reminder_sent: bool | None = None
    sharing_offered: bool | None = None
    days_since_offer: int | None = None
    personal_effort: bool | None = None
    debt_help_named: bool | None = None


_UNKNOWN: Final = _Attempts()
_NONE: Final = _Attempts(0, 0, 0, False, False, 0, False, False)


def facts_of(
    tenancy: Tenancy, as_of: dt.date, own: Iterable[OwnFact] = (), /, **values: int | None
) -> Facts:
    """Compute the facts of a tenancy as of a day.

    Args:
        tenancy: the tenancy.
        as_of: the day (peildatum).
        own: the facts that the policy declares.
        values: the parameters of the policy by name; None is as absent. Without `sustained_days` there
            is no `sustained_cents`, without `acted_days` no `tenant_acted`.

    Raises:
        InvalidValue: at `/tenancy/facts/INDEX/value`: a stated value does not fit the fact's unit.
    """
    given = {name: value for name, value in values.items() if value is not None}
    return facts_by(given, tenancy, as_day(as_of), own)


def facts_by(
    values: Mapping[str, int], tenancy: Tenancy, as_of: dt.date, own: Iterable[OwnFact]
) -> Facts:
    """Compute the facts by these values of parameters, as `facts_of` does."""
    floor = max(1, values.get("floor_cents", 1))
    owed = arrears_of(tenancy, as_of, grace_days=values.get("grace_days", 0), floor_cents=floor)
    start = owed.episode_start
    plan, disputed = _covered(tenancy, as_of, owed.past_grace_cents, floor)
    attempts = _attempts(tenancy.contacts, as_of, start)
    recent = _recent(attempts, as_of, values.get("contact_days"))
    tried = _of_attempts(recent, as_of)
    minors, minor_living_in = _minors(tenancy.household, as_of)
    sustained_days, acted_days = values.get("sustained_days"), values.get("acted_days")
    end, deceased, eviction = tenancy.end, tenancy.deceased, tenancy.eviction
    return Facts(
        arrears_cents=owed.cents,
        past_grace_cents=owed.past_grace_cents,
        months=owed.months,
        days_overdue=owed.days_overdue,
        sustained_cents=None if sustained_days is None else owed.sustained(sustained_days),
        attempts=tried.attempts,
        channels=tried.channels,
        days_since_attempt=tried.days_since_attempt,
        reminder_sent=tried.reminder_sent,
        sharing_offered=tried.sharing_offered,
        days_since_offer=tried.days_since_offer,
        personal_effort=tried.personal_effort,
        debt_help_named=tried.debt_help_named,
        plan_in_force=plan,
        tenant_acted=None if acted_days is None else _acted(tenancy, as_of, start, plan, acted_days),
        disputed=disputed,
        objected=_objected(tenancy, as_of, start),
        already_referred=_already_referred(tenancy, as_of, start, owed.past_grace_cents, floor, values),
        lease_ended=end is not None and end < as_of,
        deceased=deceased is not None and deceased <= as_of,
        dwelling=tenancy.object == "dwelling",
        minors=minors,
        minor_living_in=minor_living_in,
        eviction_announced=eviction is not None and eviction.announced <= as_of <= eviction.on,
        episode_start=start,
        unknown_fields=_unknown_fields(tenancy),
        own=_own_facts(tenancy, as_of, own, attempts, values.get("contact_days")) if own else (),
    )


def _unknown_fields(tenancy: Tenancy) -> tuple[str, ...]:
    """The tenancy fields that are not known, or not completely; sorted."""
    household = tenancy.household
    parts = (
        ("contacts", tenancy.contacts),
        ("disputes", tenancy.disputes),
        ("household", household if household is not None and household.complete else None),
        ("objections", tenancy.objections),
        ("plans", tenancy.plans),
        ("signals", tenancy.signals),
    )
    return tuple([name for name, part in parts if part is None])


def _attempts(
    contacts: tuple[Contact, ...] | None, as_of: dt.date, start: dt.date | None
) -> list[Contact] | None:
    """The landlord's attempts in this episode, however old; None where the contacts are not known."""
    if contacts is None or start is None:
        return None if contacts is None else []
    return [
        contact
        for contact in contacts
        if contact.direction == "out"
        and not contact.returned
        and contact.about_arrears
        and start < contact.date <= as_of
    ]


def _recent(
    attempts: list[Contact] | None, as_of: dt.date, within_days: int | None
) -> list[Contact] | None:
    """Those attempts that are at most so old."""
    if not attempts or within_days is None:
        return attempts
    first = as_of.toordinal() - within_days
    return [it for it in attempts if it.date.toordinal() >= first]


def _of_attempts(attempts: list[Contact] | None, as_of: dt.date) -> _Attempts:
    """The facts about the landlord's attempts; none of them is known when the contacts are not."""
    if not attempts:
        return _UNKNOWN if attempts is None else _NONE
    reminders = [it for it in attempts if it.reminder and it.channel in _WRITTEN]
    offers = [it for it in reminders if it.offers_sharing]
    channels = {it.channel for it in attempts}
    return _Attempts(
        len(attempts),
        len(channels),
        _days_since_first(attempts, as_of),
        bool(reminders),
        bool(offers),
        _days_since_first(offers, as_of),
        not channels.isdisjoint(_PERSONAL),
        True in [it.debt_help for it in attempts],
    )


def _own_facts(
    tenancy: Tenancy,
    as_of: dt.date,
    own: Iterable[OwnFact],
    attempts: list[Contact] | None,
    contact_days: int | None,
) -> tuple[tuple[str, int | bool | None], ...]:
    """The facts that the policy declares."""
    own = tuple(own)
    check_stated(tenancy.facts or (), own)
    return tuple(
        (
            fact.name,
            _stated(fact, tenancy.facts, as_of)
            if isinstance(fact, GivenFact)
            else _counted(fact, attempts, as_of, contact_days),
        )
        for fact in own
    )


def _stated(fact: GivenFact, stated: tuple[StatedFact, ...] | None, as_of: dt.date) -> int | bool | None:
    if stated is None:
        return None
    in_force = [it for it in stated if it.name == fact.name and is_in_force(it, as_of)]
    if not in_force:
        return fact.default_value
    return fact.read(max(in_force, key=lambda it: it.from_ or dt.date.min).value)


def _counted(
    fact: CountedFact, attempts: list[Contact] | None, as_of: dt.date, contact_days: int | None
) -> int | None:
    within = contact_days if fact.within_days is None else fact.within_days
    counted = _recent(attempts, as_of, within)
    if counted is None:
        return None
    return sum(
        (not fact.channels or it.channel in fact.channels)
        and all(getattr(it, quality) for quality in fact.are)
        for it in counted
    )


def _days_since_first(contacts: list[Contact], as_of: dt.date) -> int:
    return (as_of - min([contact.date for contact in contacts])).days if contacts else 0


def is_in_force(part: Plan | Dispute | StatedFact, as_of: dt.date) -> bool:
    """Whether a day is among those from the first to the last day of a part."""
    return (part.from_ is None or part.from_ <= as_of) and (part.until is None or as_of <= part.until)


def is_kept(plan: Plan, as_of: dt.date) -> bool:
    """Whether a plan is in force on a day, and not broken by then."""
    return is_in_force(plan, as_of) and (plan.broken_on is None or as_of < plan.broken_on)


def _covered(tenancy: Tenancy, as_of: dt.date, owed: int, floor: int) -> tuple[bool | None, bool | None]:
    """Whether a plan, and whether a dispute, covers what is owed; None where they are not known."""
    if not tenancy.plans and not tenancy.disputes:
        return _covers(tenancy.plans, False), _covers(tenancy.disputes, False)
    plans = tenancy.plans and [it for it in tenancy.plans if is_kept(it, as_of)]
    disputes = tenancy.disputes and [it for it in tenancy.disputes if is_in_force(it, as_of)]
    together = sum([it.cents or 0 for it in (*(plans or ()), *(disputes or ()))])
    settled = owed - together < floor
    return _covers(plans, settled), _covers(disputes, settled)


def _covers(parts: Sequence[Plan | Dispute] | None, settled: bool) -> bool | None:
    """Whether parts of the day cover what is owed: together, or one of them by itself."""
    if not parts:
        return None if parts is None else False
    return settled or None in [it.cents for it in parts]


def _acted(
    tenancy: Tenancy,
    as_of: dt.date,
    start: dt.date | None,
    plan: bool | None,
    acted_days: int,
) -> bool | None:
    """True if a plan is in force, even if the contacts are unknown; and the other way round."""
    called = None
    if tenancy.contacts is not None:
        called = start is not None and True in [
            contact.about_arrears
            and start < contact.date <= as_of
            and (as_of - contact.date).days <= acted_days
            for contact in tenancy.contacts
            if contact.direction == "in"
        ]
    if plan or called:
        return True
    return None if plan is None or called is None else False


def _objected(tenancy: Tenancy, as_of: dt.date, start: dt.date | None) -> bool | None:
    if tenancy.objections is None:
        return None
    return True in [
        objection.date <= as_of
        and (objection.withdrawn is None or as_of < objection.withdrawn)
        and (objection.standing or (start is not None and objection.date > start))
        for objection in tenancy.objections
    ]


def _already_referred(
    tenancy: Tenancy,
    as_of: dt.date,
    start: dt.date | None,
    owed: int,
    floor: int,
    values: Mapping[str, int],
) -> bool | None:
    if tenancy.signals is None:
        return None
    signals = [(it.date, it.cents) for it in tenancy.signals if start is not None and start < it.date]
    return bool(signals) and is_repeat(signals, as_of, owed, floor, values)


def is_repeat(
    signals: Iterable[tuple[dt.date, int]],
    as_of: dt.date,
    past_grace_cents: int,
    floor: int,
    values: Mapping[str, int | None],
) -> bool:
    """Whether a referral would repeat the latest of those of an episode: too soon, or no higher.

    Args:
        signals: the day and the amount of each referral of this episode of arrears.
        as_of: the day; what is referred later does not count.
        past_grace_cents: the arrears past the days of grace.
        floor: the least by which they must be higher.
        values: those of the policy; `signal_days` and `repeat_days` matter.
    """
    within, repeat = values.get("signal_days"), values.get("repeat_days")
    known = [
        (date, cents)
        for date, cents in signals
        if date <= as_of and (within is None or (as_of - date).days <= within)
    ]
    if not known:
        return False
    date, cents = max(known)
    is_recent = repeat is not None and (as_of - date).days < repeat
    return is_recent or past_grace_cents - cents < floor


def _minors(household: Household | None, as_of: dt.date) -> tuple[int | None, bool | None]:
    """The number of minors, and whether there is any: an incomplete list may settle only the latter."""
    if household is None:
        return None, None
    listed = sum([_is_minor(child, as_of) for child in household.children])
    if household.complete:
        return listed, listed > 0
    return None, True if listed else None


def _is_minor(child: Child, as_of: dt.date) -> bool:
    """Whether a child is under 18 on a day, on each of the days on which it may have been born."""
    first, last = child.birthdays()
    return first <= as_of < adulthood(last)


def adulthood(born: dt.date) -> dt.date:
    """The 18th birthday (BW 1:233); for a child born on 29 February it is 1 March."""
    year = born.year + _ADULT
    # Eighteen years after a leap year is never one.
    return dt.date(year, 3, 1) if (born.month, born.day) == (2, 29) else born.replace(year=year)
