"""Receipts in files: whole, with each policy kept once; or short, with their policies kept elsewhere."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from huurschuld.decisions.receipt import (
    InputHash,
    Receipt,
    check_semantics,
    read_assumptions,
)
from huurschuld.errors import (
    InputError,
    InvalidValue,
    MissingField,
    UnknownField,
    UnknownPolicy,
    pointer,
)
from huurschuld.model.json_text import parse_json
from huurschuld.model.strict_objects import StrictObject
from huurschuld.model.values import Day, refuse
from huurschuld.rules.document import policy_document, policy_hash
from huurschuld.rules.parameter_reading import read_source, read_value_at
from huurschuld.rules.parameters import Dated, Parameter
from huurschuld.rules.policies import policies as built_in
from huurschuld.rules.policy import Policy, PolicyOnDay
from huurschuld.rules.policy_reading import read_policy

FORMAT: Final = "huurschuld-receipts/1"
SHORT_FORMAT: Final = "huurschuld-short-receipts/1"
_HEX: Final = re.compile("[0-9a-f]*")
_HASH: Final = 64
_MEMBERS: Final = ("semantics", "policy", "as_of", "parameters", "assumptions", "input")


def dump_receipts(receipts: Iterable[Receipt], *, policies: bool = True) -> str:
    """Write receipts as one JSON text in which each policy is kept once, under its hash.

    Without `policies` the text only names them, by their hashes: keep `canonical_policy` of each.
    """
    kept = list(receipts)
    document: dict[str, object] = {"format": SHORT_FORMAT, "receipts": [it.short() for it in kept]}
    if policies:
        document = {
            "format": FORMAT,
            "policies": {policy_hash(it.policy): policy_document(it.policy) for it in kept},
            "receipts": [it.document() for it in kept],
        }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def load_receipts(text: str | bytes, policies: Iterable[Policy] = ()) -> list[Receipt]:
    """Read the receipts of such a text.

    Args:
        text: what `dump_receipts` wrote.
        policies: those that were kept elsewhere; the built-in ones of this release are known.

    Raises:
        InputError: with the JSON pointer of the part that does not match what was written.
        UnknownPolicy: a receipt names a policy by its hash that is neither given nor built in.
        SemanticsUnsupported: a policy cannot be read, and a receipt is of another version.
    """
    document = StrictObject(parse_json(text), "")
    if document.fields.get("format") == SHORT_FORMAT:
        document = _exactly(document.fields, "", ("format", "receipts"))
        known = _by_hash(policies)
        return list(document.each("receipts", lambda value, at: _read_short(value, at, known)))
    document = _exactly(document.fields, "", ("format", "policies", "receipts"))
    if document.fields["format"] != FORMAT:
        raise InvalidValue("/format", f'"{FORMAT}" or "{SHORT_FORMAT}" is expected')
    receipts = document.items("receipts")
    found = {}
    for digest, kept in document.inner("policies").fields.items():
        at = pointer("policies", digest)
        policy = _read_policy(kept, at, receipts)
        if policy_hash(policy) != digest:
            raise InvalidValue(at, "this policy does not have that hash", "restore the file")
        found[digest] = policy
    return list(document.each("receipts", lambda value, at: _read(value, at, found)))


def read_receipt(text: str | bytes, policies: Iterable[Policy] = ()) -> Receipt:
    """Read one receipt, as `Receipt.to_json` wrote it; arguments and errors as for `load_receipts`."""
    return _read_short(parse_json(text), "", _by_hash(policies))


def _by_hash(policies: Iterable[Policy]) -> dict[str, Policy]:
    return {policy_hash(it): it for it in (*built_in().values(), *policies)}


def _read_policy(kept: object, at: str, receipts: list[object]) -> Policy:
    try:
        return read_policy(kept)
    except InputError as error:
        misplaced = error.under(at)
    # In another version of the semantics facts may have other names; then that is the error.
    for index, receipt in enumerate(receipts):
        version = receipt.get("semantics") if isinstance(receipt, dict) else None
        if isinstance(version, str):
            check_semantics(version, f"/receipts/{index}/semantics")
    raise misplaced


def _exactly(value: object, at: str, names: Collection[str]) -> StrictObject:
    """Return an object, checked to have exactly these fields."""
    it = StrictObject(value, at)
    if it.fields.keys() != set(names):
        expected = ", ".join(sorted(names))
        raise InvalidValue(at, f"an object of {expected} is expected", "restore the file")
    return it


def _read(value: object, at: str, policies: Mapping[str, Policy]) -> Receipt:
    """Read a receipt of a file that has its policies, and all of its numbers."""
    it = _exactly(value, at, _MEMBERS)
    semantics = _text(it, "semantics")
    policy = policies.get(str(it.fields["policy"]))
    if policy is None:
        raise InvalidValue(it.place("policy"), "no policy in this file has that hash")
    as_of = _day(it)
    own = {parameter.name: parameter for parameter in policy.parameters}
    given = _exactly(it.fields["parameters"], it.place("parameters"), own)
    return _receipt(it, semantics, PolicyOnDay(policy, as_of, _numbers(own, given)))


def _read_short(value: object, at: str, policies: Mapping[str, Policy]) -> Receipt:
    """Read a receipt that has its policy by hash, and only the numbers that are not the policy's own."""
    it = _exactly(value, at, _MEMBERS)
    semantics, digest, as_of = _text(it, "semantics"), _hex(it, "policy", _HASH), _day(it)
    policy = policies.get(digest)
    if policy is None:
        check_semantics(semantics, it.place("semantics"))
        raise UnknownPolicy(
            it.place("policy"),
            f"the policy that it was made with is not given, and is not built in: {digest[:12]}…",
            "give it: where receipts are short, the policies are kept elsewhere, by this hash",
        )
    own = {parameter.name: parameter for parameter in policy.parameters}
    given = StrictObject(it.fields["parameters"], it.place("parameters"))
    for name in given.fields:
        if name not in own:
            raise UnknownField(given.place(name), "the policy has no such parameter", "restore the file")
    set_to = _numbers({name: it for name, it in own.items() if name in given.fields}, given)
    numbers = policy.own_numbers(as_of) | dict(set_to)
    for name in own:
        if name not in numbers:
            raise MissingField(given.place(name), "the policy has no value of its own on this day")
    ordered = tuple((name, numbers[name]) for name in own)
    return _receipt(it, semantics, PolicyOnDay(policy, as_of, ordered))


