"""Ending the search for simpler counterexamples, so that a check of a broken plugin does not go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from hypothesis.errors import HypothesisException

LONGEST_SECONDS: Final = 60.0
"""How long a simpler counterexample is looked for, once there is one."""


class _Enough(BaseException):
    """Ends Hypothesis, which takes an `Exception` for one more counterexample."""


class Shrinking:
    """The counterexamples of one check, of which the last one is raised when time is up.

    Hypothesis tries none that is not simpler than what it has.

    Args:
        seconds: how long it looks for them.
    """

    def __init__(self, seconds: float = LONGEST_SECONDS) -> None:
        self._seconds = seconds
        self._until: float | None = None
        self._failure: Exception | None = None
        self._is_over = False

    @contextmanager
    def example(self) -> Iterator[None]:
        """Try one example, unless it is time to end."""
        if self._until is not None and monotonic() > self._until:
            self._is_over = True
            raise _Enough
        try:
            yield
        except HypothesisException:  # such as an example that is not wanted
            raise
        except Exception as failure:
            self._failure = failure
            if self._until is None:
                self._until = monotonic() + self._seconds
            raise

    def run(self, check: Callable[[], None]) -> None:
        """Run a check; if it is ended early, raise what the last counterexample raised."""
        try:
            check()
        except (_Enough, HypothesisException):  # it may complain that an example was not ended
            if not self._is_over or self._failure is None:
                raise
            self._failure.add_note(
                f"The search for a simpler counterexample ended after {self._seconds:g} s."
            )
            raise self._failure from self._failure.__cause__
