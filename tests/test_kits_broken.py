"""The kits find what is wrong: for each check there is a plugin that is wrong in just that way."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import broken_adapters
import broken_channels
import broken_policies
import pytest

from huurschuld.testing.kit import Kit, checks_of
from huurschuld.testing.kit_run import Result, run_kits

MODULES = (broken_adapters, broken_policies, broken_channels)


def cases(module: ModuleType) -> dict[str, Any]:
    """The kit classes of a module by name, without the one that they share."""
    return {
        name: cls
        for name, cls in vars(module).items()
        if inspect.isclass(cls)
        and issubclass(cls, Kit)
        and cls.__module__ == module.__name__
        and not name.endswith("Case")
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_what_is_wrong_is_found_by_its_check_and_what_is_right_passes(module: ModuleType) -> None:
    """The check that promises it fails, and none that could not see it; of what is right all pass."""
    results = run_kits(f"{module.__name__}:{name}" for name in cases(module))
    strange = {}
    for name, case in cases(module).items():
        result = results[f"{module.__name__}:{name}"]
        assert (name, result.error) == (name, "")
        assert [it.check for it in result.checks] == list(checks_of(case))
        failed = {it.check: it.reason for it in result.checks if it.result is Result.FAILED}
        needed = {case.caught_by} if case.caught_by else set()
        if not needed <= failed.keys() <= needed | set(case.also):
            strange[name] = failed
    assert strange == {}


def test_every_check_has_a_plugin_that_is_wrong_in_its_way() -> None:
    """No check is in a kit that was never seen to fail, and each kit is seen to pass."""
    of_all = [case for module in MODULES for case in cases(module).values()]
    kits = {kit for case in of_all for kit in case.__mro__ if vars(kit).get("_is_kit")}
    checks = {check for kit in kits for check in checks_of(kit)}
    assert {case.caught_by for case in of_all} == {*checks, ""}
    assert {"Kit", "LedgerAdapterTests", "PolicyTests", "ChannelTests"} == {it.__name__ for it in kits}


def test_each_check_says_what_it_promises() -> None:
    """The sentence that a report shows is there, and is one sentence."""
    for module in MODULES:
        for case in cases(module).values():
            assert all(it.endswith(".") and len(it) > 20 for it in checks_of(case).values())
