"""What must be so at the end of the year; each check says what it found, or fails."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial, update_wrapper
from itertools import pairwise
from pathlib import Path
from typing import Any

from casework import NEEDS
from ggd import HELPERS, WORKERS, Desk
from report import Year
from world import LAST_DAY, YEAR, days

from huurschuld.analysis.evaluation import By, evaluate
from huurschuld.cases import EventType, Phase, clear_events, verify
from huurschuld.referrals import State, listing

REPEAT_DAYS = 84
"""For so long nobody is referred again, by the policy."""


def checks(desk: Desk, year: Year, schema: Path | None) -> Iterator[Callable[[], str]]:
    """Yield the checks, in the order in which they are made: the last one changes the store."""
    for check in (
        every_referral_has_its_case,
        nobody_is_referred_twice,
        collection_that_is_suspended_is_respected,
        plans_are_what_the_ledger_says,
        evictions_add_up,
        the_totals_are_those_of_the_events,
        the_landlords_have_nothing_of_the_ggd,
        the_ggd_has_no_number_of_a_tenancy,
        the_log_verifies,
    ):
        yield _named(check, desk, year)
    yield _named(the_report_is_valid, year, schema)
    yield _named(who_is_forgotten_changes_no_figure, desk, year)


def _named(check: Callable[..., str], *given: object) -> Callable[[], str]:
    return update_wrapper(partial(check, *given), check)


def must(holds: object, problem: object) -> None:
    """Fail if it does not hold, also where Python leaves out assertions."""
    if not holds:
        raise AssertionError(problem)


def every_referral_has_its_case(desk: Desk, year: Year) -> str:
    """What was sent was received, once, with the amount of it; and nothing else was."""
    sent = {it.key: it for landlord in desk.landlords for it in landlord.referrals()}
    must(sent, "nobody was referred")
    must(sent.keys() == year.cases.keys(), "what was sent is not what was received")
    for key, case in year.cases.items():
        (signal,) = case.all(EventType.RECEIVED)
        must(signal.data["arrears_cents"] == sent[key].arrears_cents, "another amount was received")
        must(signal.data["landlord"] == desk.cases[key].landlord.name, "another landlord was recorded")
    left = list((desk.folder / "inbox").rglob("*.json"))
    must(not left, f"{len(left)} files are left in the inbox")
    states = Counter(str(it.state) for one in desk.landlords for it in listing(one.outbox))
    unsettled = set(states) - {State.ACCEPTED, State.WITHDRAWN}
    must(not unsettled, f"referrals that are not settled: {unsettled}")
    return f"each of {len(sent)} referrals has its case; {states[State.WITHDRAWN]} were withdrawn"


def nobody_is_referred_twice(desk: Desk, _: Year) -> str:
    """Not within the time of the policy."""
    again = 0
    for landlord in desk.landlords:
        by_tenancy: dict[str, list[dt.date]] = defaultdict(list)
        for it in landlord.referrals():
            by_tenancy[str(it.tenancy)].append(it.day)
        for of_one in by_tenancy.values():
            again += len(of_one) - 1
            for one, other in pairwise(sorted(of_one)):
                must(
                    (other - one).days >= REPEAT_DAYS, f"referred again after {(other - one).days} days"
                )
    return f"nobody was referred twice within {REPEAT_DAYS} days; {again} were again after that"


def collection_that_is_suspended_is_respected(desk: Desk, year: Year) -> str:
    """No referral of a household whose collection was suspended, as the landlord had been told."""
    suspended = 0
    spans: dict[str, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for key, case in year.cases.items():
        told = [it.happened for it in case.all(EventType.FEEDBACK_GIVEN)]
        for event in case.all(EventType.COLLECTION_SUSPENDED):
            heard = min((it for it in told if it >= event.happened), default=None)
            if heard is not None and heard <= event.data["until"]:
                suspended += 1
                spans[desk.cases[key].house.tenancy].append((heard, event.data["until"]))
    for landlord in desk.landlords:
        for it in landlord.referrals():
            for first, last in spans[str(it.tenancy)]:
                must(not first <= it.day <= last, "referred while collection was suspended")
    held = sum(
        number
        for landlord in desk.landlords
        for of_day in landlord.advised.values()
        for names, number in of_day.items()
        if "collection-suspended" in names.split()
    )
    must(held or not suspended, "no screening held anybody because of a suspension")
    return f"{suspended} suspensions were heard of, and held {held} times in a screening"


def plans_are_what_the_ledger_says(desk: Desk, year: Year) -> str:
    """A plan that is completed leaves no arrears, and one that is broken leaves some."""
    ended: Counter[str] = Counter()
    for case in desk.cases.values():
        last = year.cases[case.key].last(
            EventType.PLAN_AGREED, EventType.PLAN_COMPLETED, EventType.PLAN_BROKEN
        )
        if last is None or year.cases[case.key].in_round(EventType.EVICTION_ANNOUNCED):
            continue
        later = [it for it in desk.cases.values() if it.house is case.house and it.key != case.key]
        if last.type is EventType.PLAN_COMPLETED and not later:
            must(case.house.owed <= 0, "arrears are left after a plan that was completed")
        if last.type is EventType.PLAN_BROKEN:
            must(case.house.plans[-1].broken_on or later, "the landlord does not know of a broken plan")
        ended[last.type] += 1
    return (
        ", ".join(f"{kind} {number}" for kind, number in sorted(ended.items())) + ": as the ledgers say"
    )


def evictions_add_up(_: Desk, year: Year) -> str:
    """What was announced was prevented, or carried out, or is to come."""
    numbers = Counter(event.type for case in year.cases.values() for event in case.history)
    announced = numbers[EventType.EVICTION_ANNOUNCED]
    prevented = numbers[EventType.EVICTION_PREVENTED]
    carried_out = numbers[EventType.EVICTION_CARRIED_OUT]
    to_come = 0
    for case in year.cases.values():
        last = case.last(
            EventType.EVICTION_ANNOUNCED, EventType.EVICTION_PREVENTED, EventType.EVICTION_CARRIED_OUT
        )
        if last is not None and last.type is EventType.EVICTION_ANNOUNCED:
            must(last.data["on"] >= LAST_DAY, "nobody knows what became of an eviction")
            to_come += 1
    must(announced == prevented + carried_out + to_come, "evictions do not add up")
    return (
        f"evictions announced {announced} = prevented {prevented} + carried out {carried_out}"
        f" + to come {to_come}"
    )


def the_totals_are_those_of_the_events(_: Desk, year: Year) -> str:
    """The evaluation says what is counted here by hand, and its landlords add up."""
    cases = list(year.cases.values())
    referred = [it for it in cases if it.received is not None and it.received.year == YEAR]
    expected = {
        "referred": len(referred),
        "accepted": sum(it.accepted is not None for it in referred),
        "plans-made": sum(it.first(EventType.PLAN_AGREED) is not None for it in referred),
        "evictions-announced": sum(
            event.happened.year == YEAR for it in cases for event in it.all(EventType.EVICTION_ANNOUNCED)
        ),
    }
    for name, number in expected.items():
        by: dict[By, int] = Counter()
        for figure in year.evaluation.figures:
            if figure.measure.name == name:
                by[figure.group.by] += figure.number or 0
        must(set(by.values()) == {number}, f"{name}: {number} by hand, {dict(by)} in the evaluation")
    return "the evaluation has " + ", ".join(f"{name} {number}" for name, number in expected.items())


def the_landlords_have_nothing_of_the_ggd(desk: Desk, _: Year) -> str:
    """No file of a landlord names a worker, a helper, a need, or what was done in a case."""
    helpers = [line.partition(",")[0] for line in HELPERS.splitlines()[1:]]
    done = ("first-talk", "intake", "dossier", "coupled", "Kanarie", "never-reached", "refusal")
    words = [it.encode() for it in (*WORKERS, *helpers, *NEEDS, *done)]
    searched = 0
    for path in (desk.folder.parent / "landlords").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            searched += 1
            found = [word.decode() for word in words if word in content]
            must(not found, f"{path.name} of a landlord holds {found}")
    must(searched > len(desk.landlords), "no files of the landlords were found")
    return f"{searched} files of the landlords hold none of {len(set(words))} words of the GGD"


def the_ggd_has_no_number_of_a_tenancy(desk: Desk, _: Year) -> str:
    """Only contact details and the amount were sent; and these are sealed."""
    names = {it.house.contact.name.encode() for it in desk.cases.values()}
    content = (desk.folder / "cases.sqlite").read_bytes()
    must(not re.search(rb"(DR|SW|ZH)-\d{5}", content), "the GGD has the number of a tenancy")
    must(not any(it in content for it in names), "a name stands in the clear in the store")
    return f"the store of the GGD has no tenancy's number, and {len(names)} names only sealed"


def the_log_verifies(desk: Desk, _: Year) -> str:
    """Against the heads of each month, which were kept elsewhere."""
    must(not verify(desk.store), "the log does not verify")
    for kept in desk.kept_heads:
        must(not verify(desk.store, kept), "the log is not what it was")
    return f"the log verifies, against the heads of {len(desk.kept_heads)} months too"


def the_report_is_valid(year: Year, schema: Path | None) -> str:
    """By the schema of DDAS, if it is given."""
    delivery = json.loads(year.report)["leveringen"][0]
    must(len(delivery["vroegsignalen"]) == len(year.cases), "the report lacks signals")
    if schema is None:
        return "the DDAS report was not held against its schema: give --schema"
    from jsonschema import Draft202012Validator, FormatChecker  # noqa: PLC0415 - only if it is asked for

    formats: Any = FormatChecker(formats=("date", "email"))
    validator = Draft202012Validator(json.loads(schema.read_bytes()), format_checker=formats)
    errors = [it.json_path for it in validator.iter_errors(json.loads(year.report))]
    must(not errors, f"the report is not valid at {errors[:3]}")
    return f"the DDAS report is valid by {schema.name}"


def who_is_forgotten_changes_no_figure(desk: Desk, year: Year) -> str:
    """What ended nine months ago is forgotten: the figures stay the same, and the log verifies."""
    old = [
        key
        for key, case in year.cases.items()
        if case.phase in {Phase.CLOSED, Phase.SCREENED_OUT}
        and case.history[-1].happened < LAST_DAY - days(270)
    ]
    for key in old:
        desk.store.forget(key, by="municipality", person="G. Besluit")
    again = evaluate(clear_events(desk.store), YEAR, smallest=1, as_of=LAST_DAY)
    must(again == year.evaluation, "the figures changed")
    must(not verify(desk.store), "the log does not verify")
    return f"{len(old)} people of cases that ended long ago are forgotten, and no figure changed"
