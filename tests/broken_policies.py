"""Policies that are wrong on purpose, each in one way, to see that the kit finds it; and right ones.

They are run by `test_kits_broken.py`. Each says in `caught_by` which check is to find it, and in `also`
which others cannot but see it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from itertools import count
from typing import Any, ClassVar

import attrs

from huurschuld import Clause, Hold, Parameter, Phrase, Policy, Source, SourceKind, Unit, policies
from huurschuld.rules.conditions.language import Condition
from huurschuld.rules.parameters import Dated
from huurschuld.rules.policy import PolicyOnDay
from huurschuld.rules.sources import CHOICE
from huurschuld.rules.terms import (
    P,
    arrears_cents,
    attempts,
    days_overdue,
    minor_living_in,
    months,
    objected,
    sustained_cents,
)
from huurschuld.testing import PolicyTests

BGS = policies()["bgs-2021"]
LIMITS = "test_its_limits_change_no_promise"


class PolicyCase(PolicyTests):
    """What the cases share."""

    examples = 20
    policy: ClassVar[Policy] = BGS.with_("mine", parameters={"minimum_cents": 7_500})
    caught_by: ClassVar[str] = ""
    also: ClassVar[Collection[str]] = ()

    def make_policy(self) -> Policy:
        return self.policy


class RightPolicy(PolicyCase):
    """A policy that is right."""


class Katwijk2012(PolicyCase):
    """The covenant of before 2021."""

    policy = policies()["katwijk-2012"]


class Bgs2021(PolicyCase):
    """The national rule."""

    policy = BGS


class Katwijk2021(PolicyCase):
    """The covenant on top of it."""

    policy = policies()["katwijk-2021"]


def only(*conditions: Condition) -> Policy:
    """A policy that asks for more than the national rule."""
    return BGS.with_("mine", also=[Clause(it) for it in conditions])


def without_hold(name: str, *holds: Hold, **more: Any) -> Policy:
    """The national rule without one of its holds, and with others."""
    kept = (*(it for it in BGS.holds if it.name != name), *holds)
    return attrs.evolve(BGS, name="mine", holds=kept, **more)


class CountsItself(PolicyCase):
    """Each time it is made it has another number."""

    numbers: ClassVar[Any] = count(1)
    caught_by = "test_it_is_the_same_each_time"
    also = ("test_it_decides_the_same_each_time",)

    def make_policy(self) -> Policy:
        return BGS.with_("mine", parameters={"minimum_cents": next(self.numbers)})


class TakesAName(PolicyCase):
    """It changes a built-in policy and keeps its name."""

    policy = BGS.with_("bgs-2021", parameters={"minimum_cents": 7_500})
    caught_by = "test_its_name_is_its_own"


class Moody(Policy):
    """A policy that asks for another amount every other time."""

    def on(self, day: dt.date, parameters: Mapping[str, object] | None = None) -> PolicyOnDay:
        """As it applies, this time."""
        values: dict[str, object] = {"minimum_cents": 7_500 + next(MOODS) % 2, **(parameters or {})}
        return super().on(day, values)


MOODS = count(1)


class Changes(PolicyCase):
    """It decides by another number every other time."""

    policy = Moody(**{it.name: getattr(BGS, it.name) for it in attrs.fields(Policy)} | {"name": "mine"})
    caught_by = "test_it_decides_the_same_each_time"
    also = ("test_it_is_the_same_each_time",)


class RefersNobody(PolicyCase):
    """Its condition is that of nobody."""

    policy = only(months > "50")
    caught_by = "test_somebody_can_be_referred"


class GivesUpOnTheMost(PolicyCase):
    """Who owes very much is left to the bailiff."""

    policy = only(arrears_cents <= 360_000)
    caught_by = "test_more_arrears_never_refer_less"


class GivesUpOnTrying(PolicyCase):
    """Who was sought very often is not referred."""

    policy = only(attempts <= 16)
    caught_by = "test_one_more_attempt_never_refers_less"


class GivesUpInTime(PolicyCase):
    """What is old is left alone, as in a city whose rule a court rejected."""

    policy = only(days_overdue <= 155)
    caught_by = "test_more_days_never_refer_less"


class PassesOverObjections(PolicyCase):
    """An objection does not hold."""

    policy = without_hold("objected")
    caught_by = "test_an_objection_blocks"
    also = ("test_what_is_unknown_is_never_referred", LIMITS)


class AsksNobody(PolicyCase):
    """It refers on the arrears alone."""

    policy = attrs.evolve(
        BGS,
        name="mine",
        refer_if_all=(Clause(sustained_cents >= P.minimum_cents),),
        remind_if_any=(),
        contact_if_any=(),
        parameters=tuple(it for it in BGS.parameters if it.name != "response_days"),
    )
    caught_by = "test_what_is_unknown_is_never_referred"
    also = (LIMITS,)


class CountsChildren(PolicyCase):
    """Families alone are passed on."""

    policy = only(minor_living_in)
    caught_by = "test_children_never_decide"
    also = ("test_more_days_never_refer_less",)  # children grow up


class WritesToTheDead(PolicyCase):
    """A death does not hold."""

    policy = without_hold("deceased")
    caught_by = "test_the_dead_are_not_written_to"
    also = (LIMITS,)


class CitesNoVersion(PolicyCase):
    """It cites a law, of no day."""

    policy = BGS.with_(
        "mine",
        also=Clause(
            arrears_cents >= 1, Source(SourceKind.LAW, "Bgs art. 2", Phrase("de wet", "the law"))
        ),
    )
    caught_by = "test_every_rule_names_its_source"


class SaysNothingOfWhy(PolicyCase):
    """Its hold has a note of blanks."""

    policy = BGS.with_(
        "mine",
        holds=[Hold("much", arrears_cents > 10**7, Source(SourceKind.CHOICE, None, Phrase(" ", " ")))],
    )
    caught_by = "test_every_rule_names_its_source"


class HasAGap(PolicyCase):
    """In January 2026 there is no amount."""

    policy = BGS.with_(
        "mine",
        parameters={
            "minimum_cents": Parameter(
                "minimum_cents",
                Unit.CENTS,
                (
                    Dated(1, CHOICE, until=dt.date(2025, 12, 31)),
                    Dated(7_500, CHOICE, since=dt.date(2026, 2, 1)),
                ),
            )
        },
    )
    caught_by = "test_every_parameter_has_a_value_on_each_day"


class ObjectionsUpToANumber(PolicyCase):
    """An objection holds up to an amount, which nobody reaches unless it is set lower."""

    policy = without_hold(
        "objected",
        Hold("objected", objected & (arrears_cents <= P.most_cents)),
        parameters=(*BGS.parameters, Parameter("most_cents", Unit.CENTS, (Dated(10**8, CHOICE),))),
    )
    caught_by = LIMITS
