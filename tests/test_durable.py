"""The durable engine gives the answers of the reference engine, and no trap of durable_rules is open.

Each trap that `docs/engines.md` lists has a test here that fails without its guard.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import event, given, strategies as st

from huurschuld import (
    EngineFailed,
    Facts,
    InvalidValue,
    Policy,
    Tenancy,
    decide,
    policies,
)
from huurschuld.rules.clauses import Hold
from huurschuld.rules.conditions.branches import WIDEST
from huurschuld.rules.conditions.language import (
    And,
    Compare,
    Condition,
    Flag,
    Not,
    Operator,
    Or,
    Setting,
    leaves,
)
from huurschuld.rules.engines import durable, reference
from huurschuld.rules.facts import FACTS, FactType
from huurschuld.rules.policy import PolicyOnDay
from huurschuld.testing import (
    AS_OF,
    facts as any_facts,
    near_threshold,
    policies as random_policies,
    tenancies,
)

pytestmark = pytest.mark.skipif(durable.unavailable() is not None, reason=str(durable.unavailable()))

BILLION = 10**9
BUILT_IN = [policy.on(policy.in_force.until or dt.date(2026, 10, 20)) for policy in policies().values()]
"""The built-in policies, each on a day of its own."""


def agree(on_day: PolicyOnDay, facts: Facts) -> None:
    """Both engines give one outcome."""
    assert durable.engine_for(on_day).outcome(facts) == reference.engine_for(on_day).outcome(facts)


def with_condition(condition: Condition) -> PolicyOnDay:
    """The decree with one more condition, which stands on both sides: to refer, and to hold."""
    held = Hold("own", Not(condition))
    return policies()["bgs-2021"].with_("own", also=condition, holds=[held]).on(AS_OF)


# --- the same answers --------------------------------------------------------------------------


@given(random_policies(), st.lists(any_facts(), min_size=1, max_size=5))
def test_any_policy_on_any_facts_has_one_outcome(policy: Policy, several: list[Facts]) -> None:
    """Not only the built-in policies, and not only facts that a tenancy can have together."""
    on_day = policy.on(AS_OF)
    for facts in several:
        event(reference.engine_for(on_day).outcome(facts).advice)
        agree(on_day, facts)


@given(random_policies(), st.randoms(use_true_random=True))
def test_any_policy_near_its_own_numbers_has_one_outcome(policy: Policy, dice: random.Random) -> None:
    """A hundred households each, most of them on the edge of a number that the policy compares with.

    With the profile `thorough` these are 100,000 households on 1,000 policies.
    """
    on_day = policy.on(AS_OF)
    edges: dict[str, list[int]] = {}
    for _, condition in policy.conditions():
        for leaf in leaves(condition):
            if isinstance(leaf, Compare):
                operand = leaf.operand
                number = on_day.values[operand.name] if isinstance(operand, Setting) else operand
                edges.setdefault(leaf.fact, []).append(number)

    def value(fact: FactType) -> Any:
        if dice.random() < unknown:
            return None
        if fact.unit is None:
            return dice.random() < 0.5
        return max(0, dice.choice(edges.get(fact.name, [0])) + dice.choice((-1, 0, 0, 1)))

    for _ in range(100):
        unknown = dice.choice((0, 0.1, 0.5))
        fields = tuple(sorted(dice.sample(("contacts", "disputes", "objections", "plans"), 2)))
        values = {name: value(fact) for name, fact in FACTS.items()}
        own = tuple((fact.name, value(fact.type)) for fact in policy.facts)
        agree(on_day, Facts(**values, own=own, unknown_fields=fields))


@given(st.sampled_from(BUILT_IN), any_facts())
def test_the_built_in_policies_have_one_outcome(on_day: PolicyOnDay, facts: Facts) -> None:
    """Each of them on facts of any shape."""
    agree(on_day, facts)


@given(random_policies(), tenancies() | near_threshold().map(lambda it: it.tenancy))
def test_a_decision_is_the_same_by_either_engine(policy: Policy, tenancy: Tenancy) -> None:
    """From the ledger on: the decisions are equal to the last byte."""
    by_one, by_other, by_all = (
        decide(tenancy, policy, AS_OF, engine=engine).to_json()
        for engine in ("reference", "durable", None)
    )
    assert by_one == by_other == by_all


# --- what may be told to it --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("months", Decimal(1)),
        ("months", 1.5),
        ("arrears_cents", float("nan")),
        ("arrears_cents", "9"),
        ("arrears_cents", True),
        ("arrears_cents", 2**63),
        ("arrears_cents", -(2**63)),
        ("days_overdue", dt.date(2024, 1, 1)),
        ("reminder_sent", 1),
        ("reminder_sent", "true"),
    ],
)
def test_a_fact_of_another_type_is_refused(name: str, value: Any) -> None:
    """It would be compared as text, or as 0 or 1, or not at all; the place is told, the value not."""
    facts = attrs.evolve(Facts(), **{name: value})
    with pytest.raises(InvalidValue) as caught:
        durable.engine_for(BUILT_IN[-1]).outcome(facts)
    assert caught.value.place == f"/facts/{name}"
    assert repr(value) not in str(caught.value)


@pytest.mark.parametrize("bound", [2**53 - 1, 2**53, 2**53 + 1, 999_999_999 * BILLION])
@pytest.mark.parametrize("operator", list(Operator))
def test_billionths_are_compared_exactly(bound: int, operator: Operator) -> None:
    """Past what a float can hold, one billionth still tells."""
    on_day = with_condition(Compare("months", operator, bound))
    for months in (bound - 1, bound, bound + 1):
        agree(on_day, sure_to_refer(months=months))


def sure_to_refer(**changed: Any) -> Facts:
    """Facts on which the decree refers, but for what is changed."""
    flags = dict.fromkeys(
        ("reminder_sent", "sharing_offered", "personal_effort", "debt_help_named"), True
    )
    known: dict[str, Any] = {
        name: (0 if fact.unit else False) for name, fact in FACTS.items() if name not in flags
    }
    known |= flags
    known |= {"arrears_cents": 90_000, "sustained_cents": 90_000, "days_overdue": 60}
    return Facts(**known | {"days_since_offer": 30} | changed)


def test_each_fact_is_itself_alone() -> None:
    """No two names are taken for one: a fact fires the rule of its own name, and no other."""
    flags = [name for name, fact in FACTS.items() if fact.unit is None]
    numbers = [name for name, fact in FACTS.items() if fact.unit is not None]
    rules = durable._Rules(
        {
            index: (json.dumps({"$eq": {name: True}} if name in flags else {"$gt": {name: 7}}),)
            for index, name in enumerate([*flags, *numbers])
        }
    )
    for index, name in enumerate([*flags, *numbers]):
        told = {it: it == name for it in flags} | {it: 8 if it == name else 7 for it in numbers}
        assert rules.fired_by(json.dumps({"id": "0", "always": True, **told})) == 1 << index


def test_the_facts_fit() -> None:
    """Fewer fields than a fact may have, and none with a name that is reserved."""
    assert len(FACTS) + len(("id", "always", "sid")) < 250
    assert not {"id", "sid", "$s", "always"} & FACTS.keys()


# --- unknown, and nothing ----------------------------------------------------------------------


def test_nothing_is_compiled_to_absence() -> None:
    """Such a rule never returns when the field is absent; so none is made."""
    for on_day in BUILT_IN:
        for rules in durable.engine_for(on_day).rules:
            assert "ex" not in {word.strip('"$') for word in rules._definition.replace(":", " ").split()}
            operators = {word for word in rules._definition.split('"') if word.startswith("$")}
            assert operators <= {"$and", "$eq", "$gt", "$gte", "$lt", "$lte"}


@pytest.mark.parametrize("on_day", BUILT_IN, ids=lambda it: it.policy.name)
def test_what_is_unknown_fires_nothing(on_day: PolicyOnDay) -> None:
    """Nothing known at all: nothing is said to be true or false, and nothing hangs or raises."""
    engine = durable.engine_for(on_day)
    assert all(rules.fired_by(engine._as_json(Facts())) == 0 for rules in engine.rules)
    agree(on_day, Facts())
    agree(on_day, Facts(arrears_cents=50_000, unknown_fields=("contacts", "signals")))


# --- limits ------------------------------------------------------------------------------------


def any_of(number: int) -> Condition:
    """As many different conditions, all of them true of anybody deep in arrears."""
    return Or(tuple(Compare("arrears_cents", Operator.MORE, cents) for cents in range(number)))


@pytest.mark.parametrize("number", [62, 63, 64])
def test_as_many_branches_as_may_be_are_decided(number: int) -> None:
    """All match at once, beside those of the other conditions: they are shared out over rulesets."""
    on_day = with_condition(any_of(number))
    assert len(durable.engine_for(on_day).rules) > 1
    for arrears in (0, 1, 30, 90_000):
        agree(on_day, sure_to_refer(arrears_cents=arrears))


def test_a_ruleset_is_as_full_as_it_can_be() -> None:
    """All its rules match one fact, and the last one besides: as many as there may be, to the rule."""
    rules = durable._Rules({it: (f'{{"$gt":{{"months":{it}}}}}',) for it in range(durable._IN_ONE)})
    fired = rules.fired_by('{"id":"0","always":true,"months":1000}')
    assert fired == (1 << durable._IN_ONE) - 1


def test_more_matching_rules_than_it_can_hold_are_an_error_and_no_wrong_answer() -> None:
    """Past the limit, which a policy cannot cross, it fails; without a word of the facts."""
    rules = durable._Rules({it: (f'{{"$gt":{{"months":{it}}}}}',) for it in range(WIDEST + 6)})
    for _ in range(3):
        with pytest.raises(EngineFailed) as caught:
            rules.fired_by('{"id":"0","always":true,"months":123456789}')
        assert "123456789" not in str(caught.value) + repr(caught.value)
        assert caught.value.__context__ is None
        assert rules.fired_by('{"id":"0","always":true,"months":3}') == 0b111


def test_a_policy_of_many_conditions_is_shared_out() -> None:
    """Forty holds that are each two things, or not: their product, 2 to the 40th, is not written out."""
    holds = [
        Hold(f"h{it}", And((Compare("attempts", Operator.AT_LEAST, it), Flag("disputed"))))
        for it in range(40)
    ]
    on_day = policies()["katwijk-2021"].with_("many", holds=holds).on(AS_OF)
    assert len(durable.engine_for(on_day).rules) <= 3
    for attempts in (None, 0, 5, 39):
        for disputed in (None, False, True):
            agree(on_day, sure_to_refer(attempts=attempts, disputed=disputed))


# --- one fact at a time ------------------------------------------------------------------------


def test_the_same_facts_again_are_decided_again() -> None:
    """A fact that stays behind would be refused the second time, or answer for the next one."""
    engine = durable.engine_for(BUILT_IN[-1])
    for _ in range(3):
        for facts in (sure_to_refer(), Facts(), sure_to_refer(objected=True)):
            agree(BUILT_IN[-1], facts)
    (rules,) = engine.rules
    (ruleset,) = rules._ready
    live = vars(durable)["_extension"].get_facts(ruleset._handle, "0")
    assert json.loads(live) == []


LAST = '"last":{"all":[{"m":{"$eq":{"always":true}}}],"pri":1}}'


@pytest.mark.parametrize(
    "definition",
    [
        # "last" is not last; it is not there; a rule fires twice; one that nobody knows.
        '{"last":{"all":[{"m":{"$eq":{"always":true}}}]},"0":{"all":[{"m":{"$gt":{"months":0}}}],"pri":1}}',
        '{"0":{"all":[{"m":{"$gt":{"months":0}}}]}}',
        '{"0":{"all":[{"m":{"$or":[{"$gt":{"months":0}},{"$gt":{"months":1}}]}}]},' + LAST,
        '{"9":{"all":[{"m":{"$gt":{"months":0}}}]},' + LAST,
    ],
)
def test_an_answer_that_is_not_whole_is_none(definition: str) -> None:
    """Rules that fire out of order, or twice, or without an end, are a fault and not an outcome."""
    rules = durable._Rules({0: ('{"$gt":{"months":0}}',)})
    rules._definition = definition
    with pytest.raises(EngineFailed):
        rules.fired_by('{"id":"0","always":true,"months":5}')


def test_rules_that_it_does_not_take_up_are_an_error_of_ours() -> None:
    """And what was never made is not freed."""
    rules = durable._Rules({0: ('{"$gt":{"months":',)})
    with pytest.raises(EngineFailed, match="durable_rules failed"):
        rules.fired_by('{"id":"0","always":true}')


def test_a_fact_that_no_rule_takes_up_raises_without_telling_it() -> None:
    """The library's own error has the whole fact in it; ours has nothing of it."""
    rules = durable._Rules({0: ('{"$gt":{"months":0}}',)})
    with pytest.raises(EngineFailed) as caught:
        rules.fired_by('{"id":"0","months":0,"arrears_cents":987654}')
    assert "987654" not in f"{caught.value!s}{caught.value!r}{caught.value.__context__!r}"


