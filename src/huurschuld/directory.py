"""Moved to `huurschuld.model.helpers`; this name will be removed in version 0.3."""

import warnings

from huurschuld.model.helpers import *  # noqa: F403 - all of it, under its old name

warnings.warn(
    "huurschuld.directory is now huurschuld.model.helpers; the old name will be removed in version 0.3",
    DeprecationWarning,
    stacklevel=2,
)
