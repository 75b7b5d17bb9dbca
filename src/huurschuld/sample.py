"""Moved to `huurschuld.testing.sample`; this name will be removed in version 0.3."""

from huurschuld.former_names import warn_renamed
from huurschuld.testing.sample import *  # noqa: F403 - all of it, under its old name

warn_renamed("huurschuld.sample", "huurschuld.testing.sample")
