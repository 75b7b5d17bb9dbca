"""For tests: Hypothesis strategies for tenancies, ledgers and policies, and kits for plugins.

It needs the extra `testing`. Generated values shrink towards the simplest, and days are close together,
so that events interact. A kit is a class to subclass: it proves that a plugin is right
(`docs/testing-a-plugin.md`). Everything is loaded on first use.

| module | holds |
|---|---|
| `tenancies`, `courses`, `thresholds`, `policies` | the strategies |
| `kit` | the base of all kits: checks that a subclass must keep, checks left out, failures |
| `kit_errors` | what a plugin says when something is wrong, and what it may never tell |
| `kit_run`, `check` | running kits in a process of their own; checking an installed plugin by its kits |
| `kit_shrinking` | ending the search for a simpler counterexample |
| `capabilities` | what a ledger can hold |
| `recorded`, `recorded_months` | what it records of tenancies |
| `ledger_kit` | the kit for ledgers |
| `ledger_source`, `ledger_outcomes` | filling and reading a source; what is compared |
| `ledger_messages` | what a failure shows of a tenancy |
| `ledger_histories` | histories against a model |
| `ledger_portfolios`, `ledger_values`, `ledger_money`, `ledger_alike` | what ledgers are checked with |
| `ledger_leases`, `ledger_faults` | what these are made of; invalid portfolios |
| `policy_kit`, `policy_parts` | the kit for policies; what it goes through of one |
| `policy_promises`, `policy_ways` | what a policy promises, and the search for ways to break it |
| `policy_households`, `policy_growth` | the households that policies are checked with; how they grow |
| `channel_kit`, `channel_bench` | the kit for channels, and sending with a deadline |
| `enricher_kit` | the kit for enrichers |
| `enricher_source`, `enricher_portfolios` | filling and reading an enricher; what it is checked with |
| `contact_kit`, `contact_people` | the kit for contact sources, and the people that it invents |
| `directory_kit` | the kit for helper directories |
| `exporter_kit`, `exporter_referrals` | the kit for exporters, and the referrals that it invents |
| `receiver`, `web_receiver` | what a simulated receiver does; one over HTTP |
| `sample` | an invented portfolio to try things out on; does not need the extra `testing` |
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
