"""Sums over the table of entries, by which it is noticed that it has changed while it was read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import narwhals as nw

from huurschuld.errors import InvalidValue
from huurschuld.portfolio.columnar.expressions import total, whole

REFUSED: Final = "refused"
ROWS: Final = "rows"
CENTS: Final = "sum_of_cents"


def sums_of_entries() -> list[nw.Expr]:
    """The number of entries, and the sum of their cents: enough to notice that they have changed."""
    return [whole(nw.len()).alias(ROWS), total(nw.col("cents").fill_null(0)).alias(CENTS)]


def check_unchanged(now: Iterable[int | None], before: Iterable[int | None]) -> None:
    """Check that sums over entries are the same as before, since entries are read more than once."""
    if [it or 0 for it in now] != [it or 0 for it in before]:
        raise InvalidValue(
            "entries", "this table changed while it was read", "give a copy that does not change"
        )
