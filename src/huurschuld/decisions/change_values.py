"""What a reason for a change is: a condition in two decisions, with facts and numbers that differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from attrs import frozen

from huurschuld.decisions.words import Lang
from huurschuld.model.values import RedactedRepr
from huurschuld.rules.clauses import Stops
from huurschuld.rules.conditions.logic import Truth
from huurschuld.rules.sources import Phrase

About = Literal["advice", "priority"]


@frozen(repr=False)
class Difference(RedactedRepr):
    """A value that differs: `before` and `after`, as JSON has it."""

    name: str
    before: object
    after: object


@frozen
class ConditionState:
    """A condition in one of two decisions.

    Attributes:
        when: the condition, as text.
        truth: how it came out; None is unknown.
        stops: of a hold, what it stops.
    """

    when: str
    truth: Truth
    stops: Stops | None = None

    def document(self) -> dict[str, object]:
        """Return its JSON object."""
        stops = {} if self.stops is None else {"stops": self.stops}
        return {"when": self.when, "truth": self.truth, **stops}


@frozen(repr=False)
class ChangeReason(RedactedRepr):
    """One reason for which a decision differs from another.

    Attributes:
        about: what it is a reason for: the `advice` or the `priority`.
        rung: where the condition stands in the policy, such as `refer_if_all`, `holds` or `family`;
            `arrears` where the arrears themselves began or ended; `result` where only results can tell.
        hold: the name of the hold, where it is one.
        before: the condition in the earlier decision; None where that policy does not have it.
        after: the same in the later one.
        facts: the facts of the condition that differ, by name.
        parameters: the numbers that differ and that it goes by, or one of those facts.
        text: the reason in words.
    """

    about: About
    rung: str
    hold: str | None
    before: ConditionState | None
    after: ConditionState | None
    facts: tuple[Difference, ...]
    parameters: tuple[Difference, ...]
    text: Phrase

    def document(self) -> dict[str, object]:
        """Return its JSON object; `text` has the words in both languages."""
        return {
            "text": {"nl": self.text.nl, "en": self.text.en},
            "about": self.about,
            "rung": self.rung,
            "hold": self.hold,
            "before": None if self.before is None else self.before.document(),
            "after": None if self.after is None else self.after.document(),
            "facts": _by_name(self.facts),
            "parameters": _by_name(self.parameters),
        }


def _by_name(differences: Iterable[Difference]) -> dict[str, object]:
    return {it.name: {"before": it.before, "after": it.after} for it in differences}


def reasons_in_words(reasons: Iterable[ChangeReason], lang: Lang) -> list[str]:
    """Return the reasons in words; what two sources ask alike is said once."""
    return list(dict.fromkeys(it.text.to(lang) for it in reasons))
