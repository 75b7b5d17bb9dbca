"""JSON as this library takes and gives it: strict when read, one text for one value when written."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Final, NoReturn

from huurschuld.errors import InvalidValue

_LONGEST_INTEGER: Final = 30


class _Malformed(Exception):
    """The text is not JSON as this library takes it."""


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Malformed
    return members


def _no_constant(_: str) -> NoReturn:
    raise _Malformed


def _integer(digits: str) -> object:
    """A number far beyond any range stays a float, which every kind refuses at its own place."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float("inf")


def _load(text: str | bytes, **hooks: Any) -> object:
    """The JSON value of a text, or `_Malformed`. No error of the parser is kept: it quotes the text."""
    with suppress(ValueError, RecursionError, _Malformed):
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return json.loads(decoded, parse_constant=_no_constant, **hooks)
    raise _Malformed


def parse_json(text: str | bytes) -> object:
    """The value of a JSON text; malformed JSON or a repeated member is an `InvalidValue` at the root."""
    with suppress(_Malformed):
        return _load(text, object_pairs_hook=_members, parse_int=_integer)
    problem = "this is not well-formed JSON (UTF-8, no member twice)"
    raise InvalidValue("", problem, "mend the file and try again")


def parse_leniently(text: str | bytes) -> object:
    """What can be told of a JSON text that may be refused: members may be repeated, or it is None.

    Numbers that are not whole, or without measure, come as text.
    """
    with suppress(_Malformed):
        return _load(text, parse_int=_whole_or_text, parse_float=str)
    return None


def _whole_or_text(digits: str) -> object:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else digits


_CANONICAL: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


def canonical_json(value: object) -> str:
    """The one text of a JSON value: members sorted, no spaces, ASCII. For hashes and for keeping."""
    return _CANONICAL(value)
