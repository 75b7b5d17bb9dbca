"""The outbox: from the advice to refer, through a person's confirmation, to the receiver's acceptance.

::

    with open_outbox("referrals.sqlite") as outbox:
        propose(outbox, decisions, batch="2026-10")
        confirm(outbox, batch="2026-10", by="J. Jansen", contacts=register, receiver="meldpunt")
        send(outbox, channel, "meldpunt")

| module | holds |
|---|---|
| `states` | the states of a referral, which may follow which, and the one place where a state changes |
| `store` | the file: SQLite, durable first |
| `seals` | the digest of each row, so that a damaged one is never used |
| `schema` | the tables: made, brought up from an older version, checked whole |
| `recalling` | what was confirmed and may no longer be right: a person decides anew |
| `proposing` | what the rules advise to refer |
| `steps` | what persons decide: confirm, withdraw, resume, waive a look, settle a doubt, forget |
| `retries` | the retry rule of sending: how often, after which waits, and what is doubtful |
| `sending` | a run of the sender, which follows that rule |
| `reading` | lists, history, the signals for the next screening, what exporters get |
| `records`, `errors` | what these functions return, and what they raise |
"""

from typing import TYPE_CHECKING

from huurschuld.former_names import renamed
from huurschuld.referrals.errors import (
    NoOutbox,
    OutboxBusy,
    OutboxDamaged,
    OutboxError,
    OutboxExists,
    OutboxFailed,
    WrongState,
)
from huurschuld.referrals.proposing import propose
from huurschuld.referrals.reading import history, listing, receipt, referral, sent, signals
from huurschuld.referrals.recalling import Screening
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
from huurschuld.referrals.sending import send
from huurschuld.referrals.states import EventType, State, Verdict
from huurschuld.referrals.steps import confirm, decide_doubt, forget, resume, waive, withdraw
from huurschuld.referrals.store import Outbox, create_outbox, open_outbox

__all__ = [
    "Confirmed",
    "Event",
    "EventType",
    "LeftOut",
    "Listed",
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
    "forget",
    "history",
    "listing",
    "open_outbox",
    "propose",
    "receipt",
    "referral",
    "resume",
    "send",
    "sent",
    "signals",
    "waive",
    "withdraw",
]

if not TYPE_CHECKING:
    __getattr__ = renamed(__name__, {"Happening": "EventType", "Why": "SkipReason"})
