"""Which tables were found without fault, kept in a file: what stays the same is not checked again.

For each table the file has a keyed hash of what it held, of the tenancies that it was checked against,
and of the versions of what checked it. Without the key nobody can add to the file that a table is
right, nor test a guess about what a table holds. A hash that was true once stays true.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from huurschuld import __version__
from huurschuld.errors import InputError, InvalidValue
from huurschuld.model.files import write_text
from huurschuld.model.json_text import parse_json
from huurschuld.portfolio.extras import polars
from huurschuld.portfolio.files import ParquetFile
from huurschuld.portfolio.ledger_tables import LedgerTable, PlainCsv

FORMAT: Final = "huurschuld-checked-tables/1"

_BY_POLICY: Final = "facts"
"""What is stated there must fit the facts that a policy declares, so it is checked every time."""
_PIECE: Final = 2**20
_State = tuple[int, ...]


@frozen
class CheckedTables:
    """The file in which it is kept which tables were found without fault.

    Attributes:
        path: the file; it need not be there yet.
        key: a secret of the one who screens, such as that of the receipts.
    """

    path: Path
    key: bytes = field(repr=False)

    def look_at(self, tables: Mapping[str, LedgerTable]) -> TablesNow:
        """Compare tables with those that were found without fault; they are read once for that.

        Raises:
            InvalidValue: what is at the path is no such file.
            OSError: a file cannot be read.
        """
        kept = self._kept()
        files = [it.table for it in tables.values() if isinstance(it.table, ParquetFile | PlainCsv)]
        states = {it.path: _state(it.path) for it in files}  # before they are read
        digests = {name: it for name, table in tables.items() if (it := self._digest(table)) is not None}
        tenancies = digests.get("tenancies")
        tags = {}
        if tenancies is not None:
            tags = {
                name: hmac.digest(self._secret, tenancies + name.encode() + it, "sha256").hex()
                for name, it in digests.items()
                if name != _BY_POLICY
            }
        known = frozenset(
            name for name, it in tags.items() if hmac.compare_digest(it, kept.get(name, ""))
        )
        return TablesNow(self.path, known, states, tags, changed=tags != kept)

    def _kept(self) -> Mapping[str, str]:
        """What is kept, by table; nothing if there is no file yet."""
        if not self.path.exists():
            return {}
        try:
            found = parse_json(self.path.read_bytes())
        except InputError:
            found = None
        if isinstance(found, dict) and found.get("format") == FORMAT:
            kept = found.get("tables")
            if isinstance(kept, dict) and all(type(it) is str and it.isascii() for it in kept.values()):
                return kept
        raise InvalidValue(
            str(self.path),
            "this file does not tell which tables were checked",
            "name another file, or delete this one",
        )

    @property
    def _secret(self) -> bytes:
        """A key for this alone, so that no hash that is made with the same key elsewhere fits here."""
        return hmac.digest(self.key, b"huurschuld checked tables", "sha256")

    def _digest(self, table: LedgerTable) -> bytes | None:
        """The keyed hash of all that a table holds; None if it would have to be read twice for that."""
        pl = polars(table.name)
        versions = {
            "huurschuld": __version__,
            "polars": pl.__version__,
            "kind": type(table.table).__name__,
        }
        found = hmac.new(self._secret, json.dumps(versions).encode() + b"\0", "sha256")
        if isinstance(table.table, ParquetFile | PlainCsv):
            with table.table.path.open("rb") as file:
                while piece := file.read(_PIECE):
                    found.update(piece)
        elif isinstance(table.table, pl.DataFrame):
            table.table.write_ipc(_Into(found))
        else:
            return None
        return found.digest()


@frozen
class TablesNow:
    """Tables as they are now.

    Attributes:
        path: the file in which it is kept.
        known: the names of those that were found without fault, just as they are.
        states: what the file system told of their files, before these were read.
        tags: what is kept of each if it is without fault.
        changed: whether that is something else than what is kept now.
    """

    path: Path
    known: frozenset[str]
    _states: Mapping[Path, _State] = field(repr=False)
    _tags: Mapping[str, str] = field(repr=False)
    _changed: bool

    def check_unchanged(self) -> None:
        """Check that no file has changed since it was compared: what was read is what was compared.

        Raises:
            InvalidValue: at the name of a file that has.
        """
        for path, state in self._states.items():
            if not path.is_file() or _state(path) != state:
                raise InvalidValue(
                    path.name,
                    "this file changed while it was read",
                    "try again when nothing writes to it",
                )

    def keep(self) -> None:
        """Keep that all of these tables are without fault.

        Raises:
            OSError: the file cannot be written.
        """
        if self._changed:
            document = {"format": FORMAT, "tables": dict(self._tags)}
            write_text(self.path, json.dumps(document, indent=1) + "\n")


@frozen
class _Into:
    """A file that hashes what is written to it."""

    digest: Any

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return len(data)


def _state(path: Path) -> _State:
    """What the file system tells of a file, which changes whenever it is written to."""
    it = path.stat()
    return (it.st_dev, it.st_ino, it.st_size, it.st_mtime_ns, it.st_ctime_ns)
