"""Mistakes in policies: each gives one error, and who has nothing but its message finds the repair."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from huurschuld import InputError, load_policy

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
    lines = written.split("\n")
    line, begin = lines[error.spot.line - 1], error.spot.column - 1
    assert line.startswith(mistake["piece"], begin)
    behind = line[begin + len(mistake["piece"]) :]
    lines[error.spot.line - 1] = line[:begin] + mistake["repair"] + behind
    path.write_text("\n".join(lines), encoding="utf-8")
    load_policy(path)
