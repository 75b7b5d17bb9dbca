"""The contact details (contactgegevens) of a signal, as a value in the data of an event."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import attrs
from attrs import frozen

from huurschuld.errors import InputError
from huurschuld.model.json_text import parse_json
from huurschuld.model.referral import ContactDetails
from huurschuld.model.values import Kind


@frozen
class ContactKind(Kind):
    """Contact details, in JSON an object with the fields that are known."""

    expected = "contact details are expected, as they are sent"

    def accepts(self, value: object) -> bool:
        """Whether it is contact details."""
        return type(value) is ContactDetails

    def from_json(self, value: object) -> object:
        """Read an object; another value stays as it is, and is not accepted."""
        if type(value) is dict:
            with suppress(InputError, TypeError):
                return ContactDetails(**value)
        return value

    def from_text(self, text: str) -> object:
        """Read the text of such an object."""
        with suppress(InputError):
            return self.from_json(parse_json(text))
        return text

    def to_json(self, value: ContactDetails) -> object:
        """Write what is known as an object."""
        return {name: it for name, it in attrs.asdict(value).items() if it is not None}

    def schema(self) -> dict[str, object]:
        """The JSON Schema of the object."""
        kinds: dict[str, Any] = {it.name: it.validator for it in attrs.fields(ContactDetails)}
        return {
            "type": "object",
            "properties": {name: getattr(it, "kind", it).schema() for name, it in kinds.items()},
            "required": [it.name for it in attrs.fields(ContactDetails) if it.default is attrs.NOTHING],
            "additionalProperties": False,
        }
