"""Histories of a portfolio, day by day, in the source and in a model in memory."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import attrs
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    precondition,
    rule,
    run_state_machine_as_test,
)

from huurschuld.model.entries import Credit, OtherClaim, Payment, Refund, RentTerm, Reversal
from huurschuld.model.tenancy import (
    Child,
    Contact,
    Dispute,
    Eviction,
    Household,
    Objection,
    Plan,
    Rent,
    Signal,
    StatedFact,
    Tenancy,
)
from huurschuld.testing.kit import expect_same, settings_of
from huurschuld.testing.kit_shrinking import Shrinking
from huurschuld.testing.ledger_leases import lease
from huurschuld.testing.ledger_messages import showing
from huurschuld.testing.ledger_outcomes import expect_tenancies, outcomes
from huurschuld.testing.ledger_source import LedgerSource, fill, read
from huurschuld.testing.tenancies import AS_OF, contacts

_STEPS: Final = 25
_LOOKS: Final = 3
"""How often a history is read before its end."""
_NOT_DATED: Final = ("minor", "priority", "unknown")
"""Outcomes on an earlier day that may change later: they depend on records without a day."""
_cents = st.sampled_from((100, 30_000, 60_000)) | st.integers(1, 150_000)
_days = st.integers(0, 40)


def follow_histories(kit: LedgerSource) -> None:
    """Book, pay, reverse, write and read, in any order, and see that the adapter follows.

    Raises:
        Broken: it reads something else than the model holds, or the outcomes of a past day changed.
    """
    steps = settings(settings_of(kit), stateful_step_count=_STEPS)
    shrinking = Shrinking()

    class History(_History):
        def __init__(self) -> None:
            super().__init__(kit, shrinking)

    shrinking.run(lambda: run_state_machine_as_test(History, settings=steps))


class _History(RuleBasedStateMachine):
    """A portfolio through time. Everything is recorded on the current day, which only moves forward."""

    homes = Bundle("homes")
    claims = Bundle("claims")
    payments = Bundle("payments")

    def __init__(self, kit: LedgerSource, shrinking: Shrinking) -> None:
        super().__init__()
        self._kit = kit
        self._shrinking = shrinking
        self._looks = 0
        self._today = AS_OF
        self._model: dict[str, Tenancy] = {}
        self._seen: dict[tuple[int, dt.date], dict[str, object]] = {}
        self._number = 0

    def _name(self, prefix: str) -> str:
        self._number += 1
        return f"{prefix}{self._number}"

    def _add(self, home: str, part: str, *more: Any) -> None:
        tenancy = self._model[home]
        grown: dict[str, Any] = {part: (*(getattr(tenancy, part) or ()), *more)}
        self._model[home] = attrs.evolve(tenancy, **grown)

    def _later(self, days: int) -> dt.date:
        return self._today + dt.timedelta(days=days)

    @rule(
        target=homes,
        cents=st.sampled_from((60_000, 63_000)),
        let=st.sampled_from((("dwelling", "month"), ("dwelling", "week"), ("parking", "quarter"))),
    )
    @precondition(lambda self: len(self._model) < 4)
    def let(self, cents: int, let: tuple[Any, Any]) -> str:
        """A lease begins, of a home or a garage."""
        name, (rented, per) = self._name("h"), let
        rents = (Rent(from_=self._today, cents=cents, per=per),)
        self._model[name] = lease(name, start=self._today, rents=rents, object=rented)
        return name

    @rule(target=claims, home=homes, cents=_cents, days=_days, rent=st.sampled_from((True, True, False)))
    def claim(self, home: str, cents: int, days: int, rent: bool) -> tuple[str, str]:
        """Rent or something else falls due, today or later."""
        made: Any = RentTerm if rent else OtherClaim
        claim = made(id=self._name("c"), due=self._later(days), cents=cents, booked=self._today)
        self._add(home, "entries", claim)
        return home, claim.id

    @rule(target=payments, home=homes, cents=_cents)
    def pay(self, home: str, cents: int) -> tuple[str, str]:
        """A payment comes in that names no claim."""
        payment = Payment(id=self._name("p"), booked=self._today, cents=cents)
        self._add(home, "entries", payment)
        return home, payment.id

    @rule(claim=claims, cents=_cents, credit=st.booleans())
    def settle(self, claim: tuple[str, str], cents: int, credit: bool) -> None:
        """Money comes in, or is forgiven, for one claim."""
        home, named = claim
        made: Any = Credit if credit else Payment
        self._add(
            home, "entries", made(id=self._name("p"), booked=self._today, cents=cents, settles=named)
        )

    @rule(payment=consumes(payments), cents=st.none() | st.just(100))
    def reverse(self, payment: tuple[str, str], cents: int | None) -> None:
        """The bank reverses a payment, or a part of it."""
        home, name = payment
        paid = next(it.cents for it in self._model[home].entries if it.id == name)
        part = cents if cents is None or paid is None else min(cents, paid)
        back = Reversal(id=self._name("s"), booked=self._today, reverses=name, cents=part)
        self._add(home, "entries", back)

    @rule(home=homes, cents=_cents)
    def pay_back(self, home: str, cents: int) -> None:
        """The landlord pays money back."""
        self._add(home, "entries", Refund(id=self._name("t"), booked=self._today, cents=cents))

    @rule(home=homes, cents=st.sampled_from((30_000, 60_000)))
    def bounce(self, home: str, cents: int) -> None:
        """A term falls due and is paid, and the bank reverses that: all of it is open again."""
        term = RentTerm(id=self._name("c"), due=self._today, cents=cents)
        payment = Payment(id=self._name("p"), booked=self._today, cents=cents)
        back = Reversal(id=self._name("s"), booked=self._today, reverses=payment.id)
        self._add(home, "entries", term, payment, back)

    @rule(home=homes, contact=contacts())
    def contact(self, home: str, contact: Contact) -> None:
        """The landlord writes or calls, or the tenant does."""
        self._add(home, "contacts", attrs.evolve(contact, date=self._today))

    @rule(home=homes, days=_days, cents=st.none() | _cents)
    def arrange(self, home: str, days: int, cents: int | None) -> None:
        """A payment arrangement is made."""
        plan = Plan(from_=self._today, until=self._later(days), cents=cents)
        self._add(home, "plans", plan)

    @rule(home=homes, name=st.sampled_from(("guardianship", "moratorium")), value=st.booleans())
    def state(self, home: str, name: str, value: bool) -> None:
        """Something is stated of the household that a policy may ask."""
        stated = self._model[home].facts or ()
        if all((it.name, it.from_) != (name, self._today) for it in stated):
            self._add(home, "facts", StatedFact(name=name, value=value, from_=self._today))

    @rule(home=homes, cents=st.none() | _cents)
    def dispute(self, home: str, cents: int | None) -> None:
        """The tenant contests the rent."""
        self._add(home, "disputes", Dispute(from_=self._today, cents=cents))

    @rule(home=homes, standing=st.booleans())
    def object(self, home: str, standing: bool) -> None:
        """The tenant objects to sharing data."""
        self._add(home, "objections", Objection(date=self._today, standing=standing))

    @rule(home=homes, cents=_cents)
    def refer(self, home: str, cents: int) -> None:
        """The household is referred."""
        self._add(home, "signals", Signal(date=self._today, cents=cents))

    @rule(home=homes, years=st.integers(0, 20), is_known=st.sampled_from((True, True, False)))
    def move_in(self, home: str, years: int, is_known: bool) -> None:
        """A child moves in, of whom perhaps only the year of birth is known."""
        household = self._model[home].household or Household(children=())
        born = self._today - dt.timedelta(days=365 * years)
        child = Child(born=born if is_known else f"{born:%Y}-00-00")
        grown = attrs.evolve(household, children=(*household.children, child))
        self._model[home] = attrs.evolve(self._model[home], household=grown)

    @rule(home=homes, days=_days)
    def announce_eviction(self, home: str, days: int) -> None:
        """An eviction is announced."""
        eviction = Eviction(announced=self._today, on=self._later(days))
        if self._model[home].eviction is None:
            self._model[home] = attrs.evolve(self._model[home], eviction=eviction)

    @rule(home=homes, days=_days, died=st.booleans())
    def end(self, home: str, days: int, died: bool) -> None:
        """The lease is given an end, or the tenant dies."""
        tenancy = self._model[home]
        if died and tenancy.deceased is None:
            self._model[home] = attrs.evolve(tenancy, deceased=self._today)
        elif tenancy.end is None:
            self._model[home] = attrs.evolve(tenancy, end=self._later(days))

    @rule(days=st.integers(1, 40))
    def go_on(self, days: int) -> None:
        """Days pass."""
        self._today = min(self._later(days), AS_OF + dt.timedelta(days=3_000))

    @rule()
    @precondition(lambda self: self._looks < _LOOKS)  # a source may be slow
    def look(self) -> None:
        """Read everything, compare it with the model, and see that the outcomes of past days stay."""
        self._looks += 1
        with self._shrinking.example():
            self._compare()

    def _compare(self) -> None:
        expected = fill(self._kit, self._model.values())
        found = read(self._kit)
        expect_tenancies(found, expected, [self._today, self._later(35)])
        for number, it in enumerate(expected):
            for (whose, day), was in self._seen.items():
                if whose == number:
                    now = _dated(self._kit, found[it.id], day)
                    with showing(it):
                        expect_same(now, was, f"the outcomes on {day}")
            past = self._last_past()
            self._seen[number, past] = _dated(self._kit, found[it.id], past)

    def _last_past(self) -> dt.date:
        """The last day on which nothing more can be recorded: yesterday, or the end of last month."""
        by_month = bool(self._kit.capabilities.month_starts)
        return (self._today.replace(day=1) if by_month else self._today) - dt.timedelta(days=1)

    def teardown(self) -> None:
        """Read once more at the end."""
        with self._shrinking.example():
            self._compare()


def _dated(kit: LedgerSource, tenancy: Tenancy, day: dt.date) -> dict[str, object]:
    """The outcomes of a day that nothing recorded later can change."""
    # Without `from` a source says what is so now, and its past says the same.
    undated = ("facts on",) if "facts.from" in kit.capabilities.without else ()
    return {
        name: value
        for name, value in outcomes(tenancy, [day]).items()
        if not name.startswith((*_NOT_DATED, *undated))
    }
