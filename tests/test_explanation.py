"""Why: reasons that name the rule, its source and version, and what is unknown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from huurschuld import (
    Adopted,
    Advice,
    Clause,
    CountedFact,
    Eviction,
    GivenFact,
    Hold,
    InvalidValue,
    Phrase,
    Policy,
    Priority,
    StatedFact,
    Tenancy,
    decide,
    explain,
    load_case,
    policies,
)
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import (
    ALL_HELD,
    CHANNEL_WORDS,
    FIELDS,
    LACKING,
    NEEDED,
    NO_STEP,
    QUALITY_WORDS,
    UNIT_WORDS,
    UNKNOWN,
    Lang,
    cited,
    euros,
    quantity,
)
from huurschuld.model.casefile import parse_case
from huurschuld.model.tenancy import CHANNELS
from huurschuld.rules.conditions.language import Condition, Flag, P
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.conditions.truth import truth_of
from huurschuld.rules.facts import FACTS
from huurschuld.rules.own_facts import QUALITIES
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.prompting import unprompted
from huurschuld.rules.sources import CHOICE
from huurschuld.rules.terms import (
    attempts,
    channels,
    days_since_attempt,
    minors,
    reminder_sent,
)
from huurschuld.testing import AS_OF, Threshold, near_threshold, policies as random_policies, tenancies

EXAMPLES = Path(__file__).parent.parent / "examples"
LANGS = st.sampled_from(["nl", "en"])


@given(st.sampled_from(["bgs-2021", "katwijk-2021"]) | random_policies(), tenancies(), LANGS)
def test_every_decision_is_explained(policy: Policy | str, tenancy: Tenancy, lang: Lang) -> None:
    """Each advice has the reasons that it rests on, each with a citation; unknown is told as unknown."""
    decision = decide(tenancy, policy, AS_OF)
    told = explain(decision, lang)
    name = policy if isinstance(policy, str) else policy.name
    assert told.policy.startswith(f"{name}: ")
    assert day_text(AS_OF, lang) in told.policy
    for reason in (*told.reasons, *told.not_referred, told.priority):
        assert reason.citation.startswith(cited(reason.source, lang))
        assert reason.facts
    if decision.advice in (Advice.REFER, Advice.HOLD, Advice.REMIND, Advice.CONTACT):
        assert told.reasons
        assert all(reason.truth for reason in told.reasons)
    for field in decision.unknown:
        assert FIELDS[field].to(lang) in told.headline
    assert told.headline in str(told)


@given(tenancies(), LANGS)
def test_what_is_unknown_is_told_as_unknown(tenancy: Tenancy, lang: Lang) -> None:
    """With `ask` the reasons name a fact that is unknown, in the language asked for."""
    decision = decide(tenancy, "katwijk-2021", AS_OF)
    told = explain(decision, lang)
    if decision.advice is Advice.ASK:
        open_reasons = [it for it in told.not_referred if it.truth is None]
        word = "onbekend" if lang == "nl" else "unknown"
        assert open_reasons
        assert all(word in it.text for it in open_reasons)


@given(near_threshold())
def test_a_referral_cites_the_article_or_the_covenant(near: Threshold) -> None:
    """Of the national rule all four parts of article 2, with the date of the text."""
    decision = decide(near.tenancy, near.policy, near.as_of)
    told = str(explain(decision, "nl"))
    if decision.advice is Advice.REFER:
        for part in "abcd":
            assert f"Bgs art. 2({part}), tekst van 1 januari 2021" in told
        if near.policy == "katwijk-2021":
            assert "Convenant Katwijk, 29 juni 2012" in told
    elif near.what != "floor":
        assert explain(decision).not_referred or decision.holds


def test_the_numbers_name_who_adopted_them() -> None:
    """A municipality's own value is cited with its decision."""
    case = parse_case(
        b'{"policy": "bgs-2021", "as_of": "2025-04-20", "tenancy": {"id": "t", "start": "2020-01-01",'
        b'"rents": [{"from": "2020-01-01", "cents": 60000}], "entries": []}}'
    )
    decision = decide(
        case.tenancy, "bgs-2021", AS_OF, {"minimum_cents": Adopted(7500, "Leiden", number="12")}
    )
    told = explain(decision, "en")
    cited = "adopted: Leiden 12: set by the organisation itself"
    assert f"owed at least € 75.00 (minimum_cents) [{cited}]" in told.parameters
    assert told.headline == "no rent arrears"
    assert explain(decision).lang == "en"


