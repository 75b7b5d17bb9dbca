"""An object opened by a plugin, as the rest of huurschuld sees it: calls and results are checked."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from types import NoneType
from typing import Any, Final, TypeVar

from attrs import frozen

from huurschuld.errors import Cell, HuurschuldError, InputError, InvalidValue, PluginFailed
from huurschuld.former_names import Asks, FormerChannel, HonoursKey
from huurschuld.hooks import (
    ArrowStream,
    LocatesRows,
    QueriesStatus,
    SetsAside,
    TellsChanges,
    TellsNotices,
)
from huurschuld.model.helpers import Helper
from huurschuld.model.referral import ContactDetails, Delivery, Outcome
from huurschuld.model.values import Line
from huurschuld.plugins.host.calls import guarded
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.messages import Failed
from huurschuld.portfolio.files import CsvFile, ParquetFile
from huurschuld.portfolio.mapping.tables import MappedTable
from huurschuld.portfolio.schema import by_row, given_tables
from huurschuld.portfolio.streams import check_stream

_T = TypeVar("_T")


Call = Callable[..., Any]
"""Calls a method of an object that a plugin has opened, or gets an attribute, in any process.

It takes the name of the member and the arguments, and raises what `guarded` does.
"""


@frozen
class Member:
    """A method or attribute of an object that a plugin opens.

    Attributes:
        arguments: converts the arguments of a call to those that the plugin gets; None for an
            attribute.
        result: checks what the plugin returns; called with its name, the value and the arguments.
        protocol: for an optional member, the protocol that has it.
        on_error: makes the result that a call returns instead of raising; without it, it raises.
    """

    arguments: Callable[..., tuple[Any, ...]] | None
    result: Callable[..., Any]
    protocol: type[Any] | None = None
    on_error: Callable[[HuurschuldError], Any] | None = None


class Proxy:
    """What a plugin has opened, with the members of its kind and those of the optional that it has."""

    def __init__(self, plugin: str, kind: Kind, call: Call, optional: Collection[str]) -> None:
        self._get: dict[str, Callable[[], Any]] = {}
        for name, member in MEMBERS[kind].items():
            run = partial(_run, plugin, name, member, call)
            if member.arguments is None:
                self._get[name] = run
            elif member.protocol is None or name in optional:
                setattr(self, name, run)  # `isinstance` with a protocol does not see `__getattr__`

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute's
        """Get an attribute of the kind; it is fetched each time."""
        if name.startswith("_") or name not in self._get:
            raise AttributeError(name)
        return self._get[name]()


class ChannelProxy(Proxy, HonoursKey):
    """A channel, with its former name until version 0.3."""


class QueryingChannelProxy(ChannelProxy, Asks):
    """A channel that can be asked, with its former names until version 0.3."""


def proxy(plugin: str, kind: Kind, call: Call, optional: Collection[str]) -> Proxy:
    """Make the proxy of an object that a plugin has opened; see `Proxy`."""
    if kind is not Kind.CHANNEL:
        return Proxy(plugin, kind, call, optional)
    if "status" in optional:
        return QueryingChannelProxy(plugin, kind, call, optional)
    return ChannelProxy(plugin, kind, call, optional)


def check_members(plugin: str, kind: Kind, opened: object) -> tuple[str, ...]:
    """Check that what was opened has the members of its kind; return the optional ones that it has."""
    for name, member in MEMBERS[kind].items():
        if member.protocol is None and not hasattr(opened, name):
            problem = f"the {kind} that it opened has no {name}"
            raise PluginFailed(plugin, problem, "see huurschuld.hooks for what one must have")
    former = ("honours_key",) if isinstance(opened, FormerChannel) else ()
    return former + tuple(
        name
        for name, member in MEMBERS[kind].items()
        if member.protocol is not None and isinstance(opened, member.protocol)
    )


def tables_by_name(plugin: str, given: object) -> dict[str, ArrowStream]:
    """Take tables by name from the value that a plugin returns, and check each of them."""
    if not isinstance(given, Mapping):
        raise _other(plugin, given, "tables by name")
    return guarded(
        plugin,
        "tables",
        lambda: {str(name): _checked(str(name), it) for name, it in given_tables(given).items()},
    )


def _checked(name: str, table: ArrowStream) -> ArrowStream:
    """Check a table; one in a file must be there, and end: reading a pipe or a device might not."""
    # Path would raise for what cannot be the name of a file.
    if isinstance(table, CsvFile | ParquetFile) and not os.path.isfile(table.path):  # noqa: PTH113
        place = table.path.name if Line().accepts(table.path.name) else name
        raise InvalidValue(place, "there is no such file", "have the plugin give one that is there")
    if isinstance(table, MappedTable):
        return table  # it is checked when it is read
    return check_stream(name, table)


def _run(plugin: str, name: str, member: Member, call: Call, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - any member's
    arguments = member.arguments(*given, **named) if member.arguments else ()
    try:
        return member.result(plugin, call(name, *arguments), *arguments)
    except HuurschuldError as error:
        if member.on_error is None:
            raise
        return member.on_error(error)


def _a(expected: type[_T], plugin: str, given: object, *_: object) -> _T:
    if not isinstance(given, expected):
        raise _other(plugin, given, expected.__name__)
    return given


def _other(plugin: str, given: object, expected: str) -> PluginFailed:
    return PluginFailed(plugin, f"it returned {type(given).__name__}, not {expected}")


def _helpers(plugin: str, given: object, *_: object) -> list[Helper]:
    if not isinstance(given, Sequence):
        raise _other(plugin, given, "a sequence")
    return [_a(Helper, plugin, it) for it in guarded(plugin, "helpers", lambda: list(given))]


def _cell(_: str, given: object, table: str, row: int | None, column: str) -> Cell:
    return given if isinstance(given, Cell) else by_row(table, row, column)


def _notices(plugin: str, given: object, *_: object) -> list[tuple[Cell, str, str | None]]:
    if not isinstance(given, Sequence):
        raise _other(plugin, given, "a sequence")
    found = guarded(plugin, "notices", lambda: list(given))
    for it in found:
        if not (isinstance(it, tuple) and [*map(type, it)] in ([Cell, str, str], [Cell, str, NoneType])):
            raise _other(plugin, it, "a place, a text and a tenancy")
    return found


def _set_aside(plugin: str, given: object, *_: object) -> list[tuple[InputError, str]]:
    if not isinstance(given, Sequence):
        raise _other(plugin, given, "a sequence")
    found = []
    for it in guarded(plugin, "set_aside", lambda: list(given)):
        if not (isinstance(it, tuple) and [*map(type, it)][1:] == [str]):
            raise _other(plugin, it, "an error and a tenancy")
        error = Failed.of(it[0]) if isinstance(it[0], InputError) else it[0]
        made = error.error(plugin) if isinstance(error, Failed) else None
        if not isinstance(made, InputError):
            raise _other(plugin, it[0], "an error of the input")
        found.append((made, it[1]))
    return found


def _changed(plugin: str, given: object, *_: object) -> tuple[str, list[str] | None]:
    if not (isinstance(given, tuple) and [*map(type, given)] in ([str, list], [str, NoneType])):
        raise _other(plugin, given, "a position and a list of tenancies")
    position, tenancies = given
    if not all(type(it) is str for it in tenancies or ()):
        raise _other(plugin, given, "a position and a list of tenancies")
    return position, tenancies


def _tables_of(plugin: str, given: object, *_: object) -> dict[str, ArrowStream]:
    return tables_by_name(plugin, given)


def _is_true(_: str, given: object) -> bool:
    return given is True


def _unknown(error: HuurschuldError) -> Delivery:
    """A channel that fails may or may not have sent it."""
    return Delivery(outcome=Outcome.UNKNOWN, reason=error.code)


MEMBERS: Final[Mapping[Kind, Mapping[str, Member]]] = {
    Kind.LEDGER: {
        "tables": Member(lambda: (), tables_by_name),
        "place": Member(lambda table, row, column: (table, row, column), _cell, LocatesRows),
        "notices": Member(lambda: (), _notices, TellsNotices),
        "set_aside": Member(lambda: (), _set_aside, SetsAside),
        "changed_since": Member(lambda position: (position,), _changed, TellsChanges),
        "tables_of": Member(lambda tenancies: (list(tenancies),), _tables_of, TellsChanges),
    },
    Kind.ENRICHER: {"parts": Member(lambda: (), tables_by_name)},
    Kind.CONTACT_SOURCE: {
        "contact_details": Member(lambda tenancy: (tenancy,), partial(_a, ContactDetails))
    },
    Kind.CHANNEL: {
        "idempotent": Member(None, _is_true),
        "send": Member(lambda referral, key: (referral, key), partial(_a, Delivery), on_error=_unknown),
        "status": Member(lambda key: (key,), partial(_a, Delivery), QueriesStatus, on_error=_unknown),
    },
    Kind.FEEDBACK_CHANNEL: {
        "give": Member(lambda message: (message,), partial(_a, Delivery), on_error=_unknown)
    },
    Kind.HELPER_DIRECTORY: {"helpers": Member(lambda need=None, place=None: (need, place), _helpers)},
    Kind.EXPORTER: {
        "export": Member(lambda sent, first, last: (tuple(sent), first, last), partial(_a, bytes))
    },
}
