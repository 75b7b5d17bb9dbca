"""Exports as they are: read by their mapping to the same tables, or refused with what to do."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from exporting import HEADINGS, Way, ways, write_export
from hypothesis import given, settings, strategies as st
from portfolio_files import screened
from tables import as_tables

from huurschuld import Cell, InputError, MissingField, Reversal, Tenancy, read_portfolio, screen
from huurschuld.cli import main
from huurschuld.plugins.portfolio import open_folder
from huurschuld.portfolio.carrying import CarryingLedger
from huurschuld.portfolio.enriching import EnrichedLedger
from huurschuld.portfolio.folder import look_into
from huurschuld.portfolio.mapping.amounts import read_amount
from huurschuld.portfolio.mapping.checking import check_mapping
from huurschuld.portfolio.mapping.fields import SignedBy
from huurschuld.portfolio.mapping.notation import Notation
from huurschuld.portfolio.mapping.proposing.proposal import propose_mapping
from huurschuld.portfolio.mapping.tables import MappedTable, mapping_beside, read_mapped
from huurschuld.portfolio.mapping.unfit import Unfit
from huurschuld.testing import tenancies

Tables = dict[str, list[dict[str, Any]]]


def exported(given_tenancies: Sequence[Tenancy]) -> Tables:
    """The rows of some tenancies, with ids as systems have them and amounts that none leaves out."""
    tables = as_tables(given_tenancies)
    tables.pop("facts", None)
    keys = {it.id: f"HC-{number:04}" for number, it in enumerate(given_tenancies)}
    ids: dict[tuple[str, str], str] = {}
    for row in tables["entries"]:
        ids[row["tenancy"], row["id"]] = f"{len(ids):06}"
    amounts = {(it["tenancy"], it["id"]): it.get("cents") for it in tables["entries"]}
    for row in tables["entries"]:
        owner = row["tenancy"]
        if row.get("cents") is None:
            row["cents"] = amounts[owner, row["reverses"]]
        row["id"] = ids[owner, row["id"]]
        for name in ("settles", "reverses"):
            if row.get(name) is not None:
                row[name] = ids[owner, row[name]]
    for name, rows in tables.items():
        for row in rows:
            key = "id" if name == "tenancies" else "tenancy"
            row[key] = keys[row[key]]
    return tables


def portfolios() -> st.SearchStrategy[Tables]:
    """The tables of a few tenancies."""
    return st.lists(tenancies(), min_size=1, max_size=3, unique_by=lambda it: it.id).map(exported)


def as_texts(table: str, rows: list[dict[str, Any]]) -> list[dict[str, str | None]]:
    """Rows as a table of texts has them."""
    return [
        {name: None if row.get(name) is None else _text(row[name]) for name in HEADINGS[table]}
        for row in rows
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@settings(max_examples=40)
@given(portfolios(), ways())
def test_what_is_exported_in_any_way_is_read_as_it_was(tables: Tables, way: Way) -> None:
    """Encodings, separators, days, amounts, signs, titles, totals: exact, by what the mapping says."""
    with tempfile.TemporaryDirectory() as folder:
        place, mapping = write_export(Path(folder, "export"), tables, way)
        beside = mapping_beside(place)
        beside.write_text(mapping, encoding="utf-8")
        for name, rows in tables.items():
            frame, _ = read_mapped(MappedTable(place, beside, name))
            assert set(frame.columns) == set(HEADINGS[name])
            assert frame.to_dicts() == as_texts(name, rows), name
        assert len(read_portfolio(open_folder(folder=str(place)))) == len(tables["tenancies"])


CONTRACTS = "Contract;Start;Huur\r\nC1;1-4-2019;612,34\r\nC2;15-5-2020;85,00\r\n"
ENTRIES = (
    "Contract;Nr;Soort;Datum;Bedrag\r\n"
    "C1;1;Huur;01-09-2026;612,34\r\n"
    "C1;2;Betaling;03-09-2026;612,34\r\n"
    "C2;3;Huur;01-09-2026;85,00\r\n"
)
MAPPING = """
[files.contracts]
name = "contracten.csv"
encoding = "cp1252"
separator = ";"
dates = "d-m-yyyy"
amounts = "euro"
decimal = ","
[files.entries]
name = "mutaties.csv"
encoding = "cp1252"
separator = ";"
dates = "dd-mm-yyyy"
amounts = "euro"
decimal = ","
[tenancies]
file = "contracts"
columns = { id = "Contract", start = "Start" }
[rents]
file = "contracts"
columns = { tenancy = "Contract", from = "Start", cents = "Huur" }
[entries]
file = "entries"
[entries.columns]
tenancy = "Contract"
id = "Nr"
kind = { column = "Soort", words = { Huur = "rent", Betaling = "payment", Storno = "reversal" } }
due = "Datum"
booked = "Datum"
cents = "Bedrag"
reverses = { find = "latest-of-same-amount" }
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A small export with its mapping, to be changed."""
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "contracten.csv").write_bytes(CONTRACTS.encode("cp1252"))
    (folder / "mutaties.csv").write_bytes(ENTRIES.encode("cp1252"))
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return folder


def changed(file: Path, before: str, after: str) -> None:
    """Put one text in the place of another, which is there."""
    text = file.read_bytes().decode("cp1252")
    assert before in text
    file.write_bytes(text.replace(before, after, 1).encode("cp1252"))


REFUSED = [
    ("mutaties.csv", "612,34\r\n", "612.34\r\n", 2, "Bedrag", 'set decimal = "."'),
    ("mutaties.csv", "612,34\r\n", "-612,34\r\n", 2, "Bedrag", "plus and minus"),
    ("mutaties.csv", "612,34\r\n", "0,00\r\n", 2, "Bedrag", "leave_out"),
    ("mutaties.csv", "612,34\r\n", "612,345\r\n", 2, "Bedrag", "round it in the source"),
    ("mutaties.csv", "612,34\r\n", "zes\r\n", 2, "Bedrag", '"empty"'),
    ("mutaties.csv", "01-09-2026", "1-9-2026", 2, "Datum", "name its format"),
    ("mutaties.csv", "01-09-2026", "01-09-2026 13:00", 2, "Datum", "hh:mm"),
    ("mutaties.csv", "01-09-2026", "31-09-2026", 2, "Datum", "correct the cell"),
    ("mutaties.csv", "01-09-2026", "46266", 2, "Datum", "excel-serial"),
    ("mutaties.csv", "01-09-2026", "31-12-9999", 2, "Datum", '"empty"'),
    ("mutaties.csv", "01-09-2026", "", 2, "Datum", "fill it in"),
    ("mutaties.csv", ";Huur;", ";Overig;", 2, "Soort", "entries.columns.kind.words"),
    ("mutaties.csv", "C1;1;", ";1;", 2, "Contract", "fill it in"),
    ("mutaties.csv", "C2;3;", "C9;3;", 4, "Contract", "add the tenancy"),
    ("mutaties.csv", ";Betaling;03-09-2026;612,34", ";Storno;03-09-2026;612,34", 3, "Bedrag", "refund"),
    ("mutaties.csv", "612,34\r\n", "612,34;x\r\n", 2, "", "needs quotes"),
    ("mutaties.csv", ";01-09-2026;612,34\r\n", "\r\n", 2, "Bedrag", "short_lines"),
    ("mutaties.csv", "85,00\r\n", "85,0", 4, "Bedrag", "end it with a line break"),
    ("mutaties.csv", ";Bedrag", ";Saldo", 1, "Bedrag", "correct the mapping"),
    ("mutaties.csv", ";Soort;Datum", ";Datum;Datum", 1, "Soort", "correct the mapping"),
    ("mutaties.csv", "C1;1;", '"C1;1;', 2, "", "separator in the mapping"),
    ("contracten.csv", "C2;", "C1;", 3, "Contract", "keep one of them"),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "column", "remedy"), REFUSED)
def test_what_does_not_fit_is_refused_at_its_place_with_what_to_do(
    export: Path, file: str, before: str, after: str, line: int, column: str, remedy: str
) -> None:
    """One thing is wrong: the file, the line, the column and the next step are told, and no value."""
    changed(export / file, before, after)
    with pytest.raises(InputError) as caught:
        read_portfolio(open_folder(folder=str(export)))
    place = caught.value.place
    assert isinstance(place, Cell)
    assert (place.file, place.line, place.column) == (file, line, column)
    assert remedy in caught.value.remedy
    assert "C1" not in str(caught.value)


WRONG = [
    ('dates = "dd-mm-yyyy"', 'dates = "?"', "files.entries.dates", "fill in"),
    ('dates = "dd-mm-yyyy"', 'dates = "dd-mm"', "files.entries.dates", "dd-mm-yyyy"),
    ('dates = "dd-mm-yyyy"\n', "", "entries.columns.due.dates", "dd-mm-yyyy"),
    ('amounts = "euro"\n', "", "rents.columns.cents.amounts", "euro"),
    ('decimal = ","\n', "", "rents.columns.cents.decimal", ","),
    ('encoding = "cp1252"', 'encoding = "ansi"', "files.contracts.encoding", ""),
    ('Huur = "rent"', 'Huur = "huur"', "entries.columns.kind.words.Huur", ""),
    ('tenancy = "Contract"\nid', "id", "entries.columns.tenancy", "name its heading"),
    ('file = "entries"', 'file = "boekingen"', "entries.file", "contracts, entries"),
    ('id = "Nr"', 'id = "Nr"\nnaam = "Huurder"', "entries.columns.naam", "choose from"),
    (
        'cents = "Bedrag"',
        'cents = { debit = "Bedrag", credit = "Nr" }',
        "entries.columns.cents",
        "plus and minus",
    ),
    ('name = "mutaties.csv"', 'name = "boekingen.csv"', "files.entries.name", "correct its name"),
    (
        'start = "Start"',
        'start = "Start", end = { column = "Start", dates = "yyyy-mm" }',
        "tenancies.columns.end",
        "a column of days",
    ),
]


@pytest.mark.parametrize(("before", "after", "key", "remedy"), WRONG)
def test_a_mapping_that_is_wrong_is_refused_at_its_key(
    export: Path, before: str, after: str, key: str, remedy: str
) -> None:
    """An open question; a format, word, label or key that is none; what is required and not there."""
    changed(export / "mapping.toml", before, after)
    with pytest.raises(InputError) as caught:
        read_portfolio(open_folder(folder=str(export)))
    assert caught.value.place == f"mapping.toml: {key}"
    assert remedy in caught.value.remedy


def test_a_file_that_the_mapping_does_not_name_is_refused(export: Path) -> None:
    """It may be the payments of another month; what is no table, and what not_read names, is not."""
    (export / "lees mij.docx").write_bytes(b"")
    (export / "betalingen.csv").write_bytes(b"x\r\n")
    with pytest.raises(InputError) as caught:
        read_portfolio(open_folder(folder=str(export)))
    assert caught.value.place == "betalingen.csv"
    mapping = export / "mapping.toml"
    mapping.write_text(f'not_read = ["betalingen*.csv"]\n{MAPPING}', encoding="utf-8")
    assert len(read_portfolio(open_folder(folder=str(export)))) == 2


def test_a_file_of_another_kind_is_not_passed_over(export: Path) -> None:
    """Plans that nobody reads would be unknown for everyone, by a mapping too."""
    for name in ("plans.json", "export.zip", "leesmij.txt.md"):
        (export / name).write_text("")
    found = look_into(export)
    assert [str(it.place) for it in found.refused] == ["plans.json"]
    assert [str(it.place) for it in found.ignored] == ["export.zip"]
    checked = check_mapping(export, export / "mapping.toml")
    assert [it.place for it in checked.failures.listed if it.code == "unknown-field"] == ["plans.json"]
    mapping = export / "mapping.toml"
    mapping.write_text('not_read = ["plans.json", "*.zip"]\n' + mapping.read_text())
    found = look_into(export)
    assert (found.refused, found.ignored) == ((), ())


@pytest.mark.parametrize("text", ["1.290", "12.500", "1,290", "1,29"])
def test_a_text_among_the_numbers_of_a_sheet_is_not_guessed(text: str) -> None:
    """Where the mapping names no decimal sign all are numbers, and 1.290 would be 1 euro 29."""
    assert read_amount("1290.5", "euro", None, in_sheet=True) == 129_050
    with pytest.raises(Unfit):
        read_amount(text, "euro", None, in_sheet=True)


@pytest.mark.parametrize("text", ["700,-", "€ 700,-", "-700,--"])
def test_whole_euros_are_no_cents(text: str) -> None:
    """Whatever the mapping says of the column."""
    assert abs(read_amount(text, "euro", ",")) == 70_000
    with pytest.raises(Unfit, match="amounts are in cents"):
        read_amount(text, "cents", None)


def test_a_minus_that_is_said_twice_is_no_plus(tmp_path: Path) -> None:
    """A payment of -700,00 with C beside it would be a claim of 700."""
    (tmp_path / "huurders.csv").write_text(
        "Contract;Huur;Vanaf\nA;700,00;01-01-2024\nB;650,50;13-01-2024\n"
    )
    (tmp_path / "mutaties.csv").write_text(
        "Contract;Vervaldatum;Boekdatum;Bedrag;D/C\n"
        "A;01-09-2026;25-08-2026;700,00;D\nA;15-09-2026;15-09-2026;-700,00;C\n"
    )
    text = propose_mapping(tmp_path).text
    assert "sign" not in text
    assert 'cents = "Bedrag"' in text
    words = SignedBy(("Bedrag", "D/C"), "", frozenset(), Notation((), "euro", ","), {"d": "+", "c": "-"})
    assert [words.value(it) for it in (["7,00", "C"], ["7,00", "D"], ["-7,00", "D"])] == [
        -700,
        700,
        -700,
    ]
    with pytest.raises(Unfit, match="below zero"):
        words.value(["-7,00", "C"])


def test_rows_that_do_not_fit_are_set_aside_with_their_tenancy(export: Path) -> None:
    """As rows of our own tables: each with its message, and nothing of the others."""
    changed(export / "mutaties.csv", ";Betaling;", ";Onbekend;")
    found = screened(export)
    assert found.quarantine is not None
    assert found.quarantine.names == ("C1",)
    [error] = found.quarantine.errors
    assert error.place == Cell("mutaties.csv", 3, "Soort")
    assert found.screened == 1


def test_a_file_that_was_exported_twice_is_refused(export: Path) -> None:
    """Without numbers of their own its rows would be other payments; with them they stand twice."""
    mapping = export / "mapping.toml"
    changed(mapping, 'name = "mutaties.csv"', 'name = "mutaties*.csv"\nseveral = true')
    copy = export / "mutaties (1).csv"
    copy.write_bytes((export / "mutaties.csv").read_bytes())
    with pytest.raises(InputError, match="duplicate-id"):
        read_portfolio(open_folder(folder=str(export)))
    changed(mapping, 'id = "Nr"', "id = { line = true }")
    with pytest.raises(InputError, match="would count twice; remove one of them") as caught:
        read_portfolio(open_folder(folder=str(export)))
    assert caught.value.place == "mutaties.csv"
    copy.write_bytes(copy.read_bytes().replace(b"03-09", b"04-09"))
    assert [len(it.entries) for it in read_portfolio(open_folder(folder=str(export)))] == [4, 2]


def test_a_column_of_ones_own_is_carried_along_by_its_heading(export: Path) -> None:
    """Exports are read by their mapping, which does not name it; behind what enriches them as well."""
    with_wards = CONTRACTS.replace("Huur\r", "Huur;Wijk\r").replace("34\r", "34;Hoornes\r")
    (export / "contracten.csv").write_bytes(with_wards.replace("85,00\r", "85,00;\r").encode("cp1252"))
    for ledger in (open_folder(folder=str(export)), EnrichedLedger(open_folder(folder=str(export)))):
        carrying = CarryingLedger(ledger, ["Wijk"])
        assert len(read_portfolio(carrying)) == 2
        assert carrying.carried.frame.rows() == [("C1", "Hoornes"), ("C2", None)]
    tables: Any = open_folder(folder=str(export)).tables()
    found = screen(tables, "bgs-2021", dt.date(2026, 10, 1), carry=["wijk"])
    assert found.select("tenancy", "wijk").rows() == [("C1", "Hoornes"), ("C2", None)]


def test_a_column_to_carry_is_in_each_file_once(export: Path) -> None:
    """Of several files the one without it is named; a heading that is there twice is not guessed."""
    changed(export / "contracten.csv", "Huur\r", "Huur;Wijk\r")
    changed(export / "contracten.csv", "34\r", "34;Hoornes\r")
    changed(export / "contracten.csv", "85,00\r", "85,00;\r")
    (export / "contracten_oud.csv").write_bytes(b"Contract;Start;Huur\r\nC3;1-4-2012;500,00\r\n")
    changed(export / "mapping.toml", '"contracten.csv"', '"contracten*.csv"\nseveral = true')
    carrying = CarryingLedger(open_folder(folder=str(export)), ["Wijk"])
    with pytest.raises(MissingField, match="carried along") as lacking:
        read_portfolio(carrying)
    assert lacking.value.place == Cell("contracten_oud.csv", 1, "Wijk")
    changed(export / "contracten.csv", "Huur;Wijk\r", "Wijk;Wijk\r")
    changed(export / "mapping.toml", 'cents = "Huur"', "cents = 3")
    with pytest.raises(InputError, match="give one of the two another heading"):
        read_portfolio(carrying)


def test_a_line_that_two_tables_read_is_named_once(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tenancies and rents come from one file here; the lines are in order."""
    changed(export / "contracten.csv", "1-4-2019", "april")
    changed(export / "contracten.csv", "15-5-2020", "mei")
    assert main(["map", str(export), "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert "contracten.csv, lines 2, 3, column Start" in out
    assert "invalid-value (rents): 2" in out


def test_a_row_that_ends_the_table_must_be_there(export: Path) -> None:
    """A file that was cut off at a line break is noticed by its missing totals."""
    changed(
        export / "mapping.toml", 'name = "mutaties.csv"', 'name = "mutaties.csv"\nlast_row = "Totaal"'
    )
    with pytest.raises(InputError, match="is missing"):
        read_portfolio(open_folder(folder=str(export)))
    with (export / "mutaties.csv").open("ab") as file:
        file.write(b"Totaal;;;;1.309,68\r\nGemaakt op 1-10-2026;;;;\r\n")
    assert len(read_portfolio(open_folder(folder=str(export)))) == 2


def test_a_reversal_takes_back_the_latest_payment_of_its_amount(export: Path) -> None:
    """Each payment once, of the same tenancy, in whatever order the rows come."""
    with (export / "mutaties.csv").open("ab") as file:
        file.write(
            b"C1;9;Storno;12-10-2026;612,34\r\nC1;5;Betaling;05-10-2026;612,34\r\n"
            b"C1;8;Storno;11-10-2026;612,34\r\nC1;6;Betaling;20-10-2026;612,34\r\n"
        )
    [first, _] = read_portfolio(open_folder(folder=str(export)))
    reversed_ = {it.id: it.reverses for it in first.entries if isinstance(it, Reversal)}
    assert reversed_ == {"8": "5", "9": "2"}


def test_an_error_of_the_spreadsheet_is_no_empty_cell(tmp_path: Path) -> None:
    """#N/A in an end of a lease must not make it run on."""
    book = xlsxwriter.Workbook(tmp_path / "export.xlsx")
    sheet = book.add_worksheet("Contracten")
    for row, cells in enumerate((["Contract", "Start", "Eind", "Huur"], ["C1", "1-4-2019", "", 612.34])):
        sheet.write_row(row, 0, cells)
    sheet.write_formula(1, 2, "=NA()", None, "#N/A")
    book.close()
    mapping = MAPPING.split("[files.entries]", maxsplit=1)[0].replace(
        'name = "contracten.csv"\nencoding = "cp1252"\nseparator = ";"',
        'name = "export.xlsx"\nsheet = "Contracten"',
    )
    (tmp_path / "export.mapping.toml").write_text(
        f'{mapping}[tenancies]\nfile = "contracts"\n'
        'columns = { id = "Contract", start = "Start", end = "Eind" }\n',
        encoding="utf-8",
    )
    mapped = MappedTable(tmp_path / "export.xlsx", tmp_path / "export.mapping.toml", "tenancies")
    with pytest.raises(InputError, match="error of the spreadsheet") as caught:
        read_mapped(mapped)
    assert caught.value.place == Cell("export.xlsx: Contracten", 2, "Eind")