def test_what_is_unknown_is_left_out_of_what_is_told() -> None:
    """Not even as null."""
    told = json.loads(durable.engine_for(BUILT_IN[-1])._as_json(Facts(arrears_cents=5, objected=False)))
    assert told == {"id": "household", "always": True, "arrears_cents": 5, "objected": False}


def test_out_of_memory_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extension raises it bare, for its own limits too."""
    rules = durable._Rules({0: ('{"$gt":{"months":0}}',)})
    told = '{"id":"0","always":true,"months":5}'
    assert rules.fired_by(told) == 1

    def fired_by(*_: object) -> list[str]:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(durable._Ruleset, "fired_by", fired_by)
        with pytest.raises(EngineFailed, match="out of memory"):
            rules.fired_by(told)
    assert rules._ready == [], "a ruleset that failed is not used again"
    assert rules.fired_by(told) == 1


def test_both_sides_at_once_are_a_fault() -> None:
    """Nothing is both true and false."""
    with pytest.raises(EngineFailed):
        durable._verdict(0b01, 0b10)(0b11)


# --- memory ------------------------------------------------------------------------------------


def resident() -> int:
    """The memory of this process, in bytes; Linux only."""
    with open("/proc/self/statm") as file:  # noqa: PTH123 - no file, but the kernel's word
        return int(file.read().split()[1]) * 4096


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc/self/statm is Linux's")


@linux
def test_memory_is_flat() -> None:
    """A live fact costs kilobytes: after a warm-up, tens of thousands of evaluations cost nothing."""
    engine = durable.engine_for(BUILT_IN[-1])
    dice = random.Random(1)

    def evaluate(times: int) -> None:
        for _ in range(times):
            engine.outcome(
                sure_to_refer(arrears_cents=dice.randrange(10**6), months=dice.randrange(10**10))
            )

    evaluate(2_000)
    before = resident()
    evaluate(20_000)
    assert resident() - before < 5_000_000


@linux
def test_policies_without_end_are_freed() -> None:
    """A ruleset costs hundreds of kilobytes: those that are used no more are given back."""
    policy = policies()["katwijk-2021"]

    def compile_(numbers: range) -> None:
        for number in numbers:
            agree(policy.on(AS_OF, {"floor_cents": number}), sure_to_refer())

    compile_(range(1_000, 1_100))
    gc.collect()
    before = resident()
    compile_(range(2_000, 2_400))
    gc.collect()
    assert resident() - before < 20_000_000
    assert durable._engine.cache_info().currsize <= 32


# --- threads, forks, interruptions --------------------------------------------------------------


def test_eight_threads_give_the_answers_of_one() -> None:
    """Each outcome is of the facts that were asked about, whichever thread asked."""
    dice = random.Random(2)
    names = [name for name, fact in FACTS.items() if fact.unit is None]
    several = [
        sure_to_refer(
            arrears_cents=dice.randrange(3) * 1_000,
            **{name: dice.choice((True, False, None)) for name in dice.sample(names, 3)},
        )
        for _ in range(4_000)
    ]
    on_day = BUILT_IN[-1]
    expected = [reference.engine_for(on_day).outcome(facts) for facts in several]
    assert len(set(map(str, expected))) > 10
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(durable.engine_for(on_day).outcome, several)) == expected


def test_no_thread_is_started() -> None:
    """No timers that poll for ever."""
    before = set(threading.enumerate())
    agree(BUILT_IN[0], sure_to_refer())
    assert set(threading.enumerate()) == before
    assert "durable" not in sys.modules, "its Python layer is not loaded"


def run(script: str, *options: str, **environment: str) -> str:
    """What a script prints in an interpreter of its own."""
    prelude = (
        "import datetime as dt, os, signal, sys, threading\n"
        "from huurschuld import Facts, policies\n"
        "from huurschuld.rules.engines import durable, reference\n"
        "on_day = policies()['katwijk-2021'].on(dt.date(2024, 1, 1))\n"
        "d, r = durable.engine_for(on_day), reference.engine_for(on_day)\n"
        "facts = [\n"
        "    Facts(arrears_cents=n % 3000, days_overdue=n % 20, objected=(None, True, False)[n % 3])\n"
        "    for n in range(3000)\n"
        "]\n"
        "expected = [r.outcome(it) for it in facts]\n"
    )
    done = subprocess.run(  # noqa: S603 - this interpreter, a script of ours
        [sys.executable, *options, "-c", prelude + script],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,  # for what waits for ever
        # Not measured for coverage, which would make signals come faster than they are handled.
        env={it: os.environ[it] for it in os.environ if not it.startswith("COVERAGE_")} | environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not hasattr(sys, "getswitchinterval") or sys.platform == "win32", reason="no fork")
def test_forks_in_the_middle_of_everything_decide_alike() -> None:
    """Forked while another thread evaluates: no child hangs, and none gets another's answers."""
    assert run(
        """
stop = threading.Event()
def busy():
    while not stop.is_set():
        for it in facts[:50]: d.outcome(it)
sys.setswitchinterval(1e-5)
thread = threading.Thread(target=busy); thread.start()
wrong = 0
for number in range(40):
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        same = [d.outcome(it) for it in facts[:200]] == expected[:200]
        os._exit(0 if same else 1)
    wrong += os.waitpid(child, 0)[1] != 0
stop.set(); thread.join()
print(wrong, [d.outcome(it) for it in facts] == expected)
""",
        "-W",
        "ignore::DeprecationWarning",  # from 3.12 on Python warns of forking with threads, rightly
    ).split() == ["0", "True"]


