"""A new plugin gets a name that fits, and is written whole or not at all."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from hypothesis import example, given, settings, strategies as st
from typer.testing import CliRunner

from huurschuld.cli.making import new_plugin
from huurschuld.errors import InvalidValue
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.scaffold import Names, PluginKind, write_project

MOST = 1_000
"""Bytes in one file, where there is hardly any room."""


def everything(folder: Path) -> list[str]:
    """All that is in a folder."""
    return sorted(it.relative_to(folder).as_posix() for it in folder.rglob("*"))


def test_there_is_a_project_for_everything_that_a_plugin_may_provide() -> None:
    """Of each kind that has a hook, and policies."""
    without_kit = {Kind.FEEDBACK_CHANNEL}
    assert {it.words for it in PluginKind} == {*Kind, "policy"} - without_kit


OTHERS = [it for it in PluginKind if it not in (PluginKind.LEDGER, PluginKind.POLICY)]


@pytest.mark.parametrize("kind", OTHERS)
def test_the_readme_has_a_configuration_that_its_opener_takes(kind: PluginKind, tmp_path: Path) -> None:
    """What an author copies from there names the section of its kind, and options that there are."""
    write_project(kind, Names("of-now"), tmp_path / "new")
    readme = (tmp_path / "new" / "README.md").read_text("utf-8")
    assert "$" not in readme
    configured = tomllib.loads(readme.partition("```toml\n")[2].partition("```")[0])
    assert configured.pop("plugins") == {"allow": ["of-now"]}
    options = configured[Kind(kind.words).section]["of-now"]
    module = ast.parse((tmp_path / "new" / "src" / "of_now" / f"{kind.file}.py").read_text("utf-8"))
    (opener,) = [it for it in ast.walk(module) if getattr(it, "name", "") == f"open_{kind.file}"]
    assert isinstance(opener, ast.FunctionDef)
    taken = {it.arg for it in opener.args.kwonlyargs}
    assert options.keys() - {"gives"} <= taken


@settings(max_examples=25)
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
    with pytest.raises(InvalidValue, match="already exists"):
        write_project(PluginKind.LEDGER, Names("erp-ledger"), taken)
    assert everything(tmp_path) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit to set for a process")
def test_it_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """Where there is no room for all of it, nothing is left behind."""
    script = f"""
import errno
import resource
from pathlib import Path
from huurschuld.plugins.host.kinds import Kind
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
