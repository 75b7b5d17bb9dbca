"""The outbox: from the advice to refer, through a person's confirmation, to the receiver's acceptance.

::

    with open_outbox("referrals.sqlite") as outbox:
        propose(outbox, decisions, batch="2026-10")
        confirm(outbox, batch="2026-10", by="J. Jansen", contacts=register, receiver="meldpunt")
        send(outbox, channel, "meldpunt")

| module | holds |
|---|---|
| `states` | the states of a referral, and which may follow which |
| `store`, `places` | an open outbox: an SQLite file, or a PostgreSQL; durable first |
| `opening`, `adopting` | making one, opening one; taking over a file of an earlier release |
| `changing` | a transaction, the one place where a state changes, and its entries of the log |
| `recalling` | what was confirmed and may no longer be right: a person decides anew |
| `proposing`, `watched` | what the rules advise to refer, and what a step of watching newly does |
| `steps` | what persons decide: confirm, withdraw, resume, waive a look, settle a doubt, forget |
| `retries` | the retry rule of sending: how often, after which waits, and what is doubtful |
| `sending` | a run of the sender, which follows that rule |
| `replaying` | what a proposal was decided by, and deciding it again |
| `reading` | lists, history, the signals for the next screening, what exporters get |
| `records`, `errors` | what these functions return, and what they raise |

The tables, the log and the database are those of `huurschuld.storage`, as for the cases after it. What
needs a database needs the extra `cases`, and is imported on its first use.
"""

from typing import TYPE_CHECKING

from huurschuld.former_names import renamed
from huurschuld.portfolio.extras import import_extra
from huurschuld.referrals.errors import (
    NoOutbox,
    OutboxBusy,
    OutboxDamaged,
    OutboxError,
    OutboxExists,
    OutboxFailed,
    WrongState,
)
from huurschuld.referrals.records import (
    Confirmed,
    Event,
    LeftOut,
    Listed,
    NotConfirmed,
    Proposed,
    Sent,
    SkipReason,
)
from huurschuld.referrals.retries import Pacing
from huurschuld.referrals.states import EventType, State, Verdict

if TYPE_CHECKING:
    from huurschuld.referrals.opening import create_outbox, open_outbox
    from huurschuld.referrals.proposing import propose
    from huurschuld.referrals.reading import history, listing, receipt, referral, sent, signals
    from huurschuld.referrals.recalling import Screening
    from huurschuld.referrals.replaying import LoggedDecision, decision_of, replay_decision
    from huurschuld.referrals.sending import send
    from huurschuld.referrals.steps import confirm, decide_doubt, forget, look, resume, waive, withdraw
    from huurschuld.referrals.store import Outbox
    from huurschuld.referrals.watched import propose_changes

__all__ = [
    "Confirmed",
    "Event",
    "EventType",
    "LeftOut",
    "Listed",
    "LoggedDecision",
    "NoOutbox",
    "NotConfirmed",
    "Outbox",
    "OutboxBusy",
    "OutboxDamaged",
    "OutboxError",
    "OutboxExists",
    "OutboxFailed",
    "Pacing",
    "Proposed",
    "Screening",
    "Sent",
    "SkipReason",
    "State",
    "Verdict",
    "WrongState",
    "confirm",
    "create_outbox",
    "decide_doubt",
    "decision_of",
    "forget",
    "history",
    "listing",
    "look",
    "open_outbox",
    "propose",
    "propose_changes",
    "receipt",
    "referral",
    "replay_decision",
    "resume",
    "send",
    "sent",
    "signals",
    "waive",
    "withdraw",
]

_ON_USE = {
    **dict.fromkeys(("create_outbox", "open_outbox"), "opening"),
    "propose": "proposing",
    **dict.fromkeys(("history", "listing", "receipt", "referral", "sent", "signals"), "reading"),
    "Screening": "recalling",
    **dict.fromkeys(("LoggedDecision", "decision_of", "replay_decision"), "replaying"),
    "send": "sending",
    **dict.fromkeys(
        ("confirm", "decide_doubt", "forget", "look", "resume", "waive", "withdraw"), "steps"
    ),
    "Outbox": "store",
    "propose_changes": "watched",
}


def _imported(name: str) -> object:
    """Import what needs a database on first use."""
    if name not in _ON_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    problem = "an outbox needs SQLAlchemy, Alembic and cryptography"
    module = import_extra(f"{__name__}.{_ON_USE[name]}", "cases", name, problem)
    return globals().setdefault(name, getattr(module, name))


if not TYPE_CHECKING:
    __getattr__ = renamed(__name__, {"Happening": "EventType", "Why": "SkipReason"}, _imported)
