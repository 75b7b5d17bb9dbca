"""The rules of the columns in a mapping, read and checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from huurschuld.errors import InvalidValue, MissingField
from huurschuld.model.strict_objects import Below, StrictObject
from huurschuld.model.values import Birth, Choice, Day, FactValue, Flag, Kind, Whole, refuse
from huurschuld.portfolio.mapping import fields as way
from huurschuld.portfolio.mapping.amounts import CENTS
from huurschuld.portfolio.mapping.days import fixed_width, is_of_month
from huurschuld.portfolio.mapping.fields import Field, Name, Value
from huurschuld.portfolio.mapping.notation import Notation, flag_of, read_notation, texts_of
from huurschuld.portfolio.mapping.words import Words
from huurschuld.portfolio.schema import COLUMNS

_IDS: Final = ("id", "tenancy", "settles", "reverses")
_SIGNS: Final = ("+", "-")
_LAST_DAYS: Final = ("end", "until")
LATEST: Final = "latest-of-same-amount"
"""What `find` of `entries.reverses` may say."""


class Rules:
    """Reads the rules of the columns of one table.

    Args:
        table: the table of a portfolio.
        notation: that of the file.
        below: the place of a key.
    """

    def __init__(self, table: str, notation: Notation, below: Below) -> None:
        self._table = table
        self._notation = notation
        self._below = below

    def fields(self, columns: StrictObject) -> dict[str, Field]:
        """Read all rules.

        Raises:
            InputError: at the key of one that is wrong, or absent.
        """
        known = COLUMNS[self._table]
        found = {name: self._field(name, columns) for name in known if name in columns.fields}
        for name, column in known.items():
            if column.required and name not in found:
                raise MissingField(columns.place(name), "this column is required", "name its heading")
        kind, cents = found.get("kind"), found.get("cents")
        by_sign = isinstance(kind, way.KindBySign)
        if by_sign and cents is None:
            raise MissingField(columns.place("cents"), "this column is required", "its sign is read")
        if not by_sign and isinstance(cents, way.DebitCredit | way.SignedBy):
            raise InvalidValue(
                columns.place("cents"),
                "an amount with a sign is for entries whose kind goes by it",
                "write plus and minus in entries.columns.kind",
            )
        return found

    def _field(self, name: str, columns: StrictObject) -> Field:
        place, kind = columns.place(name), COLUMNS[self._table][name].kind
        given = columns.fields[name]
        rule = StrictObject(
            given if isinstance(given, dict) else {"column": given},
            place,
            self._keys(name, kind),
            self._below,
        )
        empty = self._notation.empty | {it.casefold() for it in texts_of(rule, "empty")}
        if "always" in rule.fields:
            return way.Always((), place, empty, self._constant(rule, kind))
        if "line" in rule.fields:
            if rule.fields["line"] is not True:
                raise InvalidValue(rule.place("line"), "true is expected")
            return way.Number((), place, empty)
        if "find" in rule.fields:
            rule.word("find", (LATEST,))
            return way.Latest((), place, empty)
        if name == "kind" and self._table == "entries" and rule.fields.keys() & {"plus", "minus"}:
            return self._by_sign(rule, empty)
        if isinstance(kind, Whole):
            return self._amount(rule, empty)
        names = self._names(rule, "column")
        if name in _IDS:
            return way.Id(names, place, empty, flag_of(rule, "leading_zeros", default=True))
        if len(names) > 1:
            raise InvalidValue(place, "one column is expected", "several are for ids and amounts")
        if name in _LAST_DAYS and any(
            is_of_month(it) for it, _ in read_notation(rule, self._notation).days
        ):
            raise InvalidValue(
                place,
                "a month does not say which of its days is the last one",
                "name a column of days, or leave this one out",
            )
        return way.OneCell(names, place, empty, *self._reader(rule, kind))

    def _keys(self, name: str, kind: Kind) -> tuple[str, ...]:
        keys = ["column", "always", "empty"]
        if name in _IDS:
            keys.append("leading_zeros")
        if isinstance(kind, Day | Birth):
            keys.append("dates")
        if isinstance(kind, Choice | Flag | FactValue):
            keys.append("words")
        if isinstance(kind, Whole):
            keys += ["amounts", "decimal", "debit", "credit", "sign"]
        if self._table == "entries":
            keys += {"kind": ["plus", "minus"], "id": ["line"], "reverses": ["find"]}.get(name, [])
        return tuple(keys)

    def _reader(
        self, rule: StrictObject, kind: Kind
    ) -> tuple[Callable[[str], Value], Callable[[str], bool]]:
        """What reads a cell, and what says whether one at the end of a file is whole."""
        notation = read_notation(rule, self._notation)
        if isinstance(kind, Day | Birth):
            if not notation.days:
                raise MissingField(
                    rule.place("dates"), "the format of these days is required", 'such as "dd-mm-yyyy"'
                )
            is_fixed = all(fixed_width(name) for name, _ in notation.days)
            reader = way.day_reader(notation)
            if isinstance(kind, Birth):
                reader = way.birth_reader(kind, notation)
            return reader, lambda text: is_fixed and bool(text)
        if "words" not in rule.fields:
            return way.plain_reader(kind, rule.at), lambda _: False
        words = words_of(rule, kind)
        return way.word_reader(words, rule.at), words.is_whole

    def _amount(self, rule: StrictObject, empty: frozenset[str]) -> Field:
        notation = read_notation(rule, self._notation)
        if notation.unit is None:
            raise MissingField(
                rule.place("amounts"), "the unit of these amounts is required", '"euro" or "cents"'
            )
        if notation.unit != CENTS and notation.decimal is None and not notation.in_sheet:
            raise MissingField(
                rule.place("decimal"), "what stands before the cents is required", '"," or "."'
            )
        if "debit" in rule.fields or "credit" in rule.fields:
            both = (*self._names(rule, "debit"), *self._names(rule, "credit"))
            if len(both) != 2 or "column" in rule.fields:
                raise InvalidValue(rule.at, "one column for debit and one for credit are expected")
            return way.DebitCredit(both, rule.at, empty, notation)
        names = self._names(rule, "column")
        if "sign" in rule.fields:
            sign = rule.inner("sign", ("column", "words"))
            words = sign.inner("words")
            if len(names) != 1 or not words.fields:
                raise InvalidValue(sign.at, "a column and its words are expected")
            signs = {name.strip().casefold(): words.word(name, _SIGNS) for name in words.fields}
            return way.SignedBy((*names, *self._names(sign, "column")), sign.at, empty, notation, signs)
        return way.Amount(names, rule.at, empty, notation)

    def _by_sign(self, rule: StrictObject, empty: frozenset[str]) -> Field:
        kind = COLUMNS["entries"]["kind"].kind
        names = self._names(rule, "column") if "column" in rule.fields else ()
        sides = []
        for name in ("plus", "minus"):
            given = rule.fields.get(name)
            if names:
                sides.append(words_of(rule, kind, name))
            elif given is None:
                sides.append(Words({}))
            elif not isinstance(given, str) or not kind.accepts(given):
                raise refuse(rule.place(name), kind)
            else:
                sides.append(Words({"": given}))
        return way.KindBySign(names, rule.at, empty, *sides)

    def _names(self, rule: StrictObject, key: str) -> tuple[Name, ...]:
        given = rule.required(key)
        its = given if isinstance(given, list) else [given]
        for it in its:
            if type(it) is int and it >= 1:
                continue
            if not isinstance(it, str) or not it.strip():
                raise InvalidValue(
                    rule.place(key), "a heading, or the number of a column from 1, is expected"
                )
        if not its:
            raise InvalidValue(rule.place(key), "a heading is expected")
        return tuple(its)

    def _constant(self, rule: StrictObject, kind: Kind) -> str:
        if len(rule.fields) > 1:
            raise InvalidValue(rule.at, "always stands alone", "leave out the other keys")
        given = rule.required("always")
        text = _as_text(given)
        if not kind.accepts(given) and not kind.accepts(kind.from_text(text)):
            raise refuse(rule.place("always"), kind)
        return text


def words_of(rule: StrictObject, kind: Kind, key: str = "words") -> Words:
    """Read the words of a rule, with what they mean."""
    words = rule.inner(key)
    found: dict[str, str | None] = {}
    for theirs, ours in words.fields.items():
        word = theirs.lstrip().casefold() if theirs.endswith("*") else theirs.strip().casefold()
        if word == "*":
            raise InvalidValue(
                words.place(theirs),
                "this would explain any word, also one that nobody has seen",
                "write what the words begin with, such as Huur*",
            )
        value = None if ours == "" else _as_text(ours)
        if value is not None and not (kind.accepts(ours) or kind.accepts(kind.from_text(value))):
            raise refuse(words.place(theirs), kind)
        if found.setdefault(word, value) != value:
            raise InvalidValue(words.place(theirs), "this word is explained twice", "keep one of them")
    return Words(found)


def _as_text(value: object) -> str:
    """A value of TOML as a table of texts has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
