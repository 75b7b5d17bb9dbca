"""A case worker's ten questions about a household, each answered by `explain`; the list has the rest."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from rich.console import Console

import huurschuld as h
from huurschuld.cli.explain import Household
from huurschuld.cli.options import Lang
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import euros
from huurschuld.plugins.portfolio import open_folder

Run = Callable[..., tuple[int, str, str]]
AS_OF: Final = dt.date(2026, 10, 20)
LAST_MONTH: Final = dt.date(2026, 9, 20)


def explained(tenancy: h.Tenancy, lang: Lang, policy: str = "katwijk-2021") -> str:
    """What `explain --timeline --since` shows of a tenancy, at 80 columns."""
    question: Any = (h.policies()[policy], AS_OF, {})
    household = Household.of(tenancy, question, "reference", {}, LAST_MONTH)
    screen = Console(file=io.StringIO(), width=80, highlight=False)
    household.show(screen, lang, with_timeline=True)
    shown: str = screen.file.getvalue()  # type: ignore[attr-defined] # as given
    assert all(len(line) <= 80 for line in shown.splitlines())
    return shown


@pytest.mark.parametrize("lang", Lang)
def test_ten_questions_are_answered_for_everyone_on_the_list(clean: Path, lang: Lang) -> None:
    """What is owed, since when, last paid, which months, contacts, why not, when, holds, changes."""
    nl = lang is Lang.NL
    checked = 0

    def told(day: dt.date | None) -> str:
        assert day is not None
        return day_text(day, lang.value)

    for tenancy in h.read_portfolio(open_folder(folder=str(clean))):
        decision = h.decide(tenancy, "katwijk-2021", AS_OF, engine="reference")
        if decision.advice is h.Advice.NONE:
            continue
        checked += 1
        shown = explained(tenancy, lang)
        words, facts = " ".join(shown.split()), decision.facts
        # 1, 2. How much is owed, and since when?
        assert euros(facts.arrears_cents or 0, lang.value) in words
        assert f"({'sinds' if nl else 'since'} {told(facts.episode_start)})" in words
        # 3, 4. When was last paid, and which months are open?
        found = h.timeline(tenancy, AS_OF)
        paid = found.last_payment
        assert paid is not None
        said = f"{told(paid.day)}, {euros(paid.cents or 0, lang.value)}"
        assert f"{'laatste betaling' if nl else 'last payment'}: {said}" in words
        for day, cents in found.open_terms:
            assert f"{told(day)} {euros(cents, lang.value)}" in words
        # 5. Who was contacted, how and when, in this period of arrears?
        happened = words[words.index("Wat er gebeurde" if nl else "What happened") :]
        for contact in tenancy.contacts or ():
            if LAST_MONTH <= contact.date <= AS_OF:
                assert told(contact.date) in happened
        # 6. Why is it not referred yet, or why is it?
        assert (" - " in words or " ? " in words) or decision.advice in ("refer", "hold", "wait")
        # 7. When will it be?
        change = h.next_change(tenancy, "katwijk-2021", AS_OF, engine="reference")
        assert told(change.day or change.until) in words
        assert ("Als er verder niets gebeurt" if nl else "If nothing else happens") in words
        # 9. What stops it?
        explanation = h.explain(decision, lang.value)
        assert all(it.text in words for it in explanation.reasons)
        # 10. What has changed since last month?
        earlier = h.decide(
            h.known_on(tenancy, LAST_MONTH), "katwijk-2021", LAST_MONTH, engine="reference"
        )
        for reason in h.explain_change(earlier, decision):
            assert reason.text.to(lang.value) in words
    assert checked > 10


def made(**parts: Any) -> h.Tenancy:
    """Three months open, and what is known about it."""
    day = dt.date(2026, 1, 1)
    known: dict[str, Any] = {
        "entries": [
            h.RentTerm(id=f"r{month}", due=dt.date(2026, month, 1), cents=60_000) for month in (8, 9, 10)
        ],
        **dict.fromkeys(("contacts", "plans", "disputes", "objections", "signals"), ()),
    }
    rents = [h.Rent(from_=day, cents=60_000)]
    return h.Tenancy(id="T-1", start=day, rents=rents, **{**known, **parts})


def test_which_plan_there_is_and_when_it_ends() -> None:
    """The eighth question: for how much, until when, and what comes then."""
    plan = h.Plan(from_=dt.date(2026, 9, 15), until=dt.date(2026, 12, 31), cents=180_000)
    shown = " ".join(explained(made(plans=[plan]), Lang.EN).split())
    assert "payment plan in force" in shown
    assert "payment plan: for € 1,800.00, until 2026-12-31 (since 2026-09-15)" in shown
    assert "from 2027-01-01: send a written reminder first payment plan in force: yes → no" in shown
    shown = " ".join(explained(made(plans=[plan]), Lang.NL).split())
    assert (
        "betalingsregeling: voor € 1.800,00, tot en met 31 december 2026 (sinds 15 september 2026)"
        in shown
    )


def test_when_it_may_be_referred_and_what_is_assumed() -> None:
    """With the day, the reason, and what is taken for granted."""
    contacts = [
        h.Contact(date=dt.date(2026, 10, 12), channel="letter", reminder=True, offers_sharing=True),
        h.Contact(date=dt.date(2026, 10, 14), channel="visit", reached=True, debt_help=True),
        h.Contact(date=dt.date(2026, 9, 1), channel="phone", direction="in"),
    ]
    shown = " ".join(explained(made(contacts=contacts), Lang.EN, "bgs-2021").split())
    assert "may be referred from 2026-10-26" in shown
    assert "days since the offer: 8 (less than 14) → 14 (at least 14)" in shown
    assert "Assumed: after 2026-10-20 no payment, no contact and nothing else; rent counts" in shown
    assert "until that of 2026-10-01." in shown
    assert "2026-10-12 letter: reminder, offers to share data" in shown
    assert "2026-10-14 visit: reached, names debt help" in shown
    shown = " ".join(explained(made(contacts=contacts), Lang.NL, "bgs-2021").split())
    assert "kan gemeld worden vanaf 26 oktober 2026" in shown


def test_rent_that_is_due_on_the_day_itself_is_no_arrears_yet() -> None:
    """The timeline ends above the arrears then, as on the first of any month; it says by how much."""
    due_today = h.RentTerm(id="r", due=AS_OF, cents=70_000)
    shown = " ".join(explained(made(entries=[due_today]), Lang.EN).split())
    assert "2026-10-20 rent € 700.00 € 700.00" in shown
    assert "of the rent owed € 700.00 is due only on 2026-10-20; that is not yet in arrears" in shown
    shown = " ".join(explained(made(), Lang.EN).split())
    assert "not yet in arrears" not in shown


def test_what_is_unknown_is_told_as_unknown() -> None:
    """No day is named that rests on what nobody knows; and what is not in the timeline is told."""
    contacts = [
        h.Contact(date=dt.date(2026, 8, 10), channel="letter", reminder=True, offers_sharing=True),
        h.Contact(date=dt.date(2026, 8, 14), channel="visit", debt_help=True),
    ]
    shown = " ".join(explained(made(contacts=contacts, plans=None), Lang.EN, "bgs-2021").split())
    assert "when a referral may follow is unknown as long as these are: payment plans" in shown
    assert "unknown, and so not above: payment plans" in shown
    assert "payment plans: unknown" in shown
    assert "may be referred" not in shown


def test_it_is_explained_on_the_command_line(run: Run, clean: Path) -> None:
    """As JSON: the decision, the next change, what changed since, and the timeline from that day on."""
    asked = ["--policy", "katwijk-2021", "--as-of", "2026-10-20", "--tenancy", "KW-000001"]
    more = ["--timeline", "--since", "2026-09-20", "--format", "json"]
    code, out, err = run("explain", clean, *asked, *more)
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert {"advice", "facts", "receipt", "next_change", "since", "timeline"} <= document.keys()
    assert document["since"]["as_of"] == "2026-09-20"
    events = document["timeline"]["events"]
    assert events
    assert all(it["day"] >= "2026-09-20" for it in events)
    later = ["--since", "2026-10-20"]
    assert (
        "invalid-value at --since: this day is not before --as-of"
        in run("explain", clean, *asked, *later)[2]
    )
    before = ["--since", "2020-12-31"]
    assert "policy-not-in-force at --since" in run("explain", clean, *asked, *before)[2]
