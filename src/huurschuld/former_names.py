"""Names that still work, with a warning that gives the new one, until version 0.3."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from huurschuld.hooks import Channel, QueriesStatus
    from huurschuld.model.referral import Delivery, Referral


def warn_renamed(old: str, new: str, *, stacklevel: int = 3) -> None:
    """Warn that a name has changed."""
    warnings.warn(
        f"{old} is now {new}; the old name will be removed in version 0.3",
        DeprecationWarning,
        stacklevel=stacklevel,
    )


def renamed(module: str, names: Mapping[str, str], **kept: object) -> Callable[[str], Any]:
    """Make the `__getattr__` of a module, so that its old names are still found.

    Give it to the interpreter alone (`if not TYPE_CHECKING`): a type checker would take it to mean that
    any name is there.

    Args:
        module: the name of the module.
        names: the new names by the old ones.
        kept: what an old name still stands for, where that is not what the new one stands for.
    """

    def find(name: str) -> Any:  # noqa: ANN401 - whatever has that name
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        warn_renamed(f"{module}.{name}", names[name])
        return kept[name] if name in kept else getattr(sys.modules[module], names[name])

    return find


@runtime_checkable
class FormerAsking(Protocol):
    """The former shape of `huurschuld.hooks.QueriesStatus`."""

    def ask(self, key: str) -> Delivery:
        """What is known of the referral with this key."""


class HonoursKey:
    """Gives a channel of ours the former name of `idempotent`, for whoever still reads that."""

    @property
    def honours_key(self: Channel) -> bool:
        """The former name of `idempotent`."""
        warn_renamed("Channel.honours_key", "Channel.idempotent")
        return self.idempotent


class Asks:
    """Gives a channel of ours the former name of `status`, for whoever still calls that."""

    def ask(self: QueriesStatus, key: str) -> Delivery:
        """The former name of `status`."""
        warn_renamed("Asking.ask", "QueriesStatus.status")
        return self.status(key)


class FormerChannel:
    """A plugin's channel with former names, under the present ones."""

    def __init__(self, channel: Any) -> None:  # noqa: ANN401 - its names are what is in question
        self._channel = channel

    def __repr__(self) -> str:
        return repr(self._channel)

    @property
    def idempotent(self) -> bool:
        """What it says of itself by either name."""
        name = "idempotent" if hasattr(self._channel, "idempotent") else "honours_key"
        found: bool = getattr(self._channel, name)
        return found

    def send(self, referral: Referral, key: str) -> Delivery:
        """Send a referral once."""
        delivery: Delivery = self._channel.send(referral, key)
        return delivery


class FormerQueryingChannel(FormerChannel):
    """A plugin's channel that answers questions, by either name."""

    def status(self, key: str) -> Delivery:
        """What is known of the referral with this key."""
        query = getattr(self._channel, "status", None) or self._channel.ask
        delivery: Delivery = query(key)
        return delivery


def present_channel(channel: Any) -> Any:  # noqa: ANN401 - as FormerChannel
    """Give a channel its present names, with a warning if it has former ones."""
    former = not hasattr(channel, "idempotent") and hasattr(channel, "honours_key")
    asks = not hasattr(channel, "status") and hasattr(channel, "ask")
    if not (former or asks):
        return channel
    warn_former_channel()
    if asks or hasattr(channel, "status"):
        return FormerQueryingChannel(channel)
    return FormerChannel(channel)


def warn_former_channel() -> None:
    """Warn that a plugin's channel has former names."""
    warn_renamed("a channel's honours_key", "idempotent, and ask is status", stacklevel=5)
