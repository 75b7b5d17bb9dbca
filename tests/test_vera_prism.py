"""The `vera` client against the official OpenAPI files, answered by Prism, which validates each request.

`python tools/prism.py` installs it. It is run in two ways. With `--errors` what is not valid is an
error; of some lists Prism makes up answers that are not valid themselves, and then gives a status 500.
By chance (`--dynamic`) it gives values drawn at random, valid or not. None of its answers makes sense:
each is read, or refused with an error of ours. Every request must be valid in both.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
import pytest
from vera_server import serving
from vera_source import OPTIONS

from huurschuld.errors import HuurschuldError, InputError, InvalidValue, PluginFailed
from huurschuld.plugins.vera import open_contacts, open_vera
from huurschuld.plugins.vera.client import Client
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.reading import Listed, lists
from huurschuld.plugins.vera.settings import settings

ROOT: Final = Path(__file__).parents[1]
STANDARD: Final = ROOT / "../shared/standards/vera"
PRISM: Final = ROOT / "build/prism/node_modules/@stoplight/prism-cli/dist/index.js"
NODE: Final = shutil.which("node")
PASSED: Final = "The request passed the validation rules"
VIOLATION: Final = re.compile("did not pass the validation rules|Violation: request")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not STANDARD.is_dir(), reason="the official files are not beside the project"),
    pytest.mark.skipif(
        NODE is None or not PRISM.is_file(), reason="run tools/prism.py, which needs npm"
    ),
]

FILES: Final = {"overeenkomsten": "Overeenkomsten", "financien": "Financien", "relaties": "Relaties"}
ROWS: Final = {
    (it.api, it.resource): it
    for rents in ("agreement", "price-components")
    for it in lists(settings({**OPTIONS, "rents": rents}))
    if it.api in FILES  # the file of Vastgoed is not among those at hand
}


class Prism:
    """The servers of one mode, with what they say of the requests that came."""

    def __init__(
        self, addresses: dict[str, str], logs: list[Path], credentials: dict[str, str], way: str
    ) -> None:
        self.refuses_its_own = way == "errors"
        self.options: dict[str, Any] = {
            **OPTIONS,
            **addresses,
            **credentials,
            "vastgoed": "http://127.0.0.1:9",
            "first_wait_ms": 1,
            "attempts": 1,
        }
        self._logs = logs

    def log(self) -> str:
        """All that they have said."""
        return "".join(log.read_text("utf-8", "replace") for log in self._logs)

    def valid(self) -> int:
        """How many requests were valid."""
        return self.log().count(PASSED)

    def violations(self) -> list[str]:
        """The lines that tell of requests that were not."""
        return [line for line in self.log().splitlines() if VIOLATION.search(line)]


class Server:
    """Prism on one file. Another process may take its port before it does: then it tries another one."""

    def __init__(self, file: str, log: Path, *modes: str) -> None:
        self._command = [str(NODE), str(PRISM), "mock", *modes, "-h", "127.0.0.1"]
        self._command.append(str((STANDARD / f"{file}.yaml").resolve()))
        self._log = log
        self._start()

    def _start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        with self._log.open("wb") as said:
            self._process = subprocess.Popen(  # noqa: S603 - a fixed command
                [*self._command, "-p", str(self._port)], stdout=said, stderr=said
            )

    def address(self) -> str:
        """Its address, once it listens."""
        end = time.monotonic() + 120
        while "is listening" not in (said := self._log.read_text("utf-8", "replace")):
            if self._process.poll() is not None:
                assert "EADDRINUSE" in said, said[-2_000:]
                self._start()
            assert time.monotonic() < end, "Prism does not start"
            time.sleep(0.1)
        return f"http://127.0.0.1:{self._port}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)


@pytest.fixture(scope="module", params=["errors", "chance"])
def servers(request: pytest.FixtureRequest) -> Iterator[Prism]:
    """All three files at once, in one of the two ways."""
    modes = {"errors": ["--errors"], "chance": ["--dynamic", "--seed", "2012"]}[request.param]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        logs = {api: folder / f"{api}.log" for api in FILES}
        started = {api: Server(file, logs[api], *modes) for api, file in FILES.items()}
        for server in started.values():
            stack.callback(server.stop)
        addresses = {api: server.address() for api, server in started.items()}
        tokens = stack.enter_context(serving({}, oauth=True))
        yield Prism(addresses, list(logs.values()), tokens.credentials, request.param)


@pytest.mark.parametrize(("api", "resource"), ROWS, ids=lambda it: it)
def test_every_list_is_asked_for_as_the_specification_says(
    servers: Prism, api: str, resource: str
) -> None:
    """The first page and the next by its cursor are valid requests; each item is read or refused."""
    before, items, ended = servers.valid(), list[Item](), ""
    with Client(settings(servers.options)) as client:
        try:
            for page in client.pages(api, resource):
                items += page.items
        except (InvalidValue, PluginFailed) as error:
            ended = error.problem
    # Prism has one cursor for all pages; and where its own answer is not valid, none at all.
    assert ended in {"a cursor occurred before: the pages repeat in a cycle", "status 500 (tried once)"}
    if servers.refuses_its_own and ended.startswith("status"):
        assert items == []
    else:
        assert items
    outcomes = [_outcome(ROWS[api, resource], it) for it in items]
    assert all(it == "read" or it.startswith(f"vera {resource}, line ") for it in outcomes)
    assert servers.violations() == []
    assert servers.valid() == before + (2 if items else 1)


def _outcome(listed: Listed, item: Item) -> str:
    try:
        listed.row(item)
        for named in listed.ids.values():
            named(item)
    except InputError as error:
        return str(error.place)
    return "read"


@pytest.mark.parametrize(
    ("api", "resource"),
    [
        ("overeenkomsten", "huurovereenkomsten"),
        ("relaties", "relaties"),
        ("relaties", "relatierollen"),
        ("relaties", "relatie-adressen"),
        ("relaties", "contactgegevens"),
    ],
    ids=lambda it: it,
)
def test_every_single_item_is_asked_for_as_the_specification_says(
    servers: Prism, api: str, resource: str
) -> None:
    """By its id, whatever is in it."""
    before = servers.valid()
    with Client(settings(servers.options)) as client:
        try:
            found = "read" if client.one(api, resource, "KW 1/2é") else "not there"
        except PluginFailed as error:
            found = error.problem
    assert found == "read" or (servers.refuses_its_own and found == "status 500 (tried once)")
    assert servers.violations() == []
    assert servers.valid() == before + 1


def test_the_ledger_and_the_contact_source_refuse_what_makes_no_sense(servers: Prism) -> None:
    """With an error of ours, and only valid requests on the way there."""
    with pytest.raises(HuurschuldError):
        open_vera(**servers.options).tables()
    with pytest.raises(HuurschuldError):
        open_contacts(**servers.options).contact_details("KW-1")
    assert servers.violations() == []


def test_a_request_that_is_not_valid_is_noticed(tmp_path: Path) -> None:
    """The check can fail: a page size that is no number is a violation, in the log and in the answer."""
    log = tmp_path / "log"
    server = Server(FILES["financien"], log, "--errors")
    try:
        wrong = {"X-Parameters-AantalPerPagina": "many", "Authorization": "Bearer x"}
        answer = httpx.get(f"{server.address()}/boekingen", headers=wrong)
    finally:
        server.stop()
    servers = Prism({}, [log], {}, "errors")
    assert answer.status_code == 422
    assert "sl-violations" in answer.headers
    assert servers.violations()
    assert servers.valid() == 0
