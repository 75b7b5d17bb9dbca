"""The entries of a ledger (grootboek): claims, money that came, and money that went back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final

import attrs
from attrs import Factory, field, frozen

from huurschuld.errors import pointer
from huurschuld.model.given import as_day, as_whole, as_whole_if_given
from huurschuld.model.refusals import REFERENCES, REVERSES_TOO_MUCH, TOO_MANY_ENTRIES, UNIQUE
from huurschuld.model.values import MAXIMUM_ENTRIES, Day, Maybe, RedactedRepr, Text, money


@frozen(repr=False, kw_only=True)
class _Claim(RedactedRepr):
    """What a claim says: an amount due on a day, booked on that day by default."""

    id: str = field(validator=Text())
    due: dt.date = field(converter=as_day, validator=Day())
    cents: int = field(converter=as_whole, validator=money(1))
    booked: dt.date = field(
        default=Factory(lambda self: self.due, takes_self=True), converter=as_day, validator=Day()
    )


@frozen(repr=False, kw_only=True)
class _Received(RedactedRepr):
    """What money or a credit says: an amount, and perhaps the one claim that it is for."""

    id: str = field(validator=Text())
    booked: dt.date = field(converter=as_day, validator=Day())
    cents: int = field(converter=as_whole, validator=money(1))
    settles: str | None = field(default=None, validator=Maybe(Text()))


@frozen(repr=False, kw_only=True)
class RentTerm(_Claim):
    """A rent term (huurtermijn): the rent for a period, in cents; booked on its due day by default."""

    kind: ClassVar[str] = "rent"


@frozen(repr=False, kw_only=True)
class OtherClaim(_Claim):
    """Any other claim: settlement of service costs, damage, a fee. Never rent arrears."""

    kind: ClassVar[str] = "other"


@frozen(repr=False, kw_only=True)
class Payment(_Received):
    """Money received (betaling); `settles` names the one claim that the tenant pays (BW 6:43)."""

    kind: ClassVar[str] = "payment"


@frozen(repr=False, kw_only=True)
class Credit(_Received):
    """A credit note or write-off by the landlord; it works as a payment does."""

    kind: ClassVar[str] = "credit"


@frozen(repr=False, kw_only=True)
class Reversal(RedactedRepr):
    """The bank took a payment back (storno), or the landlord a credit: `cents` of it, by default all.

    `reverses` names the payment or credit.
    """

    kind: ClassVar[str] = "reversal"
    id: str = field(validator=Text())
    booked: dt.date = field(converter=as_day, validator=Day())
    reverses: str = field(validator=Text())
    cents: int | None = field(default=None, converter=as_whole_if_given, validator=Maybe(money(1)))


@frozen(repr=False, kw_only=True)
class Refund(RedactedRepr):
    """Money paid back to the tenant (terugbetaling), in cents."""

    kind: ClassVar[str] = "refund"
    id: str = field(validator=Text())
    booked: dt.date = field(converter=as_day, validator=Day())
    cents: int = field(converter=as_whole, validator=money(1))


Entry = RentTerm | OtherClaim | Payment | Credit | Reversal | Refund

CLAIMS: Final = (RentTerm, OtherClaim)
"""What is claimed of the tenant."""
RECEIVED: Final = (Payment, Credit)
"""Money received (ontvangen) from the tenant, or forgiven: these are imputed to claims."""

ENTRY_CLASSES: Final[dict[str, type[Any]]] = {
    cls.kind: cls for cls in (RentTerm, OtherClaim, Payment, Credit, Reversal, Refund)
}


_REFERENCES: Final = {
    cls: (name, reference)
    for name, reference in REFERENCES.items()
    for cls in ENTRY_CLASSES.values()
    if name in attrs.fields_dict(cls)
}
"""The field by which an entry of a class names another entry, and what it may name."""


@frozen(eq=False)
class Links:
    """What is named by other entries of a ledger.

    Attributes:
        settled: each claim that is named, with the money and credits that are for it.
        taken_back: each payment or credit of which something was taken back, with what was, in order.
    """

    settled: tuple[tuple[RentTerm | OtherClaim, Sequence[Payment | Credit]], ...]
    taken_back: tuple[tuple[Payment | Credit, Sequence[Reversal]], ...]


def checked_links(entries: tuple[Entry, ...]) -> Links:
    """Check the entries of a tenancy together: how many there are, their ids, and what they name.

    Raises:
        InputError: with a JSON pointer into the tenancy.
    """
    if len(entries) > MAXIMUM_ENTRIES:
        raise TOO_MANY_ENTRIES.at("/entries")
    by_id: dict[str, Entry] = {entry.id: entry for entry in entries}
    if len(by_id) < len(entries):
        _check_ids(entries)
    settled: dict[str, tuple[Any, list[Any]]] = {}
    taken_back: dict[str, tuple[Any, list[Any]]] = {}
    for index, entry in enumerate(entries):
        group = settled
        if type(entry) is Payment or type(entry) is Credit:
            if entry.settles is None:
                continue
            named = entry.settles
        elif type(entry) is Reversal:
            group, named = taken_back, entry.reverses
        else:
            continue
        name, reference = _REFERENCES[type(entry)]
        other = by_id.get(named)
        if other is None or other.kind not in reference.kinds:
            raise reference.refusal.at(pointer("entries", index, name))
        if group is taken_back and (entry.cents or 0) > (other.cents or 0):
            raise REVERSES_TOO_MUCH.at(pointer("entries", index, "cents"))
        if named in group:
            group[named][1].append(entry)
        else:
            group[named] = other, [entry]
    for _, reversals in taken_back.values():
        reversals.sort(key=_booking)
    return Links(tuple(settled.values()), tuple(taken_back.values()))


def _check_ids(entries: Iterable[Entry]) -> None:
    seen = set()
    for index, entry in enumerate(entries):
        if entry.id in seen:
            raise UNIQUE["entries"].refusal.at(pointer("entries", index, "id"))
        seen.add(entry.id)


def _booking(entry: Reversal) -> tuple[dt.date, str]:
    return entry.booked, entry.id
