"""The model: a tenancy and its parts, as frozen values that check themselves when they are made.

An application builds these from its own objects; a mistake raises an `InputError` whose place is a JSON
pointer into the value being made. A field that is None is *unknown*; an empty sequence is *known to be
none*. No value here shows its contents in `repr`, so that no personal data gets into a log by
accident; `huurschuld.dump_tenancy` shows it on purpose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar, Final, Literal, TypeVar, get_args

import attrs
from attrs import Factory, field, frozen

from huurschuld.errors import pointer
from huurschuld.model.refusals import END_BEFORE_START, NO_RENT, REFERENCES, TOO_MANY_ENTRIES, UNIQUE
from huurschuld.model.values import (
    MAXIMUM_ENTRIES,
    Choice,
    Day,
    Flag,
    Maybe,
    Part,
    Parts,
    RedactedRepr,
    Text,
    money,
)

ContactChannel = Literal["letter", "email", "phone", "visit", "appointment", "text", "card", "other"]
CHANNELS: Final[tuple[ContactChannel, ...]] = get_args(ContactChannel)


class Spanning(RedactedRepr):
    """A value with a first and a last day, in that order; `span` names the two attributes."""

    __slots__ = ()
    span: ClassVar[tuple[str, str]] = ("from_", "until")

    def __attrs_post_init__(self) -> None:
        first, last = (getattr(self, name) for name in self.span)
        if last is not None and last < first:
            raise END_BEFORE_START.at(pointer(self.span[1]))


@frozen(repr=False, kw_only=True)
class Rent(RedactedRepr):
    """The monthly gross rent (brutohuur) from a day on, in cents; at least 100."""

    from_: dt.date = field(validator=Day())
    cents: int = field(validator=money(100))


@frozen(repr=False, kw_only=True)
class RentTerm(RedactedRepr):
    """A rent term (huurtermijn): the rent for a month, in cents; booked on its due day by default."""

    kind: ClassVar[str] = "rent"
    id: str = field(validator=Text())
    due: dt.date = field(validator=Day())
    cents: int = field(validator=money(1))
    booked: dt.date = field(default=Factory(lambda self: self.due, takes_self=True), validator=Day())


@frozen(repr=False, kw_only=True)
class OtherClaim(RedactedRepr):
    """Any other claim: settlement of service costs, damage, a fee. Never rent arrears."""

    kind: ClassVar[str] = "other"
    id: str = field(validator=Text())
    due: dt.date = field(validator=Day())
    cents: int = field(validator=money(1))
    booked: dt.date = field(default=Factory(lambda self: self.due, takes_self=True), validator=Day())


@frozen(repr=False, kw_only=True)
class Payment(RedactedRepr):
    """Money received (betaling); `settles` names the one claim that the tenant pays (BW 6:43)."""

    kind: ClassVar[str] = "payment"
    id: str = field(validator=Text())
    booked: dt.date = field(validator=Day())
    cents: int = field(validator=money(1))
    settles: str | None = field(default=None, validator=Maybe(Text()))


@frozen(repr=False, kw_only=True)
class Credit(RedactedRepr):
    """A credit note or write-off by the landlord; it works as a payment does."""

    kind: ClassVar[str] = "credit"
    id: str = field(validator=Text())
    booked: dt.date = field(validator=Day())
    cents: int = field(validator=money(1))
    settles: str | None = field(default=None, validator=Maybe(Text()))


@frozen(repr=False, kw_only=True)
class Reversal(RedactedRepr):
    """The bank took a whole payment back (storno); `reverses` names that payment."""

    kind: ClassVar[str] = "reversal"
    id: str = field(validator=Text())
    booked: dt.date = field(validator=Day())
    reverses: str = field(validator=Text())


Entry = RentTerm | OtherClaim | Payment | Credit | Reversal

RECEIVED: Final = (Payment, Credit)
"""Money received (ontvangen) from the tenant, or forgiven: these are imputed to claims."""

ENTRY_CLASSES: Final[dict[str, type[Any]]] = {
    cls.kind: cls for cls in (RentTerm, OtherClaim, Payment, Credit, Reversal)
}


@frozen(repr=False, kw_only=True)
class Contact(RedactedRepr):
    """A contact (contactmoment) with the tenant, or an attempt at one.

    `direction` is `out` or `in`; `reminder`: a written reminder (aanmaning); `debt_help`: debt help
    was named; `offers_sharing`: it offered to pass on the contact details (Bgs art. 2(d)).
    """

    date: dt.date = field(validator=Day())
    channel: ContactChannel = field(validator=Choice(CHANNELS))
    direction: Literal["out", "in"] = field(default="out", validator=Choice(("out", "in")))
    reached: bool = field(default=False, validator=Flag())
    about_arrears: bool = field(default=True, validator=Flag())
    reminder: bool = field(default=False, validator=Flag())
    debt_help: bool = field(default=False, validator=Flag())
    offers_sharing: bool = field(default=False, validator=Flag())


@frozen(repr=False, kw_only=True)
class Child(RedactedRepr):
    """A child living in (inwonend kind), by day of birth and nothing else."""

    born: dt.date = field(validator=Day())


@frozen(repr=False, kw_only=True)
class Plan(Spanning):
    """A payment arrangement (betalingsregeling); `until` is its last day."""

    from_: dt.date = field(validator=Day())
    until: dt.date | None = field(default=None, validator=Maybe(Day()))
    broken_on: dt.date | None = field(default=None, validator=Maybe(Day()))


@frozen(repr=False, kw_only=True)
class Dispute(Spanning):
    """Contested rent (betwiste huur, BW 6:262, 7:207); without `cents` all of it."""

    from_: dt.date = field(validator=Day())
    until: dt.date | None = field(default=None, validator=Maybe(Day()))
    cents: int | None = field(default=None, validator=Maybe(money(0)))


@frozen(repr=False, kw_only=True)
class Objection(RedactedRepr):
    """The tenant objects to sharing data (bezwaar tegen doorgeven).

    A `standing` one holds for all later arrears, any other for the arrears in which it was made.
    """

    date: dt.date = field(validator=Day())
    withdrawn: dt.date | None = field(default=None, validator=Maybe(Day()))
    standing: bool = field(default=True, validator=Flag())


@frozen(repr=False, kw_only=True)
class Signal(RedactedRepr):
    """An earlier referral (signaal) of this tenancy, and the arrears that it named, in cents."""

    date: dt.date = field(validator=Day())
    cents: int = field(validator=money(0))


@frozen(repr=False, kw_only=True)
class Eviction(Spanning):
    """An eviction (ontruiming) announced, for a day."""

    span: ClassVar = ("announced", "on")

    announced: dt.date = field(validator=Day())
    on: dt.date = field(validator=Day())


_T = TypeVar("_T")


def as_tuple(value: Iterable[_T]) -> tuple[_T, ...]:
    """Make a tuple of any iterable but a text; leave anything else as it is, for the check to refuse."""
    given: Any = value
    is_parts = isinstance(given, Iterable) and not isinstance(given, (str, bytes, dict))
    return tuple(given) if is_parts else given


# One for each class: mypy takes the type of an argument from the converter, which cannot be generic.
def _rents(given: Iterable[Rent]) -> tuple[Rent, ...]:
    return as_tuple(given)


def _entries(given: Iterable[Entry]) -> tuple[Entry, ...]:
    return as_tuple(given)


def _children(given: Iterable[Child]) -> tuple[Child, ...]:
    return as_tuple(given)


def _contacts(given: Iterable[Contact] | None) -> tuple[Contact, ...] | None:
    return None if given is None else as_tuple(given)


def _plans(given: Iterable[Plan] | None) -> tuple[Plan, ...] | None:
    return None if given is None else as_tuple(given)


def _disputes(given: Iterable[Dispute] | None) -> tuple[Dispute, ...] | None:
    return None if given is None else as_tuple(given)


def _objections(given: Iterable[Objection] | None) -> tuple[Objection, ...] | None:
    return None if given is None else as_tuple(given)


def _signals(given: Iterable[Signal] | None) -> tuple[Signal, ...] | None:
    return None if given is None else as_tuple(given)


@frozen(repr=False, kw_only=True)
class Household(RedactedRepr):
    """The children living in; `complete` says whether all of them are listed."""

    children: tuple[Child, ...] = field(converter=_children, validator=Parts(Child))
    complete: bool = field(default=True, validator=Flag())


@frozen(repr=False, kw_only=True)
class Tenancy(Spanning):
    """A lease (huurovereenkomst) with its ledger and what is known about the household.

    `end` is the last day of the lease. `contacts`, `household`, `plans`, `disputes`, `objections` and
    `signals` are *unknown* when None and *known to be none* when empty. Any iterable will do for a
    sequence; it is kept as a tuple. The order of parts never matters.

    Raises:
        InvalidValue: a value of the wrong type or outside its range, no rent, two rents from one day,
            more than 5,000 entries, an end before its start.
        DuplicateId: two entries with one id.
        UnknownReference: `settles` or `reverses` names no entry, or one of the wrong kind.
    """

    span: ClassVar = ("start", "end")

    id: str = field(validator=Text())
    start: dt.date = field(validator=Day())
    rents: tuple[Rent, ...] = field(converter=_rents, validator=Parts(Rent))
    entries: tuple[Entry, ...] = field(
        converter=_entries, validator=Parts(RentTerm, OtherClaim, Payment, Credit, Reversal)
    )
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
    end: dt.date | None = field(default=None, validator=Maybe(Day()))
    deceased: dt.date | None = field(default=None, validator=Maybe(Day()))
    eviction: Eviction | None = field(default=None, validator=Maybe(Part(Eviction)))

    def __attrs_post_init__(self) -> None:
        Spanning.__attrs_post_init__(self)
        _check_rents(self.rents)
        _check_entries(self.entries)


def _check_rents(rents: tuple[Rent, ...]) -> None:
    if not rents:
        raise NO_RENT.at("/rents")
    seen = set()
    for index, rent in enumerate(rents):
        if rent.from_ in seen:
            raise UNIQUE["rents"].refusal.at(pointer("rents", index, "from"))
        seen.add(rent.from_)


_REFERENCES: Final = {
    cls: (name, reference)
    for name, reference in REFERENCES.items()
    for cls in ENTRY_CLASSES.values()
    if name in attrs.fields_dict(cls)
}
"""The field by which an entry of a class names another entry, and what it may name."""


def _check_entries(entries: tuple[Entry, ...]) -> None:
    if len(entries) > MAXIMUM_ENTRIES:
        raise TOO_MANY_ENTRIES.at("/entries")
    kinds: dict[str, str] = {}
    for index, entry in enumerate(entries):
        if entry.id in kinds:
            raise UNIQUE["entries"].refusal.at(pointer("entries", index, "id"))
        kinds[entry.id] = entry.kind
    for index, entry in enumerate(entries):
        if type(entry) in _REFERENCES:
            name, reference = _REFERENCES[type(entry)]
            named = getattr(entry, name)
            if named is not None and kinds.get(named) not in reference.kinds:
                raise reference.refusal.at(pointer("entries", index, name))
