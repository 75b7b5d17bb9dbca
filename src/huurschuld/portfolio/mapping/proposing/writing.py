"""A proposed mapping as commented TOML, with what is asked about it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import Factory, define, frozen

from huurschuld.portfolio.mapping.document import OPEN

Plain = str | int | bool | list[str] | list[str | int]
Value = Plain | Mapping[str, Plain]

CHECK: Final = "check this"
"""Marks what is filled in and may be otherwise: it is told as well."""

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH: Final = 98


@frozen
class Question:
    """What a person still has to fill in.

    Attributes:
        key: where in the mapping, as its keys.
        text: what is asked, and why it is not certain; nothing in it is of a person.
    """

    key: str
    text: str


@define
class Section:
    """One table of TOML: its name, its keys with comments, and the tables in it."""

    name: str
    is_item: bool = False
    lines: list[str] = Factory(list)
    inner: list[Section] = Factory(list)
    questions: list[Question] = Factory(list)
    values: dict[str, Value] = Factory(dict)
    remarks: list[str] = Factory(list)

    def note(self, text: str) -> None:
        """Add a comment."""
        shown = "".join(it if it.isprintable() else " " for it in text)
        self.lines += [f"# {it}" for it in textwrap.wrap(shown, _WIDTH)]

    def remark(self, text: str) -> None:
        """Add a comment that is told as well."""
        self.note(text)
        self.remarks.append(f"{self.name}: {text}")

    def set(self, key: str, value: Value, note: str = "") -> None:
        """Add a key, with a comment behind it."""
        self.values[key] = value
        if CHECK in note:
            self.remarks.append(f"{self.name}.{key} = {_value(value)}: {note}")
        written = f"{_key(key)} = {_value(value)}"
        self.lines.append(f"{written}   # {note}" if note else written)

    def ask(self, key: str, text: str) -> None:
        """Add a key whose value has to be filled in."""
        self.note(f"? {text}")
        self.lines.append(f'{_key(key)} = "{OPEN}"')
        self.questions.append(Question(f"{self.name}.{key}", text))

    def sub(self, name: str) -> Section:
        """Add a table in this one."""
        made = Section(f"{self.name}.{_key(name)}")
        self.inner.append(made)
        return made

    def all_questions(self) -> list[Question]:
        """The questions of this table and those in it, in order."""
        return [*self.questions, *(it for inner in self.inner for it in inner.all_questions())]

    def all_remarks(self) -> list[str]:
        """What is told of this table and of those in it."""
        return [*self.remarks, *(it for inner in self.inner for it in inner.all_remarks())]

    def text(self) -> str:
        """The table as TOML."""
        heading = f"[[{self.name}]]" if self.is_item else f"[{self.name}]"
        return "\n".join(
            [heading, *self.lines, *(it.text() for it in self.inner if it.lines or it.inner)]
        )


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return _text(value)
        case Mapping():
            return "{ " + ", ".join(f"{_key(name)} = {_value(it)}" for name, it in value.items()) + " }"
        case _:
            return f"[{', '.join(map(_value, value))}]"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def listed(words: Sequence[str], last: str = "or") -> str:
    """Words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
