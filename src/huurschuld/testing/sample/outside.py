"""The surroundings of an invented portfolio: addresses, helpers, a GGD, and configurations.

The streets, the town and the people do not exist: a random real address could be someone's home.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from huurschuld.testing.sample import free_folder
from huurschuld.testing.sample.deck import deal
from huurschuld.testing.sample.dice import Dice

PLACE: Final = "Voorbeeldstad"

_COLUMNS: Final = ("tenancy", "name", "street", "house_number", "addition", "phone", "place", "postcode")
_INITIALS: Final = tuple("ABCDEFGHIJKLMNOPRSTVWZ")
_NAMES: Final = (
    *("Bedacht", "van der Fictie", "Verzonnen", "de Figurant", "Proefpersoon"),
    *("van Voorbeeld", "el Sjabloon", "Doe-Alsof", "Öztest", "Nepomuk"),
)
_STREETS: Final = ("Verzonnenlaan", "Voorbeeldkade", "Proefpad", "Fictiehof", "Modelplein", "Dummydreef")
_HELPERS: Final = (
    ("name", "needs", "places", "email", "note"),
    ("Budget Informatie Punt", "budget|debts", PLACE, "bip@stad.invalid", "walk in on Tuesdays"),
    ("Meldpunt Zorg en Overlast", "care|nuisance", PLACE, "meldpunt@stad.invalid", ""),
    ("Jeugdteam", "children|parenting", PLACE, "jeugd@stad.invalid", ""),
    ("Landelijke Hulplijn", "debts|budget|care", "", "hulp@stad.invalid", "by telephone"),
)
_CONFIGURATION: Final = """\
# An invented outside, for the landlord: who the tenants are, where referrals go, and what comes back.

[contact_sources.register]
file = { path = "register.csv" }

[channels.meldpunt]
use = "file-drop"
folder = { path = "inbox" }

[helper_directories.bip]
table = { path = "helpers.csv" }

[outbox]
file = { path = "outbox.sqlite" }

[enrichers.feedback]
folder = { path = "feedback" }
outbox = { path = "outbox.sqlite" }
gives = ["facts"]
"""
_OF_GGD: Final = """\
# The same for the GGD: its cases, who can help, and how the landlord hears what he may know.

[cases]
store = { path = "cases.sqlite" }

[helper_directories.bip]
table = { path = "helpers.csv" }

[feedback_channels.Woonstichting]
use = "feedback-drop"
folder = { path = "feedback" }
"""


def write_outside(folder: Path, tenancies: int, seed: int) -> None:
    """Write the surroundings of a sample, whole or not at all.

    `register.csv` has a name and an address for each tenancy, `helpers.csv` some helpers, `inbox` is the
    folder that referrals are put into, and `feedback` the one that the GGD's answers are put into. The
    configurations name all of them: `huurschuld.toml` is the landlord's, `ggd.toml` that of the GGD.

    Args:
        folder: where to write; it may be absent or empty, and its parents are made.
        tenancies: how many, as for `write_sample`.
        seed: as for `write_sample`.

    Raises:
        InvalidValue: the folder is not empty, or is a file.
        OSError: the folder could not be written; nothing is left behind.
    """
    with free_folder(folder) as made:
        (made / "inbox").mkdir()
        (made / "feedback").mkdir()
        _write(made / "register.csv", (_COLUMNS, *_register(tenancies, seed)))
        _write(made / "helpers.csv", _HELPERS)
        for name, text in (("huurschuld.toml", _CONFIGURATION), ("ggd.toml", _OF_GGD)):
            (made / name).write_text(text, encoding="utf-8", newline="\n")


def _register(tenancies: int, seed: int) -> Iterable[tuple[object, ...]]:
    lives_at = 1
    for number, dealt in zip(range(1, tenancies + 1), deal(seed), strict=False):
        # A garage is on the name and at the address of those who live in the home before it.
        lives_at = lives_at if dealt.of_the_same else number
        dice = Dice(seed, "outside", lives_at)
        yield (
            f"KW-{number:06d}",
            f"{dice.one_of(_INITIALS)}. {dice.one_of(_NAMES)}",
            dice.one_of(_STREETS),
            dice.between(1, 240),
            dice.weighted(((8, ""), (1, "A"), (1, "bis"))),
            f"00-{dice.between(0, 99_999_999):08d}" if dice.chance(70) else "",
            PLACE,
            f"9999Z{'XYZ'[lives_at % 3]}",
        )


def _write(path: Path, rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
