"""How the tests are run: as often and as varied as there is time for, and the same on every machine."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "default", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
# For coverage: what is reached must not depend on chance.
settings.register_profile("steady", settings.get_profile("default"), derandomize=True)
# For further interpreters, on which the same is tested once more.
settings.register_profile("quick", settings.get_profile("default"), max_examples=20)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1_000)
# For mutants: one example that fails is enough, and whether there is one must not depend on chance.
settings.register_profile(
    "mutants",
    settings.get_profile("steady"),
    max_examples=50,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
