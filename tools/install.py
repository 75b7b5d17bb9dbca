"""Installs the checkout into the environment that runs this, with durable_rules where that can be built.

durable_rules has no wheels. On Python 3.13 and newer it is built with a flag, because a function that it
calls was renamed; then its import is tried, because without the flag it builds but does not load. Where
there is no compiler, everything else is installed without it, and this says so.

    python tools/install.py [--without-durable] [EXTRA...] [--group GROUP]

EXTRA is one of `project.optional-dependencies`, GROUP one of `dependency-groups`, in pyproject.toml.
Groups are read here, because the pip of older Pythons does not know them.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FLAG = "-DPyEval_CallObject=PyObject_CallObject"


def main(arguments: list[str]) -> int:
    """Install with these extras and groups; the exit code of pip."""
    parser = argparse.ArgumentParser()
    parser.add_argument("extras", nargs="*")
    parser.add_argument("--group", action="append", default=[])
    parser.add_argument("--without-durable", action="store_true")
    given = parser.parse_args(arguments)
    grouped = list(members(given.group))
    if not given.without_durable and (loads_durable() or builds_durable()):
        extras = f"[{','.join(given.extras)}]" if given.extras else ""
        return pip("--editable", f"{ROOT}{extras}", *grouped)
    print("without durable_rules: the reference engine decides alone (docs/engines.md)")
    needed = [it for it in (*requirements(given.extras), *grouped) if not it.startswith("durable-rules")]
    return pip(*needed) or pip("--no-deps", "--editable", str(ROOT))


def pip(*arguments: str, is_silent: bool = False) -> int:
    """Run `pip install`; its exit code."""
    quietly = ("--quiet", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "install", *quietly, *arguments]
    return subprocess.run(command, check=False, capture_output=is_silent).returncode


def loads_durable() -> bool:
    """Whether durable_rules is installed already, and loads."""
    command = [sys.executable, "-c", "import durable_rules_engine"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def builds_durable() -> bool:
    """Build durable_rules, anew: pip may have cached a wheel that was built without the flag."""
    if sys.version_info >= (3, 13):
        os.environ["CPPFLAGS"] = f"{os.environ.get('CPPFLAGS', '')} {FLAG}".strip()
    wanted = next(it for it in requirements(["durable"]) if it.startswith("durable-rules"))
    arguments = ("--no-cache-dir", "--force-reinstall", wanted.partition(";")[0])
    # Without a compiler it fails, with a hundred lines that are about nothing else.
    return pip(*arguments, is_silent=True) == 0 and loads_durable()


def requirements(extras: Iterable[str]) -> Iterator[str]:
    """What the project and these extras need, including the extras that an extra refers to."""
    yield from PROJECT["project"]["dependencies"]
    for extra in extras:
        for needed in PROJECT["project"]["optional-dependencies"][extra]:
            if own := re.fullmatch(r"huurschuld\[(.+)\]", needed):
                yield from requirements(own[1].split(","))
            else:
                yield needed


def members(groups: Iterable[str]) -> Iterator[str]:
    """What these groups hold, including the groups that they include."""
    for group in groups:
        for member in PROJECT["dependency-groups"][group]:
            if isinstance(member, str):
                yield member
            else:
                yield from members([member["include-group"]])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
