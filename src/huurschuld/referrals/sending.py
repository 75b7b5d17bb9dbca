"""Sending: each confirmed referral at least once, and none of them blindly a second time.

The start of an attempt is on disk before the network is touched, so that a sender that is killed
leaves `sending` behind, never `confirmed`. What happens then, and after each attempt, is the rule in
`retries`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Final, cast

from attrs import evolve, fields, frozen

from huurschuld.errors import HuurschuldError
from huurschuld.former_names import present_channel
from huurschuld.hooks import Channel, QueriesStatus
from huurschuld.model.referral import Delivery, Outcome
from huurschuld.model.values import Line, Whole
from huurschuld.portfolio.extras import import_extra
from huurschuld.referrals.changing import OF, Change, Row, StoredEvent
from huurschuld.referrals.errors import WrongState, check
from huurschuld.referrals.reading import referral_of
from huurschuld.referrals.recalling import MAX_DAYS, MOST_DAYS, Screening, recall, too_old
from huurschuld.referrals.records import Sent
from huurschuld.referrals.retries import (
    DEFAULT_PACING,
    Next,
    Pacing,
    Recourse,
    after_answer,
    after_attempt,
    is_doubtful_after_run,
)
from huurschuld.referrals.states import EventType, State
from huurschuld.referrals.store import Outbox

_REASON: Final = Line()
_LONGEST_REASON: Final = 100


_OF_ATTEMPTS: Final = frozenset({EventType.BEGUN, EventType.ENDED, EventType.FOUND})


class _Unfinished(Exception):
    """Something is left to do after a round."""


def send(
    outbox: Outbox,
    channel: Channel,
    receiver: str,
    *,
    pacing: Pacing = DEFAULT_PACING,
    max_days: int = MAX_DAYS,
    screening: Screening | None = None,
) -> Sent:
    """Send all that a person has confirmed for a receiver, starting with what a killed sender left.

    What fails is tried again in this run, with longer and longer waits, and in later runs. What was
    confirmed too long ago, or is not right any more by a screening, is not sent: it is recalled, for a
    person to decide anew, or doubtful if it may have arrived before.

    Args:
        outbox: the outbox.
        channel: sends to the receiver.
        receiver: the name of the channel, as the referrals were confirmed for it.
        pacing: how often to try, and how long to wait.
        max_days: for how many days after the confirmation it may be sent.
        screening: what was found when looking again; what that does not cover is not sent in this run.

    Returns:
        Where the referrals are that this run has dealt with.

    Raises:
        OutboxBusy: another process is sending from this outbox.
        ExtraNeeded: stamina, which waits between rounds, is not installed.
        InvalidValue: `receiver` is not a single line, or `max_days` is no number of days.
        OutboxError: the file cannot be read or written.
    """
    check(receiver, "/receiver")
    check(max_days, "/max_days", Whole(1, MOST_DAYS, "a number of days"))
    stamina = import_extra("stamina", "web", "send", "sending waits with stamina")
    channel = present_channel(channel)
    with outbox.sender():
        run = _Run(outbox, channel, receiver, pacing, _Limits(max_days, screening))
        with suppress(_Unfinished):
            for attempt in stamina.retry_context(on=_Unfinished, **pacing.between_rounds()):
                with attempt:
                    run.round()
        return run.end()


@frozen
class _Limits:
    """What may no longer be sent."""

    max_days: int
    screening: Screening | None

    def allow(self, row: Row) -> bool:
        """Whether it was looked at again, if anything was."""
        return self.screening is None or self.screening.covers(row)

    def objection(self, change: Change, row: Row) -> str | None:
        """Why a referral is not to be sent; None if it is."""
        old = too_old(row, change.now, self.max_days)
        if old is not None or self.screening is None:
            return old
        return self.screening.objection(change, row)


class _Run:
    """One run of the sender, round by round."""

    def __init__(
        self, outbox: Outbox, channel: Channel, receiver: str, pacing: Pacing, limits: _Limits
    ) -> None:
        self._limits = limits
        self._outbox = outbox
        self._channel = channel
        self._recourse = Recourse.of(channel)
        self._receiver = receiver
        self._pacing = pacing
        self._seen: dict[str, None] = {}
        self._unanswered = 0

    def round(self) -> None:
        """Go through all that is left; `_Unfinished` if something still is."""
        failed = self._unanswered = 0
        self._stop()
        for row in self._left():
            self._seen[row["key"]] = None
            if row["state"] == State.SENDING and self._recourse is not Recourse.SEND_AGAIN:
                self._find_out(row)
            elif failed < self._pacing.failures:
                failed = 0 if self._send(row) else failed + 1
        if self._left():
            raise _Unfinished

    def end(self) -> Sent:
        """Leave to a person what asking has not settled, and return the states of all."""
        if self._recourse is not Recourse.SEND_AGAIN:
            for row in self._sending():
                if self._last_answer(row["key"]) is None:
                    self._find_out(row)
            for row in self._sending():
                if is_doubtful_after_run(self._last_answer(row["key"])):
                    self._doubt(row)
        states: dict[str, list[str]] = {}
        for key in self._seen:
            states.setdefault(self._outbox.row(key)["state"], []).append(key)
        return Sent(**{it.name: tuple(states.get(it.name, ())) for it in fields(Sent)})

    def _left(self) -> list[Row]:
        rows = self._outbox.referrals(
            OF.receiver == self._receiver,
            OF.state.in_((State.SENDING, State.CONFIRMED)),
            order=((OF.state == State.SENDING).desc(),),
        )
        asks = self._recourse is not Recourse.SEND_AGAIN  # a question sends nothing
        return [
            row for row in rows if self._limits.allow(row) or (asks and row["state"] == State.SENDING)
        ]

    def _stop(self) -> None:
        """Leave to a person what is not to be sent any more."""
        with self._outbox.change() as change:
            for row in self._left():
                key, objection = row["key"], self._limits.objection(change, row)
                if objection is None:
                    continue
                if row["state"] == State.CONFIRMED:
                    recall(change, key, objection)
                elif self._recourse is Recourse.SEND_AGAIN:  # else nothing is sent before an answer
                    if self._is_interrupted(row):
                        change.note(key, EventType.FOUND)
                    change.move(key, (State.SENDING,), State.DOUBTFUL)
                    change.note(key, EventType.DOUBTED, reason=objection)
                else:
                    continue
                self._seen[key] = None

    def _sending(self) -> list[Row]:
        return [row for row in self._left() if row["state"] == State.SENDING]

    def _send(self, row: Row) -> bool:
        """Send a referral, unless a person or a screening was quicker; return whether that went well."""
        key, before = row["key"], State(row["state"])
        earlier = row["unresolved"]  # only this sender changes it while it holds the lock
        self._note_interruption(row)
        try:
            with self._outbox.change() as change:
                change.move(key, (before,), State.SENDING, unresolved=earlier + 1)
                change.note(key, EventType.BEGUN)
        except WrongState:  # withdrawn or recalled since it was listed
            return True
        referral = referral_of(row)
        delivery = _delivered(lambda: self._channel.send(referral, key))
        following = after_attempt(delivery.outcome, earlier, self._recourse)
        self._record(key, EventType.ENDED, delivery, following)
        return delivery.outcome is Outcome.ACCEPTED

    def _find_out(self, row: Row) -> None:
        """Ask the receiver, unless it has failed to answer too often; if it cannot be asked, doubt."""
        if self._recourse is Recourse.PERSON:
            self._doubt(row)
        elif self._unanswered < self._pacing.failures:
            key, channel = row["key"], cast("QueriesStatus", self._channel)
            self._note_interruption(row)
            settled = self._is_settled(key)  # before the question: its answer may take long
            delivery = _delivered(lambda: channel.status(key))
            following = after_answer(delivery.outcome, settled=settled)
            self._record(key, EventType.ASKED, delivery, following)
            self._unanswered = self._unanswered + 1 if delivery.outcome is Outcome.UNKNOWN else 0

    def _record(self, key: str, what: EventType, delivery: Delivery, following: Next | None) -> None:
        """Record what the channel said, and what follows."""
        receipt = {"receipt": delivery.receipt} if delivery.outcome is Outcome.ACCEPTED else {}
        with self._outbox.change() as change:
            change.note(key, what, outcome=str(delivery.outcome), reason=delivery.reason)
            if following is None:
                return
            state, unresolved = following
            change.move(key, (State.SENDING,), state, unresolved=unresolved, **receipt)
            if state is State.DOUBTFUL:
                change.note(key, EventType.DOUBTED)

    def _doubt(self, row: Row) -> None:
        """Leave it to a person to find out whether a referral arrived."""
        self._note_interruption(row)
        with self._outbox.change() as change:
            change.move(row["key"], (State.SENDING,), State.DOUBTFUL)
            change.note(row["key"], EventType.DOUBTED)

    def _note_interruption(self, row: Row) -> None:
        """Note that a sender was killed in the middle of an attempt."""
        if self._is_interrupted(row):
            with self._outbox.change() as change:
                change.note(row["key"], EventType.FOUND)

    def _is_interrupted(self, row: Row) -> bool:
        """Whether an attempt has begun and not ended."""
        is_sending = row["state"] == State.SENDING
        return is_sending and bool(self._last_event(row["key"]).what == EventType.BEGUN)

    def _last_answer(self, key: str) -> Outcome | None:
        """The receiver's answer since the last attempt; None if it was not asked."""
        last = self._last_event(key)
        return Outcome(str(last.outcome)) if last.what == EventType.ASKED else None

    def _last_event(self, key: str) -> StoredEvent:
        return self._outbox.events(key)[-1]

    def _is_settled(self, key: str) -> bool:
        """Whether the last attempt, or the death of its sender, is long enough ago."""
        last = max(it.at for it in self._outbox.events(key) if it.what in _OF_ATTEMPTS)
        now = dt.datetime.fromisoformat(self._outbox.now())
        settling = dt.timedelta(seconds=self._pacing.settling)
        return now - dt.datetime.fromisoformat(last) >= settling


def _delivered(call: Callable[[], Delivery]) -> Delivery:
    """What a channel says; if it raises or says nonsense, nothing is known."""
    try:
        delivery = call()
    except HuurschuldError as error:
        return Delivery(outcome=Outcome.UNKNOWN, reason=error.code)
    except Exception as error:  # noqa: BLE001 - any error of a plugin is isolated
        return Delivery(outcome=Outcome.UNKNOWN, reason=f"raised {type(error).__name__}")
    if type(delivery) is not Delivery or type(delivery.outcome) is not Outcome:
        return Delivery(outcome=Outcome.UNKNOWN, reason="the channel gave no outcome")
    receipt = _storable(delivery.receipt) if isinstance(delivery.receipt, str) else None
    reason = delivery.reason if _REASON.accepts(delivery.reason) else ""
    return evolve(delivery, reason=reason[:_LONGEST_REASON], receipt=receipt)


def _storable(text: str) -> str:
    """What a database can hold of a text: no NUL, which PostgreSQL refuses, and no half a character."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")
