"""Mistakes in policies: each gives one error, and who has nothing but its message finds the repair."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from huurschuld import (
    InputError,
    Policy,
    canonical_policy,
    in_dutch,
    load_plugins,
    load_policy,
    read_policy,
)
from huurschuld.cli.options import policy_of

MISTAKES = Path(__file__).parent / "mistakes"
BEGINNING = """\
extends = "bgs-2021"
name = "mine"
title = { nl = "van mij", en = "of mine" }

[[also]]
"""


def mistakes(name: str) -> list[Any]:
    """The mistakes of one file, each with a name."""
    found = tomllib.loads((MISTAKES / f"{name}.toml").read_text(encoding="utf-8"))["mistakes"]
    return [pytest.param(mistake, id=mistake["about"]) for mistake in found]


def refused(path: Path) -> InputError:
    """The error for a file, whose message is one line."""
    with pytest.raises(InputError) as caught:
        load_policy(path)
    assert "\n" not in str(caught.value)
    assert caught.value.__context__ is None
    return caught.value


def with_condition(when: str) -> str:
    """A policy that is right if the condition is, which stands in double quotation marks."""
    return f"{BEGINNING}when = {json.dumps(when, ensure_ascii=False)}\n"


@pytest.mark.parametrize("mistake", mistakes("conditions"))
def test_a_mistake_in_a_condition_is_told_with_its_piece_and_its_repair(
    mistake: dict[str, str], tmp_path: Path
) -> None:
    """The message has the line and the column; what it says to write in the place is right."""
    path = tmp_path / "mine.toml"
    written = with_condition(mistake["when"])
    path.write_text(written, encoding="utf-8")
    error = refused(path)
    assert (error.code, error.place) == ("invalid-value", "mine.toml/also/0/when")
    assert error.piece is not None
    assert error.piece.text == mistake["piece"]
    assert error.spot is not None
    assert f"(at {error.spot})" in str(error)
    assert mistake.get("says", mistake["repair"].strip()) in error.remedy
    dutch = in_dutch(error)
    assert f" (regel {error.spot.line}, teken {error.spot.column}); " in dutch
    assert mistake["repair"].strip() in dutch or "says" in mistake
    lines = written.split("\n")
    line, begin = lines[error.spot.line - 1], error.spot.column - 1
    assert line.startswith(mistake["piece"], begin)
    behind = line[begin + len(mistake["piece"]) :]
    lines[error.spot.line - 1] = line[:begin] + mistake["repair"] + behind
    path.write_text("\n".join(lines), encoding="utf-8")
    load_policy(path)


RIGHT = (MISTAKES / "right.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("mistake", mistakes("files"))
def test_a_mistake_in_a_file_is_told_with_its_line_and_its_repair(
    mistake: dict[str, Any], tmp_path: Path
) -> None:
    """Where TOML itself is wrong too; the policy that the message leads to is read."""
    path = tmp_path / "mine.toml"
    assert mistake["right"] in RIGHT
    path.write_text(RIGHT.replace(mistake["right"], mistake["wrong"], 1), encoding="utf-8")
    error = refused(path)
    assert error.code == mistake["code"]
    assert error.place == "/".join(it for it in ("mine.toml", mistake["place"]) if it)
    if "line" in mistake:
        assert f"(at line {mistake['line']}, column " in str(error)
    assert mistake["says"] in error.remedy
    if "line" in mistake:
        assert in_dutch(error) != str(error)
        assert f"regel {mistake['line']}" in in_dutch(error)
    path.write_text(RIGHT, encoding="utf-8")
    load_policy(path)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ('name = "mine', 'write name = "mine"'),
        ("[parameters", "write [parameters]"),
        ('without_holds = ["disputed"', "write ] behind its last item"),
        ("in_force = { from = 2026-01-01", "write } behind its last item"),
        ('name = "a"', "remove one of the lines with name"),
        ('title.nl = """van', 'write """ behind it'),
    ],
)
def test_what_goes_wrong_at_the_end_of_a_file_has_its_line_too(
    written: str, says: str, tmp_path: Path
) -> None:
    """There the parser names no line."""
    path = tmp_path / "mine.toml"
    path.write_text(f'extends = "bgs-2021"\nname = "mine"\n{written}', encoding="utf-8")
    error = refused(path)
    assert "(at line 3, column " in str(error)
    assert "(regel 3, teken " in in_dutch(error)
    assert says in error.remedy


OTHER_FILES: list[tuple[str, bytes, str, str]] = [
    ("mine.toml", b"", "mine.toml", "write a policy in it"),
    ("mine.toml", b"# a policy\n\n", "mine.toml", "write a policy in it"),
    ("mine.toml", RIGHT.encode("utf-16"), "mine.toml", "save it as plain text in UTF-8"),
    ("mine.toml", RIGHT.encode("utf-16-le"), "mine.toml", "save it as plain text in UTF-8"),
    ("mine.toml", RIGHT.replace("Gem", "Gém").encode("cp1252"), "mine.toml", "save it again in UTF-8"),
    ("mine.toml", b"PK\x03\x04" + bytes(range(256)), "mine.toml", "save it as plain text"),
    ("mine.toml", b"{\\rtf1\\ansi extends = \\'93bgs-2021\\'94}", "mine.toml", "save it as plain text"),
    ("mine.docx", b"PK\x03\x04" + bytes(range(256)), "mine.docx", "save it as plain text"),
    ("mine.toml.txt", RIGHT.encode(), "mine.toml.txt", "rename it to mine.toml"),
    ("mine.toml.txt", RIGHT.encode(), "mine.toml", "rename it to mine.toml"),
    ("mine.tml", RIGHT.encode(), "mine.tml", "rename it to mine.toml"),
    ("mine.txt", RIGHT.encode(), "mine.txt", "rename it to mine.toml"),
    ("mine.yaml", b"extends: bgs-2021\n", "mine.yaml", "write it as TOML, in a file such as mine.toml"),
    ("mine.json", b"{}", "mine.json", "a policy in JSON stands in a case file"),
    ("mine.toml", RIGHT.encode(), "mijn.toml", "did you mean mine.toml?"),
    ("mine.toml", RIGHT.encode(), "", "mine.toml"),
]


@pytest.mark.parametrize(("name", "data", "given_name", "says"), OTHER_FILES)
def test_what_is_no_policy_file_is_told_with_what_to_do(
    tmp_path: Path, name: str, data: bytes, given_name: str, says: str
) -> None:
    """Another encoding, a document of Word, another ending, a folder, a name that is nearly right."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError) as caught:
        policy_of(load_plugins(), str(tmp_path / given_name))
    assert caught.value.code == "invalid-value"
    assert says in caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_file_may_end_in_capitals_and_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """As some systems and editors write them."""
    (tmp_path / "MINE.TOML").write_bytes(RIGHT.encode("utf-8-sig"))
    assert policy_of(load_plugins(), str(tmp_path / "MINE.TOML")).name == "gemeente"


POLICIES = [
    RIGHT,
    *(
        it.read_text(encoding="utf-8")
        for it in sorted((Path(__file__).parent.parent / "examples").glob("*.toml"))
    ),
]
CHARACTERS = [*"=[]{}()\"'#.,:;<>-_\\/ \n\t019aZé€“”’–", "\u00a0", "\u200b", "\r", "\0", ""]


@settings(max_examples=150)
@given(
    st.sampled_from(POLICIES),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(CHARACTERS),
    st.booleans(),
)
def test_one_damaged_character_gives_a_policy_or_one_error(
    written: str, where: float, instead: str, is_added: bool
) -> None:
    """Never a traceback, never more than one line, and always something to do."""
    at = int(where * len(written))
    damaged = written[:at] + instead + written[at + (not is_added) :]
    with TemporaryDirectory() as folder:
        path = Path(folder, "mine.toml")
        path.write_bytes(damaged.encode())
        try:
            found: Policy | InputError = load_policy(path)
        except InputError as error:
            found = error
    if isinstance(found, Policy):
        assert read_policy(json.loads(canonical_policy(found))) == found
    else:
        assert str(found.place).startswith("mine.toml")
        assert found.remedy
        assert "\n" not in str(found)
        assert len(str(found)) < 1_200
