"""The language of a command: which one it is, texts in it, and `--help` and `--lang` on every command.

Commands write English. `terminal` turns it into Dutch where it is shown, if Dutch is asked for:
`say`, `notify`, `refuse`, `table`. What a program reads is written with `write`, and stays as it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Final, Literal

import typer
from typer.main import get_command

_PANELS: Final = (
    "DEFAULT_STRING",
    "ENVVAR_STRING",
    "REQUIRED_LONG_STRING",
    "ARGUMENTS_PANEL_TITLE",
    "OPTIONS_PANEL_TITLE",
    "COMMANDS_PANEL_TITLE",
)
"""The names under which `typer.rich_utils` has what it writes around our own texts in a page of help."""


class Lang(StrEnum):
    """The language of what a person reads."""

    NL = "nl"
    EN = "en"


LangOption = Annotated[
    Lang,
    typer.Option(
        "--lang", help="The language; without it that of HUURSCHULD_LANG, or else of the locale."
    ),
]


class _Spoken:
    """The language of the command that runs, in all its threads."""

    lang: Literal["nl", "en"] = "en"


def spoken() -> Literal["nl", "en"]:
    """The language of the command that runs: `nl` or `en`."""
    return _Spoken.lang


@contextmanager
def speaking(lang: Literal["nl", "en"]) -> Iterator[None]:
    """Speak a language."""
    before, _Spoken.lang = _Spoken.lang, lang
    try:
        yield
    finally:
        _Spoken.lang = before


def told(text: str | BaseException) -> str:
    """A text, or the message of an error, in the language that is spoken."""
    if _Spoken.lang == "en":
        return str(text)
    from huurschuld.decisions.dutch import in_dutch  # noqa: PLC0415 - the catalogue, for Dutch only

    return in_dutch(text)


def _told_paragraphs(text: str) -> str:
    return "\n\n".join(map(told, paragraphs(text)))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each on one line."""
    return [" ".join(it.split()) for it in inspect.cleandoc(text).split("\n\n")]


def take_language(command: Any) -> Any:  # noqa: ANN401 - what typer makes has no public type
    """Give a command the option `--lang`, and help and errors in the language that is spoken."""
    own = next((one for one in command.params if one.name == "lang"), None)
    if own is None:
        command.params.append(_option())
    else:
        own.default = Lang(_Spoken.lang)
    command.context_class = _context(command.context_class)
    return command


def _option() -> Any:  # noqa: ANN401 - as above
    app = typer.Typer(add_completion=False)
    app.command()(_asks)
    option = get_command(app).params[0]
    option.default, option.expose_value = Lang(_Spoken.lang), False
    return option


def _asks(lang: LangOption = Lang.EN) -> None:
    """Declare the option, which `language_of` has read already; it is never called."""
    del lang


def _context(of_typer: Any) -> Any:  # noqa: ANN401 - as above
    """The class of the contexts of a command: what it shows is in the language that is spoken."""

    class Formatter(of_typer.formatter_class):  # type: ignore[misc]
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, f"{told(prefix or 'Usage:')} ")

    class Context(of_typer):  # type: ignore[misc]
        formatter_class = Formatter

        def __init__(self, command: Any, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401
            super().__init__(command, *arguments, **settings)
            for it in command.get_params(self):
                if getattr(it, "is_flag", False):
                    it.metavar = ""  # it takes no value, and Typer would show one
            if _Spoken.lang != "en":
                _translate(self)

        def get_help(self) -> str:
            from typer import rich_utils  # noqa: PLC0415 - only for help

            before = {name: getattr(rich_utils, name) for name in _PANELS}
            try:
                vars(rich_utils).update({name: told(text) for name, text in before.items()})
                return str(super().get_help())
            finally:
                vars(rich_utils).update(before)

    return Context


def _translate(context: Any) -> None:  # noqa: ANN401 - as above
    """Translate the texts of a command, and the summaries of those below it."""
    command = context.command
    for it in (command, *getattr(command, "commands", {}).values()):
        for name in ("help", "short_help", "epilog", "rich_help_panel"):
            text = getattr(it, name, None)
            if text:
                setattr(it, name, _told_paragraphs(text))
    for it in command.get_params(context):
        if it.help:
            it.help = _told_paragraphs(it.help)
        if it.metavar:
            it.metavar = told(it.metavar)
        it.display_type_rich = partial(_told_type, it.display_type_rich)
    command.options_metavar = told(command.options_metavar)
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = told(command.subcommand_metavar)


def _told_type(of_typer: Callable[..., str | None], ctx: Any) -> str | None:  # noqa: ANN401 - as above
    shown = of_typer(ctx=ctx)
    return None if shown is None else told(shown)
