"""A plugin for huurschuld: the policy `weert-2017`, the covenant of Weert."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from huurschuld import Policy, hookimpl, load_policy

api_version = 1

POLICY = load_policy(Path(__file__).with_name("policy.toml"))


@hookimpl
def huurschuld_policies() -> Iterable[Policy]:
    """Provide the policy, by the name in its file."""
    return [POLICY]


@hookimpl
def huurschuld_kits() -> Mapping[str, str]:
    """Provide the kit of the policy, which `huurschuld plugins --check` runs."""
    return {f"policy {POLICY.name}": "weert_policy.kit:TestPolicy"}
