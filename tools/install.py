"""Installs the checkout into the environment that runs this, with durable_rules where that can be built.

durable_rules has no wheels. On Python 3.13 and newer it is built with a flag, since what it calls there
has another name; and its import is tried, because without the flag it builds but does not load. Where
there is no compiler all else is installed without it, and this says so.

    python tools/install.py [--without-durable] EXTRA...
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLAG = "-DPyEval_CallObject=PyObject_CallObject"


def main(arguments: list[str]) -> int:
    """Install with these extras; the exit code of pip."""
    extras = [it for it in arguments if it != "--without-durable"]
    if "--without-durable" not in arguments and (loads_durable() or builds_durable()):
        return pip("--editable", f"{ROOT}[{','.join(extras)}]")
    print("without durable_rules: the reference engine decides alone (docs/engines.md)")
    needed = [it for it in requirements(extras) if not it.startswith("durable-rules")]
    return pip(*needed) or pip("--no-deps", "--editable", str(ROOT))


def pip(*arguments: str) -> int:
    """Run `pip install`; its exit code."""
    quietly = ("--quiet", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "install", *quietly, *arguments]
    return subprocess.run(command, check=False).returncode


def loads_durable() -> bool:
    """Whether durable_rules is there already, and loads."""
    command = [sys.executable, "-c", "import durable_rules_engine"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def builds_durable() -> bool:
    """Build durable_rules, anew: pip may keep a wheel that was built without the flag."""
    if sys.version_info >= (3, 13):
        os.environ["CPPFLAGS"] = f"{os.environ.get('CPPFLAGS', '')} {FLAG}".strip()
    wanted = next(it for it in requirements(["durable"]) if it.startswith("durable-rules"))
    return pip("--no-cache-dir", "--force-reinstall", wanted.partition(";")[0]) == 0 and loads_durable()


def requirements(extras: list[str]) -> Iterator[str]:
    """What the project and these extras need, those that an extra refers to in turn among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    yield from project["dependencies"]
    for extra in extras:
        for needed in project["optional-dependencies"][extra]:
            if own := re.fullmatch(r"huurschuld\[(.+)\]", needed):
                yield from requirements(own[1].split(","))
            else:
                yield needed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
