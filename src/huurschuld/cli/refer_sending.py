"""The command that sends: what is confirmed, after another look at the ledger if one is at hand."""

from __future__ import annotations

import logging
from typing import Annotated, Final

import attrs
import typer

from huurschuld import referrals
from huurschuld.cli.display_referrals import SHOWN
from huurschuld.cli.language import told
from huurschuld.cli.options import (
    AssumeOption,
    FolderArgument,
    LedgerOption,
    SetOption,
    day_of,
    policy_of,
)
from huurschuld.cli.refer_keys import ReceiverOption
from huurschuld.cli.refer_screening import named, recalled, screened
from huurschuld.cli.session import ConfigOption, OutboxOption, session
from huurschuld.cli.terminal import bar, notify, printable, say, write
from huurschuld.errors import InvalidValue
from huurschuld.plugins.host import Kind
from huurschuld.referrals import Listed, Outbox, Pacing, Screening, State
from huurschuld.referrals.recalling import MAX_DAYS
from huurschuld.referrals.states import OPEN_STATES

_LEFT: Final = {
    State.CONFIRMED: "was certainly not delivered",
    State.SENDING: "is not known to have arrived",
}


def _left(one: Listed, receiver: str, *, looked_at: bool, is_screened: bool) -> str:
    """Say why a referral is left, and what to do about it."""
    why = f" ({told(one.reason)})" if one.reason else ""
    if one.state is State.RECALLED:
        return recalled(one)
    if one.state is State.DOUBTFUL:
        return (
            f"may or may not have arrived{why}: ask {receiver}, then huurschuld refer settle "
            f"{one.key[:SHOWN]} --by NAME --verdict accepted|send-again|withdrawn"
        )
    if looked_at:
        return f"{told(_LEFT[one.state])}{why}; send again later"
    known = "" if one.state is State.CONFIRMED else f"{told(_LEFT[one.state])}{told(', and ')}"
    if is_screened:
        return (
            f"{known}is not sent now: the screening does not have its tenancy, or is of an earlier day"
        )
    return f"{known}came too late for this run; send again"


def _advised_by(box: Outbox, receiver: str) -> str | None:
    """Find the policy that advised what is to be sent, to look again by it; None if nothing is."""
    listed = referrals.listing(box)
    going = {State.CONFIRMED, State.SENDING}
    names = {one.policy for one in listed if one.receiver == receiver and one.state in going}
    if len(names) > 1:
        raise InvalidValue(
            "--policy",
            f"the referrals were advised by {len(names)} policies",
            "name the one by which to look again, or give --without-look --by NAME --reason WHY",
        )
    return next(iter(names), None)


def send(
    folder: FolderArgument = None,
    receiver: ReceiverOption = None,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, help="How many rounds to make over what is left.")
    ] = 4,
    max_days: Annotated[
        int,
        typer.Option(
            "--max-days", min=1, help="For how many days after its confirmation it may be sent."
        ),
    ] = MAX_DAYS,
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="NAME|FILE", help="Look again by this policy before sending."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="YYYY-MM-DD", help="The day to look again on; today by default."
        ),
    ] = None,
    without_look: Annotated[
        bool,
        typer.Option(
            "--without-look", help="Send without looking again; by your name and with a reason."
        ),
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Your name, for --without-look.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why, for --without-look.")
    ] = None,
    set_: SetOption = None,
    assume: AssumeOption = None,
    ledger: LedgerOption = None,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Send what is confirmed, each at least once, by its key; exit with 1 if something is left.

    Where a ledger is given or configured it looks again first, by the policy that advised the referrals
    or the one that is named: what is no longer advised is recalled, not sent, and what is not in that
    ledger waits.
    """
    if without_look and (by is None or reason is None):
        raise InvalidValue("--without-look", "a person decides that", "give --by NAME and --reason WHY")
    if without_look and (policy, folder, ledger) != (None, None, None):
        raise InvalidValue("--without-look", "a policy or a ledger is given as well", "leave one out")
    with session(config, outbox=outbox) as it, it.open_outbox() as box:
        name = it.only(Kind.CHANNEL, receiver, "--receiver")
        screening = None
        if by is not None and reason is not None:
            referrals.waive(box, name, by=by, reason=reason)
        elif policy is not None or folder is not None or it.configuration.names(Kind.LEDGER):
            policy = policy or _advised_by(box, name)
            if policy is not None:
                rules, day = policy_of(it.host, policy), box.today() if as_of is None else day_of(as_of)
                found = screened(
                    it, box, rules, day, ledger=ledger, folder=folder, set_=set_, assume=assume
                )
                screening = Screening.of(found, day)
        logging.getLogger("stamina").addHandler(logging.NullHandler())  # this command reports it itself
        with bar() as shown:
            shown.add_task("sending", total=None)
            sent = referrals.send(
                box,
                it.open(Kind.CHANNEL, name),
                name,
                pacing=Pacing(rounds=rounds),
                max_days=max_days,
                screening=screening,
            )
        listed = {one.key: one for one in referrals.listing(box)}
    in_hand = [one for one in listed.values() if one.state in OPEN_STATES]
    left = [one for one in in_hand if one.receiver == name]
    others = sorted({one.receiver or "" for one in in_hand} - {name})
    say(f"{name}: accepted {len(sent.accepted)}   refused {len(sent.refused)}   left {len(left)}\n")
    for key in sent.accepted:
        write(f"  {key[:SHOWN]} {printable(listed[key].tenancy or '')}\n")
    for key in sent.refused:
        notify(f"{named(listed[key])} was refused; see: huurschuld refer history {key[:SHOWN]}")
    seen = {key for keys in attrs.astuple(sent, recurse=False) for key in keys}
    is_screened = screening is not None
    for one in left:
        why = _left(one, name, looked_at=one.key in seen, is_screened=is_screened)
        notify(f"{named(one)} {why}")
    if others:
        notify(f"waiting for other receivers, to be sent with --receiver: {', '.join(others)}")
    if sent.refused or left or others:
        raise typer.Exit(1)
