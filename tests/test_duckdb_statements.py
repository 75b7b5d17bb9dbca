"""What DuckDB is asked: no statement carries those before it, so that days and entries do not add up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from libraries import BACK, GIVEN
from tables import as_tables, frames
from test_frames_refused import a_tenancy

from huurschuld import Payment, RentTerm, screen
from huurschuld.portfolio.columnar.expressions import framed
from huurschuld.portfolio.columnar.on_sql import DuckDB

duckdb: Any = pytest.importorskip("duckdb")

AS_OF = dt.date(2026, 10, 20)


def test_what_is_kept_does_not_carry_what_it_was_made_of() -> None:
    """Each result on top of another is asked of its own table alone, however many went before."""
    backend = DuckDB()
    kept = framed(duckdb.connect().sql("SELECT 'Jansen' AS id"))
    for _ in range(12):
        kept = backend.keep(kept)
        sql = kept.to_native().sql_query()
        assert sql.count("huurschuld_") <= 2  # the table, and what the query calls its source
        assert "Jansen" not in sql
    assert kept.to_native().fetchall() == [("Jansen",)]
    backend.release()


@pytest.mark.slow
def test_a_result_is_asked_of_one_table() -> None:
    """Neither of the tables that were given nor of what was worked out on the way."""
    given = GIVEN["duckdb"](frames(as_tables([a_tenancy("Jansen")])))
    result = screen(given, "katwijk-2021", [AS_OF, AS_OF - dt.timedelta(1)])
    assert result.sql_query().count("huurschuld_") <= 2
    assert len(result.fetchall()) == 2


@pytest.mark.slow
def test_thousands_of_entries_in_a_tenancy_are_decided_as_in_polars() -> None:
    """As many as a tenancy may have, on one day or spread; each payment names a claim."""
    one = a_tenancy("A")
    spread = [AS_OF - dt.timedelta(1 + it % 1000) for it in range(2_500)]
    for days in (spread, [AS_OF - dt.timedelta(9)] * len(spread)):
        terms = [RentTerm(id=f"r{n}", due=it, cents=60_000) for n, it in enumerate(days)]
        paid = [
            Payment(id=f"p{n}", booked=it, cents=59_000, settles=f"r{n}") for n, it in enumerate(days)
        ]
        long = frames(as_tables([attrs.evolve(one, end=None, deceased=None, entries=[*terms, *paid])]))
        found = screen(GIVEN["duckdb"](long), "katwijk-2021", AS_OF, facts=True)
        assert (
            BACK["duckdb"](found).to_dicts()
            == screen(long, "katwijk-2021", AS_OF, facts=True).to_dicts()
        )
