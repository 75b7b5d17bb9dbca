"""The plugin host: finds plugins, isolates broken ones, and gives the status of each.

| module | holds |
|---|---|
| `kinds` | what can be provided |
| `choosing` | which plugins are loaded, and the status of each |
| `files` | a plugin that is a file, to try it before it is installed |
| `loading` | loading in this process, or each plugin in one of its own |
| `registry` | the host: all that can be opened |
| `provided` | what one plugin provides, asked and checked |
| `calls`, `proxy` | calling a plugin's code, guarded and traced; checking what it gives |
| `process`, `connection`, `worker` | a plugin in a process of its own, from both ends |
| `messages`, `codec` | what goes between the two, and in which form |
"""

from __future__ import annotations

from huurschuld.plugins.host.calls import OK, PluginCall, Trace
from huurschuld.plugins.host.choosing import ALL, PluginStatus, State
from huurschuld.plugins.host.files import PluginFile, check_loaded, with_files
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.loading import CALL_SECONDS, LOAD_SECONDS, load_apart, load_plugins
from huurschuld.plugins.host.registry import (
    Host,
    open_channel,
    open_contact_source,
    open_enricher,
    open_exporter,
    open_feedback_channel,
    open_helper_directory,
    open_ledger,
)

__all__ = [
    "ALL",
    "CALL_SECONDS",
    "LOAD_SECONDS",
    "OK",
    "Host",
    "Kind",
    "PluginCall",
    "PluginFile",
    "PluginStatus",
    "State",
    "Trace",
    "check_loaded",
    "load_apart",
    "load_plugins",
    "open_channel",
    "open_contact_source",
    "open_enricher",
    "open_exporter",
    "open_feedback_channel",
    "open_helper_directory",
    "open_ledger",
    "with_files",
]
