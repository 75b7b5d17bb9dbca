"""A kit's checks cannot be overridden by mistake; what a plugin cannot satisfy is left out openly."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from broken_adapters import MemoryLedgerTests
from hypothesis import Phase, settings, strategies as st

from huurschuld.testing import KitChanged
from huurschuld.testing.kit import Broken, checks_of, expect, for_all

CHECK = "test_ids_survive"


def passing(_: object) -> None:
    """Passes whatever the plugin does."""


class Mixin:
    """Comes before the kit, with a test of the same name."""

    test_ids_survive = passing


@pytest.mark.parametrize(
    ("bases", "members", "problem"),
    [
        ((MemoryLedgerTests,), {CHECK: passing}, f"TestMine overrides {CHECK}"),
        ((MemoryLedgerTests,), {CHECK: None}, f"TestMine overrides {CHECK}"),
        ((Mixin, MemoryLedgerTests), {}, f"TestMine overrides {CHECK}"),
        ((MemoryLedgerTests,), {"left_out": {CHECK: " "}}, f"no reason for {CHECK}"),
        ((MemoryLedgerTests,), {"left_out": {"test_nothing": "why"}}, "not a check of the kit"),
    ],
)
def test_a_class_that_overrides_a_check_cannot_be_made(
    bases: tuple[type, ...], members: dict[str, Any], problem: str
) -> None:
    """The error names the check, and says how to leave it out openly."""
    with pytest.raises(KitChanged, match=problem):
        type("TestMine", bases, members)


def test_a_class_may_add_tests_and_leave_checks_out() -> None:
    """What an author adds is no check of the kit, and every check stays one."""

    class Mine(MemoryLedgerTests):
        """A kit of one's own."""

        left_out: ClassVar[Mapping[str, str]] = {CHECK: "ids are made by the source"}

        def test_of_my_own(self) -> None:
            """One more."""

    assert checks_of(Mine) == checks_of(MemoryLedgerTests)


def test_a_check_that_a_kit_no_longer_has_may_be_left_out_for_a_while() -> None:
    """It is a warning, so that a plugin written for an earlier version still loads."""
    left_out = {"test_a_scan_gives_the_same": "it does not scan"}
    with pytest.warns(DeprecationWarning, match="test_a_scan_gives_the_same is no longer a check"):
        type("TestMine", (MemoryLedgerTests,), {"left_out": left_out})


def test_a_kit_generates_examples_whatever_the_profile() -> None:
    """Settings that generate nothing do not turn a check into one that tries nothing."""
    current = os.environ.get("HYPOTHESIS_PROFILE", "default")
    settings.register_profile("explicit", settings.get_profile(current), phases=[Phase.explicit])
    settings.load_profile("explicit")
    try:
        with pytest.raises(Broken, match="it was tried"):
            for_all(MemoryLedgerTests(), st.integers(), lambda _: expect(False, "it was tried"))
    finally:
        settings.load_profile(current)
