# Where each public name is; `__init__.py` loads it on first use.

from .capabilities import LedgerCapabilities as LedgerCapabilities
from .channel_kit import ChannelTests as ChannelTests
from .check import Conformance as Conformance, check_plugin as check_plugin
from .contact_kit import ContactSourceTests as ContactSourceTests
from .directory_kit import HelperDirectoryTests as HelperDirectoryTests
from .enricher_kit import EnricherTests as EnricherTests
from .exporter_kit import ExporterTests as ExporterTests
from .kit import (
    Broken as Broken,
    Kit as Kit,
    KitChanged as KitChanged,
    SourceRefuses as SourceRefuses,
)
from .ledger_kit import LedgerAdapterTests as LedgerAdapterTests
from .policies import conditions as conditions, facts as facts, policies as policies
from .policy_kit import PolicyTests as PolicyTests
from .receiver import Fault as Fault, Receiver as Receiver, Taken as Taken
from .recorded import Rows as Rows
from .tenancies import (
    AS_OF as AS_OF,
    contacts as contacts,
    days_around as days_around,
    households as households,
    ledgers as ledgers,
    rents as rents,
    stated_facts as stated_facts,
    tenancies as tenancies,
)
from .thresholds import Threshold as Threshold, near_threshold as near_threshold
from .web_receiver import WebReceiver as WebReceiver

__all__: list[str]  # noqa: PYI035 - it is read off this file
