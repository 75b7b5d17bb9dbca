"""The channel `file-drop`: each referral a file in a folder, whole or not at all, and once only.

The receiver may take a file away at any moment. So that it is not put there again, a mark of each key
stays in the folder `.huurschuld`: an empty file, which says nothing of a person.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.former_names import HonoursKey
from huurschuld.hooks import Channel
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.model.values import RedactedRepr
from huurschuld.plugins.meldpunt.payload import Payload, check_key, read_payload

_BESIDE: Final = ".huurschuld"


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
        beside = self._folder / _BESIDE
        part, mark, final = beside / f"{key}.part", beside / f"{key}.mark", self._folder / f"{key}.json"
        outcome = Outcome.NOT_DELIVERED
        try:
            beside.mkdir(mode=0o700, exist_ok=True)
            if not _is_there(mark):
                _write(part, self._payload.of(referral))
                _sync(beside)
                _write(mark, b"")  # from now on a part that is gone has been delivered
                _sync(beside)
            outcome = Outcome.UNKNOWN
            if _is_there(part):
                part.replace(final)
            _sync(beside)
            _sync(self._folder)
        except OSError as error:
            return Delivery(outcome=outcome, reason=f"the folder: {type(error).__name__}")
        return Delivery(outcome=Outcome.ACCEPTED, reason="put there", receipt=final.name)


def _is_there(path: Path) -> bool:
    """Whether a file is there; `Path.exists` would also say no if the disk fails."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    return True


def _write(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, and sync it to the disk."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - opens a descriptor
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Sync the names in a folder to the disk, where a folder can be opened."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
