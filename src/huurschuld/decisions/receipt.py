"""A receipt (verantwoording): all that is needed to decide again, years later, and nothing of a person.

It holds the policy as a value, the parameters with their sources, the day, the version of the semantics,
what was assumed of the input, and a keyed hash of the input. Written, each policy is kept once by its
hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from attrs import evolve, frozen

from huurschuld.errors import (
    InputChanged,
    InputError,
    InvalidValue,
    KeyNeeded,
    SemanticsUnsupported,
    pointer,
)
from huurschuld.model.casefile import canonical_tenancy
from huurschuld.model.json_text import canonical_json, parse_json
from huurschuld.model.tenancy import Tenancy
from huurschuld.model.values import parse_day
from huurschuld.rules.document import (
    policy_document,
    policy_hash,
    read_policy,
    read_source,
    source_document,
)
from huurschuld.rules.parameters import Dated, Parameter, read_value, written
from huurschuld.rules.policy import Policy, PolicyOnDay
from huurschuld.rules.semantics import SEMANTICS, can_replay

FORMAT: Final = "huurschuld-receipts/1"
SHORTEST_KEY: Final = 16


@frozen
class InputHash:
    """A keyed hash (HMAC-SHA-256) of a tenancy and of the rest of the receipt.

    Attributes:
        key_id: which key it was, without telling the key; 12 hexadecimal digits.
        digest: 64 hexadecimal digits.
    """

    key_id: str
    digest: str


@lru_cache(maxsize=16)
def key_id(key: bytes) -> str:
    """A short name for a key, from which the key cannot be found.

    Raises:
        InvalidValue: the key is shorter than 16 bytes.
    """
    if type(key) is not bytes or len(key) < SHORTEST_KEY:
        raise InvalidValue("/key", f"a key of at least {SHORTEST_KEY} bytes is expected")
    return hmac.digest(key, b"huurschuld key id", "sha256").hex()[:12]


@frozen(repr=False)
class Receipt:
    """What a decision was made with.

    Attributes:
        semantics: the version of the semantics.
        policy: the policy, as a value.
        as_of: the day (peildatum).
        parameters: for each parameter its value, in billionths for months, and its source.
        assumptions: what the user said to assume of columns that the source does not record.
        input: the keyed hash of the tenancy; None where no key was given.
    """

    semantics: str
    policy: Policy
    as_of: dt.date
    parameters: tuple[tuple[str, Dated], ...]
    assumptions: tuple[tuple[str, object], ...] = ()
    input: InputHash | None = None

    def __repr__(self) -> str:
        return f"<Receipt of {self.policy.name} on {self.as_of}>"

    def on_day(self) -> PolicyOnDay:
        """The policy with the values that the decision was made with.

        Raises:
            SemanticsUnsupported: this release cannot replay its version of the semantics.
            PolicyNotInForce: no such decision can have been made; the receipt was changed.
        """
        _check_semantics(self.semantics, "/semantics")
        self.policy.require(self.as_of)
        return PolicyOnDay(self.policy, self.as_of, self.parameters)

    def hashed(self, tenancy: Tenancy, key: bytes) -> Receipt:
        """This receipt with the keyed hash of a tenancy; the order of its parts does not matter.

        The hash covers the receipt itself too, so that neither can be changed unnoticed.

        Raises:
            InvalidValue: the key is shorter than 16 bytes.
        """
        return evolve(self, input=InputHash(key_id(key), self._digest(tenancy, key)))

    def _digest(self, tenancy: Tenancy, key: bytes) -> str:
        unhashed = self if self.input is None else evolve(self, input=None)
        text = f"{_fingerprint(unhashed)}\n{canonical_tenancy(tenancy)}"
        return hmac.digest(key, text.encode(), "sha256").hex()

    def check(self, tenancy: Tenancy, key: bytes | None) -> None:
        """See that this is the tenancy the receipt was made for, and the receipt as it was made.

        Without a key, and without a hash in the receipt, that cannot be seen, and nothing is checked.

        Raises:
            KeyNeeded: only one of the two is there, or the receipt was made with another key.
            InputChanged: the tenancy is another or has changed, or the receipt has.
        """
        if self.input is None:
            if key is not None:
                raise KeyNeeded(
                    "/input", "the receipt has no hash to check", "replay it without a key, unchecked"
                )
            return
        if key is None or key_id(key) != self.input.key_id:
            raise KeyNeeded(
                "/input", "the receipt was made with another key", "give the key it was made with"
            )
        if not hmac.compare_digest(self._digest(tenancy, key), self.input.digest):
            raise InputChanged(
                "/input",
                "this is not the tenancy that the receipt was made for, or the receipt was changed",
            )

    def document(self) -> dict[str, object]:
        """The JSON object of it, with the policy by its hash."""
        units = {parameter.name: parameter.unit for parameter in self.policy.parameters}
        return {
            "semantics": self.semantics,
            "policy": policy_hash(self.policy),
            "as_of": self.as_of.isoformat(),
            "parameters": {
                name: {
                    "value": written(dated.value, units[name]),
                    "source": source_document(dated.source),
                }
                for name, dated in self.parameters
            },
            "assumptions": dict(self.assumptions),
            "input": None
            if self.input is None
            else {"key_id": self.input.key_id, "hmac_sha256": self.input.digest},
        }


def _check_semantics(version: str, at: str) -> None:
    if not can_replay(version):
        raise SemanticsUnsupported(
            at,
            f"made under version {version} of the semantics, this is {SEMANTICS}",
            "replay it with the release that made it",
        )


@lru_cache(maxsize=256)
def _fingerprint(receipt: Receipt) -> str:
    """A hash of all of a receipt but its keyed hash; it is the same for a whole portfolio."""
    return hashlib.sha256(canonical_json(receipt.document()).encode()).hexdigest()


def dump_receipts(receipts: Iterable[Receipt]) -> str:
    """Receipts as one JSON text in which each policy is kept once, by its hash."""
    kept = list(receipts)
    document = {
        "format": FORMAT,
        "policies": {policy_hash(it.policy): policy_document(it.policy) for it in kept},
        "receipts": [it.document() for it in kept],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def load_receipts(text: str | bytes) -> list[Receipt]:
    """The receipts of such a text.

    Raises:
        InputError: with the JSON pointer of what is not as it was written.
        SemanticsUnsupported: a policy cannot be read, and a receipt is of another version.
    """
    document = _members(parse_json(text), "", {"format", "policies", "receipts"})
    if document["format"] != FORMAT:
        raise InvalidValue("/format", f'"{FORMAT}" is expected')
    receipts = document["receipts"]
    if type(receipts) is not list:
        raise InvalidValue("/receipts", "a list is expected")
    policies = {}
    for digest, kept in _members(document["policies"], "/policies").items():
        at = pointer("policies", digest)
        policy = _read_policy(kept, at, receipts)
        if policy_hash(policy) != digest:
            raise InvalidValue(at, "this policy is not the one of that hash", "restore the file")
        policies[digest] = policy
    return [_read(item, f"/receipts/{index}", policies) for index, item in enumerate(receipts)]


def _read_policy(kept: object, at: str, receipts: list[object]) -> Policy:
    try:
        return read_policy(kept)
    except InputError as error:
        misplaced = error.under(at)
    # Another version of the semantics may have facts by other names: then say that instead.
    for index, receipt in enumerate(receipts):
        version = receipt.get("semantics") if isinstance(receipt, dict) else None
        if isinstance(version, str):
            _check_semantics(version, f"/receipts/{index}/semantics")
    raise misplaced


def _members(value: object, at: str, names: set[str] | None = None) -> Mapping[str, object]:
    if type(value) is not dict or (names is not None and set(value) != names):
        expected = "an object" if names is None else f"an object of {', '.join(sorted(names))}"
        raise InvalidValue(at, f"{expected} is expected", "restore the file")
    return value


def _read(value: object, at: str, policies: Mapping[str, Policy]) -> Receipt:
    members = _members(value, at, {"semantics", "policy", "as_of", "parameters", "assumptions", "input"})
    if type(members["semantics"]) is not str:
        raise InvalidValue(f"{at}/semantics", "a text is expected", "restore the file")
    policy = policies.get(str(members["policy"]))
    if policy is None:
        raise InvalidValue(f"{at}/policy", "there is no policy of that hash in this file")
    as_of = parse_day(str(members["as_of"]))
    if as_of is None:
        raise InvalidValue(f"{at}/as_of", "a day, written YYYY-MM-DD, is expected")
    own = {parameter.name: parameter for parameter in policy.parameters}
    given = _members(members["parameters"], f"{at}/parameters", set(own))
    return Receipt(
        semantics=members["semantics"],
        policy=policy,
        as_of=as_of,
        parameters=tuple(
            (name, _read_dated(parameter, given[name], f"{at}/parameters/{name}"))
            for name, parameter in own.items()
        ),
        assumptions=read_assumptions(members["assumptions"], f"{at}/assumptions"),
        input=_read_input(members["input"], f"{at}/input"),
    )


def _read_dated(parameter: Parameter, value: object, at: str) -> Dated:
    members = _members(value, at, {"value", "source"})
    try:
        number = read_value(parameter.name, parameter.unit, members["value"])
    except InvalidValue as error:
        misplaced = error.at(f"{at}/value")
    else:
        return Dated(number, read_source(members["source"], f"{at}/source"))
    raise misplaced


def read_assumptions(value: object, at: str) -> tuple[tuple[str, object], ...]:
    """Assumptions as a receipt keeps them: texts, true, false or null, sorted by name.

    Raises:
        InvalidValue: with the place below `at`.
    """
    members = _members(value, at)
    for name, assumed in members.items():
        if not isinstance(assumed, str | bool | None):
            raise InvalidValue(at + pointer(name), "a text, true, false or null is expected")
    return tuple(sorted(members.items()))


def _read_input(value: object, at: str) -> InputHash | None:
    if value is None:
        return None
    members = _members(value, at, {"key_id", "hmac_sha256"})
    return InputHash(_hex(members, "key_id", 12, at), _hex(members, "hmac_sha256", 64, at))


def _hex(members: Mapping[str, object], name: str, digits: int, at: str) -> str:
    value = members[name]
    if type(value) is not str or not re.fullmatch(f"[0-9a-f]{{{digits}}}", value):
        raise InvalidValue(
            f"{at}/{name}", f"{digits} hexadecimal digits are expected", "restore the file"
        )
    return value
