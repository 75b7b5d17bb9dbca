"""The command line when something goes wrong: one line of our own, an exit code, and no traceback."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from huurschuld.cli import main
from huurschuld.cli.commands import COMMANDS, GROUPS, load
from huurschuld.errors import InternalError

NEEDS_POSIX = pytest.mark.skipif(os.name != "posix", reason="it needs signals or pipes")
SCREEN: Final = ("--policy", "katwijk-2021", "--as-of", "2026-10-20")
STOPPED: Final = (2, "huurschuld: stopped\n")
REPORT: Final = f"huurschuld: {InternalError.HOW_TO_REPORT}\n"


def running(*arguments: object, before: str = "", shell: str = "") -> subprocess.Popen[str]:
    """A command in a process of its own, with some Python run before it."""
    script = f"import os, sys\nfrom huurschuld.__main__ import run\n{before}\nsys.exit(run())"
    command = [sys.executable, "-c", script, *map(str, arguments)]
    if shell:
        command = ["/bin/sh", "-c", f'"$@" {shell}', "sh", *command]
    return subprocess.Popen(  # noqa: S603 - our own program
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(*arguments: object, before: str = "", shell: str = "") -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    with running(*arguments, before=before, shell=shell) as process:
        out, err = process.communicate()
        return process.returncode, out, err


def raising(statement: str) -> str:
    """Python with which the command `schema` runs a statement instead of what it does."""
    return (
        "import huurschuld.model.casefile as casefile\n"
        f"def broken():\n    {statement}\n    return {{}}\n"
        "casefile.case_schema = broken"
    )


# --- what goes wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["KeyError", "RecursionError", "AssertionError", "UnicodeError"])
def test_a_mistake_of_ours_says_where_and_how_to_report_it(kind: str) -> None:
    """The place in the code, the kind, exit code 70; not the message, which may be of a person."""
    code, out, err = ended("schema", before=raising(f"raise {kind}('mevrouw Jansen')"))
    assert (code, out) == (70, "")
    first, second = err.splitlines(keepends=True)
    assert re.fullmatch(
        r"huurschuld: internal-error at huurschuld\.cli\.schema, line [0-9]+: a mistake in huurschuld "
        rf"\({kind}\); report this line to the maintainers of huurschuld, without data\n",
        first,
    )
    assert second == REPORT


def test_a_mistake_while_the_command_line_is_imported_is_reported_as_well() -> None:
    """Before there is anything that could write a line in the usual way."""
    code, out, err = ended("--version", before="sys.modules['huurschuld.cli'] = object()")
    assert (code, out) == (70, "")
    assert err.startswith("huurschuld: internal-error at huurschuld.__main__, line ")
    assert err.endswith(REPORT)


@pytest.mark.parametrize(
    ("statement", "library", "kind"),
    [
        ("import polars as pl; pl.LazyFrame({'Jansen': [1]}).select('x').collect()", "polars", "Column"),
        (
            "import polars as pl; pl.Series([2**31 - 1]).cast(pl.Int32).cast(pl.Date).dt.month_end()",
            "polars",
            "PanicException",
        ),
        ("import duckdb; duckdb.sql(\"select error('Jansen')\").fetchall()", "DuckDB", "Exception"),
        ("import pyarrow; pyarrow.array(['Jansen', 1])", "PyArrow", "Arrow"),
        ("from pyspark.errors import PySparkException; raise PySparkException('Jansen')", "Spark", ""),
    ],
)
def test_an_error_of_a_library_is_one_line_without_its_message(
    statement: str, library: str, kind: str
) -> None:
    """Also a panic of polars, whose message Rust itself writes to standard error."""
    pytest.importorskip(statement.split()[1].rstrip(";").partition(".")[0])
    code, out, err = ended("schema", before=raising(statement))
    assert (code, out) == (2, "")
    assert re.fullmatch(
        rf"huurschuld: invalid-value at the tables: {library} could not read or process it "
        rf"\(\w*{kind}\w*\); [^\n]+\n",
        err,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("screen", "{long}", *SCREEN),
        ("decide", "{long}"),
        ("{long}",),
    ],
)
def test_what_is_far_too_long_is_not_shown_whole(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """A path or a word of thousands of characters would bury what is said about it."""
    assert main([it.format(long="a" * 5_000) for it in arguments]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("huurschuld: ")
    assert "…" in shown
    assert len(shown) < 700


def test_a_configured_path_that_is_far_too_long_is_not_shown_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor is one that a configuration names."""
    configuration = tmp_path / "huurschuld.toml"
    configuration.write_text(f'[ledgers.mine]\nplugin = "portfolio"\nfolder = "{"a" * 5_000}"\n')
    assert main(["screen", "mine", "--config", str(configuration), *SCREEN]) == 2
    shown = capsys.readouterr().err
    assert "File name too long" in shown
    assert len(shown) < 700


