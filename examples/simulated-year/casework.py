"""What is done in a case, from the matching to its end; a story goes on on the days that it yields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from world import LAST_DAY, Household, Pays, Steps, days, working_day

from huurschuld.cases import (
    FollowedPlan,
    Keeping,
    Phase,
    couple,
    follow_case,
    propose_helpers,
    record_plan_events,
    repay,
)

if TYPE_CHECKING:
    from ggd import Case, Desk

TOLERANCE_CENTS: Final = 500
GRACE_DAYS: Final = 7
SEARCH: Final = (
    (2, "letter", None, 0.0),
    (5, "phone", "afternoon", 0.3),
    (7, "visit", "evening", 0.4),
    (10, "visit", "morning", 0.3),
)
"""How somebody is sought: after so many days, how, when of the day, and how often that succeeds."""
SCREENED: Final = ("unjust", "known-to-debt-help", "known-to-debt-help", "not-resident", "other", "died")

NEEDS: Final = ("budget", "budget", "debts", "debts", "debts", "parenting")

Found = Generator[dt.date, None, bool]
"""A story that finds out whether something is so."""


def work(desk: Desk, case: Case) -> Steps:
    """Work on a signal, from the matching to the end of the case."""
    dice, time = case.dice, desk.time
    desk.say(case, "matched", matching=desk.earlier(case))
    if dice.random() < 0.06:
        desk.say(case, "screened-out", reason=dice.choice(SCREENED))
        return
    yield working_day(time.today + days(dice.choice((0, 1, 2))))
    desk.say(case, "dossier-opened")
    if not (yield from is_found(desk, case)):
        yield working_day(time.today + days(14))
        desk.end(case, "never-reached")
        return
    desk.say(case, "offer-made")
    yield working_day(time.today + days(dice.choice((0, 0, 1, 3, 6))))
    answer = dice.random()
    if answer > 0.92:
        yield working_day(time.today + days(21))
        desk.end(case, "no-reply-after-contact")
    elif answer > 0.62:
        desk.say(case, "declined")
        yield working_day(time.today + days(7))
        desk.end(case, "paid-or-arranged" if case.house.owed < case.house.rent else "no-help-wanted")
    else:
        yield from help_(desk, case, threatened=False)


def is_found(desk: Desk, case: Case) -> Found:
    """Seek contact, four times at most, on different ways and at different times of the day."""
    for after, kind, part, chance in SEARCH:
        yield working_day(desk.time.today + days(after))
        is_reached = case.dice.random() < chance
        when = {} if part is None else {"part_of_day": part}
        desk.say(case, "attempt", "ggd", kind=kind, reached=is_reached, **when)
        if is_reached:
            return True
        if kind == "letter" and case.dice.random() < 0.03:
            desk.say(case, "letter-returned")
    return False


def help_(desk: Desk, case: Case, *, threatened: bool) -> Steps:
    """Help is accepted: collection is suspended, a talk, a helper, a decision, and mostly a plan."""
    dice, time, house = case.dice, desk.time, case.house
    desk.say(case, "accepted")
    desk.say(case, "collection-suspended", until=time.today + days(30))
    if house.paying is not Pays.PLAN and dice.random() < 0.85:
        house.paying = Pays.RENT
    yield working_day(time.today + days(1 if threatened else dice.choice((4, 7, 9, 12, 16, 20, 33))))
    desk.store.look(case.key, by="ggd", person=case.worker, purpose="preparing the first talk")
    desk.say(case, "first-talk", minors=bool(house.children))
    if not threatened and dice.random() < 0.08:
        desk.say(case, "declined")
        desk.say(case, "decision", "municipality", decision="none-needed", made_known=time.today)
        yield working_day(time.today + days(5))
        desk.end(case, "no-help-wanted")
        return
    yield working_day(time.today + days(2 if threatened else 7))
    desk.say(case, "intake", "helper")
    to_helper(desk, case)
    yield working_day(time.today + days(2 if threatened else dice.choice((10, 14, 20, 30))))
    if not threatened and dice.random() < 0.07:
        desk.say(case, "decision", "municipality", decision="refusal", made_known=time.today)
        yield working_day(time.today + days(14))
        desk.end(case, "other-programme")
        return
    desk.say(case, "decision", "municipality", decision="plan", made_known=time.today)
    if house.owed < house.rent // 4:
        yield working_day(time.today + days(7))
        desk.end(case, "advice")
        return
    yield from plan(desk, case, is_first=True)


def to_helper(desk: Desk, case: Case) -> None:
    """Couple the household to the first helper whom the directory knows for what it needs."""
    need = case.dice.choice(NEEDS)
    found = desk.store.look(case.key, by="ggd", person=case.worker, purpose="coupling")
    among = propose_helpers(found.state, desk.directory, need)
    couple(
        desk.store,
        found,
        among[0].name,
        need,
        desk.time.today,
        among=among,
        by="ggd",
        person=case.worker,
    )


def plan(desk: Desk, case: Case, *, is_first: bool) -> Steps:
    """Agree on a plan, and follow the ledger until it is completed or broken."""
    time, house, dice = desk.time, case.house, case.dice
    day = working_day(time.today + days(3))
    # The rent of a month has come in, or has not, by the eighth.
    yield working_day(max(day, day.replace(day=8)))
    if house.end is not None or house.owed <= 0:
        desk.end(case, "paid-or-arranged")
        return
    monthly = min(40_000, max(2_500, house.owed // dice.choice((3, 4, 5, 6, 8, 10))))
    first = (time.today.replace(day=1) + days(32)).replace(day=1)
    terms = repay(house.owed, monthly, first, room_cents=monthly + 2_500)
    desk.say(
        case,
        "plan-agreed",
        arrears_cents=terms.arrears_cents,
        monthly_cents=monthly,
        first=terms.first,
        last=terms.last,
    )
    keeps = dice.random() >= (0.25 if is_first else 0.15)
    keep(house, monthly, until=None if keeps else first + days(31 * dice.randrange(4)))
    house.plans.append(look_at_ledger(desk, case, record=False).plan)
    for instalment in terms.instalments:
        yield working_day(instalment.due + days(11))
        found = look_at_ledger(desk, case, record=True)
        house.plans[-1] = found.plan
        if found.followed.keeping is Keeping.BROKEN:
            yield from after_break(desk, case, is_first=is_first)
            return
    yield working_day(time.today + days(7))
    desk.end(case, "financial-help")


def look_at_ledger(desk: Desk, case: Case, *, record: bool) -> FollowedPlan:
    """Hold the plan against the landlord's ledger, and have recorded what that shows."""
    found = desk.store.look(case.key, by="municipality", person="G. Besluit", purpose="the plan")
    tenancy = case.house.as_tenancy([])
    followed = follow_case(
        found,
        tenancy,
        desk.time.today,
        by="municipality",
        tolerance_cents=TOLERANCE_CENTS,
        grace_days=GRACE_DAYS,
    )
    assert followed is not None
    if record:
        record_plan_events(desk.store, found, followed.proposed, by="municipality", person="G. Besluit")
    return followed


