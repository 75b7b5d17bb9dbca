"""The command line. It stops quietly from its first line on, and never shows a traceback."""

import os
import signal
import sys


def _stop(*_: object) -> None:
    """Exit at once: while this is the handler, nothing has started that would have to be undone."""
    try:
        # Not 2: that may be where what others print goes by now.
        os.write(sys.stderr.fileno(), b"huurschuld: stopped\n")
    finally:
        os._exit(2)


# Here, so that interrupting a command while libraries are imported shows no traceback.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _stop)


def run() -> int:
    """Run the command line; return the exit code."""
    try:
        code = _run()
    except Exception as error:  # noqa: BLE001 - no user wants a traceback; it is reported just below
        code = _report(error)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command had already finished
    return code


def _run() -> int:
    from huurschuld.cli import process  # noqa: PLC0415 - what it imports can be interrupted

    return process.run()


def _report(error: Exception) -> int:
    """Report what went wrong before the command line could do so itself."""
    from huurschuld.errors import InternalError  # noqa: PLC0415 - needed only here

    for line in (InternalError.of(error), InternalError.HOW_TO_REPORT):
        _tell(str(line))
    return InternalError.EXIT_CODE


def _tell(text: str) -> None:
    """Write a line on standard error, in the language that is asked for."""
    from huurschuld.decisions.dutch import in_dutch, language_of  # noqa: PLC0415 - needed only here

    is_dutch = language_of(sys.argv[1:], os.environ) == "nl"
    sys.stderr.write(f"huurschuld: {in_dutch(text) if is_dutch else text}\n")


if __name__ == "__main__":
    sys.exit(run())
