"""Runs what the documentation shows, so that it stays true: README.md and docs/.

- A `python` block is run; the blocks of one page share their names.
- A `console` block is played: `$ huurschuld …` runs in this process, `$ export NAME=VALUE` sets a
  variable, and what is shown below must be what was printed. A line `…` stands for any lines.
- `$ export NAME=$(huurschuld … | sed -n 'Ns/,.*//p')` takes the first cell of line N, for which `$NAME`
  stands in a command. From there on, keys, which are random, need not be those that are shown.
- A block after `<!-- file: NAME -->` is written to a file of that name instead, whatever its language.
- A `text` block after `<!-- prints -->` must be what the python block before it printed.

Each page has an empty folder to itself, with a copy of `examples/` in it.
"""

from __future__ import annotations

import gc
import io
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.region import Lexeme
from sybil.typing import Evaluator

from huurschuld.cli import main

os.environ["LC_ALL"] = "C.UTF-8"  # what is tested is in English, unless a test says otherwise
os.environ.pop("HUURSCHULD_LANG", None)

_EXAMPLES: Final = Path(__file__).parent / "examples"
_BLOCK: Final = re.compile(
    r"^(?:<!-- (?P<told>[^\n]+?) -->\n)?```(?P<language>\w+)\n(?P<source>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_ANY_LINES: Final = r"(?:.*\n)*?"
_TAKES: Final = re.compile(r"export (\w+)=\$\((huurschuld .+) \| sed -n '(\d+)s/,\.\*//p'\)")
_KEY: Final = re.compile(r"\b(?:[0-9a-f]{32}|[0-9a-f]{12})\b")
_run_python: Final = PythonEvaluator()


def _blocks(document: Document) -> Iterable[Region]:
    """The blocks of a page that are to be evaluated."""
    for block in _BLOCK.finditer(document.text):
        told, language, source = block["told"] or "", block["language"], block["source"]
        evaluate: Evaluator | None = None
        if told.startswith("file: "):
            evaluate = _writes(told.removeprefix("file: "))
        elif told == "prints":
            evaluate = _prints
        elif language == "python":
            evaluate = _python
        elif language == "console":
            evaluate = _console
        if evaluate is not None:
            lines_before = document.text.count("\n", block.start(), block.start("source"))
            parsed = Lexeme(source, block.start("source") - block.start(), lines_before - 1)
            yield Region(block.start(), block.end(), parsed, evaluate)


def _writes(name: str) -> Callable[[Example], None]:
    def write(example: Example) -> None:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(example.parsed, encoding="utf-8")

    return write


def _python(example: Example) -> None:
    printed = io.StringIO()
    with redirect_stdout(printed):
        _run_python(example)
    example.namespace["_printed"] = printed.getvalue()


def _prints(example: Example) -> str | None:
    return _differs(example.parsed, example.namespace["_printed"])


def _console(example: Example) -> str | None:
    """Play a session; what differs is told, the first only."""
    sessions = re.split(r"^\$ ", example.parsed.replace("\\\n", ""), flags=re.MULTILINE)
    for session in sessions[1:]:
        line, _, shown = session.partition("\n")
        if taken := _TAKES.fullmatch(line):
            printed = _command(shlex.split(taken[2])).splitlines()
            os.environ[taken[1]] = printed[int(taken[3]) - 1].partition(",")[0]
            example.namespace["_taken"] = True
            continue
        words = [os.path.expandvars(it) for it in shlex.split(line)]
        if told := _differs(shown, _command(words), any_keys="_taken" in example.namespace):
            return f"$ {line}\n{told}"
    return None


def _command(words: list[str]) -> str:
    """What a command prints, on both streams."""
    match words:
        case ["export", setting]:
            name, _, value = setting.partition("=")
            os.environ[name] = value
            return ""
        case ["cp", "-r", source, target]:
            shutil.copytree(source, target)
            return ""
        case ["cp", source, target]:
            shutil.copy(source, target)
            return ""
        case ["huurschuld", *arguments]:
            collecting, printed = gc.isenabled(), io.StringIO()
            try:
                with redirect_stdout(printed), redirect_stderr(printed):
                    main(arguments)
            finally:
                if collecting:
                    gc.enable()
            return printed.getvalue()
    raise ValueError(f"a console block runs huurschuld, export or cp, not {words[0]}")


def _differs(shown: str, printed: str, *, any_keys: bool = False) -> str | None:
    """What was printed, if it is not as shown; with `any_keys` but for the keys of cases."""
    expected, actual = _lines(shown), _lines(printed)
    pattern = "".join(_ANY_LINES if it == "…" else re.escape(it) + r"\n" for it in expected)
    if any_keys:
        pattern = _KEY.sub(lambda key: f"[0-9a-f]{{{len(key[0])}}}", pattern)
    if re.fullmatch(pattern, "".join(f"{it}\n" for it in actual)):
        return None
    return "\n".join(("shown:", *expected, "", "printed:", *actual))


def _lines(text: str) -> list[str]:
    """The lines without blanks at their ends, and without empty lines around them."""
    trimmed = "\n".join(line.rstrip() for line in text.split("\n"))
    return trimmed.strip("\n").split("\n")


def _enter(namespace: dict[str, Any]) -> None:
    """Give a page its folder, and a terminal of 100 characters wide without colours."""
    patch, folder = pytest.MonkeyPatch(), TemporaryDirectory()
    shutil.copytree(_EXAMPLES, Path(folder.name, "examples"))
    patch.chdir(folder.name)
    patch.syspath_prepend(folder.name)
    patch.setenv("COLUMNS", "100")
    ours = ("KEY", "LANG", "CONFIG", "OUTBOX", "CASES", "ROLE", "PERSON", "TRACE")
    for name in (*(f"HUURSCHULD_{it}" for it in ours), "FORCE_COLOR", "TTY_COMPATIBLE"):
        patch.setenv(name, "")  # so that what a page sets is undone, too
        patch.delenv(name)
    namespace["_leave"] = (patch.undo, lambda: _forget(Path(folder.name)), folder.cleanup)


def _forget(folder: Path) -> None:
    """Take out the modules that a page has written and loaded: another may have one of that name."""
    for name, module in [*sys.modules.items()]:
        if Path(getattr(module, "__file__", None) or "/").is_relative_to(folder):
            del sys.modules[name]


def _leave(namespace: dict[str, Any]) -> None:
    for undo in namespace.pop("_leave"):
        undo()


pytest_collect_file = Sybil(
    parsers=[_blocks], patterns=["README.md", "docs/*.md", "docs/**/*.md"], setup=_enter, teardown=_leave
).pytest()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:  # noqa: ANN401 - xdist's own
    """Keep together what one worker has to run.

    The blocks of one page build on each other, in their order. The tests of Prism share its
    servers, which each worker would start anew.
    """
    from xdist.scheduler.loadscope import LoadScopeScheduling  # noqa: PLC0415 - only if it is in use

    class ByPage(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file, _, _ = nodeid.partition("::")
            return file if file.endswith((".md", "test_vera_prism.py")) else nodeid

    return ByPage(config, log) if config.getvalue("dist") in {"load", "worksteal"} else None
