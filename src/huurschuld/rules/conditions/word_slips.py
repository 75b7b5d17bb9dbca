"""Words that mean something else here: Dutch or capital joints, comparisons in words, yes and no."""

from __future__ import annotations

from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.rules.conditions import amounts
from huurschuld.rules.conditions.names import same
from huurschuld.rules.conditions.number_slips import slip_of_number
from huurschuld.rules.conditions.other_words import other_words
from huurschuld.rules.conditions.pieces import Pieces
from huurschuld.rules.conditions.tokens import Sort
from huurschuld.rules.facts import FactType

_JOINTS: Final = {
    **dict.fromkeys(("and", "en"), "and"),
    **dict.fromkeys(("or", "of"), "or"),
    **dict.fromkeys(("not", "niet", "geen"), "not"),
}
_IS: Final = ("is", "zijn", "are")
_TRUE: Final = ("true", "ja", "yes", "waar", "aan", "on")
_FALSE: Final = ("false", "nee", "no", "onwaar", "uit", "off")
_AROUND: Final = ("if", "als", "when", "wanneer", "then", "dan", "else", "anders", "where")
_LONGEST_NAME: Final = 5


def slip_of_name(pieces: Pieces, index: int) -> InvalidValue | None:
    """Find what a name that is neither a fact nor a parameter is written for."""
    token = pieces.at(index)
    plain = token.text.casefold()
    if pieces.words.has(token.text) or token.text in _JOINTS.values():
        return None
    if plain in _JOINTS:
        problem = f"{token} is not a word of conditions"
        return pieces.wrong(token, token, problem, f"write {_JOINTS[plain]}")
    in_words = _in_words(pieces, index)
    if in_words is not None:
        return in_words
    if plain in _TRUE + _FALSE:
        return pieces.wrong(
            token,
            token,
            f"{token} is no fact: a yes-or-no fact is true by its name alone",
            "leave it out, and write not before the name of a fact that has to be false",
        )
    if plain in _AROUND:
        problem = f"{token} has no place in a condition"
        return pieces.wrong(token, token, problem, "remove it")
    if pieces.at(index + 1).is_mark("("):
        return _function(pieces, index)
    if plain in amounts.EURO and pieces.at(index + 1).sort is Sort.NUMBER:
        return slip_of_number(pieces, index + 1)
    return _several_words(pieces, index)


def _function(pieces: Pieces, index: int) -> InvalidValue:
    """Say that there are no functions; what is put into one may be the fact that is meant."""
    token, inner = pieces.at(index), pieces.at(index + 2)
    end = pieces.closing(index + 1, "(", ")")
    fact = inner.text if inner.text in pieces.words.facts else "attempts"
    return pieces.wrong(
        token,
        pieces.at(index + 1 if end is None else end),
        f"{token} is called as a function, and a condition has none",
        f"name a fact by itself, such as {fact}",
    )


def _in_words(pieces: Pieces, index: int) -> InvalidValue | None:
    """Find a comparison in words: `is at least`, `meer dan`, `is`."""
    first = pieces.at(index)
    begin = index + (first.text.casefold() in _IS)
    for length in (2, 1):
        names = pieces.names_at(begin, length)
        sign = other_words("comparisons").get(" ".join(it.text.casefold() for it in names or ()))
        if names is not None and sign is not None:
            said = pieces.between(first, names[-1])
            return pieces.wrong(first, names[-1], f"{said} is a comparison in words", f"write {sign}")
    return None if begin == index else slip_of_equal(pieces, index, is_equal=True)


def _several_words(pieces: Pieces, index: int) -> InvalidValue | None:
    """Find a name that is written as several words: `days overdue`, `dagen achterstand`."""
    for length in range(_LONGEST_NAME, 1, -1):
        names = pieces.names_at(index, length)
        if names is not None:
            name = same("".join(it.text for it in names), pieces.words.all, pieces.words.own)
            if name is not None:
                said = pieces.between(names[0], names[-1])
                return pieces.wrong(
                    names[0], names[-1], f"{said} is not one name", f"did you mean {name}?"
                )
    return None


def slip_of_equal(pieces: Pieces, index: int, *, is_equal: bool) -> InvalidValue:
    """Say what is written for a comparison on being equal, or not equal, whose sign stands here."""
    left, sign, right = pieces.at(index - 1), pieces.at(index), pieces.at(index + 1)
    fact = pieces.words.facts.get(left.text)
    problem = f"{sign} is not a sign of conditions: a quantity is compared with > >= < or <="
    if fact is None or right.sort not in (Sort.NAME, Sort.NUMBER, Sort.TEXT):
        return pieces.wrong(sign, sign, problem, "write one of these")
    plain = right.text.casefold()
    if plain in _TRUE + _FALSE:
        return pieces.wrong(
            left,
            right,
            "a yes-or-no fact is true by its name alone"
            if fact.unit is None
            else f"{left} is a quantity, and not true or false",
            f"write {_with_truth(fact, is_true=(plain in _TRUE) is is_equal)}",
        )
    if fact.unit is None:
        return pieces.wrong(
            left, right, f"{left} is yes or no and cannot be compared", f"write {left}, or not {left}"
        )
    number = amounts.rewritten_piece(right.text, fact.unit)
    value = right.text if pieces.words.has(right.text) or number is None else number
    exactly = f"({left} >= {value} and {left} <= {value})"
    if not is_equal:
        return pieces.wrong(left, right, problem, f"write not {exactly}")
    return pieces.wrong(left, right, problem, f"write {left} >= {value}, or for exactly that {exactly}")


def _with_truth(fact: FactType, *, is_true: bool) -> str:
    """Write that a fact is true, or is not; a quantity is true where there is any of it."""
    if fact.unit is None:
        return fact.name if is_true else f"not {fact.name}"
    return f"{fact.name} {'>=' if is_true else '<'} {amounts.one(fact.unit)}"
