"""The kit for policies: subclass it to prove that a policy keeps the promises that any policy must.

    class TestLeiden(PolicyTests):
        def make_policy(self):
            return leiden_2024

Which growth never turns `refer` into less? For an arbitrary policy, none: it may have the condition
`arrears_cents < 100_000`. For the built-in ones, these; a policy claims them unless it says otherwise:

- `arrears`: another rent term that fell due in the current episode. Not one from before it: that makes
  the episode longer, so that an earlier objection, answer or referral may count, and hold.
- `attempts`: one more attempt by the landlord in the episode.
- `days`: a later day, while nothing else is recorded, no contact becomes too old to count, nobody comes
  of age, an eviction is still ahead, and the lease continues. Without `arrears` also: as much is owed.

Each promise is read off the conditions first; then households are tried, at each number that the policy
names and at random.

That the presence of children does not decide is nothing to be tried here: a policy whose conditions
would let them is refused when it is made, unless it says why in `children_decide`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from itertools import product
from typing import Any, ClassVar, Final

import attrs
from hypothesis import strategies as st

from huurschuld.decisions.decision import decide
from huurschuld.errors import PolicyNotInForce
from huurschuld.model.tenancy import Child, Household, Objection, Tenancy
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.document import canonical_policy
from huurschuld.rules.engines.choice import ENGINES, missing_engines
from huurschuld.rules.parameters import Parameter, bounds, written
from huurschuld.rules.policies import policies
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_reading import read_policy
from huurschuld.rules.sources import SourceKind
from huurschuld.testing.kit import Broken, Kit, expect, expect_same, for_all, needs
from huurschuld.testing.policy_growth import growing, never_less, one_more
from huurschuld.testing.policy_households import households_for, known_on, ripe
from huurschuld.testing.policy_parts import at_limit, day_of, sources_of, turning_days
from huurschuld.testing.policy_promises import GROWING, NEEDED, Promises

GROWTH: Final = frozenset(GROWING)
_WRITTEN_TO: Final = (Advice.REFER, Advice.REMIND, Advice.CONTACT)
_FIRST_TO_LAST: Final = list(Priority)
_A_DAY: Final = dt.timedelta(days=1)


class PolicyTests(Kit):
    """What every policy must do. See `docs/testing-a-plugin.md` for what each check promises.

    Attributes:
        grows_with: more of these never turns a referral into less: `arrears`, `attempts`, `days`.
    """

    grows_with: ClassVar[Iterable[str]] = GROWTH

    def make_policy(self) -> Policy:
        """Make the policy, as the plugin does."""
        raise NotImplementedError("provide make_policy: it makes the policy that is tested")

    def test_it_is_the_same_each_time(self) -> None:
        """Made twice it is the same policy, and canonical JSON keeps it unchanged."""
        policy = self.make_policy()
        text = canonical_policy(policy)
        expect_same(canonical_policy(self.make_policy()), text, "the policy, made again")
        expect(
            read_policy(json.loads(text)) == policy, "read from its own JSON it is a different policy"
        )

    def test_its_name_is_its_own(self) -> None:
        """It does not have the name of a built-in policy, unless it is that policy."""
        policy = self.make_policy()
        own = policies().get(policy.name, policy) == policy
        expect(own, "a built-in policy has this name: a changed policy needs a name of its own")

    def test_it_decides_the_same_each_time(self) -> None:
        """Every engine gives the same answer, twice, also for the policy read from its own JSON."""
        policy = self.make_policy()
        read = read_policy(json.loads(canonical_policy(policy)))

        def promise(tenancy: Tenancy) -> None:
            day = day_of(policy)
            first = decide(tenancy, policy, day, engine="reference").document()
            for engine in ENGINES:
                if engine not in missing_engines():
                    for it in (policy, self.make_policy(), read):
                        again = decide(tenancy, it, day, engine=engine).document()
                        expect_same(again, first, f"the decision by {engine}")

        for_all(self, households_for(day_of(policy), policy), promise)

    def test_somebody_can_be_referred(self) -> None:
        """A household that has owed a lot for long, and was approached in every way, is referred."""
        policy = self.make_policy()
        day = day_of(policy)
        found = {_advice(it, policy, day) for it in ripe(day, policy)}
        advised = ", ".join(sorted(map(str, found)))
        expect(Advice.REFER in found, f"nobody is referred; the advice is {advised}")

    def test_more_arrears_never_refer_less(self) -> None:
        """A household that is referred still is when one more rent term of this episode is open."""
        self._grows_with("arrears")

    def test_one_more_attempt_never_refers_less(self) -> None:
        """A household that is referred still is after one more attempt by the landlord."""
        self._grows_with("attempts")

    def test_more_days_never_refer_less(self) -> None:
        """A household that is referred still is later, while contacts count and the lease goes on."""
        self._grows_with("days")

    def test_an_objection_blocks(self) -> None:
        """A household that objects to sharing data is never referred: hold or ask (Bgs art. 2(d))."""
        policy = self.make_policy()
        _promises(policy).an_objection_blocks()
        for_all(self, households_for(day_of(policy), policy), lambda it: _objection_blocks(it, policy))

    def test_an_objection_stops_no_reminder(self) -> None:
        """A household that objects is reminded and called all the same: that is the landlord's duty."""
        policy = self.make_policy()
        day = day_of(policy)
        _promises(policy).an_objection_stops_no_reminder()

        def promise(tenancy: Tenancy) -> None:
            silent = attrs.evolve(tenancy, objections=())
            objecting = attrs.evolve(tenancy, objections=(Objection(date=day),))
            advice = _advice(silent, policy, day)
            if advice in (Advice.REMIND, Advice.CONTACT):
                expect_same(_advice(objecting, policy, day), advice, "the advice after an objection")

        for_all(self, households_for(day, policy), promise)

    def test_what_is_unknown_is_never_referred(self) -> None:
        """Nobody is referred while attempts or objections are unknown."""
        policy = self.make_policy()
        for name in NEEDED:
            _promises(policy).the_unknown_is_not_referred(name)
        for_all(
            self, households_for(day_of(policy), policy), lambda it: _unknown_is_no_refer(it, policy)
        )

    def test_the_dead_are_not_written_to(self) -> None:
        """After a death the advice is never to refer, remind or contact."""
        policy = self.make_policy()
        _promises(policy).the_dead_are_not_written_to()
        for_all(self, households_for(day_of(policy), policy), lambda it: _dead_is_no_mail(it, policy))

    def test_a_child_never_lowers_the_priority(self) -> None:
        """A household comes no later, as a crisis or a family, because a child lives there."""
        policy = self.make_policy()
        day = day_of(policy)
        _promises(policy).a_child_lowers_nothing()

        def promise(tenancy: Tenancy) -> None:
            without, with_child = (
                decide(attrs.evolve(tenancy, household=it), policy, day, engine="reference").priority
                for it in (Household(children=()), Household(children=(Child(born=day),)))
            )
            if without in (Priority.CRISIS, Priority.FAMILY):
                expect(
                    _FIRST_TO_LAST.index(with_child) <= _FIRST_TO_LAST.index(without),
                    f"with a child the priority becomes {with_child} instead of {without}",
                )

        for_all(self, households_for(day, policy), promise)

    def test_every_rule_names_its_source(self) -> None:
        """Each hold, condition, fact and number names its source and version, or is called a choice."""
        for place, source in sources_of(self.make_policy()):
            expect(source.note.nl.strip() and source.note.en.strip(), f"{place}: its note is empty")
            if source.kind is not SourceKind.CHOICE:
                expect((source.title or "").strip(), f"{place}: it names no source")
            if source.kind in (SourceKind.LAW, SourceKind.COVENANT):
                expect(source.dated, f"{place}: a law or covenant needs a version")

    def test_every_parameter_has_a_value_on_each_day(self) -> None:
        """Every parameter has a value on each day on which the policy is in force."""
        policy = self.make_policy()
        for day in turning_days(policy):
            try:
                policy.on(day)
            except PolicyNotInForce as error:
                raise Broken(f"on {day}: {error.problem}") from None

    def test_its_limits_change_no_promise(self) -> None:
        """At the limits of any parameter, objections still block, and the unknown is not referred."""
        policy = self.make_policy()

        def promise(drawn: tuple[Tenancy, tuple[Parameter, int]]) -> None:
            tenancy, (parameter, value) = drawn
            changed = at_limit(policy, parameter, value)
            for keeps in (_objection_blocks, _unknown_is_no_refer, _dead_is_no_mail):
                keeps(tenancy, changed)

        limits = [(it, value) for it in policy.parameters for value in bounds(it.name, it.unit)]
        needs(limits, "the policy has no parameters")
        for parameter, value in limits:
            try:
                _promises(at_limit(policy, parameter, value)).at_any_limit()
            except Broken as broken:
                told = written(value, parameter.unit)
                raise Broken(f"with {parameter.name} = {told}: {broken}") from None
        for household, limit in product(ripe(day_of(policy), policy), limits):
            promise((household, limit))
        for_all(
            self, st.tuples(households_for(day_of(policy), policy), st.sampled_from(limits)), promise
        )

    def _grows_with(self, growth: str) -> None:
        """Check one kind of growth: by the conditions, at each number in them, and by chance."""
        claimed = set(self.grows_with)
        unknown = sorted(claimed - GROWTH)
        expect(not unknown, f"grows_with may have {', '.join(sorted(GROWTH))}, not {', '.join(unknown)}")
        needs(growth in claimed, f"the policy does not claim to grow with {growth}")
        policy = self.make_policy()
        day = day_of(policy)
        # Where more arrears may refer less, a later day has to be one on which as much is owed.
        same = growth == "days" and "arrears" not in claimed
        _promises(policy).never_less(growth, owing_the_same=same)
        for grown in growing(policy, day, growth):
            never_less(policy, grown, owing_the_same=same)
        more = one_more(policy, day, growth)

        def promise(drawn: tuple[Tenancy, st.DataObject]) -> None:
            tenancy = known_on(drawn[0], day) if growth == "days" else drawn[0]
            if _advice(tenancy, policy, day) is Advice.REFER:
                grown = [(tenancy, day), more(tenancy, drawn[1])]
                never_less(policy, grown, owing_the_same=same)

        for_all(self, st.tuples(households_for(day, policy), st.data()), promise)


