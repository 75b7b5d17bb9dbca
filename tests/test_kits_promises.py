"""What the kit for policies reads off conditions: it finds what there is, and claims nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from broken_policies import BGS, FAULTY, RIGHT, Caught, kit_of
from hypothesis import assume, event, given, strategies as st

from huurschuld import (
    Clause,
    CountedFact,
    Hold,
    InvalidValue,
    Parameter,
    Phrase,
    Policy,
    load_policy,
    policies,
)
from huurschuld.rules.advice import Advice
from huurschuld.rules.conditions.language import Condition, leaves
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.conditions.truth import truth_of
from huurschuld.rules.engines.reference import engine_for
from huurschuld.rules.facts import FACTS, Facts, FactType
from huurschuld.rules.parameters import Dated
from huurschuld.rules.policy_checks import needed_parameters
from huurschuld.rules.sources import CHOICE
from huurschuld.rules.tenancy_facts import facts_of
from huurschuld.rules.terms import minor_living_in, minors, objected, reminder_sent, sustained_cents
from huurschuld.testing import AS_OF, conditions, facts as any_facts
from huurschuld.testing.kit import Broken, checks_of
from huurschuld.testing.policies import DECLARED
from huurschuld.testing.policy_growth import growing, never_less, one_more
from huurschuld.testing.policy_households import households_for, known_on, windows
from huurschuld.testing.policy_promises import GROWING, Promises
from huurschuld.testing.policy_ways import Change, Values, Wanted, Way, find_way

ROOT = Path(__file__).parents[1]
RUNS = 10
KATWIJK = policies()["katwijk-2021"]
NUMBERS = {
    "own_months": 1_000_000_001,
    "own_cents": 14,
    "own_days": 14,
    "own_count": 2,
    "sustained_days": 30,
    "acted_days": 30,
}
TYPES: Mapping[str, FactType] = {**FACTS, **{name: it.type for name, it in DECLARED.items()}}

_FILE = re.compile(r"^<!-- file: (\S+\.toml) -->\n```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHOWS_AN_ERROR = (
    ("wrong.toml", False),
    ("wide.toml", False),
    ("kinderen.toml", False),
    ("vergeefs.toml", False),
)
"""Files that a page shows for what is wrong: their names, and whether children decide in them."""


def _examples() -> Iterator[Policy]:
    """The policies that pages show as files, and those in `examples/`."""
    for page in sorted((ROOT / "docs").glob("*.md")):
        with TemporaryDirectory() as folder:
            for name, written in _FILE.findall(page.read_text("utf-8")):
                file = Path(folder, name)
                file.parent.mkdir(exist_ok=True)
                file.write_text(written, "utf-8")
                is_policy = "extends =" in written or "refer_if_all =" in written
                if is_policy and (name, "children_decide" in written) not in _SHOWS_AN_ERROR:
                    yield load_policy(file)
    for file in sorted((ROOT / "examples").glob("*.toml")):
        yield load_policy(file)


EXAMPLES = list(_examples())


@pytest.mark.parametrize("caught", FAULTY.values(), ids=FAULTY)
def test_a_faulty_policy_is_caught_in_every_run(caught: Caught) -> None:
    """Ten runs of ten, with other households each time; the message names the condition in the way."""
    kit = kit_of(caught.policy)
    for _ in range(RUNS):
        with pytest.raises(Broken) as broken:
            getattr(kit(), caught.check)()
        assert f"{caught.place} ({text(caught.when)})" in str(broken.value)


@pytest.mark.parametrize(
    ("growth", "what"),
    [
        ("arrears", "it refers up to € 5,000"),
        ("arrears", "it refers up to € 900,000"),
        ("arrears", "who owes very much is held"),
        ("days", "it refers in the first year"),
        ("days", "it refers in the first ten years"),
        ("days", "it waits again after two years"),
        ("days", "it refers until the offer is 100 days old"),
        ("attempts", "it refers who was tried up to 25 times"),
        ("attempts", "a fourth visit holds"),
    ],
)
def test_households_at_each_number_show_the_fault_too(growth: str, what: str) -> None:
    """They are decided on by the engine, so what is read off the conditions is not taken on trust."""
    caught = FAULTY[what]
    policy = attrs.evolve(caught.policy, parameters=_lasting(caught.policy))
    with pytest.raises(Broken) as broken:
        _all_grow(policy, growth)
    assert f"{caught.place} ({text(caught.when)}) stands in the way" in str(broken.value)
    assert "refer becomes" in str(broken.value)


def _all_grow(policy: Policy, growth: str) -> None:
    for grown in growing(policy, AS_OF, growth):
        never_less(policy, grown)


def _lasting(policy: Policy) -> list[Parameter]:
    """The parameters of a policy, by which contacts count for a hundred years."""
    lasting = (Dated(36_500, CHOICE),)
    return [
        attrs.evolve(it, values=lasting) if it.name == "contact_days" else it for it in policy.parameters
    ]


@pytest.mark.parametrize("policy", RIGHT.values(), ids=RIGHT)
def test_a_policy_that_only_looks_faulty_passes(policy: Policy) -> None:
    """A condition that more arrears, attempts or days can make false stands in nobody's way here."""
    promises = Promises(policy.on(AS_OF))
    for growth in GROWING:
        promises.never_less(growth)
        _all_grow(policy, growth)
    promises.at_any_limit()
    promises.an_objection_stops_no_reminder()
    promises.a_child_lowers_nothing()


