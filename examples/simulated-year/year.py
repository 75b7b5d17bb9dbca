"""A year of an invented municipality, from the first screening to its evaluation.

    python examples/simulated-year/year.py [--tenancies 7000] [--seed 2025]

Three landlords screen every month, a person confirms, the GGD takes in what is sent and works on each
case, a plan is kept or broken by the payments on the ledger, and the landlord hears what he may know.
Then the year is evaluated and reported, and everything is checked: it ends with 1 if a check fails.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from checks import checks
from evictions import plan_pursuits
from ggd import Desk
from landlords import FolderLandlord, Landlord
from report import evaluated, print_report
from vera_landlord import VeraLandlord
from world import LAST_DAY, LEDGERS_BEGIN, Days, invent, months

from huurschuld import load_policy

POLICY: Final = Path(__file__).parent.parent / "collection-suspended.toml"
LANDLORDS: Final = (
    ("Woonstichting Duinrand", FolderLandlord, "DR", 0.55),
    ("Woningcorporatie Sluiswijk", Landlord, "SW", 0.4),
    ("Zeehaven Wonen", VeraLandlord, "ZH", 0.05),
)
"""Each landlord with how he screens, how his tenancies begin, and his part of all of them."""


def main(arguments: list[str]) -> int:
    """Live through the year, and print what came of it; 1 if a check fails."""
    parser = argparse.ArgumentParser(description="A year of an invented municipality.")
    parser.add_argument("--tenancies", type=int, default=7000, help="how many, of all landlords")
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument("--folder", type=Path, help="where to keep all files; else they are removed")
    parser.add_argument("--schema", type=Path, help="the JSON Schema of DDAS vroegsignalering v1.2")
    given = parser.parse_args(arguments)
    if given.folder is not None and given.folder.exists():
        parser.error("--folder: it is there already; name a new one")
    with TemporaryDirectory() as temporary:
        return run(given.folder or Path(temporary, "year"), given.tenancies, given.seed, given.schema)


def run(folder: Path, tenancies: int, seed: int, schema: Path | None) -> int:
    """Live through the year in a folder."""
    with closing(made(folder, tenancies, seed)) as desk:
        return lived(desk, schema)


def lived(desk: Desk, schema: Path | None) -> int:
    """Let the year go by, and print what came of it and what the checks found."""
    began = time.monotonic()
    for first in months(LEDGERS_BEGIN, LAST_DAY):
        desk.time.go_by(first)
        progress(f"{first:%B %Y}, cases: {len(desk.cases)}")
    desk.time.go_by(LAST_DAY)
    progress("")
    year = evaluated(desk)
    print_report(desk, year)
    failed = 0
    print("\nChecked")
    for check in checks(desk, year, schema):
        failed += told(check)
    print(f"\n{time.monotonic() - began:.0f} seconds; nobody in it exists")
    return int(failed > 0)


def made(folder: Path, tenancies: int, seed: int) -> Desk:
    """Invent the households, their landlords and the GGD, and plan what comes back every month."""
    days, policy = Days(), load_policy(POLICY)
    landlords: list[Landlord] = []
    for area, (name, kind, prefix, share) in enumerate(LANDLORDS):
        houses = [invent(seed, prefix, it, area) for it in range(1, round(tenancies * share) + 1)]
        own, inbox = folder / "landlords" / name, folder / "ggd" / "inbox" / name
        landlords.append(kind(name, houses, days, policy, own, inbox))
    desk = Desk(folder / "ggd", landlords, days, seed)
    for first in months(LEDGERS_BEGIN, LAST_DAY):
        days.once(first, partial(rent_is_due, landlords=landlords))
    for landlord in landlords:
        landlord.year()
        plan_pursuits(desk, landlord)
    desk.year()
    return desk


def rent_is_due(first: dt.date, landlords: list[Landlord]) -> None:
    """The first of a month: the rent is due, and paid or not."""
    for landlord in landlords:
        for house in landlord.houses.values():
            house.month(first)


def told(check: Callable[[], str]) -> bool:
    """Print what a check found; whether it failed."""
    try:
        print(f"  {check()}")
    except AssertionError as error:
        print(f"  FAILED {check.__name__}: {error}")
        return True
    return False


def progress(text: str) -> None:
    """Show how far it is, on a terminal."""
    if sys.stderr.isatty():
        print(f"\r{text:<60}\r", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
