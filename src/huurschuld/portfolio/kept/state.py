"""The state that a screening leaves, from which a later one goes on: `KeptState`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from attrs import define, evolve, field, frozen

from huurschuld.decisions.decision import policy_of, policy_on_day
from huurschuld.decisions.receipt import receipt_of
from huurschuld.errors import ExtraNeeded, InvalidValue
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.columnar.library_errors import translate_library_errors
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.files import Saved, read_state, write_state
from huurschuld.portfolio.kept.folding import PolarsFrame
from huurschuld.portfolio.kept.parts import Part, all_of, counted, each_of
from huurschuld.portfolio.kept.standing import bounds, is_later
from huurschuld.portfolio.schema import tenancy_column
from huurschuld.rules.policy import Policy, PolicyOnDay

_MOST_PARTS: Final = 24
"""So many parts are put together."""

Whole = Callable[[list[str]], Any]
"""Gives the whole ledger of some tenancies: a frame of all their entries."""


@frozen(eq=False)
class Kept:
    """What a screening gives that keeps what it worked out.

    Attributes:
        result: what `screen` gives, as a frame of polars.
        state: to go on from; what it was made of stays as it was.
        anew: the tenancies that were worked out anew, from their whole ledger.
    """

    result: Any
    state: KeptState
    anew: tuple[str, ...] = ()


@frozen(eq=False, repr=False)
class KeptState:
    """A portfolio as it was screened on a day, its old entries folded; it does not change.

    It holds personal data: treat it as the ledger itself.

    Attributes:
        policy: the policy.
        parameters: what the user set of its numbers.
        assume: what is assumed of columns that the source does not record.
        carry: the columns that are carried along.
        kept_day: the day of the last screening.
        folded_to: entries booked up to this day are folded.
        floor: the amount from which on a tenant is behind, which they are folded by.
        tables: all tables but `entries`, as they came, in polars.
        known: a row for each tenancy, by `k`: what is known of it without its ledger, and the bounds of
            what it owes by the first part.
        priorities: the priority of each, row by row, and the day in digits `until` which it holds.
        later: the entries of the first part that these bounds leave out.
        parts: the entries, in the order in which they came; the first part is folded.
        saved: the files that frames of it are in already.
    """

    policy: Policy
    parameters: Mapping[str, object]
    assume: Mapping[str, object]
    carry: tuple[str, ...]
    kept_day: dt.date
    folded_to: dt.date
    floor: int
    tables: Mapping[str, Any]
    known: Any
    priorities: Any
    later: Any
    parts: tuple[Part, ...]
    saved: Saved | None = field(default=None)

    def __repr__(self) -> str:
        return f"<State of {self.policy.name} on {self.kept_day}>"

    @property
    def rules(self) -> str:
        """The rules of the day that it was kept on, as a result has them."""
        return receipt_of(self.on(self.kept_day), written_assumptions(self.assume)).rules

    def on(self, as_of: dt.date) -> PolicyOnDay:
        """The policy as it applies on a day."""
        return policy_on_day(self.policy, as_of, self.parameters)

    def check(
        self,
        policy: Policy | str,
        parameters: Mapping[str, object] | None = None,
        assume: Mapping[str, object] | None = None,
    ) -> None:
        """Check that it is the state of these rules.

        Raises:
            InvalidValue: at `the state`: it is of another policy, of other numbers, or of other
                assumptions.
        """
        chosen = policy_of(policy)
        asked = receipt_of(
            policy_on_day(chosen, self.kept_day, parameters), written_assumptions(assume or {})
        )
        if asked.rules != self.rules:
            raise InvalidValue(
                "the state",
                f"it was kept by other rules: {self.policy.name}, {self.rules}; asked are "
                f"{chosen.name}, {asked.rules}",
                "begin anew: screen the whole portfolio, and keep that",
            )

    def go_on(
        self,
        as_of: dt.date,
        bookings: object = None,
        tables: Mapping[str, object] | None = None,
        *,
        whole: Whole | None = None,
        facts: bool = False,
        only_touched: bool = False,
    ) -> Kept:
        """Screen on a later day, with what has been booked since.

        Args:
            as_of: the day: the one it was kept on, or a later one.
            bookings: the entries that are new since, as a frame like `entries`; None without any. They
                may be booked on any day, and come in any order.
            tables: the other tables that have changed, by name, each in full; None is unknown. Of a
                tenancy that is no longer in `tenancies` the entries are dropped.
            whole: gives the whole ledger of the tenancies that it is called with, as a frame like
                `entries`: with all that was booked, the new bookings too. It is called once at most.
            facts: give the facts as well.
            only_touched: give only the rows of tenancies with new bookings; what that takes goes by
                their number.

        Returns:
            The result, which is what `screen` gives for all that was booked so far; the new state; and
            which tenancies were worked out anew.

        Raises:
            WholeLedgerNeeded: something cannot be added to a folded ledger, and there is no `whole`.
            InputError: as for `screen`; rows of `bookings` are counted from 2.
            InvalidValue: at `/as_of`: the day is before the one kept; at `the state`: the numbers of the
                policy have changed such that it cannot be gone on from.
        """
        go_on = _going_on()
        asked = None if whole is None else _Asked(whole)
        try:
            with translate_library_errors():
                found = go_on(
                    self, as_of, bookings, tables, asked, facts=facts, only_touched=only_touched
                )
        except Exception:
            if asked is not None and asked.error is not None:
                raise asked.error from None  # a mistake of theirs, or what they say of their ledger
            raise
        return Kept(*found)

    def entries_of(self, keys: PolarsFrame = None) -> PolarsFrame:
        """The entries of some tenancies, of all without `keys`: a lazy frame of `COLUMNS`."""
        if keys is None:
            return all_of(self.parts)
        # A filter, not a join: then a file is read only where they are.
        theirs = polars("the state").col("k").is_in(keys["k"].implode())
        pieces = [evolve(it, entries=it.at_hand().filter(theirs)) for it in self.parts]
        return all_of(pieces)

    def read_entries(self) -> None:
        """Read all entries into memory, if they are in files."""
        for part in self.parts:
            part.read()

    def write(self, folder: Path) -> KeptState:
        """Write it into a folder, whole or not at all, in the place of what is kept there.

        The folder is made if it is not there. Only what is not in it yet is written.

        Returns:
            The same state, which has its frames in these files.

        Raises:
            InvalidValue: the folder holds something else than a state.
            OSError: it cannot be written; what was kept there stays.
        """
        return write_state(self, folder)

    @classmethod
    def read(cls, folder: Path, *, verify: bool = True) -> KeptState:
        """Read the state that is kept in a folder.

        Args:
            folder: the folder.
            verify: read each file whole to see that it is as it was written; without it only their sizes
                are looked at, which is quicker.

        Raises:
            InvalidValue: it is not a state, not a whole one, or one of another version.
            OSError: it cannot be read.
        """
        return read_state(cls, Part, folder, verify=verify)

    def names(self, keys: PolarsFrame) -> list[str]:
        """The ids of some tenancies; `keys` has `k`."""
        found: list[str] = self.known["tenancy"][keys["k"]].to_list()
        return found

    def of_these(self, keys: PolarsFrame) -> dict[str, PolarsFrame]:
        """All tables but `entries` of some tenancies; `keys` has `k`, in its order."""
        pl = polars("the state")
        if keys.height == self.known.height:
            return dict(self.tables)
        ids = self.known["tenancy"][keys["k"]]
        found = {}
        for name, table in self.tables.items():
            key = tenancy_column(name)
            its = table[keys["k"]] if name == "tenancies" else None
            if its is None:
                mine = pl.col(key).cast(pl.String).is_in(ids.implode())
                its = table.filter(mine)
            found[name] = its
        return found

    def with_part(self, entries: PolarsFrame, replaced: PolarsFrame, rows: PolarsFrame) -> KeptState:
        """The same with further entries; arguments as for `Part`."""
        pl = polars("the state")
        first, *others = (*self.parts, Part(entries.lazy(), replaced, rows))
        if len(others) > _MOST_PARTS:
            merged = Part(
                all_of(others).collect().lazy(),
                pl.concat([it.replaced for it in others]).unique(),
                counted(others),
            )
            others = [merged]
        return evolve(self, parts=(first, *others))

    def since(self) -> PolarsFrame:
        """The entries that the bounds leave out: some of the first part, and all of the others."""
        pl = polars("the state")
        return pl.concat([self.later, *(it.collect() for it in each_of(self.parts[1:]))])

    def replaced(self) -> PolarsFrame:
        """The tenancies of which the bounds say nothing, as other entries have come in their place."""
        pl = polars("the state")
        none = self.known.select("k").clear()
        return pl.concat([none, *(it.replaced for it in self.parts[1:])]).unique()

    def rows_of(self, known: PolarsFrame) -> PolarsFrame:
        """How many entries some tenancies have: `k`, `tenancy` and `rows`; `known` is a part of that."""
        pl = polars("the state")
        if not self.parts:
            return known.select("k", "tenancy", "rows")
        now = known.select("k", "tenancy", "rows").join(
            counted(self.parts), on="k", how="left", suffix="_now", maintain_order="left"
        )
        return now.select("k", "tenancy", rows=pl.coalesce("rows_now", "rows"))

    def with_entries(self, entries: PolarsFrame) -> KeptState:
        """The same with other entries of all tenancies in one part, and what follows from them."""
        pl = polars("the state")
        at_most = bounds(entries.lazy(), self.kept_day)
        known = self.known.select("k", "tenancy", "rows")
        known = known.with_columns(self.rows_of(known)["rows"])
        known = known.join(at_most, on="k", how="left", maintain_order="left").with_columns(
            pl.col("sum", "reversals", "largest").fill_null(0)
        )
        none = known.select("k").clear()
        return evolve(
            self,
            known=known,
            later=entries.filter(is_later(self.kept_day)),
            parts=(Part(entries.lazy(), none, known.select("k", "rows").clear()),),
        )


@define(eq=False)
class _Asked:
    """Calls `whole`, and keeps what it raises."""

    whole: Whole
    error: Exception | None = None

    def __call__(self, tenancies: list[str]) -> object:
        try:
            return self.whole(tenancies)
        except Exception as error:
            self.error = error
            raise


def _going_on() -> Callable[..., tuple[Any, KeptState, tuple[str, ...]]]:
    """What goes on from a state, which needs libraries that a state itself does not."""
    with suppress(ImportError):
        from huurschuld.portfolio.kept.going_on import go_on  # noqa: PLC0415 - once narwhals is known to be there

        return go_on
    raise ExtraNeeded("the state", "portfolios are screened with narwhals", "install huurschuld[frames]")
