"""Logs: an application that logs all that any library says finds nothing there of a stranger."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import attrs
import polars as pl
import pytest
from databases import write_database
from libraries import GIVEN, LIBRARIES
from referring import AS_OF, in_arrears
from tables import as_tables
from test_meldpunt import answering, listening, sent_to
from vera_server import Fault, serving
from vera_source import OPTIONS, lists_of

from huurschuld import HuurschuldError, screen
from huurschuld.hooks import QueriesStatus
from huurschuld.model.referral import Outcome
from huurschuld.model.unlogged import each_unlogged, leave_out, unlogged
from huurschuld.plugins.database import open_database
from huurschuld.plugins.meldpunt import open_meldpunt
from huurschuld.plugins.vera import open_contacts, open_vera

NAME = "Zwaantje-van-der-Kanarie"
LIBRARIES_THAT_LOG = ("asyncio", "httpcore", "httpx", "psycopg", "py4j", "sqlalchemy", "stamina")
ANSWERS = {
    "reason": f"HTTP/1.1 500 {NAME}\r\nContent-Length: 0\r\n\r\n",
    "header": f"HTTP/1.1 200 OK\r\nX-For: {NAME}\r\n{NAME}: 1\r\nContent-Length: 0\r\n\r\n",
    "cookie": f"HTTP/1.1 200 OK\r\nSet-Cookie: who={NAME}\r\nContent-Length: 0\r\n\r\n",
    "redirect": f"HTTP/1.1 307 Go\r\nLocation: http://localhost:1/{NAME}\r\nContent-Length: 0\r\n\r\n",
    "trailer": f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-For: {NAME}\r\n\r\n",
    "no HTTP": f"{NAME} {NAME}\r\n\r\n",
    "no header": f"HTTP/1.1 200 OK\r\n{NAME}\r\n\r\n",
    "hint": f"HTTP/1.1 103 {NAME}\r\nLink: <{NAME}>\r\n\r\nHTTP/1.1 204 {NAME}\r\n\r\n",
    "cut off": f"HTTP/1.1 200 {NAME}\r\nContent-Length: 900\r\n\r\n{NAME}",
    "unknown coding": f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {NAME}\r\n\r\n{NAME}",
}


class Heard(logging.Handler):
    """Keeps all of every record: its text, its arguments, what goes along with it."""

    def __init__(self) -> None:
        super().__init__(level=1)
        self.told: list[str] = []
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        record.message = record.getMessage()
        self.records.append(record)
        self.told.append(f"{record.name} {record.levelname} {record.getMessage()} {vars(record)}")

    def about(self, what: str) -> list[str]:
        """The records with a text in them, shortened."""
        return [it[:300] for it in self.told if what in it]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """All that is logged, as after `basicConfig(level=DEBUG)`, and by libraries that must be asked."""
    handler, loggers = Heard(), [logging.getLogger(it) for it in ("", *LIBRARIES_THAT_LOG)]
    levels = [it.level for it in loggers]
    loggers[0].addHandler(handler)
    for it in loggers:
        it.setLevel(logging.DEBUG)
    yield handler
    loggers[0].removeHandler(handler)
    for it, level in zip(loggers, levels, strict=True):
        it.setLevel(level)


@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_that_a_receiver_answers(heard: Heard, answer: str) -> None:
    """However it answers, to a referral or to the question what became of one."""
    with listening(answering(ANSWERS[answer].encode())) as url:
        sent_to(url, timeout="20")
    with listening(answering(ANSWERS[answer].encode())) as url:
        channel = open_meldpunt(url=url, ask_url=f"{url}{NAME}", timeout="20")
        assert isinstance(channel, QueriesStatus)
        assert channel.status("0" * 32).outcome in set(Outcome)
    assert not heard.about(NAME)
    assert not heard.about("http")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(headers={"X-For": NAME, "Set-Cookie": f"who={NAME}", "Retry-After": NAME}),
        Fault(status=500, headers={"X-For": NAME}, body=NAME),
        Fault(status=302, headers={"Location": f"http://localhost:1/{NAME}"}),
        Fault(status=401, headers={"WWW-Authenticate": f"Bearer realm={NAME}"}),
        Fault(headers={"X-Parameters-Cursor": NAME, "X-Parameters-Aantal": NAME}),
        Fault(body=NAME),
        Fault(body=f'[{{"id": "{NAME}", "bedrag": "{NAME}"}}]'),
        Fault(body=f'{{"access_token": "{NAME}", "token_type": "{NAME}"}}'),
        Fault(cut=True, headers={"X-For": NAME}),
    ],
    ids=lambda it: f"{it.status} {it.body} {list(it.headers)} {it.cut}",
)
@pytest.mark.parametrize("asked", ["boekingen", "token"])
def test_nothing_that_a_vera_server_answers(heard: Heard, fault: Fault, asked: str) -> None:
    """Nor what is asked of it: an address has the id of a lease, which may be made of a name."""
    tenancy = attrs.evolve(in_arrears(NAME), id=NAME)
    with serving(lists_of([tenancy]), oauth=True) as server:
        server.faults[asked, 0] = [fault] * 9
        options = {**OPTIONS, **server.credentials, "first_wait_ms": 1, "attempts": 2}
        with suppress(HuurschuldError):  # what is wrong with an answer is tested elsewhere
            open_vera(base=server.base, **options).tables()
        with suppress(HuurschuldError):
            open_contacts(base=server.base, **server.credentials, attempts=1).contact_details(NAME)
        assert server.requests
    assert not heard.about(NAME)
    assert not heard.about("http")


def test_nothing_that_stands_in_a_database(heard: Heard, tmp_path: Path) -> None:
    """Not in a row, nor in a table's name, a SELECT, or the error that the database makes of them."""
    url = f"sqlite:///{tmp_path / 'erp.sqlite'}"
    write_database(url, as_tables([in_arrears(NAME)]))
    heard.told.clear()
    assert pl.DataFrame(open_database(url=url).tables()["tenancies"])["id"].to_list() == [NAME]
    for select in (f"SELECT '{NAME}' AS tenancy", f"SELECT {NAME}", f"SELECT abs('{NAME}', 1)"):
        with pytest.raises(HuurschuldError):
            pl.DataFrame(open_database(url=url, tables={"plans": select}).tables()["plans"])
    assert not heard.about(NAME)


