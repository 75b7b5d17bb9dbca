"""How one column of a portfolio is read from the texts of a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

from attrs import field, frozen

from huurschuld.model.values import Choice, FactValue, Flag, Kind
from huurschuld.portfolio.mapping.amounts import read_amount
from huurschuld.portfolio.mapping.days import read_day
from huurschuld.portfolio.mapping.notation import Notation
from huurschuld.portfolio.mapping.unfit import Unfit
from huurschuld.portfolio.mapping.words import Words

Name = str | int
"""A heading, or the number of a column from 1."""

Value = str | int | None
"""A value as a table of texts has it; an amount in cents, with its sign; None if it is absent."""

ReadText = Callable[[str], Value]
"""Reads one text; one that is not as the mapping says raises `Unfit`."""

_JOINED: Final = "-"
_SHORTENED: Final = re.compile(r"[0-9](?:[.,][0-9]{1,20})?E\+[0-9]+")
"""How a spreadsheet shows a long number, so that several become the same one."""


@frozen
class Field:
    """A way to read a column.

    Attributes:
        names: the columns of the file that it is read from.
        place: its key in the mapping, for what to do about a cell.
        empty: the texts that mean that a cell is empty, in lower case.
    """

    names: tuple[Name, ...]
    place: str
    empty: frozenset[str]

    def value(self, texts: Sequence[str]) -> Value:
        """Return the value of a row, from the texts of its columns.

        Raises:
            Unfit: a text is not as the mapping says.
        """
        raise NotImplementedError

    def is_whole(self, text: str) -> bool:  # noqa: ARG002 - each kind of field knows its own texts
        """Whether a text cannot be the beginning of a longer one, where a file was cut off."""
        return False


@frozen
class Always(Field):
    """The same value in each row."""

    constant: str

    def value(self, texts: Sequence[str]) -> Value:
        """See `Field`."""
        del texts
        return self.constant


@frozen
class ByTable(Field):
    """What a row alone does not say: it is absent until the table fills it in, from all rows."""

    def value(self, texts: Sequence[str]) -> Value:
        """See `Field`."""
        del texts
        return None


@frozen
class Number(ByTable):
    """The numbers of the file and the line, for rows that have no id of their own."""


@frozen
class Latest(ByTable):
    """The latest payment of the same amount, for a reversal that names none."""


@frozen
class Id(Field):
    """An id; of several columns, joined by a hyphen.

    Attributes:
        keeps_zeros: whether zeros at the start are part of it.
    """

    keeps_zeros: bool = True

    def value(self, texts: Sequence[str]) -> Value:
        """See `Field`."""
        if not all(texts):
            if any(texts):
                raise Unfit("one of the cells of this id is empty", "fill it in")
            return None
        if any(map(_SHORTENED.fullmatch, texts)):
            raise Unfit(
                "a spreadsheet has cut this number short",
                "export it again, and do not save it from the spreadsheet; or format the column as a "
                "number without decimals before saving it",
            )
        if not self.keeps_zeros:
            texts = [it.lstrip("0") or "0" for it in texts]
        return _JOINED.join(texts)


def _remembering(read: ReadText) -> ReadText:
    """Read each text once: an export repeats few days, amounts and words many times."""
    return cache(read)


@frozen
class OneCell(Field):
    """A value that is read from one cell; an empty one is absent."""

    read: ReadText = field(converter=_remembering, eq=False)
    whole: Callable[[str], bool] = field(eq=False)

    def value(self, texts: Sequence[str]) -> Value:
        """See `Field`."""
        return self.read(texts[0])

    def is_whole(self, text: str) -> bool:
        """See `Field`."""
        return self.whole(text)


def day_reader(notation: Notation) -> ReadText:
    """The reader of days."""
    return lambda text: read_day(text, notation.days).isoformat() if text else None


def word_reader(words: Words, place: str) -> ReadText:
    """The reader of words that the mapping explains."""

    def read(text: str) -> Value:
        if text in words:
            return words.get(text)
        if not text:
            return None
        raise Unfit("the mapping does not explain this word", f"add it to {place}.words")

    return read


def plain_reader(kind: Kind, place: str) -> ReadText:
    """The reader of words that are those of a portfolio already."""

    def read(text: str) -> Value:
        if not text:
            return None
        given = text.lower() if isinstance(kind, Flag | FactValue) else text
        if not kind.accepts(kind.from_text(given)):
            explain = f"explain its words in {place}.words"
            raise Unfit(
                kind.expected, explain if isinstance(kind, Choice | Flag) else "correct the cell"
            )
        return given

    return read


def birth_reader(kind: Kind, notation: Notation) -> ReadText:
    """The reader of days of birth, of which the month or day may be unknown (`2012-06-00`)."""

    def read(text: str) -> Value:
        if not text:
            return None
        if text.endswith("-00") and kind.accepts(kind.from_text(text)):
            return text
        return read_day(text, notation.days).isoformat()

    return read


@frozen
class Amount(Field):
    """An amount: the cells of its columns, added up."""

    notation: Notation
    _read: ReadText = field(init=False, eq=False, repr=False)

    @_read.default
    def _remembered(self) -> ReadText:
        return _remembering(self._cents)

    def _cents(self, text: str) -> Value:
        if not text:
            return None
        notation = self.notation
        return read_amount(text, notation.unit or "", notation.decimal, in_sheet=notation.in_sheet)

    def cents(self, text: str) -> int | None:
        """Read one cell; None if it is empty."""
        found = self._read(text)
        return found if isinstance(found, int) else None

    def value(self, texts: Sequence[str]) -> Value:
        """See `Field`."""
        if len(texts) == 1:
            return self._read(texts[0])
        found = [it for it in map(self.cents, texts) if it is not None]
        return sum(found) if found else None

    def is_whole(self, text: str) -> bool:
        """See `Field`: a third decimal would be refused, or is a zero."""
        decimal = self.notation.decimal
        cents = text.rpartition(decimal)[2] if decimal is not None and decimal in text else ""
        return len(cents) == 2 and cents.isascii() and cents.isdecimal()


@frozen
class DebitCredit(Amount):
    """An amount in the first of two columns, or in the second: then it is below zero."""

    def value(self, texts: Sequence[str]) -> Value:
        """See `Field`."""
        debit, credit = map(self.cents, texts)
        if debit and credit:
            raise Unfit("debit and credit are both filled in", "book them as two lines")
        return -credit if credit else debit if debit is not None else credit


@frozen
class SignedBy(Amount):
    """An amount whose sign is a word in another column, such as D and C, or Af and Bij."""

    words: Mapping[str, str]

    def value(self, texts: Sequence[str]) -> Value:
        """See `Field`."""
        cents, sign = self.cents(texts[0]), self.words.get(texts[1].casefold())
        if cents is None:
            return None
        if sign is None:
            raise Unfit("the mapping does not explain this word", f"add it to {self.place}.words", 1)
        if sign == "-" and cents < 0:  # two of them may be a plus, or one that is said twice
            raise Unfit(
                "this is below zero, and the word beside it is a minus as well",
                "leave out sign in the mapping if amounts have their own; else write it with one minus",
            )
        return -cents if sign == "-" else cents


@frozen
class KindBySign(Field):
    """The kind of an entry, from its word, if it has one, and the sign of its amount.

    Attributes:
        plus, minus: the kind of each word; of `""` where there is no column of words.
    """

    plus: Words
    minus: Words

    def kind(self, text: str, cents: int) -> str:
        """Return the kind of an entry with this word, and this amount.

        Raises:
            Unfit: the mapping does not say what it is.
        """
        side, words = ("plus", self.plus) if cents > 0 else ("minus", self.minus)
        found = words.get(text)
        if found is None:
            if text in self.plus or text in self.minus:
                problem = f"the mapping does not say what a {side} of this word means"
            elif self.names:
                problem = "the mapping does not explain this word"
            else:
                problem = f"the mapping does not say what a {side} means"
            raise Unfit(problem, f"add it to {self.place}.{side}")
        return found
