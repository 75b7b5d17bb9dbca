"""Inputs of every parser, changed: each is read, or refused by an error with a name, in time."""

from __future__ import annotations

from typing import Final

from torture import answers, documents, tabular

PARSERS: Final = (*documents.PARSERS, *tabular.PARSERS, *answers.PARSERS)
ATTACKS: Final = tuple(it.attack() for it in PARSERS)
