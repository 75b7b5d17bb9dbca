"""What was found without fault and stays the same is not checked again; anything else is, as ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from tables import Given
from test_frames_refused import AS_OF, EDITS, POLICY, Frames, broken, portfolio

from huurschuld import InputError, InvalidValue, Worklist
from huurschuld.hooks import Ledger
from huurschuld.model.files import write_text
from huurschuld.portfolio import checked_tables
from huurschuld.portfolio.checked_tables import CheckedTables
from huurschuld.portfolio.folder import folder_ledger
from huurschuld.portfolio.ledger_tables import ledger_tables
from huurschuld.portfolio.screening import screen_ledger

KEY = b"sixteen characters"
ALL = portfolio().keys() - {"facts"}


def write(folder: Path, tables: Frames, form: str = "parquet") -> Ledger:
    """Write tables into a folder, and nothing else; the ledger of it."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, table in tables.items():
        if form == "csv":
            table.write_csv(folder / f"{name}.csv", quote_style="never")
        else:
            table.write_parquet(folder / f"{name}.parquet")
    return folder_ledger(folder)


def screened(ledger: Ledger, checked: CheckedTables | None, **options: Any) -> Worklist:
    """Screen a ledger."""
    return screen_ledger(ledger, POLICY, AS_OF, {}, assume={}, checked=checked, **options)


def told(ledger: Ledger, checked: CheckedTables | None) -> object:
    """The rows of a worklist; or the code, place, problem and remedy with which it is refused."""
    try:
        return screened(ledger, checked).rows
    except InputError as error:
        return error.code, str(error.place), error.problem, error.remedy


def known(ledger: Ledger, checked: CheckedTables) -> set[str]:
    """The tables that would not be checked again."""
    return {*checked.look_at(ledger_tables(ledger)).known}


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_what_stays_the_same_is_not_checked_again(tmp_path: Path, form: str) -> None:
    """All but what the policy asks of `facts`; the answer is the same, and so is the file."""
    ledger, checked = write(tmp_path / "tables", portfolio(), form), CheckedTables(tmp_path / "c", KEY)
    assert known(ledger, checked) == set()
    first = screened(ledger, checked)
    assert known(ledger, checked) == ALL
    kept = checked.path.read_bytes()
    assert screened(ledger, checked).rows == first.rows == screened(ledger, None).rows
    assert first.rows
    assert checked.path.read_bytes() == kept


