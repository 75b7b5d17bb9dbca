"""Writing to a terminal: results, progress, and one line for what is refused."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from huurschuld.cli.language import told
from huurschuld.errors import InternalError

if TYPE_CHECKING:  # rich is imported only where something is drawn
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

WRONG_USE: Final = 2
INTERRUPTED: Final = 130
"""What typer returns where it was interrupted."""


def write(text: str) -> None:
    """Write to standard output, as it is: what a program reads, or text that is in both languages."""
    sys.stdout.write(text)


def say(text: str) -> None:
    """Write a text for a person to standard output, in the language that is spoken."""
    write(told(text))


def printable(text: str) -> str:
    """A text on one line, without characters that move the cursor or colour the terminal."""
    return "".join(
        it if it.isprintable() else "\N{REPLACEMENT CHARACTER}" for it in " ".join(text.split())
    )


def notify(message: str) -> None:
    """Print a line on standard error, apart from the result."""
    sys.stderr.write(f"huurschuld: {printable(told(message))}\n")


def refuse(message: str) -> int:
    """Print why there is no result; return the exit code for that."""
    notify(message)
    return WRONG_USE


def report(error: BaseException) -> int:
    """Report a mistake of our own; return the exit code for that."""
    notify(str(error if isinstance(error, InternalError) else InternalError.of(error)))
    notify(InternalError.HOW_TO_REPORT)
    return InternalError.EXIT_CODE


class Interruption:
    """Treats a request to end (SIGINT, SIGTERM) as an interruption, so that unfinished work is undone.

    A second one ends the program at once.

    Attributes:
        requested: whether there was one.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():  # a thread that gets no signals
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = before = signal.getsignal(number)
            if before != signal.SIG_IGN:
                signal.signal(number, self._interrupt)

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, signal.SIG_DFL if before is None else before)

    def _interrupt(self, number: int, _: FrameType | None) -> None:
        self.requested = True
        signal.signal(number, signal.SIG_DFL)
        raise KeyboardInterrupt


def console() -> Console:
    """The console that tables are drawn on."""
    from rich.console import Console  # noqa: PLC0415 - imported only here

    return Console(highlight=False)


def table(*headings: str, expand: bool = False) -> Table:
    """A table without lines."""
    from rich.table import Table  # noqa: PLC0415 - imported only here

    told_headings = map(told, headings)
    return Table(*told_headings, box=None, header_style="bold", pad_edge=False, expand=expand)


def bar() -> Progress:
    """A progress bar on standard error; off if that is not a terminal."""
    from rich.console import Console  # noqa: PLC0415 - imported only here
    from rich.progress import (  # noqa: PLC0415 - imported only here
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        Task,
        TextColumn,
    )
    from rich.text import Text  # noqa: PLC0415 - imported only here

    class Told(TextColumn):
        def render(self, task: Task) -> Text:
            return Text(told(task.description))

    return Progress(
        SpinnerColumn(),
        Told(""),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
