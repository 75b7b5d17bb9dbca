"""A project for a new plugin, which works and is tested from the start.

The files are in `templates/`, as `string.Template` reads them. Nothing of them is code of this package.
"""

from __future__ import annotations

import importlib.util
import keyword
import os
import re
import sys
from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from attrs import field, frozen

from huurschuld.errors import InvalidValue
from huurschuld.model.files import whole_folder

__all__ = ["Names", "PluginKind", "write_project"]

_LONGEST: Final = 40
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_OTHER_CHARACTERS: Final = re.compile(r"[^a-z0-9]+")


class PluginKind(StrEnum):
    """What a new plugin can provide."""

    LEDGER = "ledger"
    POLICY = "policy"


_BOTH: Final = {
    ".gitignore": "both/gitignore",
    "src/$module/py.typed": "both/py.typed",
    "tests/test_plugin.py": "both/test_plugin.py",
}
_FILES: Final[Mapping[PluginKind, Mapping[str, str]]] = {
    PluginKind.LEDGER: {
        "README.md": "ledger/README.md",
        "pyproject.toml": "ledger/pyproject.toml",
        "huurschuld.toml": "ledger/huurschuld.toml",
        "demo.py": "ledger/demo.py",
        "src/$module/__init__.py": "ledger/plugin.py",
        "src/$module/ledger.py": "ledger/ledger.py",
        "src/$module/kit.py": "ledger/kit.py",
        "tests/test_ledger.py": "ledger/test_ledger.py",
        **_BOTH,
    },
    PluginKind.POLICY: {
        "README.md": "policy/README.md",
        "pyproject.toml": "policy/pyproject.toml",
        "src/$module/__init__.py": "policy/plugin.py",
        "src/$module/policy.toml": "policy/policy.toml",
        "src/$module/kit.py": "policy/kit.py",
        "tests/test_policy.py": "policy/test_policy.py",
        **_BOTH,
    },
}
"""By kind, the files of a project and the template of each."""


def _fits(name: str) -> bool:
    return len(name) <= _LONGEST and _NAME.fullmatch(name) is not None


def _taken(name: str) -> str:
    """Say why a valid name is taken; empty if it is not."""
    module = name.replace("-", "_")
    if keyword.iskeyword(module) or keyword.issoftkeyword(module) or module in _TAKEN:
        return "Python or huurschuld has a module of this name"
    found = importlib.util.find_spec(module)
    return "a module of this name is installed already" if found and found.has_location else ""


def _check(_: object, __: object, name: str) -> None:
    if not _fits(name):
        near = _OTHER_CHARACTERS.sub("-", name.lower()).strip("-0123456789")
        raise InvalidValue(
            "NAME",
            f"expected at most {_LONGEST} lower-case letters, digits and single hyphens, a letter first",
            f"such as {near if _fits(near) and not _taken(near) else 'erp-ledger'}",
        )
    if reason := _taken(name):
        raise InvalidValue("NAME", reason, "choose another")


_TAKEN: Final = sys.stdlib_module_names | {"huurschuld", "tests", "src", "demo"}


@frozen
class Names:
    """A plugin's name, and the name of its module.

    Attributes:
        name: of the distribution, the plugin and what it provides, such as `erp-ledger`.

    Raises:
        InvalidValue: at `NAME`: it cannot name a distribution and a module.
    """

    name: str = field(validator=_check)

    @property
    def module(self) -> str:
        """The name of the module, such as `erp_ledger`."""
        return self.name.replace("-", "_")


def write_project(kind: PluginKind, names: Names, folder: Path) -> list[Path]:
    """Write the project of a new plugin, whole or not at all.

    Args:
        kind: what the plugin is to provide.
        names: its name.
        folder: the folder of the project, which is made.

    Returns:
        The files, relative to the folder.

    Raises:
        InvalidValue: at its name: it exists already; nothing is overwritten.
        OSError: it cannot be written.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link
    if os.path.lexists(folder):
        raise InvalidValue(folder.name, "this already exists", "give --folder, with a new name")
    values = {
        "name": names.name,
        "module": names.module,
        "kind": str(kind),
        "huurschuld": version("huurschuld"),
    }
    written = {
        Path(Template(path).substitute(values)): Template(_template(name)).substitute(values)
        for path, name in _FILES[kind].items()
    }
    with whole_folder(folder) as made:
        for path, text in written.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_text(text, encoding="utf-8", newline="\n")
    return sorted(written)


def _template(name: str) -> str:
    return files(__name__).joinpath("templates", f"{name}.template").read_text("utf-8")
