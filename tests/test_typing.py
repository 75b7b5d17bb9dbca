"""The types that users see: mypy and pyright take what is right, and catch what is wrong."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
USES = ROOT / "tests" / "typing"


def checked(*command: object) -> str:
    """What a type checker says, if it refuses."""
    done = subprocess.run(  # noqa: S603 - a checker that the project names
        [sys.executable, "-m", *map(str, command)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return done.stdout + done.stderr if done.returncode else ""


def test_mypy_takes_what_is_right_and_catches_what_is_wrong() -> None:
    """A mark on a line that is no error would be one: mypy is strict here."""
    pytest.importorskip("mypy")
    assert checked("mypy", *sorted(USES.glob("*.py"))) == ""


def test_pyright_takes_what_is_right_and_catches_what_is_wrong() -> None:
    """As above, and in `examples/`; basedpyright is pyright with what it needs to run."""
    if find_spec("basedpyright") is None:
        pytest.skip("basedpyright is not installed")
    assert checked("basedpyright", "--pythonpath", sys.executable, "-p", USES) == ""
