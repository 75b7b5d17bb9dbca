"""Columns of one's own in `tenancies`, such as a neighbourhood: carried along by name, never deciding.

They are taken out of the table before anything is read from it, so that they are in no fact, no receipt
and no hash, whichever engine decides.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from attrs import evolve, field, frozen

from huurschuld.errors import Cell, InputError, InvalidValue, MissingField
from huurschuld.hooks import Ledger
from huurschuld.model.refusals import Refusal
from huurschuld.model.values import FIRST_DAY, LAST_DAY
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.ledger_tables import LedgerAround, LedgerTable, ledger_tables
from huurschuld.portfolio.result_rows import ORIGIN, RESULT_COLUMNS, SELECTION, ResultRow
from huurschuld.portfolio.schema import TENANCY_COLUMNS
from huurschuld.rules.facts import FACTS, OWN

CarriedValue = str | int | bool | dt.date | None
"""A value in a column that is carried along; None where the cell is empty."""

NOT_CARRIED: Final = Refusal(
    MissingField,
    "this column is to be carried along, and is not in the table",
    "name a column of the table, or leave it out",
)
_NAME: Final = re.compile(r"\w[\w -]*")
_TAKEN: Final = frozenset((*RESULT_COLUMNS, *ORIGIN, SELECTION, *FACTS, "id", "row", "k"))
_NEARLY: Final = 0.8
"""How much two names have in common where one may be the other, misspelt: 1 is all."""


def check_carry(names: Iterable[str], place: str) -> tuple[str, ...]:
    """Return the names of columns to carry, each once.

    Args:
        names: the names.
        place: where they were given, for the error.

    Raises:
        InvalidValue: one is not a plain name, or is that of a known column but for its capitals, or a
            result has a column of this name already.
    """
    if isinstance(names, str):
        raise InvalidValue(place, "a list of names of columns is expected", "put the name in a list")
    found = tuple(dict.fromkeys(names))
    for name in found:
        if type(name) is not str or not _NAME.fullmatch(name):
            raise InvalidValue(
                place,
                "this is not a plain name of a column",
                "use letters, digits, spaces, - and _ in it",
            )
        plain = name.casefold()  # some libraries tell no capitals apart in names
        if plain in TENANCY_COLUMNS and name not in TENANCY_COLUMNS:
            raise InvalidValue(
                place,
                f"the name `{name}` is that of a known column but for its capitals",
                "write it in small letters in the table, or give yours another name",
            )
        if plain in _TAKEN or plain.startswith(OWN):
            raise InvalidValue(
                place,
                f"a result has a column `{name}` of its own",
                "give yours another name in the table",
            )
    return found


def misspelt(names: Iterable[str]) -> dict[str, str]:
    """Find the carried columns that may be meant for a known one: its name, by theirs.

    Such a column has no effect on the advice, which the one that it is meant for may well have.
    """
    found: dict[str, str] = {}
    for name in names:
        plain = "_".join(name.casefold().replace("-", " ").split())
        near = get_close_matches(plain, TENANCY_COLUMNS, 1, _NEARLY)
        if near and name not in TENANCY_COLUMNS:
            found[name] = near[0]
    return found


def misspelt_told(name: str, known: str) -> str:
    """Say that a carried column may be meant for a known one."""
    return (
        f"tenancies: the column {name} is carried along and has no effect, but its name is almost "
        f"`{known}`: check the spelling"
    )


class CarryingLedger(LedgerAround):
    """A ledger whose table `tenancies` has columns of its own, which it keeps apart.

    Args:
        ledger: the ledger.
        names: the columns to carry; those that a portfolio knows also stay in the table.
    """

    def __init__(self, ledger: Ledger, names: Sequence[str]) -> None:
        super().__init__(ledger)
        self.carried = Carried(tuple(names))
        """What is carried along, once the tables are read."""

    def ledger_tables(
        self,
        *,
        quarantine: bool = False,
        refused: list[tuple[str, InputError]] | None = None,
        own: Collection[str] = (),
    ) -> Mapping[str, LedgerTable]:
        """Take the tables, without what is carried.

        Args:
            quarantine: whether rows that cannot be read are rejected one by one.
            refused: gets what is wrong, by table; without it the first error raises.
            own: further columns of `tenancies` that exports are read with.

        Raises:
            InputError: as `huurschuld.portfolio.ledger_tables.ledger_tables`; a column to carry is
                missing, or holds what cannot be carried.
        """
        names = (*self.carried.names, *own)
        tables = dict(ledger_tables(self._ledger, quarantine=quarantine, refused=refused, own=names))
        table = tables.pop("tenancies", None)
        if table is not None:
            try:
                frame = table.read()
                tables["tenancies"] = _without(table, frame, self.carried.names)
                self.carried = _carried(frame, self.carried.names, table)
            except InputError as error:
                if refused is None:
                    raise
                refused.append(("" if "tenancies" in tables else "tenancies", error))
        return tables


@frozen
class Carried:
    """What a ledger carries along: the names of the columns, and a frame of polars with their values.

    The frame has the column `id` as well; it is None where nothing is carried along.
    """

    names: tuple[str, ...] = ()
    frame: Any = field(default=None, repr=False, eq=False)

    @classmethod
    def by(cls, ledger: Ledger) -> Carried:
        """What a ledger whose tables have been read carries along; nothing, if it is any other."""
        return ledger.carried if isinstance(ledger, CarryingLedger) else cls()

    def beside(self, rows: Iterable[ResultRow]) -> list[ResultRow]:
        """These rows, each with its values at the end; None where a cell is empty."""
        given = list(rows)
        if self.frame is None:
            return given
        pl = polars("tenancies")
        its = self.frame.filter(pl.col("id").is_in([row["tenancy"] for row in given]))
        values = {tenancy: dict(zip(self.names, cells, strict=True)) for tenancy, *cells in its.rows()}
        nothing = dict.fromkeys(self.names)
        return [{**row, **values.get(row["tenancy"], nothing)} for row in given]

    def texts(self, name: str) -> set[str]:
        """All texts that tenancies have in a column, on the worklist or not."""
        return set() if self.frame is None else {carried_text(it) for it in self.frame[name].unique()}


def carried_text(value: CarriedValue) -> str:
    """A carried value as text, as it is filtered and grouped by; an empty text where there is none."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _without(table: LedgerTable, frame: Any, names: Sequence[str]) -> LedgerTable:  # noqa: ANN401 - polars need not be installed
    """The table without the columns of one's own; any other column keeps its number in errors."""
    own = [it for it in frame.columns if it in names and it not in TENANCY_COLUMNS]
    numbers = [number for number, it in enumerate(frame.columns, 1) if it not in own]

    def place(name: str, row: int | None, column: str) -> Cell:
        number = int(column) if column.isdecimal() else 0
        return table.place(name, row, str(numbers[number - 1]) if number else column)

    return evolve(table, table=frame.drop(own), place=place)


