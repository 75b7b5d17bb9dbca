"""Sending: each confirmed referral at least once, none of them blindly a second time.

That an attempt begins is on the disk before the network is touched, so that a sender that is killed
leaves `sending` behind, never `confirmed`. What becomes of that depends on the channel: one whose
receiver honours the key sends again by the same key; one whose receiver can be asked asks; else a
person has to find out.
"""

from __future__ import annotations

import datetime as dt
import importlib
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from attrs import field, frozen

from huurschuld.errors import ExtraNeeded, InvalidValue
from huurschuld.former_names import present_channel
from huurschuld.hooks import Channel, QueriesStatus
from huurschuld.referrals.attempting import Attempts, is_idempotent
from huurschuld.referrals.changing import check
from huurschuld.referrals.records import Sent
from huurschuld.referrals.states import State
from huurschuld.referrals.store import Outbox


def _at_least(least: int) -> Callable[[object, object, float], None]:
    def check_number(_: object, attribute: object, value: float) -> None:
        if not value >= least:
            raise InvalidValue(f"/{getattr(attribute, 'name', '')}", f"{least} or more is expected")

    return check_number


@frozen(kw_only=True)
class Pacing:
    """How patiently a run tries; waits in seconds.

    Attributes:
        rounds: how often it goes through all that is left; 1 or more.
        first_wait: how long it waits before the second round; each wait is about twice as long as the
            one before, with some chance in it.
        longest_wait: what a wait is at most.
        failures: after so many failures one after the other a round ends, as the receiver may be down;
            a refusal counts as one, as it may be our password that is refused. 1 or more.
        settling: for how long a receiver that can be asked is not believed when it says that it has not
            got a referral, since the last attempt may still be on its way.

    Raises:
        InvalidValue: at the field.
    """

    rounds: int = field(default=4, validator=_at_least(1))
    first_wait: float = field(default=1.0, validator=_at_least(0))
    longest_wait: float = field(default=60.0, validator=_at_least(0))
    failures: int = field(default=5, validator=_at_least(1))
    settling: float = field(default=900.0, validator=_at_least(0))


class _Unfinished(Exception):
    """A round has left something to do."""


DEFAULT_PACING: Final = Pacing()


def send(outbox: Outbox, channel: Channel, receiver: str, *, pacing: Pacing = DEFAULT_PACING) -> Sent:
    """Send all that a person has confirmed for a receiver; first take up what a killed sender left.

    What fails is tried again in this run, with longer and longer waits, and in later runs.

    Args:
        outbox: the outbox.
        channel: sends to the receiver.
        receiver: the name of the channel, as the referrals were confirmed for it.
        pacing: how patiently to try.

    Returns:
        Where the referrals are that this run has dealt with.

    Raises:
        OutboxBusy: another process is sending from this outbox.
        ExtraNeeded: stamina, which waits between rounds, is not installed.
        InvalidValue: `receiver` is no line.
        OutboxError: the file cannot be read or written.
    """
    check(receiver, "/receiver")
    stamina = _stamina()
    channel = present_channel(channel)
    with outbox.sender():
        run = _Run(outbox, channel, receiver, pacing)
        with suppress(_Unfinished):
            for attempt in stamina.retry_context(
                on=_Unfinished,
                attempts=pacing.rounds,
                timeout=None,
                wait_initial=pacing.first_wait,
                wait_max=pacing.longest_wait,
                wait_jitter=pacing.first_wait,
            ):
                with attempt:
                    run.round()
        return run.end()


def _stamina() -> Any:  # noqa: ANN401 - a module that need not be there
    with suppress(ImportError):
        return importlib.import_module("stamina")
    raise ExtraNeeded("send", "sending waits with stamina", "install huurschuld[web]")


class _Run:
    """One run of the sender, round by round."""

    def __init__(self, outbox: Outbox, channel: Channel, receiver: str, pacing: Pacing) -> None:
        self._outbox = outbox
        self._channel = channel
        self._receiver = receiver
        self._pacing = pacing
        self._attempts = Attempts(outbox, channel, dt.timedelta(seconds=pacing.settling))
        self._seen: dict[str, None] = {}
        self._in_vain = 0

    def round(self) -> None:
        """Go through all that is left.

        Raises:
            _Unfinished: something still is.
        """
        failed = self._in_vain = 0
        for row in self._left():
            self._seen[row["key"]] = None
            if row["state"] == State.SENDING and not is_idempotent(self._channel):
                self._find_out(row)
            elif failed < self._pacing.failures:
                failed = 0 if self._attempts.send(row) else failed + 1
        if self._left():
            raise _Unfinished

    def _find_out(self, row: sqlite3.Row) -> None:
        """Ask what became of a referral, as long as there is somebody who answers."""
        if not isinstance(self._channel, QueriesStatus):
            self._attempts.doubt(row)
        elif self._in_vain < self._pacing.failures:
            answered = self._attempts.ask(row, self._channel)
            self._in_vain = 0 if answered else self._in_vain + 1

    def end(self) -> Sent:
        """What has become of all that was dealt with; what asking has not settled is doubtful."""
        if not is_idempotent(self._channel):
            for row in self._sending():
                if not self._attempts.is_asked(row):
                    self._find_out(row)
            for row in self._sending():
                if not self._attempts.is_settling(row):
                    self._attempts.doubt(row)
        states: dict[str, list[str]] = {}
        for key in self._seen:
            (row,) = self._outbox.rows("SELECT state FROM referral WHERE key = ?", (key,))
            states.setdefault(row["state"], []).append(key)
        kept = {"accepted", "refused", "confirmed", "sending", "doubtful"}
        return Sent(**{state: tuple(keys) for state, keys in states.items() if state in kept})

    def _sending(self) -> list[sqlite3.Row]:
        return [row for row in self._left() if row["state"] == State.SENDING]

    def _left(self) -> list[sqlite3.Row]:
        return self._outbox.rows(
            "SELECT * FROM referral WHERE receiver = ? AND state IN (?, ?)"
            " ORDER BY state = ? DESC, number",
            (self._receiver, str(State.SENDING), str(State.CONFIRMED), str(State.SENDING)),
        )
