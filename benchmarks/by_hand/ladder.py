"""What rules written by hand share: the facts as they get them, and the ladder that reads what fired.

A rule is named by what it says: `refer` where the referral condition is certainly true, `not refer`
where it is certainly false, `hold objected` for one hold, `no hold` where all holds are certainly false.
Neither of a pair fires where what is known settles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from attrs import frozen

from huurschuld import Advice, Facts, Policy, Priority
from huurschuld.rules.advice import Outcome
from huurschuld.rules.conditions.language import leaves

STOP_A_REFERRAL: Final = frozenset({"already-referred", "not-a-dwelling", "objected"})
"""The holds that stop a referral only: the tenant is still reminded and called."""

_HOLD: Final = "hold "
_MAY_STOP_A_REFERRAL: Final = ("contacts", "disputes", "objections", "plans", "signals")


@frozen
class Given:
    """The facts of a household as a library gets them, made before the clock runs.

    Attributes:
        facts: the facts by name, in the library's own form; what is unknown is left out.
        arrears: what is owed, in cents.
        unknown_fields: the fields of the tenancy that are not known.
    """

    facts: Mapping[str, object]
    arrears: int
    unknown_fields: tuple[str, ...]


Ladder = Callable[[Collection[str], Given], Outcome]


def names_of(policy: Policy) -> tuple[str, ...]:
    """The facts that a policy is about: a library is given no others."""
    asked = {leaf.fact for _, condition in policy.conditions() for leaf in leaves(condition)}
    return tuple(sorted(asked))


def given_of(facts: Facts, names: Iterable[str]) -> Given:
    """These facts by name, without what is unknown."""
    known = {name: value for name in names if (value := getattr(facts, name)) is not None}
    return Given(known, facts.arrears_cents or 0, facts.unknown_fields)


def from_both_sides(fired: Collection[str], given: Given) -> Outcome:
    """The outcome of rules for either side of each rung: three-valued."""
    priority = _first(fired)
    if priority is None:
        known = "not crisis" in fired and "not family" in fired
        priority = Priority.REGULAR if known else Priority.UNKNOWN
    if given.arrears == 0:
        return Outcome(Advice.NONE, priority)
    holds = _holds(fired)
    if stop_everything(holds):
        return Outcome(Advice.HOLD, priority, holds=holds)
    if "too early" in fired:
        return Outcome(Advice.WAIT, priority)
    if "not too early" not in fired:
        return Outcome(Advice.ASK, priority)
    if holds:
        if "refer" in fired:
            return Outcome(Advice.HOLD, priority, holds=holds)
    elif "refer" in fired and "no hold" in fired:
        return Outcome(Advice.REFER, priority)
    elif "not refer" not in fired:
        return ask_before_referral(priority, given)
    for advice, yes, no in (
        (Advice.REMIND, "remind", "not remind"),
        (Advice.CONTACT, "contact", "not contact"),
    ):
        if yes in fired:
            return Outcome(advice, priority)
        if no not in fired:
            return ask_before_contact(priority, given)
    return Outcome(Advice.WAIT, priority)


def from_true_side(fired: Collection[str], given: Given) -> Outcome:
    """The outcome of rules that fire where something is true: right only where all is known."""
    priority = _first(fired) or Priority.REGULAR
    if given.arrears == 0:
        return Outcome(Advice.NONE, priority)
    holds = _holds(fired)
    if stop_everything(holds):
        return Outcome(Advice.HOLD, priority, holds=holds)
    if "too early" in fired:
        return Outcome(Advice.WAIT, priority)
    if "refer" in fired:
        return Outcome(Advice.HOLD if holds else Advice.REFER, priority, holds=holds)
    for advice in (Advice.REMIND, Advice.CONTACT):
        if advice in fired:
            return Outcome(advice, priority)
    return Outcome(Advice.WAIT, priority)


def stop_everything(holds: Iterable[str]) -> bool:
    """Whether one of these holds stops everything, and not a referral only."""
    return any(name not in STOP_A_REFERRAL for name in holds)


def ask_before_referral(priority: Priority, given: Given) -> Outcome:
    """Ask for what stands in the way of a referral."""
    stops = tuple(name for name in given.unknown_fields if name in _MAY_STOP_A_REFERRAL)
    return Outcome(Advice.ASK, priority, unknown=stops)


def ask_before_contact(priority: Priority, given: Given) -> Outcome:
    """Ask for what stands in the way of a reminder, or of seeking contact."""
    stops = tuple(name for name in given.unknown_fields if name == "contacts")
    return Outcome(Advice.ASK, priority, unknown=stops)


def _first(fired: Collection[str]) -> Priority | None:
    """The priority of a household that comes before others."""
    if "crisis" in fired:
        return Priority.CRISIS
    return Priority.FAMILY if "family" in fired else None


def _holds(fired: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(name.removeprefix(_HOLD) for name in fired if name.startswith(_HOLD)))
