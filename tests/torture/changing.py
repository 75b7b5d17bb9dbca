"""Inputs that were changed: their bytes, or the values in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, Final

_PIECES: Final = (
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n", b"\t", b'"', b"'", b",", b";", b"=", b"\\", b"#"),
    *(b"{", b"}", b"[", b"]", b"{}", b"[]", b":", b"\xf0\x9f\x8f\xa0", b"\xed\xa0\x80", b"\\ud800"),
    *(b"NaN", b"Infinity", b"null", b"true", b"1e999", b"-0", b"0.1", b"9" * 20, b"-1", b"0x1", b"..."),
    *(b"2026-02-30", b"0000-00-00", b"=1+1", b"\xe2\x80\xae", b"%s%n", b"../../etc/passwd", b"\x1b[31m"),
)
_HEAVY: Final = (b"9" * 5_000, b"[" * 3_000, b"{" * 3_000, b"a." * 1_000, b" " * 50_000, b"x" * 70_000)
"""What costs a careless parser much time, or its stack."""
_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, 2**64, 10**30, 1.5, 1e300, "", " ", "x", "\x00", "\n"),
    *("0", "1", "null", "true", "2025-02-30", "2025-02-03", "1900-01-01", "9999-12-31", "é", "\u202e"),
    *([], {}, [[]], [{}], {"": None}, "9" * 400, "x" * 5_000, "a.b", "months > 1", "refer", "rent"),
)


def changed_bytes(data: bytes, rng: random.Random) -> bytes:
    """Change some bytes: one for certain, at times several times."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        data = rng.choice(_WAYS)(data, rng)
    return data


def _span(data: bytes, rng: random.Random) -> tuple[int, int]:
    at = rng.randrange(len(data) + 1)
    return at, min(len(data), at + rng.choice((1, 1, 2, 4, 16, 64, 1_000)))


def _flip(data: bytes, rng: random.Random) -> bytes:
    if not data:
        return b"\x00"
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _drop(data: bytes, rng: random.Random) -> bytes:
    at, end = _span(data, rng)
    return data[:at] + data[end:]


def _cut(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] if rng.random() < 0.8 else data[at:]


def _insert(data: bytes, rng: random.Random) -> bytes:
    at = rng.choice((0, len(data), rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    return data[:at] + rng.choice(_HEAVY if rng.random() < 0.03 else _PIECES) + data[at:]


def _replace(data: bytes, rng: random.Random) -> bytes:
    at, end = _span(data, rng)
    return data[:at] + rng.choice(_PIECES) + data[end:]


def _again(data: bytes, rng: random.Random) -> bytes:
    at, end = _span(data, rng)
    times = rng.choice((1, 1, 2, 50))
    return data[:end] + data[at:end] * times + data[end:]


def _zeros(data: bytes, rng: random.Random) -> bytes:
    at, end = _span(data, rng)
    return data[:at] + bytes(end - at) + data[end:]


def _move(data: bytes, rng: random.Random) -> bytes:
    at, end = _span(data, rng)
    rest = data[:at] + data[end:]
    to = rng.randrange(len(rest) + 1)
    return rest[:to] + data[at:end] + rest[to:]


_WAYS: Final[Sequence[Callable[[bytes, random.Random], bytes]]] = (
    *(_flip, _drop, _cut, _insert, _insert, _replace, _replace, _again, _zeros, _move),
)


def changed_value(value: Any, rng: random.Random) -> Any:
    """Change something within a value of objects and lists, in a copy."""
    value = deepcopy(value)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        holders = [it for it in _within(value) if it]
        if not holders:
            return _value(rng)
        holder = rng.choice(holders)
        key = rng.choice([*holder]) if isinstance(holder, dict) else rng.randrange(len(holder))
        match rng.randrange(6):
            case 0 | 1:
                holder[key] = _value(rng)
            case 2:
                del holder[key]
            case 3 if isinstance(holder, dict):
                holder[rng.choice(("", "x", "id", "~/", "é", "name", f"{key}s"))] = _value(rng)
            case 3:
                holder.insert(key, rng.choice((_value(rng), deepcopy(holder[key]))))
            case 4:
                holder[key] = [deepcopy(holder[key])]
            case _:
                other = rng.choice(holders)
                items = [*other.values()] if isinstance(other, dict) else other
                holder[key] = deepcopy(rng.choice(items))
    return value


def _value(rng: random.Random) -> Any:
    """One of the values, as a copy: what is put into it later must not be there the next time."""
    return deepcopy(rng.choice(_VALUES))


def _within(value: Any) -> list[Any]:
    """Every object and list in a value."""
    if not isinstance(value, dict | list):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(it for one in inner for it in _within(one))]
