"""katwijk-2021 as rules of business-rules, written by hand with its values filled in: two-valued.

It is used as its manual has it: a class of variables, a class of actions, rules as data, `run_all`. The
rules of the ladder stand in their order, and the first that fires ends it; so do those of the priority.
A variable must have a value of its type, and none is unknown, so all facts must be known here.
"""

# mypy: disallow-subclassing-any=False, disallow-untyped-decorators=False
# ruff: noqa: D102 - a variable is a fact of its name, an action is what it is called

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from business_rules import run_all
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import FIELD_TEXT
from business_rules.variables import BaseVariables, boolean_rule_variable, numeric_rule_variable

from benchmarks.by_hand.ladder import Given, given_of, names_of, stop_everything
from huurschuld import Advice, Facts, Policy, Priority
from huurschuld.rules.advice import Outcome


class Household(BaseVariables):
    """The facts of a household as variables."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts

    @boolean_rule_variable
    def already_referred(self) -> bool:
        return bool(self.facts["already_referred"])

    @boolean_rule_variable
    def deceased(self) -> bool:
        return bool(self.facts["deceased"])

    @boolean_rule_variable
    def debt_help_named(self) -> bool:
        return bool(self.facts["debt_help_named"])

    @boolean_rule_variable
    def disputed(self) -> bool:
        return bool(self.facts["disputed"])

    @boolean_rule_variable
    def dwelling(self) -> bool:
        return bool(self.facts["dwelling"])

    @boolean_rule_variable
    def eviction_announced(self) -> bool:
        return bool(self.facts["eviction_announced"])

    @boolean_rule_variable
    def lease_ended(self) -> bool:
        return bool(self.facts["lease_ended"])

    @boolean_rule_variable
    def minor_living_in(self) -> bool:
        return bool(self.facts["minor_living_in"])

    @boolean_rule_variable
    def objected(self) -> bool:
        return bool(self.facts["objected"])

    @boolean_rule_variable
    def personal_effort(self) -> bool:
        return bool(self.facts["personal_effort"])

    @boolean_rule_variable
    def plan_in_force(self) -> bool:
        return bool(self.facts["plan_in_force"])

    @boolean_rule_variable
    def reminder_sent(self) -> bool:
        return bool(self.facts["reminder_sent"])

    @boolean_rule_variable
    def sharing_offered(self) -> bool:
        return bool(self.facts["sharing_offered"])

    @boolean_rule_variable
    def tenant_acted(self) -> bool:
        return bool(self.facts["tenant_acted"])

    @numeric_rule_variable
    def arrears_cents(self) -> int:
        return int(self.facts["arrears_cents"])

    @numeric_rule_variable
    def attempts(self) -> int:
        return int(self.facts["attempts"])

    @numeric_rule_variable
    def channels(self) -> int:
        return int(self.facts["channels"])

    @numeric_rule_variable
    def days_overdue(self) -> int:
        return int(self.facts["days_overdue"])

    @numeric_rule_variable
    def days_since_attempt(self) -> int:
        return int(self.facts["days_since_attempt"])

    @numeric_rule_variable
    def days_since_offer(self) -> int:
        return int(self.facts["days_since_offer"])

    @numeric_rule_variable
    def months(self) -> int:
        return int(self.facts["months"])

    @numeric_rule_variable
    def sustained_cents(self) -> int:
        return int(self.facts["sustained_cents"])


class Findings(BaseActions):
    """What the rules do: they note what they find."""

    def __init__(self) -> None:
        self.priority = "regular"
        self.advice = "wait"
        self.holds: list[str] = []

    @rule_action(params={"word": FIELD_TEXT})
    def give_priority(self, word: str) -> None:
        self.priority = word

    @rule_action(params={"word": FIELD_TEXT})
    def advise(self, word: str) -> None:
        self.advice = word

    @rule_action(params={"word": FIELD_TEXT})
    def hold_for(self, word: str) -> None:
        self.holds.append(word)


Rule = dict[str, Any]


def _is(name: str, *, true: bool = True) -> Rule:
    return {"name": name, "operator": "is_true" if true else "is_false", "value": ""}


def _number(name: str, operator: str, value: int) -> Rule:
    return {"name": name, "operator": operator, "value": value}


def _then(action: str, word: str) -> list[Rule]:
    return [{"name": action, "params": {"word": word}}]


PRIORITY: Final = [
    {"conditions": _is("eviction_announced"), "actions": _then("give_priority", "crisis")},
    {"conditions": _is("minor_living_in"), "actions": _then("give_priority", "family")},
]
HOLDS: Final = [
    {"conditions": _is("already_referred"), "actions": _then("hold_for", "already-referred")},
    {"conditions": _is("deceased"), "actions": _then("hold_for", "deceased")},
    {"conditions": _is("disputed"), "actions": _then("hold_for", "disputed")},
    {
        "conditions": {"all": [_is("lease_ended"), _is("eviction_announced", true=False)]},
        "actions": _then("hold_for", "lease-ended"),
    },
    {"conditions": _is("dwelling", true=False), "actions": _then("hold_for", "not-a-dwelling")},
    {"conditions": _is("objected"), "actions": _then("hold_for", "objected")},
    {"conditions": _is("plan_in_force"), "actions": _then("hold_for", "plan-in-force")},
    {"conditions": _is("tenant_acted"), "actions": _then("hold_for", "tenant-acted")},
]
LADDER: Final = [
    {
        "conditions": {
            "any": [
                _number("days_overdue", "less_than", 7),
                _number("arrears_cents", "less_than", 1_000),
            ]
        },
        "actions": _then("advise", "wait"),
    },
    {
        "conditions": {
            "all": [
                _number("months", "greater_than", 1_000_000_000),
                _is("reminder_sent"),
                _number("attempts", "greater_than_or_equal_to", 2),
                _number("channels", "greater_than_or_equal_to", 2),
                _number("days_since_attempt", "greater_than_or_equal_to", 14),
                _number("sustained_cents", "greater_than_or_equal_to", 1),
                _is("sharing_offered"),
                _number("days_since_offer", "greater_than_or_equal_to", 14),
                _is("personal_effort"),
                _is("debt_help_named"),
            ]
        },
        "actions": _then("advise", "refer"),
    },
    {
        "conditions": {"any": [_is("reminder_sent", true=False), _is("sharing_offered", true=False)]},
        "actions": _then("advise", "remind"),
    },
    {
        "conditions": {
            "any": [
                _is("personal_effort", true=False),
                _is("debt_help_named", true=False),
                _number("attempts", "less_than", 2),
                _number("channels", "less_than", 2),
            ]
        },
        "actions": _then("advise", "contact"),
    },
]


class Rules:
    """The rules, as data; there is nothing to compile."""

    def __init__(self, policy: Policy) -> None:
        self._names = names_of(policy)

    def form(self, facts: Facts) -> Given:
        """The facts by name."""
        return given_of(facts, self._names)

    def outcome(self, given: Given) -> Outcome:
        """The outcome for one household."""
        household, findings = Household(given.facts), Findings()
        run_all(PRIORITY, household, findings, stop_on_first_trigger=True)
        priority = Priority(findings.priority)
        if given.arrears == 0:
            return Outcome(Advice.NONE, priority)
        run_all(HOLDS, household, findings)
        holds = tuple(findings.holds)
        if stop_everything(holds):
            return Outcome(Advice.HOLD, priority, holds=holds)
        run_all(LADDER, household, findings, stop_on_first_trigger=True)
        advice = Advice(findings.advice)
        if holds and advice is Advice.REFER:
            return Outcome(Advice.HOLD, priority, holds=holds)
        return Outcome(advice, priority)


def written(policy: Policy) -> Rules | None:
    """The rules of a policy; None if it is not written out here."""
    return Rules(policy) if policy.name == "katwijk-2021" else None
