"""Why a decision differs from another: always with a reason, and each reason true of both."""

from __future__ import annotations

import datetime as dt
from operator import ge, gt, le, lt
from typing import Any, Final

import attrs
import pytest
from hypothesis import assume, given, strategies as st

import huurschuld as h
from huurschuld.decisions.change_values import ConditionState
from huurschuld.rules.clauses import Clause
from huurschuld.rules.conditions.language import And, Compare, Condition, Flag, Not, Setting
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.engines.choice import outcome_of
from huurschuld.rules.facts import Facts
from huurschuld.rules.policy import Policy
from huurschuld.rules.semantics import SEMANTICS
from huurschuld.testing import facts, policies, tenancies
from huurschuld.testing.tenancies import AS_OF

_OPERATORS: Final = {">": gt, ">=": ge, "<": lt, "<=": le}


def decided(found: Facts, policy: Policy, parameters: dict[str, object] | None = None) -> h.Decision:
    """The decision of a policy on these facts."""
    own = dict(found.own)
    found = attrs.evolve(found, own=tuple((it.name, own.get(it.name)) for it in policy.facts))
    on_day = policy.on(AS_OF, parameters)
    outcome = outcome_of(on_day, found, "reference")
    receipt = h.Receipt(SEMANTICS, policy, AS_OF, on_day.parameters)
    return h.Decision(
        "T-1", outcome.advice, outcome.priority, found, outcome.holds, outcome.unknown, receipt
    )


def truth(condition: Condition, decision: h.Decision) -> bool | None:
    """How a condition comes out, by Kleene's logic written out once more."""
    match condition:
        case Flag():
            return condition.type.value(decision.facts)  # type: ignore[return-value] # a flag
        case Compare():
            value = condition.type.value(decision.facts)
            bound = condition.operand
            if isinstance(bound, Setting):
                bound = dict(decision.receipt.parameters)[bound.name].value
            return None if value is None else _OPERATORS[condition.operator](value, bound)
        case Not():
            inner = truth(condition.part, decision)
            return None if inner is None else not inner
    parts = [truth(it, decision) for it in condition.parts]  # type: ignore[attr-defined] # and, or
    settles = not isinstance(condition, And)
    return settles if settles in parts else None if None in parts else not settles


def check(before: h.Decision, after: h.Decision) -> None:
    """There is a reason wherever something changed, and each says what is so in both decisions."""
    reasons = h.explain_change(before, after)
    expected = {name for name in ("advice", "priority") if getattr(before, name) != getattr(after, name)}
    assert {it.about for it in reasons} == expected
    for reason in reasons:
        states = (reason.before, reason.after)
        assert states != (None, None)
        for state, decision in zip(states, (before, after), strict=True):
            if state is not None and reason.rung != "arrears":
                assert (state.when, state.truth) in {
                    (text(it.when), truth(it.when, decision)) for it in asked(decision, reason)
                }
            elif state is None:
                held = {it.name for it in decision.receipt.policy.holds}
                assert reason.hold not in held
        for named, where in ((reason.facts, facts_of), (reason.parameters, numbers_of)):
            for it in named:
                assert it.before != it.after
                assert (it.before, it.after) == (where(before)[it.name], where(after)[it.name])
        assert all(reason.text.to(lang).strip() for lang in ("nl", "en"))
        held_still = reason.rung == "holds" and "hold" in (before.advice, after.advice)
        assert differs(*states) or reason.facts or held_still


def differs(before: ConditionState | None, after: ConditionState | None) -> bool:
    """Whether a condition came out differently, or is another, or is not there."""
    return before != after


def asked(decision: h.Decision, reason: h.ChangeReason) -> list[Any]:
    """The clauses of a policy among which a reason found its own."""
    found = getattr(decision.receipt.policy, reason.rung)
    return (
        [found]
        if isinstance(found, Clause)
        else [it for it in found if reason.hold is None or it.name == reason.hold]
    )


def facts_of(decision: h.Decision) -> dict[str, object]:
    """The facts of a decision by the names that a reason uses."""
    types = [*h.FACTS.values(), *decision.receipt.policy.own_facts().values()]
    return {it.key: it.written(it.value(decision.facts)) for it in types}


class numbers_of(dict[str, object]):  # noqa: N801 - used as a function, like the one above
    """The numbers of a decision by name; None for one that its policy does not have."""

    def __init__(self, decision: h.Decision) -> None:
        document: Any = decision.receipt.document()
        super().__init__({name: it["value"] for name, it in document["parameters"].items()})

    def __missing__(self, name: str) -> None:
        return None


@given(st.data())
def test_every_change_has_a_reason_that_is_true(data: st.DataObject) -> None:
    """Of other facts, other numbers, another policy, or all of them at once."""
    policy = data.draw(policies())
    other = data.draw(st.just(policy) | policies())
    found, later = data.draw(facts()), data.draw(facts())
    kept = data.draw(st.sets(st.sampled_from(sorted(h.FACTS))))
    later = attrs.evolve(later, **{name: getattr(found, name) for name in kept})
    check(decided(found, policy), decided(later, other))
    check(decided(found, policy), decided(found, other))


@given(facts(), facts(), st.sampled_from(sorted(h.policies())), st.sampled_from(sorted(h.policies())))
def test_so_it_is_between_the_built_in_policies(found: Facts, later: Facts, one: str, two: str) -> None:
    """With the facts that each of them asks for."""
    built_in = h.policies()
    names = [it for it in (one, two) if AS_OF in built_in[it].in_force]
    assume(len(names) == 2)
    check(decided(found, built_in[one]), decided(later, built_in[two]))


