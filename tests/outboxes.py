"""Outboxes in a PostgreSQL of the tests' own."""

from __future__ import annotations

from itertools import count
from typing import Final

from postgres import Cluster

from huurschuld.referrals import create_outbox

_NUMBERS: Final = count(1)
_TEMPLATES: dict[Cluster, str] = {}


def new_outbox(cluster: Cluster) -> str:
    """The URL of a new database with an empty outbox, copied from one that was made once."""
    if cluster not in _TEMPLATES:
        name = cluster.new_database()
        create_outbox(cluster.url(name)).close()
        _TEMPLATES[cluster] = name
    copy = f"outbox{next(_NUMBERS)}"
    with cluster.connect() as connection:
        connection.execute(f"CREATE DATABASE {copy} TEMPLATE {_TEMPLATES[cluster]}".encode())
    return cluster.url(copy)
