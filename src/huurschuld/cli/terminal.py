"""Writing to a terminal: results, progress, and one line for what is refused."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from huurschuld.errors import InternalError

if TYPE_CHECKING:  # rich is loaded where something is drawn
    from rich.console import Console
    from rich.progress import Progress

WRONG_USE: Final = 2
INTERRUPTED: Final = 130
"""What typer returns where it was interrupted."""


def write(text: str) -> None:
    """Write to standard output."""
    sys.stdout.write(text)


def printable(text: str) -> str:
    """A text in one line, without what would move the cursor or colour the terminal."""
    return "".join(
        it if it.isprintable() else "\N{REPLACEMENT CHARACTER}" for it in " ".join(text.split())
    )


def tell(message: str) -> None:
    """Say something besides the result: one line on standard error."""
    sys.stderr.write(f"huurschuld: {printable(message)}\n")


def refuse(message: str) -> int:
    """Say why there is no result; return the exit code for that."""
    tell(message)
    return WRONG_USE


def report(error: BaseException) -> int:
    """Report a mistake of our own; return the exit code for that."""
    tell(str(error if isinstance(error, InternalError) else InternalError.of(error)))
    tell(InternalError.HOW_TO_REPORT)
    return InternalError.EXIT_CODE


class Interruption:
    """Takes a request to end (SIGINT, SIGTERM) as an interruption, so that what is half done is undone.

    A second one ends the program at once.

    Attributes:
        requested: whether there was one.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():  # where no signal arrives
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
    """What tables are drawn on."""
    from rich.console import Console  # noqa: PLC0415 - loaded where something is drawn

    return Console(highlight=False)


def bar() -> Progress:
    """A progress bar on standard error, off where that is no terminal."""
    from rich.console import Console  # noqa: PLC0415 - loaded where something is drawn
    from rich.progress import (  # noqa: PLC0415 - loaded where something is drawn
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
    )

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
