"""What may be wrong with an outbox, or with what is asked of it.

::

    OutboxError                  of huurschuld.errors.HuurschuldError
    ├── NoOutbox                 no-outbox
    ├── OutboxExists             outbox-exists
    ├── OutboxBusy               outbox-busy
    ├── OutboxFailed             outbox-failed
    └── WrongState               wrong-state

The place is the name of the file, or the key of a referral; neither is of a person.
"""

from __future__ import annotations

from huurschuld.errors import HuurschuldError


class OutboxError(HuurschuldError):
    """An outbox that cannot be used, or not in this way."""


class NoOutbox(OutboxError):
    """The file is not there, is damaged, is open to others, or is no outbox of this release."""

    code = "no-outbox"


class OutboxExists(OutboxError):
    """An outbox was to be made where a file is already; it is left as it was."""

    code = "outbox-exists"


class OutboxBusy(OutboxError):
    """Another process is sending, or holds the file too long; nothing was done."""

    code = "outbox-busy"


class OutboxFailed(OutboxError):
    """The file could not be read or written, for want of space perhaps."""

    code = "outbox-failed"


class WrongState(OutboxError):
    """The referral is in a state in which this cannot be done; the place is its key."""

    code = "wrong-state"
