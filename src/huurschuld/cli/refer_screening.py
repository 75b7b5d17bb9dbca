"""Screening for the outbox: whom to propose, and whether what is confirmed is still advised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from huurschuld.cli.display_referrals import SHOWN
from huurschuld.cli.options import assumptions_of, parameters_of
from huurschuld.cli.session import Session
from huurschuld.cli.terminal import bar, notify
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.portfolio.worklist import Worklist
from huurschuld.referrals import Outbox, listing
from huurschuld.rules.policy import Policy


def screened(
    it: Session,
    rules: Policy,
    day: dt.date,
    *,
    ledger: str | None,
    folder: str | None,
    set_: list[str] | None,
    assume: list[str] | None,
) -> Worklist:
    """Screen a ledger as if what is not sent yet were not confirmed: is it still advised?"""
    with bar() as shown:
        task = shown.add_task("opening", total=None)
        return screen_ledger(
            it.ledger(ledger, folder, unsent=False),
            rules,
            day,
            parameters_of(rules, set_),
            assume=assumptions_of(assume),
            step=lambda what: shown.update(task, description=what),
        )


def notify_recalled(box: Outbox, keys: Iterable[str]) -> None:
    """Say which confirmed referrals are recalled, and why, each by its key and tenancy."""
    recalled = set(keys)
    for one in listing(box) if recalled else ():
        if one.key in recalled:
            key = one.key[:SHOWN]
            notify(
                f"{key}, tenancy {one.tenancy}, is recalled: {one.reason}; decide: "
                f"huurschuld refer withdraw {key}, or huurschuld refer resume {key} --reason WHY"
            )
