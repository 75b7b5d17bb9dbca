"""A standalone cluster of Spark on this machine: a master and two workers, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from re import search
from typing import Final

_MASTER: Final = "org.apache.spark.deploy.master.Master"
_WORKER: Final = "org.apache.spark.deploy.worker.Worker"
_HOST: Final = "127.0.0.1"
_PATIENCE: Final = 300
"""For how many seconds a process may take to start, on a machine that is busy."""


@contextmanager
def spark_cluster(folder: Path) -> Iterator[str]:
    """A cluster with two workers of one core each; the address of its master."""
    with ExitStack() as stack:
        log = _started(stack, folder / "master.log", _MASTER, "--host", _HOST, "--port", "0")
        master = _found(log, rf"Starting Spark master at (spark://{_HOST}:\d+)")
        for number in range(2):
            of_worker = ("--host", _HOST, "--cores", "1", "--memory", "1g", "-d", str(folder), master)
            log = _started(stack, folder / f"worker-{number}.log", _WORKER, *of_worker)
            _found(log, "(Successfully registered) with master")
        yield master


def environment(**more: str) -> Mapping[str, str]:
    """The environment of a process of Spark: small, and on this machine alone."""
    return os.environ | {"SPARK_LOCAL_IP": _HOST, "SPARK_DAEMON_MEMORY": "256m"} | more


def _started(stack: ExitStack, log: Path, *command: str) -> Path:
    """Start a process, which ends with the stack; the file of what it says."""
    import pyspark  # noqa: PLC0415 - it need not be there

    home = Path(pyspark.__file__).parent
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - Spark, as pip installed it
            [home / "bin" / "spark-class", command[0], "--webui-port", "0", *command[1:]],
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment(SPARK_HOME=str(home)),
        )
    stack.callback(_ended, process)
    return log


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(_PATIENCE)


def _found(log: Path, pattern: str) -> str:
    """What a pattern finds in a log, once it is there."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        found = search(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if found is not None:
            return found[1]
        time.sleep(0.2)
    raise TimeoutError(f"{log.name} does not say {pattern}")
