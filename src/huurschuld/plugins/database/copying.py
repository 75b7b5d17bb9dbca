"""From the text of PostgreSQL's COPY to Arrow: each column by the type that it has in the database.

PyArrow reads a whole block at once. If a cell does not fit the type of its column, such as the day
`infinity`, the block is read again cell by cell, and that cell becomes one that is refused.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from huurschuld.model.values import Birth, Choice, Day, FactValue, Flag, Kind, Text, Whole
from huurschuld.plugins.database.conversion import NO_WORD, Convert, converter, refusing_converter
from huurschuld.plugins.database.picking import PickedColumn
from huurschuld.plugins.database.streams import arrow_type, batch_of, pa

_csv: Final[Any] = importlib.import_module("pyarrow.csv")
_compute: Final[Any] = importlib.import_module("pyarrow.compute")

BOOLEAN: Final = 16
NUMBERS: Final = frozenset({20, 21, 23})
NUMERIC: Final = 1700
DAY: Final = 1082
UUID: Final = 2950
TEXTS: Final = frozenset({18, 19, 25, 705, 1042, 1043})
"""PostgreSQL's numbers for its types, which never change."""

_WRITTEN: Final[Mapping[type[Kind], frozenset[int]]] = {
    Birth: frozenset({DAY}),
    FactValue: NUMBERS | {BOOLEAN, NUMERIC},
}
"""The types whose text such a column takes, besides texts."""

_AMOUNT: Final = pa.decimal128(18, 2)
_Finish = Callable[[Any], Any]


@frozen
class CopiedColumn:
    """How a column is copied.

    Attributes:
        picked: the column.
        by_text: whether PostgreSQL is asked for its text.
        parsed: the type that PyArrow reads a block as.
        finish: turns that into the type of the column.
        read: converts the text of a single cell.
        type: the type of the column.
    """

    picked: PickedColumn
    by_text: bool
    parsed: Any
    finish: _Finish
    read: Convert
    type: Any


def plan_copy(  # noqa: PLR0912 - a ladder of types
    picked: PickedColumn, oid: int, *, is_textual: bool
) -> CopiedColumn:
    """Choose how a column is copied, by its type; an enumeration or an added text type is textual."""
    own, read, refuse = arrow_type(picked), converter(picked), refusing_converter(picked)
    is_textual, whole = is_textual or oid in TEXTS, oid in NUMBERS

    def at_once(parsed: Any, finish: _Finish = _as_it_is, *, by_text: bool = False) -> CopiedColumn:  # noqa: ANN401 - of PyArrow
        return CopiedColumn(picked, by_text, parsed, finish, read, own)

    def each(one: Convert) -> CopiedColumn:
        return CopiedColumn(picked, True, pa.string(), lambda column: _each(one, column, own), one, own)

    as_text = is_textual or whole or oid == BOOLEAN
    if picked.words is not None:
        if as_text:
            return at_once(pa.string(), _by_words(picked.words), by_text=True)
        return each(_whole_number(read, refuse) if oid == NUMERIC else refuse)
    is_noted = is_textual if isinstance(picked.kind, Whole) else as_text
    if picked.read is not None and is_noted:
        return each(_truth_as_word(read) if oid == BOOLEAN else read)
    match picked.kind:
        case Whole() if picked.euros and (whole or oid == NUMERIC):
            return at_once(_AMOUNT, _cents)
        case Whole() if whole:
            return at_once(own)
        case Whole() if is_textual or oid == NUMERIC:
            return each(read)
        case Day() if oid == DAY:
            return at_once(own)
        case Day() if is_textual:
            return each(read)
        case Flag() if oid == BOOLEAN:
            return CopiedColumn(picked, False, pa.bool_(), _as_it_is, _TRUTH.__getitem__, pa.bool_())
        case Flag() if is_textual:
            return at_once(own, by_text=True)
        case Birth() | FactValue() if is_textual or oid in _WRITTEN[type(picked.kind)]:
            return at_once(own, by_text=True)
        case Text() | Choice() if is_textual or whole or oid == UUID:
            return at_once(own, by_text=True)
        case Text() | Choice() if oid == NUMERIC:
            return each(_whole_number(read, refuse))
    return each(refuse)


def _truth_as_word(read: Convert) -> Convert:
    """COPY writes true and false as their first letters."""
    return lambda value: read({"t": "true", "f": "false"}.get(str(value), value))


def _whole_number(read: Convert, refuse: Convert) -> Convert:
    """Accept a number without decimals, such as that of a contract."""
    return lambda value: read(value) if str(value).removeprefix("-").isdecimal() else refuse(value)


def _as_it_is(column: Any) -> Any:  # noqa: ANN401 - of PyArrow, as all that follow
    return column


_TRUTH: Final[Mapping[object, object]] = {"t": True, "f": False}


def _cents(column: Any) -> Any:  # noqa: ANN401
    """Turn an amount with two decimals into cents, which are its digits."""
    return _compute.cast(column, pa.decimal64(18, 2)).view(pa.int64())


def _each(read: Convert, column: Any, own: Any) -> Any:  # noqa: ANN401
    return pa.array([None if it is None else read(it) for it in column.to_pylist()], own)


def _by_words(words: Mapping[str, str | None]) -> _Finish:
    theirs = pa.array(list(words), pa.string())
    ours = pa.array(list(words.values()), pa.string())

    def finish(column: Any) -> Any:  # noqa: ANN401
        at = _compute.index_in(column, value_set=theirs)
        unknown = _compute.and_(_compute.is_null(at), _compute.is_valid(column))
        return _compute.if_else(unknown, NO_WORD, ours.take(at))

    return finish


class Block:
    """Reads blocks of the text of COPY: CSV in which a null is empty, and an empty text is quoted."""

    def __init__(self, columns: Sequence[CopiedColumn]) -> None:
        self._columns = columns
        self.schema = pa.schema([(it.picked.column, it.type) for it in columns])

    def read(self, block: bytearray) -> Any:  # noqa: ANN401
        """Read the rows of a block, which ends where a row ends."""
        try:
            parsed = self._parsed(block, [it.parsed for it in self._columns])
            arrays = [
                it.finish(column) for it, column in zip(self._columns, parsed.columns, strict=True)
            ]
        except pa.ArrowInvalid:
            arrays = None
        if arrays is None:
            return self._cell_by_cell(block)
        return pa.record_batch(arrays, schema=self.schema)

    def _cell_by_cell(self, block: bytearray) -> Any:  # noqa: ANN401
        texts = self._parsed(block, [pa.binary()] * len(self._columns))
        cells = [
            [None if cell is None else it.read(_decoded(cell)) for cell in column.to_pylist()]
            for it, column in zip(self._columns, texts.columns, strict=True)
        ]
        return batch_of(self.schema, cells)

    def _parsed(self, block: bytearray, types: Sequence[Any]) -> Any:  # noqa: ANN401
        names = [str(number) for number in range(len(types))]
        table = _csv.read_csv(
            pa.py_buffer(block),
            read_options=_csv.ReadOptions(column_names=names, block_size=len(block) + 1),
            parse_options=_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=_csv.ConvertOptions(
                column_types=dict(zip(names, types, strict=True)),
                null_values=[""],
                true_values=["t"],
                false_values=["f"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        [batch] = table.combine_chunks().to_batches()
        return batch


def _decoded(cell: bytes) -> str:
    return cell.decode("utf-8", "surrogateescape")
