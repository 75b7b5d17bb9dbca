"""The evaluation of a year, worked out again from plain events: slow and obvious."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

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
    for course, said, received, whole in told(list(histories), as_of):
        household = {None: "", True: "with-minors", False: "without-minors"}[said.get("minors")]  # type: ignore[index]
        landlord, policy = str(said.get("landlord") or ""), str(said.get("policy") or "")
        groups = [("all", ""), ("household", household), ("landlord", landlord), ("policy", policy)]
        for name in counted(course, year, received, whole):
            for group in groups:
                numbers[*group, name] = numbers.get((*group, name), 0) + 1
    return numbers


Told = tuple[list[Event], dict[str, object], dt.date | None, list[Event]]


def told(histories: list[list[Event]], as_of: dt.date) -> Iterator[Told]:
    """Each course with what is known of it then, and what happened in the whole of its case.

    What was done under the key of a signal that reopened another case, or that was found to repeat one,
    is put where that one is; of the signal only that it was received is left, unless it counts there.
    """
    cases = [rounds_of(fold(events, as_of=as_of).history) for events in histories]
    first_ids = [first_id(events) for events in histories]
    added: dict[tuple[int, int], list[Event]] = {}
    left: dict[tuple[int, int], list[Event] | None] = {}
    for case, rounds in enumerate(cases):
        for number, course in enumerate(rounds):
            passed = [(case, number)]
            while (place := place_of(cases, first_ids, *passed[-1])) is not None and place not in passed:
                passed.append(place)
            if place is not None or len(passed) == 1:
                continue
            added.setdefault(passed[-1], []).extend(it for it in course if it.type not in OF_THE_SIGNAL)
            place = passed[1]
            is_there = signal_of(cases[place[0]][place[1]], first_ids[place[0]]) == course[0].case
            left[case, number] = None if is_there else [it for it in course if it.type in OF_THE_SIGNAL]
    for case, rounds in enumerate(cases):
        said: dict[str, object] = {}
        courses = [by_day([*it, *added.get((case, number), [])]) for number, it in enumerate(rounds)]
        for number, course in enumerate(courses):
            for it in course:
                for name in ("landlord", "policy", "minors"):
                    if it.data.get(name) is not None:
                        said[name] = it.data[name]
            counts = left.get((case, number), course)
            if counts is not None:
                signal = signal_of(rounds[number], first_ids[case])
                received = [
                    it.happened
                    for it in rounds[number]
                    if it.type == "received" and first_ids[case][it.id] == signal
                ]
                whole = by_day([it for one in courses for it in one])
                yield counts, dict(said), next(iter(received), None), whole


OF_THE_SIGNAL = ("sent", "received", "matched", "screened-out", "reopened", "closed")


def by_day(events: list[Event]) -> list[Event]:
    """In the order of their days."""
    return sorted(events, key=lambda it: it.happened)


def first_id(events: list[Event]) -> dict[str, str]:
    """The id of each entry as it was recorded first, through all its corrections."""
    replaced = {it.id: it.replaces for it in events}
    found = {}
    for it in events:
        id_ = it.id
        while (before := replaced.get(id_)) is not None:
            id_ = before
        found[it.id] = id_
    return found


def signal_of(course: list[Event], first_ids: dict[str, str]) -> str | None:
    """The signal that a round is about: its own, if that is in it, or the first that was received."""
    ids = [first_ids[it.id] for it in course if it.type == "received"]
    return course[0].case if course[0].case in ids else next(iter(ids), None)


def place_of(
    cases: list[list[list[Event]]], first_ids: list[dict[str, str]], case: int, number: int
) -> tuple[int, int] | None:
    """Where a round of a signal belongs, that another case has too: the case and its round."""
    course = cases[case][number]
    key = course[0].case
    if signal_of(course, first_ids[case]) != key:
        return None
    ends = [it for it in course if it.type in {"screened-out", "reopened"}]
    is_repeated = bool(ends) and ends[-1].data.get("reason") == "repeated"
    is_repeated = is_repeated and ends[-1].type == "screened-out"
    for must_begin in (True, False):
        for other, rounds in enumerate(cases):
            for at, it in enumerate(rounds):
                ids = [first_ids[other][one.id] for one in it if one.type == "received"]
                begins = signal_of(it, first_ids[other]) == key
                if other != case and key in ids and (begins if must_begin else is_repeated):
                    return other, at
    return None


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


def counted(course: list[Event], year: int, received: dt.date | None, whole: list[Event]) -> set[str]:
    """The measures for which a round counts; what was prevented may be undone later."""
    names = set()
    types = [str(it.type) for it in course]
    for what in EVICTIONS:
        for it in course:
            later = whole[next(at for at, one in enumerate(whole) if one is it) :]
            is_undone = what == "prevented" and any(one.type == "eviction-carried-out" for one in later)
            if it.type == f"eviction-{what}" and it.happened.year == year and not is_undone:
                names.add(f"evictions-{what}")
    if received is None or received.year != year:
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
