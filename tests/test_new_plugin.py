"""A new plugin is a project that works: its tests pass, its tools are content, huurschuld knows it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import typer
from hypothesis import example, given
from hypothesis import strategies as st
from plugin_projects import Project
from typer.testing import CliRunner

from huurschuld.cli.making import new_plugin
from huurschuld.errors import InvalidValue
from huurschuld.plugins.scaffold import Names, PluginKind, write_project

LONGEST = "a" * 39 + "b"
NAMES = ("x", "erp-ledger", "a2-3", LONGEST, "-".join("ab" * 10))
MOST = 1_000
"""Bytes in one file, where there is hardly any room."""

needs_ruff = pytest.mark.skipif(importlib.util.find_spec("ruff") is None, reason="ruff is not installed")
needs_mypy = pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed")
needs_hatchling = pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed"
)
every_kind = pytest.mark.parametrize("kind", PluginKind)


def name_of(kind: PluginKind) -> str:
    return f"voorbeeld-{kind}"


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[PluginKind, Project]:
    """A project of each kind, installed."""
    made = {}
    for kind in PluginKind:
        beside = tmp_path_factory.mktemp(kind)
        write_project(kind, Names(name_of(kind)), beside / "project")
        made[kind] = Project(beside / "project", beside / "site")
    return made


def everything(folder: Path) -> list[str]:
    """All that is in a folder."""
    return sorted(it.relative_to(folder).as_posix() for it in folder.rglob("*"))


@every_kind
def test_its_own_tests_pass(kind: PluginKind, projects: dict[PluginKind, Project]) -> None:
    """Whoever makes a plugin begins with tests that pass, the kit among them, and nothing left out."""
    told = projects[kind].tested()
    assert "passed" in told
    assert "failed" not in told


@every_kind
def test_huurschuld_sees_it_loaded(kind: PluginKind, projects: dict[PluginKind, Project]) -> None:
    """Once installed it is listed, loaded in a process of its own, with what it provides."""
    done = projects[kind].run("-m", "huurschuld", "plugins")
    (row,) = [it.split() for it in done.stdout.splitlines() if it.startswith(f"{name_of(kind)} ")]
    name = name_of(kind)
    assert row == [name, name, "0.1.0", "loaded", str(kind), name]


@every_kind
def test_it_is_checked_by_its_kit(kind: PluginKind, projects: dict[PluginKind, Project]) -> None:
    """An installed plugin brings the kit that proves it right, and that is complete."""
    script = (
        "from huurschuld.testing.check import check_plugin; "
        f"found = check_plugin({name_of(kind)!r}); print(found.passed, found.complete)"
    )
    assert projects[kind].run("-c", script).stdout == "True True\n"


def test_a_new_ledger_can_be_screened_with(projects: dict[PluginKind, Project]) -> None:
    """Its demonstration goes through the plugin and its configuration to a worklist."""
    project = projects[PluginKind.LEDGER]
    assert project.run("demo.py").returncode == 0
    options = "--config huurschuld.toml --policy bgs-2021 --as-of 2026-10-20".split()
    done = project.run("-m", "huurschuld", "screen", *options)
    assert "tenancies screened: 200; in arrears:" in done.stdout
    assert done.stderr == ""


def test_a_new_policy_can_be_screened_with(projects: dict[PluginKind, Project], tmp_path: Path) -> None:
    """It has a name like the policies that are built in."""
    project = projects[PluginKind.POLICY]
    sample = str(tmp_path / "sample")
    project.run("-m", "huurschuld", "sample", sample, "--tenancies", "50")
    options = ["--policy", name_of(PluginKind.POLICY), "--as-of", "2026-10-20"]
    assert "screened: 50" in project.run("-m", "huurschuld", "screen", sample, *options).stdout


@needs_ruff
@every_kind
def test_its_code_is_clean_whatever_it_is_called(kind: PluginKind, tmp_path: Path) -> None:
    """No rule of its own settings is broken, and no line is too long, for the longest name, too."""
    for name in NAMES:
        write_project(kind, Names(name), tmp_path / name)
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(  # noqa: S603 - ruff on files of our own
            [sys.executable, "-m", "ruff", *command, "--no-cache", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


@needs_mypy
def test_its_types_are_right(
    projects: dict[PluginKind, Project], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its own settings are strict, and mypy finds nothing."""
    cache = tmp_path_factory.getbasetemp() / "mypy"  # for all such tests: most of it is of libraries
    for project in projects.values():
        done = project.run("-m", "mypy", f"--cache-dir={cache}")
        assert done.stdout.startswith("Success"), done.stdout + done.stderr


