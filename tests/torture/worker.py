"""A process that makes attempts, and tells of each on a pipe when it begins and how it ended.

    python -m torture.worker ATTACK SEED FIRST STEP LAST DESCRIPTOR

It makes the attempts FIRST, FIRST + STEP and so on, to LAST, until it is ended.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import traceback
from pathlib import Path
from typing import Any, Final

from attrs import astuple
from torture.attack import Attack, BenchFault, Finding, resident, unexpected

MEMORY: Final = 10**9
"""How many bytes of memory the process may have at most."""


def attacks_of(module: str) -> tuple[Attack, ...]:
    """The attacks of a module."""
    found: tuple[Attack, ...] = importlib.import_module(f"torture.{module}").ATTACKS
    return found


def attack_of(name: str) -> Attack:
    """The attack of a name."""
    return next(it for it in attacks_of(name.partition("-")[0]) if it.name == name)


def attempted(attack: Attack, number: int, seed: int) -> Finding | None:
    """Make one attempt; what it raises is a finding, and so is too much memory.

    If the bench itself goes wrong, that is told as such.
    """
    _forget_most_memory()
    before, began = resident("VmRSS"), _used()
    try:
        found = attack.attempt(number, seed)
    except BenchFault as error:
        return Finding(str(error), traceback.format_exc(), of_bench=True)
    except AssertionError as error:
        found = Finding(f"broken: {error}".partition("\n")[0], traceback.format_exc())
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what we look for
        found = unexpected(error) or Finding(f"refused: {error}", traceback.format_exc())
    most, used = resident("VmHWM") - before, _used() - began
    if found is None and most > MEMORY:
        return Finding(f"more than {MEMORY / 1e9:g} GB of memory", f"{most / 1e9:.1f} GB")
    if found is None and used > attack.seconds:
        return Finding(f"more than {attack.seconds:g} s of the processor", f"{used:.1f} s")
    return found


def _used() -> float:
    """How much time of the processor this process has used, and those that it has waited for."""
    return sum(os.times()[:4])


def _forget_most_memory() -> None:
    """Have the system count the most memory anew, where it can."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def main() -> None:
    """Make attempts until the last, or until this process is ended."""
    name, *numbers = sys.argv[1:]
    seed, first, step, last, descriptor = map(int, numbers)
    logging.disable(logging.NOTSET)
    attack = attack_of(name)
    with os.fdopen(descriptor, "w", buffering=1) as pipe:

        def tell(**told: Any) -> None:
            pipe.write(json.dumps(told) + "\n")

        for number in range(first, last + 1, step):
            tell(begin=number)
            found = attempted(attack, number, seed)
            tell(end=number, found=None if found is None else astuple(found))


if __name__ == "__main__":
    main()
