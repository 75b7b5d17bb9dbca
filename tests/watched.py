"""What the tests of watching share: findings of made-up days, and what the lines add up to."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from referring import AS_OF, days, to_refer

from huurschuld.decisions.decision import Decision, policy_on_day
from huurschuld.decisions.receipt import receipt_of
from huurschuld.errors import EngineDisagreement, Undecided
from huurschuld.portfolio.changes import ABSENT
from huurschuld.portfolio.monitoring.steps import Findings
from huurschuld.portfolio.quarantine import Quarantine
from huurschuld.portfolio.result_rows import ResultRow

Advised = Mapping[str, tuple[str, str]]
"""The advice and the priority of each tenancy on the worklist."""

FIRST = AS_OF - days(30)


def row(tenancy: str, advice: str, priority: str) -> ResultRow:
    """A row of a worklist; that of a referral is as `to_refer` decides."""
    owed = 127_000 if advice == "refer" else 70_000
    return {
        "tenancy": tenancy,
        "advice": advice,
        "priority": priority,
        "arrears_cents": owed,
        "months": "1",
        "days_overdue": 70,
        "hold": [],
        "unknown": [],
    }


def findings(
    day: dt.date,
    advised: Advised,
    others: Iterable[str] = (),
    *,
    undecided: Sequence[str] = (),
    aside: Sequence[str] = (),
    touched: Sequence[str] | None = None,
) -> Findings:
    """What a screening of that day found; `others` are there, and have no arrears."""

    def decide(rows: Sequence[ResultRow]) -> tuple[list[Decision], list[Undecided]]:
        made = [to_refer(it["tenancy"], as_of=day) for it in rows if it["tenancy"] not in undecided]
        failed: list[Undecided] = []
        for it in rows:
            if it["tenancy"] in undecided:
                error = EngineDisagreement("/tenancy", "they differ")
                error.tenancy = it["tenancy"]
                failed.append(error)
        return made, failed

    tenancies = [*advised, *others]
    return Findings(
        receipt=receipt_of(policy_on_day("bgs-2021", day), {}),
        rows=[row(name, *its) for name, its in advised.items() if name not in aside],
        tenancies=[it for it in tenancies if it not in aside],
        count=len(tenancies),
        touched=touched,
        decide=decide,
        quarantine=Quarantine((), len(aside), aside) if aside else None,
    )


def added_up(lines: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """The worklist that a reader has who follows the lines; each has to fit what was before it."""
    found: dict[str, tuple[str, str]] = {}
    for number, it in enumerate(lines, 1):
        assert it["number"] == number
        before = found.pop(it["tenancy"], (None, None))
        assert before == (it["advice_before"], it["priority_before"])
        after = (it["advice_after"], it["priority_after"])
        assert after != before
        kind = "new" if before == (None, None) else "changed"
        if after[1] is None:
            assert after[0] in {"none", ABSENT}
            kind = "left"
        else:
            found[it["tenancy"]] = after
        assert it["kind"] == kind
    return found


def lines_in(path: Path) -> list[dict[str, Any]]:
    """The lines of a file, each of which is whole."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert text.endswith("\n") or not text
    return [json.loads(it) for it in text.splitlines()]
