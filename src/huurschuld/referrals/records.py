"""What the functions of this package return: a referral, its history, and the result of a step.

No `repr` here shows a tenancy, a name or an address.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from attrs import field, frozen

from huurschuld.errors import HuurschuldError
from huurschuld.model.referral import Outcome
from huurschuld.model.values import RedactedRepr
from huurschuld.referrals.states import EventType, State


@frozen(repr=False, kw_only=True)
class Listed(RedactedRepr):
    """A referral (signaal) in the outbox, as people see it: without the contact details.

    Attributes:
        key: 32 random hexadecimal digits, which identify it everywhere.
        tenancy: the id of the tenancy; None once it is forgotten.
        day: the day (peildatum) that the amount is of.
        arrears_cents: the amount of the arrears, in cents.
        policy, policy_hash: what advised it.
        batch: the batch in which it was proposed.
        state: where it is.
        since: since when it is there.
        receiver: the channel that it is sent through; None until it is confirmed.
        confirmed_by, confirmed_at: the person who confirmed it, and when.
        attempts: how many attempts to send have begun.
        reason: the reason given with the last attempt or answer to a question; may be empty.
    """

    key: str
    tenancy: str | None
    day: dt.date
    arrears_cents: int
    policy: str
    policy_hash: str
    batch: str
    state: State
    since: dt.datetime
    receiver: str | None
    confirmed_by: str | None
    confirmed_at: dt.datetime | None
    attempts: int
    reason: str


@frozen(repr=False, kw_only=True)
class Event(RedactedRepr):
    """Something that happened to a referral. Events are added and never changed.

    Attributes:
        at: when.
        what: what happened.
        person: who did it, if a person did.
        outcome: the outcome of an attempt, or of a question to the receiver.
        reason: in a few words; if a person decided, the verdict.
    """

    at: dt.datetime
    what: EventType
    person: str | None
    outcome: Outcome | None
    reason: str


class SkipReason(StrEnum):
    """Why a decision was not proposed.

    `in-hand`: a referral of the tenancy is confirmed and not settled. `already-referred`: one was
    accepted in this episode of arrears, or of a later day, and it is too soon to refer again
    (`repeat_days`) or the arrears are not higher now; the hold of that name says the same.
    `newer-proposal`: there is a proposal of a later day.
    """

    IN_HAND = "in-hand"
    ALREADY_REFERRED = "already-referred"
    NEWER_PROPOSAL = "newer-proposal"


@frozen(repr=False)
class LeftOut(RedactedRepr):
    """A decision that was not proposed: the id of its tenancy, and why."""

    tenancy: str
    why: SkipReason


@frozen(repr=False)
class Proposed(RedactedRepr):
    """The result of `propose`.

    Attributes:
        keys: the proposals that were made.
        left_out: the decisions that were not proposed.
        replaced: the earlier proposals of the same tenancies that they replace.
        withdrawn: the earlier proposals that no longer hold.
        recalled: the confirmed referrals that no longer hold; a person has to decide about each.
    """

    keys: tuple[str, ...] = field(converter=tuple[str, ...])
    left_out: tuple[LeftOut, ...] = field(converter=tuple[LeftOut, ...])
    replaced: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    withdrawn: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    recalled: tuple[str, ...] = field(default=(), converter=tuple[str, ...])


@frozen(repr=False)
class NotConfirmed(RedactedRepr):
    """A referral that could not be confirmed and stays as it was: its key, and why."""

    key: str
    error: HuurschuldError


@frozen(repr=False)
class Confirmed(RedactedRepr):
    """The result of `confirm`.

    Attributes:
        keys: the referrals that are confirmed now.
        failed: those that are not.
        one_address: groups of referrals of several tenancies with one address, each with one that is
            confirmed now: such as a home and its garage, or tenants of rooms. A person has to look.
        recalled: those that were confirmed and are recalled at once, as another one with the same name
            and address goes out, or went: they go out only if a person says so for each.
        earlier: those of the batch that somebody had confirmed before.
    """

    keys: tuple[str, ...] = field(converter=tuple[str, ...])
    failed: tuple[NotConfirmed, ...] = field(converter=tuple[NotConfirmed, ...])
    one_address: tuple[tuple[str, ...], ...] = ()
    recalled: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()


@frozen(repr=False, kw_only=True)
class Sent(RedactedRepr):
    """The result of `send`: the keys of the referrals that it dealt with, by the state they are in now.

    Attributes:
        accepted, refused: what the receiver answered.
        confirmed: certainly not delivered; the next run tries again.
        sending: not known yet; the next run asks the receiver, or sends again under the same key.
        doubtful: a person has to find out.
        recalled: not sent: a person has to decide anew.
    """

    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    sending: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()
