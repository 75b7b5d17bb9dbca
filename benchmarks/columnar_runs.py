"""What the processes do that `columnar.py` starts, each of them one thing, told as one line of JSON.

The first argument says what: `country FOLDER TENANCIES MONTHS`, `entries FOLDER`, `facts FOLDER
CONTENDER`, `agree FOLDER`, `rules FOLDER ROWS` or `peers FOLDER ROWS`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import resource
import sys
from collections import Counter
from collections.abc import Callable, Collection
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final

import narwhals as nw
import polars as pl
from attrs import evolve

sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks.by_hand import columns_polars
from benchmarks.contenders import BOTH_SIDES, CONTENDERS, REFERENCE, LeftOut, checked
from benchmarks.country import AS_OF, write_country
from benchmarks.measure import Comparison, interleaved
from huurschuld import FACTS, Facts, policy_for
from huurschuld.portfolio.checked_tables import CheckedTables
from huurschuld.portfolio.columnar.screening import Screening
from huurschuld.portfolio.folder import folder_ledger
from huurschuld.portfolio.ledger_tables import ledger_tables
from huurschuld.portfolio.schema import TABLES
from huurschuld.rules.engines import columnar, reference

POLICY: Final = "katwijk-2021"
BY_POLARS: Final = "polars by hand"
CHECKED_BY_POLARS: Final = "polars by hand, with checks"
BY_DUCKDB: Final = "DuckDB by hand"
UNCHECKED: Final = "huurschuld, without checks"
CHECKED: Final = "huurschuld, with checks"
CHECKED_BEFORE: Final = "huurschuld, checked before"

_OURS: Final = "columnar engine"
_RULES_BY_HAND: Final = "polars expressions by hand"
_FROM_LEDGER: Final = (
    "arrears_cents",
    "past_grace_cents",
    "months",
    "episode_start",
    "sustained_cents",
)
_CHECKED_ON: Final = (AS_OF, AS_OF.replace(day=5), AS_OF.replace(day=1))
"""Also while this month's rent has its days of grace, and on the day on which it is due."""
_OUTCOME: Final = ("advice", "priority", "hold", "unknown")
_PARTS: Final = ("contacts", "disputes", "objections", "plans", "signals")
_BILLION: Final = 10**9
_UNKNOWN_ONE_IN: Final = 8
_RULES_ROUNDS: Final = 9
_PEERS_ROUNDS: Final = 5
_TILED: Final = 100


# --- from Parquet to facts -----------------------------------------------------------------------


