"""The outbox: moved to `huurschuld.referrals`. This name goes with version 0.3."""

import warnings

from huurschuld.referrals import *  # noqa: F403 - all of it, under its old name

warnings.warn(
    "huurschuld.outbox is now huurschuld.referrals; the old name goes with version 0.3",
    DeprecationWarning,
    stacklevel=2,
)
