"""Plugins as files: what runs in a process of its own must be importable there."""

from __future__ import annotations

import datetime as dt
import os
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from huurschuld.model.feedback import Feedback, FeedbackMessage, Taken
from huurschuld.model.referral import ContactDetails
from huurschuld.plugins.host import Host, Kind, State, load_apart
from huurschuld.plugins.host.connection import Asked, WorkerConnection
from huurschuld.plugins.host.messages import Question


class Shelf:
    """A folder of plugins on the path of Python, for this process and for those it starts."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self.points: list[EntryPoint] = []
        monkeypatch.syspath_prepend(str(folder))

    def add(self, name: str, *source: str) -> None:
        """A plugin: a module with this source, in one part or more."""
        module = f"shelf_{name.replace('-', '_')}"
        (self._folder / f"{module}.py").write_text(
            "".join(map(textwrap.dedent, source)), encoding="utf-8"
        )
        self.points.append(EntryPoint(name, module, "huurschuld"))

    def install(self) -> None:
        """Have them found among the installed plugins."""
        info = self._folder / "shelf-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shelf\nVersion: 1.0\n")
        lines = [f"{it.name} = {it.value}" for it in self.points]
        (info / "entry_points.txt").write_text("\n".join(["[huurschuld]", *lines, ""]))

    @contextmanager
    def load(self, **options: Any) -> Iterator[Host]:
        """What the host makes of them, each in a process of its own; for what works there is time."""
        seconds: dict[str, Any] = {"load_seconds": 60.0, "call_seconds": 60.0}
        with load_apart(installed=self.points, **(seconds | options)) as host:
            yield host


@contextmanager
def impatient(*plugins: str) -> Iterator[set[float]]:
    """Wait one second at most for an answer of these plugins, or of any; give the deadlines replaced.

    Only for what never answers: a slow machine must not fail a test.
    """
    replaced = set()
    say = WorkerConnection.say

    def soon(connection: WorkerConnection, question: Question, seconds: float) -> Asked:
        if plugins and connection._plugin not in plugins:
            return say(connection, question, seconds)
        replaced.add(seconds)
        return say(connection, question, 1.0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WorkerConnection, "say", soon)
        yield replaced


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: it does not within half a minute.
    """
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to pass within half a minute")


def is_there(pid: int) -> bool:
    """Whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.is_file() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def statuses(host: Host) -> dict[str, tuple[State, str]]:
    """State and reason by plugin."""
    return {it.name: (it.state, it.reason) for it in host.plugins}


def hooks(openers: str, *kinds: Kind) -> str:
    """The end of a plugin's source: for each kind the hook that gives these openers."""
    line = "\n    from huurschuld.hooks import hookimpl\n"
    return line + "".join(
        f"\n    @hookimpl\n    def {it.hook}():\n        return {openers}\n" for it in kinds
    )


TOLD = FeedbackMessage(
    number=1,
    made=dt.datetime(2026, 10, 20, 12, tzinfo=dt.UTC),
    feedback=Feedback(key="0" * 32, day=dt.date(2026, 10, 20), taken=Taken.TAKEN_UP, help_accepted=True),
)
WHO = ContactDetails(
    name="N. Kanarie", street="Kooiplein", house_number=7, postcode="2222AB", place="Katwijk"
)
HANGS = """
    import time
    time.sleep(600)
"""

SOUND = """
    import datetime as dt
    import polars as pl
    from huurschuld.errors import Cell

    class Sound:
        def __init__(self, start="2024-03-01"):
            self.start = dt.date.fromisoformat(start)

        def tables(self):
            print("a plugin that prints")
            return {
                "tenancies": pl.DataFrame({"id": ["A1"], "start": [self.start]}),
                "rents": pl.DataFrame({"tenancy": ["A1"], "from": [self.start], "cents": [70_000]}),
                "entries": pl.DataFrame({
                    "tenancy": ["A1", "A1"], "id": ["R8", "R9"], "kind": ["rent", "rent"],
                    "due": [dt.date(2026, 8, 1), dt.date(2026, 9, 1)], "cents": [70_000, 70_000],
                }),
            }

        def place(self, table, row, column):
            return Cell(f"the {table} of Sound", 0 if row is None else row + 100, column)
""" + hooks('{"sound": Sound}', Kind.LEDGER)
