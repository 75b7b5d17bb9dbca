"""Compare two results: whose advice or priority has changed, why, and which facts changed with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import field, frozen

from huurschuld.decisions.change_reasons import explain_change
from huurschuld.decisions.change_values import ChangeReason, Difference
from huurschuld.decisions.receipt import Receipt
from huurschuld.model.values import RedactedRepr
from huurschuld.portfolio.change_words import (
    UNNAMED,
    UNTOLD,
    came_or_went,
    difference_in_words,
    of_rules,
    reason,
)
from huurschuld.portfolio.result_rows import WITHOUT_ADVICE, Origin, ResultRow, is_on_worklist, rank
from huurschuld.portfolio.row_decisions import decision_of, receipt_for
from huurschuld.rules.advice import Advice
from huurschuld.rules.facts import FACTS
from huurschuld.rules.policy import Policy

ABSENT: Final = "absent"
"""Replaces the advice of a tenancy that is known not to be in the portfolio."""

COMPARED: Final = ("advice", "priority")
"""The columns in which a change counts."""


@frozen(repr=False)
class Change(RedactedRepr):
    """A tenancy whose advice or priority has changed.

    Attributes:
        tenancy: its id.
        before: its row. None where it is not on the worklist, which may be because it has no arrears
            or is not in the portfolio. In a result that lists all its tenancies, the advice of the row
            is `none` or `absent` accordingly.
        after: the same, of the later result.
        why: what else differs. Empty if the tenancy is new or gone, or has no advice before or after.
        reasons: why the advice or the priority is another one; there is always one.
    """

    tenancy: str
    before: ResultRow | None
    after: ResultRow | None
    why: tuple[Difference, ...]
    reasons: tuple[ChangeReason, ...] = ()

    def document(self) -> dict[str, object]:
        """Its JSON object."""
        compared = {
            f"{name}_{when}": None if row is None else row[name]
            for name in COMPARED
            for when, row in (("before", self.before), ("after", self.after))
        }
        why = {it.name: {"before": it.before, "after": it.after} for it in self.why}
        reasons = [it.document() for it in self.reasons]
        return {"tenancy": self.tenancy, **compared, "why": why, "reasons": reasons}


MadeWith = tuple[Origin, Mapping[str, object] | None]
"""What a result says of itself, and the receipt that it holds, if any."""


Selections = tuple[str | None, str | None]
"""By what the rows of two results were chosen; None for a whole worklist."""


@frozen
class Rules:
    """What two results were made with, as far as that is known.

    Attributes:
        before: what the earlier result says of itself.
        after: the same of the later one.
        receipts: the policy and numbers of either; None where they are not known.
        selections: by what the rows of either were chosen; None where it is a whole worklist.
    """

    before: Origin = field(factory=Origin)
    after: Origin = field(factory=Origin)
    receipts: tuple[Receipt | None, Receipt | None] = (None, None)
    selections: Selections = (None, None)

    @classmethod
    def among(
        cls,
        policies: Iterable[Policy],
        before: MadeWith,
        after: MadeWith,
        selections: Selections = (None, None),
    ) -> Rules:
        """Find what two results were made with, among the policies that are known."""
        known = tuple(policies)
        receipts = receipt_for(*before, known), receipt_for(*after, known)
        return cls(before[0], after[0], receipts, selections)

    def reasons(self, was: ResultRow, now: ResultRow) -> tuple[ChangeReason, ...]:
        """Say why a decided tenancy has another advice or priority: by the conditions, if known."""
        earlier, later = self.receipts
        if earlier is not None and later is not None:
            decisions = decision_of(was, earlier), decision_of(now, later)
            if None not in decisions:
                return explain_change(*decisions)  # type: ignore[arg-type] # neither is None
        differing = tuple(reason(difference_in_words(it, was, now), it) for it in differences(was, now))
        has_facts = all(FACTS.keys() <= row.keys() for row in (was, now))
        lacking = UNNAMED if has_facts and None in self.receipts else UNTOLD
        return (*of_rules(self.before, self.after), *differing, reason(lacking))


def cautions(before: Origin, after: Origin, selections: Selections = (None, None)) -> Iterator[str]:
    """Say why two results cannot simply be compared, one line each."""
    for when, it in (("earlier", before), ("later", after)):
        if None in (it.policy, it.rules, it.as_of):
            yield f"the {when} result does not say which policy or which day it is from"
    if None not in (before.policy, after.policy) and before.policy != after.policy:
        yield f"the policies differ: {before.policy} before, {after.policy} after"
    elif None not in (before.rules, after.rules) and before.rules != after.rules:
        yield "the policy, its numbers or the assumptions are not the same in both results"
    if before.as_of is not None and after.as_of is not None and before.as_of > after.as_of:
        yield f"the days are in reverse order: {before.as_of} before, {after.as_of} after"
    for when, selection in zip(("earlier", "later"), selections, strict=True):
        if selection is not None:
            yield (
                f"the {when} result is part of a worklist ({selection}): whoever is not in it "
                "may be on the worklist all the same"
            )


def changes(
    before: Mapping[str, ResultRow], after: Mapping[str, ResultRow], rules: Rules | None = None
) -> list[Change]:
    """Find the changes from one result to another, in the order of the later worklist.

    Those that are no longer on it come last. The rows are given by tenancy. Where the `rules` of both
    are known, and the rows hold the facts, the reasons are the conditions that came out differently.
    """
    return sorted(_changes(before, after, rules or Rules()), key=change_order)


def _changes(
    before: Mapping[str, ResultRow], after: Mapping[str, ResultRow], rules: Rules
) -> Iterator[Change]:
    first, second = rules.selections
    parts = (first is not None, second is not None)
    lists_all = [not all(map(_has_a_place, rows.values())) for rows in (before, after)]
    for name in before.keys() | after.keys():
        was, now = (
            _row_of(name, rows, lists_all=all_of_them)
            for rows, all_of_them in zip((before, after), lists_all, strict=True)
        )
        if not (_is_listed(was) and _is_listed(now)):
            if _is_listed(was) or _is_listed(now):
                yield Change(name, was, now, (), came_or_went(was, now, parts))
        elif was and now and any(was[it] != now[it] for it in COMPARED):
            if WITHOUT_ADVICE.isdisjoint((was["advice"], now["advice"])):
                why = tuple(differences(was, now))
                yield Change(name, was, now, why, rules.reasons(was, now))
            else:
                yield Change(name, was, now, (), came_or_went(was, now, parts))


def _row_of(name: str, rows: Mapping[str, ResultRow], *, lists_all: bool) -> ResultRow | None:
    """The row of a tenancy; if it is not on the worklist, a row with the reason, where known."""
    row = rows.get(name)
    if row is not None and _has_a_place(row):
        return row
    if not lists_all:
        return None
    advice = ABSENT if row is None else str(Advice.NONE)
    return {"tenancy": name, "advice": advice, "priority": None}


def _has_a_place(row: ResultRow) -> bool:
    return is_on_worklist(row["advice"], row["priority"])


def _is_listed(row: ResultRow | None) -> bool:
    return row is not None and row["advice"] != ABSENT and _has_a_place(row)


def differences(was: ResultRow, now: ResultRow) -> Iterator[Difference]:
    """Find the differences; counts of days, which always change, come last."""
    names = [name for name in now if name in was and name not in ("tenancy", *COMPARED)]
    for name in sorted(names, key=lambda it: it.startswith("days_")):
        if was[name] != now[name]:
            yield Difference(name, was[name], now[name])


def change_order(change: Change) -> tuple[object, ...]:
    """Return the sort key of a change: as on the later worklist, and last those no longer on it."""
    gone = not _is_listed(change.after)
    row = change.before if gone else change.after
    return gone, None if row is None else rank(row), change.tenancy
