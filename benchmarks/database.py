"""Reading a portfolio from PostgreSQL: the ledger `database` beside a plain COPY of the same rows.

    python benchmarks/database.py
    python benchmarks/database.py --tenancies 100000 --entries 5000000 --rounds 5

It starts a PostgreSQL of its own in a temporary folder, from the programs that are installed (as root,
by the user postgres), and fills it with an invented portfolio. Contenders take turns, each run in a
process of its own: what it takes is from opening the ledger to the last batch, without starting Python.
Batches are counted and thrown away. All must give the same rows: the sums of all cents and days, and how
many cells are null, are held against each other.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, Final

import psycopg

sys.path.append(str(Path(__file__).resolve().parents[1]))

from huurschuld.plugins.database import open_database

TENANCIES: Final = 100_000
ENTRIES: Final = 5_000_000
ROUNDS: Final = 5

COPY: Final = "plain COPY"
LEDGER: Final = "ledger database"
MAPPED: Final = "the same, mapped"
CURSOR: Final = "rows of psycopg"

COLUMNS: Final = {
    "tenancies": ("id", "start", "end", "deceased", "children_known"),
    "rents": ("tenancy", "from", "cents"),
    "entries": ("tenancy", "id", "kind", "due", "booked", "cents", "settles", "reverses"),
    "contacts": ("tenancy", "date", "channel", "direction", "about_arrears", "reminder", "debt_help"),
}
_DAYS: Final = frozenset({"start", "end", "deceased", "from", "due", "booked", "date"})
_FLAGS: Final = frozenset({"about_arrears", "reminder", "debt_help"})
_BLOCK: Final = 2**20

_FILL: Final = """
    CREATE TABLE tenancies AS
    SELECT 'T' || lpad(n::text, 7, '0') AS id, date '2015-01-01' + n % 3000 AS start,
        CASE WHEN n % 200 = 0 THEN date '2026-09-30' END AS "end", NULL::date AS deceased,
        CASE WHEN n % 3 > 0 THEN 'all' END AS children_known
    FROM generate_series(0, {tenancies} - 1) AS n;
    CREATE TABLE rents AS
    SELECT id AS tenancy, date '2015-01-01' AS "from", (45000 + n % 60000)::bigint AS cents
    FROM (SELECT id, row_number() OVER () AS n FROM tenancies) AS numbered;
    CREATE TABLE entries AS
    SELECT 'T' || lpad((n % {tenancies})::text, 7, '0') AS tenancy, 'P' || lpad(n::text, 9, '0') AS id,
        CASE WHEN paid THEN 'payment' ELSE 'rent' END AS kind,
        CASE WHEN NOT paid THEN date '2024-11-01' + n % 700 END AS due,
        CASE WHEN paid THEN date '2024-11-01' + n % 700 END AS booked,
        (45000 + n % 60000)::bigint AS cents, NULL::text AS settles, NULL::text AS reverses
    FROM (SELECT n, n / {tenancies} % 2 = 1 AS paid FROM generate_series(0, {entries} - 1) AS n) AS made;
    CREATE TABLE contacts AS
    SELECT id AS tenancy, date '2026-08-01' + n::int % 60 AS date, 'letter' AS channel,
        'out' AS direction, true AS about_arrears, n % 2 = 0 AS reminder, n % 3 = 0 AS debt_help
    FROM (SELECT id, row_number() OVER () AS n FROM tenancies) AS numbered;
    CREATE VIEW posten AS
    SELECT tenancy AS contractnr, id AS postnr, CASE kind WHEN 'rent' THEN 'H' ELSE 'B' END AS soort,
        due AS vervaldag, booked AS boekdatum, (cents / 100.0)::numeric(12, 2) AS bedrag,
        settles AS voldoet, reverses AS storneert
    FROM entries;
    ANALYZE;
"""


# --- the server ----------------------------------------------------------------------------------


@contextmanager
def server(folder: Path, *settings: str) -> Iterator[str]:
    """Run a PostgreSQL in a folder; where its socket is.

    Args:
        folder: an empty one.
        settings: further ones, which count more than those here, such as `fsync=on`.

    Raises:
        FileNotFoundError: it is not installed.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda it: int(it.parent.name))
    on_path = shutil.which("initdb")
    if on_path is None and not found:
        raise FileNotFoundError("the programs of a PostgreSQL server are not installed")
    programs = Path(on_path).parent if on_path is not None else found[-1]
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)

    def run(program: str, *arguments: object) -> None:
        command = [str(programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user)

    data = folder / "data"
    run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    chosen = ("listen_addresses=''", "fsync=off", f"unix_socket_directories={folder}", *settings)
    options = " ".join(f"-c {it}" for it in chosen)
    run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield str(folder)
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")


def fill(socket: str, tenancies: int, entries: int) -> None:
    """Make a portfolio, in a database of its own that is named by the number of its entries."""
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE n{entries}".encode())
    with psycopg.connect(
        host=socket, user="postgres", dbname=f"n{entries}", autocommit=True
    ) as connection:
        for statement in _FILL.format(tenancies=tenancies, entries=entries).split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())
        connection.execute("VACUUM")  # so that no reader has to mark rows
        # Once through the tables, so that all come from memory.
        connection.execute("SELECT count(*), sum(cents) FROM entries")


