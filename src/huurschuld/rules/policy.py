"""A policy (beleid): when to hold, refer, remind, contact or wait, as one frozen value.

The advice is the first that fits: `none` without arrears; `hold` if a hold that stops everything is
true; `wait` if one of `wait_if_any` is true; if all of `refer_if_all` are true, `hold` if a hold that
stops a referral is true, or `refer` if every hold is false; `ask` if something unknown prevents that;
`remind` if one of `remind_if_any` is true; `contact` if one of `contact_if_any` is true; else `wait`.
`docs/semantics.md` is the full text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache, partial
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, field, frozen

from huurschuld.errors import (
    InvalidValue,
    PolicyNotInForce,
    UnknownField,
    pointer,
)
from huurschuld.model.strict_objects import near_names
from huurschuld.model.values import Maybe, Part, Parts, Text
from huurschuld.rules.clauses import (
    Clause,
    Given,
    Hold,
    Period,
    asks_about_children,
    changed_holds,
    each_of,
    given_clause,
    given_clauses,
)
from huurschuld.rules.conditions.language import Condition
from huurschuld.rules.facts import FactType
from huurschuld.rules.own_facts import CountedFact, GivenFact, OwnFact
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.policy_checks import check_conditions, check_names, check_shape, used_parameters
from huurschuld.rules.rungs import CONTACT, HOLDS, REFER, REMIND, RUNGS, WAIT, Rung
from huurschuld.rules.sources import Adopted, Phrase


def _by_parameter_name(given: Iterable[Parameter]) -> tuple[Parameter, ...]:
    return tuple(sorted(given, key=lambda parameter: parameter.name))


def _holds(given: Iterable[Hold]) -> tuple[Hold, ...]:
    return tuple(given)


def _clauses(given: Iterable[Clause]) -> tuple[Clause, ...]:
    return tuple(given)


def _own_facts(given: Iterable[OwnFact]) -> tuple[OwnFact, ...]:
    return tuple(given)


_CLAUSES: Final = Parts(Clause)


@frozen(cache_hash=True, repr=False)
class Policy:
    """The rules of one organisation or law, dated and sourced; nothing in it is a callable.

    Attributes:
        name: its name, such as `katwijk-2012`; lower case.
        title: what people call it.
        in_force: the days on which it is in force.
        crisis: when a household comes first.
        family: when a household comes before those that are unknown or regular.
        holds: what stops a referral, each by name.
        wait_if_any: when it is too early, or too little is owed, to do anything.
        refer_if_all: the conditions of a referral.
        remind_if_any: when to send a reminder first.
        contact_if_any: when to seek contact first.
        parameters: the numbers that it leaves to be set.
        facts: the facts that it declares besides the built-in ones.
        children_decide: why the presence of children decides whether data is shared; None: it does not.

    Raises:
        InputError: with a JSON pointer into the policy.
    """

    name: str
    title: Phrase
    in_force: Period
    crisis: Clause = field(validator=Part(Clause))
    family: Clause = field(validator=Part(Clause))
    holds: tuple[Hold, ...] = field(converter=_holds, validator=Parts(Hold))
    wait_if_any: tuple[Clause, ...] = field(converter=_clauses, validator=_CLAUSES)
    refer_if_all: tuple[Clause, ...] = field(converter=_clauses, validator=_CLAUSES)
    remind_if_any: tuple[Clause, ...] = field(converter=_clauses, validator=_CLAUSES)
    contact_if_any: tuple[Clause, ...] = field(converter=_clauses, validator=_CLAUSES)
    parameters: tuple[Parameter, ...] = field(converter=_by_parameter_name)
    facts: tuple[OwnFact, ...] = field(
        default=(), converter=_own_facts, validator=Parts(GivenFact, CountedFact)
    )
    children_decide: str | None = field(default=None, validator=Maybe(Text()))

    def __attrs_post_init__(self) -> None:
        check_names(self)
        check_conditions(self.conditions(), self.parameters, self.facts)
        self._check_children()

    def own_facts(self) -> dict[str, FactType]:
        """Return what the facts are that it declares, by name."""
        return {fact.name: fact.type for fact in self.facts}

    def units(self) -> dict[str, Unit]:
        """Return the units of its parameters, by name."""
        return {parameter.name: parameter.unit for parameter in self.parameters}

    def own_numbers(self, day: dt.date) -> dict[str, Dated]:
        """Return its own values on a day, by parameter; one without a value is left out."""
        return {it.name: dated for it in self.parameters for dated in it.values if dated.holds_on(day)}

    def _check_children(self) -> None:
        asking = (
            pointer(rung.name, index, "when")
            for rung in BEFORE_A_REFERRAL
            for index, clause in enumerate(self.clauses(rung))
            if asks_about_children(clause)
        )
        place = next(asking, None)
        if place is not None and self.children_decide is None:
            raise InvalidValue(
                place,
                "whether there are children would decide whether data is shared",
                "leave it to the priority, or say why in children_decide",
            )
        if place is None and self.children_decide is not None:
            raise InvalidValue(
                "/children_decide", "no condition of a referral asks about children", "leave it out"
            )

    def __repr__(self) -> str:
        return f"<Policy {self.name}>"

    def require(self, day: dt.date) -> None:
        """Check that the policy is in force on a day.

        Raises:
            PolicyNotInForce: at `/as_of`; another version is never used instead.
        """
        if day not in self.in_force:
            until = "" if self.in_force.until is None else f" until {self.in_force.until}"
            raise PolicyNotInForce(
                "/as_of",
                f"{self.name} is in force from {self.in_force.since}{until}",
                "choose the policy of that day",
            )

    def clauses(self, rung: Rung) -> tuple[Clause | Hold, ...]:
        """Return the clauses of a rung."""
        clauses: tuple[Clause | Hold, ...] = getattr(self, rung.name)
        return clauses

    def placed_clauses(self) -> Iterator[tuple[str, Clause | Hold]]:
        """Return every clause and hold with its place, a JSON pointer."""
        return _placed(partial(getattr, self))

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Yield every condition with its place, a JSON pointer."""
        for place, clause in self.placed_clauses():
            yield f"{place}/when", clause.when

    def with_(
        self,
        name: str,
        *,
        title: Phrase | None = None,
        in_force: Period | None = None,
        parameters: Mapping[str, object] | None = None,
        facts: OwnFact | Iterable[OwnFact] = (),
        also: Given | Iterable[Given] = (),
        holds: Hold | Iterable[Hold] = (),
        without_holds: str | Iterable[str] = (),
        refer: Given | Iterable[Given] | None = None,
        remind: Given | Iterable[Given] | None = None,
        contact: Given | Iterable[Given] | None = None,
        wait: Given | Iterable[Given] | None = None,
        crisis: Given | None = None,
        family: Given | None = None,
        children_decide: str | None = None,
    ) -> Policy:
        """Make another policy based on this one; what is not given stays as it is.

        Args:
            name: its own name: a changed policy is another policy.
            title: what people call it; by default its name.
            in_force: the days on which it is in force; by default those of this policy.
            parameters: new values by name (a number, or `Adopted` to say who set it), or a whole
                `Parameter`: to add one, or with dated values, where other days keep theirs.
                A parameter that nothing uses any more is left out.
            facts: further facts; those of this policy stay.
            also: further conditions of a referral; those of this policy stay.
            holds: further holds; one with the name of a hold of this policy replaces that.
            without_holds: the names of holds to leave out.
            refer: conditions of a referral, in the place of those of this policy.
            remind: when to send a reminder first, in the place of that of this policy.
            contact: when to seek contact first, in the place of that of this policy.
            wait: when to do nothing, in the place of that of this policy.
            crisis: when a household comes first, in the place of that of this policy.
            family: when a household is a family, in the place of that of this policy.
            children_decide: why the presence of children decides whether data is shared.

        Raises:
            InputError: a parameter or hold that this policy does not have, or a condition that does not
                fit; its place is a JSON pointer into the new policy.
        """
        clauses: dict[str, Any] = {
            **{rung.name: self.clauses(rung) for rung in RUNGS},
            "crisis": self.crisis if crisis is None else given_clause("crisis", crisis),
            "family": self.family if family is None else given_clause("family", family),
            HOLDS.name: changed_holds(
                self.holds, each_of("holds", holds, Hold), each_of("without_holds", without_holds, str)
            ),
            WAIT.name: self.wait_if_any if wait is None else given_clauses("wait", wait),
            REFER.name: (
                *(self.refer_if_all if refer is None else given_clauses("refer", refer)),
                *given_clauses("also", also),
            ),
            REMIND.name: self.remind_if_any if remind is None else given_clauses("remind", remind),
            CONTACT.name: self.contact_if_any if contact is None else given_clauses("contact", contact),
        }
        given = parameters or {}
        conditions = []
        for place, clause in _placed(clauses.__getitem__):
            check_shape(clause.when, f"{place}/when")
            conditions.append(clause.when)
        own = (*self.facts, *each_of("facts", facts, GivenFact, CountedFact))
        in_use = used_parameters(conditions) | given.keys()
        in_use |= {name for fact in own for name in fact.type.uses}
        before = [clause for rung in BEFORE_A_REFERRAL for clause in clauses[rung.name]]
        if children_decide is None and any(map(asks_about_children, before)):
            children_decide = self.children_decide
        return evolve(
            self,
            name=name,
            title=Phrase(name, name) if title is None else title,
            in_force=self.in_force if in_force is None else in_force,
            parameters=(it for it in _changed(self.parameters, given) if it.name in in_use),
            facts=own,
            children_decide=children_decide,
            **clauses,
        )

    def on(self, day: dt.date, parameters: Mapping[str, object] | None = None) -> PolicyOnDay:
        """Return this policy as it applies on a day, with the values that the user sets.

        Raises:
            PolicyNotInForce: at `/as_of`; another version is never used instead.
            UnknownField, InvalidValue: at `/parameters/NAME`.
        """
        if not parameters:
            return _cached_on(self, day, (), ())
        return _on(self, day, tuple(sorted(parameters.items(), key=_by_name)))


