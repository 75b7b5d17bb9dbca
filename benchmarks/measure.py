"""Measuring side by side: contenders take turns, round after round, and ratios are taken per round."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from statistics import median, quantiles
from time import perf_counter

from attrs import field, frozen


@frozen
class Timing:
    """How long one contender took, round by round.

    Attributes:
        name: the contender.
        operations: how many operations one round did.
        seconds: what each round took, in the order of the rounds.
    """

    name: str
    operations: int
    seconds: tuple[float, ...]

    @property
    def fastest(self) -> float:
        """Seconds per operation in the fastest round: the least disturbed one."""
        return min(self.seconds) / self.operations

    @property
    def typical(self) -> float:
        """Seconds per operation in the median round."""
        return median(self.seconds) / self.operations


@frozen
class Comparison:
    """Contenders that were measured side by side on the same inputs.

    Attributes:
        name: what is measured, as a key.
        title: what is measured, in words.
        operation: what one operation is.
        base: the contender that the others are divided by.
        timings: one for each contender.
        about: what it was measured on.
        rate_to: a contender that the rates are divided by as well.
    """

    name: str
    title: str
    operation: str
    base: str
    timings: tuple[Timing, ...]
    about: Mapping[str, object] = field(factory=dict)
    rate_to: str | None = None

    def ratios(self, timing: Timing) -> list[float]:
        """For each round, how many times as long as the base this contender took."""
        return _times_as_long(timing, self._named(self.base))

    def rates(self, timing: Timing) -> list[float]:
        """For each round, its rate as a part of the rate of `rate_to`; empty without."""
        return [] if self.rate_to is None else _times_as_long(self._named(self.rate_to), timing)

    def _named(self, name: str) -> Timing:
        return next(it for it in self.timings if it.name == name)

    def document(self) -> dict[str, object]:
        """The JSON object of it: all figures, per round too."""
        return {
            "name": self.name,
            "title": self.title,
            "operation": self.operation,
            "base": self.base,
            "about": dict(self.about),
            **({} if self.rate_to is None else {"rate_to": self.rate_to}),
            "contenders": [self._contender(timing) for timing in self.timings],
        }

    def _contender(self, timing: Timing) -> dict[str, object]:
        ratios, rates = self.ratios(timing), self.rates(timing)
        return {
            "name": timing.name,
            "operations_per_round": timing.operations,
            "seconds_per_operation": {"min": _kept(timing.fastest), "median": _kept(timing.typical)},
            "operations_per_second": {
                "max": _kept(1 / timing.fastest),
                "median": _kept(1 / timing.typical),
            },
            "ratio_to_base": _spread(ratios),
            **({"rate_to": _spread(rates)} if rates else {}),
            "seconds_per_round": [_kept(seconds) for seconds in timing.seconds],
        }

    def table(self) -> str:
        """The figures as lines of text."""
        rows = [["", "min", "median", "per second", "x base", "(middle half)"]]
        if self.rate_to is not None:
            rows[0] += ["rate", "(middle half)"]
        for timing in self.timings:
            rows.append(
                [
                    timing.name,
                    _duration(timing.fastest),
                    _duration(timing.typical),
                    f"{1 / timing.typical:,.{0 if timing.typical < 0.1 else 2}f}",
                    *_cells(self.ratios(timing), "base" if timing.name == self.base else None),
                ]
            )
            if self.rate_to is not None:
                rows[-1] += _cells(self.rates(timing), "is 1" if timing.name == self.rate_to else None)
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        rounds = len(self.timings[0].seconds)
        lines = [f"{self.title} - per {self.operation}, {rounds} rounds"]
        lines += [f"  {name}: {value}" for name, value in self.about.items()]
        if self.rate_to is not None:
            lines.append(f"  rate: as a part of the rate of {self.rate_to}")
        for first, *others in rows:
            cells = [first.ljust(widths[0])]
            cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
            lines.append("  " + "  ".join(cells))
        return "\n".join(lines)


def interleaved(
    contenders: Mapping[str, Callable[[], object]],
    operations: int,
    rounds: int,
    *,
    turns: int = 1,
    before_each_round: Callable[[], object] | None = None,
) -> tuple[Timing, ...]:
    """Time the contenders in turns: A B C, A B C, and so on, after one round that is not counted.

    A round adds up several short turns of each, so that a slow moment of the machine falls on all of
    them and not on the one whose turn it is. The garbage is collected before each turn, and the
    collector stays on within it, as in real life. What a turn returns is thrown away after its time was
    taken.

    Args:
        contenders: what to run in a turn, by name; each does all operations.
        operations: how many operations one turn does.
        rounds: how many rounds.
        turns: how many turns each has in a round.
        before_each_round: run before each round, and not timed.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for counted in (False, *(True for _ in range(rounds))):
        if before_each_round is not None:
            before_each_round()
        taken = dict.fromkeys(contenders, 0.0)
        for _ in range(turns):
            for name, run in contenders.items():
                gc.collect()
                start = perf_counter()
                made = run()
                taken[name] += perf_counter() - start
                del made
        if counted:
            for name, total in taken.items():
                seconds[name].append(total)
    return tuple(Timing(name, operations * turns, tuple(seconds[name])) for name in contenders)


def _times_as_long(one: Timing, other: Timing) -> list[float]:
    """For each round, how many times as long as the other one it took, per operation."""
    return [
        (mine / one.operations) / (its / other.operations)
        for mine, its in zip(one.seconds, other.seconds, strict=True)
    ]


def _spread(ratios: list[float]) -> dict[str, object]:
    return {
        "min": _kept(min(ratios)),
        "median": _kept(median(ratios)),
        "max": _kept(max(ratios)),
        "rounds": [_kept(ratio) for ratio in ratios],
    }


def _cells(ratios: list[float], instead: str | None) -> list[str]:
    """The median of ratios, and where the middle half of them lies, or a word instead."""
    lower, _, upper = quantiles(ratios, n=4)
    return [f"{median(ratios):.2f}", instead or f"({lower:.2f} - {upper:.2f})"]


def _duration(seconds: float) -> str:
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms")):
        if seconds < limit:
            return f"{seconds * factor:.2f} {unit}"
    return f"{seconds:.2f} s"


def _kept(value: float) -> float:
    """A figure with six significant digits."""
    return float(f"{value:.6g}")