def test_too_little_memory_is_said_as_what_it_is() -> None:
    """It is no mistake, and there is something to do about it."""
    code, _, err = ended("schema", before=raising("raise MemoryError"))
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("huurschuld: there is not enough memory")


@pytest.mark.parametrize(
    "statement",
    [
        "os.write(2, b'Jansen')",
        "import warnings; warnings.warn('Jansen')",
        "import logging; logging.getLogger('py4j').error('Jansen', exc_info=ValueError('Jansen'))",
    ],
)
def test_what_libraries_print_of_themselves_is_not_shown(statement: str) -> None:
    """It may quote a cell."""
    code, _, err = ended("schema", before=raising(statement))
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    "statement",
    [
        "import threading; it = threading.Timer(0, {}.__getitem__, ['Jansen']); it.start(); it.join()",
        "type('Jansen', (), {'__del__': lambda self: {}['Jansen']})()",
    ],
)
def test_an_error_in_a_thread_or_a_finalizer_is_reported_in_our_form(statement: str) -> None:
    """Where Python itself would print a traceback."""
    _, _, err = ended("schema", before=raising(statement))
    assert re.fullmatch(r"huurschuld: internal-error at [^\n]+ \(KeyError\); [^\n]+\n" + REPORT, err)
    assert "Jansen" not in err


@NEEDS_POSIX
def test_a_crash_of_the_interpreter_is_seen() -> None:
    """By the name of the signal, on standard error."""
    code, _, err = ended("schema", before=raising("os.abort()"))
    assert code == -signal.SIGABRT
    assert "Aborted" in err


@NEEDS_POSIX
@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        ("2>&-", (0, "")),
        (">&-", (0, "")),
        (
            ">/dev/full",
            (2, "huurschuld: the file: No space left on device\n"),
        ),
    ],
)
def test_closed_and_full_outputs_are_no_reason_to_break(shell: str, expected: tuple[int, str]) -> None:
    """A descriptor that is closed is one that nobody reads; a full one is said in a line."""
    if "full" in shell and not Path("/dev/full").exists():
        pytest.skip("there is no full device")
    code, _, err = ended("schema", shell=shell)
    assert (code, err) == expected


# --- stopped ---------------------------------------------------------------------------------------


@NEEDS_POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_waits_can_be_stopped(tmp_path: Path, number: int) -> None:
    """Here for a file that nobody writes."""
    pipe = tmp_path / "case.json"
    os.mkfifo(pipe)
    with running("decide", pipe) as process:
        with pipe.open("wb"):  # opens when the command has opened it
            process.send_signal(number)
            _, err = process.communicate()
        assert (process.returncode, err) == STOPPED


@NEEDS_POSIX
@pytest.mark.parametrize(
    "statement",
    [
        (
            "import signal\n"
            "    try: signal.raise_signal(signal.SIGINT)\n"
            "    except KeyboardInterrupt: raise RuntimeError('Query interrupted') from None"
        ),
        "exec('import signal; signal.raise_signal(signal.SIGINT)')",
    ],
)
def test_an_interruption_is_one_wherever_it_comes(statement: str) -> None:
    """DuckDB raises an error of its own then, and after `exec` Python would end by the signal."""
    code, _, err = ended("schema", before=raising(statement))
    assert (code, err) == STOPPED


