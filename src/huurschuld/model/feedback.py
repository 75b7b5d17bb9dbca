"""Feedback (terugkoppeling): what a landlord may know of a case, and the message that brings it to him.

DDAS vroegsignalering and the Landelijk Convenant Vroegsignalering say what a municipality reports back:
that the report was a repeated or unjust one, that the person does not live there any more or has died,
whether help was accepted, and until when collection is suspended. Of any other reason not to take up a
signal the landlord learns only *that* it was not taken up. A case has much more; a `Feedback` has no
room for it: no reason, no helper, no talk, no decision.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from contextlib import suppress
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.json_text import canonical_json, parse_json
from huurschuld.model.strict_objects import StrictObject
from huurschuld.model.tenancy import StatedFact
from huurschuld.model.values import Choice, Day, Flag, Maybe, Part, RedactedRepr, Text, Whole, refuse

HELP_ACCEPTED: Final = "help_accepted"
COLLECTION_SUSPENDED: Final = "collection_suspended"
LARGEST_MESSAGE: Final = 16 * 1024
"""The most bytes of a message."""
MOST_MESSAGES: Final = 1_000_000
"""The highest number of a message about one referral."""


class Taken(StrEnum):
    """What became of the signal, as far as the landlord may know."""

    RECEIVED = "received"
    TAKEN_UP = "taken-up"
    NOT_TAKEN_UP = "not-taken-up"
    REPEATED = "repeated"
    UNJUST = "unjust"
    DIED = "died"
    NOT_RESIDENT = "not-resident"


_TAKEN: Final = Choice(tuple(map(str, Taken)))


def _as_taken(given: Taken | str) -> Taken:
    with suppress(ValueError):
        return Taken(given)
    raise refuse("/taken", _TAKEN)


@frozen(repr=False, kw_only=True)
class Feedback(RedactedRepr):
    """What the landlord may know about a case (terugkoppeling).

    Attributes:
        key: of the case, which is that of the referral.
        day: as of when.
        taken: what became of the signal.
        help_accepted: whether help was accepted; None as long as nobody answered.
        suspended_until: the last day on which collection is suspended; None if it is not.
    """

    key: str = field(validator=Text())
    day: dt.date = field(validator=Day())
    taken: Taken = field(converter=_as_taken)
    help_accepted: bool | None = field(default=None, validator=Maybe(Flag()))
    suspended_until: dt.date | None = field(default=None, validator=Maybe(Day()))

    def facts(self) -> tuple[StatedFact, ...]:
        """Return what it says of the tenancy, for the next screening: nothing where it says nothing."""
        stated: list[StatedFact] = []
        if self.help_accepted is not None:
            stated.append(StatedFact(name=HELP_ACCEPTED, value=self.help_accepted, from_=self.day))
        if self.suspended_until is not None and self.suspended_until >= self.day:
            stated.append(
                StatedFact(
                    name=COLLECTION_SUSPENDED, value=True, from_=self.day, until=self.suspended_until
                )
            )
        return tuple(stated)

    def says_as(self, earlier: Feedback) -> bool:
        """Whether it says no more, on its day, than an earlier one did: a suspension may have ended."""
        until = earlier.suspended_until
        still = until if until is not None and until >= self.day else None
        return (self.taken, self.help_accepted, self.suspended_until) == (
            earlier.taken,
            earlier.help_accepted,
            still,
        )


@frozen(repr=False, kw_only=True)
class FeedbackMessage(RedactedRepr):
    """Feedback as it is sent to the landlord.

    Attributes:
        number: the how-manieth message about this referral it is, from 1. What a later one says of a day
            replaces what those before it said of it.
        made: when it was made, in UTC. Of two with one number, as after a sender was killed, the one as
            of a later day, or else that was made last, is the later one.
        feedback: what the landlord may know.
    """

    number: int = field(validator=Whole(1, MOST_MESSAGES))
    made: dt.datetime = field()
    feedback: Feedback = field(validator=Part(Feedback))

    @made.validator
    def _check_made(self, _: object, value: dt.datetime) -> None:
        if type(value) is not dt.datetime or value.tzinfo is not dt.UTC:
            raise InvalidValue("/made", "a moment in UTC is expected")

    @property
    def id(self) -> str:
        """What identifies it: 32 hexadecimal digits, worked out from all but the moment.

        So the same message that is sent again, because nobody knew whether it arrived, has the same one.
        """
        content = {name: it for name, it in _document(self).items() if name != "made"}
        return hashlib.sha256(canonical_json(content).encode()).hexdigest()[:32]


def _document(message: FeedbackMessage) -> dict[str, object]:
    told = message.feedback
    found: dict[str, object] = {
        "key": told.key,
        "number": message.number,
        "made": message.made.isoformat(timespec="microseconds"),
        "day": told.day.isoformat(),
        "taken": str(told.taken),
    }
    if told.help_accepted is not None:
        found["help_accepted"] = told.help_accepted
    if told.suspended_until is not None:
        found["suspended_until"] = told.suspended_until.isoformat()
    return found


def write_feedback(message: FeedbackMessage) -> bytes:
    """Write a message as JSON in UTF-8: an object, valid against `feedback_schema`."""
    return (json.dumps({"id": message.id} | _document(message), indent=1) + "\n").encode()


def read_feedback(text: bytes) -> FeedbackMessage:
    """Read a message.

    Raises:
        InputError: it is damaged, or of another shape; at the field. A field that feedback does not have
            is refused: a landlord is told no more.
    """
    if len(text) > LARGEST_MESSAGE:
        raise InvalidValue("", "it is too large for a message", "look what it is")
    found = StrictObject(parse_json(text), "", ("id", *_FIELDS))
    made: object = found.text("made")
    with suppress(ValueError):
        made = dt.datetime.fromisoformat(str(made))
    if isinstance(made, dt.datetime) and made.utcoffset() == dt.timedelta(0):
        made = made.replace(tzinfo=dt.UTC)
    message = FeedbackMessage(
        number=found.required("number"),  # type: ignore[arg-type] # validated
        made=made,  # type: ignore[arg-type] # validated
        feedback=Feedback(
            key=found.text("key"),
            day=found.required_day("day"),
            taken=Taken(found.word("taken", [*Taken])),
            help_accepted=found.fields.get("help_accepted"),  # type: ignore[arg-type] # validated
            suspended_until=found.day("suspended_until"),
        ),
    )
    if found.text("id") != message.id:
        raise InvalidValue("/id", "this is not the id of what it says", "have it sent again")
    return message


_FIELDS: Final = {
    "key": Text(),
    "number": Whole(1, MOST_MESSAGES),
    "made": None,
    "day": Day(),
    "taken": _TAKEN,
    "help_accepted": Flag(),
    "suspended_until": Day(),
}
_OPTIONAL: Final = ("help_accepted", "suspended_until")


def feedback_schema() -> dict[str, object]:
    """Return the JSON Schema of a message."""
    kinds = {name: it.schema() for name, it in _FIELDS.items() if it is not None}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Feedback to a landlord about a referral",
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            **kinds,
            "made": {"type": "string", "format": "date-time", "pattern": r"\+00:00$"},
        },
        "required": ["id", *(name for name in _FIELDS if name not in _OPTIONAL)],
        "additionalProperties": False,
    }
