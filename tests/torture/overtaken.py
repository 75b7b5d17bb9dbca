"""Ledgers that change between confirming and sending: what is no longer advised never goes out.

What is advised is worked out anew for each referral that goes out, by the oracle: it shares no code with
what decides and sends.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import oracle
from attrs import define, evolve, field
from referring import AS_OF, NOON, RECEIVER, WHO, Clock, People, accepted, days, in_arrears, outcome
from tables import Given, as_tables, frames
from torture.attack import Attack, Finding, chance, scratch

from huurschuld import Contact, Dispute, Objection, OtherClaim, Payment, Plan, RentTerm, Signal, Tenancy
from huurschuld.decisions.words import euros
from huurschuld.model.json_parts import dump_tenancy
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.portfolio.worklist import Worklist, worklist
from huurschuld.referrals import (
    Outbox,
    Pacing,
    Screening,
    State,
    Verdict,
    confirm,
    create_outbox,
    decide_doubt,
    listing,
    propose,
    resume,
    send,
    signals,
    withdraw,
)
from huurschuld.rules.advice import Advice
from huurschuld.rules.policies import find_policy

POLICY: Final = "bgs-2021"
_PACING: Final = Pacing(rounds=2, first_wait=0, longest_wait=0, settling=0)
_OPEN: Final = {State.CONFIRMED, State.SENDING, State.DOUBTFUL}

Change = Callable[[Tenancy, dt.date, random.Random], Tenancy]


def _more(it: Tenancy, name: str, *parts: Any) -> Tenancy:
    more: dict[str, Any] = {name: (*(getattr(it, name) or ()), *parts)}
    return evolve(it, **more)


def _pays(it: Tenancy, day: dt.date, rng: random.Random) -> Tenancy:
    cents = rng.choice((127_000, 127_000, 63_500, 1, 126_500))
    return _more(it, "entries", Payment(id=f"P{len(it.entries)}", booked=day, cents=cents))


_CHANGES: Final[tuple[Change, ...]] = (
    _pays,
    _pays,
    lambda it, day, _: _more(it, "objections", Objection(date=day)),
    lambda it, day, _: _more(it, "plans", Plan(from_=day)),
    lambda it, day, _: _more(it, "disputes", Dispute(from_=day)),
    lambda it, day, _: _more(it, "contacts", Contact(date=day, channel="phone", direction="in")),
    lambda it, day, _: evolve(it, deceased=day),
    lambda it, day, _: evolve(it, end=day - days(1)),
    lambda it, *_: evolve(it, object="parking"),
    lambda it, *_: evolve(it, objections=None),
    lambda it, *_: evolve(it, objections=(), plans=(), disputes=(), deceased=None, end=None),
    lambda it, day, _: _more(it, "entries", RentTerm(id=f"R{len(it.entries)}", due=day, cents=63_500)),
    lambda it, day, _: _more(it, "entries", OtherClaim(id=f"O{len(it.entries)}", due=day, cents=9_900)),
)


@define(eq=False)
class World:
    """A landlord, its ledger, its outbox, and a receiver that knows what it has taken."""

    rng: random.Random
    outbox: Outbox
    clock: Clock
    idempotent: bool
    ledger: dict[str, Tenancy]
    taken: Counter[str] = field(factory=Counter)
    sent: list[str] = field(factory=list)
    overruled: dict[str, set[str]] = field(factory=dict)
    broken: list[str] = field(factory=list)
    batches: int = 0

    @property
    def today(self) -> dt.date:
        """The day by the clock."""
        return self.clock.now.date()

    def tenancies(self) -> list[Tenancy]:
        """The tenancies as a screening for the outbox sees them: with the signals that were accepted."""
        import polars as pl  # noqa: PLC0415 - after the worker is limited

        rows = pl.DataFrame(signals(self.outbox, in_hand=False)).to_dicts()
        return [
            evolve(
                it,
                signals=[
                    Signal(date=row["date"], cents=row["cents"])
                    for row in rows
                    if row["tenancy"] == it.id
                ],
            )
            for it in self.ledger.values()
        ]

    def screened(self) -> Worklist:
        """A screening, as an application or as the command line does it."""
        tenancies = self.tenancies()
        if self.rng.random() < 0.95 or any(it.objections is None for it in tenancies):
            found = worklist(tenancies, POLICY, self.today, engine="reference")
            return evolve(found, tenancies=[it.id for it in tenancies])
        ledger = Given(frames(as_tables(tenancies)))
        assert len(read_portfolio(ledger)) == len(tenancies)
        return screen_ledger(ledger, find_policy(POLICY), self.today, {}, assume={})

    def objection(self, tenancy: str, cents: int) -> str | None:
        """Why a referral may no longer go out, by the oracle."""
        of = next(it for it in self.tenancies() if it.id == tenancy)
        case = {"policy": POLICY, "as_of": self.today.isoformat(), "tenancy": dump_tenancy(of)}
        found = oracle.outcome(case)
        why = ", ".join(found["hold"] or found["unknown"])
        if found["advice"] != "refer":
            return f"the advice is {found['advice']}" + (f": {why}" if why else "")
        owed = found["arrears_cents"]
        return None if owed >= cents else f"less is owed now: {euros(owed, 'en')}"

    # --- the receiver ---------------------------------------------------------------------------

    def send(self, referral: Referral, key: str) -> Delivery:
        """Take a referral, or not, and answer, or not."""
        one = next(it for it in listing(self.outbox) if it.key == key)
        if one.arrears_cents != referral.arrears_cents or one.tenancy is None:
            self.broken.append("what goes out is not what was proposed")
        if one.tenancy is not None and self.today >= one.day:
            reason = self.objection(one.tenancy, referral.arrears_cents)
            if reason is not None and reason not in self.overruled.get(key, ()):
                self.broken.append(f"it went out though {reason.split(':')[0]}")
        self.sent.append(key)
        answer, takes = self.rng.choice(
            (
                (Outcome.ACCEPTED, True),
                (Outcome.ACCEPTED, True),
                (Outcome.UNKNOWN, True),
                (Outcome.UNKNOWN, False),
                (Outcome.NOT_DELIVERED, False),
                (Outcome.REFUSED, False),
            )
        )
        if answer is Outcome.REFUSED and self.taken[key]:
            answer, takes = Outcome.ACCEPTED, True
        if takes and not (self.idempotent and self.taken[key]):
            self.taken[key] += 1
            if self.taken[key] > 1:
                self.broken.append("it went out twice")
        return accepted() if answer is Outcome.ACCEPTED else outcome(answer)

    # --- what happens ----------------------------------------------------------------------------

    def step(self) -> None:
        """Let something happen."""
        self.rng.choice(
            (self.change, self.change, self.change, self.wait, self.propose, self.confirm, self.decide)
        )()

    def change(self) -> None:
        """Something happens to a household."""
        name = self.rng.choice(list(self.ledger))
        self.ledger[name] = self.rng.choice(_CHANGES)(self.ledger[name], self.today, self.rng)

    def wait(self) -> None:
        """Time passes."""
        self.clock.now += days(self.rng.choice((0, 1, 1, 3, 16)))

    def propose(self) -> None:
        """Screen, and propose."""
        found = self.screened()
        advised = [it for it in found.decisions if it.advice is Advice.REFER]
        others = Screening.of(found, self.today).others
        self.batches += 1
        propose(self.outbox, advised, batch=f"{self.batches}", screened=others, as_of=self.today)

    def confirm(self) -> None:
        """Confirm what is proposed."""
        keys = [it.key for it in listing(self.outbox) if it.state is State.PROPOSED]
        confirm(self.outbox, keys, by=WHO, contacts=People(), receiver=RECEIVER)

    def decide(self) -> None:
        """Decide on what waits for a person, who knows what the receiver has."""
        for it in listing(self.outbox):
            if it.state is State.RECALLED and self.rng.random() < 0.5:
                withdraw(self.outbox, [it.key], by=WHO)
            elif it.state is State.RECALLED:
                self.overruled.setdefault(it.key, set()).add(it.reason)
                resume(self.outbox, [it.key], by=WHO, reason="all the same")
            elif it.state is State.DOUBTFUL:
                self.overruled.setdefault(it.key, set()).add(it.reason)
                verdict = Verdict.ACCEPTED if self.taken[it.key] else Verdict.SEND_AGAIN
                decide_doubt(self.outbox, it.key, by=WHO, verdict=verdict)

    def dispatch(self) -> None:
        """Send, after another look at the ledger."""
        channel = self if not self.asks else Asked(self)
        looked = Screening.of(self.screened(), self.today)
        send(self.outbox, channel, RECEIVER, pacing=_PACING, screening=looked)

    asks: bool = False

    def status(self, key: str) -> Delivery:
        """Say whether a referral was taken."""
        return accepted() if self.taken[key] else outcome(Outcome.NOT_DELIVERED)

    def check(self) -> None:
        """What is accepted was taken; what was taken is told as accepted, or is still in hand."""
        for it in listing(self.outbox):
            if it.state is State.ACCEPTED and not self.taken[it.key]:
                self.broken.append("a referral is lost: it is told as accepted, and was not taken")
            if self.taken[it.key] and it.state not in {State.ACCEPTED, State.SENDING, State.DOUBTFUL}:
                self.broken.append(f"the receiver has a referral that is {it.state}")


class Asked:
    """The receiver of a world, that can also be asked."""

    def __init__(self, world: World) -> None:
        self.idempotent = world.idempotent
        self.send, self.status = world.send, world.status


def overtake(number: int, seed: int) -> Finding | None:
    """Let things happen in any order, and send again and again."""
    rng = chance("overtaken", number, seed)
    clock = Clock()
    clock.now = NOON
    with scratch() as folder, create_outbox(folder / "o", clock=clock) as outbox:
        ledger = {f"tenancy-{n}": in_arrears(f"tenancy-{n}", as_of=AS_OF) for n in range(1, 5)}
        world = World(rng, outbox, clock, rng.random() < 0.5, ledger)
        world.asks = rng.random() < 0.4
        world.propose()
        world.confirm()
        for _ in range(rng.randint(3, 14)):
            world.step()
            if rng.random() < 0.5:
                world.dispatch()
                world.check()
            if world.broken:  # what a channel raises would be no more than a failed attempt
                return Finding(world.broken[0], f"sent until then: {len(world.sent)}")
    return None


ATTACKS: Final = (
    Attack(
        "overtaken",
        "what a later screening would hold is not sent; nothing is sent twice, nothing lost",
        overtake,
        weight=3,
        short=25,
        seconds=20,
    ),
)
