"""The channels for feedback: a file in a folder, or a message over HTTPS."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from huurschuld.errors import InputError, InvalidValue
from huurschuld.hooks import FeedbackChannel
from huurschuld.model.feedback import LARGEST_MESSAGE, FeedbackMessage, read_feedback, write_feedback
from huurschuld.model.referral import Delivery, Outcome
from huurschuld.model.values import RedactedRepr
from huurschuld.plugins.meldpunt.web import Web, open_web

_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def open_feedback_drop(*, folder: str) -> FeedbackChannel:
    """Open the channel to a folder of one landlord.

    Args:
        folder: where the messages are put, as `ID.json`, for their owner alone.

    Raises:
        InvalidValue: there is no such folder.
    """
    if not Path(folder).is_dir():
        raise InvalidValue("/folder", "there is no such folder", "create it first")
    return _FeedbackDrop(Path(folder))


def open_feedback_web(
    *, url: str, token: str | None = None, timeout: str | float = "30"
) -> FeedbackChannel:
    """Open the channel to an address of one landlord.

    Args:
        url: where messages are posted, with their id as `Idempotency-Key`; https, or http on this
            machine only. Any status of 200 to 299 says that the landlord has it.
        token: a secret, sent in the header `Authorization: Bearer`.
        timeout: seconds for all of it.

    Raises:
        InputError: at the option.
        ExtraNeeded: httpx is not installed.
    """
    return _FeedbackWeb(open_web({"/url": url}, token, timeout), url)


class _FeedbackWeb(RedactedRepr):
    """An address that feedback is posted to."""

    def __init__(self, web: Web, url: str) -> None:
        self._web = web
        self._url = url

    def give(self, message: FeedbackMessage) -> Delivery:
        """Post a message once."""
        return self._web.post(self._url, message.id, write_feedback(message))


class _FeedbackDrop(RedactedRepr):
    """A folder that feedback is put into, each message whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def give(self, message: FeedbackMessage) -> Delivery:
        """Put a message there, unless it is there."""
        name = f"{message.id}.json"
        try:
            if not self._is_there(name):
                self._put(name, write_feedback(message))
        except OSError as error:
            return Delivery(outcome=Outcome.UNKNOWN, reason=f"the folder: {type(error).__name__}")
        except InputError:
            return Delivery(
                outcome=Outcome.UNKNOWN, reason="the folder: something else has the name of the message"
            )
        return Delivery(outcome=Outcome.ACCEPTED, reason="put there", receipt=name)

    def _is_there(self, name: str) -> bool:
        try:
            opened = os.open(self._folder / name, os.O_RDONLY | _NO_LINK)
        except FileNotFoundError:
            return False
        with open(opened, "rb") as file:  # noqa: PTH123 - opens a descriptor
            return f"{read_feedback(file.read(LARGEST_MESSAGE + 1)).id}.json" == name

    def _put(self, name: str, text: bytes) -> None:
        beside = self._folder / f".huurschuld-{secrets.token_hex(8)}.part"
        try:
            opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600)
            with open(opened, "wb") as file:  # noqa: PTH123 - as above
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / name)  # another one that puts it there now puts the same
        finally:
            with suppress(FileNotFoundError):  # it was renamed
                beside.unlink()
        if os.name == "posix":
            descriptor = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
