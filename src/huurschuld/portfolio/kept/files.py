"""A state in a folder: Parquet files, each named by what is in it, and a head that names them.

Files are written first, each beside its name, and the head last. So whatever happens the folder holds
one whole state: the one before, or this one. What the head no longer names is removed after that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, field, frozen

from huurschuld.errors import InputError, InvalidValue
from huurschuld.model.files import write_text
from huurschuld.model.json_text import canonical_json, parse_json
from huurschuld.model.strict_objects import StrictObject
from huurschuld.model.values import parse_day
from huurschuld.portfolio.assumptions import written_assumptions
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.kept.folding import PolarsFrame
from huurschuld.rules.document import policy_document
from huurschuld.rules.policy_reading import read_policy
from huurschuld.rules.sources import Adopted

if TYPE_CHECKING:
    from huurschuld.portfolio.kept.parts import Part
    from huurschuld.portfolio.kept.state import KeptState

HEAD: Final = "state.json"
FORMAT: Final = 2
"""The version of what is in the folder; another one is not read."""

_SUFFIX: Final = ".parquet"
_DIGITS: Final = 32
_RESTORE: Final = "restore the folder, or begin anew: screen the whole portfolio, and keep that"
_PART: Final = ("entries", "replaced", "rows")


@frozen(eq=False)
class Saved:
    """Which frames of a state are in which files of a folder.

    Attributes:
        folder: the folder.
        files: for each frame, by its identity, the frame and the name of its file with its size.
    """

    folder: Path
    files: Mapping[int, tuple[Any, str, int]] = field(factory=dict)

    def of(self, frame: PolarsFrame) -> tuple[str, int] | None:
        """The name and the size of the file that a frame is in, if it is in one."""
        found = self.files.get(id(frame))
        return None if found is None or found[0] is not frame else found[1:]


# --- writing -------------------------------------------------------------------------------------


def write_state(state: KeptState, folder: Path) -> KeptState:
    """Write a state; as `KeptState.write`."""
    folder = folder.absolute()
    if folder.exists() and not (folder.is_dir() and _is_of_a_state(folder)):
        raise InvalidValue(
            str(folder), "this is no folder of a state", "name a new folder, or an empty one"
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    writer = _Writer(folder, state.saved)
    head = {
        "format": FORMAT,
        "kept_day": state.kept_day.isoformat(),
        "folded_to": state.folded_to.isoformat(),
        "floor": state.floor,
        "rules": state.rules,
        "policy": policy_document(state.policy),
        "parameters": {name: _written(it) for name, it in state.parameters.items()},
        "assume": written_assumptions(state.assume),
        "carry": list(state.carry),
        "tables": {name: writer.file(name, it) for name, it in state.tables.items()},
        "known": writer.file("known", state.known),
        "priorities": writer.file("priorities", state.priorities),
        "later": writer.file("later", state.later),
        "parts": [
            {name: writer.file(name, getattr(part, name)) for name in _PART} for part in state.parts
        ],
    }
    body = canonical_json(head)
    write_text(folder / HEAD, canonical_json({"sha256": _sha256(body.encode()), "state": head}))
    writer.remove_others()
    return evolve(state, saved=Saved(folder, writer.files))


def _is_of_a_state(folder: Path) -> bool:
    """Whether a folder holds a state, or nothing, or what was left of one that was never finished."""
    return (folder / HEAD).is_file() or all(_is_ours(it) for it in folder.iterdir())


def _is_ours(path: Path) -> bool:
    return path.name.endswith((_SUFFIX, ".part")) and path.is_file()


class _Writer:
    """Writes the files of a state that are not in the folder yet."""

    def __init__(self, folder: Path, saved: Saved | None) -> None:
        self.folder = folder
        self.saved = saved if saved is not None and saved.folder == folder else None
        self.files: dict[int, tuple[Any, str, int]] = {}

    def file(self, stem: str, frame: PolarsFrame) -> dict[str, object]:
        """The file of a frame, which is written if it is not there: what the head says of it.

        Raises:
            InvalidValue: the frame is in a file alone, and that is gone.
        """
        found = None if self.saved is None else self.saved.of(frame)
        if found is not None and not _is_as_long(self.folder / found[0], found[1]):
            found = None
        try:
            name, size = self._written(stem, frame) if found is None else found
        except FileNotFoundError as error:
            raise InvalidValue(
                str(self.folder),
                "a file that this state was read from is gone: another one was written there since",
                "read the state that is in the folder now, and go on from that",
            ) from error
        self.files[id(frame)] = (frame, name, size)
        return {"file": name, "bytes": size}

    def _written(self, stem: str, frame: PolarsFrame) -> tuple[str, int]:
        beside = self.folder / f".huurschuld-{secrets.token_hex(8)}.part"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            with os.fdopen(os.open(beside, flags, 0o600), "w+b") as file:
                frame.lazy().collect(engine="streaming").write_parquet(
                    file, compression="lz4", row_group_size=_ROWS
                )
                file.flush()
                os.fsync(file.fileno())
                size = file.tell()
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            name = f"{stem}-{digest[:_DIGITS]}{_SUFFIX}"
            beside.replace(self.folder / name)
        finally:
            with suppress(FileNotFoundError):  # it was renamed
                beside.unlink()
        return name, size

    def remove_others(self) -> None:
        """Remove the files that no longer belong to the state."""
        named = {name for _, name, _ in self.files.values()}
        for path in self.folder.iterdir():
            if _is_ours(path) and path.name not in named:
                path.unlink(missing_ok=True)


_ROWS: Final = 2**16
"""So many rows are read together: of a few tenancies not many more than theirs."""


def _written(value: object) -> object:
    """A value that the user sets, as JSON."""
    if isinstance(value, Adopted):
        on = None if value.on is None else value.on.isoformat()
        return {"value": value.value, "by": value.by, "on": on, "number": value.number}
    return value


def _is_as_long(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- reading -------------------------------------------------------------------------------------


def read_state(
    state: type[KeptState], part: Callable[..., Part], folder: Path, *, verify: bool
) -> KeptState:
    """Read a state; as `KeptState.read`."""
    folder = folder.absolute()
    head = _head(folder)
    problem = ""
    try:
        return _Reader(folder, verify).state(state, part, head)
    except InputError as error:
        problem = f"{error.problem} ({error.place})" if error.place else error.problem
    raise InvalidValue(str(folder), problem, _RESTORE)


def _head(folder: Path) -> object:
    path = folder / HEAD
    if not folder.is_dir() or not path.is_file():
        raise InvalidValue(
            str(folder), "there is no state in it", "keep one first: screen the portfolio, and keep that"
        )
    problem = "its head is damaged"
    with suppress(InputError):
        whole = StrictObject(parse_json(path.read_bytes()), "", ("sha256", "state"))
        version = StrictObject(whole.required("state"), "").fields.get("format")
        if version != FORMAT:
            problem = f"it is of another version of huurschuld (format {FORMAT} is read)"
        elif whole.fields["sha256"] == _sha256(canonical_json(whole.fields["state"]).encode()):
            return whole.fields["state"]
    raise InvalidValue(str(folder), problem, _RESTORE)


class _Reader:
    """Reads the files that a head names; the head is as it was written."""

    def __init__(self, folder: Path, verify: bool) -> None:
        self.pl: Any = polars("the state")
        self.folder, self.verify = folder, verify
        self.files: dict[int, tuple[Any, str, int]] = {}

    def state(self, cls: type[KeptState], part: Callable[..., Part], head: Any) -> KeptState:  # noqa: ANN401 - JSON
        tables = {name: self.frame(it) for name, it in head["tables"].items()}
        parts = [
            part(
                entries=self.frame(it["entries"], lazy=True),
                replaced=self.frame(it["replaced"]),
                rows=self.frame(it["rows"]),
            )
            for it in head["parts"]
        ]
        return cls(
            policy=read_policy(head["policy"]),
            parameters={name: _read(it) for name, it in head["parameters"].items()},
            assume=head["assume"],
            carry=tuple(head["carry"]),
            kept_day=_day(head["kept_day"]),
            folded_to=_day(head["folded_to"]),
            floor=head["floor"],
            tables=tables,
            known=self.frame(head["known"]),
            priorities=self.frame(head["priorities"]),
            later=self.frame(head["later"]),
            parts=tuple(parts),
            saved=Saved(self.folder, self.files),
        )

    def frame(self, of: Mapping[str, Any], *, lazy: bool = False) -> PolarsFrame:
        """A frame, of which the file is as it was written."""
        path = self.folder / of["file"]
        if not _is_as_long(path, of["bytes"]):
            raise InvalidValue(path.name, "a file is missing, or is not as long as it was")
        if self.verify:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if not path.stem.endswith(f"-{digest[:_DIGITS]}"):
                raise InvalidValue(path.name, "a file is not as it was written")
        found = self.pl.scan_parquet(path) if lazy else self.pl.read_parquet(path)
        self.files[id(found)] = (found, path.name, of["bytes"])
        return found


def _day(text: str) -> dt.date:
    day = parse_day(text)
    if day is None:
        raise InvalidValue(HEAD, "a day is expected")
    return day


def _read(value: Any) -> object:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        on = value["on"]
        return Adopted(value["value"], value["by"], None if on is None else _day(on), value["number"])
    return value
