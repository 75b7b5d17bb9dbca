"""Which of the installed plugins are to be loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from attrs import frozen

from huurschuld.errors import UnknownPlugin
from huurschuld.hooks import PROJECT
from huurschuld.plugins.host.status import PluginStatus, State, origin_of

ALL: Final = "*"
"""In `allow`: every plugin that is installed. For the command line; an application names its own."""

BUILT_IN: Final = "huurschuld"
"""The distribution whose plugins are always allowed."""


@frozen
class Choice:
    """A plugin that is installed, and if it is not to be loaded, its status.

    Attributes:
        point: its entry point.
        built_in: whether it comes with huurschuld.
        left_out: why it is not loaded; None if it is to be.
    """

    point: EntryPoint
    built_in: bool
    left_out: PluginStatus | None


def choices(allow: Iterable[str], installed: Iterable[EntryPoint] | None) -> Iterator[Choice]:
    """What becomes of each plugin that is installed, by name.

    Args:
        allow: the names of the plugins to load besides the built-in ones; `"*"` for all.
        installed: the entry points to choose from; those of this environment by default.

    Raises:
        UnknownPlugin: one that is allowed is not installed.
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
    for point in found:
        built_in = point.dist is not None and point.dist.name == BUILT_IN
        left_out = None
        if not (built_in or point.name in allowed or ALL in allowed):
            left_out = PluginStatus(
                point.name, origin_of(point), State.NOT_ALLOWED, "not named in allow"
            )
        elif counts[point.name] > 1:
            origins = " and ".join(origin_of(it) for it in found if it.name == point.name)
            reason = f"{counts[point.name]} plugins are called {point.name}, of {origins}: uninstall one"
            left_out = PluginStatus(point.name, origin_of(point), State.FAILED, reason)
        yield Choice(point, built_in, left_out)
