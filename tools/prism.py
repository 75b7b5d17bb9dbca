"""Installs Prism, which answers from an OpenAPI file and validates requests: tests/test_vera_prism.py.

    python tools/prism.py [FOLDER]

The folder is `build/prism` unless another is named. Nothing is done where this version is there already.
It needs `npm`. No package may run a script of its own while it is installed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = "@stoplight/prism-cli"
VERSION = "5.16.0"
FOLDER = Path(__file__).parent.parent / "build" / "prism"


def main(arguments: list[str]) -> int:
    """Install; the exit code of npm."""
    folder = Path(arguments[0]) if arguments else FOLDER
    if installed(folder) == VERSION:
        return 0
    npm = shutil.which("npm")
    if npm is None:
        print("npm was not found: install Node.js 20 or newer")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    quietly = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    command = [npm, "install", *quietly, "--prefix", str(folder), f"{PACKAGE}@{VERSION}"]
    return subprocess.run(command, check=False).returncode


def installed(folder: Path) -> str | None:
    """The version that is there."""
    described = folder / "node_modules" / PACKAGE / "package.json"
    if not described.is_file():
        return None
    version = json.loads(described.read_text("utf-8"))["version"]
    return version if isinstance(version, str) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
