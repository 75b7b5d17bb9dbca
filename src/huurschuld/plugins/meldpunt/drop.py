"""The channel `file-drop`: each referral a file in a folder, whole or not at all, and once only.

The receiver may take a file away at any moment. So that it is not put there again, a mark of each key
stays in the folder `.huurschuld`; it says nothing of a person. Others may write in the folder, so
nothing that was there before is trusted: no link is followed, and only a mark that was made here counts.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.former_names import HonoursKey
from huurschuld.hooks import Channel
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.model.values import RedactedRepr
from huurschuld.plugins.meldpunt.payload import Payload, check_key, read_payload

_BESIDE: Final = ".huurschuld"
_POSIX: Final = os.name == "posix"
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # no pipe holds it up
_OTHERS_WRITE: Final = 0o022


def open_file_drop(
    *, folder: str, fields: str | Mapping[str, str] | None = None, amount: str = "euros"
) -> Channel:
    """Open the channel to a folder that is all on one file system.

    Args:
        folder: where the files are put, as `KEY.json`, for their owner alone.
        fields: the receiver's names of the fields by ours; see `payload`.
        amount: `euros` as exact decimal text such as `"1270.00"`, or `cents` as a whole number.

    Raises:
        InputError: at the option.
    """
    if not Path(folder).is_dir():
        raise InvalidValue("/folder", "there is no such folder", "create it first")
    return FileDrop(Path(folder), read_payload(fields, amount))


class _InTheWay(Exception):
    """Something is there that was not put there by us; the text says what."""


class FileDrop(HonoursKey, RedactedRepr):
    """A folder that referrals are put into."""

    idempotent = True
    """The same key is never put there twice."""

    def __init__(self, folder: Path, payload: Payload) -> None:
        self._folder = folder
        self._payload = payload

    def send(self, referral: Referral, key: str) -> Delivery:
        """Put a referral there, unless it is or was there already."""
        check_key(key)
        final, outcome = f"{key}.json", Outcome.NOT_DELIVERED
        try:
            with _opened(self._folder) as folder, folder.beside() as beside:
                attempt = _Attempt(beside, key, self._payload.of(referral))
                outcome = Outcome.UNKNOWN
                if not attempt.is_marked():
                    outcome = Outcome.NOT_DELIVERED
                    attempt.prepare()
                outcome = Outcome.UNKNOWN
                if attempt.is_prepared():
                    beside.move(attempt.part, folder, final)
                beside.sync()
                folder.sync()
        except OSError as error:
            return Delivery(outcome=outcome, reason=f"the folder: {type(error).__name__}")
        except _InTheWay as error:
            return Delivery(outcome=outcome, reason=f"the folder: {error}")
        return Delivery(outcome=Outcome.ACCEPTED, reason="put there", receipt=final)


class _Attempt:
    """What is kept beside the folder about one key.

    A part is written whole before the mark is. So a mark without a part means that it was put there.
    """

    def __init__(self, beside: _Folder, key: str, payload: bytes) -> None:
        self._beside = beside
        self._payload = payload
        self.part = f"{key}.part"
        self._mark = f"{key}.mark"
        self._marked = sha256(f"huurschuld file-drop {key}".encode()).hexdigest().encode()

    def is_marked(self) -> bool:
        """Whether the mark was written, by this attempt or an earlier one."""
        found = self._beside.read(self._mark)
        if found not in {None, self._marked}:
            if self._marked.startswith(found or b"") and self._beside.read(self.part) == self._payload:
                self._beside.remove(self._mark)  # killed while it was written
                return False
            raise _InTheWay("a mark that was not made here; look whether the file was put there")
        return found is not None

    def prepare(self) -> None:
        """Write the part, and then the mark."""
        if self._beside.read(self.part) is not None:  # killed while it was written
            self._beside.remove(self.part)
        self._beside.write(self.part, self._payload)
        self._beside.sync()
        self._beside.write(self._mark, self._marked)  # from now on a part that is gone was put there
        self._beside.sync()

    def is_prepared(self) -> bool:
        """Whether the part is there still, as it was written."""
        found = self._beside.read(self.part)
        if found not in {None, self._payload}:
            raise _InTheWay("a part that was not written here, or not whole")
        return found is not None


class _Folder:
    """An open folder: its names are looked up in it, whatever its own name leads to by now."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self._path = path
        self._at = descriptor
        """Where the system can look up names in an open folder; else the names are whole paths."""

    @contextmanager
    def beside(self) -> Iterator[_Folder]:
        """Open the folder of parts and marks, which is made if it is missing."""
        try:
            os.mkdir(self._name(_BESIDE), 0o700, dir_fd=self._at)
        except FileExistsError:
            found = os.lstat(self._name(_BESIDE), dir_fd=self._at)
            theirs = _POSIX and (found.st_uid != os.geteuid() or found.st_mode & _OTHERS_WRITE)
            if not stat.S_ISDIR(found.st_mode) or theirs:
                raise _InTheWay(f"{_BESIDE} is a link, or others can write in it") from None
        with _opened(self._path / _BESIDE, self._name(_BESIDE), self._at) as opened:
            yield opened

    def _name(self, name: str) -> str:
        return name if self._at is not None else str(self._path / name)

    def read(self, name: str) -> bytes | None:
        """Read a file; None if there is none. A link, and what is no file, is in the way."""
        try:
            found = os.lstat(self._name(name), dir_fd=self._at)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(found.st_mode):
            raise _InTheWay("a link, or what is no file, is where a referral is to be written")
        opened = os.open(self._name(name), os.O_RDONLY | _NO_LINK, dir_fd=self._at)
        with open(opened, "rb") as file:  # noqa: PTH123 - opens a descriptor
            return file.read()

    def write(self, name: str, content: bytes) -> None:
        """Write a file that is not there yet, for its owner alone, and sync it to the disk."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK
        opened = os.open(self._name(name), flags, 0o600, dir_fd=self._at)
        with open(opened, "wb") as file:  # noqa: PTH123 - as above
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def remove(self, name: str) -> None:
        """Remove a file, and not what it may lead to."""
        os.unlink(self._name(name), dir_fd=self._at)

    def move(self, name: str, folder: _Folder, new: str) -> None:
        """Move a file to another folder."""
        os.replace(self._name(name), folder._name(new), src_dir_fd=self._at, dst_dir_fd=folder._at)

    def sync(self) -> None:
        """Sync the names to the disk, where a folder can be opened."""
        if self._at is not None:
            os.fsync(self._at)


@contextmanager
def _opened(path: Path, name: str | None = None, within: int | None = None) -> Iterator[_Folder]:
    """Open a folder; by its name within another one, no link is followed."""
    if not _POSIX:
        yield _Folder(path, None)
        return
    flags = os.O_RDONLY | os.O_DIRECTORY | (_NO_LINK if name else 0)
    descriptor = os.open(name or path, flags, dir_fd=within)
    try:
        yield _Folder(path, descriptor)
    finally:
        os.close(descriptor)
