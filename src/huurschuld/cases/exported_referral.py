"""The referral (melding) of a case in an export, if it is in the same database as the case.

A case and its referral have one key. What the landlord decided by, what he sent and to whom is held of
the person as well. The name of who confirmed it is that of staff, and is left out.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

from huurschuld.cases.contact import ContactKind
from huurschuld.model.json_text import parse_json
from huurschuld.model.referral import ContactDetails
from huurschuld.referrals.changing import OF, Row, read_events, read_referrals
from huurschuld.referrals.replaying import LoggedDecision, logged_decision, reasons_of
from huurschuld.storage.chains import StoredCase

_AS_THEY_ARE: Final = (
    "tenancy",
    "day",
    "arrears_cents",
    "policy",
    "state",
    "since",
    "receiver",
    "confirmed_at",
    "receipt",
)


def referral_held(connection: Connection, found: StoredCase) -> dict[str, Any] | None:
    """Return what is held of the person with the referral of a case; None if it is not here.

    Raises:
        NotAsWritten: it is not as it was written.
    """
    rows = read_referrals(connection, OF.key == found.key)
    if not rows:
        return None
    row, decision = rows[0], logged_decision(connection, found)
    return {
        **{name: row[name] for name in _AS_THEY_ARE},
        "contact": _contact(row),
        "decision": None if decision is None else _decision(decision),
        "steps": [
            {"at": it.at, "what": it.what, "outcome": it.outcome, "reason": it.reason}
            for it in read_events(connection, found.key)
        ],
    }


def _contact(row: Row) -> object:
    if row["contact"] is None:
        return None
    values: Any = parse_json(row["contact"])
    return ContactKind().to_json(ContactDetails(**values))


def _decision(logged: LoggedDecision) -> dict[str, Any]:
    """Return the decision as it was kept, and why; of a forgotten person neither can be read."""
    reasons = reasons_of(logged)
    return {
        "at": logged.at.isoformat(),
        "document": None if logged.document is None else dict(logged.document),
        "reasons": None if reasons is None else dict(reasons),
    }
