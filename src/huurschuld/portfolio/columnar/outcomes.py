"""The outcomes of one evaluation: a row for each tenancy, from sums over its tables to its advice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import narwhals as nw
from attrs import frozen

from huurschuld.decisions.decision import OUTCOME
from huurschuld.portfolio.columnar.arrears import arrears_facts, day_booked, may_be_owed
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
    with_columns,
)
from huurschuld.portfolio.columnar.fact_sums import FactsWanted
from huurschuld.portfolio.columnar.facts import non_ledger_facts
from huurschuld.portfolio.columnar.intake import OWN_DAY, OWN_DIGITS, Intake
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


@frozen
class Outcomes:
    """The outcomes of one evaluation of a portfolio.

    `sums` are those over the rows of each tenancy, by table; of all evaluations that they hold the
    arrears for, `index` is the number of this one.
    """

    intake: Intake
    sums: Mapping[str, Frame]
    evaluation: Evaluation
    index: int

    def of(
        self,
        tenancies: Frame,
        entries: Frame,
        *,
        facts: bool,
        assumptions: Mapping[str, object] | None = None,
    ) -> Frame:
        """The outcome of each tenancy; the entries are of at least those that may be in arrears.

        With `assumptions`, which belong to the rules, it tells the policy and the rules as well.
        """
        evaluation, backend, tables = self.evaluation, self.intake.backend, self.intake.typed
        engine = engine_for(evaluation.policy, evaluation.values)
        shown = self._facts() if facts else {}
        tenancies = with_columns(tenancies, self._days()).with_columns(**self._windows())
        owing = self._owing(tenancies, entries)
        known = non_ledger_facts(owing, tables, self._wanted(engine.facts().union(shown)))
        in_arrears = engine.decided(backend.settle(known), backend.settle)
        number = "row" if backend.has_order else "tenancy"
        paid_up = tenancies.join(owing.select(number), on=number, how="anti").with_columns(
            k=nw.col(number), **_NOTHING_OWED
        )
        wanted = self._wanted(engine.facts_of_priority().union(shown))
        paid_up = backend.settle(non_ledger_facts(paid_up, tables, wanted)).with_columns(
            advice=nw.lit(str(Advice.NONE)),
            priority=engine.priority(),
            hold=nw.lit(""),
            unknown=nw.lit(""),
        )
        columns = [*_columns(shown), *self._origin(assumptions)]
        result = nw.concat([in_arrears.select(*columns), paid_up.select(*columns)])
        result = backend.with_days(result, [OWN_DAY, *(["episode_start"] if facts else [])])
        result = self.intake.with_carried(result)  # last of all: nothing is decided by it
        if backend.has_order:
            result = result.sort("row")
        return result.drop("row")

    def _owing(self, tenancies: Frame, entries: Frame) -> Frame:
        """The tenancies in arrears, numbered by `k`, with the facts about their arrears."""
        backend = self.intake.backend
        may_owe = self.sums["entries"].filter(may_be_owed(self.index)).select("tenancy")
        candidates = backend.keep(
            tenancies.join(may_owe, on="tenancy", how="semi").with_row_index("k", order_by="tenancy")
        )
        found = backend.keep(
            backend.of_these(entries, candidates).join(
                candidates.select("k", "tenancy", OWN_DAY, "grace"), on="tenancy", how="inner"
            )
        )
        self._check_unchanged(candidates, found)
        booked = (
            found.with_columns(booked=day_booked())
            .filter(nw.col("booked") <= nw.col(OWN_DAY))
            .drop("tenancy")
        )
        rents = self.intake.typed["rents"].join(
            candidates.select("k", "tenancy"), on="tenancy", how="inner"
        )
        rents = rents.select("k", "from", "cents", per=payments_a_year())
        window = ["window"] if "sustained_days" in self.evaluation.values else []
        owed = arrears_facts(backend, booked, rents, candidates.select("k", "floor", *window))
        return backend.keep(candidates.join(owed, on="k", how="inner"))

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

    def _check_unchanged(self, candidates: Frame, entries: Frame) -> None:
        """Check that the entries read now are those that were checked: none of them is refused."""
        checked = self.sums["entries"].join(candidates.select("tenancy"), on="tenancy", how="semi")
        in_all = [total(nw.col(name)).alias(name) for name in (ROWS, CENTS)]
        refused, *sums = (
            entries.select(
                total(is_refused("entries", self.intake, {})).alias(REFUSED), *sums_of_entries()
            )
            .collect()
            .row(0)
        )
        check_unchanged([refused, *sums], [0, *checked.select(*in_all).collect().row(0)])

    def _days(self) -> dict[str, nw.Expr]:
        """The day as columns, unless each tenancy has its own."""
        day = self.evaluation.day
        if day is None:
            return {}
        return {
            OWN_DAY: nw.lit(number_of(day), nw.Int64),
            OWN_DIGITS: nw.lit(in_digits(day), nw.Int64),
        }

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
    yield "row"
    for name in ("tenancy", OWN_DAY, *OUTCOME):
        yield _as_text("months") if name == "months" else name
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