@pytest.mark.skipif(sys.platform == "win32", reason="no interval timer")
def test_whatever_cuts_an_evaluation_off_the_next_is_right() -> None:
    """An interrupt at any point leaves no fact behind, and no half-used ruleset in use."""
    cut, rest = run(
        """
class Cut(BaseException): pass
def cut(*_): raise Cut
signal.signal(signal.SIGALRM, cut)
cuts = wrong = 0
for round in range(400):
    number = round % len(facts)
    try:
        signal.setitimer(signal.ITIMER_REAL, 1e-6 * (1 + round % 300))
        while True:
            number = (number + 7) % len(facts)
            wrong += d.outcome(facts[number]) != expected[number]
    except Cut:
        cuts += 1
    wrong += d.outcome(facts[number]) != expected[number]
print(cuts, wrong)
"""
    ).split()
    assert int(cut) > 300
    assert rest == "0"


@pytest.mark.skipif(sys.platform == "win32", reason="no interval timer")
def test_a_signal_may_decide_while_another_household_is_decided() -> None:
    """Nothing waits for itself, and neither gets the answer of the other."""
    inside, wrong = run(
        """
inside = wrong = 0
def decide(*_):
    global inside, wrong
    inside += 1
    mine = inside % 3000  # another signal may come within this one
    wrong += d.outcome(facts[mine]) != expected[mine]
signal.signal(signal.SIGALRM, decide)
signal.setitimer(signal.ITIMER_REAL, 2e-3, 2e-3)
for number in range(20000):
    wrong += d.outcome(facts[number % 3000]) != expected[number % 3000]
signal.setitimer(signal.ITIMER_REAL, 0)
print(inside, wrong)
"""
    ).split()
    assert int(inside) > 20
    assert wrong == "0"


