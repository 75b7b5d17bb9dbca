"""What exports have that is not read, and what they do not have: unknown is not the same as none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from huurschuld.portfolio.mapping.proposing.assigning import Assigned
from huurschuld.portfolio.mapping.proposing.personal import is_plain_word
from huurschuld.portfolio.mapping.proposing.writing import Section, listed
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, REQUIRED_TABLES, TABLES

_MOST_SHOWN: Final = 12


def unread_columns(found: Assigned, tables: Sequence[Section]) -> Iterator[str]:
    """Tell which columns of each file no table reads, for a person to see whether one matters."""
    asked = " ".join(it.text for section in tables for it in section.all_questions())
    for source in found.sources:
        if not source.file.has_headings:
            continue  # it may be a row, of a person
        read = {name for it in tables if it.values.get("file") == source.label for name in _named_in(it)}
        unread = [
            f'"{it.heading}"'
            for it in source.file.columns
            if it.name not in read
            and any(it.texts)
            and f'"{it.heading}"' not in asked
            and (not source.file.seen.used or source.file.seen.used[it.number - 1])
            and not it.is_personal
            and is_plain_word(it.heading)
        ]
        if unread:
            more = len(unread) - _MOST_SHOWN
            shown = [*unread[:_MOST_SHOWN], *([f"… (+{more})"] if more > 0 else [])]
            yield f"{source.seen_name}: columns that are not read: {', '.join(shown)}"


def _named_in(section: Section) -> Iterator[object]:
    """The columns that the rules of a table name."""
    for value in section.values.values():
        yield from _names_in(value)
    for inner in section.inner:
        yield from _named_in(inner)


def _names_in(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for key, its in value.items():
            yield key
            yield from _names_in(its)
    elif isinstance(value, list):
        yield from value
    else:
        yield value


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