@frozen(cache_hash=True)
class PolicyOnDay:
    """A policy on a day: every parameter has one value, with its source."""

    policy: Policy
    as_of: dt.date
    parameters: tuple[tuple[str, Dated], ...]

    @cached_property
    def values(self) -> Mapping[str, int]:
        """The numbers by parameter, months in billionths."""
        return MappingProxyType(dict(self.numbers))

    @cached_property
    def numbers(self) -> tuple[tuple[str, int], ...]:
        """Each parameter with its number, months in billionths."""
        return tuple((name, dated.value) for name, dated in self.parameters)


def _by_name(item: tuple[str, object]) -> str:
    return item[0]


def _on(policy: Policy, day: dt.date, given: tuple[tuple[str, object], ...]) -> PolicyOnDay:
    try:
        # The types are part of the key because 1 == True, and True is refused.
        return _cached_on(policy, day, given, tuple(_types(value) for _, value in given))
    except TypeError:  # a value that cannot be hashed is invalid; this raises the error for it
        return _set(policy, day, given)


def _types(value: object) -> tuple[type[object], ...]:
    return (type(value), type(value.value)) if isinstance(value, Adopted) else (type(value),)


def _set(policy: Policy, day: dt.date, given: tuple[tuple[str, object], ...]) -> PolicyOnDay:
    policy.require(day)
    own = {parameter.name: parameter for parameter in policy.parameters}
    set_by_user = {}
    for name, value in given:
        if name not in own:
            raise UnknownField(
                pointer("parameters", name),
                f"{policy.name} has no such parameter",
                f"it has: {', '.join(own)}",
            )
        set_by_user[name] = own[name].set_to(value)
    return PolicyOnDay(
        policy,
        day,
        tuple(
            (name, set_by_user[name] if name in set_by_user else parameter.on(day))
            for name, parameter in own.items()
        ),
    )


