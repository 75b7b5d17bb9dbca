"""The durable engine: the same ladder, its conditions decided by durable_rules. The only importer of it.

Each condition is compiled, from the same tree as everywhere, to the branches by which it is certainly
true and those by which it is certainly false; each branch is one rule. What is unknown is left out of
the fact, so that neither side fires, and nothing is ever compiled to the *absence* of something.

The extension module is driven directly: the Python layer above it swallows what an action raises,
reads the clock for every firing and frees nothing. `docs/engines.md` lists what durable_rules cannot do,
and how this module guards against it.
"""

from __future__ import annotations

import json
import os
import struct
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from attrs import field, frozen

from huurschuld.errors import EngineFailed, EngineUnavailable, InvalidValue, pointer
from huurschuld.rules.advice import Outcome
from huurschuld.rules.conditions.branches import WIDEST, Literal, branches, widest
from huurschuld.rules.conditions.language import And, Condition, Flag, Operator, Or, Setting
from huurschuld.rules.conditions.logic import Truth, every, some
from huurschuld.rules.engines.ladder import Ladder, Test, ladder_of, outcome
from huurschuld.rules.facts import Facts, FactType
from huurschuld.rules.policy import Policy, PolicyOnDay

_missing: str | None = None
try:
    import durable_rules_engine as _extension
except ModuleNotFoundError:
    _missing = "durable_rules is not installed"
except ImportError as unloadable:
    _missing = (
        "durable_rules was built without the flag that this Python needs"
        if "PyEval_CallObject" in str(unloadable)
        else "durable_rules was built for another Python"
    )
else:
    if struct.calcsize("l") < 8:  # pragma: no cover - Windows, and 32 bits
        _missing = "durable_rules truncates numbers where the C type long has 32 bits"

_ID: Final = "household"
_ALWAYS: Final = "always"
_LAST: Final = "last"
_NOTHING: Final = json.dumps({"id": _ID, _ALWAYS: True})
"""The fact of a household about which nothing is known."""
_IN_ONE: Final = WIDEST - 1
"""How many rules a ruleset has apart from `_LAST`; it fails if one fact matches more than 64."""
_TOGETHER: Final = 16
"""The maximum number of branches for writing conditions out together, so that fewer rules fire."""
_HIGHEST: Final = 2**63 - 1
_WORDS: Final[dict[object, str]] = {True: "true", False: "false"}
_OPERATORS: Final = {
    (Operator.MORE, True): "$gt",
    (Operator.MORE, False): "$lte",
    (Operator.AT_LEAST, True): "$gte",
    (Operator.AT_LEAST, False): "$lt",
    (Operator.LESS, True): "$lt",
    (Operator.LESS, False): "$gte",
    (Operator.AT_MOST, True): "$lte",
    (Operator.AT_MOST, False): "$gt",
}

_lock = threading.RLock()
if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows has no fork
    # A child must not find it held by a thread that does not exist there.
    os.register_at_fork(
        before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
    )


def unavailable() -> str | None:
    """Return why the engine is not available; None if it is."""
    return _missing


def require() -> None:
    """Check that the engine is available.

    Raises:
        EngineUnavailable: with the reason.
    """
    if _missing:
        raise EngineUnavailable("/engine", _missing, "see docs/engines.md for how to install it")


class _Fault(Exception):
    """durable_rules gave an invalid answer."""


