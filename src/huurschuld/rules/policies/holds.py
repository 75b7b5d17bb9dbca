"""The holds (beletselen) and the rules that the built-in policies share, each with its source."""

from __future__ import annotations

import datetime as dt
from typing import Final

from huurschuld.rules.clauses import Clause, Hold
from huurschuld.rules.sources import Phrase, Source, SourceKind
from huurschuld.rules.terms import (
    P,
    already_referred,
    arrears_cents,
    days_overdue,
    deceased,
    disputed,
    dwelling,
    eviction_announced,
    lease_ended,
    minor_living_in,
    objected,
    plan_in_force,
    tenant_acted,
)

BW_URL: Final = "https://wetten.overheid.nl/BWBR0005290"

OBJECTED: Final = Hold(
    "objected",
    objected,
    Source(
        SourceKind.LAW,
        "Bgs art. 2(d)",
        Phrase(
            "wie afwijzend reageert op het aanbod, wordt niet doorgegeven; "
            "dat een blijvend bezwaar van eerder ook telt, is een keuze",
            "who responds negatively to the offer is not passed on; "
            "that a standing objection of before counts too is a choice",
        ),
        dt.date(2021, 1, 1),
        "https://zoek.officielebekendmakingen.nl/stb-2020-240.html",
    ),
    stops="referral",
)
OBJECTED_BEFORE_2021: Final = Hold(
    "objected",
    objected,
    Source(
        SourceKind.CHOICE,
        None,
        Phrase(
            "vóór de Bgs: wie bezwaar maakt, wordt niet doorgegeven",
            "before the Bgs: who objects is not passed on",
        ),
    ),
    stops="referral",
)
ALREADY_REFERRED: Final = Hold(
    "already-referred",
    already_referred,
    Source(
        SourceKind.PRACTICE,
        "DDAS",
        Phrase(
            "een herhaalde melding van wat net is behandeld, wordt niet opnieuw behandeld, een "
            "hogere wel; "
            "voor de jaren vóór die standaard een keuze",
            "a repeated report of what was recently handled is not handled again, a higher one is; "
            "for the years before that standard a choice",
        ),
    ),
    stops="referral",
)
DISPUTED: Final = Hold(
    "disputed",
    disputed,
    Source(
        SourceKind.CHOICE,
        "BW 6:262, 7:207",
        Phrase(
            "huur inhouden wegens gebreken kan terecht zijn: een mens beslist",
            "rent withheld for defects may be rightful: a person decides",
        ),
        url=BW_URL,
    ),
)
PLAN_IN_FORCE: Final = Hold(
    "plan-in-force",
    plan_in_force,
    Source(
        SourceKind.CHOICE,
        None,
        Phrase(
            "een regeling die wordt nagekomen, is de hulp",
            "an arrangement that is kept is the help",
        ),
    ),
)
DECEASED: Final = Hold(
    "deceased",
    deceased,
    Source(
        SourceKind.CHOICE,
        "BW 7:268",
        Phrase(
            "na een overlijden gaat de huur op anderen over of eindigt zij: schrijf nooit een dode aan",
            "after a death the lease passes to others or ends: never write to the dead",
        ),
        url=BW_URL,
    ),
)
LEASE_ENDED: Final = Hold(
    "lease-ended",
    lease_ended & ~eviction_announced,
    Source(
        SourceKind.CHOICE,
        None,
        Phrase(
            "de schuld van een vertrokken huurder geeft geen risico op ontruiming; wie na een "
            "ontbinding nog in de woning zit, is er juist het dichtst bij",
            "a former tenant's debt is no risk of eviction; who still lives there after a court "
            "dissolved the lease is closest to it",
        ),
    ),
)
NOT_A_DWELLING: Final = Hold(
    "not-a-dwelling",
    ~dwelling,
    Source(
        SourceKind.LAW,
        "Bgs art. 2",
        Phrase(
            "artikel 2 gaat over verhuurders van woningen",
            "article 2 is about those who let dwellings",
        ),
        dt.date(2021, 1, 1),
        "https://zoek.officielebekendmakingen.nl/stb-2020-240.html",
    ),
    stops="referral",
)
NOT_A_DWELLING_BEFORE_2021: Final = Hold(
    "not-a-dwelling",
    ~dwelling,
    Source(
        SourceKind.CHOICE,
        None,
        Phrase(
            "vóór de Bgs: het convenant gaat over wie zijn woning kan verliezen",
            "before the Bgs: the covenant is about those who may lose their home",
        ),
    ),
    stops="referral",
)
TENANT_ACTED: Final = Hold(
    "tenant-acted",
    tenant_acted,
    Source(
        SourceKind.COVENANT,
        "Convenant Katwijk",
        Phrase(
            "gemeld wordt de huurder die zelf geen actie onderneemt (rtvkatwijk.nl)",
            "referred is the tenant who has taken no action (rtvkatwijk.nl)",
        ),
        dt.date(2012, 6, 29),
    ),
)
HOLDS: Final = (ALREADY_REFERRED, DISPUTED, PLAN_IN_FORCE, DECEASED, LEASE_ENDED)
"""The holds that every built-in policy has; each also has one for objections and one for dwellings."""

TOO_EARLY_OR_TOO_LITTLE: Final = (
    Clause(
        days_overdue < P.grace_days,
        Source(
            SourceKind.CHOICE,
            None,
            Phrase(
                "niemand krijgt een herinnering om een trage bank",
                "nobody is reminded for a bank's delay",
            ),
        ),
    ),
    Clause(
        arrears_cents < P.floor_cents,
        Source(
            SourceKind.CHOICE,
            None,
            Phrase("niemand krijgt een herinnering om kleingeld", "nobody is reminded for small change"),
        ),
    ),
)

CRISIS: Final = Clause(
    eviction_announced,
    Source(
        SourceKind.CHOICE,
        "Wgs art. 4(2)",
        Phrase(
            "bij een dreigende ontruiming voert de gemeente binnen drie werkdagen een eerste gesprek; "
            "dat zo'n huishouden op de lijst voorgaat, is een keuze",
            "under a threat of eviction the municipality holds a first talk within three working days; "
            "that such a household comes first on the list is a choice",
        ),
        dt.date(2015, 1, 1),
        "https://wetten.overheid.nl/BWBR0031331",
    ),
)
FAMILIES_FIRST: Final = Clause(
    minor_living_in,
    Source(
        SourceKind.CHOICE,
        "Convenant Katwijk",
        Phrase(
            "kwetsbare gezinnen met kinderen onder de 18 krijgen bijzondere aandacht (dunavie.nl); "
            "dat elk gezin met een minderjarige voorgaat, is een keuze",
            "vulnerable families with children under 18 get special attention (dunavie.nl); "
            "that every family with a minor comes first is a choice",
        ),
        dt.date(2012, 6, 29),
    ),
)
