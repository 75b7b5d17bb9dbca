"""katwijk-2021 as rules of CLIPS, written by hand with its values filled in: three-valued.

A household is a fact of a template, whose slots are `unknown` unless given. For each rung there is a
rule for where it is certainly true and one for where it is certainly false, and one for where all holds
are false; a rule tells its name to a function of Python. A function of CLIPS asserts a fact, has the
rules run, and retracts it. Done from Python, with `assert_fact` and `retract`, each fact leaves some
memory behind in clipspy 1.0.6, and each next one takes longer.
"""

from __future__ import annotations

from typing import Any, Final

import clips

from benchmarks.by_hand.ladder import Given, from_both_sides, given_of, names_of
from huurschuld import Facts, Policy
from huurschuld.rules.advice import Outcome

_SYMBOLS: Final = (
    "already-referred",
    "debt-help-named",
    "deceased",
    "disputed",
    "dwelling",
    "eviction-announced",
    "lease-ended",
    "minor-living-in",
    "objected",
    "personal-effort",
    "plan-in-force",
    "reminder-sent",
    "sharing-offered",
    "tenant-acted",
)
_NUMBERS: Final = (
    "arrears-cents",
    "attempts",
    "channels",
    "days-overdue",
    "days-since-attempt",
    "days-since-offer",
    "months",
    "sustained-cents",
)
SLOTS: Final = (*_SYMBOLS, *_NUMBERS)

TEMPLATE: Final = f"""
(deftemplate household
  {" ".join(f"(slot {name} (type SYMBOL) (allowed-symbols yes no unknown))" for name in _SYMBOLS)}
  {" ".join(f"(slot {name} (type INTEGER SYMBOL) (allowed-symbols unknown))" for name in _NUMBERS)})
"""
FUNCTION: Final = f"""
(deffunction look-at ({" ".join(f"?{name}" for name in SLOTS)})
  (bind ?household (assert (household {" ".join(f"({name} ?{name})" for name in SLOTS)})))
  (run)
  (retract ?household))
"""

RULES: Final = (
    '(defrule crisis (household (eviction-announced yes)) => (found "crisis"))',
    '(defrule not-crisis (household (eviction-announced no)) => (found "not crisis"))',
    '(defrule family (household (minor-living-in yes)) => (found "family"))',
    '(defrule not-family (household (minor-living-in no)) => (found "not family"))',
    """(defrule hold-already-referred
      (household (already-referred yes))
      => (found "hold already-referred"))""",
    '(defrule hold-deceased (household (deceased yes)) => (found "hold deceased"))',
    '(defrule hold-disputed (household (disputed yes)) => (found "hold disputed"))',
    """(defrule hold-lease-ended
      (household (lease-ended yes) (eviction-announced no))
      => (found "hold lease-ended"))""",
    '(defrule hold-not-a-dwelling (household (dwelling no)) => (found "hold not-a-dwelling"))',
    '(defrule hold-objected (household (objected yes)) => (found "hold objected"))',
    '(defrule hold-plan-in-force (household (plan-in-force yes)) => (found "hold plan-in-force"))',
    '(defrule hold-tenant-acted (household (tenant-acted yes)) => (found "hold tenant-acted"))',
    """(defrule no-hold
      (household (already-referred no) (deceased no) (disputed no) (dwelling yes) (objected no)
                 (plan-in-force no) (tenant-acted no)
                 (lease-ended ?ended) (eviction-announced ?eviction))
      (test (or (eq ?ended no) (eq ?eviction yes)))
      => (found "no hold"))""",
    """(defrule too-early
      (household (days-overdue ?days) (arrears-cents ?cents))
      (test (or (< ?days 7) (< ?cents 1000)))
      => (found "too early"))""",
    """(defrule not-too-early
      (household (days-overdue ?days&:(>= ?days 7)) (arrears-cents ?cents&:(>= ?cents 1000)))
      => (found "not too early"))""",
    """(defrule refer
      (household (months ?months&:(> ?months 1000000000))
                 (sustained-cents ?cents&:(>= ?cents 1))
                 (reminder-sent yes) (sharing-offered yes) (personal-effort yes) (debt-help-named yes)
                 (attempts ?attempts&:(integerp ?attempts)&:(>= ?attempts 2))
                 (channels ?channels&:(integerp ?channels)&:(>= ?channels 2))
                 (days-since-attempt ?tried&:(integerp ?tried)&:(>= ?tried 14))
                 (days-since-offer ?offered&:(integerp ?offered)&:(>= ?offered 14)))
      => (found "refer"))""",
    """(defrule not-refer
      (household (months ?months) (sustained-cents ?cents)
                 (reminder-sent ?reminder) (sharing-offered ?sharing)
                 (personal-effort ?effort) (debt-help-named ?help)
                 (attempts ?attempts) (channels ?channels)
                 (days-since-attempt ?tried) (days-since-offer ?offered))
      (test (or (<= ?months 1000000000) (< ?cents 1)
                (eq ?reminder no) (eq ?sharing no) (eq ?effort no) (eq ?help no)
                (and (integerp ?attempts) (< ?attempts 2))
                (and (integerp ?channels) (< ?channels 2))
                (and (integerp ?tried) (< ?tried 14))
                (and (integerp ?offered) (< ?offered 14))))
      => (found "not refer"))""",
    """(defrule remind
      (household (reminder-sent ?reminder) (sharing-offered ?sharing))
      (test (or (eq ?reminder no) (eq ?sharing no)))
      => (found "remind"))""",
    '(defrule not-remind (household (reminder-sent yes) (sharing-offered yes)) => (found "not remind"))',
    """(defrule contact
      (household (personal-effort ?effort) (debt-help-named ?help)
                 (attempts ?attempts) (channels ?channels))
      (test (or (eq ?effort no) (eq ?help no)
                (and (integerp ?attempts) (< ?attempts 2))
                (and (integerp ?channels) (< ?channels 2))))
      => (found "contact"))""",
    """(defrule not-contact
      (household (personal-effort yes) (debt-help-named yes)
                 (attempts ?attempts&:(integerp ?attempts)&:(>= ?attempts 2))
                 (channels ?channels&:(integerp ?channels)&:(>= ?channels 2)))
      => (found "not contact"))""",
)


class Rules:
    """An environment of CLIPS with the rules, and what they have told of the household that is in it."""

    def __init__(self, policy: Policy) -> None:
        self._names = names_of(policy)
        self._found: list[str] = []
        self._environment: Any = clips.Environment()
        self._environment.define_function(self._found.append, name="found")
        for construct in (TEMPLATE, FUNCTION, *RULES):
            self._environment.build(construct)
        self._look_at: Any = self._environment.find_function("look-at")

    def form(self, facts: Facts) -> Given:
        """The slots for a household: symbols `yes`, `no` and `unknown`, and whole numbers."""
        given = given_of(facts, self._names)
        unknown = {name: clips.Symbol("unknown") for name in SLOTS}
        known = {name.replace("_", "-"): _slot(value) for name, value in given.facts.items()}
        return Given(unknown | known, given.arrears, given.unknown_fields)

    def outcome(self, given: Given) -> Outcome:
        """The outcome for one household."""
        self._found.clear()
        self._look_at(*given.facts.values())
        return from_both_sides(set(self._found), given)


def _slot(value: object) -> object:
    return clips.Symbol("yes" if value else "no") if isinstance(value, bool) else value


def written(policy: Policy) -> Rules | None:
    """The rules of a policy; None if it is not written out here."""
    return Rules(policy) if policy.name == "katwijk-2021" else None
