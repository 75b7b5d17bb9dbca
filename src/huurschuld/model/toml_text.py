"""TOML files, read strictly: what its parser would break on, or take for ever over, is refused first."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from huurschuld.errors import InvalidValue

_LARGEST: Final = 2**20
_DEEPEST: Final = 50
_LONGEST_WORD: Final = 100
_LONGEST_REASON: Final = 200
_REMEDY: Final = "correct the file and try again"

# Every alternative matches once it has begun, closed or not, so that no character is looked at twice.
_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\\?\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\[^\n]|[^"\\\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+"
    r"|[\w+-]++"
    r"|[\[\]{}.,=\n]",
    re.DOTALL,
)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file in UTF-8, with or without byte order mark.

    Raises:
        InvalidValue: it is larger than 1 MiB or is not well-formed; or it nests more than 50 tables and
            lists in each other, or has a number or an unquoted name of more than 100 characters. The
            place is the file; the problem names the line where it is known, and no value.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InvalidValue(path.name, "this file is larger than 1 MiB", "see that it is the right file")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        where = _excess(text)
        if not where:
            return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = str(error)
        where = where if len(where) <= _LONGEST_REASON else where[where.rfind("(at ") :]
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        where = f"it is not UTF-8 (at line {line})"
    raise InvalidValue(path.name, f"this is not well-formed TOML: {where}", _REMEDY)


def _excess(text: str) -> str:
    """Say what is too deep or too long for the parser, and where; empty if nothing is.

    The parser is recursive, takes the square of the length of a dotted name in time, and Python refuses
    to read numbers of thousands of digits, each with an error of its own.
    """
    around: list[int] = []  # how deep it was before each bracket that is open
    depth, why = 0, ""
    for found in _TOKEN.finditer(text):
        piece = found[0]
        if piece in {"[", "{"}:
            around.append(depth)
            depth += 1
        elif piece in {"]", "}"}:
            depth = around.pop() if around else 0
        elif piece == ".":
            depth += 1
        elif piece in {"\n", ","}:
            depth = around[-1] + 1 if around else 0
        elif len(piece) > _LONGEST_WORD and piece[0] not in "\"'#":
            why = f"a number or a name has more than {_LONGEST_WORD} characters"
        if depth > _DEEPEST:
            why = f"more than {_DEEPEST} tables and lists are in each other"
        if why:
            line = text.count("\n", 0, found.start()) + 1
            return f"{why} (at line {line})"
    return ""
