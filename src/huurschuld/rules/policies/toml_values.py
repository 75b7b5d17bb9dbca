"""The parameter values of the built-in policies, read from the TOML files beside them."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from huurschuld.rules.document import read_parameters
from huurschuld.rules.parameters import Parameter


def parameters_of(*names: str) -> tuple[Parameter, ...]:
    """The parameters of these files; what stands in several is taken once, and must be the same in all.

    Where it is not, both are given, and the policy refuses the second.
    """
    found: list[Parameter] = []
    for name in names:
        text = files("huurschuld.rules.policies").joinpath(f"{name}.toml").read_text(encoding="utf-8")
        found += read_parameters(tomllib.loads(text))
    return tuple(dict.fromkeys(found))
