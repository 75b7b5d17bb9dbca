"""What was meant by a policy that is neither a name nor a TOML file: another ending, a folder."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Final

from huurschuld.errors import InvalidValue, shortened
from huurschuld.model.toml_text import toml_text

_ENDING: Final = ".toml"
_NOT_TOML: Final = "a policy is read from a TOML file, whose name ends in .toml"


def is_file_name(given: str) -> bool:
    """Whether a policy is given as a TOML file."""
    return given.casefold().endswith(_ENDING)


def look_for_file(given: str) -> None:
    """Say which file is meant by a name that ends in .toml, where there is none of that name.

    Raises:
        InvalidValue: another file beside it is probably meant.
    """
    path = Path(given)
    if path.exists() or not path.parent.is_dir():
        return
    beside = [it.name for it in path.parent.iterdir() if it.is_file()]
    hidden = [it for it in beside if it.casefold().removesuffix(".txt") == path.name.casefold()]
    near = hidden or difflib.get_close_matches(path.name, [it for it in beside if is_file_name(it)], 1)
    if hidden and not is_file_name(hidden[0]):
        raise InvalidValue(
            path.name,
            f"there is no such file, but there is {hidden[0]}",
            f"rename it to {path.name}; Windows shows the last ending only if it is told to",
        )
    if near:
        raise InvalidValue(path.name, "there is no such file", f"did you mean {near[0]}?")


def refuse_other_file(given: str) -> None:
    """Refuse what is there under this name but is no TOML file; nothing happens if it is not there.

    Raises:
        InvalidValue: it is a folder, or a file with another ending.
    """
    try:
        path = Path(given)
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, ValueError):  # too long a name, or one with a NUL
        return
    if is_folder:
        inside = sorted(it.name for it in path.iterdir() if is_file_name(it.name))
        remedy = "name a file in it"
        if inside:
            remedy = f"name a file in it, such as {shortened(str(path / inside[0]))}"
        raise InvalidValue(
            path.name or given, "a policy is read from a file, and this is a folder", remedy
        )
    if not is_file:
        return
    toml_text(path)  # a document of Word, or text in another encoding, says so
    stem = path.name.casefold().partition(_ENDING)[0] if _ENDING in path.name.casefold() else path.stem
    if path.suffix.casefold() in (".yaml", ".yml"):
        raise InvalidValue(path.name, _NOT_TOML, f"write it as TOML, in a file such as {stem}.toml")
    if path.suffix.casefold() == ".json":
        raise InvalidValue(path.name, _NOT_TOML, "a policy in JSON stands in a case file")
    raise InvalidValue(path.name, _NOT_TOML, f"rename it to {stem}.toml")
