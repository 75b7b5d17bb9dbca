"""`map`: propose how exports are read, and show what would be refused by what was confirmed."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from huurschuld.cli.terminal import printable, write
from huurschuld.errors import Cell, InputError, InvalidValue
from huurschuld.model.files import check_outputs, write_text
from huurschuld.portfolio.mapping.checking import Check, check_mapping
from huurschuld.portfolio.mapping.document import open_questions
from huurschuld.portfolio.mapping.tables import mapping_beside

if TYPE_CHECKING:
    from huurschuld.portfolio.mapping.proposing.proposal import Proposal

_SHOWN: Final = 10
_WIDEST: Final = 100


def map_exports(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder of exports, or one spreadsheet.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            metavar="FILE.toml",
            help="Where the mapping is kept; by default mapping.toml in the folder.",
        ),
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Propose it once more, in place of the one that is there.")
    ] = False,
) -> None:
    """Propose how exports are read; once that is confirmed, show what would be refused."""
    if not folder.exists():
        raise InvalidValue(str(folder), "there is no such folder", "name the folder of the exports")
    file = mapping_beside(folder) if mapping is None else mapping
    if anew or not file.is_file():
        from huurschuld.portfolio.mapping.proposing.proposal import (  # noqa: PLC0415 - only then
            propose_mapping,
        )

        check_outputs({"--mapping": file}, [])
        proposal = propose_mapping(folder)
        write_text(file, proposal.text)
        _show_proposal(proposal, file)
        if proposal.questions:
            raise typer.Exit(1)
    elif questions := open_questions(file):
        _say(f"{file} has open questions: {len(questions)}. The comment above each says what is asked.")
        _show_questions((it, "") for it in questions)
        _say('Fill in each "?", and run this once more.')
        raise typer.Exit(1)
    _show_check(check_mapping(folder, file), folder, file)


def _show_proposal(proposal: Proposal, file: Path) -> None:
    for it in proposal.files:
        what = f"{' and '.join(it.tables)}, rows: {it.rows}" if it.tables else f"not read: {it.reason}"
        _say(f"{it.name}: {what}")
    write("\n")
    _say(f"The mapping is written to {file}. Read it through; a # explains a line.")
    for note in proposal.notes:
        _say(note, "- ")
    if proposal.questions:
        write("\n")
        _say(f"Open questions: {len(proposal.questions)}. Nothing is read before they are answered.")
        _show_questions((it.key, it.text) for it in proposal.questions)
        _say(f'Fill in each "?" in {file}, and run this once more: it then shows what would be refused.')


def _show_questions(questions: Iterable[tuple[str, str]]) -> None:
    for number, (key, text) in enumerate(questions, 1):
        _say(f"{key}{': ' if text else ''}{text}", f"{number}. ")


def _say(text: str, mark: str = "") -> None:
    """Write a text in lines of the width of the terminal, the first one after a mark."""
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    lines = textwrap.wrap(
        printable(text), width - len(mark), break_on_hyphens=False, break_long_words=False
    )
    write("".join(f"{' ' * len(mark) if number else mark}{line}\n" for number, line in enumerate(lines)))


def _show_check(check: Check, folder: Path, file: Path) -> None:
    write("\n")
    for table, counted in check.rows.items():
        kinds = "".join(f"   {name} {count}" for name, count in counted.kinds.items())
        write(f"{table}: {counted.read} read{kinds}\n")
    if check.mean_rent_cents is not None:
        write(f"average rent: € {check.mean_rent_cents / 100:,.2f}\n")
    if not check.errors:
        write(
            f"\nNothing would be refused. Screen it: huurschuld screen {folder} --policy … --as-of …\n"
        )
        return
    grouped: dict[tuple[str, str, str], list[InputError]] = {}
    for error in check.errors:
        place = error.place
        where = f"{place.file}, column {place.column}" if isinstance(place, Cell) else str(place)
        grouped.setdefault((where, error.problem, error.remedy), []).append(error)
    write(f"\nWould be refused: {len(check.errors)}\n")
    for (_, _, _), its in list(grouped.items())[:_SHOWN]:
        more = f" (and {len(its) - 1} more like it)" if len(its) > 1 else ""
        _say(f"{its[0]}{more}", "- ")
    if len(grouped) > _SHOWN:
        write(f"and {len(grouped) - _SHOWN} other kinds\n")
    _say(f"Correct the files, or {file}; then run this once more.")
    raise typer.Exit(1)
