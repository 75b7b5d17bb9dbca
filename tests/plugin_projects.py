"""Projects of plugins: installed without being built, and run as their authors run them."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path


class Project:
    """A project of a plugin, as if `pip install -e` had been run on it.

    Args:
        folder: of the project.
        site: an empty folder, for what an installer would write beside other distributions.
    """

    def __init__(self, folder: Path, site: Path) -> None:
        self.folder = folder
        self._path = (str(folder / "src"), str(site))
        self.described = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        name, version = self.described["name"], self.described["version"]
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        info.joinpath("METADATA").write_text(
            f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n", "utf-8"
        )
        info.joinpath("entry_points.txt").write_text(_points(self.described["entry-points"]), "utf-8")

    @property
    def name(self) -> str:
        """The name of the distribution."""
        return str(self.described["name"])

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with these arguments in the project's folder, with the plugin installed."""
        own = {name: it for name, it in os.environ.items() if not name.startswith("PYTEST_")}
        own |= {"PYTHONPATH": os.pathsep.join(self._path), "COLUMNS": "200", "PYTHONUTF8": "1"}
        return subprocess.run(  # noqa: S603 - this Python, on a project of our own
            [sys.executable, *arguments],
            cwd=self.folder,
            env=own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def tested(self) -> str:
        """What pytest says at the end of the project's own tests.

        Raises:
            AssertionError: they fail, with all that pytest said.
        """
        beside = self.folder.parent / f"{self.name}-tests"
        done = self.run("-m", "pytest", "-p", "no:cacheprovider", f"--basetemp={beside}")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip().splitlines()[-1]


def _points(groups: Mapping[str, Mapping[str, str]]) -> str:
    return "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in groups.items()
    )
