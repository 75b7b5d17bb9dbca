"""A project for a new plugin, which works and is tested from the start.

The files are in `templates/`, as `string.Template` reads them: for each kind its own, with what sets it
apart in `about.toml`, and for every kind the rest. Nothing of them is code of this package.
"""

from __future__ import annotations

import importlib.util
import keyword
import os
import re
import sys
import tomllib
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
    """What a new plugin can provide: what there is a hook and a kit for."""

    LEDGER = "ledger"
    POLICY = "policy"
    ENRICHER = "enricher"
    CONTACT_SOURCE = "contact-source"
    CHANNEL = "channel"
    HELPER_DIRECTORY = "helper-directory"
    EXPORTER = "exporter"

    @property
    def words(self) -> str:
        """What a person calls it, such as `contact source`."""
        return self.value.replace("-", " ")

    @property
    def file(self) -> str:
        """The name of the module that is to be changed, such as `contact_source`."""
        return self.value.replace("-", "_")


_EVERY: Final = {
    ".gitignore": "every/gitignore",
    "pyproject.toml": "every/pyproject.toml",
    "src/$module/py.typed": "every/py.typed",
    "tests/test_plugin.py": "every/test_plugin.py",
}
_OWN: Final[Mapping[PluginKind, Mapping[str, str]]] = {
    PluginKind.LEDGER: {
        "README.md": "ledger/README.md",
        "huurschuld.toml": "ledger/huurschuld.toml",
        "demo.py": "ledger/demo.py",
        "src/$module/__init__.py": "ledger/plugin.py",
        "src/$module/ledger.py": "ledger/ledger.py",
        "src/$module/kit.py": "ledger/kit.py",
        "tests/test_ledger.py": "ledger/test_ledger.py",
    },
    PluginKind.POLICY: {
        "README.md": "policy/README.md",
        "src/$module/__init__.py": "policy/plugin.py",
        "src/$module/policy.toml": "policy/policy.toml",
        "src/$module/kit.py": "policy/kit.py",
        "tests/test_policy.py": "policy/test_policy.py",
    },
}
"""By kind the files of a project, and the template of each, where they differ from those of others."""


def _files(kind: PluginKind) -> Mapping[str, str]:
    of_others = {
        "README.md": "every/README.md",
        "src/$module/__init__.py": "every/plugin.py",
        f"src/$module/{kind.file}.py": f"{kind}/{kind.file}.py",
        "src/$module/kit.py": f"{kind}/kit.py",
        f"tests/test_{kind.file}.py": f"{kind}/test_{kind.file}.py",
    }
    return {**_OWN.get(kind, of_others), **_EVERY}


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
    values = _values(kind, names)
    written = {
        Path(Template(path).substitute(values)): Template(_read(f"{name}.template")).substitute(values)
        for path, name in _files(kind).items()
    }
    with whole_folder(folder) as made:
        for path, text in written.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_text(text, encoding="utf-8", newline="\n")
    return sorted(written)


def _values(kind: PluginKind, names: Names) -> dict[str, str]:
    """Return what stands in the templates for what."""
    about = tomllib.loads(_read(f"{kind}/about.toml"))
    cls = kind.words.title().replace(" ", "")
    return {
        "name": names.name,
        "module": names.module,
        "option": str(kind),
        "kind": kind.words,
        "file": kind.file,
        "section": f"{kind.file}s".replace("ys", "ies"),
        "hook": f"huurschuld_{kind.file}s".replace("ys", "ies"),
        "opens": f"Open{cls}",
        "opener": f"open_{kind.file}",
        "test": f"Test{cls}",
        "huurschuld": version("huurschuld"),
        **about,
        "checked": ", ".join(f'"{it}"' for it in about["checked"]),
    }


def _read(name: str) -> str:
    return files(__name__).joinpath("templates", name).read_text("utf-8")
