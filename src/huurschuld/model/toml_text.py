"""TOML files, read strictly: what its parser would break on, or take for ever over, is refused first."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from huurschuld.errors import InvalidValue, Spot
from huurschuld.model.toml_slips import PLAIN_TEXT, other_sort, slip_of

_LARGEST: Final = 2**20
_DEEPEST: Final = 50
_LONGEST_WORD: Final = 100
_LONGEST_REASON: Final = 200
_REMEDY: Final = "correct the file and try again"
_AT: Final = re.compile(r"\(at line (\d+)(?:, column (\d+))?\)")

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
    return parse_toml(toml_text(path), path.name)


def toml_text(path: Path) -> str:
    """Read the text of a TOML file, with plain line breaks.

    Raises:
        InvalidValue: it is a folder, larger than 1 MiB, or no plain text in UTF-8.
        OSError: it cannot be read.
    """
    if path.is_dir():
        raise InvalidValue(path.name, "this is a folder", "name the file in it that is meant")
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InvalidValue(path.name, "this file is larger than 1 MiB", "see that it is the right file")
    sort = other_sort(data)
    if sort is not None:
        raise InvalidValue(path.name, f"this is not well-formed TOML: {sort}", PLAIN_TEXT)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
    refusal = InvalidValue(
        path.name,
        "this is not well-formed TOML: it is not UTF-8",
        "save it again in UTF-8: an editor offers this as encoding, beside Windows-1252 or ANSI",
    )
    refusal.spot = Spot(line, column)
    raise refusal


def parse_toml(text: str, name: str, *, quoted: bool = False) -> dict[str, Any]:
    """Read TOML from its text.

    Args:
        text: the text, with plain line breaks.
        name: the name of the file, for an error.
        quoted: whether an error may quote the line that is wrong: it holds no secret.

    Raises:
        InvalidValue: as `read_toml`.
    """
    excess = _excess(text)
    if excess:
        raise InvalidValue(name, f"this is not well-formed TOML: {excess}", _REMEDY)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        refusal = _not_well_formed(text, name, str(error), quoted=quoted)
    raise refusal


def _not_well_formed(text: str, name: str, where: str, *, quoted: bool) -> InvalidValue:
    """Return the error for what the parser said: where, what is wrong, and what to write instead."""
    found = _AT.search(where)
    line, column = (int(found[1]), int(found[2] or 1)) if found is not None else (0, 0)
    begin = 0
    for _ in range(line - 1):
        begin = text.index("\n", begin) + 1
    at = min(begin + column - 1, len(text)) if found is not None else len(text.rstrip())
    slip = slip_of(text, at, where)
    if len(where) > _LONGEST_REASON:
        where = where[where.rfind("(at ") :]
    if slip is None:
        return InvalidValue(name, f"this is not well-formed TOML: {where}", _REMEDY)
    if not quoted:
        return InvalidValue(name, f"this is not well-formed TOML: {where}", slip.general)
    remedy = slip.remedy if len(slip.remedy) <= _LONGEST_REASON else slip.general
    refusal = InvalidValue(name, f"this is not well-formed TOML: {slip.problem}", remedy)
    refusal.spot = Spot.of(text, at)
    return refusal


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
