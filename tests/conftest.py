"""How the tests are run: as often and as varied as there is time for, and the same on every machine."""

from __future__ import annotations

import gc
import inspect
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from plugins_on_disk import Shelf
    from postgres import Cluster
    from referring import Clock

    from huurschuld.plugins.host import Host
    from huurschuld.portfolio.worklist import Worklist
    from huurschuld.referrals import Outbox

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # as it is for what a shell starts in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "default", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
# For coverage: what is reached must not depend on chance.
settings.register_profile("steady", settings.get_profile("default"), derandomize=True)
# For `make test`, and for further interpreters, on which the same is tested once more.
settings.register_profile("quick", settings.get_profile("default"), max_examples=20)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1_000)
# For mutants: one example that fails is enough, and whether there is one must not depend on chance.
settings.register_profile(
    "mutants",
    settings.get_profile("steady"),
    max_examples=50,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


# What follows is imported late: most tests, and all mutants, do without it.


@pytest.fixture
def clock() -> Clock:
    """A clock that moves only when it is told to."""
    from referring import Clock  # noqa: PLC0415 - late, as said above

    return Clock()


ON_SERVERS_TOO = {
    f"test_referrals_{it}" for it in ("reading", "recalling", "sending", "steps", "postgresql")
}
"""The modules whose tests of an outbox are about one in a PostgreSQL as well."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have the tests of those modules run on a file and on a server, but those about its file."""
    asked = inspect.signature(metafunc.function).parameters
    if "outbox" in asked and "tmp_path" not in asked and metafunc.module.__name__ in ON_SERVERS_TOO:
        metafunc.parametrize(
            "outbox", ["file", pytest.param("server", marks=pytest.mark.slow)], indirect=True
        )


@pytest.fixture
def outbox(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Outbox]:
    """An empty outbox: a file, or in a PostgreSQL."""
    from huurschuld.referrals import create_outbox, open_outbox  # noqa: PLC0415 - late, as said above

    if getattr(request, "param", "file") == "server":
        from outboxes import new_outbox  # noqa: PLC0415 - as above

        with open_outbox(new_outbox(request.getfixturevalue("cluster")), clock=clock) as made:
            yield made
    else:
        with create_outbox(tmp_path / "referrals.sqlite", clock=clock) as made:
            yield made


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for all tests of a process."""
    from postgres import running  # noqa: PLC0415 - as above

    with running() as found:
        yield found


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A folder for plugins."""
    from plugins_on_disk import Shelf  # noqa: PLC0415 - late, as said above

    return Shelf(tmp_path, monkeypatch)


@pytest.fixture(params=["here", "apart"])
def loaded(request: pytest.FixtureRequest, shelf: Shelf) -> Iterator[Callable[..., Host]]:
    """Loads a plugin from its source, in this process or in one of its own."""
    from huurschuld.plugins.host import load_plugins  # noqa: PLC0415 - late, as said above

    with ExitStack() as stack:

        def load(name: str, *source: str) -> Host:
            shelf.add(name, *source)
            apart = request.param == "apart"
            return stack.enter_context(shelf.load()) if apart else load_plugins([name], shelf.points)

        yield load


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line: its exit code, its standard output, its standard error."""
    from huurschuld.cli import main  # noqa: PLC0415 - late, as said above

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(it) for it in arguments])
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return run


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The desk of a case worker of the GGD: a folder, a role, a name and the name of a store."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("HUURSCHULD_CASES", "cases.sqlite")
    monkeypatch.setenv("HUURSCHULD_ROLE", "ggd")
    monkeypatch.setenv("HUURSCHULD_PERSON", "J. Jansen")
    monkeypatch.delenv("HUURSCHULD_LANG", raising=False)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    gc.enable()


@pytest.fixture
def case(desk: Path, run: Callable[..., tuple[int, str, str]]) -> Callable[..., str]:
    """Runs a command of `case` at that desk, which succeeds: what it prints on standard output."""
    assert desk.is_dir()

    def succeeds(*arguments: object) -> str:
        code, out, err = run("case", *arguments)
        assert code == 0, err
        return out

    return succeeds


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portfolio of 300 tenancies as CSV, to be read only."""
    from huurschuld.testing.sample import write_sample  # noqa: PLC0415 - late, as said above

    folder = tmp_path_factory.mktemp("clean") / "mine"
    write_sample(folder, 300, 1)
    return folder


@pytest.fixture(scope="session")
def without_disputes(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same portfolio without the table of disputes, so that these are unknown; to be read only."""
    from portfolio_files import copied  # noqa: PLC0415 - late, as said above

    folder = copied(clean, tmp_path_factory.mktemp("unknown") / "mine")
    (folder / "disputes.csv").unlink()
    return folder


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    """A copy of that portfolio, to be damaged."""
    from portfolio_files import copied  # noqa: PLC0415 - late, as said above

    return copied(clean, tmp_path / "mine")


@pytest.fixture(scope="session")
def right(clean: Path) -> Worklist:
    """The worklist of that portfolio."""
    from portfolio_files import screened  # noqa: PLC0415 - late, as said above

    return screened(clean)
