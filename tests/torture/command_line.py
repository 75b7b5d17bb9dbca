"""The command line in a process of its own, to be killed, starved of disk space, or watched.

A process is forked from one that has everything imported, so that hundreds of them take no more than
minutes. It never used polars before: what that library starts does not survive a fork.
"""

from __future__ import annotations

import atexit
import functools
import importlib
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

from attrs import frozen
from referring import RECEIVER, in_arrears, person
from tables import as_tables, write_csv
from torture.attack import scratch

import huurschuld
from huurschuld.cli import (  # noqa: F401 - imported here, they need not be in each process
    main,
    process,
    refer,
    screen,
)
from huurschuld.plugins import bip, meldpunt, portfolio, register, vera  # noqa: F401 - as above

CODE: Final = str(Path(huurschuld.__file__).parent)
TENANCIES: Final = tuple(f"tenancy-{number}" for number in range(1, 6))
BY: Final = "M. de Vries"
POLICY: Final = ("--policy", "bgs-2021", "--as-of", "2026-10-20")
EXIT_CODES: Final = {0, 1, 2}
"""What `docs/command-line.md` says a command ends with, besides 70 for a mistake of our own."""
_CONFIGURATION: Final = """\
[contact_sources.register]
file = {{ path = "register.csv" }}

[channels.{receiver}]
{channel}

[outbox]
file = {{ path = "outbox.sqlite" }}
"""
FILE_DROP: Final = 'use = "file-drop"\nfolder = { path = "inbox" }'


@frozen
class Ended:
    """How a command ended: its exit code, or less than 0 for the signal; and what it printed."""

    code: int
    output: str
    errors: str

    @property
    def told(self) -> str:
        """All of it, for a report."""
        return f"exit code {self.code}\n{self.output}\n{self.errors}"

    def fault(self) -> str | None:
        """What is wrong with how it ended by itself, if anything is."""
        if self.code not in EXIT_CODES:
            return f"exit code {self.code}"
        if "Traceback" in self.output + self.errors:
            return "a traceback"
        return None


class Fuse:
    """Kills the process before the Nth line of the package that runs; it counts them."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.count = 0

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(CODE):
            return None
        if event == "line":
            self.count += 1
            if self.count == self.line:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


@frozen
class Child:
    """A process in which a command runs, and the pipes that it prints to."""

    pid: int
    pipes: tuple[int, int]


def started(
    folder: Path,
    *arguments: str,
    before: Callable[[], object] = lambda: None,
    after: Callable[[], object] = lambda: None,
    environment: Mapping[str, str] | None = None,
) -> Child:
    """Start a command in a folder, in a process of its own."""
    sys.stdout.flush()
    pipes = [os.pipe(), os.pipe()]
    pid = os.fork()
    if pid:
        for _, writing in pipes:
            os.close(writing)
        return Child(pid, (pipes[0][0], pipes[1][0]))
    code = 99
    try:
        os.setsid()
        os.chdir(folder)
        for descriptor, (reading, writing) in enumerate(pipes, 1):
            os.close(reading)
            os.dup2(writing, descriptor)
            os.close(writing)
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - for as long as it lives
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115 - as above
        os.environ.update({"HUURSCHULD_CONFIG": "huurschuld.toml", **(environment or {})})
        before()
        code = main(list(arguments))
        sys.stdout.flush()
        after()
    finally:
        os._exit(code)


def ended(child: Child) -> Ended:
    """Wait for a command, end what it has started, and give how it ended."""
    printed = dict.fromkeys(child.pipes, b"")
    waiting = set(printed)
    while waiting:
        for pipe in select.select(waiting, [], [])[0]:
            more = os.read(pipe, 65536)
            printed[pipe] += more
            if not more:
                waiting.remove(pipe)
                os.close(pipe)
    _, status = os.waitpid(child.pid, 0)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    texts = [it.decode(errors="replace") for it in printed.values()]
    return Ended(os.waitstatus_to_exitcode(status), *texts)


def run(folder: Path, *arguments: str, **more: Any) -> Ended:
    """Run a command to its end."""
    return ended(started(folder, *arguments, **more))


def killed_at(folder: Path, line: int, *arguments: str) -> Ended:
    """Run a command that is killed before a line, if it gets there."""
    return run(folder, *arguments, before=lambda: sys.settrace(Fuse(line)))


def lines_of(folder: Path, *arguments: str) -> int:
    """Run a command to its end, and say how many lines of the package ran."""
    fuse = Fuse(0)
    counted = folder / "lines"
    run(
        folder,
        *arguments,
        before=lambda: sys.settrace(fuse),
        after=lambda: counted.write_text(str(fuse.count)),
    )
    return int(counted.read_text())


def killed_after(folder: Path, seconds: float, *arguments: str) -> Ended:
    """Run a command that is killed after some seconds, if it runs for so long."""
    child = started(folder, *arguments)
    time.sleep(seconds)
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # it has ended, or is no group yet
        os.kill(child.pid, signal.SIGKILL)
    return ended(child)


def without_space(bytes_left: int) -> Callable[[], None]:
    """Let no file of the process grow beyond so many bytes, as if the disk were full."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, resource.RLIM_INFINITY))

    return limit


