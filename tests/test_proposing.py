"""What `huurschuld map` proposes is right, or asked; and nothing of a person is in it."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
import xlsxwriter
from exporting import AMOUNTS, WORDS, Way, ways, write_export
from hypothesis import given, settings
from test_exports import Tables, as_texts, portfolios

from huurschuld import InvalidValue, check_mapping, propose_mapping, read_mapping, read_portfolio
from huurschuld.plugins.portfolio import open_folder
from huurschuld.portfolio.mapping.proposing.proposal import Proposal
from huurschuld.portfolio.mapping.tables import MappedTable, mapping_beside, read_mapped

_ASKED: Final = '= "?"\n'


def answered(proposal: Proposal, way: Way) -> str:
    """The mapping with each question answered as the writer of the export knows it."""
    text = proposal.text
    for question in proposal.questions:
        assert _ASKED in text
        text = text.replace(_ASKED, f"= {_answer(question.key, way)}\n", 1)
    assert _ASKED not in text
    return text


def _answer(key: str, way: Way) -> str:
    """The answer to one question, as TOML."""
    before, _, last = key.rpartition(".")
    column = before.removesuffix(".words").rpartition("columns.")[2].partition(".")[0]
    unit, decimal, _ = AMOUNTS[way.amounts]
    own = WORDS.get(column, {})
    answers = {
        "dates": way.days,
        "amounts": "euro" if way.in_sheets and way.typed else unit,
        "decimal": decimal,
        "encoding": way.encoding,
        **({theirs: ours for ours, theirs in own.items()}),
    }
    if last in answers:
        return json.dumps(answers[last])
    assert last in way.flags, key
    return json.dumps(last == way.flags[0])


@settings(max_examples=40)
@given(portfolios(), ways())
def test_what_is_proposed_reads_what_was_exported(tables: Tables, way: Way) -> None:
    """Each column that is proposed is read as it was, once the questions are answered."""
    with tempfile.TemporaryDirectory() as folder:
        place, _ = write_export(Path(folder, "export"), tables, way)
        proposal = propose_mapping(place)
        mapping = answered(proposal, way)
        beside = mapping_beside(place)
        beside.write_text(mapping, encoding="utf-8")
        proposed = tomllib.loads(mapping)
        assert set(tables) - {"children"} <= set(proposed)
        for name in tables:
            if name in proposed:
                frame, _ = read_mapped(MappedTable(place, beside, name))
                expected = as_texts(name, tables[name])
                for column in frame.columns:
                    assert frame[column].to_list() == [it[column] for it in expected], (name, column)


def exported(folder: Path, **files: str) -> Path:
    """An export of files of text, by name; each line break is that of Windows."""
    for name, text in files.items():
        lines = text.strip("\n").replace("\n", "\r\n")
        (folder / f"{name}.csv").write_bytes(f"{lines}\r\n".encode("cp1252"))
    return folder


CONTRACTS = """
Contractnr;Naam;Geboortedatum;E-mail;Adres;Ingangsdatum;Huur
1017;J. Jansen;13-05-1971;jansen@post.nl;Dorpsstraat 12;13-04-2019;612,34
1018;A. de Vries;02-11-1980;vries@post.nl;Kerkweg 7;15-05-2020;85,00
"""
ENTRIES = """
Contractnr;Nr;Datum;Vervaldatum;Soort;Omschrijving;Bedrag
1017;1;25-07-2026;01-08-2026;Huur;Huur J. Jansen;612,34
1017;2;13-08-2026;;Betaling;J. Jansen NL91ABNA0417164300;612,34
1018;3;25-07-2026;01-08-2026;Huur;Huur A. de Vries;85,00
"""
ASKED = [
    ("amounts", {}, {"612,34": "61234", "85,00": "8500"}, "files.mutaties.amounts"),
    ("days", {"13-04-2019": "03-04-2019", "15-05-2020": "05-05-2020"}, {}, "files.contracten.dates"),
    ("a word", {}, {";Betaling;": ";Ov;"}, "entries.columns.kind.words.Ov"),
    (
        "a minus",
        {},
        {"Betaling;J. Jansen NL91ABNA0417164300;": "Huur;;-"},
        "entries.columns.kind.minus.Huur",
    ),
    ("the due day", {}, {"Vervaldatum": "Veld 7"}, "entries.columns.due"),
    ("gross rent", {";Huur\n": ";Kale huur\n"}, {}, "rents.columns.cents"),
    (
        "kinds",
        {},
        {";Soort;": ";Veld 5;", "Huur;Huur": "H;", "Betaling;": "B;"},
        "entries.columns.kind.always",
    ),
]


@pytest.mark.parametrize(
    ("contracts", "entries", "key"), [it[1:] for it in ASKED], ids=[it[0] for it in ASKED]
)
def test_what_is_not_certain_is_asked(
    tmp_path: Path, contracts: Mapping[str, str], entries: Mapping[str, str], key: str
) -> None:
    """One thing could be otherwise: that is a question, and the mapping cannot be used before."""
    texts = [CONTRACTS, ENTRIES]
    for number, changes in enumerate((contracts, entries)):
        for before, after in changes.items():
            assert before in texts[number]
            texts[number] = texts[number].replace(before, after)
    proposal = propose_mapping(exported(tmp_path, contracten=texts[0], mutaties=texts[1]))
    assert key in [it.key for it in proposal.questions]
    (tmp_path / "mapping.toml").write_text(proposal.text, encoding="utf-8")
    with pytest.raises(InvalidValue, match="this question is still open"):
        read_mapping(tmp_path / "mapping.toml")


def test_what_is_certain_can_be_used_as_it_is(tmp_path: Path) -> None:
    """No question is left, and what is read is what stands there."""
    proposal = propose_mapping(exported(tmp_path, contracten=CONTRACTS, mutaties=ENTRIES))
    assert proposal.questions == ()
    (tmp_path / "mapping.toml").write_text(proposal.text, encoding="utf-8")
    first, second = read_portfolio(open_folder(folder=str(tmp_path)))
    assert [(it.kind, it.cents) for it in first.entries] == [("rent", 61_234), ("payment", 61_234)]
    assert [it.cents for it in second.rents] == [8_500]
    assert check_mapping(tmp_path, tmp_path / "mapping.toml").failures.refused == 0


def test_nothing_of_a_person_is_shown(tmp_path: Path) -> None:
    """No name, day of birth, address, id, amount or free text is in the mapping, questions or notes."""
    entries = ENTRIES.replace(";Soort;", ";Veld 5;")
    proposal = propose_mapping(exported(tmp_path, contracten=CONTRACTS, mutaties=entries))
    shown = "\n".join(map(str, [proposal.text, *proposal.questions, *proposal.checks, *proposal.notes]))
    cells = {
        cell
        for text in (CONTRACTS, ENTRIES)
        for row in text.strip().split("\n")[1:]
        for cell in row.split(";")
    }
    for cell in cells - {"", "Huur", "Betaling", "1", "2", "3"}:
        assert cell not in shown
    for heading in ("Naam", "Geboortedatum", "E-mail", "Adres"):
        assert heading not in proposal.text


def test_of_a_status_only_known_words_are_shown(tmp_path: Path) -> None:
    """Nothing is read of it, so that what somebody wrote there need not be in the mapping."""
    plans = "Contractnr;Vanaf;Status\n" + "".join(
        f"10{17 + row % 2};1{row}-02-2026;{word}\n"
        for row, word in enumerate(["lopend", "Niet nagekomen", "Wierzbicka", "door Wierzbicka", "V"])
    )
    proposal = propose_mapping(
        exported(tmp_path, contracten=CONTRACTS, mutaties=ENTRIES, betalingsregelingen=plans)
    )
    assert "Wierzbicka" not in proposal.text
    (told,) = [it.text for it in proposal.checks if "Status" in it.text]
    assert "has: Niet nagekomen, V, lopend, …." in told


def test_open_items_are_asked_about(tmp_path: Path) -> None:
    """A list of open items has no payments: what was billed would count as owed in full."""
    entries = (
        ENTRIES.replace(";Bedrag\n", ";Bedrag;Openstaand\n")
        .replace(",34\n", ",34;12,34\n")
        .replace(",00\n", ",00;0,00\n")
    )
    entries = entries.replace(";Soort;", ";Veld 5;").replace(";Huur;", ";;").replace(";Betaling;", ";;")
    proposal = propose_mapping(exported(tmp_path, contracten=CONTRACTS, mutaties=entries))
    [question] = [it for it in proposal.questions if it.key == "entries.columns.cents"]
    assert '"Openstaand"' in question.text


def test_claims_beside_payments_are_read_as_both(tmp_path: Path) -> None:
    """A row with what was billed and what was paid is two entries."""
    entries = """
