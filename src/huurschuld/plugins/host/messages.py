"""The messages between huurschuld and the process of a plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from huurschuld import errors
from huurschuld.errors import Cell, HuurschuldError, InputError, InvalidValue, PluginFailed
from huurschuld.plugins.host.kinds import Kind

_LONGEST: Final = 2_000
"""The number of characters of a text of an error that are kept."""


@frozen
class Load:
    """Load the plugin of this entry point."""

    name: str
    value: str


@frozen
class Open:
    """Open something that the plugin provides."""

    kind: Kind
    name: str
    options: Mapping[str, Any] = field(repr=False)


@frozen
class Invoke:
    """Call a method of what was opened, or get an attribute."""

    opened: int
    member: str
    arguments: tuple[Any, ...] = field(repr=False)


@frozen
class Provides:
    """One thing that a plugin provides."""

    kind: Kind
    name: str


@frozen
class Loaded:
    """The plugin is loaded: what it provides, its policies as canonical JSON, and its kits."""

    provides: tuple[Provides, ...]
    policies: tuple[str, ...]
    kits: Mapping[str, str]


@frozen
class Opened:
    """It is open: its number, and which optional members it has."""

    number: int
    optional: tuple[str, ...]


@frozen
class Returned:
    """The call returned a value."""

    value: Any = field(repr=False)


@frozen
class Failed:
    """An error, reduced to what huurschuld itself defines: no notes, no cause, no class of a plugin.

    Attributes:
        code, place, problem, remedy: those of the error.
        of_input: whether it is an `InputError`.
    """

    code: str
    place: str | Cell
    problem: str
    remedy: str
    of_input: bool = False

    @classmethod
    def of(cls, error: HuurschuldError) -> Failed:
        """Reduce an error."""
        return cls(
            _text(error.code),
            _place(error.place),
            _text(error.problem),
            _text(error.remedy),
            isinstance(error, InputError),
        )

    def error(self, plugin: str) -> HuurschuldError:
        """Make the error again, of the class with its code; without one, the plugin has failed.

        Its texts are of one line and not endless, whatever the plugin wrote.
        """
        problem, remedy = _line(self.problem), _line(self.remedy)
        place: str | Cell = _line(self.place) if isinstance(self.place, str) else self.place
        if isinstance(place, Cell):
            place = Cell(_line(place.file), place.line, _line(place.column))
        for cls in _CLASSES:
            if cls.code == self.code:
                return cls(place, problem, remedy)
        if self.of_input:
            return InvalidValue(place, problem, remedy)
        return PluginFailed(plugin, problem, remedy)


Question = Load | Open | Invoke
Answer = Loaded | Opened | Returned | Failed
MESSAGES: Final = (Load, Open, Invoke, Provides, Loaded, Opened, Returned, Failed)


def _text(given: object) -> str:
    return given if type(given) is str else ""


def _line(text: str) -> str:
    cut = text[:_LONGEST]
    return cut if cut.isprintable() else "".join(it if it.isprintable() else " " for it in cut)


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
