"""The facts that come from contacts, those that the policy counts among them."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import and_
from typing import Final

import narwhals as nw

from huurschuld.model.tenancy import CHANNELS
from huurschuld.portfolio.columnar.expressions import Frame, whole
from huurschuld.portfolio.columnar.fact_sums import (
    Expressions,
    FactsWanted,
    PartFacts,
    count,
    has,
    is_set,
    number,
    within,
)
from huurschuld.rules.own_facts import CountedFact

MADE_CONTACT: Final = "made_contact"
"""Whether the tenant made contact recently: one part of `tenant_acted`."""

_WRITTEN: Final = ("letter", "email")
_PERSONAL: Final = ("phone", "visit", "appointment")


def _sums(rows: Frame, wanted: FactsWanted) -> Frame:
    """The attempts, the contacts that the policy counts, and those that the tenant made."""
    rows = rows.filter(
        is_set("about_arrears", default=True)
        & (nw.col("episode_start") < nw.col("date"))
        & (nw.col("date") <= nw.col("as_of"))
    )
    age = nw.col("as_of") - nw.col("date")
    out = nw.col("direction").fill_null("out") == "out"
    of_any_age = out & ~is_set("returned")
    contact_days = wanted.values.get("contact_days")
    attempt = of_any_age & within(age, contact_days)
    reminder = attempt & is_set("reminder") & nw.col("channel").is_in(_WRITTEN)
    offer = reminder & is_set("offers_sharing")
    return rows.group_by("k").agg(
        count(attempt).alias("_attempts"),
        *(count(attempt & (nw.col("channel") == name)).alias(f"_{name}") for name in CHANNELS),
        whole(nw.when(attempt).then(age).max()).alias("_first"),
        count(reminder).alias("_reminders"),
        count(offer).alias("_offers"),
        whole(nw.when(offer).then(age).max()).alias("_first_offer"),
        count(attempt & nw.col("channel").is_in(_PERSONAL)).alias("_personal"),
        count(attempt & is_set("debt_help")).alias("_debt_help"),
        count(~out & within(age, wanted.values.get("acted_days"))).alias("_inbound"),
        *(
            count(of_any_age & _is_counted(it, age, contact_days)).alias(f"_{it.type.key}")
            for it in wanted.counted()
        ),
    )


def _is_counted(fact: CountedFact, age: nw.Expr, contact_days: int | nw.Expr | None) -> nw.Expr:
    """Whether an attempt of any age is one that a fact counts."""
    tests = [within(age, contact_days if fact.within_days is None else fact.within_days)]
    if fact.channels:
        tests.append(nw.col("channel").is_in(fact.channels))
    return reduce(and_, [*tests, *map(is_set, fact.are)])


def _facts(wanted: FactsWanted, _: Collection[str]) -> Expressions:
    return {
        "attempts": number("_attempts"),
        "channels": whole(nw.sum_horizontal(*(whole(has(f"_{name}")) for name in CHANNELS))),
        "days_since_attempt": number("_first"),
        "reminder_sent": has("_reminders"),
        "sharing_offered": has("_offers"),
        "days_since_offer": number("_first_offer"),
        "personal_effort": has("_personal"),
        "debt_help_named": has("_debt_help"),
        MADE_CONTACT: has("_inbound"),
        **{it.type.key: number(f"_{it.type.key}") for it in wanted.counted()},
    }


CONTACTS: Final = PartFacts(_sums, _facts)
