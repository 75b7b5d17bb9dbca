"""What is not wrong with a portfolio, and yet is unlikely: told as a warning, and never decided on.

Amounts in euros where cents are meant make of a rent of € 691.00 one of € 6.91: nearly everything is
then small change, and nobody is referred. Contacts that were exported twice count twice as attempts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import narwhals as nw

from huurschuld.portfolio.columnar.backend import NO_NUMBER
from huurschuld.portfolio.columnar.expressions import Frame, total, whole
from huurschuld.portfolio.columnar.intake import Intake
from huurschuld.portfolio.columnar.row_checks import payments_a_year
from huurschuld.portfolio.failures import Failure, Severity

IN_EUROS: Final = "amounts-in-euros"
DOUBLED: Final = "doubled-rows"

_LOW_RENT_A_YEAR: Final = 12 * 2_500
"""A rent of less than 25 euros a month is not one of a home, nor of most garages."""
_FEW_ROWS: Final = 4
_SAMPLE: Final = 1_000
_SOME_ENTRIES: Final = 10_000
_RENT, _LOW, _CLAIM = "rent", "low", "claim"


def doubtful(taken: Intake) -> Iterator[Failure]:
    """Yield what a person has to look at in the tables of a portfolio."""
    rents, claims = _amounts(taken)
    if rents is not None and rents[_LOW] * 10 >= rents["rows"] * 9:
        yield _warning(
            IN_EUROS,
            "rents",
            "nearly all rents are below 25 euros a month",
            "amounts are in cents, € 612.34 is 61234: if these are euros, multiply all amounts by 100, "
            'or read them by a mapping with amounts = "euro" (huurschuld map)',
        )
    elif rents is not None and claims is not None and claims[_CLAIM] * 20 < rents[_RENT]:
        yield _warning(
            IN_EUROS,
            "entries",
            "the claims of rent are about a hundredth of the rents",
            "amounts are in cents, € 612.34 is 61234: if these are euros, multiply them by 100",
        )
    if "contacts" in taken.typed and _is_doubled(taken):
        yield _warning(
            DOUBLED,
            "contacts",
            "nearly all contacts are there twice",
            "each counts as an attempt: if they were exported twice, leave out the second of each",
        )


def _warning(code: str, table: str, problem: str, remedy: str) -> Failure:
    return Failure(code, table, table, problem, remedy, Severity.WARNING)


def _amounts(taken: Intake) -> tuple[dict[str, int] | None, dict[str, int] | None]:
    """How many rents there are, how many are low, and their mean; and the mean of the claims of rent."""
    cents = nw.col("cents")
    right = (cents > 0) & (cents != NO_NUMBER)
    low = cents * payments_a_year() < _LOW_RENT_A_YEAR
    rents = _first(
        taken.typed["rents"]
        .filter(right)
        .select(
            whole(nw.len()).alias("rows"),
            total(nw.when(low).then(1).otherwise(0)).alias(_LOW),
            whole(cents.mean()).alias(_RENT),
        )
    )
    some = taken.typed["entries"].head(_SOME_ENTRIES)  # to read all of them once more takes long
    of_rent = some.filter(right & (nw.col("kind") == "rent"))
    claims = _first(of_rent.select(whole(nw.len()).alias("rows"), whole(cents.mean()).alias(_CLAIM)))
    return rents, claims


def _first(frame: Frame) -> dict[str, int] | None:
    """The one row of a frame; None if it counts no rows."""
    collected = frame.collect()
    row = dict(zip(collected.columns, collected.row(0), strict=True))
    return {name: int(it or 0) for name, it in row.items()} if row["rows"] else None


def _is_doubled(taken: Intake) -> bool:
    """Whether nearly all contacts are there twice: first those of some tenancies, which is quick."""
    contacts = taken.typed["contacts"]
    some = taken.typed["tenancies"].select(tenancy=nw.col("id")).head(_SAMPLE)
    return _doubled_in(contacts.join(some, on="tenancy", how="semi")) and _doubled_in(contacts)


def _doubled_in(contacts: Frame) -> bool:
    columns = contacts.collect_schema().names()
    alike = contacts.group_by(*columns).agg(whole(nw.len()).alias("times"))
    several = nw.when(nw.col("times") > 1).then(nw.col("times")).otherwise(0)
    rows, doubled = (
        alike.select(total(nw.col("times")).alias("rows"), total(several).alias("doubled"))
        .collect()
        .row(0)
    )
    return (rows or 0) >= _FEW_ROWS and (doubled or 0) * 10 >= (rows or 0) * 8
