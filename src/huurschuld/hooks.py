"""What a plugin may provide: the hook specifications, and a typed Protocol for each thing they return.

Light to import: a plugin needs nothing else from this package. A plugin is a module or object that is
registered under the entry point group `huurschuld` and marks its functions with `hookimpl`:

    from huurschuld.hooks import hookimpl

    @hookimpl
    def huurschuld_ledgers():
        return {"mine": MyLedger}

It may name the version of this interface that it was written for: `api_version = 1`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import pluggy

from huurschuld.former_names import FormerAsking, renamed

if TYPE_CHECKING:
    import datetime as dt

    from huurschuld.errors import Cell, InputError
    from huurschuld.model.feedback import FeedbackMessage
    from huurschuld.model.helpers import Helper
    from huurschuld.model.referral import ContactDetails, Delivery, Referral, SentReferral
    from huurschuld.rules.policy import Policy

PROJECT: Final = "huurschuld"
"""The name of the hooks, and of the entry point group."""

API_VERSION: Final = 1
"""The version of this interface; it changes only when plugins must change."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as its implementation of the hook of that name."""


class ArrowStream(Protocol):
    """A table in any library that supports Arrow: polars, PyArrow, pandas, DuckDB and others.

    A stream may fail midway. It may then have an attribute `failure`, an error of huurschuld, which is
    raised instead of the text that Arrow passes on.
    """

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The table as an Arrow C stream."""


class Ledger(Protocol):
    """One system's tenancies, as the tables of `docs/semantics.md`.

    An absent table means unknown, an empty one means none; a column of `contacts` or `objections`
    that is not given is not recorded. Values are typed (days as Arrow dates, cents as whole numbers) or
    all text, as in a CSV file. A table that is in a file is best given as a `huurschuld.CsvFile` or
    `huurschuld.ParquetFile`, so that only what is needed of it is read.
    """

    def tables(self) -> Mapping[str, ArrowStream]:
        """The tables by name: `tenancies`, `rents`, `entries` and any others."""


@runtime_checkable
class LocatesRows(Protocol):
    """A ledger that can say where a row came from, so that a person can act on an error."""

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """Return the place of a value: its row counted from 0, or None for the heading.

        It is not asked about a `CsvFile`, whose rows are located by their lines.
        """


@runtime_checkable
class SetsAside(Protocol):
    """A ledger that can leave out what something wrong in its source concerns, and give the rest."""

    def set_aside(self) -> Sequence[tuple[InputError, str]]:
        """Read the source so, before the tables are given; return each error, and a tenancy of it.

        The tenancies stay in the table `tenancies`, each in a row that can be read, so that it is known
        that they are there. What is wrong with something whose tenancy is not certain is raised.
        """


@runtime_checkable
class TellsNotices(Protocol):
    """A ledger that can say what a person should know of its tables, though nothing in them is wrong."""

    def notices(self) -> Sequence[tuple[Cell, str, str | None]]:
        """Return places in the source, each with a text, and the tenancy that it is about, if it is.

        It is called after the tables were read. The same text may be told of many places and tenancies;
        nothing of a person is in it.
        """


@runtime_checkable
class TellsChanges(Protocol):
    """A ledger that knows what has changed since it was read, and can give some tenancies alone.

    `watch` then looks at these alone, on the day of its last step.
    """

    def changed_since(self, position: str | None) -> tuple[str, Sequence[str] | None]:
        """Return where the ledger is now, and the tenancies of which anything changed since a position.

        Args:
            position: what it returned before, such as a sequence number or a moment; None at first.

        Returns:
            The position now, taken before any table is read: what changes later is asked for the next
            time. And all tenancies with something new, changed or gone in any table, twice where there
            is doubt; None if that cannot be told, and then all of it is read.
        """

    def tables_of(self, tenancies: Sequence[str]) -> Mapping[str, ArrowStream]:
        """Return the tables, with all rows of these tenancies and no others.

        It gives the same tables and columns as `tables`; a tenancy that is gone is not in it.
        """


class Enricher(Protocol):
    """Further parts of tenancies from another system, such as who lives there, or objections."""

    def parts(self) -> Mapping[str, ArrowStream]:
        """Tables of a portfolio, such as `children` or `objections`, by name.

        `tenancies` may be among them with `id` and some of the columns `deceased`, `eviction_announced`,
        `eviction_on` and `children_known`; `rents` and `entries` may not. A table that is given is known
        for everyone, but `children` only for those of whom `children_known` says so. It is an error if
        the ledger or another enricher gives the same part of the same tenancy.
        """


class ContactSource(Protocol):
    """Names and addresses (contactgegevens), asked for only when a person confirms a referral."""

    def contact_details(self, tenancy: str) -> ContactDetails:
        """The contact details of the tenant of one tenancy.

        Raises:
            UnknownReference: there is no such tenancy; at `/tenancy`.
            InputError: the contact details are invalid, such as an address without a house number.
        """


class Channel(Protocol):
    """Sends confirmed referrals to one receiver, such as the GGD's Meldpunt or the municipality."""

    @property
    def idempotent(self) -> bool:
        """Whether the receiver accepts a key only once, however often it is sent."""

    def send(self, referral: Referral, key: str) -> Delivery:
        """Send it once, and return what is known about the outcome. Nothing the receiver does may raise.

        Args:
            referral: the contact details and the amount; nothing else may be sent.
            key: 32 hexadecimal digits that identify this referral; the same in each attempt.
        """


