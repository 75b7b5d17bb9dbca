"""A check of a broken plugin ends in time; a quick look takes few examples and simplifies nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from broken_adapters import BROKEN, MemoryLedgerTests
from hypothesis import assume, settings, strategies as st

from huurschuld import Tenancy
from huurschuld.testing.kit import FEWEST_EXAMPLES, Broken, expect, for_all
from huurschuld.testing.kit_shrinking import Shrinking
from huurschuld.testing.ledger_source import LedgerSource, read


@pytest.fixture(autouse=True)
def _simplifying() -> Iterator[None]:
    """Look for simpler counterexamples, whatever the profile, and the same ones every time."""
    settings.register_profile("simplifying", settings.get_profile("steady"), database=None)
    settings.load_profile("simplifying")
    yield
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that a test moves."""
    now = [0.0]
    monkeypatch.setattr("huurschuld.testing.kit_shrinking.monotonic", lambda: now[0])
    return now


def test_the_search_for_a_simpler_counterexample_ends(clock: list[float]) -> None:
    """After a minute what is raised is the last that was found, and the reader is told so."""
    tried: list[int] = []

    def promise(number: int) -> None:
        tried.append(number)
        clock[0] += 25  # seconds that one example takes
        expect(number < 1_000, f"it fails for {number}")

    with pytest.raises(Broken) as caught:
        for_all(MemoryLedgerTests(), st.integers(0, 10**9), promise)
    failing = [it for it in tried if it >= 1_000]
    assert str(caught.value) == f"it fails for {failing[-1]}"
    assert len(tried) - tried.index(failing[0]) == 4
    assert caught.value.__notes__ == ["The search for a simpler counterexample ended after 60 s."]


def test_an_example_that_is_not_ended_hides_no_failure(clock: list[float]) -> None:
    """Hypothesis complains of one that draws less than before; what is raised is the counterexample."""

    def promise(data: st.DataObject) -> None:
        clock[0] += 25
        numbers = data.draw(st.lists(st.integers(0, 10**9), min_size=3))
        expect(max(numbers) < 1_000, "it fails")

    with pytest.raises(Broken, match="it fails") as caught:
        for_all(MemoryLedgerTests(), st.data(), promise)
    assert caught.value.__notes__


def test_with_time_enough_the_simplest_is_found(clock: list[float]) -> None:
    """An example that is not wanted is no counterexample, however long it takes to find others."""

    def promise(number: int) -> None:
        clock[0] += 0.001
        assume(number % 2)
        expect(number < 1_000, f"it fails for {number}")

    with pytest.raises(Broken, match="it fails for 1001"):
        for_all(MemoryLedgerTests(), st.integers(0, 10**9), promise)


def test_a_working_plugin_is_tried_to_the_end(clock: list[float]) -> None:
    """However slow it is: only what fails sets the time going."""
    tried: list[int] = []

    def promise(number: int) -> None:
        clock[0] += 600
        tried.append(number)
        assume(number % 2)

    for_all(MemoryLedgerTests(), st.integers(0, 10**9), promise)
    assert sum(it % 2 for it in tried) == MemoryLedgerTests.examples


def test_a_quick_look_takes_few_examples_and_the_first_that_fails(clock: list[float]) -> None:
    """That is one of ten."""
    quick = type("Quick", (MemoryLedgerTests,), {"quick": True, "examples": 500})()
    tried: list[int] = []
    lowest = 0

    def promise(number: int) -> None:
        tried.append(number)
        expect(number >= lowest, "it fails")

    for_all(quick, st.integers(0, 10**9), promise)
    assert len(tried) == FEWEST_EXAMPLES
    tried.clear()
    lowest = 10**10
    with pytest.raises(Broken):
        for_all(quick, st.integers(0, 10**9), promise)
    assert len(tried) == 2  # once found, and once to raise it
    assert not clock[0]


def test_the_histories_of_a_broken_ledger_end(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A history is read a few times, and after a minute no simpler one is tried."""
    reads = 0

    def slowly(kit: LedgerSource) -> dict[str, Tenancy]:
        nonlocal reads
        reads += 1
        clock[0] += 25
        return read(kit)

    monkeypatch.setattr("huurschuld.testing.ledger_histories.read", slowly)
    name = "every objection is a standing one"
    check, kit = BROKEN[name]
    with pytest.raises(Broken) as caught:
        getattr(kit(), check)()
    assert caught.value.__notes__
    assert reads * 25 < 60 * kit.examples


def test_nothing_is_hidden_if_the_check_fails_by_itself() -> None:
    """An error outside an example is raised as it is."""

    def check() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Shrinking().run(check)