Contractnr;Vervaldatum;Huur;Betaald;Betaaldatum
1017;01-08-2026;612,34;600,00;13-08-2026
1018;01-08-2026;85,00;;
"""
    proposal = propose_mapping(exported(tmp_path, contracten=CONTRACTS, huurboek=entries))
    assert proposal.questions == ()
    (tmp_path / "mapping.toml").write_text(proposal.text, encoding="utf-8")
    first, second = read_portfolio(open_folder(folder=str(tmp_path)))
    assert [(it.kind, it.cents) for it in first.entries] == [("rent", 61_234), ("payment", 60_000)]
    assert [(it.kind, it.cents) for it in second.entries] == [("rent", 8_500)]


def test_tables_of_a_portfolio_need_no_mapping(tmp_path: Path) -> None:
    """A mapping beside them would only be in the way."""
    exported(
        tmp_path, tenancies="id,start\nA,2026-01-01", rents="tenancy,from,cents\nA,2026-01-01,60000"
    )
    with pytest.raises(InvalidValue, match="need no mapping"):
        propose_mapping(tmp_path)


CERTAIN = {
    "zeros at the start": {"1017;": "001017;", "1018;": "001018;"},
    "headings on each page": {"1018;3;": "Pagina 1;;;;;;\n{heading}\n1018;3;"},
    "totals without a word": {";Huur A. de Vries;85,00": ";Huur A. de Vries;85,00\n;;;;;;1.309,68"},
    "a time beside the day": {"25-07-2026": "25-07-2026 08:15", "13-08-2026": "13-08-2026 13:45"},
    "cells kept from being numbers": {"1017;": '"=""1017""";', "1018;": '"=""1018""";'},
    "codes": {";Soort;": ";SRT;", ";Huur;": ";HUUR;", ";Betaling;": ";BET;"},
    "signs": {"Betaling;J. Jansen NL91ABNA0417164300;": "Betaling;;-"},
    "an amount of zero": {";85,00": ";85,00\n1018;4;25-07-2026;01-08-2026;Huur;;0,00"},
    "English": {
        "Vervaldatum": "Due date",
        "Datum": "Booking date",
        "Bedrag": "Amount",
        ";Huur;": ";Rent;",
    },
    "two headings": {";Omschrijving;": ";Veld;", "Contractnr;Nr;": "Boekingen;;;;;;\nContractnr;Nr;"},
}


