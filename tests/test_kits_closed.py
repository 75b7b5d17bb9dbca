"""A kit cannot be made to pass by changing it: what replaces, hides or skips a check is an error."""

from __future__ import annotations

import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest
from broken_adapters import Right

from huurschuld.testing import KitChanged, LedgerAdapterTests
from huurschuld.testing.kit import checks_of
from huurschuld.testing.kit_run import environment

CHECK = "test_ids_survive"


def passing(_: object) -> None:
    """Passes whatever the plugin does."""


class Mixin:
    """Stands before the kit, with a check of the same name."""

    test_ids_survive = passing


class Silent:
    """Keeps the kit from hearing of subclasses."""

    def __init_subclass__(cls, **_: object) -> None:
        return

    test_ids_survive = passing


class Abstract(ABC):
    """Makes a class abstract, which pytest passes over in silence."""

    @abstractmethod
    def never_given(self) -> None:
        """Is never given."""


class Made:
    """Has what pytest passes a class over for, in silence."""

    def __init__(self) -> None:
        self.rows = None


class Anew:
    """Has the other such thing."""

    def __new__(cls) -> Self:
        return object.__new__(cls)


class Reading:
    """Replaces a part of a kit that is no check."""

    pytest_generate_tests = passing


@pytest.mark.parametrize(
    ("bases", "members", "told"),
    [
        ((Right,), {CHECK: passing}, CHECK),
        ((Right,), {CHECK: None}, CHECK),
        ((Mixin, Right), {}, CHECK),
        ((Silent, Right), {}, CHECK),
        ((Reading, Right), {}, "pytest_generate_tests"),
        ((Abstract, Right), {}, "abstract"),
        ((Made, Right), {}, "passed over by pytest"),
        ((Anew, Right), {}, "passed over by pytest"),
        ((Right,), {"__init__": passing}, "passed over by pytest"),
        ((Right,), {"__test__": False}, "__test__"),
        ((Right,), {"pytestmark": pytest.mark.skip}, "skip"),
        (
            (Right,),
            {"pytestmark": [pytest.mark.usefixtures("tmp_path"), pytest.mark.xfail(reason="no")]},
            "xfail",
        ),
        ((Right,), {"left_out": {CHECK: " "}}, "no reason"),
        ((Right,), {"left_out": {"test_nothing": "why"}}, "no check of the kit"),
        ((Right,), {"left_out": [CHECK]}, "mapping"),
    ],
)
def test_a_class_that_changes_its_kit_cannot_be_made(
    bases: tuple[type, ...], members: dict[str, Any], told: str
) -> None:
    """The error names what was changed, and says how to leave it out openly."""
    kit_type: Any = type(Right)
    with pytest.raises(KitChanged, match=told):
        kit_type("TestMine", bases, {"__module__": __name__, **members})


@pytest.mark.parametrize(
    "change",
    [
        lambda cls: setattr(cls, CHECK, passing),
        lambda cls: setattr(cls, CHECK, None),
        lambda cls: setattr(cls, "__init__", passing),
        lambda cls: setattr(cls, "__test__", False),
        lambda cls: setattr(cls, "left_out", {CHECK: ""}),
        pytest.mark.skip(reason="no"),
        pytest.mark.skipif(True, reason="no"),
        pytest.mark.xfail,
    ],
)
def test_a_class_cannot_be_changed_afterwards(change: Callable[[Any], object]) -> None:
    """Once it is there it is still closed, to marks as well, and stays as it was."""

    class Mine(Right):
        """A kit of one's own."""

    with pytest.raises(KitChanged, match="Mine"):
        change(Mine)
    assert Mine.test_ids_survive is LedgerAdapterTests.test_ids_survive
    assert not hasattr(Mine, "pytestmark")
    assert Mine.left_out == {}


def test_only_huurschuld_makes_kits() -> None:
    """A subclass cannot declare itself a kit, whose checks would be its own."""
    with pytest.raises(KitChanged, match="only huurschuld"):

        class Mine(Right, opens=()):
            """A kit of one's own."""

            def test_ids_survive(self) -> None:
                """Passes."""


def test_what_is_open_is_open() -> None:
    """What a kit asks for is given freely: attributes, tests of one's own, marks that do not skip."""

    @pytest.mark.filterwarnings("default")
    class Mine(Right):
        """A kit of one's own."""

        left_out: ClassVar[Mapping[str, str]] = {CHECK: "ids are made by the source"}
        examples = 50

        def test_of_my_own(self) -> None:
            """One more."""

    assert CHECK in checks_of(Mine)
    assert "test_of_my_own" not in checks_of(Mine)
    with pytest.raises(pytest.skip.Exception, match="left out: ids are made by the source"):
        Mine().test_ids_survive()


HEAD = """
import unittest
import pytest
from broken_adapters import Right
from hypothesis import Phase, settings, strategies as st
from huurschuld.testing import LedgerAdapterTests
from huurschuld.testing.kit import expect, for_all
"""
BODY = """
class TestMine(Right):
    pass
"""
QUICK = f"""{HEAD}
settings.register_profile("quick", phases=[Phase.explicit])
settings.load_profile("quick")
{BODY}
    def test_ids_of_any_kind(self):
        for_all(self, st.integers(), lambda it: expect(False, "it was tried"))
"""


@pytest.mark.parametrize(
    ("module", "told"),
    [
        (f"{HEAD}pytestmark = pytest.mark.skip(reason='later')\n{BODY}", "is marked with skip"),
        (f"{HEAD}{BODY}\npytestmark = [pytest.mark.xfail(strict=False)]", "is marked with xfail"),
        (f"{HEAD}{BODY}\npytestmark = pytest.mark.skipif('True', reason='x')", "marked with skipif"),
        (f"{HEAD}{BODY}\n    def seed(self, rows):\n        pytest.skip('no')\n", "skipped from within"),
        (
            f"{HEAD}{BODY}\n    def seed(self, rows):\n        raise unittest.SkipTest('no')\n",
            "skipped from within",
        ),
        (
            f"{HEAD}{BODY}\n    def __init__(self):\n        self.rows = None\n",
            "passed over by pytest",
        ),
        (QUICK, "it was tried"),
        (f"{HEAD}{BODY}\n    def test_ids_survive(self): ...\n", "replaces test_ids_survive"),
        (f"{HEAD}{BODY}\npytest.mark.skip(Right.test_ids_survive)\n", "is marked with skip"),
        (f"{HEAD}class TestMine(LedgerAdapterTests):\n    pass\n", "give seed"),
        (f"{HEAD}{BODY}\ntype.__setattr__(TestMine, 'test_ids_survive', None)\n", "test_ids_survive"),
    ],
)
def test_pytest_fails_where_a_kit_is_skipped_from_outside(
    tmp_path: Path, module: str, told: str
) -> None:
    """A mark on the module, or a skip from within, is a failure of the run that says which check."""
    (tmp_path / "test_mine.py").write_text(module, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    ran = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "ids", str(tmp_path)],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in (1, 2), ran.stdout
    assert told in ran.stdout
