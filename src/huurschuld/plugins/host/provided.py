"""What one plugin provides: imported, registered, asked, and checked."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint
from typing import Any, Final

import pluggy
from attrs import frozen

from huurschuld.errors import MissingField, PluginFailed, UnknownField
from huurschuld.hooks import API_VERSION, PROJECT, Hooks
from huurschuld.plugins.host.calls import Trace, guarded
from huurschuld.plugins.host.kinds import Kind
from huurschuld.rules.document import canonical_policy
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_reading import read_policy

Open = Callable[..., Any]
"""Opens something of a plugin with the options that the user gave."""

_FITS: Final = "install a release of it that fits"


@frozen
class Provided:
    """What one plugin gives.

    Attributes:
        openers: by kind and name.
        policies: the policies that it adds.
        kits: the kit tests of what it provides, as `module:Class`, by `ledger NAME` and the like.
    """

    openers: Mapping[tuple[Kind, str], Open]
    policies: tuple[Policy, ...]
    kits: Mapping[str, str]


def opened_with(opener: Open, called: str, options: Mapping[str, Any]) -> Any:  # noqa: ANN401 - by kind
    """What an opener opens with these options.

    Args:
        opener: opens it.
        called: what it is called, such as `ledger vera`.
        options: by keyword.

    Raises:
        UnknownField: it takes no option of that name.
        MissingField: an option that it needs is not given.
    """
    try:
        taken = inspect.signature(opener).parameters.values()
    except (TypeError, ValueError):  # one without a signature is asked as it is
        return opener(**options)
    named = [it for it in taken if it.kind in (it.POSITIONAL_OR_KEYWORD, it.KEYWORD_ONLY)]
    known = {it.name for it in named}
    if not any(it.kind is it.VAR_KEYWORD for it in taken):
        for name in options:
            if name not in known:
                there = ", ".join(sorted(known)) or "none"
                raise UnknownField(f"{called}: {name}", "there is no such option", f"there are: {there}")
    for it in named:
        if it.default is it.empty and it.name not in options:
            raise MissingField(f"{called}: {it.name}", "this option is required")
    return opener(**options)


def new_manager() -> pluggy.PluginManager:
    """A manager that knows the hooks and no plugin."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    return manager


def provided_by(
    manager: pluggy.PluginManager, point: EntryPoint, trace: Trace | None = None
) -> Provided:
    """Import and register a plugin, and ask what it gives; what it registered is undone if it fails.

    Raises:
        PluginFailed, HuurschuldError: as `guarded`.
    """
    try:
        plugin = guarded(
            point.name,
            "import",
            point.load,
            trace,
            isolated=(BaseException,),
            telling=(ImportError,),
        )
        return guarded(
            point.name,
            "registration",
            lambda: _asked(manager, point.name, plugin, trace),
            isolated=(BaseException,),
            telling=(pluggy.PluginValidationError,),
        )
    except BaseException:
        if manager.has_plugin(point.name):
            manager.unregister(name=point.name)
        raise


def _check_interface(manager: pluggy.PluginManager, name: str, plugin: object) -> None:
    version = getattr(plugin, "api_version", API_VERSION)
    if type(version) is not int:
        raise PluginFailed(name, "its api_version is no whole number", f"write {API_VERSION}")
    if version != API_VERSION:
        problem = f"it was written for version {version} of the interface, this is {API_VERSION}"
        raise PluginFailed(name, problem, _FITS)
    for hook in (it for it in vars(Hooks) if it.startswith(PROJECT)):
        given = callable(getattr(plugin, hook, None))
        if given and manager.parse_hookimpl_opts(plugin, hook) is None:
            raise PluginFailed(name, f"its {hook} is not marked by hookimpl", "write @hookimpl above it")


def _asked(manager: pluggy.PluginManager, name: str, plugin: object, trace: Trace | None) -> Provided:
    _check_interface(manager, name, plugin)
    manager.register(plugin, name)
    manager.check_pending()
    others = [other for other in manager.get_plugins() if other is not plugin]

    def answers(hook: str) -> list[Any]:
        caller = manager.subset_hook_caller(hook, others)
        answered: list[Any] = guarded(name, f"hook {hook}", caller, trace, isolated=(BaseException,))
        return answered

    openers: dict[tuple[Kind, str], Open] = {}
    for kind in Kind:
        for given in answers(kind.hook):
            if not _is_named(given, callable):
                raise PluginFailed(name, f"{kind.hook} must give openers by name")
            openers.update({(kind, its_name): opener for its_name, opener in given.items()})
    added: list[Policy] = []
    for given in answers("huurschuld_policies"):
        if not isinstance(given, Iterable):
            raise PluginFailed(name, "huurschuld_policies must give policies")
        added += given
    if not all(type(policy) is Policy and _is_as_written(policy) for policy in added):
        raise PluginFailed(
            name,
            "huurschuld_policies must give policies, each a Policy and as its JSON",
        )
    kits: dict[str, str] = {}
    for given in answers("huurschuld_kits"):
        if not _is_named(given, lambda it: isinstance(it, str) and ":" in it):
            raise PluginFailed(name, "huurschuld_kits must give `module:Class` by what it tests")
        kits.update(given)
    return Provided(openers, tuple(added), kits)


def _is_as_written(policy: Policy) -> bool:
    """Whether a policy is what its text says, so that it decides the same wherever that is read."""
    return read_policy(json.loads(canonical_policy(policy))) == policy


def _is_named(given: object, fits: Callable[[Any], bool]) -> bool:
    return isinstance(given, Mapping) and all(
        isinstance(name, str) and name and fits(it) for name, it in given.items()
    )
