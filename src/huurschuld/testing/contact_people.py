"""The people that contact sources and exporters are checked with; nobody among them exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from huurschuld.model.referral import ContactDetails
from huurschuld.testing.channel_bench import referral

FIELDS: Final = tuple(it.name for it in attrs.fields(ContactDetails))
NAMES: Final = (
    "Łukasz Çelik-Ní Dhéaghaidh",
    "محمد الأمين",
    "王小明",
    'O\'Hara "x" <b>; & co, \\n %s',
    "cafe\u0301 Jane",
    "=1+1",
    "\U0001f3e0 Huis",
)
LOOKING_ALIKE: Final = ("A1", "a1", "A10", "A01", "1", "01", "A", "A-1", "caf\u00e9", "cafe\u0301", "%")
"""Ids that a careless comparison takes for each other."""

_LETTERS: Final = st.characters(min_codepoint=33, max_codepoint=0x2FF, categories=("L", "N", "P", "S"))
_LINES: Final = st.text(_LETTERS, min_size=1, max_size=12)
_POSTCODES: Final = st.builds("{}{}{}".format, st.integers(1_000, 9_999), *[st.sampled_from("ABXZ")] * 2)


def person(number: int, *, sparse: bool = False, but: str = "") -> ContactDetails:
    """Return an invented person who has no value in common with that of another number.

    Args:
        number: of the person.
        sparse: whether only what is required is known.
        but: an optional field that is not known.
    """
    details = referral(number).contact
    optional = [it.name for it in attrs.fields(ContactDetails) if it.default is not attrs.NOTHING]
    left_out: dict[str, Any] = dict.fromkeys(optional if sparse else [but] if but else [])
    return attrs.evolve(details, **left_out)


def people() -> st.SearchStrategy[ContactDetails]:
    """Generate contact details."""
    maybe = st.none() | _LINES
    return st.builds(
        ContactDetails,
        name=_LINES,
        street=_LINES,
        house_number=st.integers(1, 99_999),
        addition=maybe,
        postcode=_POSTCODES,
        place=_LINES,
        phone=maybe,
        email=maybe,
        care_of=maybe,
    )


def row_of(details: ContactDetails, names: Iterable[str]) -> dict[str, Any]:
    """Return these fields as plain values."""
    return {name: getattr(details, name) for name in names}


def values_of(details: ContactDetails) -> list[str]:
    """Return all values as texts."""
    return [str(it) for it in attrs.asdict(details).values() if it is not None]


def wrong(details: ContactDetails) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield changes of a row that make it no contact details, each with what is wrong."""
    yield "a person without a name", {"name": None}
    yield "an address without a street", {"street": None}
    yield "an address without a house number", {"house_number": None}
    yield "an address without a postcode", {"postcode": None}
    yield "an address without a town", {"place": None}
    yield "a postcode that is cut off", {"postcode": details.postcode[:5]}
    yield "a house number that is too high", {"house_number": 100_000}
