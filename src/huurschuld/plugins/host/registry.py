"""The plugins that were loaded, and what they provide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint
from types import TracebackType
from typing import Any, Self

from attrs import field, frozen

from huurschuld.errors import DuplicatePlugin, HuurschuldError, PluginFailed, UnknownPlugin
from huurschuld.former_names import present_channel, warn_former_channel
from huurschuld.plugins.host.calls import Trace, guarded
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.opened import in_process, opened, optional_of
from huurschuld.plugins.host.process import PluginProcess, Processes
from huurschuld.plugins.host.provided import Open, opened_with
from huurschuld.plugins.host.status import PluginStatus, State, origin_of
from huurschuld.rules.policies import policies
from huurschuld.rules.policy import Policy

Opening = Callable[[Mapping[str, Any]], Any]
"""Opens something with options, ready for use."""

Openings = dict[tuple[Kind, str], tuple[tuple[str, Opening], ...]]
"""By kind and name, each plugin that can open it, and how."""


@frozen
class Host:
    """The plugins that were loaded, and what they provide.

    Attributes:
        plugins: the status of every plugin that is installed, by name.
        policies: the built-in policies and those of plugins, by name.
    """

    plugins: tuple[PluginStatus, ...] = field(converter=tuple[PluginStatus, ...])
    policies: Mapping[str, Policy]
    _openings: Openings = field(repr=False)
    _processes: Processes = field(repr=False)

    def names(self, kind: Kind) -> list[str]:
        """The names of what can be opened of a kind."""
        return sorted(name for its_kind, name in self._openings if its_kind is kind)

    def open(self, kind: Kind, name: str, options: Mapping[str, Any]) -> Any:  # noqa: ANN401 - by kind
        """Open something by name, with the options that it takes.

        Raises:
            UnknownPlugin, DuplicatePlugin: there is not exactly one of that name.
            PluginFailed: it could not be opened.
            InputError: it says what is wrong with the options.
        """
        found = self._openings.get((kind, name), ())
        if not found:
            known = ", ".join(self.names(kind)) or "none"
            raise UnknownPlugin(name, f"no plugin provides this {kind.label}", f"there are: {known}")
        if len(found) > 1:
            rivals = " and ".join(plugin for plugin, _ in found)
            raise DuplicatePlugin(name, f"{rivals} both provide it", "allow only one of them")
        [(_, opening)] = found
        return opening(options)

    def close(self) -> None:
        """End the processes of plugins that are kept apart, and remove what these had stored."""
        self._processes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.close()


class Gathering:
    """A host in the making.

    Attributes:
        known: the policies so far.
        processes: those of plugins that are kept apart.
    """

    def __init__(self) -> None:
        self.known: Mapping[str, Policy] = policies()
        self.processes = Processes()
        self._statuses: list[PluginStatus] = []
        self._openings: Openings = {}

    def leave_out(self, status: PluginStatus) -> None:
        """A plugin that is not to be loaded."""
        self._statuses.append(status)

    def add(
        self,
        point: EntryPoint,
        added: Iterable[Policy],
        openings: Mapping[tuple[Kind, str], Opening],
        kits: Mapping[str, str],
    ) -> None:
        """A plugin that is loaded, whole or not at all.

        Raises:
            InputError: one of its policies differs from another of that name.
        """
        added = tuple(added)
        self.known = policies((*self.known.values(), *added))
        names = (
            *(f"{kind.label} {name}" for kind, name in _in_order(openings)),
            *(f"policy {policy.name}" for policy in added),
        )
        self._statuses.append(
            PluginStatus(point.name, origin_of(point), State.LOADED, provides=names, kits=kits)
        )
        for key, opening in openings.items():
            self._openings[key] = (*self._openings.get(key, ()), (point.name, opening))

    def fail(self, point: EntryPoint, error: HuurschuldError) -> None:
        """A plugin that failed."""
        told = error.problem if isinstance(error, PluginFailed) else f"{type(error).__name__}: {error}"
        self._statuses.append(PluginStatus(point.name, origin_of(point), State.FAILED, told))

    def host(self) -> Host:
        """All of it."""
        return Host(self._statuses, self.known, self._openings, self.processes)


def _in_order(keys: Iterable[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    kinds = list(Kind)
    return sorted(keys, key=lambda it: (kinds.index(it[0]), it[1]))


def opening_here(plugin: str, kind: Kind, name: str, opener: Open, trace: Trace | None) -> Opening:
    """Opens something in this process."""

    def opening(options: Mapping[str, Any]) -> Any:  # noqa: ANN401 - by kind
        called = f"{kind.label} {name}"
        found = guarded(plugin, f"{called}: open", lambda: opened_with(opener, called, options), trace)
        found = present_channel(found) if kind is Kind.CHANNEL else found
        return opened(plugin, kind, in_process(plugin, kind, name, found, trace), optional_of(found))

    return opening


def opening_there(
    plugin: str, kind: Kind, name: str, process: Callable[[], PluginProcess], seconds: float
) -> Opening:
    """Opens something in another process, with a deadline of so many seconds for each call."""

    def opening(options: Mapping[str, Any]) -> Any:  # noqa: ANN401 - by kind
        call, optional = process().open(kind, name, options, seconds)
        if "honours_key" in optional:
            warn_former_channel()
        return opened(plugin, kind, call, optional)

    return opening
