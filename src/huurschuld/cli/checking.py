"""Check a portfolio without screening it: `screen --check`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from huurschuld.cli.language import told
from huurschuld.cli.notices import notices_of
from huurschuld.cli.options import Lang, TableFormat, assumptions_of, policy_of
from huurschuld.cli.session import Session
from huurschuld.cli.terminal import bar, console, notify, printable, write
from huurschuld.decisions import words
from huurschuld.decisions.words import count
from huurschuld.errors import Cell, InputError
from huurschuld.hooks import Ledger
from huurschuld.portfolio.checking import failures_in
from huurschuld.portfolio.csv_writing import csv_text
from huurschuld.portfolio.failures import COLUMNS_OF_FAILURES, Failure, Failures, Severity
from huurschuld.portfolio.folder import FolderLedger, look_into
from huurschuld.rules.sources import Phrase

_REFUSED: Final = Phrase("fouten", "errors")
_WARNINGS: Final = Phrase("waarschuwingen", "warnings")
_NOTHING: Final = Phrase("niets mis: dit kan bekeken worden", "nothing is wrong: it can be screened")
_SHOWN: Final = Phrase("waarvan hier", "of which shown")
_LINES: Final = Phrase("regel", "line"), Phrase("regels", "lines")
_COLUMN: Final = Phrase("kolom", "column")
_MORE: Final = Phrase("en nog {}", "and {} more")
_SOME: Final = 8
"""How many lines are named of a failure that many rows have."""


def check(
    it: Session,
    folder: str | None,
    ledger: str | None,
    policy: str | None,
    assume: list[str] | None,
    output: TableFormat,
    most: int,
    lang: Lang,
    carry: Sequence[str] = (),
) -> None:
    """Show all that is wrong with a portfolio; end with 1 if it would be refused."""
    rules = None if policy is None else policy_of(it.host, policy)
    with bar() as shown:
        shown.add_task("checking", total=None)
        opened, known = _opened(it, folder, ledger, carry)
        failures = failures_in(
            opened,
            assume=assumptions_of(assume),
            own=() if rules is None else rules.facts,
            most=most,
            known=known,
        )
        notices = notices_of(opened)
    match output:
        case TableFormat.TABLE:
            show_failures(console(), failures, lang.value)
        case TableFormat.JSON:
            write(failures_json(failures))
        case TableFormat.CSV:
            write(csv_text(COLUMNS_OF_FAILURES, ([*row.values()] for row in failures.rows())))
    if output is not TableFormat.TABLE and failures.refused > len(failures.listed):
        notify(f"errors: {failures.refused:,}, of which {most:,} are listed; --most lists more")
    for notice in notices:
        notify(notice)
    if failures.refused:
        raise typer.Exit(1)


def _opened(
    it: Session, folder: str | None, name: str | None, carry: Sequence[str]
) -> tuple[Ledger, list[Failure]]:
    """Open the ledger; of a folder with files that are refused, its tables and what is told of these."""
    try:
        return it.ledger(name, folder, carry=carry), []
    except InputError as error:
        refused = error
    found = None if name is not None or folder is None else look_into(Path(folder))
    if found is None or str(refused) not in map(str, found.refused):
        raise refused
    opened = it.carrying(it.enriched(FolderLedger(found.tables)), carry)
    return opened, [Failure.of(error) for error in found.refused]


def failures_json(failures: Failures) -> str:
    """Write failures as JSON: how many there are, by code and table, and those that are listed."""
    document = {
        "errors": failures.refused,
        "counts": [
            {"severity": str(severity), "code": code, "table": of, "count": number}
            for (severity, code, of), number in failures.counts.items()
        ],
        "listed": failures.rows(),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def show_failures(console: Console, failures: Failures, lang: words.Lang) -> None:
    """Show failures, those that many rows of a column have in one line, and how many there are."""
    if not failures.listed:
        console.print(_NOTHING.to(lang))
        return
    for alike in _alike(failures.listed):
        first = alike[0]
        style = "bold red" if first.severity is Severity.ERROR else "bold yellow"
        remedy = f"; {told(first.remedy)}" if first.remedy else ""
        what = f"{first.code}: {told(first.problem)}{remedy}"
        console.print(Text(_where(alike, lang), style))
        console.print(Padding(Text(printable(what)), (0, 0, 0, 2)))
    console.print()
    listed = len(failures.listed) - len(failures.warnings)
    some = "" if listed == failures.refused else f" ({_SHOWN.to(lang)} {count(listed, lang)})"
    console.print(
        f"{_REFUSED.to(lang)}: {count(failures.refused, lang)}{some}; "
        f"{_WARNINGS.to(lang)}: {count(len(failures.warnings), lang)}"
    )
    for (severity, code, of), number in failures.counts.items():
        if severity is Severity.ERROR:
            console.print(f"  {code}{f' ({of})' if of else ''}: {count(number, lang)}")


def _alike(listed: Sequence[Failure]) -> Iterator[list[Failure]]:
    """Yield the failures that say the same of one column, together, in the order of the first."""
    groups: dict[tuple[object, ...], list[Failure]] = {}
    for it in listed:
        place = (it.place.file, it.place.column) if isinstance(it.place, Cell) else (it.place, "")
        key = (it.severity, it.code, *place, it.problem, it.remedy)
        groups.setdefault(key, []).append(it)
    yield from groups.values()


def _where(alike: Sequence[Failure], lang: words.Lang) -> str:
    place = alike[0].place
    if not isinstance(place, Cell):
        return printable(place)
    # One line of an export may be read into two tables.
    lines = sorted({it.place.line for it in alike if isinstance(it.place, Cell)})
    named = ", ".join(count(line, lang) for line in lines[:_SOME])
    if len(lines) > _SOME:
        named = f"{named} {_MORE.to(lang).format(count(len(lines) - _SOME, lang))}"
    where = f"{place.file}, {_LINES[len(lines) > 1].to(lang)} {named}"
    return printable(f"{where}, {_COLUMN.to(lang)} {place.column}" if place.column else where)
