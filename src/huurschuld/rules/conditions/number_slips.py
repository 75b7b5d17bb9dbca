"""Numbers and texts as people write them: with a unit, a currency, a comma, curly quotation marks."""

from __future__ import annotations

from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.rules.conditions import amounts
from huurschuld.rules.conditions.pieces import Pieces
from huurschuld.rules.conditions.tokens import QUOTES, Sort, Token
from huurschuld.rules.parameters import Unit

DASHES: Final = "-‐‑‒–—―−"
CURRENCIES: Final = "€$£"
_OF_DATE: Final = 5
"""Day, dash, month, dash, year."""


def slip_of_number(pieces: Pieces, index: int) -> InvalidValue | None:
    """Find a number with something beside it, or written in another way than a whole number is."""
    date = _date(pieces, index)
    if date is not None:
        return date
    token, before, after = pieces.at(index), pieces.at(index - 1), pieces.at(index + 1)
    first = last = token
    number, beside = amounts.split(token.text)
    if index > 0 and (before.is_mark(*CURRENCIES) or _is_currency(pieces, before)):
        first, beside = before, before.text
    elif not beside and (after.is_mark("%", *CURRENCIES) or _is_unit(pieces, after)):
        last, beside = after, after.text
    if not beside and amounts.is_whole(token.text):
        return None
    fact = pieces.compared_with(index - (first is before))
    unit = None if fact is None else fact.unit
    new = amounts.rewritten(number, beside, unit)
    problem = f"{pieces.between(first, last)} is not a number of a condition"
    if fact is not None and unit is Unit.MONTHS and not beside:
        problem = f'{fact.name} is compared with a parameter or a text such as "1.5"'
    return pieces.wrong(
        first,
        last,
        problem,
        amounts.expected(fact) if new is None else f"write {new}",
    )


def _is_currency(pieces: Pieces, token: Token) -> bool:
    return _is_unit(pieces, token) and token.text.casefold() in amounts.EURO


def _is_unit(pieces: Pieces, token: Token) -> bool:
    is_name = token.sort is Sort.NAME and not pieces.words.has(token.text)
    return is_name and token.text.casefold() in amounts.UNITS


def _date(pieces: Pieces, index: int) -> InvalidValue | None:
    found = pieces.tokens[index : index + _OF_DATE]
    is_date = len(found) == _OF_DATE and all(
        it.text in f"{DASHES}/" if at % 2 else it.sort is Sort.NUMBER for at, it in enumerate(found)
    )
    if not is_date:
        return None
    return pieces.wrong(
        found[0],
        found[-1],
        f"{pieces.between(found[0], found[-1])} is a date, and there are none in a condition",
        "compare a number of days, such as days_overdue >= 30",
    )


def slip_of_text(pieces: Pieces, index: int) -> InvalidValue | None:
    """Find a text whose quotation marks are curly, or not closed."""
    token = pieces.at(index)
    quote, inner = token.text[0], token.text[1:]
    if quote in "\"'" and inner.endswith(quote):
        return None
    inner = inner.rstrip(QUOTES)
    fact = pieces.compared_with(index)
    new = None if fact is None else amounts.rewritten(inner, "", fact.unit)
    if new is None:
        new = inner
    problem = f"the quotation mark {quote} is one of a word processor"
    if quote in "\"'":
        problem = f"the quotation mark {quote} is not closed"
    remedy = f"write {new}" if new else "remove it"
    return pieces.wrong(token, token, problem, remedy)