def screening(
    folder: Path, as_of: dt.date = AS_OF, known: Collection[str] = frozenset(TABLES)
) -> Screening:
    """A country taken in by huurschuld, its files read lazily; `known` tables are not checked."""
    tables = {path.stem: pl.scan_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    return Screening.of(tables, POLICY, as_of, known=known)


def unchecked(folder: Path) -> int:
    """All decisions, without a look at what is wrong with the rows."""
    found = screening(folder)
    return len(found.native(found.result(facts=False)).collect())


def with_checks(folder: Path) -> int:
    """All decisions, after all checks: what `screen` does."""
    return _with_checks(folder, ())


def _with_checks(folder: Path, known: Collection[str]) -> int:
    found = screening(folder, known=known)
    for fault in found.faults():
        raise RuntimeError(f"this country has a fault: {fault.check}")
    return len(found.native(found.result(facts=False)).collect())


def checked_before(folder: Path) -> int:
    """All decisions on files that stayed as they were checked, which their hashes tell."""
    now = _checked(folder).look_at(ledger_tables(folder_ledger(folder)))
    if not now.known:
        raise RuntimeError("nothing is kept of this country")
    rows = _with_checks(folder, now.known)
    now.check_unchanged()
    return rows


def _checked(folder: Path) -> CheckedTables:
    return CheckedTables(folder.with_name(f"{folder.name}.checked.json"), b"of a benchmark: not secret")


def by_polars(folder: Path) -> int:
    """The facts about the arrears of those who owe anything."""
    return len(columns_polars.facts(folder, AS_OF))


def by_polars_with_checks(folder: Path) -> int:
    """The same after most of the checks that `screen` makes, by hand as well."""
    if columns_polars.refused(folder):
        raise RuntimeError("this country has a fault, by hand")
    return by_polars(folder)


def by_duckdb(folder: Path) -> int:
    """The same in SQL."""
    return len(_duckdb_facts(folder, AS_OF))


def _duckdb_facts(folder: Path, as_of: dt.date) -> Any:  # noqa: ANN401 - a table of PyArrow
    return import_module("benchmarks.by_hand.columns_duckdb").facts(folder, as_of)


FACTS_BY: Final[dict[str, Callable[[Path], int]]] = {
    BY_POLARS: by_polars,
    CHECKED_BY_POLARS: by_polars_with_checks,
    BY_DUCKDB: by_duckdb,
    UNCHECKED: unchecked,
    CHECKED: with_checks,
    CHECKED_BEFORE: checked_before,
}


def facts_of_country(folder: Path, contender: str) -> dict[str, object]:
    """Time one run of one contender; what it needs was imported before."""
    if contender == BY_DUCKDB:
        import_module("benchmarks.by_hand.columns_duckdb")
    if contender == CHECKED_BEFORE:
        with_checks(folder)
        _checked(folder).look_at(ledger_tables(folder_ledger(folder))).keep()
    start, worked = perf_counter(), process_time()
    rows = FACTS_BY[contender](folder)
    return {
        "seconds": perf_counter() - start,
        "cpu_seconds": process_time() - worked,
        "rows": rows,
        "peak_bytes": peak(),
    }


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():  # what getrusage tells may be that of the process that started this one
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status.read_text(encoding="utf-8"), re.MULTILINE)
        if found is not None:
            return int(found[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def agree(folder: Path) -> dict[str, object]:
    """The facts by hand must be those of huurschuld, for every tenancy in arrears, on several days.

    Raises:
        RuntimeError: they are not.
    """
    columns = ["tenancy", *_FROM_LEDGER]
    in_arrears = {}
    for day in _CHECKED_ON:
        expected = (
            decided(folder, day).filter(pl.col("arrears_cents") > 0).select(columns).sort("tenancy")
        )
        told = {BY_POLARS: columns_polars.facts(folder, day)}
        if find_spec("duckdb") is not None:
            told[BY_DUCKDB] = pl.DataFrame(_duckdb_facts(folder, day))
        for name, frame in told.items():
            if not frame.select(columns).sort("tenancy").equals(expected):
                raise RuntimeError(f"{name} gives other facts than huurschuld on {day}")
        in_arrears[str(day)] = len(expected)
    return {"in arrears": in_arrears, "contenders": list(told)}


def decided(folder: Path, as_of: dt.date = AS_OF) -> pl.DataFrame:
    """All facts and decisions of a country, months in billionths."""
    found = screening(folder, as_of)
    frame: pl.DataFrame = found.native(found.result(facts=True)).collect()
    whole = pl.col("months").str.extract(r"^(\d+)").cast(pl.Int64)
    digits = pl.col("months").str.extract(r"\.(\d+)$").fill_null("0").str.pad_end(9, "0")
    return frame.with_columns(months=whole * _BILLION + digits.cast(pl.Int64))


# --- rules alone ---------------------------------------------------------------------------------


def columns_of_facts(folder: Path) -> pl.DataFrame:
    """The facts of a country, beside them which parts are unknown: none is."""
    known = {f"unknown_{part}": pl.lit(False) for part in _PARTS}
    return decided(folder).select(*FACTS).with_columns(**known)


def tiled(frame: pl.DataFrame, rows: int) -> pl.DataFrame:
    """The same rows again and again, up to so many."""
    return pl.concat([frame] * -(-rows // len(frame))).head(rows).rechunk()


def partly_unknown(frame: pl.DataFrame) -> pl.DataFrame:
    """The same, each part unknown for one in eight, each in others; so are the facts that it tells."""
    number = pl.int_range(pl.len())
    parts = {
        f"unknown_{part}": number.hash(seed) % _UNKNOWN_ONE_IN == 0 for seed, part in enumerate(_PARTS)
    }
    unknown = {part: pl.col(f"unknown_{part}") for part in _PARTS}
    facts = {
        name: pl.when(~pl.any_horizontal(unknown[part] for part in fact.fields)).then(name)
        for name, fact in FACTS.items()
        if fact.fields and set(fact.fields) <= set(_PARTS) and name != "tenant_acted"
    }
    # A plan in force settles it, though the contacts are unknown.
    acted = (
        pl.when(pl.col("plan_in_force") & ~unknown["plans"])
        .then(pl.lit(True))
        .when(~unknown["contacts"] & ~unknown["plans"])
        .then("tenant_acted")
    )
    return frame.with_columns(**parts).with_columns(**facts, tenant_acted=acted)


def by_engine(frame: pl.DataFrame) -> pl.DataFrame:
    """The outcomes by our engine."""
    engine = columnar.engine_for(*_POLICY_AND_VALUES)
    outcomes = engine.decided(nw.from_native(frame.lazy()), lambda it: it)
    native: pl.LazyFrame = outcomes.select(*_OUTCOME).to_native()
    return native.collect()


def by_expressions(frame: pl.DataFrame) -> pl.DataFrame:
    """The outcomes by hand."""
    return columns_polars.advised(frame.lazy()).select(*_OUTCOME).collect()


_ON_DAY: Final = policy_for(POLICY, AS_OF).on(AS_OF)
_POLICY_AND_VALUES: Final = (_ON_DAY.policy, _ON_DAY.values)


def rules(folder: Path, rows: int) -> dict[str, object]:
    """Facts in, outcomes out: our engine beside the same by hand, on so many rows.

    Raises:
        RuntimeError: their outcomes differ.
    """
    frame = partly_unknown(tiled(columns_of_facts(folder), rows))
    expected = by_expressions(frame)
    if not by_engine(frame).equals(expected):
        raise RuntimeError("the rules by hand give other outcomes than the columnar engine")
    unknown = frame.select(pl.any_horizontal(pl.col("^unknown_.*$")).sum()).item()
    contenders = {_RULES_BY_HAND: lambda: by_expressions(frame), _OURS: lambda: by_engine(frame)}
    return _told(
        Comparison(
            name="columnar rules",
            title=f"7b. Rules alone, columns of facts given, {POLICY}",
            operation="tenancy",
            base=_RULES_BY_HAND,
            timings=interleaved(contenders, rows, _RULES_ROUNDS),
            about={
                "tenancies": rows,
                "with something unknown": unknown,
                "advice": _counted(expected["advice"].to_list()),
            },
        )
    )


# --- peers that take one tenancy at a time -------------------------------------------------------


def peers(folder: Path, rows: int) -> dict[str, object]:
    """Our columnar engine beside those that take one tenancy at a time, on the same facts, twice."""
    owing = columns_of_facts(folder).filter(pl.col("arrears_cents") > 0)
    known = owing.filter(pl.col("minors").is_not_null()).head(rows)
    unknown = partly_unknown(owing.head(rows))
    return {
        "comparisons": [
            _beside_peers("partly known", unknown, three_valued=True),
            _beside_peers("all known", known, three_valued=False),
        ]
    }


def _beside_peers(which: str, frame: pl.DataFrame, *, three_valued: bool) -> dict[str, object]:
    policy = policy_for(POLICY, AS_OF)
    households = [_household(row) for row in frame.to_dicts()]
    engine = reference.engine_for(policy.on(AS_OF))
    expected = [engine.outcome(facts) for facts in households]
    texts = [
        (str(it.advice), str(it.priority), " ".join(it.holds), " ".join(it.unknown)) for it in expected
    ]
    if by_engine(frame).rows() != texts:
        raise RuntimeError("the columnar engine gives other outcomes than the reference engine")
    many = tiled(frame, len(frame) * _TILED)
    rows, at_once = f"{_OURS}, {len(frame):,} rows at once", f"{_OURS}, {len(many):,} rows at once"
    takes_part: dict[str, Callable[[], object]] = {}
    left_out: dict[str, str] = {}
    for contender in CONTENDERS:
        if three_valued and not contender.three_valued:
            continue
        try:
            run = checked(contender, policy, AS_OF, households)
        except LeftOut as reason:
            left_out[contender.name] = str(reason)
        else:
            if run is not None:
                takes_part[contender.name] = run
    takes_part |= {rows: lambda: by_engine(frame), at_once: lambda: by_engine(many)}
    timings = [
        evolve(it, operations=len(many)) if it.name == at_once else it
        for it in interleaved(takes_part, len(frame), _PEERS_ROUNDS)
    ]
    about: dict[str, object] = {
        "tenancies, all in arrears": len(frame),
        "with something unknown": sum(bool(it.unknown_fields) for it in households),
        "advice": _counted([str(it.advice) for it in expected]),
    }
    if left_out:
        about["left out"] = "; ".join(f"{who}: {why}" for who, why in left_out.items())
    return _told(
        Comparison(
            name=f"columnar peers, {which}",
            title=f"7d. One at a time and in columns, facts given, {which}, {POLICY}",
            operation="tenancy",
            base=REFERENCE,
            timings=tuple(timings),
            about=about,
            rate_to=BOTH_SIDES if BOTH_SIDES in takes_part else None,
        )
    )


def _household(row: dict[str, Any]) -> Facts:
    unknown = [part for part in _PARTS if row[f"unknown_{part}"]]
    if row["minors"] is None:
        unknown.append("household")
    return Facts(**{name: row[name] for name in FACTS}, unknown_fields=tuple(sorted(unknown)))


def _counted(advice: list[str]) -> dict[str, int]:
    return dict(Counter(advice).most_common())


def _told(comparison: Comparison) -> dict[str, object]:
    return {"table": comparison.table(), "document": comparison.document()}


# --- the process ---------------------------------------------------------------------------------


def main() -> None:
    """Do what the arguments say, and tell of it."""
    what, folder, *others = sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]
    match what:
        case "country":
            tenancies, months = map(int, others)
            told: dict[str, object] = {"entries": write_country(folder, tenancies, months)}
        case "entries":
            entries = pl.scan_parquet(folder / "entries.parquet")
            told = {"entries": entries.select(pl.len()).collect().item()}
        case "facts":
            told = facts_of_country(folder, others[0])
        case "agree":
            told = agree(folder)
        case "rules":
            told = rules(folder, int(others[0]))
        case "peers":
            told = peers(folder, int(others[0]))
        case _:
            raise SystemExit(f"{what}: one of country, entries, facts, agree, rules, peers is expected")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
