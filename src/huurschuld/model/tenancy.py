"""The model: a tenancy and its parts, as frozen values that check themselves when they are made.

An application builds these from its own objects; a mistake raises an `InputError` whose place is a JSON
pointer into the value being made. A field that is None is *unknown*; an empty sequence is *known to be
none*. No value here shows its contents in `repr`, so that no personal data gets into a log by
accident; `huurschuld.dump_tenancy` shows it on purpose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar, Final, Literal, TypeVar, get_args

from attrs import field, frozen

from huurschuld.errors import pointer
from huurschuld.model.entries import ENTRY_CLASSES, Entry, Links, checked_links
from huurschuld.model.given import (
    Placed,
    as_birth,
    as_day,
    as_fact,
    as_flag,
    as_open_day,
    as_whole,
    as_whole_if_given,
)
from huurschuld.model.refusals import (
    END_BEFORE_START,
    NO_RENT,
    TOO_LOW_A_RENT,
    UNIQUE,
)
from huurschuld.model.values import (
    LOWEST_RENT_A_YEAR,
    Birth,
    Choice,
    Day,
    FactValue,
    Flag,
    Maybe,
    Part,
    Parts,
    RedactedRepr,
    Text,
    money,
    parse_partial_day,
)

ContactChannel = Literal["letter", "email", "phone", "visit", "appointment", "text", "card", "other"]
CHANNELS: Final[tuple[ContactChannel, ...]] = get_args(ContactChannel)

RentedObject = Literal["dwelling", "parking", "storage", "business", "other"]
OBJECTS: Final[tuple[RentedObject, ...]] = get_args(RentedObject)

RentPeriod = Literal["year", "half-year", "quarter", "month", "four-weeks", "week"]
PERIODS: Final[tuple[RentPeriod, ...]] = get_args(RentPeriod)
PAYMENTS_A_YEAR: Final[dict[RentPeriod, int]] = dict(zip(PERIODS, (1, 2, 4, 12, 13, 52), strict=True))


class Spanning(RedactedRepr):
    """A value with a first and a last day, in that order; `span` names the two attributes."""

    __slots__ = ()
    span: ClassVar[tuple[str, str]] = ("from_", "until")

    def __attrs_post_init__(self) -> None:
        first, last = (getattr(self, name) for name in self.span)
        if first is not None and last is not None and last < first:
            raise END_BEFORE_START.at(pointer(self.span[1]))


@frozen(repr=False, kw_only=True)
class Rent(RedactedRepr):
    """The gross rent (brutohuur) from a day on, in cents `per` period; at least 100 cents a month."""

    from_: dt.date = field(converter=as_day, validator=Day())
    cents: int = field(converter=as_whole, validator=money(100))
    per: RentPeriod = field(default="month", validator=Choice(PERIODS))

    def __attrs_post_init__(self) -> None:
        if self.cents * PAYMENTS_A_YEAR[self.per] < LOWEST_RENT_A_YEAR:
            raise TOO_LOW_A_RENT.at("/cents")


@frozen(repr=False, kw_only=True)
class Contact(RedactedRepr):
    """A contact (contactmoment) with the tenant, or an attempt at one.

    `direction` is `out` or `in`; `returned`: a letter that came back (retour), or mail that bounced;
    `reminder`: a written reminder (aanmaning); `debt_help`: debt help was named; `offers_sharing`: it
    offered to pass on the contact details (Bgs art. 2(d)).
    """

    date: dt.date = field(converter=as_day, validator=Day())
    channel: ContactChannel = field(validator=Choice(CHANNELS))
    direction: Literal["out", "in"] = field(default="out", validator=Choice(("out", "in")))
    reached: bool = field(default=False, converter=as_flag, validator=Flag())
    returned: bool = field(default=False, converter=as_flag, validator=Flag())
    about_arrears: bool = field(default=True, converter=as_flag, validator=Flag())
    reminder: bool = field(default=False, converter=as_flag, validator=Flag())
    debt_help: bool = field(default=False, converter=as_flag, validator=Flag())
    offers_sharing: bool = field(default=False, converter=as_flag, validator=Flag())


@frozen(repr=False, kw_only=True)
class Child(RedactedRepr):
    """A child living in (inwonend kind), by day of birth and nothing else.

    Of a day that is not known, `born` is the text `YYYY-MM-00` or `YYYY-00-00`.
    """

    born: dt.date | str = field(converter=as_birth, validator=Birth())

    def birthdays(self) -> tuple[dt.date, dt.date]:
        """Return the first and the last day on which the child may have been born."""
        if isinstance(self.born, str):
            days = parse_partial_day(self.born)
            assert days is not None  # noqa: S101 - the validator accepted it
            return days
        return self.born, self.born


@frozen(repr=False, kw_only=True)
class Plan(Spanning):
    """A payment arrangement (betalingsregeling) for `cents` of the arrears, by default all of them.

    `until` is its last day, `broken_on` the first day on which it no longer counts.
    """

    from_: dt.date = field(converter=as_day, validator=Day())
    until: dt.date | None = field(default=None, converter=as_open_day, validator=Maybe(Day()))
    broken_on: dt.date | None = field(default=None, converter=as_open_day, validator=Maybe(Day()))
    cents: int | None = field(default=None, converter=as_whole_if_given, validator=Maybe(money(0)))


@frozen(repr=False, kw_only=True)
class Dispute(Spanning):
    """Contested rent (betwiste huur, BW 6:262, 7:207); without `cents` all of it."""

    from_: dt.date = field(converter=as_day, validator=Day())
    until: dt.date | None = field(default=None, converter=as_open_day, validator=Maybe(Day()))
    cents: int | None = field(default=None, converter=as_whole_if_given, validator=Maybe(money(0)))


@frozen(repr=False, kw_only=True)
class Objection(RedactedRepr):
    """The tenant objects to sharing data (bezwaar tegen doorgeven).

    A `standing` one holds for all later arrears, any other for the arrears in which it was made.
    """

    date: dt.date = field(converter=as_day, validator=Day())
    withdrawn: dt.date | None = field(default=None, converter=as_open_day, validator=Maybe(Day()))
    standing: bool = field(default=True, converter=as_flag, validator=Flag())


@frozen(repr=False, kw_only=True)
class Signal(RedactedRepr):
    """An earlier referral (signaal) of this tenancy, and the arrears that it named, in cents."""

    date: dt.date = field(converter=as_day, validator=Day())
    cents: int = field(converter=as_whole, validator=money(0))


@frozen(repr=False, kw_only=True)
class StatedFact(Spanning):
    """A fact about the tenancy that a policy may ask for by its `name`: true for its days.

    `value` is true or false, a whole number, or months as a text (`"1.5"`), as the policy declares it.
    """

    name: str = field(validator=Text())
    value: bool | int | str = field(converter=as_fact, validator=FactValue())
    from_: dt.date | None = field(default=None, converter=as_open_day, validator=Maybe(Day()))
    until: dt.date | None = field(default=None, converter=as_open_day, validator=Maybe(Day()))


@frozen(repr=False, kw_only=True)
class Eviction(Spanning):
    """An eviction (ontruiming) announced, for a day."""

    span: ClassVar = ("announced", "on")

    announced: dt.date = field(converter=as_day, validator=Day())
    on: dt.date = field(converter=as_day, validator=Day())


_T = TypeVar("_T")


def as_tuple(value: Iterable[_T], name: str = "") -> tuple[_T, ...]:
    """Make a tuple of any iterable but a text; leave anything else as it is, for the check to refuse.

    `name` is that of the field: with it, what is refused while it is made has its place in the field.
    """
    given: Any = value
    if type(given) is tuple:  # of what is made already, making is refused no more
        return given
    is_parts = isinstance(given, Iterable) and not isinstance(given, (str, bytes, dict))
    if is_parts:
        return tuple(Placed(given, name) if name else given)
    return given  # type: ignore[no-any-return] # the check refuses it


# One for each class: mypy takes the type of an argument from the converter, which cannot be generic.
def _rents(given: Iterable[Rent]) -> tuple[Rent, ...]:
    return as_tuple(given, "rents")


def _entries(given: Iterable[Entry]) -> tuple[Entry, ...]:
    return as_tuple(given, "entries")


def _children(given: Iterable[Child]) -> tuple[Child, ...]:
    return as_tuple(given, "children")


def _contacts(given: Iterable[Contact] | None) -> tuple[Contact, ...] | None:
    return None if given is None else as_tuple(given, "contacts")


def _plans(given: Iterable[Plan] | None) -> tuple[Plan, ...] | None:
    return None if given is None else as_tuple(given, "plans")


def _disputes(given: Iterable[Dispute] | None) -> tuple[Dispute, ...] | None:
    return None if given is None else as_tuple(given, "disputes")


def _objections(given: Iterable[Objection] | None) -> tuple[Objection, ...] | None:
    return None if given is None else as_tuple(given, "objections")


def _signals(given: Iterable[Signal] | None) -> tuple[Signal, ...] | None:
    return None if given is None else as_tuple(given, "signals")


def _facts(given: Iterable[StatedFact] | None) -> tuple[StatedFact, ...] | None:
    return None if given is None else as_tuple(given, "facts")


@frozen(repr=False, kw_only=True)
class Household(RedactedRepr):
    """The children living in; `complete` says whether all of them are listed."""

    children: tuple[Child, ...] = field(converter=_children, validator=Parts(Child))
    complete: bool = field(default=True, converter=as_flag, validator=Flag())


@frozen(repr=False, kw_only=True)
class Tenancy(Spanning):
    """A lease (huurovereenkomst) with its ledger and what is known about the household.

    `end` is the last day of the lease, `object` what is let. `contacts`, `household`, `plans`,
    `disputes`, `objections`, `signals` and `facts` are *unknown* when None and *known to be none* when
    empty. Any iterable will do for a sequence; it is kept as a tuple. The order of parts never matters.

    Raises:
        InvalidValue: a value of the wrong type or outside its range, no rent, two rents from one day,
            two facts of one name from one day, more than 5,000 entries, a reversal of more than the
            payment, an end before its start.
        DuplicateId: two entries with one id.
        UnknownReference: `settles` or `reverses` names no entry, or one of the wrong kind.
    """

    span: ClassVar = ("start", "end")

    id: str = field(validator=Text())
    start: dt.date = field(converter=as_day, validator=Day())
    rents: tuple[Rent, ...] = field(converter=_rents, validator=Parts(Rent))
    entries: tuple[Entry, ...] = field(converter=_entries, validator=Parts(*ENTRY_CLASSES.values()))
    contacts: tuple[Contact, ...] | None = field(
        default=None, converter=_contacts, validator=Maybe(Parts(Contact))
    )
    household: Household | None = field(default=None, validator=Maybe(Part(Household)))
    plans: tuple[Plan, ...] | None = field(default=None, converter=_plans, validator=Maybe(Parts(Plan)))
    disputes: tuple[Dispute, ...] | None = field(
        default=None, converter=_disputes, validator=Maybe(Parts(Dispute))
    )
    objections: tuple[Objection, ...] | None = field(
        default=None, converter=_objections, validator=Maybe(Parts(Objection))
    )
    signals: tuple[Signal, ...] | None = field(
        default=None, converter=_signals, validator=Maybe(Parts(Signal))
    )
    facts: tuple[StatedFact, ...] | None = field(
        default=None, converter=_facts, validator=Maybe(Parts(StatedFact))
    )
    end: dt.date | None = field(default=None, converter=as_open_day, validator=Maybe(Day()))
    object: RentedObject = field(default="dwelling", validator=Choice(OBJECTS))
    deceased: dt.date | None = field(default=None, converter=as_open_day, validator=Maybe(Day()))
    eviction: Eviction | None = field(default=None, validator=Maybe(Part(Eviction)))

    def __attrs_post_init__(self) -> None:
        Spanning.__attrs_post_init__(self)
        _check_rents(self.rents)
        self.links  # noqa: B018 - to make them is to check the entries
        _check_facts(self.facts or ())

    @cached_property
    def links(self) -> Links:
        """The entries that name another one; kept, as looking them up takes longer than using them."""
        return checked_links(self.entries)


def _check_rents(rents: tuple[Rent, ...]) -> None:
    if not rents:
        raise NO_RENT.at("/rents")
    seen = set()
    for index, rent in enumerate(rents):
        if rent.from_ in seen:
            raise UNIQUE["rents"].refusal.at(pointer("rents", index, "from"))
        seen.add(rent.from_)


def _check_facts(facts: tuple[StatedFact, ...]) -> None:
    seen = set()
    for index, fact in enumerate(facts):
        key = fact.name, fact.from_
        if key in seen:
            place = pointer("facts", index) if fact.from_ is None else pointer("facts", index, "from")
            raise UNIQUE["facts"].refusal.at(place)
        seen.add(key)
