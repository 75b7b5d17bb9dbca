"""The covenant of Katwijk, 2012: GGD, Dunavie and the municipality step in early.

Read it aloud: a tenant who owes more than one month, was sent a reminder, was contacted at least twice,
in at least two ways, and has had time to answer, is referred; families first.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from huurschuld.rules.clauses import Clause, Period
from huurschuld.rules.policies.holds import (
    CRISIS,
    FAMILIES_FIRST,
    HOLDS,
    NOT_A_DWELLING_BEFORE_2021,
    OBJECTED_BEFORE_2021,
    TENANT_ACTED,
    TOO_EARLY_OR_TOO_LITTLE,
)
from huurschuld.rules.policies.toml_values import parameters_of
from huurschuld.rules.policy import Policy
from huurschuld.rules.sources import Phrase, Source, SourceKind
from huurschuld.rules.terms import P, attempts, channels, days_since_attempt, months, reminder_sent

SIGNED: Final = dt.date(2012, 6, 29)

MORE_THAN_A_MONTH: Final = Source(
    SourceKind.COVENANT,
    "Convenant Katwijk",
    Phrase(
        "meer dan één maand huurachterstand (rtvkatwijk.nl)",
        "more than one month of arrears (rtvkatwijk.nl)",
    ),
    SIGNED,
)
IN_SEVERAL_WAYS: Final = Source(
    SourceKind.COVENANT,
    "Convenant Katwijk",
    Phrase(
        "de verhuurder heeft op verschillende manieren contact gezocht (rtvkatwijk.nl)",
        "the landlord has sought contact in several ways (rtvkatwijk.nl)",
    ),
    SIGNED,
)
IN_WRITING: Final = Source(
    SourceKind.CHOICE,
    "Convenant Katwijk",
    Phrase(
        "een schriftelijke herinnering is een van de manieren; dat zij erbij moet zijn, is een keuze",
        "a written reminder is one of the ways; that it must be among them is a choice",
    ),
    SIGNED,
)
TIME_TO_ACT: Final = Source(
    SourceKind.CHOICE,
    None,
    Phrase("de huurder krijgt tijd om in actie te komen", "the tenant gets time to act"),
)

REFER: Final = (
    Clause(months > P.referral_months, MORE_THAN_A_MONTH),
    Clause(reminder_sent, IN_WRITING),
    Clause(attempts >= P.min_attempts, IN_SEVERAL_WAYS),
    Clause(channels >= P.min_channels, IN_SEVERAL_WAYS),
    Clause(days_since_attempt >= P.response_days, TIME_TO_ACT),
)
REMIND: Final = (Clause(~reminder_sent, IN_WRITING),)
CONTACT: Final = (
    Clause(attempts < P.min_attempts, IN_SEVERAL_WAYS),
    Clause(channels < P.min_channels, IN_SEVERAL_WAYS),
)

KATWIJK_2012: Final = Policy(
    name="katwijk-2012",
    title=Phrase("Convenant Katwijk (2012)", "The covenant of Katwijk (2012)"),
    # The end is a choice: from 2021 the Bgs sets the conditions.
    in_force=Period(SIGNED, dt.date(2020, 12, 31)),
    crisis=CRISIS,
    family=FAMILIES_FIRST,
    holds=(OBJECTED_BEFORE_2021, NOT_A_DWELLING_BEFORE_2021, *HOLDS, TENANT_ACTED),
    wait_if_any=TOO_EARLY_OR_TOO_LITTLE,
    refer_if_all=REFER,
    remind_if_any=REMIND,
    contact_if_any=CONTACT,
    parameters=parameters_of("katwijk_2012"),
)
