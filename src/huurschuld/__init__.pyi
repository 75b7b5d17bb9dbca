# Where each public name is; `__init__.py` loads it on first use.

from .decisions.decision import (
    Decision as Decision,
)
from .decisions.decision import (
    decide as decide,
)
from .decisions.decision import (
    decide_many as decide_many,
)
from .decisions.decision import (
    replay as replay,
)
from .decisions.explanation import Explanation as Explanation
from .decisions.explanation import Reason as Reason
from .decisions.explanation import explain as explain
from .decisions.receipt import (
    Receipt as Receipt,
)
from .decisions.receipt import (
    dump_receipts as dump_receipts,
)
from .decisions.receipt import (
    load_receipts as load_receipts,
)
from .errors import (
    Cell as Cell,
)
from .errors import (
    DuplicateId as DuplicateId,
)
from .errors import (
    DuplicatePlugin as DuplicatePlugin,
)
from .errors import (
    EngineDisagreement as EngineDisagreement,
)
from .errors import (
    EngineFailed as EngineFailed,
)
from .errors import (
    EngineUnavailable as EngineUnavailable,
)
from .errors import (
    ExtraNeeded as ExtraNeeded,
)
from .errors import (
    HuurschuldError as HuurschuldError,
)
from .errors import (
    InputChanged as InputChanged,
)
from .errors import (
    InputError as InputError,
)
from .errors import (
    InternalError as InternalError,
)
from .errors import (
    InvalidValue as InvalidValue,
)
from .errors import (
    KeyNeeded as KeyNeeded,
)
from .errors import (
    MissingField as MissingField,
)
from .errors import (
    PluginError as PluginError,
)
from .errors import (
    PluginFailed as PluginFailed,
)
from .errors import (
    PolicyNotInForce as PolicyNotInForce,
)
from .errors import (
    PolicyTooLarge as PolicyTooLarge,
)
from .errors import (
    ReplayError as ReplayError,
)
from .errors import (
    SemanticsUnsupported as SemanticsUnsupported,
)
from .errors import (
    TwoSources as TwoSources,
)
from .errors import (
    Undecided as Undecided,
)
from .errors import (
    UnknownField as UnknownField,
)
from .errors import (
    UnknownPlugin as UnknownPlugin,
)
from .errors import (
    UnknownPolicy as UnknownPolicy,
)
from .errors import (
    UnknownReference as UnknownReference,
)
from .hooks import hookimpl as hookimpl
from .model.casefile import (
    Case as Case,
)
from .model.casefile import (
    case_schema as case_schema,
)
from .model.casefile import (
    dump_case as dump_case,
)
from .model.casefile import (
    load_case as load_case,
)
from .model.casefile import (
    parse_case as parse_case,
)
from .model.helpers import Helper as Helper
from .model.json_parts import (
    dump_tenancy as dump_tenancy,
)
from .model.json_parts import (
    read_tenancy as read_tenancy,
)
from .model.referral import (
    ContactDetails as ContactDetails,
)
from .model.referral import (
    Delivery as Delivery,
)
from .model.referral import (
    Outcome as Outcome,
)
from .model.referral import (
    Referral as Referral,
)
from .model.referral import (
    SentReferral as SentReferral,
)
from .model.tenancy import (
    Child as Child,
)
from .model.tenancy import (
    Contact as Contact,
)
from .model.tenancy import (
    Credit as Credit,
)
from .model.tenancy import (
    Dispute as Dispute,
)
from .model.tenancy import (
    Eviction as Eviction,
)
from .model.tenancy import (
    Household as Household,
)
from .model.tenancy import (
    Objection as Objection,
)
from .model.tenancy import (
    OtherClaim as OtherClaim,
)
from .model.tenancy import (
    Payment as Payment,
)
from .model.tenancy import (
    Plan as Plan,
)
from .model.tenancy import (
    Refund as Refund,
)
from .model.tenancy import (
    Rent as Rent,
)
from .model.tenancy import (
    RentTerm as RentTerm,
)
from .model.tenancy import (
    Reversal as Reversal,
)
from .model.tenancy import (
    Signal as Signal,
)
from .model.tenancy import (
    StatedFact as StatedFact,
)
from .model.tenancy import (
    Tenancy as Tenancy,
)
from .plugins.configuration import (
    Configuration as Configuration,
)
from .plugins.configuration import (
    read_configuration as read_configuration,
)
from .plugins.host import (
    Host as Host,
)
from .plugins.host import (
    PluginCall as PluginCall,
)
from .plugins.host import (
    load_apart as load_apart,
)
from .plugins.host import (
    load_plugins as load_plugins,
)
from .plugins.host import (
    open_channel as open_channel,
)
from .plugins.host import (
    open_contact_source as open_contact_source,
)
from .plugins.host import (
    open_enricher as open_enricher,
)
from .plugins.host import (
    open_exporter as open_exporter,
)
from .plugins.host import (
    open_helper_directory as open_helper_directory,
)
from .plugins.host import (
    open_ledger as open_ledger,
)
from .portfolio.columnar import screen as screen
from .portfolio.enriching import (
    EnrichedLedger as EnrichedLedger,
)
from .portfolio.enriching import (
    EnricherTables as EnricherTables,
)
from .portfolio.enriching import (
    read_enricher as read_enricher,
)
from .portfolio.files import CsvFile as CsvFile
from .portfolio.files import ParquetFile as ParquetFile
from .portfolio.reading import Portfolio as Portfolio
from .portfolio.reading import read_portfolio as read_portfolio
from .portfolio.worklist import Worklist as Worklist
from .portfolio.worklist import worklist as worklist
from .rules.advice import Advice as Advice
from .rules.advice import Priority as Priority
from .rules.document import (
    canonical_policy as canonical_policy,
)
from .rules.document import (
    policy_hash as policy_hash,
)
from .rules.facts import FACTS as FACTS
from .rules.facts import Facts as Facts
from .rules.facts import FactType as FactType
from .rules.own_facts import CountedFact as CountedFact
from .rules.own_facts import GivenFact as GivenFact
from .rules.parameters import Parameter as Parameter
from .rules.parameters import Unit as Unit
from .rules.policies import policies as policies
from .rules.policies import policy_for as policy_for
from .rules.policy import Clause as Clause
from .rules.policy import Hold as Hold
from .rules.policy import Period as Period
from .rules.policy import Policy as Policy
from .rules.policy_files import (
    load_policy as load_policy,
)
from .rules.policy_reading import (
    policy_of_case as policy_of_case,
)
from .rules.policy_reading import (
    read_policy as read_policy,
)
from .rules.sources import (
    Adopted as Adopted,
)
from .rules.sources import (
    Phrase as Phrase,
)
from .rules.sources import (
    Source as Source,
)
from .rules.sources import (
    SourceKind as SourceKind,
)
from .rules.tenancy_facts import facts_of as facts_of

__all__: list[str]  # noqa: PYI035 - it is read off this file
__version__: str
