"""The host: the plugins that were loaded, and everything that can be opened."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, cast

from attrs import field, frozen

from huurschuld.errors import DuplicatePlugin, UnknownPlugin
from huurschuld.hooks import (
    Channel,
    ContactSource,
    Enricher,
    Exporter,
    FeedbackChannel,
    HelperDirectory,
    Ledger,
)
from huurschuld.plugins.host.calls import in_section
from huurschuld.plugins.host.choosing import PluginStatus
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.process import Processes
from huurschuld.plugins.host.provided import Openings
from huurschuld.plugins.host.proxy import proxy
from huurschuld.rules.policy import Policy


@frozen
class Host:
    """The plugins that were loaded, and what they provide.

    Attributes:
        plugins: the status of every plugin that is installed, by name.
        policies: the built-in policies and those of plugins, by name.
    """

    plugins: tuple[PluginStatus, ...] = field(converter=tuple[PluginStatus, ...])
    policies: Mapping[str, Policy]
    _openings: Mapping[str, Openings] = field(repr=False)
    _processes: Processes | None = field(repr=False)

    def names(self, kind: Kind) -> list[str]:
        """The names of what can be opened of a kind."""
        found = {name for openings in self._openings.values() for its, name in openings if its is kind}
        return sorted(found)

    def open(self, kind: Kind, name: str, options: Mapping[str, Any], section: str = "") -> Any:  # noqa: ANN401 - by kind
        """Open something by name, with the options that it takes.

        Calls to it are guarded: any error of the plugin becomes `plugin-failed`, without its message.
        Errors name the `section` of the configuration that it is from (`Configured.section`).

        Raises:
            UnknownPlugin, DuplicatePlugin: none, or more than one, has that name.
            PluginFailed: it could not be opened.
            InputError: the plugin refuses the options, and says why.
        """
        return in_section(section, lambda: self._open(kind, name, options, section), opening=True)

    def _open(self, kind: Kind, name: str, options: Mapping[str, Any], section: str) -> Any:  # noqa: ANN401 - as open
        found = [plugin for plugin, openings in self._openings.items() if (kind, name) in openings]
        if not found:
            known = ", ".join(self.names(kind)) or "none"
            raise UnknownPlugin(name, f"no plugin provides this {kind}", f"there are: {known}")
        if len(found) > 1:
            problem = f"{' and '.join(found)} both provide it"
            raise DuplicatePlugin(name, problem, "allow only one of them")
        [plugin] = found
        call, optional = self._openings[plugin][kind, name](options)

        def placed(member: str, *arguments: Any) -> Any:  # noqa: ANN401 - any member's
            return in_section(section, lambda: call(member, *arguments))

        return proxy(plugin, kind, placed, optional)

    def close(self) -> None:
        """End the processes of plugins, and remove the tables that these have stored."""
        if self._processes is not None:
            self._processes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.close()


def open_ledger(host: Host, name: str, **options: Any) -> Ledger:
    """Open a ledger by name, with the options that it takes.

    Raises:
        UnknownPlugin, DuplicatePlugin: none, or more than one, has that name.
        PluginFailed: it could not be opened.
        InputError: the ledger refuses the options, and says why.
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


def open_feedback_channel(host: Host, name: str, **options: Any) -> FeedbackChannel:
    """Open a channel for feedback by name; as `open_ledger`."""
    return cast("FeedbackChannel", host.open(Kind.FEEDBACK_CHANNEL, name, options))


def open_helper_directory(host: Host, name: str, **options: Any) -> HelperDirectory:
    """Open a directory of helpers by name; as `open_ledger`."""
    return cast("HelperDirectory", host.open(Kind.HELPER_DIRECTORY, name, options))


def open_exporter(host: Host, name: str, **options: Any) -> Exporter:
    """Open an exporter by name; as `open_ledger`."""
    return cast("Exporter", host.open(Kind.EXPORTER, name, options))
