"""The tables, for SQLAlchemy; `migrations` makes them, and brings older ones up.

| table | a row is |
|---|---|
| `cases` | a chain: the key of a referral and its case, how many entries it has, its links |
| `entries` | a step of a referral, an event, an access, or that a person was forgotten; its link |
| `secrets` | the key of a person's data; none if the person was forgotten; a case has its fingerprint |
| `summary` | the only row: how many chains there are, and the link of the last one |
| `referrals` | where a referral is: what the sender works on; with a digest of the row |
| `transitions` | which state of a referral may follow which: the database refuses any other |
| `policies` | the rules that decisions were made with, each once, under its hash |
| `whole` | the only row: the sum of the digests of referrals; of a file a digest of its tables |
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

_HASH: Final = String(64)
_BIG: Final = BigInteger().with_variant(Integer, "sqlite")

METADATA: Final = MetaData()

CASES: Final = Table(
    "cases",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", String(200), nullable=False, unique=True),
    Column("begun", String(32), nullable=False),
    Column("fingerprint", _HASH, nullable=False),
    Column("previous", _HASH, nullable=False),
    Column("link", _HASH, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("head", _HASH, nullable=False),
)

ENTRIES: Final = Table(
    "entries",
    METADATA,
    Column("case", Integer, ForeignKey("cases.number"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", String(32), nullable=False),
    Column("public", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("previous", _HASH, nullable=False),
    Column("link", _HASH, nullable=False),
    UniqueConstraint("case", "id"),
)

SECRETS: Final = Table(
    "secrets",
    METADATA,
    Column("case", Integer, ForeignKey("cases.number"), primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
)

SUMMARY: Final = Table(
    "summary",
    METADATA,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    Column("cases", _BIG, nullable=False),
    Column("head", _HASH, nullable=False),
)

REFERRALS: Final = Table(  # what it refuses stands in the migration that made it
    "referrals",
    METADATA,
    Column("number", Integer, ForeignKey("cases.number"), primary_key=True, autoincrement=False),
    Column("key", String(32), nullable=False, unique=True),
    Column("tenancy", Text),
    Column("day", String(10), nullable=False),
    Column("arrears_cents", _BIG, nullable=False),
    Column("policy", Text, nullable=False),
    Column("policy_hash", _HASH, nullable=False),
    Column("batch", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("since", String(32), nullable=False),
    Column("receiver", Text),
    Column("contact", Text),
    Column("confirmed_by", Text),
    Column("confirmed_at", String(32)),
    Column("unresolved", Integer, nullable=False),
    Column("receipt", Text),
    Column("step", _HASH, nullable=False),
    Column("digest", _HASH, nullable=False),
)

TRANSITIONS: Final = Table(
    "transitions",
    METADATA,
    Column("before", String(20), primary_key=True),
    Column("after", String(20), primary_key=True),
)

POLICIES: Final = Table(
    "policies",
    METADATA,
    Column("hash", _HASH, primary_key=True),
    Column("document", Text, nullable=False),
)

WHOLE: Final = Table(
    "whole",
    METADATA,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    Column("digests", _HASH, nullable=False),
    Column("layout", _HASH),
)
