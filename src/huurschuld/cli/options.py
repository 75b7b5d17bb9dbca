"""The options that several commands share, and how their texts are read."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from attrs import evolve

from huurschuld.cli.language import Lang as Lang, LangOption as LangOption  # noqa: PLC0414 - by here too
from huurschuld.cli.policy_names import is_file_name, look_for_file, refuse_other_file
from huurschuld.cli.terminal import notify
from huurschuld.decisions.receipt import SHORTEST_KEY
from huurschuld.errors import InvalidValue
from huurschuld.model.values import Whole, parse_day
from huurschuld.plugins.host import Host
from huurschuld.portfolio.assumptions import read_assumption
from huurschuld.rules.parameters import Unit
from huurschuld.rules.policies import find_policy, policies
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_files import load_with_warnings
from huurschuld.rules.policy_warnings import policy_warnings

KEY_VARIABLE: Final = "HUURSCHULD_KEY"


class TextFormat(StrEnum):
    """For people or for programs."""

    TEXT = "text"
    JSON = "json"


class TableFormat(StrEnum):
    """For people or for programs."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


_POLICY: Final = typer.Option(
    "--policy", help="A policy by name (see `huurschuld policies`), or a TOML file of your own."
)
_DAY: Final = typer.Option("--as-of", metavar="YYYY-MM-DD", help="The day (peildatum) to decide for.")
PolicyOption = Annotated[str, _POLICY]
PolicyIfAnyOption = Annotated[str | None, _POLICY]
DayOption = Annotated[str, _DAY]
DayIfAnyOption = Annotated[str | None, _DAY]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="A parameter of the policy, such as minimum_cents=7500."
    ),
]
AssumeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--assume",
        metavar="TABLE.COLUMN=VALUE",
        help=(
            "What to assume for a column that the ledger does not record, such as "
            "contacts.direction=out; without it that part is unknown."
        ),
    ),
]
LedgerOption = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        help=(
            "The ledger: a name from the configuration, or of a plugin (see `huurschuld plugins`). "
            "Without it, FOLDER holds the tables, or the only configured ledger is read."
        ),
    ),
]
EngineOption = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="reference or durable; without it every installed engine decides, and they have to agree.",
    ),
]


class ScreeningEngine(StrEnum):
    """Which engine screens a portfolio."""

    COLUMNAR = "columnar"
    EACH = "each"
    REFERENCE = "reference"
    DURABLE = "durable"


ScreeningEngineOption = Annotated[
    ScreeningEngine,
    typer.Option(
        "--engine",
        help=(
            "columnar: all at once, and what is shown again one by one; each: one by one, by every "
            "installed engine, and they have to agree; reference or durable: one by one, by that engine."
        ),
    ),
]
FolderArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[FOLDER]",
        help="The folder of the portfolio's tables (CSV or Parquet), unless the ledger is elsewhere.",
    ),
]


def policy_of(host: Host, given: str) -> Policy:
    """Find a policy by name, or read a TOML file, which may extend a named policy; tell its warnings.

    Of the policy of a plugin only those are told by which households are treated otherwise: what it
    inherits and makes stricter cannot be told apart there.
    """
    if is_file_name(given):
        look_for_file(given)
        policy, warnings = load_with_warnings(given, lambda name: find_policy(name, host.policies))
        if host.policies.get(policy.name, policy) != policy:
            raise InvalidValue(
                f"{Path(given).name}/name", "another policy has this name", "give yours its own"
            )
        for warning in warnings:
            notify(str(warning))
        return policy
    if given not in host.policies:
        refuse_other_file(given)
    policy = find_policy(given, host.policies)
    if policy != policies().get(given):  # of a plugin
        for warning in policy_warnings(policy):
            if not warning.is_idle:
                notify(str(evolve(warning, place=f"{given}{warning.place}")))
    return policy


def question_of(
    host: Host, policy: str, as_of: str, set_: list[str] | None
) -> tuple[Policy, dt.date, dict[str, object]]:
    """Read the policy, the day and the parameters, and check that they fit together."""
    rules, day = policy_of(host, policy), day_of(as_of)
    parameters = parameters_of(rules, set_)
    rules.on(day, parameters)
    return rules, day, parameters


def day_of(given: str, option: str = "--as-of") -> dt.date:
    """Read the day that was given for an option."""
    day = parse_day(given)
    if day is None:
        raise InvalidValue(option, "a day from 1900 to 2199, written YYYY-MM-DD, is expected")
    return day


def pairs_of(option: str, given: Iterable[str] | None) -> dict[str, str]:
    """Read NAME=VALUE pairs; a name may occur only once."""
    pairs: dict[str, str] = {}
    for pair in given or ():
        name, equals, value = pair.partition("=")
        if not equals:
            raise InvalidValue(option, "a name, = and a value are expected")
        if name in pairs:
            raise InvalidValue(option, f"{name} is given twice")
        pairs[name] = value
    return pairs


def parameters_of(policy: Policy, given: Iterable[str] | None) -> dict[str, object]:
    """Read the values of `--set`: text for months, else whole numbers; the policy checks them."""
    months = {it.name for it in policy.parameters if it.unit is Unit.MONTHS}
    return {
        name: text if name in months else Whole().from_text(text)
        for name, text in pairs_of("--set", given).items()
    }


def notify_misspelt(nearly_named: Mapping[str, int]) -> None:
    """Warn of rows of `facts` whose name is almost that of a fact of the policy; never by their own."""
    for name, count in nearly_named.items():
        rows = "1 row has a name" if count == 1 else f"{count} rows have names"
        notify(
            f"facts: {rows} almost like `{name}`, a fact of the policy, and no effect: "
            "check the spelling"
        )


def key_of(*, required: bool) -> bytes | None:
    """Read the key for receipts from the environment."""
    key = os.fsencode(os.environ.get(KEY_VARIABLE, ""))
    if required and not key:
        raise InvalidValue(
            KEY_VARIABLE, "a receipt needs a key", "set it to a secret of at least 16 characters"
        )
    if key and len(key) < SHORTEST_KEY:
        raise InvalidValue(KEY_VARIABLE, f"the key is shorter than {SHORTEST_KEY} characters")
    return key or None


def assumptions_of(given: Iterable[str] | None) -> dict[str, object]:
    """Read the values of `--assume`, by table and column."""
    return {name: read_assumption(name, text) for name, text in pairs_of("--assume", given).items()}