class _Ruleset:
    """A ruleset of the extension, freed with all that it holds once nothing refers to it."""

    __slots__ = ("_handle", "_has_state")

    def __init__(self, definition: str) -> None:
        self._handle = 0
        self._has_state = False
        self._handle = _extension.create_ruleset("huurschuld", definition)
        # Until a fact has fired a rule, its state is uninitialised memory, and freeing that crashes.
        # So the first fact is one without any known values.
        self.fired_by(_NOTHING)

    def fired_by(self, fact: str) -> list[str]:
        """Return the rules that a fact fires, in their order, and remove the fact again."""
        fired = []
        try:
            code, state = _extension.assert_fact(self._handle, fact)
            if code:
                raise _Fault("it did not accept the fact")
            started = _extension.start_action_for_state(self._handle, state)
            self._has_state = self._has_state or started is not None
            firing = started and started[1]
            while firing is not None:
                fired.append(firing.split('"', 2)[1])
                firing = _extension.complete_and_start_action(self._handle, state)
        finally:
            _extension.retract_fact(self._handle, fact)
        if not fired or fired[-1] != _LAST or len(set(fired)) < len(fired):
            raise _Fault("it did not report every rule exactly once, with the last rule last")
        return fired

    def __del__(self) -> None:
        if self._has_state:
            _extension.delete_state(self._handle, None)
        if self._handle:
            _extension.delete_ruleset(self._handle)


class _Rules:
    """Some rules, each with its bit; kept ready between facts, and created again after a fault."""

    __slots__ = ("_bits", "_definition", "_ready")

    def __init__(self, rules: dict[int, tuple[str, ...]]) -> None:
        written = [f'"{number}":{{"all":[{{"m":{_all_of(rule)}}}]}}' for number, rule in rules.items()]
        last = f'"{_LAST}":{{"all":[{{"m":{{"$eq":{{"{_ALWAYS}":true}}}}}}],"pri":1}}'
        self._definition = f"{{{','.join([*written, last])}}}"
        self._bits = {_LAST: 0} | {str(number): 1 << number for number in rules}
        self._ready: list[_Ruleset] = []

    def fired_by(self, fact: str) -> int:
        """Return the bits of the rules that a fact fires.

        Raises:
            EngineFailed: durable_rules failed; the error contains nothing of the fact.
        """
        with _lock:
            try:
                # Taken out, and put back only if all goes well: a ruleset that was interrupted, for
                # example by a signal, is never used again.
                ruleset = self._ready.pop() if self._ready else _Ruleset(self._definition)
                fired = sum([self._bits[name] for name in ruleset.fired_by(fact)])
            except (_Fault, _extension.error, MemoryError, KeyError) as fault:
                problem = str(fault) or "it is out of memory"
            else:
                self._ready.append(ruleset)
                return fired
        raise _failed(problem)


def _all_of(rule: tuple[str, ...]) -> str:
    return rule[0] if len(rule) == 1 else f'{{"$and":[{",".join(rule)}]}}'


def _failed(problem: str) -> EngineFailed:
    return EngineFailed(
        "/tenancy", f"durable_rules failed: {problem}", "choose the reference engine, and report it"
    )


@frozen(eq=False)
class Engine:
    """One policy with its parameter values, ready to run; safe across threads and forks."""

    ladder: Ladder[Test[int]]
    rules: tuple[_Rules, ...]
    facts: tuple[FactType, ...]
    """The facts that the rules need."""
    _written: tuple[tuple[FactType, str | None, type[int], str], ...] = field(init=False)
    """Of each its attribute, if it is none of one's own, its type, and what is before its value."""

    @_written.default
    def _how_facts_are_written(self) -> tuple[tuple[FactType, str | None, type[int], str], ...]:
        return tuple(
            (
                it,
                None if it.is_own else it.name,
                bool if it.unit is None else int,
                f"{json.dumps(it.key)}: ",
            )
            for it in self.facts
        )

    def outcome(self, facts: Facts) -> Outcome:
        """Decide on these facts.

        Raises:
            InvalidValue: at `/facts/NAME`: a fact is not of its type.
            EngineFailed: durable_rules failed.
        """
        fact = self._as_json(facts)
        fired = 0
        for rules in self.rules:
            fired |= rules.fired_by(fact)
        return outcome(self.ladder, facts, fired)

    def _as_json(self, facts: Facts) -> str:
        """Write the facts for durable_rules, without those that are unknown."""
        known = [_NOTHING[:-1]]
        for it, attribute, kind, before in self._written:
            value = it.value(facts) if attribute is None else getattr(facts, attribute)
            if value is None:
                continue
            # It compares 9 with "9" as text, and takes True for 1: one type each, or none.
            if type(value) is not kind or not -_HIGHEST <= value <= _HIGHEST:
                raise InvalidValue(pointer("facts", it.name), f"this fact is not {kind.__name__}")
            known.append(f"{before}{_WORDS[value] if kind is bool else value}")
        return f"{', '.join(known)}}}"


