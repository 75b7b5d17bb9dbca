"""One portfolio with a policy on one or several days: from the tables to the decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import narwhals as nw
from attrs import evolve, frozen

from huurschuld.model.given import as_day
from huurschuld.model.values import FIRST_DAY, LAST_DAY
from huurschuld.portfolio.carrying import check_carry
from huurschuld.portfolio.columnar.arrears import highest_owed, with_effects
from huurschuld.portfolio.columnar.backend import ColumnType, column_type_of
from huurschuld.portfolio.columnar.checks import Checks
from huurschuld.portfolio.columnar.doubtful import doubtful
from huurschuld.portfolio.columnar.entry_sums import REFUSED, ROWS, sums_of_entries
from huurschuld.portfolio.columnar.evaluation import Evaluation, on_days, on_own_days
from huurschuld.portfolio.columnar.expressions import (
    Frame,
    collected,
    day_of,
    number_of,
    total,
    whole,
)
from huurschuld.portfolio.columnar.faults import Fault
from huurschuld.portfolio.columnar.intake import (
    OWN_DAY,
    SET,
    UNKNOWN,
    Intake,
    intake,
    own_day,
    own_unknown,
    own_values,
)
from huurschuld.portfolio.columnar.ledger import Ledger
from huurschuld.portfolio.columnar.outcomes import Outcomes, days_of, ledger_of
from huurschuld.portfolio.columnar.row_checks import cells_refused
from huurschuld.portfolio.failures import Failure
from huurschuld.portfolio.schema import Place, by_row, tenancy_column
from huurschuld.rules.own_facts import GivenFact, given_facts, nearly_named
from huurschuld.rules.policy import Policy, PolicyOnDay

_OF_TENANCY: Final = {
    "end": "ended",
    "object": "object",
    "deceased": "died",
    "eviction_announced": "announced",
    "eviction_on": "evicted",
    "children_known": "children_known",
}
"""The columns of `tenancies` that facts need, and their names beside those facts."""

_DAYS: Final = range(number_of(FIRST_DAY), number_of(LAST_DAY) + 1)


@frozen
class Screening:
    """One portfolio, read in, to be evaluated on one or several days.

    The rows of a result are `dated` unless there is one day for all.
    """

    taken: Intake
    checks: Checks
    evaluations: Sequence[Evaluation]
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
        carry: Iterable[str] = (),
        place: Place = by_row,
        known: Collection[str] = (),
    ) -> Screening:
        """Read in a portfolio; arguments and errors as for `huurschuld.screen`.

        `place` gives the places for the errors. The tables that are `known` were checked before,
        together with these tenancies, and are not checked again.
        """
        carried = check_carry(carry, "/carry")
        if not isinstance(as_of, str):
            day = as_day(as_of)  # type: ignore[arg-type] # several days stay as they are
            evaluations = on_days(policy, day, parameters)
            dated = not isinstance(day, dt.date)
            taken = intake(portfolio, assume or {}, {}, place, carried)
            return cls._over(taken, evaluations, known, dated=dated)
        taken = intake(portfolio, assume or {}, own_day(as_of), place, carried)
        own_days = on_own_days(policy, _own_days(taken), parameters, nw.col(OWN_DAY))
        return cls._over(taken, [own_days])

    @classmethod
    def checked(
        cls,
        portfolio: Mapping[str, object],
        on_day: PolicyOnDay,
        assume: Mapping[str, object],
        carry: tuple[str, ...],
    ) -> Screening:
        """A portfolio that has been checked, of which the ledger is given with `result`."""
        taken = intake(portfolio, assume, {}, carried=carry, checked=True)
        policy = on_day.policy
        evaluation = Evaluation(policy, [on_day.as_of], on_day.values, [on_day])
        return cls(taken, Checks(taken, {}, given_facts(policy.facts)), [evaluation], dated=False)

    @classmethod
    def of_own(cls, portfolio: Mapping[str, object], policy: Policy) -> Screening:
        """A portfolio of `frames_of`: each tenancy has its own day, numbers and unknown parts."""
        names = [parameter.name for parameter in policy.parameters]
        taken = intake(portfolio, {}, own_day(OWN_DAY) | own_unknown() | own_values(names))
        own = {name: nw.col(SET + name) for name in names}
        return cls._over(taken, [Evaluation(policy, [], own)])

    @staticmethod
    def checks_of_own(portfolio: Mapping[str, Any]) -> Checks:
        """The checks of a portfolio of `frames_of`, which are the same for every policy.

        `frames_of` itself checks what a tenancy states against the facts that its policy declares.
        """
        columns = portfolio["tenancies"].columns
        names = [name.removeprefix(SET) for name in columns if name.startswith(SET)]
        taken = intake(portfolio, {}, own_day(OWN_DAY) | own_unknown() | own_values(names))
        return checks_of(taken, {})

    @classmethod
    def _over(
        cls,
        taken: Intake,
        evaluations: Sequence[Evaluation],
        known: Collection[str] = (),
        *,
        dated: bool = True,
    ) -> Screening:
        """With the sums of each tenancy, as of all days at once."""
        days = [day for it in evaluations for day in days_of(it)]
        given = given_facts(evaluations[0].policy.facts)
        return cls(taken, Checks(taken, _sums(taken, days, known), given, known), evaluations, dated)

    def by(
        self, policy: Policy | str, as_of: dt.date, parameters: Mapping[str, object] | None = None
    ) -> Screening:
        """The same tables by another policy, on the day that they were read in for."""
        evaluations = on_days(policy, as_day(as_of), parameters)
        checks = evolve(self.checks, given=given_facts(evaluations[0].policy.facts))
        return evolve(self, checks=checks, evaluations=evaluations)

    def existing(self, tenancies: Collection[str]) -> set[str]:
        """Which of these tenancies exist."""
        return self.checks.existing(tenancies)

    def faults(self, most: int | None = None, unread: Collection[str] = ()) -> Iterator[Fault]:
        """The rows that are refused, up to a maximum for each check, as `Checks.faults`."""
        return self.checks.faults(most, unread)

    def doubtful(self) -> Iterator[Failure]:
        """What is not wrong, but unlikely."""
        return doubtful(self.taken)

    def release(self) -> None:
        """Drop the intermediate results; what was given to the caller stays."""
        self.taken.backend.release()

    def result(
        self,
        *,
        facts: bool,
        without: Collection[str] | None = None,
        assumptions: Mapping[str, object] | None = None,
        ledger: Ledger | None = None,
    ) -> Frame:
        """The decisions, without the tenancies of which a row is refused; None if no row is.

        With `assumptions`, as a receipt has them, each row tells what it was made with: `ORIGIN`. A
        `ledger` is of the rows of `tenancies`; then the entries are not read.
        """
        tenancies = self._tenancies()
        if without is not None:
            named = (~nw.col("tenancy").is_null()) & (nw.col("tenancy") != "")
            tenancies = tenancies.filter(named & ~nw.col("tenancy").is_in(without))
        tenancies = self.taken.backend.keep(tenancies)
        if ledger is None:
            ledger = ledger_of(self.taken, tenancies, self.checks.grouped["entries"], self._days)
        results = [
            Outcomes(self.taken, it, ledger).of(tenancies, facts=facts, assumptions=assumptions)
            for it in self.evaluations
        ]
        result = nw.concat(results) if len(results) > 1 else results[0]
        if self.dated:
            return result
        columns = [name for name in result.collect_schema().names() if name != OWN_DAY]
        if assumptions is not None:
            columns.insert(columns.index("rules") + 1, OWN_DAY)  # before what is carried along
        return result.select(*columns)

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
        """The number of tenancies, including those that are refused."""
        return int(collected(self.taken.given["tenancies"].select(nw.len())).item())

    def only(self, tenancies: Collection[str]) -> dict[str, Any]:
        """The tables as they came, of some tenancies alone, as frames of polars."""
        found = {}
        for name, frame in self.taken.given.items():
            key = tenancy_column(name)
            if column_type_of(self.taken.types[name][key]) is ColumnType.TEXT:
                its = frame.filter(nw.col(key).cast(nw.String).is_in(tenancies))
            else:  # such a column names no tenancy, or it would have been refused; comparing it may fail
                its = frame.head(0)
            found[name] = its.collect("polars").to_native()
        return found

    def nearly_named(self) -> dict[str, int]:
        """How many rows of `facts` are named almost as a fact that the policy asks for, by that fact."""
        own = self.evaluations[0].policy.facts
        if "facts" not in self.taken.typed or not given_facts(own):
            return {}
        names = self.taken.typed["facts"].group_by("name").agg(whole(nw.len()).alias(ROWS))
        named = names.filter(~nw.col("name").is_null()).select("name", ROWS).collect()
        return nearly_named(dict(named.rows()), own)

    def _tenancies(self) -> Frame:
        """What the table `tenancies` holds, and which parts are unknown.

        The number of each is `t`: its row, or where rows have no order, its id.
        """
        taken = self.taken
        typed = taken.typed["tenancies"]
        numbered = taken.backend.numbered(typed)
        number = nw.col("id") if numbered is None else whole(nw.col("row"))
        typed = typed if numbered is None else numbered
        unknown = {
            name: nw.col(name) == 1 if name in taken.own else nw.lit(part in taken.unknown)
            for part, name in UNKNOWN.items()
        }
        listed = (nw.col("children_known") == "all").fill_null(False)
        return typed.select(
            number.alias("t"),
            nw.col("id").alias("tenancy"),
            *(nw.col(name).alias(to) for name, to in _OF_TENANCY.items()),
            *(name for name in taken.own if name not in unknown),
            unknown_household=nw.lit(True) if "children" in taken.unknown else ~listed,
            **unknown,
        )

    @property
    def _days(self) -> int:
        """The number of days for which there are sums."""
        return sum(len(days_of(it)) for it in self.evaluations)


def checks_of(taken: Intake, given: Mapping[str, GivenFact]) -> Checks:
    """The checks of a portfolio, of which no day is asked."""
    return Checks(taken, _sums(taken, [], ()), given)


def _sums(taken: Intake, days: Sequence[nw.Expr | int], known: Collection[str]) -> dict[str, Frame]:
    """The sums of each table but `tenancies`; of those that are known, only of entries."""
    wanted = (it for it in taken.typed if it == "entries" or it not in ("tenancies", *known))
    return {it: _sums_of(taken, it, days, check=it not in known) for it in wanted}


def _sums_of(taken: Intake, table: str, days: Sequence[nw.Expr | int], *, check: bool) -> Frame:
    """Sums by tenancy for the checks and the bound on the arrears, in one pass over a table."""
    frame = taken.typed[table]
    if table != "entries":
        sums = [whole(nw.len()).alias(ROWS)]
    else:
        refused = [total(cells_refused(taken)).alias(REFUSED)] if check else []
        sums = [*sums_of_entries(), *refused, *highest_owed(days)]
        frame = with_effects(frame)
        if taken.own_day is not None:
            own = taken.typed["tenancies"].group_by("id").agg(nw.col(OWN_DAY).max())
            own = own.select(OWN_DAY, tenancy=nw.col("id"))
            frame = frame.join(taken.backend.in_reach(frame, own), on="tenancy", how="left")
    return taken.backend.keep(frame.group_by("tenancy").agg(*sums))


def _own_days(taken: Intake) -> list[dt.date]:
    """The days of the tenancies; any that is not valid is left to the checks."""
    found = taken.typed["tenancies"].select(OWN_DAY).unique().collect().to_dict(as_series=False)
    numbers = sorted(it for it in found[OWN_DAY] if it in _DAYS)
    return [day_of(number) for number in numbers]
