"""Policies from TOML files, which may extend each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import evolve

from huurschuld.errors import InputError, InvalidValue, UnknownField
from huurschuld.model.toml_places import TomlPlaces
from huurschuld.model.toml_text import parse_toml, toml_text
from huurschuld.rules.conditions.notation import parse
from huurschuld.rules.facts import FACTS
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_reading import read_policy
from huurschuld.rules.policy_remedies import remedy_of
from huurschuld.rules.policy_warnings import PolicyWarning, policy_warnings

_BESIDE: Final = re.compile(r"[\w-][\w.-]*\.toml")
"""The name of a file beside the one that names it: it leads to no other folder."""

_LONGEST_CHAIN: Final = 20
_ITSELF: Final = InvalidValue("/extends", "this policy would extend itself", "name another one")
_TOO_LONG: Final = InvalidValue(
    "/extends",
    f"more than {_LONGEST_CHAIN} policies extend each other",
    "put what they say into fewer files",
)


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


def load_with_warnings(
    path: str | Path, base: Callable[[str], Policy] | None = None
) -> tuple[Policy, tuple[PolicyWarning, ...]]:
    """Read the policy of a TOML file, and look for conditions in it that are never true or never matter.

    Args:
        path: the file.
        base: as for `load_policy`.

    Returns:
        The policy, and its warnings, each with the place in this file if its condition stands there.
        That an inherited condition decides nothing beside a stricter one of this file is left out.

    Raises:
        InputError, OSError: as `load_policy`.
    """
    file = Path(path)
    policy = load_policy(file, base)
    found = policy_warnings(policy)
    if not found:
        return policy, ()
    places = TomlPlaces(toml_text(file))
    placed = (_warning_in(it, policy, file, places) for it in found)
    return policy, tuple(it for it in placed if it.spot is not None or not it.is_idle)


def _warning_in(warning: PolicyWarning, policy: Policy, file: Path, places: TomlPlaces) -> PolicyWarning:
    """Return a warning with its place in a file, if its condition stands there."""
    condition = dict(policy.conditions())[warning.place]
    settings, facts = policy.units(), {**FACTS, **policy.own_facts()}
    for pointer, written in places.texts("when"):
        if parse(written, settings, pointer, facts) == condition:
            begin = max(written.find(warning.condition), 0)
            return evolve(warning, place=f"{file.name}{pointer}", spot=places.spot(pointer, begin))
    return warning


def _load(path: Path, base: Callable[[str], Policy], extending: tuple[Path, ...]) -> Policy:
    text = toml_text(path)
    document = parse_toml(text, path.name, quoted=True)
    if not document:
        raise InvalidValue(
            path.name,
            "this file is empty",
            'write a policy in it, such as one that begins with extends = "bgs-2021"',
        )
    extended = document.get("extends")
    if type(extended) is str and _BESIDE.fullmatch(extended):
        beside, chain = path.with_name(extended), (*extending, path.resolve())
        if beside.resolve() in chain:
            raise _in_file(_ITSELF, path.name, text)
        if len(chain) > _LONGEST_CHAIN:
            raise _in_file(_TOO_LONG, path.name, text)
        base = {extended: _load(beside, base, chain)}.__getitem__
    try:
        return read_policy(document, base)
    except InputError as error:
        misplaced = _in_file(error, path.name, text)
    raise misplaced


def _in_file(error: InputError, name: str, text: str) -> InputError:
    """Return an error with the file, the line and the column where it stands."""
    places = TomlPlaces(text)
    pointer = str(error.place)
    start = None if error.piece is None else error.piece.start
    if places.has(f"{pointer}/value"):  # of a parameter that is given with who adopted it
        pointer += "/value"
    remedy = remedy_of(error, pointer, places.written_at(pointer))
    if error.piece is not None and places.quote(pointer) == '"':
        # What is written there stands in double quotation marks itself.
        remedy = remedy.replace('"', "'")
    placed = type(error)(f"{name}{error.place}", error.problem, remedy)
    placed.piece = error.piece
    placed.spot = places.spot(pointer, start, of_name=isinstance(error, UnknownField))
    return placed
