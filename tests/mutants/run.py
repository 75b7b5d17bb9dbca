"""Do the tests notice a change of the rules? `make mutants` tries some thousands of changes.

Each mutant is a copy of the package with one change. The conformance cases are run against it, then the
tests that notice most in the least time, then others. What none of them notices has to be explained in
`survivors.toml`, or a test is missing.
"""

from __future__ import annotations

import argparse
import fnmatch
import gc
import hashlib
import importlib
import os
import py_compile
import shutil
import signal
import sys
import time
import tomllib
import traceback
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NoReturn

import pytest
from attrs import define, field, frozen
from mutants.operators import Key, Mutant, Prose, mutants_of

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
PACKAGE: Final = ROOT / "src" / "huurschuld"
CONFIG: Final = tomllib.loads((HERE / "config.toml").read_text(encoding="utf-8"))
SECONDS: Final[int] = CONFIG["tests"]["seconds"]
# What the tests need besides the package itself; imported once, it is there in every child.
PRELOADED: Final = ("attrs", "hypothesis.strategies", "importlib.resources", "jsonschema", "pluggy")
# Plugins of pytest that are not needed; some look for rubbish at the end, which takes most of the time.
UNUSED: Final = ("xdist", "sybil", "cacheprovider", "unraisableexception", "threadexception")


def main() -> int:
    """Run, and report; 1 with a survivor that is not explained, 2 if there was nothing to run.

    That is so without a mutant, and if the tests fail without one.
    """
    given = _arguments()
    mutants = [mutant for file in _files() for mutant in _mutants(file)]
    chosen = [mutant for mutant in mutants if _is_chosen(mutant, given)]
    print(f"{len(chosen)} of {len(mutants)} mutants", flush=True)
    if not chosen:  # without a file to run, pytest would run all that there are
        print("None is chosen: --only takes files of config.toml, --share 1 takes all of them.")
        return 2
    for module in PRELOADED:
        importlib.import_module(module)
    os.environ["HYPOTHESIS_PROFILE"] = "mutants"
    os.chdir(ROOT)
    began = time.monotonic()
    results: dict[Mutant, int] = {}
    with TemporaryDirectory(prefix="mutants-") as folder:
        slots = [_Slot(Path(folder, str(number))) for number in range(given.processes)]
        if not _tests_pass(slots[0], {mutant.module for mutant in chosen}):
            return 2
        for mutant, code in _results(chosen, slots, given.minutes):
            results[mutant] = code
            if code == 0:
                print(f"not noticed: {_shown(mutant.key)}", flush=True)
            if len(results) % 100 == 0:
                print(f"{len(results)} run", flush=True)
    report = _Report(mutants, results, _explanations())
    print(report.text(time.monotonic() - began))
    return 1 if report.unexplained and not given.report else 0


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="make mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="at once; 2 by default")
    parser.add_argument("--only", default="*", metavar="FILES", help="of these files alone: 'rules/*'")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="one in N, always the same")
    parser.add_argument("--seed", default="", help="another one in N")
    parser.add_argument("--whole", default="", metavar="FILES", help="all of these, despite --share")
    parser.add_argument("--minutes", type=float, metavar="N", help="stop after N; what is left is told")
    parser.add_argument("--report", action="store_true", help="tell of survivors without failing")
    return parser.parse_args()


def _files() -> list[Path]:
    return [file for pattern in CONFIG["files"] for file in sorted(PACKAGE.glob(pattern))]


def _mutants(file: Path) -> Iterator[Mutant]:
    prose = CONFIG["prose"]
    sets = (frozenset(prose[name]) for name in ("keywords", "calls", "names"))
    module = file.relative_to(PACKAGE).as_posix()
    return mutants_of(module, file.read_text(encoding="utf-8"), Prose(prose["arguments"], *sets))


def _is_chosen(mutant: Mutant, given: Any) -> bool:
    """Chosen by a hash of what is changed, so that no other change of the code changes the choice."""
    if not fnmatch.fnmatch(mutant.module, given.only):
        return False
    digest = hashlib.sha256("\n".join((given.seed, *mutant.key)).encode()).digest()
    return fnmatch.fnmatch(mutant.module, given.whole) or int.from_bytes(digest[:8]) % given.share == 0


# --- running -----------------------------------------------------------------------------------


@define(eq=False)
class _Slot:
    """A copy of the package in which one mutant at a time stands, and the tests still to be run."""

    folder: Path
    mutant: Mutant | None = None
    stages: list[list[str]] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        shutil.copytree(PACKAGE.parent, self.folder, ignore=shutil.ignore_patterns("__pycache__"))
        for path in self.folder.rglob("*.py"):
            # By its hash, for within one second a changed file may be as old and as long as the first.
            mode = py_compile.PycInvalidationMode.CHECKED_HASH
            py_compile.compile(str(path), doraise=True, invalidation_mode=mode)

    def put(self, mutant: Mutant) -> None:
        self.mutant, self.stages = mutant, _stages(mutant.module)
        self._file(mutant).write_text(mutant.text, encoding="utf-8")

    def clear(self) -> Mutant:
        """Put the file back as it was."""
        mutant, self.mutant = self.mutant, None
        assert mutant is not None
        shutil.copyfile(PACKAGE / mutant.module, self._file(mutant))
        return mutant

    def _file(self, mutant: Mutant) -> Path:
        return self.folder / PACKAGE.name / mutant.module

    def start(self, files: Sequence[str], seconds: int) -> int:
        """Run these tests on what stands here, in a process of its own, for so long at most."""
        return os.fork() or self._run(files, seconds)

    def _run(self, files: Sequence[str], seconds: int) -> NoReturn:
        with self.output.open("wb") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        # Of the processor, for a busy machine is no mutant; by the clock only where all stands still.
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.alarm(10 * seconds)
        sys.path.insert(0, str(self.folder))
        without = " and ".join(f"not {name}" for name in CONFIG["tests"]["without"])
        options = ["-x", "-q", "--tb=line", "--assert=plain", "--confcutdir=tests", "-k", without]
        options += [word for plugin in UNUSED for word in ("-p", f"no:{plugin}")]
        try:
            if not _cases_pass():
                os._exit(pytest.ExitCode.TESTS_FAILED)
            os._exit(pytest.main([*options, *(f"tests/{name}" for name in files)]))
        except BaseException:  # noqa: BLE001 - whatever it is, a child never goes on as its parent
            traceback.print_exc()
            os._exit(pytest.ExitCode.INTERNAL_ERROR)

    @property
    def output(self) -> Path:
        return self.folder / "output.txt"


