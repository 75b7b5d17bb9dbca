"""When and how to step in before rent arrears become an eviction: rules as data, with reasons.

Everything public is here, flat. Nothing is loaded before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from huurschuld.casefile import (
        Case,
        case_schema,
        dump_case,
        dump_tenancy,
        load_case,
        parse_case,
        read_tenancy,
    )
    from huurschuld.configuration import Configuration, read_configuration
    from huurschuld.decision import Decision, decide, decide_many, replay
    from huurschuld.directory import Helper
    from huurschuld.enriching import EnrichedLedger, Further, further_of
    from huurschuld.errors import (
        Cell,
        DuplicateId,
        DuplicatePlugin,
        EngineDisagreement,
        EngineFailed,
        EngineUnavailable,
        ExtraNeeded,
        HuurschuldError,
        InputChanged,
        InputError,
        InvalidValue,
        KeyNeeded,
        MissingField,
        PluginError,
        PluginFailed,
        PolicyNotInForce,
        PolicyTooLarge,
        ReplayError,
        SemanticsUnsupported,
        TwoSources,
        Undecided,
        UnknownField,
        UnknownPlugin,
        UnknownPolicy,
        UnknownReference,
    )
    from huurschuld.explanation import Explanation, Reason, explain
    from huurschuld.facts import FACTS, Facts, FactType, facts_of
    from huurschuld.frames import screen
    from huurschuld.hooks import hookimpl
    from huurschuld.host import (
        Host,
        PluginCall,
        load_apart,
        load_plugins,
        open_channel,
        open_contact_source,
        open_enricher,
        open_exporter,
        open_helper_directory,
        open_ledger,
    )
    from huurschuld.parameters import Parameter, Unit
    from huurschuld.portfolio import Portfolio, read_portfolio
    from huurschuld.receipt import Receipt, dump_receipts, load_receipts
    from huurschuld.referral import ContactDetails, Delivery, Outcome, Referral, SentReferral
    from huurschuld.rules import policies, policy_for
    from huurschuld.rules.advice import Advice, Priority
    from huurschuld.rules.document import canonical_policy, load_policy, policy_hash, read_policy
    from huurschuld.rules.policy import Clause, Hold, Period, Policy
    from huurschuld.screening import Worklist, worklist
    from huurschuld.sources import Adopted, Phrase, Source, SourceKind
    from huurschuld.tenancy import (
        Child,
        Contact,
        Credit,
        Dispute,
        Eviction,
        Household,
        Objection,
        OtherClaim,
        Payment,
        Plan,
        Rent,
        RentTerm,
        Reversal,
        Signal,
        Tenancy,
    )

_HOMES = {
    "casefile": "Case case_schema dump_case dump_tenancy load_case parse_case read_tenancy",
    "configuration": "Configuration read_configuration",
    "decision": "Decision decide decide_many replay",
    "directory": "Helper",
    "enriching": "EnrichedLedger Further further_of",
    "errors": (
        "Cell DuplicateId DuplicatePlugin EngineDisagreement EngineFailed EngineUnavailable ExtraNeeded "
        "HuurschuldError InputChanged InputError InvalidValue KeyNeeded MissingField PluginError "
        "PluginFailed PolicyNotInForce PolicyTooLarge ReplayError SemanticsUnsupported TwoSources "
        "Undecided UnknownField UnknownPlugin UnknownPolicy UnknownReference"
    ),
    "explanation": "Explanation Reason explain",
    "facts": "FACTS FactType Facts facts_of",
    "frames": "screen",
    "hooks": "hookimpl",
    "host": (
        "Host PluginCall load_apart load_plugins open_channel open_contact_source open_enricher "
        "open_exporter open_helper_directory open_ledger"
    ),
    "parameters": "Parameter Unit",
    "portfolio": "Portfolio read_portfolio",
    "receipt": "Receipt dump_receipts load_receipts",
    "referral": "ContactDetails Delivery Outcome Referral SentReferral",
    "rules": "policies policy_for",
    "rules.advice": "Advice Priority",
    "rules.document": "canonical_policy load_policy policy_hash read_policy",
    "rules.policy": "Clause Hold Period Policy",
    "screening": "Worklist worklist",
    "sources": "Adopted Phrase Source SourceKind",
    "tenancy": (
        "Child Contact Credit Dispute Eviction Household Objection OtherClaim Payment Plan Rent "
        "RentTerm Reversal Signal Tenancy"
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__version__ = "0.1.0"
__all__ = [
    "FACTS",
    "Adopted",
    "Advice",
    "Case",
    "Cell",
    "Child",
    "Clause",
    "Configuration",
    "Contact",
    "ContactDetails",
    "Credit",
    "Decision",
    "Delivery",
    "Dispute",
    "DuplicateId",
    "DuplicatePlugin",
    "EngineDisagreement",
    "EngineFailed",
    "EngineUnavailable",
    "EnrichedLedger",
    "Eviction",
    "Explanation",
    "ExtraNeeded",
    "FactType",
    "Facts",
    "Further",
    "Helper",
    "Hold",
    "Host",
    "Household",
    "HuurschuldError",
    "InputChanged",
    "InputError",
    "InvalidValue",
    "KeyNeeded",
    "MissingField",
    "Objection",
    "OtherClaim",
    "Outcome",
    "Parameter",
    "Payment",
    "Period",
    "Phrase",
    "Plan",
    "PluginCall",
    "PluginError",
    "PluginFailed",
    "Policy",
    "PolicyNotInForce",
    "PolicyTooLarge",
    "Portfolio",
    "Priority",
    "Reason",
    "Receipt",
    "Referral",
    "Rent",
    "RentTerm",
    "ReplayError",
    "Reversal",
    "SemanticsUnsupported",
    "SentReferral",
    "Signal",
    "Source",
    "SourceKind",
    "Tenancy",
    "TwoSources",
    "Undecided",
    "Unit",
    "UnknownField",
    "UnknownPlugin",
    "UnknownPolicy",
    "UnknownReference",
    "Worklist",
    "canonical_policy",
    "case_schema",
    "decide",
    "decide_many",
    "dump_case",
    "dump_receipts",
    "dump_tenancy",
    "explain",
    "facts_of",
    "further_of",
    "hookimpl",
    "load_apart",
    "load_case",
    "load_plugins",
    "load_policy",
    "load_receipts",
    "open_channel",
    "open_contact_source",
    "open_enricher",
    "open_exporter",
    "open_helper_directory",
    "open_ledger",
    "parse_case",
    "policies",
    "policy_for",
    "policy_hash",
    "read_configuration",
    "read_policy",
    "read_portfolio",
    "read_tenancy",
    "replay",
    "screen",
    "worklist",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - as wide as the API
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
