"""The model: a tenancy and its parts, as frozen values that check themselves when they are made.

An application builds these from its own objects; what is wrong raises an `InputError` whose place is
a JSON pointer into the value that was being made. A field that is None is *unknown*; an empty
sequence is *known to be none*. No value here shows its contents in `repr`, so that nothing of a person
gets into a log by accident; `huurschuld.dump_tenancy` shows them on purpose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar, Final, TypeVar, dataclass_transform

import attrs
from attrs import Factory

from huurschuld.errors import DuplicateId, InvalidValue, UnknownReference, pointer
from huurschuld.values import Choice, Day, Flag, Text, held, money

MAXIMUM_ENTRIES: Final = 5_000
CHANNELS: Final = ("letter", "email", "phone", "visit", "appointment", "text", "card", "other")

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(attrs.field, held))
def part(cls: type[_T]) -> type[_T]:
    """Make a frozen attrs class whose `repr` shows nothing of a person."""
    made = attrs.frozen(cls, repr=False, kw_only=True)
    made.__repr__ = _quiet  # type: ignore[method-assign] # one repr for all parts
    return made


def _quiet(self: object) -> str:
    return f"<{type(self).__name__}>"


def _in_order(first: dt.date, last: dt.date | None, field: str) -> None:
    if last is not None and last < first:
        raise InvalidValue(f"/{field}", "the end lies before the start", "correct one of the two days")


@part
class Rent:
    """The monthly gross rent (brutohuur) from a day on, in cents; at least 100."""

    from_: dt.date = held(Day())
    cents: int = held(money(100))


@part
class RentTerm:
    """A rent term (huurtermijn): what is due for a month, in cents; booked on its due day by default."""

    kind: ClassVar[str] = "rent"
    id: str = held(Text())
    due: dt.date = held(Day())
    cents: int = held(money(1))
    booked: dt.date = held(Day(), default=Factory(lambda self: self.due, takes_self=True))


@part
class OtherClaim:
    """Any other claim: settlement of service costs, damage, a fee. Never rent arrears."""

    kind: ClassVar[str] = "other"
    id: str = held(Text())
    due: dt.date = held(Day())
    cents: int = held(money(1))
    booked: dt.date = held(Day(), default=Factory(lambda self: self.due, takes_self=True))


@part
class Payment:
    """Money received (betaling); `settles` names the one claim that the tenant pays (BW 6:43)."""

    kind: ClassVar[str] = "payment"
    id: str = held(Text())
    booked: dt.date = held(Day())
    cents: int = held(money(1))
    settles: str | None = held(Text(), default=None)


@part
class Credit:
    """A credit note or write-off by the landlord; it works as a payment does."""

    kind: ClassVar[str] = "credit"
    id: str = held(Text())
    booked: dt.date = held(Day())
    cents: int = held(money(1))
    settles: str | None = held(Text(), default=None)


@part
class Reversal:
    """The bank took a payment back (storno), whole; `reverses` names that payment."""

    kind: ClassVar[str] = "reversal"
    id: str = held(Text())
    booked: dt.date = held(Day())
    reverses: str = held(Text())


Entry = RentTerm | OtherClaim | Payment | Credit | Reversal

ENTRY_CLASSES: Final[dict[str, type[Any]]] = {
    cls.kind: cls for cls in (RentTerm, OtherClaim, Payment, Credit, Reversal)
}


@part
class Contact:
    """One contact (contactmoment) with the tenant, tried or had.

    `direction` is `out` or `in`; `reminder`: a written reminder (aanmaning); `debt_help`: debt help
    was named; `offers_sharing`: it offered to pass on the contact details (Bgs art. 2(d)).
    """

    date: dt.date = held(Day())
    channel: str = held(Choice(CHANNELS))
    direction: str = held(Choice(("out", "in")), default="out")
    reached: bool = held(Flag(), default=False)
    about_arrears: bool = held(Flag(), default=True)
    reminder: bool = held(Flag(), default=False)
    debt_help: bool = held(Flag(), default=False)
    offers_sharing: bool = held(Flag(), default=False)


@part
class Child:
    """A child living in (inwonend kind), by day of birth and nothing else."""

    born: dt.date = held(Day())


@part
class Plan:
    """A payment arrangement (betalingsregeling); `until` is its last day."""

    from_: dt.date = held(Day())
    until: dt.date | None = held(Day(), default=None)
    broken_on: dt.date | None = held(Day(), default=None)

    def __attrs_post_init__(self) -> None:
        _in_order(self.from_, self.until, "until")


@part
class Dispute:
    """Contested rent (betwiste huur, BW 6:262, 7:207); without `cents` all of it."""

    from_: dt.date = held(Day())
    until: dt.date | None = held(Day(), default=None)
    cents: int | None = held(money(0), default=None)

    def __attrs_post_init__(self) -> None:
        _in_order(self.from_, self.until, "until")


@part
class Objection:
    """The tenant objects to sharing data (bezwaar tegen doorgeven).

    A `standing` one holds for all arrears to come, another for the reminder that it answered.
    """

    date: dt.date = held(Day())
    withdrawn: dt.date | None = held(Day(), default=None)
    standing: bool = held(Flag(), default=True)


@part
class Signal:
    """An earlier referral (signaal) of this tenancy, and the arrears that it named, in cents."""

    date: dt.date = held(Day())
    cents: int = held(money(0))


@part
class Eviction:
    """An eviction (ontruiming) announced, for a day."""

    announced: dt.date = held(Day())
    on: dt.date = held(Day())

    def __attrs_post_init__(self) -> None:
        _in_order(self.announced, self.on, "on")


def _as_tuple(value: object) -> object:
    """A tuple of any iterable but a text; what is none comes back as it is, for the check to refuse."""
    iterable = isinstance(value, Iterable) and not isinstance(value, (str, bytes, dict))
    return tuple(value) if iterable else value  # type: ignore[arg-type] # iterable was just checked


def _check_parts(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    classes: tuple[type[Any], ...] = attribute.metadata["parts"]
    if value is None and attribute.metadata["optional"]:
        return
    names = " or ".join(cls.__name__ for cls in classes)
    if type(value) is not tuple:
        raise InvalidValue(f"/{attribute.name}", f"a sequence of {names} is expected")
    for index, item in enumerate(value):
        if type(item) not in classes:
            raise InvalidValue(pointer(attribute.name, index), f"a {names} is expected")


def parts(*classes: type[Any], **default: Any) -> Any:  # noqa: ANN401 - as attrs.field
    """A field that holds a tuple of parts; with a default of None it may be unknown."""
    optional = default.get("default", attrs.NOTHING) is None
    return attrs.field(
        converter=_as_tuple,
        validator=_check_parts,
        metadata={"parts": classes, "optional": optional},
        **default,
    )


def _check_part(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    cls: type[Any] = attribute.metadata["part"]
    if not (value is None or type(value) is cls):
        raise InvalidValue(f"/{attribute.name}", f"a {cls.__name__} is expected")


def maybe(cls: type[Any]) -> Any:  # noqa: ANN401 - as attrs.field
    """A field that holds one part, or None."""
    return attrs.field(default=None, validator=_check_part, metadata={"part": cls, "optional": True})


@part
class Household:
    """The children living in; `complete` says whether all of them are listed."""

    children: tuple[Child, ...] = parts(Child)
    complete: bool = held(Flag(), default=True)


@part
class Tenancy:
    """A lease (huurovereenkomst) with its ledger and what is known of the household.

    `end` is the last day of the lease. `contacts`, `household`, `plans`, `disputes`, `objections` and
    `signals` are *unknown* when None and *known to be none* when empty. Any iterable will do for a
    sequence; it is kept as a tuple. The order of parts never matters.

    Raises:
        InvalidValue: a value of the wrong type or outside its range, no rent, two rents from one day,
            more than 5,000 entries, an end before its start.
        DuplicateId: two entries with one id.
        UnknownReference: `settles` or `reverses` names no entry, or one of the wrong kind.
    """

    id: str = held(Text())
    start: dt.date = held(Day())
    rents: tuple[Rent, ...] = parts(Rent)
    entries: tuple[Entry, ...] = parts(RentTerm, OtherClaim, Payment, Credit, Reversal)
    contacts: tuple[Contact, ...] | None = parts(Contact, default=None)
    household: Household | None = maybe(Household)
    plans: tuple[Plan, ...] | None = parts(Plan, default=None)
    disputes: tuple[Dispute, ...] | None = parts(Dispute, default=None)
    objections: tuple[Objection, ...] | None = parts(Objection, default=None)
    signals: tuple[Signal, ...] | None = parts(Signal, default=None)
    end: dt.date | None = held(Day(), default=None)
    deceased: dt.date | None = held(Day(), default=None)
    eviction: Eviction | None = maybe(Eviction)

    def __attrs_post_init__(self) -> None:
        _in_order(self.start, self.end, "end")
        _check_rents(self.rents)
        _check_entries(self.entries)


def _check_rents(rents: tuple[Rent, ...]) -> None:
    if not rents:
        raise InvalidValue(
            "/rents", "at least one rent is expected", "without a rent there are no months"
        )
    seen = set()
    for index, rent in enumerate(rents):
        if rent.from_ in seen:
            raise InvalidValue(
                pointer("rents", index, "from"),
                "a second rent from the same day",
                "keep one of them",
            )
        seen.add(rent.from_)


def _check_entries(entries: tuple[Entry, ...]) -> None:
    if len(entries) > MAXIMUM_ENTRIES:
        raise InvalidValue(
            "/entries",
            f"more than {MAXIMUM_ENTRIES:,} entries",
            "leave out the oldest that are settled",
        )
    kinds: dict[str, str] = {}
    for index, entry in enumerate(entries):
        if entry.id in kinds:
            raise DuplicateId(pointer("entries", index, "id"), "a second entry with this id")
        kinds[entry.id] = entry.kind
    for index, entry in enumerate(entries):
        if isinstance(entry, Payment | Credit):
            if entry.settles is not None and kinds.get(entry.settles) not in ("rent", "other"):
                raise UnknownReference(
                    pointer("entries", index, "settles"),
                    "it names no claim of this tenancy",
                    "name a rent term or other claim, or leave it out",
                )
        elif isinstance(entry, Reversal) and kinds.get(entry.reverses) != "payment":
            raise UnknownReference(
                pointer("entries", index, "reverses"),
                "it names no payment of this tenancy",
                "name the payment that the bank took back",
            )
