"""Moved to `huurschuld.referrals`; this name will be removed in version 0.3."""

from huurschuld.former_names import warn_renamed
from huurschuld.referrals import *  # noqa: F403 - all of it, under its old name
from huurschuld.referrals import (
    EventType as Happening,  # noqa: F401 - as it was called here
    SkipReason as Why,  # noqa: F401 - as it was called here
)

warn_renamed("huurschuld.outbox", "huurschuld.referrals")
