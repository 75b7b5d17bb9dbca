"""Former names of tables, ledgers and enrichers."""

from __future__ import annotations

import pytest

import huurschuld
from huurschuld import hooks
from huurschuld.testing import LedgerCapabilities


def test_an_old_name_of_a_ledger_warns_and_says_what_to_use() -> None:
    """A plugin that was written for an earlier release can still be imported."""
    with pytest.warns(DeprecationWarning, match=r"Placing is now LocatesRows; .* version 0\.3"):
        assert getattr(hooks, "Placing") is hooks.LocatesRows  # noqa: B009 - type checkers do not know it
    for name in ("Opener", "Refused", "Scanning"):
        with pytest.warns(DeprecationWarning, match=rf"{name} is now .* ParquetFile.* version 0\.3"):
            assert not isinstance(object(), getattr(hooks, name))


def test_an_old_name_of_what_enrichers_give_warns() -> None:
    """Both stay for a release under the names that they had."""
    with pytest.warns(DeprecationWarning, match=r"Further is now huurschuld\.EnricherTables; .* 0\.3"):
        assert getattr(huurschuld, "Further") is huurschuld.EnricherTables  # noqa: B009 - as above
    with pytest.warns(DeprecationWarning, match=r"further_of is now huurschuld\.read_enricher; .* 0\.3"):
        assert getattr(huurschuld, "further_of") is huurschuld.read_enricher  # noqa: B009 - as above


def test_a_kit_that_says_scans_warns() -> None:
    """A kit of an earlier release can still be run."""
    with pytest.warns(DeprecationWarning, match=r"scans will be removed .* version 0\.3"):
        assert LedgerCapabilities(scans=True).places is False
