"""Sample portfolios: realistic, and the same bytes for the same seed."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from huurschuld import Advice, InvalidValue, Worklist, read_portfolio, worklist
from huurschuld.plugins.portfolio import open_folder
from huurschuld.testing.sample import SAMPLE_DAY, write_sample

DIGEST = "bffb9afe360409b7844534e96fa58acaf8ccf198cb20c5591f8f8b44f71edbc5"


def digest(folder: Path) -> str:
    """One hash of all files of a folder, by name."""
    total = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def screened(folder: Path, policy: str = "katwijk-2021") -> Worklist:
    return worklist(read_portfolio(open_folder(folder=str(folder))), policy, SAMPLE_DAY)


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
    assert {"disputed", "objected", "plan-in-force", "tenant-acted", "lease-ended"} <= set(holds)
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
