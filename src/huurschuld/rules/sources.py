"""Where a rule or a number comes from (grondslag): law, covenant, practice, or a choice that says so."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.values import Day, Maybe, Text


class SourceKind(StrEnum):
    """How a rule or a number is grounded; a choice or a reading is never presented as law."""

    LAW = "law"
    COVENANT = "covenant"
    PRACTICE = "practice"
    CHOICE = "choice"
    ADOPTED = "adopted"


@frozen
class Phrase:
    """One sentence or label in Dutch and in English."""

    nl: str = field(validator=Text())
    en: str = field(validator=Text())

    def to(self, lang: str) -> str:
        """Return the text in `nl` or `en`."""
        return self.nl if lang == "nl" else self.en


@frozen
class Source:
    """Where a rule or a number comes from (grondslag).

    Attributes:
        kind: law, covenant, practice, choice, or adopted by an organisation for itself.
        title: the name of the source, with the article or clause: "Bgs art. 2(c)"; of a choice, what
            it was made beside, or None.
        dated: the version: of a law from when the text that was read was in force, of a covenant when it
            was signed, of a decision when it was taken.
        url: where it can be read.
        note: what it says, or why it was chosen, in both languages.
    """

    kind: SourceKind = field(converter=SourceKind)
    title: str | None = field(validator=Maybe(Text()))
    note: Phrase
    dated: dt.date | None = field(default=None, validator=Maybe(Day()))
    url: str | None = field(default=None, validator=Maybe(Text()))

    def __attrs_post_init__(self) -> None:
        if self.title is None and self.kind is not SourceKind.CHOICE:
            raise InvalidValue("/title", "only a choice may have no title")


CHOICE: Final = Source(SourceKind.CHOICE, None, Phrase("een eigen keuze", "a choice of one's own"))
"""The source of a condition that names none: it says that it is a choice."""


@frozen
class Adopted:
    """A value that an organisation set for itself: by whom, since when, under which decision.

    Pass it as the value of a parameter: `parameters={"minimum_cents": Adopted(7500, ...)}`.
    """

    value: int | str
    by: str = field(validator=Text())
    on: dt.date | None = field(default=None, validator=Maybe(Day()))
    number: str | None = field(default=None, validator=Maybe(Text()))

    def source(self) -> Source:
        """Return the adoption as a source, for the receipt and the reasons."""
        number = f" {self.number}" if self.number else ""
        return Source(
            SourceKind.ADOPTED,
            f"{self.by}{number}",
            Phrase("door de organisatie zelf vastgesteld", "set by the organisation itself"),
            self.on,
        )


USER: Final = Source(
    SourceKind.CHOICE,
    None,
    Phrase("ingesteld door de gebruiker", "set by the user"),
)
"""The source of a value that was given without saying who adopted it."""
