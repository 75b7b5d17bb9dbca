"""Receipts that were changed: with the key of the decision, none that says anything else is replayed."""

from __future__ import annotations

import functools
import json
import random
from typing import Any, Final

import mutations
from torture.attack import Attack, Finding, chance, unexpected
from torture.changing import changed_bytes, changed_value
from torture.parser import as_json

from huurschuld import (
    Decision,
    HuurschuldError,
    Tenancy,
    decide,
    dump_receipts,
    load_receipts,
    parse_case,
    policy_of_case,
    replay,
)

_KEY: Final = b"a key of the bench alone"
_MADE: Final = 8


@functools.cache
def _made() -> list[tuple[Tenancy, Decision, Any]]:
    """Some decisions with their receipts, as what their JSON holds; whole, and short."""
    rng = random.Random(1)
    found = []
    for _ in range(_MADE):
        case = parse_case(as_json(mutations.valid_case(rng)))
        policy = policy_of_case(case)
        made = decide(case.tenancy, policy, case.as_of, case.parameters, "reference", key=_KEY)
        for policies in (True, False):
            text = dump_receipts([made.receipt], policies=policies)
            found.append((case.tenancy, made, json.loads(text)))
    return found


def forge(number: int, seed: int) -> Finding | None:
    """Change one receipt, or take that of another decision, and replay it."""
    rng = chance("forgeries", number, seed)
    tenancy, made, document = rng.choice(_made())
    if rng.random() < 0.1:
        document = rng.choice(_made())[2]
    data = as_json(changed_value(document, rng) if rng.random() < 0.8 else document)
    data = changed_bytes(data, rng) if rng.random() < 0.2 else data
    try:
        receipts = load_receipts(data, [it.receipt.policy for _, it, _ in _made()])
        decided = [replay(it, tenancy, "reference", key=_KEY) for it in receipts]
    except HuurschuldError as error:
        return unexpected(error)
    if any(it.to_json() != made.to_json() for it in decided):
        return Finding("a forged receipt is replayed", data[:3_000].decode(errors="replace"))
    return None


ATTACKS: Final = (
    Attack(
        "forgeries",
        "a receipt that was changed is refused by whoever has the key, or says the same",
        forge,
        weight=0.7,
        short=100,
        seconds=5,
    ),
)
