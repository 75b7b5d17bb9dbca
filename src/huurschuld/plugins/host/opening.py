"""Opening what plugins provide, by name: one function for each kind."""

from __future__ import annotations

from typing import Any, cast

from huurschuld.hooks import Channel, ContactSource, Enricher, Exporter, HelperDirectory, Ledger
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.registry import Host

# Each raises what `Host.open` raises. Calls of what is opened are guarded: whatever the plugin raises is
# told as `plugin-failed`, without its message.


def open_ledger(host: Host, name: str, **options: Any) -> Ledger:
    """Open a ledger by name, with the options that it takes.

    Raises:
        UnknownPlugin, DuplicatePlugin: there is not exactly one of that name.
        PluginFailed: it could not be opened.
        InputError: the ledger says what is wrong with the options.
    """
    return cast("Ledger", host.open(Kind.LEDGER, name, options))


def open_enricher(host: Host, name: str, **options: Any) -> Enricher:
    """Open an enricher by name; as `open_ledger`."""
    return cast("Enricher", host.open(Kind.ENRICHER, name, options))


def open_contact_source(host: Host, name: str, **options: Any) -> ContactSource:
    """Open a source of contact details by name; as `open_ledger`."""
    return cast("ContactSource", host.open(Kind.CONTACT_SOURCE, name, options))


def open_channel(host: Host, name: str, **options: Any) -> Channel:
    """Open a channel by name; as `open_ledger`."""
    return cast("Channel", host.open(Kind.CHANNEL, name, options))


def open_helper_directory(host: Host, name: str, **options: Any) -> HelperDirectory:
    """Open a directory of helpers by name; as `open_ledger`."""
    return cast("HelperDirectory", host.open(Kind.HELPER_DIRECTORY, name, options))


def open_exporter(host: Host, name: str, **options: Any) -> Exporter:
    """Open an exporter by name; as `open_ledger`."""
    return cast("Exporter", host.open(Kind.EXPORTER, name, options))
