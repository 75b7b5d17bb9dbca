"""What a person sees of conditions: within the width of the screen, whole, in either language."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from hypothesis import given, settings, strategies as st
from rich.console import Console

from huurschuld import Clause, Hold, Phrase, Policy, Source, Tenancy, decide, explain, policies
from huurschuld.cli.display_conditions import show_condition
from huurschuld.cli.display_decision import show_explanation
from huurschuld.cli.display_policies import show_policy
from huurschuld.decisions.condition_words import rule_tree
from huurschuld.decisions.words import Lang
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.sources import CHOICE
from huurschuld.rules.terms import P, attempts, channels, days_since_offer, disputed, reminder_sent
from huurschuld.testing import (
    AS_OF,
    Threshold,
    near_threshold,
    policies as random_policies,
    tenancies,
)

LANGS = st.sampled_from(["nl", "en"])
BGS = policies()["bgs-2021"]
NOTE = Phrase("wie gemeld wordt, is echt gesproken", "whoever is referred was really spoken to")
COMPOUND = (attempts >= 2) & ((days_since_offer >= 90) | ~(disputed | (channels < 3)))


def screen(width: int) -> Console:
    """A screen of a width, that is written to a text."""
    return Console(width=width, file=StringIO(), highlight=False, color_system=None)


def shown(console: Console) -> list[str]:
    """What was written, line by line."""
    assert isinstance(console.file, StringIO)
    lines = console.file.getvalue().splitlines()
    assert all(len(line) <= console.width for line in lines)
    assert not any("…" in line for line in lines)
    return lines


@settings(max_examples=25)
@given(random_policies(), LANGS, st.sampled_from([40, 80]))
def test_a_policy_fits_the_screen_with_every_word_of_every_condition(
    policy: Policy, lang: Lang, width: int
) -> None:
    """In words and as it is written, however deep its conditions are."""
    parameters = {parameter.name: parameter for parameter in policy.parameters}
    for _, clause in policy.placed_clauses():
        console = screen(width)
        show_condition(console, clause, parameters, lang)
        # A word that is wider than what is left of the line goes on in the next one.
        written = "".join("".join(shown(console)).split())
        for _, part in rule_tree(clause.when, parameters, lang).lines():
            assert "".join(part.text.split()) in written
        assert "".join(text(clause.when).split()) in written


@settings(max_examples=25)
@given(tenancies(), random_policies(), LANGS, st.sampled_from([40, 80]))
def test_an_explanation_fits_the_screen_with_every_part(
    tenancy: Tenancy, policy: Policy, lang: Lang, width: int
) -> None:
    """Each part with its mark, nothing is cut."""
    decision = decide(tenancy, policy, AS_OF)
    told = explain(decision, lang)
    console = screen(width)
    show_explanation(console, decision, lang)
    written = "".join("".join(shown(console)).split())
    for reason in (*told.reasons, *told.not_referred, told.priority):
        for _, part in reason.tree.lines():
            assert "".join(part.text.split()) in written


@given(near_threshold())
def test_a_compound_condition_is_told_as_a_tree_below_the_note_of_its_author(near: Threshold) -> None:
    """What is not met is told with what is needed, in both languages."""
    own = BGS.with_("own", also=Clause(COMPOUND, Source("choice", None, NOTE)))
    decision = decide(near.tenancy, own, near.as_of)
    told = explain(decision)
    lines = [
        line
        for it in (*told.not_referred, *told.reasons)
        if it.source.note == NOTE
        for line in it.lines()
    ]
    if not lines:  # held, too early, or a step before the referral
        return
    assert lines[0][2:] == "choice: whoever is referred was really spoken to"
    assert lines[1][4:] == "all of these:"
    facts = decision.facts
    if facts.days_since_offer is not None and 0 < facts.days_since_offer < 90:
        assert f"      - days since the offer: {facts.days_since_offer}, at least 90 needed" in lines


def test_a_policy_is_read_aloud_in_both_languages() -> None:
    """The note, then the parts; the names of facts stand only in the condition as it is written."""
    source = Source("choice", None, NOTE)
    policy = BGS.with_(
        "own", also=Clause(COMPOUND, source), holds=Hold("own", ~(reminder_sent & disputed), source)
    )
    console = screen(80)
    show_policy(console, policy, "nl")
    lines = shown(console)
    begin = lines.index("  keuze: wie gemeld wordt, is echt gesproken")
    assert lines[begin + 1 : begin + 8] == [
        "    - al deze:",
        "      - pogingen tot contact: minstens 2",
        "      - een van deze:",
        "        - dagen sinds het aanbod: minstens 90",
        "        - al deze:",
        "          - huurder is het niet eens met de hele achterstand: nee",
        "          - verschillende manieren van contact: minstens 3",
    ]
    begin = lines.index("  own: keuze: wie gemeld wordt, is echt gesproken")
    assert lines[begin + 1 : begin + 4] == [
        "    - een van deze:",
        "      - schriftelijke herinnering verstuurd: nee",
        "      - huurder is het niet eens met de hele achterstand: nee",
    ]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_bound_that_changes_is_shown_with_its_days(lang: Lang) -> None:
    """A policy is of no day: each value has its own."""
    changing = Parameter(
        "response_days",
        Unit.DAYS,
        (
            Dated(14, CHOICE, until=dt.date(2026, 12, 31)),
            Dated(21, CHOICE, since=dt.date(2027, 1, 1)),
        ),
    )
    tree = rule_tree(days_since_offer >= P.response_days, {"response_days": changing}, lang)
    expected = {
        "en": "days since the offer: at least 14 until 2026-12-31; 21 from 2027-01-01 (response_days)",
        "nl": "dagen sinds het aanbod: minstens 14 tot en met 31 december 2026; 21 vanaf 1 januari 2027 "
        "(response_days)",
    }
    assert tree.text == expected[lang]
