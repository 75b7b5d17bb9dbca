"""Rows laid out in the width of a terminal: one line a row, and whatever is cut ends in `…`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen
from rich.cells import cell_len, get_character_cell_size, set_cell_size
from rich.text import Text

_GAP: Final = 2
_LEAST_LAST: Final = 20
"""With less room than this for the last column, other columns make way for it."""
_MARK: Final = "…"


@frozen
class Column:
    """A column of a list.

    Attributes:
        heading: its heading.
        cells: one for each row.
        right: whether it is aligned on the right, as numbers are.
        gives_way: in which turn it makes way for the last column, from 1; 0 if it never does.
    """

    heading: str
    cells: Sequence[Text]
    right: bool = False
    gives_way: int = 0

    def width(self) -> int:
        """The width that shows every cell whole."""
        return max(cell_len(self.heading), *(it.cell_len for it in self.cells), 0)


@frozen
class Layout:
    """How the columns of a list fit in a width.

    Attributes:
        heading: the line above the rows.
        rows: for each row its line, or its two lines where the width is small.
        left_out: the headings of the columns for which there is no room.
    """

    heading: Text
    rows: Sequence[Sequence[Text]]
    left_out: Sequence[str]


def laid_out(columns: Sequence[Column], last: Column, width: int) -> Layout:
    """Lay out some columns and a last one, which takes what room there is.

    If that is too little, other columns make way, in their turn; if that does not help, the last column
    goes on a line of its own below each row.
    """
    turns = sorted({it.gives_way for it in columns if it.gives_way})
    for gone in [0, *turns]:
        kept = [it for it in columns if not 0 < it.gives_way <= gone]
        room = width - _taken(kept)
        if room >= min(_LEAST_LAST, last.width()):
            break
    else:
        return _in_two_lines(columns, last, width)
    return Layout(
        _cut(_line([*kept, last], None), width),
        [[_cut(_line([*kept, last], row), width)] for row in range(len(last.cells))],
        [it.heading for it in columns if it not in kept],
    )


def _in_two_lines(columns: Sequence[Column], last: Column, width: int) -> Layout:
    kept = [it for it in columns if not it.gives_way]
    for column in sorted(columns, key=lambda it: -it.gives_way):
        if column.gives_way and _taken([*kept, column]) - _GAP <= width:
            kept = [it for it in columns if it in kept or it is column]
    below = [Text(" " * _GAP).append_text(it) for it in last.cells]
    return Layout(
        _cut(_line(kept, None), width),
        [[_cut(_line(kept, row), width), _cut(it, width)] for row, it in enumerate(below)],
        [it.heading for it in columns if it not in kept],
    )


def _taken(columns: Sequence[Column]) -> int:
    return sum(it.width() + _GAP for it in columns)


def _line(columns: Sequence[Column], row: int | None) -> Text:
    """One line: the headings, or a row."""
    line = Text()
    for column in columns:
        cell = Text(column.heading, "bold") if row is None else column.cells[row].copy()
        cell.align("right" if column.right else "left", column.width())
        line.append_text(cell).append(" " * _GAP)
    line.rstrip()
    return line


def _cut(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    return line


def shortened(text: str, most: int) -> str:
    """A text in at most so many cells: its beginning and its end, with `…` between them.

    What tells ids apart is often at the end, and in a UUID anywhere.
    """
    if cell_len(text) <= most:
        return text
    tail, left = "", (most - 1) // 2
    for character in reversed(text):
        left -= get_character_cell_size(character)
        if left < 0:
            break
        tail = character + tail
    head = set_cell_size(text, most - cell_len(_MARK) - cell_len(tail)).rstrip()
    return f"{head}{_MARK}{tail}"


def lines_of(layout: Layout) -> Iterator[Text]:
    """All lines, the heading first."""
    yield layout.heading
    for row in layout.rows:
        yield from row