@linux
def test_what_was_never_set_is_never_freed() -> None:
    """Rulesets that failed at their first facts, in a process whose fresh memory is full of rubbish."""
    script = """
class Cut(BaseException): pass
def cut(*_): raise Cut
signal.signal(signal.SIGALRM, cut)
small = {0: ('{"$gt":{"months":0}}',)}
large = {it: (f'{{"$gt":{{"months":{it}}}}}',) for it in range(70)}
for number in range(200):
    for definition in (small, large):
        rules = durable._Rules(definition)
        for told in ('{"id":"0","months":0}', '{"id":"0","always":true,"months":1000}'):
            try:
                rules.fired_by(told)
            except EngineFailed:
                pass
        if number % 2:  # cut off before a rule was told, as by a signal
            ruleset = durable._Ruleset(rules._definition)
            durable._extension.assert_fact(ruleset._handle, '{"id":"1","always":true,"months":5}')
    try:
        signal.setitimer(signal.ITIMER_REAL, 1e-6 * (1 + number % 90))
        for _ in range(30): durable._Rules(small).fired_by('{"id":"0","always":true}')
    except Cut: pass
    signal.setitimer(signal.ITIMER_REAL, 0)
print("whole")
"""
    prelude = "from huurschuld import EngineFailed\n"
    assert run(prelude + script, MALLOC_PERTURB_="165").split() == ["whole"]


def test_no_warning_and_no_clock() -> None:
    """On any interpreter: with warnings as errors, and nothing that the Python layer would warn of."""
    assert run("print([d.outcome(it) for it in facts] == expected)", "-W", "error").split() == ["True"]
