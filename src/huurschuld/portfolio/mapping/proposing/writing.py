"""A proposed mapping as commented TOML, with what is asked about it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import Factory, define, frozen

from huurschuld.portfolio.mapping.document import OPEN

Plain = str | int | bool | list[str] | list[str | int]
Value = Plain | Mapping[str, Plain]

Tell = Callable[[str], str]
"""Gives a text in the language of who reads it."""

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH: Final = 98


@frozen
class Question:
    """What a person still has to fill in, or is to look at.

    Attributes:
        key: where in the mapping, as its keys.
        text: what is asked, and why it is not certain; nothing in it is of a person.
    """

    key: str
    text: str


@frozen
class _Line:
    """A line of TOML, or none of its own, with a comment behind it or by itself."""

    written: str
    comment: str = ""
    mark: str = ""

    def text(self, tell: Tell) -> str:
        comment = (
            "".join(it if it.isprintable() else " " for it in tell(self.comment)) if self.comment else ""
        )
        if self.written:
            return f"{self.written}   # {comment}" if comment else self.written
        return "\n".join(f"# {it}" for it in textwrap.wrap(self.mark + comment, _WIDTH))


@define
class Section:
    """One table of TOML: its name, its keys with comments, and the tables in it."""

    name: str
    is_item: bool = False
    lines: list[_Line] = Factory(list)
    inner: list[Section] = Factory(list)
    questions: list[Question] = Factory(list)
    values: dict[str, Value] = Factory(dict)
    remarks: list[Question] = Factory(list)

    def note(self, text: str) -> None:
        """Add a comment."""
        self.lines.append(_Line("", text))

    def remark(self, text: str) -> None:
        """Add a comment that is told as well."""
        self.note(text)
        self.remarks.append(Question(self.name, text))

    def set(self, key: str, value: Value, note: str = "", *, check: bool = False) -> None:
        """Add a key, with a comment behind it; what is to be checked is told as well."""
        if key in self.values:
            self.lines = [it for it in self.lines if not it.written.startswith(f"{_key(key)} = ")]
        self.values[key] = value
        if check:
            self.remarks.append(Question(f"{self.name}.{key} = {_value(value)}", note))
        self.lines.append(_Line(f"{_key(key)} = {_value(value)}", note))

    def ask(self, key: str, text: str) -> None:
        """Add a key whose value has to be filled in."""
        self.lines += [_Line("", text, "? "), _Line(f'{_key(key)} = "{OPEN}"')]
        self.questions.append(Question(f"{self.name}.{key}", text))

    def sub(self, name: str) -> Section:
        """Add a table in this one."""
        made = Section(f"{self.name}.{_key(name)}")
        self.inner.append(made)
        return made

    def all_questions(self) -> list[Question]:
        """The questions of this table and those in it, in order."""
        return [*self.questions, *(it for inner in self.inner for it in inner.all_questions())]

    def all_remarks(self) -> list[Question]:
        """What is told of this table and of those in it."""
        return [*self.remarks, *(it for inner in self.inner for it in inner.all_remarks())]

    def text(self, tell: Tell) -> str:
        """The table as TOML, with its comments in the language of `tell`."""
        heading = f"[[{self.name}]]" if self.is_item else f"[{self.name}]"
        own = [it.text(tell) for it in self.lines]
        inner = [it.text(tell) for it in self.inner if it.lines or it.inner]
        return "\n".join([*([heading] if self.name else []), *own, *inner])


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
        case Mapping() if not value:
            return "{}"
        case Mapping():
            return "{ " + ", ".join(f"{_key(name)} = {_value(it)}" for name, it in value.items()) + " }"
        case _:
            return f"[{', '.join(map(_value, value))}]"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def listed(words: Sequence[str], last: str = "or") -> str:
    """Words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
