"""The facts that do not come from the ledger: the definitions of `docs/semantics.md` as grouped sums.

Beside the rows of each table stand the keys (the number `k` of their tenancy on a day, that day `as_of`
and the start of its episode), by which they are grouped. A tenancy without rows has facts that are 0 or
false; if the part is unknown they are null. A fact that a policy declares is in the column `own_NAME`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import narwhals as nw

from huurschuld.portfolio.columnar.backend import Backend
from huurschuld.portfolio.columnar.contact_facts import CONTACTS, MADE_CONTACT
from huurschuld.portfolio.columnar.expressions import Frame, with_columns
from huurschuld.portfolio.columnar.fact_sums import Expressions, FactsWanted, PartFacts
from huurschuld.portfolio.columnar.intake import SET, UNKNOWN
from huurschuld.portfolio.columnar.part_facts import OTHER_PARTS
from huurschuld.rules.facts import FACTS

_PARTS: Final[Mapping[str, PartFacts]] = {"contacts": CONTACTS, **OTHER_PARTS}

_OF_TENANCY: Final = {
    "lease_ended": (nw.col("ended") < nw.col("as_of")).fill_null(False),
    "deceased": (nw.col("died") <= nw.col("as_of")).fill_null(False),
    "dwelling": nw.col("object").fill_null("dwelling") == "dwelling",
    "eviction_announced": (
        (nw.col("announced") <= nw.col("as_of")) & (nw.col("as_of") <= nw.col("evicted"))
    ).fill_null(False),
}


def columns_beside(keys: Frame) -> list[str]:
    """The columns of keys that stand beside each row of a table, so that its facts can be made."""
    own = [name for name in keys.collect_schema().names() if name.startswith(SET)]
    return ["k", "as_of", "as_of_digits", "episode_start", *own]


def non_ledger_facts(
    backend: Backend[object], keys: Frame, rows: Mapping[str, Callable[[], Frame]], wanted: FactsWanted
) -> Frame:
    """Add the facts that do not come from the ledger to the keys, which stay in their order.

    Args:
        backend: the library of the frames.
        keys: `k`, `as_of`, `as_of_digits` (YYYYMMDD), `episode_start` (null without one),
            `past_grace_cents`, `floor`, the columns of `tenancies`, and the columns `unknown_PART` and
            `set_PARAMETER`.
        rows: gives the rows of each other table, with days as numbers, and beside them the columns of
            `columns_beside`.
        wanted: the facts to give; others may come with them.
    """
    there = keys.collect_schema().names()
    needed = wanted.tables()
    for table in needed:
        if table in rows:
            keys = backend.beside(keys, _PARTS[table].sums(rows[table](), wanted), "k")
    facts: dict[str, nw.Expr] = {}
    for table in needed:
        found = _PARTS[table].facts(wanted, rows.keys())
        if table not in rows:
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
        acted = nw.any_horizontal("plan_in_force", MADE_CONTACT, ignore_nulls=False)
        found["tenant_acted"] = acted if "acted_days" in wanted.values else nw.lit(None, nw.Boolean)
    return found


def _dtype(name: str, wanted: FactsWanted) -> type[nw.Boolean | nw.Int64]:
    types = FACTS | {it.type.key: it.type for it in wanted.own}
    return nw.Int64 if name in types and types[name].unit is not None else nw.Boolean
