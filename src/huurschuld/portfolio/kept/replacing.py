"""A state with other tables in the place of some of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve

from huurschuld.errors import UnknownField
from huurschuld.portfolio.columnar.expressions import in_digits
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.folding import PolarsFrame
from huurschuld.portfolio.kept.ledgers import in_polars, no_entries, rents_of, typed_rents
from huurschuld.portfolio.kept.standing import NEVER, next_changes
from huurschuld.portfolio.schema import by_row

if TYPE_CHECKING:
    from huurschuld.portfolio.kept.state import KeptState


def with_tables(state: KeptState, tables: Mapping[str, object]) -> tuple[KeptState, Any]:
    """A state with these tables, and the tenancies of which the ledger can no longer be gone on from.

    All tables but the entries are checked again, and all priorities found again.

    Raises:
        InputError: as for `screen`.
    """
    if "entries" in tables:
        raise UnknownField(
            "entries", "a state has the entries", "give those that are new since as bookings"
        )
    given = {name: None if it is None else in_polars(name, it).collect() for name, it in tables.items()}
    merged = {name: it for name, it in {**state.tables, **given}.items() if it is not None}
    found = Screening.of(
        merged | {"entries": no_entries()},
        state.policy,
        state.kept_day,
        state.parameters,
        assume=state.assume,
        carry=state.carry,
    )
    try:
        for fault in found.faults(most=1):
            raise fault.error(by_row)
        result = found.collected(found.result(facts=False))
        changes = next_changes(found.taken, in_digits(state.kept_day))
    finally:
        found.release()
    before = state
    known = known_of(result.select("tenancy", "priority"), changes)
    state = evolve(state, tables=merged, priorities=known.select("priority", "until"))
    if "tenancies" in tables:
        state = _renumbered(state, known.select("k", "tenancy"))
    none = state.known.select("k").clear()
    return state, _of_other_rents(before, state) if "rents" in tables else none


def known_of(priorities: PolarsFrame, changes: PolarsFrame) -> PolarsFrame:
    """The tenancies with their numbers: `k`, `tenancy`, `priority`, and `until` when that holds.

    Args:
        priorities: `tenancy` and `priority`, in the order of the tenancies.
        changes: `tenancy` and `until`, of those whose priority may change.
    """
    pl = polars("the state")
    return (
        priorities.join(changes, on="tenancy", how="left", maintain_order="left")
        .with_columns(pl.col("until").fill_null(NEVER))
        .with_row_index("k")
        .select(pl.col("k").cast(pl.UInt32), "tenancy", "priority", "until")
    )


def _renumbered(state: KeptState, known: PolarsFrame) -> KeptState:
    """A state of other tenancies; the entries of those that are no longer there are dropped."""
    pl = polars("the state")
    then = state.rows_of(state.known).select("tenancy", "rows", was="k")
    both = known.join(then, on="tenancy", how="left").sort("k")
    numbers = both.filter(pl.col("was").is_not_null()).select("was", now="k")

    def moved(frame: PolarsFrame) -> PolarsFrame:
        lazy = frame.lazy()
        now = lazy.rename({"k": "was"}).join(
            numbers.lazy(), on="was", how="inner", maintain_order="left"
        )
        return now.rename({"now": "k"}).select(lazy.collect_schema().names())

    entries = moved(state.entries_of()).collect(engine="streaming")
    known = both.drop("was").with_columns(pl.col("rows").fill_null(0))
    return evolve(state, known=known, parts=()).with_entries(entries)


def _of_other_rents(before: KeptState, now: KeptState) -> PolarsFrame:
    """Those whose rents begin on other days than they did, among those that are folded by."""
    pl = polars("the state")

    def begun(state: KeptState) -> PolarsFrame:
        rents = rents_of(typed_rents(state.tables["rents"]), state.known)
        known = state.known.select("k", "tenancy")
        return (
            rents.filter(pl.col("from") <= state.folded_to).join(known, on="k").select("tenancy", "from")
        )

    then, since = begun(before), begun(now)
    both = ["tenancy", "from"]
    other = (
        pl.concat([then.join(since, on=both, how="anti"), since.join(then, on=both, how="anti")])
        .select("tenancy")
        .unique()
    )
    known = now.known.filter(pl.col("rows") > 0)
    return known.join(other, on="tenancy", how="semi").select("k").sort("k")
