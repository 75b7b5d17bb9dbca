"""A receipt (verantwoording): all that is needed to decide again, years later, without personal data.

It holds the policy as a value, the parameters with their sources, the day, the version of the semantics,
what was assumed about the input, and a keyed hash of the input. `receipt_files` writes and reads them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Final

from attrs import evolve, frozen

from huurschuld.errors import (
    InputChanged,
    InvalidValue,
    KeyNeeded,
    SemanticsUnsupported,
    pointer,
)
from huurschuld.model.json_parts import canonical_text
from huurschuld.model.json_text import canonical_json
from huurschuld.model.strict_objects import fields_of_object
from huurschuld.model.tenancy import Tenancy
from huurschuld.rules.document import policy_hash, source_document
from huurschuld.rules.parameters import Dated, written
from huurschuld.rules.policy import Policy, PolicyOnDay
from huurschuld.rules.semantics import SEMANTICS, can_replay, release_of

_VERSION: Final = re.compile(r"[0-9.]{1,9}", re.ASCII)
SHORTEST_KEY: Final = 16
_RULES_LENGTH: Final = 12


@frozen
class InputHash:
    """A keyed hash (HMAC-SHA-256) of a tenancy and of the rest of the receipt.

    Attributes:
        key_id: identifies the key without revealing it; 12 hexadecimal digits.
        digest: 64 hexadecimal digits.
    """

    key_id: str
    digest: str


@lru_cache(maxsize=16)
def key_id(key: bytes) -> str:
    """Return a short name for a key, from which the key cannot be found.

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
        assumptions: what the user assumes about columns that the source does not record.
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
        """Return the policy with the values that the decision was made with.

        Raises:
            SemanticsUnsupported: this release cannot replay its version of the semantics.
            PolicyNotInForce: the receipt was changed: the policy is not in force on its day.
        """
        check_semantics(self.semantics, "/semantics")
        self.policy.require(self.as_of)
        return PolicyOnDay(self.policy, self.as_of, self.parameters)

    def hashed(self, tenancy: Tenancy, key: bytes) -> Receipt:
        """Return this receipt with the keyed hash of a tenancy; the order of its parts does not matter.

        The hash covers the receipt as well, so that neither can be changed unnoticed.

        Raises:
            InvalidValue: the key is shorter than 16 bytes.
        """
        return Receipt(
            self.semantics,
            self.policy,
            self.as_of,
            self.parameters,
            self.assumptions,
            InputHash(key_id(key), self._digest(tenancy, key)),
        )

    @cached_property
    def _own_fingerprint(self) -> str:
        """Kept, as one receipt is that of a whole portfolio until it is hashed."""
        return _fingerprint(self if self.input is None else evolve(self, input=None))

    def _digest(self, tenancy: Tenancy, key: bytes) -> str:
        text = f"{self._own_fingerprint}\n{canonical_text(tenancy)}"
        return hmac.digest(key, text.encode(), "sha256").hex()

    def check(self, tenancy: Tenancy, key: bytes | None) -> None:
        """Check that this is the tenancy the receipt was made for, and that neither has changed.

        If there is neither a key nor a hash in the receipt, nothing can be checked.

        Raises:
            KeyNeeded: only one of the two is there, or the receipt was made with another key.
            InputChanged: it is another tenancy, or the tenancy or the receipt was changed.
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

    @property
    def values(self) -> dict[str, int]:
        """The numbers by parameter, months in billionths."""
        return {name: dated.value for name, dated in self.parameters}

    @property
    def rules(self) -> str:
        """A short hash of all but the day and the input: semantics, policy, numbers and assumptions.

        A result has it in each row: where it is the same, the rules were the same.
        """
        return _rules(evolve(self, input=None))

    def document(self) -> dict[str, object]:
        """Return its JSON object, which names the policy by its hash."""
        return self._document(self.parameters)

    def short(self) -> dict[str, object]:
        """Return the same without the parameters that have the policy's own value of the day."""
        own = self.policy.own_numbers(self.as_of)
        return self._document(
            (name, it)
            for name, it in self.parameters
            if name not in own or (own[name].value, own[name].source) != (it.value, it.source)
        )

    def to_json(self) -> str:
        """Return it in short as canonical JSON, for `read_receipt`; keep the policy elsewhere."""
        return canonical_json(self.short())

    def _document(self, parameters: Iterable[tuple[str, Dated]]) -> dict[str, object]:
        units = self.policy.units()
        return {
            "semantics": self.semantics,
            "policy": policy_hash(self.policy),
            "as_of": self.as_of.isoformat(),
            "parameters": {
                name: {
                    "value": written(dated.value, units[name]),
                    "source": source_document(dated.source),
                }
                for name, dated in parameters
            },
            "assumptions": dict(self.assumptions),
            "input": None
            if self.input is None
            else {"key_id": self.input.key_id, "hmac_sha256": self.input.digest},
        }


def receipt_of(on_day: PolicyOnDay, assumptions: Mapping[str, object]) -> Receipt:
    """Make the receipt of a whole screening: that of its decisions, without the hash of an input."""
    assumed = read_assumptions(dict(assumptions), "/assumptions") if assumptions else ()
    return _receipt(on_day, assumed)


@lru_cache(maxsize=256)
def _receipt(on_day: PolicyOnDay, assumed: tuple[tuple[str, object], ...]) -> Receipt:
    """Make it once, as it keeps its fingerprint."""
    return Receipt(SEMANTICS, on_day.policy, on_day.as_of, on_day.parameters, assumed)


def check_semantics(version: str, at: str) -> None:
    """Check that this release can replay a version of the semantics."""
    if not can_replay(version):
        # A text that is no version may be anything, and is not repeated.
        made = f"version {version}" if _VERSION.fullmatch(version) else "another version"
        raise SemanticsUnsupported(
            at,
            f"made under {made} of the semantics, this is {SEMANTICS}",
            f"replay it with {release_of(version)}",
        )


@lru_cache(maxsize=256)
def _fingerprint(receipt: Receipt) -> str:
    """Hash a receipt without its keyed hash; one read again is found by what is in it."""
    return hashlib.sha256(canonical_json(receipt.document()).encode()).hexdigest()


@lru_cache(maxsize=256)
def _rules(receipt: Receipt) -> str:
    rules = {name: it for name, it in receipt.document().items() if name not in ("as_of", "input")}
    return hashlib.sha256(canonical_json(rules).encode()).hexdigest()[:_RULES_LENGTH]


def read_assumptions(value: object, at: str) -> tuple[tuple[str, object], ...]:
    """Read assumptions as a receipt keeps them: texts, true, false or null, sorted by name.

    Raises:
        InvalidValue: with the place below `at`.
    """
    members = fields_of_object(value, at)
    for name, assumed in members.items():
        if not isinstance(assumed, str | bool | None):
            raise InvalidValue(at + pointer(name), "a text, true, false or null is expected")
    return tuple(sorted(members.items()))
