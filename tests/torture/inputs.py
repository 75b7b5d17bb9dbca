"""Inputs of every parser, changed: each is read, or refused by an error with a name, in time."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import mutations
from attrs import frozen
from torture.attack import CANARY, Attack, Finding, chance, scratch, unexpected
from torture.changing import changed_bytes, changed_value

from huurschuld import decide, dump_case, parse_case, policy_of_case

_SHOWN: Final = 3_000
_PROMISE: Final = "read, or refused by an error with a name that quotes nobody; under 5 s and 1 GB"


@frozen
class Parser:
    """What reads one kind of input.

    Attributes:
        name: what it reads.
        make: makes an input that was changed.
        read: reads it, with a folder to put it in; what it raises is looked at.
    """

    name: str
    make: Callable[[random.Random], bytes]
    read: Callable[[bytes, Path], object]

    def attempt(self, number: int, seed: int) -> Finding | None:
        """Read one changed input."""
        rng = chance(f"inputs-{self.name}", number, seed)
        data = self.make(rng)
        with scratch() as folder:
            try:
                self.read(data, folder)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
                return unexpected(error, f"{len(data)} bytes: {data[:_SHOWN]!r}")
        return None


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _document(value: Any, rng: random.Random) -> bytes:
    """JSON with another value in it, other bytes, or both."""
    way = rng.random()
    if way < 0.6:
        value = changed_value(value, rng)
    data = _json(value)
    return changed_bytes(data, rng) if way > 0.5 else data


# --- case files --------------------------------------------------------------------------------


def _case(rng: random.Random) -> bytes:
    case = mutations.valid_case(rng)
    while len(case["tenancy"]["entries"]) > 100:
        case = mutations.valid_case(rng)
    case["tenancy"]["id"] = CANARY
    return _document(case, rng)


def _read_case(data: bytes, _: Path) -> object:
    case = parse_case(data)
    decision = decide(case.tenancy, policy_of_case(case), case.as_of, case.parameters, "reference")
    assert parse_case(dump_case(case)) == case, "a case that was read is not written as it was"
    return decision


_PARSERS: Final = {
    Parser("cases", _case, _read_case): (3.0, 100),
}
ATTACKS: Final = tuple(
    Attack(f"inputs-{it.name}", _PROMISE, it.attempt, weight=weight, short=short, seconds=5)
    for it, (weight, short) in _PARSERS.items()
)
