"""The facts that rules are about: what each is, its unit, and the tenancy fields it comes from.

`facts_of` in `tenancy_facts` computes them. A fact that is None is *unknown*, because a field of the
tenancy that it comes from is unknown. Unknown is never false or zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import attrs
from attrs import field, frozen

from huurschuld.model.values import RedactedRepr
from huurschuld.rules.parameters import Unit, months_text
from huurschuld.rules.semantics import SEMANTICS, includes
from huurschuld.rules.sources import Phrase

OWN: Final = "own_"
"""What the column of a fact begins with that a policy declares."""


@frozen
class FactType:
    """What a fact is.

    Attributes:
        unit: what a quantity counts; None for a yes-or-no fact.
        fields: the tenancy fields that must be known for it.
        label: what it is called, in both languages.
        definition: what it means, in one line of the semantics.
        parameter: the policy parameter that it needs; without one the fact is not computed.
        uses: the parameters that it goes by where the policy has them, all in days.
        only_with: the fact that says whether a 0 of this one means "none".
        is_own: whether a policy declares it, rather than the semantics.
        since: the version of the semantics that introduced it; earlier decisions do not show it.
    """

    name: str
    unit: Unit | None
    fields: tuple[str, ...]
    label: Phrase
    definition: str
    parameter: str | None = None
    uses: tuple[str, ...] = ()
    only_with: str | None = None
    is_own: bool = False
    since: str = "2"

    @property
    def key(self) -> str:
        """A name that no built-in fact, column or field of an engine has: `own_` before an own fact."""
        return OWN + self.name if self.is_own else self.name

    def value(self, facts: Facts) -> int | bool | None:
        """Return the value that these facts have for it; None is unknown."""
        held: int | bool | None = (
            facts.own_value(self.name) if self.is_own else getattr(facts, self.name)
        )
        return held

    def written(self, value: int | bool | None) -> object:
        """Write a value as JSON: months as text."""
        return months_text(value) if self.unit is Unit.MONTHS and value is not None else value


def _fact(
    unit: Unit | None,
    fields: str,
    nl: str,
    en: str,
    definition: str,
    **more: Any,
) -> Any:  # noqa: ANN401 - the type of the field, as with attrs.field
    about = (unit, tuple(fields.split()), Phrase(nl, en), definition)
    return field(default=None, kw_only=True, metadata={"fact": (about, more)})


@frozen(repr=False)
class Facts(RedactedRepr):
    """The facts of one tenancy as of a day (feiten op de peildatum).

    `months` is in billionths of a month. None is unknown. A fact whose parameter the policy does not
    have is None too, and `written()` leaves it out. `own` has those that the policy declares.
    """

    arrears_cents: int | None = _fact(
        Unit.CENTS,
        "",
        "huurachterstand",
        "rent arrears",
        "the open cents of all rent terms due before as_of",
    )
    past_grace_cents: int | None = _fact(
        Unit.CENTS,
        "",
        "achterstand die langer openstaat",
        "arrears past the days of grace",
        "of the arrears, the open cents of the terms that are `grace_days` late or more",
    )
    months: int | None = _fact(
        Unit.MONTHS,
        "",
        "maanden huurachterstand",
        "months of rent arrears",
        "for each rent, what is open past the days of grace ÷ a month of that rent; added up",
    )
    days_overdue: int | None = _fact(
        Unit.DAYS,
        "",
        "dagen achterstand",
        "days in arrears",
        "days since the unbroken run of days began on which at least `floor_cents` was owed",
    )
    sustained_cents: int | None = _fact(
        Unit.CENTS,
        "",
        "achterstand die al die tijd open stond",
        "arrears owed all that time",
        "the lowest arrears from `sustained_days` days ago until as_of",
        parameter="sustained_days",
    )
    attempts: int | None = _fact(
        Unit.COUNT,
        "contacts",
        "pogingen tot contact",
        "contact attempts",
        "outbound contacts about these arrears that did not come back, of the last `contact_days` days",
        uses=("contact_days",),
    )
    channels: int | None = _fact(
        Unit.COUNT,
        "contacts",
        "verschillende manieren van contact",
        "different channels tried",
        "through how many different channels the attempts went",
        uses=("contact_days",),
    )
    days_since_attempt: int | None = _fact(
        Unit.DAYS,
        "contacts",
        "dagen sinds de eerste poging",
        "days since the first attempt",
        "days since the earliest attempt; 0 without",
        only_with="attempts",
        uses=("contact_days",),
    )
    reminder_sent: bool | None = _fact(
        None,
        "contacts",
        "schriftelijke herinnering verstuurd",
        "written reminder sent",
        "an attempt by letter or email that is a reminder",
        uses=("contact_days",),
    )
    sharing_offered: bool | None = _fact(
        None,
        "contacts",
        "in de herinnering aangeboden om gegevens door te geven",
        "offered in the reminder to pass on the contact details",
        "one of those reminders offers to share the contact details",
        uses=("contact_days",),
    )
    days_since_offer: int | None = _fact(
        Unit.DAYS,
        "contacts",
        "dagen sinds het aanbod",
        "days since the offer",
        "days since the earliest such offer; 0 without",
        only_with="sharing_offered",
        uses=("contact_days",),
    )
    personal_effort: bool | None = _fact(
        None,
        "contacts",
        "persoonlijk contact geprobeerd",
        "effort at personal contact",
        "an attempt by phone, visit or appointment, reached or not",
        uses=("contact_days",),
    )
    debt_help_named: bool | None = _fact(
        None,
        "contacts",
        "hulp bij schulden genoemd",
        "debt help pointed out",
        "an attempt that named debt help, by any channel",
        uses=("contact_days",),
    )
    plan_in_force: bool | None = _fact(
        None,
        "plans",
        "betalingsregeling loopt",
        "payment plan in force",
        "a plan of the day, not broken, that covers the arrears past the days of grace",
    )
    tenant_acted: bool | None = _fact(
        None,
        "contacts plans",
        "huurder is in actie gekomen",
        "tenant has taken action",
        "an inbound contact about the arrears in the last `acted_days` days, or a plan in force",
        parameter="acted_days",
    )
    disputed: bool | None = _fact(
        None,
        "disputes",
        "huurder is het niet eens met de hele achterstand",
        "rent contested to the full arrears",
        "disputes of the day without an amount, or that cover the arrears past the days of grace",
    )
    objected: bool | None = _fact(
        None,
        "objections",
        "huurder wil niet dat gegevens worden doorgegeven",
        "tenant objects to sharing data",
        "an objection not withdrawn, standing or made in this episode",
    )
    already_referred: bool | None = _fact(
        None,
        "signals",
        "al gemeld voor deze achterstand",
        "already referred for these arrears",
        "a referral in this episode less than `repeat_days` ago, or that named these arrears",
        uses=("repeat_days", "signal_days"),
    )
    lease_ended: bool | None = _fact(
        None, "", "huur geëindigd", "lease ended", "the last day of the lease is before as_of"
    )
    deceased: bool | None = _fact(
        None, "", "huurder overleden", "tenant deceased", "the tenant died on or before as_of"
    )
    dwelling: bool | None = _fact(None, "", "woonruimte", "dwelling", "what is let is a dwelling")
    minors: int | None = _fact(
        Unit.COUNT,
        "household",
        "minderjarige kinderen",
        "minor children",
        "how many children are under 18; unknown unless all children are listed",
    )
    minor_living_in: bool | None = _fact(
        None,
        "household",
        "minderjarig kind in huis",
        "minor child living in",
        "a listed child is under 18, also where the list is not complete",
    )
    eviction_announced: bool | None = _fact(
        None,
        "",
        "ontruiming aangekondigd",
        "eviction announced",
        "an eviction is announced, for as_of or a later day",
    )
    episode_start: dt.date | None = field(default=None, kw_only=True)
    unknown_fields: tuple[str, ...] = field(default=(), kw_only=True)
    own: tuple[tuple[str, int | bool | None], ...] = field(default=(), kw_only=True)

    def own_value(self, name: str) -> int | bool | None:
        """Return the value of a fact that the policy declares; None is unknown.

        Raises:
            KeyError: there is no such fact.
        """
        return dict(self.own)[name]

    def written(self, parameters: Iterable[str], semantics: str = SEMANTICS) -> dict[str, object]:
        """Return the facts as JSON values, months as text.

        Args:
            parameters: the parameters of the policy; a fact that needs another one is left out.
            semantics: the version of the semantics; facts that came later are left out.
        """
        parameters = frozenset(parameters)
        values: dict[str, object] = {}
        for fact in _facts_by(semantics):
            if fact.parameter is None or fact.parameter in parameters:
                values[fact.name] = fact.written(getattr(self, fact.name))
        start = self.episode_start
        values["episode_start"] = None if start is None else start.isoformat()
        return values


def _fact_types() -> dict[str, FactType]:
    found = {}
    for attribute in attrs.fields(Facts):
        if "fact" in attribute.metadata:
            about, more = attribute.metadata["fact"]
            found[attribute.name] = FactType(attribute.name, *about, **more)
    return found


FACTS: Final = _fact_types()
"""The fact schema: every fact that a rule may be about, by name."""


@lru_cache(maxsize=16)
def _facts_by(semantics: str) -> tuple[FactType, ...]:
    """Return the facts that a version of the semantics has."""
    return tuple(fact for fact in FACTS.values() if includes(semantics, fact.since))
