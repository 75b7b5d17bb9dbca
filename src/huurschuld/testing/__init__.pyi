# Where each public name is; `__init__.py` loads it on first use.

from .capabilities import LedgerCapabilities as LedgerCapabilities
from .channel_kit import ChannelTests as ChannelTests
from .check import Conformance as Conformance
from .check import check_plugin as check_plugin
from .kit import Broken as Broken
from .kit import Kit as Kit
from .kit import KitChanged as KitChanged
from .ledger_kit import LedgerAdapterTests as LedgerAdapterTests
from .ledger_source import SourceRefuses as SourceRefuses
from .policies import conditions as conditions
from .policies import facts as facts
from .policies import policies as policies
from .policy_kit import PolicyTests as PolicyTests
from .receiver import Fault as Fault
from .receiver import Receiver as Receiver
from .receiver import Taken as Taken
from .recorded import Rows as Rows
from .tenancies import (
    AS_OF as AS_OF,
)
from .tenancies import (
    contacts as contacts,
)
from .tenancies import (
    days_around as days_around,
)
from .tenancies import (
    households as households,
)
from .tenancies import (
    ledgers as ledgers,
)
from .tenancies import (
    rents as rents,
)
from .tenancies import (
    stated_facts as stated_facts,
)
from .tenancies import (
    tenancies as tenancies,
)
from .thresholds import Threshold as Threshold
from .thresholds import near_threshold as near_threshold
from .web_receiver import WebReceiver as WebReceiver

__all__: list[str]  # noqa: PYI035 - it is read off this file
