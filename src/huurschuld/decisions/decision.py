"""Decide on a tenancy with a policy on a day, and decide again from a receipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import frozen

from huurschuld.decisions.receipt import Receipt, receipt_of
from huurschuld.decisions.undecided import case_to_report
from huurschuld.errors import InputError, InvalidValue, Undecided
from huurschuld.model.given import Placed, as_day
from huurschuld.model.json_text import canonical_json
from huurschuld.model.tenancy import Tenancy
from huurschuld.model.values import DAY, refuse
from huurschuld.rules.advice import Advice, Priority
from huurschuld.rules.engines.choice import EngineName, check_engine, outcome_of
from huurschuld.rules.facts import Facts
from huurschuld.rules.parameters import months_text
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy, PolicyOnDay
from huurschuld.rules.tenancy_facts import facts_by

OUTCOME: Final = ("advice", "priority", "arrears_cents", "months", "days_overdue", "hold", "unknown")
"""The names of the parts of an outcome, as used in worklists, results and conformance cases."""


@frozen(repr=False)
class Decision:
    """What the rules advise for one tenancy as of a day. Advice, never a decision about a person.

    The parts of the outcome have the same names here, in JSON, in results and in `changes`.

    Attributes:
        tenancy: the id of the tenancy.
        advice: what is advised.
        priority: which household comes first.
        facts: the facts that it is based on; None is unknown.
        hold: with the advice `hold`, the names of all true holds; sorted. `holds` is its former name.
        unknown: with the advice `ask`, the unknown tenancy fields that are needed; sorted.
        receipt: what it was made with.
    """

    tenancy: str
    advice: Advice
    priority: Priority
    facts: Facts
    hold: tuple[str, ...]
    unknown: tuple[str, ...]
    receipt: Receipt

    @property
    def arrears_cents(self) -> int | None:
        """The rent arrears, in cents."""
        return self.facts.arrears_cents

    @property
    def months(self) -> str | None:
        """The arrears in months of rent, as a text with up to nine decimals: `3.5`."""
        months = self.facts.months
        return None if months is None else months_text(months)

    @property
    def days_overdue(self) -> int | None:
        """The days since the unbroken run of arrears began."""
        return self.facts.days_overdue

    @property
    def holds(self) -> tuple[str, ...]:
        """The former name of `hold`."""
        return self.hold

    def __repr__(self) -> str:
        return f"<Decision {self.advice}, {self.priority}>"

    def summary(self) -> dict[str, object]:
        """Return the outcome in words and numbers, by the names in `OUTCOME`."""
        return {
            "advice": str(self.advice),
            "priority": str(self.priority),
            "arrears_cents": self.arrears_cents,
            "months": self.months,
            "days_overdue": self.days_overdue,
            "hold": list(self.hold),
            "unknown": list(self.unknown),
        }

    def document(self) -> dict[str, object]:
        """Return its JSON object."""
        return {
            "tenancy": self.tenancy,
            "advice": str(self.advice),
            "priority": str(self.priority),
            "hold": list(self.hold),
            "unknown": list(self.unknown),
            "facts": self.facts.written(
                (name for name, _ in self.receipt.parameters), self.receipt.semantics
            ),
            **self._own_facts(),
            "receipt": self.receipt.document(),
        }

    def _own_facts(self) -> dict[str, object]:
        own = self.receipt.policy.facts
        if not own:
            return {}
        return {"own_facts": {it.name: it.type.written(it.type.value(self.facts)) for it in own}}

    def to_json(self) -> str:
        """Return its canonical JSON: the same decision gives the same bytes."""
        return canonical_json(self.document())


def decide(
    tenancy: Tenancy,
    policy: Policy | str,
    as_of: dt.date,
    parameters: Mapping[str, object] | None = None,
    engine: EngineName | None = None,
    *,
    key: bytes | None = None,
    assumptions: Mapping[str, object] | None = None,
) -> Decision:
    """Decide on one tenancy.

    Args:
        tenancy: the tenancy.
        policy: a policy, or the name of a built-in one.
        as_of: the day (peildatum); what was booked later does not exist yet.
        parameters: values that the user sets, by name: whole numbers, text for months, or `Adopted`.
        engine: `reference`, `durable`, or None: every available engine decides, and they have to
            agree.
        key: a secret of at least 16 bytes; with it the receipt gets a keyed hash of the tenancy.
        assumptions: what was assumed about the source, for the receipt: texts, true, false or None.

    Raises:
        InputError: with a JSON pointer as in a case file: `/policy`, `/as_of`, `/parameters/NAME`.
        EngineUnavailable: the engine does not exist or is not available.
        Undecided: engines disagree, or one failed; the error carries a case file to report.
    """
    check_engine(engine)
    on_day = policy_on_day(policy, as_of, parameters)
    return _decide(tenancy, on_day, engine, key, receipt_of(on_day, assumptions or {}))


def decide_many(
    tenancies: Iterable[Tenancy],
    policy: Policy | str,
    as_of: dt.date,
    parameters: Mapping[str, object] | None = None,
    engine: EngineName | None = None,
    *,
    key: bytes | None = None,
    assumptions: Mapping[str, object] | None = None,
) -> Iterator[Decision]:
    """Decide on many tenancies, one by one and in their order; the arguments are those of `decide`.

    An error in the policy, the day or the parameters is raised at once, not at the first tenancy.

    Raises:
        InputError, EngineUnavailable: as `decide`.
        Undecided: from `next()`, for one tenancy; the next call continues with the one after it.
    """
    check_engine(engine)
    on_day = policy_on_day(policy, as_of, parameters)
    receipt = receipt_of(on_day, assumptions or {})

    def one(tenancy: Tenancy) -> Decision:
        return _decide(tenancy, on_day, engine, key, receipt)

    return map(one, Placed(tenancies))  # unlike a generator, it continues after an error


def replay(
    receipt: Receipt, tenancy: Tenancy, engine: EngineName | None = None, *, key: bytes | None = None
) -> Decision:
    """Decide again as the receipt says: the same decision, byte for byte.

    Args:
        receipt: the receipt of the decision, perhaps made by an older release.
        tenancy: the tenancy as it was.
        engine: as for `decide`.
        key: the key that the receipt was made with, if it has a hash of the input.

    Raises:
        InputChanged: the tenancy is not the one that the receipt was made for.
        KeyNeeded: the receipt has a hash, and no key or another key is given.
        SemanticsUnsupported: this release cannot replay its version of the semantics.
        PolicyNotInForce: the receipt was changed: the policy is not in force on its day.
        EngineUnavailable: the engine does not exist or is not available.
        Undecided: as `decide`.
    """
    check_engine(engine)
    on_day = receipt.on_day()
    receipt.check(tenancy, key)
    return _decide(tenancy, on_day, engine, None, receipt)


def policy_on_day(
    policy: Policy | str, as_of: dt.date, parameters: Mapping[str, object] | None = None
) -> PolicyOnDay:
    """Return the policy as it applies on a day; raises the same errors as `decide`."""
    day = as_day(as_of)
    if not DAY.accepts(day):
        raise not_a_day(day)
    return policy_of(policy).on(day, parameters)


def not_a_day(given: object) -> InputError:
    """Return the error for an `as_of` that is no day; of what was given it names only the type."""
    if type(given) is dt.date:
        return refuse("/as_of", DAY)
    remedy = "give its .date()" if isinstance(given, dt.datetime) else "such as date(2026, 10, 20)"
    return InvalidValue("/as_of", f"a datetime.date is expected, not {type(given).__name__}", remedy)


def policy_of(policy: Policy | str) -> Policy:
    """Return the policy, or the built-in one of that name; raises the same errors as `decide`."""
    if isinstance(policy, str):
        return find_policy(policy)
    if not isinstance(policy, Policy):
        raise InvalidValue("/policy", "a Policy or the name of one is expected")
    return policy


def _decide(
    tenancy: Tenancy,
    on_day: PolicyOnDay,
    engine: EngineName | None,
    key: bytes | None,
    receipt: Receipt,
) -> Decision:
    if not isinstance(tenancy, Tenancy):
        raise InvalidValue("/tenancy", "a Tenancy is expected")
    found = facts_by(on_day.values, tenancy, on_day.as_of, on_day.policy.facts)
    try:
        outcome = outcome_of(on_day, found, engine)
    except Undecided as undecided:
        expected = _decide(tenancy, on_day, "reference", None, receipt).summary()
        undecided.tenancy = tenancy.id
        undecided.case = case_to_report(tenancy, on_day, expected)
        raise
    return Decision(
        tenancy=tenancy.id,
        advice=outcome.advice,
        priority=outcome.priority,
        facts=found,
        hold=outcome.holds,
        unknown=outcome.unknown,
        receipt=receipt if key is None else receipt.hashed(tenancy, key),
    )
