"""One step of watching: what was found held against what was found before, and emitted once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from huurschuld.decisions.decision import Decision
from huurschuld.decisions.receipt import Receipt
from huurschuld.decisions.receipt_files import dump_receipts, load_receipts
from huurschuld.errors import HuurschuldError, InvalidValue, Undecided
from huurschuld.model.json_text import canonical_json
from huurschuld.model.values import RedactedRepr
from huurschuld.portfolio.change_words import came_or_went
from huurschuld.portfolio.changes import ABSENT, Change, Rules, change_order, differences
from huurschuld.portfolio.failures import Failure
from huurschuld.portfolio.monitoring.monitor import Monitor
from huurschuld.portfolio.monitoring.values import ListedRow, Position
from huurschuld.portfolio.quarantine import Quarantine
from huurschuld.portfolio.result_rows import Origin, ResultRow
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.advice import Advice

_FEWER: Final = (9, 10)
"""Fewer tenancies than this part of those of the last step are not believed."""
_OF_RULES: Final = ("semantics", "policy", "parameters", "assumptions")


class ChangeKind(StrEnum):
    """What happened to a tenancy on the worklist: it is new there, it left, or its advice changed."""

    NEW = "new"
    LEFT = "left"
    CHANGED = "changed"


@frozen(repr=False)
class WatchedChange(RedactedRepr):
    """A change of advice or priority that was emitted.

    Attributes:
        number: its number; each has its own, from 1 on.
        kind: whether the tenancy is new on the worklist, left it, or has another advice or priority.
        change: who, from what to what, and why.
        since: the day from which the advice and priority of before stood; None where it is new.
    """

    number: int
    kind: ChangeKind
    change: Change
    since: dt.date | None


@frozen(repr=False)
class WatchStep(RedactedRepr):
    """What one step of watching came to.

    Attributes:
        number: its number, from 1 on.
        day: the day (peildatum).
        changes: those that were emitted, in the order of the worklist; last those that left it.
        worklist: the rows of the tenancies that were looked at, and who is undecided or set aside. These
            two keep the advice of before until it is known better.
        advised: decisions that advise to refer, and are to be proposed.
        batch: the batch in which they are; None if nothing is proposed.
    """

    number: int
    day: dt.date
    changes: tuple[WatchedChange, ...] = field(converter=tuple[WatchedChange, ...])
    worklist: Worklist
    advised: tuple[Decision, ...] = field(default=(), converter=tuple[Decision, ...])
    batch: str | None = None

    def kept(self) -> frozenset[str]:
        """Those that keep the advice of before: undecided, or set aside."""
        return _kept(self.worklist.undecided, self.worklist.quarantine)


@frozen(repr=False, kw_only=True)
class Findings(RedactedRepr):
    """What was found of the tenancies that were looked at.

    Attributes:
        receipt: what it was made with.
        rows: those on the worklist, with the facts.
        tenancies: the ids of all that were looked at.
        count: how many tenancies there are in all.
        touched: the tenancies that were looked at, and may be gone; None for all that there are.
        decide: has rows decided again by the other engines.
        quarantine: what was set aside.
        warnings: what is unlikely about the tables.
    """

    receipt: Receipt
    rows: Sequence[ResultRow]
    tenancies: Iterable[str]
    count: int
    touched: Collection[str] | None = None
    decide: Callable[[Sequence[ResultRow]], tuple[list[Decision], list[Undecided]]]
    quarantine: Quarantine | None = None
    warnings: Sequence[Failure] = ()


def check_goes_on(position: Position, receipt: Receipt, *, other_rules: bool) -> None:
    """Check that a step goes on from the last one.

    Raises:
        InvalidValue: it is of an earlier day; or of other rules, and that is not wanted.
    """
    if position.day is not None and receipt.as_of.isoformat() < position.day:
        raise InvalidValue(
            "/as_of", f"the last step was of {position.day}", "watch as of that day, or a later one"
        )
    if other_rules or position.receipt is None:
        return
    before = earlier(position)
    if before is None or _rules(before) != _rules(receipt):
        raise InvalidValue(
            "/policy",
            "the last step was made with another policy, or other numbers or assumptions",
            "give those again; or say that the rules are other ones from now on (--other-rules)",
        )


def earlier(position: Position) -> Receipt | None:
    """What the last step was made with; None where this release cannot read it."""
    try:
        return None if position.receipt is None else load_receipts(position.receipt)[0]
    except HuurschuldError:
        return None


def _rules(receipt: Receipt) -> str:
    """What the user chose; numbers of the policy itself may be other ones on another day."""
    written = receipt.short()
    return canonical_json({name: written[name] for name in _OF_RULES})


def check_count(position: Position, count: int) -> None:
    """Check that the tenancies are not far fewer than at the last step.

    Raises:
        InvalidValue: they are: the source may have been cut off, and everybody else would have left.
    """
    part, whole = _FEWER
    if count * whole < position.tenancies * part:
        raise InvalidValue(
            "tenancies",
            f"at the last step there were {position.tenancies}, now {count}: some may be missing",
            "see that the source is whole; if it is, say that there are fewer (--fewer)",
        )


def take_step(monitor: Monitor, found: Findings, *, proposing: bool = False, **note: Any) -> WatchStep:
    """Hold what was found against the last step, and emit what changed: all of it, or nothing.

    Args:
        monitor: the monitor.
        found: what was found.
        proposing: whether to give decisions for what is to be proposed.
        note: what else is to be noted of the position.

    Raises:
        MonitorError: the monitor cannot be read or written, or is damaged.
    """
    position, day = monitor.position(), found.receipt.as_of
    before, after = monitor.listed(found.touched), {row["tenancy"]: row for row in found.rows}
    differing = {name for name, row in after.items() if not _is_same(before.get(name), row)}
    differing |= before.keys() - after.keys()
    # Those who were never proposed: until now nothing was. Those who still are from an earlier step keep
    # its batch, by which it is known whether they came into the outbox before a kill.
    is_first = proposing and not position.proposing
    fresh = {name for name, row in after.items() if is_first and row["advice"] == Advice.REFER}
    wanted = differing | fresh | (monitor.due().keys() if proposing else set())
    asked = [row for name, row in after.items() if row["advice"] == Advice.REFER and name in wanted]
    advised, undecided = found.decide(asked)
    kept = _kept(undecided, found.quarantine)
    differing -= kept
    gone = differing - after.keys()
    there = _among(found.tenancies, gone)
    rules = _rules_of(earlier(position), found.receipt)
    changes = sorted(
        (
            _change(name, before.get(name), after.get(name) or _gone(name, there), rules)
            for name in differing
        ),
        key=change_order,
    )
    number = position.step + 1
    batch = f"watch-{position.monitor}-{number}" if proposing else None
    watched = [
        WatchedChange(position.last + index, _kind(it), it, _since(before.get(it.tenancy)))
        for index, it in enumerate(changes, 1)
    ]
    rows = [
        ListedRow.of(row, before[name].since if _is_same(before.get(name), row) else day.isoformat())
        for name, row in after.items()
        if name not in kept
    ]
    with monitor.changing() as change:
        change.note(
            step=number,
            day=day.isoformat(),
            receipt=dump_receipts([found.receipt]),
            tenancies=found.count,
            proposing=proposing,
            **note,
        )
        change.emit(day, (_line(position.monitor, number, found.receipt, it) for it in watched))
        change.list_rows(rows, gone)
        if batch is not None:
            change.make_due({it.tenancy for it in changes if _is_of_referral(it)} | fresh - kept, batch)
            # It is not known yet whether these are to be proposed: a later step will tell.
            change.make_due(kept if is_first else fresh & kept, f"{batch}-later")
    worklist = Worklist(
        (),
        found.count,
        undecided,
        rows=after.values(),
        receipt=found.receipt,
        quarantine=found.quarantine,
        tenancies=found.tenancies,
        warnings=found.warnings,
    )
    return WatchStep(number, day, watched, worklist, advised if proposing else (), batch)


def _kept(undecided: Iterable[Undecided], quarantine: Quarantine | None) -> frozenset[str]:
    aside = () if quarantine is None else quarantine.names
    return frozenset({*aside, *(it.tenancy for it in undecided if it.tenancy)})


def _is_same(was: ListedRow | None, now: ResultRow) -> bool:
    return was is not None and (was.advice, was.priority) == (now["advice"], now["priority"])


def _among(tenancies: Iterable[str], wanted: Collection[str]) -> set[str]:
    return {it for it in tenancies if it in wanted} if wanted else set()


def _gone(tenancy: str, there: Collection[str]) -> ResultRow:
    """The row of a tenancy that left the worklist: without an advice, or without being there."""
    advice = str(Advice.NONE) if tenancy in there else ABSENT
    return {"tenancy": tenancy, "advice": advice, "priority": None}


def _rules_of(before: Receipt | None, after: Receipt) -> Rules:
    origin = Origin() if before is None else Origin.of(before)
    return Rules(origin, Origin.of(after), (before, after))


def _change(tenancy: str, before: ListedRow | None, now: ResultRow, rules: Rules) -> Change:
    was = None if before is None else before.row
    if was is None or now["priority"] is None:
        return Change(tenancy, was, now, (), came_or_went(was, now))
    return Change(tenancy, was, now, tuple(differences(was, now)), rules.reasons(was, now))


def _kind(change: Change) -> ChangeKind:
    if change.before is None:
        return ChangeKind.NEW
    is_gone = change.after is None or change.after["priority"] is None
    return ChangeKind.LEFT if is_gone else ChangeKind.CHANGED


def _since(before: ListedRow | None) -> dt.date | None:
    return None if before is None else dt.date.fromisoformat(before.since)


def _is_of_referral(change: Change) -> bool:
    """Whether a referral is advised now and was not before, or the other way round."""
    advices = [None if row is None else row["advice"] for row in (change.before, change.after)]
    return (advices[0] == Advice.REFER) != (advices[1] == Advice.REFER)


def _line(monitor: str, step: int, receipt: Receipt, it: WatchedChange) -> str:
    """The line of JSON of a change."""
    row: Mapping[str, Any] = it.change.after or {}
    document = {
        "monitor": monitor,
        "number": it.number,
        "step": step,
        "kind": str(it.kind),
        **it.change.document(),
        "since": None if it.since is None else it.since.isoformat(),
        **{name: row.get(name) for name in ("arrears_cents", "months", "episode_start")},
        **Origin.of(receipt).written(),
    }
    return canonical_json(document)
