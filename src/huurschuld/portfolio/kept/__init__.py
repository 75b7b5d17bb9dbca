"""What was worked out is kept: a screening leaves a state, and a later one goes on from it.

| module | holds |
|---|---|
| `keeping` | screening a portfolio for the first time |
| `folding` | old entries folded into few that give the same answers |
| `runs` | since when those are behind that are behind on a day |
| `ledgers` | the entries of a state |
| `parts` | these in the parts in which they came |
| `standing` | what is known of a tenancy without its ledger |
| `bookings` | the entries booked since |
| `replacing` | other tables in the place of those of a state |
| `going_on` | screening from a state |
| `state` | the state itself |
| `files` | a state in a folder |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress

from huurschuld.errors import ExtraNeeded
from huurschuld.portfolio.carrying import check_carry
from huurschuld.portfolio.kept.state import Kept, KeptState
from huurschuld.rules.policy import Policy

__all__ = ["Kept", "KeptState", "keep"]


def keep(
    portfolio: Mapping[str, object],
    policy: Policy | str,
    as_of: dt.date,
    parameters: Mapping[str, object] | None = None,
    *,
    assume: Mapping[str, object] | None = None,
    facts: bool = False,
    carry: Iterable[str] = (),
) -> Kept:
    """Screen a portfolio on one day, and keep what was worked out.

    Args:
        portfolio: the tables by name, as for `screen`: frames of polars, pandas or PyArrow.
        policy: a policy, or the name of a built-in one.
        as_of: the day (peildatum).
        parameters: values that the user sets, as for `screen`.
        assume: values of columns that the source does not record, as for `screen`.
        facts: give the facts as well.
        carry: columns of your own to give at the end of each row, as for `screen`.

    Returns:
        The result, as a frame of polars, and the state, from which `KeptState.go_on` goes on.

    Raises:
        InputError: as for `screen`; `InvalidValue` for tables of DuckDB or Spark, and several days.
        ExtraNeeded: a library that is needed is not installed.
    """
    carried = check_carry(carry, "/carry")
    with suppress(ImportError):
        from huurschuld.portfolio.kept.keeping import kept_of  # noqa: PLC0415 - once narwhals is known to be there

        return kept_of(portfolio, policy, as_of, parameters, assume, carried, facts=facts)
    raise ExtraNeeded("keep", "portfolios are screened with narwhals", "install huurschuld[frames]")
