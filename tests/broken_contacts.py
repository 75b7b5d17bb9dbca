"""Contact sources that are broken on purpose, each in one way: `BROKEN` says which check finds it.

To add one, add a line to `BROKEN`; `test_kits_broken.py` runs it.
"""

from __future__ import annotations

import fnmatch
import logging
import unicodedata
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, ClassVar

from huurschuld import DuplicateId, InvalidValue, UnknownReference
from huurschuld.hooks import ContactSource
from huurschuld.model.referral import ContactDetails
from huurschuld.testing import ContactSourceTests

Row = dict[str, Any]
OPTIONAL = ("addition", "phone", "email", "care_of")
log = logging.getLogger("contacts")


class Memory:
    """A right contact source of rows in memory; None is one that cannot be read."""

    def __init__(self, store: list[Row] | None) -> None:
        self.store = store

    def __repr__(self) -> str:
        return "<Memory>"

    def contact_details(self, tenancy: str) -> ContactDetails:
        if self.store is None:
            raise InvalidValue("store", "it cannot be read")
        found = [it for it in self.store if self.fits(it["tenancy"], tenancy)]
        if not found:
            raise self.unknown(tenancy)
        return self.details(self.one(found))

    def fits(self, own: str, asked: str) -> bool:
        return own == asked

    def one(self, found: list[Row]) -> Row:
        if len(found) > 1:
            raise DuplicateId("tenancy", "two people of one tenancy")
        return found[0]

    def details(self, row: Row) -> ContactDetails:
        return ContactDetails(**{name: it for name, it in row.items() if name != "tenancy"})

    def unknown(self, _: str) -> Exception:
        return UnknownReference("/tenancy", "there is no such tenancy")


