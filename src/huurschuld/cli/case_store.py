"""The store of cases that a command works with, who works with it, and which case is meant."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from huurschuld.cases import CaseStore, Role, open_case_store
from huurschuld.cases.case import DUTCH_TIME
from huurschuld.errors import InvalidValue
from huurschuld.plugins.configuration import database_of, read_configuration
from huurschuld.portfolio.extras import import_extra

SHOWN: Final = 12
"""The fewest characters of a key that are shown; more where cases are not told apart by these."""
_SHORTEST: Final = 4
"""The fewest characters of a key that identify a case; fewer are probably a typo."""

CaseStoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="FILE|URL",
        envvar="HUURSCHULD_CASES",
        help="The store of cases: an SQLite file, or the URL of PostgreSQL. Also in the configuration.",
    ),
]
CaseConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE.toml",
        envvar="HUURSCHULD_CONFIG",
        help="The configuration, in which [cases] names the store.",
    ),
]
CaseArgument = Annotated[
    str, typer.Argument(metavar="CASE", help="A case, by the first characters of its key.")
]
RoleOption = Annotated[
    Role, typer.Option("--by", envvar="HUURSCHULD_ROLE", help="The role in which you work.")
]
PersonOption = Annotated[
    str, typer.Option("--person", metavar="NAME", envvar="HUURSCHULD_PERSON", help="Your name.")
]


def store_url(store: str | None, config: Path | None) -> Any:  # noqa: ANN401 - a text, or a URL of SQLAlchemy
    """Return the URL of the store that is named by the option or in the configuration."""
    found = database_of(store, Path()) if store else None
    if found is None and config is not None:
        found = read_configuration(config, os.environ).case_store
    if found is None:
        raise InvalidValue(
            "--store", "name the store of cases", "here, or as store in [cases] of --config"
        )
    if isinstance(found, str):
        return found
    sqlalchemy = import_extra("sqlalchemy", "cases", "--store", "a store of cases needs SQLAlchemy")
    return sqlalchemy.URL.create("sqlite", database=str(found))


@contextmanager
def opened(store: str | None, config: Path | None) -> Iterator[CaseStore]:
    """Open the store that is named by the option or in the configuration."""
    with open_case_store(store_url(store, config)) as it:
        yield it


def whole_key(store: CaseStore, given: str) -> str:
    """Complete a key that is given by its first characters; for commands that look.

    Raises:
        InvalidValue: no case begins with it, or several do.
    """
    known = store.keys()
    if given in known:
        return given
    if len(given) < _SHORTEST:
        raise InvalidValue("CASE", f"at least {_SHORTEST} characters of a key are expected")
    fitting = [it for it in known if it.startswith(given)]
    if not fitting:
        raise InvalidValue("CASE", "no case begins with this", "see huurschuld case list --all")
    if len(fitting) > 1:
        raise InvalidValue("CASE", f"{len(fitting)} cases begin with this", "give more of the key")
    return fitting[0]


def shown_keys(keys: Collection[str]) -> Mapping[str, str]:
    """Return the beginning of each key that tells it from all others."""
    ordered = ["", *sorted(keys), ""]
    needed = dict.fromkeys(keys, SHOWN)
    for one, other in pairwise(ordered):
        same = 1 + next(
            (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
            min(len(one), len(other)),
        )
        for key in (one, other):
            needed[key] = max(needed.get(key, SHOWN), same)
    return {key: key[: needed[key]] for key in keys}


def today() -> dt.date:
    """Return the present day in the Netherlands."""
    return dt.datetime.now(DUTCH_TIME).date()
