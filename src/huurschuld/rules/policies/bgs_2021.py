"""The national rule since 2021: Besluit gemeentelijke schuldhulpverlening (Bgs), article 2.

Read it aloud: a tenant who has been in arrears for thirty days, whom the landlord tried to reach
personally, informed about debt help, and reminded in writing with the offer to pass on the contact
details, and who had time to refuse that, is referred to the municipality.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from huurschuld.rules.clauses import Clause, Period
from huurschuld.rules.policies.holds import (
    CRISIS,
    HOLDS,
    NOT_A_DWELLING,
    OBJECTED,
    TOO_EARLY_OR_TOO_LITTLE,
)
from huurschuld.rules.policies.toml_values import parameters_of
from huurschuld.rules.policy import Policy
from huurschuld.rules.sources import Phrase, Source, SourceKind
from huurschuld.rules.terms import (
    P,
    days_since_offer,
    debt_help_named,
    minor_living_in,
    personal_effort,
    reminder_sent,
    sharing_offered,
    sustained_cents,
)

IN_FORCE: Final = dt.date(2021, 1, 1)


def _article(part: str, nl: str, en: str) -> Source:
    return Source(
        SourceKind.LAW,
        f"Bgs art. 2({part})",
        Phrase(nl, en),
        IN_FORCE,
        "https://zoek.officielebekendmakingen.nl/stb-2020-240.html",
    )


PERSONAL_CONTACT: Final = _article(
    "a", "inspanning voor persoonlijk contact", "an effort at personal contact"
)
DEBT_HELP: Final = _article(
    "b", "wijzen op mogelijkheden van schuldhulpverlening", "pointing out debt help"
)
REMINDER: Final = _article(
    "c", "ten minste één schriftelijke herinnering", "at least one written reminder"
)
OFFER: Final = _article(
    "d",
    "in die herinnering aanbieden de contactgegevens door te geven, zonder afwijzende reactie",
    "offering in that reminder to pass on the contact details, without a negative response",
)
THIRTY_DAYS: Final = Source(
    SourceKind.PRACTICE,
    "Landelijk Convenant Vroegsignalering, VNG",
    Phrase(
        "dertig dagen achterstand; artikel 2 zelf noemt geen termijn of bedrag",
        "thirty days of arrears; article 2 itself names no term and no amount",
    ),
    dt.date(2020, 12, 15),
)
TIME_TO_REFUSE: Final = Source(
    SourceKind.CHOICE,
    "Bgs art. 2(d)",
    Phrase(
        "de huurder krijgt tijd om het aanbod af te wijzen",
        "the tenant gets time to refuse the offer",
    ),
)
FAMILIES: Final = Source(
    SourceKind.CHOICE,
    "Wgs art. 2(4)(e)",
    Phrase(
        "het gemeentelijk plan zegt hoe gezinnen met minderjarige kinderen worden geholpen; "
        "dat zij voorgaan is een keuze",
        "the municipal plan says how families with minor children are served; "
        "that they come first is a choice",
    ),
    IN_FORCE,
    "https://wetten.overheid.nl/BWBR0031331",
)

REFER: Final = (
    Clause(sustained_cents >= P.minimum_cents, THIRTY_DAYS),
    Clause(reminder_sent, REMINDER),
    Clause(sharing_offered, OFFER),
    Clause(days_since_offer >= P.response_days, TIME_TO_REFUSE),
    Clause(personal_effort, PERSONAL_CONTACT),
    Clause(debt_help_named, DEBT_HELP),
)
REMIND: Final = (Clause(~reminder_sent, REMINDER), Clause(~sharing_offered, OFFER))
CONTACT: Final = (Clause(~personal_effort, PERSONAL_CONTACT), Clause(~debt_help_named, DEBT_HELP))

BGS_2021: Final = Policy(
    name="bgs-2021",
    title=Phrase(
        "Besluit gemeentelijke schuldhulpverlening, artikel 2 (2021)",
        "Decree on municipal debt help, article 2 (2021)",
    ),
    in_force=Period(IN_FORCE),
    crisis=CRISIS,
    family=Clause(minor_living_in, FAMILIES),
    holds=(OBJECTED, NOT_A_DWELLING, *HOLDS),
    wait_if_any=TOO_EARLY_OR_TOO_LITTLE,
    refer_if_all=REFER,
    remind_if_any=REMIND,
    contact_if_any=CONTACT,
    parameters=parameters_of("bgs_2021"),
)
