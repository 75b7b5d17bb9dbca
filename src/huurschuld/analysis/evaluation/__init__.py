"""The evaluation of a year: what the partners look at, each with a written definition.

::

    evaluation = evaluate(clear_events(store), 2026, smallest=10)
    print(evaluation_csv(evaluation))

| module | holds |
|---|---|
| `measures` | what is counted, with its definition in both languages |
| `rounds` | the rounds of cases with their signals, and which signal repeats another one |
| `courses` | a round of a case, with its landlord, policy and household |
| `counting` | the numbers of a year, by group |
| `withholding` | which numbers are not published, so that nobody works out a small one |
| `evaluating` | the evaluation: what is published |
| `comparing` | two numbers of events: what chance alone would do |
| `documents` | JSON and CSV |
| `words`, `charts` | what it is called where people read it; a chart as SVG |
| `ddas_tables` | what the exporter `ddas` reads, written from cases |
"""

from huurschuld.analysis.evaluation.charts import chart
from huurschuld.analysis.evaluation.comparing import Comparison, compare_counts
from huurschuld.analysis.evaluation.counting import By, Group
from huurschuld.analysis.evaluation.ddas_tables import DdasTables, ddas_tables
from huurschuld.analysis.evaluation.documents import evaluation_csv, evaluation_json
from huurschuld.analysis.evaluation.evaluating import Evaluation, Figure, Quartiles, evaluate
from huurschuld.analysis.evaluation.measures import MEASURES, Basis, Measure

__all__ = [
    "MEASURES",
    "Basis",
    "By",
    "Comparison",
    "DdasTables",
    "Evaluation",
    "Figure",
    "Group",
    "Measure",
    "Quartiles",
    "chart",
    "compare_counts",
    "ddas_tables",
    "evaluate",
    "evaluation_csv",
    "evaluation_json",
]
