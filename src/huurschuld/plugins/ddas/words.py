"""The words of DDAS vroegsignalering v1.2: its enumerations (waardenlijsten), to the letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "EnumSignaalstatus": (
        "Nog niet opgepakt",
        "Opgepakt",
        "Niet opgepakt: herhaalde melding",
        "Niet opgepakt: onterecht signaal",
        "Niet opgepakt: andere reden",
        "Inwoner al bekend bij schuldhulpverlening",
        "Inwoner is overleden",
        "Persoon is geen inwoner (meer) in de gemeente",
    ),
    "EnumEindresultaat": (
        "(Budget)advies en/of quick fix",
        "Vervolghulp en/of verwijzing",
        "Vervolghulp en/of verwijzing financieel",
        "Vervolghulp en/of verwijzing niet financieel",
        "Verwijzing zonder tussenkomst inwoner",
        "Inwoner heeft zelf al betaald/betalingsregeling getroffen",
        "Inwoner regelt het zelf/hoeft geen hulp vanuit vroegsignalering",
        "Inwoner al bekend bij schuldhulpverlening",
        "Inwoner heeft al een ander lopend traject",
        "Definitief geen contact kunnen krijgen",
        "Geen reactie na eerder contact",
        "Niet opgepakt: herhaalde melding",
        "Niet opgepakt: onterecht signaal",
        "Niet opgepakt: andere reden",
        "Inwoner is overleden",
        "Persoon is geen inwoner (meer) in de gemeente",
    ),
    "EnumContactsoort": (
        "Brief",
        "Mail",
        "Telefoon",
        "SMS/Whatsapp",
        "Huisbezoek",
        "Afspraak op locatie",
        "Kaartje",
        "Administratief",
        "Overige",
        "Onbekend",
    ),
    "EnumDagdeel": ("Ochtend", "Middag", "Avond"),
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
