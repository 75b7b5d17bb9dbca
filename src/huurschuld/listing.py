"""What a screening shows and writes: a worklist as rows, whichever engine has decided."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from huurschuld.assumptions import written_assumptions
from huurschuld.decision import Decision, decide_many, policy_on_day
from huurschuld.errors import Cell, EngineDisagreement, InputError, Undecided
from huurschuld.frames.opening import Library, opener
from huurschuld.frames.screening import OUTCOME, Screening
from huurschuld.hooks import ArrowStream, Ledger, Placing, Refused, Scanning
from huurschuld.portfolio import read_portfolio
from huurschuld.receipt import SEMANTICS, Receipt, read_assumptions
from huurschuld.rules.advice import Advice
from huurschuld.rules.policy import Policy, PolicyOnDay
from huurschuld.screening import ADVICE_ORDER, PRIORITY_ORDER, Worklist
from huurschuld.tables import arrow_stream, by_row, polars
from huurschuld.tenancy import Tenancy
from huurschuld.undecided import case_to_report

Row = dict[str, Any]
"""A tenancy and its outcome as `Decision.summary` has it; facts besides, where they are wanted."""

LISTS: Final = ("hold", "unknown")
"""What a row has as lists of names."""


@frozen
class SetAside:
    """What a screening leaves out.

    Attributes:
        errors: why, row by row.
        tenancies: how many tenancies are not screened because of it.
    """

    errors: tuple[InputError, ...] = field(converter=tuple[InputError, ...])
    tenancies: int

    @property
    def rows(self) -> int:
        """How many rows are refused."""
        return len({_row(error.place) for error in self.errors})


def _row(place: str | Cell) -> object:
    return (place.file, place.line) if isinstance(place, Cell) else place


@frozen
class Listing:
    """The outcome of a screening.

    Attributes:
        rows: those in arrears, first things first.
        decisions: of all of these, or of the first, what a person is shown.
        screened: how many tenancies were looked at.
        undecided: those for which no engine can be relied on; they are not among the rows.
        receipt: what all of it was made with.
        set_aside: what was left out, where that was asked for.
    """

    rows: tuple[Row, ...] = field(converter=tuple[Row, ...])
    decisions: tuple[Decision, ...] = field(converter=tuple[Decision, ...])
    screened: int
    undecided: tuple[Undecided, ...]
    receipt: Receipt
    set_aside: SetAside | None = None

    def columns(self) -> list[str]:
        """The names of what a row has."""
        return list(self.rows[0]) if self.rows else list(OUTCOME)

    def counts(self) -> dict[Advice, int]:
        """How many tenancies have each advice; with those undecided they add up to `screened`."""
        counted = Counter(row["advice"] for row in self.rows)
        counted[Advice.NONE] = self.screened - len(self.rows) - len(self.undecided)
        return {advice: counted[advice] for advice in Advice}


def of_worklist(
    found: Worklist, on_day: PolicyOnDay, assume: Mapping[str, object], *, facts: bool
) -> Listing:
    """The listing of a worklist."""
    told = [row_of(decision, facts=facts) for decision in found]
    return Listing(told, found.decisions, found.screened, found.undecided, _receipt(on_day, assume))


def row_of(decision: Decision, *, facts: bool) -> Row:
    """The row of a decision."""
    row: Row = {"tenancy": decision.tenancy, **decision.summary()}
    if facts:
        written = decision.facts.written(name for name, _ in decision.receipt.parameters)
        row |= {name: value for name, value in written.items() if name not in row}
    return row


def _receipt(on_day: PolicyOnDay, assume: Mapping[str, object]) -> Receipt:
    assumed = read_assumptions(written_assumptions(assume), "/assumptions")
    return Receipt(SEMANTICS, on_day.policy, on_day.as_of, on_day.parameters, assumed)


def list_at_once(
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
) -> Listing:
    """Screen a ledger by the columnar engine.

    Args:
        ledger: what gives the tables.
        policy: the policy.
        as_of: the day.
        parameters: values that the user sets.
        assume: as of `read_portfolio`.
        library: where the work is done.
        facts: whether rows hold the facts as well.
        set_aside: whether bad rows are set aside, each with its tenancy; else the first one raises.
        decided: for how many rows decisions are wanted as well, from the first on; None for all. They
            are made by the other engines, which have to agree.
        key: for the receipts of those.
        step: is told what is done next.

    Raises:
        InputError, ExtraNeeded: as `huurschuld.screen`, with the places that the ledger knows.
    """
    on_day = policy_on_day(policy, as_of, parameters)
    step("opening")
    refused: list[Refused] = []
    tables = _tables(ledger, library, refused.append if set_aside else None)
    step("adding up")
    place = ledger.place if isinstance(ledger, Placing) else by_row
    found = Screening.of(tables, policy, as_of, parameters, assume=assume, place=place)
    step("checking")
    most = None if set_aside else 1
    faults = list(found.faults(most))
    if faults and library is not Library.POLARS:  # where rows have an order, so that lines can be told
        again = _tables(ledger, Library.POLARS, None if not set_aside else (lambda _: None))
        faults = list(Screening.of(again, policy, as_of, parameters, assume=assume).faults(most))
    for fault in faults:
        if not set_aside or fault.rule.heading:  # without a column nobody can be told apart
            raise fault.error(place)
    errors = [*(it.error for it in refused), *(fault.error(place) for fault in faults)]
    named = (*(it.tenancy for it in refused), *(it.tenancy for it in faults))
    bad = {name for name in named if name is not None}
    step("deciding")
    frame = found.collected(found.result(facts=facts, without=sorted(bad) if errors else None))
    rows = [_told(row) for row in in_order(frame).iter_rows(named=True)]
    step("explaining")
    some = rows if decided is None else rows[:decided]
    portfolio = _portfolio(found, some, assume)
    made = decide_many(
        portfolio, policy, as_of, parameters, key=key, assumptions=written_assumptions(assume)
    )
    decisions, undecided = _decided(portfolio, some, on_day, made)
    lost = {it.tenancy for it in undecided}
    left_out = None
    if set_aside:
        unread = sum(_is_tenancy(it.error.place) for it in refused)
        left_out = SetAside(errors, found.height() + unread - frame.height)
    return Listing(
        [row for row in rows if row["tenancy"] not in lost] if lost else rows,
        decisions,
        frame.height,
        tuple(undecided),
        _receipt(on_day, assume),
        left_out,
    )


def _portfolio(found: Screening, rows: Sequence[Row], assume: Mapping[str, object]) -> list[Tenancy]:
    """The tenancies of some rows, in the order of these."""
    if not rows:
        return []
    names = [row["tenancy"] for row in rows]
    by_name = {it.id: it for it in read_portfolio(_Given(found.only(names)), assume)}
    return [by_name[name] for name in names]


def _is_tenancy(place: str | Cell) -> bool:
    return isinstance(place, Cell) and place.file.startswith("tenancies.")


def _tables(
    ledger: Ledger, library: Library, refused: Callable[[Refused], None] | None
) -> Mapping[str, object]:
    opened = opener(library)
    if isinstance(ledger, Scanning):
        return ledger.scan(opened, refused)
    return {name: opened.arrow(arrow_stream(name, it)) for name, it in ledger.tables().items()}


def in_order(result: Any) -> Any:  # noqa: ANN401 - a frame of polars, which need not be there
    """The rows of a result as a worklist has them: without `none`, first things first."""
    pl = polars("the result")

    def rank(column: str, order: Mapping[Any, int]) -> Any:  # noqa: ANN401 - an expression of polars
        ranks = {str(name): number for name, number in order.items()}
        return pl.col(column).replace_strict(ranks, return_dtype=pl.Int8)

    months = pl.col("months").str.split_exact(".", 1)
    whole = months.struct.field("field_0").cast(pl.Int64)
    decimals = months.struct.field("field_1").fill_null("").str.pad_end(9, "0").cast(pl.Int64)
    return result.filter(pl.col("advice") != str(Advice.NONE)).sort(
        pl.col("priority") != "crisis",
        rank("advice", ADVICE_ORDER),
        rank("priority", PRIORITY_ORDER),
        -(whole * 10**9 + decimals),
        "tenancy",
    )


def _told(row: Row) -> Row:
    """A row with its names as lists, and days as texts."""
    told = {name: it.isoformat() if isinstance(it, dt.date) else it for name, it in row.items()}
    return told | {name: told[name].split() for name in LISTS}


def _decided(
    tenancies: Iterable[Tenancy],
    rows: Sequence[Row],
    on_day: PolicyOnDay,
    made: Iterator[Decision],
) -> tuple[list[Decision], list[Undecided]]:
    """The decisions made one by one on the tenancies of some rows; what differs from its row is none."""
    decisions: list[Decision] = []
    undecided: list[Undecided] = []
    for tenancy, row in zip(tenancies, rows, strict=True):
        try:
            decision = next(made)
        except Undecided as error:
            undecided.append(error)
            continue
        expected = row_of(decision, facts=False)
        if all(row[name] == value for name, value in expected.items()):
            decisions.append(decision)
            continue
        differs = EngineDisagreement(
            "/tenancy",
            "the columnar engine does not give the answer of the others",
            "look at it by hand, and report the case file",
        )
        differs.tenancy = tenancy.id
        differs.case = case_to_report(tenancy, on_day, decision.summary())
        undecided.append(differs)
    return decisions, undecided


@frozen
class _Given:
    """Tables that are at hand, as a ledger."""

    given: Mapping[str, ArrowStream]

    def tables(self) -> Mapping[str, ArrowStream]:
        return self.given
