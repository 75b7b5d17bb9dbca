"""Loading plugins in processes of their own, as the command line does: none can hold it up for ever."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint
from typing import Final

from attrs import frozen

from huurschuld.errors import HuurschuldError
from huurschuld.plugins.host.calls import Trace
from huurschuld.plugins.host.choosing import ALL, Choice, choices
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.process import PluginProcess, Processes
from huurschuld.plugins.host.provided import new_manager, provided_by
from huurschuld.plugins.host.registry import Gathering, Host, opening_here, opening_there
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy_reading import read_policy

LOAD_SECONDS: Final = 20.0
CALL_SECONDS: Final = 600.0

_MAY_HANG: Final = (Kind.LEDGER, Kind.ENRICHER)
"""What even a built-in plugin opens in a process of its own."""


@frozen
class _Deadlines:
    load: float
    call: float


def load_apart(
    allow: Iterable[str] = (ALL,),
    installed: Iterable[EntryPoint] | None = None,
    *,
    load_seconds: float = LOAD_SECONDS,
    call_seconds: float = CALL_SECONDS,
    trace: Trace | None = None,
) -> Host:
    """Load plugins so that none can hold this process up: each in a process of its own.

    A plugin that cannot be loaded, or is not within its deadline, is left out whole, and its status says
    why. A built-in plugin is loaded here; its ledgers and enrichers are opened in another process, too.
    Whoever has the host has to close it.

    Args:
        allow: the names of the plugins to load besides the built-in ones; all by default.
        installed: as of `load_plugins`.
        load_seconds: the deadline for loading a plugin.
        call_seconds: the deadline for opening something, and for each call of it.
        trace: as of `load_plugins`.

    Raises:
        UnknownPlugin: one that is allowed is not installed.
    """
    deadlines = _Deadlines(load_seconds, call_seconds)
    gathering = Gathering()
    try:
        _gather(gathering, list(choices(allow, installed)), deadlines, trace)
    except BaseException:  # nobody else could end what is started
        gathering.processes.close()
        raise
    return gathering.host()


def _gather(
    gathering: Gathering, chosen: list[Choice], deadlines: _Deadlines, trace: Trace | None
) -> None:
    foreign = {  # all at once, then one answer after the other
        it.point.name: gathering.processes.start(it.point.name, it.point.value, deadlines.load, trace)
        for it in chosen
        if it.left_out is None and not it.built_in
    }
    for choice in chosen:
        if choice.left_out is not None:
            gathering.leave_out(choice.left_out)
            continue
        own = foreign.get(choice.point.name)
        try:
            if own is None:
                _add_built_in(gathering, choice.point, deadlines, trace)
            else:
                _add_foreign(gathering, choice.point, own, deadlines)
        except HuurschuldError as error:
            if own is not None:
                own.close()
            gathering.fail(choice.point, error)


def _add_foreign(
    gathering: Gathering, point: EntryPoint, process: PluginProcess, deadlines: _Deadlines
) -> None:
    told = process.loaded()
    added = [
        read_policy(json.loads(it), lambda name: find_policy(name, gathering.known))
        for it in told.policies
    ]
    openings = {
        (Kind[kind], name): opening_there(point.name, Kind[kind], name, lambda: process, deadlines.call)
        for kind, name in told.openers
    }
    gathering.add(point, added, openings, told.kits)


def _add_built_in(
    gathering: Gathering, point: EntryPoint, deadlines: _Deadlines, trace: Trace | None
) -> None:
    provided = provided_by(new_manager(), point, trace)
    start = _starting(gathering.processes, point, deadlines, trace)
    openings = {
        (kind, name): opening_there(point.name, kind, name, start, deadlines.call)
        if kind in _MAY_HANG
        else opening_here(point.name, kind, name, opener, trace)
        for (kind, name), opener in provided.openers.items()
    }
    gathering.add(point, provided.policies, openings, provided.kits)


def _starting(
    processes: Processes, point: EntryPoint, deadlines: _Deadlines, trace: Trace | None
) -> Callable[[], PluginProcess]:
    """Starts a process for a plugin, and waits until it is loaded there."""

    def start() -> PluginProcess:
        process = processes.start(point.name, point.value, deadlines.load, trace)
        process.loaded()
        return process

    return start
