"""Loading plugins: in this process, as an application does, or each in a process of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from importlib.metadata import EntryPoint
from typing import Any, Final

from attrs import evolve

from huurschuld.errors import HuurschuldError, PluginFailed
from huurschuld.model.json_text import parse_json
from huurschuld.plugins.host.calls import Trace
from huurschuld.plugins.host.choosing import (
    ALL,
    Choice,
    PluginStatus,
    State,
    choices,
    origin_of,
)
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.process import PluginProcess, Processes
from huurschuld.plugins.host.provided import Openings, Provided, provided_by
from huurschuld.plugins.host.proxy import Call
from huurschuld.plugins.host.registry import Host
from huurschuld.rules.policies import find_policy, policies
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_reading import read_policy

LOAD_SECONDS: Final = 20.0
CALL_SECONDS: Final = 600.0
_LONGEST_NAME: Final = 500

_MAY_HANG: Final = (Kind.LEDGER, Kind.ENRICHER)
"""The kinds that even a built-in plugin opens in a process of its own."""


def load_plugins(
    allow: Iterable[str] = (),
    installed: Iterable[EntryPoint] | None = None,
    *,
    trace: Trace | None = None,
) -> Host:
    """Load the built-in plugins and those that are allowed, in this process.

    A plugin that cannot be imported, does not fit the interface, or raises while it says what it
    provides, is left out whole, and its status says why. So is one that takes the name of something
    built in.

    Args:
        allow: the names of the plugins to load besides the built-in ones; `"*"` for all.
        installed: the entry points to choose from; those of this environment by default.
        trace: gets each call of a plugin's code, as a `PluginCall`.

    Raises:
        UnknownPlugin: one that is allowed is not installed.
    """
    return _build(list(choices(allow, installed)), trace)


def load_apart(
    allow: Iterable[str] = (ALL,),
    installed: Iterable[EntryPoint] | None = None,
    *,
    load_seconds: float = LOAD_SECONDS,
    call_seconds: float = CALL_SECONDS,
    trace: Trace | None = None,
) -> Host:
    """Load each plugin in a process of its own, so that none can block this one.

    A plugin that cannot be loaded, or not within its deadline, is left out whole, and its status says
    why. A built-in plugin is loaded here; its ledgers and enrichers are opened in another process, too.
    The caller has to close the host.

    Args:
        allow: the names of the plugins to load besides the built-in ones; all by default.
        installed: as for `load_plugins`.
        load_seconds: the deadline for loading a plugin.
        call_seconds: the deadline for opening something, and for each call of it.
        trace: as for `load_plugins`.

    Raises:
        UnknownPlugin: one that is allowed is not installed.
    """
    chosen = list(choices(allow, installed))
    processes = Processes(load_seconds, call_seconds, trace)
    try:
        return _build(chosen, trace, processes)
    except BaseException:  # only this code can end what was started
        processes.close()
        raise


def _build(chosen: list[Choice], trace: Trace | None, processes: Processes | None = None) -> Host:
    """Load the plugins in this process or, if there may be any, in processes of their own.

    The built-in ones come first: what they provide is theirs, and in this process no plugin of somebody
    else has run before.
    """
    started = {
        it.point.name: processes.start(it.point)
        for it in chosen
        if processes is not None and it.left_out is None and not it.built_in
    }
    known: Mapping[str, Policy] = policies()
    statuses: list[PluginStatus] = []
    openings: dict[str, Openings] = {}
    taken: set[tuple[Kind, str]] = set()
    for choice in sorted(chosen, key=lambda it: not it.built_in):
        if choice.left_out is not None:
            statuses.append(choice.left_out)
            continue
        point, process = choice.point, started.get(choice.point.name)
        try:
            loaded = _load_there(process, known) if process else _load_here(point, trace, processes)
            if choice.built_in:
                taken |= loaded.openings.keys()
            else:
                _check_names(point, loaded, taken)
            known = policies((*known.values(), *loaded.policies))
        except HuurschuldError as error:
            failed = isinstance(error, PluginFailed)
            reason = error.problem if failed else f"{type(error).__name__}: {error}"
            statuses.append(PluginStatus(point.name, origin_of(point), State.FAILED, reason))
            if process:
                process.close()
            if choice.built_in:  # its names are still its own, and nobody can say which they are
                taken |= {(kind, point.name) for kind in Kind}
            continue
        openings[point.name] = loaded.openings
        statuses.append(_loaded(point, loaded))
    return Host(sorted(statuses, key=lambda it: it.name), known, openings, processes)


def _check_names(point: EntryPoint, provided: Provided, taken: Collection[tuple[Kind, str]]) -> None:
    """Refuse a plugin of somebody else whose names cannot be shown, or belong to what is built in."""
    names = [name for _, name in provided.openings]
    for text in (*names, *provided.kits, *provided.kits.values()):
        if not text.isprintable() or not 0 < len(text) <= _LONGEST_NAME:
            raise PluginFailed(point.name, "a name that it gives is empty, very long or not printable")
    built_in = policies()
    clashes = [f"{kind} {name}" for kind, name in provided.openings if (kind, name) in taken]
    clashes += [f"policy {it.name}" for it in provided.policies if built_in.get(it.name, it) != it]
    for clash in clashes:
        problem = f"{origin_of(point)} provides a {clash}, which is built in: it must use another name"
        raise PluginFailed(point.name, problem, "uninstall it, or have it renamed")


def _loaded(point: EntryPoint, loaded: Provided) -> PluginStatus:
    kinds = list(Kind)
    names = sorted(loaded.openings, key=lambda it: (kinds.index(it[0]), it[1]))
    provides = (
        *(f"{kind} {name}" for kind, name in names),
        *(f"policy {policy.name}" for policy in loaded.policies),
    )
    return PluginStatus(point.name, origin_of(point), State.LOADED, provides=provides, kits=loaded.kits)


def _load_here(point: EntryPoint, trace: Trace | None, processes: Processes | None) -> Provided:
    provided = provided_by(point, trace)
    openings = dict(provided.openings)
    for kind, name in openings:
        if processes is not None and kind in _MAY_HANG:
            openings[kind, name] = partial(_open_apart, processes, point, kind, name)
    return evolve(provided, openings=openings)


def _open_apart(
    processes: Processes, point: EntryPoint, kind: Kind, name: str, options: Mapping[str, Any]
) -> tuple[Call, tuple[str, ...]]:
    process = processes.start(point)
    process.loaded()
    return process.open(kind, name, options)


def _load_there(process: PluginProcess, known: Mapping[str, Policy]) -> Provided:
    found = process.loaded()
    added = tuple(
        read_policy(parse_json(text), lambda name: find_policy(name, known)) for text in found.policies
    )
    openings = {(it.kind, it.name): partial(process.open, it.kind, it.name) for it in found.provides}
    return Provided(openings, added, found.kits)
