"""The `vera` ledger against a server of our own: the same portfolio comes back, entry by entry."""

from __future__ import annotations

import datetime as dt
from functools import cache
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import polars as pl
import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st
from tables import Given, as_tables, frames
from vera_server import VeraServer, serving
from vera_source import OPTIONS, booking_id, carried, lists_of

from huurschuld import Tenancy, decide, read_portfolio, worklist
from huurschuld.plugins.portfolio import open_folder
from huurschuld.plugins.vera import open_vera
from huurschuld.testing import AS_OF, tenancies
from huurschuld.testing.sample import SAMPLE_DAY, write_sample

NOT_IN_VERA = ("children", "objections", "signals", "facts")
ABSENT = ("eviction_announced", "eviction_on", "children_known")


def read(server: VeraServer, **more: Any) -> dict[str, pl.DataFrame]:
    """The tables that come from a server, as frames."""
    ledger = open_vera(base=server.base, first_wait_ms=1, **{**OPTIONS, **more})
    return {name: pl.DataFrame(table) for name, table in ledger.tables().items()}


@cache
def sample(number: int = 300) -> tuple[Tenancy, ...]:
    """A sample portfolio, read from its folder."""
    with TemporaryDirectory() as folder:
        write_sample(Path(folder, "sample"), number, 2012)
        found = read_portfolio(open_folder(folder=str(Path(folder, "sample")))).tenancies
    return tuple(map(carried, found))


def renamed(it: Tenancy) -> Tenancy:
    """The tenancy with the ids that its entries have in VERA."""

    def name(entry: Any) -> Any:
        ids = {name: getattr(entry, name, None) for name in ("id", "settles", "reverses")}
        return attrs.evolve(entry, **{name: booking_id(it.id, to) for name, to in ids.items() if to})

    return attrs.evolve(it, entries=[name(entry) for entry in it.entries])


def expected(tenancy_values: tuple[Tenancy, ...]) -> dict[str, pl.DataFrame]:
    """The tables that VERA can carry, as the folder has them."""
    tables = frames(as_tables([renamed(it) for it in tenancy_values]))
    return {name: table for name, table in tables.items() if name not in NOT_IN_VERA}


def in_order(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """The rows in one order, the columns too."""
    return frame.select(columns).sort(columns, nulls_last=True)


def test_a_sample_comes_back_entry_by_entry() -> None:
    """Every table and column that VERA carries is read as the folder of the same portfolio has it."""
    with serving(lists_of(sample())) as server:
        found = read(server)
    wanted = expected(sample())
    assert found.keys() == wanted.keys()
    # VERA has one end of an arrangement: of a broken one the day that was agreed is not carried.
    wanted["plans"] = wanted["plans"].with_columns(
        pl.when(pl.col("broken_on").is_null()).then("until").alias("until")
    )
    for name, frame in found.items():
        columns = frame.columns
        assert set(columns) == set(wanted[name].columns) - set(ABSENT)
        assert in_order(frame, columns).equals(in_order(wanted[name], columns)), name
    assert found["entries"].height > 10_000
    assert found["contacts"].height > 100


@pytest.mark.parametrize("policy", ["katwijk-2021", "bgs-2021"])
def test_a_worklist_is_the_same_as_from_the_folder(policy: str) -> None:
    """With what VERA cannot carry from elsewhere, the same tenants stand in the same order."""
    with serving(lists_of(sample())) as server:
        found: dict[str, Any] = dict(read(server))
    whole = frames(as_tables(sample()))
    found |= {name: whole[name] for name in NOT_IN_VERA if name in whole}
    beside = whole["tenancies"].select("id", *ABSENT)
    found["tenancies"] = found["tenancies"].join(beside, on="id")
    portfolio = read_portfolio(Given(found))
    ours = worklist(portfolio, policy, SAMPLE_DAY)
    theirs = worklist(sample(), policy, SAMPLE_DAY)
    outcome = attrgetter("tenancy", "advice", "priority", "holds", "unknown", "facts")
    assert list(map(outcome, ours)) == list(map(outcome, theirs))
    assert ours.counts() == theirs.counts()
    assert len(ours) > 10


def test_contacts_that_no_lease_names_are_found_by_whom_they_were_with() -> None:
    """A source whose leases do not list their contacts gives the same contacts."""
    lists = lists_of(sample())
    with serving(lists) as server:
        named = read(server)["contacts"]
        for lease in lists["huurovereenkomsten"]:
            lease.pop("contactmomenten")
        found = read(server)["contacts"]
    assert found.sort(found.columns).equals(named.sort(named.columns))


def test_what_vera_does_not_carry_is_unknown() -> None:
    """Of children, objections and referrals nothing is claimed: no such table, no such column."""
    with serving(lists_of(sample()[:5])) as server:
        found = read(server)
        portfolio = read_portfolio(open_vera(base=server.base, **OPTIONS))
    assert not set(NOT_IN_VERA) & set(found)
    assert "children_known" not in found["tenancies"].columns
    assert all(
        (it.household, it.objections, it.signals) == (None, None, None) for it in portfolio.tenancies
    )


@hypothesis_settings(max_examples=60)
@given(st.data())
def test_a_tenancy_has_the_same_facts_after_the_way_through_vera(data: st.DataObject) -> None:
    """Any tenancy that VERA can carry is decided on as before, on any day."""
    it = carried(data.draw(tenancies(household=None, objections=None, signals=None, eviction=None)))
    as_of = data.draw(st.integers(-30, 30).map(lambda days: AS_OF + dt.timedelta(days)))
    records = ["deaths", "units"] + [
        name for name in ("contacts", "plans", "disputes") if getattr(it, name) is not None
    ]
    with serving(lists_of([it])) as server:
        ledger = open_vera(base=server.base, **{**OPTIONS, "records": records})
        (back,) = read_portfolio(ledger).tenancies
    policy = "katwijk-2021"
    assert back.id == it.id
    assert decide(back, policy, as_of).facts == decide(it, policy, as_of).facts
    assert decide(back, policy, as_of).advice is decide(it, policy, as_of).advice
