"""The outcomes of one evaluation: a row for each tenancy, from sums over its tables to its advice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

import narwhals as nw
from attrs import frozen

from huurschuld.decisions.decision import OUTCOME
from huurschuld.portfolio.columnar.arrears import arrears_facts, in_arrears, may_be_owed, owed_on
from huurschuld.portfolio.columnar.entry_sums import (
    CENTS,
    REFUSED,
    ROWS,
    check_unchanged,
    sums_of_entries,
)
from huurschuld.portfolio.columnar.evaluation import Evaluation
from huurschuld.portfolio.columnar.expressions import (
    Frame,
    in_digits,
    number_of,
    total,
    whole,
)
from huurschuld.portfolio.columnar.fact_sums import FactsWanted
from huurschuld.portfolio.columnar.facts import columns_beside, non_ledger_facts
from huurschuld.portfolio.columnar.intake import OWN_DAY, OWN_DIGITS, SET, Intake
from huurschuld.portfolio.columnar.ledger import Ledger
from huurschuld.portfolio.columnar.row_checks import is_refused, payments_a_year
from huurschuld.rules.advice import Advice
from huurschuld.rules.arrears import BILLION
from huurschuld.rules.engines.columnar import engine_for
from huurschuld.rules.facts import FACTS, FactType
from huurschuld.rules.parameters import Unit

_NOTHING_OWED: Final = {
    **dict.fromkeys(
        ("arrears_cents", "past_grace_cents", "months", "days_overdue", "sustained_cents"),
        nw.lit(0, nw.Int64),
    ),
    "episode_start": nw.lit(None, nw.Int64),
}
_TENANCIES: Final = 2**40
"""More than there are rows in a table."""


def days_of(evaluation: Evaluation) -> list[nw.Expr | int]:
    """The days of an evaluation, as numbers; if each tenancy has its own, the column of these."""
    return [number_of(day) for day in evaluation.days] or [nw.col(OWN_DAY)]


def ledger_of(taken: Intake, tenancies: Frame, sums: Frame, days: int) -> Ledger:
    """The ledgers of the tenancies of which the sums leave room for arrears on any of so many days."""
    backend = taken.backend
    may_owe = sums.filter(may_be_owed(days)).select("tenancy")
    candidates = backend.keep(tenancies.select("t", "tenancy").join(may_owe, on="tenancy", how="semi"))
    entries = backend.keep(backend.joined(taken.typed["entries"], candidates))
    _check_unchanged(taken, sums.join(candidates.select("tenancy"), on="tenancy", how="semi"), entries)
    return Ledger.of(backend, entries.drop("tenancy"))


def _check_unchanged(taken: Intake, sums: Frame, entries: Frame) -> None:
    """Check that the entries read now are those that were checked: none of them is refused."""
    in_all = [total(nw.col(name)).alias(name) for name in (ROWS, CENTS)]
    refused = total(is_refused("entries", taken, {})).alias(REFUSED)
    now = entries.select(refused, *sums_of_entries()).collect().row(0)
    check_unchanged(now, [0, *sums.select(*in_all).collect().row(0)])


@frozen
class Outcomes:
    """The outcomes of one evaluation of a portfolio.

    `ledger` is that of at least all tenancies in arrears on any of its days.
    """

    intake: Intake
    evaluation: Evaluation
    ledger: Ledger

    def of(
        self, tenancies: Frame, *, facts: bool, assumptions: Mapping[str, object] | None = None
    ) -> Frame:
        """The outcome of each tenancy on each day.

        With `assumptions`, which belong to the rules, it tells the policy and the rules as well.
        """
        evaluation, backend = self.evaluation, self.intake.backend
        engine = engine_for(evaluation.policy, evaluation.values)
        shown = self._facts() if facts else {}
        owing = self._owing(tenancies)
        wanted = self._wanted(engine.facts().union(shown))
        known = non_ledger_facts(backend, owing, self._rows_of(owing), wanted)
        in_arrears = engine.decided(backend.settle(known), backend.settle)
        paid_up = backend.without(self._dated(tenancies), owing.select("k"), "k")
        wanted = self._wanted(engine.facts_of_priority().union(shown))
        known = non_ledger_facts(
            backend, paid_up.with_columns(**self._windows()), self._rows_on_days(tenancies), wanted
        )
        paid_up = backend.settle(known).with_columns(
            advice=nw.lit(str(Advice.NONE)),
            priority=engine.priority(),
            hold=nw.lit(""),
            unknown=nw.lit(""),
        )
        columns = [*_columns(shown), *self._origin(assumptions)]
        in_arrears = in_arrears.with_columns(_as_text("months")).select(*columns)
        paid_up = paid_up.with_columns(months=nw.lit("0")).select(*columns)
        result = backend.in_order(paid_up, in_arrears, "k").drop("k")
        result = backend.with_days(result, [OWN_DAY, *(["episode_start"] if facts else [])])
        return self.intake.with_carried(result)  # last of all: nothing is decided by it

    def _owing(self, tenancies: Frame) -> Frame:
        """The tenancies in arrears, each on its days, with the facts about their arrears."""
        backend, days = self.intake.backend, days_of(self.evaluation)
        changes = self.ledger.changes
        if not self.evaluation.days:
            changes = changes.join(tenancies.select("t", OWN_DAY), on="t", how="inner")
        sums = backend.keep(owed_on(changes, days))
        owing = nw.concat(
            [
                sums.select("t", *in_arrears(index))
                .filter(nw.col("arrears_cents") > 0)
                .with_columns(**moment)
                for index, moment in enumerate(self._moments())
            ]
        )
        owing = owing.join(tenancies, on="t", how="inner").with_columns(**self._windows())
        rents = self.intake.typed["rents"].join(
            owing.select("t", "tenancy").unique(), on="tenancy", how="inner"
        )
        rents = rents.select("t", "from", "cents", per=payments_a_year())
        return arrears_facts(backend, self.ledger, rents, backend.keep(owing))

    def _rows_of(self, owing: Frame) -> Mapping[str, Callable[[], Frame]]:
        """The rows of each table that belong to who is in arrears, on each of their days."""
        # Not beside what was joined before: some libraries would compute that again for each table.
        keys = owing.select("tenancy", *columns_beside(owing))
        return {
            name: partial(table.join, keys, on="tenancy", how="inner")
            for name, table in self.intake.typed.items()
        }

    def _rows_on_days(self, tenancies: Frame) -> Mapping[str, Callable[[], Frame]]:
        """The rows of each table on each of the days, as those of tenancies that owe nothing."""

        def rows(table: Frame) -> Frame:
            its = table.join(tenancies.select("t", "tenancy", *own), on="tenancy", how="inner")
            return self._dated(its if len(self.evaluation.days) < 2 else backend.keep(its))

        backend, there = self.intake.backend, tenancies.collect_schema().names()
        own = [name for name in there if name in (OWN_DAY, OWN_DIGITS) or name.startswith(SET)]
        return {name: partial(rows, table) for name, table in self.intake.typed.items()}

    def _dated(self, rows: Frame) -> Frame:
        """Rows of tenancies that owe nothing, once for each of the days."""
        return nw.concat([rows.with_columns(**it, **_NOTHING_OWED) for it in self._moments()])

    def _moments(self) -> list[dict[str, nw.Expr]]:
        """Each day as columns, unless each tenancy has its own, and the number `k` of a tenancy then."""
        days = self.evaluation.days
        if not days:
            return [{"k": nw.col("t")}]
        number = self._number if len(days) > 1 else lambda _: nw.col("t")
        return [
            {
                OWN_DAY: nw.lit(number_of(day), nw.Int64),
                OWN_DIGITS: nw.lit(in_digits(day), nw.Int64),
                "k": number(index),
            }
            for index, day in enumerate(days)
        ]

    def _number(self, index: int) -> nw.Expr:
        """The number of each tenancy on the day with an index: all of a day come before the next."""
        if self.intake.backend.has_order:
            return nw.col("t") + index * _TENANCIES
        return nw.concat_str(nw.lit(f"{index} "), nw.col("t"))

    def _origin(self, assumptions: Mapping[str, object] | None) -> Iterator[nw.Expr]:
        """What it was made with, while days are still numbers; nothing where that is not asked."""
        if assumptions is not None:
            yield nw.lit(self.evaluation.policy.name).alias("policy")
            yield self.evaluation.rules(assumptions, nw.col(OWN_DAY)).alias("rules")

    def _facts(self) -> dict[str, FactType]:
        """The facts that a result shows, by column: those of which the policy has the parameter."""
        policy, values = self.evaluation.policy, self.evaluation.values
        found = FACTS | {it.type.key: it.type for it in policy.facts}
        return {name: it for name, it in found.items() if it.parameter is None or it.parameter in values}

    def _wanted(self, names: frozenset[str]) -> FactsWanted:
        return FactsWanted(names, self.evaluation.values, self.evaluation.policy.facts)

    def _windows(self) -> dict[str, nw.Expr]:
        """What the arrears go by: `floor`, the last day past its `grace`, and the `window` of days."""
        values = self.evaluation.values
        floor = nw.max_horizontal(_expression(values.get("floor_cents", 1)), nw.lit(1, nw.Int64))
        windows = {"floor": floor, "grace": whole(nw.col(OWN_DAY) - values.get("grace_days", 0))}
        if "sustained_days" in values:
            windows["window"] = whole(nw.col(OWN_DAY) - values["sustained_days"])
        return windows


def _expression(value: int | nw.Expr) -> nw.Expr:
    return value if isinstance(value, nw.Expr) else nw.lit(value, nw.Int64)


def _columns(facts: Mapping[str, FactType]) -> Iterator[str | nw.Expr]:
    """The columns of a result, in their order."""
    yield "k"
    yield from ("tenancy", OWN_DAY, *OUTCOME)
    yield from (name for name, it in facts.items() if not it.is_own and name not in OUTCOME)
    if facts:
        yield "episode_start"
    for name, it in facts.items():
        if it.is_own:
            yield _as_text(name) if it.unit is Unit.MONTHS else name


def _as_text(months: str) -> nw.Expr:
    """Billionths as a decimal, up to nine digits and no trailing zeros."""
    it = nw.col(months)
    rest = it % BILLION
    # Add a half, since one library divides through a double.
    whole_months = (it - rest + BILLION // 2) // BILLION
    text = nw.concat_str(
        whole(whole_months).cast(nw.String),
        nw.lit("."),
        whole(rest + BILLION).cast(nw.String).str.slice(1),
    )
    return text.str.replace_all(r"\.?0+$", "").alias(months)
