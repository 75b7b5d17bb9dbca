"""A worklist as an .xlsx file for people: real days and amounts, headings that stay, filters on.

Every text is written as a text, so that none of them runs as a formula, whatever it begins with. Nothing
is written beside the file, and nothing in it comes from the clock.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from huurschuld.cli import list_words as words
from huurschuld.cli.terminal import printable
from huurschuld.decisions.decision import Decision
from huurschuld.decisions.main_reason import main_reason
from huurschuld.decisions.words import ADVICE, ADVISORY, NO, PRIORITY, UNKNOWN, YES, Lang, count
from huurschuld.errors import InvalidValue
from huurschuld.portfolio.extras import import_extra
from huurschuld.portfolio.result_rows import RESULT_COLUMNS, Origin, ResultRow
from huurschuld.portfolio.selecting import grouped
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.facts import FACTS
from huurschuld.rules.parameters import Unit

SPREADSHEET: Final = ".xlsx"
_LONGEST_TEXT: Final = 16_000
"""Half of what a cell holds, as some characters count twice there."""
_MOST_ROWS: Final = 1_048_575
_WIDEST: Final = 60
_LONGEST_NAME: Final = 31
_NOT_IN_A_NAME: Final = re.compile(r"[\[\]:*?/\\]")

_LARGEST_WHOLE: Final = 10**15
"""From here on a spreadsheet rounds whole numbers, which are written as texts then."""

_FORMATS: Final[dict[Unit | None, str]] = {Unit.CENTS: "euros", Unit.MONTHS: "months"}


@frozen
class _Column:
    """A column of a sheet: its heading, its format, and what it has of a row."""

    heading: str
    format: str
    value: Callable[[ResultRow, Decision], object]


def is_spreadsheet(path: Path) -> bool:
    """Whether a file of this name is a spreadsheet; then the library that writes it must be there.

    Raises:
        ExtraNeeded: XlsxWriter, which writes it, is not installed.
    """
    if path.suffix.lower() != SPREADSHEET:
        return False
    _library()
    return True


def worklist_xlsx(found: Worklist, lang: Lang) -> bytes:
    """Write a worklist as a workbook: a sheet, or one for each group, and one that tells what it is.

    Args:
        found: the worklist; with a decision for every row.
        lang: the language of its headings and words.

    Raises:
        ExtraNeeded: XlsxWriter, which writes it, is not installed.
        InvalidValue: a sheet has no room for so many rows.
    """
    written = io.BytesIO()
    # In memory: a file beside it could stay behind.
    book = _library().Workbook(written, {"in_memory": True})
    sheets = _Sheets(book, lang)
    decisions = {it.tenancy: it for it in found.decisions}
    columns = _columns(found, lang)
    for name, rows in (grouped(found.rows, found.by) or {"": []}).items():
        is_group = found.by is not None and rows
        title = words.group_name(name, lang) if is_group else words.WORKLIST.to(lang)
        values = [[it.value(row, decisions[row["tenancy"]]) for it in columns] for row in rows]
        numbered = [[number, *cells] for number, cells in enumerate(values, 1)]
        headings = [(words.RANK.to(lang), "own"), *((it.heading, it.format) for it in columns)]
        sheets.add(title, headings, numbered)
    by_hand = _by_hand(found, lang)
    if by_hand:
        headings = [(words.TENANCY.to(lang), "text"), (words.WHY.to(lang), "text")]
        sheets.add(words.BY_HAND.to(lang), headings, by_hand)
    sheets.add(words.ABOUT.to(lang), [("", "own"), ("", "own")], _about(found, lang), filters=False)
    receipt = found.receipt
    day = dt.date(2000, 1, 1) if receipt is None else receipt.as_of
    book.set_properties({"created": dt.datetime.combine(day, dt.time())})
    book.close()
    return written.getvalue()


def _library() -> Any:  # noqa: ANN401 - XlsxWriter need not be installed
    return import_extra("xlsxwriter", "excel", SPREADSHEET, "a spreadsheet is written with XlsxWriter")


def _columns(found: Worklist, lang: Lang) -> list[_Column]:
    own = () if found.receipt is None else found.receipt.policy.facts
    facts = {**FACTS, **{it.type.key: it.type for it in own}}
    further = [it for it in found.columns() if it in facts and it not in RESULT_COLUMNS]
    return [
        _Column(words.TENANCY.to(lang), "text", lambda row, _: row["tenancy"]),
        *(_Column(name, "own", partial(_cell, name)) for name in found.carried),
        _Column(words.ADVISED.to(lang), "text", lambda _, it: ADVICE[it.advice].word.to(lang)),
        _Column(words.PRIORITIES.to(lang), "text", lambda _, it: PRIORITY[it.priority].word.to(lang)),
        _Column(words.ARREARS.to(lang), "euros", lambda _, it: it.facts.arrears_cents),
        _Column(words.MONTHS.to(lang), "months", lambda row, _: row["months"]),
        _Column(words.DAYS.to(lang), "own", lambda _, it: it.facts.days_overdue),
        _Column(words.SINCE.to(lang), "own", lambda _, it: it.facts.episode_start),
        _Column(words.BECAUSE.to(lang), "text", lambda _, it: main_reason(it, lang)),
        *(
            _Column(facts[it].label.to(lang), _FORMATS.get(facts[it].unit, "fact"), partial(_cell, it))
            for it in further
        ),
    ]


def _cell(name: str, row: ResultRow, _: Decision) -> object:
    return row[name]


def _by_hand(found: Worklist, lang: Lang) -> list[list[object]]:
    """The tenancies without an advice, each with why."""
    return [[name, why.to(lang)] for name, why in words.to_look_at(found)]


def _about(found: Worklist, lang: Lang) -> list[list[object]]:
    """What the list was made with, and what it is part of."""
    counts = found.counts()
    made: list[list[object]] = []
    if found.receipt is not None:
        origin = Origin.of(found.receipt)
        made = [
            [words.POLICY.to(lang), origin.policy],
            [words.RULES.to(lang), origin.rules],
            [words.AS_OF.to(lang), origin.as_of],
        ]
    if found.selection:
        made.append([words.IN_THIS_LIST.to(lang), words.selection_in_words(found.selection, lang)])
    return [
        *made,
        [words.SCREENED.to(lang), found.screened],
        *([ADVICE[it].word.to(lang), number] for it, number in counts.items()),
        [ADVISORY.to(lang), None],
        [words.PRIVATE.to(lang), None],
    ]


class _Sheets:
    """The sheets of a workbook, and the formats of their cells."""

    def __init__(self, book: Any, lang: Lang) -> None:  # noqa: ANN401 - XlsxWriter need not be installed
        self._book = book
        self._lang: Lang = lang
        self._names: set[str] = {"history"}  # which a spreadsheet keeps for itself
        self._bold = book.add_format({"bold": True})
        day = "dd-mm-yyyy" if lang == "nl" else "yyyy-mm-dd"
        self._formats = {
            "euros": book.add_format({"num_format": '"€" #,##0.00'}),
            "months": book.add_format({"num_format": "0.00"}),
            "day": book.add_format({"num_format": day}),
        }

    def add(
        self,
        name: str,
        headings: Sequence[tuple[str, str]],
        rows: Sequence[Sequence[object]],
        *,
        filters: bool = True,
    ) -> None:
        """Add a sheet: each heading with the format of its column, and the rows below them."""
        if len(rows) > _MOST_ROWS:
            raise InvalidValue(
                SPREADSHEET,
                f"a sheet has room for {_MOST_ROWS:,} rows",
                "write .csv, or choose with --where",
            )
        sheet = self._book.add_worksheet(self._name(name))
        widths = [len(heading) + 4 for heading, _ in headings]  # room for the button of the filter
        for column, (heading, _) in enumerate(headings):
            sheet.write_string(0, column, _text(heading), self._bold)
        for number, row in enumerate(rows, 1):
            for column, (value, (_, form)) in enumerate(zip(row, headings, strict=True)):
                written = self._write(sheet, number, column, value, form)
                widths[column] = max(widths[column], len(written) + 1)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, _WIDEST))
        if filters:
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(rows), len(headings) - 1)
            sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)

    def _write(self, sheet: Any, row: int, column: int, value: object, form: str) -> str:  # noqa: ANN401 - as above
        """Write a cell; return about what it looks like."""
        match value:
            case None if form in ("own", "text"):
                return ""
            case None:
                value = UNKNOWN.to(self._lang)
            case bool():
                value = (YES if value else NO).to(self._lang)
            case int() if form == "euros":
                sheet.write_number(row, column, value / 100, self._formats[form])
                return f"€ {count(value // 100, self._lang)},00"
            case str() if form == "months":
                sheet.write_number(row, column, _hundredths(value) / 100, self._formats[form])
                return "00.00"
            case int() if abs(value) < _LARGEST_WHOLE:
                sheet.write_number(row, column, value)
                return str(value)
            case dt.date():
                sheet.write_datetime(row, column, value, self._formats["day"])
                return str(value)
        text = _text(str(value))
        sheet.write_string(row, column, text)
        return text

    def _name(self, name: str) -> str:
        """A name that a sheet may have, and that no other one has."""
        plain = _NOT_IN_A_NAME.sub("-", printable(name)).strip("' ") or "-"
        found, number = _within(plain, _LONGEST_NAME), 1
        while found.casefold() in self._names:
            number += 1
            ending = f" ({number})"
            found = _within(plain, _LONGEST_NAME - len(ending)) + ending
        self._names.add(found.casefold())
        return found


def _within(name: str, most: int) -> str:
    """The beginning of a name, as long as it may be; some characters count twice."""
    while len(name.encode("utf-16-le")) > 2 * most:
        name = name[:-1].rstrip("' ")
    return name


def _hundredths(months: str) -> int:
    """Months in hundredths, cut off as on a screen: 1.999 months are not two."""
    whole, _, decimals = months.partition(".")
    return int(whole + decimals[:2].ljust(2, "0"))


def _text(text: str) -> str:
    """A text as long as a cell may hold; one that is cut ends in a mark."""
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