def _carried(frame: Any, names: tuple[str, ...], table: LedgerTable) -> Carried:  # noqa: ANN401 - polars need not be installed
    for name in names:
        if name not in frame.columns:
            raise NOT_CARRIED.at(table.place("tenancies", None, name))
    pl = polars("tenancies")
    if frame.schema.get("id") not in (pl.String, pl.Categorical, pl.Enum):
        return Carried(names)  # whoever reads the table refuses it
    columns = [_values(frame[name], table) for name in names]
    return Carried(names, pl.DataFrame([frame["id"].cast(pl.String), *columns]))


def _values(series: Any, table: LedgerTable) -> Any:  # noqa: ANN401 - as above
    """The values of a column: whole numbers, days, yes and no as they are, all else as text."""
    pl = polars("tenancies")
    if series.dtype.is_nested() or series.dtype in (pl.Binary, pl.Duration, pl.Object):
        raise InvalidValue(
            table.place("tenancies", None, series.name),
            "a column that is carried along holds texts, numbers, days or yes and no",
            "leave it out",
        )
    kept = series.dtype.is_integer() or series.dtype == pl.Boolean
    if series.dtype == pl.Date:
        kept = bool(series.drop_nulls().is_between(FIRST_DAY, LAST_DAY).all())
    return series if kept else series.cast(pl.String).replace("", None)
