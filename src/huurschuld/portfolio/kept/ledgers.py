"""The entries of a state: as whole columns, numbered by tenancy, folded up to a day."""

from __future__ import annotations

import datetime as dt
from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.model.values import FIRST_DAY
from huurschuld.portfolio.columnar.expressions import Frame
from huurschuld.portfolio.columnar.intake import frame_of, intake
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.folding import CELLS, COLUMNS, PolarsFrame, fold
from huurschuld.portfolio.kept.runs import starts_of
from huurschuld.rules.policy import PolicyOnDay

RECENT_DAYS: Final = 62
"""Entries of at least so many days are not folded: a direct debit can be taken back for eight weeks."""

_LONGEST: Final = 10**5


def folds_to(as_of: dt.date, look_back: int) -> dt.date:
    """The day up to which entries are folded, by a policy that looks back so many days."""
    days = min(max(look_back, RECENT_DAYS), _LONGEST)
    before_all = FIRST_DAY - dt.timedelta(1)
    return max(as_of - dt.timedelta(days), before_all)


def in_polars(name: str, table: object) -> PolarsFrame:
    """A table as a lazy frame of polars; one of pandas or PyArrow is converted.

    Raises:
        InvalidValue: it is a table of another library, or no table.
    """
    library, frame = frame_of(name, table)
    if library not in ("polars", "pandas", "pyarrow"):
        raise InvalidValue(name, "a state is kept in polars", "give frames of polars, pandas or PyArrow")
    return frame.to_native()


def numbered(typed: Frame, known: PolarsFrame) -> PolarsFrame:
    """Entries as whole numbers and texts, as those of a state; they have been checked.

    Args:
        typed: the entries, days as numbers.
        known: a frame of `k` and `tenancy`.
    """
    named = known.lazy().select("k", "tenancy")
    return as_kept(typed.to_native().join(named, on="tenancy", how="inner"))


def as_kept(entries: PolarsFrame) -> PolarsFrame:
    """Entries that have their `k` already, days as numbers, as those of a state."""
    pl = polars("entries")
    due, booked = (pl.col(it).cast(pl.Int32).cast(pl.Date) for it in ("due", "booked"))
    return entries.with_columns(
        kind=pl.col("kind").cast(pl.Enum(list(ENTRY_CLASSES))),
        due=due,
        booked=pl.coalesce(booked, due),
        folded=pl.lit(False),
    ).select(COLUMNS)


def rents_of(typed: Frame, known: PolarsFrame) -> PolarsFrame:
    """The rents of some tenancies: `k`, `from`, `cents` and `per`."""
    pl = polars("rents")
    return (
        typed.to_native()
        .join(known.lazy().select("k", "tenancy"), on="tenancy", how="inner")
        .select("k", pl.col("from").cast(pl.Int32).cast(pl.Date), "cents", "per")
        .collect()
    )


def typed_rents(table: PolarsFrame) -> Frame:
    """The table of rents as whole numbers and texts."""
    pl = polars("rents")
    none = pl.DataFrame(schema={"id": pl.String, "start": pl.Date})
    return intake({"tenancies": none, "rents": table, "entries": no_entries()}, {}, {}).typed["rents"]


def no_entries() -> PolarsFrame:
    """A table of entries without rows."""
    pl = polars("entries")
    days = {"due": pl.Date, "booked": pl.Date, "cents": pl.Int64}
    return pl.DataFrame(schema={it: days.get(it, pl.String) for it in ("tenancy", *CELLS)})


def folded(entries: PolarsFrame, rents: PolarsFrame, until: dt.date, floor: int) -> PolarsFrame:
    """Entries folded up to a day; arguments as for `fold`."""
    starts = starts_of(entries, rents, until, floor)
    return fold(entries, rents.select("k", "from"), starts, until, floor)


def look_back(on_day: PolicyOnDay) -> int:
    """How many days a policy looks back over what was owed."""
    return max(on_day.values.get("sustained_days", 0), on_day.values.get("grace_days", 0))


def floor_of(on_day: PolicyOnDay) -> int:
    """The amount from which on a tenant is behind."""
    return max(1, on_day.values.get("floor_cents", 1))
