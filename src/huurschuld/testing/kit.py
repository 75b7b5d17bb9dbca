"""What all kits have in common: a kit's own checks cannot be changed by whoever subclasses it.

A subclass gives what the kit asks for, and nothing of the kit is replaced: not by the subclass, not by a
class beside the kit, not by a mark. What a plugin cannot satisfy is left out openly, with a reason:

    left_out = {"test_a_large_tenancy_is_read_whole": "the source keeps two years"}

A kit with something left out is not fully passed.
"""

from __future__ import annotations

import inspect
import unittest
from abc import ABCMeta
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, ClassVar, Final, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

_T = TypeVar("_T")
_K = TypeVar("_K", bound="Kit")

LEFT_OUT: Final = "left out: "
"""How the reason begins with which a check is skipped that the class leaves out."""
NOT_DECLARED: Final = "not declared: "
"""How it begins for a check of what the class does not declare."""
FEWEST_EXAMPLES: Final = 10
_LONGEST: Final = 200

_MARKS: Final = ("skip", "skipif", "xfail")
_HOME: Final = "huurschuld.testing."
_MAKING: Final = ("__abstractmethods__", "_abc_impl")
"""What is set on a class while it is still being made."""
_OWN: Final = frozenset(("_abc_impl", "_is_kit", "_opens"))


class KitChanged(TypeError):
    """A class replaces, skips or hides something of its kit; the message names it."""


class Broken(AssertionError):
    """What a plugin does is not what the kit promises. It tells of invented households alone."""


class KitType(ABCMeta):
    """The type of kits: it sees that nothing of a kit is changed, then or afterwards."""

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        members: dict[str, Any],
        opens: Iterable[str] | None = None,
        **more: Any,
    ) -> KitType:
        """Make a class; `opens` is what those who subclass a kit may give, and only a kit says so."""
        made = super().__new__(cls, name, bases, members, **more)
        type.__setattr__(made, "_is_kit", opens is not None)
        if opens is not None:
            if not made.__module__.startswith(_HOME):
                raise KitChanged(f"{name}: only huurschuld makes kits; subclass one without opens")
            type.__setattr__(made, "_opens", frozenset(opens))
        check_class(made)
        return made

    def __setattr__(cls, name: str, value: object) -> None:
        """Refuse what would change the kit once the class is there, a mark included."""
        had, was = name in vars(cls), vars(cls).get(name)
        super().__setattr__(name, value)
        if name in _MAKING:
            return
        try:
            check_class(cls)
        except KitChanged:
            if had:
                type.__setattr__(cls, name, was)
            else:
                type.__delattr__(cls, name)
            raise

    def __delattr__(cls, name: str) -> None:
        """Nothing of a kit can be taken away; the class itself may lose what it has."""
        super().__delattr__(name)
        check_class(cls)


def check_class(cls: KitType) -> None:
    """See that a class leaves its kit as it is.

    Raises:
        KitChanged: what it replaces, marks or leaves out without a reason.
    """
    for name, own in _of_the_kit(cls).items():
        if inspect.getattr_static(cls, name, None) is not own:
            what = "a check" if name.startswith("test") else "a part"
            raise KitChanged(
                f"{cls.__name__} replaces {name}, {what} of the kit; if it cannot be satisfied, say so: "
                f'left_out = {{"{name}": "the reason"}}'
            )
    if inspect.getattr_static(cls, "__test__", True) is not True:
        raise KitChanged(f"{cls.__name__} hides the whole kit by __test__; remove that")
    if inspect.isabstract(cls) and cls.__name__.startswith("Test"):
        raise KitChanged(
            f"{cls.__name__} is abstract, and so passed over by pytest: give all its methods"
        )
    if any(inspect.getattr_static(cls, it) is not vars(object)[it] for it in ("__init__", "__new__")):
        raise KitChanged(
            f"{cls.__name__} has __init__ or __new__, and is passed over by pytest: "
            "make a fixture with autouse=True instead"
        )
    refuse_marks(cls.__name__, getattr(cls, "pytestmark", ()))
    _check_left_out(cls)


def _of_the_kit(cls: KitType) -> dict[str, object]:
    """All that belongs to the kits among the ancestors of a class, and is not for a subclass to give."""
    fixed: dict[str, object] = {}
    for kit in reversed(cls.__mro__):
        if kit is not cls and isinstance(kit, KitType) and vars(kit).get("_is_kit"):
            fixed |= {
                name: value
                for name, value in vars(kit).items()
                if not (name.startswith("__") or name in _OWN or name in vars(kit)["_opens"])
            }
    return {} if vars(cls).get("_is_kit") else fixed


