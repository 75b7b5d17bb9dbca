"""For those who test: Hypothesis strategies for tenancies, ledgers, conditions and policies, and kits.

It needs the extra `testing`. Values of the strategies shrink towards the simplest, and days lie close
together, so that what can interact does. A kit is a class to subclass: it proves that a plugin is right
(`docs/testing-a-plugin.md`). Everything is loaded on first use.

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
| `sample` | an invented portfolio to try things out on; needs nothing of `testing` |
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
