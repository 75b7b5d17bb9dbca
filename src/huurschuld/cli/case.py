"""The case after a referral: what happened, what is due, and what the landlord may know.

Each command stands in a module of its own kind; one more is a function and a line in `_COMMANDS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import typer

_COMMANDS: Final = {
    "begin": "case_recording:begin",
    "record": "case_recording:record",
    "events": "case_events:events",
    "list": "case_worklist:list_",
    "due": "case_worklist:due",
    "calendar": "case_worklist:calendar",
    "show": "case_reading:show",
    "feedback": "case_reading:feedback",
    "plan": "case_planning:plan",
    "export": "case_privacy:export",
    "forget": "case_privacy:forget",
    "retention": "case_privacy:retention",
    "receive": "case_signals:receive",
    "match": "case_signals:match",
    "repeat": "case_signals:repeat",
    "couple": "case_outside:couple",
    "give-feedback": "case_outside:give_feedback",
    "follow": "case_following:follow",
}
"""By name: the module of `cli` and the function in it, in the order in which `--help` has them."""

app = typer.Typer(
    name="case",
    add_completion=False,
    rich_markup_mode="markdown",
    help="Follow cases after a referral: what happened, what is due, and whose turn it is.",
)

for _name, _at in _COMMANDS.items():
    _module, _, _function = _at.partition(":")
    app.command(_name)(getattr(import_module(f"huurschuld.cli.{_module}"), _function))
