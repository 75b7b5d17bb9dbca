"""The kits find what is wrong: each broken plugin is caught by the check that `BROKEN` names."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator

import broken_adapters
import broken_channels
import broken_contacts
import broken_directories
import broken_enrichers
import broken_exporters
import broken_policies
import broken_rows
import pytest
from hypothesis import settings

from huurschuld.testing import (
    ChannelTests,
    ContactSourceTests,
    EnricherTests,
    ExporterTests,
    HelperDirectoryTests,
    Kit,
    LedgerAdapterTests,
    PolicyTests,
)
from huurschuld.testing.kit import Broken, checks_of

MODULES = (
    broken_adapters,
    broken_rows,
    broken_policies,
    broken_channels,
    broken_enrichers,
    broken_contacts,
    broken_directories,
    broken_exporters,
)
KITS = (
    LedgerAdapterTests,
    PolicyTests,
    ChannelTests,
    EnricherTests,
    ContactSourceTests,
    HelperDirectoryTests,
    ExporterTests,
)
DATA: tuple[type[Kit], ...] = KITS[3:]
"""The kits of what gives data and reports: those but for ledgers, policies and channels."""
CASES: list[tuple[str, str, type[Kit]]] = [
    (f"{what}: {check}", check, kit)
    for module in MODULES
    for what, (check, kit) in module.BROKEN.items()
]
SLOW = {f"{what}: {broken_rows.BROKEN[what][0]}" for what in broken_rows.SLOW}


@pytest.fixture(autouse=True)
def _reproducible() -> Iterator[None]:
    """Generate the same examples every time, and do not simplify what fails."""
    settings.load_profile("mutants")
    yield
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.mark.parametrize(
    ("check", "kit"),
    [
        pytest.param(*case, id=what, marks=[pytest.mark.slow] if what in SLOW else [])
        for what, *case in CASES
    ],
)
def test_a_broken_plugin_is_caught_by_its_check(check: str, kit: type[Kit]) -> None:
    """The check says that a promise is broken; it does not fail in another way."""
    with pytest.raises(Broken):
        getattr(kit(), check)()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("check", "kit"),
    [pytest.param(check, kit, id=what) for what, check, kit in CASES if issubclass(kit, DATA)],
)
def test_it_is_caught_ten_times_of_ten(
    check: str, kit: type[Kit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten times other examples are drawn, the same ones in each run: no fault of data passes by luck."""
    drawn_anew = settings(settings.get_profile("mutants"), derandomize=False)
    settings.register_profile("drawn-anew", drawn_anew)
    settings.load_profile("drawn-anew")
    for seed in range(10):
        monkeypatch.setattr("hypothesis.core.global_force_seed", seed)  # as --hypothesis-seed does
        with pytest.raises(Broken):
            getattr(kit(), check)()


@pytest.mark.parametrize("kit", KITS)
def test_every_check_has_a_plugin_that_it_catches(kit: type[Kit]) -> None:
    """No check is in a kit that was never seen to fail, and each one says what it promises."""
    caught = {check for _, check, broken in CASES if issubclass(broken, kit)}
    assert caught == set(checks_of(kit))
    assert all(it.endswith(".") and len(it) > 20 for it in checks_of(kit).values())
    assert all(list(inspect.signature(getattr(kit, it)).parameters) == ["self"] for it in checks_of(kit))
