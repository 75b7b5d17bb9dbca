"""What two processes of huurschuld say to each other: messages one after the other, each whole."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from typing import IO, Any, Final

from attrs import field, frozen

from huurschuld import errors
from huurschuld.errors import HuurschuldError, InputError, PluginError, PluginFailed
from huurschuld.hooks import Refused
from huurschuld.host.stored import StoredTable

_LENGTH: Final = 8
_MODULES: Final = frozenset(("huurschuld", "datetime", "pathlib"))
_PLAIN: Final = frozenset(("builtins", name) for name in ("frozenset", "set", "bytearray", "complex"))


@frozen
class Load:
    """Load this plugin: its entry point by name and value."""

    name: str
    value: str


@frozen
class Open:
    """Open something that it provides, with these options."""

    kind: str
    name: str
    options: Mapping[str, Any] = field(repr=False)
    folder: str


@frozen
class Invoke:
    """Call a method of what was opened, by the number of that."""

    opened: int
    method: str
    arguments: tuple[Any, ...] = field(repr=False)
    refusing: bool = False


@frozen
class Loaded:
    """What a plugin provides: names by kind, its policies as canonical JSON, its kits."""

    openers: tuple[tuple[str, str], ...]
    policies: tuple[str, ...]
    kits: Mapping[str, str]


@frozen
class OpenedAs:
    """What was opened: its number, and which optional methods it has."""

    number: int
    optional: frozenset[str]


@frozen
class Scanned:
    """The tables of a ledger, and the rows that cannot be read."""

    tables: Mapping[str, StoredTable]
    refused: tuple[Refused, ...] = field(repr=False)


@frozen
class Failed:
    """An error, as what is known of it everywhere."""

    code: str
    place: object
    problem: str
    remedy: str

    @classmethod
    def of(cls, error: HuurschuldError) -> Failed:
        """What there is to say of an error."""
        return cls(error.code, error.place, error.problem, error.remedy)

    def error(self, plugin: str) -> HuurschuldError:
        """The error again: of the class with its code; one that a plugin made up is a failure of it."""
        for cls in _CLASSES:
            if cls.code == self.code:
                return cls(self.place, self.problem, self.remedy)  # type: ignore[arg-type] # as it was
        return PluginFailed(plugin, self.problem, self.remedy)


_CLASSES: Final = [
    cls
    for cls in vars(errors).values()
    if isinstance(cls, type)
    and issubclass(cls, HuurschuldError)
    and cls not in (HuurschuldError, InputError, PluginError)
]


def packed(message: object) -> bytes:
    """A message as bytes.

    Raises:
        Exception: something in it cannot go to another process.
    """
    return pickle.dumps(message)


def write(stream: IO[bytes], data: bytes) -> None:
    """Write one message."""
    stream.write(len(data).to_bytes(_LENGTH, "big") + data)
    stream.flush()


def read(stream: IO[bytes]) -> Any:  # noqa: ANN401 - any message
    """Read one message.

    Raises:
        EOFError: the other side has gone.
        pickle.UnpicklingError: it holds a value that is not ours, such as one of a plugin's own class.
    """
    length = _exactly(stream, _LENGTH)
    return _Ours(io.BytesIO(_exactly(stream, int.from_bytes(length, "big")))).load()


class _Ours(pickle.Unpickler):
    """Makes values of our own classes and Python's plain ones alone: no code of a plugin comes along."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle has it
        if module.partition(".")[0] in _MODULES or (module, name) in _PLAIN:
            return super().find_class(module, name)
        raise pickle.UnpicklingError("a value of a foreign class")


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = stream.read(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data
