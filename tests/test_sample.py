"""Sample portfolios: realistic, and the same bytes for the same seed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from huurschuld import Advice, Child, InvalidValue, Tenancy, Worklist, policies, read_portfolio, worklist
from huurschuld.model.entries import Refund, Reversal
from huurschuld.plugins.portfolio import open_folder
from huurschuld.testing.sample import SAMPLE_DAY, write_sample
from huurschuld.testing.sample.outside import write_outside

DIGEST = "1d7b3b547e6491cb412b0c5e67da4993d3cb85f2000a545e59fdfe4d050cf2e8"


def digest(folder: Path) -> str:
    """One hash of all files of a folder, by name."""
    total = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def screened(folder: Path, policy: str = "katwijk-2021", day: dt.date = SAMPLE_DAY) -> Worklist:
    return worklist(read_portfolio(open_folder(folder=str(folder))), policy, day)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[Tenancy]:
    """The tenancies of one deck."""
    folder = tmp_path_factory.mktemp("shown") / "p"
    write_sample(folder, 2_000, 2012)
    return list(read_portfolio(open_folder(folder=str(folder))))


def has(part: str, so: Callable[[Any], bool]) -> Callable[[Tenancy], bool]:
    """Whether a tenancy has a part that is so."""
    return lambda it: any(so(one) for one in getattr(it, part) or ())


def children(it: Tenancy) -> tuple[Child, ...]:
    """The children that are listed."""
    return it.household.children if it.household else ()


def ago(count: int) -> dt.date:
    """So many days before the day of the sample."""
    return SAMPLE_DAY - dt.timedelta(count)


SHOWN: dict[str, tuple[int, Callable[[Tenancy], bool]]] = {
    "a garage": (20, lambda it: it.object == "parking"),
    "a storage room": (10, lambda it: it.object == "storage"),
    "a rent by the week": (10, has("rents", lambda it: it.per == "week")),
    "a rent by the quarter": (10, has("rents", lambda it: it.per == "quarter")),
    "a reversal of a part": (
        10,
        has("entries", lambda it: isinstance(it, Reversal) and it.cents is not None),
    ),
    "a refund": (20, has("entries", lambda it: isinstance(it, Refund))),
    "a letter that came back": (2, has("contacts", lambda it: it.returned)),
    "a child of a year": (10, lambda it: any(str(one.born).endswith("-00-00") for one in children(it))),
    "a child of a month": (
        5,
        lambda it: any(str(one.born)[7:] == "-00" != str(one.born)[4:7] for one in children(it)),
    ),
    "a plan for an amount": (2, has("plans", lambda it: it.cents is not None)),
    "a plan for all": (2, has("plans", lambda it: it.cents is None)),
    "a signal of lately": (1, has("signals", lambda it: it.date > ago(84))),
    "a signal of before": (1, has("signals", lambda it: ago(180) <= it.date <= ago(84))),
    "a signal of long ago": (1, has("signals", lambda it: it.date < ago(180))),
    "a guardianship": (10, has("facts", lambda it: it.name == "guardian")),
    "a moratorium": (2, has("facts", lambda it: it.name == "moratorium")),
    "a dissolved lease": (1, lambda it: bool(it.end and it.end < SAMPLE_DAY and it.eviction)),
}
"""What each sample shows: at least so many of 2,000 tenancies."""


@pytest.mark.parametrize("what", SHOWN)
def test_a_sample_shows(shown: list[Tenancy], what: str) -> None:
    """Each thing that a ledger and a dossier may say occurs, and is no rule."""
    least, so = SHOWN[what]
    assert least <= sum(map(so, shown)) <= len(shown) // 10


def test_an_objection_of_long_ago_stops_no_reminder(shown: list[Tenancy]) -> None:
    """Some who objected to sharing data have yet to be reminded."""
    objecting = {it.id for it in shown if any(one.standing for one in it.objections or ())}
    advised = {it.tenancy: it.advice for it in worklist(shown, "bgs-2021", SAMPLE_DAY)}
    found = {advised.get(name, Advice.NONE) for name in objecting}
    assert {Advice.HOLD, Advice.REMIND} <= found


def test_a_garage_is_of_the_household_of_the_home_before_it(
    shown: list[Tenancy], tmp_path: Path
) -> None:
    """It has the name, the address and the children of that home: two referrals have one address."""
    write_outside(tmp_path / "outside", len(shown), 2012)
    register = pl.read_csv(tmp_path / "outside" / "register.csv", infer_schema=False).rows_by_key(
        "tenancy"
    )
    pairs = [(home, it) for home, it in pairwise(shown) if it.object != "dwelling"]
    assert len(pairs) >= 40
    for home, besides in pairs:
        assert home.object == "dwelling"
        assert register[besides.id] == register[home.id]
        assert besides.household == home.household
    behind = {it.tenancy for it in worklist(shown, "bgs-2021", SAMPLE_DAY)}
    assert any({home.id, it.id} <= behind for home, it in pairs)


@pytest.mark.slow
@pytest.mark.parametrize("policy", policies())
def test_every_advice_and_every_hold_occurs(tmp_path: Path, policy: str) -> None:
    """Under each policy, in 8,000 tenancies; but for `ask`, since what matters is known."""
    day = dt.date(2020, 10, 20) if policy == "katwijk-2012" else SAMPLE_DAY
    write_sample(tmp_path / "p", 8_000, 2012, as_of=day)
    found = screened(tmp_path / "p", policy, day)
    assert {it.advice for it in found} | {Advice.NONE, Advice.ASK} == set(Advice)
    holds = {name for decision in found for name in decision.holds}
    assert holds == {it.name for it in policies()[policy].holds}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """On every interpreter and machine: the hash is written here."""
    write_sample(tmp_path / "a", 200, 7)
    write_sample(tmp_path / "b", 200, 7)
    write_sample(tmp_path / "c", 200, 8)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") == DIGEST
    assert digest(tmp_path / "a") != digest(tmp_path / "c")


def test_a_larger_sample_begins_as_a_smaller_one(tmp_path: Path) -> None:
    """So that a demonstration can grow."""
    write_sample(tmp_path / "small", 50, 3)
    write_sample(tmp_path / "large", 120, 3)
    for file in (tmp_path / "small").iterdir():
        assert (tmp_path / "large" / file.name).read_bytes().startswith(file.read_bytes())


@pytest.mark.parametrize("seed", [1, 2, 2012])
def test_a_sample_is_realistic(tmp_path: Path, seed: int) -> None:
    """About 6 % is in arrears, and every advice that tables can lead to occurs."""
    write_sample(tmp_path / "p", 2000, seed)
    found = screened(tmp_path / "p")
    assert 0.055 <= len(found) / found.screened <= 0.065
    counts = found.counts()
    assert all(counts[advice] >= 5 for advice in Advice if advice is not Advice.ASK)
    holds = Counter(name for decision in found for name in decision.holds)
    assert {"disputed", "objected", "plan-in-force", "lease-ended", "not-a-dwelling"} <= set(holds)
    assert "tenant-acted" in holds
    priorities = {decision.priority for decision in found}
    assert {"family", "unknown", "regular"} <= priorities


def test_a_sample_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """Stopped half-way it leaves nothing; what is there is not written over."""

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample(tmp_path / "p", 500, 1, progress=stop)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("kept", encoding="utf-8")
    with pytest.raises(InvalidValue, match="not empty"):
        write_sample(tmp_path / "mine", 5, 1)
    assert (tmp_path / "mine" / "file").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("tenancies", [0, 1_000_001])
def test_a_sample_has_a_size(tmp_path: Path, tenancies: int) -> None:
    """From one to a million."""
    with pytest.raises(InvalidValue):
        write_sample(tmp_path / "p", tenancies, 1)


def test_another_day_gives_a_portfolio_of_that_day(tmp_path: Path) -> None:
    """Nothing in it is later than the day it is made for."""
    day = dt.date(2023, 2, 28)
    write_sample(tmp_path / "p", 100, 1, as_of=day)
    for tenancy in read_portfolio(open_folder(folder=str(tmp_path / "p"))):
        assert all(entry.booked <= day for entry in tenancy.entries)
