"""Tables of a plugin that fail while they are read: the error names the table, and nothing in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from plugins_on_disk import hooks
from referring import told_by

from huurschuld import HuurschuldError, InvalidValue, open_ledger, policies, read_portfolio
from huurschuld.hooks import Ledger
from huurschuld.plugins.host import Host, Kind
from huurschuld.portfolio.cells import read_table
from huurschuld.portfolio.screening import screen_ledger

SOURCE = """
    import datetime as dt
    import polars as pl
    import pyarrow as pa
    from huurschuld.errors import InvalidValue

    DAY = dt.date(2026, 8, 1)
    SCHEMA = pa.schema({"tenancy": pa.string(), "id": pa.string(), "kind": pa.string(),
                        "due": pa.date32(), "cents": pa.int64()})

    def batches():
        yield pa.RecordBatch.from_pylist(
            [{"tenancy": "A1", "id": "R8", "kind": "rent", "due": DAY, "cents": 70_000}], SCHEMA)
        raise RuntimeError("mevrouw Jansen")

    class Midway:
        def __arrow_c_stream__(self, requested_schema=None):
            reader = pa.RecordBatchReader.from_batches(SCHEMA, batches())
            return reader.__arrow_c_stream__(requested_schema)

    class AtOnce:
        def __init__(self, error):
            self.error = error

        def __arrow_c_stream__(self, requested_schema=None):
            raise self.error

    class Hidden:
        def __getattribute__(self, name):
            raise RuntimeError("mevrouw Jansen")

    class Late(dict):
        def items(self):
            raise RuntimeError("mevrouw Jansen")

    ENTRIES = {
        "midway": Midway(),
        "at-once": AtOnce(RuntimeError("mevrouw Jansen")),
        "exits": AtOnce(SystemExit("mevrouw Jansen")),
        "says": AtOnce(InvalidValue("the bookings", "the line was cut", "try again")),
        "twice": pa.table([pa.array(["A1"]), pa.array(["B2"])], names=["tenancy", "tenancy"]),
        "hidden": Hidden(),
    }

    class Broken:
        def __init__(self, how):
            self.how = how

        def tables(self):
            tables = {
                "tenancies": pl.DataFrame({"id": ["A1"], "start": [DAY]}),
                "rents": pl.DataFrame({"tenancy": ["A1"], "from": [DAY], "cents": [70_000]}),
                "entries": ENTRIES.get(self.how),
            }
            return Late(tables) if self.how == "late" else tables
""" + hooks('{"broken": Broken}', Kind.LEDGER)
ERRORS = {
    "midway": "invalid-value at entries: this table failed while it was read",
    "at-once": "invalid-value at entries: this table failed while it was read (RuntimeError)",
    "exits": "invalid-value at entries: this table failed while it was read (SystemExit)",
    "says": "invalid-value at the bookings: the line was cut; try again",
    "twice": "invalid-value at entries: two of its columns have one name",
    "hidden": "plugin-failed at broken: RuntimeError at shelf_broken.py",
    "late": "plugin-failed at broken: RuntimeError at shelf_broken.py",
}


@pytest.fixture
def host(loaded: Callable[..., Host]) -> Host:
    """A host with these ledgers, in this process or in another."""
    return loaded("broken", SOURCE)


def screened(ledger: Ledger) -> object:
    return screen_ledger(ledger, policies()["bgs-2021"], dt.date(2026, 10, 20), {}, assume={})


@pytest.mark.parametrize("read", [read_portfolio, screened])
@pytest.mark.parametrize("how", ERRORS)
def test_a_table_that_fails_is_an_error_at_its_name(
    host: Host, how: str, read: Callable[[Ledger], object]
) -> None:
    """Its kind is reported, and not its message, wherever the ledger runs and however it is read."""
    with pytest.raises(HuurschuldError) as caught:
        read(open_ledger(host, "broken", how=how))
    assert ERRORS[how] in str(caught.value)
    assert "Jansen" not in told_by(caught.value) + repr(vars(caught.value))


def test_a_ledger_of_ones_own_is_read_as_guardedly() -> None:
    """Without any plugin: a table that polars cannot take is an error at its name."""
    pa: Any = pytest.importorskip("pyarrow")
    twice = pa.table([pa.array(["A1"]), pa.array(["B2"])], names=["tenancy", "tenancy"])
    with pytest.raises(InvalidValue, match="entries: two of its columns have one name") as caught:
        read_table("entries", twice, lambda *_: pytest.fail("no place is asked for"))
    assert caught.value.__context__ is None
    whole = read_table("entries", pl.DataFrame({"tenancy": ["A1"]}), lambda *_: pytest.fail("none"))
    assert whole.cells == {"tenancy": ["A1"]}
