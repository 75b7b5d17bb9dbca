"""From Parquet to the facts about the arrears in DuckDB's SQL written by hand: as `columns_polars`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

import duckdb

from benchmarks.by_hand.columns_polars import FLOOR_CENTS, GRACE_DAYS, SUSTAINED_DAYS

_MAY_OWE: Final = """
CREATE TEMP TABLE may_owe AS
SELECT tenancy, row_number() OVER () AS k
FROM (
    SELECT
        tenancy,
        sum(CASE WHEN kind = 'rent' AND due < $as_of OR kind = 'refund' THEN cents
                 WHEN kind IN ('payment', 'credit') THEN -cents ELSE 0 END) AS owed,
        count(*) FILTER (kind = 'reversal') AS reversals,
        coalesce(max(cents) FILTER (kind IN ('payment', 'credit')), 0) AS largest
    FROM read_parquet($entries)
    WHERE coalesce(booked, due) <= $as_of
    GROUP BY tenancy
)
WHERE owed + reversals * largest > 0
"""
_THEIRS: Final = """
CREATE TEMP TABLE theirs AS
SELECT k, id, kind, due, coalesce(booked, due) AS booked, reverses, cents
FROM read_parquet($entries) JOIN may_owe USING (tenancy)
WHERE coalesce(booked, due) <= $as_of
  AND (kind IN ('payment', 'credit', 'reversal', 'refund') OR (kind = 'rent' AND due <= $as_of))
"""
_MONEY: Final = """
CREATE TEMP TABLE money AS
WITH asked AS (
    SELECT r.k, greatest(r.booked, p.booked) AS day, p.cents AS paid,
           coalesce(r.cents, p.cents) AS asked,
           sum(coalesce(r.cents, p.cents)) OVER (PARTITION BY r.k, p.id ORDER BY r.booked, r.id)
               AS so_far
    FROM theirs AS r JOIN theirs AS p
      ON r.kind = 'reversal' AND p.kind IN ('payment', 'credit') AND r.k = p.k AND r.reverses = p.id
)
SELECT k, booked AS day, CASE WHEN kind = 'refund' THEN -cents ELSE cents END AS cents
FROM theirs WHERE kind IN ('payment', 'credit', 'refund')
UNION ALL
SELECT k, day, least(so_far - asked, paid) - least(so_far, paid) FROM asked
"""
_HOT: Final = """
CREATE TEMP TABLE hot AS
WITH pools AS (
    SELECT k, sum(cents) AS pool FROM money GROUP BY k
), overdue AS (
    SELECT k, sum(cents) AS overdue, sum(cents) FILTER (due <= $grace) AS early
    FROM theirs WHERE kind = 'rent' AND due < $as_of GROUP BY k
)
SELECT k, greatest(coalesce(pool, 0), 0) AS pool,
       overdue - greatest(coalesce(pool, 0), 0) AS arrears_cents,
       greatest(coalesce(early, 0) - greatest(coalesce(pool, 0), 0), 0) AS past_grace_cents
FROM overdue LEFT JOIN pools USING (k)
WHERE overdue > greatest(coalesce(pool, 0), 0)
"""
_FACTS: Final = """
WITH changes AS (
    SELECT k, day, sum(rent) AS rent, sum(money) AS money
    FROM (
        SELECT k, greatest(due, booked) AS day, cents AS rent, 0 AS money FROM theirs WHERE kind = 'rent'
        UNION ALL
        SELECT k, day, 0, cents FROM money
    ) JOIN hot USING (k)
    GROUP BY k, day
), running AS (
    SELECT k, day, sum(rent) OVER w - greatest(sum(money) OVER w, 0) AS owed, lead(day) OVER w AS until
    FROM changes WINDOW w AS (PARTITION BY k ORDER BY day)
), behind AS (
    SELECT k, day, until, CASE WHEN owed >= $floor THEN owed ELSE 0 END AS owed FROM running
), last_clear AS (
    SELECT k, max(day) FILTER (owed = 0) AS clear, min(day) AS first,
           min(owed) FILTER (until IS NULL OR until > $sustained) AS lowest
    FROM behind GROUP BY k
), since AS (
    SELECT k, min(day) FILTER (clear IS NULL OR day > clear) AS episode_start
    FROM behind JOIN last_clear USING (k) GROUP BY k
), dated AS (
    SELECT k, "from",
           cents * CASE coalesce(per, 'month')
               WHEN 'year' THEN 1 WHEN 'half-year' THEN 2 WHEN 'quarter' THEN 4
               WHEN 'month' THEN 12 WHEN 'four-weeks' THEN 13 WHEN 'week' THEN 52 END AS year
    FROM read_parquet($rents) JOIN may_owe USING (tenancy)
), firsts AS (
    SELECT k, min("from") AS first_from, arg_min(year, "from") AS first_year FROM dated GROUP BY k
), by_rent AS (
    SELECT t.k, coalesce("from", first_from) AS since, coalesce(year, first_year) AS year,
           sum(cents) AS unpaid, coalesce(sum(cents) FILTER (due <= $grace), 0) AS early
    FROM (SELECT k, due, cents FROM theirs SEMI JOIN hot USING (k) WHERE kind = 'rent' AND due < $as_of)
        AS t
    ASOF LEFT JOIN dated ON t.k = dated.k AND t.due >= dated."from"
    JOIN firsts ON t.k = firsts.k
    GROUP BY ALL
), still_open AS (
    SELECT k, year, early, pool - (sum(unpaid) OVER (PARTITION BY k ORDER BY since) - unpaid) AS reaches
    FROM by_rent JOIN hot USING (k)
), months AS (
    SELECT k, sum(greatest(early - greatest(reaches, 0), 0) * 12000000000 // year) AS months
    FROM still_open GROUP BY k
)
SELECT tenancy, CAST(arrears_cents AS BIGINT) AS arrears_cents,
       CAST(past_grace_cents AS BIGINT) AS past_grace_cents, CAST(months AS BIGINT) AS months,
       CAST(episode_start AS DATE) AS episode_start,
       CAST(CASE WHEN first <= $sustained THEN least(lowest, arrears_cents) ELSE 0 END AS BIGINT)
           AS sustained_cents
FROM hot JOIN last_clear USING (k) JOIN since USING (k) JOIN months USING (k) JOIN may_owe USING (k)
"""


def facts(folder: Path, as_of: dt.date) -> Any:  # noqa: ANN401 - a table of PyArrow
    """The tenancies in arrears, as `columns_polars.facts`; a table of PyArrow."""
    entries = {"as_of": as_of, "entries": str(folder / "entries.parquet")}
    days = {"as_of": as_of, "grace": as_of - dt.timedelta(days=GRACE_DAYS)}
    with duckdb.connect() as connection:
        connection.execute(_MAY_OWE, entries)
        connection.execute(_THEIRS, entries)
        connection.execute(_MONEY)
        connection.execute(_HOT, days)
        others = {
            "floor": FLOOR_CENTS,
            "sustained": as_of - dt.timedelta(days=SUSTAINED_DAYS),
            "rents": str(folder / "rents.parquet"),
        }
        return connection.sql(_FACTS, params=days | others).to_arrow_table()
