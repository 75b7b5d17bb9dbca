"""What `huurschuld map` proposes is right, or asked; and nothing of a person is in it."""

from __future__ import annotations

import json
import tempfile
import tomllib
from pathlib import Path
from typing import Final

from exporting import AMOUNTS, WORDS, Way, ways, write_export
from hypothesis import given, settings
from test_exports import Tables, as_texts, portfolios

from huurschuld import propose_mapping
from huurschuld.portfolio.mapping.proposing.proposal import Proposal
from huurschuld.portfolio.mapping.tables import MappedTable, mapping_beside, read_mapped

_ASKED: Final = '= "?"\n'


def answered(proposal: Proposal, way: Way) -> str:
    """The mapping with each question answered as the writer of the export knows it."""
    text = proposal.text
    for question in proposal.questions:
        assert _ASKED in text
        text = text.replace(_ASKED, f"= {_answer(question.key, way)}\n", 1)
    assert _ASKED not in text
    return text


def _answer(key: str, way: Way) -> str:
    """The answer to one question, as TOML."""
    before, _, last = key.rpartition(".")
    column = before.removesuffix(".words").rpartition("columns.")[2].partition(".")[0]
    unit, decimal, _ = AMOUNTS[way.amounts]
    own = WORDS.get(column, {})
    answers = {
        "dates": way.days,
        "amounts": "euro" if way.in_sheets and way.typed else unit,
        "decimal": decimal,
        "encoding": way.encoding,
        **({theirs: ours for ours, theirs in own.items()}),
    }
    if last in answers:
        return json.dumps(answers[last])
    assert last in way.flags, key
    return json.dumps(last == way.flags[0])


@settings(max_examples=40)
@given(portfolios(), ways())
def test_what_is_proposed_reads_what_was_exported(tables: Tables, way: Way) -> None:
    """Each column that is proposed is read as it was, once the questions are answered."""
    with tempfile.TemporaryDirectory() as folder:
        place, _ = write_export(Path(folder, "export"), tables, way)
        proposal = propose_mapping(place)
        mapping = answered(proposal, way)
        beside = mapping_beside(place)
        beside.write_text(mapping, encoding="utf-8")
        proposed = tomllib.loads(mapping)
        assert set(tables) - {"children"} <= set(proposed)
        for name in tables:
            if name in proposed:
                frame, _ = read_mapped(MappedTable(place, beside, name))
                expected = as_texts(name, tables[name])
                for column in frame.columns:
                    assert frame[column].to_list() == [it[column] for it in expected], (name, column)