def _promises(policy: Policy) -> Promises:
    return Promises(policy.on(day_of(policy)))


def _advice(tenancy: Tenancy, policy: Policy, day: dt.date) -> Advice:
    # One engine is enough: another check proves that they agree.
    return decide(tenancy, policy, day, engine="reference").advice


def _objection_blocks(tenancy: Tenancy, policy: Policy) -> None:
    day = day_of(policy)
    objecting = attrs.evolve(tenancy, objections=(Objection(date=day),))
    silent = attrs.evolve(tenancy, objections=())
    advice = _advice(objecting, policy, day)
    expect(advice is not Advice.REFER, "a household that objects is referred")
    if _advice(silent, policy, day) is Advice.REFER:
        expect(advice in (Advice.HOLD, Advice.ASK), f"after an objection the advice is {advice}")


def _unknown_is_no_refer(tenancy: Tenancy, policy: Policy) -> None:
    for name in NEEDED:
        blank: dict[str, Any] = {name: None}
        advice = _advice(attrs.evolve(tenancy, **blank), policy, day_of(policy))
        expect(advice is not Advice.REFER, f"with {name} unknown the advice is refer")


def _dead_is_no_mail(tenancy: Tenancy, policy: Policy) -> None:
    day = day_of(policy)
    advice = _advice(attrs.evolve(tenancy, deceased=day - _A_DAY), policy, day)
    expect(advice not in _WRITTEN_TO, f"after a death the advice is {advice}")
