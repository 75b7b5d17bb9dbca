"""What is not wrong with a portfolio, and yet is unlikely: told as a warning, and never decided on.

Amounts in euros where cents are meant make of a rent of € 691.00 one of € 6.91: nearly everything is
then small change, and nobody is referred. Contacts that were exported twice count twice as attempts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import narwhals as nw
from attrs import field, frozen

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
_CENTS: Final = total(nw.col("cents")).alias("sum")
_BY_A_HUNDRED: Final = (
    "amounts are in cents, € 612.34 is 61234: if these are euros, multiply them by 100"
)


@frozen
class Figures:
    """What is counted in a portfolio to see what is unlikely; those of parts of one can be added up.

    Attributes:
        rents: how many rents there are, how many of these are very low, and the sum of their cents.
        entries: of each kind how many there are among the first, and the sum of their cents.
        contacts: how many contacts there are, and how many of these are there more than once.
    """

    rents: tuple[int, int, int] = (0, 0, 0)
    entries: Mapping[str, tuple[int, int]] = field(factory=dict)
    contacts: tuple[int, int] = (0, 0)

    @classmethod
    def of(cls, taken: Intake) -> Figures:
        """Those of a portfolio, or a part of it."""
        return cls(_of_rents(taken), _of_entries(taken), _of_contacts(taken))

    @classmethod
    def added(cls, parts: Iterable[Figures]) -> Figures:
        """Those of a portfolio by those of its parts."""
        rents, contacts = [0, 0, 0], [0, 0]
        rows: Counter[str] = Counter()
        cents: Counter[str] = Counter()
        for it in parts:
            rents = [a + b for a, b in zip(rents, it.rents, strict=True)]
            contacts = [a + b for a, b in zip(contacts, it.contacts, strict=True)]
            for kind, (number, amount) in it.entries.items():
                rows[kind] += number
                cents[kind] += amount
        entries = {kind: (number, cents[kind]) for kind, number in rows.items()}
        return cls((rents[0], rents[1], rents[2]), entries, (contacts[0], contacts[1]))

    def warnings(self) -> Iterator[Failure]:
        """Yield what a person has to look at."""
        in_euros = self._in_euros()
        if in_euros is not None:
            yield in_euros
        rows, doubled = self.contacts
        if rows >= _FEW_ROWS and doubled * 10 >= rows * 8:
            yield _warning(
                DOUBLED,
                "contacts",
                "nearly all contacts are there twice",
                "each counts as an attempt: if they were exported twice, leave out the second of each",
            )

    def _in_euros(self) -> Failure | None:
        """The warning that amounts are probably in euros: all of them, or those of one table or kind."""
        rows, low, cents = self.rents
        if rows and low * 10 >= rows * 9:
            return _warning(
                IN_EUROS,
                "rents",
                "nearly all rents are below 25 euros a month",
                "amounts are in cents, € 612.34 is 61234: if these are euros, multiply all amounts by "
                '100, or read them by a mapping with amounts = "euro" (huurschuld map)',
            )
        rent = cents // rows if rows else None
        claim, payment = self._mean_of("rent"), self._mean_of("payment")
        if _is_a_hundredth(claim, rent):
            return _warning(
                IN_EUROS,
                "entries",
                "the claims of rent are about a hundredth of the rents",
                _BY_A_HUNDRED,
            )
        if _is_a_hundredth(payment, claim):
            return _warning(
                IN_EUROS,
                "entries",
                "the payments are about a hundredth of the claims of rent",
                _BY_A_HUNDRED,
            )
        return None

    def _mean_of(self, kind: str) -> int | None:
        """The mean amount of the entries of a kind; None if there are too few to say anything."""
        rows, cents = self.entries.get(kind, (0, 0))
        return cents // rows if rows >= _FEW_ROWS else None


def doubtful(taken: Intake) -> Iterator[Failure]:
    """Yield what a person has to look at in the tables of a portfolio."""
    return Figures.of(taken).warnings()


def _warning(code: str, table: str, problem: str, remedy: str) -> Failure:
    return Failure(code, table, table, problem, remedy, Severity.WARNING)


def _is_a_hundredth(one: int | None, other: int | None) -> bool:
    """Whether a mean is far too low beside another; nobody pays a twentieth of the rent."""
    return one is not None and other is not None and one * 20 < other


def _of_rents(taken: Intake) -> tuple[int, int, int]:
    is_low = nw.col("cents") * payments_a_year() < _LOW_RENT_A_YEAR
    low = total(nw.when(is_low).then(1).otherwise(0)).alias("low")
    rents = taken.typed["rents"].filter(_RIGHT)
    row = collected(rents.select(whole(nw.len()).alias("rows"), low, _CENTS)).row(0)
    rows, lows, cents = (it or 0 for it in row)
    return rows, lows, cents


def _of_entries(taken: Intake) -> dict[str, tuple[int, int]]:
    some = taken.typed["entries"].head(_SOME_ENTRIES).filter(_RIGHT)  # all of them again take long
    some = some.filter(nw.col("kind").is_in(["rent", "payment"]))
    summed = some.group_by("kind").agg(whole(nw.len()).alias("rows"), _CENTS)
    return {
        kind: (rows, cents)
        for kind, rows, cents in collected(summed.select("kind", "rows", "sum")).rows()
    }


def _of_contacts(taken: Intake) -> tuple[int, int]:
    """How many are there twice: none where few of those of some tenancies are, which is quick to see."""
    if "contacts" not in taken.typed:
        return 0, 0
    contacts = taken.typed["contacts"]
    some = taken.typed["tenancies"].select(tenancy=nw.col("id")).head(_SAMPLE)
    rows, doubled = _doubled_in(contacts.join(some, on="tenancy", how="semi"))
    if not rows or doubled * 2 < rows:
        return int(collected(contacts.select(whole(nw.len()))).item()), 0
    return _doubled_in(contacts)


def _doubled_in(contacts: Frame) -> tuple[int, int]:
    columns = contacts.collect_schema().names()
    alike = contacts.group_by(*columns).agg(whole(nw.len()).alias("times"))
    several = nw.when(nw.col("times") > 1).then(nw.col("times")).otherwise(0)
    row = alike.select(total(nw.col("times")).alias("rows"), total(several).alias("doubled"))
    rows, doubled = (it or 0 for it in collected(row).row(0))
    return rows, doubled
