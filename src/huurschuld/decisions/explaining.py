"""From a decision to its reasons: its own policy's clauses, tried again on its own facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from huurschuld.decisions.condition_tree import Leaf, condition_tree
from huurschuld.decisions.condition_words import compared_to, hold_label, short_label
from huurschuld.decisions.days import day_in_words
from huurschuld.decisions.decision import Decision
from huurschuld.decisions.explanation import Explanation, Reason
from huurschuld.decisions.words import (
    ADVICE,
    ALL_HELD,
    CHILDREN_DECIDE,
    DAYS,
    FIELDS,
    LACKING,
    NEEDED,
    NO_STEP,
    NONE,
    PARAMETERS,
    REFERRAL_HELD,
    Lang,
    cited,
    in_hundredths,
    in_words,
    quantity,
    set_by,
)
from huurschuld.errors import InvalidValue
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.clauses import Clause, Hold
from huurschuld.rules.conditions.language import Compare, Condition, Flag, leaves
from huurschuld.rules.conditions.logic import Truth
from huurschuld.rules.conditions.truth import truth_of
from huurschuld.rules.engines.ladder import GIVEN
from huurschuld.rules.facts import Facts, FactType
from huurschuld.rules.own_facts import OwnFact
from huurschuld.rules.parameters import Unit
from huurschuld.rules.policy_checks import needed_parameters
from huurschuld.rules.prompting import to_do
from huurschuld.rules.rungs import HOLDS, NEXT_STEPS, REFER, RUNGS, WAIT, Rung
from huurschuld.rules.sources import USER, SourceKind


def explain(decision: Decision, lang: Lang = "en") -> Explanation:
    """Return the reasons of a decision, in Dutch (`nl`) or English (`en`).

    Raises:
        InvalidValue: it is another language.
    """
    if lang not in ("nl", "en"):
        raise InvalidValue("lang", "nl or en is expected")
    return _Explainer(decision, lang).explanation()


def unknown_in_words(decision: Decision, lang: Lang) -> tuple[str, ...]:
    """Return what is to be found out before a decision, in words; empty unless the advice is `ask`."""
    return tuple(_Explainer(decision, lang).unknown())


def reason_of(decision: Decision, clause: Clause | Hold, lang: Lang) -> Reason:
    """Return one clause of the decision's policy as a reason: how it came out on the facts."""
    return _Explainer(decision, lang).reason(clause)


def leaf_in_words(decision: Decision, leaf: Flag | Compare, lang: Lang) -> str:
    """Write a fact with its value and what it is compared with: `label: value (at least 14)`."""
    return _Explainer(decision, lang).leaf(leaf)


