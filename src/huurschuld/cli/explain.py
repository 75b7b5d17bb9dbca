"""One household of a portfolio: `explain`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

import typer
from attrs import frozen
from rich.console import Console

from huurschuld.cli.deciding import notify_names
from huurschuld.cli.display_decision import show_explanation
from huurschuld.cli.display_timeline import changed_since, coming, open_rent, show_timeline
from huurschuld.cli.list_options import CarryOption
from huurschuld.cli.options import (
    AssumeOption,
    DayOption,
    EngineOption,
    FolderArgument,
    Lang,
    LangOption,
    LedgerOption,
    PolicyOption,
    SetOption,
    TextFormat,
    assumptions_of,
    day_of,
    key_of,
    question_of,
)
from huurschuld.cli.session import ConfigOption, OutboxOption, session
from huurschuld.cli.terminal import bar, console, write
from huurschuld.decisions.change_reasons import explain_change
from huurschuld.decisions.decision import Decision, decide
from huurschuld.decisions.outlook import NextChange, outlook
from huurschuld.decisions.timeline import Timeline, timeline
from huurschuld.errors import InputError, InvalidValue
from huurschuld.model.json_text import canonical_json
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.rules.engines.choice import EngineName, check_engine
from huurschuld.rules.policy import Policy


def explain(
    tenancy: Annotated[str, typer.Option("--tenancy", metavar="ID", help="The tenancy's id.")],
    policy: PolicyOption,
    as_of: DayOption,
    folder: FolderArgument = None,
    show: Annotated[
        bool,
        typer.Option(
            "--timeline", help="Show what happened, day by day, with the rent that was owed after each."
        ),
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="YYYY-MM-DD",
            help="Say what has changed since this earlier day; the timeline begins there.",
        ),
    ] = None,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    carry: CarryOption = None,
    set_: SetOption = None,
    assume: AssumeOption = None,
    ledger: LedgerOption = None,
    engine: EngineOption = None,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Explain one tenancy: the advice, why, why not, by which article or clause, and until when."""
    earlier = None if since is None else day_of(since, "--since")
    chosen = check_engine(engine)
    with session(config, outbox=outbox) as it:
        question = question_of(it.host, policy, as_of, set_)
        if earlier is not None:
            _check_earlier(earlier, *question)
        with bar() as progress:
            progress.add_task("reading", total=None)
            portfolio = read_portfolio(
                it.ledger(ledger, folder, carry=carry or ()), assumptions_of(assume), question[0].facts
            )
    for found in portfolio:
        if found.id == tenancy:
            household = Household.of(found, question, chosen, portfolio.assumptions, earlier)
            if output is TextFormat.JSON:
                write(canonical_json(household.document(with_timeline=show)) + "\n")
            else:
                household.show(console(), lang, with_timeline=show)
            notify_names(found, question[0])
            return
    raise InvalidValue(
        "--tenancy", "the portfolio has no tenancy with this id", "see the table tenancies"
    )


def _check_earlier(day: dt.date, policy: Policy, as_of: dt.date, parameters: dict[str, object]) -> None:
    if day >= as_of:
        raise InvalidValue("--since", "this day is not before --as-of", "give an earlier day")
    try:
        policy.on(day, parameters)
    except InputError as error:
        refused = error.at("--since")
    else:
        return
    raise refused


@frozen
class Household:
    """All that is said of one household: the decision, what comes, what happened, what changed."""

    decision: Decision
    ahead: tuple[NextChange, ...]
    happened: Timeline
    earlier: Decision | None

    @classmethod
    def of(
        cls,
        tenancy: Tenancy,
        question: tuple[Policy, dt.date, dict[str, object]],
        engine: EngineName | None,
        assumptions: Mapping[str, object],
        since: dt.date | None,
    ) -> Household:
        """Decide on a household, on the days ahead of it, and on an earlier day where one is given."""
        policy, as_of, parameters = question
        return cls(
            decide(tenancy, *question, engine, key=key_of(required=False), assumptions=assumptions),
            tuple(outlook(tenancy, *question, engine)),
            timeline(tenancy, as_of),
            None if since is None else decide(tenancy, policy, since, parameters, engine),
        )

    @property
    def since(self) -> dt.date | None:
        """The earlier day."""
        return None if self.earlier is None else self.earlier.receipt.as_of

    def document(self, *, with_timeline: bool) -> dict[str, object]:
        """Return the decision as JSON, with the next change and what else was asked for."""
        document = {**self.decision.document(), "next_change": self.ahead[0].document()}
        if self.earlier is not None:
            document["since"] = {
                "as_of": self.earlier.receipt.as_of.isoformat(),
                **self.earlier.summary(),
                "reasons": [it.document() for it in explain_change(self.earlier, self.decision)],
            }
        if with_timeline:
            document["timeline"] = self.happened.document(self.since)
        return document

    def show(self, screen: Console, lang: Lang, *, with_timeline: bool) -> None:
        """Show the explanation, and what else was asked for."""
        sections = [open_rent(self.happened, lang.value), coming(self.ahead, lang.value)]
        if self.earlier is not None:
            sections.append(changed_since(self.earlier, self.decision, lang.value))
        show_explanation(screen, self.decision, lang.value, sections)
        if with_timeline:
            show_timeline(screen, self.happened, lang.value, self.since)
