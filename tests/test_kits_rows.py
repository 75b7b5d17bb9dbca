"""Ledgers that keep one of several rows are found, whichever columns they take for a key."""

from __future__ import annotations

import pytest
from broken_adapters import kit_of
from broken_rows import ALIKE, BROKEN, SLOW, merged

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


NAMED = (
    "one contact per day is kept",
    "contacts are distinct",
    "equal payments of one day are merged",
    "plans.until is a day late",
    "it stops at 10,000 rows",
    "a payment of two claims counts twice",
    "a storno undoes the first part",
    "a week begins when it ends",
    "a positive correction is dropped",
)
"""Faults of ledgers that once passed every check."""


@pytest.mark.slow
@pytest.mark.parametrize("what", NAMED)
def test_a_fault_is_caught_ten_times_of_ten(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check that finds it draws nothing, so that it cannot miss it by bad luck."""
    check, kit = BROKEN[what]

    def drawn(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("huurschuld.testing.ledger_kit.for_all", drawn)
    found = set()
    for _ in range(1 if what in SLOW else 10):
        with pytest.raises(Broken) as caught:
            getattr(kit(), check)()
        found.add(str(caught.value))
    assert len(found) == 1
