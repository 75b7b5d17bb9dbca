"""JSON, read strictly and written canonically."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Final, NoReturn

from huurschuld.errors import InvalidValue

_LONGEST_INTEGER: Final = 30


class _Malformed(Exception):
    """The text is not the JSON that this library accepts; `where` says at which line, if known."""

    def __init__(self, where: str = "") -> None:
        super().__init__(where)
        self.where = where


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Malformed
    return members


def _no_constant(_: str) -> NoReturn:
    raise _Malformed


def _integer(digits: str) -> object:
    """Read a whole number; one that is far too long becomes a float, which its field refuses."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float("inf")


def _load(text: str | bytes, decoder: json.JSONDecoder) -> object:
    """Return the value of a JSON text, or raise `_Malformed`: the parser's own errors quote the text."""
    where = ""
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return decoder.decode(decoded)
    except json.JSONDecodeError as error:
        where = f" (at line {error.lineno}, column {error.colno})"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        where = f" (at line {line})"
    except (ValueError, RecursionError, _Malformed):
        pass
    raise _Malformed(where)


_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_constant=_no_constant
)


def parse_json(text: str | bytes) -> object:
    """Parse a JSON text; malformed JSON or a repeated field is an `InvalidValue` at the root."""
    try:
        return _load(text, _STRICT)
    except _Malformed as error:
        where = error.where
    problem = f"this is not well-formed JSON (UTF-8, no field twice){where}"
    raise InvalidValue("", problem, "correct the file and try again")


def parse_leniently(text: str | bytes) -> object:
    """Read what can be read of a JSON text that `parse_json` may refuse; None if it is not JSON at all.

    Fields may be repeated. Numbers that are not whole, or are far too long, become texts.
    """
    with suppress(_Malformed):
        return _load(text, _LENIENT)
    return None


def _whole_or_text(digits: str) -> object:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else digits


_LENIENT: Final = json.JSONDecoder(
    parse_int=_whole_or_text, parse_float=str, parse_constant=_no_constant
)
_CANONICAL: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


def canonical_json(value: object) -> str:
    """Return the canonical text of a JSON value, for hashes and storage: sorted, no spaces, ASCII."""
    return _CANONICAL(value)
