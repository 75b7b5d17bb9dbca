"""An invented portfolio to try things out on, as a folder of CSV tables.

`write_sample` invents the tenancies of a Dutch housing corporation (woningcorporatie): about two years
of rent and payments, with about 6 % in arrears for very different reasons. It contains no person,
address or number, and every birth date is random.

| module | holds |
|---|---|
| `dice` | random numbers that are the same everywhere |
| `ledger`, `payments` | the money of a tenancy, and how tenants pay |
| `dossier` | contacts, household, and what else is recorded |
| `outside` | addresses, helpers and a receiver for it |
| `ordinary` | the tenancies without arrears |
| `arrears`, `stories`, `deck` | those with arrears, and how many of each there are |
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from huurschuld.errors import InvalidValue
from huurschuld.model.files import whole_folder
from huurschuld.model.tenancy import Household, Tenancy
from huurschuld.portfolio.rows import tenancy_rows
from huurschuld.portfolio.schema import COLUMNS
from huurschuld.testing.sample.deck import deal
from huurschuld.testing.sample.dice import Dice
from huurschuld.testing.sample.dossier import household
from huurschuld.testing.sample.ledger import ENTRY_COLUMNS, calendar_of, entry_rows
from huurschuld.testing.sample.ordinary import SampleTenancy

__all__ = ["SAMPLE_DAY", "write_sample"]

#: The day up to which a sample runs, unless another is given.
SAMPLE_DAY: Final = dt.date(2026, 10, 20)

#: The most tenancies in one sample.
MOST: Final = 1_000_000

# Every table ends in a column that is never empty and of fixed words or days, so that a file that was
# truncated cannot be taken for a whole one.
_LAST: Final = {
    **dict.fromkeys(("rents", "plans", "disputes"), "from"),
    "signals": "date",
    "facts": "value",
}

#: The tables of a portfolio with their columns, in the order in which they are written.
TABLES: Final = {
    table: tuple(sorted(columns, key=_LAST.get(table, "").__eq__)) for table, columns in COLUMNS.items()
} | {"entries": ENTRY_COLUMNS}

_EARLIEST, _LATEST = dt.date(1950, 1, 1), dt.date(2190, 12, 31)
_STEP: Final = 100

# What writes the rows of a table; the type of a csv writer has no public name.
_Writers: TypeAlias = dict[str, Callable[[Iterable[Iterable[object]]], object]]


def write_sample(
    folder: Path,
    tenancies: int,
    seed: int,
    *,
    as_of: dt.date = SAMPLE_DAY,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write an invented portfolio as a folder of CSV tables, whole or not at all.

    The same number, seed and day give the same bytes on every platform and version of Python, and
    the first tenancies of a larger sample are those of a smaller one. About 6 % are in arrears
    (huurachterstand) on `as_of`; this is tuned for `SAMPLE_DAY`, the twentieth of a month.

    All tables and columns are there, so contacts, plans, disputes, objections, signals and facts are
    known for everyone, and no built-in policy answers `ask` because of them. The children of some
    households are not known. Of `facts` there are `guardian` (bewind) and `moratorium`.

    Args:
        folder: where to write; it may be absent or empty, and its parents are made.
        tenancies: how many, 1 to 1,000,000.
        seed: any whole number; another one gives another portfolio.
        as_of: the last day of the history (peildatum), from 1950 to 2190.
        progress: called with the number of tenancies made so far, now and then and at the end.

    Raises:
        InvalidValue: the folder is not empty, or is a file; the number or the day is out of range.
        OSError: the folder could not be written; nothing is left behind.
    """
    if not 1 <= tenancies <= MOST:
        raise InvalidValue("tenancies", f"a sample has 1 to {MOST:,} tenancies")
    if not _EARLIEST <= as_of <= _LATEST:
        raise InvalidValue("as_of", f"a sample is of a day from {_EARLIEST} to {_LATEST}")
    calendar = calendar_of(as_of)
    with free_folder(folder) as made, ExitStack() as stack:
        write: _Writers = {}
        for name, columns in TABLES.items():
            path = made / f"{name}.csv"
            file = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            write[name] = writer.writerows
        living_in: Household | None = None
        for number, dealt in zip(range(1, tenancies + 1), deal(seed), strict=False):
            dice = Dice(seed, number)
            invented = dealt.story(dice, calendar)
            if not dealt.of_the_same:
                living_in = household(dice, as_of)
            _write_tenancy(write, f"KW-{number:06d}", invented, living_in)
            if progress is not None and (number % _STEP == 0 or number == tenancies):
                progress(number)


@contextmanager
def free_folder(folder: Path) -> Iterator[Path]:
    """Make a folder whole or not at all, where there is none, or an empty one.

    Raises:
        InvalidValue: the folder is not empty, or is a file.
        OSError: it cannot be written; nothing is left behind.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        problem = "this folder is not empty" if folder.is_dir() else "this is a file"
        raise InvalidValue(folder.name, problem, "give a new or an empty folder")
    with whole_folder(folder) as made:
        yield made


def _write_tenancy(
    write: _Writers, id_: str, invented: SampleTenancy, household: Household | None
) -> None:
    lease, file = invented.ledger.lease, invented.dossier._asdict()
    tenancy = Tenancy(id=id_, **lease._asdict(), entries=(), household=household, **file)
    # Made into values of the model, the entries would take as long as all the rest.
    write["entries"](entry_rows(id_, invented.ledger))
    for table, rows in tenancy_rows(tenancy).items():
        if rows:
            write[table]([_cell(row[column]) for column in TABLES[table]] for row in rows)


def _cell(value: object) -> object:
    return ("true" if value else "false") if isinstance(value, bool) else value
