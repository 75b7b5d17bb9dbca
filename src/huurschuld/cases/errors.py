"""What can go wrong with cases."""

from __future__ import annotations

from huurschuld.errors import HuurschuldError


class CaseError(HuurschuldError):
    """Something that cannot be recorded in a case."""


class ImpossibleEvent(CaseError):
    """An event that cannot have happened after what is known, or that this role may not record."""

    code = "impossible-event"
