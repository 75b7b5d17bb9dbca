"""The policies in `examples/`: they keep the promises of any policy, and do what they say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import attrs
import pytest

from huurschuld import Contact, Policy, StatedFact, Tenancy, decide, load_case, load_policy
from huurschuld.testing import PolicyTests

EXAMPLES = Path(__file__).parents[1] / "examples"
GUARDIANSHIP = load_policy(EXAMPLES / "guardianship.toml")
CASE = load_case(EXAMPLES / "refer-family.json")
DAY = CASE.as_of


class TestMunicipality(PolicyTests):
    """The municipality with an amount of its own satisfies the kit."""

    examples = 10

    def make_policy(self) -> Policy:
        return load_policy(EXAMPLES / "gemeente.toml")


class TestGuardianship(PolicyTests):
    """The one with facts of its own satisfies it too."""

    examples = 10

    def make_policy(self) -> Policy:
        return load_policy(EXAMPLES / "guardianship.toml")


def stated(**facts: bool) -> tuple[StatedFact, ...]:
    """Rows of the table `facts`."""
    return tuple(StatedFact(name=name, value=value) for name, value in facts.items())


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ((), ("refer", [], [])),
        (stated(guardian=True), ("hold", ["guardian"], [])),
        (stated(guardian=True, guardian_told=True), ("refer", [], [])),
        (None, ("ask", [], ["facts"])),
    ],
)
def test_the_guardian_comes_first(facts: Any, outcome: tuple[str, list[str], list[str]]) -> None:
    """Until he was spoken to nobody is reported; and where nothing is known of it, neither."""
    found = decide(attrs.evolve(CASE.tenancy, facts=facts), GUARDIANSHIP, DAY).summary()
    assert (found["advice"], found["hold"], found["unknown"]) == outcome


def visited(days_ago: int) -> Tenancy:
    """The household of the case, visited so many days ago."""
    letters = [it for it in CASE.tenancy.contacts or () if it.channel != "visit"]
    visit = Contact(date=DAY - dt.timedelta(days_ago), channel="visit", debt_help=True)
    return attrs.evolve(CASE.tenancy, contacts=(*letters, visit), facts=())


@pytest.mark.parametrize(("days_ago", "advice"), [(45, "refer"), (46, "contact")])
def test_a_visit_counts_for_45_days(days_ago: int, advice: str) -> None:
    """After that there has to be another one."""
    assert decide(visited(days_ago), GUARDIANSHIP, DAY).advice == advice


def test_who_is_under_guardianship_is_still_called() -> None:
    """The hold stops a referral only."""
    held = attrs.evolve(visited(46), facts=stated(guardian=True))
    assert decide(held, GUARDIANSHIP, DAY).advice == "contact"
