"""Ledgers that keep one of several rows are found, whichever columns they take for a key."""

from __future__ import annotations

import pytest
from broken_adapters import kit_of
from broken_rows import ALIKE, merged

from huurschuld.portfolio.schema import COLUMNS
from huurschuld.testing.kit import Broken

_FREE = {
    table: [it for it in columns if it not in ("tenancy", "id")]
    for table, columns in COLUMNS.items()
    if table != "tenancies"
}
_KEYS = [
    (table, key)
    for table, columns in _FREE.items()
    for key in (
        tuple(columns),
        *((it,) for it in columns),
        *(tuple(it for it in columns if it != left_out) for left_out in columns),
    )
]
_A_KEY = {"rents": {"from"}, "facts": {"name", "from"}}
"""What no two rows of a tenancy share, so that an adapter that goes by it merges nothing."""
_COUNTS_ONCE = {"objections", "signals"}
"""Two that are the same are as one: whoever objects twice objects."""


@pytest.mark.slow
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("table", _FREE)
def test_a_ledger_that_merges_rows_is_caught(table: str, last: bool) -> None:
    """It is found by any column, by all of them, and by all but one, if it can lose anything."""
    passed = []
    for of, key in _KEYS:
        is_harmless = _A_KEY.get(of, {None}) <= {*key} or (
            of in _COUNTS_ONCE and key == tuple(_FREE[of])
        )
        if of != table or is_harmless:
            continue
        try:
            getattr(kit_of(merged(table, key, last=last))(), ALIKE)()
        except Broken:
            continue
        passed.append(key)
    assert not passed
