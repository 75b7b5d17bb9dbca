"""What somebody wrote who meant a condition: Dutch words, capitals, signs of other languages, units.

Each is refused where it stands, with what is written for it here. Nothing is guessed: what was meant is
a remedy, never a reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.rules.conditions.number_slips import slip_of_number, slip_of_text
from huurschuld.rules.conditions.pieces import Pieces
from huurschuld.rules.conditions.sign_slips import slip_of_operator, slip_of_other
from huurschuld.rules.conditions.tokens import Sort
from huurschuld.rules.conditions.word_slips import slip_of_name

_LOOKS: Final[Mapping[Sort, Callable[[Pieces, int], InvalidValue | None]]] = {
    Sort.NAME: slip_of_name,
    Sort.NUMBER: slip_of_number,
    Sort.TEXT: slip_of_text,
    Sort.OPERATOR: slip_of_operator,
    Sort.OTHER: slip_of_other,
}


def first_slip(pieces: Pieces) -> InvalidValue | None:
    """Return the error for the first piece that has no place in a condition, if there is one."""
    for index, token in enumerate(pieces.tokens[:-1]):
        error = _LOOKS[token.sort](pieces, index)
        if error is not None:
            return error
    return None
