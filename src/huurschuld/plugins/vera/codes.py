"""The reference data of VERA: what each code becomes here, read from the one table, `codes.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from attrs import frozen

from huurschuld.errors import Cell, InvalidValue

NO_DETAIL: Final = "-"
"""Written for the detail of a booking that has none."""
ANY_DETAIL: Final = "*"
"""Written for any detail of a kind of booking."""
BOOKING_OUTCOMES: Final = ("rent", "other", "paid-out", "payment", "credit", "reversal", "left-out")


@frozen
class Codes:
    """One list of reference data.

    Attributes:
        name: the name of the list in VERA.
        becomes: what each code becomes; None for one that has no meaning of its own here.
        complete: whether all codes that VERA has in this list are here.
    """

    name: str
    becomes: Mapping[str, str | None]
    complete: bool

    def read(self, code: str, at: Cell) -> str | None:
        """Return what a code becomes.

        Raises:
            InvalidValue: it is not in the table; it is not quoted.
        """
        if code not in self.becomes:
            raise InvalidValue(
                at, f"this code of {self.name} is unknown", "see the table in docs/vera.md"
            )
        return self.becomes[code]

    def with_(self, more: Mapping[str, str]) -> Codes:
        """Add a corporation's own codes, or its own meaning of one."""
        return Codes(self.name, {**self.becomes, **more}, self.complete)


@cache
def document() -> Mapping[str, Mapping[str, object]]:
    """Read the table from its file."""
    text = files(__package__).joinpath("codes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def codes(name: str) -> Codes:
    """Return one list of the table, by its heading there."""
    section = document()[name]
    listed = section["codes"]
    if not isinstance(listed, Mapping):
        raise TypeError(name)
    becomes = {code: described.get("becomes") for code, described in listed.items()}
    return Codes(str(section["list"]), becomes, section.get("whole") is True)


@cache
def bookings() -> Mapping[str, str]:
    """Return what a booking becomes, by its kind and detail, such as `VOR PRO`."""
    return {
        combination: str(described["becomes"])
        for combination, described in document()["BOOKINGS"].items()
        if isinstance(described, Mapping)
    }


@frozen
class BookingTable:
    """What a booking (boeking) becomes, by VERA's table and a corporation's own additions.

    Attributes:
        own: what the corporation says, by kind and detail; it goes first.
    """

    own: Mapping[str, str]

    def read(self, kind: str, detail: str | None, kind_at: Cell, detail_at: Cell) -> str:
        """Return one of `BOOKING_OUTCOMES`.

        Raises:
            InvalidValue: an unknown code, or a combination that VERA leaves open.
        """
        exact, any_detail = f"{kind} {detail or NO_DETAIL}", f"{kind} {ANY_DETAIL}"
        if exact in self.own:
            return self.own[exact]
        if any_detail in self.own:
            return self.own[any_detail]
        of_kind = codes("BOOKING_KINDS").read(kind, kind_at)
        if detail is not None:
            codes("BOOKING_DETAILS").read(detail, detail_at)
        outcome = of_kind or bookings().get(exact)
        if outcome is None:
            raise InvalidValue(
                detail_at,
                "VERA does not say what a booking of this kind and detail does to the rent",
                "say so in the option bookings (docs/vera.md)",
            )
        return outcome
