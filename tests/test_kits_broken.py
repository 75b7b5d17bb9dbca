"""The kits find what is wrong: for each check there is a plugin that is wrong in just that way."""

from __future__ import annotations

import inspect
from typing import Any

import broken_adapters
import pytest

from huurschuld.testing.kit import Kit, checks_of
from huurschuld.testing.kit_run import KitResult, Result, run_kits

CASES: dict[str, Any] = {
    name: cls
    for module in (broken_adapters,)
    for name, cls in vars(module).items()
    if inspect.isclass(cls) and issubclass(cls, Kit) and vars(cls).get("caught_by")
}
RIGHT = ("Right", "RightScan", "RightPlaces")


@pytest.fixture(scope="module")
def results() -> dict[str, KitResult]:
    """What came of all of them, run once."""
    found = run_kits(f"{(CASES | vars(broken_adapters))[it].__module__}:{it}" for it in (*CASES, *RIGHT))
    return {name.partition(":")[2]: result for name, result in found.items()}


def failed(result: KitResult) -> set[str]:
    assert result.error == ""
    return {it.check for it in result.checks if it.result is Result.FAILED}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name: str, results: dict[str, KitResult]) -> None:
    """A ledger that is as it must be satisfies every check of what it declares."""
    assert failed(results[name]) == set()
    assert len(results[name].checks) == len(checks_of(getattr(broken_adapters, name)))


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_found_by_its_check(name: str, results: dict[str, KitResult]) -> None:
    """The check that promises it fails, and no other that could not see it."""
    case, found = CASES[name], failed(results[name])
    assert case.caught_by in found
    assert found - {case.caught_by} == set(case.also)