def refuse_marks(whose: str, marks: object) -> None:
    """See that none of these marks skips a test, or expects it to fail.

    Raises:
        KitChanged: one does.
    """
    for mark in marks if isinstance(marks, list | tuple) else [marks]:
        name = getattr(getattr(mark, "mark", mark), "name", "")
        if name in _MARKS:
            raise KitChanged(
                f"{whose} is marked with {name}; name what is not to run in left_out, with a reason"
            )


def _check_left_out(cls: KitType) -> None:
    left_out = getattr(cls, "left_out", {})
    if not isinstance(left_out, Mapping):
        raise KitChanged(f"{cls.__name__}: left_out is a mapping of checks to reasons")
    for name, reason in left_out.items():
        if name not in checks_of(cls):
            raise KitChanged(f"{cls.__name__}: left_out names {name}, which is no check of the kit")
        if not isinstance(reason, str) or not reason.strip():
            raise KitChanged(f"{cls.__name__}: left_out gives no reason for {name}")


def checks_of(cls: type) -> dict[str, str]:
    """The checks of a kit by name, each with the sentence that says what it promises."""
    return {
        name: (inspect.getdoc(value) or "").partition("\n")[0]
        for kit in reversed(cls.__mro__)
        if vars(kit).get("_is_kit")
        for name, value in vars(kit).items()
        if name.startswith("test_")
    }


class Kit(metaclass=KitType, opens=("left_out", "examples")):
    """What a plugin is tested with. Subclass one of its kinds in a class whose name begins with `Test`.

    Attributes:
        left_out: checks of the kit that the plugin does not satisfy, each with the reason.
        examples: how many invented portfolios each check that makes them up goes through, at least 10.
    """

    left_out: ClassVar[Mapping[str, str]] = {}
    examples: ClassVar[int] = 30

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Called by pytest for each test that it finds: see that no mark around the class skips it.

        Raises:
            KitChanged: one does, or the class was changed after all.
        """
        check_class(type(self))
        definition = metafunc.definition
        if definition.originalname in checks_of(type(self)):
            refuse_marks(
                f"{type(self).__name__}.{definition.originalname}", list(definition.iter_markers())
            )


def check(test: Callable[[_K], None]) -> Callable[[_K], None]:
    """A check of a kit: it is run, or is left out for the reason that the class gives."""

    @wraps(test, updated=())
    def run(self: _K) -> None:
        reason = type(self).left_out.get(test.__name__)
        if reason is not None:
            pytest.skip(f"{LEFT_OUT}{reason}")
        try:
            test(self)
        except _NotDeclared as told:
            reason = f"{NOT_DECLARED}{told}"
        except (pytest.skip.Exception, pytest.xfail.Exception, unittest.SkipTest):
            raise KitChanged(
                f"{test.__name__} was skipped from within; name it in left_out, with a reason"
            ) from None
        else:
            return
        pytest.skip(reason)

    return run


class _NotDeclared(Exception):
    """A check is of something that the plugin does not declare."""


def needs(declared: object, what: str) -> None:
    """End a check here, unless this is declared: it does not apply."""
    if not declared:
        raise _NotDeclared(what)


def expect(condition: object, otherwise: str) -> None:
    """See that something is as it must be.

    Raises:
        Broken: it is not.
    """
    if not condition:
        raise Broken(otherwise)


def expect_same(found: object, expected: object, what: str) -> None:
    """See that two values are the same; the first difference between mappings is named.

    Raises:
        Broken: they differ.
    """
    if found == expected:
        return
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        for name in (*expected, *(it for it in found if it not in expected)):
            if found.get(name) != expected.get(name):
                expect_same(found.get(name), expected.get(name), f"{what}, {name}")
    raise Broken(f"{what}: {_short(found)} instead of {_short(expected)}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def for_all(kit: Kit, strategy: st.SearchStrategy[_T], promise: Callable[[_T], None]) -> None:
    """See that a promise holds for all that a strategy makes up.

    Raises:
        Broken: for the simplest that was found.
    """
    examine(kit)(given(strategy)(promise))()


def examine(kit: Kit) -> settings:
    """How many examples a kit's checks take, whatever the profile; they may be slow, as sources are."""
    return settings(
        phases=[it for it in Phase if it is Phase.generate or it in settings().phases],
        max_examples=max(FEWEST_EXAMPLES, type(kit).examples),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=False,
    )
