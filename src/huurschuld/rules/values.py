"""The parameter values of the built-in policies, read from the TOML files beside them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from huurschuld.parameters import Parameter
from huurschuld.rules.document import read_parameters


@cache
def parameters_of(*names: str) -> tuple[Parameter, ...]:
    """The parameters of these files; one that stands in several must be the same in all."""
    merged: dict[str, Parameter] = {}
    for name in names:
        text = files("huurschuld.rules").joinpath(f"{name}.toml").read_text(encoding="utf-8")
        for parameter in read_parameters(tomllib.loads(text)):
            if merged.setdefault(parameter.name, parameter) != parameter:
                raise ValueError(f"{parameter.name} differs between {' and '.join(names)}")
    return tuple(merged.values())
