"""Canaries in every field: what each output, message, log and file may hold of a person, and no more.

Each run is of the command line, with all logs at their most talkative. While it runs, the lists of
processes are read, as anybody on the machine can read them.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
import os
import random
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from attrs import evolve, frozen
from referring import in_arrears
from tables import as_tables, write_csv
from torture import command_line as cli
from torture.attack import CANARY, Attack, Finding, chance, scratch

from huurschuld import Child, Household, StatedFact, Tenancy

ID: Final = "TENANCY-KANARIE"
PERSON: Final = (
    CANARY,
    "Kooistraat-Kanarie",
    "06-98765432",
    "kanarie@kooi.invalid",
    "p/a Kanarie-Bewind",
)
HIDDEN: Final = ("BOOKING-KANARIE", "2013-12-11", "FACT-KANARIE", "CELL-KANARIE")
"""Ids of entries, a day of birth, the name of a fact that no policy asks, and what a bad cell says."""
SECRET: Final = "KEY-KANARIE-OF-THE-BENCH"  # noqa: S105 - of nothing
EVERYTHING: Final = (ID, *PERSON, *HIDDEN, SECRET)
_KEEPS: Final = {"outbox.sqlite", "register.csv", "mine", "inbox"}
"""What holds canaries because it has to."""


@frozen
class Run:
    """A command, and which canaries its results and its messages may hold."""

    arguments: tuple[str, ...]
    output: Collection[str] = ()
    errors: Collection[str] = ()
    files: Collection[str] = ()


def _tenancies() -> Iterator[Tenancy]:
    for number in (1, 2, 3):
        it = in_arrears(f"{ID}-{number}")
        yield evolve(
            it,
            entries=[evolve(entry, id=f"{HIDDEN[0]}-{n}") for n, entry in enumerate(it.entries)],
            household=Household(children=[Child(born=dt.date(2013, 12, 11))]),
            facts=[StatedFact(name=HIDDEN[2], value=True)],
        )


@functools.cache
def _tables() -> dict[str, bytes]:
    with scratch() as folder:
        write_csv(folder / "mine", as_tables(_tenancies()))
        return {it.name: it.read_bytes() for it in (folder / "mine").iterdir()}


def _damaged(data: bytes, rng: random.Random) -> bytes:
    """A table in which a cell, a whole line or the heading says what it should not."""
    lines = data.decode().splitlines()
    at = rng.randrange(len(lines))
    cells = lines[at].split(",")
    bad = rng.choice(
        (HIDDEN[3], f'"{HIDDEN[3]}', f"={HIDDEN[3]}", f"{HIDDEN[3]}\x00", f"\xff{HIDDEN[3]}")
    )
    match rng.randrange(4):
        case 0:
            cells.append(bad)
        case 1:
            cells = [bad]
        case _:
            cells[rng.randrange(len(cells))] = bad
    lines[at] = ",".join(cells)
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def _register(folder: Path) -> None:
    columns = "tenancy,name,street,house_number,postcode,place,phone,email,care_of"
    rows = [
        f"{ID}-{n},{PERSON[0]},{PERSON[1]},{n},2225AB,Katwijk,{PERSON[2]},{PERSON[3]},{PERSON[4]}"
        for n in (1, 2, 3)
    ]
    (folder / "register.csv").write_text("".join(f"{it}\n" for it in (columns, *rows)))


def _runs(rng: random.Random) -> list[Run]:
    """Some commands, in an order in which they make sense; a few are wrong on purpose."""
    lang = ("--lang", rng.choice(("nl", "en")))
    shown = ("--format", rng.choice(("table", "csv", "json")))
    listed = ("--format", rng.choice(("table", "csv", "json")))
    screening = ("screen", "mine", *cli.POLICY)
    result = f"result.{rng.choice(('csv', 'json', 'parquet'))}"
    runs = [
        Run((*screening, *lang, *shown, *rng.choice(((), ("--facts",)))), output=[ID]),
        Run((*screening, "--output", result, "--quarantine", "bad.csv"), output=[ID], files=[result]),
        Run((*screening, "--receipts", "receipts.json", *shown), output=[ID]),
        Run((*screening, "--set", f"minimum_cents={CANARY}")),
        Run((*screening, "--backend", "duckdb", "--top", "1"), output=[ID]),
        Run(("explain", "mine", *cli.POLICY, "--tenancy", f"{ID}-1", *lang), output=[ID]),
        Run(("explain", "mine", *cli.POLICY, "--tenancy", f"{ID}-9")),
        Run(("explain", "mine", *cli.POLICY, "--tenancy", f"{ID}-2", "--format", "json"), output=[ID]),
    ]
    referring = [
        Run(("refer", "begin")),
        Run(("refer", "propose", "mine", *cli.POLICY, "--batch", "o"), errors=[ID]),
        Run(("refer", "confirm", "--batch", "o", "--by", cli.BY), output=[ID], errors=[ID]),
        Run(("refer", "list", *listed), output=[ID]),
        Run(("refer", "send", "--rounds", "1"), output=[ID], errors=[ID]),
        Run(("refer", "history", "0")),
        Run(("refer", "send", "mine", *cli.POLICY, "--rounds", "1"), output=[ID], errors=[ID]),
        Run(("refer", "list", "--state", "accepted", *listed), output=[ID]),
        Run(("screen", "mine", *cli.POLICY), output=[ID]),
        Run(("refer", "forget", "--before", "2026-11-01")),
    ]
    chosen = rng.sample(runs, k=2)
    return chosen if rng.random() < 0.6 else [*referring, chosen[0]]


def look(number: int, seed: int) -> Finding | None:
    """Run some commands on a portfolio of canaries, perhaps a damaged one."""
    rng = chance("canaries", number, seed)
    with scratch() as folder:
        cli.surroundings(folder, _channel(rng))
        _register(folder)
        (folder / "mine").mkdir()
        for name, data in _tables().items():
            (folder / "mine" / name).write_bytes(data)
        if rng.random() < 0.5:
            name = rng.choice(sorted(_tables()))
            (folder / "mine" / name).write_bytes(_damaged(_tables()[name], rng))
        (folder / "tmp").mkdir()
        for run in _runs(rng):
            found = _looked(folder, run)
            if found is not None:
                return found
    return None


def _channel(rng: random.Random) -> str:
    """A receiver that takes everything, or one that is not there."""
    return rng.choice((cli.FILE_DROP, cli.FILE_DROP, 'url = "http://127.0.0.1:9/signals"'))


def _looked(folder: Path, run: Run) -> Finding | None:
    environment = {"HUURSCHULD_KEY": SECRET, "HUURSCHULD_TRACE": "1", "TMPDIR": str(folder / "tmp")}

    def talkative() -> None:
        tempfile.tempdir = None
        logging.basicConfig(level=logging.DEBUG, filename=str(folder / "log"), force=True)

    child = cli.started(folder, *run.arguments, before=talkative, environment=environment)
    seen = _processes(child.pid)
    ended = cli.ended(child)
    told = f"{' '.join(run.arguments)}\n{ended.told}"
    if fault := ended.fault():
        return Finding(f"{run.arguments[0]}: {fault}", told)
    log = folder / "log"
    places: dict[str, tuple[str, Collection[str]]] = {
        "a result": (ended.output, run.output),
        "a message": (ended.errors, run.errors),
        "the log": (log.read_text(errors="replace") if log.exists() else "", ()),
        "the list of processes": (seen, ()),
        "the name of a file": ("\n".join(str(it.relative_to(folder)) for it in folder.rglob("*")), ()),
        "what is left in the folder for temporary files": (str([*(folder / "tmp").iterdir()]), ()),
    }
    for path in folder.iterdir():
        if path.is_file() and path.name not in _KEEPS and path != log:
            may: Collection[str] = (
                [ID] if path.name in run.files or path.name.startswith("result") else []
            )
            places[f"the file {path.name}"] = (path.read_bytes().decode(errors="replace"), may)
    for place, (text, allowed) in places.items():
        for canary in EVERYTHING:
            if canary in text and canary not in allowed:
                return Finding(f"{' '.join(run.arguments[:2])}: {canary} in {place}", f"{told}\n{text}")
    if [*(folder / "tmp").iterdir()]:
        return Finding(f"{run.arguments[0]}: a temporary file is left", told)
    return None


def _processes(pid: int) -> str:
    """What anybody could read of the processes on this machine while one of them runs."""
    seen = set[str]()
    for _ in range(4):
        for path in Path("/proc").glob("[0-9]*"):
            try:
                seen.add((path / "cmdline").read_text(errors="replace"))
                if path.stat().st_uid == os.getuid() and _is_below(path, pid):
                    environment = (path / "environ").read_text(errors="replace")
                    seen.add(environment.replace(SECRET, ""))  # it was given there
            except OSError:  # it has ended
                continue
        time.sleep(0.05)
    return "\n".join(seen)


def _is_below(path: Path, pid: int) -> bool:
    return (path / "stat").read_text().rpartition(")")[2].split()[1] == str(pid)


ATTACKS: Final = (
    Attack(
        "canaries",
        "no message, log, file name, receipt or list of processes holds anything of a person",
        look,
        weight=5,
        short=8,
    ),
)
