"""The command line; without the libraries that it needs it says which extra to install."""

from __future__ import annotations

import sys


def run() -> int:
    """Run the command line; the exit code."""
    try:
        from huurschuld.cli import main  # noqa: PLC0415 - it may not be there
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "huurschuld":
            raise
        sys.stderr.write(
            f"huurschuld: extra-needed at the command line: {error.name} is not installed; "
            "install huurschuld[cli]\n"
        )
        return 2
    return main()


if __name__ == "__main__":
    sys.exit(run())
