"""The command that decides again as a proposal was decided."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from huurschuld import referrals
from huurschuld.cli.deciding import read_whole, show_decision
from huurschuld.cli.options import EngineOption, Lang, LangOption, TextFormat, key_of
from huurschuld.cli.refer_keys import KeyArgument, whole_key
from huurschuld.cli.session import ConfigOption, OutboxOption, session
from huurschuld.model.casefile import parse_case
from huurschuld.rules.engines.choice import check_engine


def replay(
    key: KeyArgument,
    case: Annotated[
        Path | None,
        typer.Argument(metavar="[CASE.json]", help="The case as it was; else the facts that were kept."),
    ] = None,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    engine: EngineOption = None,
    lang: LangOption = Lang.EN,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Decide again as a proposal was decided, by the rules of its day."""
    tenancy = None if case is None else read_whole(case, parse_case).tenancy
    with session(config, outbox=outbox, reporting=False) as it, it.open_outbox() as box:
        decision = referrals.replay_decision(
            box,
            whole_key(box, key),
            tenancy,
            engine=check_engine(engine),
            secret=key_of(required=False),
        )
    show_decision(decision, output, lang)
