"""The store of cases that a command works with, who works with it, and which case is meant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from attrs import frozen

from huurschuld import cases
from huurschuld.cases import DEADLINES, DeadlineRule, Role
from huurschuld.cases.own_deadlines import with_own_deadlines
from huurschuld.cases.retention import Retention, read_retention
from huurschuld.cases.rights import GIVE_WHOLE_KEYS, Right, allowed
from huurschuld.errors import InvalidValue
from huurschuld.plugins.configuration import Configuration, database_of, read_configuration
from huurschuld.portfolio.extras import import_extra

if TYPE_CHECKING:  # it needs the extra `cases`, and `--help` does not
    from huurschuld.cases import CaseStore

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


@frozen
class Desk:
    """What a command on cases works with.

    Attributes:
        store: the open store.
        rules: the deadlines, those that the organisation sets for itself among them.
        files: what the command reads, so that it is not written over.
        retention: how long what is about a person is kept, as far as the organisation has settled that.
    """

    store: CaseStore
    rules: tuple[DeadlineRule, ...]
    files: tuple[Path, ...]
    retention: Retention


def store_url(store: str | None, configuration: Path | None) -> Any:  # noqa: ANN401 - a text, or a URL of SQLAlchemy
    """Return the URL of the store that is named by the option or in the configuration."""
    return _url(store, _read(configuration))


@contextmanager
def opened(store: str | None, configuration: Path | None) -> Iterator[Desk]:
    """Open the store that is named by the option or in the configuration."""
    read = _read(configuration)
    url = _url(store, read)
    own = read.case_deadlines
    rules = DEADLINES if own is None else with_own_deadlines(own)
    terms = read.case_retention
    retention = Retention() if terms is None else read_retention(terms)
    file = None if isinstance(url, str) else Path(url.database)
    with cases.open_case_store(url) as it:
        files = tuple(one for one in (file, configuration) if one is not None)
        yield Desk(it, rules, files, retention)


def _read(configuration: Path | None) -> Configuration:
    return Configuration() if configuration is None else read_configuration(configuration, os.environ)


def _url(store: str | None, read: Configuration) -> Any:  # noqa: ANN401 - as above
    found = database_of(store, Path()) if store else read.case_store
    if found is None:
        raise InvalidValue(
            "--store", "name the store of cases", "here, or as store in [cases] of --config"
        )
    if isinstance(found, str):
        return found
    sqlalchemy = import_extra("sqlalchemy", "cases", "--store", "a store of cases needs SQLAlchemy")
    return sqlalchemy.URL.create("sqlite", database=str(found))


def whole_key(store: CaseStore, given: str, by: Role, right: Right) -> str:
    """Complete a key that is given by its first characters; for commands that look.

    Whoever may not do what the command does is refused before any key is looked for. A landlord or a
    resident gives the whole key: that of another case is not found by trying beginnings of keys.

    Raises:
        NotAllowed: this role may not do that.
        InvalidValue: no case begins with it, or several do.
    """
    if allowed(by, right) in GIVE_WHOLE_KEYS:
        return given  # of a case that is not there, or a part of a key, the store says the same
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
