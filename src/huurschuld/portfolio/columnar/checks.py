"""Bad rows of whole portfolios: what `docs/semantics.md` refuses, found by expressions over columns.

The rules of one row are read off the columns of `huurschuld.portfolio.schema`; the others are about a
tenancy as a whole. Each finds the rows that it refuses, with the tenancy that they belong to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial, reduce
from operator import and_, or_
from typing import Any, Final

import narwhals as nw
from attrs import frozen

from huurschuld.errors import (
    Cell,
    DuplicateId,
    InputError,
    InvalidValue,
    MissingField,
    UnknownField,
    UnknownReference,
)
from huurschuld.model.tenancy import ENTRY_CLASSES, MAXIMUM_ENTRIES
from huurschuld.model.values import FIRST_DAY, LAST_DAY, Choice, Day, Flag, Kind, Text, Whole
from huurschuld.portfolio.columnar.backend import NO_NUMBER
from huurschuld.portfolio.columnar.expressions import Frame, in_digits, number_of, total, whole
from huurschuld.portfolio.columnar.intake import OWN_DAY, Intake
from huurschuld.portfolio.schema import COLUMNS, KEY_COLUMN, columns_of

BAD: Final = "bad"
ROWS: Final = "rows"
CENTS: Final = "sum_of_cents"


@frozen
class Rule:
    """What is refused in a table.

    Attributes:
        table: the table.
        column: the column that the error names.
        error: the kind of error.
        problem: what is not as it must be.
        remedy: what to do.
        heading: the error is of the heading, since the column is not there at all.
    """

    table: str
    column: str
    error: type[InputError]
    problem: str
    remedy: str = ""
    heading: bool = False


@frozen
class Fault:
    """A row that is refused, and why.

    Attributes:
        rule: the rule that refuses it.
        row: the row, counted from 0; None for the heading, and in a library whose rows have no order.
        tenancy: the tenancy that it says it is of, if it says so.
    """

    rule: Rule
    row: int | None
    tenancy: str | None

    @property
    def owner(self) -> str | None:
        """The tenancy that it is of, if that can be told: it is one of those that there are."""
        return None if self.rule.column == "tenancy" else self.tenancy or None

    def error(self, place: Callable[[str, int | None, str], Cell]) -> InputError:
        """The error for it; where rows have no order its place is the table and the column."""
        rule = self.rule
        known = rule.heading or self.row is not None
        at = place(rule.table, self.row, rule.column) if known else f"{rule.table}, column {rule.column}"
        return rule.error(at, rule.problem, rule.remedy)


# --- one row -----------------------------------------------------------------------------------


Refusal = tuple[Rule, nw.Expr]
"""A rule for single rows, and when it refuses one."""


def row_rules(table: str, intake: Intake) -> list[Refusal]:
    """The rules for single rows of a table, by the columns that it has."""
    there = frozenset(intake.columns[table])
    rules = list(_rules_of_columns(table, there))
    if table == "entries":
        rules += _rules_of_kinds(there)
    elif table == "tenancies":
        rules += _rules_of_tenancies(there, intake.own_day)
    elif "until" in there:
        rules.append(_in_order(table, "from", "until"))
    return rules


def _rules_of_columns(table: str, there: frozenset[str]) -> Iterator[Refusal]:
    for name, column in COLUMNS[table].items():
        if name in there:
            if column.required:
                yield _empty(table, name), nw.col(name).is_null()
            yield Rule(table, name, InvalidValue, column.kind.expected), _refuses(column.kind, name)


def _empty(table: str, column: str) -> Rule:
    return Rule(table, column, InvalidValue, "this cell is empty, and is required")


def _refuses(kind: Kind, column: str) -> nw.Expr:
    """Whether what stands in a column is not of a kind; null is none of it."""
    it = nw.col(column)
    match kind:
        case Whole(minimum, maximum):
            accepted = (it >= minimum) & (it <= maximum)
        case Day():
            number = in_digits if column == "born" else number_of
            accepted = (it >= number(FIRST_DAY)) & (it <= number(LAST_DAY))
        case Flag():
            accepted = it >= 0
        case Choice(words):
            accepted = it.is_in(words)
        case Text():
            accepted = it != ""
        case _:
            raise TypeError(f"{type(kind).__name__} is no kind of a column")
    return (~accepted).fill_null(False)


def _in_order(table: str, first: str, last: str) -> Refusal:
    wrong = (nw.col(last) < nw.col(first)) & (nw.col(last) != NO_NUMBER)
    rule = Rule(
        table, last, InvalidValue, "the end lies before the start", "correct one of the two days"
    )
    return rule, wrong.fill_null(False)


def _rules_of_kinds(there: frozenset[str]) -> Iterator[Refusal]:
    """Each kind of entry has columns of its own."""
    columns = {kind: KEY_COLUMN | columns_of(cls) for kind, cls in ENTRY_CLASSES.items()}
    for name in COLUMNS["entries"]:
        without = [kind for kind, its in columns.items() if name != "kind" and name not in its]
        needing = [kind for kind, its in columns.items() if name in its and its[name].required]
        of_those = nw.col("kind").is_in(needing).fill_null(False)
        if name not in there and needing:
            told = "entries that stand here need this column"
            yield Rule("entries", name, MissingField, told, heading=True), of_those
        elif 0 < len(needing) < len(columns):
            yield _empty("entries", name), of_those & nw.col(name).is_null()
        if name in there and without:
            stray = nw.col("kind").is_in(without) & ~nw.col(name).is_null()
            told = "an entry of this kind has no such value"
            yield Rule("entries", name, UnknownField, told), stray.fill_null(False)


def _rules_of_tenancies(there: frozenset[str], own_day: str | None) -> Iterator[Refusal]:
    table, days = "tenancies", ("eviction_announced", "eviction_on")
    if "end" in there:
        yield _in_order(table, "start", "end")
    for column, other in (days, days[::-1]):
        if other in there:
            missing = column not in there
            error = MissingField if missing else InvalidValue
            rule = Rule(table, column, error, "an eviction needs both days", heading=missing)
            yield rule, nw.col(column).is_null() & ~nw.col(other).is_null()
    if there.issuperset(days):
        yield _in_order(table, *days)
    if own_day is not None:
        yield _empty(table, own_day), nw.col(OWN_DAY).is_null()
        yield Rule(table, own_day, InvalidValue, Day().expected), _refuses(Day(), OWN_DAY)


# --- a tenancy as a whole ------------------------------------------------------------------------

_TWICE: Final = {
    "tenancies": Rule("tenancies", "id", DuplicateId, "a second tenancy with this id"),
    "rents": Rule("rents", "from", InvalidValue, "a second rent from the same day", "keep one of them"),
    "entries": Rule("entries", "id", DuplicateId, "a second entry with this id"),
}
_KEYS: Final = {"tenancies": ["id"], "rents": ["tenancy", "from"], "entries": ["tenancy", "id"]}
_NO_RENT: Final = Rule(
    "tenancies",
    "id",
    InvalidValue,
    "at least one rent is expected",
    "without a rent there are no months",
)
_TOO_MANY: Final = Rule(
    "entries",
    "id",
    InvalidValue,
    f"more than {MAXIMUM_ENTRIES:,} entries",
    "leave out the oldest that are settled",
)
_REFERENCES: Final = {
    "settles": (
        ("rent", "other"),
        Rule(
            "entries",
            "settles",
            UnknownReference,
            "it names no claim of this tenancy",
            "name a rent term or other claim, or leave it out",
        ),
    ),
    "reverses": (
        ("payment",),
        Rule(
            "entries",
            "reverses",
            UnknownReference,
            "it names no payment of this tenancy",
            "name the payment that the bank took back",
        ),
    ),
}


def _no_tenancy(table: str) -> Rule:
    return Rule(
        table, "tenancy", UnknownReference, "it names no tenancy", "add the tenancy, or leave it out"
    )


@frozen
class Checks:
    """The checks of one portfolio.

    Attributes:
        intake: the tables.
        grouped: for each table but `tenancies` how many rows each tenancy has, `rows`, and of entries
            the cents of these, `sum_of_cents`.
    """

    intake: Intake
    grouped: Mapping[str, Frame]

    def known(self, tenancies: Collection[str]) -> set[str]:
        """Which of these tenancies there are."""
        ids = self.intake.typed["tenancies"].filter(nw.col("id").is_in(tenancies)).select("id")
        return {name for (name,) in ids.collect().rows()}

    def faults(self, most: int | None = None, unread: Collection[str] = ()) -> Iterator[Fault]:
        """The rows that are refused, of each rule so many at most; there are none most often.

        Args:
            most: how many of each rule; None for all.
            unread: the tenancies of which some row could not be read. What another row of these does
                not find is no fault of its own.
        """
        for table, frame in self.intake.typed.items():
            yield from self._of_rows(table, frame, most)
        ids = self.intake.typed["tenancies"].select(tenancy=nw.col("id"))
        for table, grouped in self.grouped.items():
            strangers = grouped.select("tenancy").join(ids, on="tenancy", how="anti")
            strangers = _without(strangers, "tenancy", unread)
            yield from self._matching(_no_tenancy(table), strangers, ["tenancy"], most)
        rented = self.grouped["rents"].select(id=nw.col("tenancy"))
        yield from self._rows(
            _NO_RENT, lambda rows: _without(rows.join(rented, on="id", how="anti"), "id", unread), most
        )
        long = self.grouped["entries"].filter(nw.col(ROWS) > MAXIMUM_ENTRIES).select("tenancy")
        yield from self._matching(_TOO_MANY, long, ["tenancy"], most, after=MAXIMUM_ENTRIES)
        for table, key in _KEYS.items():
            repeated = self.intake.backend.repeated(self.intake.typed[table], key)
            yield from self._matching(_TWICE[table], repeated, key, most, after=1)
        for column, (kinds, rule) in _REFERENCES.items():
            if column in self.intake.columns["entries"]:
                yield from self._dangling(column, kinds, rule, most, unread)

    def _of_rows(self, table: str, frame: Frame, most: int | None) -> Iterator[Fault]:
        bad = total(any_bad(table, self.intake)).alias(BAD)
        if table == "entries":
            found, *sums = frame.select(bad, *sums_of_entries()).collect().row(0)
            in_all = [total(nw.col(name)).alias(name) for name in (ROWS, CENTS)]
            check_unchanged(sums, self.grouped[table].select(*in_all).collect().row(0))
        else:
            found = _single(frame.select(bad))
        if found:
            for rule, refused in row_rules(table, self.intake):
                yield from self._rows(rule, partial(_where, refused), most)

    def _dangling(
        self,
        column: str,
        kinds: tuple[str, ...],
        rule: Rule,
        most: int | None,
        unread: Collection[str],
    ) -> Iterator[Fault]:
        entries, backend = self.intake.typed["entries"], self.intake.backend
        naming = backend.keep(
            entries.filter(~nw.col(column).is_null()).select("tenancy", id=nw.col(column)).unique()
        )
        if _single(naming.select(whole(nw.len()))):
            of_those = backend.of_these(entries, naming)
            named = of_those.filter(nw.col("kind").is_in(kinds)).select("tenancy", "id")
            there = backend.keep(named.join(naming, on=["tenancy", "id"], how="semi"))
            dangling = naming.join(there, on=["tenancy", "id"], how="anti")
            dangling = _without(dangling, "tenancy", unread)
            yield from self._matching(rule, dangling.rename({"id": column}), ["tenancy", column], most)

    def _matching(
        self, rule: Rule, keys: Frame, on: list[str], most: int | None, after: int = 0
    ) -> Iterator[Fault]:
        """The rows with one of these keys; of the rows of each key those after so many."""
        keys = self.intake.backend.keep(keys)
        if not _single(keys.select(whole(nw.len()))):
            return

        def matching(rows: Frame) -> Frame:
            rows = rows.join(keys, on=on, how="inner")
            if after and "row" in rows.collect_schema().names():
                number = nw.col("row").rank("ordinal").over(*on)
                rows = rows.filter(number > after)
            return rows

        yield from self._rows(rule, matching, most)

    def _rows(self, rule: Rule, chosen: Callable[[Frame], Frame], most: int | None) -> Iterator[Fault]:
        typed = self.intake.typed[rule.table]
        rows = self.intake.backend.numbered(typed)
        found = chosen(typed if rows is None else rows)
        key = nw.col("id" if rule.table == "tenancies" else "tenancy")
        number = nw.lit(None, nw.Int64) if rows is None else whole(nw.col("row"))
        told = found.select(number.alias("row"), key.alias("key"))
        told = told if rows is None else told.sort("row")
        if rule.heading or most is not None:  # a heading is wrong once, however many rows there are
            told = told.head(most or 1)
        for row, tenancy in told.collect().rows():
            yield Fault(rule, None if rule.heading else row, tenancy)


def _where(test: nw.Expr, rows: Frame) -> Frame:
    return rows.filter(test)


def _without(rows: Frame, key: str, tenancies: Collection[str]) -> Frame:
    """The rows of other tenancies than these."""
    return rows.filter(~nw.col(key).is_in(tenancies)) if tenancies else rows


def any_bad(table: str, intake: Intake) -> nw.Expr:
    """1 for a row that any rule for single rows refuses, else 0.

    Of entries, by far the most, it is said in as few words as can be: which cells each kind has.
    """
    if table != "entries":
        return whole(reduce(or_, (refused for _, refused in row_rules(table, intake))))
    there = frozenset(intake.columns[table])
    refused = [test for _, test in _rules_of_columns(table, there)]
    return whole(reduce(or_, refused, ~_has_its_cells(there)))


def sums_of_entries() -> list[nw.Expr]:
    """How many entries there are, and their cents: what tells whether they are still the same."""
    return [whole(nw.len()).alias(ROWS), total(nw.col("cents").fill_null(0)).alias(CENTS)]


def check_unchanged(now: Iterable[int | None], before: Iterable[int | None]) -> None:
    """See that sums over entries are what they were: entries are read more than once.

    Raises:
        InvalidValue: they are not.
    """
    if [it or 0 for it in now] != [it or 0 for it in before]:
        raise InvalidValue(
            "entries", "this table has changed while it was read", "give a copy that stays as it is"
        )


def _has_its_cells(there: frozenset[str]) -> nw.Expr:
    """Whether an entry has all that its kind needs, and nothing that its kind has not."""
    cells = {name: nw.col(name).is_null() for name in COLUMNS["entries"] if name not in _OF_EVERY_KIND}
    kinds = []
    for kind, cls in ENTRY_CLASSES.items():
        its = columns_of(cls)
        fits = [nw.col("kind") == kind]
        for name, is_empty in cells.items():
            if name not in its and name in there:
                fits.append(is_empty)
            elif name in its and its[name].required:
                fits.append(~is_empty)
        kinds.append(reduce(and_, fits))
    return reduce(or_, kinds).fill_null(False)


_OF_EVERY_KIND: Final = ("tenancy", "id", "kind")


def _single(frame: Frame) -> Any:  # noqa: ANN401 - whatever stands there
    """The one value of a frame."""
    return frame.collect().item()