@pytest.mark.parametrize("changes", CERTAIN.values(), ids=CERTAIN)
def test_what_is_certain_is_not_asked(tmp_path: Path, changes: Mapping[str, str]) -> None:
    """Ways of exporting of which a mapping can say everything by itself: the same tenancies come out."""
    entries = ENTRIES
    heading = ENTRIES.strip().partition("\n")[0]
    for before, after in changes.items():
        assert before in entries
        entries = entries.replace(before, after.replace("{heading}", heading))
    proposal = propose_mapping(exported(tmp_path, contracten=CONTRACTS, mutaties=entries))
    assert proposal.questions == ()
    (tmp_path / "mapping.toml").write_text(proposal.text, encoding="utf-8")
    assert check_mapping(tmp_path, tmp_path / "mapping.toml").failures.refused == 0
    first, second = read_portfolio(open_folder(folder=str(tmp_path)))
    assert [(it.kind, it.cents) for it in first.entries] == [("rent", 61_234), ("payment", 61_234)]
    assert [(it.kind, it.cents) for it in second.entries] == [("rent", 8_500)]


def test_a_column_is_taken_by_its_words_where_only_it_can_be_meant(tmp_path: Path) -> None:
    """Weeks are weeks under any heading; a J may be a yes, and no year."""
    rents = "Contract;Vanaf;Huur;Afspraak\n1017;13-04-2019;85,00;week\n1018;15-05-2020;612,34;maand\n"
    contracts = "Contract;Begindatum\n1017;13-04-2019\n1018;15-05-2020\n"
    by_week = propose_mapping(exported(tmp_path, contracten=contracts, huurprijzen=rents))
    assert 'week = "week"' in by_week.text
    rents = rents.replace("week", "J").replace("maand", "J")
    flagged = propose_mapping(exported(tmp_path, contracten=contracts, huurprijzen=rents))
    assert "rents.columns.per" not in flagged.text
    assert 'huurprijzen.csv: columns that are not read: "Afspraak"' in flagged.notes


