"""Policies that are broken on purpose, each in one way: `BROKEN` says how, and which check finds it.

To add one, add a line to `BROKEN`; `test_kits_broken.py` runs it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, ClassVar

import attrs

from huurschuld import (
    Clause,
    GivenFact,
    Hold,
    Parameter,
    Phrase,
    Policy,
    Source,
    SourceKind,
    Unit,
    policies,
)
from huurschuld.rules.conditions.language import Condition
from huurschuld.rules.parameters import Dated
from huurschuld.rules.policy import PolicyOnDay
from huurschuld.rules.sources import CHOICE
from huurschuld.rules.terms import (
    P,
    arrears_cents,
    attempts,
    days_overdue,
    deceased,
    months,
    objected,
    sustained_cents,
)
from huurschuld.testing import PolicyTests

BGS = policies()["bgs-2021"]


class AnyPolicyTests(PolicyTests):
    """The kit of a policy."""

    examples = 20
    make: ClassVar[Callable[[], Policy]]

    def make_policy(self) -> Policy:
        return type(self).make()


def kit_of(made: Policy | Callable[[], Policy]) -> type[PolicyTests]:
    """The kit of a policy."""
    make = made if callable(made) else lambda: made
    return type("Case", (AnyPolicyTests,), {"make": staticmethod(make)})


def also(*conditions: Condition) -> type[PolicyTests]:
    """The kit of a policy with further conditions on a referral."""
    return kit_of(BGS.with_("mine", also=[Clause(it) for it in conditions]))


def without_hold(name: str, *holds: Hold, **more: Any) -> type[PolicyTests]:
    """The kit of the national rule without one of its holds, and with others."""
    kept = (*(it for it in BGS.holds if it.name != name), *holds)
    return kit_of(attrs.evolve(BGS, name="mine", holds=kept, **more))


class Moody(Policy):
    """A policy that asks for another amount every other time."""

    def on(self, day: dt.date, parameters: Mapping[str, object] | None = None) -> PolicyOnDay:
        """As it applies, this time."""
        values: dict[str, object] = {"minimum_cents": 7_500 + next(MOODS) % 2, **(parameters or {})}
        return super().on(day, values)


MOODS = count(1)
NUMBERS = count(1)
WITHOUT_A_DAY = Source(SourceKind.LAW, "Bgs art. 2", Phrase("de wet", "the law"))
BLANK = Source(SourceKind.CHOICE, None, Phrase(" ", " "))
GAP = Parameter(
    "minimum_cents",
    Unit.CENTS,
    (
        Dated(1, CHOICE, until=dt.date(2025, 12, 31)),
        Dated(7_500, CHOICE, since=dt.date(2026, 2, 1)),
    ),
)
MOST = Parameter("most_cents", Unit.CENTS, (Dated(10**8, CHOICE),))

BROKEN: Mapping[str, tuple[str, type[PolicyTests]]] = {
    "each time it has another number": (
        "test_it_is_the_same_each_time",
        kit_of(lambda: BGS.with_("mine", parameters={"minimum_cents": next(NUMBERS)})),
    ),
    "it has the name of a built-in policy": (
        "test_its_name_is_its_own",
        kit_of(BGS.with_("bgs-2021", parameters={"minimum_cents": 7_500})),
    ),
    "it decides by another number every other time": (
        "test_it_decides_the_same_each_time",
        kit_of(Moody(**{it.name: getattr(BGS, it.name) for it in attrs.fields(Policy)} | {"name": "m"})),
    ),
    "it refers nobody": ("test_somebody_can_be_referred", also(months > "50")),
    "very high arrears are not referred": (
        "test_more_arrears_never_refer_less",
        also(arrears_cents <= 360_000),
    ),
    "many attempts are no longer referred": (
        "test_one_more_attempt_never_refers_less",
        also(attempts <= 16),
    ),
    "old arrears are not referred": ("test_more_days_never_refer_less", also(days_overdue <= 155)),
    "an objection does not hold": ("test_an_objection_blocks", without_hold("objected")),
    "an objection stops reminders": (
        "test_an_objection_stops_no_reminder",
        without_hold("objected", Hold("objected", objected)),
    ),
    "it refers on the arrears alone": (
        "test_what_is_unknown_is_never_referred",
        kit_of(
            BGS.with_("mine", refer=sustained_cents >= P.minimum_cents, remind=(), contact=()),
        ),
    ),
    "a death stops a referral only": (
        "test_the_dead_are_not_written_to",
        without_hold("deceased", Hold("deceased", deceased, stops="referral")),
    ),
    "a fact of its own has a blank note": (
        "test_every_rule_names_its_source",
        kit_of(
            BGS.with_(
                "mine",
                facts=[GivenFact("guardianship", None, Phrase("bewind", "guardianship"), BLANK, False)],
            )
        ),
    ),
    "a death does not hold": ("test_the_dead_are_not_written_to", without_hold("deceased")),
    "it cites a law without a version": (
        "test_every_rule_names_its_source",
        kit_of(BGS.with_("mine", also=Clause(arrears_cents >= 1, WITHOUT_A_DAY))),
    ),
    "the note of a hold is blank": (
        "test_every_rule_names_its_source",
        kit_of(BGS.with_("mine", holds=[Hold("much", arrears_cents > 10**7, BLANK)])),
    ),
    "in January 2026 a parameter has no value": (
        "test_every_parameter_has_a_value_on_each_day",
        kit_of(
            attrs.evolve(
                BGS,
                name="mine",
                parameters=(*(it for it in BGS.parameters if it.name != GAP.name), GAP),
            )
        ),
    ),
    "an objection holds up to an amount": (
        "test_its_limits_change_no_promise",
        without_hold(
            "objected",
            Hold("objected", objected & (arrears_cents <= P.most_cents), stops="referral"),
            parameters=(*BGS.parameters, MOST),
        ),
    ),
}
