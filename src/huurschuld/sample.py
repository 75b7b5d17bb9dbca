"""Moved to `huurschuld.testing.sample`; this name will be removed in version 0.3."""

import warnings

from huurschuld.testing.sample import *  # noqa: F403 - all of it, under its old name

warnings.warn(
    "huurschuld.sample is now huurschuld.testing.sample; the old name will be removed in version 0.3",
    DeprecationWarning,
    stacklevel=2,
)
