"""Draws how a case goes from one phase to another, and lists what is taken though it is flagged.

Nothing of it is written by hand: every event is tried after every usual life, by the fold itself.

    python tools/case_diagram.py            puts the part of docs/cases.md right that is drawn
    python tools/case_diagram.py --check    ends with 1 if it is not right
    python tools/case_diagram.py --lang nl  prints the diagram alone, in Dutch or English (Mermaid)
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from huurschuld.cases import EVENTS, Event, EventType, ImpossibleEvent, Phase, fold
from huurschuld.cases.surprises import PHASE_NAMES
from huurschuld.model.values import Choice
from huurschuld.rules.sources import Phrase

PAGE = Path(__file__).parent.parent / "docs" / "cases.md"
FLAGGED = "Life does not follow forms. This is taken too, flagged, or after a case was reopened:"
BEGIN, END = "<!-- drawn by tools/case_diagram.py -->", "<!-- end of what is drawn -->"
DAY = dt.date(2026, 1, 5)
NOON = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
MOVERS = tuple(kind for kind, rule in EVENTS.items() if rule.moves)
"""The events that lead to another phase."""


class Move(NamedTuple):
    """From one phase to another, by an event."""

    origin: Phase
    event: EventType
    to: Phase


def main(arguments: list[str]) -> int:
    """Put the page right, or compare it: 1 if it is not as it would be drawn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lang", choices=("en", "nl"))
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    if given.lang:
        print(mermaid(moves(), given.lang))
        return 0
    page = PAGE.read_text(encoding="utf-8")
    drawn = redrawn(page)
    if not given.check:
        PAGE.write_text(drawn, encoding="utf-8")
    return int(given.check and drawn != page)


def redrawn(page: str) -> str:
    """The page with what is drawn in it as the code has it."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"{PAGE.name} has no place for the diagram: {BEGIN} and {END}")
    found = moves()
    parts = [
        BEGIN,
        "",
        "```mermaid",
        mermaid(found, "en"),
        "```",
        "",
        FLAGGED,
        "",
        *flagged_table(found),
        "",
        END,
    ]
    return before + "\n".join(parts) + after


def moves() -> Mapping[Move, bool]:
    """Every move of a case that the fold knows, and whether a usual life has it.

    A usual life is one in which nothing is flagged, up to its first end or reopening. Lives are tried
    breadth first; two are one if they agree in phase and in what later events ask for.
    """
    waiting: deque[tuple[Event, ...]] = deque([()])
    seen: set[object] = set()
    found: dict[Move, bool] = {}
    while waiting:
        history = waiting.popleft()
        before = fold(history)
        for kind in MOVERS:
            events = (*history, event(kind, len(history)))
            try:
                after = fold(events)
            except ImpossibleEvent:
                continue
            move = Move(before.phase, kind, after.phase)
            is_usual = not after.unexpected
            if after.phase is not before.phase:
                found[move] = found.get(move, False) or is_usual
            alike = after.phase, ASKED.intersection(it.type for it in events)
            if is_usual and kind is not EventType.REOPENED and alike not in seen:
                seen.add(alike)
                waiting.append(events)
    return found


ASKED = frozenset(
    it for kind in MOVERS for some in (*EVENTS[kind].needs, *EVENTS[kind].expects) for it in some
)
"""What some mover needs or expects to have happened."""


def mermaid(found: Mapping[Move, bool], lang: str) -> str:
    """The usual moves as a state diagram, one line for each pair of phases."""
    usual = [move for move, is_usual in found.items() if is_usual]
    ends = {move for move in usual if move.event is EventType.CLOSED}
    inside = [it for it in Phase if any(move.origin is it for move in ends)]
    arrows: dict[tuple[Phase, Phase], list[EventType]] = defaultdict(list)
    for move in usual:
        if move not in ends:
            arrows[move.origin, move.to].append(move.event)
    lines = ["stateDiagram-v2"]
    lines += [f"    {_id(it)} : {PHASE_NAMES[it].to(lang)}" for it in Phase if it not in inside]
    lines += [f"    [*] --> {_id(Phase.NEW)}", f'    state "{_RUNNING.to(lang)}" as running {{']
    lines += [f"        {_id(it)} : {PHASE_NAMES[it].to(lang)}" for it in inside]
    within: list[str] = []
    across: list[str] = []
    for (origin, to), events in sorted(
        arrows.items(), key=lambda it: tuple(map(list(Phase).index, it[0]))
    ):
        label = ", ".join(EVENTS[it].label.to(lang) for it in sorted(events))
        line = f"{_id(origin)} --> {_id(to)} : {label}"
        (within if {origin, to} <= set(inside) else across).append(line)
    lines += [f"        {it}" for it in within]
    lines += ["    }", *(f"    {it}" for it in across)]
    if ends:
        lines.append(f"    running --> {_id(Phase.CLOSED)} : {EVENTS[EventType.CLOSED].label.to(lang)}")
    return "\n".join(lines)


_RUNNING = Phrase("loopt", "under way")


def _id(phase: Phase) -> str:
    return phase.replace("-", "_")


def flagged_table(found: Mapping[Move, bool]) -> Iterator[str]:
    """The moves that no usual life has: by event, with the phases from which they are taken."""
    rows: dict[tuple[EventType, Phase], list[Phase]] = defaultdict(list)
    for move, is_usual in found.items():
        if not is_usual:
            rows[move.event, move.to].append(move.origin)
    yield "| what happens | leads to | also taken when the case is |"
    yield "|---|---|---|"
    for (kind, to), origins in sorted(rows.items(), key=lambda it: list(EventType).index(it[0][0])):
        names = ", ".join(PHASE_NAMES[it].en for it in Phase if it in origins)
        yield f"| {EVENTS[kind].label.en} | {PHASE_NAMES[to].en} | {names} |"


def event(kind: EventType, number: int) -> Event:
    """An event of this type, with the first word of each list where a word must be given."""
    rule = EVENTS[kind]
    data: dict[str, Any] = {}
    for name, field in rule.data.items():
        if field.required:
            if not isinstance(field.kind, Choice):
                raise SystemExit(f"{kind} needs {name}: say here what to give")
            data[name] = field.kind.words[0]
    return Event(
        id=str(number), case="case", type=kind, happened=DAY, recorded=NOON, by=min(rule.by), data=data
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
