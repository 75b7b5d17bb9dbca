"""What the ledger says of the plan of a case: events to record, and the plan for the next decision.

Nothing here records by itself: it proposes, and a person has it recorded.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import evolve, field, frozen

from huurschuld.cases.case import CaseState, Event
from huurschuld.cases.errors import CaseStoreDamaged
from huurschuld.cases.folding import fold
from huurschuld.cases.kinds import EventType
from huurschuld.cases.planning import (
    Followed,
    Keeping,
    PlanOfAction,
    as_plan,
    beside_plan,
    days_of_change,
    follow,
    repay,
)
from huurschuld.cases.rights import Right, allowed
from huurschuld.cases.searching import events_of_case
from huurschuld.cases.store import CaseStore
from huurschuld.cases.stored import Stored
from huurschuld.cases.words import Role
from huurschuld.errors import InvalidValue
from huurschuld.model.tenancy import Plan, Tenancy
from huurschuld.model.values import RedactedRepr
from huurschuld.portfolio.csv_writing import csv_text
from huurschuld.rules.arrears import arrears_of

_ONE_DAY: Final = dt.timedelta(days=1)
_ENDS: Final = (EventType.PLAN_BROKEN, EventType.PLAN_COMPLETED, EventType.PLAN_CANCELLED)


@frozen(repr=False, kw_only=True)
class ProposedEvent(RedactedRepr):
    """An event that the ledger shows and that the case does not have.

    Attributes:
        id: the same whenever it is proposed, so that recording it twice changes nothing.
        type: an instalment that was paid or missed, or a plan that was broken or completed.
        happened: the day on which that was so.
        cents: the instalment; None of a plan.
    """

    id: str
    type: EventType
    happened: dt.date
    cents: int | None = None


@frozen(repr=False, kw_only=True)
class FollowedPlan(RedactedRepr):
    """What has become of the plan of a case.

    Attributes:
        case: its key.
        tenancy: the tenancy whose ledger was followed.
        followed: whether the plan is kept.
        proposed: what is to be recorded, first things first.
        plan: the plan as a row of the table `plans`: what the next decision is made with.
    """

    case: str
    tenancy: str
    followed: Followed
    proposed: tuple[ProposedEvent, ...] = field(converter=tuple[ProposedEvent, ...])
    plan: Plan


def plan_of(case: CaseState) -> PlanOfAction | None:
    """Return the plan that was agreed last in the present round, as far as it says what is repaid.

    None if no plan was agreed, or the amounts and the first day were not recorded or are forgotten.
    """
    agreed = _agreed(case)
    values = {} if agreed is None else agreed.data
    arrears, monthly, first = (values.get(it) for it in ("arrears_cents", "monthly_cents", "first"))
    if agreed is None or arrears is None or monthly is None or first is None:
        return None
    try:
        return PlanOfAction(agreed=agreed.happened, repayment=repay(arrears, monthly, first))
    except InvalidValue:  # it was recorded with a first day before, or takes longer than any plan
        return None


@frozen(repr=False, kw_only=True)
class InPlan(RedactedRepr):
    """The cases with a plan that can be followed.

    Attributes:
        keys: theirs.
        damaged: the keys of those that are not as they were written, which may be in a plan or not.
    """

    keys: tuple[str, ...] = field(converter=tuple[str, ...])
    damaged: tuple[str, ...] = field(converter=tuple[str, ...])


def keys_in_plan(store: CaseStore, day: dt.date, *, by: Role | str) -> InPlan:
    """Find the cases with a plan that was agreed by a day and can be followed; nobody sees them.

    One that is damaged does not stop the others.

    Args:
        store: the store.
        day: the day.
        by: the role of who follows them: the GGD or the municipality, who may see which cases there are.

    Raises:
        NotAllowed: this role may not; nothing is read.
        CaseError: the store cannot be read.
    """
    allowed(by, Right.OVERVIEW)
    keys: list[str] = []
    damaged: list[str] = []
    for key in store.keys():  # noqa: SIM118 - not a mapping
        try:
            plan = plan_of(fold(events_of_case(store, key) or ()))
        except CaseStoreDamaged:
            damaged.append(key)
            continue
        if plan is not None and plan.agreed <= day:
            keys.append(key)
    return InPlan(keys=keys, damaged=damaged)


def _agreed(case: CaseState) -> Event | None:
    return next(reversed(case.in_round(EventType.PLAN_AGREED)), None)


def follow_case(
    found: Stored,
    tenancy: Tenancy,
    as_of: dt.date,
    *,
    by: Role | str,
    tolerance_cents: int,
    grace_days: int,
) -> FollowedPlan | None:
    """Follow the plan of a case on the ledger of its tenancy; None if it has no plan to follow.

    An instalment is *paid* on the first day after it fell due at the end of which no more is owed than
    the plan leaves, but for the tolerance; the rent that goes on counts. It is *missed* if that is not
    so for more than the days of grace. One that is paid later is both.

    Args:
        found: the case as it was looked at.
        tenancy: its tenancy.
        as_of: the day up to which is looked, not before the plan was agreed.
        by: the role of who follows it, which may see a case.
        tolerance_cents: as of `follow`.
        grace_days: as of `follow`.

    Raises:
        NotAllowed: this role may not.
        InvalidValue: as `follow`.
    """
    allowed(by, Right.LOOK)
    plan, agreed = plan_of(found.state), _agreed(found.state)
    if plan is None or agreed is None:
        return None
    followed = follow(plan, tenancy, as_of, tolerance_cents=tolerance_cents, grace_days=grace_days)
    ended = [it for it in found.state.all(*_ENDS) if it.happened >= agreed.happened]
    recorded = {it.id for it in found.events}
    proposed = [
        it
        for it in _shown(plan, followed, tenancy, as_of, tolerance_cents, grace_days, agreed.id)
        if it.id not in recorded and not (ended and it.type in _ENDS)
    ]
    in_force = as_plan(plan, followed)
    over = [it.happened for it in ended if it.type is not EventType.PLAN_COMPLETED]
    broken = [it for it in (in_force.broken_on, *over) if it is not None]
    return FollowedPlan(
        case=found.state.key,
        tenancy=tenancy.id,
        followed=followed,
        proposed=sorted(proposed, key=lambda it: it.happened),
        plan=evolve(in_force, broken_on=min(broken, default=None)),
    )


def _shown(
    plan: PlanOfAction,
    followed: Followed,
    tenancy: Tenancy,
    as_of: dt.date,
    tolerance: int,
    grace: int,
    agreed: str,
) -> Iterator[ProposedEvent]:
    repayment = plan.repayment
    if repayment is None:
        return
    prefix = f"plan-{hashlib.sha256(agreed.encode()).hexdigest()[:16]}"
    until = as_of if followed.broken_on is None else followed.broken_on
    days = days_of_change(repayment, tenancy, plan.agreed, until)
    beside = beside_plan(repayment, tenancy, plan.agreed)
    owed = [(day, arrears_of(tenancy, day).cents - beside) for day in days]
    paid: dt.date | None = None
    for number, it in enumerate(repayment.instalments, 1):
        left = repayment.left(it.due)
        paid = next((day for day, cents in owed if day > it.due and cents - left <= tolerance), None)
        missed = it.due + _ONE_DAY + dt.timedelta(days=grace)
        if missed <= until and (paid is None or paid > missed):
            yield ProposedEvent(
                id=f"{prefix}-{number}-missed",
                type=EventType.INSTALMENT_MISSED,
                happened=missed,
                cents=it.cents,
            )
        if paid is not None:
            yield ProposedEvent(
                id=f"{prefix}-{number}-paid",
                type=EventType.INSTALMENT_PAID,
                happened=paid,
                cents=it.cents,
            )
    if followed.broken_on is not None:
        yield ProposedEvent(
            id=f"{prefix}-broken", type=EventType.PLAN_BROKEN, happened=followed.broken_on
        )
    elif followed.keeping is Keeping.COMPLETED and paid is not None:
        yield ProposedEvent(id=f"{prefix}-completed", type=EventType.PLAN_COMPLETED, happened=paid)


def record_plan_events(
    store: CaseStore,
    found: Stored,
    proposed: Sequence[ProposedEvent],
    *,
    by: Role | str,
    person: str | None = None,
) -> None:
    """Record what was proposed for a case; recorded again, or after it was broken off, it is there once.

    Args:
        store: the store of the case.
        found: the case as it was looked at when it was followed.
        proposed: what is recorded, in this order.
        by: the role of who has it recorded.
        person: the name of who does.

    Raises:
        CaseConflict: something was recorded since the case was looked at.
        ImpossibleEvent: it cannot be recorded, or this role may not.
        CaseError: the store cannot be read or written.
    """
    for number, it in enumerate(proposed):
        data: dict[str, Any] = {} if it.cents is None else {"cents": it.cents}
        store.record(
            found.state.key,
            it.type,
            it.happened,
            by=by,
            person=person,
            data=data,
            id=it.id,
            expected=found.version + number,
        )


def plans_table(followed: Iterable[FollowedPlan], *, by: Role | str) -> str:
    """Write the table `plans` of a portfolio, as CSV, for the next screening.

    Give it as the file `plans.csv` of a folder that an enricher reads. Like any table it is about
    everyone: who is not in it has no plan. So take all cases of the portfolio, and add the plans that
    others made.

    Args:
        followed: the plans.
        by: the role of who writes it: the GGD or the municipality, who may see which cases there are.

    Raises:
        NotAllowed: this role may not.
    """
    allowed(by, Right.OVERVIEW)
    columns = ("tenancy", "from", "until", "broken_on", "cents")
    return csv_text(
        columns,
        (
            (it.tenancy, it.plan.from_, it.plan.until, it.plan.broken_on, it.plan.cents)
            for it in followed
        ),
    )