def _cases_pass() -> bool:
    """The conformance cases, up to the first that fails: it takes less time than pytest to start."""
    from huurschuld.analysis.conformance import conform  # noqa: PLC0415 - the mutant, once it is there

    return all(result.passed for result in conform(ROOT / "tests" / "conformance"))


def _stages(module: str) -> list[list[str]]:
    """The tests to run against a mutant of this file, the second only if the first did not notice."""
    first, then = (
        next(
            files
            for pattern, files in CONFIG["tests"][stage].items()
            if fnmatch.fnmatch(module, pattern)
        )
        for stage in ("first", "then")
    )
    return [first, [name for name in then if name not in first]]


def _tests_pass(slot: _Slot, modules: Iterable[str]) -> bool:
    """See that the tests pass on the package as it is: else they would notice every mutant."""
    every = (name for module in modules for stage in _stages(module) for name in stage)
    files = list(dict.fromkeys(every))
    _, status = os.waitpid(slot.start(files, len(files) * SECONDS), 0)
    if status != 0:
        print(slot.output.read_text(encoding="utf-8"))
        print("The tests do not pass without a mutant.")
    return status == 0


def _results(
    mutants: Iterable[Mutant], slots: list[_Slot], minutes: float | None
) -> Iterator[tuple[Mutant, int]]:
    """Each mutant with 0 if no test noticed it, and another number if one did."""
    waiting, free, running = deque(mutants), list(slots), dict[int, _Slot]()
    until = None if minutes is None else time.monotonic() + 60 * minutes
    gc.freeze()  # what is there now is shared with every child
    sys.dont_write_bytecode = True
    while True:
        while free and waiting and (until is None or time.monotonic() < until):
            slot = free.pop()
            slot.put(waiting.popleft())
            running[slot.start(slot.stages.pop(0), SECONDS)] = slot
        if not running:
            return
        pid, status = os.wait()
        slot, code = running.pop(pid), os.waitstatus_to_exitcode(status)
        if code == 0 and slot.stages:
            running[slot.start(slot.stages.pop(0), SECONDS)] = slot
        else:
            yield slot.clear(), code
            free.append(slot)


# --- reporting ---------------------------------------------------------------------------------


@frozen
class _Explanation:
    """Why some changes of a line change no outcome."""

    module: str
    where: str
    was: str
    now: list[str]
    why: str

    def explained(self) -> list[Key]:
        return [(self.module, self.where, self.was, now) for now in self.now]


def _explanations() -> list[_Explanation]:
    document = tomllib.loads((HERE / "survivors.toml").read_text(encoding="utf-8"))
    return [_Explanation(**entry) for entry in document["survivor"]]


def _shown(key: Key) -> str:
    module, where, was, now = key
    return f"{module} {where}\n  - {was}\n  + {now}"


class _Report:
    """What became of the mutants."""

    def __init__(
        self, mutants: list[Mutant], results: dict[Mutant, int], explanations: list[_Explanation]
    ) -> None:
        keys = {key for explanation in explanations for key in explanation.explained()}
        survivors = [mutant for mutant, code in results.items() if code == 0]
        self.unexplained = [mutant for mutant in survivors if mutant.key not in keys]
        self._explained = [mutant for mutant in survivors if mutant.key in keys]
        self._results = results
        self._all = Counter(mutant.module for mutant in mutants)
        # An entry is stale without a mutant, and if a test notices by now.
        alive = {mutant.key for mutant in mutants} - {mutant.key for mutant in results}
        self._stale = sorted(keys - alive - {mutant.key for mutant in survivors})

    def text(self, seconds: float) -> str:
        lines = [f"stale in survivors.toml: {_shown(key)}" for key in self._stale]
        lines += [f"unexplained: {_shown(mutant.key)}" for mutant in self.unexplained]
        lines += [f"\n{'':22}{'mutants':>8}{'run':>6}{'killed':>8}{'explained':>11}{'unexplained':>13}"]
        lines += [self._row(module, (module,)) for module in self._all]
        lines += [self._row("all", self._all)]
        endless = sum(-code in (signal.SIGPROF, signal.SIGALRM) for code in self._results.values())
        lines += [f"{seconds / 60:.1f} minutes; killed because the tests did not end: {endless}"]
        return "\n".join(lines)

    def _row(self, name: str, modules: Iterable[str]) -> str:
        among = frozenset(modules)
        run, explained, unexplained = (
            sum(mutant.module in among for mutant in mutants)
            for mutants in (self._results, self._explained, self.unexplained)
        )
        total = sum(self._all[module] for module in among)
        killed = run - explained - unexplained
        return f"{name:22}{total:8}{run:6}{killed:8}{explained:11}{unexplained:13}"


if __name__ == "__main__":
    sys.exit(main())
