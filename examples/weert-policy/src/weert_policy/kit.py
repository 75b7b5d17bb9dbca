"""Proof that the policy is right: huurschuld's own checks.

It needs `huurschuld[testing]`. `pytest` runs it, and so does `huurschuld plugins --check`.
"""

from huurschuld import Policy
from huurschuld.testing import PolicyTests

from weert_policy import POLICY


class TestPolicy(PolicyTests):
    """The policy keeps every promise of a policy."""

    def make_policy(self) -> Policy:
        """Return the policy, as the plugin provides it."""
        return POLICY
