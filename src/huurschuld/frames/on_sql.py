"""Portfolios in DuckDB and in Spark: both take expressions as texts in SQL."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from huurschuld.frames.backend import DAY_FORM, WHOLE_FORM, Backend
from huurschuld.frames.expressions import Frame, framed


class Sql(Backend[str]):
    """What DuckDB and Spark have in common: expressions are texts in SQL."""

    quote: str

    def column(self, name: str) -> str:
        return f"{self.quote}{name}{self.quote}"

    def or_bad(self, raw: str, value: str | None, bad: object) -> str:
        text = isinstance(bad, str)
        spoilt = f"'{bad}'" if text else f"CAST({bad} AS BIGINT)"
        otherwise = f"CASE WHEN {raw} IS NOT NULL THEN {spoilt} END"
        return otherwise if value is None else f"COALESCE(CAST({value} AS BIGINT), {otherwise})"

    def not_empty(self, raw: str) -> str:
        return f"NULLIF({raw}, '')"

    def as_text(self, raw: str) -> str:
        return f"CAST({raw} AS {self.text})"

    text: str

    def whole(self, raw: str) -> str:
        return f"TRY_CAST({raw} AS BIGINT)"

    def day_number(self, day: str, in_digits: bool) -> str:
        if in_digits:
            return (
                f"CAST(year({day}) AS BIGINT) * 10000 + CAST(month({day}) AS BIGINT) * 100 "
                f"+ CAST(day({day}) AS BIGINT)"
            )
        return self.since_1970(day)

    @abstractmethod
    def since_1970(self, day: str) -> str:
        """The days from 1970-01-01 to a day."""

    @abstractmethod
    def matches(self, raw: str, form: str) -> str:
        """Whether a text is of a form, from its first to its last character."""

    def parsed_day(self, raw: str) -> str:
        return f"CASE WHEN {self.matches(raw, DAY_FORM)} THEN TRY_CAST({raw} AS DATE) END"

    def parsed_whole(self, raw: str) -> str:
        return f"CASE WHEN {self.matches(raw, WHOLE_FORM)} THEN TRY_CAST({raw} AS BIGINT) END"

    def parsed_flag(self, raw: str) -> str:
        return f"CASE lower({raw}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"


class DuckDB(Sql):
    """DuckDB relations, of one connection."""

    quote = '"'
    text = "VARCHAR"

    def select(self, native: Any, columns: Mapping[str, str]) -> Any:
        return native.project(", ".join(f'{it} AS "{name}"' for name, it in columns.items()))

    def since_1970(self, day: str) -> str:
        return f"CASE WHEN isfinite({day}) THEN date_diff('day', DATE '1970-01-01', {day}) END"

    def matches(self, raw: str, form: str) -> str:
        return f"regexp_full_match({raw}, '{form}')"

    def keep(self, frame: Frame) -> Frame:
        relation: Any = frame.to_native()
        kept = relation.to_arrow_table()  # DuckDB finds it by this name, and holds on to it
        again = relation.query("given", "SELECT * FROM kept")
        assert kept is not None  # noqa: S101 - it is used, though no reader of Python alone can see it
        return framed(again)

    def with_days(self, frame: Frame, names: list[str]) -> Frame:
        days = ", ".join(f'DATE \'1970-01-01\' + CAST("{it}" AS INTEGER) AS "{it}"' for it in names)
        return framed(frame.to_native().project(f"* REPLACE ({days})"))

    def numbered(self, frame: Frame) -> Frame | None:
        return framed(frame.to_native().project("*, row_number() OVER () - 1 AS row"))


@contextmanager
def _unconstrained(session: Any) -> Iterator[None]:
    """Without what Spark infers of columns made of columns: it multiplies, and fills the memory."""
    name = "spark.sql.constraintPropagation.enabled"
    before = session.conf.get(name, "true")
    session.conf.set(name, "false")
    try:
        yield
    finally:
        session.conf.set(name, before)


class Spark(Sql):
    """PySpark DataFrames."""

    quote = "`"
    text = "STRING"
    has_order = False

    def select(self, native: Any, columns: Mapping[str, str]) -> Any:
        return native.selectExpr(*(f"{it} AS `{name}`" for name, it in columns.items()))

    def since_1970(self, day: str) -> str:
        return f"unix_date({day})"

    def matches(self, raw: str, form: str) -> str:
        return f"({raw} RLIKE '^({form})$' AND NOT contains({raw}, '\\n'))"

    def keep(self, frame: Frame) -> Frame:
        native: Any = frame.to_native()
        with _unconstrained(native.sparkSession):
            return framed(native.localCheckpoint(eager=True))

    def settle(self, frame: Frame) -> Frame:
        return self.keep(
            frame
        )  # Spark writes a column out wherever it stands, and what it is made of there

    def with_days(self, frame: Frame, names: list[str]) -> Frame:
        native: Any = frame.to_native()
        days = (
            f"date_from_unix_date(CAST(`{it}` AS INT)) AS `{it}`" if it in names else f"`{it}`"
            for it in native.columns
        )
        return framed(native.selectExpr(*days))

    def numbered(self, frame: Frame) -> Frame | None:  # noqa: ARG002 - rows have no order there
        return None
