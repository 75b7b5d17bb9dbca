"""The option `--plugin`: it tries plugins that are files, with every command that uses plugins."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.main import get_command

_FILES: Final[ContextVar[tuple[Path, ...]]] = ContextVar("plugin files", default=())


def plugin_files() -> tuple[Path, ...]:
    """The files that were given to the command that runs."""
    return _FILES.get()


def take_plugin_files(command: Any) -> Any:  # noqa: ANN401 - what typer makes has no public type
    """Give a command, or each command of a group, the option `--plugin` if it uses plugins."""
    for it in getattr(command, "commands", {"": command}).values():
        if any(parameter.name == "config" for parameter in it.params):
            at = [parameter.name for parameter in it.params].index("config")
            it.params.insert(at + 1, _option())
    return command


def _option() -> Any:  # noqa: ANN401 - as above
    app = typer.Typer(add_completion=False)
    app.command()(_asks)
    return get_command(app).params[0]


def _remember(given: list[Path] | None) -> None:
    _FILES.set(tuple(given or ()))


def _asks(
    plugin: Annotated[
        list[Path] | None,
        typer.Option(
            "--plugin",
            metavar="FILE.py",
            callback=_remember,
            expose_value=False,
            help="Try a plugin that is a file, besides those that are installed.",
        ),
    ] = None,
) -> None:
    """Declare the option; it is never called."""
    del plugin
