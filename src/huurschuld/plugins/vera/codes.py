"""The reference data of VERA: what each code becomes here, read from the one table, `codes.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from huurschuld.model.tenancy import CHANNELS, OBJECTS

NO_DETAIL: Final = "-"
"""Written for the detail of a booking that has none."""
ANY_DETAIL: Final = "*"
"""Written for any detail of a kind of booking."""
BOOKING_OUTCOMES: Final = (
    "rent",
    "other",
    "by-sign",
    "paid-out",
    "payment",
    "credit",
    "reversal",
    "left-out",
)


@cache
def document() -> Mapping[str, Mapping[str, Any]]:
    """Read the table from its file."""
    return tomllib.loads(files(__package__).joinpath("codes.toml").read_text(encoding="utf-8"))


@cache
def codes(name: str) -> Mapping[str, str | None]:
    """Return what each code of a list becomes, by its heading in the table; None without a meaning."""
    return {code: described.get("becomes") for code, described in document()[name]["codes"].items()}


@cache
def own_codes() -> Mapping[str, tuple[str, ...]]:
    """Return what a code of one's own may become, by the name that VERA gives its list.

    Lists with an option of their own (`bookings`, `channels`, `objects`) are not among them.
    """
    return {
        described["list"]: tuple(
            sorted({it for it in codes(name).values() if it} | _ALSO.get(name, set()))
        )
        for name, described in document().items()
        if name not in OPTION_OF and "list" in described
    }


OPTION_OF: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "BOOKING_KINDS": ("bookings", BOOKING_OUTCOMES),
    "BOOKING_DETAILS": ("bookings", BOOKING_OUTCOMES),
    "CHANNELS": ("channels", CHANNELS),
    "UNIT_KINDS": ("objects", OBJECTS),
}
"""The lists whose codes have an option of their own, with the words that it takes."""
_ALSO: Final[Mapping[str, set[str]]] = {
    "AGREEMENT_KINDS": {"left-out"},
    "BOOKING_STATUSES": {"left-out"},
    "SETTLEMENT_STATUSES": {"open"},
}
"""What codes of one's own may become besides what those of VERA do."""


def bookings() -> Mapping[str, str]:
    """Return what a booking becomes, by its kind and detail, such as `VOR PRO`."""
    return _becomes("BOOKINGS")


def is_of_vera(combination: str) -> bool:
    """Whether the kind and detail of a booking are codes of VERA, so that a message may quote them."""
    kind, _, detail = combination.partition(" ")
    return kind in codes("BOOKING_KINDS") and detail in {NO_DETAIL, *codes("BOOKING_DETAILS")}


def units() -> Mapping[str, str]:
    """Return what a unit is where its detail says more than its kind, such as `OVE BER`."""
    return _becomes("UNITS")


@cache
def _becomes(heading: str) -> Mapping[str, str]:
    return {combination: it["becomes"] for combination, it in document()[heading].items()}
