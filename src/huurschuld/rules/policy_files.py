"""Policies from TOML files, which may extend each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from huurschuld.errors import InputError, InvalidValue
from huurschuld.model.toml_text import read_toml
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_reading import read_policy

_BESIDE: Final = re.compile(r"[\w-][\w.-]*\.toml")
"""The name of a file beside the one that names it: it leads to no other folder."""

_LONGEST_CHAIN: Final = 20


def load_policy(path: str | Path, base: Callable[[str], Policy] | None = None) -> Policy:
    """Read the policy of a TOML file; `extends` may name another file beside it.

    Args:
        path: the file.
        base: finds the policy that `extends` names; the built-in ones by default.

    Raises:
        InputError: its place begins with the name of the file that is wrong.
        OSError: a file cannot be read.
    """
    return _load(Path(path), base or find_policy, ())


def _load(path: Path, base: Callable[[str], Policy], extending: tuple[Path, ...]) -> Policy:
    document = read_toml(path)
    extended = document.get("extends")
    if type(extended) is str and _BESIDE.fullmatch(extended):
        beside, chain = path.with_name(extended), (*extending, path.resolve())
        if beside.resolve() in chain:
            raise InvalidValue(
                f"{path.name}/extends", "this policy would extend itself", "name another one"
            )
        if len(chain) > _LONGEST_CHAIN:
            raise InvalidValue(
                f"{path.name}/extends",
                f"more than {_LONGEST_CHAIN} policies extend each other",
                "put what they say into fewer files",
            )
        base = {extended: _load(beside, base, chain)}.__getitem__
    try:
        return read_policy(document, base)
    except InputError as error:
        misplaced = error.under(path.name)
    raise misplaced
