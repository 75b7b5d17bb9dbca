"""What people write for the names and words of a policy, by what it is here: for messages only."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

_FILE: Final = Path(__file__).with_suffix(".toml")


@cache
def other_words(of: Literal["facts", "members", "values", "comparisons"]) -> Mapping[str, str]:
    """Return the names, or the signs, by every other word for them."""
    named = tomllib.loads(_FILE.read_text(encoding="utf-8"))[of]
    return {word: name for name, words in named.items() for word in words}