@pytest.mark.parametrize(
    ("cents", "nl", "en"),
    [
        (0, "€ 0,00", "€ 0.00"),
        (5, "€ 0,05", "€ 0.05"),
        (123_456_789, "€ 1.234.567,89", "€ 1,234,567.89"),
    ],
)
def test_amounts_read_as_people_write_them(cents: int, nl: str, en: str) -> None:
    """With the separators of the language."""
    assert (euros(cents, "nl"), euros(cents, "en")) == (nl, en)
    assert quantity(cents, Unit.CENTS, "nl") == nl


def test_months_and_counts_read_as_people_write_them() -> None:
    """A decimal comma in Dutch."""
    assert quantity(1_500_000_000, Unit.MONTHS, "nl") == "1,5"
    assert quantity(1_500_000_000, Unit.MONTHS, "en") == "1.5"
    assert quantity(14, Unit.DAYS, "nl") == "14"


def test_every_unknown_field_has_a_name() -> None:
    """All tenancy fields that facts come from can be asked for in words."""
    assert set(FIELDS) == {name for fact in FACTS.values() for name in fact.fields} | {"facts"}


def test_whatever_is_counted_has_a_word_in_both_languages() -> None:
    """No English word of the data stands in a Dutch text."""
    assert set(CHANNEL_WORDS) == set(CHANNELS)
    assert set(QUALITY_WORDS) == set(QUALITIES)
    assert set(UNIT_WORDS) == set(Unit)


def a_decision(policy: Policy | str, near: Threshold) -> str:
    return str(explain(decide(near.tenancy, policy, near.as_of), "en"))


@given(near_threshold())
def test_a_hold_of_ones_own_is_headed_by_its_condition_in_words(near: Threshold) -> None:
    """Where several facts decide, a case worker reads what they are called, and then how each is."""
    own = Hold("too-soon", (attempts < 9) | ((channels < 9) & ~reminder_sent))
    told = a_decision(policies()["bgs-2021"].with_("own", holds=[own]), near)
    if near.over:  # else another hold may be true besides
        heading = (
            "contact attempts less than 9 or (different channels tried less than 9 "
            "and written reminder sent: no) (too-soon)"
        )
        assert f"do not refer: {heading}" in told
        assert "  + too-soon: choice: a choice of one's own\n    + one of these:\n" in told
        assert "      + contact attempts: " in told


@given(tenancies(), st.sampled_from(["bgs-2021", "katwijk-2021"]) | random_policies(), LANGS)
def test_whatever_is_held_is_named(tenancy: Tenancy, policy: Policy | str, lang: Lang) -> None:
    """Who is reminded or called while a referral is held reads which hold that is, and what goes on."""
    decision = decide(tenancy, policy, AS_OF)
    told = explain(decision, lang)
    true_holds = [
        hold
        for hold in decision.receipt.policy.holds
        if truth_of(hold.when, dict(decision.receipt.on_day().numbers), decision.facts)
    ]
    if decision.advice in (Advice.REMIND, Advice.CONTACT, Advice.ASK) and true_holds:
        assert all(hold.stops == "referral" for hold in true_holds)
        cited_first = [reason.source for reason in told.not_referred[: len(true_holds)]]
        assert cited_first == [hold.source for hold in true_holds]
        assert told.meanwhile is not None
        assert told.meanwhile in str(told)
        for hold in true_holds:
            if isinstance(hold.when, Flag):
                assert hold.when.type.label.to(lang) in told.meanwhile
    if decision.advice is Advice.HOLD:
        everything = any(hold.stops == "everything" for hold in true_holds)
        assert (told.meanwhile == ALL_HELD.to(lang)) == everything


