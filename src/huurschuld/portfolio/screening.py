"""A ledger screened all at once, by the columnar engine; what is shown is decided again one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from huurschuld.decisions.decision import Decision, decide_many, policy_on_day
from huurschuld.decisions.undecided import case_to_report
from huurschuld.errors import EngineDisagreement, Undecided
from huurschuld.extras import polars
from huurschuld.hooks import ArrowStream, Ledger
from huurschuld.model.tenancy import Tenancy
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.columnar.opening import Library, open_tables
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.listing_aside import SetAside, of_nobody, owners, tenancies_among
from huurschuld.portfolio.listing_rows import LISTS, Listing, Row, receipt_of, row_of
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.worklist import ADVICE_ORDER, PRIORITY_ORDER
from huurschuld.rules.advice import Advice
from huurschuld.rules.policy import Policy, PolicyOnDay


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
        set_aside: whether bad rows are set aside, each with its tenancy; else the first one raises, and
            so does one of which it cannot be told whose it is.
        decided: for how many rows decisions are wanted as well, from the first on; None for all. They
            are made by the other engines, which have to agree.
        key: for the receipts of those.
        step: is told what is done next.

    Raises:
        InputError, ExtraNeeded: as `huurschuld.screen`, with the places that the ledger knows.
    """
    on_day = policy_on_day(policy, as_of, parameters)
    step("opening")
    opened = open_tables(ledger, library, quarantine=set_aside)
    refused, place = opened.rejected, opened.place
    step("adding up")
    found = Screening.of(opened.frames, policy, as_of, parameters, assume=assume, place=place)
    step("checking")
    most = None if set_aside else 1
    unread = owners(refused, found.checks.known)
    faults = list(found.checks.faults(most, unread))
    if faults and library is not Library.POLARS:  # where rows have an order, so that lines can be told
        again = open_tables(ledger, Library.POLARS, quarantine=set_aside)
        ordered = Screening.of(again.frames, policy, as_of, parameters, assume=assume)
        faults = list(ordered.checks.faults(most, unread))
    for fault in faults:
        if not set_aside or fault.check.heading:  # without a column nobody can be told apart
            raise fault.error(place)
        if fault.owner is None:
            raise of_nobody(fault.error(place))
    errors = [*(it.error for it in refused), *(fault.error(place) for fault in faults)]
    bad = sorted(unread.union(it.owner for it in faults if it.owner is not None))
    step("deciding")
    frame = found.collected(found.result(facts=facts, without=bad or None))
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
        left_out = SetAside(errors, found.height() + tenancies_among(refused) - frame.height, bad)
    return Listing(
        [row for row in rows if row["tenancy"] not in lost] if lost else rows,
        decisions,
        frame.height,
        tuple(undecided),
        receipt_of(on_day, assume),
        left_out,
        frame["tenancy"],
    )


def _portfolio(found: Screening, rows: Sequence[Row], assume: Mapping[str, object]) -> list[Tenancy]:
    """The tenancies of some rows, in the order of these."""
    if not rows:
        return []
    names = [row["tenancy"] for row in rows]
    by_name = {it.id: it for it in read_portfolio(_Given(found.only(names)), assume)}
    return [by_name[name] for name in names]


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
