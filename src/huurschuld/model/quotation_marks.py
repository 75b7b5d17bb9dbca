"""The quotation marks of word processors, which people write where straight ones are expected."""

from __future__ import annotations

from typing import Final

_DOUBLE: Final = "“”„‟″«»＂"
_SINGLE: Final = "‘’‚‛′´`"
CURLY: Final = _DOUBLE + _SINGLE
"""All of them."""
STRAIGHT: Final = str.maketrans(dict.fromkeys(_DOUBLE, '"') | dict.fromkeys(_SINGLE, "'"))
"""For `str.translate`: the straight one for each."""
