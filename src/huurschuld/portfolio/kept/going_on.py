"""Going on from a kept state: only those who may owe something are worked out, on a folded ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from huurschuld.decisions.receipt import receipt_of
from huurschuld.errors import Cell, InvalidValue, WholeLedgerNeeded
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.columnar.expressions import framed, in_digits
from huurschuld.portfolio.columnar.ledger import Ledger
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.bookings import Bookings, read_bookings
from huurschuld.portfolio.kept.folding import COLUMNS, PolarsFrame
from huurschuld.portfolio.kept.ledgers import (
    floor_of,
    folded,
    folds_to,
    in_polars,
    look_back,
    no_entries,
    numbered,
    rents_of,
    typed_rents,
)
from huurschuld.portfolio.kept.replacing import with_tables
from huurschuld.portfolio.kept.standing import (
    NEVER,
    changes_on_known_days,
    may_owe,
    next_changes,
)
from huurschuld.portfolio.schema import by_row
from huurschuld.rules.advice import Advice
from huurschuld.rules.policy import PolicyOnDay

if TYPE_CHECKING:
    from huurschuld.portfolio.kept.state import KeptState

_REFOLD_DAYS: Final = 31
"""After so many days what has come since is folded, too."""

_BEGIN_ANEW: Final = "begin anew: screen the whole portfolio, and keep that"


def go_on(
    state: KeptState,
    as_of: dt.date,
    bookings: object,
    tables: Mapping[str, object] | None,
    whole: Callable[[list[str]], object] | None,
    *,
    facts: bool,
    only_touched: bool,
) -> tuple[Any, KeptState, tuple[str, ...]]:
    """The result, the new state, and who was worked out anew; as `KeptState.go_on`."""
    pl = polars("the state")
    on_day = _checked(state, as_of)
    if not only_touched:
        state.read_entries()  # once: for the checks of what is new, and for those who may owe
    state = evolve(state, kept_day=on_day.as_of)
    anew = state.known.select("k").clear()
    if tables:
        state, anew = with_tables(state, tables)
    touched, names = anew, tuple[str, ...]()
    if bookings is not None or anew.height:
        new = None if bookings is None else read_bookings(state, bookings)
        if new is not None:
            anew = pl.concat([anew, new.anew]).unique().sort("k")
            touched = pl.concat([anew, new.touched.select("k")]).unique()
        names = tuple(state.names(anew))
        state = _with_bookings(state, new, anew, names, whole)
    if (folds_to(on_day.as_of, look_back(on_day)) - state.folded_to).days >= _REFOLD_DAYS:
        state = _folded_again(state, on_day)
    if only_touched:
        return _decided(state, on_day, touched.sort("k"), facts=facts)[0], state, names
    return *_screened(state, on_day, facts=facts), names


def _checked(state: KeptState, as_of: dt.date) -> PolicyOnDay:
    """The policy on a day, on which a state can be gone on from."""
    on_day = state.on(as_of)
    if on_day.as_of < state.kept_day:
        raise InvalidValue(
            "/as_of",
            f"the state was kept on {state.kept_day}, which is later",
            "go on from an earlier state, or screen the whole portfolio",
        )
    if floor_of(on_day) != state.floor:
        raise InvalidValue(
            "the state", "it was kept with another floor_cents than the policy has now", _BEGIN_ANEW
        )
    if folds_to(on_day.as_of, look_back(on_day)) < state.folded_to:
        raise InvalidValue(
            "the state", "the policy now looks back further than what is kept goes", _BEGIN_ANEW
        )
    return on_day


# --- the ledger ----------------------------------------------------------------------------------


def _with_bookings(
    state: KeptState,
    new: Bookings | None,
    anew: PolarsFrame,
    names: tuple[str, ...],
    whole: Callable[[list[str]], object] | None,
) -> KeptState:
    """A state with new entries, and with the whole ledger of those that are worked out anew."""
    pl = polars("the state")
    entries, counts = [], []
    if new is not None:
        entries.append(new.entries.join(anew, on="k", how="anti", maintain_order="left"))
        counts.append(new.touched.select("k", "rows").join(anew, on="k", how="anti"))
    if anew.height:
        ledger, rows = _whole_ledger(state, new, anew, names, whole)
        entries.append(ledger)
        counts.append(rows)
    added = pl.concat([it.select(COLUMNS) for it in entries])
    return state.with_part(added, anew, pl.concat(counts))


def _whole_ledger(
    state: KeptState,
    new: Bookings | None,
    anew: PolarsFrame,
    names: tuple[str, ...],
    whole: Callable[[list[str]], object] | None,
) -> tuple[Any, Any]:
    """The whole ledger of some tenancies, folded, and how many entries each of them has."""
    pl = polars("the state")
    if whole is None:
        raise WholeLedgerNeeded(
            "entries",
            f"whole ledgers are needed ({len(names)}): something was booked for a day whose entries are "
            "folded, or names one of these, or rents have changed",
            "give whole, or screen the whole portfolio and keep that",
            names,
        )
    frame = in_polars("entries", whole(list(names)))
    key = pl.col("tenancy")
    if frame.collect_schema().get("tenancy") == pl.String:
        frame = frame.filter(key.is_in(names))
    found = Screening.of(
        state.of_these(anew) | {"entries": frame.collect()},
        state.policy,
        state.kept_day,
        state.parameters,
        assume=state.assume,
        carry=state.carry,
        place=_in_whole,
    )
    for fault in found.faults(most=1):
        raise fault.error(_in_whole)
    known = state.known.join(anew, on="k", how="semi")
    entries = numbered(found.taken.typed["entries"], known).collect()
    rents = rents_of(found.taken.typed["rents"], known)
    if new is not None:
        its = new.entries.join(anew, on="k", how="semi")
        if its.join(entries, on=["k", "id"], how="anti").height:
            raise InvalidValue(
                "the whole ledger",
                "it lacks an entry that was given as new",
                "give all entries of these tenancies, the new ones too",
            )
    rows = entries.group_by("k").agg(rows=pl.len().cast(pl.Int64))
    there = state.rows_of(known).join(rows, on="k", how="left", suffix="_now")
    if there.filter(pl.col("rows_now").fill_null(0) < pl.col("rows")).height:
        raise InvalidValue(
            "the whole ledger",
            "it has fewer entries of a tenancy than there were before",
            "give all entries of these tenancies; if some were removed at the source, "
            "screen the whole portfolio and keep that",
        )
    return folded(entries.lazy(), rents, state.folded_to, state.floor), rows


def _in_whole(table: str, row: int | None, column: str) -> Cell:
    """The place of a value in what `whole` gave."""
    return by_row("the whole ledger" if table == "entries" else table, row, column)


def _folded_again(state: KeptState, on_day: PolicyOnDay) -> KeptState:
    """The same state with what has come since folded, too."""
    until = folds_to(on_day.as_of, look_back(on_day))
    rents = rents_of(typed_rents(state.tables["rents"]), state.known)
    entries = folded(state.entries_of(), rents, until, state.floor)
    return evolve(state, folded_to=until).with_entries(entries)


# --- the result ----------------------------------------------------------------------------------


def _screened(state: KeptState, on_day: PolicyOnDay, *, facts: bool) -> tuple[Any, KeptState]:
    """The rows of all tenancies, and the state with the priorities of the day."""
    pl = polars("the state")
    known, priorities = state.known, state.priorities
    asked = pl.repeat(True, known.height, dtype=pl.Boolean, eager=True)
    if not facts and changes_on_known_days(on_day.policy):
        asked = may_owe(known, state.since(), on_day.as_of)
        asked |= priorities["until"] <= in_digits(on_day.as_of)
        asked |= known["k"].is_in(state.replaced()["k"].implode())
    keys = known.select(pl.col("k").filter(asked))
    decided, until = _decided(state, on_day, keys, facts=facts)
    now = decided.select("priority", until=until)
    if not priorities.filter(asked).equals(now):
        placed = _placed(now, keys, known.height)
        priorities = placed.select(pl.coalesce(it, priorities[it]) for it in ("priority", "until"))
    state, result = evolve(state, priorities=priorities), decided
    if keys.height < known.height:
        result = _with_paid_up(state, on_day, keys, decided)
    return result, state


def _placed(rows: PolarsFrame, keys: PolarsFrame, height: int) -> PolarsFrame:
    """Rows of some tenancies in a frame of so many, each at its `k`; all others are null."""
    pl = polars("the state")
    places = pl.repeat(None, height, dtype=pl.UInt32, eager=True)
    places = places.scatter(keys["k"], pl.int_range(keys.height, dtype=pl.UInt32, eager=True))
    return rows.select(pl.all().gather(places))


def _decided(
    state: KeptState,
    on_day: PolicyOnDay,
    keys: PolarsFrame,
    *,
    facts: bool,
) -> tuple[Any, Any]:
    """The rows of some tenancies, and when their priority changes next, both in the order of `k`."""
    portfolio = state.of_these(keys) | {"entries": no_entries()}
    found = Screening.checked(portfolio, on_day, state.assume, state.carry)
    try:
        assumed = written_assumptions(state.assume)
        ledger = Ledger.of(found.taken.backend, framed(_numbered_by_row(state, keys).lazy()))
        result = found.collected(found.result(facts=facts, assumptions=assumed, ledger=ledger))
        changes = next_changes(found.taken, in_digits(on_day.as_of))
    finally:
        found.release()
    changes = result.select("tenancy").join(changes, on="tenancy", how="left", maintain_order="left")
    return result, changes["until"].fill_null(NEVER)


def _numbered_by_row(state: KeptState, keys: PolarsFrame) -> PolarsFrame:
    """The entries of some tenancies, days as numbers, each with the row `t` of its tenancy in `keys`."""
    pl = polars("the state")
    entries = state.entries_of(keys if keys.height < state.known.height else None).collect()
    rows = pl.repeat(None, state.known.height, dtype=pl.Int64, eager=True)
    rows = rows.scatter(keys["k"], pl.int_range(keys.height, dtype=pl.Int64, eager=True))
    days = pl.col("due", "booked").cast(pl.Int32).cast(pl.Int64)
    return entries.select(
        rows.gather(entries["k"]).alias("t"), "id", "kind", days, "cents", "settles", "reverses"
    )


_PAID_UP: Final = {
    "advice": str(Advice.NONE),
    "arrears_cents": 0,
    "months": "0",
    "days_overdue": 0,
    "hold": "",
    "unknown": "",
}


def _with_paid_up(
    state: KeptState, on_day: PolicyOnDay, keys: PolarsFrame, decided: PolarsFrame
) -> PolarsFrame:
    """The rows of all tenancies: those decided, with these `k`, and the others, who owe nothing."""
    pl = polars("the state")
    placed = _placed(decided.select(*_PAID_UP), keys, state.known.height)
    columns = {
        "tenancy": state.known["tenancy"],
        "priority": state.priorities["priority"],
        "policy": pl.lit(on_day.policy.name),
        "rules": pl.lit(receipt_of(on_day, written_assumptions(state.assume)).rules),
        "as_of": pl.lit(on_day.as_of),
        **{name: pl.col(name).fill_null(value) for name, value in _PAID_UP.items()},
    }
    names = [name for name in decided.columns if name in columns]
    rows = placed.select(columns[name].cast(decided.schema[name]).alias(name) for name in names)
    if not state.carry:
        return rows
    carried = state.tables["tenancies"].select(state.carry)
    return pl.concat([rows, carried], how="horizontal")
