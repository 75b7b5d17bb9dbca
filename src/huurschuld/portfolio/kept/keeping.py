"""Screening a portfolio for the first time, to go on from later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import narwhals as nw

from huurschuld.errors import InvalidValue
from huurschuld.model.given import as_day
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.columnar.entry_sums import CENTS, ROWS, check_unchanged
from huurschuld.portfolio.columnar.expressions import framed, in_digits
from huurschuld.portfolio.columnar.library_errors import translate_library_errors
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.folding import PolarsFrame
from huurschuld.portfolio.kept.ledgers import (
    floor_of,
    folded,
    folds_to,
    in_polars,
    look_back,
    numbered,
    rents_of,
)
from huurschuld.portfolio.kept.replacing import known_of
from huurschuld.portfolio.kept.standing import next_changes
from huurschuld.portfolio.kept.state import Kept, KeptState
from huurschuld.portfolio.schema import by_row, given_tables
from huurschuld.rules.policy import Policy

_AT_ONCE: Final = 100_000
"""So many tenancies are folded at a time."""


def kept_of(
    portfolio: Mapping[str, object],
    policy: Policy | str,
    as_of: dt.date,
    parameters: Mapping[str, object] | None,
    assume: Mapping[str, object] | None,
    carried: tuple[str, ...],
    *,
    facts: bool,
) -> Kept:
    """The result and the state; as `keep`."""
    if not isinstance(as_day(as_of), dt.date):
        raise InvalidValue("/as_of", "a state is kept on one day", "give a datetime.date")
    with translate_library_errors():
        tables = _tables(portfolio)
        found = Screening.of(tables, policy, as_of, parameters, assume=assume, carry=carried)
        try:
            for fault in found.faults(most=1):
                raise fault.error(by_row)
            assumed = written_assumptions(assume or {})
            result = found.collected(found.result(facts=facts, assumptions=assumed))
            return Kept(result, _state(found, tables, result, parameters, assume))
        finally:
            found.release()


def _tables(portfolio: Mapping[str, object]) -> PolarsFrame:
    """The tables in polars; all but the entries at hand, so that those checked are those kept."""
    if not isinstance(portfolio, Mapping):
        return portfolio  # refused as such when it is read in
    tables = {name: in_polars(name, it) for name, it in given_tables(portfolio).items()}
    return {name: it if name == "entries" else it.collect() for name, it in tables.items()}


def _state(
    found: Screening,
    tables: Mapping[str, Any],
    result: PolarsFrame,
    parameters: Mapping[str, object] | None,
    assume: Mapping[str, object] | None,
) -> KeptState:
    pl = polars("the portfolio")
    on_day = found.evaluations[0].found[0]
    until, floor = folds_to(on_day.as_of, look_back(on_day)), floor_of(on_day)
    known = known_of(
        result.select("tenancy", "priority"), next_changes(found.taken, in_digits(on_day.as_of))
    )
    entries, rows = _entries(found, known, until, floor)
    known = known.join(rows, on="k", how="left", maintain_order="left")
    state = KeptState(
        policy=on_day.policy,
        parameters=dict(parameters or {}),
        assume=dict(assume or {}),
        carry=found.taken.carried,
        kept_day=on_day.as_of,
        folded_to=until,
        floor=floor,
        tables={name: it for name, it in tables.items() if name != "entries"},
        known=known.select("k", "tenancy", pl.col("rows").fill_null(0)),
        priorities=known.select("priority", "until"),
        later=entries.clear(),
        parts=(),
    )
    return state.with_entries(entries)


def _entries(
    found: Screening, known: PolarsFrame, until: dt.date, floor: int
) -> tuple[PolarsFrame, PolarsFrame]:
    """The entries that are kept, and how many there were of each tenancy.

    So many tenancies at a time are at hand as memory has room for: those with ids in one range, so that
    of a file in the order of the tenancies each part is read once.
    """
    pl = polars("the portfolio")
    typed, rents = found.taken.typed["entries"], rents_of(found.taken.typed["rents"], known)
    of_ranges, counts, cents = [], [], 0
    ids = known.select("k", "tenancy").sort("tenancy")
    for its in ids.iter_slices(_AT_ONCE):
        name, first, last = pl.col("tenancy"), its["tenancy"][0], its["tenancy"][-1]
        in_range = framed(typed.to_native().filter((name >= first) & (name <= last)))
        entries = numbered(in_range, its).collect(engine="streaming")
        counts.append(entries.group_by("k").agg(rows=pl.len().cast(pl.Int64)))
        cents += entries["cents"].sum()
        of_these = rents.join(its, on="k", how="semi")
        of_ranges.append(folded(entries.lazy(), of_these, until, floor))
    none = numbered(framed(typed.to_native().head(0)), ids).collect()
    rows = pl.concat([known.select("k", rows=pl.lit(0, pl.Int64)).clear(), *counts])
    checked = found.checks.grouped["entries"].select(nw.col(ROWS).sum(), nw.col(CENTS).sum())
    check_unchanged([rows["rows"].sum(), cents], checked.collect().row(0))
    return pl.concat([none, *of_ranges]).sort("k", maintain_order=True), rows
