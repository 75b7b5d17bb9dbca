"""Signs that mean something else here: `≥`, `=>`, `&&`, dashes, points, brackets of another sort."""

from __future__ import annotations

import unicodedata
from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.rules.conditions.names import same
from huurschuld.rules.conditions.number_slips import CURRENCIES, DASHES, slip_of_number
from huurschuld.rules.conditions.pieces import Pieces
from huurschuld.rules.conditions.tokens import COMPARISONS, Sort
from huurschuld.rules.conditions.word_slips import slip_of_equal

_MARKS: Final = {
    **dict.fromkeys(("≥", "⩾", "≧", "=>", ">==", "≥="), ">="),
    **dict.fromkeys(("≤", "⩽", "≦", "=<", "<==", "≤="), "<="),
    **dict.fromkeys(("＞", ">>"), ">"),
    **dict.fromkeys(("＜", "<<"), "<"),
    **dict.fromkeys(("&", "&&", "∧"), "and"),
    **dict.fromkeys(("|", "||", "∨"), "or"),
    **dict.fromkeys(("!", "~", "¬"), "not"),
    **dict.fromkeys("]}", ")"),
}
_EQUAL: Final = ("=", "==", "===")
_UNEQUAL: Final = ("!=", "<>", "≠", "=!", "!==")
_INVISIBLE: Final = ("Mn", "Cf", "Cc", "Co", "Cn", "Cs")


def slip_of_operator(pieces: Pieces, index: int) -> InvalidValue | None:
    """Find what a sign that is no comparison is written for."""
    token, after = pieces.at(index), pieces.at(index + 1)
    if token.text in (">", "<") and after.is_mark("="):
        problem = f"{pieces.between(token, after)} is one sign"
        return pieces.wrong(token, after, problem, f"write {token}=")
    if token.text in _MARKS:
        return _meant(pieces, index)
    if token.text in _EQUAL + _UNEQUAL:
        return slip_of_equal(pieces, index, is_equal=token.text in _EQUAL)
    if token.text not in COMPARISONS:
        problem = f"{token} is not a comparison"
        return pieces.wrong(token, token, problem, "write one of > >= < <=")
    return None


def _meant(pieces: Pieces, index: int) -> InvalidValue:
    token = pieces.at(index)
    new = _MARKS[token.text]
    return pieces.wrong(token, token, f"{token} is not a sign of conditions", f"write {new}")


def slip_of_other(pieces: Pieces, index: int) -> InvalidValue | None:
    """Find what a character that has no place in a condition is written for."""
    token = pieces.at(index)
    if token.text in "()":
        return None
    if token.text in "[{":
        return _bracket(pieces, index)
    if token.text in _MARKS:
        return _meant(pieces, index)
    if token.text in f"{DASHES}+*/^":
        return _arithmetic(pieces, index)
    if token.text in CURRENCIES and pieces.at(index + 1).sort is Sort.NUMBER:
        return slip_of_number(pieces, index + 1)
    if token.text == ".":
        return _point(pieces, index)
    if token.text == "#":
        return pieces.wrong(
            token,
            pieces.at(len(pieces.tokens)),
            "a comment cannot stand in a condition",
            "move it behind the quotation mark that ends the condition",
        )
    if token.text in ",;:":
        at_the_end = pieces.at(index + 1).sort is Sort.END
        remedy = "remove it" if at_the_end else "write and, or write or"
        return pieces.wrong(token, token, f"{token} joins no conditions", remedy)
    if unicodedata.category(token.text) in _INVISIBLE:
        problem = f"an invisible character (U+{ord(token.text):04X}) stands here"
        return pieces.wrong(token, token, problem, "remove it")
    return pieces.wrong(token, token, f"{token} has no meaning in a condition", "remove it")


def _bracket(pieces: Pieces, index: int) -> InvalidValue:
    token, end = pieces.at(index), pieces.closing(index, "[{", "]}")
    if end is None:
        return pieces.wrong(token, token, f"{token} is not a bracket of conditions", "write (")
    inner = pieces.source[token.end : pieces.at(end).start]
    problem = f"{token} {pieces.at(end)} are not the brackets of conditions"
    return pieces.wrong(token, pieces.at(end), problem, f"write ({inner})")


def _arithmetic(pieces: Pieces, index: int) -> InvalidValue:
    """Say what a dash or a plus is written for: part of a name, a number below 0, or a sum."""
    token, before, after = pieces.at(index), pieces.at(index - 1), pieces.at(index + 1)
    if token.text in DASHES and before.sort is after.sort is Sort.NAME:
        name = same(before.text + after.text, pieces.words.all, pieces.words.own)
        if name is not None:
            said = pieces.between(before, after)
            return pieces.wrong(
                before, after, f"{said} is not one name: _ joins its words", f"did you mean {name}?"
            )
    if token.text in DASHES and after.sort is Sort.NUMBER and before.sort is Sort.OPERATOR:
        return pieces.wrong(token, after, "no fact is ever below 0", "write a number from 0, such as 0")
    return pieces.wrong(
        token,
        token,
        f"a condition has no arithmetic, so {token} has no place in it",
        "compare one fact with one number, such as attempts >= 2",
    )


def _point(pieces: Pieces, index: int) -> InvalidValue:
    token, before, after = pieces.at(index), pieces.at(index - 1), pieces.at(index + 1)
    for name in (after, before):
        if before.sort is after.sort is Sort.NAME and pieces.words.has(name.text):
            return pieces.wrong(before, after, "a name has no point in it", f"write {name}")
    return pieces.wrong(token, token, "a point has no meaning in a condition", "remove it")
