"""Sending through a channel that is tested: with patience, overheard, and what arrived of it."""

from __future__ import annotations

import contextlib
import io
import logging
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import attrs
from attrs import evolve, frozen

from huurschuld.former_names import present_channel
from huurschuld.hooks import Channel
from huurschuld.model.referral import ContactDetails, Delivery, Outcome, Referral
from huurschuld.testing.kit import expect
from huurschuld.testing.receiver import Fault, Receiver, Taken

if TYPE_CHECKING:
    from huurschuld.testing.channel_kit import ChannelTests

SAYS: Final = "roodborst-41e7"
"""What a receiver says in its answers, and no reason may repeat."""


@frozen
class Sending:
    """One call of a channel.

    Attributes:
        delivery: what it gave; None if it raised, gave something else, or did not end.
        ended: whether it ended in time.
        raised: the kind of what it raised.
        shown: the `repr` and text of the channel afterwards.
    """

    delivery: Delivery | None
    ended: bool = True
    raised: str = ""
    shown: str = ""

    @property
    def outcome(self) -> Outcome:
        """What it says became of the referral; unknown if it says nothing."""
        return Outcome.UNKNOWN if self.delivery is None else self.delivery.outcome


@frozen
class Bench:
    """A channel and the receiver that it sends to, on the bench."""

    receiver: Receiver
    channel: Channel
    patience: float

    def send(self, referral: Referral, key: str, fault: Fault | None = None) -> Sending:
        """Send a referral once, while the receiver suffers a fault; then that is over."""
        return self._under(fault, lambda: self.channel.send(referral, key))

    def status(self, key: str, fault: Fault | None = None) -> Sending:
        """Ask what became of a key, as `send`."""
        querying: Any = self.channel
        return self._under(fault, lambda: querying.status(key))

    def times(self, referral: Referral) -> int:
        """How often a referral was taken; it is known by the name in it."""
        name = referral.contact.name
        return sum(any(name in it for it in leaves(one.content).values()) for one in self.taken)

    @property
    def taken(self) -> Sequence[Taken]:
        """All that was taken."""
        return self.receiver.taken()

    def _under(self, fault: Fault | None, what: Callable[[], object]) -> Sending:
        if fault is not None:
            self.receiver.suffer(fault, SAYS)
        sending = self._called(what)
        self.receiver.recover()
        return evolve(sending, shown=f"{self.channel!r} {self.channel}")

    def _called(self, what: Callable[[], object]) -> Sending:
        given: list[object] = []
        raised: list[str] = []

        def run() -> None:
            try:
                given.append(what())
            except BaseException as error:  # noqa: BLE001 - whatever it raises is what is looked for
                raised.append(type(error).__name__)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.patience)
        if thread.is_alive():
            return Sending(None, ended=False)
        if raised:
            return Sending(None, raised=raised[0])
        return Sending(given[0] if isinstance(given[0], Delivery) else None)


@contextmanager
def bench(kit: ChannelTests) -> Iterator[Bench]:
    """A new receiver, and a channel to it."""
    receiver = kit.make_receiver()
    try:
        yield Bench(receiver, present_channel(kit.make_channel(receiver)), kit.patience)
    finally:
        receiver.close()


def key_of(number: int) -> str:
    """A key, as the outbox makes them."""
    return f"{number:032x}"


def referral(number: int) -> Referral:
    """A referral of somebody invented, in whom nothing is as in another number."""
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
    """All that is in a referral, as texts; the amount in the ways that it may be written."""
    contact = attrs.asdict(referral.contact)
    euros, rest = divmod(referral.arrears_cents, 100)
    amounts = [str(referral.arrears_cents), f"{euros}.{rest:02}", f"{euros},{rest:02}"]
    return [str(it) for it in contact.values() if it is not None] + amounts


def leaves(content: object, name: str = "") -> dict[str, str]:
    """The texts and numbers in what arrived, by the path of names to each."""
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
    """See that all of a referral arrived, each value as it was.

    Raises:
        Broken: something is missing; its name is told.
    """
    told = leaves(taken.content).values()
    for name, value in attrs.asdict(referral.contact).items():
        arrived = value is None or any(str(value) in it for it in told)
        expect(arrived, f"{name} has not arrived as it was")
    amounts = values_of(referral)[-3:]
    expect(any(it in amounts for it in told), "the amount has not arrived as it was")


def rest_of(text: str, referral: Referral, key: str) -> str:
    """What remains of a text without what is in a referral: its letters and digits."""
    for value in sorted((*values_of(referral), key), key=len, reverse=True):
        text = text.replace(value, " ")
    return "".join(it for it in text if it.isalnum())


@contextmanager
def overhearing() -> Iterator[Callable[[], str]]:
    """Hear all that is logged, printed or warned of."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with (
            contextlib.redirect_stdout(heard),
            contextlib.redirect_stderr(heard),
            warnings.catch_warnings(record=True) as warned,
        ):
            warnings.simplefilter("always")
            yield lambda: heard.getvalue() + " ".join(str(it.message) for it in warned)
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
