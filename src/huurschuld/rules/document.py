"""Policies as documents: canonical JSON, and the hash by which a policy is kept and found.

`policy_reading` reads them again, unchanged.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from typing import Final

from huurschuld.model.json_text import canonical_json
from huurschuld.rules.clauses import Clause, Hold
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.own_facts import GivenFact, OwnFact
from huurschuld.rules.parameters import Dated, Unit, written
from huurschuld.rules.policy import Policy
from huurschuld.rules.rungs import CLAUSES
from huurschuld.rules.sources import Phrase, Source

FORMAT: Final = "huurschuld-policy/2"


def policy_document(policy: Policy) -> dict[str, object]:
    """Return the JSON object of a policy."""
    document: dict[str, object] = {
        "format": FORMAT,
        "name": policy.name,
        "title": _phrase_document(policy.title),
        "in_force": _kept({"from": policy.in_force.since, "until": policy.in_force.until}),
        "crisis": _clause_document(policy.crisis),
        "family": _clause_document(policy.family),
        "holds": [
            {"name": hold.name, "stops": hold.stops, **_clause_document(hold)} for hold in policy.holds
        ],
        **{
            rung.name: [_clause_document(clause) for clause in policy.clauses(rung)]
            for rung in CLAUSES
            if policy.clauses(rung)
        },
        "parameters": {
            parameter.name: {
                "unit": str(parameter.unit),
                "values": [_dated_document(dated, parameter.unit) for dated in parameter.values],
            }
            for parameter in policy.parameters
        },
    }
    if policy.facts:
        document["facts"] = [_fact_document(fact) for fact in policy.facts]
    if policy.children_decide is not None:
        document["children_decide"] = policy.children_decide
    return document


@lru_cache(maxsize=256)
def canonical_policy(policy: Policy) -> str:
    """Return the one text of a policy: canonical JSON, which `read_policy` reads."""
    return canonical_json(policy_document(policy))


@lru_cache(maxsize=256)
def policy_hash(policy: Policy) -> str:
    """Return the SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_policy(policy).encode()).hexdigest()


def _kept(members: dict[str, dt.date | str | None]) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in members.items()
        if value is not None
    }


def _phrase_document(phrase: Phrase) -> dict[str, object]:
    return {"nl": phrase.nl, "en": phrase.en}


def source_document(source: Source) -> dict[str, object]:
    """Return the JSON object of a source."""
    return {
        "kind": str(source.kind),
        "note": _phrase_document(source.note),
        **_kept({"title": source.title, "dated": source.dated, "url": source.url}),
    }


def _clause_document(clause: Clause | Hold) -> dict[str, object]:
    return {"when": text(clause.when), "source": source_document(clause.source)}


def _fact_document(fact: OwnFact) -> dict[str, object]:
    named = {
        "name": fact.name,
        "label": _phrase_document(fact.label),
        "source": source_document(fact.source),
    }
    if isinstance(fact, GivenFact):
        unit = {"unit": "flag" if fact.unit is None else str(fact.unit)}
        return {**named, **unit, **({} if fact.default is None else {"default": fact.default})}
    counted = {
        "channels": list(fact.channels),
        "are": list(fact.are),
        "within_days": fact.within_days,
    }
    return {**named, "counted": {name: it for name, it in counted.items() if it not in ([], None)}}


def _dated_document(dated: Dated, unit: Unit) -> dict[str, object]:
    return {
        "value": written(dated.value, unit),
        "source": source_document(dated.source),
        **_kept({"from": dated.since, "until": dated.until}),
    }
