"""The configuration of external systems: one TOML file for all plugins, secrets in the environment.

::

    [plugins]
    allow = ["erp"]                 # besides the built-in ones; by default all that are installed

    [ledgers.huurboek]              # a name that you choose
    use = "vera"                    # the plugin's name for it; by default the same name
    url = "https://vera.example.nl"
    client_secret = { env = "VERA_SECRET" }   # a secret is never in the file

    [portfolio]
    carry = ["neighbourhood"]                 # columns of your own in the table tenancies

    [outbox]
    file = { path = "outbox.sqlite" }         # relative to the folder of this file
    # or, for many users: url = { env = "OUTBOX_URL" }, of a PostgreSQL

    [cases]
    store = { path = "cases.sqlite" }         # or the URL of a database, such as { env = "CASES_URL" }
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from huurschuld.errors import InvalidValue, MissingField
from huurschuld.model.strict_objects import StrictObject
from huurschuld.model.toml_text import read_toml
from huurschuld.plugins.host import ALL, CALL_SECONDS, LOAD_SECONDS, Kind
from huurschuld.portfolio.carrying import check_carry

_SECTIONS: Final = {kind.section: kind for kind in Kind}
_SECRET: Final = re.compile(
    r"(passw(or)?d|pwd|passphrase|wachtwoord|secret|secretkey|accesskey|apikey|token|bearer"
    r"|authorization)(s|en)?$"
)
"""The endings of option names that hold a secret, in lower case and without separators."""
_JOINS: Final = re.compile(r"[-_.\s]")
_GIVEN: Final = re.compile(r"(?<![\w-])([\w-]++)\s*+=(?=\s*+[^\s&;])")
"""A name and its value within an address or a connection string."""
_LOGIN: Final = re.compile(r"://[^/:@]*+:.")
"""The beginning of an address with a password, of any characters, and an @ after it."""
_SHOWN: Final = re.compile(r"\A\s*+bearer\s++\S|-----BEGIN [A-Z ]*PRIVATE KEY", re.IGNORECASE)
"""A value that is a secret, under any option name."""
_NAME: Final = re.compile(r"[A-Z_][A-Z0-9_]*")
"""An environment variable name that may be shown; a secret put there by mistake would not match."""


def _is_secret(name: str) -> bool:
    return _SECRET.search(_JOINS.sub("", name.lower())) is not None


def _has_login(word: str) -> bool:
    found = _LOGIN.search(word)
    return found is not None and "@" in word[found.end() :]


@frozen
class Configured:
    """One thing that is configured.

    Attributes:
        use: the name under which a plugin provides it.
        options: the options to open it with, including secrets.
        gives: for an enricher, the tables that it gives, if stated.
        section: where it is configured, such as `[ledgers.huurboek]`, for errors; empty if it is not.
    """

    use: str
    options: Mapping[str, Any] = field(repr=False)
    gives: tuple[str, ...] | None = None
    section: str = field(default="", eq=False)


@frozen
class Configuration:
    """What is configured.

    Attributes:
        allow: the plugins to load besides the built-in ones.
        call_seconds: the deadline for each call of a plugin in a process of its own.
        load_seconds: that for loading a plugin.
        things: everything that is configured, by kind and name.
        carry: the columns of one's own in `tenancies` that are carried along.
        outbox: the file of the referrals, or the URL of their database, if there is one.
        case_store: where cases are kept, if anywhere: an SQLite file, or the URL of another database.
        case_deadlines: the deadlines that the organisation sets for itself, if it sets any.
        case_retention: how long the organisation keeps what is about a person, if it has settled that.
    """

    allow: tuple[str, ...] = (ALL,)
    call_seconds: float = CALL_SECONDS
    load_seconds: float = LOAD_SECONDS
    things: Mapping[tuple[Kind, str], Configured] = field(factory=dict)
    carry: tuple[str, ...] = ()
    outbox: Path | str | None = field(default=None, repr=False)
    case_store: Path | str | None = field(default=None, repr=False)
    case_deadlines: StrictObject | None = field(default=None, repr=False, eq=False)
    case_retention: StrictObject | None = field(default=None, repr=False, eq=False)

    def names(self, kind: Kind) -> list[str]:
        """The names configured for a kind, in the order of the file."""
        return [name for its_kind, name in self.things if its_kind is kind]

    def of(self, kind: Kind, name: str) -> Configured:
        """What is configured under a name; by default a plugin's own name for it, without options."""
        return self.things.get((kind, name), Configured(name, {}))


def read_configuration(path: Path, environment: Mapping[str, str]) -> Configuration:
    """Read a configuration.

    Args:
        path: the TOML file.
        environment: where secrets are taken from.

    Raises:
        InputError: at the file and the keys of the error, such as `huurschuld.toml: outbox.file`.
        OSError: it cannot be read.
    """
    return _Reader(path, environment).configuration(read_toml(path))


def database_of(given: str, folder: Path) -> Path | str:
    """Tell an SQLite file, by its path or as `sqlite:///PATH`, from the URL of another database.

    Args:
        given: the path or the URL.
        folder: what a path is relative to.
    """
    scheme, separator, rest = given.partition("://")
    if not separator:
        return folder / given
    return folder / rest[1:] if scheme == "sqlite" and len(rest) > 1 and rest[0] == "/" else given


