"""Parsers of documents: cases, policies, configurations, receipts, messages of plugins."""

from __future__ import annotations

import datetime as dt
import functools
import json
import random
from pathlib import Path
from typing import Any, Final

import mutations
from attrs import evolve
from plugins_on_disk import WHO
from torture.attack import CANARY
from torture.changing import changed_bytes, changed_value
from torture.parser import Parser, as_json, changed_document

from huurschuld import (
    Cell,
    Policy,
    Tenancy,
    decide,
    dump_case,
    dump_receipts,
    load_policy,
    load_receipts,
    parse_case,
    policies,
    policy_of_case,
    read_configuration,
    read_policy,
    replay,
)
from huurschuld.analysis.conformance import conform
from huurschuld.errors import HuurschuldError
from huurschuld.model.helpers import Helper
from huurschuld.model.json_text import parse_json
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.plugins.host import Kind
from huurschuld.plugins.host.codec import NotPlain, decode, encode
from huurschuld.plugins.host.messages import (
    Failed,
    Invoke,
    Load,
    Loaded,
    Open,
    Opened,
    Provides,
    Returned,
)
from huurschuld.portfolio.files import CsvFile
from huurschuld.rules.document import policy_document

_EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
_CONFIGURATION: Final = """\
[plugins]
allow = ["erp"]
deadline_seconds = 60

[ledgers.huurboek]
use = "vera"
base = "https://vera.example.nl"
client_secret = { env = "VERA_SECRET" }
records = ["contacts", "plans"]

[enrichers.bewind]
use = "portfolio"
folder = { path = "bewind" }
gives = ["facts"]

[contact_sources.register]
file = { path = "register.csv" }

[channels.meldpunt]
use = "file-drop"
folder = { path = "inbox" }
fields = { name = "naam", amount = "bedrag" }

[outbox]
file = { path = "outbox.sqlite" }
"""


def _valid_case(rng: random.Random) -> dict[str, Any]:
    """A case of few entries, with the canary for its id."""
    while True:
        case = mutations.valid_case(rng)
        if len(case["tenancy"]["entries"]) <= 100:
            case["tenancy"]["id"] = CANARY
            return case


def _case(rng: random.Random) -> tuple[str, bytes]:
    case = _valid_case(rng)
    if rng.random() < 0.2:  # a policy of its own
        case |= {"as_of": "2026-10-20", "parameters": None}
        case["policy"] = changed_value(_own_policies()[0], rng)
    return "case.json", changed_document(case, rng)


def _read_case(_: str, data: bytes, __: Path) -> None:
    case = parse_case(data)
    decide(case.tenancy, policy_of_case(case), case.as_of, case.parameters, "reference")
    assert parse_case(dump_case(case)) == case, "a case that was read is not written as it was"


def _cases(rng: random.Random) -> tuple[str, bytes]:
    return "cases.jsonl", b"\n".join(_case(rng)[1] for _ in range(2))


def _conform(name: str, data: bytes, folder: Path) -> None:
    (folder / name).write_bytes(data)
    for result in conform(folder / name, "reference"):
        json.dumps(result.document())


@functools.cache
def _own_policies() -> list[dict[str, Any]]:
    """The policies as documents, those of the examples first, with what they extend."""
    own = [load_policy(_EXAMPLES / f"{name}.toml") for name in ("gemeente", "guardianship")]
    return [json.loads(as_json(policy_document(it))) for it in (*own, *policies().values())]


def _policy(rng: random.Random) -> tuple[str, bytes]:
    if rng.random() < 0.5:
        return "policy.json", changed_document(rng.choice(_own_policies()), rng)
    name = rng.choice(("gemeente.toml", "guardianship.toml"))
    return name, changed_bytes((_EXAMPLES / name).read_bytes(), rng)


def _read_policy(name: str, data: bytes, folder: Path) -> None:
    if name.endswith(".json"):
        policy = read_policy(parse_json(data))
    else:
        (folder / name).write_bytes(data)
        policy = load_policy(folder / name)
    policy_document(policy)


def _configuration(rng: random.Random) -> tuple[str, bytes]:
    return "huurschuld.toml", changed_bytes(_CONFIGURATION.encode(), rng)


def _read_configuration(name: str, data: bytes, folder: Path) -> None:
    (folder / name).write_bytes(data)
    assert CANARY not in repr(read_configuration(folder / name, {"VERA_SECRET": CANARY}))


@functools.cache
def _receipts() -> tuple[Tenancy, Policy, list[Any]]:
    rng = random.Random(1)
    case = parse_case(as_json(_valid_case(rng)))
    policy = policy_of_case(case)
    made = [
        decide(case.tenancy, policy, case.as_of, case.parameters, "reference", key=key).receipt
        for key in (None, b"a key of the tests alone")
    ]
    texts = [dump_receipts(made, policies=policies) for policies in (True, False)]
    return case.tenancy, policy, [json.loads(it) for it in texts]


def _receipt(rng: random.Random) -> tuple[str, bytes]:
    return "receipts.json", changed_document(rng.choice(_receipts()[2]), rng)


def _read_receipts(_: str, data: bytes, __: Path) -> None:
    for receipt in load_receipts(data, [_receipts()[1]]):
        decided = replay(evolve(receipt, input=None), _receipts()[0], "reference")
        decided.to_json()


_MESSAGES: Final = (
    Load("erp", "erp_plugin"),
    Open(Kind.LEDGER, "erp", {"folder": "x", "since": dt.date(2026, 1, 1), "rate": 0.5}),
    Invoke(1, "send", (Referral(contact=WHO, arrears_cents=127_000), "0" * 32)),
    Loaded((Provides(Kind.CHANNEL, "desk"),), ("{}",), {"ledger": "kit"}),
    Opened(1, ("status",)),
    Returned({"tenancies": CsvFile(Path("tenancies.csv"))}),
    Returned(Delivery(outcome=Outcome.ACCEPTED, reason="status 200", receipt="thanks")),
    Returned((WHO, Helper(name="BIP", needs=("debts",)), b"report", {"a"}, dt.time(12), None, True)),
    Returned(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
    Failed(
        "invalid-value", Cell("rents.csv", 3, "cents"), "a whole number is expected", "", of_input=True
    ),
)


def _message(rng: random.Random) -> tuple[str, bytes]:
    data = encode(rng.choice(_MESSAGES))
    if rng.random() < 0.6:
        return "message", as_json(changed_value(json.loads(data), rng))
    return "message", changed_bytes(data, rng)


def _decode(_: str, data: bytes, __: Path) -> None:
    try:
        found = decode(data)
    except NotPlain:
        return
    if isinstance(found, Failed):
        assert isinstance(found.error("erp"), HuurschuldError)
    try:
        again = encode(found)
    except NotPlain:  # such as a name that UTF-8 has no bytes for
        return
    assert encode(decode(again)) == again, "a message that was read is not written as it was"


PARSERS: Final = (
    Parser("cases", _case, _read_case, 2, 150),
    Parser("conformance", _cases, _conform, 0.4),
    Parser("policies", _policy, _read_policy, 1.5, 100),
    Parser("configuration", _configuration, _read_configuration, 0.6, 100),
    Parser("receipts", _receipt, _read_receipts, 1, 100),
    Parser("messages", _message, _decode, 0.3, 200),
)
