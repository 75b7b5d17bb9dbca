"""Results in files: whole or not at all, and in the place of nothing else."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from portfolio_files import POLICY, copied

from huurschuld.cli.terminal import Interruption
from huurschuld.errors import InvalidValue
from huurschuld.model.files import write_files, write_text
from huurschuld.portfolio.result_rows import Origin
from huurschuld.portfolio.results import (
    read_result,
)

Screen = Callable[..., tuple[int, str, str]]
SUFFIXES = (".csv", ".json", ".parquet")
NEEDS_POSIX = pytest.mark.skipif(os.name != "posix", reason="it needs signals, links or pipes")


def files(folder: Path) -> list[str]:
    """The names of what is in a folder."""
    return sorted(it.name for it in folder.iterdir())


# --- written ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_result_is_read_again_as_it_was_written(
    run: Screen, without_disputes: Path, tmp_path: Path, suffix: str
) -> None:
    """With lists, yes and no, and unknown facts, and what it was made by; for its owner alone."""
    file = tmp_path / f"result{suffix}"
    out = run("screen", without_disputes, *POLICY, "--format", "json", "--facts", "--output", file)[1]
    expected = json.loads(out)["worklist"]
    found = read_result(file)
    assert list(found.rows.values()) == expected
    assert any(row["advice"] == "ask" and row["unknown"] == ["disputes"] for row in expected)
    assert all(row["disputed"] is None for row in expected)
    rules = json.loads(out)["rules"]
    assert found.origin == Origin("katwijk-2021", rules, dt.date(2026, 10, 20))
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


def test_two_runs_to_one_file_give_one_of_the_two(tmp_path: Path) -> None:
    """Never half of one, nor a mixture; and neither run fails because of the other."""
    file = tmp_path / "result.csv"
    write_text(file, "")
    failed: list[BaseException] = []
    done = threading.Event()

    def write(letter: bytes) -> None:
        try:
            for _ in range(40):
                write_files({file: letter * 300_000})
        except BaseException as error:  # noqa: BLE001 - it is told below
            failed.append(error)

    def look() -> None:
        while not done.is_set():
            data = file.read_bytes()
            if data and data not in (b"a" * 300_000, b"b" * 300_000):
                failed.append(AssertionError("half a file"))

    looking = threading.Thread(target=look)
    looking.start()
    writing = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b")]
    for it in writing:
        it.start()
    for it in writing:
        it.join()
    done.set()
    looking.join()
    assert failed == []
    assert files(tmp_path) == ["result.csv"]


class Broken(dict[Path, bytes]):
    """Files of which the second is never given: something happens first."""

    def __init__(self, path: Path, happens: Callable[[], object]) -> None:
        super().__init__({path: b"half of it"})
        self._happens = happens

    def items(self) -> Any:
        yield from super().items()
        self._happens()
        pytest.fail("it goes on")


def _terminated() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def _no_room() -> None:
    raise OSError(28, "No space left on device")


@NEEDS_POSIX
@pytest.mark.parametrize("happens", [_terminated, _no_room])
def test_what_breaks_off_while_writing_leaves_what_was_there(
    tmp_path: Path, happens: Callable[[], object]
) -> None:
    """And nothing beside it, also where it is told to end (SIGTERM)."""
    file = tmp_path / "result.csv"
    file.write_text("before", encoding="utf-8")
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.raises((KeyboardInterrupt, OSError)), Interruption():
        write_files(Broken(file, happens))
    assert signal.getsignal(signal.SIGTERM) == handler
    assert file.read_text(encoding="utf-8") == "before"
    assert files(tmp_path) == ["result.csv"]


COMMAND = [sys.executable, "-m", "huurschuld", "screen"]


@NEEDS_POSIX
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_says_so(clean: Path, tmp_path: Path, sent: int) -> None:
    """By Ctrl-C or by a request to end: one word, the exit code 2, and no file."""
    file = tmp_path / "result.csv"
    command = [*COMMAND, str(clean), *POLICY, "--engine", "each", "--output", str(file)]
    with subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HUURSCHULD_TRACE": "1"},
    ) as process:
        assert process.stderr is not None
        assert "portfolio" in next(it for it in process.stderr if "ledger portfolio" in it)
        process.send_signal(sent)
        out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert err.splitlines()[-1] == "huurschuld: stopped"
    assert "Traceback" not in err
    assert files(tmp_path) == []


@pytest.mark.slow
@NEEDS_POSIX
def test_a_run_that_is_killed_leaves_all_or_nothing(clean: Path, tmp_path: Path) -> None:
    """At whatever moment: under the final name stands a whole file, or none."""
    whole_one = tmp_path / "whole.parquet"
    command = [*COMMAND, str(clean), *POLICY, "--output"]
    began = time.monotonic()
    subprocess.run([*command, str(whole_one)], check=True, capture_output=True)  # noqa: S603 - our own program
    took = time.monotonic() - began
    expected = pl.read_parquet(whole_one)
    for share in (0.3, 0.6, 0.8, 0.9, 0.95, 1.0):
        file = tmp_path / f"at-{share}.parquet"
        with subprocess.Popen([*command, str(file)], stdout=subprocess.DEVNULL) as process:  # noqa: S603 - as above
            time.sleep(took * share)
            process.send_signal(signal.SIGKILL)
        assert not file.exists() or pl.read_parquet(file).equals(expected)


@NEEDS_POSIX
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_disk_without_room_is_told_in_one_line(clean: Path, tmp_path: Path, suffix: str) -> None:
    """In every format, with the name that was given; and none of the other files is there."""
    file, aside = tmp_path / f"result{suffix}", tmp_path / "aside.csv"
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)); "
        "from huurschuld.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [
            sys.executable,
            "-c",
            limited,
            "screen",
            clean,
            *POLICY,
            "--quarantine",
            aside,
            "--output",
            file,
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"huurschuld: {file}: File too large\n"
    assert files(tmp_path) == []


# --- where to --------------------------------------------------------------------------------------


def told(run: Screen, *arguments: object) -> str:
    """What is told of wrong use, before anything is read."""
    code, out, err = run("screen", *arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    return err


@NEEDS_POSIX
def test_an_output_takes_the_place_of_nothing_else(run: Screen, clean: Path, tmp_path: Path) -> None:
    """Neither of a table, nor of another output, a policy or the file of plugins."""
    mine = copied(clean, tmp_path / "mine")
    before = {it.name: it.read_bytes() for it in mine.iterdir()}
    same = tmp_path / "same.csv"
    link = tmp_path / "link.csv"
    link.symlink_to(mine / "entries.csv")
    hard = tmp_path / "hard.csv"
    hard.hardlink_to(mine / "rents.csv")
    policy = tmp_path / "own.toml"
    policy.write_text('name = "own"', encoding="utf-8")
    config = tmp_path / "config.toml"
    elsewhere = copied(clean, tmp_path / "elsewhere")
    config.write_text(f'[ledgers.erp]\nuse = "portfolio"\nfolder = "{elsewhere}"\n', encoding="utf-8")
    err = told(run, mine, *POLICY, "--output", same, "--quarantine", tmp_path / "." / "same.csv")
    assert "--quarantine" in err
    assert "this is also the file of --output" in err
    for output in (mine / "entries.csv", mine / "new.csv", mine / "." / "plans.csv", link, hard):
        for option in ("--output", "--quarantine"):
            err = told(run, mine, *POLICY, option, output)
            assert f"{option} {output}: this file is read, or is one of the tables" in err
    own = ["--policy", policy, "--as-of", "2026-10-20"]
    assert "this file is read" in told(run, mine, *own, "--quarantine", policy)
    for output in (config, elsewhere / "plans.csv"):
        err = told(run, *POLICY, "--config", config, "--ledger", "erp", "--quarantine", output)
        assert "this file is read" in err
    assert {it.name: it.read_bytes() for it in mine.iterdir()} == before
    assert not same.exists()


@NEEDS_POSIX
def test_what_is_no_file_is_not_replaced(run: Screen, clean: Path, tmp_path: Path) -> None:
    """A device, a pipe or a folder stays what it is; a folder that is not there is told at once."""
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    for output in ("/dev/null", pipe, tmp_path):
        err = told(run, clean, *POLICY, "--quarantine", output)
        assert f"--quarantine {output}: this is a folder, device or pipe" in err
    assert pipe.is_fifo()
    lost = tmp_path / "lost" / "result.csv"
    cases = tmp_path / "cases"
    err = told(run, clean, *POLICY, "--output", lost, "--undecided", cases)
    assert f"--output {lost}: the folder for it does not exist" in err
    assert not cases.exists()
    with pytest.raises(InvalidValue, match="device"):
        write_text(pipe, "x")
    for path in (tmp_path / "lost" / "x", tmp_path / ("x" * 300)):
        with pytest.raises(OSError, match=r"lost|xxx") as caught:
            write_text(path, "x")
        assert caught.value.filename == str(path)


@NEEDS_POSIX
def test_a_link_is_written_through(tmp_path: Path) -> None:
    """It stays a link, and the file that it leads to is the new one."""
    (tmp_path / "far").mkdir()
    (tmp_path / "link.csv").symlink_to(Path("far") / "result.csv")
    for text in ("one", "two"):
        write_text(tmp_path / "link.csv", text)
        assert (tmp_path / "link.csv").is_symlink()
        assert (tmp_path / "far" / "result.csv").read_text(encoding="utf-8") == text
    assert files(tmp_path / "far") == ["result.csv"]
