"""What somebody wrote who meant TOML, and what to write where its parser only says what it expected.

Nothing is guessed: what was meant is a remedy, never a reading. A remedy quotes the line only where it
may be shown: a line of a configuration may hold a secret.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from attrs import frozen

_CURLY: Final = "“”„‟″«»＂‘’‚‛′´`"
_STRAIGHT: Final = str.maketrans(dict.fromkeys("“”„‟″«»＂", '"') | dict.fromkeys("‘’‚‛′´`", "'"))
_NAME: Final = r"[\w.\"'-]++"
_WITH_COLON: Final = re.compile(rf"\s*+({_NAME})\s*+:(?!:)\s*+(.*+)")
_WITH_SPACE: Final = re.compile(r"\s*+([\w-]++)[ \t]++([\w-]++)[ \t]*+=")
_WITHOUT_SIGN: Final = re.compile(r"\s*+([\w.-]++)[ \t]++([\"'\[{0-9].*+)")
_PAIR: Final = re.compile(rf"([^=\"'#]*?)({_NAME})\s*+=\s*+(.*+)")
_HEADING: Final = re.compile(r"\s*+(\[++)\s*+([\w.\"-]*+)\s*+(\]*+)")
_WHOLE_TEXT: Final = re.compile(r'"[^"]*+"|\'[^\']*+\'')
_DAY_FIRST: Final = re.compile(r"[\"']?(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})[\"']?\s*+(?:#.*+)?")
_YEAR_FIRST: Final = re.compile(r"[\"']?(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[\"']?\s*+(?:#.*+)?")
_NUMBER: Final = re.compile(r"[+-]?[€$£]?\s*+\d[\d_.,]*+\s*+[^\s\d\"'#]*+\s*+(?:#.*+)?")
_DIGITS: Final = re.compile(r"\d[\d_.,]*+")
_TRUTH: Final = dict.fromkeys(("true", "ja", "yes", "waar"), "true") | dict.fromkeys(
    ("false", "nee", "no", "onwaar"), "false"
)
_NOTHING: Final = ("null", "none", "nil", "geen", "leeg")


@frozen
class TomlSlip:
    """What is wrong in a line, and what to do; the remedy may quote the line."""

    problem: str
    remedy: str
    general: str
    """The remedy without anything of the line."""


def slip_of(text: str, at: int, reason: str) -> TomlSlip | None:
    """Find what is wrong where the parser gave up.

    Args:
        text: the whole text.
        at: the position at which it gave up.
        reason: what it said.
    """
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[begin : end if end >= 0 else len(text)]
    if text.lstrip()[:1] == "{" or text.lstrip()[:1] == "<":
        kind = "JSON" if text.lstrip()[0] == "{" else "HTML or XML"
        return _general(f"this is {kind}", 'write it as TOML: one name = "value" a line')
    for look in _LOOKS:
        slip = look(line, at - begin, reason)
        if slip is not None:
            return slip
    return None


def _general(problem: str, remedy: str) -> TomlSlip:
    return TomlSlip(problem, remedy, remedy)


def _strange_characters(line: str, at: int, _reason: str) -> TomlSlip | None:
    """Find spaces that are none, and quotation marks of a word processor."""
    outside = _WHOLE_TEXT.sub(lambda found: "x" * len(found[0]), line)
    for found in outside[: max(at, 0) + 1]:
        if found in _CURLY:
            return TomlSlip(
                f"{found} is a quotation mark of a word processor",
                f"write {line.strip().translate(_STRAIGHT)}",
                "write straight quotation marks",
            )
        name = unicodedata.name(found, f"U+{ord(found):04X}").lower()
        if (found.isspace() and found not in " \t\n\r") or unicodedata.category(found) in ("Cf", "Cc"):
            if found == "\t":
                continue
            return _general(f"an invisible character ({name}) stands here", "write an ordinary space")
    return None


def _of_heading(line: str, _at: int, reason: str) -> TomlSlip | None:
    """Find a heading with too few brackets, or one that stands twice."""
    heading = _HEADING.match(line)
    if heading is None:
        return None
    opening, name, closing = heading.groups()
    if "twice" in reason or "overwrite" in reason or "mutate" in reason:
        brackets = "[[" if len(opening) == 1 else "["
        end = "]" * len(brackets)
        return TomlSlip(
            f"the heading {opening}{name}{closing} stands here although {name} is given before",
            f"write {brackets}{name}{end} for each if there are several, or put all under one heading",
            "write it with two brackets for each if there are several, or put all under one heading",
        )
    if len(opening) != len(closing) or not 1 <= len(opening) <= 2:
        two = max(len(opening), len(closing)) > 1
        whole = f"[[{name}]]" if two else f"[{name}]"
        return TomlSlip(
            "a heading has as many brackets behind as before", f"write {whole}", "write as many of both"
        )
    if not name:
        return _general("this heading has no name", "write one, such as [parameters] or [[also]]")
    return None


def _of_name(line: str, _at: int, reason: str) -> TomlSlip | None:
    """Find a name that is followed by something else than one sign =."""
    colon = _WITH_COLON.fullmatch(line)
    if colon is not None and "=" not in colon[1]:
        return TomlSlip(
            ": stands where = is expected",
            f"write {colon[1]} = {colon[2]}".rstrip(),
            "write = between a name and its value",
        )
    spaced = _WITH_SPACE.match(line)
    if spaced is not None:
        return TomlSlip(
            "a name has no space in it",
            f"write {spaced[1]}.{spaced[2]} for one within the other, or {spaced[1]}_{spaced[2]}",
            "join its words by a point or _",
        )
    without = _WITHOUT_SIGN.fullmatch(line)
    if without is not None:
        return TomlSlip(
            "the sign = is missing",
            f"write {without[1]} = {without[2]}",
            "write = between a name and its value",
        )
    if line.lstrip().startswith(("//", "/*", "--", ";", "%", "<!--")):
        return _general("a comment begins with #", "write # before it")
    if "overwrite" in reason or "mutate" in reason or "twice" in reason:
        pair = _PAIR.match(line)
        named = pair[2] if pair is not None else "a name"
        return (
            TomlSlip(f"{named} is given twice", "remove one of the two", "remove one of the two")
            if pair is None
            else TomlSlip(
                f"{named} is given twice in one table",
                f"remove one of the lines with {named}",
                "remove one",
            )
        )
    return None


def _of_value(line: str, _at: int, reason: str) -> TomlSlip | None:
    """Find a value that is not written as TOML has it."""
    pair = _PAIR.match(line)
    if pair is None:
        return None
    name, value = pair[2], pair[3].strip()
    bare = value.split("#")[0].strip()
    plain = bare.rstrip(",;").casefold()
    if not bare:
        return _general("a value is missing behind =", 'write one, such as "text" or 14')
    if plain in _TRUTH and bare[:1] not in "\"'":
        return TomlSlip(
            f"{bare} is not a value of TOML", f"write {name} = {_TRUTH[plain]}", "write true or false"
        )
    if plain in _NOTHING:
        return _general(
            f"{bare} is not a value of TOML", "leave the line out: what is not named is not given"
        )
    day = _day(bare)
    if day is not None:
        return TomlSlip("a day is written YYYY-MM-DD", f"write {name} = {day}", "write YYYY-MM-DD")
    if value[:1] in "\"'":
        return _of_text(name, value, reason)
    if bare[:1] in "[{":
        return _not_closed(reason, bare)
    if _NUMBER.fullmatch(bare):
        return _of_number(name, bare)
    return _unquoted(name, bare)


def _day(bare: str) -> str | None:
    day = _DAY_FIRST.fullmatch(bare)
    if day is not None:
        return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
    day = _YEAR_FIRST.fullmatch(bare)
    return None if day is None else f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"


def _of_text(name: str, value: str, reason: str) -> TomlSlip | None:
    """Find quotation marks within a text, a text that does not end, and what stands behind one."""
    quote = value[0]
    if value.startswith(quote * 3):
        return _general("this text is not closed", f"write {quote * 3} behind it")
    if "\\" in value and quote == '"' and ("\\" in reason or "escape" in reason.lower()):
        return TomlSlip(
            "a \\ has a meaning of its own in a text in double quotation marks",
            f"write {name} = '{value.strip(quote)}'",
            "write ' around the text",
        )
    end = value.find(quote, 1)
    if end < 0:
        text = value[1:].rstrip(",; ")
        return TomlSlip(
            "this text is not closed", f"write {name} = {quote}{text}{quote}", f"write {quote} behind it"
        )
    rest = value[end + 1 :].strip()
    if rest[:1] in (",", ";"):
        return _general(f"{rest[0]} has no place behind a value", "remove it")
    if rest.startswith(("//", "--", "/*")):
        return _general("a comment begins with #", "write # before it")
    last = value.rfind(quote)
    other = "'" if quote == '"' else '"'
    inner = value[1:last]
    if quote in inner and other not in inner and "\n" not in inner:
        return TomlSlip(
            f"the quotation mark {quote} within this text ends it",
            f"write {name} = {other}{inner}{other}",
            f"write {other} around the text",
        )
    return _general(
        "something stands behind this value", "write one value a line, and a comment behind #"
    )


def _not_closed(reason: str, bare: str) -> TomlSlip | None:
    closing = "]" if bare[0] == "[" else "}"
    if bare.count(bare[0]) > bare.count(closing) or "nclosed" in reason:
        what = "list" if closing == "]" else "table"
        return _general(f"this {what} is not closed", f"write {closing} behind its last item")
    return None


def _of_number(name: str, bare: str) -> TomlSlip | None:
    digits = _DIGITS.search(bare)
    if digits is None:
        return None
    number = digits[0].rstrip("_.,")
    whole, _, part = number.partition("," if "," in number else ".")
    new = re.sub(r"\D", "", number).lstrip("0") or "0"
    if name.endswith("cents"):
        in_cents = len(part) <= 2 and (part or re.search(r"[€$£]|eur", bare, re.IGNORECASE))
        new = f"{int(whole.replace('.', '') or '0')}{part.ljust(2, '0')}" if in_cents else new
    elif part and len(part) != 3:
        new = f'"{whole}.{part}"'
    return TomlSlip(
        "a number stands alone, in digits: no currency, unit, comma or leading 0",
        f"write {name} = {new}",
        "write a whole number such as 14, or a text in quotation marks",
    )


def _unquoted(name: str, bare: str) -> TomlSlip | None:
    if bare[-1:] in "\"'" and bare[-1] not in bare[:-1]:
        text = bare[:-1]
        return TomlSlip(
            "the quotation mark before this text is missing",
            f"write {name} = {bare[-1]}{text}{bare[-1]}",
            "write a quotation mark before and behind it",
        )
    quote = "'" if '"' in bare else '"'
    if quote in bare or "\\" in bare:
        return _general("a text stands in quotation marks", "write quotation marks before and behind it")
    return TomlSlip(
        "a text stands in quotation marks",
        f"write {name} = {quote}{bare.rstrip(',; ')}{quote}",
        "write quotation marks before and behind it",
    )


def _of_end(line: str, _at: int, reason: str) -> TomlSlip | None:
    """Find what was never closed, or a line without a value."""
    if "Unclosed array" in reason:
        return _general("the list before this is not closed", "write ] behind its last item")
    if "Unclosed inline table" in reason or "inline table" in reason:
        return _general("a table in { } is not closed on its line", "write } behind its last member")
    if re.fullmatch(r"\s*+[\w.-]++\s*+", line):
        return TomlSlip(
            "a value is missing",
            f'write {line.strip()} = "…", or remove the line',
            "write = and a value",
        )
    return None


_LOOKS: Final[tuple[Callable[[str, int, str], TomlSlip | None], ...]] = (
    _strange_characters,
    _of_heading,
    _of_name,
    _of_value,
    _of_end,
)


_BEGINNINGS: Final = (
    (b"PK\x03\x04", "a document of Word, Excel or LibreOffice, or another packed file"),
    (b"\xd0\xcf\x11\xe0", "a document of Word or Excel"),
    (b"{\\rtf", "a document in rich text (RTF)"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a packed file"),
    (b"SQLite format 3", "a database"),
)
PLAIN_TEXT: Final = "save it as plain text in UTF-8, with a name that ends in .toml"


def other_sort(data: bytes) -> str | None:
    """Say what sort of file this is if it is no plain text in UTF-8; None if it may be one."""
    for beginning, sort in _BEGINNINGS:
        if data.startswith(beginning):
            return f"it is {sort}, not plain text"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:200].count(0) * 3 > len(data[:200]) > 3:
        return "it is text in UTF-16, not in UTF-8"
    return None
