"""The model: values that check themselves when an application makes them from its own objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from huurschuld import (
    Child,
    Contact,
    Dispute,
    DuplicateId,
    Eviction,
    Household,
    InputError,
    InvalidValue,
    Objection,
    OtherClaim,
    Payment,
    Plan,
    Refund,
    Rent,
    RentTerm,
    Reversal,
    Signal,
    StatedFact,
    Tenancy,
    UnknownReference,
)

DAY = dt.date(2025, 3, 1)
MOMENT = dt.datetime(2025, 3, 1, 12)  # noqa: DTZ001 - what is refused
A_DAY = dt.timedelta(days=1)
RENT = Rent(from_=DAY, cents=60_000)
STATED = StatedFact(name="guardian", value=True)
FROM_A_DAY = StatedFact(name="guardian", value=False, from_=DAY)
PAID = Payment(id="p", booked=DAY, cents=100)
TAKEN_BACK = Reversal(id="s", booked=DAY, reverses="p", cents=101)


def tenancy(**fields: Any) -> Tenancy:
    """A small tenancy with some fields of its own."""
    return Tenancy(**{"id": "t", "start": DAY, "rents": [RENT], "entries": [], **fields})


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: Rent(from_=DAY, cents=99), "/cents"),
        (lambda: Rent(from_=DAY, cents=600.0), "/cents"),  # type: ignore[arg-type] # what is refused
        (lambda: Rent(from_=DAY, cents=True), "/cents"),
        (lambda: Rent(from_=DAY, cents=10**8 + 1), "/cents"),
        (lambda: Rent(from_=MOMENT, cents=100), "/from"),
        (lambda: Rent(from_=DAY, cents=1_199, per="year"), "/cents"),
        (lambda: Rent(from_=DAY, cents=60_000, per="day"), "/per"),  # type: ignore[arg-type] # as above
        (lambda: Rent(from_=dt.date(1899, 12, 31), cents=100), "/from"),
        (lambda: Rent(from_=dt.date(2200, 1, 1), cents=100), "/from"),
        (lambda: RentTerm(id="", due=DAY, cents=1), "/id"),
        (lambda: RentTerm(id="\ud800", due=DAY, cents=1), "/id"),
        (lambda: RentTerm(id=5, due=DAY, cents=1), "/id"),  # type: ignore[arg-type] # as above
        (lambda: RentTerm(id="r", due=DAY, cents=0), "/cents"),
        (lambda: RentTerm(id="r", due=DAY, cents=1, booked=None), "/booked"),  # type: ignore[arg-type] # as above
        (lambda: Payment(id="p", booked=DAY, cents=1, settles=""), "/settles"),
        (lambda: Contact(date=DAY, channel="fax"), "/channel"),  # type: ignore[arg-type] # as above
        (lambda: Contact(date=DAY, channel="phone", direction="uit"), "/direction"),  # type: ignore[arg-type] # as above
        (lambda: Contact(date=DAY, channel="phone", reminder=1), "/reminder"),  # type: ignore[arg-type] # as above
        (lambda: Contact(date=DAY, channel="letter", returned=0), "/returned"),  # type: ignore[arg-type] # as above
        (lambda: Reversal(id="s", booked=DAY, reverses="p", cents=0), "/cents"),
        (lambda: Refund(id="b", booked=DAY, cents=0), "/cents"),
        (lambda: Child(born=MOMENT), "/born"),
        (lambda: Child(born="2007-03-01"), "/born"),
        (lambda: Child(born="2007-13-00"), "/born"),
        (lambda: Child(born="2007-00-01"), "/born"),
        (lambda: Child(born="1899-12-00"), "/born"),
        (lambda: Child(born="2200-00-00"), "/born"),
        (lambda: Plan(from_=DAY, cents=-1), "/cents"),
        (lambda: StatedFact(name="", value=True), "/name"),
        (lambda: StatedFact(name="a", value=1.5), "/value"),  # type: ignore[arg-type] # as above
        (lambda: StatedFact(name="a", value=-1), "/value"),
        (lambda: StatedFact(name="a", value=10**8 + 1), "/value"),
        (lambda: StatedFact(name="a", value="ja"), "/value"),
        (lambda: StatedFact(name="a", value=1, from_=DAY, until=DAY - A_DAY), "/until"),
        (lambda: Plan(from_=DAY, until=DAY - dt.timedelta(days=1)), "/until"),
        (lambda: Dispute(from_=DAY, until=DAY - dt.timedelta(days=1)), "/until"),
        (lambda: Dispute(from_=DAY, cents=-1), "/cents"),
        (lambda: Objection(date=DAY, standing=None), "/standing"),  # type: ignore[arg-type] # as above
        (lambda: Signal(date=DAY, cents=-1), "/cents"),
        (lambda: Eviction(announced=DAY, on=DAY - dt.timedelta(days=1)), "/on"),
        (lambda: Household(children=[DAY]), "/children/0"),  # type: ignore[list-item] # as above
        (lambda: Household(children="abc"), "/children"),  # type: ignore[arg-type] # as above
        (lambda: tenancy(rents=[]), "/rents"),
        (lambda: tenancy(rents=None), "/rents"),
        (lambda: tenancy(rents=[RENT, RENT]), "/rents/1/from"),
        (lambda: tenancy(entries=[RENT]), "/entries/0"),
        (lambda: tenancy(entries={"id": "r"}), "/entries"),
        (lambda: tenancy(contacts=5), "/contacts"),
        (lambda: tenancy(household=[]), "/household"),
        (lambda: tenancy(eviction=DAY), "/eviction"),
        (lambda: tenancy(end=DAY - dt.timedelta(days=1)), "/end"),
        (lambda: tenancy(object="boat"), "/object"),
        (lambda: tenancy(facts=[STATED, STATED]), "/facts/1"),
        (lambda: tenancy(facts=[STATED, FROM_A_DAY, FROM_A_DAY]), "/facts/2/from"),
        (lambda: tenancy(entries=[PAID, TAKEN_BACK]), "/entries/1/cents"),
        (
            lambda: tenancy(entries=[RentTerm(id=str(it), due=DAY, cents=1) for it in range(5001)]),
            "/entries",
        ),
    ],
)
def test_what_is_not_as_it_must_be_cannot_be_made(make: Callable[[], object], place: str) -> None:
    """Floats, booleans, moments, ranges and types are refused with a pointer into the value."""
    with pytest.raises(InvalidValue) as caught:
        make()
    assert caught.value.place == place


@pytest.mark.parametrize(
    ("entries", "error", "place"),
    [
        (
            [OtherClaim(id="a", due=DAY, cents=1), RentTerm(id="a", due=DAY, cents=1)],
            DuplicateId,
            "/entries/1/id",
        ),
        ([Payment(id="p", booked=DAY, cents=1, settles="p")], UnknownReference, "/entries/0/settles"),
        ([Reversal(id="s", booked=DAY, reverses="p")], UnknownReference, "/entries/0/reverses"),
        (
            [Refund(id="b", booked=DAY, cents=1), Reversal(id="s", booked=DAY, reverses="b")],
            UnknownReference,
            "/entries/1/reverses",
        ),
    ],
)
def test_a_ledger_must_hold_together(entries: list[Any], error: type[InputError], place: str) -> None:
    """Ids are unique, and what is named is there and of the right kind."""
    with pytest.raises(error) as caught:
        tenancy(entries=entries)
    assert caught.value.place == place


def test_any_iterable_becomes_a_tuple() -> None:
    """A list or a generator will do; what is not given is unknown, what is empty is none."""
    made = tenancy(rents=iter([RENT]), entries=[], plans=())
    assert (made.rents, made.entries, made.plans, made.contacts) == ((RENT,), (), (), None)


def test_five_thousand_entries_are_not_too_many() -> None:
    """The limit itself is allowed."""
    made = tenancy(entries=(RentTerm(id=str(number), due=DAY, cents=1) for number in range(5000)))
    assert len(made.entries) == 5000


def test_a_claim_is_booked_on_its_due_day_by_default() -> None:
    """The two are then the same value."""
    assert RentTerm(id="r", due=DAY, cents=1) == RentTerm(id="r", due=DAY, cents=1, booked=DAY)


def test_reversals_may_together_take_back_more_than_there_was() -> None:
    """By itself none may; what they take together is cut off where the money is counted."""
    whole = Reversal(id="s", booked=DAY, reverses="p", cents=100)
    again = Reversal(id="t", booked=DAY, reverses="p", cents=100)
    assert len(tenancy(entries=[PAID, whole, again]).entries) == 3


@pytest.mark.parametrize(
    ("born", "first", "last"),
    [
        (DAY, DAY, DAY),
        ("2008-02-00", dt.date(2008, 2, 1), dt.date(2008, 2, 29)),
        ("2007-02-00", dt.date(2007, 2, 1), dt.date(2007, 2, 28)),
        ("2007-12-00", dt.date(2007, 12, 1), dt.date(2007, 12, 31)),
        ("2199-00-00", dt.date(2199, 1, 1), dt.date(2199, 12, 31)),
    ],
)
def test_a_birth_may_be_known_to_the_month_or_the_year(
    born: dt.date | str, first: dt.date, last: dt.date
) -> None:
    """It was on one of these days."""
    assert Child(born=born).birthdays() == (first, last)


def test_no_part_shows_its_contents() -> None:
    """So that nothing of a person gets into a log by accident."""
    assert repr(tenancy(id="mevrouw Jansen")) == "<Tenancy>"
    assert repr(Child(born=DAY)) == "<Child>"
