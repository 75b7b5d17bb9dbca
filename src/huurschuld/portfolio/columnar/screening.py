"""One portfolio with a policy on one or several days: from the tables to the decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import narwhals as nw
from attrs import frozen

from huurschuld.decisions.decision import OUTCOME
from huurschuld.model.values import FIRST_DAY, LAST_DAY
from huurschuld.portfolio.columnar.arrears import arrears_facts, day_booked, highest_owed, may_be_owed
from huurschuld.portfolio.columnar.checks import (
    BAD,
    CENTS,
    ROWS,
    Checks,
    Fault,
    any_bad,
    check_unchanged,
    sums_of_entries,
)
from huurschuld.portfolio.columnar.expressions import (
    Frame,
    day_of,
    in_digits,
    number_of,
    total,
    whole,
    with_columns,
)
from huurschuld.portfolio.columnar.facts import side_facts
from huurschuld.portfolio.columnar.intake import (
    OWN_DAY,
    OWN_DIGITS,
    UNKNOWN,
    Intake,
    Place,
    intake,
    own_day,
    own_unknown,
    own_values,
)
from huurschuld.portfolio.columnar.looks import Look, on_days, on_own_days
from huurschuld.portfolio.schema import by_row
from huurschuld.rules.advice import Advice
from huurschuld.rules.engines.columnar import engine_for
from huurschuld.rules.facts import FACTS
from huurschuld.rules.policy import Policy

_BILLION: Final = 10**9
_OF_TENANCY: Final = {
    "end": "ended",
    "deceased": "died",
    "eviction_announced": "announced",
    "eviction_on": "evicted",
    "children_known": "children_known",
}
_NOTHING_OWED: Final = {
    **{name: nw.lit(0, nw.Int64) for name in ("arrears_cents", "months", "days_overdue")},
    "sustained_cents": nw.lit(0, nw.Int64),
    "episode_start": nw.lit(None, nw.Int64),
}
_DAYS: Final = range(number_of(FIRST_DAY), number_of(LAST_DAY) + 1)


@frozen
class Screening:
    """One portfolio taken in, to be looked at from one or several days.

    Attributes:
        taken: the tables.
        checks: their checks; the sums of each tenancy are among what these are told from.
        looks: from where, with which numbers.
        dated: whether a result tells the day of each row; one day for all goes without saying.
    """

    taken: Intake
    checks: Checks
    looks: Sequence[Look]
    dated: bool

    @classmethod
    def of(
        cls,
        portfolio: Mapping[str, object],
        policy: Policy | str,
        as_of: dt.date | str | Iterable[dt.date],
        parameters: Mapping[str, object] | None = None,
        *,
        assume: Mapping[str, object] | None = None,
        place: Place = by_row,
    ) -> Screening:
        """Take a portfolio in; arguments and errors as of `huurschuld.screen`.

        `place` tells the places for the errors.
        """
        if not isinstance(as_of, str):
            looks = on_days(policy, as_of, parameters)
            dated = not isinstance(as_of, dt.date)
            return cls._over(intake(portfolio, assume or {}, {}, place), looks, dated=dated)
        taken = intake(portfolio, assume or {}, own_day(as_of), place)
        look = on_own_days(policy, _own_days(taken), parameters, nw.col(OWN_DAY))
        return cls._over(taken, [look])

    @classmethod
    def of_own(cls, portfolio: Mapping[str, object], policy: Policy) -> Screening:
        """A portfolio of `frames_of`: each tenancy has its own day, numbers and unknown parts."""
        names = [parameter.name for parameter in policy.parameters]
        taken = intake(portfolio, {}, own_day(OWN_DAY) | own_unknown() | own_values(names))
        return cls._over(taken, [Look(policy, None, {it: nw.col(f"set_{it}") for it in names})])

    @classmethod
    def _over(cls, taken: Intake, looks: Sequence[Look], *, dated: bool = True) -> Screening:
        """With the sums of each tenancy, as of all days at once."""
        days = [nw.col(OWN_DAY) if it.day is None else number_of(it.day) for it in looks]
        grouped = {table: _grouped(taken, table, days) for table in taken.typed if table != "tenancies"}
        return cls(taken, Checks(taken, grouped), looks, dated)

    def faults(self, most: int | None = None) -> Iterator[Fault]:
        """The rows that are refused, of each rule so many at most."""
        return self.checks.faults(most)

    def release(self) -> None:
        """Let go of what was kept meanwhile; what was given stays."""
        self.taken.backend.release()

    def result(self, *, facts: bool, without: Collection[str] | None = None) -> Frame:
        """The decisions.

        Args:
            facts: whether to give the facts as well.
            without: the tenancies that are left out because something of them is refused; None if
                nothing is.
        """
        backend = self.taken.backend
        tenancies = self._tenancies()
        if without is not None:
            named = (~nw.col("tenancy").is_null()) & (nw.col("tenancy") != "")
            tenancies = tenancies.filter(named & ~nw.col("tenancy").is_in(without))
        tenancies = backend.keep(tenancies)
        entries = self.taken.typed["entries"]
        if len(self.looks) > 1:  # the entries that matter on any of the days, gone through once
            on_any = nw.any_horizontal(
                *(may_be_owed(index) for index in range(len(self.looks))), ignore_nulls=False
            )
            owing = self.checks.grouped["entries"].filter(on_any).select("tenancy")
            entries = backend.keep(backend.of_these(entries, owing))
        results = [
            self._looked_at(index, tenancies, entries, facts=facts) for index in range(len(self.looks))
        ]
        return nw.concat(results) if len(results) > 1 else results[0]

    def native(self, result: Frame) -> Any:  # noqa: ANN401 - a frame of the caller's own library
        """A result as the caller's kind of frame."""
        kept = self.taken.backend.given(result)
        match self.taken.library:
            case "polars":
                return kept if self.taken.lazy else kept.collect()
            case "pandas":
                # In Arrow's types: in those of numpy a whole number beside a null is a float.
                return kept.collect().to_pandas(use_pyarrow_extension_array=True)
            case "pyarrow":
                return kept.collect().to_arrow()
        return kept

    def collected(self, result: Frame) -> Any:  # noqa: ANN401 - a frame of polars
        """A result as a frame of polars."""
        return self.taken.backend.keep(result).collect("polars").to_native()

    def height(self) -> int:
        """How many tenancies there are, those that are refused included."""
        return int(self.taken.given["tenancies"].select(nw.len()).collect().item())

    def only(self, tenancies: Collection[str]) -> dict[str, Any]:
        """The tables as they came, of some tenancies alone, as frames of polars."""
        keys = {name: "id" if name == "tenancies" else "tenancy" for name in self.taken.given}
        return {
            name: frame.filter(nw.col(keys[name]).is_in(tenancies)).collect("polars").to_native()
            for name, frame in self.taken.given.items()
        }

    def _tenancies(self) -> Frame:
        """What the table `tenancies` tells, and which parts are unknown."""
        taken = self.taken
        typed = taken.typed["tenancies"]
        numbered = taken.backend.numbered(typed)
        typed = typed.with_columns(row=nw.lit(0, nw.Int64)) if numbered is None else numbered
        unknown = {
            name: nw.col(name) == 1 if name in taken.own else nw.lit(part in taken.unknown)
            for part, name in UNKNOWN.items()
        }
        listed = (nw.col("children_known") == "all").fill_null(False)
        return typed.select(
            whole(nw.col("row")).alias("row"),
            nw.col("id").alias("tenancy"),
            *(nw.col(name).alias(to) for name, to in _OF_TENANCY.items()),
            *(name for name in taken.own if name not in unknown),
            unknown_household=nw.lit(True) if "children" in taken.unknown else ~listed,
            **unknown,
        )

    def _looked_at(self, index: int, tenancies: Frame, entries: Frame, *, facts: bool) -> Frame:
        """The decisions on one day, or on the own day of each."""
        look, backend, tables = self.looks[index], self.taken.backend, self.taken.typed
        engine = engine_for(look.policy, look.values)
        told = [
            name
            for name, it in FACTS.items()
            if facts and (it.parameter is None or it.parameter in look.values)
        ]
        acted = "acted_days" in look.values
        tenancies = with_columns(with_columns(tenancies, _days_of(look)), _windows_of(look))
        owing = self._owing(index, tenancies, entries)
        facts_of_hot = side_facts(owing, tables, engine.facts().union(told), acted=acted)
        hot = engine.decided(backend.settle(facts_of_hot), backend.settle)
        number = "row" if backend.has_order else "tenancy"
        cold = tenancies.join(owing.select(number), on=number, how="anti").with_columns(
            k=nw.col(number), **_NOTHING_OWED
        )
        cold = side_facts(cold, tables, engine.facts_of_priority().union(told), acted=acted)
        cold = backend.settle(cold).with_columns(
            advice=nw.lit(str(Advice.NONE)),
            priority=engine.priority(),
            hold=nw.lit(""),
            unknown=nw.lit(""),
        )
        columns = list(_columns(told))
        result = nw.concat([hot.select(*columns), cold.select(*columns)])
        result = backend.with_days(result, [OWN_DAY, *(["episode_start"] if told else [])])
        if backend.has_order:
            result = result.sort("row")
        return result.drop("row", *([] if self.dated else [OWN_DAY]))

    def _owing(self, index: int, tenancies: Frame, entries: Frame) -> Frame:
        """The tenancies in arrears, numbered by `k`, with the facts about these."""
        backend = self.taken.backend
        may_owe = self.checks.grouped["entries"].filter(may_be_owed(index)).select("tenancy")
        candidates = backend.keep(
            tenancies.join(may_owe, on="tenancy", how="semi").with_row_index("k", order_by="tenancy")
        )
        found = backend.keep(
            backend.of_these(entries, candidates).join(
                candidates.select("k", "tenancy", OWN_DAY), on="tenancy", how="inner"
            )
        )
        self._check_unchanged(candidates, found)
        booked = (
            found.with_columns(booked=day_booked())
            .filter(nw.col("booked") <= nw.col(OWN_DAY))
            .drop("tenancy")
        )
        rents = self.taken.typed["rents"].join(
            candidates.select("k", "tenancy"), on="tenancy", how="inner"
        )
        has_window = "sustained_days" in self.looks[index].values
        windows = candidates.select("k", "window") if has_window else None
        owed = arrears_facts(backend, booked, rents.select("k", "from", "cents"), windows)
        return backend.keep(candidates.join(owed, on="k", how="inner"))

    def _check_unchanged(self, candidates: Frame, entries: Frame) -> None:
        """See that the entries read now are those that were checked: none of them is refused."""
        checked = self.checks.grouped["entries"].join(
            candidates.select("tenancy"), on="tenancy", how="semi"
        )
        in_all = [total(nw.col(name)).alias(name) for name in (ROWS, CENTS)]
        bad, *sums = (
            entries.select(total(any_bad("entries", self.taken)).alias(BAD), *sums_of_entries())
            .collect()
            .row(0)
        )
        check_unchanged([bad, *sums], [0, *checked.select(*in_all).collect().row(0)])