@pytest.mark.parametrize("heading", ["Boekdatum", "Betaaldatum"])
def test_days_in_both_orders_are_asked_about_among_others_that_are_none(
    tmp_path: Path, heading: str
) -> None:
    """Of the days up to the 12th nobody knows, whatever else stands in the column."""
    days = ("25-07-2026", "26-07-2026", "27-07-2026", "01-08-2026", "volgt", "08-13-2026")
    rows = "".join(f"{number};1017;Betaling;{day};-1,50\n" for number, day in enumerate(days))
    contracts = "Contract;Begindatum;Huur\n1017;13-04-2019;612,34\n"
    entries = f"Nr;Contract;Soort;{heading};Bedrag\n{rows}"
    proposal = propose_mapping(exported(tmp_path, contracten=contracts, mutaties=entries))
    assert [it.key for it in proposal.questions if "in others" in it.text] == ["files.mutaties.dates"]


@pytest.mark.parametrize("other", ["", "volgt nog"])
def test_dates_of_a_spreadsheet_among_texts_are_asked_about(tmp_path: Path, other: str) -> None:
    """Excel may have swapped their day and month, whatever else stands in the column."""
    workbook = xlsxwriter.Workbook(tmp_path / "mutaties.xlsx")
    day = workbook.add_format({"num_format": "dd-mm-yyyy"})
    sheet = workbook.add_worksheet("mutaties")
    sheet.write_row(0, 0, ["Nr", "Contract", "Soort", "Boekdatum", "Bedrag"])
    days = (dt.date(2026, 9, 1), dt.date(2026, 8, 2), "13-09-2026", "14-09-2026", other)
    for number, it in enumerate(days, 1):
        sheet.write_row(number, 0, [number, "1017", "Betaling"])
        sheet.write(number, 3, it, day if isinstance(it, dt.date) else None)
        sheet.write(number, 4, -1.5)
    workbook.close()
    proposal = propose_mapping(tmp_path)
    assert [it.key for it in proposal.questions if "swapped" in it.text] == ["files.mutaties.dates"]


@pytest.mark.parametrize(
    ("heading", "period"),
    [
        ("Weekhuur", 'per = { always = "week" }'),
        ("Huurprijs per 4 weken", 'per = { always = "four-weeks" }'),
        ("Huurbedrag (week)", 'per = { always = "week" }'),
        ("Huur per maand", ""),
    ],
)
def test_the_period_of_a_rent_goes_by_its_heading(tmp_path: Path, heading: str, period: str) -> None:
    """Without a column that says it, it would be a month."""
    contracts = f"Contract;Begindatum;{heading}\n1017;13-04-2019;152,34\n"
    proposal = propose_mapping(exported(tmp_path, contracten=contracts))
    assert "[rents.columns]" in proposal.text
    assert period in proposal.text
    assert ("by the heading of the rent" in f"{proposal.checks}") == bool(period)


def test_another_currency_in_a_column_is_told(tmp_path: Path) -> None:
    """Its amounts are no euros: these rows are to be left out."""
    contracts = (
        "Contract;Begindatum;Huur;Valuta\n1017;13-04-2019;612,34;EUR\n1018;15-05-2020;85,00;USD\n"
    )
    told = [it.text for it in propose_mapping(exported(tmp_path, contracten=contracts)).checks]
    assert any(it.startswith('"Valuta" is not read, and has: EUR, USD.') for it in told)
    contracts = contracts.replace("USD", "EUR")
    told = [it.text for it in propose_mapping(exported(tmp_path, contracten=contracts)).checks]
    assert not any("Valuta" in it for it in told)


def test_a_first_row_that_may_be_of_a_person_is_not_shown_as_headings(tmp_path: Path) -> None:
    """A file without headings can have a first row of words alone."""
    entries = "Nr;Contract;Soort;Boekdatum;Bedrag\n1;1017;Betaling;25-07-2026;-1,50\n"
    contracts = "Kanarie;Woning;Utrecht\nKanarie;Garage 2;Utrecht\n"
    proposal = propose_mapping(exported(tmp_path, contracten=contracts, mutaties=entries))
    assert "Kanarie" not in f"{proposal.text}{proposal.questions}{proposal.notes}{proposal.checks}"
    assert any("put a line of headings above it" in it.text for it in proposal.questions)
