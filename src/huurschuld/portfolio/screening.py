"""A ledger screened by the columnar engine; rows that are shown are decided again one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from huurschuld.decisions.decision import Decision, decide_many, policy_on_day
from huurschuld.decisions.receipt import Receipt, receipt_of
from huurschuld.decisions.undecided import case_to_report
from huurschuld.errors import EngineDisagreement, InvalidValue, Undecided
from huurschuld.hooks import ArrowStream, Ledger
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.carrying import Carried
from huurschuld.portfolio.checked_tables import CheckedTables
from huurschuld.portfolio.columnar.library_errors import translate_library_errors
from huurschuld.portfolio.columnar.on_spark import SparkScreening
from huurschuld.portfolio.columnar.opening import Library, open_tables, opened_tables
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.failures import Failure
from huurschuld.portfolio.ledger_tables import ledger_tables
from huurschuld.portfolio.quarantine import Quarantine, owners, separated, unread_tenancies
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.result_rows import ResultRow, order, row_of, row_of_frame
from huurschuld.portfolio.selecting import ALL, Selection, first_of_each
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.own_facts import OwnFact
from huurschuld.rules.policy import Policy, PolicyOnDay


def screen_ledger(
    ledger: Ledger,
    policy: Policy,
    as_of: dt.date,
    parameters: Mapping[str, object],
    *,
    assume: Mapping[str, object],
    library: Library = Library.POLARS,
    facts: bool = False,
    set_aside: bool = False,
    decided: int | None = None,
    key: bytes | None = None,
    step: Callable[[str], None] = lambda _: None,
    selection: Selection = ALL,
    by: str | None = None,
    checked: CheckedTables | None = None,
) -> Worklist:
    """Screen a ledger by the columnar engine.

    With `set_aside` bad rows are left out, each with its tenancy; otherwise the first one raises. A bad
    row whose tenancy is not certain raises either way.

    Only the rows of the `selection` are listed, in groups `by` a column that the ledger carries along.
    The first `decided` of these rows (None for all), or of each group, get a decision as well: the
    other engines make these, and have to agree. `step` is called with the name of the next step.

    With `checked`, tables that were found without fault before and stay the same are not checked again.

    Raises:
        InputError, ExtraNeeded: as `huurschuld.screen`, with the places that the ledger knows; with
            `checked` also where a file changes meanwhile.
    """
    found = screen_rows(
        ledger,
        policy,
        as_of,
        parameters,
        assume=assume,
        library=library,
        facts=facts,
        set_aside=set_aside,
        step=step,
        checked=checked,
    )
    step("explaining")
    carried = Carried.by(ledger)
    rows = carried.beside(found.rows)
    decisions, undecided = found.decided_alike(first_of_each(selection.of(rows), by, decided), key)
    lost = {it.tenancy for it in undecided}
    whole = Worklist(
        decisions,
        found.frame.height,
        undecided,
        rows=[row for row in rows if row["tenancy"] not in lost] if lost else rows,
        receipt=found.receipt,
        quarantine=found.quarantine,
        tenancies=found.frame["tenancy"],
        nearly_named=found.screening.nearly_named(),
        warnings=found.warnings,
        carried=carried.names,
    )
    return whole.only(selection, by)


@frozen
class ScreenedRows:
    """What the columnar engine found in a ledger, before any of it is decided again.

    Attributes:
        screening: the tables as they were read.
        frame: a row for each tenancy, of polars.
        rows: those of a worklist, in order.
        receipt: what they were made with.
        quarantine: what was set aside, if bad rows are set aside.
        warnings: what is unlikely about the tables.
    """

    screening: Screening | SparkScreening
    frame: Any
    rows: list[ResultRow]
    receipt: Receipt
    quarantine: Quarantine | None
    warnings: list[Failure]
    _unreadable: Callable[[str], InvalidValue | None]
    _parameters: Mapping[str, object]
    _assume: Mapping[str, object]

    def decided_alike(
        self, rows: Sequence[ResultRow], key: bytes | None = None
    ) -> tuple[list[Decision], list[Undecided]]:
        """Have some rows decided again by the other engines, which have to agree.

        Returns:
            The decisions in the order of the rows, and an error for each tenancy without one.
        """
        policy, as_of = self.receipt.policy, self.receipt.as_of
        with translate_library_errors(self._unreadable):
            portfolio = _portfolio(self.screening, rows, self._assume, policy.facts)
        made = decide_many(
            portfolio,
            policy,
            as_of,
            self._parameters,
            key=key,
            assumptions=written_assumptions(self._assume),
        )
        return _decided(portfolio, rows, policy_on_day(policy, as_of, self._parameters), made)


def screen_rows(
    ledger: Ledger,
    policy: Policy,
    as_of: dt.date,
    parameters: Mapping[str, object],
    *,
    assume: Mapping[str, object],
    library: Library = Library.POLARS,
    facts: bool = False,
    set_aside: bool = False,
    step: Callable[[str], None] = lambda _: None,
    checked: CheckedTables | None = None,
) -> ScreenedRows:
    """Screen a ledger by the columnar engine alone; as `screen_ledger`."""
    on_day = policy_on_day(policy, as_of, parameters)
    step("opening")
    tables = ledger_tables(ledger, quarantine=set_aside)
    now = None if checked is None else checked.look_at(tables)
    opened = opened_tables(tables, library)
    del tables  # a database connection stays open while any of its tables is referenced
    refused, place = opened.rejected, opened.place
    with translate_library_errors(opened.unreadable):
        step("adding up")
        known = frozenset() if now is None else now.known
        if library is Library.SPARK:
            found: Screening | SparkScreening = SparkScreening.of(
                opened.frames,
                policy,
                as_of,
                parameters,
                assume=assume,
                place=place,
                known=known,
                facts=facts,
                doubts=True,
            )
        else:
            found = Screening.of(
                opened.frames, policy, as_of, parameters, assume=assume, place=place, known=known
            )
        step("checking")
        most = None if set_aside else 1
        unread = owners(refused, found.existing)
        faults = list(found.faults(most, unread))
        if faults and library is not Library.POLARS:  # rows have a line only where they have an order
            again = open_tables(ledger, Library.POLARS, quarantine=set_aside)
            ordered = Screening.of(again.frames, policy, as_of, parameters, assume=assume)
            faults = list(ordered.faults(most, unread))
        for fault in faults if not set_aside else ():
            raise fault.error(place)
        errors, bad = separated(faults, refused, unread, place)
        step("deciding")
        if isinstance(found, SparkScreening):  # decided already, without these
            frame = found.collected()
        else:
            frame = found.collected(found.result(facts=facts, without=bad or None))
        rows = listed_rows(frame)
        warnings = list(found.doubtful())
    if now is not None:
        now.check_unchanged()
        if not errors:
            now.keep()
    quarantine = None
    if set_aside:
        left_out = found.height() + unread_tenancies(refused) - frame.height
        quarantine = Quarantine([error for _, error in errors], left_out, bad)
    return ScreenedRows(
        found,
        frame,
        rows,
        receipt_of(on_day, written_assumptions(assume)),
        quarantine,
        warnings,
        opened.unreadable,
        parameters,
        assume,
    )


def listed_rows(frame: Any) -> list[ResultRow]:  # noqa: ANN401 - a frame of polars, which is optional
    """Make the rows of a worklist from a result, in order."""
    is_listed = (frame["advice"] != str(Advice.NONE)) | (frame["priority"] == str(Priority.CRISIS))
    return sorted(map(row_of_frame, frame.filter(is_listed).iter_rows(named=True)), key=order)


def _portfolio(
    found: Screening | SparkScreening,
    rows: Sequence[ResultRow],
    assume: Mapping[str, object],
    own: Sequence[OwnFact],
) -> list[Tenancy]:
    """Read the tenancies of some rows, in the order of these."""
    if not rows:
        return []
    ids = [row["tenancy"] for row in rows]
    by_id = {it.id: it for it in read_portfolio(_Tables(found.only(ids)), assume, own)}
    return [by_id[name] for name in ids]


@frozen
class _Tables:
    """Tables in memory, as a ledger."""

    given: Mapping[str, ArrowStream]

    def tables(self) -> Mapping[str, ArrowStream]:
        return self.given


def _decided(
    tenancies: Sequence[Tenancy],
    rows: Sequence[ResultRow],
    on_day: PolicyOnDay,
    made: Iterator[Decision],
) -> tuple[list[Decision], list[Undecided]]:
    """Split the tenancies of some rows: decided alike by the other engines, or undecided.

    The columnar engine answered the rows; `made` gives what the other engines answer, in the same order.
    """
    decisions: list[Decision] = []
    undecided: list[Undecided] = []
    for tenancy, row in zip(tenancies, rows, strict=True):
        try:
            decision = next(made)
        except Undecided as error:
            undecided.append(error)
            continue
        if all(row[name] == value for name, value in row_of(decision).items()):
            decisions.append(decision)
            continue
        differs = EngineDisagreement(
            "/tenancy",
            "the columnar engine and the other engines give different answers",
            "check it by hand, and report the case file",
        )
        differs.tenancy = tenancy.id
        differs.case = case_to_report(tenancy, on_day, decision.summary())
        undecided.append(differs)
    return decisions, undecided
