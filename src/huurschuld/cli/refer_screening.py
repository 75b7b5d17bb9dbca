"""Screening for the outbox: whom to propose, and whether what is confirmed is still advised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from huurschuld.cli.display_referrals import SHOWN
from huurschuld.cli.notices import notices_of, notify_warnings
from huurschuld.cli.options import assumptions_of, parameters_of
from huurschuld.cli.session import Session
from huurschuld.cli.terminal import bar, notify, printable
from huurschuld.plugins.host import Host
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.portfolio.worklist import Worklist
from huurschuld.referrals import Listed, Outbox, State, listing
from huurschuld.referrals.steps import REPEAT_DAYS
from huurschuld.rules.policy import Policy


def screened(
    it: Session,
    box: Outbox,
    rules: Policy,
    day: dt.date,
    *,
    ledger: str | None,
    folder: str | None,
    set_: list[str] | None,
    assume: list[str] | None,
) -> Worklist:
    """Screen a ledger without counting what is in hand as referred: is it still advised?"""
    with bar() as shown:
        task = shown.add_task("opening", total=None)
        opened = it.ledger(ledger, folder, again=box)
        found = screen_ledger(
            opened,
            rules,
            day,
            parameters_of(rules, set_),
            assume=assumptions_of(assume),
            step=lambda what: shown.update(task, description=what),
        )
    for notice in notices_of(opened):
        notify(notice)
    notify_warnings(found.warnings)
    return found


def repeat_days(host: Host, box: Outbox) -> int:
    """Find for how long no second referral may go out: the longest of the policies of the proposals.

    Of a policy that is in a file only the name is known here: for that it is the default.
    """
    found = [REPEAT_DAYS]
    for one in listing(box, state=State.PROPOSED):
        policy = host.policies.get(one.policy)
        if policy is not None:
            found.append(policy.on(one.day).values.get("repeat_days", REPEAT_DAYS))
    return max(found)


def named(one: Listed) -> str:
    """A referral as messages name it: the start of its key, and its tenancy unless that is forgotten."""
    key = one.key[:SHOWN]
    return key if one.tenancy is None else f"{key}, tenancy {printable(one.tenancy)},"


def notify_recalled(listed: Iterable[Listed], keys: Iterable[str]) -> None:
    """Say which of the referrals are recalled, and why, each by its key and tenancy."""
    keys = set(keys)
    for one in listed:
        if one.key in keys:
            notify(f"{named(one)} {recalled(one)}")


def recalled(one: Listed) -> str:
    """Why a referral is recalled, and what a person can do about it."""
    key = one.key[:SHOWN]
    return (
        f"is recalled: {one.reason}; decide: huurschuld refer withdraw {key} --by NAME, or "
        f"huurschuld refer resume {key} --by NAME --reason WHY"
    )
