"""What became of a plugin that is installed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import EntryPoint

from attrs import field, frozen


class State(StrEnum):
    """What became of a plugin."""

    LOADED = "loaded"
    FAILED = "failed"
    NOT_ALLOWED = "not allowed"


@frozen
class PluginStatus:
    """A plugin that is installed, what became of it and, if it is not loaded, why.

    Attributes:
        name: the name of its entry point.
        origin: the distribution that brings it, with its version.
        state: loaded, failed or not allowed.
        reason: why it is not loaded; it tells nothing but the kind and place of an error.
        provides: what it gives: `ledger NAME`, `policy NAME`.
        kits: the kit tests of what it provides, as `module:Class`, by `ledger NAME` and the like.
    """

    name: str
    origin: str
    state: State
    reason: str = ""
    provides: tuple[str, ...] = ()
    kits: Mapping[str, str] = field(factory=dict)


def origin_of(point: EntryPoint) -> str:
    """The distribution that brings a plugin, with its version; else where it is."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value
