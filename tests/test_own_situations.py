"""Situations from practice: what each gives, or which error with what to do, by every engine.

Each folder of `situations` has the input as a system gives it (lists of VERA, tables, a case file) and a
`situation.toml`: what it is, by which rule, and for each way that is tried what must come out.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import oracle
import polars as pl
import pytest
from attrs import frozen
from vera_server import serving

from huurschuld import Policy, Tenancy, decide, dump_tenancy, read_portfolio
from huurschuld.cli import main
from huurschuld.cli.notices import notices_of
from huurschuld.decisions.decision import policy_on_day
from huurschuld.errors import InputError
from huurschuld.hooks import Ledger
from huurschuld.model.casefile import parse_case
from huurschuld.plugins.portfolio import open_folder
from huurschuld.plugins.vera import open_vera
from huurschuld.portfolio.columnar import outcomes_of
from huurschuld.portfolio.enriching import EnrichedLedger, EnricherTables
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.rules.engines.choice import ENGINES, missing_engines
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy_reading import policy_of_case

FOLDER: Final = Path(__file__).parent / "situations"
VERA: Final[dict[str, Any]] = {
    "records": ["contacts", "plans", "disputes", "deaths", "units"],
    "contact_records": ["direction", "about_arrears", "reminder", "debt_help", "offers_sharing"],
    "contact_kinds": {
        "HUUR AANMANING": ["about_arrears", "reminder", "debt_help", "offers_sharing"],
        "HUUR BELLEN": ["about_arrears"],
    },
}
"""What a source of the situations must be told about besides its address."""
EMPTY: Final = {
    "plans": ["tenancy", "from"],
    "disputes": ["tenancy", "from"],
    "objections": ["tenancy", "date", "withdrawn", "standing"],
    "signals": ["tenancy", "date", "cents"],
}
LISTS: Final = (
    *("afletteringen", "betalingsregelingen", "boekingen", "contactmomenten", "eenheden"),
    *("huurgeschillen", "huurovereenkomsten", "natuurlijk-personen", "prijscomponenten"),
    "relatierollen",
)


@frozen
class Tried:
    """One way of trying a situation, and what must come out."""

    folder: Path
    about: Mapping[str, Any]
    given: Mapping[str, Any]

    @property
    def input(self) -> Path:
        """The file or folder that is read."""
        usual = [it for it in ("vera.json", "tables", "case.json") if (self.folder / it).exists()]
        return self.folder / str(self.given.get("input", usual[0]))

    @property
    def expected(self) -> Mapping[str, Mapping[str, Any]]:
        """What must come out, by tenancy."""
        found: Mapping[str, Mapping[str, Any]] = self.given.get("expect", {})
        return found


@cache
def situations() -> tuple[Tried, ...]:
    """Everything that is tried."""
    return tuple(
        Tried(file.parent, about, given)
        for file in sorted(FOLDER.glob("*/situation.toml"))
        for about in [tomllib.loads(file.read_text("utf-8"))]
        for given in about["tried"]
    )


def names(tried: Tried) -> str:
    """How one is called in a test."""
    number = [it for it in situations() if it.folder == tried.folder].index(tried)
    return tried.folder.name + (f"-{number + 1}" if number else "")


CASES: Final = [it for it in situations() if it.about.get("as_of") is None]
LEDGERS: Final = [it for it in situations() if it.about.get("as_of") is not None]


@contextmanager
def ledger_of(tried: Tried) -> Iterator[Ledger]:
    """The ledger of a situation, with what is known to be none besides."""
    none = {
        name: pl.DataFrame(schema=dict.fromkeys(EMPTY[name], pl.String)) for name in tried.about["known"]
    }
    further = [EnricherTables("known to be none", none)]
    if tried.input.suffix == ".json":
        lists = dict.fromkeys(LISTS, ()) | json.loads(tried.input.read_text("utf-8"))
        with serving(lists) as server:
            options = {**VERA, **tried.given.get("options", {})}
            yield EnrichedLedger(open_vera(base=server.base, first_wait_ms=1, **options), further)
    else:
        yield EnrichedLedger(open_folder(folder=str(tried.input)), further)


def check(tried: Tried, name: str, found: Mapping[str, Any]) -> None:
    """What came out for a tenancy has all that is expected of it."""
    for what, value in tried.expected[name].items():
        assert found[what] == value, (name, what)


def check_engines(
    tried: Tried, it: Tenancy, policy: Policy, as_of: dt.date, numbers: Mapping[str, Any]
) -> None:
    """Each engine of single tenancies, and the naive one of the text, give what is expected."""
    for engine in (it for it in ENGINES if it not in missing_engines()):
        decision = decide(it, policy, as_of, numbers, engine=engine)
        facts: Any = decision.document()["facts"]
        check(tried, it.id, {**facts, **decision.summary()})
    if not policy.facts:
        case = {"policy": policy.name, "as_of": as_of.isoformat(), "tenancy": dump_tenancy(it)}
        case |= {"parameters": numbers}
        check(tried, it.id, {**oracle.facts(case), **oracle.outcome(case)})


def check_error(tried: Tried, error: InputError) -> None:
    """It is the one that is expected, at its place, and says what to do."""
    expected = tried.given["error"]
    assert (error.code, str(error.place)) == (expected["code"], expected["place"])
    for words in expected["says"]:
        assert words in f"{error.problem}; {error.remedy}"


@pytest.mark.parametrize("tried", LEDGERS, ids=names)
def test_a_ledger_gives_what_is_right(tried: Tried) -> None:
    """One by one and all at once; or it is refused by both, with what to do."""
    policy, as_of = find_policy(tried.about["policy"]), tried.about["as_of"]
    with ledger_of(tried) as ledger:
        if "error" in tried.given:
            for way in (read_portfolio, lambda it: screen_ledger(it, policy, as_of, {}, assume={})):
                with pytest.raises(InputError) as caught:
                    way(ledger)
                check_error(tried, caught.value)
            return
        portfolio = {it.id: it for it in read_portfolio(ledger)}
        found = screen_ledger(ledger, policy, as_of, {}, assume={}, facts=True)
        told = notices_of(ledger)
    assert set(portfolio) == set(tried.expected)
    rows = {row["tenancy"]: row for row in found.rows}
    for name, expected in tried.expected.items():
        check_engines(tried, portfolio[name], policy, as_of, {})
        if expected.get("advice") == "none":
            assert name not in rows
        else:
            check(tried, name, rows[name])
    assert not found.undecided
    if "notices" in tried.given:
        assert len(told) == len(tried.given["notices"])
        for one, words in zip(told, tried.given["notices"], strict=True):
            assert re.sub(r" \(.*?\)", "", one).startswith(f"note about {words}")


@pytest.mark.parametrize("tried", CASES, ids=names)
def test_a_case_gives_what_is_right(tried: Tried) -> None:
    """By every engine; or it is refused, with what to do."""
    text = tried.input.read_bytes()
    if "error" in tried.given:
        with pytest.raises(InputError) as caught:
            parse_case(text)
        check_error(tried, caught.value)
        return
    case = parse_case(text)
    policy = policy_of_case(case)
    numbers = case.parameters or {}
    check_engines(tried, case.tenancy, policy, case.as_of, numbers)
    (outcome,) = outcomes_of([(case.tenancy, policy_on_day(policy, case.as_of, numbers))])
    check(tried, case.tenancy.id, outcome)


@pytest.mark.slow
def test_the_command_line_tells_of_a_renewed_lease(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard error, with the tenancy to look at, also from the process of a plugin."""
    file = FOLDER / "vera-renewed-lease" / "vera.json"
    config = tmp_path / "huurschuld.toml"
    asked = ["--policy", "bgs-2021", "--as-of", "2026-10-20", "--format", "csv"]
    with serving(dict.fromkeys(LISTS, ()) | json.loads(file.read_text("utf-8"))) as server:
        config.write_text(
            f'[ledgers.vera]\nbase = "{server.base}"\nvastgoed = "{server.base}"\n', encoding="utf-8"
        )
        assert main(["screen", "--config", str(config), "--ledger", "vera", *asked]) == 0
        printed = capsys.readouterr()
        assert main(["screen", "--config", str(config), "--ledger", "vera", "--check"]) == 0
        assert capsys.readouterr().err == printed.err
    assert [line.partition(",")[0] for line in printed.out.splitlines()] == ["tenancy", "L2", "L1"]
    told, _, why = printed.err.partition(": this lease is of the same tenant and unit as an earlier one")
    place = "vera huurovereenkomsten, line 2, column eenheden (L2)"
    assert told == f"huurschuld: note about {place}"
    assert "look at both" in why
