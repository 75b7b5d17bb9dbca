"""Moved to `huurschuld.model.referral`; this name will be removed in version 0.3."""

from huurschuld.former_names import warn_renamed
from huurschuld.model.referral import *  # noqa: F403 - all of it, under its old name

warn_renamed("huurschuld.referral", "huurschuld.model.referral")