def keep(house: Household, monthly: int, until: dt.date | None) -> None:
    """The household pays the rent and so much more each month; some stop after a while."""
    house.paying, house.instalment, house.recovers = Pays.PLAN, monthly, None
    house.breaks_off = until and until.replace(day=1)


def after_break(desk: Desk, case: Case, *, is_first: bool) -> Steps:
    """A plan is broken: somebody visits, and there is a second one, or the case is closed."""
    yield working_day(desk.time.today + days(4))
    is_reached = case.dice.random() < 0.6
    desk.say(case, "attempt", kind="visit", part_of_day="evening", reached=is_reached)
    if is_first and is_reached:
        case.house.paying = Pays.RENT
        desk.say(case, "decision", "municipality", decision="plan", made_known=desk.time.today)
        yield from plan(desk, case, is_first=False)
        return
    yield working_day(desk.time.today + days(14))
    desk.end(case, "follow-up-help")


def alarmed(desk: Desk, case: Case) -> Steps:
    """An eviction was announced: whatever happened before, somebody goes there the next day."""
    if case.state.phase in {Phase.CLOSED, Phase.SCREENED_OUT}:
        desk.say(case, "reopened", reason="an eviction was announced")
    for _ in range(2):
        is_reached = case.dice.random() < 0.55
        desk.say(case, "attempt", kind="visit", part_of_day="evening", reached=is_reached)
        if is_reached:
            desk.say(case, "offer-made")
            if case.dice.random() < 0.75:
                yield from help_(desk, case, threatened=True)
                return
            desk.say(case, "declined")
            break
        yield working_day(desk.time.today + days(4))
    yield working_day(min(desk.time.today + days(40), LAST_DAY))
    desk.end(case, "no-help-wanted" if case.state.reached else "no-reply-after-contact")
