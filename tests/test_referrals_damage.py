"""A byte of the file is changed, anywhere: it tells exactly what was written, or that it is damaged."""

from __future__ import annotations

import random
import re
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import polars as pl
import pytest
from attrs import define
from earlier_outbox import without_triggers
from referring import (
    AS_OF,
    LEAVE,
    NOON,
    RECEIVER,
    WHO,
    Told,
    confirmed,
    proposed,
    query,
    told_by,
)

from huurschuld.referrals import (
    NoOutbox,
    Outbox,
    OutboxDamaged,
    create_outbox,
    history,
    listing,
    open_outbox,
    receipt,
    referral,
    send,
    sent,
    signals,
    withdraw,
)

IN_MEMORY = "/dev/shm"  # noqa: S108 - where a disk need not be waited for, if there is such a place
SEED = 2012


@define
class Written:
    """A file with a referral in every state, and what it tells."""

    path: Path
    content: bytes
    tells: object
    goes_out: object


def tells(outbox: Outbox) -> object:
    """All that an outbox tells."""
    listed = listing(outbox)
    return (
        listed,
        [history(outbox, it.key) for it in listed],
        [receipt(outbox, it.key) for it in listed],
        [referral(outbox, it.key) for it in listed if it.state in {"confirmed", "recalled", "accepted"}],
        pl.DataFrame(signals(outbox)).rows(),
        list(sent(outbox, AS_OF, AS_OF)),
    )


def goes_out(outbox: Outbox) -> object:
    """What a run sends."""
    told = Told(idempotent=True)
    send(outbox, told, RECEIVER)
    return told.got


@pytest.fixture(scope="module")
def written() -> Iterator[Written]:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if Path(IN_MEMORY).is_dir() else None) as folder:
        path = Path(folder) / "o"
        order = ("recalled", "withdrawn", "accepted", "refused", "doubtful", "sending", "confirmed")
        with create_outbox(path, clock=lambda: NOON) as outbox:
            for number, state in enumerate(order, 1):
                keys = confirmed(outbox, f"tenancy-{number}1", f"tenancy-{number}2", batch=state)
                for key in keys[:1] if state == "withdrawn" else keys:
                    LEAVE[state](outbox, key) if state != "recalled" or key == keys[0] else None
            proposed(outbox, "tenancy-8", batch="proposed")
            assert {str(it.state) for it in listing(outbox)} == {*order, "proposed"}
            told = tells(outbox)
        content = path.read_bytes()
        with open_outbox(path, clock=lambda: NOON) as outbox:
            gone = goes_out(outbox)
        assert gone
        yield Written(path, content, told, gone)


def change(written: Written, offset: int, new: int) -> str:
    """Change a byte, and use the file: `as it was`, or the code of the error."""
    content = bytearray(written.content)
    content[offset] = new
    for it in written.path.parent.iterdir():
        it.unlink()
    written.path.touch(mode=0o600)
    written.path.write_bytes(content)
    try:
        with open_outbox(written.path, clock=lambda: NOON) as outbox:
            assert tells(outbox) == written.tells, f"byte {offset} is {new}"
            assert goes_out(outbox) == written.goes_out, f"byte {offset} is {new}"
    except NoOutbox as error:
        refused = error
    else:
        return "as it was"
    assert refused.code in {"outbox-damaged", "no-outbox"}
    assert refused.remedy
    assert not re.search("Naam-|tenancy-", told_by(refused))
    return refused.code


def changes(written: Written, number: int, within: list[int]) -> Counter[str]:
    """Change so many bytes, one at a time."""
    chance = random.Random(SEED)
    found: Counter[str] = Counter()
    for _ in range(number):
        offset = chance.choice(within)
        old = written.content[offset]
        new = chance.choice((old ^ 1 << chance.randrange(8), old ^ chance.randrange(1, 256)))
        found[change(written, offset, new)] += 1
    print(f"\nseed {SEED}, {number} changes: {dict(found)}")  # noqa: T201
    return found


def in_contacts(content: bytes) -> list[int]:
    """Where the contact details are."""
    found: list[int] = []
    start = 0
    while (at := content.find(b'{"addition":', start)) >= 0:
        start = content.index(b"}", at) + 1
        found += range(at, start)
    return found


@pytest.mark.parametrize(
    ("contacts", "anywhere"), [(60, 120), pytest.param(1_000, 1_000, marks=pytest.mark.slow)]
)
def test_no_change_of_a_byte_changes_what_goes_out(
    written: Written, contacts: int, anywhere: int
) -> None:
    """Not in contact details, where it would go out; nor anywhere else, where it might never be seen."""
    stored = in_contacts(written.content)
    assert len(stored) > 1_000
    found = changes(written, contacts, stored)
    # What a page of the file no longer uses still holds what was stored there.
    assert found["outbox-damaged"] > contacts // 3
    found = changes(written, anywhere, list(range(len(written.content))))
    assert found["outbox-damaged"]


