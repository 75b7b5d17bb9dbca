"""What a landlord does about large arrears: summons, judgment, announcement, eviction or not."""

from __future__ import annotations

import datetime as dt
from functools import partial

from ggd import Case, Desk
from landlords import Landlord
from world import LAST_DAY, YEAR, Household, Pays, Steps, days, months, working_day

from huurschuld import Eviction

MONTHS_OF_RENT = 5
"""From how much on a landlord goes to court."""


def plan_pursuits(desk: Desk, landlord: Landlord) -> None:
    """Each month the landlord looks whom to take to court."""
    pursued: set[str] = set()
    for first in months(dt.date(YEAR, 2, 1), LAST_DAY):
        desk.time.once(
            working_day(first.replace(day=25)),
            partial(_pursue, desk=desk, landlord=landlord, pursued=pursued),
        )


def _pursue(day: dt.date, *, desk: Desk, landlord: Landlord, pursued: set[str]) -> None:
    landlord.hear()
    referred = {it.tenancy: it.key for it in landlord.referrals()}
    for tenancy, key in referred.items():
        house = landlord.houses[str(tenancy)]
        accepts = any(it.name == "help_accepted" and it.value and it.until is None for it in house.facts)
        is_broken = bool(house.plans) and house.plans[-1].broken_on is not None
        helped = accepts and not is_broken
        if house.tenancy in pursued or house.end is not None or helped or not house.is_behind:
            continue
        if house.owed >= MONTHS_OF_RENT * house.rent and house.paying is not Pays.RENT:
            pursued.add(house.tenancy)
            desk.time.begin(day, _pursuit(desk, desk.cases[key], house))


def _pursuit(desk: Desk, case: Case, house: Household) -> Steps:
    """From the summons on; it stops when the rent is paid, or a plan runs."""
    desk.say(case, "summons", "landlord")
    if house.dice.random() < 0.7:  # then some find the money after all
        house.recovers = (desk.time.today.replace(day=1) + days(32)).replace(day=1)
    yield working_day(desk.time.today + days(30))
    if _is_settled(house):
        return
    desk.say(case, "judgment", "landlord", eviction=True)
    yield working_day(desk.time.today + days(21))
    if _is_settled(house):
        return
    on = working_day(desk.time.today + days(35))
    house.eviction = Eviction(announced=desk.time.today, on=on)
    desk.say(case, "eviction-announced", "landlord", on=on)
    desk.alarm(case)
    yield on
    house.eviction = None
    if _is_settled(house):
        desk.say(case, "eviction-prevented", "landlord")
        return
    house.end = desk.time.today
    desk.say(case, "eviction-carried-out", "landlord")
    yield working_day(desk.time.today + days(1))
    desk.say(case, "keys-returned", "landlord")


def _is_settled(house: Household) -> bool:
    return house.paying in {Pays.PLAN, Pays.RENT} or house.owed < house.rent
