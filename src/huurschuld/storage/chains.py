"""The chains: one of all cases, and one of the entries of each case, which begins with its referral.

Each function works within the transaction of its caller. A case is locked before it is read, or an entry
is written only if nobody else wrote one since: whoever else writes, entries are numbered without gaps.
Two cases never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import asdict, evolve, field, fields, frozen
from sqlalchemy import Connection, Insert, Select, bindparam, delete, insert, select, true, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Row

from huurschuld.errors import UnknownReference
from huurschuld.storage.connecting import NotAsWritten
from huurschuld.storage.entries import (
    FIRST_LINK,
    Entry,
    EntryKind,
    are_texts,
    case_link,
    fingerprint_of,
)
from huurschuld.storage.sealing import new_key
from huurschuld.storage.tables import CASES, ENTRIES, SECRETS, SUMMARY


@frozen
class StoredCase:
    """A case as it is stored.

    Attributes:
        number: its place among all cases, from 1.
        key: its key.
        link: its link in the chain of cases.
        entries: all that was recorded, in order.
        secret: the key of the person's data; None if the person was forgotten.
    """

    number: int
    key: str
    link: str
    entries: tuple[Entry, ...]
    secret: bytes | None = field(repr=False)

    @property
    def head(self) -> str:
        """The link that the next entry follows."""
        return self.entries[-1].link if self.entries else self.link

    def has(self, kind: EntryKind) -> bool:
        """Whether there is an entry of a kind."""
        return any(entry.kind == kind for entry in self.entries)

    def moment(self, now: str) -> str:
        """The time, or that of the last entry if the clock was put back."""
        return max(now, self.entries[-1].at) if self.entries else now


_FIELDS: Final = tuple(it.name for it in fields(Entry))
_WHOLE: Final = (
    select(CASES, SECRETS.c.key.label("secret"), *(ENTRIES.c[it].label(f"entry_{it}") for it in _FIELDS))
    .select_from(
        CASES.outerjoin(SECRETS, SECRETS.c.case == CASES.c.number).outerjoin(
            ENTRIES, ENTRIES.c.case == CASES.c.number
        )
    )
    .where(CASES.c.key == bindparam("key"))
    .order_by(ENTRIES.c.number)
)
"""A case, its key and its entries in one statement: each is a journey to a server and back."""
_LOCKED: Final = _WHOLE.with_for_update(of=CASES)
_NO_SUMMARY: Final = "its summary is not as it was written, or the last case is not"
_LAST: Final = (
    select(CASES.c.number.label("last_number"), CASES.c.link.label("last_link"))
    .order_by(CASES.c.number.desc())
    .limit(1)
)
_INSERT: Final = insert(ENTRIES).values({it.name: bindparam(f"its_{it.name}") for it in ENTRIES.c})
_GROW: Final = (
    update(CASES)
    .where(CASES.c.number == bindparam("its_case"))
    .values(entries=bindparam("its_number"), head=bindparam("its_link"))
)


class WrittenMeanwhile(Exception):
    """Somebody else wrote in a case that was not locked; nothing was written. Read it again."""


def _append_at_once() -> Insert:
    """Make the statement that does both, if the case is as it was read; SQLite knows none."""
    unchanged = _GROW.where(CASES.c.head == bindparam("its_previous"))
    grown = unchanged.returning(CASES.c.number).cte("grown")
    values = [bindparam(f"its_{it.name}", type_=it.type) for it in ENTRIES.c]
    chosen = select(*values).select_from(grown)
    return insert(ENTRIES).from_select([it.name for it in ENTRIES.c], chosen).returning(ENTRIES.c.number)


_APPEND: Final = _append_at_once()


def _begin_at_once() -> Select[Any]:
    """Make the statement that begins a case, and gives the last one before it as well.

    If there is a case of its key already nothing is written: the rest takes what it writes from `new`.
    """
    values = {it.name: bindparam(f"its_{it.name}", type_=it.type) for it in CASES.c}
    new = postgresql.insert(CASES).values(values).on_conflict_do_nothing().returning(*CASES.c).cte("new")
    secret = select(new.c.number, bindparam("its_secret", type_=SECRETS.c.key.type))
    sealed = insert(SECRETS).from_select(["case", "key"], secret).cte("sealed")
    counted = (
        update(SUMMARY).where(SUMMARY.c.one <= new.c.number).values(cases=new.c.number, head=new.c.link)
    )
    last = _LAST.subquery("last")
    return (
        select(new, last)
        .join_from(new, last, true(), isouter=True)
        .add_cte(sealed, counted.cte("counted"))
    )


_BEGIN: Final = _begin_at_once()


def find(connection: Connection, case: str) -> StoredCase:
    """Read a case, as `locked` does.

    Raises:
        UnknownReference: there is no such case; at `/case`.
        NotAsWritten: something of it is not as it was written.
    """
    found = locked(connection, case)
    if found is None:
        raise UnknownReference("/case", "there is no case with this key", "list the cases")
    return found


def locked(connection: Connection, case: str) -> StoredCase | None:
    """Read a case, and keep others from writing in it until the transaction ends.

    Raises:
        NotAsWritten: something of it is not as it was written.
    """
    rows = connection.execute(_LOCKED, {"key": case}).all()
    if rows and rows[0].entries != len(rows):
        # Who waited for the lock got the case as it is, with the entries as they were before: now they
        # are read as they are. If that changes nothing, one is lost.
        rows = connection.execute(_LOCKED, {"key": case}).all()
    return _checked(rows)


def read(connection: Connection, case: str) -> StoredCase | None:
    """Read a case as it is at one moment; others may write in it meanwhile.

    Raises:
        NotAsWritten: something of it is not as it was written.
    """
    return _checked(connection.execute(_WHOLE, {"key": case}).all())


def _checked(rows: Sequence[Row[Any]]) -> StoredCase | None:
    if not rows:
        return None
    row, secret = rows[0], rows[0].secret
    if not is_readable(row) or not is_as_begun(row):
        raise NotAsWritten(f"case {row.number} is not as it was begun")
    # The columns of an entry are the last ones.
    first = len(row) - len(_FIELDS)
    entries = tuple(Entry(*it[first:]) for it in rows if it[first] is not None)
    for number, problem in chain_faults(row, entries):
        raise NotAsWritten(f"case {row.number}, entry {number}: {problem}")
    if (fault := secret_fault(row, entries, secret)) is not None:
        raise NotAsWritten(f"case {row.number}: {fault}")
    return StoredCase(row.number, row.key, row.link, entries, secret)


def is_readable(row: Row[Any]) -> bool:
    """Whether each value of a case is of its type: damage may make another one of it."""
    texts = (row.key, row.begun, row.fingerprint, row.previous, row.link, row.head)
    return are_texts(*texts) and type(row.number) is type(row.entries) is int


def is_as_begun(row: Row[Any]) -> bool:
    """Whether a case is as it was begun: what has changed since are its entries."""
    return case_link(row.number, row.key, row.begun, row.fingerprint, row.previous) == str(row.link)


def secret_fault(row: Row[Any], entries: Iterable[Entry], secret: bytes | None) -> str | None:
    """Return what is wrong with the key of a case; None if it is as it was written, or rightly gone."""
    is_forgotten = any(entry.kind == EntryKind.FORGOTTEN for entry in entries)
    if secret is None:
        return None if is_forgotten else "its key is lost"
    if is_forgotten:
        return "its key is there, though the person was forgotten"
    is_as_written = type(secret) is bytes and fingerprint_of(secret) == row.fingerprint
    return None if is_as_written else "its key is not as it was written"


def begin(connection: Connection, case: str, now: str) -> StoredCase:
    """Begin the chain of a key, in the chain of all of them; of one that is there it is that one."""
    # From here on nobody else begins one, until the transaction ends: what follows is short.
    summary = connection.execute(select(SUMMARY).with_for_update()).one_or_none()
    if summary is None or not are_texts(summary.head) or type(summary.cases) is not int:
        raise NotAsWritten(_NO_SUMMARY)
    number, secret = summary.cases + 1, new_key()
    fingerprint = fingerprint_of(secret)
    link = case_link(number, case, now, fingerprint, summary.head)
    values = {
        "number": number,
        "key": case,
        "begun": now,
        "fingerprint": fingerprint,
        "previous": summary.head,
        "link": link,
        "entries": 0,
        "head": link,
        "secret": secret,
    }
    if connection.dialect.name == "postgresql":
        row = connection.execute(_BEGIN, _bound(values)).one_or_none()
        raced = locked(connection, case) if row is None else None
        if raced is not None:  # somebody else began it while this one waited
            return raced
        last = None if row is None else (row.last_number, row.last_link)
    else:
        last = tuple(connection.execute(_LAST).one_or_none() or (None, None))
        if last == _end_of(summary):
            connection.execute(insert(CASES), {it.name: values[it.name] for it in CASES.c})
            connection.execute(insert(SECRETS), {"case": number, "key": secret})
            connection.execute(update(SUMMARY).values(cases=number, head=link))
        row = connection.execute(select(CASES).where(CASES.c.number == number)).one_or_none()
    if row is None or last != _end_of(summary):
        raise NotAsWritten(_NO_SUMMARY)
    return StoredCase(row.number, row.key, row.link, (), secret)


def _end_of(summary: Row[Any]) -> tuple[int | None, str | None]:
    """The number and the link that the last case must have."""
    if (summary.cases, summary.head) == (0, FIRST_LINK):
        return (None, None)
    return (summary.cases, summary.head)


def chain_faults(row: Row[Any], entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the chain of a case: the number of the entry, and the problem."""
    before, last = row.link, 0
    for entry in entries:
        if entry.number != last + 1:
            missing = f"{last + 1} to {entry.number - 1}" if entry.number > last + 2 else f"{last + 1}"
            yield last + 1, f"lost: {missing}"
        elif entry.previous != before:
            yield entry.number, "it does not follow the entry before it"
        if not entry.is_as_written(row.key):
            yield entry.number, "it is not as it was written"
        before, last = entry.link, entry.number
    if row.entries != last:
        yield last + 1, f"entries that were written: {row.entries}; that are there: {last}"
    elif row.head != before:
        yield last, "it is not the last one that was written"