def test_the_pages_show_policies() -> None:
    """So that the next test tries some."""
    assert {"gemeente-voorbeeld", "kinderen-eerst", "two-months", "vroeg-erbij"} <= {
        it.name for it in EXAMPLES
    }


@pytest.mark.slow
@pytest.mark.parametrize("policy", [*EXAMPLES, *RIGHT.values()], ids=lambda it: it.title.en)
def test_the_policies_of_the_documentation_pass(policy: Policy) -> None:
    """What people copy passes the whole kit, and so does what only looks faulty."""
    kit = kit_of(policy)
    for check in checks_of(kit):
        getattr(kit(), check)()


@pytest.mark.parametrize("member", ["holds", "wait", "also", "refer"])
@pytest.mark.parametrize("when", [minors >= 1, minor_living_in & objected, ~(minors < 2) | objected])
def test_a_policy_in_which_children_decide_is_never_made(member: str, when: Condition) -> None:
    """It hangs on no household that is drawn: the condition is refused, by its place."""
    given: Any = Hold("own", when) if member == "holds" else when
    with pytest.raises(InvalidValue, match="whether there are children would decide") as refused:
        BGS.with_("own", **{member: given})
    assert str(refused.value.place).endswith("/when")


def test_a_growth_that_is_not_claimed_is_not_mixed_into_another() -> None:
    """Who refers up to an amount says so, and may still claim that a later day never refers less."""
    kit = kit_of(FAULTY["it refers up to € 5,000"].policy)
    with pytest.raises(Broken):
        kit().test_more_days_never_refer_less()  # a term that fell due today is owed tomorrow
    claiming: Any = type("Claiming", (kit,), {"grows_with": ("attempts", "days")})
    claiming().test_more_days_never_refer_less()
    with pytest.raises(pytest.skip.Exception, match="does not claim to grow with arrears"):
        claiming().test_more_arrears_never_refer_less()


def test_a_window_of_no_days_is_a_window() -> None:
    """A contact that counts on its own day only does not count on the next: that is no growth."""
    today = CountedFact("today", Phrase("vandaag", "today"), within_days=0)
    policy = BGS.with_(
        "mine",
        facts=today,
        refer=(sustained_cents >= 1) & reminder_sent & (today.quantity >= 1),
        parameters={"contact_days": 0},
    )
    assert windows(policy, AS_OF) == [0, 0]
    assert windows(BGS, AS_OF) == [180]
    claims = kit_of(policy)()
    claims.test_more_days_never_refer_less()


# --- how facts move --------------------------------------------------------------------------------


@pytest.mark.parametrize("growth", sorted(GROWING))
@given(data=st.data())
def test_facts_move_as_the_table_of_growth_says(growth: str, data: st.DataObject) -> None:
    """A fact of any household goes up or down only where the table says so, and stays known."""
    tenancy = data.draw(households_for(AS_OF, KATWIJK))
    tenancy = known_on(tenancy, AS_OF) if growth == "days" else tenancy
    assume(growth != "attempts" or tenancy.contacts is not None)
    values = KATWIJK.on(AS_OF).values
    before = facts_of(tenancy, AS_OF, **values)
    assume(before.arrears_cents)
    grown, day = one_more(KATWIJK, AS_OF, growth)(tenancy, data)
    after = facts_of(grown, day, **values)
    change = GROWING[growth]
    for fact in FACTS.values():
        was, now = fact.value(before), fact.value(after)
        if was is None or now is None:
            assert (was, now) == (None, None) or fact.name == "tenant_acted"
        else:
            assert now <= was or fact.name in change.up, fact.name
            assert now >= was or fact.name in change.down, fact.name


