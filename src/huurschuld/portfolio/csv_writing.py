"""Writing CSV that people open in a spreadsheet, so that no text in it runs there as a formula.

A spreadsheet runs a cell that begins with `= + - @`, quoted or not. An apostrophe in front makes it a
text. It is also put after a comma, semicolon, tab or line break inside a cell, where a spreadsheet that
expects another separator starts a cell. Where apostrophes already precede such a character there will be
one more, so reading takes off exactly what was put in front, and nothing from a name such as `'t Hof`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

# Blanks in front may be skipped, and so may quotes, which are doubled here. Blanks after which a cell
# starts are left out: what is matched has no room for another apostrophe, so reading finds it again.
_BLANKS: Final = r"(?:[^\S\t\r\n]|\")*"
_RUNS: Final = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_BEFORE_IT: Final = rf"'*{_BLANKS}[{_RUNS}"
_PLACES: Final = (rf"^{{}}(?={_BEFORE_IT}\t\r\n\0])", rf"(?<=[,;\t\r\n]){{}}(?={_BEFORE_IT}])")
_EXPOSED: Final = re.compile("|".join(it.format("") for it in _PLACES))
_PROTECTED: Final = re.compile("|".join(it.format("'") for it in _PLACES))


def protected(text: str) -> str:
    """A text as it is written: with an apostrophe before whatever a spreadsheet would run."""
    return _EXPOSED.sub("'", text)


def unprotected(text: str) -> str:
    """The text that was written, from a cell that is read."""
    return _PROTECTED.sub("", text)


def csv_text(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write rows as CSV; texts are `protected`, numbers are not texts, and None is an empty cell."""
    return "".join(_line(cells) for cells in (heading, *rows))


def csv_cell(value: object) -> object:
    """A value as CSV has it: `true` and `false` in small letters."""
    return str(value).lower() if isinstance(value, bool) else value


def _line(cells: Iterable[object]) -> str:
    # Both line ends, as an older Python quotes only those that it writes.
    written = io.StringIO()
    row = [protected(it) if isinstance(it, str) else csv_cell(it) for it in cells]
    csv.writer(written, lineterminator="\r\n").writerow(row)
    return written.getvalue().removesuffix("\r\n") + "\n"
