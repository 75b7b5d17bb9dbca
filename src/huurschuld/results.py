"""Results in files: a worklist as CSV, JSON or Parquet, written whole or not at all, and read again."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from huurschuld.changes import Change
from huurschuld.errors import Cell, InputError, InvalidValue
from huurschuld.json_text import parse_json
from huurschuld.listing import LISTS, Listing, Row
from huurschuld.tables import polars

SUFFIXES: Final = (".csv", ".json", ".parquet")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Another file to write to, which takes the place of this one once all of it is written.

    Whatever happens meanwhile, no half of a file ever has the final name.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600)  # what is written is of a person, or about one
        yield beside
        with beside.open("r+b") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text whole or not at all."""
    with whole(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


def check_suffix(path: Path) -> None:
    """See that a result can be written to, or read from, a file of this name.

    Raises:
        InvalidValue: it ends neither in .csv, .json nor .parquet.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InvalidValue(path.name, "this kind of file is not known", f"end it in {_or(SUFFIXES)}")


def _or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def write_listing(path: Path, listing: Listing) -> None:
    """Write a worklist, in its order, in the format that the name of the file ends in."""
    check_suffix(path)
    match path.suffix.lower():
        case ".csv":
            write_text(path, listing_csv(listing))
        case ".json":
            write_text(path, listing_json(listing))
        case _:
            pl = polars(path.name)
            rows = [_joined(row) for row in _rows(listing)]
            columns = listing.columns()
            frame = pl.DataFrame(
                {name: [row.get(name) for row in rows] for name in columns}, strict=False
            )
            with whole(path) as beside:
                frame.write_parquet(beside)


def _rows(listing: Listing) -> Iterator[Row]:
    """Those that are not decided, with the advice `undecided` and nothing else; then the rest."""
    for it in listing.undecided:
        yield {**dict.fromkeys(listing.columns()), "tenancy": it.tenancy, "advice": "undecided"}
    yield from listing.rows


def _joined(row: Row) -> Row:
    """Several holds or unknowns in one cell, with blanks."""
    return {name: " ".join(it) if isinstance(it, list) else it for name, it in row.items()}


def listing_csv(listing: Listing) -> str:
    """A worklist as CSV, in its order; several holds or unknowns stand in one cell, with blanks.

    Tenancies that are not decided come first, with the advice `undecided` and nothing else.
    """
    written = io.StringIO()
    writer = csv.DictWriter(written, listing.columns(), lineterminator="\n")
    writer.writeheader()
    for row in _rows(listing):
        cells = _joined(row)
        writer.writerow({name: _cell(it) for name, it in cells.items()})
    return written.getvalue()


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def listing_json(listing: Listing) -> str:
    """A worklist as JSON: what it was made with once, then a row for each tenancy in arrears."""
    receipt = listing.receipt.document()
    document: dict[str, object] = {
        "screened": listing.screened,
        "counts": {str(advice): count for advice, count in listing.counts().items()},
    }
    if listing.set_aside is not None:
        document["set_aside"] = {
            "tenancies": listing.set_aside.tenancies,
            "rows": listing.set_aside.rows,
        }
    document |= {
        "undecided": [{"tenancy": it.tenancy, "code": it.code} for it in listing.undecided],
        "assumptions": receipt["assumptions"],
        "receipt": receipt,
        "worklist": list(listing.rows),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def quarantine_csv(errors: Sequence[InputError]) -> str:
    """The rows that were set aside as CSV: why and where, and nothing that stood there."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["code", "file", "line", "column", "problem", "remedy"])
    for error in errors:
        place = error.place
        at = (place.file, place.line, place.column) if isinstance(place, Cell) else (place, "", "")
        writer.writerow([error.code, *at, error.problem, error.remedy])
    return written.getvalue()


def changes_csv(found: Sequence[Change]) -> str:
    """Changes as CSV, with the differences in one cell: `name: before > after`."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    said = [f"{name}_{when}" for name in ("advice", "priority") for when in ("before", "after")]
    writer.writerow(["tenancy", *said, "why"])
    for change in found:
        document = change.document()
        why = "; ".join(f"{it.name}: {_text(it.before)} > {_text(it.after)}" for it in change.why)
        writer.writerow([change.tenancy, *(document[name] for name in said), why])
    return written.getvalue()


def _text(value: object) -> str:
    if value is None:
        return "unknown"
    return " ".join(value) if isinstance(value, list) else str(_cell(value))


# --- read again ----------------------------------------------------------------------------------


def read_rows(path: Path) -> dict[str, Row]:
    """The rows of a result, by tenancy.

    Raises:
        InvalidValue: it is no result of a screening.
        OSError: it cannot be read.
    """
    check_suffix(path)
    rows = list(_READERS[path.suffix.lower()](path))
    found: dict[str, Row] = {}
    for number, row in enumerate(rows):
        name = row.get("tenancy")
        is_row = type(name) is str and name and {"advice", "priority"} <= row.keys()
        if not is_row or name in found:
            raise InvalidValue(
                Cell(path.name, number + 2, "tenancy"),
                "this is no row of a result, or a second one of a tenancy",
                "give a file that huurschuld screen --output wrote",
            )
        found[str(name)] = row
    return found


def _from_csv(path: Path) -> Iterator[Row]:
    rows: list[dict[str, str]] | None = None
    with suppress(csv.Error, UnicodeDecodeError), path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        rows = list(reader) if "tenancy" in (reader.fieldnames or ()) else None
    if rows is None or any(None in row or None in row.values() for row in rows):
        raise InvalidValue(path.name, "this is no CSV file of a result", "restore the file")
    for row in rows:
        yield {name: _value(name, cell) for name, cell in row.items()}


def _value(name: str, cell: str) -> object:
    """What stands in a cell: names as a list, whole numbers, true and false; nothing is null."""
    if name in LISTS:
        return cell.split()
    if name in ("tenancy", "months"):  # texts, whatever they look like
        return cell or None
    if cell.isascii() and cell.isdigit():
        return int(cell)
    return {"": None, "true": True, "false": False}.get(cell, cell)


def _from_json(path: Path) -> Iterator[Row]:
    document: object = None
    with suppress(InvalidValue):  # told below, with the name of the file
        document = parse_json(path.read_bytes())
    rows = document.get("worklist") if isinstance(document, dict) else None
    undecided = document.get("undecided", []) if isinstance(document, dict) else []
    if not isinstance(rows, list) or not isinstance(undecided, list):
        raise InvalidValue(path.name, "this is no JSON file of a result", "restore the file")
    for it in [*undecided, *rows]:
        row = it if isinstance(it, dict) else {}
        yield row if "advice" in row else {**row, "advice": "undecided", "priority": None}


def _from_parquet(path: Path) -> Iterator[Row]:
    pl = polars(path.name)
    try:
        with path.open("rb") as file:
            rows = pl.read_parquet(file).to_dicts()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        rows = None
    if rows is None:
        raise InvalidValue(path.name, "this is no Parquet file", "restore the file")
    for row in rows:
        yield {name: (it or "").split() if name in LISTS else it for name, it in row.items()}


_READERS: Final[dict[str, Callable[[Path], Iterator[Row]]]] = {
    ".csv": _from_csv,
    ".json": _from_json,
    ".parquet": _from_parquet,
}
