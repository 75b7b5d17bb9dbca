"""What exports do not have, and what that means: unknown is not the same as none."""

from __future__ import annotations

from collections.abc import Iterator

from huurschuld.portfolio.mapping.proposing.assigning import Assigned
from huurschuld.portfolio.mapping.proposing.writing import listed
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, REQUIRED_TABLES, TABLES


def lacking_parts(found: Assigned) -> Iterator[str]:
    """Tell which parts stay unknown, since no file has them or one lacks a column."""
    lacking = [it for it in TABLES if it not in REQUIRED_TABLES and not found.of(it)]
    if lacking:
        yield (
            f"no file has {listed(lacking, 'and')}: these are unknown for everyone, which is "
            "not the same as none"
        )
    if "children" in lacking:
        yield (
            "children are read by their day of birth, which is personal data: add "
            "[children] yourself if "
            "you may use it"
        )
    for table, names in ASSUMABLE_COLUMNS.items():
        for source in found.of(table):
            absent = [it for it in names if it not in source.file.fitting[table]]
            if absent:
                yield (
                    f"{source.seen_name} does not record {listed(absent, 'and')}: {table} "
                    "are unknown without "
                    f"it. If you know what holds for all its rows, say it when screening, such as "
                    f"--assume {table}.{absent[0]}=…"
                )
