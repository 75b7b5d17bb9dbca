"""Portfolios in Spark: screenings and checks, of which polars answers each bucket on the executors."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import define, evolve, field, frozen

from huurschuld.model.refusals import (
    NO_RENT,
    REFERENCES,
    REVERSES_TOO_MUCH,
    TOO_MANY_ENTRIES,
    UNIQUE,
    UNKNOWN_TENANCY,
)
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.columnar.buckets import (
    ANSWER,
    Answer,
    Checked,
    Screened,
    plain_schema,
)
from huurschuld.portfolio.columnar.doubtful import Figures
from huurschuld.portfolio.columnar.faults import Fault
from huurschuld.portfolio.columnar.intake import Intake, intake
from huurschuld.portfolio.columnar.on_spark_tables import SparkTable, SparkTables
from huurschuld.portfolio.columnar.row_checks import Check, row_checks
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.extras import import_extra
from huurschuld.portfolio.failures import Failure
from huurschuld.portfolio.schema import (
    COLUMNS,
    TABLES,
    Place,
    by_row,
    tenancy_column,
)
from huurschuld.rules.own_facts import GivenFact
from huurschuld.rules.policy import Policy


@define(slots=False)
class SparkScreening:
    """One portfolio with a policy on one or several days, as `Screening`: one pass answers all.

    Attributes:
        tables: the tables in Spark.
        question: what is asked of them.
        ranks: the order of checks, in which faults are told.
        result: the schema of a result, of PyArrow and of Spark.
    """

    tables: SparkTables
    question: Screened
    ranks: Ranks
    result: tuple[Any, Any]
    _answers: list[Answer] = field(factory=list, init=False)
    _rows: Any = field(default=None, init=False)

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
        facts: bool = False,
        origin: bool = False,
        doubts: bool = False,
    ) -> SparkScreening:
        """Take a portfolio; arguments and errors as for `Screening`.

        The result has the `facts`, and with `origin` what it was made with. With `doubts` it is told
        what is unlikely.
        """
        tables = SparkTables.of(portfolio)
        carried = tuple(dict.fromkeys(carry))
        day = as_of if isinstance(as_of, str | dt.date) else [*as_of]
        found = Screening.of(
            tables.empty, policy, day, parameters, assume=assume, carry=carried, place=place
        )
        assumptions = written_assumptions(assume or {}) if origin else None
        rows = found.native(found.result(facts=facts, assumptions=assumptions))
        question = Screened(
            policy,
            day,
            parameters,
            assume or {},
            carried,
            tuple(it for it in carried if it not in (*COLUMNS["tenancies"], as_of)),
            facts,
            assumptions,
            frozenset(known),
            doubts=doubts,
        )
        result = _schemas(rows, tables.tables["tenancies"], carried)
        return cls(tables, question, Ranks.of(found.taken, found.checks.given), result)

    def faults(self, most: int | None = None, unread: Collection[str] = ()) -> list[Fault]:
        """The rows that are refused, one for each check and bucket, or all with `most=None`.

        What is decided is decided at the same time: with `most=None` without these rows and `unread`.
        """
        question = evolve(self.question, aside=most is None, without=frozenset(unread))
        columns = {name: [*COLUMNS[name]] for name in self.tables.tables}
        columns["tenancies"] += question.carried
        if isinstance(question.as_of, str):
            columns["tenancies"].append(question.as_of)
        self._rows, self._answers = self.tables.asked(question, columns, *self.result)
        return self.ranks.ordered(fault for it in self._answers for fault in it.faults)

    def existing(self, tenancies: Collection[str]) -> set[str]:
        """Which of these tenancies exist."""
        return self.tables.existing(tenancies)

    def rows(self) -> Any:
        """The decisions, once faults were asked for; the executors keep them."""
        return self._rows

    def collected(self) -> Any:
        """The same as a frame of polars."""
        pl = import_extra("polars", "frames", "spark", "polars is not installed")
        return pl.DataFrame(self._rows.toArrow())

    def only(self, tenancies: Collection[str]) -> dict[str, Any]:
        """As `Screening.only`."""
        return self.tables.only(tenancies)

    def height(self) -> int:
        """As `Screening.height`."""
        return self.tables.height

    def nearly_named(self) -> dict[str, int]:
        """As `Screening.nearly_named`."""
        return dict(sorted(sum((Counter(it.nearly) for it in self._answers), Counter()).items()))

    def doubtful(self) -> Iterator[Failure]:
        """What is unlikely, if it was asked."""
        return Figures.added(it.figures for it in self._answers if it.figures is not None).warnings()


@frozen
class Ranks:
    """The order of checks: of single rows, table by table; of tables among each other; of tenancies."""

    checks: Mapping[Check, int]

    @classmethod
    def of(cls, taken: Intake, given: Mapping[str, GivenFact]) -> Ranks:
        """That of the checks of a portfolio."""
        checks = [it for table in taken.typed for it, _ in row_checks(table, taken, given)]
        return cls({it: number for number, it in enumerate(dict.fromkeys(checks))})

    def ordered(self, faults: Iterable[Fault]) -> list[Fault]:
        """Put the faults of several buckets in order; one of a heading is told once."""
        of_rows, of_headings = [], dict[Check, Fault]()
        for it in faults:
            if it.of_heading:
                of_headings.setdefault(it.check, it)
            else:
                of_rows.append(it)
        return sorted([*of_rows, *of_headings.values()], key=self._rank)

    def _rank(self, fault: Fault) -> tuple[int, int, int]:
        if fault.check in self.checks:
            return 0, self.checks[fault.check], 0
        later = _LATER.get(fault.check.refusal, len(_LATER))
        return 1, later, TABLES.index(fault.table)


_LATER: Final = {
    it: number
    for number, it in enumerate(
        (
            UNIQUE["tenancies"].refusal,
            UNKNOWN_TENANCY,
            NO_RENT,
            UNIQUE["rents"].refusal,
            UNIQUE["facts"].refusal,
            TOO_MANY_ENTRIES,
            UNIQUE["entries"].refusal,
            REFERENCES["settles"].refusal,
            REFERENCES["reverses"].refusal,
            REVERSES_TOO_MUCH,
        )
    )
}
"""The order of what is wrong between rows."""


@define(slots=False)
class SparkChecks:
    """The checks of a portfolio in Spark, as `Checks`."""

    tables: SparkTables
    taken: Intake
    given: Mapping[str, GivenFact]
    assume: Mapping[str, object]
    _answers: list[Answer] = field(factory=list, init=False)

    @classmethod
    def of(
        cls,
        portfolio: Mapping[str, object],
        assume: Mapping[str, object],
        place: Place,
        given: Mapping[str, GivenFact],
        *,
        checked: bool = False,
    ) -> SparkChecks:
        """Take a portfolio; arguments and errors as for `intake`."""
        tables = SparkTables.of(portfolio)
        return cls(tables, intake(tables.empty, assume, {}, place, checked=checked), given, assume)

    def existing(self, tenancies: Collection[str]) -> set[str]:
        """Which of these tenancies exist."""
        return self.tables.existing(tenancies)

    def faults(
        self,
        most: int | None = None,
        unread: Collection[str] = (),
        incomplete: Collection[str] = (),
        tally: Counter[Check] | None = None,
    ) -> list[Fault]:
        """The rows that are refused; arguments as for `Checks.faults`.

        Where rows name no tenancy, or one that does not exist, it is asked once more: they may be what
        is missing in another bucket. Then references to nothing are left out altogether.
        """
        faults = self._asked(most, unread, incomplete, tally)
        further = _uncertain(faults).difference(incomplete)
        if further:
            faults = self._asked(most, unread, further.union(incomplete), tally)
        if tally is not None:
            for it in self._answers:
                tally.update(it.tally)
            tally.update({it: 1 - tally[it] for it in tally if it.heading})  # one of all buckets
        return faults

    def doubtful(self) -> Iterator[Failure]:
        """What is unlikely, once faults were asked for."""
        return Figures.added(it.figures for it in self._answers if it.figures is not None).warnings()

    def _asked(
        self,
        most: int | None,
        unread: Collection[str],
        incomplete: Collection[str],
        tally: Counter[Check] | None,
    ) -> list[Fault]:
        question = Checked(
            self.given, self.assume, most, frozenset(unread), frozenset(incomplete), tally is not None
        )
        columns = {name: it.columns for name, it in self.tables.tables.items()}
        tenancies = self.tables.tables["tenancies"]
        nothing = _schemas(tenancies.empty.select([]), tenancies, ())
        _, self._answers = self.tables.asked(question, columns, *nothing)
        return Ranks.of(self.taken, self.given).ordered(f for it in self._answers for f in it.faults)


def _uncertain(faults: Iterable[Fault]) -> set[str]:
    """The tables of which rows may be what others lack, by the faults of single buckets."""
    return {
        it.table
        for it in faults
        if it.table in ("tenancies", "rents", "entries")
        and it.check.column == tenancy_column(it.table)
        and it.check.refusal not in (UNIQUE["tenancies"].refusal, NO_RENT)
    }


def _schemas(rows: Any, tenancies: SparkTable, carried: tuple[str, ...]) -> tuple[Any, Any]:
    """The schema of a result without rows, for PyArrow and for Spark; what is carried stays as it is."""
    pa = import_extra("pyarrow", "frames", "spark", "pyarrow is not installed")
    types = import_extra("pyspark.sql.types", "spark", "spark", "pyspark is not installed")
    of_spark = {
        pa.string(): types.StringType(),
        pa.int64(): types.LongType(),
        pa.bool_(): types.BooleanType(),
        pa.date32(): types.DateType(),
    }
    fields, spark_fields = [], []
    for it in plain_schema(rows):
        of_field, found = of_spark[it.type], it
        if it.name in carried:
            its = tenancies.frame.select(f"c{tenancies.columns.index(it.name)}")
            found = its.limit(0).toArrow().schema.field(0).with_name(it.name).with_nullable(True)
            of_field = its.schema[0].dataType
        fields.append(found)
        spark_fields.append(types.StructField(it.name, of_field, True))
    spark_fields.append(types.StructField(ANSWER, types.BinaryType(), True))
    return pa.schema(fields), types.StructType(spark_fields)