# --- the search ------------------------------------------------------------------------------------


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Any change: facts may go up, down or both, and some begin or end at a value."""
    names = st.sets(st.sampled_from(sorted(TYPES)))
    fixed = st.dictionaries(st.sampled_from(sorted(TYPES)), st.integers(0, 1), max_size=3).map(
        lambda found: {name: Values(it, it, unknown=False) for name, it in found.items()}
    )
    return Change(frozenset(draw(names)), frozenset(draw(names)), draw(fixed), draw(fixed))


wanted = st.lists(
    st.builds(Wanted, conditions(4), st.booleans(), st.booleans(), st.booleans()),
    min_size=1,
    max_size=5,
)


def values_of(way: Way, name: str) -> tuple[int | None, int | None]:
    """A value of a fact before the change, and one after it, that this way allows."""
    change = way.change
    anything = Values(0, 1, unknown=bool(TYPES[name].fields))
    was = way.before.get(name, change.before.get(name, anything))
    if not change.moves(name):
        it = was.lowest if was.some_known else None
        return it, it
    now = way.after.get(name, change.after.get(name, Values(0, 10**19, unknown=was.unknown)))
    if not (was.some_known and now.some_known):
        return None, None
    if name in change.up and name in change.down:
        return was.lowest, now.lowest
    if name in change.up:
        return was.lowest, max(was.lowest, now.lowest)
    return max(was.lowest, now.lowest), now.lowest


def facts_with(values: Mapping[str, int | None]) -> Facts:
    """Facts of these values; yes and no are 1 and 0."""

    def written(name: str, value: int | None) -> Any:
        return bool(value) if value is not None and TYPES[name].unit is None else value

    built_in = {name: written(name, values[name]) for name in FACTS}
    return Facts(**built_in, own=tuple((name, written(name, values[name])) for name in DECLARED))


def fits(it: Wanted, before: Facts, after: Facts) -> bool:
    """Whether a condition is what it must be, by the engine."""
    found = truth_of(it.when, NUMBERS, after if it.after else before)
    return found is it.side or (found is None and not it.certainly)


@given(wanted, changes())
def test_a_way_that_is_found_is_one(those: list[Wanted], change: Change) -> None:
    """Facts that are made of it fit every condition, as the reference engine sees them."""
    way = find_way(those, NUMBERS, change)
    event("found" if way else "none")
    if way is not None:
        pairs = {name: values_of(way, name) for name in TYPES}
        before, after = (facts_with({name: it[at] for name, it in pairs.items()}) for at in (0, 1))
        assert all(fits(it, before, after) for it in those)


@st.composite
def likely_facts(draw: st.DrawFn) -> Facts:
    """Facts of somebody who owes something: what comes from the ledger alone is always known."""
    found = draw(any_facts())
    values = {
        name: 1 if value is None and not TYPES[name].fields else value
        for name, value in ((name, it.value(found)) for name, it in TYPES.items())
    }
    return facts_with(values | {"arrears_cents": values["arrears_cents"] or 1})


@given(wanted, likely_facts(), likely_facts(), st.data())
def test_no_way_is_overlooked(those: list[Wanted], before: Facts, other: Facts, data: Any) -> None:
    """Where facts fit every condition, the search finds a way."""
    up: set[str] = set()
    down: set[str] = set()
    now: dict[str, int | None] = {}
    for name, fact in TYPES.items():
        was, then = fact.value(before), fact.value(other)
        if was is None or then is None or not data.draw(st.booleans()):
            then = was
        if was is not None and then is not None and then != was:
            (up if then > was else down).add(name)
        now[name] = then
    after = facts_with(now)
    certain = [
        attrs.evolve(it, side=bool(found), certainly=found is not None)
        for it in those
        for found in [truth_of(it.when, NUMBERS, after if it.after else before)]
    ]
    assert all(fits(it, before, after) for it in certain)
    assert find_way(certain, NUMBERS, Change(frozenset(up), frozenset(down))) is not None


ASKED = tuple(name for name, it in TYPES.items() if it.fields != ("household",))


@given(
    st.lists(conditions(4, among=ASKED), min_size=1, max_size=4),
    likely_facts(),
    likely_facts(),
    st.data(),
)
def test_whatever_refers_less_is_caught(
    whens: list[Condition], before: Facts, other: Facts, data: st.DataObject
) -> None:
    """If facts that grow are referred no longer, the promise is said to be broken."""
    growth = data.draw(st.sampled_from(sorted(GROWING)))
    before = attrs.evolve(before, lease_ended=False, deceased=False)
    known = {it: truth_of(it, NUMBERS, before) for it in whens}
    true = [it if truth else ~it for it, truth in known.items() if truth is not None]
    assume(true)
    policy = _referring(true)
    change = GROWING[growth]
    up = change.up | ({"counted", "counted_lately"} if growth == "attempts" else frozenset())
    now: dict[str, int | None] = {}
    for name, fact in TYPES.items():
        was, then = fact.value(before), fact.value(other)
        grows = was is not None and then is not None and (then > was if name in up else then < was)
        now[name] = then if grows and name in up | change.down else was
    engine = engine_for(policy.on(AS_OF))
    assert engine.outcome(before).advice is Advice.REFER
    less = engine.outcome(facts_with(now)).advice is not Advice.REFER
    event(f"{growth}: {'less' if less else 'not less'}")
    if less:
        with pytest.raises(Broken):
            Promises(policy.on(AS_OF)).never_less(growth)


def _referring(whens: list[Condition]) -> Policy:
    """A policy that refers if all of these are true."""
    asked = {leaf.fact for it in whens for leaf in leaves(it)}
    needed = {name: unit for it in whens for name, unit in needed_parameters(it)}
    return Policy(
        name="referring",
        title=Phrase("verwijst", "refers"),
        in_force=BGS.in_force,
        crisis=BGS.crisis,
        family=BGS.family,
        holds=(),
        wait_if_any=(),
        refer_if_all=[Clause(it) for it in whens],
        remind_if_any=(),
        contact_if_any=(),
        parameters=[Parameter(it, unit, (Dated(NUMBERS[it], CHOICE),)) for it, unit in needed.items()],
        facts=[it for name, it in DECLARED.items() if name in asked],
    )
