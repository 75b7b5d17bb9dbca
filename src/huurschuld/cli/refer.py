"""From an advice to a referral: propose, confirm, send, and what may follow.

Nothing is sent that a person has not confirmed, and contact details are fetched only then.
"""

from __future__ import annotations

import csv
import json
import logging
import sys
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
    assumptions_of,
    day_of,
    parameters_of,
    policy_of,
)
from huurschuld.cli.refer_keys import BatchOption, KeyArgument, KeysArgument, whole_key, whole_keys
from huurschuld.cli.session import ConfigOption, OutboxOption, session
from huurschuld.cli.terminal import bar, console, notify, write
from huurschuld.decisions.words import euros
from huurschuld.plugins.host import Kind
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.referrals import Listed, Pacing, State, Verdict
from huurschuld.referrals.proposing import check_day
from huurschuld.referrals.states import OPEN_STATES
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
ReceiverOption = Annotated[
    str | None,
    typer.Option(
        "--receiver", metavar="NAME", help="The channel; without it the only one that is configured."
    ),
]


@app.command()
def begin(outbox: OutboxOption = None, config: ConfigOption = None) -> None:
    """Create the outbox: the file in which referrals are kept. Do this once, at the start."""
    with session(config, outbox=outbox, reporting=False) as it:
        path = it.outbox_file()
        referrals.create_outbox(path).close()
    write(f"{path} is created; it has no referrals yet\n")


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
        with bar() as shown:
            task = shown.add_task("opening", total=None)
            found = screen_ledger(
                it.ledger(ledger, folder),
                rules,
                day,
                parameters_of(rules, set_),
                assume=assumptions_of(assume),
                step=lambda what: shown.update(task, description=what),
            )
        advised = [decision for decision in found.decisions if decision.advice is Advice.REFER]
        made = referrals.propose(box, advised, batch=batch, screened=found.tenancies, as_of=day)
        for undecided in found.undecided:
            notify(f"a tenancy is not decided, and not proposed: {undecided.code}")
        unknown = {row["tenancy"] for row in found.rows if row["advice"] == Advice.ASK}
        unknown |= {undecided.tenancy for undecided in found.undecided}
        gone = {one.key: one.tenancy for one in referrals.listing(box) if one.key in made.withdrawn}
    for key, tenancy in gone.items():
        if tenancy in unknown:
            notify(f"{key[:SHOWN]} is withdrawn: it is not known whether it still holds")
    for left_out in made.left_out:
        notify(f"{left_out.tenancy} is not proposed: {left_out.why}")
    write(
        f"proposed in {batch}: {len(made.keys)}; of these in place of earlier ones: "
        f"{len(made.replaced)}; earlier ones that no longer hold, withdrawn: {len(made.withdrawn)}\n"
    )
    write("Nothing is sent before a person confirms: huurschuld refer confirm\n")


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
        )
        ages = [(box.today() - one.day).days for one in referrals.listing(box) if one.key in done.keys]
    for failed in done.failed:
        notify(f"{failed.key} is not confirmed: {failed.error}")
    write(f"confirmed by {by}, to be sent to {channel}: {len(done.keys)}\n")
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
    if done.failed:
        raise typer.Exit(1)


@app.command()
def withdraw(
    by: ByOption,
    keys: KeysArgument = None,
    batch: BatchOption = None,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Withdraw referrals that are proposed or confirmed: they do not go out."""
    with session(config, outbox=outbox) as it, it.open_outbox() as box:
        gone = referrals.withdraw(box, whole_keys(box, keys), batch=batch, by=by)
    write(f"withdrawn by {by}: {len(gone)}\n")


@app.command()
def send(
    receiver: ReceiverOption = None,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, help="How many rounds to make over what is left.")
    ] = 4,
    outbox: OutboxOption = None,
    config: ConfigOption = None,
) -> None:
    """Send what is confirmed, each at least once, by its key; exit with 1 if something is left."""
    with session(config, outbox=outbox) as it, it.open_outbox() as box:
        name = it.only(Kind.CHANNEL, receiver, "--receiver")
        logging.getLogger("stamina").addHandler(logging.NullHandler())  # this command reports it itself
        with bar() as shown:
            shown.add_task("sending", total=None)
            sent = referrals.send(box, it.open(Kind.CHANNEL, name), name, pacing=Pacing(rounds=rounds))
        in_hand = [one for one in referrals.listing(box) if one.state in OPEN_STATES]
    left = [one for one in in_hand if one.receiver == name]
    others = sorted({one.receiver or "" for one in in_hand} - {name})
    write(f"{name}: accepted {len(sent.accepted)}   refused {len(sent.refused)}   left {len(left)}\n")
    for key in sent.refused:
        notify(f"{key[:SHOWN]} was refused; see: huurschuld refer history {key[:SHOWN]}")
    for one in left:
        notify(f"{one.key[:SHOWN]} {_LEFT[one.state].format(name=name, key=one.key[:SHOWN])}")
    if others:
        notify(f"waiting for other receivers, to be sent with --receiver: {', '.join(others)}")
    if sent.refused or left or others:
        raise typer.Exit(1)


_LEFT: Final = {
    State.CONFIRMED: "was certainly not delivered; send again later",
    State.SENDING: "is not known to have arrived; send again later",
    State.DOUBTFUL: (
        "may or may not have arrived: ask {name}, then huurschuld refer settle {key} --by NAME "
        "--verdict accepted|send-again|withdrawn"
    ),
}


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
            writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(map(_document, found))


@app.command()
def history(key: KeyArgument, outbox: OutboxOption = None, config: ConfigOption = None) -> None:
    """Show what happened to one referral, and when."""
    with session(config, outbox=outbox, reporting=False) as it, it.open_outbox() as box:
        events = referrals.history(box, whole_key(box, key))
    show_history(console(), events)


@app.command()
def show(key: KeyArgument, outbox: OutboxOption = None, config: ConfigOption = None) -> None:
    """Show what is or was sent for one referral: the contact details and the amount."""
    with session(config, outbox=outbox, reporting=False) as it, it.open_outbox() as box:
        found = referrals.referral(box, whole_key(box, key))
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
    write(f"{key}: {verdict}, by {by}\n")


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
    write(f"forgotten: {len(gone)}; they are no longer signals, and in no report\n")


def _document(one: Listed) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in attrs.asdict(one).items()
    }
