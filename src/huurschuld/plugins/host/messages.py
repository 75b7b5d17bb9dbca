"""What two processes of huurschuld say to each other: messages one after the other, each whole."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from typing import IO, Any, Final

from attrs import field, frozen

from huurschuld import errors
from huurschuld.errors import Cell, HuurschuldError, InputError, InvalidValue, PluginFailed

_LENGTH: Final = 8
_MODULES: Final = frozenset(("huurschuld", "datetime", "pathlib"))
_PLAIN: Final = frozenset(("builtins", name) for name in ("frozenset", "set", "bytearray", "complex"))


@frozen
class Load:
    """Load this plugin: its entry point by name and value; tables go into this folder."""

    name: str
    value: str
    folder: str


@frozen
class Open:
    """Open something that it provides, with these options."""

    kind: str
    name: str
    options: Mapping[str, Any] = field(repr=False)


@frozen
class Invoke:
    """Call a method of what was opened, by the number of that."""

    opened: int
    method: str
    arguments: tuple[Any, ...] = field(repr=False)


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
class Failed:
    """An error, as what is known of it everywhere: nothing of a plugin's own, no notes, no cause.

    Attributes:
        code, place, problem, remedy: as of the error.
        of_input: whether it says that what was given is not as it must be.
    """

    code: str
    place: str | Cell
    problem: str
    remedy: str
    of_input: bool = False

    @classmethod
    def of(cls, error: HuurschuldError) -> Failed:
        """What there is to say of an error."""
        return cls(
            _text(error.code),
            _place(error.place),
            _text(error.problem),
            _text(error.remedy),
            isinstance(error, InputError),
        )

    def error(self, plugin: str) -> HuurschuldError:
        """The error again: of the class with its code; one that a plugin made up is a failure of it."""
        for cls in _CLASSES:
            if cls.code == self.code:
                return cls(self.place, self.problem, self.remedy)
        if self.of_input:
            return InvalidValue(self.place, self.problem, self.remedy)
        return PluginFailed(plugin, self.problem, self.remedy)


def _text(given: object) -> str:
    return given if type(given) is str else ""


def _place(given: object) -> str | Cell:
    if type(given) is Cell:
        return Cell(_text(given.file), given.line if type(given.line) is int else 0, _text(given.column))
    return _text(given)


_CLASSES: Final = [
    cls
    for cls in vars(errors).values()
    if isinstance(cls, type) and issubclass(cls, HuurschuldError) and "code" in vars(cls)
    if cls is not HuurschuldError
]


def packed(message: object) -> bytes:
    """A message as bytes.

    Raises:
        Exception: something in it cannot go to another process.
    """
    return pickle.dumps(message)


def unpacked(data: bytes) -> Any:  # noqa: ANN401 - any message
    """A message again.

    Raises:
        pickle.UnpicklingError: it holds a value that is not ours, such as one of a plugin's own class.
    """
    return _Ours(io.BytesIO(data)).load()


def write(stream: IO[bytes], number: int, data: bytes) -> None:
    """Write one message, with its number."""
    rest = memoryview(number.to_bytes(_LENGTH, "big") + len(data).to_bytes(_LENGTH, "big") + data)
    while rest:
        rest = rest[stream.write(rest) :]
    stream.flush()


def read(stream: IO[bytes]) -> tuple[int, bytes]:
    """Read one message: its number and what it is packed as.

    Raises:
        EOFError: the other side has gone.
    """
    number, length = (int.from_bytes(_exactly(stream, _LENGTH), "big") for _ in range(2))
    return number, _exactly(stream, length)


class _Ours(pickle.Unpickler):
    """Makes values of our own classes and Python's plain ones alone: no code of a plugin comes along."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle has it
        if module.partition(".")[0] in _MODULES or (module, name) in _PLAIN:
            return super().find_class(module, name)
        raise pickle.UnpicklingError("a value of a foreign class")


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        more = stream.read(count - len(data))
        if not more:
            raise EOFError
        data += more
    return bytes(data)
