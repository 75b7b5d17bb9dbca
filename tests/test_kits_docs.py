"""The guide for those who test a plugin says what the kits say."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import pytest

from huurschuld.plugins.scaffold import PluginKind
from huurschuld.testing import (
    ChannelTests,
    ContactSourceTests,
    EnricherTests,
    ExporterTests,
    Fault,
    HelperDirectoryTests,
    Kit,
    LedgerAdapterTests,
    LedgerCapabilities,
    PolicyTests,
)
from huurschuld.testing.check import SCHEMA
from huurschuld.testing.kit import checks_of
from huurschuld.testing.kit_run import Result, run_kits
from huurschuld.testing.policy_kit import GROWTH

PAGE = (Path(__file__).parents[1] / "docs" / "testing-a-plugin.md").read_text("utf-8")
SECTIONS: dict[str, type[Kit]] = {
    "A ledger": LedgerAdapterTests,
    "A policy": PolicyTests,
    "A channel": ChannelTests,
    "An enricher": EnricherTests,
    "A contact source": ContactSourceTests,
    "A helper directory": HelperDirectoryTests,
    "An exporter": ExporterTests,
}
SHOWN = {
    "An enricher": "TestObjections",
    "A contact source": "TestTenants",
    "A helper directory": "TestWijk",
    "An exporter": "TestKeys",
}
"""The kit that a section shows, of those that nothing else on the page runs."""


def section(heading: str) -> str:
    """The text below a heading of the guide."""
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_check_stands_in_the_guide_with_its_promise(heading: str) -> None:
    """A plugin author reads there what the report will say, in the same words and order."""
    listed = re.findall(r"^\| `(test_\w+)` \| (.+) \|$", section(heading), re.MULTILINE)
    assert listed == list(checks_of(SECTIONS[heading]).items())


def test_the_guide_has_a_section_for_each_kind_that_can_be_made() -> None:
    """What `new-plugin` makes can be tested, and is explained."""
    assert {it.partition(" ")[2] for it in SECTIONS} == {it.words for it in PluginKind}
    assert all(f"`{it}`" in PAGE for it in PluginKind)


@pytest.mark.slow
def test_the_kits_that_the_guide_shows_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever begins with one of them begins with one that works."""
    blocks = [
        re.findall(r"^```python\n(.*?)^```$", section(it), re.MULTILINE | re.DOTALL)[0] for it in SHOWN
    ]
    (tmp_path / "shown.py").write_text("\n".join(blocks), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    kits = [f"shown:{it}" for it in SHOWN.values()]
    for name, found in run_kits(kits).items():
        assert found.error == "", name
        allowed = {Result.PASSED, Result.NOT_DECLARED}
        assert [it for it in found.checks if it.result not in allowed] == []


def test_whatever_can_be_declared_stands_in_the_guide() -> None:
    """Every capability, fault, growth and member of a report is described."""
    names = [it.name for it in attrs.fields(LedgerCapabilities)]
    required = SCHEMA["required"]
    assert isinstance(required, list)
    for name in (*names, *Fault, *GROWTH, *required):
        assert f"`{name}`" in PAGE, name