def _holds_secret(text: str) -> bool:
    if _SHOWN.search(text) or any(map(_has_login, text.split())):
        return True
    return any(_is_secret(found[1]) for found in _GIVEN.finditer(text))


class _Reader:
    """Reads one file."""

    def __init__(self, path: Path, environment: Mapping[str, str]) -> None:
        self._path = path
        self._environment = environment

    def configuration(self, document: object) -> Configuration:
        root = StrictObject(
            document,
            self._path.name,
            ("plugins", "portfolio", "outbox", "cases", *_SECTIONS),
            self._below,
        )
        portfolio = root.inner("portfolio", ("carry",))
        plugins = root.inner("plugins", ("allow", "deadline_seconds", "load_deadline_seconds"))
        outbox = root.inner("outbox", ("file", "url"))
        cases = root.inner("cases", ("store", "deadlines", "retention"))
        return Configuration(
            self._texts(plugins, "allow", (ALL,)),
            self._seconds(plugins, "deadline_seconds", CALL_SECONDS),
            self._seconds(plugins, "load_deadline_seconds", LOAD_SECONDS),
            {
                (kind, name): self._thing(kind, name, section.inner(name))
                for section, kind in ((root.inner(name), kind) for name, kind in _SECTIONS.items())
                for name in section.fields
            },
            check_carry(self._texts(portfolio, "carry"), portfolio.place("carry")),
            self._outbox(outbox),
            self._store(cases),
            cases.inner("deadlines") if "deadlines" in cases.fields else None,
            cases.inner("retention") if "retention" in cases.fields else None,
        )

    def _below(self, at: str, name: str | int) -> str:
        """The place of a key: the file and the keys that lead to it, as in `file.toml: outbox.file`."""
        return f"{at}: {name}" if at == self._path.name else f"{at}.{name}"

    def _thing(self, kind: Kind, name: str, given: StrictObject) -> Configured:
        options = dict(given.fields)
        use = options.pop("use", name)
        if type(use) is not str or not use:
            raise InvalidValue(given.place("use"), "a name is expected")
        gives = None
        if kind is Kind.ENRICHER and options.pop("gives", None) is not None:
            gives = self._texts(given, "gives")
        resolved = {key: self._value(it, key, given.place(key)) for key, it in options.items()}
        return Configured(use, resolved, gives, f"[{kind.section}.{name}]")

    def _value(self, given: Any, key: str, at: str) -> Any:  # noqa: ANN401 - any value of TOML
        """Resolve a value; `{ env = "NAME" }` and `{ path = "FILE" }` stand for something else."""
        if isinstance(given, list):
            return [self._value(it, key, at) for it in given]
        is_table = isinstance(given, dict)
        if is_table and given.keys() == {"env"} and isinstance(given["env"], str):
            return self._from_environment(given["env"], at)
        if _is_secret(key) or (isinstance(given, str) and _holds_secret(given)):
            raise InvalidValue(
                at,
                "a secret must not be in the file",
                f'write {key} = {{ env = "NAME" }}, and set NAME in the environment',
            )
        if not is_table:
            return given
        if given.keys() == {"path"} and isinstance(given["path"], str):
            return str(self._path.parent / given["path"])
        return {name: self._value(it, name, self._below(at, name)) for name, it in given.items()}

    def _from_environment(self, name: str, at: str) -> str:
        found = self._environment.get(name, "")
        if not found:
            shown = name if _NAME.fullmatch(name) else "what env names"
            raise MissingField(at, f"{shown} is not set in the environment", "set it")
        return found

    def _outbox(self, outbox: StrictObject) -> Path | str | None:
        file, url = (self._value(outbox.fields.get(it), it, outbox.place(it)) for it in ("file", "url"))
        if file is not None and url is not None:
            raise InvalidValue(outbox.place("url"), "a file is given as well", "leave one of them out")
        if url is not None:
            if type(url) is not str or "://" not in url:
                raise InvalidValue(outbox.place("url"), "the URL of a database is expected")
            return url
        if file is None:
            return None
        if type(file) is not str or not file:
            raise InvalidValue(outbox.place("file"), "the name of a file is expected")
        return Path(file)

    def _store(self, cases: StrictObject) -> Path | str | None:
        given = self._value(cases.fields.get("store"), "store", cases.place("store"))
        if given is None:
            return None
        if type(given) is not str or not given:
            raise InvalidValue(cases.place("store"), "a file, or the URL of a database, is expected")
        # What `path` names is beside this file already.
        is_plain = isinstance(cases.fields.get("store"), str)
        return database_of(given, self._path.parent if is_plain else Path())

    def _seconds(self, plugins: StrictObject, name: str, default: float) -> float:
        given: Any = plugins.fields.get(name, default)
        if type(given) not in (int, float) or not 0 < given <= 86_400:
            raise InvalidValue(
                plugins.place(name), "seconds are expected, more than 0 and at most a day"
            )
        return float(given)

    def _texts(self, it: StrictObject, name: str, default: Iterable[str] = ()) -> tuple[str, ...]:
        given = it.fields.get(name, list(default))
        if not isinstance(given, list) or not all(type(text) is str and text for text in given):
            raise InvalidValue(it.place(name), "a list of names is expected")
        return tuple(given)
