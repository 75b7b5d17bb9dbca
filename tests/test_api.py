"""The public API: flat, lazy, complete, and typed."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from importlib.metadata import version

import pytest

import huurschuld
from huurschuld import errors


def test_every_public_name_is_there_and_documented() -> None:
    """`__all__` is what the façade gives, and nothing else is promised."""
    for name in huurschuld.__all__:
        value = getattr(huurschuld, name)
        assert getattr(value, "__doc__", None), name
    assert len(set(huurschuld.__all__)) == len(huurschuld.__all__)
    assert set(huurschuld.__all__) <= set(dir(huurschuld))
    with pytest.raises(AttributeError, match="nonsense"):
        _ = huurschuld.nonsense  # type: ignore[attr-defined]


def test_no_module_hides_a_public_name() -> None:
    """A name of the façade is never also that of a module, which would take its place once imported."""
    modules = {module.name for module in pkgutil.iter_modules(huurschuld.__path__)}
    assert modules.isdisjoint(huurschuld.__all__)


def test_importing_loads_nothing_that_is_not_asked_for() -> None:
    """Neither the command line's libraries, nor those of frames and tests, nor our own modules."""
    first = loaded_by("huurschuld")
    assert {"polars", "typer", "rich", "hypothesis", "attr", "pluggy"}.isdisjoint(first)
    used = loaded_by("huurschuld as h; h.decide, h.explain, h.load_plugins, h.policies()")
    assert {"polars", "typer", "rich", "hypothesis"}.isdisjoint(used)


def loaded_by(imported: str) -> set[str]:
    """The modules that are loaded once something is imported."""
    script = f"import sys, json, {imported}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)  # noqa: S603 - our own script
    return set(json.loads(done.stdout))


def test_the_version_is_that_of_the_package() -> None:
    """It is written in one place, from which the package's metadata is made."""
    assert huurschuld.__version__ == version("huurschuld")


def test_every_error_has_a_code_of_its_own() -> None:
    """The tree is drawn in the module's docstring; each leaf stands there with its code."""
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.HuurschuldError)
    ]
    drawn = errors.__doc__ or ""
    assert all(cls.__name__ in drawn for cls in classes)
    leaves = [cls for cls in classes if not cls.__subclasses__()]
    assert len({cls.code for cls in leaves}) == len(leaves)
    assert all(cls.code in drawn for cls in leaves)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("outbox", "referrals"),
        ("referral", "model.referral"),
        ("directory", "model.helpers"),
        ("sample", "testing.sample"),
    ],
)
def test_an_old_name_warns_and_gives_the_same(old: str, new: str) -> None:
    """Whoever imports from where a public name was is told where it is now."""
    sys.modules.pop(f"huurschuld.{old}", None)
    with pytest.warns(DeprecationWarning, match=f"now huurschuld.{new}; .* version 0.3"):
        before = importlib.import_module(f"huurschuld.{old}")
    now = importlib.import_module(f"huurschuld.{new}")
    public = [it for it in getattr(now, "__all__", vars(now)) if not it.startswith("_")]
    assert public
    assert all(getattr(before, it) is getattr(now, it) for it in public)
