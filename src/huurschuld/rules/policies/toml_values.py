"""The parameter values of the built-in policies, read from the TOML files beside them."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from huurschuld.rules.parameter_reading import read_parameters
from huurschuld.rules.parameters import Parameter


def parameters_of(*names: str) -> tuple[Parameter, ...]:
    """Read the parameters of these files; one that is in several files must be the same in all.

    If it is not, both are given, and the policy refuses the second.
    """
    found: list[Parameter] = []
    for name in names:
        text = files("huurschuld.rules.policies").joinpath(f"{name}.toml").read_text(encoding="utf-8")
        found += read_parameters(tomllib.loads(text))
    return tuple(dict.fromkeys(found))