@runtime_checkable
class QueriesStatus(Protocol):
    """A channel whose receiver can be asked for the status of a referral."""

    def status(self, key: str) -> Delivery:
        """What is known about the referral of this key: accepted, refused, not delivered or unknown."""


class FeedbackChannel(Protocol):
    """Gives feedback (terugkoppeling) to one landlord: what he may know of a case, and nothing else."""

    def give(self, message: FeedbackMessage) -> Delivery:
        """Give it once, and return what is known about the outcome. Nothing the receiver does may raise.

        The same message, by its `id`, may be given again, when nobody knew whether it arrived: the
        landlord then has it once, or twice the same.
        """


class HelperDirectory(Protocol):
    """Who can help (sociale kaart): helpers and budget advice by need and place."""

    def helpers(self, need: str | None = None, place: str | None = None) -> Sequence[Helper]:
        """The helpers for a need in a place, best match first; None means any."""


class Exporter(Protocol):
    """Reports about referrals to a third party, such as Statistics Netherlands (CBS)."""

    def export(self, sent: Iterable[SentReferral], first: dt.date, last: dt.date) -> bytes:
        """The report on the referrals of a period, both ends included, as the bytes of a file.

        Args:
            sent: all accepted referrals, also those of other days.
            first: the first day of the period.
            last: the last day of it.

        Raises:
            InputError: something that the report needs is missing or wrong.
        """


OpenLedger = Callable[..., Ledger]
"""Opens a ledger with the options that the user gave, by keyword: a folder, an address."""
OpenEnricher = Callable[..., Enricher]
"""Opens an enricher, as OpenLedger."""
OpenContactSource = Callable[..., ContactSource]
"""Opens a source of contact details, as OpenLedger."""
OpenChannel = Callable[..., Channel]
"""Opens a channel, as OpenLedger."""
OpenFeedbackChannel = Callable[..., FeedbackChannel]
"""Opens a channel for feedback, as OpenLedger."""
OpenHelperDirectory = Callable[..., HelperDirectory]
"""Opens a directory of helpers, as OpenLedger."""
OpenExporter = Callable[..., Exporter]
"""Opens an exporter, as OpenLedger."""


class Hooks:
    """The hooks. A plugin implements those it needs."""

    @hookspec
    def huurschuld_ledgers(self) -> Mapping[str, OpenLedger]:  # type: ignore[empty-body]
        """Return the ledgers that this plugin can open, by name."""

    @hookspec
    def huurschuld_enrichers(self) -> Mapping[str, OpenEnricher]:  # type: ignore[empty-body]
        """Return the enrichers that this plugin can open, by name."""

    @hookspec
    def huurschuld_policies(self) -> Iterable[Policy]:  # type: ignore[empty-body]
        """Return the policies that this plugin adds."""

    @hookspec
    def huurschuld_contact_sources(self) -> Mapping[str, OpenContactSource]:  # type: ignore[empty-body]
        """Return the sources of contact details that this plugin can open, by name."""

    @hookspec
    def huurschuld_channels(self) -> Mapping[str, OpenChannel]:  # type: ignore[empty-body]
        """Return the channels that this plugin can open, by name."""

    @hookspec
    def huurschuld_feedback_channels(self) -> Mapping[str, OpenFeedbackChannel]:  # type: ignore[empty-body]
        """Return the channels for feedback that this plugin can open, by name."""

    @hookspec
    def huurschuld_helper_directories(self) -> Mapping[str, OpenHelperDirectory]:  # type: ignore[empty-body]
        """Return the directories of helpers that this plugin can open, by name."""

    @hookspec
    def huurschuld_exporters(self) -> Mapping[str, OpenExporter]:  # type: ignore[empty-body]
        """Return the exporters that this plugin can open, by name."""

    @hookspec
    def huurschuld_kits(self) -> Mapping[str, str]:  # type: ignore[empty-body]
        """Return the kit tests of what this plugin provides: `{"ledger NAME": "module:Class"}`."""


class _Scanning:
    """Placeholder for what belonged to `scan`, which is no longer called."""


if not TYPE_CHECKING:
    _FILES: Final = "huurschuld.CsvFile and ParquetFile, which ledgers give instead of scanning"
    __getattr__ = renamed(
        __name__,
        {
            "Asking": "QueriesStatus",
            "Placing": "LocatesRows",
            **dict.fromkeys(("Opener", "Refused", "Scanning"), _FILES),
        },
        Asking=FormerAsking,
        **dict.fromkeys(("Opener", "Refused", "Scanning"), _Scanning),
    )
