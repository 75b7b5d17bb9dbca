"""Names of the hooks that have gone."""

from __future__ import annotations

import pytest

from huurschuld import hooks


def test_an_old_name_of_a_ledger_warns_and_says_what_to_use() -> None:
    """A plugin that was written for an earlier release can still be imported."""
    with pytest.warns(DeprecationWarning, match=r"Placing is now LocatesRows; .* version 0\.3"):
        assert getattr(hooks, "Placing") is hooks.LocatesRows  # noqa: B009 - type checkers do not know it
    for name in ("Opener", "Refused", "Scanning"):
        with pytest.warns(DeprecationWarning, match=rf"{name} is now .* ParquetFile.* version 0\.3"):
            assert not isinstance(object(), getattr(hooks, name))
