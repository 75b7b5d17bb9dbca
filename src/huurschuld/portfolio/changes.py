"""What has changed between two results: whose advice or priority, and by which facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from huurschuld.portfolio.listing import Row
from huurschuld.portfolio.worklist import ADVICE_ORDER, PRIORITY_ORDER
from huurschuld.rules.advice import Advice

SET_ASIDE: Final = "set-aside"
UNDECIDED: Final = "undecided"
APART: Final = frozenset({SET_ASIDE, UNDECIDED})
"""What stands in the place of an advice where there is none."""

ABSENT: Final = "absent"
"""The same of somebody who is not in the portfolio, where a result tells that."""

_SAID: tuple[str, ...] = ("advice", "priority")


@frozen
class Difference:
    """Something that a result tells of a tenancy, before and after."""

    name: str
    before: object
    after: object


@frozen
class Change:
    """A tenancy whose advice or priority is another.

    Attributes:
        tenancy: its id.
        before: its row. None where it is not on the worklist, which may be because it is not in arrears
            or not in the portfolio. A result that lists all its tenancies tells which: the advice of the
            row is then `none` or `absent`.
        after: the same, of the later result.
        why: what else is told otherwise; nothing of a tenancy that comes or goes, or that has no advice
            before or after.
    """

    tenancy: str
    before: Row | None
    after: Row | None
    why: tuple[Difference, ...]

    def document(self) -> dict[str, object]:
        """The JSON object of it."""
        said = {
            f"{name}_{when}": None if row is None else row[name]
            for name in _SAID
            for when, row in (("before", self.before), ("after", self.after))
        }
        why = {it.name: {"before": it.before, "after": it.after} for it in self.why}
        return {"tenancy": self.tenancy, **said, "why": why}


@frozen
class Origin:
    """What a result was made by; None where it does not tell.

    Attributes:
        policy: the name of the policy.
        rules: a short hash of the policy with its numbers, and of what was assumed.
        as_of: the day.
    """

    policy: str | None = None
    rules: str | None = None
    as_of: dt.date | None = None


def cautions(before: Origin, after: Origin) -> Iterator[str]:
    """Why two results cannot simply be compared, one line each."""
    for when, it in (("earlier", before), ("later", after)):
        if None in (it.policy, it.rules, it.as_of):
            yield f"the {when} result does not tell by which policy, or of which day, it is"
    if None not in (before.policy, after.policy) and before.policy != after.policy:
        yield f"the policy is another: {before.policy} before, {after.policy} after"
    elif None not in (before.rules, after.rules) and before.rules != after.rules:
        yield "the policy, its numbers or what is assumed is not the same in both results"
    if before.as_of is not None and after.as_of is not None and before.as_of > after.as_of:
        yield f"the days run backwards: {before.as_of} before, {after.as_of} after"


def changes(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Change]:
    """The changes from one result to another, in the order of the later worklist; who left comes last.

    Args:
        before: the rows of the earlier result, by tenancy.
        after: those of the later one.
    """
    return sorted(_changes(before, after), key=_order)


def _changes(before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[Change]:
    lists_all = [any(row["advice"] == Advice.NONE for row in rows.values()) for rows in (before, after)]
    for name in before.keys() | after.keys():
        was, now = (
            _row_of(name, rows, lists_all=all_of_them)
            for rows, all_of_them in zip((before, after), lists_all, strict=True)
        )
        if not (_is_listed(was) and _is_listed(now)):
            if _is_listed(was) or _is_listed(now):
                yield Change(name, was, now, ())
        elif was and now and any(was[it] != now[it] for it in _SAID):
            decided = APART.isdisjoint((was["advice"], now["advice"]))
            yield Change(name, was, now, tuple(_differences(was, now)) if decided else ())


def _row_of(name: str, rows: Mapping[str, Row], *, lists_all: bool) -> Row | None:
    """The row of a tenancy; of one that is not on the worklist, why it is not, where that is known."""
    row = rows.get(name)
    if row is not None and row["advice"] != Advice.NONE:
        return row
    if not lists_all:
        return None
    advice = ABSENT if row is None else str(Advice.NONE)
    return {"tenancy": name, "advice": advice, "priority": None}


def _is_listed(row: Row | None) -> bool:
    return row is not None and row["advice"] not in (Advice.NONE, ABSENT)


def _differences(was: Row, now: Row) -> Iterator[Difference]:
    """What differs; days that merely went by come last."""
    names = [name for name in now if name in was and name not in ("tenancy", *_SAID)]
    for name in sorted(names, key=lambda it: it.startswith("days_")):
        if was[name] != now[name]:
            yield Difference(name, was[name], now[name])


def _order(change: Change) -> tuple[bool, bool, int, int, str]:
    gone = not _is_listed(change.after)
    row = (change.before if gone else change.after) or {}
    ranks: list[int] = []
    for name, order in (("advice", ADVICE_ORDER), ("priority", PRIORITY_ORDER)):
        texts = {str(key): rank for key, rank in order.items()}
        ranks.append(texts.get(str(row.get(name)), -1))
    advice, priority = ranks
    return gone, row.get("priority") != "crisis", advice, priority, change.tenancy
