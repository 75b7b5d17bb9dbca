"""What case workers type, for the tests: events as a command records them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from case_lives import KEY

from huurschuld.cases import EVENTS, Event, EventType

Run = Callable[..., tuple[int, str, str]]
Case = Callable[..., str]
CANARY = "Zwaantje-van-der-Kanarie"


def as_options(data: Mapping[str, Any], type_: EventType) -> list[str]:
    """Data as it is typed."""
    options: list[str] = []
    for name, value in data.items():
        text = EVENTS[type_].data[name].kind.to_json(value)
        written = json.dumps(text) if isinstance(text, bool | dict) else text
        options += ["--data", f"{name}={written}"]
    return options


def record_life(case: Case, events: list[Event], key: str = KEY) -> None:
    """Record events by the command, each by who did."""
    for it in events:
        new = ["--new"] if it is events[0] else []
        options = ("--happened", it.happened, "--by", it.by, "--person", "a colleague", "--id", it.id)
        case("record", key, it.type, *options, *new, *as_options(it.data, it.type))