GUARDIAN = GivenFact("guardian", None, Phrase("onder bewind", "under guardianship"))
VISITS = CountedFact("visits", Phrase("huisbezoeken", "home visits"), channels=("visit",))


@given(near_threshold(), st.sampled_from([None, (), (StatedFact(name="guardian", value=True),)]))
def test_facts_of_ones_own_are_told_by_label(
    near: Threshold, stated: tuple[StatedFact, ...] | None
) -> None:
    """Each with its value; one that is not known is named where it has to be found out."""
    policy = policies()[near.policy].with_(
        "own",
        facts=[GUARDIAN, VISITS],
        holds=[Hold("guardian", Flag("guardian", GUARDIAN.type), stops="referral")],
        also=[VISITS.quantity <= 99, minors >= 0],
        children_decide="the council wants it so",
    )
    decision = decide(evolve(near.tenancy, facts=stated), policy, near.as_of)
    told = explain(decision, "en")
    value = "yes" if stated else "unknown"
    assert f"under guardianship: {value} [choice: a choice of one's own]" in told.own_facts
    assert "facts" not in decision.unknown or (
        "facts that the policy asks for (under guardianship)" in told.headline
    )
    assert told.children_decide is not None
    assert told.children_decide.endswith(": the council wants it so")
    assert told.children_decide in str(told)
    assert decision.advice is not Advice.REFER


@given(
    tenancies(),
    st.sampled_from(["bgs-2021", "katwijk-2021"]),
    st.sampled_from(
        [VISITS.quantity >= 1, ~(VISITS.quantity < 2), attempts >= 9, (attempts >= 9) & reminder_sent]
    ),
    LANGS,
)
def test_what_no_step_asks_for_is_told(tenancy: Tenancy, name: str, also: Condition, lang: Lang) -> None:
    """Who waits for a contact that nobody is told to make is not left with "do nothing now"."""
    policy = policies()[name].with_("own", facts=[VISITS], also=also)
    decision = decide(tenancy, policy, AS_OF)
    told = explain(decision, lang)
    values = dict(decision.receipt.on_day().numbers)
    lacks = truth_of(also, values, decision.facts) is False
    held = any(truth_of(it.when, values, decision.facts) for it in policy.holds)
    if decision.advice is Advice.WAIT and not told.reasons and lacks and not held:
        assert told.headline.startswith(f"{LACKING.to(lang)}: ")
        label = VISITS.type.label if "visits" in text(also) else FACTS["attempts"].label
        assert label.to(lang) in told.headline
        assert told.meanwhile == NO_STEP.to(lang)
    elif decision.advice is Advice.WAIT and (told.reasons or held):
        assert not told.headline.startswith(LACKING.to(lang))


def test_a_crisis_that_waits_says_for_what() -> None:
    """The household closest to an eviction: what is missing stands at the top, not "do nothing now"."""
    case = load_case(EXAMPLES / "refer-family.json")
    cards = CountedFact("cards", Phrase("kaartjes", "cards left"), channels=("card",))
    also = (cards.quantity >= 1) & reminder_sent
    policy = policies()[str(case.policy)].with_("own", facts=[cards], also=also)
    soon = Eviction(announced=case.as_of, on=case.as_of)
    decision = decide(evolve(case.tenancy, eviction=soon), policy, case.as_of)
    assert (decision.advice, decision.priority) == (Advice.WAIT, Priority.CRISIS)
    assert explain(decision).headline == "wait; a referral lacks: cards left: 0, at least 1 needed"


@pytest.mark.parametrize("policy", policies().values(), ids=lambda it: it.name)
def test_the_built_in_policies_ask_for_all_that_they_need(policy: Policy) -> None:
    """Each condition of a referral on contacts has a step; one that is added without a step is found."""
    assert unprompted(policy) == ()
    added = Clause(VISITS.quantity >= 1)
    own = policy.with_("own", facts=[VISITS], also=added)
    assert unprompted(own) == (added,)
    timed = policy.with_("own", also=days_since_attempt > 3)  # days that pass by themselves
    assert unprompted(timed) == ()
    assert unprompted(policy.with_("own", facts=[VISITS], also=VISITS.quantity <= 9)) == ()


