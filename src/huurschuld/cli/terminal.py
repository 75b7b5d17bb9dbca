"""Writing to a terminal: results, progress, and one line for what is refused."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

WRONG_USE: Final = 2
INTERRUPTED: Final = 130
"""What typer returns where it was interrupted."""


def write(text: str) -> None:
    """Write to standard output."""
    sys.stdout.write(text)


def printable(text: str) -> str:
    """Put a text on one line, without what would move the cursor or colour the terminal."""
    return "".join(
        it if it.isprintable() else "\N{REPLACEMENT CHARACTER}" for it in " ".join(text.split())
    )


def tell(told: str) -> None:
    """Say something besides the result: one line on standard error."""
    sys.stderr.write(f"huurschuld: {printable(told)}\n")


def refuse(told: str) -> int:
    """Say why there is no result; the exit code for that."""
    tell(told)
    return WRONG_USE


@contextmanager
def ended_as_interrupted() -> Iterator[None]:
    """Take a request to end (SIGTERM) as an interruption, so that what is half done is taken away.

    A second one ends the program at once.
    """
    if threading.current_thread() is not threading.main_thread():  # where no signal arrives
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def _interrupt(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    raise KeyboardInterrupt


def console() -> Console:
    """What tables are drawn on."""
    return Console(highlight=False)


def bar() -> Progress:
    """A progress bar on standard error, off where that is no terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
