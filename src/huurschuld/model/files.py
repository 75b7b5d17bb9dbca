"""Files and folders, written atomically: nothing gets its final name before everything is written."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from huurschuld.errors import InvalidValue


def write_text(path: Path, text: str) -> None:
    """Write a text whole or not at all, as `write_files`."""
    write_files({path: text.encode("utf-8")})


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write files, each whole or not at all; none gets its name before all are written.

    Whatever happens, a partial file never has the final name, even if two runs write the same one.
    Only the owner can read them: what is written is personal data. If a path is a link, its target is
    written.

    Raises:
        InvalidValue: a path is that of a folder, device or pipe.
        OSError: one cannot be written; at the path as it was given.
    """
    waiting: list[tuple[Path, Path, Path]] = []
    try:
        for path, data in files.items():
            target = _target(path)
            _check_plain(str(path), target)
            beside = target.with_name(f".huurschuld-{secrets.token_hex(8)}.part")
            waiting.append((path, beside, target))  # registered first, so that it is always removed
            with _named(path):
                _write(beside, data)
        for path, beside, target in waiting:
            with _named(path):
                beside.replace(target)
    finally:
        for _, beside, _ in waiting:
            with suppress(FileNotFoundError):  # it was renamed
                beside.unlink()


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Create a folder whole or not at all: fill the one that is yielded; it gets its name at the end.

    Its parents are created. An empty folder of that name is replaced, anything else is left as it is.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".huurschuld-", dir=folder.parent) as beside:
        # A folder inside the temporary one, which is closed to others; this one need not be.
        made = Path(beside, "made")
        made.mkdir()
        yield made
        if folder.exists():
            folder.rmdir()
        made.rename(folder)


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Replace the path in a system error by the one that the user gave."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def check_outputs(outputs: Mapping[str, Path], inputs: Iterable[Path]) -> None:
    """Check that files can be written, and that none would overwrite another or an input.

    An error is at the option that names the output. An input may be a folder of tables.
    """
    read = [it for it in inputs if it.exists()]
    taken: dict[Path, str] = {}
    for option, path in outputs.items():
        place, target = f"{option} {path}", _target(path)
        if target in taken:
            raise InvalidValue(place, f"this is also the file of {taken[target]}", "name another file")
        taken[target] = option
        if any(_is_of(target, it) for it in read):
            raise InvalidValue(
                place, "this file is read, or is one of the tables", "name a file elsewhere"
            )
        _check_plain(place, target)
        if not target.parent.is_dir():
            raise InvalidValue(place, "the folder for it does not exist", "create it first")
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise InvalidValue(place, "this folder is not writable", "name a file elsewhere")


def _target(path: Path) -> Path:
    """The target of a path; links are followed."""
    return Path(os.path.realpath(path))


def _check_plain(place: str, target: Path) -> None:
    """Check that the path is a regular file, if it exists."""
    if target.exists() and not target.is_file():
        raise InvalidValue(place, "this is a folder, device or pipe", "name a file")


def _is_of(target: Path, given: Path) -> bool:
    """Whether a file is this one, or is in this folder or linked from it."""
    if not given.is_dir():
        return target.exists() and target.samefile(given)
    if _target(given) in target.parents:
        return True
    return target.exists() and any(it.is_file() and target.samefile(it) for it in given.iterdir())
