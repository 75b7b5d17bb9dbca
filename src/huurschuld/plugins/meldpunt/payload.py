"""The JSON that is sent: contact details and amount, under the receiver's names for them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import attrs
from attrs import frozen

from huurschuld.errors import InputError, InvalidValue, MissingField, UnknownField, pointer
from huurschuld.model.json_text import parse_json
from huurschuld.model.referral import ContactDetails, Referral
from huurschuld.model.values import MAXIMUM_CENTS, Choice, Line, money, refuse

AMOUNT: Final = "amount"
FIELDS: Final = (*(it.name for it in attrs.fields(ContactDetails)), AMOUNT)
"""All fields of a payload, by our names."""
LARGEST: Final = 64 * 1024
"""The most bytes of a message that is read."""
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_EUROS: Final = re.compile(r"(0|[1-9][0-9]{0,6})\.([0-9]{2})")


class AmountUnit(StrEnum):
    """How the amount is written: `euros` as exact decimal text, `cents` as a whole number."""

    EUROS = "euros"
    CENTS = "cents"


@frozen
class Payload:
    """How a referral is written for one receiver.

    Attributes:
        names: for each of our fields, the receiver's name.
        unit: how the amount is written.
    """

    names: Mapping[str, str]
    unit: AmountUnit

    def of(self, referral: Referral) -> bytes:
        """Write a referral as a JSON object in UTF-8; unknown fields are left out."""
        contact = attrs.asdict(referral.contact)
        known: dict[str, object] = {name: it for name, it in contact.items() if it is not None}
        cents = referral.arrears_cents
        in_euros = f"{cents // 100}.{cents % 100:02}"
        known[AMOUNT] = cents if self.unit is AmountUnit.CENTS else in_euros
        named = {self.names[name]: value for name, value in known.items()}
        return json.dumps(named, ensure_ascii=False).encode()

    def read(self, message: bytes) -> Referral:
        """Read what `of` writes, as the receiver does.

        Raises:
            InputError: it is damaged, or of another shape; at the receiver's name of the field. Nothing
                of what it says is in the error.
        """
        if len(message) > LARGEST:
            raise InvalidValue("", "it is too large for a message", "look what it is")
        found = parse_json(message)
        if type(found) is not dict:
            raise InvalidValue("", "an object is expected", "look what it is")
        ours = {theirs: name for name, theirs in self.names.items()}
        if not found.keys() <= ours.keys():
            raise UnknownField("", "it has a field that no referral has", "compare the option fields")
        values = {ours[name]: value for name, value in found.items() if value is not None}
        if AMOUNT not in values:
            raise MissingField(self._place(AMOUNT), "this field is required")
        cents = self._cents(values.pop(AMOUNT))
        for it in attrs.fields(ContactDetails):
            if it.default is attrs.NOTHING and it.name not in values:
                raise MissingField(self._place(it.name), "this field is required")
        refused: InputError
        try:
            return Referral(contact=ContactDetails(**values), arrears_cents=cents)
        except InputError as error:
            refused = error
        raise refused.at(self._place(str(refused.place).lstrip("/")))

    def _cents(self, amount: object) -> int:
        if self.unit is AmountUnit.CENTS:
            cents = amount
        else:
            parts = _EUROS.fullmatch(amount) if type(amount) is str else None
            cents = None if parts is None else int(parts[1] + parts[2])
        if not money(1).accepts(cents) or type(cents) is not int:
            how = "1270.00" if self.unit is AmountUnit.EUROS else "127000"
            raise InvalidValue(
                self._place(AMOUNT),
                f"an amount in {self.unit} such as {how} is expected, of at most {MAXIMUM_CENTS} cents",
            )
        return cents

    def _place(self, name: str) -> str:
        return pointer(self.names.get(name, name))


def read_payload(fields: object, amount: object) -> Payload:
    """Read the options `fields` and `amount` of a channel.

    Args:
        fields: the receiver's names by ours, as a mapping or as text, `name=naam,place=woonplaats`; the
            others keep our names.
        amount: `euros` or `cents`.

    Raises:
        UnknownField, InvalidValue: at `/fields` or `/amount`.
    """
    unit = Choice(tuple(AmountUnit))
    if not unit.accepts(str(amount)):
        raise refuse("/amount", unit)
    given = _pairs(fields) if isinstance(fields, str) else fields
    if given is not None and not isinstance(given, Mapping):
        raise InvalidValue("/fields", "names by name are expected", "such as name=naam,place=woonplaats")
    names = dict(zip(FIELDS, FIELDS, strict=True))
    for ours, theirs in (given or {}).items():
        if ours not in names:
            raise UnknownField(
                "/fields", "no referral has this field", f"there are: {', '.join(FIELDS)}"
            )
        if not Line().accepts(theirs):
            raise refuse(pointer("fields", ours), Line())
        names[ours] = theirs
    if len(set(names.values())) < len(names):
        raise InvalidValue("/fields", "two fields have the same name", "give each its own")
    return Payload(names, AmountUnit(str(amount)))


def check_key(key: str) -> str:
    """Check that a key is one of an outbox: it becomes a header, part of an address, a file name.

    Returns:
        The key.

    Raises:
        InvalidValue: it is not 32 hexadecimal digits.
    """
    if not _KEY.fullmatch(key):
        raise InvalidValue("/key", "32 hexadecimal digits are expected")
    return key


def _pairs(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",")] if text else []
    if not all(equals for _, equals, _ in pairs):
        raise InvalidValue("/fields", "a name, = and a name are expected", "such as name=naam")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
