"""The invented portfolio: moved to `huurschuld.testing.sample`. This name goes with version 0.3."""

import warnings

from huurschuld.testing.sample import *  # noqa: F403 - all of it, under its old name

warnings.warn(
    "huurschuld.sample is now huurschuld.testing.sample; the old name goes with version 0.3",
    DeprecationWarning,
    stacklevel=2,
)
