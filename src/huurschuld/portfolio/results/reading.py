"""Read a result back; every row is checked, so that users of it can rely on it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from huurschuld.errors import Cell, InputError, InvalidValue
from huurschuld.model.json_text import parse_json
from huurschuld.model.strict_objects import StrictObject
from huurschuld.model.values import Line, RedactedRepr, Text, parse_day
from huurschuld.portfolio.csv_writing import unprotected
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.result_rows import (
    LISTS,
    ORIGIN,
    RESULT_COLUMNS,
    SELECTION,
    UNDECIDED,
    WITHOUT_ADVICE,
    Origin,
    ResultRow,
)
from huurschuld.portfolio.results.formats import check_suffix
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.facts import FACTS, OWN

_ADVICES: Final = frozenset(map(str, Advice))
_PRIORITIES: Final = frozenset(map(str, Priority))
_TEXTS: Final = frozenset(
    {"tenancy", "advice", "priority", "months", "episode_start", *ORIGIN, SELECTION}
)
"""The columns that hold text, also where a cell looks like a number."""

_NUMBERS: Final = frozenset(name for name, it in FACTS.items() if it.unit is not None) - {"months"}
_FLAGS: Final = frozenset(name for name, it in FACTS.items() if it.unit is None)
_KNOWN: Final = frozenset((*RESULT_COLUMNS, *ORIGIN, SELECTION, *FACTS, "episode_start"))
"""The columns that are kept; any other is carried along."""

_DIGITS: Final = re.compile("0|[1-9][0-9]{0,17}")
_MONTHS: Final = re.compile(r"[0-9]{1,18}(\.[0-9]{1,9})?")
_REMEDY: Final = "give what one screening gave, on one day: by huurschuld screen --output, or by screen"


@frozen(repr=False)
class Result(RedactedRepr):
    """A result of a screening, as it was read from a file.

    Attributes:
        rows: by tenancy.
        origin: what it was made with, as far as the file says.
        receipt: the receipt that a file of JSON holds, as it is written there; None without.
        selection: by what its rows were chosen, if it is part of a worklist.
    """

    rows: Mapping[str, ResultRow]
    origin: Origin
    receipt: Mapping[str, object] | None = None
    selection: str | None = None


def read_result(path: Path) -> Result:
    """Read a result of `huurschuld screen --output`, or one of `huurschuld.screen` as Parquet.

    Raises:
        InvalidValue: it is not the result of a screening, or not all of it.
        OSError: it cannot be read.
    """
    check_suffix(path)
    match path.suffix.lower():
        case ".json":
            rows, receipt = _from_json(path)
            return result_of_rows(rows, path.name, receipt)
        case ".csv":
            return result_of_rows(_from_csv(path), path.name)
        case _:
            return result_of_rows(_from_parquet(path), path.name)


def result_of_rows(
    given_rows: Iterable[Mapping[Any, object]],
    name: str,
    receipt: Mapping[str, object] | None = None,
) -> Result:
    """Take the rows of a result, each checked; they are counted from 2, as those of a file.

    `receipt` is the one that comes with them, if there is one.

    Raises:
        InvalidValue: they are not the result of a screening on one day.
    """
    rows: dict[str, ResultRow] = {}
    origins: set[tuple[str | None, ...]] = set()
    selections: set[str] = set()
    for line, given in enumerate(given_rows, 2):
        row = _checked(given, name, line)
        if row["tenancy"] in rows:
            place = Cell(name, line, "tenancy")
            raise InvalidValue(place, "this is a second row of one tenancy", _REMEDY)
        origins.add(tuple(row.pop(name, None) for name in ORIGIN))
        selections.add(row.pop(SELECTION, None) or "")
        rows[row["tenancy"]] = row
    policy, rules, day = origins.pop() if len(origins) == 1 else (None, None, None)
    origin = Origin(policy, rules, None if day is None else parse_day(day))
    selection = "; ".join(sorted(filter(None, selections))) or None
    return Result(rows, origin, receipt, selection)


def _checked(given: Mapping[Any, object], file: str, line: int) -> ResultRow:
    """Check a row, and write its days as texts; of one without an advice keep nothing else.

    What is carried along decides nothing, so it is checked for what moves the cursor, and left out.

    Raises:
        InvalidValue: it is not a row of a result; at the column.
    """
    row = {name: _plain(name, it) for name, it in given.items()}
    for name in ("tenancy", "advice", "priority", *row):
        if name not in row or not _is_valid(name, row[name]):
            known = name in _TEXTS or name in FACTS or name in RESULT_COLUMNS
            raise InvalidValue(Cell(file, line, name if known else ""), "this is not a result", _REMEDY)
    if (row["advice"] in WITHOUT_ADVICE) != (row["priority"] is None):
        raise InvalidValue(Cell(file, line, "priority"), "this is not a result", _REMEDY)
    if row["advice"] in WITHOUT_ADVICE:
        kept = ("tenancy", "advice", "priority", *ORIGIN, SELECTION)
        return {name: row.get(name) for name in kept}
    return {name: it for name, it in row.items() if name in _KNOWN or name.startswith(OWN)}


def _plain(name: object, value: object) -> object:
    """Write a day as text, and months of a fact of one's own as CSV has them: `2` is a number there."""
    if type(value) is str and str(name).startswith(OWN) and _DIGITS.fullmatch(value):
        return int(value)
    return value.isoformat() if type(value) is dt.date else value


