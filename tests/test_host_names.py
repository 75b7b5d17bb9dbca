"""The names of what is built in: no plugin of somebody else takes one, and none puts what has it out."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pytest
from plugins_on_disk import SOUND, Shelf, hooks, statuses

from huurschuld import Host, load_plugins, open_ledger, read_portfolio
from huurschuld.cli import main
from huurschuld.plugins.host import ALL, Kind, State, load_apart
from huurschuld.testing.sample import write_sample

BUILT_IN = {it.name: it for it in entry_points(group="huurschuld") if it.value.startswith("huurschuld.")}
NAMES = {
    (Kind.LEDGER, "portfolio"),
    (Kind.LEDGER, "database"),
    (Kind.LEDGER, "vera"),
    (Kind.ENRICHER, "portfolio"),
    (Kind.CONTACT_SOURCE, "register"),
    (Kind.CONTACT_SOURCE, "vera"),
    (Kind.CHANNEL, "meldpunt"),
    (Kind.CHANNEL, "file-drop"),
    (Kind.HELPER_DIRECTORY, "bip"),
    (Kind.EXPORTER, "ddas"),
}
TAKES_ALL = """
    class Evil:
        idempotent = True

        def __init__(self, **_):
            open("opened", "w").close()

        def says(self, *_):
            raise SystemExit

        tables = parts = contact_details = send = helpers = export = says
