"""One attempt to send, or one question what became of it: what is written down before and after."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable

from attrs import evolve

from huurschuld.errors import HuurschuldError
from huurschuld.hooks import Channel, QueriesStatus
from huurschuld.model.referral import Delivery, Outcome
from huurschuld.model.values import Line
from huurschuld.referrals.changing import move, note
from huurschuld.referrals.errors import WrongState
from huurschuld.referrals.reading import referral_of
from huurschuld.referrals.states import Happening, State
from huurschuld.referrals.store import Outbox

_REASON = Line()
_LONGEST_REASON = 100


class Attempts:
    """The attempts of one sender on one channel."""

    def __init__(self, outbox: Outbox, channel: Channel, settling: dt.timedelta) -> None:
        self._outbox = outbox
        self._channel = channel
        self._settling = settling

    def send(self, row: sqlite3.Row) -> bool:
        """Send a referral that is confirmed, or by the same key one that is not known to be there.

        That the attempt begins is written down first; nothing is sent if that fails, or if the referral
        was withdrawn meanwhile.

        Returns:
            Whether it went well: the receiver has accepted it.
        """
        key, before = row["key"], State(row["state"])
        self._note_if_found(row)
        try:
            with self._outbox.change() as change:
                now = self._outbox.now()
                (it,) = change.execute("SELECT * FROM referral WHERE key = ?", (key,)).fetchall()
                unresolved = it["unresolved"] + 1
                move(change, key, (before,), State.SENDING, now, unresolved=unresolved)
                note(change, key, now, Happening.BEGUN)
        except WrongState:  # withdrawn since it was listed
            return True
        referral = referral_of(it)
        delivery = _delivered(lambda: self._channel.send(referral, key))
        with self._outbox.change() as change:
            now = self._outbox.now()
            _told(change, key, now, Happening.ENDED, delivery)
            self._conclude(change, key, now, delivery, unresolved)
        return delivery.outcome is Outcome.ACCEPTED

    def _conclude(
        self, change: sqlite3.Connection, key: str, now: str, delivery: Delivery, unresolved: int
    ) -> None:
        """Draw from the end of an attempt what follows, in the light of those before it.

        One that surely did not arrive says nothing about an earlier one that may have; and a receiver
        that now refuses may have accepted before.
        """
        sending, earlier = (State.SENDING,), unresolved - 1
        match delivery.outcome:
            case Outcome.ACCEPTED:
                move(change, key, sending, State.ACCEPTED, now, unresolved=0, receipt=delivery.receipt)
            case Outcome.REFUSED if earlier:
                move(change, key, sending, State.DOUBTFUL, now, unresolved=earlier)
                note(change, key, now, Happening.DOUBTED)
            case Outcome.REFUSED:
                move(change, key, sending, State.REFUSED, now, unresolved=0)
            case Outcome.NOT_DELIVERED if earlier:
                move(change, key, sending, State.SENDING, now, unresolved=earlier)
            case Outcome.NOT_DELIVERED:
                move(change, key, sending, State.CONFIRMED, now, unresolved=0)
            case Outcome.UNKNOWN:
                if not is_idempotent(self._channel) and not isinstance(self._channel, QueriesStatus):
                    move(change, key, sending, State.DOUBTFUL, now)
                    note(change, key, now, Happening.DOUBTED)

    def ask(self, row: sqlite3.Row, channel: QueriesStatus) -> bool:
        """Ask the receiver what became of a referral.

        Returns:
            Whether it has answered.
        """
        key, sending = row["key"], (State.SENDING,)
        self._note_if_found(row)
        settled = self._is_settled(key)  # before the question: its answer may take long
        delivery = _delivered(lambda: channel.status(key))
        with self._outbox.change() as change:
            now = self._outbox.now()
            _told(change, key, now, Happening.ASKED, delivery)
            match delivery.outcome:
                case Outcome.ACCEPTED:
                    after, receipt = State.ACCEPTED, delivery.receipt
                    move(change, key, sending, after, now, unresolved=0, receipt=receipt)
                case Outcome.REFUSED:
                    move(change, key, sending, State.REFUSED, now, unresolved=0)
                case Outcome.NOT_DELIVERED if settled:
                    move(change, key, sending, State.CONFIRMED, now, unresolved=0)
        return delivery.outcome is not Outcome.UNKNOWN

    def doubt(self, row: sqlite3.Row) -> None:
        """Leave it to a person what became of a referral."""
        self._note_if_found(row)
        with self._outbox.change() as change:
            now = self._outbox.now()
            move(change, row["key"], (State.SENDING,), State.DOUBTFUL, now)
            note(change, row["key"], now, Happening.DOUBTED)

    def is_asked(self, row: sqlite3.Row) -> bool:
        """Whether the receiver was asked since the last attempt."""
        return bool(_last(self._outbox.rows, row["key"])["what"] == Happening.ASKED)

    def is_settling(self, row: sqlite3.Row) -> bool:
        """Whether the receiver has said that it has not got it, and may be believed later."""
        return self.is_asked(row) and bool(
            _last(self._outbox.rows, row["key"])["outcome"] == Outcome.NOT_DELIVERED
        )

    def _is_settled(self, key: str) -> bool:
        """Whether the last attempt, or the end of the sender that made it, is long enough ago."""
        (last,) = self._outbox.rows(
            "SELECT max(at) AS at FROM event WHERE key = ? AND what IN ('begun', 'ended', 'found')",
            (key,),
        )
        now = dt.datetime.fromisoformat(self._outbox.now())
        return now - dt.datetime.fromisoformat(last["at"]) >= self._settling

    def _note_if_found(self, row: sqlite3.Row) -> None:
        """Note that a sender was killed in the middle: its attempt begins and does not end."""
        if row["state"] != State.SENDING:
            return
        if _last(self._outbox.rows, row["key"])["what"] == Happening.BEGUN:
            with self._outbox.change() as change:
                note(change, row["key"], self._outbox.now(), Happening.FOUND)


def is_idempotent(channel: Channel) -> bool:
    """Whether a channel says in so many words that it is idempotent; `"false"` is no yes."""
    return channel.idempotent is True


def _last(rows: Callable[..., list[sqlite3.Row]], key: str) -> sqlite3.Row:
    (last,) = rows("SELECT * FROM event WHERE key = ? ORDER BY number DESC LIMIT 1", (key,))
    return last


def _told(change: sqlite3.Connection, key: str, now: str, what: Happening, delivery: Delivery) -> None:
    note(change, key, now, what, outcome=str(delivery.outcome), reason=delivery.reason)


def _delivered(call: Callable[[], Delivery]) -> Delivery:
    """What a channel tells; if it raises or tells nonsense, nothing is known."""
    try:
        told = call()
    except HuurschuldError as error:
        return Delivery(outcome=Outcome.UNKNOWN, reason=error.code)
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is isolated
        return Delivery(outcome=Outcome.UNKNOWN, reason=f"raised {type(error).__name__}")
    if type(told) is not Delivery or type(told.outcome) is not Outcome:
        return Delivery(outcome=Outcome.UNKNOWN, reason="the channel told no outcome")
    receipt = told.receipt if isinstance(told.receipt, str) else None
    reason = told.reason if _REASON.accepts(told.reason) else ""
    return evolve(told, reason=reason[:_LONGEST_REASON], receipt=receipt)
