"""The facts of one tenancy as of a day, computed as `docs/semantics.md` defines them."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from huurschuld.model.tenancy import Contact, Household, Tenancy
from huurschuld.rules.arrears import arrears_of
from huurschuld.rules.facts import Facts

_WRITTEN: Final = frozenset({"letter", "email"})
_PERSONAL: Final = frozenset({"phone", "visit", "appointment"})
_ADULT: Final = 18


def facts_of(
    tenancy: Tenancy,
    as_of: dt.date,
    *,
    sustained_days: int | None = None,
    acted_days: int | None = None,
) -> Facts:
    """Compute the facts of a tenancy as of a day.

    Args:
        tenancy: the tenancy.
        as_of: the day (peildatum).
        sustained_days: the window of `sustained_cents`, in days; None leaves that fact out.
        acted_days: how long an inbound contact counts as action, in days; None leaves
            `tenant_acted` out.
    """
    owed = arrears_of(tenancy, as_of)
    start = owed.episode_start
    plan = _plan_in_force(tenancy, as_of)
    minors, minor_living_in = _minors(tenancy.household, as_of)
    return Facts(
        arrears_cents=owed.cents,
        months=owed.months,
        days_overdue=owed.days_overdue,
        sustained_cents=None if sustained_days is None else owed.sustained(sustained_days),
        plan_in_force=plan,
        tenant_acted=None if acted_days is None else _acted(tenancy, as_of, start, plan, acted_days),
        disputed=_disputed(tenancy, as_of, owed.cents),
        objected=_objected(tenancy, as_of, start),
        already_referred=_already_referred(tenancy, as_of, start, owed.cents),
        lease_ended=tenancy.end is not None and tenancy.end < as_of,
        deceased=tenancy.deceased is not None and tenancy.deceased <= as_of,
        minors=minors,
        minor_living_in=minor_living_in,
        eviction_announced=(
            tenancy.eviction is not None and tenancy.eviction.announced <= as_of <= tenancy.eviction.on
        ),
        episode_start=start,
        unknown_fields=_unknown_fields(tenancy),
        **_attempts(tenancy.contacts, as_of, start),
    )


def _unknown_fields(tenancy: Tenancy) -> tuple[str, ...]:
    """The tenancy fields that are not known, or not completely; sorted."""
    household = tenancy.household
    known = {
        "contacts": tenancy.contacts is not None,
        "disputes": tenancy.disputes is not None,
        "household": household is not None and household.complete,
        "objections": tenancy.objections is not None,
        "plans": tenancy.plans is not None,
        "signals": tenancy.signals is not None,
    }
    return tuple(name for name, is_known in known.items() if not is_known)


def _in_episode(contact: Contact, as_of: dt.date, start: dt.date | None) -> bool:
    return start is not None and contact.about_arrears and start < contact.date <= as_of


def _attempts(
    contacts: tuple[Contact, ...] | None, as_of: dt.date, start: dt.date | None
) -> dict[str, Any]:
    """The facts about the landlord's attempts; none of them is known when the contacts are not."""
    if contacts is None:
        return {}
    attempts = [
        contact
        for contact in contacts
        if contact.direction == "out" and _in_episode(contact, as_of, start)
    ]
    reminders = [it for it in attempts if it.reminder and it.channel in _WRITTEN]
    offers = [it for it in reminders if it.offers_sharing]
    return {
        "attempts": len(attempts),
        "channels": len({it.channel for it in attempts}),
        "days_since_attempt": _days_since_first(attempts, as_of),
        "reminder_sent": bool(reminders),
        "sharing_offered": bool(offers),
        "days_since_offer": _days_since_first(offers, as_of),
        "personal_effort": any(it.channel in _PERSONAL for it in attempts),
        "debt_help_named": any(it.debt_help for it in attempts),
    }


def _days_since_first(contacts: list[Contact], as_of: dt.date) -> int:
    return max(((as_of - contact.date).days for contact in contacts), default=0)


def _plan_in_force(tenancy: Tenancy, as_of: dt.date) -> bool | None:
    if tenancy.plans is None:
        return None
    return any(
        plan.from_ <= as_of
        and (plan.until is None or as_of <= plan.until)
        and (plan.broken_on is None or as_of < plan.broken_on)
        for plan in tenancy.plans
    )


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
        called = any(
            contact.direction == "in"
            and _in_episode(contact, as_of, start)
            and (as_of - contact.date).days <= acted_days
            for contact in tenancy.contacts
        )
    if plan or called:
        return True
    return None if plan is None or called is None else False


def _disputed(tenancy: Tenancy, as_of: dt.date, owed: int) -> bool | None:
    if tenancy.disputes is None:
        return None
    contested = [
        dispute.cents
        for dispute in tenancy.disputes
        if dispute.from_ <= as_of and (dispute.until is None or as_of <= dispute.until)
    ]
    amounts = [cents for cents in contested if cents is not None]
    return len(amounts) < len(contested) or (bool(amounts) and sum(amounts) >= owed)


def _objected(tenancy: Tenancy, as_of: dt.date, start: dt.date | None) -> bool | None:
    if tenancy.objections is None:
        return None
    return any(
        objection.date <= as_of
        and (objection.withdrawn is None or as_of < objection.withdrawn)
        and (objection.standing or (start is not None and objection.date > start))
        for objection in tenancy.objections
    )


def _already_referred(tenancy: Tenancy, as_of: dt.date, start: dt.date | None, owed: int) -> bool | None:
    if tenancy.signals is None:
        return None
    if start is None:
        return False
    latest = max(
        ((signal.date, signal.cents) for signal in tenancy.signals if start <= signal.date <= as_of),
        default=None,
    )
    return latest is not None and owed <= latest[1]


def _minors(household: Household | None, as_of: dt.date) -> tuple[int | None, bool | None]:
    """The number of minors, and whether there is any: an incomplete list may settle only the latter."""
    if household is None:
        return None, None
    listed = sum(child.born <= as_of < adulthood(child.born) for child in household.children)
    if household.complete:
        return listed, listed > 0
    return None, True if listed else None


def adulthood(born: dt.date) -> dt.date:
    """The 18th birthday (BW 1:233); for a child born on 29 February it is 1 March."""
    year = born.year + _ADULT
    # Eighteen years after a leap year is never one.
    return dt.date(year, 3, 1) if (born.month, born.day) == (2, 29) else born.replace(year=year)
