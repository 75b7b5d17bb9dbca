"""The canonical JSON of a part of the model: one function for each class, made from its fields.

Receipts come by the thousand, and each hashes every entry of a ledger. So what is made is what one would
write by hand: `f'{{"booked":"{day_text(part.booked)}","cents":{part.cents}, ...'`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Any, Final

from attrs import frozen

from huurschuld.model.functions import function_of
from huurschuld.model.values import Birth, Day, Flag, Kind, Part, Parts, Whole

_PART: Final = "part"
_VALUE: Final = "value"
_COMMA: Final = ast.Constant(",")

day_text: Final = lru_cache(maxsize=65_536)(date.isoformat)
"""Write a day as `YYYY-MM-DD`; a portfolio has few days, each in many entries."""


@frozen
class Member:
    """One field of a class, as it is written.

    Attributes:
        name: its name in files.
        attribute: its name in the class.
        kind: what it holds where it is not None.
        text: writes a value as canonical JSON, where nothing faster is known for its kind.
        required: it is always written, and not only where it is neither None nor the default.
        default: the default, if it is the same for all.
        factory: makes the default of a part, if it depends on the part.
    """

    name: str
    attribute: str
    kind: Kind | Part | Parts
    text: Callable[[Any], str]
    required: bool
    default: str | bool | None
    factory: Callable[[Any], object] | None


def writer_of(members: Iterable[Member], kind: str | None) -> Callable[[Any], str]:
    """Make the function that writes a part of one class; `kind` is a member of every entry.

    At least one member must be required.
    """
    known: dict[str, object] = {}
    texts = {it.name: _Text(it, known) for it in members}
    by_name: dict[str, _Text | None] = {**texts, **({} if kind is None else {"kind": None})}
    names = sorted(by_name)  # as canonical JSON has them
    # Each brings its own comma, on the side of one that is there in any case.
    fixed = next(name for name in names if (it := by_name[name]) is None or it.member.required)
    pieces: list[ast.expr] = [ast.Constant("{")]
    for name in names:
        text = by_name[name]
        own = [ast.Constant(f'"kind":"{kind}"')] if text is None else text.written()
        whole = [*[_COMMA] * (name > fixed), *own, *[_COMMA] * (name < fixed)]
        pieces += whole if text is None or text.member.required else [text.unless_default(whole)]
    return function_of(_PART, ast.JoinedStr([*pieces, ast.Constant("}")]), **known)


@frozen
class _Text:
    """How a member is written, as nodes; what these call is put among what is `known` by name."""

    member: Member
    known: dict[str, object]

    def written(self) -> list[ast.expr]:
        """Write `"name":value`."""
        before, value = f'"{self.member.name}":', self._value()
        match self.member.kind:
            case Whole():
                return [ast.Constant(before), _formatted(value)]
            case Flag():
                word = ast.IfExp(value, ast.Constant("true"), ast.Constant("false"))
                return [ast.Constant(before), _formatted(word)]
            case Day():
                day = self._call("day", day_text, value)
                return [ast.Constant(f'{before}"'), _formatted(day), ast.Constant('"')]
            case Birth():
                return [ast.Constant(f'{before}"'), _formatted(value), ast.Constant('"')]
        return [ast.Constant(before), _formatted(self._call("text", self.member.text, value))]

    def unless_default(self, text: list[ast.expr]) -> ast.expr:
        """Write it only where the value is neither None nor the default."""
        held = ast.NamedExpr(ast.Name(_VALUE, ast.Store()), self._attribute())
        left_out: ast.expr = ast.Compare(held, [ast.Is()], [ast.Constant(None)])
        if self.member.factory is not None or self.member.default is not None:
            default: ast.expr = ast.Constant(self.member.default)
            if self.member.factory is not None:
                default = self._call("default", self.member.factory, ast.Name(_PART, ast.Load()))
            is_default = ast.Compare(ast.Name(_VALUE, ast.Load()), [ast.Eq()], [default])
            left_out = ast.BoolOp(ast.Or(), [left_out, is_default])
        return _formatted(ast.IfExp(left_out, ast.Constant(""), ast.JoinedStr(text)))

    def _attribute(self) -> ast.expr:
        return ast.Attribute(ast.Name(_PART, ast.Load()), self.member.attribute, ast.Load())

    def _value(self) -> ast.expr:
        return self._attribute() if self.member.required else ast.Name(_VALUE, ast.Load())

    def _call(self, what: str, function: Callable[[Any], object], argument: ast.expr) -> ast.expr:
        name = f"{what}_of_{self.member.attribute}"
        self.known[name] = function
        return ast.Call(ast.Name(name, ast.Load()), [argument], [])


def _formatted(value: ast.expr) -> ast.expr:
    return ast.FormattedValue(value, -1)
