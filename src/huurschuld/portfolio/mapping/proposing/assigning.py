"""Which file gives which table, and by which column its rows name their tenancy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final

from attrs import evolve, field, frozen

from huurschuld.portfolio.mapping.proposing.looking import Seen
from huurschuld.portfolio.mapping.proposing.matching import File, Key, file_of
from huurschuld.portfolio.mapping.proposing.record_types import by_record_type
from huurschuld.portfolio.mapping.proposing.vocabulary import is_part_of_rent, name_hints
from huurschuld.portfolio.schema import TABLES

_LETTERS_OR_DIGITS: Final = re.compile("[a-z0-9]+")
_DIGITS: Final = re.compile(r"[0-9][0-9_.-]*[0-9]|[0-9]+")

_NO_HEADINGS: Final = (
    "no line in it looks like headings; put one above the rows, and run this with --anew"
)


@frozen
class Source:
    """One or several files of the same form, under the label that the mapping gives them.

    Attributes:
        label: of the section in `files`.
        names: the names of the files, `*` in one standing for digits that change.
        several: whether they are several files.
        file: their columns.
        key: the column that names the tenancy; None if no column does.
    """

    label: str
    names: tuple[str, ...]
    several: bool
    file: File = field(repr=False)
    key: Key | None = field(repr=False, default=None)

    @property
    def seen_name(self) -> str:
        """What a person calls it."""
        sheet = self.file.seen.sheet
        return " and ".join(self.names) + ("" if sheet is None else f": {sheet}")


@frozen
class Assigned:
    """Which sources give which tables.

    Attributes:
        sources: by label, in the order of the files.
        tables: the labels of the sources of each table.
        left_over: what is not read, and why.
    """

    sources: tuple[Source, ...]
    tables: dict[str, list[str]]
    left_over: tuple[tuple[Seen, str], ...]

    def of(self, table: str) -> list[Source]:
        """The sources of a table."""
        return [it for it in self.sources if it.label in self.tables.get(table, ())]

    def tables_of(self, label: str) -> list[str]:
        """The tables that a source gives."""
        return [table for table in TABLES if label in self.tables.get(table, ())]


def assigned(seen: Sequence[Seen]) -> Assigned:
    """Assign files to tables."""
    left_over: list[tuple[Seen, str]] = []
    sources: list[Source] = []
    tables: dict[str, list[str]] = {}
    scored: dict[str, list[Source]] = {}
    seen = [part for it in seen for part in _by_table(it)]
    copies = list(_copies(seen))
    for group in _alike([it for it in seen if not any(it is again for again, _ in copies)]):
        file = file_of(group[0] if len(group) == 1 else _together(group))
        likely = file.tables() if file.seen.heading else []
        if not likely:
            why = "it fits no table" if file.seen.heading else _NO_HEADINGS
            left_over += [(it, why) for it in group]
            continue
        source = Source(
            _label(file.seen, {it.label for it in sources}), _names(group, seen), len(group) > 1, file
        )
        sources.append(source)
        scored.setdefault(likely[0], []).append(source)
    for table, its in scored.items():
        kept = its
        if table == "tenancies" and len(its) > 1:
            kept = [max(its, key=lambda it: len(it.file.fitting["tenancies"]))]
        for source in its:
            if source in kept:
                tables.setdefault(table, []).append(source.label)
            else:
                sources.remove(source)
                left_over.append((source.file.seen, "another file has the tenancies"))
    left_over = [
        *_rescued(sources, tables, left_over),
        *((it, f"all its rows stand in {first.name} as well") for it, first in copies),
    ]
    _fill_in(sources, tables)
    return Assigned(tuple(_with_keys(sources, tables)), tables, tuple(left_over))


def _rescued(
    sources: list[Source], tables: dict[str, list[str]], left_over: list[tuple[Seen, str]]
) -> list[tuple[Seen, str]]:
    """Take a file that fits no table whole for a required one, if its name or headings suggest it."""
    kept = []
    for seen, why in left_over:
        file = file_of(seen)
        missing = [it for it in ("tenancies", "entries") if it not in tables]
        points = {it: len(file.fitting[it]) + 2 * (it in name_hints(seen.name)) for it in missing}
        best = max(points, key=lambda it: points[it], default=None)
        if best is None or not seen.heading or points[best] < 2:
            kept.append((seen, why))
            continue
        label = _label(seen, {it.label for it in sources})
        sources.append(Source(label, (seen.path.name,), several=False, file=file))
        tables[best] = [label]
    return kept


def _fill_in(sources: Sequence[Source], tables: dict[str, list[str]]) -> None:
    """Take tenancies, and their rents, from a file that has these besides its own table."""
    if "tenancies" not in tables:
        for table in ("rents", "entries"):
            for source in sources:
                if source.label in tables.get(table, ()) and "start" in source.file.fitting["tenancies"]:
                    tables.setdefault("tenancies", [source.label])
    if "rents" not in tables:
        for label in tables.get("tenancies", ())[:1]:
            source = next(it for it in sources if it.label == label)
            has_parts = any(is_part_of_rent(it.heading) for it in source.file.columns)
            if has_parts or source.file.amounts or "cents" in source.file.fitting["rents"]:
                tables["rents"] = [label]


def _with_keys(sources: Sequence[Source], tables: dict[str, list[str]]) -> list[Source]:
    """Choose the columns that name the tenancy: those of all files that have the most in common."""
    first = [it for it in sources if it.label in tables.get("tenancies", ())]
    others = [it for it in sources if it not in first]
    found: dict[str, Key | None] = {it.label: next(iter(it.file.keys), None) for it in sources}
    best: Key | None = None
    if first and others:

        def shared(key: Key) -> float:
            ids = key.filled
            return sum(max(_share(own, ids) for own in it.file.keys) for it in others if it.file.keys)

        best = max(first[0].file.keys, key=shared, default=None)
        found[first[0].label] = best
        ids = set() if best is None else best.filled
        for it in others:
            found[it.label] = max(it.file.keys, key=lambda own: _share(own, ids), default=None)
    if not all(_meets(found[it.label], best) for it in others):
        # 001017 in one file is 1017 in another, where a spreadsheet took it for a number.
        bare = {label: key and Key(key.columns, keeps_zeros=False) for label, key in found.items()}
        if all(_meets(bare[it.label], bare[first[0].label]) for it in others):
            found = bare
    return [evolve(it, key=found[it.label]) for it in sources]


def _meets(key: Key | None, other: Key | None) -> bool:
    """Whether half of the ids of a file are those of the tenancies."""
    return key is None or other is None or not key.filled or 2 * _share(key, other.filled) >= 1


def _share(key: Key, ids: set[str]) -> float:
    return sum(it in ids for it in key.filled) / len(key.filled) if key.filled else 0.0


def _by_table(seen: Seen) -> list[Seen]:
    """A file that has contracts and rows of other tables as a file for each, where a column says so."""
    parts = by_record_type(seen)
    if len(parts) == 1:
        return parts
    tables = [next(iter(file_of(it).tables()), "") for it in parts]
    return parts if "tenancies" in tables and all(tables) and len(set(tables)) == len(tables) else [seen]


def _copies(seen: Sequence[Seen]) -> Iterator[tuple[Seen, Seen]]:
    """Files whose rows all stand in another file of the same form: it was exported twice."""
    rows = [Counter(tuple(row.cells) for row in it.rows) for it in seen]
    for at, again in enumerate(seen):
        for other, first in enumerate(seen):
            if (
                again.headings == first.headings
                and name_hints(again.name) == name_hints(first.name)
                and again.rows
                and rows[at] <= rows[other]
                and (rows[at] != rows[other] or (len(first.name), other) < (len(again.name), at))
            ):
                yield again, first
                break


def _alike(seen: Sequence[Seen]) -> list[list[Seen]]:
    """Put files of text together that differ in their rows alone, such as those of several months."""
    groups: dict[object, list[Seen]] = {}
    for it in seen:
        stem = _DIGITS.sub("*", it.path.stem)
        form = (stem, it.path.suffix, it.separator, it.encoding, it.heading, it.last_row, *it.headings)
        alone = it.sheet is not None or not it.heading
        groups.setdefault((it.name if alone else form, it.left_out), []).append(it)
    return list(groups.values())


def _together(group: Sequence[Seen]) -> Seen:
    first = group[0]
    return evolve(
        first,
        rows=[row for it in group for row in it.rows],
        skip_rows=tuple(sorted({word for it in group for word in it.skip_rows})),
        short_lines=any(it.short_lines for it in group),
    )


def _names(group: Sequence[Seen], seen: Sequence[Seen]) -> tuple[str, ...]:
    """The names of the files; digits that another month may have otherwise become `*`."""
    first = group[0].path
    pattern = _DIGITS.sub(lambda it: "*" if len(it[0]) >= 4 or len(group) > 1 else it[0], first.stem)
    like = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.IGNORECASE)
    fitting = {it.path for it in seen if like.fullmatch(it.path.stem) and it.path.suffix == first.suffix}
    if "*" in pattern and fitting == {it.path for it in group}:
        return (pattern + first.suffix,)
    return tuple(dict.fromkeys(it.path.name for it in group))


def _label(seen: Seen, taken: set[str]) -> str:
    """A short name of letters and digits for a file or sheet."""
    given = _DIGITS.sub("", seen.path.stem) if seen.sheet is None else seen.sheet
    label = "-".join(_LETTERS_OR_DIGITS.findall(given.casefold())) or "export"
    numbered = (f"{label}-{number}" if number > 1 else label for number in count(1))
    return next(it for it in numbered if it not in taken)
