"""Where each value of a TOML file stands: its line and column, which the parser does not tell."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from huurschuld.errors import Spot
from huurschuld.model.toml_places import TomlPlaces

ROOT = Path(__file__).parent.parent
FILES = sorted(
    it for it in (*ROOT.glob("examples/**/*.toml"), *ROOT.glob("src/**/*.toml"), ROOT / "pyproject.toml")
)
NAMES = st.sampled_from(["a", "b-c", "d_1", "9", '"e f"', "'g.h'", '"i\\"j"', '"/k~"'])
SPACES = st.sampled_from(["", " ", "  ", "\t"])


@st.composite
def values(draw: st.DrawFn, depth: int = 2) -> str:
    """The text of a value, of any kind and with anything within."""
    kinds = ["text", "plain", "long", "long plain", "other", *(["list", "table"] if depth else [])]
    kind = draw(st.sampled_from(kinds))
    letters = draw(st.text("abé#[]{}=,. ", max_size=8))
    if kind == "text":
        return json.dumps(letters + draw(st.sampled_from(["", '"', "\\", "\n", "\té"])))
    if kind == "plain":
        return f"'{letters}'"
    if kind == "long":
        return f'"""{draw(st.sampled_from(["", chr(10)]))}{letters}\\\n  "x" \\" \n{letters}"""'
    if kind == "long plain":
        return f"'''{draw(st.sampled_from(['', chr(10)]))}{letters}\n'x'{letters}'''"
    if kind == "other":
        return draw(st.sampled_from(["1", "true", "1979-05-27 07:32:00Z", "-1.5e3", "0xff", "inf"]))
    if kind == "list":
        items = draw(st.lists(values(depth - 1), max_size=3))
        between = draw(st.sampled_from([",", " , ", ",\n  # [a] comment\n"]))
        return f"[{between.join(items)}{draw(st.sampled_from(['', ' ', chr(10)]))}]"
    names = draw(st.lists(NAMES, max_size=2, unique_by=lambda it: tomllib.loads(f"{it}=1").popitem()[0]))
    pairs = [f"{it}{draw(st.sampled_from(['', '.x']))} = {draw(values(depth - 1))}" for it in names]
    return f"{{{draw(SPACES)}{', '.join(pairs)}{draw(SPACES)}}}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A whole text, with headings, lists of tables and dotted names."""
    lines = []
    for number in range(draw(st.integers(1, 5))):
        heading = draw(
            st.sampled_from(["", "[t{}]", "[[l]]", "[t{}.u]", "[l.m{}]", "# [no]", "[ t{} . 'v' ]"])
        )
        if heading.startswith("[l.m") and "[[l]]" not in lines:
            heading = "[[l]]"
        lines.append(heading.format(number))
        name = draw(st.sampled_from(["x{}", "y{}.z", "'w{}'"])).format(number)
        lines.append(
            f"{draw(SPACES)}{name}{draw(SPACES)}={draw(SPACES)}{draw(values())}{draw(SPACES)}# end"
        )
    return "\n".join(lines)


def inner(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every value of a document by its path."""
    found = {path: value} if path else {}
    if isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            found.update(inner(part, (*path, str(name))))
    return found


def check(text: str) -> None:
    """Each value is found, and read from where it was found it is the same."""
    document = tomllib.loads(text)
    found = TomlPlaces(text).written()
    assert found.keys() == inner(document).keys()
    for path, value in inner(document).items():
        written = found[path]
        if written:
            assert repr(tomllib.loads(f"x = {written}")["x"]) == repr(value)
        else:
            assert isinstance(value, dict | list)


@settings(max_examples=150)
@given(documents())
def test_each_value_is_found_where_it_stands(text: str) -> None:
    """Whatever is before and within it."""
    check(text)


@pytest.mark.parametrize("path", FILES, ids=lambda it: str(it.relative_to(ROOT)))
def test_the_files_of_this_project_are_found_through(path: Path) -> None:
    """As people write them."""
    check(path.read_text(encoding="utf-8"))


@given(values(depth=0), st.integers(0, 30))
def test_a_character_of_a_text_is_found_where_it_stands(written: str, number: int) -> None:
    """Behind escapes, and in a text of several lines."""
    text = f"a = 1\nb.c = {written}"
    value = tomllib.loads(text)["b"]["c"]
    if isinstance(value, str) and number < len(value):
        spot = TomlPlaces(text).spot("/b/c", number)
        assert spot is not None
        at = text.split("\n")[spot.line - 1][spot.column - 1 :]
        if value[number] not in '\\"\n\t' and ord(value[number]) < 128:
            assert at.startswith(value[number])


def test_a_value_that_is_not_there_is_told_by_what_it_would_be_in() -> None:
    """A missing member has the line of its table; of an unknown one its name is meant."""
    text = 'a = 1\n\n[[also]]\nwhn = "disputed"\n'
    places = TomlPlaces(text)
    assert places.spot("/also/0/when") == Spot(3, 1)
    assert places.spot("/also/0/whn", of_name=True) == Spot(4, 1)
    assert places.spot("/also/0/whn") == Spot(4, 7)
    assert places.spot("/nothing") is None
    assert places.quote("/also/0/whn") == '"'
    assert places.quote("/a") == ""