def _days_of(look: Look) -> dict[str, nw.Expr]:
    """The day as columns, unless each tenancy has them."""
    if look.day is None:
        return {}
    return {
        OWN_DAY: nw.lit(number_of(look.day), nw.Int64),
        OWN_DIGITS: nw.lit(in_digits(look.day), nw.Int64),
    }


def _windows_of(look: Look) -> dict[str, nw.Expr]:
    """The first days that count for what has been owed, and done, of late."""
    windows = {}
    if "sustained_days" in look.values:
        windows["window"] = whole(nw.col(OWN_DAY) - look.values["sustained_days"] + 1)
    if "acted_days" in look.values:
        windows["acted_since"] = whole(nw.col(OWN_DAY) - look.values["acted_days"])
    return windows


def _columns(told: Iterable[str]) -> Iterator[str | nw.Expr]:
    """The columns of a result, in their order."""
    yield "row"
    for name in ("tenancy", OWN_DAY, *OUTCOME):
        yield _as_text("months") if name == "months" else name
    yield from (name for name in told if name not in OUTCOME)
    if told:
        yield "episode_start"


def _grouped(taken: Intake, table: str, days: Sequence[nw.Expr | int]) -> Frame:
    """By tenancy, what the checks and the first look at the arrears need, in one go through a table."""
    frame = taken.typed[table]
    if table != "entries":
        sums = [whole(nw.len()).alias(ROWS)]
    else:
        sums = sums_of_entries() + highest_owed(days)
        if taken.own_day is not None:
            own = taken.typed["tenancies"].group_by("id").agg(nw.col(OWN_DAY).max())
            own = own.select(OWN_DAY, tenancy=nw.col("id"))
            frame = frame.join(own, on="tenancy", how="left")
    return taken.backend.keep(frame.group_by("tenancy").agg(*sums))


def _own_days(taken: Intake) -> list[dt.date]:
    """The days of the tenancies; what is no day is left to the checks."""
    found = taken.typed["tenancies"].select(OWN_DAY).unique().collect().to_dict(as_series=False)
    numbers = sorted(it for it in found[OWN_DAY] if it in _DAYS)
    return [day_of(number) for number in numbers]


def _as_text(months: str) -> nw.Expr:
    """Billionths as a decimal, up to nine digits and no trailing zeros."""
    it = nw.col(months)
    rest = it % _BILLION
    # Half of one more, since one library divides by way of a double.
    whole_months = (it - rest + _BILLION // 2) // _BILLION
    text = nw.concat_str(
        whole(whole_months).cast(nw.String),
        nw.lit("."),
        whole(rest + _BILLION).cast(nw.String).str.slice(1),
    )
    return text.str.replace_all(r"\.?0+$", "").alias(months)
