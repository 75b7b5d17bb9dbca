"""Worklists, rows that were set aside, and changes, as texts and bytes."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from huurschuld.decisions.change_values import reasons_in_words
from huurschuld.decisions.receipt import Receipt
from huurschuld.decisions.words import LANGUAGES
from huurschuld.errors import Cell, InputError, InvalidValue
from huurschuld.portfolio.changes import COMPARED, Change
from huurschuld.portfolio.csv_writing import csv_cell, csv_text
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.result_rows import (
    ORIGIN,
    SELECTION,
    SET_ASIDE,
    UNDECIDED,
    Origin,
    ResultRow,
)
from huurschuld.portfolio.selecting import grouped
from huurschuld.portfolio.worklist import Worklist

SUFFIXES: Final = (".csv", ".json", ".parquet")


def check_suffix(path: Path, *others: str) -> None:
    """Check that a result can be written to, or read from, a file of this name.

    Args:
        path: the file.
        others: the endings that are known there besides those of `SUFFIXES`.

    Raises:
        InvalidValue: it ends in none of these.
    """
    *known, last = (*SUFFIXES, *others)
    if path.suffix.lower() not in (*known, last):
        remedy = f"end it in {', '.join(known)} or {last}"
        raise InvalidValue(path.name, "this kind of file is not known", remedy)


def worklist_as(path: Path, found: Worklist) -> bytes:
    """Write a worklist, in its order, in the format that the name of a file ends in."""
    check_suffix(path)
    match path.suffix.lower():
        case ".csv":
            return worklist_csv(found).encode("utf-8")
        case ".json":
            return worklist_json(found).encode("utf-8")
        case _:
            return _worklist_parquet(found, polars(path.name))


def worklist_csv(found: Worklist) -> str:
    """Write a worklist as CSV, in its order."""
    columns = _columns(found)
    return csv_text(columns, ([row[name] for name in columns] for row in rows_of_worklist(found)))


def _worklist_parquet(found: Worklist, pl: Any) -> bytes:  # noqa: ANN401 - a module that need not be installed
    rows = list(rows_of_worklist(found))
    columns = _columns(found)
    frame = pl.DataFrame({name: [row[name] for row in rows] for name in columns}, strict=False)
    written = io.BytesIO()
    frame.write_parquet(written)
    return written.getvalue()


def _columns(found: Worklist) -> list[str]:
    """The columns of a file; the last one is there only if it holds a part of the worklist."""
    return [*found.columns(), *ORIGIN, *([SELECTION] if found.selection else [])]


def rows_of_worklist(found: Worklist) -> Iterator[ResultRow]:
    """Yield all rows of a file, names in one cell with blanks between them.

    Tenancies without an advice come first: a word takes its place, and all else is empty.
    """
    origin = Origin.of(_receipt(found)).written() | {SELECTION: found.selection.written()}
    aside = () if found.quarantine is None else found.quarantine.names
    without_advice = [(name, SET_ASIDE) for name in aside]
    for tenancy, word in (*without_advice, *((it.tenancy, UNDECIDED) for it in found.undecided)):
        yield {**dict.fromkeys(found.columns()), "tenancy": tenancy, "advice": word, **origin}
    for row in found.rows:
        cells = {name: " ".join(it) if isinstance(it, list) else it for name, it in row.items()}
        yield {**cells, **origin}


def worklist_json(found: Worklist) -> str:
    """Write a worklist as JSON: what it was made with once, then a row for each tenancy in arrears."""
    receipt = _receipt(found)
    document: dict[str, object] = {
        "screened": found.screened,
        "counts": {str(advice): count for advice, count in found.counts().items()},
    }
    if found.quarantine is not None:
        document["set_aside"] = {
            "tenancies": found.quarantine.tenancies,
            "rows": found.quarantine.rows,
            "listed": [{"tenancy": it, "advice": SET_ASIDE} for it in found.quarantine.names],
        }
    written = receipt.document()
    document |= {
        "undecided": [{"tenancy": it.tenancy, "code": it.code} for it in found.undecided],
        "assumptions": written["assumptions"],
        "receipt": written,
        **Origin.of(receipt).written(),
        **({SELECTION: found.selection.written()} if found.selection else {}),
        **({} if found.by is None else {"by": found.by, "groups": _groups(found, found.by)}),
        "worklist": list(found.rows),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=dt.date.isoformat) + "\n"


def _groups(found: Worklist, by: str) -> list[dict[str, object]]:
    """The groups in their order, and how many of their rows have each advice."""
    return [
        {"name": name or None, "rows": len(rows), "counts": Counter(row["advice"] for row in rows)}
        for name, rows in grouped(found.rows, by).items()
    ]


def _receipt(found: Worklist) -> Receipt:
    if found.receipt is None:
        raise InvalidValue("the worklist", "it has no receipt", "write the worklist of a screening")
    return found.receipt


def quarantine_csv(errors: Sequence[InputError]) -> str:
    """Write the rows that were set aside as CSV: why and where, and no value of theirs."""
    heading = ["code", "file", "line", "column", "problem", "remedy"]
    return csv_text(heading, map(_error_row, errors))


def _error_row(error: InputError) -> list[object]:
    place = error.place
    at = (place.file, place.line, place.column) if isinstance(place, Cell) else (place, "", "")
    return [error.code, *at, error.problem, error.remedy]


def changes_csv(found: Sequence[Change]) -> str:
    """Write changes as CSV: in one cell what differs, `name: before > after`, in others the reasons."""
    compared = [f"{name}_{when}" for name in COMPARED for when in ("before", "after")]
    heading = ["tenancy", *compared, "why", "reasons_nl", "reasons_en"]
    return csv_text(heading, (_change_row(it, compared) for it in found))


def _change_row(change: Change, compared: Sequence[str]) -> list[object]:
    document = change.document()
    why = "; ".join(f"{it.name}: {_text(it.before)} > {_text(it.after)}" for it in change.why)
    reasons = ["; ".join(reasons_in_words(change.reasons, lang)) for lang in LANGUAGES]
    return [change.tenancy, *(document[name] for name in compared), why, *reasons]


def _text(value: object) -> str:
    if value is None:
        return "unknown"
    return " ".join(value) if isinstance(value, list) else str(csv_cell(value))
