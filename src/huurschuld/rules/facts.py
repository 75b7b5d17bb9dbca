"""The facts that rules are about: what each is, its unit, and the tenancy fields it comes from.

`facts_of(tenancy, as_of, ...)` computes them all. A fact that is None is *unknown*, because a field of
the tenancy that it comes from is; unknown is never false or zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

import attrs
from attrs import field, frozen

from huurschuld.model.tenancy import Contact, Household, Tenancy
from huurschuld.model.values import RedactedRepr
from huurschuld.rules.arrears import arrears_of
from huurschuld.rules.parameters import Unit, months_text
from huurschuld.rules.sources import Phrase

_WRITTEN: Final = frozenset({"letter", "email"})
_PERSONAL: Final = frozenset({"phone", "visit", "appointment"})
_ADULT: Final = 18


@frozen
class FactType:
    """What a fact is.

    Attributes:
        unit: what a quantity counts; None for a yes or no.
        fields: the tenancy fields that must be known for it.
        parameter: the parameter of the policy that it needs; without one it is not computed.
        label: what it is called, in both languages.
        definition: what it means, in one line of the semantics.
        only_with: the fact without which its 0 means that there is none.
    """

    name: str
    unit: Unit | None
    fields: tuple[str, ...]
    label: Phrase
    definition: str
    parameter: str | None = None
    only_with: str | None = None


def _fact(
    unit: Unit | None,
    fields: str,
    nl: str,
    en: str,
    definition: str,
    parameter: str | None = None,
    only_with: str | None = None,
) -> Any:  # noqa: ANN401 - as attrs.field
    about = (unit, tuple(fields.split()), Phrase(nl, en), definition, parameter, only_with)
    return field(default=None, kw_only=True, metadata={"fact": about})


@frozen(repr=False)
class Facts(RedactedRepr):
    """The facts of one tenancy as of a day (feiten op de peildatum).

    `months` is in billionths of a month. None is unknown; a fact whose parameter the policy does not
    have is None too, and is left out of `written()`.
    """

    arrears_cents: int | None = _fact(
        Unit.CENTS,
        "",
        "huurachterstand",
        "rent arrears",
        "the open cents of all rent terms due before as_of",
    )
    months: int | None = _fact(
        Unit.MONTHS,
        "",
        "maanden huurachterstand",
        "months of rent arrears",
        "for each overdue rent term, open ÷ rent in force on its due day; added up",
    )
    days_overdue: int | None = _fact(
        Unit.DAYS,
        "",
        "dagen achterstand",
        "days in arrears",
        "days since the unbroken run of days in arrears began",
    )
    sustained_cents: int | None = _fact(
        Unit.CENTS,
        "",
        "achterstand die al die tijd openstond",
        "arrears owed all that time",
        "the lowest arrears on the last `sustained_days` days",
        "sustained_days",
    )
    attempts: int | None = _fact(
        Unit.COUNT,
        "contacts",
        "contactpogingen",
        "contact attempts",
        "outbound contacts about the arrears in this episode",
    )
    channels: int | None = _fact(
        Unit.COUNT,
        "contacts",
        "verschillende manieren van contact",
        "different channels tried",
        "through how many different channels the attempts went",
    )
    days_since_attempt: int | None = _fact(
        Unit.DAYS,
        "contacts",
        "dagen sinds de eerste poging",
        "days since the first attempt",
        "days since the earliest attempt; 0 without",
        only_with="attempts",
    )
    reminder_sent: bool | None = _fact(
        None,
        "contacts",
        "schriftelijke herinnering verstuurd",
        "written reminder sent",
        "an attempt by letter or email that is a reminder",
    )
    sharing_offered: bool | None = _fact(
        None,
        "contacts",
        "in de herinnering aangeboden de gegevens door te geven",
        "offered in the reminder to pass on the contact details",
        "one of those reminders offers to share the contact details",
    )
    days_since_offer: int | None = _fact(
        Unit.DAYS,
        "contacts",
        "dagen sinds het aanbod",
        "days since the offer",
        "days since the earliest such offer; 0 without",
        only_with="sharing_offered",
    )
    personal_effort: bool | None = _fact(
        None,
        "contacts",
        "inspanning voor persoonlijk contact",
        "effort at personal contact",
        "an attempt by phone, visit or appointment, reached or not",
    )
    debt_help_named: bool | None = _fact(
        None,
        "contacts",
        "gewezen op schuldhulp",
        "debt help pointed out",
        "an attempt that named debt help, by any channel",
    )
    plan_in_force: bool | None = _fact(
        None,
        "plans",
        "betalingsregeling loopt",
        "payment plan in force",
        "a plan that has begun, has not ended and is not broken",
    )
    tenant_acted: bool | None = _fact(
        None,
        "contacts plans",
        "huurder is in actie gekomen",
        "tenant has taken action",
        "an inbound contact about the arrears in the last `acted_days` days, or a plan in force",
        "acted_days",
    )
    disputed: bool | None = _fact(
        None,
        "disputes",
        "huur betwist voor de hele achterstand",
        "rent contested to the full arrears",
        "disputes of the day without an amount, or that add up to the arrears",
    )
    objected: bool | None = _fact(
        None,
        "objections",
        "huurder maakt bezwaar tegen doorgeven",
        "tenant objects to sharing data",
        "an objection not withdrawn, standing or made in this episode",
    )
    already_referred: bool | None = _fact(
        None,
        "signals",
        "al gemeld voor deze achterstand",
        "already referred for these arrears",
        "the latest referral of this episode named at least the present arrears",
    )
    lease_ended: bool | None = _fact(
        None, "", "huur geëindigd", "lease ended", "the last day of the lease is before as_of"
    )
    deceased: bool | None = _fact(
        None, "", "huurder overleden", "tenant deceased", "the tenant died on or before as_of"
    )
    minors: int | None = _fact(
        Unit.COUNT,
        "household",
        "minderjarige kinderen",
        "minor children",
        "how many children are under 18; unknown unless all children are listed",
    )
    minor_living_in: bool | None = _fact(
        None,
        "household",
        "minderjarig kind in huis",
        "minor child living in",
        "a listed child is under 18, also where the list is not complete",
    )
    eviction_announced: bool | None = _fact(
        None,
        "",
        "ontruiming aangekondigd",
        "eviction announced",
        "an eviction is announced, for as_of or a later day",
    )
    episode_start: dt.date | None = field(default=None, kw_only=True)
    unknown_fields: tuple[str, ...] = field(default=(), kw_only=True)

    def written(self, parameters: Iterable[str]) -> dict[str, object]:
        """The facts as JSON values, months as text; without those whose parameter is not among these."""
        parameters = frozenset(parameters)
        told: dict[str, object] = {}
        for name, fact in FACTS.items():
            if fact.parameter is None or fact.parameter in parameters:
                value = getattr(self, name)
                is_months = fact.unit is Unit.MONTHS and value is not None
                told[name] = months_text(value) if is_months else value
        start = self.episode_start
        told["episode_start"] = None if start is None else start.isoformat()
        return told


FACTS: Final[dict[str, FactType]] = {
    attribute.name: FactType(attribute.name, *attribute.metadata["fact"])
    for attribute in attrs.fields(Facts)
    if "fact" in attribute.metadata
}
"""The fact schema: every fact that a rule may be about, by name."""


def facts_of(
    tenancy: Tenancy,
    as_of: dt.date,
    *,
    sustained_days: int | None = None,
    acted_days: int | None = None,
) -> Facts:
    """The facts of a tenancy as of a day.

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
    """True by a plan in force, though the contacts be unknown; and the other way round."""
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
    """How many minors there are, and whether there is one: an incomplete list may settle only that."""
    if household is None:
        return None, None
    listed = sum(child.born <= as_of < adulthood(child.born) for child in household.children)
    if household.complete:
        return listed, listed > 0
    return None, True if listed else None


def adulthood(born: dt.date) -> dt.date:
    """The 18th birthday (BW 1:233); for who is born on 29 February it is 1 March."""
    year = born.year + _ADULT
    # Eighteen years after a leap year is never one.
    return dt.date(year, 3, 1) if (born.month, born.day) == (2, 29) else born.replace(year=year)
