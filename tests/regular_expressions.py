"""Counting the steps of a regular expression: a small matcher that backtracks as that of Python does.

Python's own counts nothing, and a clock says more about the machine than about the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from re import _constants as op, _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

Matcher = Callable[[int], Iterator[int]]
"""Gives the places where a match that begins at a place may end, in the order of trying."""

MOST: Final = 100_000
"""After so many steps the counting ends: a pattern may take more than there is time for."""

_REPEATS: Final = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_CATEGORIES: Final[dict[Any, Callable[[str], bool]]] = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_NOT_DIGIT: lambda it: not it.isdecimal(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda it: not it.isspace(),
    op.CATEGORY_WORD: lambda it: it.isalnum() or it == "_",
    op.CATEGORY_NOT_WORD: lambda it: not (it.isalnum() or it == "_"),
}


class TooMany(Exception):
    """A pattern takes more than `MOST` steps."""


def steps_of(pattern: re.Pattern[str], method: str, text: str) -> int:
    """How many steps a method of a pattern takes on a text: looks at a character, and ways tried.

    Raises:
        TooMany: more than `MOST`.
    """
    return _Count(pattern, text).of(method)


def is_bounded(pattern: re.Pattern[str]) -> bool:
    """Whether nothing in a pattern is repeated without end, so that each place costs at most so much."""
    return not any(
        node in _REPEATS and value[1] == op.MAXREPEAT
        for node, value in _nodes(parser.parse(pattern.pattern))
    )


def pieces_of(pattern: re.Pattern[str]) -> list[str]:
    """Texts that a pattern is about: its literal texts, and a character of each of its classes."""
    found: dict[str, None] = {"a": None, "\0": None}
    literal = ""
    for node, value in [*_nodes(parser.parse(pattern.pattern)), (None, None)]:
        if node is op.LITERAL:
            literal += chr(value)
            continue
        if literal:
            found |= {literal: None, literal[-1]: None}
        literal = ""
        if node is op.IN:
            accepts = _class_of(value)
            found |= dict.fromkeys([it for it in "a0 A-_.:=\"'\\\n" if accepts(it)][:2])
    return list(found)[:9]


def _nodes(parsed: Any) -> Iterator[tuple[Any, Any]]:
    for node, value in parsed:
        yield node, value
        if node is op.IN:
            continue
        for inner in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(inner, parser.SubPattern):
                yield from _nodes(inner)
            elif isinstance(inner, list):
                for branch in inner:
                    yield from _nodes(branch)


def _class_of(items: Any) -> Callable[[str], bool]:
    negated = items[0][0] is op.NEGATE
    tests: list[Callable[[str], bool]] = []
    for kind, value in items[negated:]:
        if kind is op.LITERAL:
            tests.append(chr(value).__eq__)
        elif kind is op.RANGE:
            tests.append(frozenset(map(chr, range(value[0], value[1] + 1))).__contains__)
        else:
            tests.append(_CATEGORIES[value])
    return lambda it: any(test(it) for test in tests) is not negated


class _Count:
    """One pattern on one text."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self.taken = 0
        self._flags = pattern.flags
        self._text = text
        self._match = self._sequence(list(parser.parse(pattern.pattern)))

    def of(self, method: str) -> int:
        """Run a method, and return the steps."""
        if method == "fullmatch":
            any(end == len(self._text) for end in self._match(0))
        elif method == "match":
            next(self._match(0), None)
        else:
            at = 0
            while at <= len(self._text):
                end = next(self._match(at), None)
                if end is not None and method == "search":
                    break
                at = at + 1 if end is None or end == at else end
        return self.taken

    def _sequence(self, nodes: list[Any]) -> Matcher:
        matchers = [self._node(node, value) for node, value in nodes]

        def run(at: int, index: int = 0) -> Iterator[int]:
            if index == len(matchers):
                yield at
                return
            for end in matchers[index](at):
                yield from run(end, index + 1)

        return run

    def _node(self, node: Any, value: Any) -> Matcher:
        if node in _REPEATS:
            return self._repeat(node, *value)
        if node is op.SUBPATTERN:
            return self._sequence(list(value[3]))
        if node is op.ATOMIC_GROUP:
            return self._first_of(self._sequence(list(value)))
        if node is op.BRANCH:
            branches = [self._sequence(list(it)) for it in value[1]]
            return lambda at: (end for it in branches for end in it(at))
        if node in (op.ASSERT, op.ASSERT_NOT):
            return self._look(node is op.ASSERT, value[0], self._sequence(list(value[1])))
        if node is op.AT:
            return self._boundary(value)
        return self._character(self._test(node, value))

    def _test(self, node: Any, value: Any) -> Callable[[str], bool]:
        if node is op.LITERAL:
            return lambda it: ord(it) == value
        if node is op.NOT_LITERAL:
            return lambda it: ord(it) != value
        if node is op.ANY:
            return lambda it: it != "\n" or bool(self._flags & re.DOTALL)
        assert node is op.IN, node
        return _class_of(value)

    def _character(self, test: Callable[[str], bool]) -> Matcher:
        def run(at: int) -> Iterator[int]:
            self._step()
            if at < len(self._text):
                given = self._text[at]
                either = (given.lower(), given.upper()) if self._flags & re.IGNORECASE else (given,)
                if any(map(test, either)):
                    yield at + 1

        return run

    def _step(self) -> None:
        self.taken += 1
        if self.taken > MOST:
            raise TooMany

    def _boundary(self, where: Any) -> Matcher:
        def run(at: int) -> Iterator[int]:
            self._step()
            beginning = where in (op.AT_BEGINNING, op.AT_BEGINNING_STRING)
            if at == (0 if beginning else len(self._text)):
                yield at

        return run

    def _look(self, expected: bool, direction: int, matcher: Matcher) -> Matcher:
        def run(at: int) -> Iterator[int]:
            start = at if direction > 0 else at - 1  # what is looked back for is one character here
            found = start >= 0 and next(matcher(start), None) is not None
            if found is expected:
                yield at

        return run

    def _first_of(self, matcher: Matcher) -> Matcher:
        def run(at: int) -> Iterator[int]:
            end = next(matcher(at), None)
            if end is not None:
                yield end

        return run

    def _repeat(self, kind: Any, least: int, most: int, body: Any) -> Matcher:
        matcher = self._sequence(list(body))

        def run(at: int, times: int = 0) -> Iterator[int]:
            if kind is op.MIN_REPEAT and times >= least:
                yield at
            if times < most:
                for end in matcher(at):
                    if end > at or times < least:
                        yield from run(end, times + 1)
            if kind is not op.MIN_REPEAT and times >= least:
                self._step()
                yield at

        return self._first_of(run) if kind is op.POSSESSIVE_REPEAT else run