# --- what is compared ----------------------------------------------------------------------------


class _Text(io.RawIOBase):
    """The text of a copy as a file."""

    def __init__(self, copy: psycopg.Copy) -> None:
        self._rows = iter(copy)
        self._rest = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, into: Any) -> int:  # noqa: ANN401 - a buffer
        """The next of it."""
        text = bytearray(self._rest)
        while len(text) < len(into):
            row = next(self._rows, None)
            if row is None:
                break
            text += row
        size = min(len(into), len(text))
        into[:size], self._rest = text[:size], bytes(text[size:])
        return size


def _types(columns: Iterable[str]) -> dict[str, Any]:
    """The type of each column."""
    pa = import_module("pyarrow")
    known = {
        **dict.fromkeys(_DAYS, pa.date32()),
        **dict.fromkeys(_FLAGS, pa.bool_()),
        "cents": pa.int64(),
    }
    return {it: known.get(it, pa.string()) for it in columns}


def by_copy(socket: str, database: str) -> Iterator[tuple[str, Any]]:
    """COPY into PyArrow's CSV reader, written by hand: no names of others, no checks, no care."""
    csv = import_module("pyarrow.csv")
    with psycopg.connect(host=socket, user="postgres", dbname=database) as connection:
        for table, columns in COLUMNS.items():
            types = _types(columns)
            names = ", ".join(f'"{it}"' for it in columns)
            copying = f"COPY (SELECT {names} FROM {table}) TO STDOUT (FORMAT csv)".encode()  # noqa: S608 - names from above
            with connection.cursor().copy(copying) as copy:
                batches = csv.open_csv(
                    io.BufferedReader(_Text(copy), _BLOCK),
                    read_options=csv.ReadOptions(column_names=columns, block_size=_BLOCK),
                    convert_options=csv.ConvertOptions(
                        column_types=types,
                        null_values=[""],
                        true_values=["t"],
                        false_values=["f"],
                        strings_can_be_null=True,
                        quoted_strings_can_be_null=False,
                    ),
                )
                for batch in batches:
                    yield table, batch


def by_ledger(socket: str, database: str, **options: Any) -> Iterator[tuple[str, Any]]:
    """The ledger, its tables drained one after the other."""
    pa = import_module("pyarrow")
    url = f"postgresql+psycopg://postgres@/{database}?host={socket}"
    tables = {it: it for it in COLUMNS}
    ledger = open_database(url=url, **{"tables": tables, **options})
    for table, stream in ledger.tables().items():
        for batch in pa.RecordBatchReader.from_stream(stream):
            yield table, batch


def mapped(socket: str, database: str) -> Iterator[tuple[str, Any]]:
    """The ledger, the entries by other names, words and euros."""
    theirs = (
        "contractnr",
        "postnr",
        "soort",
        "vervaldag",
        "boekdatum",
        "bedrag",
        "voldoet",
        "storneert",
    )
    return by_ledger(
        socket,
        database,
        tables={**{it: it for it in COLUMNS}, "entries": "posten"},
        columns={"entries": dict(zip(COLUMNS["entries"], theirs, strict=True))},
        values={"entries": {"kind": {"H": "rent", "B": "payment"}}},
        euros=["entries.cents"],
    )


def by_rows(socket: str, database: str) -> Iterator[tuple[str, Any]]:
    """A cursor of psycopg on the server, its rows to Arrow: what one writes without COPY."""
    pa = import_module("pyarrow")
    with psycopg.connect(host=socket, user="postgres", dbname=database) as connection:
        for table, columns in COLUMNS.items():
            names = ", ".join(f'"{it}"' for it in columns)
            with connection.cursor(name="rows") as cursor:
                cursor.execute(f"SELECT {names} FROM {table}".encode())  # noqa: S608 - as above
                while rows := cursor.fetchmany(20_000):
                    types = _types(columns).values()
                    cells = [
                        pa.array(it, kind)
                        for it, kind in zip(zip(*rows, strict=True), types, strict=True)
                    ]
                    yield table, pa.record_batch(cells, names=columns)


