"""Expressions of SQL, which DuckDB and Spark have in common; and portfolios in Spark."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

from huurschuld.model.values import Whole
from huurschuld.portfolio.columnar.backend import (
    DAY_PATTERN,
    MONTHS_PATTERN,
    PARTIAL_DAY_PATTERN,
    WHOLE_PATTERN,
    Backend,
)
from huurschuld.portfolio.columnar.expressions import Frame, framed
from huurschuld.rules.arrears import BILLION


class Sql(Backend[str]):
    """What DuckDB and Spark have in common: an expression is a text in SQL."""

    quote: str

    def column(self, name: str) -> str:
        return f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}"

    def or_bad(self, raw: str, value: str | None, bad: object) -> str:
        text = isinstance(bad, str)
        invalid = f"'{bad}'" if text else f"CAST({bad} AS BIGINT)"
        otherwise = f"CASE WHEN {raw} IS NOT NULL THEN {invalid} END"
        return otherwise if value is None else f"COALESCE(CAST({value} AS BIGINT), {otherwise})"

    def not_empty(self, raw: str) -> str:
        return f"NULLIF({raw}, '')"

    def as_text(self, raw: str) -> str:
        return f"CAST({raw} AS {self.text})"

    text: str
    moment: str

    def day_at_midnight(self, moment: str) -> str:
        day = f"CAST({moment} AS DATE)"
        return f"CASE WHEN CAST({day} AS {self.moment}) = {moment} THEN {day} END"

    def whole(self, raw: str) -> str:
        return f"TRY_CAST({raw} AS BIGINT)"

    def within(self, number: str, kind: Whole) -> str:
        return f"CASE WHEN {number} BETWEEN {kind.minimum} AND {kind.maximum} THEN {number} END"

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
    def matches(self, raw: str, pattern: str) -> str:
        """Whether the whole of a text matches a pattern."""

    def parsed_day(self, raw: str) -> str:
        return f"CASE WHEN {self.matches(raw, DAY_PATTERN)} THEN TRY_CAST({raw} AS DATE) END"

    def parsed_partial_day(self, raw: str) -> str:
        digits = f"TRY_CAST(replace({raw}, '-', '') AS BIGINT)"
        return f"CASE WHEN {self.matches(raw, PARTIAL_DAY_PATTERN)} THEN {digits} END"

    def parsed_months(self, raw: str) -> str:
        whole = f"TRY_CAST(split_part({raw}, '.', 1) AS BIGINT)"
        decimals = f"TRY_CAST(rpad(split_part({raw}, '.', 2), 9, '0') AS BIGINT)"
        billionths = f"{whole} * {BILLION} + {decimals}"
        return f"CASE WHEN {self.matches(raw, MONTHS_PATTERN)} THEN {billionths} END"

    def either(self, first: str, second: str) -> str:
        return f"COALESCE({first}, {second})"

    def times(self, number: str, factor: int) -> str:
        return f"({number}) * CAST({factor} AS BIGINT)"

    def parsed_whole(self, raw: str) -> str:
        return f"CASE WHEN {self.matches(raw, WHOLE_PATTERN)} THEN TRY_CAST({raw} AS BIGINT) END"

    def parsed_flag(self, raw: str) -> str:
        return f"CASE lower({raw}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"


class _Unconstrained:
    """Switches off Spark's constraint propagation, which fills all memory for columns built on columns.

    Several threads may need this at once: the first one switches it off, the last one restores it.
    """

    _name = "spark.sql.constraintPropagation.enabled"

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._before: str | None = None

    @contextmanager
    def session(self, session: Any) -> Iterator[None]:
        with self._lock:
            if self._users == 0:
                self._before = session.conf.get(self._name, None)
                session.conf.set(self._name, "false")
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0 and self._before is None:
                    session.conf.unset(self._name)
                elif self._users == 0:
                    session.conf.set(self._name, self._before)


_UNCONSTRAINED: Final = _Unconstrained()


class Spark(Sql):
    """PySpark DataFrames."""

    quote = "`"
    text = "STRING"
    moment = "TIMESTAMP_NTZ"
    has_order = False

    def select(self, native: Any, columns: Mapping[str, str]) -> Any:
        return native.selectExpr(*(f"{it} AS `{name}`" for name, it in columns.items()))

    def since_1970(self, day: str) -> str:
        return f"CAST(unix_date({day}) AS BIGINT)"

    def matches(self, raw: str, pattern: str) -> str:
        # Not by an anchor: Java's end of a text is also that before a last line break.
        return f"(length({raw}) = length(regexp_extract({raw}, '({pattern})', 1)) AND {raw} <> '')"

    def keep(self, frame: Frame) -> Frame:
        native: Any = frame.to_native()
        with _UNCONSTRAINED.session(native.sparkSession):
            return framed(native.localCheckpoint(eager=True))

    def settle(self, frame: Frame) -> Frame:
        # Spark expands an expression wherever its column is used, and all that it is built on.
        return self.keep(frame)

    def with_days(self, frame: Frame, names: list[str]) -> Frame:
        native: Any = frame.to_native()
        days = (
            f"date_from_unix_date(CAST(`{it}` AS INT)) AS `{it}`" if it in names else f"`{it}`"
            for it in native.columns
        )
        return framed(native.selectExpr(*days))

    def numbered(self, frame: Frame) -> Frame | None:  # noqa: ARG002 - rows have no order there
        return None
