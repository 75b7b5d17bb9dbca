"""The plugin host: finding plugins, isolating what is broken, and what became of each.

| module | holds |
|---|---|
| `kinds` | what can be provided |
| `choosing`, `status` | which plugins are loaded, and what became of each |
| `provided` | what one plugin gives, asked and checked |
| `registry` | the host: all that can be opened |
| `here`, `apart` | loading in this process, or each plugin in one of its own |
| `calls`, `opened` | calling a plugin's code, guarded and traced |
| `process`, `conversation`, `worker` | a plugin in a process of its own, from both ends |
| `messages`, `stored` | what goes to and fro between these |
| `opening` | opening things by name |
"""

from __future__ import annotations

from huurschuld.plugins.host.apart import CALL_SECONDS, LOAD_SECONDS, load_apart
from huurschuld.plugins.host.calls import OK, PluginCall, Trace
from huurschuld.plugins.host.choosing import ALL
from huurschuld.plugins.host.here import load_plugins
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.opening import (
    open_channel,
    open_contact_source,
    open_enricher,
    open_exporter,
    open_helper_directory,
    open_ledger,
)
from huurschuld.plugins.host.registry import Host
from huurschuld.plugins.host.status import PluginStatus, State

__all__ = [
    "ALL",
    "CALL_SECONDS",
    "LOAD_SECONDS",
    "OK",
    "Host",
    "Kind",
    "PluginCall",
    "PluginStatus",
    "State",
    "Trace",
    "load_apart",
    "load_plugins",
    "open_channel",
    "open_contact_source",
    "open_enricher",
    "open_exporter",
    "open_helper_directory",
    "open_ledger",
]