# --- what commands work on ---------------------------------------------------------------------


@functools.cache
def ledger() -> Path:
    """A portfolio in which everybody is to be referred; it stays for as long as this process."""
    folder = kept() / "mine"
    write_csv(folder, as_tables(map(in_arrears, TENANCIES)))
    return folder


@functools.cache
def kept() -> Path:
    """A folder that stays for as long as this process."""
    return Path(_STACK.enter_context(scratch()))


_STACK: Final = ExitStack()
atexit.register(_STACK.close)


def surroundings(folder: Path, channel: str = FILE_DROP) -> None:
    """Write the configuration, the register and an inbox into a folder."""
    configuration = _CONFIGURATION.format(receiver=RECEIVER, channel=channel)
    (folder / "huurschuld.toml").write_text(configuration, encoding="utf-8")
    (folder / "inbox").mkdir(exist_ok=True)
    lines = ["tenancy,name,street,house_number,postcode,place"]
    for tenancy in TENANCIES:
        it = person(tenancy)
        lines.append(f"{tenancy},{it.name},{it.street},{it.house_number},{it.postcode},{it.place}")
    (folder / "register.csv").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


STAGES: Final = ("nothing", "begun", "proposed", "confirmed")
"""How far everything has got."""


def command_of(stage: str) -> tuple[str, ...]:
    """The command that goes on from a stage."""
    return {
        "nothing": ("refer", "begin"),
        "begun": ("refer", "propose", str(ledger()), *POLICY, "--batch", "october"),
        "proposed": ("refer", "confirm", "--batch", "october", "--by", BY),
        "confirmed": ("refer", "send", "--rounds", "2"),
    }[stage]


@functools.cache
def outbox_of(stage: str) -> bytes:
    """The file of an outbox in which everything is at a stage."""
    with scratch() as folder:
        surroundings(folder)
        for before in STAGES[: STAGES.index(stage)]:
            found = run(folder, *command_of(before))
            assert found.code == 0, found.told
        return (folder / "outbox.sqlite").read_bytes()


@functools.cache
def _import_all() -> None:
    """Import here what the commands import while they run: else each process would do so anew."""
    for stage in ("proposed", "confirmed"):
        with scratch() as folder:
            surroundings(folder)
            _put_outbox(folder, stage)
            import_used(folder, *command_of(stage))


def import_used(folder: Path, *arguments: str) -> None:
    """Import here what a command imports while it runs; it runs to its end."""
    listed = folder / "modules"
    run(folder, *arguments, after=lambda: listed.write_text("\n".join(sys.modules)))
    for name in listed.read_text().splitlines():
        if name not in sys.modules and name.partition(".")[0] != "__main__":
            with suppress(ImportError):  # a module that another one made, and that has no file
                importlib.import_module(name)


def at_stage(folder: Path, stage: str, channel: str = FILE_DROP) -> None:
    """Fill a folder with everything that a command needs, at a stage."""
    _import_all()
    surroundings(folder, channel)
    _put_outbox(folder, stage)


def _put_outbox(folder: Path, stage: str) -> None:
    if stage != "nothing":
        path = folder / "outbox.sqlite"
        path.touch(mode=0o600)
        path.write_bytes(outbox_of(stage))
