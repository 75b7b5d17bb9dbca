"""`map`: propose how exports are read, and show what would be refused by what was confirmed."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from huurschuld.cli.checking import show_failures
from huurschuld.cli.language import Lang, LangOption, told
from huurschuld.cli.terminal import console, printable, write
from huurschuld.decisions.words import euros
from huurschuld.errors import InvalidValue
from huurschuld.model.files import check_outputs, write_text
from huurschuld.portfolio.mapping.checking import MappingCheck, check_mapping
from huurschuld.portfolio.mapping.document import open_questions
from huurschuld.portfolio.mapping.tables import mapping_beside

if TYPE_CHECKING:
    from huurschuld.portfolio.mapping.proposing.proposal import Proposal

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
    lang: LangOption = Lang.EN,
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
        proposal = propose_mapping(folder, told)
        write_text(file, proposal.text)
        _show_proposal(proposal, file)
        if proposal.questions:
            raise typer.Exit(1)
    elif questions := open_questions(file):
        _show(f"{file} has open questions: {len(questions)}. The comment above each says what is asked.")
        for number, key in enumerate(questions, 1):
            _show(key, f"{number}. ")
        _show('Fill in each "?", and run this once more.')
        raise typer.Exit(1)
    _show_check(check_mapping(folder, file), folder, file, lang)


def _show_proposal(proposal: Proposal, file: Path) -> None:
    for it in proposal.files:
        if it.tables:
            _show(f"{it.name}: {', '.join(it.tables)}; rows: {it.rows}")
        else:
            _show(f"{it.name} is not read: {it.reason}")
    write("\n")
    _show(f"The mapping is written to {file}. Read it through; a # explains a line.")
    for check in proposal.checks:
        _show(f"{check.key}: {told(check.text)}", "- ")
    for note in proposal.notes:
        _show(note, "- ")
    if proposal.questions:
        write("\n")
        _show(f"Open questions: {len(proposal.questions)}. Nothing is read before they are answered.")
        for number, asked in enumerate(proposal.questions, 1):
            _show(f"{asked.key}: {told(asked.text)}", f"{number}. ")
        _show(
            f'Fill in each "?" in {file}, and run this once more: it then shows what would be refused.'
        )


def _show(text: str, mark: str = "") -> None:
    """Show a text in lines of the width of the terminal, the first one after a mark."""
    room = min(shutil.get_terminal_size().columns, _WIDEST) - len(mark)
    lines = textwrap.wrap(printable(told(text)), room, break_on_hyphens=False, break_long_words=False)
    write("".join(f"{' ' * len(mark) if number else mark}{line}\n" for number, line in enumerate(lines)))


def _show_check(check: MappingCheck, folder: Path, file: Path, lang: Lang) -> None:
    write("\n")
    for table, counted in check.rows.items():
        kinds = ", ".join(f"{name} {count}" for name, count in counted.kinds.items())
        _show(f"{table}: rows read: {counted.read}{f' ({kinds})' if kinds else ''}")
    if check.mean_rent_cents is not None:
        _show(f"the average rent: {euros(check.mean_rent_cents, 'en')}")
    write("\n")
    show_failures(console(), check.failures, lang.value)
    if check.failures.refused:
        _show(f"Correct the files, or {file}; then run this once more.")
        raise typer.Exit(1)
    _show(f"Screen it: huurschuld screen {folder} --policy … --as-of …")
