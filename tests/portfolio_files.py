"""Portfolios as files, for the tests: written once, copied, damaged, and screened."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huurschuld.hooks import Ledger
from huurschuld.plugins.portfolio import open_folder
from huurschuld.portfolio.columnar.opening import Library
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.policies import find_policy

POLICY = ["--policy", "katwijk-2021", "--as-of", "2026-10-20"]


def copied(folder: Path, to: Path) -> Path:
    """A copy of a folder, to be damaged."""
    return Path(shutil.copytree(folder, to))


def screened(
    folder: Path | Ledger, *, set_aside: bool = True, library: Library = Library.POLARS
) -> Worklist:
    """What comes of screening a folder, with bad rows set aside; nothing is decided again."""
    return screen_ledger(
        open_folder(folder=str(folder)) if isinstance(folder, Path) else folder,
        find_policy("katwijk-2021"),
        dt.date(2026, 10, 20),
        {},
        assume={},
        set_aside=set_aside,
        library=library,
        decided=0,
    )


def lines_of(path: Path) -> list[str]:
    """The lines of a file, each without its end."""
    return path.read_text(encoding="utf-8").splitlines()


def edited(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of a file, each without its end."""
    path.write_text("".join(f"{line}\n" for line in change(lines_of(path))), encoding="utf-8")


def replaced(path: Path, number: int, line: str) -> None:
    """Put another line in the place of the one of this number, counted from 1."""
    edited(path, lambda lines: [*lines[: number - 1], line, *lines[number:]])


def first_of(path: Path, tenancy: str) -> int:
    """The number of the first line that begins with a tenancy's name."""
    return next(n for n, line in enumerate(lines_of(path), 1) if line.startswith(f"{tenancy},"))


def by_tenancy(listing: Worklist) -> dict[str, dict[str, Any]]:
    """The rows of a worklist, by tenancy."""
    return {row["tenancy"]: row for row in listing.rows}


def check(found: Worklist, right: Worklist, rows: int) -> None:
    """The counts add up, and who is screened is decided as ever."""
    assert found.quarantine is not None
    assert found.screened + found.quarantine.tenancies == rows
    kept = {name: row for name, row in by_tenancy(right).items() if name not in found.quarantine.names}
    assert by_tenancy(found) == kept
