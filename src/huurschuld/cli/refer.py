"""From an advice to a referral: propose, confirm, send, and what may follow.

Nothing is sent that a person has not confirmed, and contact details are fetched only then.
"""

from __future__ import annotations

import getpass
import json
from typing import Annotated, Any, Final

import attrs
import typer

from huurschuld import referrals
from huurschuld.cli.display_referrals import SHOWN, show_history, show_referrals
from huurschuld.cli.options import (
    AssumeOption,
    DayOption,
    FolderArgument,
    LedgerOption,
    PolicyOption,
    SetOption,
    TableFormat,
    day_of,
    policy_of,
)
from huurschuld.cli.refer_keys import (
    BatchOption,
    KeyArgument,
    KeysArgument,
    ReceiverOption,
    whole_key,
    whole_keys,
)
from huurschuld.cli.refer_replaying import replay
from huurschuld.cli.refer_screening import named, notify_recalled, repeat_days, screened
from huurschuld.cli.refer_sending import send
from huurschuld.cli.session import ConfigOption, OutboxOption, session
from huurschuld.cli.terminal import console, notify, printable, say, write
from huurschuld.decisions.words import euros
from huurschuld.plugins.host import Kind
from huurschuld.portfolio.csv_writing import csv_text
from huurschuld.referrals import Listed, Screening, State, Verdict
from huurschuld.referrals.proposing import check_day
from huurschuld.rules.advice import Advice

app = typer.Typer(
    name="refer",
    add_completion=False,
    rich_markup_mode="markdown",
    help="Refer: propose, confirm and send. A person confirms each; nothing else is sent.",
)

_OLD: Final = 30
"""Days after which an amount has probably changed, as the next rent fell due."""

ByOption = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who decides: the name of a person.")
]


@app.command()
def begin(outbox: OutboxOption = None, config: ConfigOption = None) -> None:
    """Create the outbox: the file in which referrals are kept. Do this once, at the start."""
    with session(config, outbox=outbox, reporting=False) as it:
        place = it.outbox_place()
        with referrals.create_outbox(place) as box:
            name = box.name if isinstance(place, str) else place  # not how to log in
    say(f"{name} is created; it has no referrals yet\n")


