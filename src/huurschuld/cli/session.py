"""What a command works with: the configuration, and the plugins, each in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from attrs import evolve, field, frozen

from huurschuld import referrals
from huurschuld.cli.language import told
from huurschuld.cli.plugin_files import plugin_files
from huurschuld.cli.terminal import notify
from huurschuld.errors import InvalidValue, PluginFailed
from huurschuld.hooks import ArrowStream, Ledger
from huurschuld.plugins.configuration import Configuration, read_configuration
from huurschuld.plugins.host import (
    OK,
    Host,
    Kind,
    PluginCall,
    State,
    check_loaded,
    load_apart,
    with_files,
)
from huurschuld.portfolio.carrying import CarryingLedger, check_carry, misspelt, misspelt_told
from huurschuld.portfolio.enriching import (
    EnrichedLedger,
    EnricherTables,
    is_optional,
    read_enricher,
    unknown_without,
)
from huurschuld.portfolio.folder import look_into

if TYPE_CHECKING:
    from huurschuld.referrals import Outbox

TRACE_VARIABLE: Final = "HUURSCHULD_TRACE"
FOLDER_LEDGER: Final = "portfolio"

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE.toml",
        envvar="HUURSCHULD_CONFIG",
        help="Which ledgers, enrichers, channels and so on there are, and how to open them.",
    ),
]


OutboxOption = Annotated[
    str | None,
    typer.Option(
        "--outbox",
        metavar="FILE|URL",
        envvar="HUURSCHULD_OUTBOX",
        help="Where referrals are kept; what was sent counts as signals. Also in the configuration.",
    ),
]


@frozen
class Session:
    """The plugins and the configuration of one command."""

    host: Host
    configuration: Configuration = field(repr=False)

    def open(self, kind: Kind, name: str, **options: Any) -> Any:  # noqa: ANN401 - by kind
        """Open something by its name in the configuration, or by the name that a plugin gives it."""
        configured = self.configuration.of(kind, name)
        together = {**configured.options, **options}
        return self.host.open(kind, configured.use, together, configured.section)

    def only(self, kind: Kind, name: str | None, option: str) -> str:
        """The name that was given at the option, or that of the only one that is configured."""
        if name is not None:
            return name
        names = self.configuration.names(kind)
        if len(names) != 1:
            known = ", ".join(names) or "none"
            raise InvalidValue(option, f"name the {kind}", f"configured are: {known}")
        return names[0]

    def ledger(
        self,
        name: str | None,
        folder: str | None,
        *,
        again: Outbox | None = None,
        carry: Iterable[str] = (),
    ) -> Ledger:
        """Open the ledger of a folder, or a configured one, enriched with what other systems know.

        `again` is the open outbox whose referrals are looked at again: what is confirmed in it and not
        settled does not count as an earlier referral. `carry` are columns of one's own that are carried
        along besides those of the configuration.
        """
        if name is None and folder is not None:
            name = FOLDER_LEDGER
        found = self.only(Kind.LEDGER, name, "FOLDER or --ledger")
        options: Mapping[str, str] = {} if folder is None else {"folder": folder}
        if found == FOLDER_LEDGER and folder is not None:
            notify_unread(Path(folder))
        return self.carrying(self.enriched(self.open(Kind.LEDGER, found, **options), again), carry)

    def carrying(self, ledger: Ledger, carry: Iterable[str]) -> Ledger:
        """A ledger that carries columns of one's own along: these, and those of the configuration."""
        carried = check_carry((*self.configuration.carry, *carry), "--carry")
        for column, known in misspelt(carried).items():
            notify(misspelt_told(column, known))
        return CarryingLedger(ledger, carried) if carried else ledger

    def read_by(self, *kinds: Kind) -> Iterator[Path]:
        """List the files and folders that the configured plugins of these kinds read."""
        for kind in kinds:
            for name in self.configuration.names(kind):
                for option, value in self.configuration.of(kind, name).options.items():
                    # Path would raise for a value that cannot be a file name.
                    if isinstance(value, str) and (option == "folder" or os.path.isfile(value)):  # noqa: PTH113
                        yield Path(value)

    def outbox_place(self) -> Path | str:
        """The file of the outbox, or the URL of its database; it is an error if none is named."""
        if self.configuration.outbox is None:
            raise InvalidValue("--outbox", "name the outbox", "here, or as file in [outbox] of --config")
        return self.configuration.outbox

    def open_outbox(self) -> Outbox:
        """Open the outbox; the caller closes it."""
        return referrals.open_outbox(self.outbox_place())

    def enriched(self, ledger: Ledger, again: Outbox | None = None) -> Ledger:
        """A ledger with what other systems know about its tenancies; `again` as for `ledger`."""
        further: list[EnricherTables] = []
        unknown: list[str] = []
        for name in self.configuration.names(Kind.ENRICHER):
            gives = self.configuration.of(Kind.ENRICHER, name).gives
            try:
                further.append(read_enricher(name, self.open(Kind.ENRICHER, name), gives))
            except PluginFailed as error:
                if gives is None or not is_optional(gives):
                    raise  # no tenancy can be screened without its tables
                notify(f"the enricher {name} is left out: {error}; unknown are: {', '.join(gives)}")
                unknown += unknown_without(gives)
        sent: ArrowStream | None = None
        if again is not None:
            sent = referrals.signals(again, in_hand=False)
        elif self.configuration.outbox is not None:
            with self.open_outbox() as outbox:
                sent = referrals.signals(outbox)
        if not further and not unknown and sent is None:
            return ledger
        return EnrichedLedger(ledger, further, sent, unknown)


def notify_unread(folder: Path) -> None:
    """Tell which files of a folder may hold data, and are not read."""
    for error in look_into(folder).ignored:
        notify(f"{error.place}: {told(error.problem)}; {told(error.remedy)}")


@contextmanager
def session(
    config: Path | None, *, outbox: str | None = None, reporting: bool = True
) -> Iterator[Session]:
    """Load the plugins for one command, and end their processes after it.

    If it is `reporting`, it reports which plugins are left out, and why.
    """
    configuration = Configuration() if config is None else read_configuration(config, os.environ)
    installed, files = with_files(plugin_files())
    if outbox is not None:
        place = outbox if "://" in outbox else Path(outbox)
        configuration = evolve(configuration, outbox=place)
    with load_apart(
        (*configuration.allow, *(it.name for it in files)),
        installed,
        load_seconds=configuration.load_seconds,
        call_seconds=configuration.call_seconds,
        trace=_traced if os.environ.get(TRACE_VARIABLE) else None,
    ) as host:
        check_loaded(files, host.plugins)
        for it in host.plugins if reporting else ():
            if it.state is State.FAILED:
                notify(f"the plugin {it.name} is left out: {it.reason}")
        yield Session(host, configuration)


def _traced(call: PluginCall) -> None:
    """Report a call to a plugin, except a successful call that loads it."""
    if call.outcome == OK and call.called.startswith(("hook ", "import", "registration")):
        return
    notify(f"{call.plugin}: {call.called}: {call.outcome} in {call.seconds:.3f} s")