@given(tenancies(), st.integers(0, 60))
def test_so_it_is_from_one_day_to_another(tenancy: h.Tenancy, days: int) -> None:
    """A household that is decided on again, some weeks later."""
    before = h.decide(tenancy, "katwijk-2021", AS_OF, engine="reference")
    later = AS_OF + dt.timedelta(days=days)
    check(before, h.decide(tenancy, "katwijk-2021", later, engine="reference"))


READY: Final = Facts(
    **{name: False for name, it in h.FACTS.items() if it.unit is None}
    | {name: 0 for name, it in h.FACTS.items() if it.unit is not None}
    | {
        "arrears_cents": 120_000,
        "past_grace_cents": 120_000,
        "months": 2 * 10**9,
        "days_overdue": 80,
        "sustained_cents": 60_000,
        **dict.fromkeys(("days_since_attempt", "days_since_offer"), 63),
        **dict.fromkeys(("attempts", "channels"), 2),
        **dict.fromkeys(("reminder_sent", "sharing_offered", "personal_effort"), True),
        **dict.fromkeys(("debt_help_named", "dwelling"), True),
    }  # type: ignore[arg-type] # by name
)


def words(before: h.Decision, after: h.Decision, lang: Any = "en") -> list[str]:
    """The reasons as they are read."""
    return [it.text.to(lang) for it in h.explain_change(before, after)]


def test_another_number_is_told_with_both_values() -> None:
    """A policy that gives the tenant ninety days: the same facts, another number."""
    policy = h.policies()["bgs-2021"]
    patient = policy.with_("weert", parameters={"response_days": 90})
    before, after = decided(READY, policy), decided(READY, patient)
    assert (str(before.advice), str(after.advice)) == ("refer", "wait")
    assert words(before, after) == [
        "days since the offer: 63 (at least 14) → 63 (less than 90) [response_days: 14 → 90]"
    ]
    assert words(before, after, "nl") == [
        "dagen sinds het aanbod: 63 (minstens 14) → 63 (minder dan 90) [response_days: 14 → 90]"
    ]
    (reason,) = h.explain_change(before, after)
    assert reason.document() == {
        "text": {"nl": reason.text.nl, "en": reason.text.en},
        "about": "advice",
        "rung": "refer_if_all",
        "hold": None,
        "before": {"when": "days_since_offer >= response_days", "truth": True},
        "after": {"when": "days_since_offer >= response_days", "truth": False},
        "facts": {},
        "parameters": {"response_days": {"before": 14, "after": 90}},
    }


def test_other_facts_are_told_with_both_values() -> None:
    """A hold that came, a condition that was met, a debt that was paid, a child that was born."""
    policy = h.policies()["bgs-2021"]
    ready = decided(READY, policy)
    objecting = decided(attrs.evolve(READY, objected=True), policy)
    assert words(ready, objecting) == ["tenant objects to sharing data: no → yes"]
    early = decided(attrs.evolve(READY, days_since_offer=10), policy)
    assert words(early, ready) == ["days since the offer: 10 (less than 14) → 63 (at least 14)"]
    assert words(ready, decided(attrs.evolve(READY, arrears_cents=0), policy)) == [
        "rent arrears: € 1,200.00 → € 0.00"
    ]
    family = decided(attrs.evolve(READY, minor_living_in=True), policy)
    assert words(ready, family) == ["minor child living in: no → yes"]
    held_all_along = attrs.evolve(READY, objected=True, days_since_offer=10)
    assert words(decided(held_all_along, policy), objecting) == [
        "tenant objects to sharing data: yes (as before)",
        "days since the offer: 10 (less than 14) → 63 (at least 14)",
    ]


def test_a_condition_of_one_policy_only_and_a_hold_that_stops_more() -> None:
    """Which policy asks it is told by name."""
    policy = h.policies()["bgs-2021"]
    found = attrs.evolve(READY, months=5 * 10**8, days_since_attempt=63)
    covenant = decided(found, h.policies()["katwijk-2021"])
    assert words(decided(found, policy), covenant) == [
        "months of rent arrears: 0.5, more than 1 needed [only katwijk-2021 asks this]"
    ]
    objected = next(it for it in policy.holds if it.name == "objected")
    strict = policy.with_("strict", holds=attrs.evolve(objected, stops="everything"))
    objecting = attrs.evolve(READY, objected=True, reminder_sent=False)
    assert words(decided(objecting, policy), decided(objecting, strict)) == [
        "tenant objects to sharing data: stops a referral only → stops everything"
    ]


def test_where_the_facts_are_as_they_were_both_conditions_are_told() -> None:
    """The policies ask otherwise about the same, and all of it is as it was."""
    policy = h.policies()["bgs-2021"]
    other = policy.with_("other", family=~policy.family.when)
    assert words(decided(READY, policy), decided(READY, other)) == [
        "minor child living in → minor child living in: no"
    ]


def test_a_hold_of_everything_comes_before_it_is_too_early() -> None:
    """The higher step is the reason; what is below it, and as it was, is not."""
    policy = h.policies()["bgs-2021"]
    early = attrs.evolve(READY, days_overdue=3, days_since_offer=3)
    held = decided(attrs.evolve(early, plan_in_force=True, objected=True), policy)
    assert str(held.advice) == "hold"
    assert words(decided(early, policy), held) == ["payment plan in force: no → yes"]
    assert words(decided(early, policy), decided(READY, policy)) == [
        "days in arrears: 3 (less than 7) → 80 (at least 7)"
    ]


def test_what_is_no_decision_is_refused() -> None:
    """By its place."""
    with pytest.raises(h.InvalidValue, match="/after: a Decision is expected"):
        h.explain_change(decided(READY, h.policies()["bgs-2021"]), None)  # type: ignore[arg-type] # what is tested
