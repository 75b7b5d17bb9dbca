"""Assumptions: the values that a user gives for columns that a source does not record."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from huurschuld.errors import InvalidValue, UnknownField
from huurschuld.model.values import refuse
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, COLUMNS, Column


def read_assumption(name: str, text: str) -> object:
    """Read the value to assume for a column from a text: `true`, `out`, or empty for none.

    Raises:
        UnknownField: this is not a column for which a value can be assumed.
        InvalidValue: it is not a value of that column.
    """
    column = _assumable(name)
    value = column.kind.from_text(text) if text else None
    _check(name, column, value)
    return value


def check_assumptions(
    assume: Mapping[str, object], recorded: Mapping[str, Collection[str]]
) -> dict[str, dict[str, object]]:
    """Check that each assumption is for a column that its table lacks.

    Args:
        assume: the values by `TABLE.COLUMN`.
        recorded: the columns of each table.

    Returns:
        The values by table and column. An error is at the assumption.
    """
    assumed: dict[str, dict[str, object]] = {}
    for name, value in assume.items():
        _check(name, _assumable(name), value)
        table, _, column = name.partition(".")
        if table not in recorded:
            raise InvalidValue(name, "the source has no such table", "leave this assumption out")
        if column in recorded[table]:
            raise InvalidValue(name, "the source records this", "leave this assumption out")
        assumed.setdefault(table, {})[column] = value
    return assumed


def written_assumptions(assume: Mapping[str, object]) -> dict[str, object]:
    """The assumptions as JSON values, sorted, for a receipt."""
    return {
        name: None if value is None else _assumable(name).kind.to_json(value)
        for name, value in sorted(assume.items())
    }


def _assumable(name: str) -> Column:
    table, _, column = name.partition(".")
    if column not in ASSUMABLE_COLUMNS.get(table, ()):
        known = ", ".join(f"{of}.{it}" for of, them in ASSUMABLE_COLUMNS.items() for it in them)
        raise UnknownField(name, "nothing can be assumed for this", f"choose from: {known}")
    return COLUMNS[table][column]


def _check(name: str, column: Column, value: object) -> None:
    if not (column.kind.accepts(value) or (value is None and column.nullable)):
        raise refuse(name, column.kind)
