"""Expressions of SQL."""

from __future__ import annotations

from abc import abstractmethod

from huurschuld.model.values import Whole
from huurschuld.portfolio.columnar.backend import (
    DAY_PATTERN,
    MONTHS_PATTERN,
    PARTIAL_DAY_PATTERN,
    WHOLE_PATTERN,
    Backend,
)
from huurschuld.rules.arrears import BILLION


class Sql(Backend[str]):
    """A library in which an expression is a text in SQL."""

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
