"""What `screen` writes to each of its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from huurschuld.cli.handover import handover_html
from huurschuld.cli.spreadsheet import is_spreadsheet, worklist_xlsx
from huurschuld.decisions.receipt_files import dump_receipts
from huurschuld.decisions.words import Lang
from huurschuld.portfolio.results import quarantine_csv, worklist_as
from huurschuld.portfolio.worklist import Worklist


def files_of(
    found: Worklist, outputs: Mapping[str, Path], undecided: Path | None, lang: Lang
) -> dict[Path, bytes]:
    """What is written to each file that was asked for, by the option that names it."""

    def written(option: str, path: Path) -> bytes:
        match option:
            case "--output" if is_spreadsheet(path):
                return worklist_xlsx(found, lang)
            case "--output":
                return worklist_as(path, found)
            case "--handover":
                return handover_html(found, lang).encode("utf-8")
            case "--quarantine":
                errors = () if found.quarantine is None else found.quarantine.errors
                return quarantine_csv(errors).encode("utf-8")
        return dump_receipts(it.receipt for it in found.decisions).encode("utf-8")

    files = {path: written(option, path) for option, path in outputs.items()}
    if undecided is not None:
        for number, differing in enumerate(found.undecided, 1):
            files[undecided / f"undecided-{number}.json"] = (differing.case or "").encode("utf-8")
    return files