@app.command()
def propose(
    policy: PolicyOption,
    as_of: DayOption,
    batch: Annotated[
        str, typer.Option("--batch", metavar="NAME", help="A name for these proposals together.")
    ],
    folder: FolderArgument = None,
    set_: SetOption = None,
    assume: AssumeOption = None,
    ledger: LedgerOption = None,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Screen, and propose whom the rules advise to refer; withdraw proposals that no longer hold."""
    with session(config, outbox=outbox) as it, it.open_outbox() as box:
        rules, day = policy_of(it.host, policy), day_of(as_of)
        check_day(box, day)  # before the screening, which may take a while
        found = screened(it, box, rules, day, ledger=ledger, folder=folder, set_=set_, assume=assume)
        advised = [decision for decision in found.decisions if decision.advice is Advice.REFER]
        others = Screening.of(found, day).others
        made = referrals.propose(box, advised, batch=batch, screened=others, as_of=day)
        for undecided in found.undecided:
            notify(f"a tenancy is not decided, and not proposed: {undecided.code}")
        unknown = {row["tenancy"] for row in found.rows if row["advice"] == Advice.ASK}
        unknown |= {undecided.tenancy for undecided in found.undecided}
        listed = {one.key: one for one in referrals.listing(box)}
        notify_recalled(listed.values(), made.recalled)
    for key in made.withdrawn:
        if listed[key].tenancy in unknown:
            notify(f"{key[:SHOWN]} is withdrawn: it is not known whether it still holds")
    for left_out in made.left_out:
        notify(f"{left_out.tenancy} is not proposed: {left_out.why}")
    say(
        f"proposed in {batch}: {len(made.keys)}; of these in place of earlier ones: "
        f"{len(made.replaced)}; earlier ones that no longer hold, withdrawn: {len(made.withdrawn)}"
        f"{f'; confirmed ones, recalled: {len(made.recalled)}' if made.recalled else ''}\n"
    )
    say("Nothing is sent before a person confirms: huurschuld refer confirm\n")
    if made.recalled:
        raise typer.Exit(1)


@app.command()
def confirm(
    by: ByOption,
    keys: KeysArgument = None,
    batch: BatchOption = None,
    contacts: Annotated[
        str | None,
        typer.Option(
            "--contacts", metavar="NAME", help="Where names and addresses come from; see --config."
        ),
    ] = None,
    receiver: ReceiverOption = None,
    within_days: Annotated[
        int | None,
        typer.Option(
            "--within-days",
            min=0,
            help="For how long another referral with one name and address is a second one.",
        ),
    ] = None,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Confirm proposals, each of which you have looked at; only now contact details are fetched."""
    with session(config, outbox=outbox) as it, it.open_outbox() as box:
        channel = it.only(Kind.CHANNEL, receiver, "--receiver")
        it.open(Kind.CHANNEL, channel)  # an unknown channel would never send them
        source = it.only(Kind.CONTACT_SOURCE, contacts, "--contacts")
        done = referrals.confirm(
            box,
            whole_keys(box, keys),
            batch=batch,
            by=by,
            contacts=it.open(Kind.CONTACT_SOURCE, source),
            receiver=channel,
            within_days=repeat_days(it.host, box) if within_days is None else within_days,
        )
        listed = {one.key: one for one in referrals.listing(box)}
        ages = [(box.today() - listed[key].day).days for key in done.keys]
        notify_recalled(listed.values(), done.recalled)
    for failed in done.failed:
        notify(f"{named(listed[failed.key])} is not confirmed: {failed.error}")
    for one in (listed[key] for key in done.earlier):
        notify(
            f"{named(one)} was confirmed before, by {one.confirmed_by} at "
            f"{one.confirmed_at:%Y-%m-%d %H:%M} UTC; it is {one.state}"
        )
    say(f"confirmed by {by}, to be sent to {channel}: {len(done.keys) - len(done.recalled)}\n")
    for key in done.keys:
        if key not in done.recalled:
            write(f"  {key[:SHOWN]} {printable(listed[key].tenancy or '')}\n")
    for group in done.one_address:
        notify(
            f"{', '.join(key[:SHOWN] for key in group)} have one address: look whether they are one "
            "household, such as a home and its garage; what is not to go out: huurschuld refer withdraw"
        )
    old = [age for age in ages if age > _OLD]
    if old:
        notify(
            f"of these, of a day more than {_OLD} days ago: {len(old)}, the oldest {max(old)} days; "
            "withdraw those that may have been paid since, and propose again"
        )
    if done.failed or done.recalled:
        raise typer.Exit(1)


@app.command()
def withdraw(
    by: ByOption,
    keys: KeysArgument = None,
    batch: BatchOption = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why; nothing about the tenant.")
    ] = None,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Withdraw referrals that are proposed, confirmed or recalled: they do not go out."""
    with session(config, outbox=outbox) as it, it.open_outbox() as box:
        gone = referrals.withdraw(box, whole_keys(box, keys), batch=batch, by=by, reason=reason)
    say(f"withdrawn by {by}: {len(gone)}\n")


@app.command()
def resume(
    by: ByOption,
    keys: Annotated[
        list[str], typer.Argument(metavar="KEY...", help="Recalled referrals, by their keys.")
    ],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why they are to be sent all the same.")
    ],
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Send recalled referrals all the same, by your name and with a reason."""
    with session(config, outbox=outbox, reporting=False) as it, it.open_outbox() as box:
        resumed = referrals.resume(box, whole_keys(box, keys) or (), by=by, reason=reason)
    say(f"resumed by {by}, to be sent: {len(resumed)}\n")


app.command()(send)
app.command()(replay)


@app.command("list")
def list_(
    state: Annotated[State | None, typer.Option("--state", help="Only those in this state.")] = None,
    output: Annotated[
        TableFormat, typer.Option("--format", help="table, json or csv.")
    ] = TableFormat.TABLE,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """List the referrals and where each is; without contact details."""
    with session(config, outbox=outbox, reporting=False) as it, it.open_outbox() as box:
        found = [one for one in referrals.listing(box) if state is None or one.state is state]
    match output:
        case TableFormat.TABLE:
            show_referrals(console(), found)
        case TableFormat.JSON:
            documents = [_document(one) for one in found]
            write(json.dumps(documents, ensure_ascii=False, indent=1) + "\n")
        case TableFormat.CSV:
            names = [field.name for field in attrs.fields(Listed)]
            write(csv_text(names, (list(_document(one).values()) for one in found)))


@app.command()
def history(key: KeyArgument, outbox: OutboxOption = None, config: ConfigOption = None) -> None:
    """Show what happened to one referral, and when."""
    with session(config, outbox=outbox, reporting=False) as it, it.open_outbox() as box:
        events = referrals.history(box, whole_key(box, key))
    show_history(console(), events)


@app.command()
def show(
    key: KeyArgument,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", help="Who looks; by default the login on this machine."),
    ] = None,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Show what is or was sent for one referral; that you looked is recorded."""
    with session(config, outbox=outbox, reporting=False) as it, it.open_outbox() as box:
        found = referrals.look(box, whole_key(box, key), by=by or getpass.getuser())
    document = {**attrs.asdict(found.contact), "amount": euros(found.arrears_cents, "en")}
    known = {name: value for name, value in document.items() if value is not None}
    write(json.dumps(known, ensure_ascii=False, indent=1) + "\n")


@app.command()
def settle(
    key: KeyArgument,
    by: ByOption,
    verdict: Annotated[Verdict, typer.Option("--verdict", help="What you have found out, or decide.")],
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Settle a doubtful referral, once you have asked the receiver about it."""
    with session(config, outbox=outbox, reporting=False) as it, it.open_outbox() as box:
        referrals.decide_doubt(box, whole_key(box, key), by=by, verdict=verdict)
    say(f"{key}: {verdict}, by {by}\n")


@app.command()
def forget(
    before: Annotated[
        str,
        typer.Option(
            "--before", metavar="YYYY-MM-DD", help="The first day of which nothing is forgotten."
        ),
    ],
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Forget whom settled referrals were about; you settle how long to keep them."""
    with session(config, outbox=outbox, reporting=False) as it, it.open_outbox() as box:
        gone = referrals.forget(box, day_of(before, "--before"))
    say(f"forgotten: {len(gone)}; they are no longer signals, and in no report\n")


def _document(one: Listed) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in attrs.asdict(one).items()
    }
