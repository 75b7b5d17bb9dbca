"""The plugin host: discovery by entry points, isolation of what is broken, and what became of each.

`load_plugins()` returns a value; there is no global. A plugin that cannot be imported, does not fit the
interface, or raises while it tells what it provides, is left out whole, and its status says why.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points
from typing import Final, TypeVar

import pluggy
from attrs import field, frozen

from huurschuld.errors import DuplicatePlugin, HuurschuldError, PluginFailed, UnknownPlugin
from huurschuld.hooks import API_VERSION, PROJECT, Hooks, Ledger, OpenLedger
from huurschuld.rules import policies
from huurschuld.rules.policy import Policy

_T = TypeVar("_T")

ALL: Final = "*"
"""In `allow`: every plugin that is installed. For the command line; an application names its own."""

BUILT_IN: Final = "huurschuld"
"""The distribution whose plugins are always allowed."""


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
    """

    name: str
    origin: str
    state: State
    reason: str = ""
    provides: tuple[str, ...] = ()


@frozen
class _Provided:
    """What one plugin gives, checked."""

    ledgers: Mapping[str, OpenLedger]
    policies: tuple[Policy, ...]

    def names(self) -> tuple[str, ...]:
        return (
            *(f"ledger {name}" for name in sorted(self.ledgers)),
            *(f"policy {policy.name}" for policy in self.policies),
        )


@frozen
class Host:
    """The plugins that were loaded, and what they provide.

    Attributes:
        plugins: the status of every plugin that is installed, by name.
        policies: the built-in policies and those of plugins, by name.
    """

    plugins: tuple[PluginStatus, ...] = field(converter=tuple[PluginStatus, ...])
    policies: Mapping[str, Policy]
    _ledgers: Mapping[str, tuple[tuple[str, OpenLedger], ...]] = field(repr=False)

    def ledger_names(self) -> list[str]:
        """The names of the ledgers that can be opened."""
        return sorted(self._ledgers)

    def opener(self, name: str) -> tuple[str, OpenLedger]:
        """The plugin that provides a ledger, and how to open it.

        Raises:
            UnknownPlugin: none does.
            DuplicatePlugin: several do.
        """
        found = self._ledgers.get(name, ())
        if not found:
            known = ", ".join(self.ledger_names()) or "none"
            raise UnknownPlugin(name, "no plugin provides this ledger", f"there are: {known}")
        if len(found) > 1:
            rivals = " and ".join(plugin for plugin, _ in found)
            raise DuplicatePlugin(name, f"{rivals} both provide it", "allow only one of them")
        return found[0]


def load_plugins(allow: Iterable[str] = (), installed: Iterable[EntryPoint] | None = None) -> Host:
    """Load the built-in plugins and those that are allowed.

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
        key=lambda point: (point.name, _origin(point)),
    )
    for name in sorted(allowed - {ALL} - {point.name for point in found}):
        raise UnknownPlugin(
            name, "no plugin of that name is installed", "install it, or correct the name"
        )
    counts = Counter(point.name for point in found)
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    statuses = []
    known = policies()
    ledgers: dict[str, tuple[tuple[str, OpenLedger], ...]] = {}
    for point in found:
        status, provided = _load(manager, point, allowed, counts, known)
        statuses.append(status)
        if provided is not None:
            known = policies((*known.values(), *provided.policies))
            for name, opener in provided.ledgers.items():
                ledgers[name] = (*ledgers.get(name, ()), (point.name, opener))
    return Host(statuses, known, ledgers)


def open_ledger(host: Host, name: str, **options: str) -> Ledger:
    """Open a ledger by name, with the options that it takes.

    Raises:
        UnknownPlugin, DuplicatePlugin: there is not exactly one of that name.
        PluginFailed: it could not be opened.
        InputError: the ledger says what is wrong with the options.
    """
    plugin, opener = host.opener(name)
    return guarded(plugin, lambda: opener(**options))


def guarded(plugin: str, call: Callable[[], _T]) -> _T:
    """The result of a plugin's code.

    Raises:
        HuurschuldError: as the plugin raised it.
        PluginFailed: it raised anything else; of that only the kind and the place are told, since its
            message may be about a person.
    """
    try:
        return call()
    except HuurschuldError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin raises is isolated
        told = _told(error)
    raise PluginFailed(plugin, told, "see what the plugin's own documentation says")


def _told(error: BaseException) -> str:
    """The kind of an error and where it was raised; its message only where it is about code alone."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    if isinstance(error, HuurschuldError | ImportError | pluggy.PluginValidationError):
        first, _, _ = str(error).strip().partition("\n")
        return f"{type(error).__name__}{where}: {first}"
    return f"{type(error).__name__}{where}"


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _load(
    manager: pluggy.PluginManager,
    point: EntryPoint,
    allowed: frozenset[str],
    counts: Counter[str],
    known: Mapping[str, Policy],
) -> tuple[PluginStatus, _Provided | None]:
    """Load one plugin whole, or not at all."""
    origin = _origin(point)
    built_in = point.dist is not None and point.dist.name == BUILT_IN
    if not (built_in or point.name in allowed or ALL in allowed):
        return PluginStatus(point.name, origin, State.NOT_ALLOWED, "not named in allow"), None
    if counts[point.name] > 1:
        reason = f"{counts[point.name]} plugins are called {point.name}: uninstall all but one"
        return PluginStatus(point.name, origin, State.FAILED, reason), None
    try:
        provided = _provided(manager, point, known)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin raises is isolated
        if manager.has_plugin(point.name):
            manager.unregister(name=point.name)
        return PluginStatus(point.name, origin, State.FAILED, _told(error)), None
    return PluginStatus(point.name, origin, State.LOADED, provides=provided.names()), provided


def _provided(
    manager: pluggy.PluginManager, point: EntryPoint, known: Mapping[str, Policy]
) -> _Provided:
    """Import and register a plugin, and ask what it gives."""
    plugin = point.load()
    version = getattr(plugin, "api_version", API_VERSION)
    if version != API_VERSION:
        raise PluginFailed(
            point.name,
            f"it was written for version {version} of the interface, this is {API_VERSION}",
            "install a release of it that fits",
        )
    manager.register(plugin, point.name)
    manager.check_pending()
    others = [other for other in manager.get_plugins() if other is not plugin]
    ledgers: dict[str, OpenLedger] = {}
    for given in manager.subset_hook_caller("huurschuld_ledgers", others)():
        if not isinstance(given, Mapping) or not all(
            isinstance(name, str) and callable(opener) for name, opener in given.items()
        ):
            raise PluginFailed(point.name, "huurschuld_ledgers must give openers by name")
        ledgers.update(given)
    added: list[Policy] = []
    for given in manager.subset_hook_caller("huurschuld_policies", others)():
        added += given
    if not all(isinstance(policy, Policy) for policy in added):
        raise PluginFailed(point.name, "huurschuld_policies must give policies")
    policies((*known.values(), *added))
    return _Provided(ledgers, tuple(added))
