"""Loading plugins: in this process, as an application does, or each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.metadata import EntryPoint
from typing import Any, Final

from huurschuld.model.json_text import parse_json
from huurschuld.plugins.host.calls import Trace
from huurschuld.plugins.host.choosing import ALL, Choice, choices
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.process import PluginProcess
from huurschuld.plugins.host.provided import provided_by
from huurschuld.plugins.host.proxy import Call
from huurschuld.plugins.host.registry import Host, HostBuilder, LoadedPlugin, Opening
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_reading import read_policy

LOAD_SECONDS: Final = 20.0
CALL_SECONDS: Final = 600.0

_MAY_HANG: Final = (Kind.LEDGER, Kind.ENRICHER)
"""What even a built-in plugin opens in a process of its own."""


def load_plugins(
    allow: Iterable[str] = (),
    installed: Iterable[EntryPoint] | None = None,
    *,
    trace: Trace | None = None,
) -> Host:
    """Load the built-in plugins and those that are allowed, in this process.

    A plugin that cannot be imported, does not fit the interface, or raises while it says what it
    provides, is left out whole, and its status says why.

    Args:
        allow: the names of the plugins to load besides the built-in ones; `"*"` for all.
        installed: the entry points to choose from; those of this environment by default.
        trace: gets each call of a plugin's code, as a `PluginCall`.

    Raises:
        UnknownPlugin: one that is allowed is not installed.
    """
    return _build(HostBuilder(), list(choices(allow, installed)), trace)


def load_apart(
    allow: Iterable[str] = (ALL,),
    installed: Iterable[EntryPoint] | None = None,
    *,
    load_seconds: float = LOAD_SECONDS,
    call_seconds: float = CALL_SECONDS,
    trace: Trace | None = None,
) -> Host:
    """Load plugins so that none can hold this process up: each in a process of its own.

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
    builder = HostBuilder()
    start = partial(
        builder.processes.start, load_seconds=load_seconds, call_seconds=call_seconds, trace=trace
    )
    try:
        return _build(builder, chosen, trace, start)
    except BaseException:  # nobody else can end what was started
        builder.processes.close()
        raise


_Start = Callable[[EntryPoint], PluginProcess]


def _build(
    builder: HostBuilder, chosen: list[Choice], trace: Trace | None, start: _Start | None = None
) -> Host:
    """Load the plugins in this process or, if they can be started, in their own."""
    started = {
        it.point.name: start(it.point)
        for it in chosen
        if start is not None and it.left_out is None and not it.built_in
    }
    for choice in chosen:
        point, process = choice.point, started.get(choice.point.name)
        if choice.left_out is not None:
            builder.leave_out(choice.left_out)
        elif process is None:
            builder.add(point, partial(_load_here, point, trace, start))
        elif not builder.add(point, partial(_load_there, process, builder.known)):
            process.close()
    return builder.host()


def _load_here(point: EntryPoint, trace: Trace | None, start: _Start | None) -> LoadedPlugin:
    provided = provided_by(point, trace)
    openings: dict[tuple[Kind, str], Opening] = dict.fromkeys(provided.openers, provided.open)
    if start is not None:
        apart = partial(_open_apart, start, point)
        openings |= {(kind, name): apart for kind, name in openings if kind in _MAY_HANG}
    return LoadedPlugin(openings, provided.policies, provided.kits)


def _open_apart(
    start: _Start, point: EntryPoint, kind: Kind, name: str, options: Mapping[str, Any]
) -> tuple[Call, tuple[str, ...]]:
    process = start(point)
    process.loaded()
    return process.open(kind, name, options)


def _load_there(process: PluginProcess, known: Mapping[str, Policy]) -> LoadedPlugin:
    found = process.loaded()
    added = tuple(
        read_policy(parse_json(text), lambda name: find_policy(name, known)) for text in found.policies
    )
    return LoadedPlugin({(it.kind, it.name): process.open for it in found.provides}, added, found.kits)
