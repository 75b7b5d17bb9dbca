"""Fifty exports made by hand: each is read right by what `map` proposes, or refused with what to do.

What a person does is in the descriptions: the answers to the questions, and the repair of the files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from export_cases import Export, exports, repair, write_files

from huurschuld import check_mapping, propose_mapping
from huurschuld.portfolio.mapping.proposing.proposal import Proposal
from huurschuld.portfolio.mapping.tables import MappedTable, mapping_beside, read_mapped
from huurschuld.portfolio.schema import TABLES

_EXPORTS: Final = exports()
_PERSONAL: Final = ("kanari", "12345678", "11122233", "nl91abna", "06876543", "1980", "1234 ka")
"""What the exports have of persons, in lower case; nothing of it is ever shown."""
_MOST: Final = 3
"""How many questions a person answers in well under two minutes, with the file at hand."""


@pytest.mark.parametrize("export", _EXPORTS, ids=lambda it: it.name)
def test_an_export_is_read_right_or_refused_with_what_to_do(export: Export, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    write_files(folder, export)
    refused = export.refused
    proposal = _proposed(folder)
    if "messages" in refused:
        _confirm(folder, proposal, export.answers)
        assert _refusals(folder) == refused["messages"]
        repair(folder, refused)
    elif refused:
        if "questions" in refused:
            assert [f"{it.key}: {it.text}" for it in proposal.questions] == refused["questions"]
        else:
            assert _not_read(proposal) == refused["not_read"]
            assert proposal.questions
        repair(folder, refused)
        proposal = _proposed(folder)
        _confirm(folder, proposal, export.answers)
    else:
        _confirm(folder, proposal, export.answers)
    assert _not_read(proposal) == export.not_read
    assert _refusals(folder) == []
    assert set(export.expected) == set(TABLES) & set(_mapping(folder))
    for table, (columns, rows) in export.expected.items():
        frame, _ = read_mapped(MappedTable(folder, mapping_beside(folder), table))
        empty = [it for it in frame.columns if it not in columns and table == "entries"]
        assert all(frame[it].null_count() == frame.height for it in empty), empty
        found = frame.drop(empty).rows(named=True)
        assert set(frame.columns) - set(empty) == set(columns)
        assert sorted(found, key=repr) == sorted(
            ({it: row[it] for it in frame.columns if it in columns} for row in rows), key=repr
        )


def test_there_are_fifty() -> None:
    assert len(_EXPORTS) == 50
    assert len({it.name for it in _EXPORTS}) == 50


def _proposed(folder: Path) -> Proposal:
    """A proposal that shows nothing of a person, and asks little."""
    proposal = propose_mapping(folder)
    shown = (
        f"{proposal.text}{proposal.questions}{proposal.checks}{proposal.notes}{proposal.files}".lower()
    )
    assert [it for it in _PERSONAL if it in shown] == []
    assert len(proposal.questions) <= _MOST
    return proposal


def _not_read(proposal: Proposal) -> list[str]:
    return [f"{it.name}: {it.reason}" for it in proposal.files if not it.tables]


def _confirm(folder: Path, proposal: Proposal, answers: Mapping[str, Any]) -> None:
    """Keep the mapping, with an answer to each question that is asked, and to no other."""
    assert {it.key for it in proposal.questions} == set(answers)
    text = proposal.text
    for question in proposal.questions:
        assert ' = "?"\n' in text
        text = text.replace(' = "?"\n', f" = {_toml(answers[question.key])}\n", 1)
    mapping_beside(folder).write_text(text, encoding="utf-8")


def _mapping(folder: Path) -> dict[str, Any]:
    return tomllib.loads(mapping_beside(folder).read_text(encoding="utf-8"))


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(it)}" for key, it in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    assert isinstance(value, str)
    return f'"{value}"'


def _refusals(folder: Path) -> list[str]:
    """What is refused, and what to do, as `huurschuld map` shows it."""
    found = check_mapping(folder, mapping_beside(folder)).failures
    return [it.message for it in found.listed]
