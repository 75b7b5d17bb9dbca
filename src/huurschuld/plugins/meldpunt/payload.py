"""The JSON that is sent: contact details and amount, under the receiver's names for them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import attrs
from attrs import frozen

from huurschuld.errors import InvalidValue, UnknownField, pointer
from huurschuld.model.referral import ContactDetails, Referral
from huurschuld.model.values import Choice, Line, refuse

AMOUNT: Final = "amount"
FIELDS: Final = (*(it.name for it in attrs.fields(ContactDetails)), AMOUNT)
"""All fields of a payload, by our names."""
_KEY: Final = re.compile(r"[0-9a-f]{32}")


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


def check_key(key: str) -> None:
    """Check that a key is one of an outbox: it becomes a header, part of an address, a file name.

    Raises:
        InvalidValue: it is not 32 hexadecimal digits.
    """
    if not _KEY.fullmatch(key):
        raise InvalidValue("/key", "32 hexadecimal digits are expected")


def _pairs(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",")] if text else []
    if not all(equals for _, equals, _ in pairs):
        raise InvalidValue("/fields", "a name, = and a name are expected", "such as name=naam")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
