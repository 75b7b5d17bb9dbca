"""The process of a command: only our own lines reach standard error.

What libraries print on their own may quote a cell: polars panics do, and so do Spark logs.
"""

from __future__ import annotations

import atexit
import faulthandler
import logging
import os
import sys
import threading
import warnings
from io import TextIOWrapper

from huurschuld.cli import main
from huurschuld.cli.terminal import Interruption, report


def run() -> int:
    """Run the command line in a process of its own; the exit code."""
    _guard()
    interruption = Interruption()
    code = main(interruption=interruption)
    if interruption.requested:
        # If the signal came during `exec`, Python ends by the signal and not with the exit code.
        atexit._run_exitfuncs()  # noqa: SLF001 - there is no public name for it
        os._exit(code)
    return code


def _guard() -> None:
    """Let nothing but our own lines through to standard error, from now on."""
    if sys.stdout is None:  # the parent process closed it
        sys.stdout = _nowhere()
    sys.stderr = _own_standard_error()
    _discard_standard_error()  # only then, so that what is told meanwhile is not lost
    sys.__stderr__ = sys.stderr  # type: ignore[misc] # by which rich measures a terminal
    faulthandler.enable(sys.stderr)  # a crash of the interpreter stays visible
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())
    threading.excepthook = lambda args: _report(args.exc_value)
    sys.unraisablehook = lambda args: _report(args.exc_value)


def _own_standard_error() -> TextIOWrapper:
    """Keep standard error for ourselves."""
    try:
        kept = os.dup(2)
    except OSError:  # it was closed
        return _nowhere()
    return open(kept, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _discard_standard_error() -> None:
    """Discard what others write to the descriptor of standard error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    if nowhere != 2:  # it was closed
        os.close(nowhere)


def _nowhere() -> TextIOWrapper:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - not a user's path


def _report(error: BaseException | None) -> None:
    """Report what a thread or a finalizer raised."""
    if error is not None and not isinstance(error, BrokenPipeError | KeyboardInterrupt):
        report(error)
