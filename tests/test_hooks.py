"""Names of the hooks that have gone."""

from __future__ import annotations

import pytest

from huurschuld import hooks


def test_an_old_name_warns_and_says_what_to_use() -> None:
    """A plugin that was written for an earlier release can still be imported."""
    with pytest.warns(DeprecationWarning, match=r"Placing goes in version 0\.3 .* LocatesRows"):
        assert hooks.Placing is hooks.LocatesRows
    for name in ("Opener", "Refused", "Scanning"):
        with pytest.warns(DeprecationWarning, match=rf"{name} goes in version 0\.3 .* ParquetFile"):
            assert not isinstance(object(), getattr(hooks, name))
    with pytest.raises(AttributeError, match="Nothing"):
        hooks.Nothing  # noqa: B018 - the attribute is what is tested
