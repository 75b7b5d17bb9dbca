"""What an attack is: a promise, and attempts to break it, each of which a seed and a number name."""

from __future__ import annotations

import os
import random
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import field, frozen

from huurschuld.errors import HuurschuldError, InternalError

SEED: Final = 2012
FOLDER: Final = "TORTURE_FOLDER"
"""The variable of the environment that says where attempts may write."""
CANARY: Final = "Zwaantje-Kanarie"
"""What a person is called in all that is attacked: it may be in no message and in no log."""


@frozen
class Finding:
    """A promise that was broken.

    Attributes:
        problem: what happened, in a line.
        detail: what helps to find out why: a traceback, what was printed, or the input.
        of_bench: the bench itself went wrong, before anything was attacked: nothing was found.
    """

    problem: str
    detail: str = ""
    of_bench: bool = False


class BenchFault(Exception):
    """The bench itself went wrong: this says nothing about what it attacks."""


Attempt = Callable[[int, int], Finding | None]
"""Makes the attempt of a number under a seed; the same for the same two."""


@frozen
class Attack:
    """One way to attack.

    Attributes:
        name: the name of its module, or that and a part after a dash.
        promise: what must hold whatever happens, in a line.
        attempt: makes one attempt.
        weight: its share of the time, beside those of the others.
        short: how many attempts are enough to see that it works, such as in `.ci/run`.
        seconds: how much time of the processor an attempt may take.
    """

    name: str
    promise: str
    attempt: Attempt = field(repr=False)
    weight: float = 1.0
    short: int = 10
    seconds: float = 60.0


def chance(name: str, number: int, seed: int) -> random.Random:
    """The randomness of one attempt."""
    return random.Random(f"{seed} {name} {number}")


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder for one attempt, in memory if there is such a place: no disk is waited for."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of an unguessable name is made in it
    within = os.environ.get(FOLDER) or (memory if memory.is_dir() else None)
    with tempfile.TemporaryDirectory(
        prefix="torture-", dir=within, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


@contextmanager
def making() -> Iterator[None]:
    """Make in the block what to attack with: whatever is raised meanwhile is a `BenchFault`."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also a panic of polars
        raise BenchFault(f"{type(error).__name__} while an input was made") from error


def unexpected(error: BaseException, detail: str = "") -> Finding | None:
    """What is wrong with an error that was raised: nothing, if it is a named one of ours on one line."""
    told = "".join(traceback.format_exception(error))
    if not isinstance(error, HuurschuldError) or isinstance(error, InternalError):
        return Finding(f"a raw {type(error).__name__}", f"{told}\n{detail}")
    if type(error) is HuurschuldError or not error.code or "\n" in str(error):
        return Finding(f"an error without a name, or of several lines: {type(error).__name__}", told)
    if CANARY in error.problem + error.remedy:
        return Finding(f"{error.code} quotes a name", f"{told}\n{detail}")
    return None


def resident(of: str, pid: int | str = "self") -> int:
    """How many bytes of memory a process has (`VmRSS`), or had at most (`VmHWM`); 0 if unknown."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(it.split()[1]) * 1024 for it in lines if it.startswith(f"{of}:")), 0)


def processor_seconds(pid: int) -> float:
    """How much time of the processor a process has used; 0 if it is not known."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
