"""What an outbox tells: of one referral, of its history, and of what was just done.

No `repr` here shows a tenancy, a name or an address.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from attrs import field, frozen

from huurschuld.errors import HuurschuldError
from huurschuld.model.referral import Outcome
from huurschuld.model.values import RedactedRepr
from huurschuld.referrals.states import Happening, State


@frozen(repr=False, kw_only=True)
class Listed(RedactedRepr):
    """A referral (signaal) in the outbox, as people see it: without the contact details.

    Attributes:
        key: 32 hexadecimal digits drawn by chance; its name everywhere.
        tenancy: the id of the tenancy; None once it is forgotten.
        day: the day (peildatum) that the amount is of.
        arrears_cents: the amount of the arrears, in cents.
        policy, policy_hash: what advised it.
        batch: the batch that it was proposed in.
        state: where it is.
        since: from when on.
        receiver: the channel that it goes by; None until it is confirmed.
        confirmed_by, confirmed_at: the person who confirmed it, and when.
        attempts: how many attempts to send have begun.
        reason: what was told of the last attempt, or answer to a question; empty if nothing was.
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
    """Something that happened to a referral. Events are added, and never changed.

    Attributes:
        at: when.
        what: what happened.
        person: who did it, where it was a person.
        outcome: of an attempt, or of a question to the receiver.
        reason: in a few words; of a person's verdict, the verdict.
    """

    at: dt.datetime
    what: Happening
    person: str | None
    outcome: Outcome | None
    reason: str


class Why(StrEnum):
    """Why a decision was not proposed.

    `in-hand`: a referral of the tenancy is confirmed, and not settled. `already-referred`: one was
    accepted in this episode of arrears, or of a later day, and the arrears are not higher now, as the
    hold of that name has it. `newer-proposal`: a proposal of a later day waits already.
    """

    IN_HAND = "in-hand"
    ALREADY_REFERRED = "already-referred"
    NEWER_PROPOSAL = "newer-proposal"


@frozen(repr=False)
class LeftOut(RedactedRepr):
    """A decision that was not proposed: the id of its tenancy, and why."""

    tenancy: str
    why: Why


@frozen(repr=False)
class Proposed(RedactedRepr):
    """What became of the decisions that were proposed.

    Attributes:
        keys: the proposals that were made.
        left_out: the decisions that were not proposed.
        replaced: the earlier proposals of the same tenancies, in the place of which they are.
        withdrawn: the earlier proposals that do not hold any more.
    """

    keys: tuple[str, ...] = field(converter=tuple[str, ...])
    left_out: tuple[LeftOut, ...] = field(converter=tuple[LeftOut, ...])
    replaced: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    withdrawn: tuple[str, ...] = field(default=(), converter=tuple[str, ...])


@frozen(repr=False)
class NotConfirmed(RedactedRepr):
    """A referral that could not be confirmed, and stays as it was: its key, and why."""

    key: str
    error: HuurschuldError


@frozen(repr=False)
class Confirmed(RedactedRepr):
    """What became of the referrals that a person confirmed.

    Attributes:
        keys: those that are confirmed now.
        failed: those that are not.
    """

    keys: tuple[str, ...] = field(converter=tuple[str, ...])
    failed: tuple[NotConfirmed, ...] = field(converter=tuple[NotConfirmed, ...])


@frozen(repr=False, kw_only=True)
class Sent(RedactedRepr):
    """Where the referrals are that a run of the sender has dealt with, as keys.

    Attributes:
        accepted, refused: what the receiver has answered.
        confirmed: surely not delivered; the next run tries again.
        sending: not known yet what became of it; the next run asks, or sends again by the same key.
        doubtful: a person has to find out.
    """

    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    sending: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