def engine_for(policy_on_day: PolicyOnDay) -> Engine:
    """Return the engine of a policy on a day; compiled once for each policy and values.

    Raises:
        EngineUnavailable: as `require`.
    """
    require()
    return _engine(policy_on_day.policy, policy_on_day.numbers)


@lru_cache(maxsize=32)
def _engine(policy: Policy, numbers: tuple[tuple[str, int], ...]) -> Engine:
    compiler = _Compiler(dict(numbers))
    ladder = ladder_of(policy, compiler.every_one, compiler.some_one, compiler.certain)
    return Engine(ladder, compiler.rules(), tuple(compiler.facts))


@frozen(eq=False)
class _Compiler:
    """Gives each branch that a policy needs one rule, and turns the bits that fire into tests."""

    values: dict[str, int]
    numbers: dict[tuple[str, ...], int] = field(factory=dict)
    facts: dict[FactType, None] = field(factory=dict)

    def rules(self) -> tuple[_Rules, ...]:
        """Return all rules so far, in rulesets that are small enough for one fact to match them all."""
        numbered = [(number, rule) for rule, number in self.numbers.items()]
        starts = range(0, max(len(numbered), 1), _IN_ONE)
        return tuple(_Rules(dict(numbered[start : start + _IN_ONE])) for start in starts)

    def certain(self, condition: Condition) -> Test[int]:
        """Test whether a condition is certainly true; otherwise the outcome is unknown."""
        return _verdict(self._bits(condition, True), 0)

    def every_one(self, conditions: list[Condition]) -> Test[int]:
        """Test whether all of these are true."""
        return self._combined(And, every, conditions)

    def some_one(self, conditions: list[Condition]) -> Test[int]:
        """Test whether one of these is true."""
        return self._combined(Or, some, conditions)

    def _combined(
        self,
        together: type[And | Or],
        combine: Callable[[Iterable[Truth]], Truth],
        conditions: list[Condition],
    ) -> Test[int]:
        if len(conditions) == 1:
            return self._test(conditions[0])
        if conditions and widest(whole := together(tuple(conditions))) <= _TOGETHER:
            return self._test(whole)
        tests = [self._test(condition) for condition in conditions]
        return lambda fired: combine([test(fired) for test in tests])

    def _test(self, condition: Condition) -> Test[int]:
        return _verdict(self._bits(condition, True), self._bits(condition, False))

    def _bits(self, condition: Condition, side: bool) -> int:
        """Return the bits of the rules by which a condition is true, or false; make them if needed."""
        rules = {
            tuple(sorted({self._literal(literal) for literal in branch}))
            for branch in branches(condition, side)
        }
        return sum(1 << self.numbers.setdefault(rule, len(self.numbers)) for rule in sorted(rules))

    def _literal(self, literal: Literal) -> str:
        leaf, side = literal
        self.facts[leaf.type] = None
        if isinstance(leaf, Flag):
            return json.dumps({"$eq": {leaf.type.key: side}})
        operand = leaf.operand
        number = self.values[operand.name] if isinstance(operand, Setting) else operand
        return json.dumps({_OPERATORS[leaf.operator, side]: {leaf.type.key: number}})


def _verdict(true: int, false: int) -> Test[int]:
    """Test whether a rule of either side has fired."""

    def test(fired: int) -> Truth:
        if not fired & true:
            return False if fired & false else None
        if fired & false:
            raise _failed("it reported something as both true and false")
        return True

    return test
