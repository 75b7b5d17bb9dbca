"""What can go wrong with cases, and with a store of them."""

from __future__ import annotations

from huurschuld.errors import HuurschuldError


class CaseError(HuurschuldError):
    """Something that cannot be recorded in a case, or a store that cannot be used."""


class ImpossibleEvent(CaseError):
    """An event that cannot have happened after what is known, or that this role may not record."""

    code = "impossible-event"


class NotAllowed(CaseError):
    """This role may not see that."""

    code = "not-allowed"


class CaseConflict(CaseError):
    """Somebody else has recorded something in the case since it was looked at."""

    code = "case-conflict"


class NoCaseStore(CaseError):
    """The store does not exist, is of another kind, or others can read it."""

    code = "no-case-store"


class CaseStoreBusy(CaseError):
    """Another process holds the store for too long."""

    code = "case-store-busy"


class CaseStoreFailed(CaseError):
    """The store cannot be read or written."""

    code = "case-store-failed"


class CaseStoreDamaged(CaseError):
    """Something in the store is not as it was written."""

    code = "case-store-damaged"


class InvalidStamp(CaseError):
    """A time stamp that is not of this text, or not of an authority that is trusted."""

    code = "invalid-stamp"


class StampFailed(CaseError):
    """A time-stamping authority that does not answer, or not with a stamp."""

    code = "stamp-failed"