def stopped_at(folder: Path, fraction: float, took: float) -> None:
    """Stop a screening after a part of the time that it took, counted from the first line of ours."""
    with running("screen", folder, *SCREEN, "--format", "csv", before="os.write(1, b'.')") as process:
        assert process.stdout is not None
        assert process.stdout.read(1) == "."
        time.sleep(fraction * took)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    if process.returncode == 0:
        assert (out.count("\n") > 1, err) == (True, "")
    else:
        assert (process.returncode, err) == STOPPED


@NEEDS_POSIX
@pytest.mark.parametrize("times", [5, pytest.param(60, marks=pytest.mark.slow)])
def test_a_command_is_stopped_at_any_moment(clean: Path, times: int) -> None:
    """While libraries are imported, plugins are loaded, or tables are read: either stopped, or done."""
    start = time.monotonic()
    assert ended("screen", clean, *SCREEN)[0] == 0
    took = time.monotonic() - start  # only the moments at which others are stopped depend on it
    for number in range(times):
        stopped_at(clean, number * 1.1 / times, took)


@NEEDS_POSIX
def test_a_second_request_ends_at_once(tmp_path: Path) -> None:
    """Also where the first one is being attended to, and without a word of Python's."""
    pipe = tmp_path / "case.json"
    os.mkfifo(pipe)
    statement = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)"
    with running("decide", pipe, before=statement) as process:
        with pipe.open("wb"):
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            _, err = process.communicate()
        assert (process.returncode, err) in {STOPPED, (-signal.SIGINT, "")}


# --- started ---------------------------------------------------------------------------------------

HEAVY: Final = frozenset(
    "polars pyarrow duckdb narwhals pandas numpy httpx sqlalchemy hypothesis pytest pyspark "
    "huurschuld.plugins huurschuld.portfolio huurschuld.testing".split()
)
LISTING: Final = (
    "import atexit, json\n"
    "atexit.register(lambda: os.write(1, ('\\n' + json.dumps(sorted(sys.modules))).encode()))"
)


def loaded_by(*arguments: object) -> set[str]:
    """What a command has loaded when it ends."""
    code, out, _ = ended(*arguments, before=LISTING)
    assert code == 0
    return set(json.loads(out.splitlines()[-1]))


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_the_command_line_starts_without_what_it_does_not_need(option: str) -> None:
    """No dataframe library and no plugin is loaded to say what there is."""
    assert loaded_by(option).isdisjoint(HEAVY)


@pytest.mark.parametrize(
    "arguments", [("schema",), ("policies",), ("decide", Path(__file__).parent / "golden" / "case.json")]
)
def test_no_dataframe_library_is_loaded_for_what_has_no_tables(arguments: tuple[object, ...]) -> None:
    """One household is decided, and policies are shown, without one."""
    tables = {"polars", "pyarrow", "duckdb", "narwhals", "pandas", "numpy", "httpx", "sqlalchemy"}
    assert loaded_by(*arguments).isdisjoint(tables)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_of_a_command_is_its_own(name: str) -> None:
    """What `--help` says of it without loading it is what it says of itself."""
    assert COMMANDS[name][1] == load(name).help.splitlines()[0]


def test_the_groups_of_the_help_have_every_command_once() -> None:
    """Nothing that can be done is left out of `--help`."""
    assert sorted(it for names in GROUPS.values() for it in names) == sorted(COMMANDS)


def test_a_command_that_needs_more_than_is_installed_says_which_extra() -> None:
    """The command itself comes with the library; a portfolio needs the extra."""
    missing = "; ".join(f"sys.modules['{name}'] = None" for name in ("narwhals", "polars", "pyarrow"))
    code, _, err = ended(*"screen mine --policy katwijk-2021 --as-of 2026-10-20".split(), before=missing)
    assert code == 2
    assert re.fullmatch(r"huurschuld: extra-needed at .*; install huurschuld\[cli\]\n", err), err
    _, out, _ = ended("policies", before=missing)
    assert "columnar   not there: narwhals is not installed" in out
    assert "install huurschuld[cli]" in out
