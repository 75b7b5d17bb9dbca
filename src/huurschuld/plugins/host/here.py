"""Loading plugins in this process, as an application does."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint

from huurschuld.errors import HuurschuldError
from huurschuld.plugins.host.calls import Trace
from huurschuld.plugins.host.choosing import choices
from huurschuld.plugins.host.provided import new_manager, provided_by
from huurschuld.plugins.host.registry import Gathering, Host, opening_here


def load_plugins(
    allow: Iterable[str] = (),
    installed: Iterable[EntryPoint] | None = None,
    *,
    trace: Trace | None = None,
) -> Host:
    """Load the built-in plugins and those that are allowed, in this process.

    A plugin that cannot be imported, does not fit the interface, or raises while it tells what it
    provides, is left out whole, and its status says why.

    Args:
        allow: the names of the plugins to load besides the built-in ones; `"*"` for all.
        installed: the entry points to choose from; those of this environment by default.
        trace: is told of each call of a plugin's code, by a `PluginCall`.

    Raises:
        UnknownPlugin: one that is allowed is not installed.
    """
    manager = new_manager()
    gathering = Gathering()
    for choice in choices(allow, installed):
        if choice.left_out is not None:
            gathering.leave_out(choice.left_out)
            continue
        name = choice.point.name
        try:
            provided = provided_by(manager, choice.point, trace)
            openings = {
                (kind, its): opening_here(name, kind, its, opener, trace)
                for (kind, its), opener in provided.openers.items()
            }
            gathering.add(choice.point, provided.policies, openings, provided.kits)
        except HuurschuldError as error:
            if manager.has_plugin(name):
                manager.unregister(name=name)
            gathering.fail(choice.point, error)
    return gathering.host()
