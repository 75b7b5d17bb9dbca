"""A plan of action (plan van aanpak): who does what by when, how arrears are repaid, and if it is kept.

Amounts are whole euro cents, and the instalments add up to the arrears exactly. What the tenant can
spare above the protected earnings (beslagvrije voet, Rv 475c-e) is given by whoever works it out: it is
never computed here, and unknown is not "enough".
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from huurschuld.cases.words import Role, one_of
from huurschuld.errors import InvalidValue
from huurschuld.model.entries import OtherClaim, RentTerm
from huurschuld.model.tenancy import Plan, Tenancy
from huurschuld.model.values import Day, Line, Maybe, RedactedRepr, Whole, money, refuse
from huurschuld.rules.arrears import arrears_of

_ONE_DAY: Final = dt.timedelta(days=1)
LONGEST_MONTHS: Final = 600
"""The most instalments that a plan may have: fifty years."""


def _as_who(given: Role | str) -> Role:
    return one_of(Role, given, "/who")


@frozen(kw_only=True)
class Goal:
    """What somebody does by a day.

    Attributes:
        what: in a few words, without names.
        who: whose turn it is.
        by: the last day.
        done: the day on which it was done.
    """

    what: str = field(validator=Line())
    who: Role = field(converter=_as_who)
    by: dt.date = field(validator=Day())
    done: dt.date | None = field(default=None, validator=Maybe(Day()))


@frozen
class Instalment:
    """What is to be paid on a day, beside the rent that goes on."""

    due: dt.date
    cents: int


@frozen(repr=False, kw_only=True)
class Repayment(RedactedRepr):
    """How arrears are repaid, month by month; `repay` makes one.

    Attributes:
        arrears_cents: what is repaid.
        instalments: first ones first; they add up to the arrears.
        within_room: whether no instalment is more than the tenant can spare; None if that is unknown.
    """

    arrears_cents: int
    instalments: tuple[Instalment, ...]
    within_room: bool | None

    @property
    def first(self) -> dt.date:
        """The day of the first instalment."""
        return self.instalments[0].due

    @property
    def last(self) -> dt.date:
        """The day of the last one, on which the plan ends."""
        return self.instalments[-1].due

    def left(self, day: dt.date) -> int:
        """Return what is left of the arrears at the end of a day, in cents, if the plan is kept."""
        return self.arrears_cents - sum(it.cents for it in self.instalments if it.due <= day)


@frozen(repr=False, kw_only=True)
class PlanOfAction(RedactedRepr):
    """A plan of action: goals, and how the arrears are repaid.

    Attributes:
        agreed: the day on which it was agreed.
        goals: what is to be done, in any order.
        repayment: how the arrears are repaid; None if nothing is.

    Raises:
        InvalidValue: at the field; an instalment falls before the plan is agreed.
    """

    agreed: dt.date = field(validator=Day())
    goals: tuple[Goal, ...] = ()
    repayment: Repayment | None = field(default=None)

    @repayment.validator
    def _check_repayment(self, _: object, value: Repayment | None) -> None:
        if value is not None and value.first < self.agreed:
            raise InvalidValue(
                "/repayment",
                "the first instalment is before the day on which the plan was agreed",
                "let it begin on that day or later",
            )

    def open_goals(self, as_of: dt.date) -> tuple[Goal, ...]:
        """Return what is not done by a day, first what is due first."""
        left = (goal for goal in self.goals if goal.done is None or goal.done > as_of)
        return tuple(sorted(left, key=lambda goal: goal.by))


def repay(
    arrears_cents: int, monthly_cents: int, first: dt.date, *, room_cents: int | None = None
) -> Repayment:
    """Work out how arrears are repaid with so much a month: the answer before anybody signs.

    Instalments fall on the day of the month of the first one, in shorter months on the last day. The
    last one is what is left.

    Args:
        arrears_cents: what is repaid, in whole cents.
        monthly_cents: what is paid each month beside the rent.
        first: the day of the first instalment.
        room_cents: what the tenant can spare each month above the protected earnings; None if unknown.

    Raises:
        InvalidValue: an amount or day is no such thing, it would take more than 600 months, or an
            instalment is more than the room (Wgs art. 4a(5)).
    """
    for place, kind, value in (
        ("/arrears_cents", money(1), arrears_cents),
        ("/monthly_cents", money(1), monthly_cents),
        ("/first", Day(), first),
        ("/room_cents", money(0), 0 if room_cents is None else room_cents),
    ):
        if not kind.accepts(value):
            raise refuse(place, kind)
    if room_cents is not None and min(arrears_cents, monthly_cents) > room_cents:
        raise InvalidValue(
            "/monthly_cents",
            "this is more than the room above the protected earnings (beslagvrije voet)",
            "agree on less a month: a plan respects them (Wgs art. 4a(5))",
        )
    whole, rest = divmod(arrears_cents, monthly_cents)
    if whole + (rest > 0) > LONGEST_MONTHS:
        raise InvalidValue(
            "/monthly_cents", f"this takes more than {LONGEST_MONTHS} months", "agree on more a month"
        )
    amounts = [monthly_cents] * whole + [rest] * (rest > 0)
    instalments = tuple(
        Instalment(due, cents) for due, cents in zip(_months_from(first), amounts, strict=False)
    )
    return Repayment(
        arrears_cents=arrears_cents,
        instalments=instalments,
        within_room=None if room_cents is None else True,
    )


def _months_from(first: dt.date) -> Iterator[dt.date]:
    """Yield this day of every month from the first one on, or the last day of a month without it."""
    for number in range(LONGEST_MONTHS):
        years, month = divmod(first.month - 1 + number, 12)
        year = first.year + years
        yield dt.date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


class Keeping(StrEnum):
    """Whether a plan is kept.

    `kept`: nothing is short, or no more than is tolerated. `short`: more is, and not for long yet.
    `broken`: it was for too long. `completed`: after its last day nothing was short, or was soon paid.
    """

    KEPT = "kept"
    SHORT = "short"
    BROKEN = "broken"
    COMPLETED = "completed"


@frozen(repr=False, kw_only=True)
class Followed(RedactedRepr):
    """What has become of a plan by a day.

    Attributes:
        keeping: whether it is kept.
        short_cents: how much more is owed than the plan says, at the end of the day; of a plan that is
            completed, or broken, at the end of the day on which that was found.
        since: the first day of the run of days on which too much is short; None without.
        broken_on: the day on which it was broken.
    """

    keeping: Keeping
    short_cents: int
    since: dt.date | None = None
    broken_on: dt.date | None = None


def follow(
    plan: PlanOfAction,
    tenancy: Tenancy,
    as_of: dt.date,
    *,
    tolerance_cents: int,
    grace_days: int,
) -> Followed:
    """Follow the payments on the ledger: is the plan kept?

    The rent that goes on counts: on each day the arrears on the ledger are compared with what should be
    left of those of the plan. What was owed beside the plan on the day it was agreed, such as rent in
    dispute, is not held against it: so if the landlord credits that rent later, the plan may be
    completed while as much of its own arrears is still owed. What was booked after a day changes nothing
    of it.

    The plan is completed on the first day after its last one on which no more is short than is
    tolerated; what happens after that is not its business.

    Args:
        plan: with a repayment.
        tenancy: its ledger is read.
        as_of: the day up to which is looked.
        tolerance_cents: how much may be short without a consequence.
        grace_days: for how many days more may be short; on the next one the plan is broken.

    Raises:
        InvalidValue: the plan has no repayment, or was not agreed by this day.
    """
    repayment = plan.repayment
    if repayment is None:
        raise InvalidValue("/plan/repayment", "a plan without repayment cannot be followed")
    if as_of < plan.agreed:
        raise InvalidValue("/as_of", "the plan was not agreed by this day", "name a later day")
    for place, value in (("/tolerance_cents", tolerance_cents), ("/grace_days", grace_days)):
        if not Whole().accepts(value):
            raise refuse(place, Whole())
    beside = beside_plan(repayment, tenancy, plan.agreed)
    since: dt.date | None = None
    short = 0
    for day, until in _spans(days_of_change(repayment, tenancy, plan.agreed, as_of), as_of):
        # What falls due today is late tomorrow, an instalment as the rent is.
        short = arrears_of(tenancy, day).cents - beside - repayment.left(day - _ONE_DAY)
        if short <= tolerance_cents:
            if day > repayment.last:
                return Followed(keeping=Keeping.COMPLETED, short_cents=max(0, short))
            since = None
            continue
        since = since or day
        broken_on = since + dt.timedelta(days=grace_days)
        if broken_on <= until:
            return Followed(keeping=Keeping.BROKEN, short_cents=short, since=since, broken_on=broken_on)
    if since is not None:
        return Followed(keeping=Keeping.SHORT, short_cents=short, since=since)
    return Followed(keeping=Keeping.KEPT, short_cents=max(0, short))


def beside_plan(repayment: Repayment, tenancy: Tenancy, agreed: dt.date) -> int:
    """Return what was owed beside a plan on the day it was agreed, in cents."""
    return max(0, arrears_of(tenancy, agreed).cents - repayment.arrears_cents)


def days_of_change(
    repayment: Repayment, tenancy: Tenancy, first: dt.date, last: dt.date
) -> list[dt.date]:
    """Return the days of a period on which what is owed or expected changes, and its first day."""
    changes = {first, *(it.due + _ONE_DAY for it in repayment.instalments)}
    for entry in tenancy.entries:
        if isinstance(entry, (RentTerm, OtherClaim)):
            changes.add(entry.due + _ONE_DAY)
        if (booked := getattr(entry, "booked", None)) is not None:
            changes.add(booked)
    return sorted(day for day in changes if first <= day <= last)


def _spans(days: list[dt.date], last: dt.date) -> Iterable[tuple[dt.date, dt.date]]:
    """Each day with the last one before the next change."""
    ends = [day - _ONE_DAY for day in days[1:]]
    return zip(days, [*ends, last], strict=True)


def as_plan(plan: PlanOfAction, followed: Followed) -> Plan:
    """Return the plan as a tenancy has it, for the next decision: in force, or broken.

    Raises:
        InvalidValue: the plan has no repayment.
    """
    if plan.repayment is None:
        raise InvalidValue("/plan/repayment", "a plan without repayment covers no arrears")
    return Plan(
        from_=plan.agreed,
        until=plan.repayment.last,
        broken_on=followed.broken_on,
        cents=plan.repayment.arrears_cents,
    )