@lru_cache(maxsize=1024)
def _cached_on(
    policy: Policy,
    day: dt.date,
    given: tuple[tuple[str, object], ...],
    types: tuple[tuple[type[object], ...], ...],  # noqa: ARG001 - part of the key
) -> PolicyOnDay:
    return _set(policy, day, given)


def _placed(member: Callable[[str], Any]) -> Iterator[tuple[str, Clause | Hold]]:
    """Yield the clauses and holds of a policy, each with its place, by what gives its members."""
    for name in ("crisis", "family"):
        yield pointer(name), member(name)
    for rung in RUNGS:
        for index, clause in enumerate(member(rung.name)):
            yield pointer(rung.name, index), clause


BEFORE_A_REFERRAL: Final = (HOLDS, WAIT, REFER)
"""The rungs that decide whether data is shared."""


def _changed(own: tuple[Parameter, ...], given: Mapping[str, object]) -> tuple[Parameter, ...]:
    """Return the parameters with new values, and with new parameters."""
    by_name = {parameter.name: parameter for parameter in own}
    for name, value in given.items():
        if isinstance(value, Parameter):
            by_name[name] = value.over(by_name.get(name))
        elif name in by_name:
            by_name[name] = by_name[name].always(value)
        else:
            raise UnknownField(
                pointer("parameters", name),
                "there is no such parameter",
                near_names(name, by_name) or "give its unit and values to add it",
            )
    return tuple(by_name.values())
