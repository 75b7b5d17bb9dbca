"""Payments on the ledger, held against the plans of cases: `case follow`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from huurschuld import cases, referrals
from huurschuld.cases import EVENTS, Keeping
from huurschuld.cases.glance import SHOWN
from huurschuld.cases.rights import Right, allowed
from huurschuld.cli.case_store import CaseStoreOption, PersonOption, RoleOption, opened
from huurschuld.cli.case_values import cents_of
from huurschuld.cli.options import DayOption, FolderArgument, Lang, LangOption, LedgerOption, day_of
from huurschuld.cli.session import ConfigOption, OutboxOption, session
from huurschuld.cli.terminal import notify, printable, write
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import euros
from huurschuld.model.files import check_outputs, write_text
from huurschuld.plugins.host import Kind
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.rules.sources import Phrase

if TYPE_CHECKING:  # it needs the extra `cases`, and `--help` does not
    from huurschuld.cases import FollowedPlan

_KEEPING: Final = {
    Keeping.KEPT: Phrase("wordt nagekomen", "kept"),
    Keeping.SHORT: Phrase("loopt achter", "short"),
    Keeping.BROKEN: Phrase("gebroken", "broken"),
    Keeping.COMPLETED: Phrase("voltooid", "completed"),
}
_SHORT: Final = Phrase("te weinig betaald", "short by")
_RECORDED: Final = Phrase("vastgelegd", "recorded")
_TO_RECORD: Final = Phrase("vast te leggen, met --record", "to be recorded, with --record")
_FOLLOWED: Final = Phrase("gevolgde plannen", "plans followed")


def follow(
    as_of: DayOption,
    tolerance: Annotated[
        str, typer.Option("--tolerance", metavar="EUROS", help="How much may be short for nothing.")
    ],
    grace_days: Annotated[
        int, typer.Option("--grace-days", min=0, help="For how many days more may be short.")
    ],
    by: RoleOption,
    person: PersonOption,
    folder: FolderArgument = None,
    record: Annotated[
        bool, typer.Option("--record", help="Record what the ledger shows; else it is only listed.")
    ] = False,
    plans: Annotated[
        Path | None,
        typer.Option(
            "--plans", metavar="FILE.csv", help="Write the table `plans`, for the next screening."
        ),
    ] = None,
    ledger: LedgerOption = None,
    outbox: OutboxOption = None,
    store: CaseStoreOption = None,
    config: ConfigOption = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Follow the payments on the ledger for each case in a plan: is it kept?"""
    allowed(by, Right.OVERVIEW)
    day, cents = day_of(as_of), cents_of(tolerance, "--tolerance")
    with session(config, outbox=outbox) as it, opened(store, config) as desk:
        with it.open_outbox() as box:
            tenancies = {one.key: one.tenancy for one in referrals.listing(box)}
        if plans is not None:
            check_outputs({"--plans": plans}, [*it.read_by(*Kind), *desk.files])
        portfolio = {one.id: one for one in read_portfolio(it.ledger(ledger, folder))}
        found: list[FollowedPlan] = []
        in_plan = cases.keys_in_plan(desk.store, day, by=by)
        for key in in_plan.damaged:
            notify(f"{key[:SHOWN]} is damaged, and not followed; `huurschuld log verify` says how")
        for key in in_plan.keys:
            tenancy = portfolio.get(tenancies.get(key) or "")
            if tenancy is None:
                notify(f"{key[:SHOWN]} is in a plan, and the ledger has no such tenancy")
                continue
            looked = desk.store.look(key, by=by, person=person, purpose="following the plan")
            one = cases.follow_case(
                looked, tenancy, day, by=by, tolerance_cents=cents, grace_days=grace_days
            )
            if one is None:  # a colleague has cancelled it meanwhile
                continue
            found.append(one)
            if record:
                cases.record_plan_events(desk.store, looked, one.proposed, by=by, person=person)
            _show(one, lang, recorded=record)
        if plans is not None and in_plan.damaged:  # who is not in the table has no plan
            notify("the table of plans is not written: a damaged case may be in a plan")
        elif plans is not None:
            write_text(plans, cases.plans_table(found, by=by))
    write(f"{_FOLLOWED.to(lang)}: {len(found)}\n")
    if in_plan.damaged:
        raise typer.Exit(1)


def _show(one: FollowedPlan, lang: Lang, *, recorded: bool) -> None:
    line = f"{one.case[:SHOWN]}  {printable(one.tenancy)}  {_KEEPING[one.followed.keeping].to(lang)}"
    if one.followed.short_cents:
        line += f", {_SHORT.to(lang)} {euros(one.followed.short_cents, lang.value)}"
    write(f"{line}\n")
    if one.proposed:
        write(f"  {(_RECORDED if recorded else _TO_RECORD).to(lang)}:\n")
    for it in one.proposed:
        amount = "" if it.cents is None else f" {euros(it.cents, lang.value)}"
        write(f"    {day_text(it.happened, lang)}  {EVENTS[it.type].label.to(lang)}{amount}\n")
