"""What has changed between two results: whose advice or priority, and by which facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from huurschuld.listing import Row
from huurschuld.screening import ADVICE_ORDER, PRIORITY_ORDER

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
        before: its row; None where it was not on the worklist: not in arrears, or not in the portfolio.
        after: the same, of the later result.
        why: what else is told otherwise; of a tenancy that comes or goes, nothing.
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


def changes(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Change]:
    """The changes from one result to another, in the order of the later worklist; who left comes last.

    Args:
        before: the rows of the earlier result, by tenancy.
        after: those of the later one.
    """
    return sorted(_changes(before, after), key=_order)


def _changes(before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[Change]:
    for name in before.keys() | after.keys():
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            yield Change(name, was, now, ())
        elif any(was[it] != now[it] for it in _SAID):
            yield Change(name, was, now, tuple(_differences(was, now)))


def _differences(was: Row, now: Row) -> Iterator[Difference]:
    """What differs; days that merely went by come last."""
    names = [name for name in now if name in was and name not in ("tenancy", *_SAID)]
    for name in sorted(names, key=lambda it: it.startswith("days_")):
        if was[name] != now[name]:
            yield Difference(name, was[name], now[name])


def _order(change: Change) -> tuple[bool, bool, int, int, str]:
    row = change.after or change.before or {}
    ranks: list[int] = []
    for name, order in (("advice", ADVICE_ORDER), ("priority", PRIORITY_ORDER)):
        texts = {str(key): rank for key, rank in order.items()}
        ranks.append(texts.get(str(row.get(name)), -1))
    advice, priority = ranks
    return change.after is None, row.get("priority") != "crisis", advice, priority, change.tenancy
