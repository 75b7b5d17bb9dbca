"""What is not wrong with a portfolio, and yet is unlikely: told as a warning, and never decided on.

Amounts in euros where cents are meant make of a rent of € 691.00 one of € 6.91: nearly everything is
then small change, and nobody is referred. Contacts that were exported twice count twice as attempts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import narwhals as nw

from huurschuld.portfolio.columnar.backend import NO_NUMBER
from huurschuld.portfolio.columnar.expressions import Frame, collected, total, whole
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
_RIGHT: Final = (nw.col("cents") > 0) & (nw.col("cents") != NO_NUMBER)
_MEAN: Final = whole(nw.col("cents").mean()).alias("mean")
_BY_A_HUNDRED: Final = (
    "amounts are in cents, € 612.34 is 61234: if these are euros, multiply them by 100"
)


def doubtful(taken: Intake) -> Iterator[Failure]:
    """Yield what a person has to look at in the tables of a portfolio."""
    in_euros = _in_euros(taken)
    if in_euros is not None:
        yield in_euros
    if "contacts" in taken.typed and _is_doubled(taken):
        yield _warning(
            DOUBLED,
            "contacts",
            "nearly all contacts are there twice",
            "each counts as an attempt: if they were exported twice, leave out the second of each",
        )


def _warning(code: str, table: str, problem: str, remedy: str) -> Failure:
    return Failure(code, table, table, problem, remedy, Severity.WARNING)


def _in_euros(taken: Intake) -> Failure | None:
    """The warning that amounts are probably in euros: all of them, or those of one table or kind."""
    rents = taken.typed["rents"].filter(_RIGHT)
    low = nw.col("cents") * payments_a_year() < _LOW_RENT_A_YEAR
    counted = total(nw.when(low).then(1).otherwise(0)).alias("low")
    counts = rents.select(whole(nw.len()).alias("rows"), counted, _MEAN)
    rows, lows, rent = collected(counts).row(0)
    if rows and (lows or 0) * 10 >= rows * 9:
        return _warning(
            IN_EUROS,
            "rents",
            "nearly all rents are below 25 euros a month",
            "amounts are in cents, € 612.34 is 61234: if these are euros, multiply all amounts by 100, "
            'or read them by a mapping with amounts = "euro" (huurschuld map)',
        )
    some = taken.typed["entries"].head(_SOME_ENTRIES).filter(_RIGHT)  # all of them again take long
    claim, payment = (_mean_of(some, kind) for kind in ("rent", "payment"))
    if _is_a_hundredth(claim, rent):
        return _warning(
            IN_EUROS, "entries", "the claims of rent are about a hundredth of the rents", _BY_A_HUNDRED
        )
    if _is_a_hundredth(payment, claim):
        return _warning(
            IN_EUROS,
            "entries",
            "the payments are about a hundredth of the claims of rent",
            _BY_A_HUNDRED,
        )
    return None


def _mean_of(entries: Frame, kind: str) -> int | None:
    """The mean amount of the entries of a kind; None if there are too few to say anything."""
    of_kind = entries.filter(nw.col("kind") == kind)
    rows, mean = collected(of_kind.select(whole(nw.len()).alias("rows"), _MEAN)).row(0)
    return int(mean) if rows >= _FEW_ROWS else None


def _is_a_hundredth(one: int | None, other: int | None) -> bool:
    """Whether a mean is far too low beside another; nobody pays a twentieth of the rent."""
    return one is not None and other is not None and one * 20 < other


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
