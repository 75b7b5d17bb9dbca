"""Cases on PostgreSQL: clients that are killed, and a server that is stopped in the middle of it.

SQLite is attacked by the bench: `cases-kills` and others, `docs/promises.md`.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from postgres import programs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="clients are forked, and killed"),
]
MANY = {"kills": int(os.environ.get("HUURSCHULD_TEST_KILLS", "40")), "stops": 6}
"""How often; the environment asks for more kills."""


@pytest.mark.skipif(programs() is None, reason="the programs of a PostgreSQL server are not installed")
@pytest.mark.parametrize("what", MANY)
def test_what_was_acknowledged_is_there_and_the_next_one_goes_on(what: str) -> None:
    """Killed at any moment, or without its server for a while; all errors are named ones."""
    ran = subprocess.run(  # noqa: S603 - this interpreter, on a module of the tests
        [sys.executable, "-m", "case_servers", what, str(MANY[what])],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    seen = dict(it.split(": ") for it in ran.stdout.strip().split(", "))
    assert int(seen["events"]) > 0
    assert int(seen["killed" if what == "kills" else "stops"]) > 0
