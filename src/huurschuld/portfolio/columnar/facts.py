"""The facts that do not come from the ledger: the definitions of `docs/semantics.md` as grouped sums.

Each table is joined with the keys (the number `k` of each tenancy, its day `as_of` and the start of its
episode) and grouped by `k`. A tenancy without rows has facts that are 0 or false; if the part is unknown
they are null. A fact that a policy declares is in the column `own_NAME`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Final

import narwhals as nw
from attrs import frozen

from huurschuld.model.tenancy import CHANNELS
from huurschuld.portfolio.columnar.expressions import Frame, total, whole, with_columns
from huurschuld.portfolio.columnar.intake import SET, UNKNOWN, VALUES
from huurschuld.rules.engines.columnar import Values
from huurschuld.rules.facts import FACTS
from huurschuld.rules.own_facts import CountedFact, GivenFact, OwnFact

_WRITTEN: Final = ("letter", "email")
_PERSONAL: Final = ("phone", "visit", "appointment")
_EIGHTEEN: Final = 180_000
_SHIFT: Final = 10**5
_AMOUNT: Final = 10**9
_LONG_AGO: Final = -(10**9)

Expressions = Mapping[str, nw.Expr]


@frozen(eq=False)
class FactsWanted:
    """Which facts are wanted, and what they go by.

    Attributes:
        names: the names of their columns.
        values: the parameters of the policy.
        own: the facts that the policy declares.
    """

    names: frozenset[str]
    values: Values
    own: Sequence[OwnFact]

    def given(self) -> list[GivenFact]:
        """The given facts among them."""
        return [it for it in self.own if isinstance(it, GivenFact) and it.type.key in self.names]

    def counted(self) -> list[CountedFact]:
        """The counted facts among them."""
        return [it for it in self.own if isinstance(it, CountedFact) and it.type.key in self.names]

    def tables(self) -> list[str]:
        """The tables that they need."""
        fields = {field for name in self.names & FACTS.keys() for field in FACTS[name].fields}
        own: list[OwnFact] = [*self.given(), *self.counted()]
        fields |= {field for it in own for field in it.type.fields}
        if fields & {"plans", "disputes"}:  # what both cover together counts for each of them
            fields |= {"plans", "disputes"}
        return [_TABLE_OF.get(name, name) for name in sorted(fields)]


def non_ledger_facts(keys: Frame, tables: Mapping[str, Frame], wanted: FactsWanted) -> Frame:
    """Add the facts that do not come from the ledger to the keys.

    Args:
        keys: `k`, `tenancy`, `as_of`, `as_of_digits` (YYYYMMDD), `episode_start` (null without one),
            `past_grace_cents`, `floor`, the columns of `tenancies`, and the columns `unknown_PART` and
            `set_PARAMETER`.
        tables: the other tables, with days as numbers.
        wanted: the facts to give; others may come with them.
    """
    there = keys.collect_schema().names()
    # Not joined with what was joined before: some libraries would compute that again for each table.
    days = keys.select(*_KEY, *(name for name in there if name.startswith(SET)))
    needed = wanted.tables()
    for table in needed:
        if table in tables:
            rows = tables[table].join(days, on="tenancy", how="inner")
            keys = keys.join(_SUMS[table](rows, wanted), on="k", how="left")
    facts: dict[str, nw.Expr] = {}
    for table in needed:
        found = _FACTS[table](wanted, tables.keys())
        if table not in tables:
            facts |= {name: nw.lit(None, _dtype(name, wanted)) for name in found}
            continue
        known = ~nw.col(UNKNOWN[table]) if table in UNKNOWN else nw.lit(True)
        facts |= {name: nw.when(known).then(it) for name, it in found.items()}
    sums = [name for name in keys.collect_schema().names() if name not in there]
    keys = with_columns(keys, facts).drop(*sums)
    return with_columns(keys, _of_tenancy(wanted))


def _of_tenancy(wanted: FactsWanted) -> Expressions:
    """The facts that come from the table `tenancies`, or from several others."""
    found = {name: it for name, it in _OF_TENANCY.items() if name in wanted.names}
    if "tenant_acted" in wanted.names:
        acted = nw.any_horizontal("plan_in_force", _MADE_CONTACT, ignore_nulls=False)
        found["tenant_acted"] = acted if "acted_days" in wanted.values else nw.lit(None, nw.Boolean)
    return found


def _dtype(name: str, wanted: FactsWanted) -> type[nw.Boolean | nw.Int64]:
    types = FACTS | {it.type.key: it.type for it in wanted.own}
    return nw.Int64 if name in types and types[name].unit is not None else nw.Boolean


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
    """Whether `from` and `until` enclose the day; either may be open."""
    since = nw.col("from").is_null() | (nw.col("from") <= nw.col("as_of"))
    until = nw.col("until").is_null() | (nw.col("as_of") <= nw.col("until"))
    return since & until


# --- contacts ------------------------------------------------------------------------------------

_MADE_CONTACT: Final = "made_contact"
"""Whether the tenant made contact recently: one part of `tenant_acted`."""


def _within(age: nw.Expr, days: int | nw.Expr | None) -> nw.Expr:
    """Whether something is at most so many days old; None is any age."""
    return nw.lit(True) if days is None else age <= days


def _sums_of_contacts(rows: Frame, wanted: FactsWanted) -> Frame:
    """The attempts, the contacts that the policy counts, and those that the tenant made."""
    rows = rows.filter(
        _true("about_arrears", default=True)
        & (nw.col("episode_start") < nw.col("date"))
        & (nw.col("date") <= nw.col("as_of"))
    )
    age = nw.col("as_of") - nw.col("date")
    out = nw.col("direction").fill_null("out") == "out"
    of_any_age = out & ~_true("returned")
    contact_days = wanted.values.get("contact_days")
    attempt = of_any_age & _within(age, contact_days)
    reminder = attempt & _true("reminder") & nw.col("channel").is_in(_WRITTEN)
    offer = reminder & _true("offers_sharing")
    return rows.group_by("k").agg(
        _count(attempt).alias("_attempts"),
        *(_count(attempt & (nw.col("channel") == name)).alias(f"_{name}") for name in CHANNELS),
        whole(nw.when(attempt).then(age).max()).alias("_first"),
        _count(reminder).alias("_reminders"),
        _count(offer).alias("_offers"),
        whole(nw.when(offer).then(age).max()).alias("_first_offer"),
        _count(attempt & nw.col("channel").is_in(_PERSONAL)).alias("_personal"),
        _count(attempt & _true("debt_help")).alias("_debt_help"),
        _count(~out & _within(age, wanted.values.get("acted_days"))).alias("_inbound"),
        *(
            _count(of_any_age & _is_counted(it, age, contact_days)).alias(f"_{it.type.key}")
            for it in wanted.counted()
        ),
    )


def _is_counted(fact: CountedFact, age: nw.Expr, contact_days: int | nw.Expr | None) -> nw.Expr:
    """Whether an attempt of any age is one that a fact counts."""
    tests = [_within(age, contact_days if fact.within_days is None else fact.within_days)]
    if fact.channels:
        tests.append(nw.col("channel").is_in(fact.channels))
    return reduce(and_, [*tests, *map(_true, fact.are)])


def _of_contacts(wanted: FactsWanted, _: Collection[str]) -> Expressions:
    return {
        "attempts": _number("_attempts"),
        "channels": whole(nw.sum_horizontal(*(whole(_has(f"_{name}")) for name in CHANNELS))),
        "days_since_attempt": _number("_first"),
        "reminder_sent": _has("_reminders"),
        "sharing_offered": _has("_offers"),
        "days_since_offer": _number("_first_offer"),
        "personal_effort": _has("_personal"),
        "debt_help_named": _has("_debt_help"),
        _MADE_CONTACT: _has("_inbound"),
        **{it.type.key: _number(f"_{it.type.key}") for it in wanted.counted()},
    }


# --- plans and disputes, which cover the arrears together ----------------------------------------


def _sums_of_plans(rows: Frame, _: FactsWanted) -> Frame:
    kept = nw.col("broken_on").is_null() | (nw.col("as_of") < nw.col("broken_on"))
    return _covering(rows.filter(_in_force() & kept), "plans")


def _sums_of_disputes(rows: Frame, _: FactsWanted) -> Frame:
    return _covering(rows.filter(_in_force()), "disputes")


def _covering(rows: Frame, table: str) -> Frame:
    """How many are in force, how many of these cover everything, and what the others cover."""
    return rows.group_by("k").agg(
        whole(nw.len()).alias(f"_{table}"),
        _count(nw.col("cents").is_null()).alias(f"_{table}_whole"),
        total(nw.col("cents").fill_null(0)).alias(f"_{table}_cents"),
    )


def _covers(table: str, there: Collection[str]) -> nw.Expr:
    """Whether those in force cover what is owed, together with those of the other table."""
    covered = [_number(f"_{it}_cents") for it in ("plans", "disputes") if it in there]
    left = nw.col("past_grace_cents")
    if covered:  # without either table it is unknown whether anything covers them
        left = left - nw.sum_horizontal(*covered)
    return _has(f"_{table}_whole") | (_has(f"_{table}") & (left < nw.col("floor")))


def _of_plans(_: FactsWanted, there: Collection[str]) -> Expressions:
    return {"plan_in_force": _covers("plans", there)}


def _of_disputes(_: FactsWanted, there: Collection[str]) -> Expressions:
    return {"disputed": _covers("disputes", there)}


# --- objections and signals ----------------------------------------------------------------------


def _sums_of_objections(rows: Frame, _: FactsWanted) -> Frame:
    is_active = nw.col("withdrawn").is_null() | (nw.col("as_of") < nw.col("withdrawn"))
    in_episode = (nw.col("date") > nw.col("episode_start")).fill_null(False)
    counts = (nw.col("date") <= nw.col("as_of")) & is_active
    return rows.group_by("k").agg(
        _count(counts & (_true("standing", default=True) | in_episode)).alias("_objections")
    )


def _of_objections(_: FactsWanted, __: Collection[str]) -> Expressions:
    return {"objected": _has("_objections")}


def _sums_of_signals(rows: Frame, wanted: FactsWanted) -> Frame:
    """The latest referral of the episode, and the highest of its day: both are packed in one number."""
    age = nw.col("as_of") - nw.col("date")
    rows = rows.filter(
        (nw.col("episode_start") < nw.col("date"))
        & (nw.col("date") <= nw.col("as_of"))
        & _within(age, wanted.values.get("signal_days"))
    )
    dated = (nw.col("date") + _SHIFT) * _AMOUNT + nw.col("cents")
    recent = age < wanted.values.get("repeat_days", 0)
    return rows.group_by("k").agg(whole(dated.max()).alias("_latest"), _count(recent).alias("_recent"))


def _of_signals(_: FactsWanted, __: Collection[str]) -> Expressions:
    named = nw.col("_latest") % _AMOUNT
    covered = (nw.col("past_grace_cents") - named < nw.col("floor")).fill_null(False)
    return {"already_referred": _has("_recent") | covered}


# --- children ------------------------------------------------------------------------------------


def _sums_of_children(rows: Frame, _: FactsWanted) -> Frame:
    """The minors; a child born on 29 February is one until 1 March, as comparing YYYYMMDD implies.

    So does the first day that a child may have been born: zeros come before any day.
    """
    minor = (nw.col("born") <= nw.col("as_of_digits")) & (
        nw.col("as_of_digits") < _last_day(nw.col("born")) + _EIGHTEEN
    )
    return rows.group_by("k").agg(_count(minor).alias("_minors"))


def _last_day(born: nw.Expr) -> nw.Expr:
    """The last day that YYYYMMDD with zeros may be."""
    day, month_and_day = born % 100, born % 10_000
    year = (born - month_and_day) // 10_000
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    month = month_and_day - day
    length = (
        nw.when(month.is_in((400, 600, 900, 1100)))
        .then(30)
        .when((month == 200) & is_leap)
        .then(29)
        .when(month == 200)
        .then(28)
        .otherwise(31)
    )
    return (
        nw.when(month_and_day == 0)
        .then(born + 1231)
        .when(day == 0)
        .then(born + whole(length))
        .otherwise(born)
    )


def _of_children(_: FactsWanted, __: Collection[str]) -> Expressions:
    complete = ~nw.col("unknown_household")
    return {
        "minors": nw.when(complete).then(_number("_minors")),
        "minor_living_in": nw.when(complete | _has("_minors")).then(_has("_minors")),
    }


# --- facts that the policy declares, given by the tenancy -----------------------------------------


def _sums_of_facts(rows: Frame, wanted: FactsWanted) -> Frame:
    """Of each given fact the value in force: that of the row with the latest `from`."""
    given = wanted.given()
    rows = rows.filter(nw.col("name").is_in([it.name for it in given]) & _in_force())
    rows = rows.with_columns(since=nw.col("from").fill_null(_LONG_AGO))
    rows = rows.filter(nw.col("since") == nw.col("since").max().over("k", "name"))
    values = [
        (it.type.key, nw.when(nw.col("name") == it.name).then(nw.col(VALUES[it.unit]))) for it in given
    ]
    return rows.group_by("k").agg(*(whole(value.max()).alias(f"_{key}") for key, value in values))


def _of_facts(wanted: FactsWanted, _: Collection[str]) -> Expressions:
    return {it.type.key: _given(it) for it in wanted.given()}


def _given(fact: GivenFact) -> nw.Expr:
    value = nw.col(f"_{fact.type.key}")
    if fact.default_value is not None:
        value = value.fill_null(int(fact.default_value))
    return value == 1 if fact.unit is None else value


_KEY: Final = ("k", "tenancy", "as_of", "as_of_digits", "episode_start")
_TABLE_OF: Final = {"household": "children"}
"""The table of a field of a tenancy, where that has another name."""

_SUMS: Final[Mapping[str, Callable[[Frame, FactsWanted], Frame]]] = {
    "children": _sums_of_children,
    "contacts": _sums_of_contacts,
    "disputes": _sums_of_disputes,
    "facts": _sums_of_facts,
    "objections": _sums_of_objections,
    "plans": _sums_of_plans,
    "signals": _sums_of_signals,
}
"""Sums by `k` over the rows of each table."""

_FACTS: Final[Mapping[str, Callable[[FactsWanted, Collection[str]], Expressions]]] = {
    "children": _of_children,
    "contacts": _of_contacts,
    "disputes": _of_disputes,
    "facts": _of_facts,
    "objections": _of_objections,
    "plans": _of_plans,
    "signals": _of_signals,
}
"""The facts of each table as expressions of those sums where the part is known.

They may go by the sums of another table, if it is among those that there are.
"""

_OF_TENANCY: Final = {
    "lease_ended": (nw.col("ended") < nw.col("as_of")).fill_null(False),
    "deceased": (nw.col("died") <= nw.col("as_of")).fill_null(False),
    "dwelling": nw.col("object").fill_null("dwelling") == "dwelling",
    "eviction_announced": (
        (nw.col("announced") <= nw.col("as_of")) & (nw.col("as_of") <= nw.col("evicted"))
    ).fill_null(False),
}
