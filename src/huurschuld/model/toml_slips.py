"""What somebody wrote who meant TOML, and what to write where its parser only says what it expected.

Nothing is guessed: what was meant is a remedy, never a reading. A remedy quotes the line only where it
may be shown: a line of a configuration may hold a secret.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from huurschuld.model.quotation_marks import CURLY, STRAIGHT
from huurschuld.model.toml_value_slips import Line, TomlSlip, general, slip_of_value

_SIGN: Final = re.compile(r"\s*+([\w.\"'-]++)\s*+(:=|==|=:|=>|:)\s*+(.*+)")
_WITH_SPACE: Final = re.compile(r"\s*+([\w-]++)[ \t]++([\w-]++)[ \t]*+=")
_WITHOUT_SIGN: Final = re.compile(r"\s*+([\w.-]++)[ \t]++([\"'\[{0-9].*+)")
_NAME: Final = re.compile(r"\s*+([\w.-]++)\s*+(=?)")
_HEADING: Final = re.compile(r"\s*+(\[++)\s*+([\w.\"-]*+)\s*+(\]*+)")
_HEADING_ABOVE: Final = re.compile(r"^[ \t]*+\[++[^\n]*+", re.MULTILINE)
_WHOLE_TEXT: Final = re.compile(r'"[^"]*+"|\'[^\']*+\'')
_BRACKET: Final = re.compile(r"\"[^\"\n]*+\"?|'[^'\n]*+'?|#[^\n]*+|[\[\]]")
_COMMENTS: Final = ("//", "/*", "--", ";", "%")
_KINDS: Final = {"{": "JSON", "<": "HTML or XML", "---": "YAML", "%YAML": "YAML"}
_GIVEN_BEFORE: Final = ("twice", "overwrite", "mutate")


def slip_of(text: str, at: int, reason: str) -> TomlSlip | None:
    """Find what is wrong where the parser gave up.

    Args:
        text: the whole text.
        at: the position at which it gave up.
        reason: what it said.
    """
    for beginning, kind in _KINDS.items():
        if text.lstrip().startswith(beginning):
            return general(f"this is {kind}, not TOML", 'write it as TOML: name = "value", one a line')
    if "array" in reason and "Unclosed" in reason:
        problem = f"the list that begins in line {_line_of_list(text[:at])} is not closed"
        return general(problem, "write ] behind its last item")
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    headings = _HEADING_ABOVE.findall(text[:begin])
    line = Line(
        text[begin : end if end >= 0 else len(text)],
        at - begin,
        reason,
        headings[-1] if headings else "",
    )
    for look in (_strange_characters, _of_heading, _of_name, slip_of_value, _of_end):
        slip = look(line)
        if slip is not None:
            return slip
    return None


def _line_of_list(text: str) -> int:
    """Return the line in which the last list begins that is not closed."""
    opened: list[int] = []
    for found in _BRACKET.finditer(text):
        if found[0] == "[":
            opened.append(found.start())
        elif found[0] == "]" and opened:
            opened.pop()
    return text.count("\n", 0, opened[0] if opened else 0) + 1


def _strange_characters(line: Line) -> TomlSlip | None:
    """Find spaces that are none, and quotation marks of a word processor."""
    outside = _WHOLE_TEXT.sub(lambda found: "x" * len(found[0]), line.text)
    for found in outside[: line.at + 1]:
        if found in CURLY:
            return TomlSlip(
                f"the quotation mark {found} is one of a word processor",
                f"write {line.text.strip().translate(STRAIGHT)}",
                "write straight quotation marks",
            )
        is_space = found.isspace() and found not in " \t\r"
        if is_space or (found != "\t" and unicodedata.category(found) in ("Cf", "Cc")):
            name = unicodedata.name(found, f"U+{ord(found):04X}").lower()
            remedy = "write an ordinary space in its place" if is_space else "remove it"
            return general(f"an invisible character ({name}) stands here", remedy)
    return None


def _of_heading(line: Line) -> TomlSlip | None:
    """Find a heading with too few brackets, or one that stands twice."""
    heading = _HEADING.match(line.text)
    if heading is None:
        return None
    opening, name, closing = heading.groups()
    if any(word in line.reason for word in _GIVEN_BEFORE):
        return TomlSlip(
            f"{name} is given before",
            f"put all of it under one heading, or write [[{name}]] each time if it is a list",
            "put all of it under one heading, or write two brackets each time if it is a list",
        )
    if len(opening) != len(closing) or len(opening) > len("[["):
        whole = f"[[{name}]]" if max(len(opening), len(closing)) > 1 else f"[{name}]"
        problem = "a heading has as many brackets behind as before: one, or two for a list"
        return TomlSlip(problem, f"write {whole}", "write as many of both")
    if not name:
        return general("this heading has no name", "write one between the brackets")
    return None


def _of_name(line: Line) -> TomlSlip | None:
    """Find a name that is followed by something else than one sign =, or that stands twice."""
    if line.text.lstrip().startswith(_COMMENTS):
        return general("a comment begins with #", "write # before it")
    sign = _SIGN.fullmatch(line.text)
    if sign is not None:
        name, found, value = sign.groups()
        problem = f"{found} stands where = is expected"
        return TomlSlip(
            problem, f"write {name} = {value}".rstrip(), "write = between a name and its value"
        )
    spaced = _WITH_SPACE.match(line.text)
    if spaced is not None:
        first, second = spaced.groups()
        return TomlSlip(
            "a name has no space in it",
            f"write {first}.{second} for one within the other, or {first}_{second}",
            "join its words by a point or _",
        )
    without = _WITHOUT_SIGN.fullmatch(line.text)
    if without is not None:
        remedy = f"write {without[1]} = {without[2]}"
        return TomlSlip("the sign = is missing", remedy, "write = between a name and its value")
    name_of = _NAME.match(line.text)
    if name_of is not None and any(word in line.reason for word in _GIVEN_BEFORE):
        problem = f"{name_of[1]} is given twice in one table"
        return TomlSlip(problem, f"remove one of the lines with {name_of[1]}", "remove one of them")
    return None


_BY_REASON: Final = (
    ("inline", "a table in { } is not closed on its line", "write } behind its last member"),
    ("'\\n'", "a quotation mark is not closed on this line", "write it behind the text"),
    (
        "key",
        "this is not a name and the sign =",
        "write a name of a-z, 0-9, - and _, then = and a value",
    ),
    ("declaration", "this is not a heading", "write a name of a-z, 0-9, - and _ in its brackets"),
    ("newline", "something stands behind the end of this line", "remove it, or write # before it"),
    ("Illegal", "an invisible character stands here", "remove it"),
    (
        "value",
        "this is not a value",
        "write a text in quotation marks, a number, or a list in [ ]",
    ),
    ("statement", "no line begins like this", "begin with a name, a heading in [ ], or # for a comment"),
)


def _of_end(line: Line) -> TomlSlip | None:
    """Find a line without a value; else say what the parser expected in other words."""
    name = _NAME.fullmatch(line.text.rstrip())
    if name is not None and not name[2]:
        remedy = f'write {name[1]} = "…" with its value, or remove the line'
        return TomlSlip("this name has no value", remedy, "write = and a value behind it")
    for word, problem, what_to_do in _BY_REASON:
        if word in line.reason:
            return general(problem, what_to_do)
    return None


_BEGINNINGS: Final = (
    (
        b"PK\x03\x04",
        "it is a document of Word, Excel or LibreOffice, or another packed file, not plain text",
    ),
    (b"\xd0\xcf\x11\xe0", "it is a document of Word or Excel, not plain text"),
    (b"{\\rtf", "it is a document in rich text (RTF), not plain text"),
    (b"%PDF", "it is a PDF document, not plain text"),
    (b"\x1f\x8b", "it is a packed file, not plain text"),
    (b"SQLite format 3", "it is a database, not plain text"),
)
_LOOKED_AT: Final = 200
PLAIN_TEXT: Final = "save it as plain text in UTF-8, with a name that ends in .toml"


def other_sort(data: bytes) -> str | None:
    """Say what sort of file this is if it is no plain text in UTF-8; None if it may be one."""
    for beginning, sort in _BEGINNINGS:
        if data.startswith(beginning):
            return sort
    looked_at = data[:_LOOKED_AT]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or looked_at.count(0) * 3 > len(looked_at):
        return "it is text in UTF-16, not in UTF-8"
    return None