class MemoryContactTests(ContactSourceTests):
    """The kit of a contact source in memory."""

    examples = 10
    source: ClassVar[type[Memory]] = Memory

    def seed(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.store: list[Row] | None = deepcopy([dict(it) for it in rows])

    def make_source(self) -> ContactSource:
        return self.source(self.store)

    def spoil(self) -> None:
        self.store = None


def kit_of(source: type[Memory], **members: Any) -> type[ContactSourceTests]:
    """The kit of a contact source, with these attributes."""
    return type("Case", (MemoryContactTests,), {"source": source, **members})


def but(**attributes: Any) -> type[ContactSourceTests]:
    """The kit of a contact source that is right but for these attributes."""
    return kit_of(type("Wrong", (Memory,), attributes))


class _JoinsTheAddition(Memory):
    def details(self, row: Row) -> ContactDetails:
        return super().details(row | {"street": f"{row['street']} {row['addition'] or ''}".strip()})


class _NormalisesNames(Memory):
    def details(self, row: Row) -> ContactDetails:
        return super().details(row | {"name": unicodedata.normalize("NFC", str(row["name"]))})


class _KeepsTheLast(Memory):
    phone: str | None = None

    def details(self, row: Row) -> ContactDetails:
        self.phone = row["phone"] or self.phone
        return super().details(row | {"phone": self.phone})


class _TellsAFaultForNobody(Memory):
    def contact_details(self, tenancy: str) -> ContactDetails:
        if self.store is None:
            raise UnknownReference("/tenancy", "there is no such tenancy")
        return super().contact_details(tenancy)


class _TellsWrongForNobody(Memory):
    def details(self, row: Row) -> ContactDetails:
        try:
            return super().details(row)
        except InvalidValue:
            raise UnknownReference("/tenancy", "there are no details") from None


class _FillsIn(Memory):
    def details(self, row: Row) -> ContactDetails:
        return super().details({**row, "house_number": row["house_number"] or 1})


class _ReadsAll(Memory):
    def __init__(self, store: list[Row] | None) -> None:
        super().__init__(store)
        for it in store or ():
            self.details(it)


class _GivesUp(Memory):
    asked_in_vain = False

    def contact_details(self, tenancy: str) -> ContactDetails:
        if self.asked_in_vain:
            raise InvalidValue("store", "the connection is closed")
        return super().contact_details(tenancy)

    def unknown(self, _: str) -> Exception:
        self.asked_in_vain = True
        return super().unknown(_)


class _Removes(Memory):
    def one(self, found: list[Row]) -> Row:
        assert self.store is not None
        self.store.remove(found[0])
        return super().one(found)


class _KeepsForEver(Memory):
    known: ClassVar[dict[str, ContactDetails]] = {}

    def contact_details(self, tenancy: str) -> ContactDetails:
        if tenancy not in self.known:
            self.known[tenancy] = super().contact_details(tenancy)
        return self.known[tenancy]


class _Invents(Memory):
    def unknown(self, _: str) -> Exception:
        if self.store == []:
            return InvalidValue("store", "it cannot be read")
        return super().unknown(_)


class _Logs(Memory):
    def details(self, row: Row) -> ContactDetails:
        log.info("found %s", row)
        return super().details(row)


class _ForgetsMore(Memory):
    """Takes all that may be unknown for unknown, where two of it are."""

    def details(self, row: Row) -> ContactDetails:
        unknown = [name for name in OPTIONAL if row[name] is None]
        return super().details(row | dict.fromkeys(OPTIONAL if len(unknown) == 2 else ()))


BROKEN: Mapping[str, tuple[str, type[ContactSourceTests]]] = {
    "the addition is part of the street": ("test_every_field_arrives", kit_of(_JoinsTheAddition)),
    "names are normalised": ("test_names_in_any_script_arrive", kit_of(_NormalisesNames)),
    "capitals do not count": (
        "test_each_tenancy_has_its_own",
        but(fits=lambda _, own, asked: own.lower() == asked.lower()),
    ),
    "ids are numbers": (
        "test_each_tenancy_has_its_own",
        but(fits=lambda _, own, asked: own.lstrip("A0") == asked.lstrip("A0")),
    ),
    "the last number is kept": ("test_what_is_not_known_is_left_out", kit_of(_KeepsTheLast)),
    "an id is a pattern": (
        "test_who_is_not_known_is_an_error",
        but(fits=lambda _, own, asked: fnmatch.fnmatch(own, asked), one=lambda _, found: found[0]),
    ),
    "the beginning is enough": (
        "test_who_is_not_known_is_an_error",
        but(fits=lambda _, own, asked: asked.startswith(own)),
    ),
    "blanks at the end do not count": (
        "test_who_is_not_known_is_an_error",
        but(fits=lambda _, own, asked: own == asked.rstrip(" ")),
    ),
    "the error quotes the id": (
        "test_who_is_not_known_is_an_error",
        but(unknown=lambda _, asked: UnknownReference("/tenancy", f"there is no {asked}")),
    ),
    "nobody is a KeyError": (
        "test_who_is_not_known_is_an_error",
        but(unknown=lambda _, asked: KeyError(asked)),
    ),
    "an empty source is a broken one": ("test_an_empty_source_knows_nobody", kit_of(_Invents)),
    "after an error it gives up": ("test_the_same_question_has_the_same_answer", kit_of(_GivesUp)),
    "who was asked for is removed": ("test_asking_changes_nothing", kit_of(_Removes)),
    "an old address is kept": (
        "test_opened_again_it_gives_what_is_there_now",
        kit_of(_KeepsForEver),
    ),
    "wrong details are nobody": ("test_wrong_details_are_refused", kit_of(_TellsWrongForNobody)),
    "a house number is made up": ("test_wrong_details_are_refused", kit_of(_FillsIn)),
    "one wrong person stops all": ("test_one_wrong_person_does_not_stop_another", kit_of(_ReadsAll)),
    "the first of two is taken": (
        "test_two_of_one_tenancy_are_refused",
        but(one=lambda _, found: found[0]),
    ),
    "a damaged source has nobody": (
        "test_a_source_that_cannot_be_read_is_an_error",
        kit_of(_TellsAFaultForNobody),
    ),
    "details are logged": ("test_it_tells_nothing_of_a_person", kit_of(_Logs)),
    "of two unknown values come four": ("test_generated_people_arrive", kit_of(_ForgetsMore)),
}
