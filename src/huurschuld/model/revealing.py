"""What a value holds, shown on purpose: `repr` hides it, so that nothing of a person gets into a log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, Final

import attrs

from huurschuld.errors import InvalidValue, shortened
from huurschuld.model.values import RedactedRepr

_OURS: Final = "huurschuld."
_OF_PLUGINS: Final = "huurschuld.plugins."
"""What is opened there may hold passwords, which are of no use to whoever looks for a mistake."""


def reveal(value: object) -> Any:  # noqa: ANN401 - plain data of any shape
    """Show all that a value holds, as plain data: to look at while you debug, and never to log.

    It shows what `repr` leaves out: ids, days, amounts, children. Decide first who may see that.

    Args:
        value: a value of huurschuld, such as a `Tenancy`, `Facts`, a `Decision`, an `Explanation`, a
            `Worklist` or a `Case`; or a list, tuple, set or mapping of these.

    Returns:
        A dictionary of its attributes, with the name of its `class`; lists for sequences, texts for
        days. A decision and a receipt are as in their JSON, with the policy by its hash; what is about
        rules alone is as `repr` shows it.

    Raises:
        InvalidValue: it is of another library, or may hold a secret, as what a plugin opens.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): reveal(it) for name, it in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [reveal(it) for it in value]
    module = type(value).__module__
    if not module.startswith(_OURS) or module.startswith(_OF_PLUGINS):
        raise InvalidValue(
            "reveal",
            f"a value of huurschuld is expected, not {shortened(type(value).__name__)}",
            "give a tenancy, a decision, an explanation, or what they hold",
        )
    return _of_ours(value)


def _of_ours(value: Any) -> Any:  # noqa: ANN401 - as reveal
    in_json = getattr(value, "to_json", None)
    if callable(in_json):
        return value.document()
    if isinstance(value, RedactedRepr) or type(value).__module__.startswith("huurschuld.portfolio."):
        return {"class": type(value).__name__, **_attributes(value)}
    return repr(value)


def _attributes(value: Any) -> dict[str, Any]:  # noqa: ANN401 - as reveal
    names: Iterable[str] = vars(value) if hasattr(value, "__dict__") else ()
    if attrs.has(type(value)):
        names = [it.name for it in attrs.fields(type(value))]
    return {name: reveal(getattr(value, name)) for name in names if not name.startswith("_")}
