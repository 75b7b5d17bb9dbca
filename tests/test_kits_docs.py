"""The guide for those who test a plugin says what the kits say."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import pytest

from huurschuld.testing import (
    ChannelTests,
    Fault,
    Kit,
    LedgerAdapterTests,
    LedgerCapabilities,
    PolicyTests,
)
from huurschuld.testing.check import SCHEMA
from huurschuld.testing.kit import checks_of
from huurschuld.testing.policy_kit import GROWTH

PAGE = (Path(__file__).parents[1] / "docs" / "testing-a-plugin.md").read_text("utf-8")


@pytest.mark.parametrize("kit", [LedgerAdapterTests, PolicyTests, ChannelTests])
def test_every_check_stands_in_the_guide_with_its_promise(kit: type[Kit]) -> None:
    """A plugin author reads there what the report will say, in the same words and order."""
    listed = dict(re.findall(r"^\| `(test_\w+)` \| (.+) \|$", PAGE, re.MULTILINE))
    assert [(name, listed.get(name)) for name in checks_of(kit)] == list(checks_of(kit).items())


def test_whatever_can_be_declared_stands_in_the_guide() -> None:
    """Every capability, fault, growth and member of a report is described."""
    names = [it.name for it in attrs.fields(LedgerCapabilities)]
    required = SCHEMA["required"]
    assert isinstance(required, list)
    for name in (*names, *Fault, *GROWTH, *required):
        assert f"`{name}`" in PAGE, name
