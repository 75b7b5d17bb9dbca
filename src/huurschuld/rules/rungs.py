"""The rungs of the ladder: which clauses of a policy lead to which advice.

All code that iterates over the rungs of a policy takes them from here: the engines, documents, reasons,
the command line and the test kits.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from huurschuld.rules.advice import Advice
from huurschuld.rules.sources import Phrase


@frozen
class Rung:
    """One rung: an advice, and the clauses that lead to it.

    Attributes:
        advice: the advice of this rung.
        name: the attribute of a policy, and the member of its document, that holds the clauses.
        title: the heading above the clauses where a policy is shown.
        needs_all: whether all clauses must be true; otherwise one is enough.
    """

    advice: Advice
    name: str
    title: Phrase
    needs_all: bool = False


HOLDS: Final = Rung(
    Advice.HOLD,
    "holds",
    Phrase("Niet melden als een van deze waar is", "Hold if one of these is true"),
)
WAIT: Final = Rung(
    Advice.WAIT,
    "wait_if_any",
    Phrase("Wachten als een van deze waar is", "Wait if one of these is true"),
)
REFER: Final = Rung(
    Advice.REFER,
    "refer_if_all",
    Phrase("Melden als al deze waar zijn", "Refer if all of these are true"),
    needs_all=True,
)
REMIND: Final = Rung(
    Advice.REMIND,
    "remind_if_any",
    Phrase("Anders herinneren als een van deze waar is", "Else remind if one of these is true"),
)
CONTACT: Final = Rung(
    Advice.CONTACT,
    "contact_if_any",
    Phrase("Anders contact zoeken als een van deze waar is", "Else contact if one of these is true"),
)
NEXT_STEPS: Final = (REMIND, CONTACT)
"""The rungs below a referral; the first that fits gives the advice."""

CLAUSES: Final = (WAIT, REFER, *NEXT_STEPS)
"""The rungs of unnamed clauses, from the top."""
RUNGS: Final = (HOLDS, *CLAUSES)
"""All rungs, from the top."""
