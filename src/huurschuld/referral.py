"""What a referral is made of: moved to `huurschuld.model.referral`. This name goes with version 0.3."""

import warnings

from huurschuld.model.referral import *  # noqa: F403 - all of it, under its old name

warnings.warn(
    "huurschuld.referral is now huurschuld.model.referral; the old name goes with version 0.3",
    DeprecationWarning,
    stacklevel=2,
)
