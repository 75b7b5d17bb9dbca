"""The proof that the policy keeps what every policy must: huurschuld's own checks.

It needs `huurschuld[testing]`. `pytest` runs it, and so does `huurschuld plugins --check`.
"""

from huurschuld import Policy
from huurschuld.testing import PolicyTests

from weert_policy import POLICY


class TestPolicy(PolicyTests):
    """The policy keeps all that huurschuld asks of one."""

    def make_policy(self) -> Policy:
        """The policy, as the plugin gives it."""
        return POLICY
