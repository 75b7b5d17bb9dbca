"""A channel and its receiver on a test bench: sending with a deadline, and what arrived."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs
from attrs import evolve, frozen

from huurschuld.hooks import Channel
from huurschuld.model.referral import ContactDetails, Delivery, Outcome, Referral
from huurschuld.testing.kit import expect
from huurschuld.testing.receiver import Fault, Receiver, Taken

SAYS: Final = "roodborst-41e7"
"""The text in a receiver's answers, which a reason must not repeat."""


@frozen
class Sending:
    """One call of a channel.

    Attributes:
        delivery: what it returned; None if it raised, returned something else, or did not end.
        ended: whether it ended in time.
        raised: the exception that it raised.
        shown: the `repr` and text of the channel afterwards.
    """

    delivery: Delivery | None
    ended: bool = True
    raised: BaseException | None = None
    shown: str = ""

    @property
    def outcome(self) -> Outcome:
        """The outcome that it reports; unknown if it reports none."""
        return Outcome.UNKNOWN if self.delivery is None else self.delivery.outcome


@frozen
class Bench:
    """A channel, the receiver that it sends to, and the seconds that a call may take."""

    receiver: Receiver
    channel: Channel
    patience: float

    def send(self, referral: Referral, key: str, fault: Fault | None = None) -> Sending:
        """Send a referral once while the receiver has a fault, and then end the fault."""
        return self._with_fault(fault, lambda: self.channel.send(referral, key))

    def status(self, key: str, fault: Fault | None = None) -> Sending:
        """Ask for the status of a key, with a fault as in `send`."""
        querying: Any = self.channel
        return self._with_fault(fault, lambda: querying.status(key))

    def times(self, referral: Referral) -> int:
        """Count how often a referral was accepted; it is recognised by the name in it."""
        name = referral.contact.name
        return sum(any(name in it for it in leaves(one.content).values()) for one in self.taken)

    @property
    def taken(self) -> Sequence[Taken]:
        """Everything that the receiver has accepted."""
        return self.receiver.taken()

    def _with_fault(self, fault: Fault | None, what: Callable[[], object]) -> Sending:
        if fault is not None:
            self.receiver.suffer(fault, SAYS)
        sending = self._call(what)
        self.receiver.recover()
        return evolve(sending, shown=f"{self.channel!r} {self.channel}")

    def _call(self, what: Callable[[], object]) -> Sending:
        sendings = [Sending(None, ended=False)]

        def run() -> None:
            try:
                found = what()
                sendings.append(Sending(found if isinstance(found, Delivery) else None))
            except BaseException as error:  # noqa: BLE001 - the kit reports any error
                sendings.append(Sending(None, raised=error))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.patience)
        return sendings[-1]


def key_of(number: int) -> str:
    """Return a key, as the outbox makes them."""
    return f"{number:032x}"


def referral(number: int) -> Referral:
    """Return an invented referral that has no value in common with that of another number."""
    letters = "BCDFGHJKLMNPQRSTVWXZ"
    mark = letters[number // 20 % 20] + letters[number % 20]
    return Referral(
        contact=ContactDetails(
            name=f"Kanarie-Øz'türk {mark}7d1f",
            street=f"Vinkenslag{mark}",
            house_number=40_000 + number,
            addition=f"bis{mark}",
            postcode=f"98{71 + number % 20}{mark}",
            place=f"Zwaluwburen{mark}",
            phone=f"06-2030{5000 + number}",
            email=f"merel{mark.lower()}@post.invalid",
            care_of=f"Bewind Sijs {mark}55c",
        ),
        arrears_cents=8_765_431 + 1_313 * number,
    )


def values_of(referral: Referral) -> list[str]:
    """Return all values of a referral as texts; the amount in the ways that it may be written."""
    contact = attrs.asdict(referral.contact)
    euros, rest = divmod(referral.arrears_cents, 100)
    amounts = [str(referral.arrears_cents), f"{euros}.{rest:02}", f"{euros},{rest:02}"]
    return [str(it) for it in contact.values() if it is not None] + amounts


def leaves(content: object, name: str = "") -> dict[str, str]:
    """Return the texts and numbers in what arrived, by the path of names to each."""
    if isinstance(content, Mapping):
        parts: Iterator[tuple[str, Any]] = iter(content.items())
    elif isinstance(content, list | tuple):
        parts = ((str(number), it) for number, it in enumerate(content))
    else:
        return {name: str(content)} if content is not None else {}
    found: dict[str, str] = {}
    for inner, it in parts:
        found |= leaves(it, f"{name}/{inner}" if name else str(inner))
    return found


def expect_whole(taken: Taken, referral: Referral) -> None:
    """Check that all of a referral arrived, with each value unchanged.

    Raises:
        Broken: a value is missing or changed; the message names the field.
    """
    arrived = leaves(taken.content).values()
    for name, value in attrs.asdict(referral.contact).items():
        unchanged = value is None or any(str(value) in it for it in arrived)
        expect(unchanged, f"{name} has not arrived unchanged")
    amounts = values_of(referral)[-3:]
    expect(any(it in amounts for it in arrived), "the amount has not arrived unchanged")


def rest_of(text: str, referral: Referral, key: str) -> str:
    """Return the letters and digits of a text that are not from a referral or its key."""
    for value in sorted((*values_of(referral), key), key=len, reverse=True):
        text = text.replace(value, " ")
    return "".join(it for it in text if it.isalnum())
