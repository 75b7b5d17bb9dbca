"""The receiver's side: taking in the files of `file-drop`, and reading what `meldpunt` posts.

Each message is taken on its own. One that cannot be taken stays where it is and is named, and the others
go on. One that is recorded is removed from the folder, where it would be in the clear: the store has all
of it, sealed.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from huurschuld import cases
from huurschuld.cases.errors import CaseStoreDamaged, ImpossibleEvent
from huurschuld.cases.words import Role
from huurschuld.errors import HuurschuldError, InputError, InvalidValue
from huurschuld.model.clock import DUTCH_TIME, today
from huurschuld.model.values import RedactedRepr
from huurschuld.plugins.meldpunt.payload import LARGEST, check_key, read_payload

if TYPE_CHECKING:
    from huurschuld.cases import CaseStore, Signal

_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@frozen(repr=False)
class NotTaken(RedactedRepr):
    """A file that was not taken and stays where it is: its name, and why."""

    file: str
    error: HuurschuldError


@frozen(repr=False, kw_only=True)
class Taken(RedactedRepr):
    """The result of `receive_folder`.

    Attributes:
        recorded: the keys of the signals that are recorded now.
        known: of those that were before; nothing changed.
        refused: the files that were not taken; or are recorded, and could not be removed.
    """

    recorded: tuple[str, ...] = field(converter=tuple[str, ...])
    known: tuple[str, ...] = field(converter=tuple[str, ...])
    refused: tuple[NotTaken, ...] = field(converter=tuple[NotTaken, ...])


def read_message(
    key: str,
    message: bytes,
    *,
    fields: str | Mapping[str, str] | None = None,
    amount: str = "euros",
    landlord: str | None = None,
    policy: str | None = None,
) -> Signal:
    """Read a message that was posted, to record it with `huurschuld.cases.receive`.

    Args:
        key: the header `Idempotency-Key`.
        message: the body.
        fields: the names of the fields, as the option of the sender's channel.
        amount: how the amount is written, as that option.
        landlord: the name of the organisation that sent it: of whoever has the token.
        policy: the policy by which that one refers.

    Raises:
        InputError: it is damaged or of another shape; at the field. It holds nothing of the message.
    """
    payload = read_payload(fields, amount)
    return cases.Signal(
        key=check_key(key), referral=payload.read(message), landlord=landlord, policy=policy
    )


def receive_folder(
    store: CaseStore,
    folder: str | Path,
    *,
    by: Role | str,
    person: str | None = None,
    landlord: str | None = None,
    policy: str | None = None,
    day: dt.date | None = None,
    fields: str | Mapping[str, str] | None = None,
    amount: str = "euros",
    keep: bool = False,
) -> Taken:
    """Take in the files that `file-drop` has put into a folder, each once, whoever else does so too.

    Args:
        store: where the signals are recorded.
        folder: of the files `KEY.json`. Names that begin with a dot, and folders, are left alone.
        by: the role of who takes them in: the GGD or the municipality.
        person: the name of who takes them in.
        landlord: the name of the organisation that puts its files there: a folder for each is best.
        policy: the policy by which that one refers.
        day: on which they came; None for the day on which each file was written.
        fields: the names of the fields, as the option of the sender's channel.
        amount: how the amount is written, as that option.
        keep: whether files that are recorded stay in the folder.

    Raises:
        InvalidValue: there is no such folder, or an option is wrong.
        CaseError: the store cannot be read or written. What was recorded until then is; the files stay.
        OSError: the folder cannot be read.
    """
    path = Path(folder)
    if not path.is_dir():
        raise InvalidValue(path.name, "there is no such folder", "name the one that is written to")
    payload = read_payload(fields, amount)
    recorded: list[str] = []
    known: list[str] = []
    refused: list[NotTaken] = []
    for name in _names(path):
        try:
            file = _File.read(path / name)
            if file is None:  # somebody else took it
                continue
            signal = cases.Signal(
                key=_key_of(name),
                referral=payload.read(file.content),
                landlord=landlord,
                policy=policy,
            )
            done = cases.receive(store, signal, day or file.day, by=by, person=person)
        except (InputError, ImpossibleEvent, CaseStoreDamaged) as error:
            refused.append(NotTaken(name, error.at(f"{name}{error.place}")))
            continue
        (recorded if done is cases.Reception.RECORDED else known).append(signal.key)
        if not keep and not file.is_removed():
            stays = InvalidValue(name, "it is recorded, and cannot be removed", "remove it by hand")
            refused.append(NotTaken(name, stays))
    return Taken(recorded=recorded, known=known, refused=refused)


def _key_of(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if ending != "json" or not dot:
        raise InvalidValue("", "it is not called as a message is: KEY.json", "look what it is")
    return check_key(stem)


def _names(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as found:
        names = sorted(
            it.name
            for it in found
            if not it.name.startswith(".") and not it.is_dir(follow_symlinks=False)
        )
    yield from names


@frozen
class _File:
    """A file as it was read."""

    path: Path
    content: bytes = field(repr=False)
    read_as: os.stat_result

    @classmethod
    def read(cls, path: Path) -> _File | None:
        """Read a file; None if it is gone.

        Raises:
            InvalidValue: it is a link, or no file, or cannot be read, or is too large for a message.
        """
        problem = "it cannot be read"
        try:
            opened = os.open(path, _FLAGS)
            with open(opened, "rb") as file:  # noqa: PTH123 - opens a descriptor
                found = os.fstat(opened)
                if not stat.S_ISREG(found.st_mode):
                    problem = "a link, or what is no file, is no message"
                elif found.st_size > LARGEST:
                    problem = "it is too large for a message"
                else:
                    return cls(path, file.read(), found)
        except FileNotFoundError:
            return None
        except OSError:
            pass
        raise InvalidValue("", problem, "look what it is")

    @property
    def day(self) -> dt.date:
        """The day on which it was written, in the Netherlands, and not one that is to come."""
        written = dt.datetime.fromtimestamp(self.read_as.st_mtime, DUTCH_TIME).date()
        return min(written, today())

    def is_removed(self) -> bool:
        """Remove it, unless there is another file in its place by now; return whether it is gone."""
        try:
            if os.path.samestat(os.lstat(self.path), self.read_as):
                self.path.unlink()
        except FileNotFoundError:  # somebody else did
            pass
        except OSError:
            return False
        return True
