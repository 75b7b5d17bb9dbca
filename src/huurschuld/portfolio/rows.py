"""A tenancy as rows of the tables of a portfolio, which `read_portfolio` reads back."""

from __future__ import annotations

from typing import Any, Final

from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.model.tenancy import Eviction, Household, StatedFact, Tenancy
from huurschuld.portfolio.schema import EVICTION, PARTS, TABLES, columns_of

Row = dict[str, Any]
"""`None`, `str`, `int`, `bool` and `datetime.date` by column; a column that is absent is None.

`born` is a text where not all of the day is known, and `value` of a fact always is.
"""

_CLASSES: Final[list[type[Any]]] = [Tenancy, *PARTS.values(), *ENTRY_CLASSES.values()]
_ATTRIBUTES: Final = {
    cls: [(name, column.attribute) for name, column in columns_of(cls).items()] for cls in _CLASSES
}
_EVICTION: Final = [(name, it.attribute) for name, it in columns_of(Eviction, prefix=EVICTION).items()]


def tenancy_rows(tenancy: Tenancy, key: str | None = None) -> dict[str, list[Row]]:
    """The rows of a tenancy, by table; an unknown part has none, as one that is known to be empty.

    They get the id `key`, if it is given, instead of that of the tenancy.
    """
    key = tenancy.id if key is None else key
    parts = {table: getattr(tenancy, table, None) or () for table in TABLES}
    parts["children"] = tenancy.household.children if tenancy.household else ()
    rows = {table: [{"tenancy": key, **_row(part)} for part in given] for table, given in parts.items()}
    rows["entries"] = [
        {"kind": entry.kind, **row} for entry, row in zip(tenancy.entries, rows["entries"], strict=True)
    ]
    rows["tenancies"] = [
        {
            **_row(tenancy),
            "id": key,
            **{name: getattr(tenancy.eviction, attribute, None) for name, attribute in _EVICTION},
            "children_known": children_known(tenancy.household),
        }
    ]
    return rows


def children_known(household: Household | None) -> str:
    """Which of the children are listed: `all`, `some` or `no`."""
    if household is None:
        return "no"
    return "all" if household.complete else "some"


def _row(part: Any) -> Row:  # noqa: ANN401 - a part of any class
    row = {name: getattr(part, attribute) for name, attribute in _ATTRIBUTES[type(part)]}
    return {**row, "value": fact_text(part.value)} if isinstance(part, StatedFact) else row


def fact_text(value: bool | int | str) -> str:
    """Write the value of a fact as a table has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
