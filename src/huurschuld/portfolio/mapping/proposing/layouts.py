"""How each file is written: the sections of the files in a proposed mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from huurschuld.portfolio.mapping.days import EXCEL
from huurschuld.portfolio.mapping.document import ENCODINGS
from huurschuld.portfolio.mapping.proposing.assigning import Source
from huurschuld.portfolio.mapping.proposing.notations import propose_amounts, propose_days
from huurschuld.portfolio.mapping.proposing.profiles import Profile
from huurschuld.portfolio.mapping.proposing.writing import Plain, Section, listed
from huurschuld.portfolio.schema import COLUMNS


class Layouts:
    """How each file is written, by what is read of it.

    Attributes:
        days: by label the columns of days that are read, each with its section and its name there.
        money: by label the columns of amounts.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self.days: dict[str, list[tuple[Profile, Section, str]]] = {it.label: [] for it in sources}
        self.money: dict[str, list[Profile]] = {it.label: [] for it in sources}

    def sections(self) -> list[Section]:
        """Make the sections, in the order of the files.

        Those with most rows are looked at first: a file in which nothing is written yet goes by them.
        """
        shown = sorted(self._sources, key=lambda it: -len(it.file.seen.rows))
        made: dict[str, Section] = {}
        elsewhere: dict[str, str] = {}
        for source in shown:
            section = made[source.label] = self._section(source, elsewhere)
            for key in ("dates", "amounts", "decimal"):
                value = section.values.get(key)
                if isinstance(value, str) and (value != EXCEL or source.file.seen.sheet is not None):
                    elsewhere.setdefault(key, value)
        return [made[it.label] for it in self._sources]

    def _section(self, source: Source, elsewhere: Mapping[str, str]) -> Section:
        seen = source.file.seen
        section = Section(f"files.{source.label}")
        section.set("name", source.names[0] if len(source.names) == 1 else list(source.names))
        if source.several and len(source.names) == 1:
            section.set("several", True, "all of them are read, one after the other")
        if seen.sheet is not None:
            section.set("sheet", seen.sheet)
        elif seen.encoding is None:
            section.ask(
                "encoding",
                "letters with accents may be of Windows (cp1252) or of DOS (cp850), of which "
                "each makes other "
                f"letters. Fill in one of {listed(ENCODINGS)}",
            )
        else:
            section.set("encoding", seen.encoding)
        if seen.separator is not None:
            section.set("separator", seen.separator)
        section.set("heading", seen.heading, "the line with the headings")
        if seen.last_row is not None:
            section.set("last_row", seen.last_row, "the row that ends the table; it is not read")
        if seen.skip_rows:
            section.set(
                "skip_rows",
                list(seen.skip_rows),
                "rows that begin with this are not read: check this",
                check=True,
            )
        wide = sum(any(it.cells[len(seen.headings) :]) for it in seen.rows)
        if wide:
            section.remark(
                f"rows with more cells than there are headings: {wide}. They are refused: export with "
                "quotes around the cells, or with another separator"
            )
        if seen.short_lines:
            section.set("short_lines", True, "lines may end where all else is empty")
        dates = self.days[source.label]
        others = propose_days(section, [column for column, _, _ in dates], elsewhere)
        for column, columns, name in dates:
            _set_day(columns, name, column, others.get(column.number))
        money = self.money[source.label]
        propose_amounts(section, money, elsewhere, in_sheet=seen.sheet is not None)
        days = [column for column, _, _ in self.days[source.label]]
        for column in {
            it.number: it for it in (*self.money[source.label], *days) if it.misfits
        }.values():
            section.remark(
                f'some cells in "{column.name}" are not what the others are (rows: {column.misfits}): '
                "they are refused, and shown with their lines when this is run once more"
            )
        none = sorted({it for column in self.money[source.label] for it in column.no_amounts})
        if none:
            section.set("empty", none, "these mean that a cell is empty")
        return section


def _set_day(columns: Section, name: str, column: Profile, format_: str | None) -> None:
    rule: dict[str, Plain] = {"column": column.name}
    if format_ is not None:
        rule["dates"] = format_
    if column.no_days:
        rule["empty"] = list(column.no_days)
        if COLUMNS[columns.name.partition(".")[0]][name].required:
            del rule["empty"]  # a day that must be there cannot be none
    if len(rule) == 1:
        columns.set(name, column.name)
    else:
        note = "these mean that there is none" if "empty" in rule else ""
        columns.set(name, rule, note)
