"""Bad rows are set aside, and all of them told, whatever the ledger is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final

import pytest
from databases import run_all, write_database
from portfolio_files import screened
from tables import Given, as_tables, frames, write_csv, write_parquet
from test_check import places
from test_frames_refused import Frames, a_tenancy, put
from vera_server import serving
from vera_source import OPTIONS, lists_of

from huurschuld import load_apart, load_plugins, open_ledger
from huurschuld.hooks import Ledger
from huurschuld.model import remedies
from huurschuld.plugins.vera import open_vera
from huurschuld.portfolio.checking import failures_in
from huurschuld.portfolio.schema import TABLES
from huurschuld.portfolio.setting_aside import set_aside

NAMES: Final = "ABCDEF"
BAD: Final = {("entries", 10), ("contacts", 5)}
"""A claim of B whose amount is in euros, and a contact of D by a word in Dutch."""


def tables() -> Frames:
    """Six tenancies, of which two have a bad row."""
    given = frames(as_tables([a_tenancy(name) for name in NAMES]))
    put("entries", "cents", "612,34", 8)(given)
    put("contacts", "channel", "brief", 3)(given)
    return given


def in_database(folder: Path) -> str:
    """The same in SQLite, which holds anything in any column."""
    url = f"sqlite:///{folder / 'erp.db'}"
    write_database(url, as_tables([a_tenancy(name) for name in NAMES]))
    run_all(
        url,
        "UPDATE entries SET cents = '612,34' WHERE tenancy = 'B' AND id = 'r1'",
        "UPDATE contacts SET channel = 'brief' WHERE tenancy = 'D'",
    )
    return url


def in_files(folder: Path, ending: str) -> str:
    """The same as CSV or Parquet."""
    write = write_csv if ending == "csv" else write_parquet
    written = write(folder / "given", as_tables([a_tenancy(name) for name in NAMES]))
    for name, table in tables().items():
        path = written / f"{name}.{ending}"
        _ = table.write_csv(path) if ending == "csv" else table.write_parquet(path)
    return str(written)


@contextmanager
def opened(apart: bool, name: str, **options: str) -> Iterator[Ledger]:
    """A ledger, in a process of its own or in this one."""
    with load_apart(()) if apart else load_plugins() as host:
        yield open_ledger(host, name, **options)


OPENED: Final[dict[str, Callable[[Path], object]]] = {
    "tables": lambda _: nullcontext(Given(tables())),
    "csv": lambda folder: opened(False, "portfolio", folder=in_files(folder, "csv")),
    "csv apart": lambda folder: opened(True, "portfolio", folder=in_files(folder, "csv")),
    "parquet": lambda folder: opened(False, "portfolio", folder=in_files(folder, "parquet")),
    "database": lambda folder: opened(False, "database", url=in_database(folder)),
    "database apart": lambda folder: opened(True, "database", url=in_database(folder)),
}


@pytest.mark.parametrize("what", OPENED)
def test_the_tenancies_of_bad_rows_are_set_aside(what: str, tmp_path: Path) -> None:
    """With their places, and the others are screened; check tells the same rows."""
    with OPENED[what](tmp_path) as ledger:  # type: ignore[attr-defined] # a context manager
        found = screened(ledger)
        assert found.quarantine is not None
        assert (found.quarantine.names, found.quarantine.tenancies) == (("B", "D"), 2)
        assert found.screened == len(NAMES) - 2
        aside = set_aside(ledger)
        assert aside.names == ("B", "D")
        assert {*aside.tables} == {*TABLES}
        told = failures_in(ledger)
    named = {(file.partition(".")[0], line) for file, line in places(told)}
    assert named == {(file.partition(".")[0], line) for file, line in places(aside.found)} == BAD
    assert told.refused == 2
    rest = aside.tables["tenancies"]["id"].to_list()
    assert rest == [*"ACEF"]
    assert sorted(it.remedy for it in told.listed) == sorted((remedies.IN_CENTS, remedies.WORDS))


def test_a_source_of_vera_tells_all_at_once() -> None:
    """A booking and a lease that cannot be read: both are told, and their leases set aside, alone."""
    lists = lists_of([a_tenancy(name) for name in NAMES])
    lists["boekingen"][0]["bedrag"] = "veel"
    lists["huurovereenkomsten"][3]["begindatum"] = "gisteren"
    with serving(lists) as server:
        ledger = open_vera(base=server.base, **OPTIONS)
        told = failures_in(ledger)
        aside = set_aside(ledger)
    assert {*map(str, (it.place for it in told.listed))} == {
        "vera boekingen, line 1, column bedrag",
        "vera huurovereenkomsten, line 4, column begindatum",
    }
    assert told.listed == aside.found.listed
    assert aside.names == ("A", "D")
