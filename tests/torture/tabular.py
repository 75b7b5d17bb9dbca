"""Parsers of tables and files: CSV, Parquet, results, registers, reports, outboxes."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl
from attrs import evolve
from plugins_on_disk import WHO
from tables import as_tables, write_csv, write_parquet
from torture.attack import CANARY, scratch
from torture.changing import changed_bytes
from torture.flips import at_rest
from torture.parser import Parser

from huurschuld import Tenancy, read_portfolio
from huurschuld.errors import UnknownReference
from huurschuld.model.referral import Referral, SentReferral
from huurschuld.plugins.bip import open_bip
from huurschuld.plugins.ddas import open_ddas
from huurschuld.plugins.ddas.tables import ATTEMPTS, CLIENTS, CONTACT_PERSONS, FOLLOW_UPS
from huurschuld.plugins.portfolio import open_folder
from huurschuld.plugins.register import open_register
from huurschuld.portfolio.changes import changes
from huurschuld.portfolio.columnar.opening import Library
from huurschuld.portfolio.results.formats import worklist_as
from huurschuld.portfolio.results.reading import read_result
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.referrals import history, listing, open_outbox, signals
from huurschuld.rules.policies import find_policy
from huurschuld.testing.sample import SAMPLE_DAY, write_sample

_POLICY: Final = "katwijk-2021"
_KEYS: Final = tuple(it * 32 for it in "abcdef")
Files = dict[str, bytes]


@functools.cache
def some_tenancies() -> tuple[Tenancy, ...]:
    """Some tenancies of a sample, the canary in their ids and in those of their entries."""
    with scratch() as folder:
        write_sample(folder / "sample", 40, 2012)
        found = read_portfolio(open_folder(folder=str(folder / "sample")))
    richest = sorted(found, key=lambda it: -len(it.contacts or ()) - len(it.plans or ()))[:6]
    return tuple(evolve(it, id=f"{CANARY}-{n}", entries=it.entries[-8:]) for n, it in enumerate(richest))


@functools.cache
def _files(write: Callable[..., Path]) -> Files:
    with scratch() as folder:
        write(folder / "mine", as_tables(some_tenancies()))
        return {it.name: it.read_bytes() for it in (folder / "mine").iterdir()}


def _of(files: Callable[[], Files]) -> Callable[[random.Random], tuple[str, bytes]]:
    """Makes one of these files, changed."""

    def make(rng: random.Random) -> tuple[str, bytes]:
        name = rng.choice(sorted(files()))
        return name, changed_bytes(files()[name], rng)

    return make


def _csv() -> Files:
    return _files(write_csv)


def _parquet() -> Files:
    return _files(write_parquet)


_TYPED: Final[tuple[tuple[Any, Any], ...]] = (
    *((pl.Int8, 1), (pl.Int64, 1), (pl.UInt64, 2**63), (pl.Float64, 0.5), (pl.String, CANARY)),
    *((pl.Binary, b"\xff"), (pl.Boolean, True), (pl.Null, None), (pl.Date, dt.date(2026, 1, 1))),
    *((pl.Datetime("us"), dt.datetime(2026, 1, 1)), (pl.Duration("ms"), dt.timedelta(1))),  # noqa: DTZ001 - columns need no zone
    *((pl.Time, dt.time(1)), (pl.Categorical, CANARY), (pl.Decimal(20, 2), Decimal("1.50"))),
    *((pl.List(pl.Int64), [1]), (pl.Struct({"a": pl.String}), {"a": CANARY}), (pl.Enum(["a"]), "a")),
)
"""Types of columns, each with a value of it."""


def _as(column: pl.Series, dtype: Any, value: Any) -> pl.Series:
    """A column as another type: its values if polars can make them so, else one in each row."""
    try:
        return column.cast(dtype, strict=False)
    except pl.exceptions.PolarsError:
        return pl.Series(column.name, [value] * len(column), dtype=dtype)


def _retyped(rng: random.Random) -> tuple[str, bytes]:
    """A Parquet table whose columns are of another type, missing, or too many; perhaps without rows."""
    name = rng.choice(sorted(_parquet()))
    frame = pl.read_parquet(io.BytesIO(_parquet()[name]))
    column, (dtype, value) = rng.choice(frame.columns), rng.choice(_TYPED)
    if rng.random() < 0.4:
        frame = frame.clear()
    match rng.randrange(4):
        case 0:
            frame = frame.drop(column)
        case 1:
            frame = frame.with_columns(pl.lit(CANARY).alias(rng.choice((CANARY, "", "cents", "value"))))
        case _ if frame.height and rng.random() < 0.5:
            frame = frame.with_columns(pl.lit(None).cast(dtype).alias(column))
        case _:
            frame = frame.with_columns(_as(frame[column], dtype, value))
    file = io.BytesIO()
    frame.write_parquet(file)
    return name, file.getvalue()


def _any_parquet(rng: random.Random) -> tuple[str, bytes]:
    return _retyped(rng) if rng.random() < 0.3 else _of(_parquet)(rng)


def _put(folder: Path, files: Files, name: str, data: bytes) -> Path:
    for other, content in {**files, name: data}.items():
        (folder / other).write_bytes(content)
    return folder


def _read(files: Callable[[], Files]) -> Callable[[str, bytes, Path], None]:
    """Reads a folder with one changed table into tenancies."""

    def read(name: str, data: bytes, folder: Path) -> None:
        ledger = open_folder(folder=str(_put(folder, files(), name, data)))
        assert len(read_portfolio(ledger)) <= len(some_tenancies()) + 1

    return read


def _screen(library: Library) -> Callable[[str, bytes, Path], None]:
    """Screens a folder with one changed table, its bad rows set aside or not."""

    def screen(name: str, data: bytes, folder: Path) -> None:
        files = _parquet() if name.endswith(".parquet") else _csv()
        found = screen_ledger(
            open_folder(folder=str(_put(folder, files, name, data))),
            find_policy(_POLICY),
            SAMPLE_DAY,
            {},
            assume={},
            set_aside=len(data) % 2 == 0,
            library=library,
            decided=0,
        )
        assert CANARY not in repr(found)

    return screen


@functools.cache
def _results() -> Files:
    with scratch() as folder:
        _put(folder, _csv(), "tenancies.csv", _csv()["tenancies.csv"])
        found = screen_ledger(
            open_folder(folder=str(folder)), find_policy(_POLICY), SAMPLE_DAY, {}, assume={}, facts=True
        )
    assert found.rows
    return {it: worklist_as(Path(it), found) for it in ("result.csv", "result.json", "result.parquet")}


def _read_result(name: str, data: bytes, folder: Path) -> None:
    (folder / name).write_bytes(data)
    rows = read_result(folder / name).rows
    (folder / f"as-it-was-{name}").write_bytes(_results()[name])
    for change in changes(rows, read_result(folder / f"as-it-was-{name}").rows):
        change.document()


# --- tables of one's own -----------------------------------------------------------------------


def _table(columns: Iterable[str], *rows: Sequence[object]) -> bytes:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows((tuple(columns), *rows))
    return file.getvalue().encode()


def _register() -> Files:
    columns = "tenancy name street house_number addition postcode place phone email care_of".split()
    rows = [
        (f"A{n}", CANARY, "Voorstraat", n, "a", "2225AB", "Katwijk", "06-1", "a@b.nl", "")
        for n in (1, 2)
    ]
    return {"register.csv": _table(columns, *rows)}


def _read_register(name: str, data: bytes, folder: Path) -> None:
    (folder / name).write_bytes(data)
    source = open_register(file=str(folder / name))
    for tenancy in ("A1", "A2"):
        try:
            assert CANARY not in repr(source.contact_details(tenancy))
        except UnknownReference:
            continue


def _helpers() -> Files:
    columns = "name needs places phone email website note".split()
    rows = (
        ("BIP", "debts|budget", "Katwijk", "071-1", "a@b.nl", "https://b.nl", "on Tuesdays"),
        ("Jeugdteam", "children", "", "", "", "", ""),
    )
    return {"helpers.csv": _table(columns, *rows)}


def _read_helpers(name: str, data: bytes, folder: Path) -> None:
    (folder / name).write_bytes(data)
    open_bip(table=str(folder / name)).helpers()


def _reported() -> Files:
    rows: dict[str, tuple[Mapping[str, Any], list[tuple[str, ...]]]] = {
        "contact_persons": (CONTACT_PERSONS, [(CANARY, "071-1", "a@b.nl", "desk")]),
        "follow_ups": (FOLLOW_UPS, [(_KEYS[0], "C1"), (_KEYS[1], "C1"), (_KEYS[2],)]),
        "attempts": (ATTEMPTS, [(_KEYS[0], "2026-01-20", "Huisbezoek", "true")]),
        "clients": (CLIENTS, [(_KEYS[0], "111222333")]),
    }
    return {
        f"{name}.csv": _table(columns, *((*row, *[""] * (len(columns) - len(row))) for row in some))
        for name, (columns, some) in rows.items()
    }


def _report(name: str, data: bytes, folder: Path) -> None:
    _put(folder, _reported(), name, data)
    exporter = open_ddas(
        supplier_code="voorbeeld",
        municipality_code="0537",
        organisation="Gemeente Voorbeeld",
        kvk_number="01234567",
        made_at="2026-02-05T10:30:00+01:00",
        contact_persons=str(folder / "contact_persons.csv"),
        follow_ups=str(folder / "follow_ups.csv"),
        attempts=str(folder / "attempts.csv"),
        clients=str(folder / "clients.csv"),
    )
    day = dt.date(2026, 1, 15)
    sent = [
        SentReferral(
            key=key,
            day=day,
            receiver="meldpunt",
            referral=Referral(contact=evolve(WHO, name=CANARY), arrears_cents=127_000),
        )
        for key in _KEYS[:3]
    ]
    exporter.export(sent, dt.date(2026, 1, 1), dt.date(2026, 1, 31))


# --- outboxes ----------------------------------------------------------------------------------


def _outbox() -> Files:
    return {"outbox.sqlite": at_rest()}


def _open_outbox(name: str, data: bytes, folder: Path) -> None:
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(data)
    with open_outbox(path) as outbox:
        assert at_rest() == data or [history(outbox, it.key) for it in listing(outbox)]
        pl.DataFrame(signals(outbox))


def _parser(name: str, files: Callable[[], Files], read: Any, weight: float, short: int = 40) -> Parser:
    return Parser(name, _of(files), read, weight, short)


PARSERS: Final = (
    _parser("csv", _csv, _read(_csv), 2),
    Parser("parquet", _any_parquet, _read(_parquet), 2),
    _parser("screened-csv", _csv, _screen(Library.POLARS), 1, 8),
    Parser("screened-parquet", _any_parquet, _screen(Library.POLARS), 1, 8),
    Parser("screened-in-duckdb", _any_parquet, _screen(Library.DUCKDB), 0.5, 4),
    _parser("results", _results, _read_result, 0.6),
    _parser("registers", _register, _read_register, 0.3),
    _parser("helpers", _helpers, _read_helpers, 0.2),
    _parser("reported", _reported, _report, 0.3),
    _parser("outboxes", _outbox, _open_outbox, 0.8),
)
