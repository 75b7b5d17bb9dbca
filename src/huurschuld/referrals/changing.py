"""The one way in which a referral changes its state: guarded, in a transaction, with its history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from huurschuld.errors import InvalidValue, UnknownReference
from huurschuld.model.values import Kind, Line, refuse
from huurschuld.referrals.errors import WrongState
from huurschuld.referrals.states import Happening, State
from huurschuld.referrals.store import Outbox

_LINE = Line()


def check(value: object, place: str, kind: Kind = _LINE) -> None:
    """See that an argument is of a kind, a line of text by default; blanks alone name nobody.

    Raises:
        InvalidValue: at the place.
    """
    if not kind.accepts(value) or (isinstance(value, str) and not value.strip()):
        raise refuse(place, kind)


def move(
    change: sqlite3.Connection,
    key: str,
    before: Sequence[State],
    after: State,
    now: str,
    **columns: object,
) -> None:
    """Bring a referral from one of some states to another, or anew to the same one.

    Args:
        change: the transaction.
        key: the referral.
        before: the states that it may be in.
        after: the state that it gets.
        now: since when.
        columns: what else changes with it.

    Raises:
        WrongState: it is in none of these states.
    """
    (row,) = change.execute("SELECT state FROM referral WHERE key = ?", (key,)).fetchall()
    if row["state"] not in before:
        raise wrong_state(key, row["state"], before)
    values = {"state": str(after), "since": now, **columns}
    assigned = ", ".join(f"{name} = :{name}" for name in values)
    sql = f"UPDATE referral SET {assigned} WHERE key = :key"  # noqa: S608 - names of our own columns
    change.execute(sql, {**values, "key": key})


def wrong_state(key: str, state: str, expected: Iterable[State]) -> WrongState:
    """The error for a referral in another state than is needed."""
    return WrongState(
        key, f"this referral is {state}, not {' or '.join(expected)}", "list the outbox, and look again"
    )


def note(
    change: sqlite3.Connection,
    key: str,
    now: str,
    what: Happening,
    *,
    person: str | None = None,
    outcome: str | None = None,
    reason: str | None = None,
) -> None:
    """Add to the history of a referral."""
    change.execute(
        "INSERT INTO event (key, at, what, person, outcome, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (key, now, str(what), person, outcome, reason),
    )


def chosen(
    outbox: Outbox, keys: Iterable[str] | None, batch: str | None, states: Sequence[State]
) -> list[sqlite3.Row]:
    """The referrals that a person names one by one, or those of a batch that are in some states.

    Raises:
        InvalidValue: neither keys nor a batch are given, or both, or a text for keys.
        UnknownReference: there is no such referral, or batch.
        WrongState: one that is named by its key is in another state.
    """
    if (keys is None) == (batch is None) or isinstance(keys, str):
        raise InvalidValue("/keys", "either a list of keys or the name of a batch is expected")
    if keys is None:
        rows = outbox.rows("SELECT * FROM referral WHERE batch = ? ORDER BY number", (batch,))
        if not rows:
            raise UnknownReference("/batch", "there is no batch of this name", "list the outbox")
        return [row for row in rows if row["state"] in states]
    found = []
    for index, key in enumerate(dict.fromkeys(keys)):
        rows = outbox.rows("SELECT * FROM referral WHERE key = ?", (key,))
        if not rows:
            raise UnknownReference(
                f"/keys/{index}", "there is no referral of this key", "list the outbox"
            )
        if rows[0]["state"] not in states:
            raise wrong_state(key, rows[0]["state"], states)
        found += rows
    return found
