"""Every regular expression takes steps in proportion to the text, whatever somebody puts into it."""

from __future__ import annotations

import ast
import importlib
import itertools
import math
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from regular_expressions import TooMany, is_bounded, pieces_of, steps_of

import huurschuld

METHODS = {"match", "fullmatch", "search", "finditer", "findall", "sub", "split"}
TIMES = 24
RANDOM = 40
CLEAR = 2.5


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module, by its name, without the kits: these are for what a developer gives them."""
    root = Path(huurschuld.__file__).parent
    for path in sorted(root.rglob("*.py")):
        name = ".".join(("huurschuld", *path.relative_to(root).with_suffix("").parts))
        yield name.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8"))


def uses() -> dict[tuple[str, str], tuple[re.Pattern[str], set[str]]]:
    """The patterns that modules hold, by module and name, with the methods that are called there."""
    found: dict[tuple[str, str], tuple[re.Pattern[str], set[str]]] = {}
    for module, tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
                continue
            if node.attr in METHODS:
                pattern = getattr(importlib.import_module(module), node.value.id, None)
                if isinstance(pattern, re.Pattern):
                    found.setdefault((module, node.value.id), (pattern, set()))[1].add(node.attr)
    return found


USES = uses()


def growth(pattern: re.Pattern[str], method: str) -> tuple[float, str]:
    """By how much the steps grow where a text becomes twice as long; the worst, and what was repeated.

    The texts are pieces that the pattern is about, one, two or three of them, over and over.
    """
    pieces = pieces_of(pattern)
    repeated = ["".join(it) for length in (1, 2) for it in itertools.product(pieces, repeat=length)]
    chosen = random.Random(1)
    repeated += ["".join(chosen.choices(pieces, k=3)) for _ in range(RANDOM)]
    worst = 0.0, ""
    for piece in dict.fromkeys(repeated):
        for end in ("", "\n\0"):
            try:
                once = steps_of(pattern, method, piece * TIMES + end)
                twice = steps_of(pattern, method, piece * 2 * TIMES + end)
            except TooMany:
                return math.inf, piece + end
            worst = max(worst, ((twice + 50) / (once + 50), piece + end))
            if worst[0] > CLEAR:
                return worst
    return worst


@pytest.mark.parametrize(("module", "name"), USES)
def test_a_pattern_takes_no_more_than_its_share(module: str, name: str) -> None:
    """Where the text is twice as long, so are the steps; four times as many would be the square."""
    pattern, methods = USES[module, name]
    for method in methods:
        if is_bounded(pattern):
            continue
        grown, repeated = growth(pattern, method)
        assert grown < CLEAR, f"{method} on {repeated!r}"


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"([\w-]+)\s*=\s*[^\s&;]", "finditer"),
        (r"://[^\s/:@]*:[^\s]+@", "search"),
        (r"\S+ (\S+)", "search"),
        (r"([a-z]+)*x", "match"),
        (r"(a|a)*b", "fullmatch"),
        (r"\s*(select|with)\s", "search"),
        (r"[a-z]+[0-9a-z]+x", "match"),
    ],
)
def test_what_takes_the_square_is_found(pattern: str, method: str) -> None:
    """Among them those that searched a configuration for secrets: 27 s for 40,000 characters."""
    grown, _ = growth(re.compile(pattern), method)
    assert grown > CLEAR


def test_every_pattern_is_seen() -> None:
    """A pattern stands in a module under a name, where this test finds how it is used."""
    for module, tree in sources():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "re"
            ):
                assert node.attr not in METHODS, f"{module} line {node.lineno}: give it a name"
    held = {
        id(value)
        for name, module in list(sys.modules.items())
        if name.startswith("huurschuld")
        for value in vars(module).values()
        if isinstance(value, re.Pattern)
    }
    assert held <= {id(pattern) for pattern, _ in USES.values()}
    assert len(held) > 30
