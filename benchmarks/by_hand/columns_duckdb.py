"""From Parquet to the facts about the arrears in DuckDB's SQL written by hand: as `columns_polars`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

import duckdb

SUSTAINED_DAYS: Final = 30

_MAY_OWE: Final = """
CREATE TEMP TABLE may_owe AS
SELECT tenancy, row_number() OVER () AS k
FROM (
    SELECT
        tenancy,
        sum(CASE WHEN kind = 'rent' AND due < $as_of THEN cents
                 WHEN kind IN ('payment', 'credit') THEN -cents ELSE 0 END) AS owed,
        count(*) FILTER (kind = 'reversal') AS reversals,
        coalesce(max(cents) FILTER (kind = 'payment'), 0) AS largest
    FROM read_parquet($entries)
    WHERE coalesce(booked, due) <= $as_of
    GROUP BY tenancy
)
WHERE owed + reversals * largest > 0
"""
_THEIRS: Final = """
CREATE TEMP TABLE theirs AS
SELECT k, id, kind, due, booked, reverses,
       CASE WHEN kind = 'rent' THEN cents ELSE -cents END AS cents
FROM read_parquet($entries) JOIN may_owe USING (tenancy)
WHERE coalesce(booked, due) <= $as_of
  AND (kind IN ('payment', 'credit', 'reversal') OR (kind = 'rent' AND due < $as_of))
"""
_COUNTING: Final = """
CREATE TEMP TABLE counting AS
WITH kept AS (
    SELECT * FROM theirs
    WHERE kind <> 'reversal'
      AND NOT (kind = 'payment' AND EXISTS (
          SELECT 1 FROM theirs AS r
          WHERE r.kind = 'reversal' AND r.k = theirs.k AND r.reverses = theirs.id))
)
SELECT kept.*, hot.arrears_cents
FROM kept JOIN (
    SELECT k, CAST(sum(cents) AS BIGINT) AS arrears_cents FROM kept GROUP BY k HAVING sum(cents) > 0
) AS hot USING (k)
"""
_FACTS: Final = """
WITH changes AS (
    SELECT k, CASE WHEN kind = 'rent' THEN due + 1 ELSE booked END AS day, sum(cents) AS cents
    FROM counting GROUP BY ALL
), running AS (
    SELECT k, day, sum(cents) OVER w AS owed, lead(day) OVER w AS until
    FROM changes WINDOW w AS (PARTITION BY k ORDER BY day)
), last_clear AS (
    SELECT k, max(day) FILTER (owed <= 0) AS clear, min(day) AS first,
           min(owed) FILTER (until IS NULL OR until > $sustained) AS lowest
    FROM running GROUP BY k
), since AS (
    SELECT k, min(day) - 1 AS episode_start
    FROM running JOIN last_clear USING (k) WHERE clear IS NULL OR day > clear GROUP BY k
), pools AS (
    SELECT k, any_value(arrears_cents) AS arrears_cents,
           coalesce(-sum(cents) FILTER (kind <> 'rent'), 0) AS pool
    FROM counting GROUP BY k
), terms AS (
    SELECT k, due, cents, sum(cents) OVER (PARTITION BY k ORDER BY due, id) AS up_to
    FROM counting WHERE kind = 'rent'
), owed AS (
    SELECT k, due, CAST(least(cents, up_to - pool) AS BIGINT) AS open
    FROM terms JOIN pools USING (k) WHERE up_to > pool
), dated AS (
    SELECT k, "from", cents AS rent FROM read_parquet($rents) JOIN may_owe USING (tenancy)
), firsts AS (
    SELECT k, arg_min(rent, "from") AS first_rent FROM dated GROUP BY k
), months AS (
    SELECT owed.k, CAST(sum(open * 1000000000 // coalesce(rent, first_rent)) AS BIGINT) AS months
    FROM owed ASOF LEFT JOIN dated ON owed.k = dated.k AND owed.due >= dated."from"
    JOIN firsts ON owed.k = firsts.k
    GROUP BY owed.k
)
SELECT tenancy, arrears_cents, months, CAST(episode_start AS DATE) AS episode_start,
       CAST(CASE WHEN first <= $sustained THEN greatest(lowest, 0) ELSE 0 END AS BIGINT)
           AS sustained_cents
FROM pools JOIN last_clear USING (k) JOIN since USING (k) JOIN months USING (k) JOIN may_owe USING (k)
"""


def facts(folder: Path, as_of: dt.date) -> Any:  # noqa: ANN401 - a table of PyArrow
    """The tenancies in arrears, as `columns_polars.facts`; a table of PyArrow."""
    entries = {"as_of": as_of, "entries": str(folder / "entries.parquet")}
    window = as_of - dt.timedelta(days=SUSTAINED_DAYS - 1)
    with duckdb.connect() as connection:
        connection.execute(_MAY_OWE, entries)
        connection.execute(_THEIRS, entries)
        connection.execute(_COUNTING)
        rents = {"sustained": window, "rents": str(folder / "rents.parquet")}
        return connection.sql(_FACTS, params=rents).to_arrow_table()