def test_a_step_that_stops_too_early_does_not_ask_for_the_rest() -> None:
    """At two attempts nobody is told of the third; by parameters, on each day of their values."""
    policy = policies()["katwijk-2021"]  # contact: attempts < min_attempts, which is 2
    third = Clause(attempts >= 3)
    assert unprompted(policy.with_("own", also=third)) == (third,)
    assert third not in unprompted(policy.with_("own", also=third, contact=attempts < 3))
    assert unprompted(policy.with_("own", also=attempts > 1)) == ()
    assert unprompted(policy.with_("own", also=third, parameters={"min_attempts": 3})) == ()
    until = dt.date(2026, 12, 31)
    values = (Dated(2, CHOICE, None, until), Dated(3, CHOICE, until + dt.timedelta(days=1)))
    most = {"most": Parameter("most", Unit.COUNT, values)}
    also = Clause(attempts >= P.most)
    too_few = policy.with_("own", parameters=most, also=also, contact=attempts < 2)
    assert also in unprompted(too_few)
    asked = policy.with_("own", parameters=most, also=also, contact=attempts < P.most)
    assert also not in unprompted(asked)


@given(near_threshold(), LANGS)
def test_a_reason_names_who_set_its_number(near: Threshold, lang: Lang) -> None:
    """Not only the source of the condition: a number that was adopted or set is somebody's own."""
    adopted = Adopted(1, "Leiden", dt.date(2025, 12, 2), "12")
    numbers = {"minimum_cents": adopted, "response_days": 3}
    decision = decide(near.tenancy, "bgs-2021", near.as_of, numbers)
    told = explain(decision, lang)
    set_by = {
        "sustained_cents": {
            "en": "; € 0.01 adopted by Leiden 12, 2025-12-02",
            "nl": "; € 0,01 vastgesteld door Leiden 12, 2 december 2025",
        },
        "days_since_offer": {
            "en": "; 3 days set by the user",
            "nl": "; 3 dagen ingesteld door de gebruiker",
        },
    }
    for reason in (*told.reasons, *told.not_referred):
        expected = "".join(set_by[it][lang] for it in reason.facts if it in set_by)
        assert reason.citation == cited(reason.source, lang) + expected


@given(tenancies(), random_policies(), LANGS)
def test_every_part_of_a_condition_is_told_with_its_value_and_its_bound(
    tenancy: Tenancy, policy: Policy, lang: Lang
) -> None:
    """What is true with its bound, what is not with what is needed, what is unknown as that."""
    decision = decide(tenancy, policy, AS_OF)
    told = explain(decision, lang)
    known = {**FACTS, **policy.own_facts()}
    for reason in (*told.reasons, *told.not_referred, told.priority):
        assert reason.truth is reason.tree.truth
        asked = [part for _, part in reason.tree.lines() if not part.parts]
        assert len(asked) == len(reason.facts)
        assert all(part.text in reason.text for part in asked)
        for part, name in zip(asked, reason.facts, strict=True):
            fact = known[name]
            assert part.text.startswith(f"{fact.label.to(lang)}: ")
            if part.truth is None:
                assert UNKNOWN.to(lang) in part.text
            elif fact.unit is not None:
                assert part.text.endswith(f" {NEEDED.to(lang)}" if not part.truth else ")")
    assert "\n" not in "".join(reason.text for reason in told.reasons)
    assert str(told).count("\n") < 500


@given(near_threshold())
def test_months_are_told_in_hundredths_unless_that_hides_the_threshold(near: Threshold) -> None:
    """One cent more than a month is not shown as a month that is more than a month."""
    if near.what == "months":
        told = a_decision(near.policy, near)
        assert ("months of rent arrears: 1, more than 1 needed" in told) == (not near.over)
        assert "months of rent arrears: 1.0000" in told or not near.over


def test_another_language_is_refused() -> None:
    """Rather than answered in English."""
    case = load_case(Path(__file__).parent / "conformance" / "plan-broken.json")
    with pytest.raises(InvalidValue):
        explain(decide(case.tenancy, "bgs-2021", case.as_of), "de")  # type: ignore[arg-type] # what is tested
