"""The facts that do not come from the ledger: the definitions of `docs/semantics.md` as grouped sums.

Each table is joined with the keys (the number `k` of each tenancy, its day `as_of` and the start of its
episode) and grouped by `k`. A tenancy without rows has facts that are 0 or false; if the part is unknown
they are null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import narwhals as nw

from huurschuld.model.tenancy import CHANNELS
from huurschuld.portfolio.columnar.expressions import Frame, total, whole, with_columns
from huurschuld.portfolio.columnar.intake import UNKNOWN
from huurschuld.rules.facts import FACTS

_WRITTEN: Final = ("letter", "email")
_PERSONAL: Final = ("phone", "visit", "appointment")
_EIGHTEEN: Final = 180_000
_SHIFT: Final = 10**5
_AMOUNT: Final = 10**9

_MADE_CONTACT: Final = "made_contact"
"""Whether the tenant made contact recently: one part of `tenant_acted`."""

Grouped = tuple[Frame, dict[str, nw.Expr]]
"""Sums by `k`, and each fact as an expression of them where the part is known."""


def non_ledger_facts(
    keys: Frame,
    tables: Mapping[str, Frame],
    wanted: Iterable[str],
    *,
    acted: bool,
) -> Frame:
    """Add the facts that do not come from the ledger to the keys.

    Args:
        keys: `k`, `tenancy`, `as_of`, `as_of_digits` (YYYYMMDD), `episode_start` (null without arrears),
            `arrears_cents`, the columns of `tenancies`, and the columns `unknown_PART`.
        tables: the other tables, with days as numbers.
        wanted: the facts to give; others may come with them.
        acted: whether the keys have `acted_since`, from which day on an inbound contact counts as
            action; without it `tenant_acted` is unknown.
    """
    wanted = frozenset(wanted)
    if "tenant_acted" in wanted:
        wanted |= {"plan_in_force", _MADE_CONTACT}
    for table, grouped in _TABLES.items():
        facts = _FACTS_OF[table]
        if wanted.isdisjoint(facts):
            continue
        if table not in tables:
            keys = keys.with_columns(**{name: nw.lit(None, _dtype(name)) for name in facts})
            continue
        key = [*_KEY, *(["acted_since"] if acted else [])]
        rows = tables[table].join(keys.select(*key), on="tenancy", how="inner")
        sums, values = grouped(rows, acted)
        known = ~nw.col(UNKNOWN[table]) if table in UNKNOWN else nw.lit(True)
        keys = (
            keys.join(sums, on="k", how="left")
            .with_columns(**{name: nw.when(known).then(values[name]) for name in facts})
            .drop(*(name for name in sums.collect_schema().names() if name != "k"))
        )
    if "tenant_acted" in wanted:
        either = nw.any_horizontal("plan_in_force", _MADE_CONTACT, ignore_nulls=False)
        keys = keys.with_columns(tenant_acted=either if acted else nw.lit(None, nw.Boolean))
    of_tenancy = {name: it for name, it in _OF_TENANCY.items() if name in wanted}
    return with_columns(keys, of_tenancy)


def _dtype(fact: str) -> type[nw.Boolean | nw.Int64]:
    return nw.Int64 if fact in FACTS and FACTS[fact].unit is not None else nw.Boolean


def _has(name: str) -> nw.Expr:
    """Whether this was true for any row."""
    return nw.col(name).fill_null(0) > 0


def _number(name: str) -> nw.Expr:
    return nw.col(name).fill_null(0)


def _count(test: nw.Expr) -> nw.Expr:
    """In how many rows of a group a test is certainly true."""
    return total(whole(test.fill_null(False)))


def _true(name: str, default: bool = False) -> nw.Expr:
    """Whether a flag is set."""
    return nw.col(name).fill_null(int(default)) == 1


def _in_force() -> nw.Expr:
    """Whether `from` and `until` enclose the day."""
    until = nw.col("until").is_null() | (nw.col("as_of") <= nw.col("until"))
    return (nw.col("from") <= nw.col("as_of")) & until


def _contacts(rows: Frame, acted: bool) -> Grouped:
    """The attempts, and whether the tenant made contact."""
    rows = rows.filter(
        _true("about_arrears", default=True)
        & (nw.col("episode_start") < nw.col("date"))
        & (nw.col("date") <= nw.col("as_of"))
    )
    out = nw.col("direction").fill_null("out") == "out"
    reminder = out & _true("reminder") & nw.col("channel").is_in(_WRITTEN)
    offer = reminder & _true("offers_sharing")
    ago = nw.col("as_of") - nw.col("date")
    made_contact = ~out & (nw.col("date") >= nw.col("acted_since" if acted else "as_of"))
    sums = rows.group_by("k").agg(
        _count(out).alias("_out"),
        *(_count(out & (nw.col("channel") == name)).alias(f"_{name}") for name in CHANNELS),
        whole(nw.when(out).then(ago).max()).alias("_first"),
        _count(reminder).alias("_reminders"),
        _count(offer).alias("_offers"),
        whole(nw.when(offer).then(ago).max()).alias("_first_offer"),
        _count(out & nw.col("channel").is_in(_PERSONAL)).alias("_personal"),
        _count(out & _true("debt_help")).alias("_debt_help"),
        _count(made_contact).alias("_inbound"),
    )
    channels = [whole(_has(f"_{name}")) for name in CHANNELS]
    return sums, {
        "attempts": _number("_out"),
        "channels": whole(nw.sum_horizontal(*channels)),
        "days_since_attempt": _number("_first"),
        "reminder_sent": _has("_reminders"),
        "sharing_offered": _has("_offers"),
        "days_since_offer": _number("_first_offer"),
        "personal_effort": _has("_personal"),
        "debt_help_named": _has("_debt_help"),
        _MADE_CONTACT: _has("_inbound"),
    }


def _plans(rows: Frame, _: bool) -> Grouped:
    kept = nw.col("broken_on").is_null() | (nw.col("as_of") < nw.col("broken_on"))
    sums = rows.group_by("k").agg(_count(_in_force() & kept).alias("_plans"))
    return sums, {"plan_in_force": _has("_plans")}


def _disputes(rows: Frame, _: bool) -> Grouped:
    sums = (
        rows.filter(_in_force())
        .group_by("k")
        .agg(
            _count(nw.col("cents").is_null()).alias("_whole"),
            _count(~nw.col("cents").is_null()).alias("_parts"),
            total(nw.col("cents").fill_null(0)).alias("_contested"),
        )
    )
    covers = _has("_parts") & (_number("_contested") >= nw.col("arrears_cents"))
    return sums, {"disputed": _has("_whole") | covers}


def _objections(rows: Frame, _: bool) -> Grouped:
    is_active = nw.col("withdrawn").is_null() | (nw.col("as_of") < nw.col("withdrawn"))
    in_episode = (nw.col("date") > nw.col("episode_start")).fill_null(False)
    counts = (nw.col("date") <= nw.col("as_of")) & is_active
    sums = rows.group_by("k").agg(
        _count(counts & (_true("standing", default=True) | in_episode)).alias("_objections")
    )
    return sums, {"objected": _has("_objections")}


def _signals(rows: Frame, _: bool) -> Grouped:
    """The latest referral of the episode, and the highest of its day: both are packed in one number."""
    rows = rows.filter((nw.col("episode_start") <= nw.col("date")) & (nw.col("date") <= nw.col("as_of")))
    dated = (nw.col("date") + _SHIFT) * _AMOUNT + nw.col("cents")
    sums = rows.group_by("k").agg(whole(dated.max()).alias("_latest"))
    named = nw.col("_latest") % _AMOUNT
    referred = (nw.col("arrears_cents") <= named).fill_null(False)
    return sums, {"already_referred": referred}


def _children(rows: Frame, _: bool) -> Grouped:
    """The minors; a child born on 29 February is one until 1 March, as comparing YYYYMMDD implies."""
    minor = (nw.col("born") <= nw.col("as_of_digits")) & (
        nw.col("as_of_digits") < nw.col("born") + _EIGHTEEN
    )
    sums = rows.group_by("k").agg(_count(minor).alias("_minors"))
    complete = ~nw.col("unknown_household")
    return sums, {
        "minors": nw.when(complete).then(_number("_minors")),
        "minor_living_in": nw.when(complete | _has("_minors")).then(_has("_minors")),
    }


_KEY: Final = ("k", "tenancy", "as_of", "as_of_digits", "episode_start")

_OF_CONTACTS: Final = tuple(name for name, it in FACTS.items() if it.fields == ("contacts",))
_TABLES: Final[dict[str, Callable[[Frame, bool], Grouped]]] = {
    "contacts": _contacts,
    "plans": _plans,
    "disputes": _disputes,
    "objections": _objections,
    "signals": _signals,
    "children": _children,
}
_FACTS_OF: Final[dict[str, tuple[str, ...]]] = {
    "contacts": (*_OF_CONTACTS, _MADE_CONTACT),
    "plans": ("plan_in_force",),
    "disputes": ("disputed",),
    "objections": ("objected",),
    "signals": ("already_referred",),
    "children": ("minors", "minor_living_in"),
}
_OF_TENANCY: Final = {
    "lease_ended": (nw.col("ended") < nw.col("as_of")).fill_null(False),
    "deceased": (nw.col("died") <= nw.col("as_of")).fill_null(False),
    "eviction_announced": (
        (nw.col("announced") <= nw.col("as_of")) & (nw.col("as_of") <= nw.col("evicted"))
    ).fill_null(False),
}
