"""What an import costs: the time of a whole process, from start to exit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Final

from benchmarks.measure import Comparison, interleaved

ROUNDS: Final = 15
TURNS: Final = 2
PROGRAMS: Final = (
    "pass",
    "import attrs, pluggy",
    "import huurschuld",
    "import huurschuld; huurschuld.decide",
)


def measure() -> Comparison:
    """Time each program in a process of its own; the first, which may write bytecode, is not counted."""
    return Comparison(
        name="import",
        title="3. Import, whole process",
        operation="process",
        base=PROGRAMS[0],
        timings=interleaved(
            {program: _process(program) for program in PROGRAMS}, 1, ROUNDS, turns=TURNS
        ),
    )


def _process(program: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", program], check=True)
