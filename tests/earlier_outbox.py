"""Files of an outbox that earlier releases have made, and what each of these told of it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import attrs
from referring import NOON, days

from huurschuld.referrals import Outbox, history, listing, open_outbox, receipt, referral

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = (1, 2, 3)
"""Of release 0.1; with digests; with their sum, and a referral in every state that there is now."""
TOLD: dict[int, dict[str, Any]] = {
    version: json.loads((GOLDEN / name).read_text(encoding="utf-8"))
    for version, name in zip(VERSIONS, ("outbox.json", "outbox.json", "outbox-3.json"), strict=True)
}


def earlier(folder: Path, name: str = "o", version: int = 1) -> Path:
    """A file with a referral in every state that the release of this version has made."""
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes((GOLDEN / f"outbox-{version}.sqlite").read_bytes())
    return path


def opened(path: Path) -> Outbox:
    """The file, the day after it was made."""
    return open_outbox(path, clock=lambda: NOON + days(1))


def plain(record: attrs.AttrsInstance) -> dict[str, object]:
    """What a record holds, as in `golden/outbox.json`."""
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in attrs.asdict(record, recurse=False).items()
    }


def check_kept(outbox: Outbox, version: int = 1) -> None:
    """All that its release told of it is told now."""
    for it, one in zip(listing(outbox), TOLD[version]["referrals"], strict=True):
        assert plain(it) == one["listed"]
        assert [plain(event) for event in history(outbox, it.key)] == one["history"]
        assert receipt(outbox, it.key) == one["receipt"]
        if one["referral"] is not None:
            assert attrs.asdict(referral(outbox, it.key)) == one["referral"]


def without_triggers(connection: sqlite3.Connection) -> list[str]:
    """Go past the triggers of a file: they are dropped, and their definitions given."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in found:
        connection.execute(f"DROP TRIGGER {name}")
    return [sql for _, sql in found]
