"""The commands: where each is defined, with a summary. Each is loaded when it is needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from huurschuld.cli.language import take_language
from huurschuld.cli.plugin_files import take_plugin_files

GROUPS: Final = {
    "At the landlord: whom to help first, and why": (
        *("map", "screen", "explain", "changes", "watch", "refer"),
    ),
    "At the GGD and the municipality: the case after a referral": (
        *("case", "helpers", "evaluate", "export", "log"),
    ),
    "For those who write the rules": ("policies", "compare", "conform"),
    "For those who build on it": ("decide", "replay", "schema", "plugins", "new-plugin"),
    "To try it": ("sample",),
}
"""Who uses which commands: `--help` shows them by this, in this order."""

COMMANDS: Final = {
    "decide": ("deciding:decide", "Decide one case file, with the reasons."),
    "replay": (
        "deciding:replay",
        "Decide again as a receipt says: the same decision, under the same version of the semantics.",
    ),
    "screen": (
        "screen:screen",
        "Screen a portfolio: who needs what, in the order in which to take them up.",
    ),
    "map": (
        "map:map_exports",
        "Propose how exports are read; once that is confirmed, show what would be refused.",
    ),
    "changes": (
        "changes:changes",
        "Show whose advice or priority has changed between two results, and why.",
    ),
    "watch": (
        "watch:watch_ledger",
        "Emit whose advice or priority has changed since the last step, each once; for a timer.",
    ),
    "compare": (
        "compare:compare",
        "Compare two policies on one portfolio: who is treated otherwise, why, and how many.",
    ),
    "explain": (
        "explain:explain",
        "Explain one tenancy: the advice, why, why not, by which article or clause, and until when.",
    ),
    "helpers": ("outside:helpers", "Find who can help, by need and place; those of the place first."),
    "export": (
        "outside:export",
        "Report on the referrals that were accepted in a period, such as to Statistics Netherlands.",
    ),
    "evaluate": (
        "evaluate:evaluate",
        "Evaluate a year of cases: whom the partners reached, what came of it, and what was prevented.",
    ),
    "conform": ("looking:conform", "Run conformance cases; exit with 1 where one differs."),
    "policies": (
        "looking:policies",
        "List the policies and the engines, or show one policy rule by rule with its sources.",
    ),
    "plugins": (
        "looking:plugins",
        "List the installed plugins and the status of each, or check one with its kits.",
    ),
    "sample": (
        "making:sample",
        "Make a realistic portfolio to try things on. Nobody in it exists.",
    ),
    "new-plugin": (
        "making:new_plugin",
        "Make a working, tested project for your own plugin.",
    ),
    "schema": ("schema:schema", "Print the JSON Schema of a case file, or of an export of a person."),
    "refer": (
        "refer:app",
        "Refer: propose, confirm and send. A person confirms each; nothing else is sent.",
    ),
    "case": (
        "case:app",
        "Follow cases after a referral: what happened, what is due, and whose turn it is.",
    ),
    "log": (
        "log:app",
        "Hold the log of the cases to account: was anything changed, lost, moved or cut off?",
    ),
}
"""By name: the module and the function or app in it, and the summary that `--help` shows."""


def load(name: str) -> Any:  # noqa: ANN401 - a command or a group: what typer makes has no public type
    """Load a command of `COMMANDS`, or a group of commands."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(f"huurschuld.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        made = get_command(found)
    else:
        app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
        app.command(name)(found)
        made = get_command(app)
    for it in (made, *getattr(made, "commands", {}).values()):
        take_language(it)
    return take_plugin_files(made)


class Commands(TyperGroup):
    """The group of all commands; until one is loaded, only its name and summary are known."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {
            name: TyperCommand(
                name, help=COMMANDS[name][1], rich_markup_mode="markdown", rich_help_panel=group
            )
            for group, names in GROUPS.items()
            for name in names
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - as `load`
        """The command that the arguments name, loaded."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else load(name), rest
