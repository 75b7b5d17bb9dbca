"""Comparing two numbers of events, such as the evictions of two years: what chance alone would do.

If events come about independently of each other, their number in a year varies by chance (Poisson): in a
town where nothing changes, 12 in one year and 9 in the next is nothing special. The interval says which
ratios of the true rates fit two numbers. Given their sum, the second one is binomial, so the interval of
Clopper and Pearson for that share gives one for the ratio. It is exact: at least as sure as it says.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from attrs import frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.values import Whole, refuse
from huurschuld.rules.sources import Phrase

_NUMBER: Final = Whole(0, 1_000_000)
_HALVINGS: Final = 200
"""How often an interval is halved: a float has no more digits than that."""


@frozen
class Comparison:
    """Two numbers of events, and which ratios of their rates fit them.

    Attributes:
        before: the first number.
        after: the second one.
        exposure: how many could have had the event, before and after, such as dwellings; None if that is
            not known, and the two are taken to be alike.
        sureness: how sure the interval is, such as 0.95.
        ratio: of the second rate to the first one; None if the first number is 0.
        low: the lowest ratio that fits.
        high: the highest one; infinite if the first number is 0.
    """

    before: int
    after: int
    exposure: tuple[float, float] | None
    sureness: float
    ratio: float | None
    low: float
    high: float

    @property
    def is_within_chance(self) -> bool:
        """Whether the numbers fit rates that are alike."""
        return self.low <= 1 <= self.high

    @property
    def text(self) -> Phrase:
        """What the two numbers show, and what they do not."""
        percent = f"{self.sureness:.0%}"
        nl = f"{self.before} → {self.after}: de verhouding is {_number(self.ratio).nl}"
        en = f"{self.before} → {self.after}: the ratio is {_number(self.ratio).en}"
        low, high = _number(self.low), _number(self.high)
        nl += f", en elke verhouding van {low.nl} tot {high.nl} past bij deze getallen ({percent})."
        en += f", and any ratio from {low.en} to {high.en} fits these numbers ({percent})."
        nl += _NL[self.is_within_chance]
        en += _EN[self.is_within_chance]
        if self.exposure is None:
            nl += " Hoeveel woningen er waren, is niet bekend: ze zijn even talrijk verondersteld."
            en += " How many dwellings there were is not known: they are taken to be as many."
        return Phrase(nl, en)


_NL: Final = {
    True: " Dat er niets veranderde, past er ook bij: het verschil kan toeval zijn.",
    False: " Toeval alleen verklaart dit verschil slecht. Waardoor het komt, zeggen de getallen niet.",
}
_EN: Final = {
    True: " That nothing changed fits too: the difference may be chance.",
    False: " Chance alone explains this difference badly. What caused it the numbers do not say.",
}


def compare_counts(
    before: int,
    after: int,
    *,
    exposure: tuple[float, float] | None = None,
    sureness: float = 0.95,
) -> Comparison:
    """Compare two numbers of events that come about independently of each other.

    Args:
        before: the first number, up to 1,000,000.
        after: the second one.
        exposure: how many could have had the event, before and after, such as dwellings; None if that is
            not known: then they are taken to be as many.
        sureness: how sure the interval is to hold the true ratio: more than 0 and less than 1.

    Raises:
        InvalidValue: at `/before`, `/after`, `/exposure` or `/sureness`.
    """
    for place, number in (("/before", before), ("/after", after)):
        if not _NUMBER.accepts(number):
            raise refuse(place, _NUMBER)
    if not 0 < sureness < 1:
        raise InvalidValue("/sureness", "a number between 0 and 1 is expected", "0.95 is usual")
    if exposure is not None and not all(0 < it < math.inf for it in exposure):
        raise InvalidValue("/exposure", "two numbers above 0 are expected", "leave it out if not known")
    scale = 1.0 if exposure is None else exposure[0] / exposure[1]
    low, high = share_interval(after, before + after, sureness)
    return Comparison(
        before,
        after,
        exposure,
        sureness,
        after / before * scale if before else None,
        scale * low / (1 - low),
        scale * high / (1 - high) if before else math.inf,
    )


def share_interval(number: int, total: int, sureness: float) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson for a share, of which `number` of `total` were seen."""
    rest = (1 - sureness) / 2
    low, high = 0.0, 1.0
    if number:
        low = _solved(lambda share: _at_least(number, total, share) > rest)
    if number < total:
        high = _solved(lambda share: _at_least(number + 1, total, share) > 1 - rest)
    return low, high


def _solved(is_above: Callable[[float], bool]) -> float:
    """The share from which on something holds."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if is_above(middle) else (middle, high)
    return (low + high) / 2


def _at_least(number: int, total: int, share: float) -> float:
    """The chance of at least so many of a total: 1 for 0, 0 for more than the total.

    The sum starts at its largest term and goes both ways, until terms no longer matter.
    """
    peak = min(max(number, math.floor((total + 1) * share)), total)
    odds = share / (1 - share)
    log_peak = (
        math.lgamma(total + 1)
        - math.lgamma(peak + 1)
        - math.lgamma(total - peak + 1)
        + peak * math.log(share)
        + (total - peak) * math.log1p(-share)
    )
    terms = [1.0]
    term = 1.0
    for it in range(peak, total):
        term *= (total - it) / (it + 1) * odds
        if term < _NEGLIGIBLE:
            break
        terms.append(term)
    term = 1.0
    for it in range(peak, number, -1):
        term *= it / (total - it + 1) / odds
        if term < _NEGLIGIBLE:
            break
        terms.append(term)
    return min(1.0, math.exp(log_peak) * math.fsum(terms))


_NEGLIGIBLE: Final = 1e-18


def _number(value: float | None) -> Phrase:
    """A ratio in two digits, as each language writes it."""
    if value is None:
        return Phrase("niet te bepalen", "not defined")
    if math.isinf(value):
        return Phrase("oneindig", "infinity")
    text = f"{value:.2f}"
    return Phrase(text.replace(".", ","), text)
