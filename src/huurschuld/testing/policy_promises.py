"""What any policy must promise, read off its conditions: each promise is kept in all ways, or broken.

A promise that is broken names the condition that stands in the way, as it is written, and where it
stands in the policy. Whether households do what is read here, the kit tries as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import evolve, frozen

from huurschuld.errors import pointer
from huurschuld.rules.conditions.language import Condition, leaves, required_fields
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.facts import FACTS
from huurschuld.rules.own_facts import CountedFact
from huurschuld.rules.parameters import Unit, months_text
from huurschuld.rules.policy import PolicyOnDay
from huurschuld.rules.rungs import CONTACT, HOLDS, REFER, REMIND, WAIT, Rung
from huurschuld.rules.terms import arrears_cents
from huurschuld.testing.kit import Broken
from huurschuld.testing.policy_ways import HIGHEST, UNKNOWN, Change, Values, Wanted, Way, find_way

_NO: Final = Values(0, 0, unknown=False)
_YES: Final = Values(1, 1, unknown=False)
_SOME: Final = Values(1, HIGHEST, unknown=False)
NEEDED: Final = ("contacts", "objections")
"""What must be known of a household before it is referred."""
OWED: Final = frozenset(
    name for name, it in FACTS.items() if it.unit in (Unit.CENTS, Unit.MONTHS) and not it.fields
)
"""The facts about how much is owed."""
_OF_ATTEMPTS: Final = frozenset(name for name, it in FACTS.items() if it.fields == ("contacts",))
_AGES: Final = tuple(it for it in sorted(_OF_ATTEMPTS) if FACTS[it].unit is Unit.DAYS)
_MAY_END: Final = frozenset(("plan_in_force", "disputed", "already_referred", "tenant_acted"))
_GOES_ON: Final = {"lease_ended": _NO, "deceased": _NO}
_OF_CHILDREN: Final = frozenset(name for name, it in FACTS.items() if it.fields == ("household",))

GROWING: Final = {
    "arrears": Change(up=OWED, down=_MAY_END),
    "attempts": Change(up=_OF_ATTEMPTS),
    "days": Change(
        up=OWED | {"days_overdue", *_AGES},
        down=_MAY_END | {"objected"},
        before=_GOES_ON,
    ),
}
"""How the facts of a household may change when there is more of something."""
_MORE: Final = {
    "arrears": "when one more rent term is open",
    "attempts": "after one more attempt",
    "days": "on a later day",
}


@frozen
class Rule:
    """A condition of a policy, and where it stands: its place there, and its rung."""

    place: str
    when: Condition
    rung: Rung
    stops_all: bool = False

    def __str__(self) -> str:
        return f"{self.place} ({text(self.when)})"

    def asks(self, facts: Iterable[str]) -> bool:
        """Whether it asks one of these facts."""
        return not {leaf.fact for leaf in leaves(self.when)}.isdisjoint(facts)

    def lets(self, *, after: bool = False) -> Wanted:
        """Require that it lets a household be referred."""
        return Wanted(self.when, self.rung is REFER, after=after)

    def stops(self, *, after: bool = False) -> Wanted:
        """Require that it does not let it be: it prevents that, or it is unknown whether it does."""
        return Wanted(self.when, self.rung is not REFER, certainly=False, after=after)


class Promises:
    """The promises of a policy on a day. Each method raises `Broken` where one is not kept.

    Args:
        on_day: the policy, with the values of its parameters.
    """

    def __init__(self, on_day: PolicyOnDay) -> None:
        self._policy, self._numbers = on_day.policy, on_day.values
        self._rules = {rung: list(self._of(rung)) for rung in (HOLDS, WAIT, REFER, REMIND, CONTACT)}
        self._before_a_referral = [*self._rules[HOLDS], *self._rules[WAIT], *self._rules[REFER]]
        self._stopping_all = [it for it in self._rules[HOLDS] if it.stops_all]
        self._counted = frozenset(it.name for it in self._policy.facts if isinstance(it, CountedFact))

    def never_less(self, growth: str, *, owing_the_same: bool = False) -> None:
        """More of something never turns a referral into less.

        Args:
            growth: of what there is more.
            owing_the_same: whether the arrears stay as they are.
        """
        change = GROWING[growth]
        if growth == "attempts":
            change = evolve(change, up=change.up | self._counted)
        if owing_the_same:
            change = evolve(change, up=change.up - OWED)
        moving = change.up | change.down
        for rule in self._before_a_referral:
            if rule.asks(moving):
                way = self._way([rule.stops(after=True), rule.lets(), *self._referred()], change)
                if way is not None:
                    steps = _steps(way, rule)
                    raise Broken(
                        f"{rule} stands in the way: a referral becomes less {_MORE[growth]}{steps}"
                    )

    def at_any_limit(self) -> None:
        """Whatever the numbers are: objections block, the unknown is not referred, nor the dead."""
        self.an_objection_blocks()
        for field in NEEDED:
            self.the_unknown_is_not_referred(field)
        self.the_dead_are_not_written_to()

    def an_objection_blocks(self) -> None:
        """Who objects is never referred; a referral becomes a hold, or ask."""
        asking = [it for it in self._before_a_referral if it.asks({"objected"})]
        way = self._way(self._referred(), Change(before={"objected": _YES}))
        if way is not None:
            raise Broken(f"a household that objects is referred{self._where(way)}; {_named(asking)}")
        change = Change(frozenset({"objected"}), before={"objected": _NO}, after={"objected": _YES})
        going_on = [_not_held(it, after=True) for it in self._stopping_all]
        for rule in asking:
            if rule.rung is not HOLDS:
                stopped = Wanted(rule.when, rule.rung is WAIT, after=True)
                if self._way([stopped, *going_on, *self._referred()], change) is not None:
                    raise Broken(f"{rule} stops who objects, and is no hold: a hold says so")

    def an_objection_stops_no_reminder(self) -> None:
        """Who objects is reminded and called as before."""
        change = Change(frozenset({"objected"}), before={"objected": _NO}, after={"objected": _YES})
        rules = [*self._stopping_all, *self._rules[WAIT], *self._rules[REMIND], *self._rules[CONTACT]]
        for rule in rules:
            if not rule.asks({"objected"}):
                continue
            below = rule.rung in (REMIND, CONTACT)
            changed = Wanted(rule.when, not below, certainly=rule.rung is HOLDS, after=True)
            was = [Wanted(rule.when, side=below)]
            if any(self._way([changed, *was, *it], change) for it in self._written_to(HOLDS)):
                raise Broken(f"{rule} stops the reminder of who objects")

    def the_unknown_is_not_referred(self, field: str) -> None:
        """Nobody is referred while a field of the tenancy is unknown."""
        own = {it.name: it.type for it in self._policy.facts}
        unknown = {name: UNKNOWN for name, it in (FACTS | own).items() if field in it.fields}
        if field == "contacts" and "tenant_acted" in unknown:
            unknown["tenant_acted"] = Values(1, 1, unknown=True)  # a plan is an action, too
        way = self._way(self._referred(), Change(before=unknown))
        if way is not None:
            asking = [it for it in self._before_a_referral if field in required_fields(it.when)]
            raise Broken(f"with {field} unknown the advice is refer{self._where(way)}; {_named(asking)}")

    def the_dead_are_not_written_to(self) -> None:
        """After a death nobody is referred, reminded or contacted."""
        dead = Change(before={"deceased": _YES})
        for wanted in (self._referred(), *self._written_to(REMIND), *self._written_to(CONTACT)):
            way = self._way(wanted, dead)
            if way is not None:
                asking = [it for it in self._rules[HOLDS] if it.asks({"deceased"})]
                raise Broken(
                    f"after a death the household is written to{self._where(way)}; {_named(asking)}"
                )

    def a_child_lowers_nothing(self) -> None:
        """A household comes no later because a child lives there."""
        change = Change(
            _OF_CHILDREN,
            before=dict.fromkeys(_OF_CHILDREN, _NO),
            after={"minor_living_in": _YES, "minors": _SOME},
        )
        crisis, family = self._policy.crisis.when, self._policy.family.when
        not_crisis = Wanted(crisis, side=False, certainly=False, after=True)
        not_family = Wanted(family, side=False, certainly=False, after=True)
        for name, when, less in (
            ("crisis", crisis, [not_crisis]),
            ("family", family, [not_family, not_crisis]),
        ):
            if find_way([*less, Wanted(when, side=True)], self._numbers, change) is not None:
                raise Broken(
                    f"/{name}/when ({text(when)}) stands in the way: a household comes later because "
                    "a child lives there"
                )

    def _of(self, rung: Rung) -> Iterator[Rule]:
        for index, it in enumerate(self._policy.clauses(rung)):
            stops_all = rung is HOLDS and getattr(it, "stops", "") == "everything"
            yield Rule(pointer(rung.name, index, "when"), it.when, rung, stops_all)

    def _way(self, wanted: Sequence[Wanted], change: Change) -> Way | None:
        owing = Wanted(arrears_cents >= 1, side=True)
        oldest = self._numbers.get("contact_days")
        if oldest is not None:  # an older attempt does not count
            ages = dict.fromkeys(_AGES, Values(0, oldest, unknown=True))
            change = evolve(change, before={**ages, **change.before}, after={**ages, **change.after})
        return find_way([*wanted, owing], self._numbers, change)

    def _where(self, way: Way) -> str:
        """Say with which quantities that is so."""
        types = {leaf.fact: leaf.type for _, it in self._policy.conditions() for leaf in leaves(it)}
        told = [
            f"{name} {_written(values.lowest, types[name].unit)}"
            for name, values in sorted(way.before.items())
            if values.some_known and name in types and types[name].unit is not None
        ]
        return f", as with {', '.join(told)}" if told else ""

    def _referred(self) -> list[Wanted]:
        return [it.lets() for it in self._before_a_referral]

    def _written_to(self, rung: Rung) -> Iterator[list[Wanted]]:
        """Yield what must be so for a reminder, for a contact, or (of holds) for either."""
        above = [
            *(_not_held(it) for it in self._stopping_all),
            *(it.lets() for it in self._rules[WAIT]),
        ]
        not_referred = [
            *([Wanted(it.when, side=False)] for it in self._rules[REFER]),
            *(
                [Wanted(it.when, side=True), Wanted(other.when, side=False, certainly=False)]
                for it in self._rules[HOLDS]
                if not it.stops_all
                for other in self._rules[REFER]
            ),
        ]
        no_reminder = [Wanted(it.when, side=False) for it in self._rules[REMIND]]
        for why_not in not_referred:
            if rung is not CONTACT:
                for it in self._rules[REMIND]:
                    yield [Wanted(it.when, side=True), *why_not, *above]
            if rung is not REMIND:
                for it in self._rules[CONTACT]:
                    yield [Wanted(it.when, side=True), *no_reminder, *why_not, *above]


def _not_held(rule: Rule, *, after: bool = False) -> Wanted:
    return Wanted(rule.when, side=False, certainly=False, after=after)


def _named(rules: Sequence[Rule]) -> str:
    if not rules:
        return "no condition that could prevent it asks about that"
    return f"this does not prevent it: {' and '.join(map(str, rules))}"


def _steps(way: Way, rule: Rule) -> str:
    """Say at which values of which facts the rule changes its answer."""
    steps = []
    for leaf in {it.fact: it for it in leaves(rule.when)}.values():
        step = way.step(leaf.fact)
        if step is not None:
            before, after = (_written(it, leaf.type.unit) for it in step)
            steps.append(f"{leaf.fact} from {before} to {after}")
    return f", as with {' and '.join(steps)}" if steps else ""


def _written(value: int, unit: Unit | None) -> str:
    if unit is None:
        return "yes" if value else "no"
    return months_text(value) if unit is Unit.MONTHS else f"{value}"
