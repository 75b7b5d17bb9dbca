"""The evaluation of a year, worked out again from plain events: slow and obvious."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from huurschuld.cases import Event, fold

PARTS = {
    "taken-up": "referred",
    "reached": "taken-up",
    "guided": "taken-up",
    "accepted": "reached",
    "declined": "reached",
    "talked": "reached",
    "decided": "talked",
    "plans-made": "guided",
}
"""What is part of what, by the definitions."""
PLANS = ("completed", "kept", "behind", "unknown", "broken", "cancelled")
EVICTIONS = ("announced", "prevented", "carried-out")
WORKED_ON = (
    "dossier-opened attempt offer-made accepted declined first-talk intake coupled decision plan-agreed"
).split()


def expected(histories: Iterable[list[Event]], year: int, as_of: dt.date) -> dict[tuple[str, ...], int]:
    """How many there are, by what they are told apart by, the group and the measure."""
    numbers: dict[tuple[str, ...], int] = {}
    for events in histories:
        said: dict[str, object] = {}
        for course in rounds_of(fold(events, as_of=as_of).history):
            for it in course:
                for name in ("landlord", "policy", "minors"):
                    if it.data.get(name) is not None:
                        said[name] = it.data[name]
            household = {None: "", True: "with-minors", False: "without-minors"}[said.get("minors")]  # type: ignore[index]
            landlord, policy = str(said.get("landlord") or ""), str(said.get("policy") or "")
            groups = [("all", ""), ("household", household), ("landlord", landlord), ("policy", policy)]
            for name in counted(course, year):
                for group in groups:
                    numbers[*group, name] = numbers.get((*group, name), 0) + 1
    return numbers


def rounds_of(history: Sequence[Event]) -> list[list[Event]]:
    """Cut after each end; what follows is a round of its own if it has a new signal or a request."""
    pieces: list[list[Event]] = [[]]
    for it in history:
        pieces[-1].append(it)
        if it.type in {"closed", "screened-out"}:
            pieces.append([])
    rounds = [pieces[0]]
    for piece in pieces[1:]:
        if any(it.type == "received" or it.data.get("requested") for it in piece):
            rounds.append([])
        rounds[-1] += piece
    return [it for it in rounds if it]


def counted(course: list[Event], year: int) -> set[str]:
    """The measures for which a round counts."""
    names = set()
    types = [str(it.type) for it in course]
    for what in EVICTIONS:
        for at, it in enumerate(course):
            is_undone = what == "prevented" and "eviction-carried-out" in types[at:]
            if it.type == f"eviction-{what}" and it.happened.year == year and not is_undone:
                names.add(f"evictions-{what}")
    received = [it.happened for it in course if it.type == "received"]
    if not received or received[0].year != year:
        return names
    names.add("referred")
    if set(types) & set(WORKED_ON):
        names.add("taken-up")
    if set(types) & {"accepted", "declined", "first-talk", "intake"} or any(
        it.type == "attempt" and it.data.get("reached") is True for it in course
    ):
        names.add("reached")
    answers = [it for it in types if it in {"accepted", "declined"}]
    names |= set(answers[-1:])
    if "first-talk" in types:
        names.add("talked")
        if "decision" in types[types.index("first-talk") :]:
            names.add("decided")
    if set(types) & {"coupled", "intake", "plan-agreed"}:
        names.add("guided")
    if "plan-agreed" in types:
        names |= {"plans-made", f"plans-{state_of_plan(types)}"}
    return names


def state_of_plan(types: list[str]) -> str:
    """How the last plan is."""
    since = types[len(types) - types[::-1].index("plan-agreed") :]
    for it in reversed(since):
        if it in {"plan-completed", "plan-broken", "plan-cancelled"}:
            return it.removeprefix("plan-")
    for it in reversed(since):
        if it in {"instalment-paid", "instalment-missed"}:
            return "kept" if it == "instalment-paid" else "behind"
    return "unknown"