def _is_valid(name: object, value: object) -> bool:
    """Whether a column of a result may hold this value."""
    if name in LISTS:
        return isinstance(value, list) and all(map(_is_name, value))
    match name:
        case "tenancy":
            return Text().accepts(value)
        case "advice":
            return type(value) is str and (value in _ADVICES or value in WITHOUT_ADVICE)
        case "priority":
            return value is None or (type(value) is str and value in _PRIORITIES)
        case "months":
            return value is None or (type(value) is str and _MONTHS.fullmatch(value) is not None)
        case "as_of" | "episode_start":
            return value is None or (type(value) is str and parse_day(value) is not None)
        case "policy" | "rules":
            return value is None or Line().accepts(value)
        case "selection":
            return value is None or (type(value) is str and value.isprintable())
    if value is None or name in _NUMBERS or name in _FLAGS:
        return value is None or type(value) is (int if name in _NUMBERS else bool)
    if not Line().accepts(name) or type(value) in (list, dict):
        return False
    return not isinstance(value, str) or " ".join(value.split()).isprintable()


def _is_name(value: object) -> bool:
    return Line().accepts(value) and " " not in str(value)


# --- the formats -----------------------------------------------------------------------------------


def _from_csv(path: Path) -> Iterator[ResultRow]:
    data = path.read_bytes()
    if not data.endswith((b"\n", b"\r")):
        raise InvalidValue(path.name, "this result may have been cut off", "restore the file")
    lines: list[list[str]] = [[]]
    with suppress(csv.Error, UnicodeDecodeError):
        text = io.StringIO(data.decode("utf-8-sig"), newline="")
        lines = [[unprotected(cell) for cell in line] for line in csv.reader(text, strict=True) if line]
    heading, *rows = lines or [[]]
    if "tenancy" not in heading or len(set(heading)) < len(heading):
        raise InvalidValue(path.name, "this is not a CSV file of a result", _REMEDY)
    for number, row in enumerate(rows, 2):
        if len(row) != len(heading):
            place = Cell(path.name, number, "")
            raise InvalidValue(place, "this line is not as wide as the heading", "restore the file")
        yield {name: _value(name, cell) for name, cell in zip(heading, row, strict=True)}


def _value(name: str, cell: str) -> object:
    """Read a cell: names as a list, whole numbers, true and false; an empty cell is null."""
    if name in LISTS:
        return cell.split()
    if name in _TEXTS:
        return cell or None
    if _DIGITS.fullmatch(cell):
        return int(cell)
    return {"": None, "true": True, "false": False}.get(cell, cell)


def _from_json(path: Path) -> tuple[Iterator[ResultRow], Mapping[str, object] | None]:
    """The rows of a document, and the receipt in it, if there is one."""
    problem = ""
    try:
        document = StrictObject(parse_json(path.read_bytes()), "")
        document.required("worklist")
        listed = document.inner("set_aside").items("listed")
        rows = [*listed, *document.items("undecided"), *document.items("worklist")]
    except InputError as error:
        at = f"{error.place}: " if error.place else ""
        problem = f"this is not a JSON file of a result: {at}{error.problem}"
    if problem:
        raise InvalidValue(path.name, problem, _REMEDY)
    about = (*ORIGIN, SELECTION)
    origin: ResultRow = {name: document.fields[name] for name in about if name in document.fields}
    receipt = document.fields.get("receipt")
    return _rows_of(rows, origin, path.name), receipt if isinstance(receipt, dict) else None


def _rows_of(rows: Iterable[object], origin: ResultRow, file: str) -> Iterator[ResultRow]:
    for number, it in enumerate(rows):
        if not isinstance(it, dict):
            raise InvalidValue(Cell(file, number + 2, ""), "this is not a result", _REMEDY)
        yield {"advice": UNDECIDED, "priority": None, **it, **origin}


def _from_parquet(path: Path) -> Iterator[ResultRow]:
    pl = polars(path.name)
    rows: list[ResultRow] | None = None
    data = path.read_bytes()
    failures = (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError, OverflowError)
    with suppress(*failures):  # raised below: what they say may quote a value
        rows = pl.read_parquet(io.BytesIO(data)).to_dicts()
    if rows is None:
        raise InvalidValue(path.name, "this is not a Parquet file", "restore the file")
    yield from map(with_names, rows)


def with_names(row: Mapping[str, object]) -> ResultRow:
    """A row of a frame with its names as lists: there they are a text with blanks between them."""
    return {
        name: (it or "").split() if name in LISTS and (it is None or isinstance(it, str)) else it
        for name, it in row.items()
    }
