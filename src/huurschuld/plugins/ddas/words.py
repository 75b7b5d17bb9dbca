"""The words of DDAS vroegsignalering v1.2: its enumerations (waardenlijsten), to the letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from huurschuld.cases.words import ATTEMPT_WORDS, PART_WORDS, RESULT_WORDS, STATUS_WORDS

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "EnumSignaalstatus": ("Nog niet opgepakt", "Opgepakt", *STATUS_WORDS.values()),
    "EnumEindresultaat": tuple(RESULT_WORDS.values()),
    "EnumContactsoort": tuple(ATTEMPT_WORDS.values()),
    "EnumDagdeel": tuple(PART_WORDS.values()),
    "EnumSignaalpartner": (
        "Huur",
        "Hypotheek",
        "Energie",
        "Water",
        "Zorg",
        "CAK Zorgverzekeringen",
        "CAK Eigen bijdrage",
        "Belastingdienst",
        "Dienst Toeslagen",
        "DUO",
        "Overige",
    ),
}
"""The words by the name that the schema gives the enumeration."""

LANDLORD: Final = WORDS["EnumSignaalpartner"][0]
"""The kind of partner for a landlord: "inzake de huur, vanaf 30 dagen"."""
