"""The covenant of Katwijk on top of the national rule, since 2021 *(choice)*.

Read it aloud: a tenant who meets both the covenant's conditions and those of article 2 is referred. So
it refers later than article 2 alone, which says that the landlord *shall* report once its own conditions
are met: anyone who chooses this policy must know that.
"""

from __future__ import annotations

from typing import Final

from huurschuld.rules.clauses import Period
from huurschuld.rules.policies import bgs_2021, katwijk_2012
from huurschuld.rules.policies.holds import (
    CRISIS,
    FAMILIES_FIRST,
    HOLDS,
    NOT_A_DWELLING,
    OBJECTED,
    TENANT_ACTED,
    TOO_EARLY_OR_TOO_LITTLE,
)
from huurschuld.rules.policies.toml_values import parameters_of
from huurschuld.rules.policy import Policy
from huurschuld.rules.sources import Phrase

KATWIJK_2021: Final = Policy(
    name="katwijk-2021",
    title=Phrase(
        "Convenant Katwijk boven op Bgs artikel 2 (2021)",
        "The covenant of Katwijk on top of Bgs article 2 (2021)",
    ),
    in_force=Period(bgs_2021.IN_FORCE),
    crisis=CRISIS,
    family=FAMILIES_FIRST,
    holds=(OBJECTED, NOT_A_DWELLING, *HOLDS, TENANT_ACTED),
    wait_if_any=TOO_EARLY_OR_TOO_LITTLE,
    refer_if_all=(*katwijk_2012.REFER, *bgs_2021.REFER),
    remind_if_any=bgs_2021.REMIND,
    contact_if_any=(*bgs_2021.CONTACT, *katwijk_2012.CONTACT),
    parameters=parameters_of("katwijk_2012", "bgs_2021"),
)
