"""A worklist (werklijst): whom to help first, in the order of `docs/semantics.md`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from attrs import Factory, evolve, field, frozen

from huurschuld.decisions.decision import Decision, decide_many, policy_on_day
from huurschuld.decisions.receipt import Receipt, receipt_of
from huurschuld.errors import DuplicateId, Undecided, pointer
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.carrying import Carried
from huurschuld.portfolio.failures import Failure
from huurschuld.portfolio.quarantine import Quarantine
from huurschuld.portfolio.result_rows import (
    RESULT_COLUMNS,
    ResultRow,
    is_on_worklist,
    order,
    row_of,
)
from huurschuld.portfolio.selecting import ALL, Selection, grouped
from huurschuld.rules.advice import Advice
from huurschuld.rules.engines.choice import EngineName
from huurschuld.rules.own_facts import names_stated, nearly_named
from huurschuld.rules.policy import Policy


@frozen
class Worklist:
    """The tenancies that need a look in the order in which to take them up, for any engine.

    Those without arrears are left out, unless they are in a crisis; the counts include them, so that
    none is lost.

    Attributes:
        decisions: one for each row. A screening by the columnar engine has them for as many rows as
            were asked for, from the first on.
        screened: how many tenancies were looked at, those without arrears included.
        undecided: the tenancies for which no engine can be relied on: a person has to look at them.
        rows: every tenancy in arrears or in a crisis as a row of names and values, most urgent first.
        receipt: what the worklist was made with.
        quarantine: what was set aside, if bad rows are set aside.
        tenancies: the ids of all that were looked at, where the columnar engine decided.
        nearly_named: how many rows of `facts` have no effect, but are named almost as a fact that the
            policy asks for, by the name of that fact: they may be misspelt.
        warnings: what is unlikely about the tables, where the columnar engine decided: amounts in euros
            where cents are meant, contacts that are there twice. They decide nothing.
        carried: the columns of one's own that are carried along at the end of each row.
        selection: which rows were asked for; the counts stay those of the whole portfolio.
        by: the column that is carried along by which the rows are in groups, if they are.
    """

    decisions: tuple[Decision, ...] = field(converter=tuple[Decision, ...])
    screened: int
    undecided: tuple[Undecided, ...] = field(default=(), converter=tuple[Undecided, ...])
    rows: tuple[ResultRow, ...] = field(
        default=Factory(lambda self: map(row_of, self.decisions), takes_self=True),
        converter=tuple[ResultRow, ...],
        kw_only=True,
        repr=False,
        eq=False,
    )
    receipt: Receipt | None = field(default=None, kw_only=True, eq=False)
    quarantine: Quarantine | None = field(default=None, kw_only=True)
    tenancies: Iterable[str] = field(default=(), kw_only=True, repr=False, eq=False)
    nearly_named: Mapping[str, int] = field(factory=dict, kw_only=True, eq=False)
    warnings: tuple[Failure, ...] = field(
        default=(), converter=tuple[Failure, ...], kw_only=True, eq=False
    )
    carried: tuple[str, ...] = field(default=(), kw_only=True, eq=False)
    selection: Selection = field(default=ALL, kw_only=True, eq=False)
    by: str | None = field(default=None, kw_only=True, eq=False)
    _names: tuple[str, ...] = field(
        default=(), converter=tuple[str, ...], kw_only=True, repr=False, eq=False
    )
    _counts: Mapping[Advice, int] | None = field(default=None, kw_only=True, repr=False, eq=False)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.decisions)

    def __len__(self) -> int:
        return len(self.rows)

    def columns(self) -> list[str]:
        """The names that every row has, in their order."""
        return list(self._names or (self.rows[0] if self.rows else (*RESULT_COLUMNS, *self.carried)))

    def counts(self) -> dict[Advice, int]:
        """How many tenancies have each advice; with those undecided they add up to `screened`.

        They are those of the whole portfolio, also where part of the worklist was asked for.
        """
        if self._counts is not None:
            return dict(self._counts)
        counted = Counter(row["advice"] for row in self.rows)
        counted[Advice.NONE] += self.screened - len(self.rows) - len(self.undecided)
        return {advice: counted[advice] for advice in Advice}

    def carrying(self, carried: Carried) -> Worklist:
        """The same, with columns of one's own at the end of each row."""
        return evolve(self, rows=carried.beside(self.rows), carried=carried.names)

    def only(self, selection: Selection, by: str | None = None) -> Worklist:
        """The part of a worklist that is asked for, in groups `by` a column that is carried along.

        Nothing else changes: the counts, and who is undecided or set aside, are those of the whole.
        """
        rows = [row for group in grouped(selection.of(self.rows), by).values() for row in group]
        decided = {it.tenancy: it for it in self.decisions}
        return evolve(
            self,
            decisions=[decided[row["tenancy"]] for row in rows if row["tenancy"] in decided],
            rows=rows,
            selection=selection,
            by=by,
            names=self.columns(),
            counts=self.counts(),
        )


def worklist(
    tenancies: Iterable[Tenancy],
    policy: Policy | str,
    as_of: dt.date,
    parameters: Mapping[str, object] | None = None,
    engine: EngineName | None = None,
    *,
    key: bytes | None = None,
    assumptions: Mapping[str, object] | None = None,
    facts: bool = False,
) -> Worklist:
    """Decide on every tenancy and put those in arrears or a crisis in order; arguments as for `decide`.

    With `facts` the rows hold the facts as well.

    Raises:
        DuplicateId: at `/INDEX/id`: a tenancy occurs a second time.
        InputError: as `decide`.
    """
    listed: list[Decision] = []
    undecided: list[Undecided] = []
    seen: set[str | None] = set()
    stated: Counter[str] = Counter()
    decisions = decide_many(
        _counting(tenancies, stated), policy, as_of, parameters, engine, key=key, assumptions=assumptions
    )
    while True:
        found: Decision | Undecided | None
        try:
            found = next(decisions, None)
        except Undecided as error:
            found = error
        if found is None:
            break
        if found.tenancy in seen:
            raise DuplicateId(pointer(len(seen), "id"), "a second tenancy with this id")
        seen.add(found.tenancy)
        if isinstance(found, Undecided):
            undecided.append(found)
        elif is_on_worklist(found.advice, found.priority):
            listed.append(found)
    by_id = {it.tenancy: it for it in listed}
    rows = sorted((row_of(it, facts=facts) for it in listed), key=order)
    on_day = policy_on_day(policy, as_of, parameters)
    return Worklist(
        [by_id[row["tenancy"]] for row in rows],
        len(seen),
        undecided,
        rows=rows,
        receipt=receipt_of(on_day, assumptions or {}),
        nearly_named=nearly_named(stated, on_day.policy.facts),
    )


def _counting(tenancies: Iterable[Tenancy], stated: Counter[str]) -> Iterator[Tenancy]:
    """Yield the tenancies, and count meanwhile how many facts of each name they state."""
    for it in tenancies:
        if isinstance(it, Tenancy):  # anything else is refused where it is decided on
            stated.update(names_stated(it.facts))
        yield it
