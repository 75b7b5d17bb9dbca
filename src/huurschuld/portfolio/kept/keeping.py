"""Screening a portfolio for the first time, to go on from later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from huurschuld.errors import InvalidValue
from huurschuld.model.given import as_day
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.columnar.expressions import in_digits
from huurschuld.portfolio.columnar.library_errors import translate_library_errors
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.extras import polars
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


def _tables(portfolio: Mapping[str, object]) -> Any:  # noqa: ANN401 - frames of polars by name
    """The tables in polars; all but the entries at hand, so that those checked are those kept."""
    if not isinstance(portfolio, Mapping):
        return portfolio  # refused as such when it is read in
    tables = {name: in_polars(name, it) for name, it in given_tables(portfolio).items()}
    return {name: it if name == "entries" else it.collect() for name, it in tables.items()}


def _state(
    found: Screening,
    tables: Mapping[str, Any],
    result: Any,  # noqa: ANN401 - a frame of polars
    parameters: Mapping[str, object] | None,
    assume: Mapping[str, object] | None,
) -> KeptState:
    pl = polars("the portfolio")
    on_day = found.evaluations[0].found[0]
    until, floor = folds_to(on_day.as_of, look_back(on_day)), floor_of(on_day)
    known = known_of(
        result.select("tenancy", "priority"), next_changes(found.taken, in_digits(on_day.as_of))
    )
    typed = numbered(found.taken.typed["entries"], known)
    rows = typed.group_by("k").agg(rows=pl.len().cast(pl.Int64)).collect(engine="streaming")
    entries = folded(typed, rents_of(found.taken.typed["rents"], known), until, floor)
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
        known=known.with_columns(pl.col("rows").fill_null(0)),
        later=entries.clear(),
        parts=(),
    )
    return state.with_entries(entries)
