"""Checking all there is: each link, each digest, and that nothing is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Connection, select
from sqlalchemy.engine import Row, RowMapping

from huurschuld.errors import HuurschuldError
from huurschuld.model.json_text import parse_json
from huurschuld.storage.chains import (
    chain_faults,
    entry_of,
    is_as_begun,
    is_readable,
    secret_fault,
)
from huurschuld.storage.connecting import NotAsWritten
from huurschuld.storage.digests import is_as_digested, is_digest, sha256, sum_of
from huurschuld.storage.entries import FIRST_LINK, Entry, EntryKind, are_texts, personal_of
from huurschuld.storage.migrating import check_layout
from huurschuld.storage.sealing import Unsealable
from huurschuld.storage.tables import CASES, ENTRIES, POLICIES, REFERRALS, SECRETS, SUMMARY, WHOLE

_PIECE: Final = 500
"""How many cases are read at a time."""


@frozen
class LogFault:
    """Something in the log that is not as it was written.

    Attributes:
        case: the number of the case, counted from 1 as they began; None for the store as a whole.
        entry: the number of the entry in the case; None for the case itself.
        problem: what is wrong.
    """

    case: int | None
    entry: int | None
    problem: str

    def __str__(self) -> str:
        where = "the store" if self.case is None else f"case {self.case}"
        return f"{where}{'' if self.entry is None else f', entry {self.entry}'}: {self.problem}"


@frozen
class Head:
    """The end of the chain of a case: how many entries it had, and the link of the last one."""

    case: int
    entries: int
    link: str

    def __str__(self) -> str:
        return f"{self.case} {self.entries} {self.link}"


def faults(
    connection: Connection, kept: dict[int, Head] | None = None, *, of_cases: bool = True
) -> Iterator[LogFault]:
    """Yield what is not as it was written.

    Args:
        connection: in a transaction.
        kept: heads of an earlier day, by the number of the case.
        of_cases: whether the entries of cases that no referral began are checked as well.
    """
    kept = kept or {}
    if connection.dialect.name == "sqlite" and not _is_whole(connection):
        yield LogFault(None, None, "the file is not as it was written")
    try:
        check_layout(connection)
    except NotAsWritten as error:
        yield LogFault(None, None, str(error))
    summary = connection.execute(select(SUMMARY)).all()
    if len(summary) != 1:
        yield LogFault(None, None, "its summary is lost")
        return
    policies = _policies(connection)
    yield from _faults_beside(connection, policies)
    rows = connection.execute(select(CASES).order_by(CASES.c.number)).all()
    before, last = FIRST_LINK, 0
    for found in _in_pieces(connection, rows, of_cases=of_cases):
        row = found.row
        if not is_readable(row):
            yield LogFault(last + 1, None, "it is not as it was written")
            before, last = row.link, last + 1
            kept.pop(last, None)
            continue
        if row.number != last + 1:
            yield LogFault(last + 1, None, "lost")
        elif row.previous != before:
            yield LogFault(row.number, None, "it does not follow the case before it")
        if not is_as_begun(row):
            yield LogFault(row.number, None, "it is not as it was written")
        if of_cases or found.referral is not None or found.entries:
            yield from _faults_of_case(found, kept.pop(row.number, None), policies)
        before, last = row.link, row.number
    if summary[0].cases != last:
        yield LogFault(
            last + 1, None, f"cases that were begun: {summary[0].cases}; that are there: {last}"
        )
    elif summary[0].head != before:
        yield LogFault(last, None, "it is not the last one that was begun")
    for case in sorted(kept):
        yield LogFault(case, None, "it was there when the heads were kept")
    yield from _strays(connection)


@frozen
class _Found:
    """All there is of a case."""

    row: Row[Any]
    entries: tuple[Entry, ...]
    secret: bytes | None
    referral: RowMapping | None


def _in_pieces(connection: Connection, rows: Sequence[Row[Any]], *, of_cases: bool) -> Iterator[_Found]:
    """Read the cases, so many at a time that neither they nor the questions are too many."""
    for first in range(0, len(rows), _PIECE):
        piece = rows[first : first + _PIECE]
        numbers = [row.number for row in piece if type(row.number) is int]
        referrals = {
            it["number"]: it
            for it in connection.execute(
                select(REFERRALS).where(REFERRALS.c.number.in_(numbers))
            ).mappings()
        }
        wanted = numbers if of_cases else list(referrals)
        if not of_cases:  # a proposal whose referral is lost is looked for as well
            steps = select(ENTRIES.c.case).where(
                ENTRIES.c.case.in_(numbers), ENTRIES.c.number == 1, ENTRIES.c.kind == EntryKind.REFERRAL
            )
            wanted = sorted({*wanted, *connection.scalars(steps)})
        entries: dict[int, list[Entry]] = {}
        which = ENTRIES.c.case.in_(wanted)
        order = (ENTRIES.c.case, ENTRIES.c.number)
        for it in connection.execute(select(ENTRIES).where(which).order_by(*order)):
            entries.setdefault(it.case, []).append(entry_of(it))
        secrets = {
            it.case: it.key
            for it in connection.execute(select(SECRETS).where(SECRETS.c.case.in_(wanted)))
        }
        for row in piece:
            yield _Found(
                row,
                tuple(entries.get(row.number, ())),
                secrets.get(row.number),
                referrals.get(row.number),
            )


def _faults_of_case(
    found: _Found, head: Head | None, policies: Mapping[str, str | None]
) -> Iterator[LogFault]:
    row, entries = found.row, found.entries
    for number, problem in chain_faults(row, entries):
        yield LogFault(row.number, number, problem)
    links = [row.link, *(entry.link for entry in entries)]
    if head is not None and links[head.entries : head.entries + 1] != [head.link]:
        yield LogFault(row.number, head.entries, "it is another one than when the heads were kept")
    if (fault := secret_fault(row, entries, found.secret)) is not None:
        yield LogFault(row.number, None, fault)
    if found.secret is not None:
        yield from _sealed_faults(row, entries, found.secret)
    yield from _faults_of_referral(found, policies)


def _faults_of_referral(found: _Found, policies: Mapping[str, str | None]) -> Iterator[LogFault]:
    row, referral = found.row, found.referral
    steps = [it for it in found.entries if it.kind in {EntryKind.REFERRAL, EntryKind.FORGOTTEN}]
    if referral is None:
        if any(it.kind == EntryKind.REFERRAL for it in steps):
            yield LogFault(row.number, None, "its referral is lost")
        return
    is_its_own = referral["key"] == row.key and is_as_digested(referral)
    if not is_its_own or not steps or referral["step"] != steps[-1].link:
        yield LogFault(row.number, None, "its referral is not as it was written")
    for entry in steps:
        hash_ = policy_of(entry)
        if hash_ is not None and policies.get(hash_, "") is not None:
            yield LogFault(row.number, entry.number, "the rules that it was decided by are lost")


def policy_of(entry: Entry) -> str | None:
    """Return the hash of the rules that a proposal was decided by; None if the entry is none."""
    try:
        receipt = parse_json(entry.public)["receipt"] if '"receipt":{' in entry.public else None  # type: ignore[index] # of an object
        return None if receipt is None else str(receipt["policy"])
    except (HuurschuldError, KeyError, TypeError):  # it is not as it was written, which its link tells
        return None


def _is_whole(connection: Connection) -> bool:
    """Whether an SQLite file agrees with itself: a torn index would hide a case that is there."""
    return bool(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok")


def _faults_beside(connection: Connection, policies: Mapping[str, str | None]) -> Iterator[LogFault]:
    for hash_, fault in policies.items():
        if fault is not None:
            yield LogFault(None, None, f"the rules with the hash {hash_!s:.12} {fault}")
    if not _belongs_together(connection):
        yield LogFault(None, None, "its referrals do not belong together: half of a change is there")


def _belongs_together(connection: Connection) -> bool:
    """Whether the digests of all referrals add up to what was written."""
    digests = connection.scalars(select(REFERRALS.c.digest)).all()
    kept = connection.scalars(select(WHOLE.c.digests)).all()
    return all(map(is_digest, digests)) and list(kept) == [sum_of(digests)]


def _policies(connection: Connection) -> dict[str, str | None]:
    """Read the hashes of the rules that are there, each with what is wrong with it, if anything is."""
    found = connection.execute(select(POLICIES)).all()
    return {
        it.hash: None
        if are_texts(it.hash, it.document) and sha256(it.document) == it.hash
        else "are not as they were written"
        for it in found
    }


def _sealed_faults(row: Row[Any], entries: Iterable[Entry], secret: bytes) -> Iterator[LogFault]:
    for entry in entries:
        try:
            # Anything else than a text and bytes is damage, and is reported with the chain.
            if are_texts(entry.id) and isinstance(entry.sealed, bytes):
                personal_of(row.key, entry, secret)
        except Unsealable:
            yield LogFault(row.number, entry.number, "its key does not open it")


def _strays(connection: Connection) -> Iterator[LogFault]:
    """Yield what belongs to cases that are not there."""
    known = select(CASES.c.number)
    for table, column in ((ENTRIES, "case"), (SECRETS, "case"), (REFERRALS, "number")):
        case = table.c[column]
        for number in connection.scalars(
            select(case).where(case.not_in(known)).distinct().order_by(case)
        ):
            yield LogFault(number, None, "lost")
