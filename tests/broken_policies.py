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
    CountedFact,
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
from huurschuld.rules.clauses import Stops
from huurschuld.rules.conditions.language import Condition
from huurschuld.rules.parameters import Dated
from huurschuld.rules.policy import PolicyOnDay
from huurschuld.rules.sources import CHOICE
from huurschuld.rules.terms import (
    P,
    arrears_cents,
    attempts,
    channels,
    days_overdue,
    days_since_offer,
    deceased,
    eviction_announced,
    minor_living_in,
    minors,
    months,
    objected,
    past_grace_cents,
    reminder_sent,
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

VISITS = CountedFact("visits", Phrase("bezoeken", "visits"), channels=["visit"])


@attrs.frozen
class Caught:
    """A policy with a fault, the check that catches it, and the condition that the message names."""

    check: str
    policy: Policy
    place: str
    when: Condition


def _also(check: str, when: Condition, **more: Any) -> Caught:
    return Caught(check, BGS.with_("mine", also=when, **more), "/refer_if_all/6/when", when)


def _held(
    check: str, when: Condition, stops: Stops = "everything", instead: str | None = None
) -> Caught:
    hold = Hold("own", when, stops=stops)
    policy = BGS.with_("mine", holds=hold, without_holds=[instead] if instead else ())
    return Caught(check, policy, f"/holds/{len(policy.holds) - 1}/when", when)


_ARREARS = "test_more_arrears_never_refer_less"
_ATTEMPTS = "test_one_more_attempt_never_refers_less"
_DAYS = "test_more_days_never_refer_less"
_UNKNOWN = "test_what_is_unknown_is_never_referred"
_CHILD = "test_a_child_never_lowers_the_priority"

_TIERS = ((months >= "2") & (attempts >= 3)) | ((months < "2") & (attempts >= 2))
_WITH_CHANNELS = ((sustained_cents >= 900_000) & (channels <= 3)) | (sustained_cents < 900_000)
_LONG_OR_REMINDED = reminder_sent | (months >= "24")
_NO_FAMILY = eviction_announced & ~minor_living_in
_OWING_OR_NO_FAMILY = eviction_announced & ((arrears_cents >= 1) | ~minor_living_in)
_FEW_CHILDREN = eviction_announced & (minors < 3)

FAULTY: Mapping[str, Caught] = {
    "it refers up to € 5,000": _also(_ARREARS, arrears_cents < 500_000),
    "it refers up to € 900,000": _also(_ARREARS, arrears_cents < 90_000_000),
    "who owes very much is held": _held(_ARREARS, past_grace_cents > 4_000_000, "referral"),
    "from two months on it takes an attempt more": _also(_ARREARS, _TIERS),
    "it refers in the first year": _also(_DAYS, days_overdue < 365),
    "it refers in the first ten years": _also(_DAYS, days_overdue <= 3_650),
    "it waits again after two years": Caught(
        _DAYS,
        BGS.with_("mine", wait=[*BGS.wait_if_any, Clause(days_overdue > 730)]),
        "/wait_if_any/2/when",
        days_overdue > 730,
    ),
    "it refers until the offer is 100 days old": _also(_DAYS, days_since_offer <= 100),
    "it refers who was tried up to 25 times": _also(_ATTEMPTS, attempts < 25),
    "it refers who was tried up to 5,000 times": _also(_ATTEMPTS, attempts < 5_000),
    "in many ways holds where much is owed": _also(_ATTEMPTS, _WITH_CHANNELS),
    "a fourth visit holds": Caught(
        _ATTEMPTS,
        BGS.with_("mine", facts=VISITS, also=VISITS.quantity < 4),
        "/refer_if_all/6/when",
        VISITS.quantity < 4,
    ),
    "the hold of a death ends when arrears grow": _held(
        "test_the_dead_are_not_written_to",
        deceased & (arrears_cents < 2_000_000),
        instead="deceased",
    ),
    "the hold of an objection ends when arrears grow": _held(
        "test_an_objection_blocks", objected & (months < "24"), "referral", "objected"
    ),
    "the hold of an objection ends in time": _held(
        _UNKNOWN, objected & (days_overdue < 500), "referral", "objected"
    ),
    "after two years unknown contacts are read as a reminder": Caught(
        _UNKNOWN,
        BGS.with_("mine", refer=_LONG_OR_REMINDED, remind=(), contact=()),
        "/refer_if_all/0/when",
        _LONG_OR_REMINDED,
    ),
    "who objects is not reminded of much": Caught(
        "test_an_objection_stops_no_reminder",
        BGS.with_("mine", wait=[*BGS.wait_if_any, Clause(objected & (arrears_cents > 3_000_000))]),
        "/wait_if_any/2/when",
        objected & (arrears_cents > 3_000_000),
    ),
    "a family is no crisis": Caught(
        _CHILD, BGS.with_("mine", crisis=_NO_FAMILY), "/crisis/when", _NO_FAMILY
    ),
    "a family of many is no crisis": Caught(
        _CHILD, BGS.with_("mine", crisis=_FEW_CHILDREN), "/crisis/when", _FEW_CHILDREN
    ),
    "a family that has paid is no crisis": Caught(
        _CHILD, BGS.with_("mine", crisis=_OWING_OR_NO_FAMILY), "/crisis/when", _OWING_OR_NO_FAMILY
    ),
    "a family comes last": Caught(
        _CHILD, BGS.with_("mine", family=~minor_living_in), "/family/when", ~minor_living_in
    ),
}
"""Policies whose fault a kit that only draws households finds by luck, if at all."""

RIGHT: Mapping[str, Policy] = {
    "from two months on it takes an attempt less": BGS.with_(
        "less-attempts",
        also=((months >= "2") & (attempts >= 2)) | ((months < "2") & (attempts >= 3)),
    ),
    "it excludes early what it excludes anyway": BGS.with_(
        "early", also=[days_overdue >= 30, (days_overdue < 14) | (attempts >= 2)]
    ),
    "attempts count for 30 days": BGS.with_(
        "thirty-days", parameters={"contact_days": 30}, also=days_since_offer <= 30
    ),
    "it refers at once before an eviction": BGS.with_(
        "eviction", also=(months >= "2") | eviction_announced
    ),
    "little is held": BGS.with_("little", holds=Hold("little", months < "0.5", stops="referral")),
}
"""Policies that look like those, and keep all promises."""

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
    "a family is no crisis": (_CHILD, kit_of(FAULTY["a family is no crisis"].policy)),
    "an objection holds up to an amount": (
        "test_its_limits_change_no_promise",
        without_hold(
            "objected",
            Hold("objected", objected & (arrears_cents <= P.most_cents), stops="referral"),
            parameters=(*BGS.parameters, MOST),
        ),
    ),
}
