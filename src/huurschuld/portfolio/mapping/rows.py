"""The rows of one exported file as values of a table of a portfolio."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from attrs import evolve, frozen

from huurschuld.errors import Cell, InputError, InvalidValue, MissingField
from huurschuld.model.refusals import EMPTY_CELL
from huurschuld.model.values import Choice, Flag
from huurschuld.portfolio.csv_strict import RejectedRow
from huurschuld.portfolio.mapping import fields as way
from huurschuld.portfolio.mapping.document import Part
from huurschuld.portfolio.mapping.fields import Name, Value
from huurschuld.portfolio.mapping.sheets import ERROR_CELL, Row, Rows, normal
from huurschuld.portfolio.mapping.unfit import Unfit
from huurschuld.portfolio.schema import ASSUMABLE_COLUMNS, COLUMNS, COLUMNS_OF_KINDS


@frozen
class ReadRow:
    """A row as it was read: its line, and its values by column of the portfolio."""

    line: int
    values: dict[str, Value]


class PartRows:
    """Reads the rows of one file into one table.

    Args:
        part: what the mapping says.
        rows: the rows of the file.
        own: headings of columns that belong to no portfolio, read as they are where the file has them.

    Raises:
        MissingField: the file lacks a column that the mapping names.
        InvalidValue: two columns have the heading that the mapping names, or the file may be cut off.
    """

    def __init__(self, part: Part, rows: Rows, own: Collection[str] = ()) -> None:
        self.own = tuple(
            it for it in own if it not in COLUMNS[part.table] and normal(it) in rows.heading
        )
        """The columns of `own` that the file has."""
        beside = {it: way.OneCell((it,), it, frozenset(), _as_it_is, _may_be_longer) for it in self.own}
        self.part = part = evolve(part, fields={**part.fields, **beside})
        self._rows = rows
        self._table = part.table
        self._owner = "id" if part.table == "tenancies" else "tenancy"
        self._width = len(rows.heading)
        self._at = {
            name: [self._position(it) for it in field.names] for name, field in part.fields.items()
        }
        self._left_out = {self._position(name): texts for name, texts in part.leave_out.items()}
        self._guessed = [
            name
            for name in ASSUMABLE_COLUMNS.get(part.table, ())
            if name in part.fields and isinstance(COLUMNS[part.table][name].kind, Flag | Choice)
        ]
        if rows.is_open:
            self._check_end(rows.rows)

    def place(self, line: int | None, column: str, number: int = 0) -> Cell:
        """The place of a value, under the heading that it has in the file; None is the heading."""
        field = self.part.fields.get(column)
        label = str(field.names[number]) if field is not None and field.names else column
        heading = max(self.part.layout.heading, 1)
        return Cell(self._rows.file, heading if line is None else line, label)

    def read(self, rejected: list[RejectedRow] | None) -> Iterator[ReadRow]:
        """Yield the rows; one that cannot be read goes into `rejected`, or raises if that is None."""
        for row in self._rows.rows:
            if any(_at(row, it).casefold() in texts for it, texts in self._left_out.items()):
                continue
            try:
                values = self._values(row)
            except InputError as error:
                if rejected is None:
                    raise
                rejected.append(RejectedRow(self._table, error, self._owner_of(row)))
            else:
                yield ReadRow(row.line, values)

    def _position(self, name: Name) -> int:
        """The position of a column of the file, from 0."""
        heading = self._rows.heading
        cell = Cell(self._rows.file, max(self.part.layout.heading, 1), str(name))
        if isinstance(name, int):
            if heading and name > len(heading):
                raise MissingField(cell, "the file has fewer columns", "correct the mapping")
            return name - 1
        found = [it for it, its in enumerate(heading) if its == normal(name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise InvalidValue(
                cell,
                "two columns have this heading",
                "give one of the two another heading"
                if name in self.own
                else "name the one to read by its number in the mapping",
            )
        raise MissingField(
            cell,
            "there is no such heading on this line",
            "correct the mapping: the heading, the line in heading, or the separator",
        )

    def _values(self, row: Row) -> dict[str, Value]:
        if any(row.cells[self._width :]) and self._width:
            raise InvalidValue(
                Cell(self._rows.file, row.line, ""),
                "this line has more cells than there are headings",
                "correct the line: a cell with a separator in it needs quotes",
            )
        if self._table == "entries":
            return self._entry(row)
        return {
            name: self._value(row, name)
            if name in self.own
            else self._checked(
                row, name, self._value(row, name), is_required=COLUMNS[self._table][name].required
            )
            for name in self.part.fields
        }

    def _entry(self, row: Row) -> dict[str, Value]:
        """The values of an entry: those that its kind has."""
        fields = self.part.fields
        cents = self._value(row, "cents") if "cents" in fields else None
        kind_field = fields["kind"]
        if isinstance(kind_field, way.KindBySign):
            kind: Value = self._kind_by_sign(row, kind_field, cents)
            cents = abs(cents) if isinstance(cents, int) else cents
        else:
            kind = self._checked(row, "kind", self._value(row, "kind"), is_required=True)
        values: dict[str, Value] = {"kind": kind}
        for name, column in COLUMNS_OF_KINDS[str(kind)].items():
            if name in fields:
                given = cents if name == "cents" else self._value(row, name)
                values[name] = self._checked(row, name, given, is_required=column.required)
            elif column.required:
                raise MissingField(
                    self.place(row.line, name),
                    "entries of this kind need this column",
                    "name its heading in entries.columns of the mapping",
                )
        return values

    def _kind_by_sign(self, row: Row, field: way.KindBySign, cents: Value) -> str:
        if not isinstance(cents, int):
            raise EMPTY_CELL.at(self.place(row.line, "cents"))
        if cents == 0:
            raise self._zero(row)
        texts = self._texts(row, "kind")
        try:
            return field.kind(texts[0] if texts else "", cents)
        except Unfit as unfit:
            raise self._error(row, "kind" if field.names else "cents", unfit) from None

    def _value(self, row: Row, name: str) -> Value:
        texts = self._texts(row, name)
        if ERROR_CELL in texts:
            unfit = Unfit(
                "this cell holds an error of the spreadsheet, such as #N/A",
                "correct its formula",
                texts.index(ERROR_CELL),
            )
            raise self._error(row, name, unfit)
        try:
            return self.part.fields[name].value(texts)
        except Unfit as unfit:
            raise self._error(row, name, unfit) from None

    def _texts(self, row: Row, name: str) -> list[str]:
        field, cells = self.part.fields[name], row.cells
        texts = []
        for number, at in enumerate(self._at[name]):
            if at >= len(cells):
                if not self.part.layout.short_lines:
                    raise InvalidValue(
                        self.place(row.line, name, number),
                        "this line ends before this column",
                        "restore the file; if it leaves out empty cells at the end, set "
                        "short_lines = true",
                    )
                texts.append("")
            else:
                texts.append("" if cells[at].casefold() in field.empty else cells[at])
        return texts

    def _checked(self, row: Row, name: str, value: Value, *, is_required: bool) -> Value:
        """Check that a value is one that its column may hold."""
        column = COLUMNS[self._table][name]
        if value is None:
            if is_required and not isinstance(self.part.fields[name], way.ByTable):
                raise EMPTY_CELL.at(self.place(row.line, name))
            if name in self._guessed:
                unfit = Unfit(
                    "this cell is empty, and what that means is not said",
                    f'add "" to {self.part.fields[name].place}.words, such as "" = false',
                )
                raise self._error(row, name, unfit)
            return None
        if isinstance(value, int):
            if value < 0:
                raise self._error(row, name, Unfit("an amount below zero", self._about_minus()))
            if value == 0 and self._table == "entries":
                raise self._zero(row)
        given = value if isinstance(value, int) else column.kind.from_text(value)
        if not column.kind.accepts(given):
            raise self._error(row, name, Unfit(column.kind.expected, "correct the cell"))
        return value

    def _about_minus(self) -> str:
        if self._table == "entries":
            return "if a minus means something, say it by plus and minus in entries.columns.kind"
        return "correct the cell"

    def _zero(self, row: Row) -> InputError:
        unfit = Unfit("an amount of zero", "correct the cell, or name it in leave_out of the mapping")
        return self._error(row, "cents", unfit)

    def _error(self, row: Row, name: str, unfit: Unfit) -> InputError:
        return InvalidValue(self.place(row.line, name, unfit.number), unfit.problem, unfit.remedy)

    def _owner_of(self, row: Row) -> str | None:
        """The tenancy of a row that cannot be read; None if that is not certain."""
        if len(row.cells) < self._width or any(row.cells[self._width :]):
            return None
        try:
            value = self._value(row, self._owner)
        except InputError:
            return None
        return value if isinstance(value, str) else None

    def _check_end(self, rows: Sequence[Row]) -> None:
        """Check that the last line, which has no line break, was not cut off within what is read."""
        if not rows:
            return
        last = rows[-1]
        at = len(last.cells) - 1
        read = {it: name for name, its in self._at.items() for it in its}
        is_whole = len(last.cells) >= self._width and (
            at not in read or self.part.fields[read[at]].is_whole(last.cells[at])
        )
        if not is_whole:
            raise InvalidValue(
                self.place(last.line, read.get(at, "")),
                "the last line may have been cut off",
                "end it with a line break, or restore the file",
            )


def _as_it_is(text: str) -> str | None:
    return text or None


def _may_be_longer(_: str) -> bool:
    return False


def _at(row: Row, position: int) -> str:
    return row.cells[position] if position < len(row.cells) else ""
