"""Decisions as a dataframe: the columns of a result of `screen`, in the library of one's choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, overload

from huurschuld.decisions.decision import Decision
from huurschuld.errors import InvalidValue
from huurschuld.portfolio.extras import import_extra, polars
from huurschuld.portfolio.result_rows import LISTS, ORIGIN, RESULT_COLUMNS, ResultRow, row_of
from huurschuld.rules.facts import FACTS, FactType
from huurschuld.rules.parameters import Unit

if TYPE_CHECKING:  # none of them need be installed
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from pyspark.sql import DataFrame as SparkFrame

FrameLibrary = Literal["polars", "pandas", "pyarrow", "duckdb", "spark"]
_LIBRARIES: Final = ("polars", "pandas", "pyarrow", "duckdb", "spark")
_WHOLE: Final = ("arrears_cents", "days_overdue")
_EPISODE_START: Final = "episode_start"


@overload
def decisions_frame(
    decisions: Iterable[Decision], library: Literal["polars"] = "polars", *, facts: bool = False
) -> pl.DataFrame: ...
@overload
def decisions_frame(
    decisions: Iterable[Decision], library: Literal["pandas"], *, facts: bool = False
) -> pd.DataFrame: ...
@overload
def decisions_frame(
    decisions: Iterable[Decision], library: Literal["pyarrow"], *, facts: bool = False
) -> pa.Table: ...
@overload
def decisions_frame(
    decisions: Iterable[Decision], library: Literal["duckdb"], *, facts: bool = False
) -> duckdb.DuckDBPyRelation: ...
@overload
def decisions_frame(
    decisions: Iterable[Decision], library: Literal["spark"], *, facts: bool = False
) -> SparkFrame: ...
def decisions_frame(
    decisions: Iterable[Decision], library: FrameLibrary = "polars", *, facts: bool = False
) -> Any:
    """Make a dataframe of decisions, with the columns and types of a result of `screen` on one day.

    Args:
        decisions: of `decide`, `decide_many` or a worklist; on any days and by any policies.
        library: `polars`, `pandas` (in the types of Arrow), `pyarrow`, `duckdb` (a relation of its
            default connection) or `spark` (in the session that is active, or a new one).
        facts: give the facts as well, each in a column; null is unknown, or not a fact of that policy.

    Returns:
        A row for each decision, in the order given. Without any, the columns are those without facts.

    Raises:
        InvalidValue: at `/library`: there is no such library; at `/decisions/INDEX`: it is no Decision.
        ExtraNeeded: a library that is needed is not installed.
    """
    if library not in _LIBRARIES:
        raise InvalidValue("/library", f"one of {', '.join(_LIBRARIES)} is expected")
    pl = polars("decisions_frame")
    given = list(_checked(decisions))
    rows = [_row(it, facts=facts) for it in given]
    types: dict[str, Any] = dict.fromkeys(RESULT_COLUMNS, pl.String)
    types |= dict.fromkeys(_WHOLE, pl.Int64)
    for name, fact in (_facts_of(given) if facts else {}).items():
        types.setdefault(name, pl.Date if fact is None else _dtype(fact, pl))
    types |= dict.fromkeys(ORIGIN, pl.String) | {"as_of": pl.Date}
    columns = {name: [row.get(name) for row in rows] for name in types}
    return _in_library(pl.DataFrame(columns, schema=types), library)


def _checked(decisions: Iterable[Decision]) -> Iterator[Decision]:
    for index, it in enumerate(decisions):
        if not isinstance(it, Decision):
            raise InvalidValue(f"/decisions/{index}", f"a Decision is expected, not {type(it).__name__}")
        yield it


def _row(decision: Decision, *, facts: bool) -> ResultRow:
    row, receipt = row_of(decision, facts=facts), decision.receipt
    row |= {name: " ".join(row[name]) for name in LISTS}
    row |= {"policy": receipt.policy.name, "rules": receipt.rules, "as_of": receipt.as_of}
    return row | ({_EPISODE_START: decision.facts.episode_start} if facts else {})


def _facts_of(decisions: Sequence[Decision]) -> dict[str, FactType | None]:
    """The facts that any of the decisions has, in the order of a result; None for the day among them."""
    receipts = [it.receipt for it in decisions]
    if not receipts:
        return {}
    set_to = {name for it in receipts for name, _ in it.parameters}
    shown = {name: it for name, it in FACTS.items() if it.parameter is None or it.parameter in set_to}
    policies = dict.fromkeys(it.policy for it in receipts)
    own = {fact.type.key: fact.type for policy in policies for fact in policy.facts}
    return {**shown, _EPISODE_START: None, **own}


def _dtype(fact: FactType, pl: Any) -> Any:  # noqa: ANN401 - of polars, which is optional
    if fact.unit is None:
        return pl.Boolean
    return pl.String if fact.unit is Unit.MONTHS else pl.Int64


def _in_library(frame: Any, library: FrameLibrary) -> Any:  # noqa: ANN401 - as decisions_frame
    match library:
        case "polars":
            return frame
        case "pandas":
            import_extra("pandas", "spark", "decisions_frame", "pandas is not installed")
            # In Arrow's types, as `screen` does: numpy makes floats of whole numbers beside a null.
            return frame.to_pandas(use_pyarrow_extension_array=True)
    table = frame.to_arrow()
    if library == "duckdb":
        duckdb = import_extra("duckdb", "duckdb", "decisions_frame", "duckdb is not installed")
        return duckdb.from_arrow(table)
    if library == "spark":
        sql = import_extra("pyspark.sql", "spark", "decisions_frame", "spark is not installed")
        return sql.SparkSession.builder.getOrCreate().createDataFrame(table)
    return table
