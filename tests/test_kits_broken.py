"""The kits find what is wrong: for each check there is a plugin that is wrong in just that way."""

from __future__ import annotations

import inspect
from typing import Any

import broken_adapters
import broken_policies
import pytest

from huurschuld.testing.kit import Kit, checks_of
from huurschuld.testing.kit_run import KitResult, Result, run_kits

MODULES = (broken_adapters, broken_policies)
CASES: dict[str, Any] = {
    name: cls
    for module in MODULES
    for name, cls in vars(module).items()
    if inspect.isclass(cls)
    and issubclass(cls, Kit)
    and cls.__module__ == module.__name__
    and not name.endswith("Case")
}
WRONG = {name: cls for name, cls in CASES.items() if cls.caught_by}
RIGHT = {name: cls for name, cls in CASES.items() if not cls.caught_by}


@pytest.fixture(scope="module")
def results() -> dict[str, KitResult]:
    """What came of all of them, run once."""
    found = run_kits(f"{cls.__module__}:{name}" for name, cls in CASES.items())
    return {name.partition(":")[2]: result for name, result in found.items()}


def failed(result: KitResult) -> set[str]:
    assert result.error == ""
    return {it.check for it in result.checks if it.result is Result.FAILED}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name: str, results: dict[str, KitResult]) -> None:
    """A ledger that is as it must be satisfies every check of what it declares."""
    assert failed(results[name]) == set()
    assert [it.check for it in results[name].checks] == list(checks_of(RIGHT[name]))


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found_by_its_check(name: str, results: dict[str, KitResult]) -> None:
    """The check that promises it fails, and no other that could not see it."""
    case, found = WRONG[name], failed(results[name])
    assert case.caught_by in found
    assert found <= {case.caught_by, *case.also}


def test_every_check_has_a_plugin_that_is_wrong_in_its_way() -> None:
    """No check is in a kit that was never seen to fail."""
    kits = {kit for cls in CASES.values() for kit in cls.__mro__ if vars(kit).get("_is_kit")}
    checks = {check for kit in kits for check in checks_of(kit)}
    assert {cls.caught_by for cls in WRONG.values()} == checks
