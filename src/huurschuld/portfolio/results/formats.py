"""Worklists, rows that were set aside, and changes, as texts and bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from huurschuld.decisions.receipt import Receipt
from huurschuld.errors import Cell, InputError, InvalidValue
from huurschuld.extras import polars
from huurschuld.model.json_text import canonical_json
from huurschuld.portfolio.changes import SET_ASIDE, UNDECIDED, Change
from huurschuld.portfolio.listing import Listing, Row

SUFFIXES: Final = (".csv", ".json", ".parquet")
ORIGIN: Final = ("policy", "rules", "as_of")
"""The last columns of a result: what it was made by, the same in every row."""

_RULES_LENGTH: Final = 12


def check_suffix(path: Path) -> None:
    """See that a result can be written to, or read from, a file of this name.

    Raises:
        InvalidValue: it ends neither in .csv, .json nor .parquet.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InvalidValue(path.name, "this kind of file is not known", f"end it in {_or(SUFFIXES)}")


def _or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def listing_as(path: Path, listing: Listing) -> bytes:
    """A worklist, in its order, in the format that the name of a file ends in."""
    check_suffix(path)
    match path.suffix.lower():
        case ".csv":
            return listing_csv(listing).encode("utf-8")
        case ".json":
            return listing_json(listing).encode("utf-8")
        case _:
            return _listing_parquet(listing, polars(path.name))


def _listing_parquet(listing: Listing, pl: Any) -> bytes:  # noqa: ANN401 - a module that need not be there
    rows = list(_rows(listing))
    columns = [*listing.columns(), *ORIGIN]
    frame = pl.DataFrame({name: [row.get(name) for row in rows] for name in columns}, strict=False)
    written = io.BytesIO()
    frame.write_parquet(written)
    return written.getvalue()


def _rows(listing: Listing) -> Iterator[Row]:
    """Those set aside, those not decided, with that as their advice and nothing else; then the rest.

    Several holds or unknowns stand in one cell, with blanks.
    """
    origin = origin_of(listing.receipt)
    for tenancy, advice in apart(listing):
        yield {**dict.fromkeys(listing.columns()), "tenancy": tenancy, "advice": advice, **origin}
    for row in listing.rows:
        cells = {name: " ".join(it) if isinstance(it, list) else it for name, it in row.items()}
        yield {**cells, **origin}


def apart(listing: Listing) -> Iterator[tuple[str | None, str]]:
    """The tenancies without an advice, each with the word that stands in its place."""
    for name in () if listing.set_aside is None else listing.set_aside.names:
        yield name, SET_ASIDE
    for it in listing.undecided:
        yield it.tenancy, UNDECIDED


def origin_of(receipt: Receipt) -> dict[str, str]:
    """What a result was made by: the policy, a short hash of it with its numbers, and the day."""
    document = {name: it for name, it in receipt.document().items() if name not in ("as_of", "input")}
    digest = hashlib.sha256(canonical_json(document).encode()).hexdigest()
    told = (receipt.policy.name, digest[:_RULES_LENGTH], receipt.as_of.isoformat())
    return dict(zip(ORIGIN, told, strict=True))


def listing_csv(listing: Listing) -> str:
    """A worklist as CSV, in its order."""
    columns = [*listing.columns(), *ORIGIN]
    return _csv_text(columns, ([row[name] for name in columns] for row in _rows(listing)))


def _csv_text(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "".join(_csv_line(cells) for cells in (heading, *rows))


def _csv_line(cells: Iterable[object]) -> str:
    """One line. With both line ends in mind, as an older Python quotes only those that it writes."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([_cell(it) for it in cells])
    return written.getvalue().removesuffix("\r\n") + "\n"


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
            "listed": [{"tenancy": it, "advice": SET_ASIDE} for it in listing.set_aside.names],
        }
    document |= {
        "undecided": [{"tenancy": it.tenancy, "code": it.code} for it in listing.undecided],
        "assumptions": receipt["assumptions"],
        "receipt": receipt,
        **origin_of(listing.receipt),
        "worklist": list(listing.rows),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def quarantine_csv(errors: Sequence[InputError]) -> str:
    """The rows that were set aside as CSV: why and where, and nothing that stood there."""
    return _csv_text(["code", "file", "line", "column", "problem", "remedy"], map(_told, errors))


def _told(error: InputError) -> list[object]:
    place = error.place
    at = (place.file, place.line, place.column) if isinstance(place, Cell) else (place, "", "")
    return [error.code, *at, error.problem, error.remedy]


def changes_csv(found: Sequence[Change]) -> str:
    """Changes as CSV, with the differences in one cell: `name: before > after`."""
    said = [f"{name}_{when}" for name in ("advice", "priority") for when in ("before", "after")]
    return _csv_text(["tenancy", *said, "why"], (_changed(it, said) for it in found))


def _changed(change: Change, said: Sequence[str]) -> list[object]:
    document: Mapping[str, object] = change.document()
    why = "; ".join(f"{it.name}: {_text(it.before)} > {_text(it.after)}" for it in change.why)
    return [change.tenancy, *(document[name] for name in said), why]


def _text(value: object) -> str:
    if value is None:
        return "unknown"
    return " ".join(value) if isinstance(value, list) else str(_cell(value))
