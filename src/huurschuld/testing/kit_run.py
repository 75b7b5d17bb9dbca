"""Run kits with pytest in a process of their own, and return the result of each check.

That process ignores the configuration around it, so that a kit gives the same results everywhere: no
`conftest.py`, no options, no plugins of pytest, and the same generated portfolios each time.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Generator, Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from attrs import asdict, evolve, frozen
from hypothesis import Phase, settings

from huurschuld.errors import InputError
from huurschuld.model.json_text import parse_json
from huurschuld.rules.document import policy_hash
from huurschuld.testing.kit import (
    LEFT_OUT,
    NOT_DECLARED,
    Broken,
    Kit,
    KitChanged,
    checks_of,
    kits_of,
)
from huurschuld.testing.policy_kit import PolicyTests

_START: Final = "from huurschuld.testing.kit_run import main; main()"
_OPTIONS: Final = (
    "-q -p no:cacheprovider --noconftest --tb=no --continue-on-collection-errors "
    "-o python_classes=* -o python_files=*.py -c pytest.ini"
)
_LARGEST: Final = 2**24
"""The largest file of results that is read, in bytes."""
_Place: TypeAlias = tuple[str, str]
"""A file, and a class in it."""
_PYTEST_VARIABLES: Final = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "COLUMNS")


class Result(StrEnum):
    """The result of a check.

    `not-declared`: it is about something that the plugin does not have, and does not claim to have.
    """

    PASSED = "passed"
    FAILED = "failed"
    LEFT_OUT = "left-out"
    NOT_DECLARED = "not-declared"


@frozen
class CheckResult:
    """A check of a kit and its result.

    Attributes:
        check: its name.
        promise: the sentence that says what it promises.
        result: its result.
        reason: why it failed or was left out.
        own: whether it is a test that the plugin's author added to the kit.
    """

    check: str
    promise: str
    result: Result
    reason: str = ""
    own: bool = False


@frozen
class KitResult:
    """The results of one kit class.

    Attributes:
        checks: its checks, in the order of the kit.
        error: why the kit could not be run; empty if it was.
        bases: the names of the kits that it subclasses.
        policies: the hash of each policy that its `make_policy` returned during the run.
    """

    checks: tuple[CheckResult, ...] = ()
    error: str = ""
    bases: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()


def run_kits(
    kits: Iterable[str], seconds: float = 3_600, folders: Iterable[Path] = ()
) -> dict[str, KitResult]:
    """Run kit classes, each given as `module:Class`, all in one process.

    Args:
        kits: the classes.
        seconds: after how long the process is ended.
        folders: where modules may be besides.
    """
    targets = list(kits)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.json")
        try:
            subprocess.run(  # noqa: S603 - this Python, and code of this module
                [sys.executable, "-c", _START, str(answer), *targets],
                env=environment(folders),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            ended = f"it did not end within {seconds:g} seconds"
        else:
            ended = "the process that ran it ended before the kit did"
        found = _written(answer)
    return {it: _read(found[it]) if it in found else KitResult(error=ended) for it in targets}


def environment(folders: Iterable[Path] = ()) -> dict[str, str]:
    """Return the environment with these folders for modules, and nothing that configures pytest."""
    places = [*map(Path, sys.path), *folders]
    path = os.pathsep.join(str(it.absolute()) for it in places)
    own = {name: value for name, value in os.environ.items() if name not in _PYTEST_VARIABLES}
    return own | {"PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def _written(answer: Path) -> dict[str, Any]:
    """Read what the process wrote by kit: it ran a plugin's code, which may have written anything."""
    with suppress(InputError, OSError):
        is_plain = answer.is_file() and not answer.is_symlink() and answer.stat().st_size <= _LARGEST
        found = parse_json(answer.read_bytes()) if is_plain else None
        return found if isinstance(found, dict) else {}
    return {}


def _read(found: Any) -> KitResult:  # noqa: ANN401 - any value of JSON
    with suppress(AttributeError, LookupError, TypeError, ValueError):
        checks = tuple(CheckResult(**it | {"result": Result(it["result"])}) for it in found["checks"])
        result = KitResult(checks, found["error"], tuple(found["bases"]), tuple(found["policies"]))
        texts = [result.error, *result.bases, *result.policies]
        texts += [text for it in checks for text in (it.check, it.promise, it.reason)]
        if all(type(text) is str for text in texts) and all(type(it.own) is bool for it in checks):
            return result
    return KitResult(error="what the process that ran it wrote cannot be read")


# --- in the process ------------------------------------------------------------------------------