@needs_hatchling
@every_kind
def test_it_can_be_built(kind: PluginKind, projects: dict[PluginKind, Project], tmp_path: Path) -> None:
    """The wheel has the entry point, and every file that the plugin needs."""
    script = f"import hatchling.build as it; it.build_wheel({str(tmp_path)!r})"
    done = projects[kind].run("-c", script)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as built:
        points = next(it for it in built.namelist() if it.endswith("entry_points.txt"))
        assert f"{name_of(kind)} = voorbeeld_{kind}" in built.read(points).decode()
        held = {it for it in built.namelist() if ".dist-info/" not in it}
    source = projects[kind].folder / "src"
    assert held == {
        it for it in everything(source) if Path(source, it).is_file() and "__pycache__" not in it
    }


@given(st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){1,3}", fullmatch=True))
def test_a_name_of_letters_digits_and_hyphens_fits(name: str) -> None:
    """It is the name of a distribution, and with underscores that of a module."""
    assert Names(name).module.isidentifier()


def refusal(name: str) -> InvalidValue | None:
    """The error that a name gives, if it gives one."""
    try:
        Names(name)
    except InvalidValue as error:
        return error
    return None


@given(st.text(max_size=60) | st.from_regex(r"\A[A-Za-z0-9._-]{0,60}\Z"))
@example("My_Ledger")
@example("JSON")
@example("erp--ledger")
@example("erp-ledger\n")
@example("../erp")
@example("a" * 41)
def test_a_name_that_does_not_fit_is_refused_with_one_that_does(name: str) -> None:
    """What cannot be a distribution and a module is not made; the error gives a name that can."""
    error = refusal(name)
    if error is None:
        assert name == name.lower()
        assert name.replace("-", "").isalnum()
        return
    assert error.place == "NAME"
    if error.remedy.startswith("such as "):
        assert refusal(error.remedy.removeprefix("such as ")) is None


@pytest.mark.parametrize(
    "name", ["class", "match", "json", "huurschuld", "polars", "tests", "py-compile"]
)
def test_a_name_that_is_taken_is_refused(name: str) -> None:
    """A plugin hides no module that is there."""
    with pytest.raises(InvalidValue, match="module of this name"):
        Names(name)


@pytest.mark.parametrize("there", ["empty", "full", "file", "link"])
def test_nothing_is_overwritten(there: str, tmp_path: Path) -> None:
    """What is there already is left as it is, an empty folder too."""
    taken = tmp_path / there
    if there == "file":
        taken.write_text("mine")
    elif there == "link":
        taken.symlink_to(tmp_path / "nowhere")
    else:
        taken.mkdir()
    if there == "full":
        (taken / "README.md").write_text("mine")
    before = everything(tmp_path)
    with pytest.raises(InvalidValue, match="there already"):
        write_project(PluginKind.LEDGER, Names("erp-ledger"), taken)
    assert everything(tmp_path) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit to set for a process")
def test_it_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """Where there is no room for all of it, nothing is left behind."""
    script = f"""
import errno
import resource
from pathlib import Path
from huurschuld.plugins.scaffold import *

before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, ({MOST}, before[1]))
try:
    write_project(PluginKind.LEDGER, Names("erp-ledger"), Path({str(tmp_path / "new")!r}))
except OSError as error:
    print(errno.errorcode[error.errno])
finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
"""
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "EFBIG"
    assert everything(tmp_path) == []


def test_the_command_says_what_it_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is named, and the one to read first; without a folder it is made here."""
    app = typer.Typer()
    app.command()(new_plugin)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["erp-ledger"])
    assert done.exit_code == 0
    told, _, last = done.output.partition("\n\n")
    made = [it for it in everything(tmp_path) if Path(it).is_file()]
    assert sorted(told.splitlines()) == made
    assert "erp-ledger/README.md" in last
    done = CliRunner().invoke(app, ["leiden", "--kind", "policy", "--folder", "deeper/down"])
    assert done.exit_code == 0
    assert Path("deeper/down/src/leiden/policy.toml").is_file()
