"""What a failed check shows of an invented tenancy, so that an author finds the row that is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import attrs

from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.rows import Row, tenancy_rows
from huurschuld.portfolio.schema import COLUMNS, PARTS
from huurschuld.testing.kit import Broken

_HEADING: Final = "The rows of that tenancy, without what is empty or the default:"
_MOST_ROWS: Final = 12
_LONGEST: Final = 200
_CLASSES: Final[Mapping[str, type[attrs.AttrsInstance]]] = {"tenancies": Tenancy, **PARTS}
_USUAL: Final = {
    table: {
        column: fields[described.attribute].default
        for column, described in COLUMNS[table].items()
        if described.attribute in fields
    }
    for table, cls in _CLASSES.items()
    for fields in [attrs.fields_dict(cls)]
}
"""By table and column the default, which a message leaves out."""


@contextmanager
def showing(tenancy: Tenancy) -> Iterator[None]:
    """Add the rows of a tenancy to the failure of a check about it: a note, below the message."""
    try:
        yield
    except Broken as broken:
        broken.add_note(rows_text(tenancy_rows(tenancy)))
        raise


def rows_text(rows: Mapping[str, Sequence[Row]]) -> str:
    """Write the rows of one tenancy, by table, each on a line; of many only the first."""
    lines = [f"  {_line(table, row)}" for table, them in rows.items() for row in them]
    if len(lines) > _MOST_ROWS:
        lines[_MOST_ROWS:] = [f"  … {len(lines) - _MOST_ROWS:,} more rows"]
    return "\n".join((_HEADING, *lines))


def _line(table: str, row: Row) -> str:
    usual = _USUAL.get(table, {})
    told = ", ".join(
        f"{column} {value if isinstance(value, dt.date) else repr(value)}"
        for column, value in row.items()
        if value is not None and column != "tenancy" and value != usual.get(column)
    )
    return f"{table}: {told if len(told) <= _LONGEST else f'{told[:_LONGEST]}…'}"
