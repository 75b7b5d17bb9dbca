"""Checks of whole portfolios: the rows that `docs/semantics.md` refuses, each with its tenancy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from math import inf
from operator import methodcaller

import narwhals as nw
from attrs import frozen

from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.model.refusals import (
    NO_RENT,
    REFERENCES,
    REVERSES_TOO_MUCH,
    TOO_MANY_ENTRIES,
    UNIQUE,
    UNKNOWN_TENANCY,
    Reference,
)
from huurschuld.model.values import MAXIMUM_ENTRIES
from huurschuld.portfolio.columnar.backend import NO_NUMBER, NO_TEXT, is_nameless
from huurschuld.portfolio.columnar.entry_sums import REFUSED, ROWS
from huurschuld.portfolio.columnar.expressions import Frame, total, whole
from huurschuld.portfolio.columnar.faults import Fault, Finder, single
from huurschuld.portfolio.columnar.intake import Intake
from huurschuld.portfolio.columnar.row_checks import NAMES, Check, is_refused, row_checks
from huurschuld.rules.own_facts import GivenFact


@frozen
class Checks:
    """The checks of one portfolio.

    `grouped` has, for each table but `tenancies`, the number of rows of each tenancy as `rows`, and for
    entries the sum of their cents as `sum_of_cents`, and how many `cells_refused` finds as `refused`.
    `given` are the facts that the policy declares as given, by name. The tables that are `known` were
    checked before, together with these tenancies, and are not checked again.
    """

    intake: Intake
    grouped: Mapping[str, Frame]
    given: Mapping[str, GivenFact]
    known: Collection[str] = ()

    def existing(self, tenancies: Collection[str]) -> set[str]:
        """Which of these tenancies exist."""
        ids = self.intake.typed["tenancies"].filter(nw.col("id").is_in(tenancies)).select("id")
        return {name for (name,) in ids.collect().rows()}

    def faults(
        self,
        most: int | None = None,
        unread: Collection[str] = (),
        incomplete: Collection[str] = (),
        tally: Counter[Check] | None = None,
    ) -> Iterator[Fault]:
        """The rows that are refused, `most` of each check; `read_portfolio` raises for the first one.

        What may only follow from another error is not told: a row is not refused because another is. Of
        `unread` tenancies some row could not be read, and neither could some row of the `incomplete`
        tables, so that what others refer to may have been there. `tally` counts all, by check.
        """
        finder = Finder(self.intake, most, tally)
        run = _Run(self, finder, frozenset(unread), frozenset(incomplete))
        for table in (it for it in self.intake.typed if it not in self.known):
            faults = run.rows_refused(table)
            yield from faults if most is None else sorted(faults, key=_row)
        yield from run.strangers()
        of_tenancies = run.of_tenancies()
        yield from of_tenancies if most is None else self._by_tenancy([*of_tenancies])

    def _by_tenancy(self, faults: list[Fault]) -> list[Fault]:
        """Sort faults by tenancy, in the order of the table if the library keeps one."""
        tenancies = self.intake.backend.numbered(self.intake.typed["tenancies"])
        if tenancies is None or len(faults) < 2:
            return faults
        concerned = nw.col("id").is_in([fault.tenancy for fault in faults])
        rows = dict(tenancies.filter(concerned).select("id", "row").collect().rows())
        return sorted(faults, key=lambda fault: rows.get(fault.tenancy, 0))


@frozen
class _Run:
    """One run of the checks; arguments as for `Checks.faults`."""

    checks: Checks
    finder: Finder
    unread: frozenset[str]
    incomplete: frozenset[str]

    @property
    def _intake(self) -> Intake:
        return self.checks.intake

    @property
    def _unknown(self) -> list[str]:
        """The tables but `tenancies` that are to be checked."""
        return [it for it in self.checks.grouped if it not in self.checks.known]

    @cached_property
    def _repeated_entries(self) -> Frame:
        backend = self._intake.backend
        return backend.keep(backend.repeated(self._intake.typed["entries"], [*NAMES]))

    @cached_property
    def _all_strays(self) -> Frame:
        """The tenancies that rows name, and do not exist, each with its `table`; a row may name none."""
        grouped = self.checks.grouped
        named = [grouped[it].select("tenancy", table=nw.lit(it)) for it in self._unknown]
        strays = nw.concat(named).join(self._ids(), on="tenancy", how="anti")
        return self._intake.backend.keep(strays)

    def rows_refused(self, table: str) -> Iterator[Fault]:
        """The rows that are refused by themselves."""
        if self._any_refused(table):
            for check, test in row_checks(table, self._intake, self.checks.given):
                yield from self.finder.find(check, methodcaller("filter", test))

    def _any_refused(self, table: str) -> bool:
        """Whether any row is refused by itself."""
        if table == "entries":
            found = single(self.checks.grouped[table].select(total(nw.col(REFUSED))))
            nameless = is_nameless(self._repeated_entries, NAMES)
            return bool(found) or self._any(self._repeated_entries.filter(nameless))
        refused = is_refused(table, self._intake, self.checks.given)
        return bool(single(self._intake.typed[table].select(total(refused))))

    def strangers(self) -> Iterator[Fault]:
        """Tenancies that stand twice, and rows of tenancies that do not exist."""
        if "tenancies" not in self.checks.known:
            yield from self._repeated("tenancies", ["id"])
        if "tenancies" in self.incomplete or self._any(self._nameless("tenancies", "id")):
            return  # it may be one of these
        for table in self._unknown:
            strangers = _named(self._strays(table), "tenancy")
            check = Check(table, "tenancy", UNKNOWN_TENANCY)
            yield from self.finder.matching(check, self._read(strangers, "tenancy"), ["tenancy"])

    def of_tenancies(self) -> Iterator[Fault]:
        """What is refused about a tenancy as a whole."""
        if "rents" in self._unknown:
            yield from self._of_rents()
        if "facts" in self._unknown:
            yield from self._repeated_facts()
        if "entries" in self._unknown:
            yield from self._of_entries()

    def _of_rents(self) -> Iterator[Fault]:
        rented = self.checks.grouped["rents"].select(id=nw.col("tenancy"))
        if "rents" not in self.incomplete and not self._any(self._strays("rents")):
            yield from self.finder.find(
                Check("tenancies", "id", NO_RENT),
                lambda rows: self._read(_named(rows, "id").join(rented, on="id", how="anti"), "id"),
            )
        yield from self._repeated("rents", ["tenancy", "from"])

    def _of_entries(self) -> Iterator[Fault]:
        long = self.checks.grouped["entries"].filter(nw.col(ROWS) > MAXIMUM_ENTRIES).select("tenancy")
        check = Check("entries", "id", TOO_MANY_ENTRIES)
        yield from self.finder.matching(check, self._known(long), ["tenancy"], after=MAXIMUM_ENTRIES)
        yield from self._repeated("entries", [*NAMES])
        for column, reference in REFERENCES.items():
            if column in self._intake.columns["entries"]:
                yield from self._dangling(column, reference)

    def _repeated(self, table: str, key: list[str]) -> Iterator[Fault]:
        if table == "entries":
            repeated = self._repeated_entries
        else:
            repeated = self._intake.backend.repeated(self._intake.typed[table], key)
        check = Check(table, UNIQUE[table].field, UNIQUE[table].refusal)
        yield from self.finder.matching(check, self._known(_named(repeated, *key)), key, after=1)

    def _repeated_facts(self) -> Iterator[Fault]:
        """Second facts of one name from one day, or of which neither says from when: then at the row."""
        undated = nw.col("from").is_null()
        for column, key, among in (
            ("from", ["tenancy", "name", "from"], ~undated),
            ("", ["tenancy", "name"], undated),
        ):
            repeated = self._intake.backend.repeated(self._intake.typed["facts"].filter(among), key)
            check = Check("facts", column, UNIQUE["facts"].refusal)
            certain = self._known(_named(repeated, *key))
            yield from self.finder.matching(check, certain, key, after=1, among=among)

    def _dangling(self, column: str, reference: Reference) -> Iterator[Fault]:
        """References to nothing, and reversals of more than the payment that they name."""
        entries, backend = self._intake.typed["entries"], self._intake.backend
        naming = backend.keep(
            _named(entries.filter(~nw.col(column).is_null()), "tenancy", column).select(
                "tenancy", id=nw.col(column), asked=nw.col("cents")
            )
        )
        if not self._any(naming):
            return
        key = ["tenancy", "id"]
        candidates = backend.of_these(entries, naming).filter(nw.col("kind").is_in(reference.kinds))
        named = naming.select(*key).unique()
        candidates = candidates.select(*key, "cents")
        there = backend.keep(candidates.join(backend.in_reach(candidates, named), on=key, how="semi"))
        dangling = backend.keep(self._read(named.join(there, on=key, how="anti"), "tenancy"))
        if "entries" not in self.incomplete and self._any(dangling):
            check = Check("entries", column, reference.refusal)
            certain = self._certainly_dangling(dangling).rename({"id": column})
            yield from self.finder.matching(check, certain, ["tenancy", column])
        if column == "reverses":
            yield from self._excessive(naming.join(there, on=key, how="inner"))

    def _excessive(self, named: Frame) -> Iterator[Fault]:
        """Reversals that ask for more than the payment `id` has, of what was `asked` of each."""
        too_much = (nw.col("asked") > nw.col("cents")) & (nw.col("cents") != NO_NUMBER)
        excessive = named.filter(too_much).select("tenancy", reverses="id", cents="asked").unique()
        excessive = self._intake.backend.keep(excessive)
        if self._any(excessive):  # only now are the names of the reversals read
            entries = self._intake.typed["entries"]
            excessive = self._intake.backend.in_reach(entries, excessive)
            by = entries.join(excessive, on=["tenancy", "reverses", "cents"], how="semi")
            by = _named(by.select(*NAMES).unique(), "id")
            yield from self.finder.matching(Check("entries", "cents", REVERSES_TOO_MUCH), by, [*NAMES])

    def _certainly_dangling(self, dangling: Frame) -> Frame:
        """References without those whose entry may be there, in a row that is refused itself."""
        entries, backend = self._intake.typed["entries"], self._intake.backend
        of_no_kind = entries.filter(~nw.col("kind").is_in(list(ENTRY_CLASSES)).fill_null(False))
        without_id = self._nameless("entries", "id").select("tenancy").unique()
        ids = backend.in_reach(entries, self._ids())
        strays = entries.join(ids, on="tenancy", how="anti").select("id").unique()
        for others, on in (
            (of_no_kind.select("tenancy", "id").unique(), ["tenancy", "id"]),
            (without_id, ["tenancy"]),
            (strays, ["id"]),
        ):
            dangling = dangling.join(backend.in_reach(dangling, others), on=on, how="anti")
        return self._known(dangling)

    def _known(self, keys: Frame) -> Frame:
        """Keys without those of tenancies that do not exist: their rows are told as such."""
        if "tenancy" not in keys.collect_schema().names():
            return keys
        ids = self._intake.backend.in_reach(keys, self._ids())
        return keys.join(ids, on="tenancy", how="semi")

    def _ids(self) -> Frame:
        return self._intake.typed["tenancies"].select(tenancy=nw.col("id"))

    def _strays(self, table: str) -> Frame:
        return self._all_strays.filter(nw.col("table") == table).select("tenancy")

    def _nameless(self, table: str, column: str) -> Frame:
        """The rows of which a text is empty, or is none."""
        rows = self._intake.typed[table]
        return rows.filter(is_nameless(rows, [column]))

    def _any(self, frame: Frame) -> bool:
        return bool(single(frame.select(whole(nw.len()))))

    def _read(self, rows: Frame, key: str) -> Frame:
        """Rows without those of tenancies of which some row could not be read."""
        return rows.filter(~nw.col(key).is_in(self.unread)) if self.unread else rows


def _row(fault: Fault) -> float:
    return inf if fault.row is None else fault.row


def _named(rows: Frame, *columns: str) -> Frame:
    """Rows without those in which one of these columns holds a value that is refused by itself."""
    for column in columns:
        rows = rows.filter(nw.col(column) != (NO_NUMBER if column == "from" else NO_TEXT))
    return rows
