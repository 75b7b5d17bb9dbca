"""Moved to `huurschuld.model.helpers`; this name will be removed in version 0.3."""

from huurschuld.former_names import warn_renamed
from huurschuld.model.helpers import *  # noqa: F403 - all of it, under its old name

warn_renamed("huurschuld.directory", "huurschuld.model.helpers")
