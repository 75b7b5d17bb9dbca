"""Moved to `huurschuld.model.referral`; this name will be removed in version 0.3."""

import warnings

from huurschuld.model.referral import *  # noqa: F403 - all of it, under its old name

warnings.warn(
    "huurschuld.referral is now huurschuld.model.referral; the old name will be removed in version 0.3",
    DeprecationWarning,
    stacklevel=2,
)