def _receipt(it: StrictObject, semantics: str, on_day: PolicyOnDay) -> Receipt:
    return Receipt(
        semantics=semantics,
        policy=on_day.policy,
        as_of=on_day.as_of,
        parameters=on_day.parameters,
        assumptions=read_assumptions(it.fields["assumptions"], it.place("assumptions")),
        input=_read_input(it.fields["input"], it.place("input")),
    )


def _text(it: StrictObject, name: str) -> str:
    value = it.fields[name]
    if type(value) is not str:
        raise InvalidValue(it.place(name), "a text is expected", "restore the file")
    return value


def _day(it: StrictObject) -> dt.date:
    as_of = it.day("as_of")
    if as_of is None:
        raise refuse(it.place("as_of"), Day())
    return as_of


def _numbers(own: Mapping[str, Parameter], given: StrictObject) -> tuple[tuple[str, Dated], ...]:
    return tuple(
        (name, _read_dated(parameter, given.fields[name], given.place(name)))
        for name, parameter in own.items()
    )


def _read_dated(parameter: Parameter, value: object, at: str) -> Dated:
    it = _exactly(value, at, ("value", "source"))
    number = read_value_at(parameter.name, parameter.unit, it.fields["value"], it.place("value"))
    return Dated(number, read_source(it.fields["source"], it.place("source")))


def _read_input(value: object, at: str) -> InputHash | None:
    if value is None:
        return None
    it = _exactly(value, at, ("key_id", "hmac_sha256"))
    return InputHash(_hex(it, "key_id", 12), _hex(it, "hmac_sha256", 64))


def _hex(it: StrictObject, name: str, digits: int) -> str:
    value = it.fields[name]
    if type(value) is not str or len(value) != digits or not _HEX.fullmatch(value):
        raise InvalidValue(
            it.place(name), f"{digits} hexadecimal digits are expected", "restore the file"
        )
    return value
