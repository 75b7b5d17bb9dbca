"""New plugins and the examples are projects that work: their tests pass, and huurschuld loads them."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from plugin_projects import Project

from huurschuld.plugins.scaffold import Names, PluginKind, write_project

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[1] / "examples"
PROVIDES = {
    "voorbeeld-ledger": "ledger voorbeeld-ledger",
    "voorbeeld-policy": "policy voorbeeld-policy",
    "voorbeeld-enricher": "enricher voorbeeld-enricher",
    "voorbeeld-contact-source": "contact source voorbeeld-contact-source",
    "voorbeeld-channel": "channel voorbeeld-channel",
    "voorbeeld-helper-directory": "helper directory voorbeeld-helper-directory",
    "voorbeeld-exporter": "exporter voorbeeld-exporter",
    "erp-ledger": "ledger huurboek",
    "weert-policy": "policy weert-2017",
}
NEW = tuple(f"voorbeeld-{kind}" for kind in PluginKind)
FIRST = ("voorbeeld-ledger", "voorbeeld-policy")
"""Those that most authors begin with."""
LONGEST = "a" * 39 + "b"
NAMES = ("x", "erp-ledger", "a2-3", LONGEST, "-".join("ab" * 10))

slow = pytest.mark.slow
each_project = pytest.mark.parametrize("name", PROVIDES)
each_example = pytest.mark.parametrize("name", ["erp-ledger", "weert-policy"])


def needs(module: str) -> pytest.MarkDecorator:
    """Skip a test where a module is not installed."""
    absent = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(absent, reason=f"{module} is not installed")


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Project]:
    """A new project of each kind and a copy of each example, installed."""
    made = {}
    for name in PROVIDES:
        beside = tmp_path_factory.mktemp(name)
        if name in NEW:
            kind = PluginKind(name.removeprefix("voorbeeld-"))
            write_project(kind, Names(name), beside / "project")
        else:
            left = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis", "*.sqlite", ".venv")
            shutil.copytree(EXAMPLES / name, beside / "project", ignore=left)
        made[name] = Project(beside / "project", beside / "site")
    return made


def files_in(folder: Path) -> set[str]:
    """The files in a folder, without what Python writes."""
    paths = [it for it in folder.rglob("*") if it.is_file() and "__pycache__" not in it.parts]
    return {it.relative_to(folder).as_posix() for it in paths}


@pytest.mark.parametrize(
    "name",
    [*FIRST, *(pytest.param(it, marks=slow) for it in PROVIDES if it not in FIRST)],
)
def test_its_own_tests_pass(name: str, projects: Mapping[str, Project]) -> None:
    """An author begins with tests that pass, the kit among them, and with nothing left out."""
    summary = projects[name].tested()
    assert "passed" in summary
    assert "failed" not in summary


@each_project
def test_huurschuld_loads_it(name: str, projects: Mapping[str, Project]) -> None:
    """Once installed it is listed, loaded in a process of its own, with what it provides."""
    listed = projects[name].run("-m", "huurschuld", "plugins").stdout
    (row,) = [it.split() for it in listed.splitlines() if it.startswith(f"{name} ")]
    assert row == [name, name, "0.1.0", "loaded", *PROVIDES[name].split()]


@slow
@each_project
def test_it_is_checked_by_its_kit(name: str, projects: Mapping[str, Project]) -> None:
    """An installed plugin brings the kit that proves it right, and nothing is left out."""
    script = (
        "from huurschuld.testing.check import check_plugin; "
        f"found = check_plugin({name!r}); print(found.passed, found.complete)"
    )
    assert projects[name].run("-c", script).stdout == "True True\n"


@needs("ruff")
@each_example
def test_the_code_of_an_example_is_clean(name: str, projects: Mapping[str, Project]) -> None:
    """By its own settings, which are those that a new plugin gets."""
    expect_clean(projects[name].folder)


@needs("ruff")
@pytest.mark.parametrize("kind", PluginKind)
def test_new_code_is_clean_whatever_it_is_called(kind: PluginKind, tmp_path: Path) -> None:
    """It keeps its own rules, and no line is too long for the longest name."""
    for name in NAMES:
        write_project(kind, Names(name), tmp_path / name)
    expect_clean(tmp_path)


def expect_clean(folder: Path) -> None:
    """See that ruff finds nothing."""
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(  # noqa: S603 - ruff on files of our own
            [sys.executable, "-m", "ruff", *command, "--no-cache", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


@slow
@needs("mypy")
def test_its_types_are_right(
    projects: Mapping[str, Project], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """By its own settings, which are strict."""
    cache = tmp_path_factory.getbasetemp() / "mypy"  # shared: most of the work is on libraries
    for project in projects.values():
        done = project.run("-m", "mypy", f"--cache-dir={cache}")
        assert done.stdout.startswith("Success"), done.stdout + done.stderr


@needs("hatchling")
@pytest.mark.parametrize("name", NEW)
def test_it_can_be_built(name: str, projects: Mapping[str, Project], tmp_path: Path) -> None:
    """The wheel has the entry point, and every file that the plugin needs."""
    script = f"import hatchling.build as it; it.build_wheel({str(tmp_path)!r})"
    done = projects[name].run("-c", script)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as built:
        points = next(it for it in built.namelist() if it.endswith("entry_points.txt"))
        assert f"{name} = {name.replace('-', '_')}" in built.read(points).decode()
        packed = {it for it in built.namelist() if ".dist-info/" not in it}
    assert packed == files_in(projects[name].folder / "src")


def test_a_new_ledger_can_be_screened_with(projects: Mapping[str, Project]) -> None:
    """Its demonstration goes through the plugin and its configuration to a worklist."""
    project = projects["voorbeeld-ledger"]
    assert project.run("demo.py").returncode == 0
    options = "--config huurschuld.toml --policy bgs-2021 --as-of 2026-10-20".split()
    done = project.run("-m", "huurschuld", "screen", *options)
    assert "tenancies screened: 200; in arrears:" in done.stdout
    assert done.stderr == ""


def test_a_new_policy_can_be_screened_with(projects: Mapping[str, Project], tmp_path: Path) -> None:
    """It has a name like the policies that are built in."""
    project = projects["voorbeeld-policy"]
    sample = str(tmp_path / "sample")
    project.run("-m", "huurschuld", "sample", sample, "--tenancies", "50")
    options = ["--policy", "voorbeeld-policy", "--as-of", "2026-10-20"]
    assert "screened: 50" in project.run("-m", "huurschuld", "screen", sample, *options).stdout


@each_example
def test_an_example_is_laid_out_as_a_new_plugin(
    name: str, projects: Mapping[str, Project], tmp_path: Path
) -> None:
    """The examples were begun with `new-plugin`, and have all its files."""
    new, module = tmp_path / "new", name.replace("-", "_")
    write_project(PluginKind(PROVIDES[name].partition(" ")[0]), Names("of-now"), new)
    folder = projects[name].folder
    assert {it.replace("of_now", module) for it in files_in(new)} <= files_in(folder)
    for same in (".gitignore", "demo.py"):
        if (new / same).exists():
            text = (new / same).read_text("utf-8").replace("of_now", module)
            assert (folder / same).read_text("utf-8") == text


def test_the_example_is_screened_with_objections_from_elsewhere(
    projects: Mapping[str, Project],
) -> None:
    """As its README says: unknown objections ask, and a table of them lets a referral through."""
    project = projects["erp-ledger"]
    assert project.run("demo.py").returncode == 0
    command = "-m huurschuld screen --config huurschuld.toml --policy katwijk-2021 --as-of 2026-10-20"
    options = [*command.split(), "--assume", "contacts.debt_help=true", "--format", "csv"]
    alone = project.run(*options)
    assert alone.stderr == ""
    assert ",refer," not in alone.stdout
    assert ",objections" in alone.stdout
    folder = project.folder / "bezwaren"
    folder.mkdir()
    (folder / "objections.csv").write_text("tenancy,date,withdrawn,standing\n", "utf-8")
    readme = (project.folder / "README.md").read_text("utf-8")
    enricher = readme.partition("```toml\n")[2].partition("```")[0]
    config = project.folder / "huurschuld.toml"
    config.write_text(config.read_text("utf-8") + enricher, "utf-8")
    both = project.run(*options)
    assert both.stderr == ""
    assert ",refer," in both.stdout
    assert ",objections" not in both.stdout
