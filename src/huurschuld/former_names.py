"""Names that still work, with a warning that gives the new one, until version 0.3."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from huurschuld.model.referral import Delivery, Referral


def warn_renamed(old: str, new: str, *, stacklevel: int = 3) -> None:
    """Warn that a name has changed."""
    warnings.warn(
        f"{old} is now {new}; the old name will be removed in version 0.3",
        DeprecationWarning,
        stacklevel=stacklevel,
    )


def renamed(
    module: str,
    names: Mapping[str, str],
    on_use: Callable[[str], object] | None = None,
    /,
    **kept: object,
) -> Callable[[str], Any]:
    """Make the `__getattr__` of a module: the new names by the old ones, and what of these is `kept`.

    What is no old name is left to `on_use`, which raises AttributeError for what there is not.

    Define it for the interpreter only (`if not TYPE_CHECKING`): a type checker would conclude that
    any name exists.
    """

    def find(name: str) -> Any:  # noqa: ANN401 - any object
        if name not in names:
            if on_use is not None:
                return on_use(name)
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        warn_renamed(f"{module}.{name}", names[name])
        return kept[name] if name in kept else getattr(sys.modules[module], names[name])

    return find


@runtime_checkable
class FormerAsking(Protocol):
    """The former shape of `huurschuld.hooks.QueriesStatus`."""

    def ask(self, key: str) -> Delivery:
        """What is known about the referral with this key."""


class _Channel(Protocol):
    """What is renamed of a channel."""

    @property
    def idempotent(self) -> bool: ...

    def status(self, key: str) -> Delivery: ...


class HonoursKey:
    """Gives a channel of ours the former name of `idempotent`, for code that still reads it."""

    @property
    def honours_key(self: _Channel) -> bool:
        """The former name of `idempotent`."""
        warn_renamed("Channel.honours_key", "Channel.idempotent")
        return self.idempotent


class Asks:
    """Gives a channel of ours the former name of `status`, for code that still calls it."""

    def ask(self: _Channel, key: str) -> Delivery:
        """The former name of `status`."""
        warn_renamed("Asking.ask", "QueriesStatus.status")
        return self.status(key)


class FormerChannel:
    """A plugin's channel with former names, under the present ones."""

    def __init__(self, channel: Any) -> None:  # noqa: ANN401 - it has one set of names or the other
        self._channel = channel
        if query := getattr(channel, "status", None) or getattr(channel, "ask", None):
            self.status = query

    @property
    def idempotent(self) -> bool:
        """Whether it is idempotent, by either name."""
        name = "idempotent" if hasattr(self._channel, "idempotent") else "honours_key"
        found: bool = getattr(self._channel, name)
        return found

    def send(self, referral: Referral, key: str) -> Delivery:
        """Send a referral once."""
        delivery: Delivery = self._channel.send(referral, key)
        return delivery


def present_channel(channel: Any) -> Any:  # noqa: ANN401 - as FormerChannel
    """Give a channel that has former names its present ones, with a warning."""
    for present, former in (("idempotent", "honours_key"), ("status", "ask")):
        if not hasattr(channel, present) and hasattr(channel, former):
            warn_former_channel()
            return FormerChannel(channel)
    return channel


def warn_former_channel() -> None:
    """Warn that a plugin's channel has former names."""
    warn_renamed("a channel's honours_key", "idempotent, and ask is status", stacklevel=5)
