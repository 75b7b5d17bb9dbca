"""What a proposal was decided by, and deciding it again, years later, by the rules of its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, select

from huurschuld.decisions.decision import Decision, replay
from huurschuld.decisions.explaining import explain
from huurschuld.decisions.receipt import Receipt
from huurschuld.decisions.receipt_files import FORMAT, load_receipts
from huurschuld.decisions.words import Lang
from huurschuld.errors import HuurschuldError, InputChanged, InvalidValue
from huurschuld.model.json_text import canonical_json, parse_json
from huurschuld.model.tenancy import Tenancy
from huurschuld.model.values import RedactedRepr
from huurschuld.referrals.store import Outbox
from huurschuld.rules.engines.choice import EngineName, check_engine, outcome_of
from huurschuld.rules.facts import FACTS, Facts, FactType
from huurschuld.rules.parameter_reading import read_value_at
from huurschuld.rules.parameters import Unit
from huurschuld.storage.chains import StoredCase, find
from huurschuld.storage.checking import policy_of
from huurschuld.storage.connecting import NotAsWritten
from huurschuld.storage.digests import sha256
from huurschuld.storage.entries import personal_of
from huurschuld.storage.tables import POLICIES


@frozen(repr=False, kw_only=True)
class LoggedDecision(RedactedRepr):
    """The decision that a proposal was made of, as the log has it.

    Attributes:
        key: the referral.
        at: when it was proposed.
        receipt: what it was decided by, the rules as they were among it.
        document: the decision as it was, without the receipt: its facts, and the advice. It was sealed
            under the person's own key; None if the person was forgotten.
    """

    key: str
    at: dt.datetime
    receipt: Receipt
    document: Mapping[str, Any] | None


def decision_of(outbox: Outbox, key: str) -> LoggedDecision:
    """Return the decision that a proposal was made of.

    Raises:
        UnknownReference: there is no such referral.
        InvalidValue: an earlier release proposed it, which kept no receipt.
        OutboxError: it cannot be read.
    """
    outbox.row(key)
    with outbox.reading() as connection:
        logged = logged_decision(connection, find(connection, key))
    if logged is None:
        raise InvalidValue(
            key,
            "an earlier release proposed this referral, and kept no receipt of the decision",
            "decide with the policy and the day that it names",
        )
    return logged


def logged_decision(connection: Connection, found: StoredCase) -> LoggedDecision | None:
    """Return the decision that began a chain; None if an earlier release did, and kept no receipt.

    Raises:
        NotAsWritten: it is not as it was written.
    """
    proposal = found.entries[0]
    hash_ = policy_of(proposal)
    if hash_ is None:
        return None
    return LoggedDecision(
        key=found.key,
        at=dt.datetime.fromisoformat(proposal.at),
        receipt=_receipt(connection, proposal.public, hash_),
        document=_document(found),
    )


def reasons_of(logged: LoggedDecision) -> Mapping[Lang, str] | None:
    """Return why it was decided, in both languages, from the facts and the rules that were kept.

    None if the person was forgotten, or if this release cannot decide again as that one did.
    """
    if logged.document is None:
        return None
    try:
        again = _on_facts(logged.receipt, logged.document, "reference")
        return {"nl": str(explain(again, "nl")), "en": str(explain(again, "en"))}
    except HuurschuldError:
        return None


def replay_decision(
    outbox: Outbox,
    key: str,
    tenancy: Tenancy | None = None,
    *,
    engine: EngineName | None = None,
    secret: bytes | None = None,
) -> Decision:
    """Decide again as it was decided: by the rules, the values and the day of the proposal.

    Args:
        outbox: the outbox.
        key: the referral.
        tenancy: the tenancy as it was; without it the rules are applied to the facts that were kept.
        engine: as for `decide`.
        secret: the key of the receipt, if it has a hash of the input.

    Returns:
        The same decision.

    Raises:
        InputChanged: it is another one: the tenancy is not as it was then.
        InvalidValue: the person was forgotten, and no tenancy is given; or as `decision_of`.
        UnknownReference, OutboxError: as `decision_of`.
        KeyNeeded, SemanticsUnsupported, EngineUnavailable, Undecided: as `replay`.
    """
    check_engine(engine)
    logged = decision_of(outbox, key)
    if tenancy is not None:
        checked = None if logged.receipt.input is None else secret  # else the facts tell
        again = replay(logged.receipt, tenancy, engine, key=checked)
    elif logged.document is None:
        raise InvalidValue(key, "the person was forgotten, and the facts with it", "give the tenancy")
    else:
        again = _on_facts(logged.receipt, logged.document, engine)
    if logged.document is not None:
        document = again.document()
        del document["receipt"]
        if canonical_json(document) != canonical_json(logged.document):
            raise InputChanged(
                "/tenancy", "decided again it is not what was decided: it is not the tenancy as it was"
            )
    return again


def _receipt(connection: Connection, public: str, hash_: str) -> Receipt:
    policy = connection.scalar(select(POLICIES.c.document).where(POLICIES.c.hash == hash_))
    if type(policy) is not str or sha256(policy) != hash_:
        raise NotAsWritten("the rules of a decision are not as they were written")
    entry: Any = parse_json(public)
    written = {
        "format": FORMAT,
        "policies": {hash_: parse_json(policy)},
        "receipts": [entry["receipt"]],
    }
    [receipt] = load_receipts(canonical_json(written))
    return receipt


def _document(found: StoredCase) -> Mapping[str, Any] | None:
    if found.secret is None:
        return None
    personal = personal_of(found.key, found.entries[0], found.secret)
    document: Mapping[str, Any] = personal["decision"]
    return document


def _on_facts(receipt: Receipt, document: Mapping[str, Any], engine: EngineName | None) -> Decision:
    """Apply the rules to the facts as they were."""
    on_day = receipt.on_day()
    kept = dict(document["facts"])
    start = kept.pop("episode_start")
    own = document.get("own_facts", {})
    facts = Facts(
        **{name: _read(FACTS[name], value) for name, value in kept.items()},
        episode_start=None if start is None else dt.date.fromisoformat(start),
        own=tuple((it.name, _read(it.type, own[it.name])) for it in receipt.policy.facts),
    )
    outcome = outcome_of(on_day, facts, engine)
    return Decision(
        tenancy=document["tenancy"],
        advice=outcome.advice,
        priority=outcome.priority,
        facts=facts,
        hold=outcome.holds,
        unknown=outcome.unknown,
        receipt=receipt,
    )


def _read(fact: FactType, value: Any) -> Any:  # noqa: ANN401 - a number, yes or no, or unknown
    if fact.unit is Unit.MONTHS and value is not None:
        return read_value_at(fact.name, Unit.MONTHS, value, f"/facts/{fact.name}")
    return value