@pytest.mark.slow
@pytest.mark.parametrize("library", LIBRARIES)
def test_nothing_that_stands_in_a_table(heard: Heard, library: str) -> None:
    """Spark's bridge logs every command that it sends: no id and no cell is in one."""
    rows = as_tables([in_arrears(NAME), in_arrears(f"{NAME}-2")])
    frames = {name: pl.DataFrame(its) for name, its in rows.items() if its}
    bad = {**frames, "rents": frames["rents"].with_columns(pl.lit(NAME).alias("cents"))}
    twice = {**frames, "tenancies": pl.concat([frames["tenancies"]] * 2)}
    for its in (frames, bad, twice):
        given = GIVEN[library](its)
        heard.told.clear()
        with suppress(HuurschuldError):  # the last two are refused
            screen(given, "bgs-2021", AS_OF, facts=True)
        assert not heard.about(NAME)


def test_what_others_log_is_logged(heard: Heard) -> None:
    """In another thread, after the block, and between the items: only what is ours is left out."""
    log = logging.getLogger("a_library.below")
    leave_out("a_library")

    def made() -> Generator[int, None, None]:
        try:
            for number in range(3):
                log.warning("made %d", number)
                yield number
        finally:
            log.warning("closed")

    with unlogged():
        log.warning("ours")
        thread = threading.Thread(target=log.warning, args=("theirs",))
        thread.start()
        thread.join()
    items = each_unlogged(made())
    for number in items:
        log.warning("used %d", number)
        if number == 1:
            break
    del items
    log.warning("after")
    told = [it.message for it in heard.records if it.name.startswith("a_library")]
    assert told == ["theirs", "used 0", "used 1", "after"]
