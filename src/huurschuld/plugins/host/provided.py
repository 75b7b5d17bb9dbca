"""A plugin in this process: imported, registered, asked what it provides, and checked."""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.metadata import EntryPoint
from typing import Any, Final

import pluggy
from attrs import frozen

from huurschuld.errors import InvalidValue, MissingField, PluginFailed, UnknownField
from huurschuld.former_names import present_channel
from huurschuld.hooks import API_VERSION, PROJECT, Hooks
from huurschuld.plugins.host.calls import Trace, guarded
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.proxy import Call, check_members
from huurschuld.rules.document import canonical_policy
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_reading import read_policy

_TEXT: Final = (str, "str", str | None, "str | None")
"""How an opener says that an option is a text; other types are its own to check."""

Opening = Callable[[Mapping[str, Any]], tuple[Call, tuple[str, ...]]]
"""Opens something with options: returns the function that calls it, and its optional members."""

Openings = Mapping[tuple[Kind, str], Opening]


@frozen
class Provided:
    """What one plugin provides, regardless of the process that it runs in.

    Attributes:
        openings: how to open each thing, by its kind and name.
        policies: the policies that it adds.
        kits: the kit tests of what it provides, as `module:Class`, by `ledger NAME` and the like.
    """

    openings: Openings
    policies: tuple[Policy, ...]
    kits: Mapping[str, str]


def provided_by(point: EntryPoint, trace: Trace | None = None) -> Provided:
    """Import a plugin and ask what it provides; both are guarded."""
    plugin = guarded(
        point.name,
        "import",
        point.load,
        trace,
        isolated=(BaseException,),
        quoted=(ImportError, SyntaxError),
    )
    return guarded(
        point.name,
        "registration",
        lambda: _registered(point.name, plugin, trace),
        isolated=(BaseException,),
        quoted=(pluggy.PluginValidationError,),
    )


def _open(  # an `Opening`, once all but the options are given
    plugin: str,
    kind: Kind,
    name: str,
    opener: Callable[..., Any],
    trace: Trace | None,
    options: Mapping[str, Any],
) -> tuple[Call, tuple[str, ...]]:
    label = f"{kind} {name}"

    def run_opener() -> tuple[object, tuple[str, ...]]:
        _check_options(opener, label, options)
        opened = opener(**options)
        if kind is Kind.CHANNEL:
            opened = present_channel(opened)
        return opened, check_members(plugin, kind, opened)

    opened, optional = guarded(plugin, f"{label}: open", run_opener, trace)

    def call(member: str, *arguments: Any) -> Any:  # noqa: ANN401 - any member's
        def run() -> Any:  # noqa: ANN401 - as call
            found = getattr(opened, member)
            return found(*arguments) if callable(found) else found

        return guarded(plugin, f"{label}: {member}", run, trace)

    return call, optional


def _check_options(opener: Callable[..., Any], label: str, options: Mapping[str, Any]) -> None:
    """Check that an opener takes these options, as far as its signature says."""
    try:
        parameters = inspect.signature(opener).parameters.values()
    except (TypeError, ValueError):  # one without a signature
        return
    named = [it for it in parameters if it.kind in (it.POSITIONAL_OR_KEYWORD, it.KEYWORD_ONLY)]
    known = {it.name for it in named}
    if not any(it.kind is it.VAR_KEYWORD for it in parameters):
        for name in options:
            if name not in known:
                there = ", ".join(sorted(known)) or "none"
                raise UnknownField(f"{label}: {name}", "there is no such option", f"there are: {there}")
    for it in named:
        if it.default is it.empty and it.name not in options:
            raise MissingField(f"{label}: {it.name}", "this option is required")
        given = options.get(it.name)
        if it.annotation in _TEXT and not isinstance(given, str | os.PathLike | None):
            raise InvalidValue(f"{label}: {it.name}", "a text is expected")


def _registered(name: str, plugin: object, trace: Trace | None) -> Provided:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    _check_interface(manager, name, plugin)
    manager.register(plugin, name)
    manager.check_pending()

    def answers(hook: str) -> list[Any]:
        answered: list[Any] = guarded(
            name, f"hook {hook}", getattr(manager.hook, hook), trace, isolated=(BaseException,)
        )
        return answered

    openings: dict[tuple[Kind, str], Opening] = {}
    for kind in Kind:
        for given in answers(kind.hook):
            if not _is_named(given, callable):
                raise PluginFailed(name, f"{kind.hook} must give openers by name")
            for its_name, opener in given.items():
                openings[kind, its_name] = partial(_open, name, kind, its_name, opener, trace)
    added: list[Policy] = []
    for given in answers("huurschuld_policies"):
        if not isinstance(given, Iterable):
            raise PluginFailed(name, "huurschuld_policies must give policies")
        added += given
    if not all(type(policy) is Policy and _equals_its_text(policy) for policy in added):
        raise PluginFailed(name, "huurschuld_policies must give policies, each a Policy and as its JSON")
    kits: dict[str, str] = {}
    for given in answers("huurschuld_kits"):
        if not _is_named(given, lambda it: isinstance(it, str) and ":" in it):
            raise PluginFailed(name, "huurschuld_kits must give `module:Class` by what it tests")
        kits.update(given)
    return Provided(openings, tuple(added), kits)


def _check_interface(manager: pluggy.PluginManager, name: str, plugin: object) -> None:
    version = getattr(plugin, "api_version", API_VERSION)
    if type(version) is not int:
        raise PluginFailed(name, "its api_version is not a whole number", f"write {API_VERSION}")
    if version != API_VERSION:
        problem = f"it was written for version {version} of the interface, this is {API_VERSION}"
        raise PluginFailed(name, problem, "install a release of it that fits")
    for hook in (it for it in vars(Hooks) if it.startswith(PROJECT)):
        given = callable(getattr(plugin, hook, None))
        if given and manager.parse_hookimpl_opts(plugin, hook) is None:
            raise PluginFailed(name, f"its {hook} is not marked by hookimpl", "write @hookimpl above it")


def _equals_its_text(policy: Policy) -> bool:
    """Whether a policy equals the one read from its text, so that it decides the same everywhere."""
    return read_policy(json.loads(canonical_policy(policy))) == policy


def _is_named(given: object, fits: Callable[[Any], bool]) -> bool:
    return isinstance(given, Mapping) and all(
        isinstance(name, str) and name and fits(it) for name, it in given.items()
    )