def append(
    connection: Connection,
    found: StoredCase,
    id_: str,
    kind: EntryKind,
    at: str,
    public: str,
    sealed: bytes | None,
) -> StoredCase:
    """Write an entry after the last one of a case; return the case with it.

    Raises:
        WrittenMeanwhile: the case was not locked, and has another entry there.
    """
    entry = Entry(
        number=len(found.entries) + 1,
        id=id_,
        kind=str(kind),
        at=at,
        public=public,
        sealed=sealed,
        previous=found.head,
        link="",
    )
    written = evolve(entry, link=entry.expected_link(found.key))
    values = {"case": found.number, **asdict(written)}
    if connection.dialect.name == "postgresql":
        if connection.execute(_APPEND, _bound(values)).one_or_none() is None:
            raise WrittenMeanwhile
    else:
        connection.execute(_INSERT, _bound(values))
        connection.execute(_GROW, _bound({it: values[it] for it in ("case", "number", "link")}))
    return evolve(found, entries=(*found.entries, written))


def _bound(values: Mapping[str, object]) -> dict[str, object]:
    return {f"its_{name}": value for name, value in values.items()}


def destroy_key(connection: Connection, found: StoredCase) -> None:
    """Destroy the key of the person that a case is about; an entry has to say so."""
    connection.execute(delete(SECRETS).where(SECRETS.c.case == found.number))


def entry_of(row: Row[Any]) -> Entry:
    """Read an entry from its row."""
    return Entry(*(getattr(row, name) for name in _FIELDS))
