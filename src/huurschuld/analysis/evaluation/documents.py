"""An evaluation for programs and spreadsheets: JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from huurschuld.analysis.evaluation.evaluating import Evaluation, Figure
from huurschuld.portfolio.csv_writing import csv_text
from huurschuld.rules.sources import Phrase

COLUMNS: Final = (
    "year",
    "as_of",
    "by",
    "group",
    "measure",
    "number",
    "withheld",
    "days_first_quartile",
    "days_median",
    "days_third_quartile",
)
"""The columns of the CSV: a row is a figure."""


def evaluation_csv(evaluation: Evaluation) -> str:
    """Write an evaluation as CSV, safe for spreadsheets.

    An empty `group` is all, or those of whom it is not known; an empty `number` is withheld.
    """
    return csv_text(COLUMNS, (_row(evaluation, it) for it in evaluation.figures))


def _row(evaluation: Evaluation, it: Figure) -> list[object]:
    days = [None] * 3 if it.days is None else [it.days.first, it.days.median, it.days.third]
    what = [evaluation.year, evaluation.as_of.isoformat(), str(it.group.by), it.group.name]
    return [*what, it.measure.name, it.number, it.number is None, *days]


def evaluation_json(evaluation: Evaluation) -> str:
    """Write an evaluation as JSON, with the definition of each measure in both languages."""
    document = {
        "year": evaluation.year,
        "as_of": evaluation.as_of.isoformat(),
        "is_whole_year": evaluation.is_whole_year,
        "smallest": evaluation.smallest,
        "measures": list(_measures(evaluation)),
        "figures": [_figure(it) for it in evaluation.figures],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _measures(evaluation: Evaluation) -> Iterator[dict[str, object]]:
    for measure in (figure.measure for figure in evaluation.of(evaluation.groups[0])):
        yield {
            "name": measure.name,
            "label": _both(measure.label),
            "definition": _both(measure.definition),
            "part_of": measure.part_of,
            "basis": str(measure.basis),
        }


def _figure(it: Figure) -> dict[str, object]:
    days = it.days
    return {
        "by": str(it.group.by),
        "group": it.group.name,
        "measure": it.measure.name,
        "number": it.number,
        "withheld": it.number is None,
        "days": None
        if days is None
        else {"first_quartile": days.first, "median": days.median, "third_quartile": days.third},
    }


def _both(phrase: Phrase) -> dict[str, str]:
    return {"nl": phrase.nl, "en": phrase.en}
