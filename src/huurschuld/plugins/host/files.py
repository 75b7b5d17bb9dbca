"""A plugin that is one file of Python: to try it before it is packaged and installed."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from huurschuld.errors import DuplicatePlugin, InvalidValue, PluginFailed
from huurschuld.hooks import PROJECT
from huurschuld.plugins.host.choosing import A_FILE, PluginStatus, State


class PluginFile(EntryPoint):
    """The entry point of a plugin that is a file; its name is that of the file, without `.py`."""

    dist = None

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.value.removeprefix(A_FILE))

    def load(self) -> Any:  # noqa: ANN401 - as the base class does
        """Run the file as a module. What it imports may stand beside it."""
        folder = str(self.path.parent)
        if folder not in sys.path:
            sys.path.append(folder)
        # A file called json.py is no reason to replace the module json of everybody else.
        name = self.name if self.name not in sys.modules else f"{PROJECT}_plugin_{self.name}"
        spec = spec_from_file_location(name, self.path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{self.path.name} is no file of Python")
        module = module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module


def entry_point(name: str, value: str) -> EntryPoint:
    """Return the entry point of a plugin by its name and value, whether it is installed or a file."""
    cls = PluginFile if value.startswith(A_FILE) else EntryPoint
    return cls(name, value, PROJECT)


def with_files(
    paths: Iterable[Path], installed: Iterable[EntryPoint] | None = None
) -> tuple[list[EntryPoint], list[PluginFile]]:
    """Return the entry points of all that is installed and of these files, and those of the files.

    Args:
        paths: the files.
        installed: the entry points of what is installed; those of this environment by default.

    Raises:
        InvalidValue: a file is not called like a module of Python.
        PluginFailed: it is not Python; the place is the file and the line.
        DuplicatePlugin: an installed plugin, or another file, has the same name.
        OSError: it cannot be read.
    """
    known = list(entry_points(group=PROJECT) if installed is None else installed)
    taken = {it.name: "an installed plugin" for it in known}
    files = []
    for path in paths:
        point = _read(path)
        if point.name in taken:
            problem = f"{taken[point.name]} is called {point.name}, too"
            raise DuplicatePlugin(path.name, problem, "give the file another name")
        taken[point.name] = "another file"
        files.append(point)
    return [*known, *files], files


def check_loaded(files: Iterable[PluginFile], statuses: Iterable[PluginStatus]) -> None:
    """Check that plugins that are files were loaded, and provide something.

    Raises:
        PluginFailed: one was not, or does not.
    """
    by_name = {it.name: it for it in statuses}
    for file in files:
        status = by_name[file.name]
        if status.state is not State.LOADED:
            raise PluginFailed(file.path.name, status.reason, "correct the file")
        if not status.provides:
            remedy = "give it a function such as huurschuld_ledgers, with @hookimpl above it"
            raise PluginFailed(file.path.name, "no hook of it provides anything", remedy)


def _read(path: Path) -> PluginFile:
    if path.suffix != ".py" or not path.stem.isidentifier():
        raise InvalidValue(
            path.name, "a plugin is a file of Python, named like a module", "such as my_ledger.py"
        )
    source = path.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is run later, where what it says is not shown
            compile(source, path.name, "exec", dont_inherit=True)
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise PluginFailed(
            f"{path.name}{line}", f"this is not Python: {error.msg}", "correct the file"
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        problem = f"this is not Python: {type(error).__name__}"
        raise PluginFailed(path.name, problem, "correct the file") from None
    return PluginFile(path.stem, f"{A_FILE}{path.resolve()}", PROJECT)
