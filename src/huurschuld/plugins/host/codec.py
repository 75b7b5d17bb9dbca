"""Values as JSON, for passing between processes: a fixed table of types, and nothing else.

Null, booleans, whole numbers, texts and lists are written as they are. Any other value is an object with
one member, named after its type: `{"date": "2026-10-20"}`, `{"Cell": ["rents.csv", 3, "cents"]}`.
Decoding makes values of the types in this table and no others: no message can name code to run.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import EnumType
from pathlib import Path
from types import NoneType, UnionType
from typing import IO, Any, Final, NoReturn, get_args, get_origin, get_type_hints

from huurschuld.errors import Cell, InputError
from huurschuld.model.feedback import Feedback, FeedbackMessage, Taken
from huurschuld.model.helpers import Helper
from huurschuld.model.referral import ContactDetails, Delivery, Outcome, Referral, SentReferral
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.messages import MESSAGES, Failed
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.mapping.tables import MappedTable

_LARGEST_SET: Final = 256
"""Of whole numbers that are chosen for it, a set takes the square of their number in time."""
_LENGTH: Final = 8
_CHUNK: Final = 2**20
_LARGEST: Final = 2**27
"""The largest message, in bytes."""
MOST_VALUES: Final = 2**20
"""The most values in an answer: `[]` takes thirty times the memory of its text, and its time."""


def _moment(value: dt.datetime | dt.time) -> str:
    if type(value.tzinfo) not in (NoneType, dt.timezone):
        raise TypeError  # ISO 8601 has its offset on that day, and not its rules
    return value.isoformat()


_PLAIN: Final = (NoneType, bool, int, str)
_ENUMERATIONS: Final = (Kind, Outcome, Taken)
_VALUES: Final = (
    *(Cell, ContactDetails, CsvFile, Delivery, Feedback, FeedbackMessage, Helper, MappedTable),
    *(ParquetFile, Referral, SentReferral),
)
_FIELDS: Final[Mapping[type, Mapping[str, Any]]] = {
    cls: get_type_hints(cls) for cls in (*_VALUES, *MESSAGES)
}
_SEQUENCES: Final = (tuple, set, frozenset)
_TEXTS: Final[Mapping[type, tuple[Callable[[Any], str], Callable[[str], object]]]] = {
    float: (repr, float),
    bytes: (lambda value: b64encode(value).decode(), lambda text: b64decode(text, validate=True)),
    dt.date: (dt.date.isoformat, dt.date.fromisoformat),
    dt.datetime: (_moment, dt.datetime.fromisoformat),
    dt.time: (_moment, dt.time.fromisoformat),
    type(Path()): (str, Path),
}
"""The types that are written as one text: how they are written, and read."""

_BY_NAME: Final[Mapping[str, type]] = {
    cls.__name__: cls for cls in (*_FIELDS, *_SEQUENCES, *_TEXTS, dict)
}
_REFUSALS: Final = (ArithmeticError, InputError, LookupError, RecursionError, TypeError, ValueError)
"""What `json`, a constructor or a check of the model raises for a value that it does not accept."""


class NotPlain(Exception):
    """A value cannot be sent to another process, or bytes are not a value. It quotes neither."""


def encode(value: object) -> bytes:
    """Write a value.

    Raises:
        NotPlain: it is, or contains, something of another type; or it is too large or too deep.
    """
    with suppress(*_REFUSALS):
        data = json.dumps(_to_json(value), separators=(",", ":")).encode()
        if len(data) <= _LARGEST:
            return data
    raise NotPlain  # outside the handling of an error that may quote the value


def decode(data: bytes, most_values: float = math.inf) -> Any:  # noqa: ANN401 - any type of the table
    """Read a value; `NotPlain` if `encode` writes no such bytes, or there may be more values in it."""
    if _values_in(data) > most_values:
        raise NotPlain
    with suppress(*_REFUSALS):
        text = data.decode("ascii")
        return json.loads(text, object_pairs_hook=_object, parse_float=_no, parse_constant=_no)
    raise NotPlain


def _values_in(data: bytes) -> int:
    """How many values these bytes hold at most; a comma within a text counts as well."""
    return sum(map(data.count, (b",", b"[", b"{")))


def write(stream: IO[bytes], number: int, data: bytes) -> None:
    """Write one message with its number."""
    rest = memoryview(number.to_bytes(_LENGTH, "big") + len(data).to_bytes(_LENGTH, "big") + data)
    while rest:
        rest = rest[stream.write(rest) :]
    stream.flush()


def read(stream: IO[bytes]) -> tuple[int, bytes]:
    """Read one message: its number, and the encoded value; `EOFError` once the other side has gone."""
    number, length = (int.from_bytes(_exactly(stream, _LENGTH), "big") for _ in range(2))
    if length > _LARGEST:
        raise NotPlain
    return number, _exactly(stream, length)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        more = stream.read(min(count - len(data), _CHUNK))
        if not more:
            raise EOFError
        data += more
    return bytes(data)


def _to_json(value: Any) -> object:  # noqa: ANN401 - any type of the table, and what is refused
    if isinstance(value, InputError):
        value = Failed.of(value)
    cls = type(value)
    content: object
    if cls in _PLAIN:
        return value
    if cls in _ENUMERATIONS:
        return value.value
    if cls is list:
        return [_to_json(it) for it in value]
    if cls in _TEXTS:
        content = _TEXTS[cls][0](value)
    elif cls in _SEQUENCES:
        content = [_to_json(it) for it in value]
        _check_size(cls, content)
        if cls is not tuple:  # what two processes have in another order is the same message
            content.sort(key=json.dumps)
    elif cls is dict:
        content = [[_typed(key, str), _to_json(it)] for key, it in value.items()]
    else:
        fields = _FIELDS[cls].items()
        content = [_to_json(_typed(getattr(value, name), hint)) for name, hint in fields]
    return {cls.__name__: content}


def _object(members: list[tuple[str, Any]]) -> object:
    [(name, content)] = members
    cls = _BY_NAME[name]
    if cls in _TEXTS:
        return _TEXTS[cls][1](_typed(content, str))
    items = _typed(content, list)
    if cls is dict:
        return {_typed(key, str): it for key, it in items}
    if cls in _SEQUENCES:
        _check_size(cls, items)
        return cls(items)
    hints = _FIELDS[cls]
    return cls(**{its: _typed(it, hints[its]) for its, it in zip(hints, items, strict=True)})


def _check_size(cls: type, items: list[object]) -> None:
    if cls is not tuple and len(items) > _LARGEST_SET:
        raise ValueError


def _typed(value: Any, hint: Any) -> Any:  # noqa: ANN401 - a value and a type hint
    """The value, if it is of this type; else a TypeError or ValueError."""
    origin, of = get_origin(hint), get_args(hint)
    if origin is tuple and type(value) is tuple:
        return tuple(_typed(it, of[0]) for it in value)
    if origin is Mapping and type(value) is dict:
        return {name: _typed(it, of[1]) for name, it in value.items()}
    if isinstance(hint, EnumType):
        return hint(value)
    hint = type(Path()) if hint is Path else hint
    if hint is Any or type(value) in (of if origin is UnionType else (hint,)):
        return value
    raise TypeError


def _no(_: str) -> NoReturn:
    """Refuse a JSON number that is not whole, and a constant that is not JSON."""
    raise ValueError
