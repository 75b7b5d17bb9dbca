"""Tables written as systems export them, each in a way of its own, with the mapping that reads them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from attrs import frozen
from hypothesis import strategies as st

from huurschuld.model.values import Birth, Choice, Day, Flag, Whole
from huurschuld.portfolio.schema import COLUMNS

Rows = list[dict[str, Any]]

HEADINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "tenancies": {
        "id": "Contractnummer",
        "start": "Ingangsdatum",
        "end": "Einddatum",
        "object": "Type object",
        "deceased": "Overlijdensdatum",
        "eviction_announced": "Ontruiming aangezegd op",
        "eviction_on": "Ontruimingsdatum",
        "children_known": "Kinderen bekend",
    },
    "rents": {"tenancy": "Contract", "from": "Huur vanaf", "cents": "Brutohuur", "per": "Termijn"},
    "entries": {
        "tenancy": "Contractnr",
        "id": "Postnr",
        "kind": "Soort mutatie",
        "due": "Vervaldatum",
        "booked": "Boekdatum",
        "cents": "Bedrag",
        "settles": "Betreft post",
        "reverses": "Storno van",
    },
    "contacts": {
        "tenancy": "Contract",
        "date": "Datum contact",
        "channel": "Kanaal",
        "direction": "Richting",
        "reached": "Bereikt",
        "returned": "Retour",
        "about_arrears": "Over achterstand",
        "reminder": "Aanmaning",
        "debt_help": "Schuldhulp genoemd",
        "offers_sharing": "Aanbod doorgeven",
    },
    "plans": {
        "tenancy": "Contract",
        "from": "Startdatum",
        "until": "Tot en met",
        "broken_on": "Verbroken op",
        "cents": "Bedrag regeling",
    },
    "disputes": {
        "tenancy": "Contract",
        "from": "Vanaf",
        "until": "Tot en met",
        "cents": "Betwist bedrag",
    },
    "objections": {
        "tenancy": "Contract",
        "date": "Datum bezwaar",
        "withdrawn": "Ingetrokken op",
        "standing": "Blijvend",
    },
    "signals": {"tenancy": "Contract", "date": "Datum melding", "cents": "Achterstand"},
    "children": {"tenancy": "Contract", "born": "Geboren"},
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {
        "rent": "Huur",
        "other": "Afrekening servicekosten",
        "payment": "Betaling",
        "credit": "Creditnota",
        "reversal": "Storno",
        "refund": "Terugbetaling",
    },
    "channel": {
        "letter": "Brief",
        "email": "E-mail",
        "phone": "Telefoon",
        "visit": "Huisbezoek",
        "appointment": "Afspraak",
        "text": "SMS",
        "card": "Kaartje",
        "other": "Anders",
    },
    "direction": {"out": "Uitgaand", "in": "Inkomend"},
    "object": {
        "dwelling": "Woning",
        "parking": "Parkeerplaats",
        "storage": "Berging",
        "business": "Bedrijfsruimte",
        "other": "Overig",
    },
    "per": {
        "year": "Jaar",
        "half-year": "Halfjaar",
        "quarter": "Kwartaal",
        "month": "Maand",
        "four-weeks": "4 weken",
        "week": "Week",
    },
    "children_known": {"all": "Alle", "some": "Deels", "no": "Nee"},
}
FLAGS: Final = (("J", "N"), ("Ja", "Nee"), ("WAAR", "ONWAAR"), ("1", "0"), ("X", ""), ("true", "false"))
MONTHS: Final = "jan feb mrt apr mei jun jul aug sep okt nov dec".split()
DAYS: Final[Mapping[str, Callable[[dt.date], str]]] = {
    "dd-mm-yyyy": lambda it: it.strftime("%d-%m-") + f"{it.year:04}",
    "d-m-yyyy": lambda it: f"{it.day}-{it.month}-{it.year}",
    "d/m/yyyy": lambda it: f"{it.day}/{it.month}/{it.year}",
    "dd.mm.yyyy": lambda it: f"{it.day:02}.{it.month:02}.{it.year}",
    "yyyymmdd": lambda it: f"{it.year:04}{it.month:02}{it.day:02}",
    "yyyy-mm-dd": dt.date.isoformat,
    "dd-mm-yyyy hh:mm": lambda it: f"{it.day:02}-{it.month:02}-{it.year} 13:45",
    "d mmm yyyy": lambda it: f"{it.day} {MONTHS[it.month - 1]} {it.year}",
}
ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
STYLES: Final = ("plain", "signed", "debit and credit", "D and C")
DEBIT: Final = ("rent", "other", "reversal", "refund")


def _grouped(cents: int, decimal: str, by: str) -> str:
    whole = f"{abs(cents) // 100:,}".replace(",", by)
    return f"{whole}{decimal}{abs(cents) % 100:02}"


def _signed(text: str, cents: int) -> str:
    return f"-{text}" if cents < 0 else text


AMOUNTS: Final[Mapping[str, tuple[str, str, Callable[[int], str]]]] = {
    "1299,99": ("euro", ",", lambda it: _signed(_grouped(it, ",", ""), it)),
    "1.299,99": ("euro", ",", lambda it: _signed(_grouped(it, ",", "."), it)),
    "€ 1.299,99": ("euro", ",", lambda it: "€ " + _signed(_grouped(it, ",", "."), it)),
    "1 299,99": ("euro", ",", lambda it: _signed(_grouped(it, ",", "\N{NO-BREAK SPACE}"), it)),
    "1299.99": ("euro", ".", lambda it: _signed(_grouped(it, ".", ""), it)),
    "1,299.99": ("euro", ".", lambda it: _signed(_grouped(it, ".", ","), it)),
    "1299,99-": ("euro", ",", lambda it: _grouped(it, ",", "") + ("-" if it < 0 else "")),
    "(1.299,99)": (
        "euro",
        ",",
        lambda it: f"({_grouped(it, ',', '.')})" if it < 0 else _grouped(it, ",", "."),
    ),
    "129999": ("cents", ",", str),
}


@frozen
class Way:
    """One way of exporting, for all files of an export.

    Attributes:
        in_sheets: whether it is one spreadsheet rather than a folder of files.
        typed: whether days and amounts of a spreadsheet are such, and not texts.
        style: how the entries show which way the money goes.
        chance: for what else differs from file to file.
    """

    in_sheets: bool
    typed: bool
    encoding: str
    separator: str
    days: str
    amounts: str
    style: str
    flags: tuple[str, str]
    titles: int
    says_separator: bool
    empty_columns: int
    totals: bool
    one_source: bool
    chance: random.Random


def ways() -> st.SearchStrategy[Way]:
    """Any way of exporting."""
    return st.builds(
        Way,
        st.booleans(),
        st.booleans(),
        st.sampled_from(ENCODINGS),
        st.sampled_from([";", ",", "\t", "|"]),
        st.sampled_from(list(DAYS)),
        st.sampled_from(list(AMOUNTS)),
        st.sampled_from(STYLES),
        st.sampled_from(FLAGS),
        st.integers(0, 2),
        st.booleans(),
        st.integers(0, 2),
        st.booleans(),
        st.booleans(),
        st.randoms(use_true_random=False),
    )


def write_export(folder: Path, tables: Mapping[str, Rows], way: Way) -> tuple[Path, str]:
    """Write an export; return what `huurschuld` is given, and the mapping that fits."""
    folder.mkdir(exist_ok=True)
    place = folder / "export.xlsx" if way.in_sheets else folder
    book = xlsxwriter.Workbook(place) if way.in_sheets else None
    files: list[str] = []
    sections: list[str] = []
    for table, rows in tables.items():
        headings, rules = _columns(table, way)
        body = [_cells(table, row, way) for row in rows]
        above = _above(way, in_text=book is None)
        width = len(headings) + way.empty_columns
        lines: list[list[Any]] = [*above, headings, *body]
        if way.chance.random() < 0.5 and body:
            lines.insert(len(above) + 1 + way.chance.randrange(len(body)), [""] * width)
        layout = [f"heading = {len(above) + 1 + (way.says_separator and book is None)}"]
        if way.totals:
            lines.append(["Totaal", *[""] * (len(headings) - 1)])
            layout.append('last_row = "Totaal"')
        if book is not None:
            _write_sheet(book, table, lines)
            layout += ['name = "export.xlsx"', f'sheet = "{table}"']
        else:
            _write_text(folder / f"{table} (2026).csv", lines, width, way)
            encoding = way.encoding.removesuffix("-sig")
            layout += [f'name = "{table} (2026).csv"', f'encoding = "{encoding}"']
            layout.append(f"separator = {json.dumps(way.separator)}")
        unit, decimal, _ = AMOUNTS[way.amounts]
        days = ["excel", way.days] if book is not None and way.typed else [way.days]
        typed_unit = "euro" if book is not None and way.typed else unit
        layout += [f"dates = {json.dumps(days)}", f'amounts = "{typed_unit}"', f'decimal = "{decimal}"']
        files.append(f"[files.{table}]\n" + "\n".join(layout))
        rules_text = "\n".join(f"{name} = {rule}" for name, rule in rules.items())
        sections.append(f'[{table}]\nfile = "{table}"\n[{table}.columns]\n{rules_text}')
    if book is not None:
        book.close()
    return place, "\n\n".join([*files, *sections]) + "\n"


def _above(way: Way, *, in_text: bool) -> list[list[Any]]:
    lines = [["Overzicht van de administratie"], [], ["per 1 oktober"]][: way.titles]
    return [it or ([""] if in_text else []) for it in lines]


def _columns(table: str, way: Way) -> tuple[list[str], dict[str, str]]:
    """The headings of a table, and the rule of each column."""
    names = HEADINGS[table]
    headings, rules = [], {}
    for name, heading in names.items():
        headings.append(heading)
        rules[name] = _rule(name, heading, COLUMNS[table][name].kind, way)
    if table == "entries" and way.style != "plain":
        words = WORDS["kind"]
        plus = {words[it]: it for it in DEBIT}
        minus = {words[it]: it for it in ("payment", "credit")}
        column = json.dumps(names["kind"])
        rules["kind"] = f"{{ column = {column}, plus = {_inline(plus)}, minus = {_inline(minus)} }}"
        at = headings.index("Bedrag")
        if way.style == "debit and credit":
            headings[at : at + 1] = ["Debet", "Credit"]
            rules["cents"] = '{ debit = "Debet", credit = "Credit" }'
        elif way.style == "D and C":
            headings.insert(at + 1, "D/C")
            rules["cents"] = (
                '{ column = "Bedrag", sign = { column = "D/C", words = { D = "+", C = "-" } } }'
            )
    return headings, rules


def _rule(name: str, heading: str, kind: Any, way: Way) -> str:
    words: Mapping[str, object] | None = None
    if isinstance(kind, Flag):
        yes, no = way.flags
        words = {yes: True, no: False}
    elif name in WORDS:
        words = {theirs: ours for ours, theirs in WORDS[name].items()}
    if words is None:
        return json.dumps(heading)
    return f"{{ column = {json.dumps(heading)}, words = {_inline(words)} }}"


def _inline(words: Mapping[str, object]) -> str:
    return "{ " + ", ".join(f"{json.dumps(a)} = {json.dumps(b)}" for a, b in words.items()) + " }"


def _cells(table: str, row: Mapping[str, Any], way: Way) -> list[Any]:
    cells: list[Any] = []
    for name in HEADINGS[table]:
        kind, value = COLUMNS[table][name].kind, row.get(name)
        if table == "entries" and name == "cents" and way.style != "plain":
            cells += _money(row, way)
        else:
            cells.append(_cell(name, kind, value, way))
    return cells


def _money(row: Mapping[str, Any], way: Way) -> list[Any]:
    cents: int = row["cents"]
    is_debit = row["kind"] in DEBIT
    if way.style == "signed":
        return [_amount(cents if is_debit else -cents, way)]
    if way.style == "D and C":
        return [_amount(cents, way), "D" if is_debit else "C"]
    return [_amount(cents, way), ""] if is_debit else ["", _amount(cents, way)]


def _cell(name: str, kind: Any, value: Any, way: Way) -> Any:
    if value is None:
        return ""
    if isinstance(kind, Day) or (isinstance(kind, Birth) and isinstance(value, dt.date)):
        return value if way.in_sheets and way.typed else DAYS[way.days](value)
    if isinstance(kind, Whole):
        return _amount(value, way)
    if isinstance(kind, Flag):
        return way.flags[0 if value else 1]
    if isinstance(kind, Choice):
        return WORDS[name][value]
    return value


def _amount(cents: int, way: Way) -> Any:
    if way.in_sheets and way.typed:
        return cents / 100
    return AMOUNTS[way.amounts][2](cents)


def _write_text(path: Path, lines: list[list[Any]], width: int, way: Way) -> None:
    text = io.StringIO(newline="")
    if way.says_separator:
        text.write(f"sep={way.separator}\r\n")
    writer = csv.writer(text, delimiter=way.separator, lineterminator="\r\n")
    for line in lines:
        writer.writerow([*line, *[""] * (width - len(line))])
    path.write_bytes(text.getvalue().encode(way.encoding))


def _write_sheet(book: Any, name: str, lines: list[list[Any]]) -> None:
    sheet = book.add_worksheet(name)
    as_day = book.add_format({"num_format": "dd-mm-yyyy"})
    for number, line in enumerate(lines):
        for column, cell in enumerate(line):
            if isinstance(cell, dt.date):
                sheet.write_datetime(number, column, cell, as_day)
            elif isinstance(cell, float):
                sheet.write_number(number, column, cell)
            elif cell != "":
                sheet.write_string(number, column, cell)
