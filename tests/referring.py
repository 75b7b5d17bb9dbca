"""What the tests of referring share: decisions that advise to refer, invented people, channels."""

from __future__ import annotations

import datetime as dt
import traceback
from collections.abc import Callable, Iterable

from huurschuld import Contact, Decision, Rent, RentTerm, Tenancy, UnknownReference, decide
from huurschuld.model.referral import ContactDetails, Delivery, Outcome, Referral
from huurschuld.referrals import Outbox, Pacing, confirm, history, listing, propose, send, withdraw

AS_OF = dt.date(2026, 10, 20)
WHO = "M. de Vries"
RECEIVER = "meldpunt"
NOON = dt.datetime(2026, 10, 20, 12, tzinfo=dt.UTC)


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def in_arrears(tenancy: str, cents: int = 127_000, as_of: dt.date = AS_OF, since: int = 70) -> Tenancy:
    """A tenancy for which everything was done that must be done before a referral."""
    letter = Contact(
        date=as_of - days(30), channel="letter", reminder=True, offers_sharing=True, debt_help=True
    )
    return Tenancy(
        id=tenancy,
        start=as_of - days(2000),
        rents=(Rent(from_=as_of - days(2000), cents=63_500),),
        entries=(RentTerm(id="1", due=as_of - days(since), cents=cents),),
        contacts=(letter, Contact(date=as_of - days(20), channel="phone")),
        plans=(),
        disputes=(),
        objections=(),
        signals=(),
    )


def to_refer(tenancy: str, cents: int = 127_000, as_of: dt.date = AS_OF, since: int = 70) -> Decision:
    """A decision that advises to refer."""
    return decide(in_arrears(tenancy, cents, as_of, since), "bgs-2021", as_of, engine="reference")


def person(tenancy: str) -> ContactDetails:
    """The contact details of an invented tenant, told apart by the id of the tenancy."""
    number = int("".join(it for it in tenancy if it.isdecimal()) or 1)
    return ContactDetails(
        name=f"Naam-{number}",
        street="Voorstraat",
        house_number=number % 99_999 + 1,
        postcode="2225AB",
        place="Katwijk",
        phone=f"06-{number:08}",
    )


class People:
    """A source of contact details that remembers whom it was asked about, and fails for some."""

    def __init__(self, failing: Iterable[str] = ()) -> None:
        self.asked: list[str] = []
        self.failing = set(failing)

    def contact_details(self, tenancy: str) -> ContactDetails:
        self.asked.append(tenancy)
        if tenancy in self.failing:
            raise UnknownReference("/tenancy", "there is no such tenancy")
        return person(tenancy)


class Told:
    """A receiver in this process: what it is sent it keeps, and it answers as it is told to."""

    def __init__(
        self, answers: Callable[[str], Delivery] | None = None, *, idempotent: bool = False
    ) -> None:
        self.idempotent = idempotent
        self.got: list[tuple[str, Referral]] = []
        self._answers = answers or (lambda _: accepted())

    def send(self, referral: Referral, key: str) -> Delivery:
        self.got.append((key, referral))
        return self._answers(key)


class Askable(Told):
    """One that can be asked as well."""

    def __init__(
        self,
        answers: Callable[[str], Delivery] | None = None,
        asked: Callable[[str], Delivery] | None = None,
        *,
        idempotent: bool = False,
    ) -> None:
        super().__init__(answers, idempotent=idempotent)
        self.asked: list[str] = []
        self._told = asked or (lambda _: accepted())

    def status(self, key: str) -> Delivery:
        self.asked.append(key)
        return self._told(key)


def accepted(receipt: str = "thanks") -> Delivery:
    return Delivery(outcome=Outcome.ACCEPTED, reason="status 200", receipt=receipt)


def outcome(of: Outcome) -> Delivery:
    return Delivery(outcome=of, reason=f"told {of}")


def proposed(outbox: Outbox, *tenancies: str, batch: str = "october") -> list[str]:
    """The keys of new proposals."""
    made = propose(outbox, map(to_refer, tenancies), batch=batch)
    assert not made.left_out
    return list(made.keys)


def confirmed(outbox: Outbox, *tenancies: str, batch: str = "october") -> list[str]:
    """The keys of new referrals that a person has confirmed."""
    keys = proposed(outbox, *tenancies, batch=batch)
    done = confirm(outbox, keys, by=WHO, contacts=People(), receiver=RECEIVER)
    assert list(done.keys) == keys
    return keys


def query(outbox: Outbox, sql: str) -> list[tuple[object, ...]]:
    """What the file itself says, or is told."""
    with outbox.change() as change:
        found = change.connection.exec_driver_sql(sql)
        return [tuple(row) for row in found] if found.returns_rows else []


def told_by(error: BaseException) -> str:
    """All that a log would show of an error."""
    return "".join(traceback.format_exception(error)) + repr(error)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


QUICK = Pacing(rounds=2, first_wait=0, longest_wait=0)
A1, A2, A3 = "tenancy-1", "tenancy-2", "tenancy-3"


def states(outbox: Outbox) -> list[str]:
    return [str(it.state) for it in listing(outbox)]


def happened(outbox: Outbox, key: str) -> list[str]:
    return [str(it.what) for it in history(outbox, key)]


def sent_to(answer: Outcome, **options: bool) -> Callable[[Outbox, str], object]:
    """Sends what is confirmed to a receiver that always answers this."""
    return lambda outbox, _: send(
        outbox, Told(lambda _: outcome(answer), **options), RECEIVER, pacing=QUICK
    )


LEAVE: dict[str, Callable[[Outbox, str], object]] = {
    "confirmed": lambda *_: None,
    "sending": sent_to(Outcome.UNKNOWN, idempotent=True),
    "doubtful": sent_to(Outcome.UNKNOWN),
    "accepted": sent_to(Outcome.ACCEPTED),
    "refused": sent_to(Outcome.REFUSED),
    "recalled": lambda outbox, _: propose(
        outbox, [], batch="later", screened=[it.tenancy or "" for it in listing(outbox)], as_of=AS_OF
    ),
    "withdrawn": lambda outbox, key: withdraw(outbox, [key], by=WHO),
}


def brought_to(outbox: Outbox, state: str, tenancy: str = A1) -> str:
    """The key of a referral in a state."""
    if state == "proposed":
        return proposed(outbox, tenancy)[0]
    (key,) = confirmed(outbox, tenancy)
    LEAVE[state](outbox, key)
    assert states(outbox)[-1] == state
    return key


ALL_STATES = ["proposed", *LEAVE]
