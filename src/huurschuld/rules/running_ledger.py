"""A ledger run through entry by entry: what is owed after each, by the imputation of the semantics.

`arrears` answers what was owed on a day; this answers it between two entries of one day as well, for
whoever reads a ledger from top to bottom. After the last entry of a day both are the same, but for rent
that is due on that day: it is owed, and in arrears from the next day.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from attrs import define, field, frozen

from huurschuld.model.entries import (
    CLAIMS,
    RECEIVED,
    Credit,
    Entry,
    OtherClaim,
    Payment,
    Refund,
    RentTerm,
    Reversal,
)
from huurschuld.model.tenancy import Tenancy

_RANKS: Final[dict[type[Any], int]] = {
    RentTerm: 0,
    OtherClaim: 1,
    Payment: 2,
    Credit: 2,
    Reversal: 3,
    Refund: 4,
}
"""The order of entries on one day: first what is claimed, then what came, then what went back."""


@frozen
class Step:
    """An entry on the day from which it counts, and the rent that is owed after it.

    Attributes:
        day: a claim counts from its due day, or from a later day on which it is booked; a reversal from
            the day on which the payment is there.
        entry: the entry.
        owed_cents: the open cents of the rent terms that are due by then.
        early: the claim is booked before its due day, and a payment may name it from this day on.
    """

    day: dt.date
    entry: Entry
    owed_cents: int
    early: bool = False


def steps_of(tenancy: Tenancy, as_of: dt.date) -> list[Step]:
    """Run through the ledger of a tenancy as it is known on a day.

    On one day claims come first (rent, then others), then payments and credits, reversals and refunds,
    each in order of id.

    Source: BW 6:43 (imputation).
    """
    by_id = {entry.id: entry for entry in tenancy.entries}
    known = [entry for entry in tenancy.entries if entry.booked <= as_of]
    named = {it.settles for it in known if isinstance(it, RECEIVED)}
    moments: list[tuple[dt.date, int, bool, str, Entry]] = []
    for entry in known:
        day = entry.booked
        if isinstance(entry, CLAIMS):
            day = max(entry.due, entry.booked)
            if entry.booked < entry.due and entry.id in named:
                moments.append((entry.booked, _RANKS[type(entry)], False, entry.id, entry))
        elif isinstance(entry, Reversal):
            day = max(entry.booked, by_id[entry.reverses].booked)
        if day <= as_of:
            moments.append((day, _RANKS[type(entry)], True, entry.id, entry))
    running = _Running(by_id)
    steps = []
    for day, _, counts, _, entry in sorted(moments, key=lambda it: it[:4]):
        running.take(entry, counts=counts)
        steps.append(Step(day, entry, running.owed(), early=not counts))
    return steps


@define
class _Running:
    """What is claimed and what there is to pay it with, after each entry."""

    by_id: dict[str, Entry]
    due: int = 0
    """The rent that is due."""
    given: int = 0
    """What of it got money by name."""
    pool: int = 0
    """The money that was not given to a claim by name, less refunds."""
    left: dict[str, int] = field(factory=dict)
    """What is left of each payment or credit; reversals may together ask for more than there was."""
    named: dict[str, int] = field(factory=dict)
    """What came for each claim by name, and is left."""
    shares: dict[str, int] = field(factory=dict)
    """What each booked claim got by name, up to its amount."""
    due_terms: set[str] = field(factory=set)

    def owed(self) -> int:
        return max(0, self.due - self.given - max(0, self.pool))

    def take(self, entry: Entry, *, counts: bool) -> None:
        """Take in an entry; of a claim that does not yet count only the name is known."""
        if isinstance(entry, CLAIMS):
            if entry.id not in self.shares:
                self.shares[entry.id] = 0
                self._share(entry.id)
            if counts and isinstance(entry, RentTerm):
                self.due_terms.add(entry.id)
                self.due += entry.cents
                self.given += self.shares[entry.id]
        elif isinstance(entry, RECEIVED):
            self.left[entry.id] = entry.cents
            self._money(entry, entry.cents)
        elif isinstance(entry, Reversal):
            payment = self.by_id[entry.reverses]
            assert isinstance(payment, RECEIVED)  # noqa: S101 - the model refuses any other
            taken = min(self.left[payment.id], payment.cents if entry.cents is None else entry.cents)
            self.left[payment.id] -= taken
            self._money(payment, -taken)
        else:  # a refund
            self.pool -= entry.cents

    def _money(self, payment: Payment | Credit, cents: int) -> None:
        self.pool += cents
        if payment.settles is not None:
            self.named[payment.settles] = self.named.get(payment.settles, 0) + cents
            self._share(payment.settles)

    def _share(self, claim: str) -> None:
        """Give a claim what names it, up to its amount, once it is booked."""
        if claim not in self.shares:
            return
        more = min(self.by_id[claim].cents or 0, self.named.get(claim, 0)) - self.shares[claim]
        self.shares[claim] += more
        self.pool -= more
        if claim in self.due_terms:
            self.given += more