CONTENDERS: Final[dict[str, Callable[[str, str], Iterable[tuple[str, Any]]]]] = {
    COPY: by_copy,
    LEDGER: by_ledger,
    MAPPED: mapped,
    CURSOR: by_rows,
}


def run(contender: str, socket: str, database: str) -> dict[str, object]:
    """One contender in this process: how long it took, how many rows, and what they add up to."""
    pa, compute = import_module("pyarrow"), import_module("pyarrow.compute")
    import_module("pyarrow.csv")
    next(iter(by_ledger(socket, "postgres", tables={"plans": "SELECT 1 AS tenancy, 2 AS from"})), None)
    start = perf_counter()
    rows = 0
    summing = 0.0
    sums: dict[str, int] = {}
    for table, batch in CONTENDERS[contender](socket, database):
        rows += batch.num_rows
        begun = perf_counter()
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            key = f"{table}.{name}"
            sums[f"{key} null"] = sums.get(f"{key} null", 0) + column.null_count
            if pa.types.is_date32(column.type) or pa.types.is_int64(column.type):
                number = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
                sums[key] = sums.get(key, 0) + (compute.sum(number).as_py() or 0)
        summing += perf_counter() - begun
    return {
        "seconds": perf_counter() - start - summing,
        "rows": rows,
        "sums": dict(sorted(sums.items())),
        "peak_bytes": _peak(),
    }


def _peak() -> int:
    """The most memory that this process ever had, in bytes; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    text = status.read_text(encoding="utf-8") if status.is_file() else ""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", text, re.MULTILINE)
    return 0 if found is None else int(found[1]) * 1024


# --- the measuring -------------------------------------------------------------------------------


def measured(socket: str, sizes: Iterable[int], rounds: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each size a table of figures, as text and as a JSON object.

    Raises:
        RuntimeError: two contenders do not give the same rows.
    """
    for entries in sizes:
        told: dict[str, list[dict[str, Any]]] = {it: [] for it in CONTENDERS}
        for counted in (False, *(True for _ in range(rounds))):
            for contender in CONTENDERS:
                found = _apart(contender, socket, f"n{entries}")
                if counted:
                    told[contender].append(found)
        base = told[COPY]
        for contender, its in told.items():
            if its[0]["sums"] != base[0]["sums"] or its[0]["rows"] != base[0]["rows"]:
                raise RuntimeError(f"{contender} gives other rows than {COPY}")
        yield _table(entries, told), {"entries": entries, "runs": told}


def _apart(contender: str, socket: str, database: str) -> Any:  # noqa: ANN401 - what the process tells
    command = [sys.executable, __file__, "--run", contender, socket, database]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(told)


def _table(entries: int, told: dict[str, list[dict[str, Any]]]) -> str:
    rows = told[COPY][0]["rows"]
    lines = [f"{rows:,} rows, {entries:,} of them entries - {len(told[COPY])} rounds"]
    lines.append(f"  {'':<18}{'median':>9}{'rows/s':>12}{'speed':>8}  {'(middle half)':<16}{'peak':>9}")
    for contender, its in told.items():
        seconds = median(it["seconds"] for it in its)
        speeds = [b["seconds"] / it["seconds"] for b, it in zip(told[COPY], its, strict=True)]
        lower, _, upper = quantiles(speeds, n=4)
        most = median(it["peak_bytes"] for it in its) / 2**20
        lines.append(
            f"  {contender:<18}{seconds:>7.2f} s{rows / seconds:>12,.0f}{median(speeds):>8.2f}"
            f"  {f'({lower:.2f} - {upper:.2f})':<16}{most:>5.0f} MiB"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, and print tables; or do one run, and print a JSON object."""
    parser = argparse.ArgumentParser(description="Read a portfolio from PostgreSQL.")
    parser.add_argument("--tenancies", type=int, default=TENANCIES, metavar="N")
    parser.add_argument("--entries", type=int, default=ENTRIES, metavar="N", help="and a fifth of them")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="at least 2")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument("--run", nargs=3, metavar=("CONTENDER", "SOCKET", "DATABASE"), help="one run")
    options = parser.parse_args()
    if options.run:
        print(json.dumps(run(*options.run)), flush=True)
        # Now and then a thread of PyArrow that reads ahead for the plain COPY outlives Python.
        os._exit(0)
    documents = []
    with tempfile.TemporaryDirectory(prefix="huurschuld-pg-") as folder, server(Path(folder)) as socket:
        sizes = (options.entries // 5, options.entries)
        for entries in sizes:
            fill(socket, options.tenancies, entries)
        for text, document in measured(socket, sizes, options.rounds):
            print(text, end="\n\n")
            documents.append(document)
    if options.json is not None:
        options.json.write_text(json.dumps(documents, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
