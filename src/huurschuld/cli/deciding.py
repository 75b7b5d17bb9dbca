"""One case file: `decide` and `replay`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from huurschuld.cli.display_decision import show_explanation
from huurschuld.cli.options import (
    KEY_VARIABLE,
    EngineOption,
    Lang,
    LangOption,
    TextFormat,
    key_of,
    notify_misspelt,
    policy_of,
)
from huurschuld.cli.session import ConfigOption, session
from huurschuld.cli.terminal import console, write
from huurschuld.decisions.decision import Decision, decide as decide_one, replay as replay_one
from huurschuld.decisions.receipt import Receipt
from huurschuld.decisions.receipt_files import dump_receipts, load_receipts
from huurschuld.errors import InputChanged, InputError, InvalidValue, KeyNeeded
from huurschuld.model.casefile import parse_case
from huurschuld.model.files import write_files
from huurschuld.model.tenancy import Tenancy
from huurschuld.rules.engines.choice import check_engine
from huurschuld.rules.kept_policies import files_of, policies_in
from huurschuld.rules.own_facts import names_stated, nearly_named
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_reading import policy_of_case

_T = TypeVar("_T")


def decide(
    case: Annotated[Path, typer.Argument(metavar="CASE.json", help="A case file.")],
    policy: Annotated[
        str | None,
        typer.Option("--policy", help="Another policy than the case names: a name or a TOML file."),
    ] = None,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    receipt: Annotated[
        Path | None,
        typer.Option(
            "--receipt", help=f"Write the receipt to this file; needs a key in {KEY_VARIABLE}."
        ),
    ] = None,
    policies: Annotated[
        Path | None,
        typer.Option(
            "--policies",
            metavar="FOLDER",
            help="Keep the policy here, by its hash, and not in the receipt: once for all receipts.",
        ),
    ] = None,
    engine: EngineOption = None,
    config: ConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Decide one case file, with the reasons."""
    if policies is not None and receipt is None:
        raise InvalidValue("--policies", "this is where the policy of a receipt goes", "add --receipt")
    given = read_whole(case, parse_case)
    with session(config) as it:
        asked = policy or given.policy
        if isinstance(asked, str):
            rules = policy_of(it.host, asked)
        else:
            rules = policy_of_case(given, it.host.policies)
    decision = decide_one(
        given.tenancy,
        rules,
        given.as_of,
        given.parameters,
        check_engine(engine),
        key=key_of(required=receipt is not None),
    )
    if receipt is not None:
        kept = {} if policies is None else files_of(policies, [decision.receipt.policy])
        text = dump_receipts([decision.receipt], policies=policies is None)
        if policies is not None:
            policies.mkdir(parents=True, exist_ok=True)
        write_files({**kept, receipt: text.encode("utf-8")})
    show_decision(decision, output, lang)
    notify_names(given.tenancy, rules)


def replay(
    receipt: Annotated[Path, typer.Argument(metavar="RECEIPT.json", help="A file of receipts.")],
    case: Annotated[Path, typer.Argument(metavar="CASE.json", help="The case as it was.")],
    policies: Annotated[
        Path | None,
        typer.Option("--policies", metavar="FOLDER", help="Where the policies of receipts are kept."),
    ] = None,
    output: Annotated[TextFormat, typer.Option("--format", help="text or json.")] = TextFormat.TEXT,
    engine: EngineOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Decide again as a receipt says: the same decision, under the same version of the semantics.

    A receipt of another version, such as 1, is refused: replay it with the release that made it.
    """
    given, key = read_whole(case, parse_case), key_of(required=False)
    kept = () if policies is None else policies_in(policies)
    found = _receipt_for(given.tenancy, read_whole(receipt, lambda text: load_receipts(text, kept)), key)
    show_decision(replay_one(found, given.tenancy, check_engine(engine), key=key), output, lang)


def read_whole(path: Path, read: Callable[[bytes], _T]) -> _T:
    """Read a file; an error about all of it has the name of the file as its place."""
    try:
        return read(path.read_bytes())
    except InputError as error:
        if error.place:
            raise
        misplaced = error.at(path.name)
    raise misplaced


def _receipt_for(tenancy: Tenancy, receipts: list[Receipt], key: bytes | None) -> Receipt:
    """Find the receipt of this tenancy: the only one, or of several the one with its hash."""
    if len(receipts) == 1:
        return receipts[0]
    for receipt in receipts:
        with suppress(InputChanged, KeyNeeded):
            receipt.check(tenancy, key)
            if receipt.input is not None:
                return receipt
    raise InvalidValue(
        "the file of receipts",
        f"none of its {len(receipts)} receipts is known to be of this case",
        f"give the case as it was, and the key in {KEY_VARIABLE}",
    )


def notify_names(tenancy: Tenancy, policy: Policy) -> None:
    """Warn of stated facts of a tenancy whose name is almost that of a fact of the policy."""
    notify_misspelt(nearly_named(names_stated(tenancy.facts), policy.facts))


def show_decision(decision: Decision, output: TextFormat, lang: Lang) -> None:
    """Show a decision, with its reasons or as JSON."""
    if output is TextFormat.JSON:
        write(decision.to_json() + "\n")
    else:
        show_explanation(console(), decision, lang.value)
