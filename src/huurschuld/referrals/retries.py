"""The retry rule of sending: how often, after which waits, and when it is left to a person.

A referral must arrive, and must not arrive twice. So what follows an attempt depends on whether it or
an earlier one may have arrived, and on the channel. If the receiver takes a key once (`idempotent`),
sending again is safe. If it can be asked (`QueriesStatus`), it is asked. Else a person has to find out.
The whole rule is here; `sending` carries it out.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, NamedTuple

from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.hooks import Channel, QueriesStatus
from huurschuld.model.referral import Outcome
from huurschuld.referrals.states import State


def _at_least(least: int) -> Callable[[object, object, float], None]:
    def check_minimum(_: object, attribute: object, value: float) -> None:
        if not value >= least:
            raise InvalidValue(f"/{getattr(attribute, 'name', '')}", f"{least} or more is expected")

    return check_minimum


@frozen(kw_only=True)
class Pacing:
    """How often a run tries, and how long it waits, in seconds.

    Attributes:
        rounds: how often it goes through all that is left; 1 or more.
        first_wait: the wait before the second round; each wait is about twice the one before, with
            some randomness.
        longest_wait: the longest wait.
        failures: a round ends after this many failures in a row, as the receiver may be down; a refusal
            counts as one, as our credentials may be wrong. 1 or more.
        settling: for how long after the last attempt a receiver's answer that it does not have a
            referral is ignored, as that attempt may still arrive.

    Raises:
        InvalidValue: at the field.
    """

    rounds: int = field(default=4, validator=_at_least(1))
    first_wait: float = field(default=1.0, validator=_at_least(0))
    longest_wait: float = field(default=60.0, validator=_at_least(0))
    failures: int = field(default=5, validator=_at_least(1))
    settling: float = field(default=900.0, validator=_at_least(0))

    def between_rounds(self) -> dict[str, Any]:
        """Return the options for repeating rounds with stamina."""
        return {
            "attempts": self.rounds,
            "timeout": None,
            "wait_initial": self.first_wait,
            "wait_max": self.longest_wait,
            "wait_jitter": self.first_wait,
        }


DEFAULT_PACING: Final = Pacing()


class Recourse(Enum):
    """What to do about a referral that may or may not have arrived."""

    SEND_AGAIN = "the receiver takes a key only once"
    ASK = "the receiver can be asked"
    PERSON = "a person has to find out"

    @classmethod
    def of(cls, channel: Channel) -> Recourse:
        """The recourse that a channel offers; only a plain True says that it is idempotent."""
        if channel.idempotent is True:
            return cls.SEND_AGAIN
        return cls.ASK if isinstance(channel, QueriesStatus) else cls.PERSON


class Next(NamedTuple):
    """The new state of a referral, and the number of attempts that may still have arrived."""

    state: State
    unresolved: int = 0


def after_attempt(outcome: Outcome, earlier: int, recourse: Recourse) -> Next | None:
    """Say what follows an attempt; None if the referral stays as it is, `sending`.

    An attempt that certainly did not arrive says nothing about an earlier one that may have; and a
    receiver that refuses now may have accepted before.

    Args:
        outcome: what is known about this attempt.
        earlier: how many earlier attempts may have arrived.
        recourse: what can be done if it is not known.
    """
    match outcome:
        case Outcome.ACCEPTED:
            return Next(State.ACCEPTED)
        case Outcome.REFUSED:
            return Next(State.DOUBTFUL, earlier) if earlier else Next(State.REFUSED)
        case Outcome.NOT_DELIVERED:
            return Next(State.SENDING, earlier) if earlier else Next(State.CONFIRMED)
        case Outcome.UNKNOWN:
            return Next(State.DOUBTFUL, earlier + 1) if recourse is Recourse.PERSON else None


def after_answer(outcome: Outcome, *, settled: bool) -> Next | None:
    """Say what follows the receiver's answer to a question; None if the referral stays `sending`.

    Args:
        outcome: the answer.
        settled: whether the last attempt is so long ago that it can no longer arrive.
    """
    match outcome:
        case Outcome.ACCEPTED:
            return Next(State.ACCEPTED)
        case Outcome.REFUSED:
            return Next(State.REFUSED)
        case Outcome.NOT_DELIVERED if settled:
            return Next(State.CONFIRMED)
        case _:
            return None


def is_doubtful_after_run(last_answer: Outcome | None) -> bool:
    """Whether a referral still `sending` after a run that could ask is left to a person.

    Args:
        last_answer: what the receiver answered since the last attempt; None if it was not asked.
    """
    return last_answer is not Outcome.NOT_DELIVERED  # that answer may be accepted in a later run