def test_tables_in_memory_are_compared_too(tmp_path: Path) -> None:
    """Those of a system, say: whether they come from a file makes no difference."""
    checked = CheckedTables(tmp_path / "c", KEY)
    screened(Given(portfolio()), checked)
    assert known(Given(portfolio()), checked) == ALL
    tables = portfolio()
    tables["entries"] = tables["entries"].head(5)
    assert known(Given(tables), checked) == ALL - {"entries"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> CheckedTables:
    """What is kept of the portfolio, as it is in a folder."""
    folder = tmp_path_factory.mktemp("kept")
    checked = CheckedTables(folder / "c", KEY)
    screened(write(folder / "tables", portfolio()), checked)
    return checked


@pytest.mark.parametrize("what", [it for it in EDITS if it != "a table is unknown"])
def test_what_was_changed_is_refused_as_if_nothing_were_kept(
    kept: CheckedTables, tmp_path: Path, what: str
) -> None:
    """Whatever is wrong, and in whichever table: the error is the same, and nothing is kept."""
    tables, before = portfolio(), kept.path.read_bytes()
    EDITS[what](tables)
    ledger = write(tmp_path / "tables", tables)
    expected = told(ledger, None)
    assert isinstance(expected, tuple)
    assert told(ledger, kept) == expected
    assert kept.path.read_bytes() == before


@settings(max_examples=settings().max_examples // 2)
@given(tables=broken(st.just(False)))
def test_any_other_cell_is_treated_as_if_nothing_were_kept(
    kept: CheckedTables, tmp_path_factory: pytest.TempPathFactory, tables: Frames
) -> None:
    """Refused alike, or screened alike."""
    folder = tmp_path_factory.mktemp("changed")
    ledger, checked = write(folder / "tables", tables), CheckedTables(folder / "c", KEY)
    write_text(checked.path, kept.path.read_text("utf-8"))
    assert told(ledger, checked) == told(ledger, None)


def test_a_table_is_known_only_beside_the_tenancies_that_it_was_checked_against(
    tmp_path: Path,
) -> None:
    """Nobody can put together a portfolio of parts that were each right beside something else."""
    fewer = {
        name: it.filter(pl.col("id" if name == "tenancies" else "tenancy") != "C")
        for name, it in portfolio().items()
    }
    folder = tmp_path / "tables"
    records: list[dict[str, Any]] = []
    for tables in (portfolio(), fewer):
        checked = CheckedTables(tmp_path / f"c{len(records)}", KEY)
        screened(write(folder, tables), checked)
        records.append(json.loads(checked.path.read_bytes()))
    both = {**records[0]["tables"], "tenancies": records[1]["tables"]["tenancies"]}
    mixed = CheckedTables(tmp_path / "mixed", KEY)
    write_text(mixed.path, json.dumps({**records[0], "tables": both}))
    ledger = write(folder, {**portfolio(), "tenancies": fewer["tenancies"]})
    assert known(ledger, mixed) == {"tenancies"}
    assert told(ledger, mixed) == told(ledger, None)
    assert isinstance(told(ledger, mixed), tuple)


def test_nothing_is_known_without_the_key_or_by_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever lacks the key can only have everything checked once more."""
    ledger, checked = write(tmp_path / "tables", portfolio()), CheckedTables(tmp_path / "c", KEY)
    screened(ledger, checked)
    assert known(ledger, CheckedTables(checked.path, b"another secret key")) == set()
    assert known(ledger, checked) == ALL
    monkeypatch.setattr(checked_tables, "__version__", "99")
    assert known(ledger, checked) == set()


@pytest.mark.parametrize("content", [b"", b"{}", b"tenancy,id\n", b'{"format": 1}', b"\xff\x00"])
def test_another_file_is_not_written_over(tmp_path: Path, content: bytes) -> None:
    """A slip in the name of the file costs nothing."""
    ledger, checked = write(tmp_path / "tables", portfolio()), CheckedTables(tmp_path / "c", KEY)
    checked.path.write_bytes(content)
    with pytest.raises(InvalidValue, match="does not tell which tables were checked"):
        screened(ledger, checked)
    assert checked.path.read_bytes() == content


@pytest.mark.parametrize(
    "tables", [[], {"entries": 1}, {"entries": None}, {"entries": "\u00e9"}, {"entries": {}}]
)
def test_hashes_that_are_none_are_refused(tmp_path: Path, tables: object) -> None:
    """Such a file was not written here."""
    ledger, checked = write(tmp_path / "tables", portfolio()), CheckedTables(tmp_path / "c", KEY)
    write_text(checked.path, json.dumps({"format": checked_tables.FORMAT, "tables": tables}))
    with pytest.raises(InvalidValue, match="does not tell which tables were checked"):
        screened(ledger, checked)


def test_nothing_is_kept_of_a_portfolio_with_rows_set_aside(tmp_path: Path) -> None:
    """They are told again each time."""
    tables, checked = portfolio(), CheckedTables(tmp_path / "c", KEY)
    EDITS["an entry is duplicated"](tables)
    found = screened(write(tmp_path / "tables", tables), checked, set_aside=True)
    assert found.quarantine is not None
    assert found.quarantine.rows == 1
    assert not checked.path.exists()


def test_a_file_that_is_written_meanwhile_is_told(tmp_path: Path) -> None:
    """What was compared need not be what was read."""
    ledger, checked = write(tmp_path / "tables", portfolio()), CheckedTables(tmp_path / "c", KEY)
    path = tmp_path / "tables" / "contacts.parquet"

    def rewrite(step: str) -> None:
        if step == "deciding":
            path.write_bytes(path.read_bytes())

    with pytest.raises(InvalidValue, match="changed while it was read") as caught:
        screened(ledger, checked, step=rewrite)
    assert caught.value.place == "contacts.parquet"
    assert not checked.path.exists()


def test_a_file_that_is_gone_has_changed(tmp_path: Path) -> None:
    """It is told as such."""
    ledger, checked = write(tmp_path / "tables", portfolio()), CheckedTables(tmp_path / "c", KEY)
    now = checked.look_at(ledger_tables(ledger))
    now.check_unchanged()
    (tmp_path / "tables" / "entries.parquet").unlink()
    with pytest.raises(InvalidValue, match="changed while it was read") as caught:
        now.check_unchanged()
    assert caught.value.place == "entries.parquet"
