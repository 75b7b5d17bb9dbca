"""Where in a TOML file each value stands, which its parser does not tell: the line and the column."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from huurschuld.errors import Spot, pointer

_STRING: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"(?!"")){0,2}+'
    r"|'''.*?'''(?:'(?!'')){0,2}+"
    r'|"(?:\\[^\n]|[^"\\\n])*+"'
    r"|'[^'\n]*+'",
    re.DOTALL,
)
_BARE_KEY: Final = re.compile(r"[^\s.=\[\]\"'#]++")
_SKIPPED: Final = re.compile(r"(?:[ \t\n]++|\#[^\n]*+)*+")
_SPACES: Final = re.compile(r"[ \t]*+")
_BARE_VALUE: Final = re.compile(r"[^,\]}\n#]++")
_ESCAPE: Final = re.compile(r"\\(?:[ \t]*\n\s*+|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)

Path = tuple[str, ...]


@frozen
class _Stands:
    """Where the name of a value begins, and the value itself; the text of the value."""

    name: int
    value: int
    written: str


class TomlPlaces:
    """The places of all values of a TOML text that its parser has read."""

    def __init__(self, text: str) -> None:
        """Look through a text.

        Args:
            text: a well-formed one, with plain line breaks.
        """
        self._text = text
        self._found: dict[Path, _Stands] = {}
        _Scan(text, self._found).run()

    def spot(self, pointer: str, character: int | None = None, *, of_name: bool = False) -> Spot | None:
        """Return where a value stands; that of what it would be in, where there is no such value.

        Args:
            pointer: the JSON pointer of the value.
            character: the number of a character in it, from 0, if it is a text; None: its beginning.
            of_name: whether its name is meant.
        """
        path = _path(pointer)
        stands = self._found.get(path)
        while stands is None:
            if not path:
                return None
            path, character = path[:-1], None
            stands = self._found.get(path)
        at = stands.name if of_name else stands.value
        if character is not None:
            at += _in_written(stands.written, character)
        return Spot.of(self._text, at)

    def has(self, pointer: str) -> bool:
        """Whether there is such a value."""
        return _path(pointer) in self._found

    def written_at(self, pointer: str) -> str:
        """Return a value as it is written; empty if there is none, or it is a table under a heading."""
        stands = self._found.get(_path(pointer))
        return "" if stands is None else stands.written

    def texts(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield the JSON pointer of every text with this name, and the text."""
        for path, stands in self._found.items():
            if path[-1] == name and stands.written[:1] in ('"', "'"):
                yield pointer(*path), str(tomllib.loads(f"x = {stands.written}")["x"])

    def quote(self, pointer: str) -> str:
        """Return the quotation mark around a text; empty if it is none."""
        first = self.written_at(pointer)[:1]
        return first if first in ('"', "'") else ""

    def written(self) -> dict[Path, str]:
        """Return each value as it is written, by its path; headings of tables too."""
        return {path: stands.written for path, stands in self._found.items()}


def _path(pointer: str) -> Path:
    parts = pointer.split("/")[1:]
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def _in_written(written: str, character: int) -> int:
    """Return how far into a text, as it is written, one of its characters stands."""
    quote = written[:1]
    if quote not in ('"', "'"):
        return 0
    is_long = written.startswith(quote * 3)
    at = 3 if is_long else 1
    if is_long and written.startswith("\n", at):
        at += 1
    for _ in range(character):
        at = _after(written, at) if quote == '"' else at + 1
    while quote == '"' and (escape := _ESCAPE.match(written, at)) and "\n" in escape[0]:
        at = escape.end()
    return min(at, len(written) - (3 if is_long else 1))


def _after(written: str, at: int) -> int:
    """Return the position behind the character at a position; a line that goes on is none."""
    while (escape := _ESCAPE.match(written, at)) is not None:
        at = escape.end()
        if "\n" not in escape[0]:
            return at
    return at + 1


class _Scan:
    """Reads a well-formed text from its beginning to its end."""

    def __init__(self, text: str, found: dict[Path, _Stands]) -> None:
        self._text = text
        self._found = found
        self._at = 0
        self._tables: dict[Path, int] = {}  # how many tables each list has so far

    def run(self) -> None:
        table: Path = ()
        self._skip_lines()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._heading()
            else:
                self._pair(table)
            self._skip_lines()

    def _skip_lines(self) -> None:
        """Go on behind spaces, line breaks and comments."""
        match = _SKIPPED.match(self._text, self._at)
        self._at = match.end() if match is not None else self._at

    def _skip_spaces(self) -> None:
        match = _SPACES.match(self._text, self._at)
        self._at = match.end() if match is not None else self._at

    def _heading(self) -> Path:
        begin = self._at
        is_list = self._text.startswith("[[", begin)
        self._at += 1 + is_list
        *outer, last = self._key()
        table: Path = ()
        for part in outer:
            table += (part,)
            self._note(table, begin, begin, "")
            if table in self._tables:
                table += (str(self._tables[table] - 1),)
        table += (last,)
        self._at += 1 + is_list
        if is_list:
            self._note(table, begin, begin, "")
            number = self._tables.get(table, 0)
            self._tables[table] = number + 1
            table += (str(number),)
        self._found[table] = _Stands(begin, begin, "")
        return table

    def _note(self, path: Path, name: int, value: int, written: str) -> None:
        self._found.setdefault(path, _Stands(name, value, written))

    def _key(self) -> list[str]:
        """Read a name, which may have several parts."""
        parts = []
        while True:
            self._skip_spaces()
            text = _STRING.match(self._text, self._at)
            bare = _BARE_KEY.match(self._text, self._at)
            if text is not None:
                parts.append(str(tomllib.loads(f"x = {text[0]}")["x"]))
                self._at = text.end()
            elif bare is not None:
                parts.append(bare[0])
                self._at = bare.end()
            self._skip_spaces()
            if not self._text.startswith(".", self._at):
                return parts
            self._at += 1

    def _pair(self, table: Path) -> None:
        begin = self._at
        *outer, last = self._key()
        self._at += 1  # the sign =
        self._skip_spaces()
        for part in outer:
            table += (part,)
            self._note(table, begin, begin, "")
        self._value((*table, last), begin)

    def _value(self, path: Path, name: int) -> None:
        begin, first = self._at, self._text[self._at]
        if first == "[":
            self._items(path)
        elif first == "{":
            self._members(path)
        else:
            match = _STRING.match(self._text, begin) or _BARE_VALUE.match(self._text, begin)
            self._at = begin + len(match[0].rstrip(" \t")) if match is not None else begin + 1
        self._found[path] = _Stands(name, begin, self._text[begin : self._at])

    def _items(self, path: Path) -> None:
        self._at += 1
        self._skip_lines()
        number = 0
        while not self._text.startswith("]", self._at):
            self._value((*path, str(number)), self._at)
            number += 1
            self._comma()
        self._at += 1

    def _members(self, path: Path) -> None:
        self._at += 1
        self._skip_lines()
        while not self._text.startswith("}", self._at):
            self._pair(path)
            self._comma()
        self._at += 1

    def _comma(self) -> None:
        self._skip_lines()
        if self._text.startswith(",", self._at):
            self._at += 1
            self._skip_lines()
