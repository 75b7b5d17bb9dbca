"""What a plugin has opened, as the rest of huurschuld sees it: each call guarded and traced.

The same types stand for what runs in this process and for what runs in a process of its own; how a call
gets there is the `Call` they are made with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from huurschuld.errors import Cell, HuurschuldError, PluginFailed
from huurschuld.former_names import Asks, FormerChannel, HonoursKey
from huurschuld.hooks import ArrowStream, LocatesRows, QueriesStatus
from huurschuld.model.helpers import Helper
from huurschuld.model.referral import ContactDetails, Delivery, Outcome, Referral, SentReferral
from huurschuld.plugins.host.calls import Call, Trace, guarded
from huurschuld.plugins.host.kinds import Kind
from huurschuld.portfolio.schema import by_row
from huurschuld.portfolio.streams import check_stream

_T = TypeVar("_T")

OPTIONAL: Final[Mapping[str, type[Any]]] = {
    "place": LocatesRows,
    "status": QueriesStatus,
    "honours_key": FormerChannel,
}
"""The methods that something opened may have besides."""


def in_process(plugin: str, kind: Kind, name: str, opened: object, trace: Trace | None) -> Call:
    """Calls to something that was opened in this process.

    Raises:
        PluginFailed: it lacks a method of its kind.
    """
    check_opened(plugin, kind, opened)

    def call(method: str, *arguments: Any) -> Any:  # noqa: ANN401 - any method's
        def run() -> Any:  # noqa: ANN401 - as call
            found = getattr(opened, method)
            return found(*arguments) if callable(found) else found

        return guarded(plugin, f"{kind.label} {name}: {method}", run, trace)

    return call


def check_opened(plugin: str, kind: Kind, opened: object) -> None:
    """See that what was opened has what its kind promises.

    Raises:
        PluginFailed: it has not.
    """
    for method in kind.methods:
        if not hasattr(opened, method):
            problem = f"the {kind.label} that it opened has no {method}"
            raise PluginFailed(plugin, problem, "see huurschuld.hooks for what one must have")


def optional_of(opened: object) -> frozenset[str]:
    """Which of the optional methods it has."""
    return frozenset(name for name, protocol in OPTIONAL.items() if isinstance(opened, protocol))


class OpenedLedger:
    """A ledger."""

    def __init__(self, plugin: str, call: Call, _: frozenset[str]) -> None:
        self._plugin = plugin
        self._call = call

    def tables(self) -> Mapping[str, ArrowStream]:
        """The tables, by name; those that come from another process are gone once the host is closed."""
        return _streams(self._plugin, self._call("tables"))


class OpenedLocatingLedger(OpenedLedger):
    """A ledger that can say where a row came from."""

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """The place of a value in the source."""
        found = self._call("place", table, row, column)
        return found if isinstance(found, Cell) else by_row(table, row, column)


class OpenedEnricher:
    """An enricher."""

    def __init__(self, plugin: str, call: Call, _: frozenset[str]) -> None:
        self._plugin = plugin
        self._call = call

    def parts(self) -> Mapping[str, ArrowStream]:
        """The tables, by name."""
        return _streams(self._plugin, self._call("parts"))


class OpenedContactSource:
    """A source of contact details."""

    def __init__(self, plugin: str, call: Call, _: frozenset[str]) -> None:
        self._plugin = plugin
        self._call = call

    def contact_details(self, tenancy: str) -> ContactDetails:
        """The contact details of the tenant of one tenancy."""
        return _a(ContactDetails, self._plugin, self._call("contact_details", tenancy))


class OpenedChannel(HonoursKey):
    """A channel. Whatever fails on the way, the answer is a delivery: at worst, nothing is known."""

    def __init__(self, plugin: str, call: Call, _: frozenset[str]) -> None:
        self._plugin = plugin
        self._call = call

    @property
    def idempotent(self) -> bool:
        """Whether the receiver takes one referral for one key; only a plain yes counts."""
        return self._call("idempotent") is True

    def send(self, referral: Referral, key: str) -> Delivery:
        """Send a referral once."""
        return self._delivery("send", referral, key)

    def _delivery(self, method: str, *arguments: object) -> Delivery:
        try:
            return _a(Delivery, self._plugin, self._call(method, *arguments))
        except HuurschuldError as error:
            return Delivery(outcome=Outcome.UNKNOWN, reason=error.code)


class OpenedQueryingChannel(OpenedChannel, Asks):
    """A channel whose receiver can be asked."""

    def status(self, key: str) -> Delivery:
        """What is known of the referral with this key."""
        return self._delivery("status", key)


class OpenedHelperDirectory:
    """A directory of helpers."""

    def __init__(self, plugin: str, call: Call, _: frozenset[str]) -> None:
        self._plugin = plugin
        self._call = call

    def helpers(self, need: str | None = None, place: str | None = None) -> Sequence[Helper]:
        """The helpers for a need in a place."""
        found = self._call("helpers", need, place)
        if not isinstance(found, Sequence):
            raise _other(self._plugin, found, "a sequence")
        helpers = guarded(self._plugin, "helpers", lambda: list(found))
        return [_a(Helper, self._plugin, it) for it in helpers]


class OpenedExporter:
    """An exporter."""

    def __init__(self, plugin: str, call: Call, _: frozenset[str]) -> None:
        self._plugin = plugin
        self._call = call

    def export(self, sent: Iterable[SentReferral], first: dt.date, last: dt.date) -> bytes:
        """The report on a period."""
        return _a(bytes, self._plugin, self._call("export", tuple(sent), first, last))


_OPENED: Final[Mapping[Kind, Callable[[str, Call, frozenset[str]], Any]]] = {
    Kind.LEDGER: OpenedLedger,
    Kind.ENRICHER: OpenedEnricher,
    Kind.CONTACT_SOURCE: OpenedContactSource,
    Kind.CHANNEL: OpenedChannel,
    Kind.HELPER_DIRECTORY: OpenedHelperDirectory,
    Kind.EXPORTER: OpenedExporter,
}


def opened(plugin: str, kind: Kind, call: Call, optional: frozenset[str]) -> Any:  # noqa: ANN401 - by kind
    """What a plugin has opened, called in this way."""
    if kind is Kind.CHANNEL and "status" in optional:
        return OpenedQueryingChannel(plugin, call, optional)
    if kind is Kind.LEDGER and "place" in optional:
        return OpenedLocatingLedger(plugin, call, optional)
    return _OPENED[kind](plugin, call, optional)


def by_name(plugin: str, given: object) -> dict[str, Any]:
    """Tables by name, taken out of whatever a plugin gives for them.

    Raises:
        PluginFailed: it is no mapping, or raises while it is gone through.
    """
    if not isinstance(given, Mapping):
        raise _other(plugin, given, "tables by name")
    return guarded(plugin, "tables", lambda: {str(name): it for name, it in given.items()})


def _streams(plugin: str, given: object) -> Mapping[str, ArrowStream]:
    named = by_name(plugin, given)
    return guarded(
        plugin, "tables", lambda: {name: check_stream(name, it) for name, it in named.items()}
    )


def _a(expected: type[_T], plugin: str, given: object) -> _T:
    """What was given, if it is what its hook promises.

    Raises:
        PluginFailed: it is something else.
    """
    if not isinstance(given, expected):
        raise _other(plugin, given, expected.__name__)
    return given


def _other(plugin: str, given: object, expected: str) -> PluginFailed:
    return PluginFailed(plugin, f"it gave {type(given).__name__}, not {expected}")
