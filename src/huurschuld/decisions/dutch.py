"""Dutch for the English texts that a person reads: messages, errors, and the help of the command line.

Texts are written in English where they belong, often with values filled in. The catalogue
(`locale/nl.po`, gettext) has each as a template, `{0} is given twice`, with its Dutch. A text that is
about to be shown is matched against the templates, and the Dutch gets the same values. How a value is
shown in Dutch follows its number:

| in the Dutch text | the value is |
|---|---|
| `{0}` | as it was: a name, a path, an option |
| `{0:text}` | a text of the catalogue itself, or an error |
| `{0:list}` | such texts, with commas, "or" or "and" between them |
| `{0:number}` | a number or an amount: `1,299.99` becomes `1.299,99` |
| `{0:day}` | a day: `2026-11-03` becomes `3 november 2026`; of a moment the minute too |
| `{0:drop}` | left out, such as the `s` of an English plural |

What the catalogue does not have stays as it is. `tools/texts.py` finds the templates in the source.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Final, Literal

from attrs import frozen

from huurschuld.decisions.days import day_in_words, minute_text
from huurschuld.errors import HuurschuldError

_DUTCH: Final = re.compile("nl(?![a-z])", re.IGNORECASE)
_CATALOGUE: Final = Path(__file__).parent / "locale" / "nl.po"
_SHORT: Final = 8
"""With fewer letters than this, a template that begins with a value fits only single words."""
_NUMBER: Final = re.compile(r"\d[\d,.]*", re.ASCII)
_ISO_DAY: Final = len("2026-11-03")
_JOINTS: Final = {", ": ", ", " or ": " of ", " and ": " en "}
_BETWEEN: Final = re.compile(f"({'|'.join(_JOINTS)})")
_ERROR: Final = re.compile(r"([a-z]+(?:-[a-z]+)*) at ", re.ASCII)
_COLON: Final = re.compile(": ")
_SEMICOLON: Final = re.compile("; ")
_SPOT: Final = re.compile(
    r" \(at (?:line ([0-9]++)(?:, column ([0-9]++))?+|character ([0-9]++)|end of document)\)\Z", re.ASCII
)
"""Where in a text a problem is, behind it."""
_SWAPPED: Final = str.maketrans(",.", ".,")
_SPECS: Final = ("", "text", "list", "number", "day", "drop")

Pieces = tuple[tuple[str, int | None, str], ...]
"""Of a template: each text, the number of the value after it (the last has none), how it is shown."""


def in_dutch(text: str | BaseException) -> str:
    """Return an English text of huurschuld, or the message of an error of its own, in Dutch.

    What is not in the catalogue, such as the text of a plugin, stays as it is; so do codes and places.
    """
    if isinstance(text, HuurschuldError):
        return _of_error(text)
    given = str(text)
    core = given.strip()
    if not core:
        return given
    start = given.index(core)
    found = _error(core) or _whole(core) or _with_spot(core) or _pieces(core) or core
    return f"{given[:start]}{found}{given[start + len(core) :]}"


def language_of(arguments: Sequence[str], environ: Mapping[str, str]) -> Literal["nl", "en"]:
    """The language that a command line asks for: `nl` or `en`.

    `--lang` comes first, then `HUURSCHULD_LANG`, then the locale: `LC_ALL`, `LC_MESSAGES`, `LANG`.
    Another language than these two is English.
    """
    asked = environ.get("HUURSCHULD_LANG")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        asked = asked or environ.get(name)
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang":
            asked = next(iter(arguments[at + 1 :]), asked)
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    return "nl" if _DUTCH.match(asked or "") else "en"


def pieces_of(template: str) -> Pieces:
    """Take a template apart.

    Raises:
        ValueError: it is not one.
    """
    made: list[tuple[str, int | None, str]] = []
    before = ""
    for text, number, spec, conversion in Formatter().parse(template):
        if conversion or spec not in (None, *_SPECS):
            raise ValueError(template)
        before += text
        if number is not None:  # a doubled brace ends a piece without a value
            made.append((before, int(number), spec or ""))
            before = ""
    return (*made, (before, None, ""))


@frozen
class _Template:
    pattern: str
    first: str
    last: str
    letters: int
    dutch: Pieces

    def fits(self, text: str) -> re.Match[str] | None:
        if not (text.startswith(self.first) and text.endswith(self.last)):
            return None
        return re.compile(self.pattern, re.DOTALL).fullmatch(text)


@frozen
class _Catalogue:
    texts: Mapping[str, str]
    templates: tuple[_Template, ...]


@cache
def _catalogue() -> _Catalogue:
    texts: dict[str, str] = {}
    templates: list[_Template] = []
    for english, dutch in read_catalogue(_CATALOGUE.read_text(encoding="utf-8")):
        if not (english and dutch):
            continue
        pieces, shown = pieces_of(english), pieces_of(dutch)
        literals = [text for text, _, _ in pieces]
        if len(pieces) == 1:
            texts[literals[0]] = shown[0][0]
            continue
        letters = sum(it.isalpha() for it in "".join(literals))
        pattern = _pattern(literals, letters)
        templates.append(_Template(pattern, literals[0], literals[-1], letters, shown))
    templates.sort(key=lambda it: -it.letters)
    return _Catalogue(texts, tuple(templates))


def _pattern(literals: Sequence[str], letters: int) -> str:
    """Write the pattern of a template; of two values with nothing between them the first is a word."""
    any_value = "(.*?)"
    if letters < (_SHORT // 2 if literals[0] else _SHORT):
        any_value = r"(\S*?)"
    written = re.escape(literals[0])
    for text, is_last in zip(literals[1:], (*(False,) * (len(literals) - 2), True), strict=True):
        written += any_value if text or is_last else r"([\w.-]*)"
        written += re.escape(text)
    return written


def read_catalogue(text: str) -> Iterator[tuple[str, str]]:
    """Read a .po file as Babel writes it: each English text with its Dutch; "" has the head."""
    entry = {"msgid": "", "msgstr": ""}
    into, is_open = "msgid", False
    for line in (*text.splitlines(), "msgid "):
        keyword, _, rest = line.partition(" ")
        if keyword in entry:
            if keyword == "msgid":
                if is_open:
                    yield entry["msgid"], entry["msgstr"]
                entry, is_open = {"msgid": "", "msgstr": ""}, True
            into = keyword
            entry[into] += json.loads(rest) if rest else ""
        elif line.startswith('"'):
            entry[into] += json.loads(line)  # what gettext escapes, JSON escapes in the same way


def _whole(text: str) -> str | None:
    found = _catalogue().texts.get(text)
    if found is not None:
        return found
    for template in _catalogue().templates:
        fitting = template.fits(text)
        if fitting is not None:
            values = fitting.groups()
            return "".join(
                before + ("" if number is None else _shown(values[number], spec))
                for before, number, spec in template.dutch
            )
    return None


def _shown(value: str, spec: str) -> str:
    if spec == "drop":
        return ""
    if spec == "list":
        parts = _BETWEEN.split(value)
        return "".join(_JOINTS.get(it) or in_dutch(it) for it in parts)
    if spec == "number" or (spec == "text" and _NUMBER.fullmatch(value)):
        return value.translate(_SWAPPED)
    if spec == "text":
        return in_dutch(value)
    return _day(value) if spec == "day" else value


def _day(value: str) -> str:
    """Write a day, or a moment to the minute, in words."""
    try:
        if len(value) == _ISO_DAY:
            return day_in_words(dt.date.fromisoformat(value), "nl")
        moment = dt.datetime.fromisoformat(value).astimezone(dt.UTC)
    except ValueError:
        return value
    return f"{minute_text(moment, 'nl')} UTC"


def _of_error(error: HuurschuldError) -> str:
    """Translate an error by its parts, so that nothing in a place or a value is taken for a text."""
    remedy = f"; {error.remedy}" if error.remedy else ""
    place, _, spot = str(error).removesuffix(remedy).rpartition(f": {error.problem}")
    place = place.removeprefix(f"{error.code} at ")
    dutch = f"{in_dutch(error.problem)}{_spot(spot)}"
    if error.remedy:
        dutch += f"; {in_dutch(error.remedy)}"
    return f"{error.code} bij {_whole(place) or place}: {dutch}"


def _error(text: str) -> str | None:
    """Translate `code at place: problem; remedy`, where each may have the marks between them itself."""
    begins = _ERROR.match(text)
    if begins is None:
        return None
    for colon in _COLON.finditer(text):
        place, rest = text[begins.end() : colon.start()], text[colon.end() :]
        dutch = _with_remedy(rest) or _whole(rest) or _with_spot(rest)
        if dutch is not None:
            return f"{begins[1]} bij {_whole(place) or place}: {dutch}"
    return None


def _with_remedy(text: str) -> str | None:
    """Translate a problem and its remedy."""
    for mark in _SEMICOLON.finditer(text):
        before, remedy = text[: mark.start()], _whole(text[mark.end() :])
        problem = _with_spot(before) or _whole(before)
        if problem is not None and remedy is not None:
            return f"{problem}; {remedy}"
    return None


def _with_spot(text: str) -> str | None:
    """Translate a problem that has its line and column, or its character, behind it."""
    spot = _SPOT.search(text)
    problem = None if spot is None else _whole(text[: spot.start()])
    return None if spot is None or problem is None else f"{problem}{_spot(spot[0])}"


def _spot(text: str) -> str:
    spot = _SPOT.fullmatch(text)
    if spot is None:
        return text
    line, column, character = spot.groups()
    if character is not None:
        return f" (bij teken {character})"
    if line is None:
        return " (aan het einde)"
    return f" (regel {line})" if column is None else f" (regel {line}, teken {column})"


def _pieces(text: str) -> str | None:
    """Translate what stands before or after a semicolon or colon, where the whole is not there."""
    for mark in ("; ", ": "):
        left, found, right = text.partition(mark)
        if found:
            dutch, rest = (_whole(left) if " " in left else None), in_dutch(right)
            if dutch is not None or rest != right:
                return f"{dutch or left}{mark}{rest}"
    return None
