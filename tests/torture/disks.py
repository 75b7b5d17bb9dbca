"""Disks that are full: a command says so in a line, and what was there before is as it was, or whole.

No file of the process can grow beyond some size, which the system reports as it does a full disk.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from torture import command_line as cli
from torture.attack import Attack, Finding, chance, scratch
from torture.kills import Inbox, going_on

_AS_IT_WAS: Final = b"what was there before\n"
_EXAMPLE: Final = Path(__file__).resolve().parents[2] / "examples" / "refer-family.json"


def _json_of(path: Path) -> object:
    return json.loads(path.read_bytes())


def _lines_of(path: Path) -> object:
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n"), "its last line is not whole"
    return text


def _parquet_of(path: Path) -> object:
    data = path.read_bytes()
    assert data[:4] == data[-4:] == b"PAR1", "it does not end as such a file does"
    return data


def _any(path: Path) -> object:
    return path


_WRITTEN: Final[Mapping[str, Callable[[Path], object]]] = {
    "result.csv": _lines_of,
    "result.json": _json_of,
    "result.parquet": _parquet_of,
}
"""Files that a screening writes, and what reads one that is whole."""


def full(number: int, seed: int) -> Finding | None:
    """Run one command on a disk that is full after so many bytes."""
    rng = chance("disks", number, seed)
    space = rng.choice((0, rng.randrange(64), rng.randrange(5_000), rng.randrange(100_000)))
    if rng.random() < 0.6:
        return _of_an_outbox(rng, space)
    return _of_files(rng, space)


def _of_an_outbox(rng: random.Random, space: int) -> Finding | None:
    """A step of referring: when there is space again it goes on, and nothing is lost or doubled."""
    stage = rng.choice(("nothing", "begun", "proposed", "proposed", "confirmed", "confirmed"))
    with scratch() as folder:
        cli.at_stage(folder, stage)
        receiver = Inbox(folder)
        ended = cli.run(folder, *cli.command_of(stage), before=cli.without_space(space))
        if fault := ended.fault():
            return Finding(f"{stage}: {fault}", ended.told)
        found = going_on(folder, stage, receiver)
        return found and Finding(
            f"{stage}: {found.problem}", f"{space} bytes\n{ended.told}\n{found.detail}"
        )


def _of_files(rng: random.Random, space: int) -> Finding | None:
    """A command that writes files: each is whole, or as it was before; nothing else is left."""
    with scratch() as folder:
        cli.surroundings(folder)
        name, arguments = _writing(rng)
        target = folder / name
        was_there = rng.random() < 0.5 and not name.startswith("made")
        if was_there:
            target.write_bytes(_AS_IT_WAS)
        names = {it.name for it in folder.iterdir()}
        environment = {"HUURSCHULD_KEY": "a key of the bench alone", "TMPDIR": str(folder)}
        ended = cli.run(folder, *arguments, before=cli.without_space(space), environment=environment)
        told = f"{space} bytes, {' '.join(arguments)}\n{ended.told}"
        if fault := ended.fault():
            return Finding(f"{arguments[0]}: {fault}", told)
        if ended.code == 2 and not ended.errors and space > 200:
            return Finding(f"{arguments[0]}: it does not say why it failed", told)
        left = {it.name for it in folder.iterdir()} - names - {name}
        if left:
            return Finding(f"{arguments[0]}: it leaves a file behind", f"{left}\n{told}")
        if target.is_file() and target.read_bytes() != _AS_IT_WAS:
            try:
                _WRITTEN.get(name, _any)(target)
            except Exception as error:  # noqa: BLE001 - however it cannot be read
                return Finding(f"{arguments[0]}: half a file is left", f"{error!r}\n{told}")
        elif was_there and not target.is_file():
            return Finding(f"{arguments[0]}: what was there is gone", told)
        elif ended.code == 0 and not target.exists():
            return Finding(f"{arguments[0]}: it counts as done, and nothing was written", told)
    return None


def _writing(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """A command that writes, and what it writes."""
    name = rng.choice((*_WRITTEN, "receipts.json", "receipt.json", "made"))
    if name == "made":
        return name, ("sample", name, "--tenancies", "5", "--seed", "1")
    if name == "receipt.json":
        return name, ("decide", str(_EXAMPLE), "--receipt", name)
    option = "--receipts" if name == "receipts.json" else "--output"
    return name, ("screen", str(cli.ledger()), *cli.POLICY, option, name)


ATTACKS: Final = (
    Attack(
        "disks",
        "a full disk is told in a line; files are whole or as before, and referring goes on",
        full,
        weight=3,
        short=15,
    ),
)
