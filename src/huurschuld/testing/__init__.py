"""For those who test: Hypothesis strategies for tenancies, ledgers, conditions and policies, and kits.

It needs the extra `testing`. Values of the strategies shrink towards the simplest, and days lie close
together, so that what can interact does. A kit is a class to subclass: it proves that a plugin is right
(`docs/testing-a-plugin.md`). Kits are loaded when they are asked for.

| module | holds |
|---|---|
| `tenancies`, `policies` | the strategies |
| `kit` | what all kits share: closed to overriding, what is left out, the words of a failure |
| `kit_run`, `check` | running kits in a process of its own; checking an installed plugin by its kits |
| `capabilities`, `holding` | what a ledger can hold, and what becomes of tenancies in it |
| `ledger_kit` | the kit for ledgers |
| `ledger_portfolios`, `ledger_faults` | the portfolios that it is made with, sound and wrong |
| `ledger_reading`, `ledger_model` | reading back and comparing; histories against a model |
| `policy_kit` | the kit for policies |
| `policy_households`, `policy_days` | the households, days and sources that it is made with |
| `channel_kit`, `channel_sending` | the kit for channels, and sending with patience |
| `receiver`, `web_receiver` | what a receiver must do; one over HTTP |
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from huurschuld.testing.policies import conditions, facts, policies
from huurschuld.testing.tenancies import (
    AS_OF,
    Threshold,
    contacts,
    days_around,
    households,
    ledgers,
    near_threshold,
    rents,
    tenancies,
)

if TYPE_CHECKING:
    from huurschuld.testing.capabilities import LedgerCapabilities
    from huurschuld.testing.channel_kit import ChannelTests
    from huurschuld.testing.check import Conformance, check_plugin
    from huurschuld.testing.holding import Rows
    from huurschuld.testing.kit import Broken, Kit, KitChanged
    from huurschuld.testing.ledger_kit import LedgerAdapterTests
    from huurschuld.testing.ledger_reading import SourceRefuses
    from huurschuld.testing.policy_kit import PolicyTests
    from huurschuld.testing.receiver import Fault, Receiver, Taken
    from huurschuld.testing.web_receiver import WebReceiver

_HOME = {
    "Broken": "kit",
    "ChannelTests": "channel_kit",
    "Conformance": "check",
    "Fault": "receiver",
    "Kit": "kit",
    "KitChanged": "kit",
    "LedgerAdapterTests": "ledger_kit",
    "LedgerCapabilities": "capabilities",
    "PolicyTests": "policy_kit",
    "Receiver": "receiver",
    "Rows": "holding",
    "SourceRefuses": "ledger_reading",
    "Taken": "receiver",
    "WebReceiver": "web_receiver",
    "check_plugin": "check",
}

__all__ = [
    "AS_OF",
    "Broken",
    "ChannelTests",
    "Conformance",
    "Fault",
    "Kit",
    "KitChanged",
    "LedgerAdapterTests",
    "LedgerCapabilities",
    "PolicyTests",
    "Receiver",
    "Rows",
    "SourceRefuses",
    "Taken",
    "Threshold",
    "WebReceiver",
    "check_plugin",
    "conditions",
    "contacts",
    "days_around",
    "facts",
    "households",
    "ledgers",
    "near_threshold",
    "policies",
    "rents",
    "tenancies",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as wide as the kits
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