"""


@pytest.fixture(params=["here", "apart"])
def load(request: pytest.FixtureRequest) -> Any:
    """Load all that is installed, in this process or each in its own; the caller closes it."""
    return (lambda: load_plugins([ALL])) if request.param == "here" else load_apart


def told_of(host: Host, origin: str) -> dict[str, tuple[State, str]]:
    """The status of the plugins of one distribution."""
    return {it.name: (it.state, it.reason) for it in host.plugins if it.origin == origin}


def assert_built_in_goes_on(host: Host, folder: Path) -> None:
    """All that is built in is there, and a portfolio is read by the ledger of that name."""
    own = {it.name: it.state for it in host.plugins if it.origin.startswith("huurschuld ")}
    assert own == dict.fromkeys(BUILT_IN, State.LOADED)
    assert {(kind, name) for kind in Kind for name in host.names(kind)} >= NAMES
    write_sample(folder / "sample", 2, 1)
    assert len(read_portfolio(open_ledger(host, "portfolio", folder=str(folder / "sample")))) == 2
    assert not (folder / "opened").exists()


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.chdir(tmp_path)
    return Shelf(tmp_path, monkeypatch)


def test_every_plugin_that_takes_a_name_is_left_out(shelf: Shelf, tmp_path: Path, load: Any) -> None:
    """By the name of its entry point or of what it provides; told by its distribution."""
    for name in BUILT_IN:
        shelf.add(name, SOUND)
    for number, (kind, name) in enumerate(sorted(NAMES)):
        shelf.add(f"aaa-{number}", TAKES_ALL, hooks(f'{{"own": Evil, "{name}": Evil}}', kind))
    shelf.add("sound", SOUND)
    shelf.install()
    with load() as host:
        told = told_of(host, "shelf 1.0")
        assert told.pop("sound") == (State.LOADED, "")
        for name in BUILT_IN:
            reason = "shelf 1.0 has the name of a built-in plugin: it must use another"
            assert told.pop(name) == (State.FAILED, reason)
        for number, (kind, name) in enumerate(sorted(NAMES)):
            reason = f"shelf 1.0 provides a {kind} {name}, which is built in: it must use another name"
            assert told.pop(f"aaa-{number}") == (State.FAILED, reason)
        assert not told
        assert "sound" in host.names(Kind.LEDGER)
        assert "own" not in host.names(Kind.LEDGER)
        assert_built_in_goes_on(host, tmp_path)


def test_the_same_name_for_another_kind_of_thing_is_free(shelf: Shelf) -> None:
    """There is an enricher `portfolio`, and no channel of that name: nothing is in doubt."""
    shelf.add("erp", TAKES_ALL, hooks('{"portfolio": Evil}', Kind.CHANNEL))
    shelf.install()
    host = load_plugins(["erp"])
    assert statuses(host)["erp"] == (State.LOADED, "")
    assert host.names(Kind.CHANNEL) == ["file-drop", "meldpunt", "portfolio"]


def test_a_plugin_that_is_not_allowed_puts_nothing_out(shelf: Shelf, tmp_path: Path) -> None:
    """Being installed is enough to be in the list, and for nothing more."""
    shelf.add("vera", "raise SystemExit")
    shelf.install()
    host = load_plugins()
    assert told_of(host, "shelf 1.0") == {"vera": (State.NOT_ALLOWED, "not named in allow")}
    assert_built_in_goes_on(host, tmp_path)


def test_a_distribution_cannot_say_that_it_is_built_in(shelf: Shelf, tmp_path: Path) -> None:
    """Neither by naming a module of ours, nor by an entry point under our name."""
    shelf.add("again", "from huurschuld.plugins.portfolio import *")
    shelf.points.append(EntryPoint("alias", "huurschuld.plugins.portfolio", "huurschuld"))
    shelf.install()
    with load_apart() as host:
        told = told_of(host, "shelf 1.0")
        assert {name: state for name, (state, _) in told.items()} == dict.fromkeys(told, State.FAILED)
        assert_built_in_goes_on(host, tmp_path)
    (origin,) = {it.dist for it in BUILT_IN.values()}
    posing = EntryPoint("posing", "shelf_posing", "huurschuld")._for(origin)  # type: ignore[attr-defined]
    assert statuses(load_plugins(installed=[posing]))["posing"][0] == State.NOT_ALLOWED


def test_nothing_runs_before_what_is_built_in_is_loaded(shelf: Shelf, tmp_path: Path) -> None:
    """A plugin that puts a module of its own in the place of ours comes too late, whatever its name."""
    shelf.add(
        "aaa",
        """
        import sys, types
        sys.modules["huurschuld.plugins.portfolio"] = types.ModuleType("huurschuld.plugins.portfolio")
        """,
    )
    shelf.install()
    before = sys.modules["huurschuld.plugins.portfolio"]
    try:
        assert_built_in_goes_on(load_plugins(["aaa"]), tmp_path)
    finally:
        sys.modules["huurschuld.plugins.portfolio"] = before


def test_the_names_of_a_built_in_plugin_that_fails_are_not_free(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken installation does not hand the settings of VERA, with their secret, to somebody else."""
    monkeypatch.setitem(sys.modules, "huurschuld.plugins.vera", None)
    shelf.add("evil", TAKES_ALL, hooks('{"vera": Evil}', Kind.LEDGER))
    shelf.install()
    host = load_plugins(["evil"])
    assert statuses(host)["vera"][0] == State.FAILED
    state, reason = statuses(host)["evil"]
    assert state == State.FAILED
    assert "shelf 1.0 provides a ledger vera, which is built in" in reason
    assert host.names(Kind.LEDGER) == ["database", "portfolio"]


def test_no_module_of_the_current_folder_takes_the_place_of_ours(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process of a plugin starts in the folder where the command runs, which may hold any file."""
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    for name in ("json", "sys", "huurschuld", "pluggy", "polars"):
        Path(f"{name}.py").write_text("open('ran', 'w').close()\nraise SystemExit\n")
    shelf.add("sound", SOUND)
    with shelf.load() as host:
        assert len(read_portfolio(open_ledger(host, "sound"))) == 1
    assert not Path("ran").exists()


def test_the_command_line_goes_on(
    shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder is screened as before, and the plugin is told by name and distribution."""
    shelf.add("portfolio", SOUND)
    shelf.add("evil", TAKES_ALL, hooks('{"portfolio": Evil}', Kind.LEDGER))
    shelf.install()
    write_sample(tmp_path / "sample", 3, 1)
    assert (
        main(["screen", str(tmp_path / "sample"), "--policy", "bgs-2021", "--as-of", "2026-10-20"]) == 0
    )
    told = capsys.readouterr().err
    assert "the plugin portfolio is left out: shelf 1.0 has the name of a built-in plugin" in told
    assert (
        "the plugin evil is left out: shelf 1.0 provides a ledger portfolio, which is built in" in told
    )
