"""Reading a file of text in pieces: no more of it than it said that it holds, and no endless line."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from huurschuld.errors import Cell, InvalidValue

LONGEST_LINE: Final = 2**20
"""How many bytes a line may have. Longer ones are what a failing disk leaves behind: NULs to the end."""
_PIECE: Final = 2**20


def pieces(path: Path) -> Iterator[bytes]:
    """Read a file in pieces of about 1 MiB; none ends between the two bytes of a line break.

    Not to its end, but as many bytes as its size says: some files of the system, such as those of
    `/proc`, are of size 0, and whoever reads them waits.

    Raises:
        InvalidValue: it is not a file, or changes meanwhile; or at a line that is too long, before more
            than the next piece is read.
        OSError: it is not there, or cannot be read.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # not once it is open: opening a pipe would wait
        raise InvalidValue(path.name, "this is not a file", "name a file")
    with path.open("rb") as file:
        size = left = os.fstat(file.fileno()).st_size
        line, pending, held = 1, 0, b""
        while left and (more := file.read(min(_PIECE, left))):
            left -= len(more)
            piece, held = held + more, b""
            if left and piece.endswith(b"\r"):  # a line feed may follow it
                piece, held = piece[:-1], b"\r"
            breaks = [at for at in (piece.find(b"\n"), piece.find(b"\r")) if at >= 0]
            if pending + min(breaks, default=len(piece)) > LONGEST_LINE:
                raise InvalidValue(
                    Cell(path.name, line, ""),
                    "this line is far too long: over 1 MiB",
                    "correct the line, or restore the file",
                )
            last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
            pending = len(piece) - 1 - last if breaks else pending + len(piece)
            line += piece.count(b"\n") + piece.count(b"\r") - piece.count(b"\r\n")
            if piece:
                yield piece
        if left or os.fstat(file.fileno()).st_size != size:
            raise InvalidValue(
                path.name, "this file changed while it was read", "try again when nothing writes to it"
            )
