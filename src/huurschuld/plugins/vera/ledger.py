"""The ledger `vera`: the tables of a portfolio, streamed from the store some rows at a time."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

from attrs import frozen

from huurschuld.errors import Cell, InputError
from huurschuld.hooks import ArrowStream
from huurschuld.model.values import RedactedRepr
from huurschuld.plugins.vera.aside import Aside
from huurschuld.plugins.vera.client import Client
from huurschuld.plugins.vera.notices import notices
from huurschuld.plugins.vera.reading import read_all
from huurschuld.plugins.vera.settings import BY_KIND, Settings
from huurschuld.plugins.vera.store import Store
from huurschuld.plugins.vera.transport import library

_ROWS: Final = 20_000
_DAYS: Final = frozenset(
    {"start", "end", "deceased", "from", "until", "broken_on", "due", "booked", "date"}
)


@frozen
class _Table:
    """A table, and where it comes from.

    Attributes:
        resource: the list of the source that its rows come from.
        members: its columns, with the members of VERA that they are read from.
        query: gives the columns in this order, then the number of the item.
    """

    resource: str
    members: Mapping[str, str]
    query: str


def _of(table: str, columns: str) -> str:
    return (
        f"SELECT t.agreement, {columns}, t.number FROM {table} t"  # noqa: S608 - our own names
        " JOIN agreement a ON a.id = t.agreement AND a.kept ORDER BY a.number, t.number"
    )


def _tables(settings: Settings) -> dict[str, _Table]:
    rent = {
        "tenancy": "overeenkomst",
        "from": "begindatum",
        "cents": "bedragInclusiefBtw",
        "per": "prolongatieInterval",
    }
    of_rents = "prijscomponenten"
    if settings.rents == "agreement":
        rent |= {"tenancy": "id", "from": "huurHerzieningsdatum", "cents": "brutohuur"}
        of_rents = "huurovereenkomsten"
    tables = {
        "tenancies": _tenancies(settings),
        "rents": _Table(
            of_rents,
            rent,
            "SELECT t.agreement, t.first, t.cents, t.per, t.number FROM rent t"
            " JOIN agreement a ON a.id = t.agreement ORDER BY a.number, t.first",
        ),
        "entries": _Table("boekingen", _ENTRIES, _of("entry", ", ".join(f"t.{it}" for it in _ENTRY))),
    }
    if "contacts" in settings.records:
        tables["contacts"] = _contacts(settings)
    if "plans" in settings.records:
        tables["plans"] = _Table(
            "betalingsregelingen", _PLANS, _of("plan_of", "t.first, t.last, t.broken, t.cents")
        )
    if "disputes" in settings.records:
        tables["disputes"] = _Table(
            "huurgeschillen", _DISPUTES, _of("dispute", "t.first, t.last, t.cents")
        )
    return tables


_ENTRY: Final = ("id", "kind", "due", "booked", "cents", "settles", "reverses")
_ENTRIES: Final = {
    "tenancy": "overeenkomst",
    "id": "id",
    "kind": "soort",
    "due": "vervaldatum",
    "booked": "boekdatum",
    "cents": "bedrag",
    "settles": "afletteringen",
    "reverses": "afletteringen",
}
_PLANS: Final = {
    "tenancy": "overeenkomst",
    "from": "begindatum",
    "until": "einddatum",
    "broken_on": "einddatum",
    "cents": "bedrag",
}
_DISPUTES: Final = {
    "tenancy": "huurovereenkomst",
    "from": "begindatum",
    "until": "einddatum",
    "cents": "bedrag",
}


def _tenancies(settings: Settings) -> _Table:
    members = {"id": "id", "start": "begindatum", "end": "einddatum"}
    columns = ["a.id", "a.first", "a.last"]
    if "units" in settings.records:
        members["object"] = "eenheden"
        columns.append("o.object")
    if "deaths" in settings.records:
        members["deceased"] = "relaties"
        columns.append("d.day")
    query = (
        f"SELECT {', '.join(columns)}, a.number FROM agreement a"  # noqa: S608 - our own names
        " LEFT JOIN object o ON o.agreement = a.id LEFT JOIN death d ON d.agreement = a.id"
        " WHERE a.kept OR a.id IN aside ORDER BY a.number"
    )
    return _Table("huurovereenkomsten", members, query)


def _contacts(settings: Settings) -> _Table:
    members = {"tenancy": "relaties", "date": "datum", "channel": "kanaal"}
    columns = ["o.agreement", "c.day", "c.channel"]
    if "direction" in settings.contact_records:
        members["direction"] = "richting"
        columns.append("c.direction")
    for sign, name in enumerate(BY_KIND, 1):
        if name in settings.contact_records:
            members[name] = "soort"
            columns.append(f"substr(c.flags, {sign}, 1) = '1'")
    query = (
        f"SELECT {', '.join(columns)}, c.number FROM contact_of o"  # noqa: S608 - our own names
        " JOIN contact c ON c.id = o.contact JOIN agreement a ON a.id = o.agreement"
        " ORDER BY a.number, c.day, c.number"
    )
    return _Table("contactmomenten", members, query)


class VeraLedger(RedactedRepr):
    """The tables of a source that speaks VERA, which is read whole at the first call of `tables()`."""

    def __init__(self, settings: Settings, connect: Callable[[Settings], Client] = Client) -> None:
        self._arrow: Any = library("pyarrow")
        self._settings = settings
        self._connect = connect
        self._described = _tables(settings)
        self._store: Store | None = None
        self._numbers: dict[str, array[int]] = {}

    def tables(self) -> Mapping[str, ArrowStream]:
        """Return the tables that the source records; each can be read more than once.

        Raises:
            InputError: at the item and member that is wrong.
            PluginFailed: the source cannot be read.
        """
        store = self._store
        if store is None:
            store = Store()
            with self._connect(self._settings) as client:
                read_all(client, store, self._settings)
            self._store = store
        return {
            name: _Stream(self._arrow, described.members, partial(self._batches, name, store))
            for name, described in self._described.items()
        }

    def place(self, table: str, row: int | None, column: str) -> Cell:
        """Return the list in the source, the item's number in it (from 1), and the member."""
        described = self._described[table]
        numbers = self._numbers.get(table)
        number = 0 if row is None or numbers is None or row >= len(numbers) else numbers[row]
        return Cell(f"vera {described.resource}", number, described.members.get(column, column))

    def set_aside(self) -> Sequence[tuple[InputError, str]]:
        """Read the source without the leases that something is wrong with, and say what that is.

        Raises:
            InputError: it is not certain which lease something wrong concerns.
            PluginFailed: the source cannot be read.
        """
        store = Store(undoes=True)
        aside = Aside(store)
        with self._connect(self._settings) as client:
            read_all(client, store, self._settings, aside)
        self._store, self._numbers = store, {}
        return aside.found

    def notices(self) -> Sequence[tuple[Cell, str, str | None]]:
        """Return what a person should know of what was read; nothing before `tables()` is called."""
        return () if self._store is None else list(notices(self._store, self._settings))

    def _batches(self, name: str, store: Store, schema: Any) -> Iterator[Any]:  # noqa: ANN401 - of pyarrow
        pa, numbers = self._arrow, array("Q")
        rows = store.rows(self._described[name].query)
        while some := list(islice(rows, _ROWS)):
            *cells, these = zip(*some, strict=True)
            numbers.extend(int(number or 0) for number in these)
            # Tables may be read again, or twice at the same time: known places are never lost.
            self._numbers[name] = max(self._numbers.get(name, numbers), numbers, key=len)
            yield pa.record_batch(
                [_typed(pa, values, field) for values, field in zip(cells, schema, strict=True)],
                schema=schema,
            )


class _Stream:
    """A table, read from the store each time that it is streamed."""

    def __init__(self, arrow: Any, columns: Iterable[str], batches: Callable[[Any], Any]) -> None:  # noqa: ANN401 - pyarrow and its objects
        types = {
            "cents": arrow.int64(),
            **dict.fromkeys(_DAYS, arrow.date32()),
            **dict.fromkeys(BY_KIND, arrow.bool_()),
        }
        self._arrow = arrow
        self._schema = arrow.schema([(it, types.get(it, arrow.string())) for it in columns])
        self._batches = batches

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Stream the rows, some at a time."""
        reader = self._arrow.RecordBatchReader
        batches = self._batches(self._schema)
        return reader.from_batches(self._schema, batches).__arrow_c_stream__(requested_schema)


def _typed(pa: Any, values: Sequence[Any], field: Any) -> Any:  # noqa: ANN401 - of pyarrow
    if field.type == pa.date32():
        return pa.array(values, pa.string()).cast(pa.date32())
    if field.type == pa.bool_():
        return pa.array([None if it is None else bool(it) for it in values], pa.bool_())
    return pa.array(values, field.type)
