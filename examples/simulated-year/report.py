"""What is printed of the year: by landlord, by month, the evaluation, and one family."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen
from ggd import Desk
from world import LAST_DAY, YEAR, YEAR_ENDS, months

from huurschuld import Referral, SentReferral
from huurschuld.analysis.evaluation import By, Evaluation, ddas_tables, evaluate
from huurschuld.cases import EVENTS, CaseState, Event, EventType, Phase, clear_events
from huurschuld.plugins.ddas import open_ddas


@frozen
class Year:
    """A year that is over: all cases, its evaluation, and the report to Statistics Netherlands."""

    cases: Mapping[str, CaseState]
    evaluation: Evaluation
    report: bytes


def evaluated(desk: Desk) -> Year:
    """Read all cases, and evaluate and report the year."""
    cases = {
        key: desk.store.look(key, by="municipality", person="G. Besluit", purpose="the year").state
        for key in desk.store.keys()  # noqa: SIM118 - a store is no mapping
    }
    # Nobody but those who may see the cases sees this one: nothing is withheld.
    evaluation = evaluate(clear_events(desk.store), YEAR, smallest=1, as_of=LAST_DAY)
    return Year(cases, evaluation, ddas(desk, cases))


def ddas(desk: Desk, cases: Mapping[str, CaseState]) -> bytes:
    """Make the report of the municipality, from its own cases."""
    tables = ddas_tables(clear_events(desk.store), YEAR)
    (desk.folder / "follow_ups.csv").write_text(tables.follow_ups, encoding="utf-8")
    (desk.folder / "attempts.csv").write_text(tables.attempts, encoding="utf-8")
    exporter = open_ddas(
        supplier_code="voorbeeld",
        municipality_code="0999",
        organisation="Gemeente Voorbeeldstad",
        kvk_number="01234567",
        made_at=f"{LAST_DAY}T12:00:00+02:00",
        follow_ups=str(desk.folder / "follow_ups.csv"),
        attempts=str(desk.folder / "attempts.csv"),
    )
    sent = [_sent(it) for it in cases.values()]
    report = exporter.export(sent, dt.date(YEAR, 1, 1), YEAR_ENDS)
    (desk.folder / "ddas.json").write_bytes(report)
    return report


def _sent(case: CaseState) -> SentReferral:
    signal = case.history[0]
    referral = Referral(contact=signal.data["contact"], arrears_cents=signal.data["arrears_cents"])
    return SentReferral(key=case.key, day=signal.happened, receiver="file-drop", referral=referral)


def print_report(desk: Desk, year: Year) -> None:
    """Print what a reader wants to see."""
    print(f"A year of Voorbeeldstad, {YEAR}; cases are followed until {LAST_DAY}\n")
    _landlords(desk, year)
    _months(desk, year)
    _evaluation(year)
    signals = json.loads(year.report)["leveringen"][0]
    reported, cases = len(signals["vroegsignalen"]), len(signals["vroegsignaalzaken"])
    print(f"\nDDAS report: signals {reported}, cases {cases}, {len(year.report):,} bytes")
    _family(desk, year)


def _landlords(desk: Desk, year: Year) -> None:
    rows = []
    for it in desk.landlords:
        own = [year.cases[case.key] for case in desk.cases.values() if case.landlord is it]
        evicted = _count(own, EventType.EVICTION_CARRIED_OUT)
        rows.append((it.name, it.how, len(it.houses), len(own), _accepted(own), evicted))
    _table(("landlord", "screens", "tenancies", "referred", "accepted help", "evicted"), rows)


def _months(desk: Desk, year: Year) -> None:
    happened: dict[str, Counter[str]] = {}
    for case in year.cases.values():
        for event in case.history:
            kind = "reached" if event is _first_reached(case) else event.type
            happened.setdefault(f"{event.happened:%Y-%m}", Counter()).update({str(kind): 1})
            if kind == "reached":
                happened[f"{event.happened:%Y-%m}"].update({str(event.type): 1})
    advised: dict[str, Counter[str]] = {}
    for landlord in desk.landlords:
        for day, of_day in landlord.advised.items():
            advised.setdefault(f"{day:%Y-%m}", Counter()).update(of_day)
    kinds = ("received", "reached", "accepted", "plan-agreed", "plan-completed", "plan-broken")
    rows = []
    for first in months(dt.date(YEAR, 1, 1), LAST_DAY):
        month = f"{first:%Y-%m}"
        seen, of_month = advised.get(month, Counter()), happened.get(month, Counter())
        behind = sum(seen.values()) - seen["none"]
        held = [
            sum(number for names, number in seen.items() if hold in names.split())
            for hold in ("already-referred", "plan-in-force", "collection-suspended")
        ]
        rows.append((month, behind, *held, *(of_month[it] for it in kinds)))
    heading = ("month", "in arrears", "held: referred", "plan", "suspended", *kinds)
    print()
    _table(heading, rows)


def _evaluation(year: Year) -> None:
    print(f"\nEvaluation of the signals of {YEAR}, as of {year.evaluation.as_of}")
    everybody = year.evaluation.groups[0]
    assert everybody.by is By.ALL
    for figure in year.evaluation.of(everybody):
        half = "" if figure.days is None else f"half of them within {figure.days.median:.0f} days"
        print(f"  {figure.measure.label.en:<24}{figure.number:>5}   {half}".rstrip())


def _family(desk: Desk, year: Year) -> None:
    found = [it for it in desk.cases.values() if it.house.children and _kept(year.cases[it.key])]
    if not found:
        return
    case = min(found, key=lambda it: (year.cases[it.key].history[0].happened, it.house.tenancy))
    print("\nOne family, as the GGD knows it (the landlord hears the part that is marked)")
    for event in year.cases[case.key].history:
        mark = ">" if event.type is EventType.FEEDBACK_GIVEN else " "
        print(f"  {event.happened} {mark} {_line(event)}")
    print("  what the landlord has in his next screening:")
    for fact in case.house.facts:
        until = "" if fact.until is None else f" until {fact.until}"
        print(f"    {fact.name} {fact.value} from {fact.from_}{until}")


def _line(event: Event) -> str:
    shown = (
        "kind",
        "reached",
        "until",
        "helper",
        "decision",
        "cents",
        "monthly_cents",
        "last",
        "result",
    )
    data = ", ".join(f"{it} {event.data[it]}" for it in shown if event.data.get(it) is not None)
    return f"{EVENTS[event.type].label.en}{f': {data}' if data else ''} ({event.by})"


def _kept(case: CaseState) -> bool:
    return case.phase is Phase.CLOSED and case.first(EventType.PLAN_COMPLETED) is not None


def _first_reached(case: CaseState) -> Event | None:
    return next((it for it in case.all(EventType.ATTEMPT) if it.data.get("reached")), None)


def _accepted(cases: Iterable[CaseState]) -> int:
    return sum(case.accepted is not None for case in cases)


def _count(cases: Iterable[CaseState], kind: EventType) -> int:
    return sum(len(case.all(kind)) for case in cases)


def _table(heading: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    texts = [[str(it) for it in row] for row in (heading, *rows)]
    widths = [max(len(row[n]) for row in texts) for n in range(len(heading))]
    is_text = [isinstance(it, str) for it in rows[0]]
    for row in texts:
        cells = (
            cell.ljust(width) if left else cell.rjust(width)
            for cell, width, left in zip(row, widths, is_text, strict=True)
        )
        print("  ".join(cells).rstrip())