def main() -> None:
    """Run the kits named after the file for the answer, which is JSON; the process of `run_kits`."""
    answer, *targets = sys.argv[1:]
    modules = {it: _file_of(it.partition(":")[0]) for it in targets}
    kits = {it: (file, it.partition(":")[2]) for it, file in modules.items() if file}
    recorder = _Recorder(kits.values())
    Path("pytest.ini").write_text("[pytest]\n", "utf-8")
    if kits:
        files = dict.fromkeys(file for file, _ in kits.values())
        pytest.main([*_OPTIONS.split(), *files], plugins=[recorder])
    found = {
        it: recorder.result(*kits[it]) if it in kits else KitResult(error="there is no such module")
        for it in targets
    }
    Path(answer).write_text(json.dumps({it: asdict(result) for it, result in found.items()}), "utf-8")


def _file_of(module: str) -> str | None:
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    return spec.origin if spec and spec.has_location else None


class _Recorder:
    """A pytest plugin that runs kits, each a file and a class, and records the results."""

    def __init__(self, kits: Iterable[_Place]) -> None:
        self._kits = frozenset(kits)
        self._classes: dict[_Place, type] = {}
        self._results: dict[_Place, dict[str, CheckResult]] = {}
        self._policies: dict[_Place, set[str]] = {}
        self._errors: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the kits, and use the same examples every time, overriding the settings of a module."""
        reproducible = settings(
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            report_multiple_bugs=False,
        )
        settings.register_profile("conformance", reproducible)
        settings.load_profile("conformance")
        items[:] = [it for it in items if _place(it) in self._kits]
        self._classes = {_place(it): _class_of(it) for it in items}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> None:
        """Record which policy is tested: a kit for a policy other than the plugin's proves nothing."""
        kit = getattr(item, "instance", None)
        if isinstance(kit, PolicyTests):
            with suppress(Exception):  # its checks raise the same
                made = policy_hash(kit.make_policy())
                self._policies.setdefault(_place(item), set()).add(made)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Record the result of a test: the worst of its phases."""
        report = yield
        failure = describe_exception(call.excinfo.value) if call.excinfo else "it failed"
        result, reason = _result_of(report, failure)
        found = self._results.setdefault(_place(item), {})
        if result and (item.name not in found or found[item.name].result is not Result.FAILED):
            found[item.name] = CheckResult(item.name, "", result, reason)
        return report

    def pytest_exception_interact(self, node: object, call: pytest.CallInfo[Any]) -> None:
        """Record why a module cannot be collected."""
        if isinstance(node, pytest.Collector) and call.excinfo:
            self._errors[str(node.path)] = describe_exception(call.excinfo.value)

    def result(self, file: str, name: str) -> KitResult:
        """Return the results of one class; a check that was not seen to run has failed."""
        cls = self._classes.get((file, name))
        if file in self._errors or cls is None:
            return KitResult(error=self._errors.get(file, "it is not a test class that pytest finds"))
        if not issubclass(cls, Kit):
            return KitResult(error="it does not subclass a kit of huurschuld")
        seen = self._results.get((file, name), {})
        promises = checks_of(cls)
        not_run = {it: CheckResult(it, "", Result.FAILED, "it was not run") for it in promises}
        checks = [evolve(seen.get(it, not_run[it]), promise=promises[it]) for it in promises]
        own = [evolve(it, own=True) for name, it in seen.items() if name not in promises]
        return KitResult(
            (*checks, *own),
            bases=tuple(it.__name__ for it in kits_of(cls)),
            policies=tuple(sorted(self._policies.get((file, name), ()))),
        )


def _place(item: pytest.Item) -> _Place:
    return str(item.path), _class_of(item).__name__


def _class_of(item: pytest.Item) -> type:
    cls: type | None = getattr(item, "cls", None)
    return type(None) if cls is None else cls


def _result_of(report: pytest.TestReport, failure: str) -> tuple[Result | None, str]:
    if hasattr(report, "wasxfail"):
        return Result.FAILED, "it was expected to fail"
    if report.failed:
        return Result.FAILED, failure
    if report.skipped:
        skipped = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        for prefix, result in ((LEFT_OUT, Result.LEFT_OUT), (NOT_DECLARED, Result.NOT_DECLARED)):
            if skipped.startswith(f"Skipped: {prefix}"):
                return result, skipped.removeprefix(f"Skipped: {prefix}")
        return Result.FAILED, "it was not run: something other than the kit skipped it"
    return (Result.PASSED, "") if report.when == "call" else (None, "")


def describe_exception(error: BaseException) -> str:
    """Describe an error: by its message if a kit raised it, else by its class and the line of code."""
    if isinstance(error, BaseExceptionGroup):
        return describe_exception(error.exceptions[0])
    if isinstance(error, Broken | KitChanged):
        return str(error).partition("\n")[0]
    if isinstance(error, pytest.Collector.CollectError) and error.__cause__ is not None:
        return describe_exception(error.__cause__)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
