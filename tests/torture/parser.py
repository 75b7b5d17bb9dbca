"""What reads one kind of input, and what is expected of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from torture.attack import Attack, Finding, chance, making, scratch, unexpected
from torture.changing import changed_bytes, changed_value

_SHOWN: Final = 3_000


@frozen
class Parser:
    """What reads one kind of input.

    Attributes:
        name: what it reads.
        make: makes an input: a name, such as that of a file, and bytes that were changed.
        read: reads it, with a folder to put it in; what it raises is looked at.
        weight, short, seconds: as those of an attack.
    """

    name: str
    make: Callable[[random.Random], tuple[str, bytes]]
    read: Callable[[str, bytes, Path], object]
    weight: float = 1.0
    short: int = 40
    seconds: float = 5

    def attempt(self, number: int, seed: int) -> Finding | None:
        """Read one changed input."""
        with making():
            name, data = self.make(chance(f"inputs-{self.name}", number, seed))
        with scratch() as folder:
            try:
                self.read(name, data, folder)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - also a panic of polars is what we look for
                return unexpected(error, f"{name}, {len(data)} bytes: {data[:_SHOWN]!r}")
        return None

    def attack(self) -> Attack:
        """The attack by its inputs."""
        promise = f"read, or refused by an error with a name; under {self.seconds:g} s and 1 GB"
        return Attack(
            f"inputs-{self.name}", promise, self.attempt, self.weight, self.short, self.seconds
        )


def as_json(value: Any) -> bytes:
    """The JSON of a value, also of one that JSON cannot hold."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def changed_document(value: Any, rng: random.Random) -> bytes:
    """JSON with another value in it, other bytes, or both."""
    way = rng.random()
    data = as_json(changed_value(value, rng) if way < 0.6 else value)
    return changed_bytes(data, rng) if way > 0.5 else data
