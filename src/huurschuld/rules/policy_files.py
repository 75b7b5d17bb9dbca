"""Policies from TOML files, which may extend each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from huurschuld.errors import InputError, InvalidValue, UnknownField
from huurschuld.model.toml_places import TomlPlaces
from huurschuld.model.toml_text import parse_toml, toml_text
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_reading import read_policy
from huurschuld.rules.policy_remedies import remedy_of

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


def _load(path: Path, base: Callable[[str], Policy], extending: tuple[Path, ...]) -> Policy:
    text = toml_text(path)
    document = parse_toml(text, path.name, quoted=True)
    if not document:
        raise InvalidValue(
            path.name,
            "this file is empty",
            'write a policy in it, such as one that begins with extends = "bgs-2021"',
        )
    places = TomlPlaces(text)
    extended = document.get("extends")
    if type(extended) is str and _BESIDE.fullmatch(extended):
        beside, chain = path.with_name(extended), (*extending, path.resolve())
        if beside.resolve() in chain:
            raise _in_file(_ITSELF, path.name, places)
        if len(chain) > _LONGEST_CHAIN:
            raise _in_file(_TOO_LONG, path.name, places)
        base = {extended: _load(beside, base, chain)}.__getitem__
    try:
        return read_policy(document, base)
    except InputError as error:
        misplaced = _in_file(error, path.name, places)
    raise misplaced


def _in_file(error: InputError, name: str, places: TomlPlaces) -> InputError:
    """Return an error with the file, the line and the column where it stands."""
    pointer = str(error.place)
    start = None if error.piece is None else error.piece.start
    if places.has(f"{pointer}/value"):  # of a parameter that is given with who adopted it
        pointer += "/value"
    remedy = remedy_of(error, pointer, places.written_at(pointer))
    if error.piece is not None and places.quote(pointer) == '"':
        remedy = remedy.replace(
            '"', "'"
        )  # what is written there stands in double quotation marks itself
    placed = type(error)(f"{name}{error.place}", error.problem, remedy)
    placed.piece = error.piece
    placed.spot = places.spot(pointer, start, of_name=isinstance(error, UnknownField))
    return placed
