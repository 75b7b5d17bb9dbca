"""The errors of an outbox, and of requests to it.

::

    OutboxError                  of huurschuld.errors.HuurschuldError
    ├── NoOutbox                 no-outbox
    │   └── OutboxDamaged        outbox-damaged
    ├── OutboxExists             outbox-exists
    ├── OutboxBusy               outbox-busy
    ├── OutboxFailed             outbox-failed
    └── WrongState               wrong-state

The place is the name of the file or the key of a referral; neither holds personal data.
"""

from __future__ import annotations

from huurschuld.errors import HuurschuldError
from huurschuld.model.values import Kind, Line, refuse


class OutboxError(HuurschuldError):
    """An outbox that cannot be used, or not in this way."""


class NoOutbox(OutboxError):
    """The file is missing, damaged, readable by others, or not an outbox of this release."""

    code = "no-outbox"


class OutboxDamaged(NoOutbox):
    """Something in the file is not as it was written; nothing of it was used or sent."""

    code = "outbox-damaged"


class OutboxExists(OutboxError):
    """A file already exists where an outbox was to be created; it is left unchanged."""

    code = "outbox-exists"


class OutboxBusy(OutboxError):
    """Another process is sending, or holds the file too long; nothing was done."""

    code = "outbox-busy"


class OutboxFailed(OutboxError):
    """The file could not be read or written; the disk may be full."""

    code = "outbox-failed"


class WrongState(OutboxError):
    """This cannot be done with a referral in this state; the place is its key."""

    code = "wrong-state"


_LINE = Line()


def check(value: object, place: str, kind: Kind = _LINE) -> None:
    """Check an argument: by default a line of text that is not blank."""
    if not kind.accepts(value) or (isinstance(value, str) and not value.strip()):
        raise refuse(place, kind)
