"""The tables of a case store, for SQLAlchemy; `migrations` makes them, and brings older ones up.

| table | a row is |
|---|---|
| `cases` | a case: its key, how many entries it has, the links of it and of the last one |
| `entries` | an event, an access, or that a person was forgotten; its link in the chain of its case |
| `secrets` | the key of a person's data; none if the person was forgotten; a case has its fingerprint |
| `summary` | the only row: how many cases there are, and the link of the last one |
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
