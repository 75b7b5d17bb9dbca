"""A mapping proposed for a folder of exports: what is certain is filled in, what is not is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from attrs import evolve, field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.values import Choice, Day, Flag, Whole
from huurschuld.portfolio.mapping.proposing.assigning import Assigned, Source, assigned
from huurschuld.portfolio.mapping.proposing.entries import (
    is_wide,
    propose_cents,
    propose_claimed,
    propose_days_of_entries,
    propose_ids,
    propose_paid,
)
from huurschuld.portfolio.mapping.proposing.kinds import propose_kind
from huurschuld.portfolio.mapping.proposing.lacking import lacking_parts, unread_columns
from huurschuld.portfolio.mapping.proposing.layouts import Layouts
from huurschuld.portfolio.mapping.proposing.looking import Seen, look_at
from huurschuld.portfolio.mapping.proposing.profiles import Profile
from huurschuld.portfolio.mapping.proposing.vocabulary import (
    is_part_of_rent,
    is_status,
    is_status_word,
    period_of_rent,
)
from huurschuld.portfolio.mapping.proposing.words import propose_words
from huurschuld.portfolio.mapping.proposing.writing import Plain, Question, Section, Tell
from huurschuld.portfolio.mapping.tables import candidates
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, COLUMNS, REQUIRED_TABLES, TABLES

_NO_AMOUNT: Final = ("", "0", "0,00", "0.00", "€ 0,00", "€ -")
_HEADER: Final = (
    "How these exports are read, proposed by huurschuld map for you to confirm; nothing is guessed.",
    'Fill in each "?"; the comment above it says what is asked. Then run huurschuld map once more.',
)


@frozen
class FileSummary:
    """What a file is proposed for.

    Attributes:
        name: its name, with that of the sheet.
        tables: the tables that are read from it; none if it is not read.
        rows: how many rows it has.
        reason: why it is not read.
    """

    name: str
    tables: tuple[str, ...]
    rows: int
    reason: str = ""


@frozen
class Proposal:
    """A proposed mapping.

    Attributes:
        text: as TOML, with comments.
        questions: what a person still has to fill in; nothing can be read before that.
        checks: what is filled in and may be otherwise.
        notes: what is not in the files; nothing in it is of a person.
        files: what each file is proposed for.
    """

    text: str = field(repr=False)
    questions: tuple[Question, ...]
    checks: tuple[Question, ...]
    notes: tuple[str, ...]
    files: tuple[FileSummary, ...]


def propose_mapping(place: Path, tell: Tell = str) -> Proposal:
    """Look at a folder of exports, or at one spreadsheet, and propose a mapping.

    Args:
        place: the folder, or the spreadsheet.
        tell: gives the comments in another language than English.

    Raises:
        InvalidValue: there is no such folder, or nothing in it that can be read.
        ExtraNeeded: there is a spreadsheet, and fastexcel is not installed.
    """
    seen: list[Seen] = []
    unread: list[FileSummary] = []
    for path in candidates(place):
        try:
            looks = [] if path.suffix.lower() == ".parquet" else look_at(path)
        except InvalidValue as error:
            unread.append(FileSummary(path.name, (), 0, f"{error.problem}; {error.remedy}"))
            continue
        seen += looks
        if not looks:
            unread.append(FileSummary(path.name, (), 0, "it is no table that a mapping can read"))
    if seen and all(_is_of_a_portfolio(it) for it in seen):
        raise InvalidValue(
            str(place),
            "these are the tables of a portfolio already, which need no mapping",
            "screen the folder as it is",
        )
    if not seen:
        raise InvalidValue(
            str(place), "there is no export in it", "name a folder with .csv or .xlsx files"
        )
    return _Proposing(assigned(seen), unread).proposal(tell)


def _is_of_a_portfolio(seen: Seen) -> bool:
    known = COLUMNS.get(seen.path.stem, {})
    return seen.sheet is None and bool(seen.headings) and set(seen.headings) <= set(known)


def _of_its_file(section: Section, told: Question) -> Question:
    """What is told, under a key that says which of several sections of a table it is in."""
    return evolve(told, key=f"{section.values['file']}: {told.key}") if section.is_item else told


def _set_period(columns: Section, rents: Sequence[Profile]) -> None:
    """Propose the period of rents that no column says, by their headings: without it, it is a month."""
    period = next((it for it in map(period_of_rent, (own.heading for own in rents)) if it), None)
    if period is not None:
        columns.set("per", {"always": period}, "by the heading of the rent: check this", check=True)


class _Proposing:
    """Makes one proposal."""

    def __init__(self, found: Assigned, unread: Sequence[FileSummary]) -> None:
        self._found = found
        self._unread = [
            *unread,
            *(FileSummary(it.name, (), len(it.rows), why) for it, why in found.left_over),
        ]
        self._notes: list[str] = []
        self._layouts = Layouts(found.sources)

    def proposal(self, tell: Tell) -> Proposal:
        """Make the proposal."""
        tables: list[Section] = []
        for table in TABLES:
            if table == "entries" and self._found.of(table):
                tables += self._entries()
            else:
                tables += [self._table(table, it) for it in self._found.of(table)]
            if table in REQUIRED_TABLES and not self._found.of(table):
                tables.append(self._missing(table))
        sections = [*self._layouts.sections(), *tables]
        head = Section("")
        for text in _HEADER:
            head.note(text)
        if self._unread:
            head.set("not_read", [it.name for it in self._unread], "these are not read")
        text = "\n\n".join(it.text(tell) for it in (head, *sections)) + "\n"
        read = [
            FileSummary(it.seen_name, tuple(self._found.tables_of(it.label)), len(it.file.seen.rows))
            for it in self._found.sources
        ]
        return Proposal(
            text,
            tuple(_of_its_file(section, it) for section in sections for it in section.all_questions()),
            tuple(_of_its_file(section, it) for section in sections for it in section.all_remarks()),
            (*self._notes, *unread_columns(self._found, tables), *lacking_parts(self._found)),
            (*read, *self._unread),
        )

    def _missing(self, table: str) -> Section:
        section = Section(table)
        section.ask(
            "file",
            f"no file looks like the table {table}, which is required. Add its export, and run this "
            "with --anew; or fill "
            f"in the label of a file above, and name its columns below [{table}.columns]",
        )
        return section

    def _table(self, table: str, source: Source) -> Section:
        """The section of a table other than the entries."""
        section, columns = self._begun(table, source)
        found = source.file.fitting[table]
        for name, column in COLUMNS[table].items():
            own = found.get(name)
            if name == "tenancy" or (table == "tenancies" and name == "id"):
                self._key(columns, name, source)
            elif (
                table == "rents"
                and name == "from"
                and own is None
                and "start" in source.file.fitting["tenancies"]
            ):
                self._layouts.days[source.label].append(
                    (source.file.fitting["tenancies"]["start"], columns, name)
                )
            elif own is None:
                if table == "rents" and name == "per":
                    _set_period(columns, [found["cents"]] if "cents" in found else source.file.amounts)
                if column.required:
                    columns.ask(name, self._net_rent(table, name, source) or self._which(name, source))
            elif isinstance(column.kind, Day):
                self._layouts.days[source.label].append((own, columns, name))
            elif isinstance(column.kind, Whole):
                self._layouts.money[source.label].append(own)
                columns.set(name, own.name)
            elif isinstance(column.kind, Choice | Flag):
                asks = table in ASSUMABLE_COLUMNS
                if not propose_words(columns, name, own, column.kind, asks_empty=asks):
                    self._note_words(source, own)
            else:
                columns.set(name, own.name)
        if table in ("tenancies", "rents") and self._repeats(table, source):
            section.set("once", True, "rows that say the same count once: check this", check=True)
        return section

    def _begun(self, table: str, source: Source, *, is_item: bool = False) -> tuple[Section, Section]:
        section = Section(table, is_item=is_item or len(self._found.of(table)) > 1)
        section.set("file", source.label)
        if source.file.seen.left_out is not None:
            heading, others = source.file.seen.left_out
            section.set("leave_out", {heading: list(others)}, "rows of other tables")
        for it in source.file.columns:
            if it.has_words and is_status(it.heading, it.filled):
                shown = [word for word in it.filled if is_status_word(word)]
                words = ", ".join(shown if len(shown) == len(it.filled) else [*shown, "…"])
                section.remark(
                    f'"{it.name}" is not read, and has: {words}. If rows with one of these do not '
                    "count, such as a plan that was broken, name it in leave_out"
                )
        columns = Section(f"{table}.columns")
        section.inner.append(columns)
        return section, columns

    def _key(self, columns: Section, name: str, source: Source) -> None:
        if source.key is None:
            columns.ask(name, self._which(name, source))
        else:
            names = [it.name for it in source.key.columns]
            shown: Plain = names[0] if len(names) == 1 else names
            if source.key.keeps_zeros:
                columns.set(name, shown)
            else:
                rule: dict[str, Plain] = {"column": shown, "leading_zeros": False}
                columns.set(name, rule, "zeros at the start do not count: check this", check=True)

    def _repeats(self, table: str, source: Source) -> bool:
        """Whether two rows are of one tenancy; of rents, whether they are from one day as well."""
        if source.key is None:
            return False
        days = source.file.fitting[table].get("from")
        own = source.key.texts
        rows = list(own if days is None else zip(own, days.texts, strict=True))
        return len(set(rows)) < len(rows)

    def _net_rent(self, table: str, name: str, source: Source) -> str:
        """What is asked where a file has the parts of the rent and not their sum."""
        parts = [it for it in source.file.columns if it.amounts and is_part_of_rent(it.heading)]
        if table != "rents" or name != "cents":
            return ""
        for it in parts or source.file.amounts:
            if it not in self._layouts.money[source.label]:
                self._layouts.money[source.label].append(it)
        names = ", ".join(f'"{it.name}"' for it in parts or source.file.amounts)
        if not parts:
            return (
                "which column has the gross rent (brutohuur)? The file has amounts in "
                f"{names or 'no column'}. If none has it, export it with that column"
            )
        return (
            f"which is the gross rent (brutohuur)? The file has {names}: if these together are, fill in "
            f"[{names}], and they are added up"
        )

    def _which(self, name: str, source: Source) -> str:
        if not source.file.has_headings:
            return (
                f'which column has "{name}"? Fill in its number, from 1 to {len(source.file.columns)}. '
                "The headings are not known, and may be a row of data: if so, put a line of headings "
                "above it, and run this with --anew"
            )
        headings = [f'"{it.name}"' for it in source.file.columns if not it.is_personal and it.heading]
        known = ", ".join(headings) or "none"
        return (
            f'which column has "{name}"? Fill in its heading; there are: {known}. If none has it, '
            "export it with that column"
        )

    def _note_words(self, source: Source, column: Profile) -> None:
        self._notes.append(
            f'{source.seen_name}: column "{column.name}" has words that may be personal data, '
            "and are not shown: "
            "look at it yourself, and add them to its words"
        )

    def _entries(self) -> list[Section]:
        """The sections of the entries: their kinds, days and ids belong together."""
        sources = self._found.of("entries")
        parts = [
            (it, wide) for it in sources for wide in (("claimed", "paid") if is_wide(it.file) else ("",))
        ]
        sections: list[Section] = []
        columns_of: dict[int, Section] = {}
        kinds: set[str] = set()
        has_payments = len(sources) > 1 or any("kind" in it.file.fitting["entries"] for it in sources)
        for number, (source, wide) in enumerate(parts):
            section, columns = self._begun("entries", source, is_item=len(parts) > 1)
            sections.append(section)
            columns_of[number] = columns
            self._key(columns, "tenancy", source)
            found = source.file.fitting["entries"]
            if wide == "paid":
                days = propose_paid(source.file, columns)
                kinds.add("payment")
                money = [found["paid"]]
            else:
                if wide:
                    own, money = propose_claimed(source.file, columns), [found["claimed"]]
                else:
                    money = propose_cents(source.file, columns, has_payments=has_payments)
                    own = propose_kind(source.file, columns)
                days = propose_days_of_entries(source.file, columns, own)
                kinds |= own
            self._layouts.money[source.label] += money
            self._layouts.days[source.label] += [(column, columns, name) for name, column in days]
            self._leave_out_none(section, money)
        propose_ids({n: (it.file, it.key) for n, (it, _) in enumerate(parts)}, columns_of, kinds)
        return sections

    def _leave_out_none(self, section: Section, money: Sequence[Profile]) -> None:
        """Leave out rows without an amount, where it is one column."""
        if len(money) != 1:
            return
        texts: list[str] = sorted({it for it in money[0].texts if it in _NO_AMOUNT})
        if texts:
            others = section.values.get("leave_out")
            left_out: dict[str, Plain] = {
                **(others if isinstance(others, dict) else {}),
                str(money[0].name): texts,
            }
            section.set("leave_out", left_out, "rows without an amount: check this", check=True)
