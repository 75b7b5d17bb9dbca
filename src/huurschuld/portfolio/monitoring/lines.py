"""The changes in a file of JSON lines: each stands there once, also after a kill at any moment.

The monitor is what counts, and the file follows it: a line that was cut off at its end is cut away, and
what is missing is appended. So a file may be moved away once a step has ended; the next one goes on.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from huurschuld.errors import HuurschuldError, InvalidValue
from huurschuld.model.json_text import parse_json
from huurschuld.portfolio.monitoring.files import damaged
from huurschuld.portfolio.monitoring.monitor import Monitor

_CHUNK: Final = 1 << 16


def deliver(monitor: Monitor, path: Path) -> int:
    """Bring a file up to what was emitted; return how many lines were appended.

    Only the owner can read a new file. One that is missing or empty is begun after what was delivered
    before, elsewhere.

    Raises:
        InvalidValue: its last line is not one that this monitor has emitted.
        MonitorError: the monitor cannot be read.
        OSError: the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        raise InvalidValue(str(path), "this is a folder, device or pipe", "name a file")
    position = monitor.position()
    is_new = not target.exists()
    if is_new and position.delivered == position.last:
        return 0
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(target, flags, 0o600), "r+b") as file:
            last = _cut(file)
            after = position.delivered if last is None else _number(monitor, last, path)
            missing = list(monitor.emitted(after))
            if [it.number for it in missing] != list(range(after + 1, position.last + 1)):
                raise damaged(monitor.name)
            file.write(b"".join(f"{it.line}\n".encode() for it in missing))
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            _sync_folder(target.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    if position.delivered != position.last:
        monitor.note(delivered=position.last)
    return len(missing)


def _cut(file: BinaryIO) -> bytes | None:
    """Cut away what follows the last whole line; return that line, and stand at the end."""
    end = file.seek(0, os.SEEK_END)
    tail, start = b"", end
    # The last whole line is between the last two line breaks, or the beginning and the last one.
    while start and tail.count(b"\n") < 2:
        start = max(0, start - _CHUNK)
        file.seek(start)
        tail = file.read(end - start)
    whole = tail.rfind(b"\n") + 1
    if whole < len(tail):
        file.truncate(start + whole)
    file.seek(start + whole)
    return tail[:whole].splitlines()[-1] if whole else None


def _number(monitor: Monitor, line: bytes, path: Path) -> int:
    """Find the number of a line that was emitted; it is the last one that is in the file."""
    with suppress(HuurschuldError, LookupError, TypeError, ValueError):
        number = parse_json(line)["number"]  # type: ignore[index] # what is not as expected is refused
        for it in monitor.emitted(number - 1):
            if it.number == number and it.line.encode() == line:
                return it.number
            break
    raise InvalidValue(
        str(path),
        f"its last line is not one that {monitor.name} has emitted",
        "name the file of this monitor, or one that is new",
    )


def _sync_folder(folder: Path) -> None:
    """Have the name of a new file on the disk as well, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
