# Where each public name is; `__init__.py` loads it on first use.

from .decisions.change_reasons import explain_change as explain_change
from .decisions.change_values import (
    ChangeReason as ChangeReason,
    ConditionState as ConditionState,
    Difference as Difference,
)
from .decisions.condition_tree import ConditionPart as ConditionPart
from .decisions.decision import (
    Decision as Decision,
    decide as decide,
    decide_many as decide_many,
    replay as replay,
)
from .decisions.decisive import (
    DecisiveCondition as DecisiveCondition,
    decisive_conditions as decisive_conditions,
)
from .decisions.dutch import in_dutch as in_dutch
from .decisions.explaining import explain as explain
from .decisions.explanation import Explanation as Explanation, Reason as Reason
from .decisions.outlook import (
    NextChange as NextChange,
    known_on as known_on,
    next_change as next_change,
    outlook as outlook,
)
from .decisions.receipt import Receipt as Receipt
from .decisions.receipt_files import (
    dump_receipts as dump_receipts,
    load_receipts as load_receipts,
    read_receipt as read_receipt,
)
from .decisions.timeline import (
    Timeline as Timeline,
    TimelineEvent as TimelineEvent,
    timeline as timeline,
)
from .errors import (
    Cell as Cell,
    DuplicateId as DuplicateId,
    DuplicatePlugin as DuplicatePlugin,
    EngineDisagreement as EngineDisagreement,
    EngineFailed as EngineFailed,
    EngineUnavailable as EngineUnavailable,
    ExtraNeeded as ExtraNeeded,
    HuurschuldError as HuurschuldError,
    InputChanged as InputChanged,
    InputError as InputError,
    InternalError as InternalError,
    InvalidValue as InvalidValue,
    KeyNeeded as KeyNeeded,
    MissingField as MissingField,
    PluginError as PluginError,
    PluginFailed as PluginFailed,
    PolicyNotInForce as PolicyNotInForce,
    PolicyTooLarge as PolicyTooLarge,
    ReplayError as ReplayError,
    SemanticsUnsupported as SemanticsUnsupported,
    TwoSources as TwoSources,
    Undecided as Undecided,
    UnknownField as UnknownField,
    UnknownPlugin as UnknownPlugin,
    UnknownPolicy as UnknownPolicy,
    UnknownReference as UnknownReference,
    WholeLedgerNeeded as WholeLedgerNeeded,
)
from .hooks import hookimpl as hookimpl
from .model.casefile import (
    Case as Case,
    case_schema as case_schema,
    dump_case as dump_case,
    load_case as load_case,
    parse_case as parse_case,
)
from .model.entries import (
    Credit as Credit,
    OtherClaim as OtherClaim,
    Payment as Payment,
    Refund as Refund,
    RentTerm as RentTerm,
    Reversal as Reversal,
)
from .model.helpers import Helper as Helper
from .model.json_parts import (
    dump_tenancy as dump_tenancy,
    read_tenancy as read_tenancy,
)
from .model.referral import (
    ContactDetails as ContactDetails,
    Delivery as Delivery,
    Outcome as Outcome,
    Referral as Referral,
    SentReferral as SentReferral,
)
from .model.revealing import reveal as reveal
from .model.tenancy import (
    Child as Child,
    Contact as Contact,
    Dispute as Dispute,
    Eviction as Eviction,
    Household as Household,
    Objection as Objection,
    Plan as Plan,
    Rent as Rent,
    Signal as Signal,
    StatedFact as StatedFact,
    Tenancy as Tenancy,
)
from .plugins.configuration import (
    Configuration as Configuration,
    read_configuration as read_configuration,
)
from .plugins.host import (
    Host as Host,
    PluginCall as PluginCall,
    load_apart as load_apart,
    load_plugins as load_plugins,
    open_channel as open_channel,
    open_contact_source as open_contact_source,
    open_enricher as open_enricher,
    open_exporter as open_exporter,
    open_feedback_channel as open_feedback_channel,
    open_helper_directory as open_helper_directory,
    open_ledger as open_ledger,
)
from .portfolio.changes import Change as Change
from .portfolio.checking import check as check
from .portfolio.columnar import screen as screen
from .portfolio.comparing import Changes as Changes, changes as changes
from .portfolio.decision_frames import decisions_frame as decisions_frame
from .portfolio.enriching import (
    EnrichedLedger as EnrichedLedger,
    EnricherTables as EnricherTables,
    read_enricher as read_enricher,
)
from .portfolio.files import CsvFile as CsvFile, ParquetFile as ParquetFile
from .portfolio.kept import Kept as Kept, KeptState as KeptState, keep as keep
from .portfolio.mapping.checking import MappingCheck as MappingCheck, check_mapping as check_mapping
from .portfolio.mapping.document import ExportMapping as ExportMapping, read_mapping as read_mapping
from .portfolio.mapping.proposing.proposal import propose_mapping as propose_mapping
from .portfolio.mapping.tables import MappedTable as MappedTable
from .portfolio.monitoring.errors import (
    MonitorBusy as MonitorBusy,
    MonitorDamaged as MonitorDamaged,
    MonitorError as MonitorError,
    MonitorExists as MonitorExists,
    MonitorFailed as MonitorFailed,
    NoMonitor as NoMonitor,
)
from .portfolio.monitoring.lines import deliver as deliver
from .portfolio.monitoring.monitor import (
    Monitor as Monitor,
    create_monitor as create_monitor,
    open_monitor as open_monitor,
)
from .portfolio.monitoring.steps import (
    ChangeKind as ChangeKind,
    WatchedChange as WatchedChange,
    WatchStep as WatchStep,
)
from .portfolio.monitoring.values import EmittedChange as EmittedChange
from .portfolio.monitoring.watching import watch as watch
from .portfolio.policy_comparison import Comparison as Comparison, compare as compare
from .portfolio.reading import Portfolio as Portfolio, read_portfolio as read_portfolio
from .portfolio.setting_aside import Aside as Aside, set_aside as set_aside
from .portfolio.worklist import Worklist as Worklist, worklist as worklist
from .rules.advice import Advice as Advice, Priority as Priority
from .rules.clauses import Clause as Clause, Hold as Hold, Period as Period
from .rules.document import (
    canonical_policy as canonical_policy,
    policy_hash as policy_hash,
)
from .rules.facts import FACTS as FACTS, Facts as Facts, FactType as FactType
from .rules.own_facts import CountedFact as CountedFact, GivenFact as GivenFact
from .rules.parameters import Parameter as Parameter, Unit as Unit
from .rules.policies import policies as policies, policy_for as policy_for
from .rules.policy import Policy as Policy
from .rules.policy_files import (
    load_policy as load_policy,
)
from .rules.policy_reading import (
    policy_of_case as policy_of_case,
    read_policy as read_policy,
)
from .rules.policy_warnings import (
    PolicyWarning as PolicyWarning,
    policy_warnings as policy_warnings,
)
from .rules.sources import (
    Adopted as Adopted,
    Phrase as Phrase,
    Source as Source,
    SourceKind as SourceKind,
)
from .rules.tenancy_facts import facts_of as facts_of

__all__: list[str]  # noqa: PYI035 - it is read off this file
__version__: str
