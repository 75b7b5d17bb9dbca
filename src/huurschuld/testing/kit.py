"""The base of all kits.

A kit is a class of tests, its *checks*. A plugin author subclasses it, provides what the checks need,
and may add tests. A check that the plugin cannot satisfy is left out, with a reason:

    left_out = {"test_a_large_tenancy_is_read_whole": "the source keeps two years"}

A kit with something left out is not fully passed.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, ClassVar, Final, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from huurschuld.testing.kit_shrinking import Shrinking

_T = TypeVar("_T")

LEFT_OUT: Final = "left out: "
"""The prefix of the skip reason of a check that the class leaves out."""
NOT_DECLARED: Final = "not declared: "
"""The prefix of the skip reason of a check of something that the class does not declare."""
NO_SPOIL: Final = "provide spoil: it makes the store unreadable; if none can, leave the check out openly"
FEWEST_EXAMPLES: Final = 10
_LONGEST: Final = 200
_OBSOLETE: Final = ("test_a_scan_gives_the_same", "test_children_never_decide")
_PACKAGE: Final = __name__.rpartition(".")[0]


class KitChanged(TypeError):
    """A class overrides a check of its kit, or its `left_out` is invalid."""


class SourceRefuses(Exception):
    """`seed` raises this for rows that the source cannot hold, such as a second row with one key."""


class Broken(AssertionError):
    """A plugin does not do what the kit promises. The message is about invented households only."""


@contextmanager
def taken(what: str) -> Iterator[None]:
    """Fill a source with something valid, named in a few words; that it refuses this is the author's.

    Raises:
        Broken: it does not take it.
    """
    try:
        yield
    except SourceRefuses as error:
        raise Broken(f"the source refuses {what}: declare what it cannot hold") from error


def checks_of(cls: type) -> dict[str, str]:
    """Return the checks of a kit by name, each with the sentence that says what it promises."""
    return {name: (inspect.getdoc(test) or "").partition("\n")[0] for name, test in _checks(cls).items()}


def kits_of(cls: type) -> list[type]:
    """Return the classes of this package that a kit is made of, the most specific first."""
    return [it for it in cls.__mro__ if it.__module__.rpartition(".")[0] == _PACKAGE]


def _checks(cls: type) -> dict[str, object]:
    return {
        name: value
        for kit in reversed(kits_of(cls))
        for name, value in vars(kit).items()
        if name.startswith("test_")
    }


class Kit:
    """The base of all kits. Subclass one of them in a class whose name begins with `Test`.

    Attributes:
        left_out: checks of the kit that the plugin does not satisfy, each with the reason.
        examples: how many invented portfolios each check that generates them tries; at least 10.
        quick: for a quick look while you work on the plugin: 10 of them, and no simpler one is looked
            for once one has failed.
    """

    left_out: ClassVar[Mapping[str, str]] = {}
    examples: ClassVar[int] = 30
    quick: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        """Check that a subclass keeps the checks of its kit.

        Raises:
            KitChanged: it overrides one, or `left_out` makes no sense.
        """
        super().__init_subclass__()
        checks = _checks(cls)
        for name, test in checks.items():
            if inspect.getattr_static(cls, name) is not test:
                raise KitChanged(
                    f"{cls.__name__} overrides {name}, a check of the kit; if the plugin cannot "
                    f'satisfy it, say so: left_out = {{"{name}": "the reason"}}'
                )
        for name, reason in cls.left_out.items():
            if name in _OBSOLETE:
                warnings.warn(
                    f"{name} is no longer a check: remove it from left_out in version 0.3",
                    DeprecationWarning,
                    stacklevel=2,
                )
            elif name not in checks:
                raise KitChanged(
                    f"{cls.__name__}: left_out names {name}, which is not a check of the kit"
                )
            if not reason.strip():
                raise KitChanged(f"{cls.__name__}: left_out gives no reason for {name}")

    @pytest.fixture(autouse=True)
    def _leave_out(self, request: pytest.FixtureRequest) -> None:
        reason = self.left_out.get(request.function.__name__)
        if reason is not None:
            pytest.skip(f"{LEFT_OUT}{reason}")


def needs(declared: object, otherwise: str) -> None:
    """Skip the rest of a check that does not apply, unless this is declared."""
    if not declared:
        pytest.skip(f"{NOT_DECLARED}{otherwise}")


def provided(given: object, otherwise: str) -> None:
    """Leave the rest of a check out, unless the class provides what it needs: nothing is then proved."""
    if not given:
        pytest.skip(f"{LEFT_OUT}{otherwise}")


def expect(condition: object, otherwise: str) -> None:
    """Check that a condition holds.

    Raises:
        Broken: it does not.
    """
    if not condition:
        raise Broken(otherwise)


def expect_same(found: object, expected: object, what: str) -> None:
    """Check that two values are the same; the first difference between mappings is named.

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
    """Check that a promise holds for everything that a strategy generates.

    Raises:
        Broken: for the simplest counterexample that was found within a minute after the first.
    """
    shrinking = Shrinking()

    @wraps(promise)  # so that what is drawn, and what is printed, is that of the promise
    def tried(*example: Any, **named: Any) -> None:
        with shrinking.example():
            promise(*example, **named)

    shrinking.run(settings_of(kit)(given(strategy)(tried)))


def settings_of(kit: Kit) -> settings:
    """Return how many examples a kit's checks try, under any profile; sources may be slow."""
    left_out = {Phase.shrink, Phase.explain} if kit.quick else set()
    wanted = {Phase.generate, *settings().phases} - left_out
    return settings(
        phases=[it for it in Phase if it in wanted],
        max_examples=FEWEST_EXAMPLES if kit.quick else max(FEWEST_EXAMPLES, kit.examples),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=False,
    )