@pytest.mark.slow
def test_each_byte_of_the_first_page_may_change(written: Written) -> None:
    """What SQLite reads first: the header, the version and mark of an outbox, the tables."""
    found = Counter(change(written, offset, written.content[offset] ^ 1) for offset in range(4096))
    found += Counter(change(written, offset, 255) for offset in range(100))
    assert found["outbox-damaged"]
    assert found["no-outbox"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "accepted"),
        ("arrears_cents", 1),
        ("day", "2026-10-19"),
        ("contact", '{"name":"PLQCE"}'),
        ("receiver", "elsewhere"),
        ("confirmed_at", "2026-10-20T12:00:00.000001+00:00"),
        ("tenancy", "tenancy-99"),
        ("receipt", "thanks"),
        ("contact", b"\xff"),
        ("digest", ""),
    ],
)
def test_a_row_that_was_rewritten_while_it_is_open_is_not_sent(
    tmp_path: Path, column: str, value: object
) -> None:
    """By whoever goes past the triggers: the row is checked whenever it is read."""
    with create_outbox(tmp_path / "o") as outbox:
        confirmed(outbox, "tenancy-1")
        with closing(sqlite3.connect(tmp_path / "o")) as past:
            without_triggers(past)
            past.execute(f"UPDATE referrals SET {column} = ?", (value,))  # noqa: S608 - from above
            past.commit()
        with pytest.raises(OutboxDamaged, match=r"outbox-damaged at o: .*restore the last backup"):
            listing(outbox)
        told = Told()
        with suppress(OutboxDamaged):  # which does not look at what is not confirmed for this receiver
            send(outbox, told, RECEIVER)
        assert not told.got
    with pytest.raises(OutboxDamaged):
        open_outbox(tmp_path / "o")


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER referrals_stay",
        "DROP INDEX one_at_a_time",
        "INSERT INTO transitions VALUES ('proposed', 'sending')",
        "DELETE FROM transitions WHERE before = 'doubtful'",
        "CREATE TABLE more (it)",
        "DELETE FROM whole",
        "DELETE FROM summary",
        "past triggers; DELETE FROM entries",
        "past triggers; DELETE FROM entries WHERE number = 2",
        "past triggers; UPDATE entries SET public = replace(public, 'de Vries', 'nobody')",
        "past triggers; UPDATE policies SET document = replace(document, '12', '13')",
        "past triggers; DELETE FROM policies",
        "past triggers; DELETE FROM referrals",
        (
            "past triggers; DELETE FROM referrals; DELETE FROM entries; DELETE FROM secrets;"
            " DELETE FROM cases"
        ),
        "DELETE FROM secrets",
    ],
)
def test_tables_that_were_changed_are_damage(tmp_path: Path, statement: str) -> None:
    """Lost rows, and rules of the file that are gone, are seen when it is opened."""
    with create_outbox(tmp_path / "o") as outbox:
        confirmed(outbox, "tenancy-1", "tenancy-2")
    with closing(sqlite3.connect(tmp_path / "o")) as past:
        if statement.startswith("past triggers"):
            definitions = without_triggers(past)
            past.executescript(statement.partition(";")[2])
            for sql in definitions:
                past.execute(sql)
        else:
            past.executescript(statement)
        past.commit()
    with pytest.raises(OutboxDamaged):
        open_outbox(tmp_path / "o")


def test_damage_is_no_outbox() -> None:
    """Who handles a missing outbox handles a damaged one, too."""
    assert issubclass(OutboxDamaged, NoOutbox)


REFERRAL = (
    "UPDATE referrals SET (state, since, contact, step, digest) ="
    " (:state, :since, :contact, :step, :digest) WHERE number = 1"
)
HISTORY = (
    'DELETE FROM entries WHERE number = 3 AND "case" = 1;'
    'UPDATE cases SET entries = 2, head = (SELECT link FROM entries WHERE number = 2 AND "case" = 1)'
    " WHERE number = 1"
)
HALF = {
    "the referral as it was": REFERRAL,
    "the history as it was": HISTORY,
    "one of two as it was": f"{REFERRAL};{HISTORY}",
    "the sum as it was": "UPDATE whole SET digests = :sum",
}


@pytest.mark.parametrize("half", HALF)
def test_half_a_change_is_damage(tmp_path: Path, half: str) -> None:
    """A damaged journal may take back a part of a change: each row is then right on its own."""
    path = tmp_path / "o"
    with create_outbox(path, clock=lambda: NOON) as outbox:
        keys = confirmed(outbox, "tenancy-1", "tenancy-2")
        [[kept]] = query(outbox, "SELECT digests FROM whole")
        before = {**outbox.row(keys[0]), "sum": kept}
        withdraw(outbox, keys, by=WHO)
    with closing(sqlite3.connect(path)) as past:
        triggers = without_triggers(past)
        for statement in HALF[half].split(";"):
            past.execute(statement, before if ":" in statement else ())
        for trigger in triggers:
            past.execute(trigger)
        past.commit()
        assert past.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with pytest.raises(OutboxDamaged):
        open_outbox(path)