class _Explainer:
    """Evaluates the clauses of the decision's own policy on the decision's own facts."""

    def __init__(self, decision: Decision, lang: Lang) -> None:
        self._decision = decision
        self._lang: Lang = lang
        self._policy = decision.receipt.policy
        self._dated = dict(decision.receipt.parameters)
        self._values = decision.receipt.values

    def explanation(self) -> Explanation:
        policy, decision = self._policy, self._decision
        refer = self._reasons(policy.refer_if_all)
        holds = self._reasons(policy.holds)
        in_the_way = tuple(it for it in holds if it.truth)
        in_the_way += tuple(it for it in refer if not it.truth)
        in_the_way += tuple(it for it in holds if it.truth is None)
        why = tuple(
            reason
            for rung in RUNGS
            if rung.advice is decision.advice
            for reason in self._reasons(policy.clauses(rung))
            if reason.truth
        )
        too_early = decision.advice is Advice.WAIT and bool(why)
        lacking = () if why else tuple(dict.fromkeys(self._lacking()))
        settled = too_early or decision.advice in (Advice.REFER, Advice.HOLD, Advice.NONE)
        return Explanation(
            lang=self._lang,
            headline=self._headline(lacking),
            policy=self._version(),
            reasons=why,
            not_referred=() if settled else in_the_way,
            priority=self._priority(),
            parameters=tuple(self._parameter(name) for name in self._dated),
            meanwhile=NO_STEP.to(self._lang) if lacking else None if too_early else self._meanwhile(),
            own_facts=tuple(self._own_fact(fact) for fact in policy.facts),
            children_decide=self._children_decide(),
        )

    def _reasons(self, clauses: Iterable[Clause | Hold]) -> tuple[Reason, ...]:
        return tuple(self.reason(clause) for clause in clauses)

    def reason(self, clause: Clause | Hold) -> Reason:
        """Return one clause as a reason."""
        parts = list(leaves(clause.when))
        tree = condition_tree(clause.when, self._leaf, self._truth, self._lang)
        words, hold = tree.in_one_line(), None
        if isinstance(clause, Hold):
            hold = short_label(clause, self._lang)
            if tree.parts:
                words = f"{hold}: {words}"
            elif isinstance(parts[0], Compare):
                words = f"{words} ({clause.name})"
        return Reason(
            text=words,
            truth=tree.truth,
            source=clause.source,
            facts=tuple(leaf.fact for leaf in parts),
            citation="; ".join((cited(clause.source, self._lang), *self._numbers_set(clause.when))),
            tree=tree,
            hold=hold,
        )

    def _numbers_set(self, condition: Condition) -> Iterator[str]:
        """Say who set the numbers of a condition for themselves, in the place of those of its source."""
        for name, unit in dict.fromkeys(needed_parameters(condition)):
            source = self._dated[name].source
            if source == USER or source.kind is SourceKind.ADOPTED:
                yield set_by(source, self._number(name, unit), self._lang)

    def _truth(self, condition: Condition) -> Truth:
        return truth_of(condition, self._values, self._decision.facts)

    def _leaf(self, leaf: Leaf, is_negated: bool) -> str:
        """Write a fact with its value, and what it is compared with or would have to be."""
        fact = leaf.type
        value: Any = fact.value(self._decision.facts)
        label = fact.label.to(self._lang)
        if isinstance(leaf, Flag):
            return f"{label}: {in_words(value, None, self._lang)}"
        assert fact.unit is not None  # noqa: S101 - a comparison is of a quantity
        against = compared_to(leaf, self._values, self._lang, is_true=not is_negated)
        if value is None:
            return f"{label}: {in_words(None, None, self._lang)} ({against}?)"
        written = self._quantity(leaf, value, fact.unit)
        if fact.only_with is not None and not self._has_begun(fact):
            written = NONE.to(self._lang)
        if self._truth(leaf) is is_negated:
            return f"{label}: {written}, {against} {NEEDED.to(self._lang)}"
        return f"{label}: {written} ({against})"

    def _quantity(self, leaf: Compare, value: int, unit: Unit) -> str:
        """Write a quantity; months in hundredths, unless rounding hides which side of a limit it is."""
        if unit is Unit.MONTHS:
            shorter = in_hundredths(value)
            own = ((leaf.fact, shorter),) if leaf.type.is_own else ()
            shown = Facts(months=shorter, own=own)
            if truth_of(leaf, self._values, shown) is self._truth(leaf):
                value = shorter
        return quantity(value, unit, self._lang)

    def _lacking(self) -> Iterator[str]:
        """Say what a referral waits for although no step says to do it; with the advice `wait`."""
        policy = self._policy
        if self._decision.advice is not Advice.WAIT or any(self._truth(it.when) for it in policy.holds):
            return
        for clause in policy.refer_if_all:
            if self._truth(clause.when) is False:
                for leaf, wanted in to_do(clause.when):
                    if self._truth(leaf) is not wanted and not self._has_begun(leaf.type):
                        yield self._leaf(leaf, not wanted)

    def _has_begun(self, fact: FactType) -> bool:
        """Whether a fact counts days since something that has happened: then they pass by themselves."""
        return fact.only_with is not None and bool(getattr(self._decision.facts, fact.only_with))

    def _headline(self, lacking: tuple[str, ...]) -> str:
        decision, lang = self._decision, self._lang
        if lacking:
            return f"{LACKING.to(lang)}: {'; '.join(lacking)}"
        named = [*self.unknown()]
        named += [
            hold_label(hold, self._values, lang)
            for hold in self._policy.holds
            if hold.name in decision.hold
        ]
        heading = ADVICE[decision.advice].heading.to(lang)
        return f"{heading}: {', '.join(named)}" if named else heading

    def leaf(self, leaf: Flag | Compare) -> str:
        """Write a fact with its value, and how that compares with the number."""
        return self._leaf(leaf, self._truth(leaf) is False)

    def unknown(self) -> Iterator[str]:
        """Say what is to be found out; of the policy's own facts, which ones."""
        for name in self._decision.unknown:
            label = FIELDS[name].to(self._lang)
            asked = ", ".join(self._unknown_facts()) if name == GIVEN else ""
            yield f"{label} ({asked})" if asked else label

    def _unknown_facts(self) -> Iterator[str]:
        """Name the given facts that stand in the way of the step that could not be decided."""
        clauses = [clause for rung in self._undecided() for clause in self._policy.clauses(rung)]
        asked = dict.fromkeys(leaf.type for clause in clauses for leaf in leaves(clause.when))
        for fact in asked:
            if GIVEN in fact.fields and fact.value(self._decision.facts) is None:
                yield fact.label.to(self._lang)

    def _undecided(self) -> tuple[Rung, ...]:
        """Find the step of the ladder that came out unknown; a referral takes the holds with it."""
        truths = {
            rung: [self._truth(clause.when) for clause in self._policy.clauses(rung)] for rung in RUNGS
        }
        if None in truths[WAIT]:
            return (WAIT,)
        if False not in truths[REFER] and True not in truths[HOLDS]:
            return (REFER, HOLDS)
        return tuple(rung for rung in NEXT_STEPS if None in truths[rung])[:1]

    def _meanwhile(self) -> str | None:
        """Say what the true holds stop, and what still goes on."""
        held = [hold for hold in self._policy.holds if self._truth(hold.when)]
        if not held or self._decision.advice is Advice.NONE:
            return None
        if any(hold.stops == "everything" for hold in held):
            return ALL_HELD.to(self._lang)
        named = ", ".join(hold_label(hold, self._values, self._lang) for hold in held)
        return REFERRAL_HELD.to(self._lang).format(holds=named)

    def _own_fact(self, fact: OwnFact) -> str:
        lang = self._lang
        written = in_words(fact.type.value(self._decision.facts), fact.type.unit, lang)
        return f"{fact.label.to(lang)}: {written} [{cited(fact.source, lang)}]"

    def _children_decide(self) -> str | None:
        why = self._policy.children_decide
        return None if why is None else f"{CHILDREN_DECIDE.to(self._lang)}: {why}"

    def _version(self) -> str:
        policy = self._policy
        since, until = policy.in_force.since, policy.in_force.until
        if self._lang == "nl":
            last = f" tot en met {day_in_words(until, 'nl')}" if until else ""
            period = f"van kracht sinds {day_in_words(since, 'nl')}{last}"
            day = f"peildatum {day_in_words(self._decision.receipt.as_of, 'nl')}"
        else:
            period = f"in force since {since}" + (f" until {until}" if until else "")
            day = f"as of {self._decision.receipt.as_of}"
        return f"{policy.name}: {policy.title.to(self._lang)}, {period}; {day}"

    def _priority(self) -> Reason:
        decision, policy = self._decision, self._policy
        clause = policy.crisis if decision.priority is Priority.CRISIS else policy.family
        return self.reason(clause)

    def _number(self, name: str, unit: Unit) -> str:
        days = f" {DAYS.to(self._lang)}" if unit is Unit.DAYS else ""
        return quantity(self._values[name], unit, self._lang) + days

    def _parameter(self, name: str) -> str:
        dated, lang = self._dated[name], self._lang
        value = self._number(name, self._policy.units()[name])
        text = f"{name} {value}"
        if name in PARAMETERS:
            text = f"{PARAMETERS[name].to(lang)} {value} ({name})"
        return f"{text} [{cited(dated.source, lang)}]"
