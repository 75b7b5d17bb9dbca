"""Which of the installed plugins are loaded, and the status of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

from attrs import field, frozen

from huurschuld.errors import UnknownPlugin
from huurschuld.hooks import PROJECT

ALL: Final = "*"
"""In `allow`: every installed plugin. For the command line; an application names its plugins."""

A_FILE: Final = "file:"
"""How the value of the entry point of a plugin that is a file begins; no module is called so."""

BUILT_IN: Final = "huurschuld"
"""The distribution whose plugins are always allowed, and keep their names."""
_ROOM: Final = "huurschuld.plugins."
"""Where the modules of built-in plugins are."""


class State(StrEnum):
    """The status of a plugin."""

    LOADED = "loaded"
    FAILED = "failed"
    NOT_ALLOWED = "not allowed"


@frozen
class PluginStatus:
    """An installed plugin, its status and, if it is not loaded, why.

    Attributes:
        name: the name of its entry point.
        origin: the distribution that provides it, with its version.
        state: loaded, failed or not allowed.
        reason: why it is not loaded; of an error only the kind and the place.
        provides: what it gives: `ledger NAME`, `policy NAME`.
        kits: the kit tests of what it provides, as `module:Class`, by `ledger NAME` and the like.
    """

    name: str
    origin: str
    state: State
    reason: str = ""
    provides: tuple[str, ...] = ()
    kits: Mapping[str, str] = field(factory=dict)


@frozen
class Choice:
    """The entry point of an installed plugin, and its status if it is not to be loaded."""

    point: EntryPoint
    built_in: bool
    left_out: PluginStatus | None


def choices(allow: Iterable[str], installed: Iterable[EntryPoint] | None) -> Iterator[Choice]:
    """Choose which of the installed plugins to load, as `load_plugins`; return each of them, by name.

    A plugin of somebody else with the name of a built-in one is left out, and the built-in one is not.
    Of several others with one name none is loaded: it is unknown which one is meant.
    """
    if isinstance(allow, str):
        raise UnknownPlugin(allow, "allow is a list of names", f'such as ["{allow}"]')
    allowed = frozenset(allow)
    found = sorted(
        entry_points(group=PROJECT) if installed is None else installed,
        key=lambda point: (point.name, origin_of(point)),
    )
    for name in sorted(allowed - {ALL} - {point.name for point in found}):
        raise UnknownPlugin(
            name, "no plugin of that name is installed", "install it, or correct the name"
        )
    counts = Counter(point.name for point in found)
    taken = {point.name for point in found if is_built_in(point)}
    for point in found:
        origin, built_in = origin_of(point), is_built_in(point)
        left_out = None
        if built_in:
            pass  # whatever else is installed, and however it is called
        elif not (point.name in allowed or ALL in allowed):
            left_out = PluginStatus(point.name, origin, State.NOT_ALLOWED, "not named in allow")
        elif point.name in taken:
            reason = f"{origin} has the name of a built-in plugin: it must use another"
            left_out = PluginStatus(point.name, origin, State.FAILED, reason)
        elif counts[point.name] > 1:
            origins = " and ".join(origin_of(it) for it in found if it.name == point.name)
            reason = f"{counts[point.name]} plugins are called {point.name}, of {origins}: uninstall one"
            left_out = PluginStatus(point.name, origin, State.FAILED, reason)
        yield Choice(point, built_in, left_out)


def is_built_in(point: EntryPoint) -> bool:
    """Whether a plugin is one of huurschuld's own."""
    return point.dist is not None and point.dist.name == BUILT_IN and point.value.startswith(_ROOM)


def origin_of(point: EntryPoint) -> str:
    """The distribution that provides a plugin, with its version; else its module or its file."""
    if point.dist:
        return f"{point.dist.name} {point.dist.version}"
    value = point.value
    return f"the file {Path(value).name}" if value.startswith(A_FILE) else value
