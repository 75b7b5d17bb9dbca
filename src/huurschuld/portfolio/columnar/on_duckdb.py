"""Portfolios in DuckDB: it reads, types and adds up all entries; polars decides on what is left.

Nearly all of a ledger is of tenancies that owe nothing, and one grouped sum leaves them out. DuckDB is
good at that. What is left is small, and would take hundreds of statements, each of which takes longer to
plan than to run. So what is kept goes to polars once, and only the results come back.

The connection is the caller's. It is only read from, and nothing is made on it, not even for a while. A
relation that is given back is one over rows in memory, which go when it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import narwhals as nw

from huurschuld.errors import InvalidValue
from huurschuld.portfolio.columnar.backend import texts_of
from huurschuld.portfolio.columnar.duckdb_rows import quoted, relation_of
from huurschuld.portfolio.columnar.expressions import Frame, framed
from huurschuld.portfolio.columnar.on_polars import Polars
from huurschuld.portfolio.columnar.on_sql import Sql

_AS_THEY_ARE: Final = ("BIGINT", "BOOLEAN", "VARCHAR")
"""The types whose values go through polars; those of other columns go as texts."""
_UNION: Final = "UNION("
"""In the name of a type to which no text can be turned back."""
_CARRIED_OF: Final = "tenancies"
"""The table of which columns are carried along."""
_BUSY: Final = "ResourceInUseException"
"""What DuckDB raises from 2.0 on if a result of the connection is not read to its end."""


class DuckDB(Sql):
    """Relations of one connection; what is kept of them is in frames of polars."""

    quote = '"'
    text = "VARCHAR"
    moment = "TIMESTAMP"
    days_end = False

    def __init__(self) -> None:
        self._polars = Polars()
        self._given: Any = None
        self._types: dict[str, str] = {}

    def select(self, native: Any, columns: Mapping[str, str]) -> Any:
        return native.project(", ".join(f'{it} AS "{name}"' for name, it in columns.items()))

    def as_text(self, raw: str) -> str:
        # By code point, whatever the connection or the column compares texts by.
        return f"CAST({raw} AS {self.text}) COLLATE C"

    def since_1970(self, day: str) -> str:
        return f"CASE WHEN isfinite({day}) THEN {day} - DATE '1970-01-01' END"

    def matches(self, raw: str, pattern: str) -> str:
        return f"regexp_full_match({raw}, '{pattern}')"

    def check_together(self, frames: Mapping[str, Frame]) -> None:
        self._given = frames["tenancies"].to_native()
        first = self._given.limit(0).project("1 AS one").set_alias("one")
        for name, frame in frames.items():
            try:
                first.cross(frame.to_native().limit(0).project("1 AS other").set_alias("other"))
            except Exception as error:  # noqa: BLE001 - raised by code that is not ours; it is raised again below
                kind = type(error).__name__
            else:
                continue
            raise InvalidValue(
                name,
                f"this relation cannot be used with tenancies ({kind})",
                "give relations of one connection",
            )
        try:
            first.fetchall()
        except Exception as error:
            if type(error).__name__ != _BUSY:
                raise
        else:
            return
        raise InvalidValue(
            "tenancies",
            "the connection of this relation has a result that is not read to its end",
            "read it to its end, or give relations of another connection: `connection.cursor()`",
        )

    def keep(self, frame: Frame) -> Frame:
        return framed(self._read(frame.to_native())) if _is_relation(frame) else self._polars.keep(frame)

    def _read(self, relation: Any) -> Any:
        return self._polars.pl.DataFrame(relation.to_arrow_table())

    def in_reach(self, frame: Frame, other: Frame) -> Frame:
        if _is_relation(frame) and not _is_relation(other):
            return framed(self._relation(other))
        if _is_relation(other) and not _is_relation(frame):
            return self.keep(self._with_texts(other))
        return other

    def _relation(self, frame: Frame) -> Any:
        return relation_of(self._polars.keep(frame).collect().to_native(), self._given)

    def _with_texts(self, frame: Frame) -> Frame:
        """A relation in which values of other types are texts, until `given` gives them back."""
        relation: Any = frame.to_native()
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        odd = {name: it for name, it in types.items() if it not in _AS_THEY_ARE}
        if not odd:
            return frame
        for name, it in odd.items():
            if _UNION in it:
                raise InvalidValue(
                    f"{_CARRIED_OF}, column {name}",
                    "a column of a type with UNION cannot be carried along",
                    "give it as a text: CAST(column AS VARCHAR)",
                )
        self._types |= odd
        return framed(relation.project(f"* REPLACE ({_cast(dict.fromkeys(odd, self.text))})"))

    def given(self, frame: Frame) -> Any:
        relation = self._relation(frame)
        odd = {name: it for name, it in self._types.items() if name in relation.columns}
        return relation.project(f"* REPLACE ({_cast(odd)})") if odd else relation

    def with_days(self, frame: Frame, names: list[str]) -> Frame:
        return self._polars.with_days(frame, names)

    def numbered(self, frame: Frame) -> Frame | None:
        if not _is_relation(frame):
            return self._polars.numbered(frame)
        return framed(frame.to_native().project("*, row_number() OVER () - 1 AS row"))

    def beside(self, frame: Frame, other: Frame, on: str) -> Frame:
        return self._polars.beside(frame, other, on)

    def without(self, frame: Frame, other: Frame, on: str) -> Frame:
        return self._polars.without(frame, other, on)

    def in_order(self, ordered: Frame, some: Frame, key: str) -> Frame:
        return self._polars.in_order(ordered, some, key)

    def of_these(self, frame: Frame, tenancies: Frame) -> Frame:
        if not _is_relation(frame):
            return self._polars.of_these(frame, tenancies)
        names = tenancies.select("tenancy").unique()
        return frame.join(self.in_reach(frame, names), on="tenancy", how="semi")

    def joined(self, frame: Frame, keys: Frame) -> Frame:
        if not _is_relation(frame):
            return self._polars.joined(frame, keys)
        return self.keep(self.of_these(frame, keys)).join(keys, on="tenancy", how="inner")

    def repeated(self, frame: Frame, key: list[str]) -> Frame:
        """By hashes first, as in polars."""
        if not _is_relation(frame):
            return self._polars.repeated(frame, key)
        columns = ", ".join(map(self.column, key))
        named = " AND ".join(f"{self.column(it)} <> ''" for it in texts_of(frame, key))
        hashed = f"CASE WHEN {named} THEN hash({columns}) END AS hash"  # null for the others
        keys: Any = frame.to_native().project(f"{columns}, {hashed}")
        hashes = self._read(keys.project("hash")).to_series()
        if not hashes.null_count() and hashes.n_unique() == len(hashes):
            return self.keep(framed(keys.limit(0).project(columns)))
        alike = framed(hashes.filter(hashes.is_duplicated()).drop_nulls().unique().to_frame())
        keyed = framed(keys)
        found = [
            keyed.filter(nw.col("hash").is_null()),
            keyed.join(self.in_reach(keyed, alike), on="hash", how="semi"),
        ]
        return self._polars.repeated(self.keep(nw.concat(found).select(*key)), key)


def _is_relation(frame: Frame) -> bool:
    return frame.implementation.is_duckdb()


def _cast(types: Mapping[str, str]) -> str:
    return ", ".join(f"CAST({quoted(name)} AS {it}) AS {quoted(name)}" for name, it in types.items())
