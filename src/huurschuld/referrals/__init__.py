"""The outbox: from an advice to refer to a referral that a person confirmed and the receiver accepted.

::

    with open_outbox("referrals.sqlite") as outbox:
        propose(outbox, decisions, batch="2026-10")
        confirm(outbox, batch="2026-10", by="J. Jansen", contacts=register, receiver="meldpunt")
        send(outbox, channel, "meldpunt")

| module | holds |
|---|---|
| `states` | the states of a referral, and which may follow which |
| `store` | the file: SQLite, durable first |
| `changing` | the one way in which a referral changes its state |
| `proposing`, `confirming` | what the rules advise, and what persons decide |
| `sending`, `attempting` | a run of the sender, and one attempt in it |
| `reading` | lists, history, the signals for the next screening, what exporters get |
| `forgetting` | retention |
| `records`, `errors` | what is told, and what may be wrong |
"""

from huurschuld.referrals.confirming import confirm, decide_doubt, withdraw
from huurschuld.referrals.errors import (
    NoOutbox,
    OutboxBusy,
    OutboxError,
    OutboxExists,
    OutboxFailed,
    WrongState,
)
from huurschuld.referrals.forgetting import forget
from huurschuld.referrals.proposing import propose
from huurschuld.referrals.reading import history, listing, receipt, referral, sent, signals
from huurschuld.referrals.records import (
    Confirmed,
    Event,
    LeftOut,
    Listed,
    NotConfirmed,
    Proposed,
    Sent,
    Why,
)
from huurschuld.referrals.sending import Pacing, send
from huurschuld.referrals.states import Happening, State, Verdict
from huurschuld.referrals.store import Outbox, create_outbox, open_outbox

__all__ = [
    "Confirmed",
    "Event",
    "Happening",
    "LeftOut",
    "Listed",
    "NoOutbox",
    "NotConfirmed",
    "Outbox",
    "OutboxBusy",
    "OutboxError",
    "OutboxExists",
    "OutboxFailed",
    "Pacing",
    "Proposed",
    "Sent",
    "State",
    "Verdict",
    "Why",
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
    "send",
    "sent",
    "signals",
    "withdraw",
]
