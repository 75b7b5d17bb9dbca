"""The channels to the Meldpunt: what goes out exactly, and what an answer means."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import ssl
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
from hypothesis import given, strategies as st
from receiver import receiver, taken
from referring import told_by

from huurschuld import InputError, InvalidValue
from huurschuld.hooks import QueriesStatus
from huurschuld.model.referral import ContactDetails, Delivery, Outcome, Referral
from huurschuld.plugins.meldpunt import open_file_drop, open_meldpunt
from huurschuld.plugins.meldpunt.payload import read_payload

KEY = "0123456789abcdef" * 2
TOKEN = "a-secret-of-the-tests"  # noqa: S105 - of the tests alone
CONTACT = ContactDetails(
    name="Zwaantje van der Kanarie",
    street="Voorstraat",
    house_number=12,
    postcode="2225AB",
    place="Katwijk",
    email="z@example.nl",
)
REFERRAL = Referral(contact=CONTACT, arrears_cents=127_005)
PATIENCE = 60
"""Seconds for what does answer, however slow the machine is."""
CANARIES = ("Zwaantje", "Voorstraat", "2225AB", "z@example", TOKEN)


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a server that does one thing with one connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(PATIENCE)
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(PATIENCE)


def answering(text: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(text)

    return answer


def read_request(connection: socket.socket) -> None:
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65_536)


def sent_to(url: str, **options: Any) -> Delivery:
    return open_meldpunt(url=url, **{"timeout": str(PATIENCE), **options}).send(REFERRAL, KEY)


# --- what goes out ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"name": "naam", "amount": "bedrag"}, "name=naam, amount=bedrag"])
def test_what_goes_out_is_the_contact_details_and_the_amount(tmp_path: Path, fields: Any) -> None:
    """Under the receiver's names, with the key and the secret in headers, and nothing else."""
    with receiver(tmp_path / "log") as address:
        told = sent_to(f"{address}/signals", token=TOKEN, fields=fields)
    assert (told.outcome, told.reason) == (Outcome.ACCEPTED, "status 201")
    assert told.receipt == '{"received": 1}'
    (it,) = taken(tmp_path / "log")
    assert json.loads(it["body"]) == {
        "naam": "Zwaantje van der Kanarie",
        "street": "Voorstraat",
        "house_number": 12,
        "postcode": "2225AB",
        "place": "Katwijk",
        "email": "z@example.nl",
        "bedrag": "1270.05",
    }
    headers = {name.lower(): value for name, value in it["headers"].items()}
    assert headers.pop("host").startswith("127.0.0.1:")
    assert int(headers.pop("content-length")) == len(it["body"])
    assert headers == {
        "accept": "*/*",
        "accept-encoding": "identity",
        "authorization": f"Bearer {TOKEN}",
        "connection": "close",
        "content-type": "application/json",
        "idempotency-key": KEY,
        "user-agent": "huurschuld",
    }


@given(cents=st.integers(1, 10**8))
def test_the_amount_is_exact(cents: int) -> None:
    """As decimal text in euros, or as whole cents; nothing passes through a float."""
    referral = Referral(contact=CONTACT, arrears_cents=cents)
    euros, whole = (
        json.loads(read_payload(None, unit).of(referral))["amount"] for unit in ("euros", "cents")
    )
    assert Decimal(euros) == Decimal(cents) / 100
    assert len(euros.partition(".")[2]) == 2
    assert whole == cents


@pytest.mark.parametrize("where", ["web", "drop"])
def test_no_repr_error_or_log_shows_a_person_or_the_secret(
    tmp_path: Path, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Also at the most talkative level, at which the HTTP library would tell all that it hears."""
    caplog.set_level(logging.DEBUG)
    with receiver(tmp_path / "log", "--status", "503") as address:
        channel = (
            open_meldpunt(url=address, token=TOKEN, ask_url=address)
            if where == "web"
            else open_file_drop(folder=str(tmp_path))
        )
        told = channel.send(REFERRAL, KEY)
        if isinstance(channel, QueriesStatus):
            channel.status(KEY)
    shown = [repr(channel), repr(told), told.reason, *(str(vars(it)) for it in caplog.records)]
    assert not [it for it in CANARIES if it in " ".join(shown)]


# --- what an answer means --------------------------------------------------------------------------

BY_CLASS = {2: Outcome.ACCEPTED, 4: Outcome.REFUSED}
EXCEPTIONS = {429: Outcome.NOT_DELIVERED, **dict.fromkeys((408, 409, 425), Outcome.UNKNOWN)}


@pytest.mark.parametrize(
    "status",
    [200, 201, 202, 204, 299, 301, 304, 307, 399, *range(400, 430), 451, 499, 500, 502, 503, 504, 599],
)
def test_what_a_status_means(status: int) -> None:
    """Accepted and refused only where the receiver says so; what leaves a doubt is unknown."""
    with listening(answering(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())) as url:
        told = sent_to(url)
    assert told.outcome is EXCEPTIONS.get(status, BY_CLASS.get(status // 100, Outcome.UNKNOWN))
    assert told.reason == f"status {status}"
    assert (told.receipt is None) == (told.outcome is not Outcome.ACCEPTED)


def reset(connection: socket.socket) -> None:
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def wait(connection: socket.socket) -> None:
    read_request(connection)
    connection.recv(1)


LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"


def pouring(piece: bytes, pause: float = 0.0, first: bytes = LONG) -> Callable[[socket.socket], None]:
    """Send pieces of an answer, each in time, and never the whole."""

    def pour(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(first)
        with suppress(OSError):
            while True:
                connection.sendall(piece)
                time.sleep(pause)

    return pour


@pytest.mark.parametrize(
    "answer",
    [
        answering(b""),
        reset,
        answering(b"HTTP/1.1 20"),
        answering(b"this is no HTTP\r\n\r\n"),
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"),
        answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal"),
    ],
)
def test_an_answer_that_is_cut_off_leaves_a_doubt(answer: Callable[[socket.socket], None]) -> None:
    """Also if its first line says 200: the referral was sent, and what became of it is not known."""
    with listening(answer) as url:
        told = sent_to(url)
    assert (told.outcome, told.reason) == (Outcome.UNKNOWN, "the connection was cut off")


HOLDING = {
    "silence": wait,
    "body": pouring(b".", pause=0.02),
    "body without a length": pouring(b".", pause=0.02, first=b"HTTP/1.1 200 OK\r\n\r\n"),
    "chunks": pouring(b"1\r\n.\r\n", 0.02, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "a status line": pouring(b"0", pause=0.02, first=b"HTTP/1.1 2"),
    "a header": pouring(b"x", pause=0.02, first=b"HTTP/1.1 200 OK\r\nX-Long: "),
    "headers": pouring(b"X-A: b\r\n", pause=0.02, first=b"HTTP/1.1 200 OK\r\n"),
    "100 Continue": pouring(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.02, first=b""),
    "102 at once": pouring(b"HTTP/1.1 102 Processing\r\n\r\n", first=b""),
}
"""What a server may do for ever, each piece in time."""
AT_MOST = 20.0
"""Seconds within which a time-out of a fraction of one has surely ended it, on a slow machine."""


def sent_to_in_time(url: str) -> Delivery:
    """Send with a short time-out; a longer one where a busy machine did not even connect in that."""
    for seconds in ("0.3", "1", "3"):
        told = sent_to(url, timeout=seconds)
        if told.reason != "no connection in time":
            break
    return told


@pytest.mark.parametrize("what", HOLDING)
def test_an_answer_is_not_waited_for_without_end(what: str) -> None:
    """Neither one that never begins, nor one of which each piece comes in time, and never the last."""
    with listening(HOLDING[what]) as url:
        begun = time.monotonic()
        told = sent_to_in_time(url)
        took = time.monotonic() - begun
    assert told.outcome is Outcome.UNKNOWN
    # h11 refuses headers that are too long, which may come first.
    assert told.reason == "no answer in time" or (what, told.reason) == (
        "headers",
        "the connection was cut off",
    )
    assert took < AT_MOST


def test_a_greeting_is_not_waited_for_without_end() -> None:
    """A receiver that never finishes the TLS handshake got nothing."""

    def drip(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while True:
                connection.sendall(b"\x02")
                time.sleep(0.02)

    with listening(drip) as url:
        begun = time.monotonic()
        told = sent_to(url.replace("http:", "https:"), timeout="1")
        took = time.monotonic() - begun
    assert told.outcome is Outcome.NOT_DELIVERED
    assert took < AT_MOST


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_what_a_receiver_answers_is_in_no_log(level: int, caplog: pytest.LogCaptureFixture) -> None:
    """It may put a name in its first line, its headers or its text; other requests are logged still."""
    caplog.set_level(level)
    name = "Zwaantje-van-der-Kanarie"
    text = f"HTTP/1.1 200 {name}\r\nX-For: {name}\r\nSet-Cookie: who={name}\r\nContent-Length: 24\r\n"
    with listening(answering(f"{text}\r\n{name}".encode())) as url:
        told = sent_to(url)
    assert told.receipt == name
    assert not [it for it in caplog.records if name in str(vars(it)) or it.name.startswith("http")]
    with listening(answering(b"HTTP/1.1 204 Fine\r\n\r\n")) as url:
        httpx.get(url)
    assert [it for it in caplog.records if it.name == "httpx"]


def test_where_no_connection_is_made_nothing_was_sent() -> None:
    """Refused, or a name that is nobody's; and a question that was not asked says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}/"
    assert sent_to(closed).outcome is Outcome.NOT_DELIVERED
    channel = open_meldpunt(url=closed, ask_url=closed)
    assert isinstance(channel, QueriesStatus)
    assert channel.status(KEY).outcome is Outcome.UNKNOWN
    told = sent_to("https://nobody.invalid/")
    assert (told.outcome, told.reason) == (Outcome.NOT_DELIVERED, "no connection")


@pytest.fixture
def full() -> Iterator[int]:
    """A port of this machine at which nobody gets through: whoever connects waits."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):  # what still fits into its queue
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        time.sleep(0.1)
        yield server.getsockname()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue refuses who connects")
def test_addresses_that_do_not_answer_take_no_longer_than_one(
    full: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host may have many; the time is for all of it, and nothing was sent."""
    address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", full))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address] * 20)
    began = time.monotonic()
    delivery = sent_to(f"http://localhost:{full}", timeout=1)
    assert (delivery.outcome, delivery.reason) == (Outcome.NOT_DELIVERED, "no connection in time")
    assert time.monotonic() - began < 10  # it was 20


def test_a_name_that_is_looked_up_without_end_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The system cannot be told to stop looking up a name; nothing was sent meanwhile."""
    told = threading.Event()

    def looking(*_: object, **__: object) -> list[object]:
        told.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", looking)
    delivery = sent_to("http://localhost:9", timeout=0.3)
    assert not told.is_set()
    told.set()
    assert (delivery.outcome, delivery.reason) == (Outcome.NOT_DELIVERED, "no connection in time")


def test_a_receiver_that_cannot_show_who_it_is_gets_nothing() -> None:
    """No TLS, or no certificate that is trusted: not a byte of the referral has gone out."""
    got: list[bytes] = []

    def no_tls(connection: socket.socket) -> None:
        got.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with listening(no_tls) as url:
        told = sent_to(url.replace("http:", "https:"))
    assert (told.outcome, told.reason) == (Outcome.NOT_DELIVERED, "no connection")
    assert got
    assert not any(it.encode() in b"".join(got) for it in (*CANARIES, KEY))


def test_certificates_are_checked() -> None:
    """There is no option not to."""
    channel: Any = open_meldpunt(url="https://example.nl/")
    trust: ssl.SSLContext = channel._web._trust
    assert trust.verify_mode is ssl.CERT_REQUIRED
    assert trust.check_hostname


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    """The referral does not go to an address that nobody has chosen."""
    with receiver(tmp_path / "log", "--redirect") as address:
        told = sent_to(address)
    assert (told.outcome, told.reason) == (Outcome.UNKNOWN, "status 307")
    assert taken(tmp_path / "log") == []


@pytest.mark.parametrize(
    "where", ["http:\\//here/Zwaantje", "https://here:99999999/", "http://[::1", "//\x7f", "x" * 70_000]
)
def test_a_redirect_that_leads_nowhere_is_no_answer(where: str) -> None:
    """The HTTP library looks at it, although nobody goes there; that must not be an error."""
    answer = f"HTTP/1.1 307 Go\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode()
    with listening(answering(answer)) as url:
        told = sent_to(url)
    assert told.outcome is Outcome.UNKNOWN
    assert "Zwaantje" not in told.reason


def test_of_a_receipt_so_much_is_kept() -> None:
    """64 KiB; a receiver that sends without end does not fill the disk."""
    with listening(pouring(b"x" * 4096)) as url:
        told = sent_to(url)
    assert told.outcome is Outcome.ACCEPTED
    assert told.receipt == "x" * 65_536


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, "accepted"), (404, "not-delivered"), *((it, "unknown") for it in (204, 401, 410, 500))],
)
def test_what_a_receiver_that_is_asked_says(status: int, expected: str) -> None:
    """It has it, or has it not; everything else tells nothing."""
    with listening(answering(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok".encode())) as url:
        channel = open_meldpunt(url="https://example.nl/", ask_url=url, timeout=str(PATIENCE))
        assert isinstance(channel, QueriesStatus)
        assert channel.status(KEY).outcome == expected


def test_over_plain_http_no_proxy_comes_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would read what is on its way within this machine."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with receiver(tmp_path / "log") as address:
        assert sent_to(address).outcome is Outcome.ACCEPTED


# --- options ---------------------------------------------------------------------------------------

FINE = {"url": "https://example.nl/signals"}


WRONG: dict[str, list[Any]] = {
    "url": [
        *("http://example.nl/", "http://127.0.0.1.example.nl/", "ftp://example.nl/", "example.nl"),
        *("", "https://", "https://[::1/", "https://example.nl:99999/", "https://example.nl/#x"),
        *(f"https://me:{TOKEN}@example.nl/", f"https://example.nl/?key={TOKEN}"),
    ],
    "ask_url": ["http://example.nl/"],
    "token": ["", f"{TOKEN}\r\nX: y"],
    "honours_key": ["yes", 1],
    "amount": ["euro"],
    "timeout": ["0", "-1", "1e9", True],
    "fields": ["name", {"bsn": "bsn"}, {"name": "place"}, {"name": 3}, ["name"]],
}


@pytest.mark.parametrize(("name", "value"), [(name, it) for name, them in WRONG.items() for it in them])
def test_a_wrong_option_is_refused_when_the_channel_is_opened(name: str, value: Any) -> None:
    """At its name, and without what was given: it may be a secret."""
    with pytest.raises(InputError) as caught:
        open_meldpunt(**{**FINE, name: value})
    assert caught.value.place == ("/fields/name" if value == {"name": 3} else f"/{name}")
    secret = TOKEN.partition("-")[2]
    assert secret not in told_by(caught.value).replace("TOKEN", "")


@pytest.mark.parametrize("options", [{}, *({"honours_key": it} for it in ("true", True, "false"))])
def test_nothing_is_assumed_of_the_receiver(options: dict[str, Any]) -> None:
    """It honours the key, or can be asked, only if the user says so."""
    channel = open_meldpunt(**FINE, **options)
    assert channel.idempotent is (options.get("honours_key") in {"true", True})
    assert not isinstance(channel, QueriesStatus)
    asked = open_meldpunt(**FINE, ask_url="https://example.nl/asked", **options)
    assert isinstance(asked, QueriesStatus)


@pytest.mark.parametrize("key", ["", "x" * 32, "../" * 10 + "ab", KEY + "\n", KEY.upper()])
def test_a_key_is_one_of_an_outbox(tmp_path: Path, key: str) -> None:
    """It becomes a header, a part of an address, the name of a file."""
    for channel in (open_meldpunt(**FINE), open_file_drop(folder=str(tmp_path))):
        with pytest.raises(InvalidValue, match="/key"):
            channel.send(REFERRAL, key)


def broken(*_: object) -> None:
    raise OSError(5, "no space")


# --- the folder ------------------------------------------------------------------------------------


def test_a_file_is_put_there_once(tmp_path: Path) -> None:
    """Also if the receiver has taken it away meanwhile; for its owner alone."""
    channel = open_file_drop(folder=str(tmp_path))
    assert channel.idempotent is True
    for _ in range(2):
        assert channel.send(REFERRAL, KEY) == Delivery(
            outcome=Outcome.ACCEPTED, reason="put there", receipt=f"{KEY}.json"
        )
    assert {it.name for it in tmp_path.iterdir()} == {f"{KEY}.json", ".huurschuld"}
    put = tmp_path / f"{KEY}.json"
    assert stat.S_IMODE(put.stat().st_mode) == 0o600
    assert json.loads(put.read_text())["name"] == CONTACT.name
    put.unlink()
    assert channel.send(REFERRAL, KEY).outcome is Outcome.ACCEPTED
    assert not put.exists()
    left = b"".join(it.read_bytes() for it in tmp_path.rglob("*") if it.is_file())
    assert re.fullmatch(rb"[0-9a-f]{64}", left)
    (mark,) = (it for it in tmp_path.rglob("*") if it.is_file())
    other = CONTACT.__class__(**{**attrs.asdict(CONTACT), "name": "Iemand Anders"})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    open_file_drop(folder=str(elsewhere)).send(Referral(contact=other, arrears_cents=1), KEY)
    assert (elsewhere / ".huurschuld" / mark.name).read_bytes() == left  # it says nothing of a person


@pytest.mark.parametrize("call", range(1, 40))
def test_wherever_it_breaks_off_a_file_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """Broken off before each call of the system in turn; the next attempt brings it there, once."""

    class BrokenOff(BaseException):
        pass

    calls = count(1)

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def one(*args: Any, **options: Any) -> Any:
            if next(calls) == call:
                raise BrokenOff
            return real(*args, **options)

        return one

    channel = open_file_drop(folder=str(tmp_path))
    with monkeypatch.context() as patch:
        for name in ("open", "fsync", "replace", "lstat", "unlink", "mkdir", "close"):
            patch.setattr(os, name, counted(getattr(os, name)))
        try:
            channel.send(REFERRAL, KEY)
        except BrokenOff:
            pass
        else:
            assert call > 12
    put = tmp_path / f"{KEY}.json"
    was_there = put.exists()
    if was_there:
        assert json.loads(put.read_text())["name"] == CONTACT.name
        put.unlink()  # the receiver takes it away
    assert open_file_drop(folder=str(tmp_path)).send(REFERRAL, KEY).outcome is Outcome.ACCEPTED
    assert put.exists() != was_there


@pytest.mark.parametrize("whole", [0, 1, 10])
@pytest.mark.parametrize("what", ["part", "mark"])
def test_what_a_killed_attempt_left_half_written_is_written_anew(
    tmp_path: Path, what: str, whole: int
) -> None:
    """Its part before there is a mark, or its mark beside a whole part."""
    channel = open_file_drop(folder=str(tmp_path))
    beside, put = tmp_path / ".huurschuld", tmp_path / f"{KEY}.json"
    channel.send(REFERRAL, KEY)
    mark = beside / f"{KEY}.mark"
    if what == "part":
        (beside / f"{KEY}.part").write_bytes(put.read_bytes()[:whole])
        mark.unlink()
    else:
        put.rename(beside / f"{KEY}.part")
        mark.write_bytes(mark.read_bytes()[:whole])
    put.unlink(missing_ok=True)
    assert channel.send(REFERRAL, KEY).outcome is Outcome.ACCEPTED
    assert json.loads(put.read_text())["name"] == CONTACT.name
    assert not (beside / f"{KEY}.part").exists()


@pytest.mark.skipif(os.name != "posix", reason="links, and pipes with names")
@pytest.mark.parametrize("name", [f".huurschuld/{KEY}.part", f".huurschuld/{KEY}.mark", ".huurschuld"])
@pytest.mark.parametrize("kind", ["link", "dangling link", "link to a folder", "pipe", "folder"])
def test_nothing_is_written_through_what_somebody_put_there(
    tmp_path: Path, name: str, kind: str
) -> None:
    """A link would carry name and address elsewhere; and it is told that something is in the way."""
    drop, elsewhere = tmp_path / "drop", tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = elsewhere / "target"
    (drop if name == ".huurschuld" else drop / ".huurschuld").mkdir(parents=True, mode=0o700)
    if kind == "link":
        target.write_bytes(b"theirs")
    put = drop / name
    if kind == "pipe":
        os.mkfifo(put)
    elif kind == "folder":
        put.mkdir(mode=0o777)
        put.chmod(0o777)
    else:
        put.symlink_to(elsewhere if kind == "link to a folder" else target)
    told = open_file_drop(folder=str(drop)).send(REFERRAL, KEY)
    assert told.outcome is (Outcome.UNKNOWN if name.endswith("mark") else Outcome.NOT_DELIVERED)
    assert told.reason.startswith("the folder: ")
    assert [it.name for it in drop.iterdir()] == [".huurschuld"]
    assert [it.read_bytes() for it in elsewhere.iterdir()] == ([b"theirs"] if kind == "link" else [])
    assert put.is_symlink() == ("link" in kind)


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_link_in_the_place_of_the_file_is_replaced(tmp_path: Path) -> None:
    """The file takes its name; what the link led to stays as it was."""
    (tmp_path / "theirs").write_bytes(b"theirs")
    put = tmp_path / f"{KEY}.json"
    put.symlink_to(tmp_path / "theirs")
    assert open_file_drop(folder=str(tmp_path)).send(REFERRAL, KEY).outcome is Outcome.ACCEPTED
    assert not put.is_symlink()
    assert json.loads(put.read_text())["name"] == CONTACT.name
    assert (tmp_path / "theirs").read_bytes() == b"theirs"


@pytest.mark.parametrize("content", [b"", b"a mark", b"0" * 64])
def test_a_mark_that_was_there_before_is_no_delivery(tmp_path: Path, content: bytes) -> None:
    """Nothing was put there, so nobody is told that it was; a person looks it up."""
    beside = tmp_path / ".huurschuld"
    beside.mkdir(mode=0o700)
    (beside / f"{KEY}.mark").write_bytes(content)
    channel = open_file_drop(folder=str(tmp_path))
    told = channel.send(REFERRAL, KEY)
    assert told.outcome is Outcome.UNKNOWN
    assert "a mark that was not made here" in told.reason
    assert (beside / f"{KEY}.mark").read_bytes() == content


def test_the_mark_of_another_key_is_no_delivery(tmp_path: Path) -> None:
    """A mark names its key."""
    channel, beside = open_file_drop(folder=str(tmp_path)), tmp_path / ".huurschuld"
    channel.send(REFERRAL, KEY)
    other = KEY[::-1]
    (beside / f"{KEY}.mark").rename(beside / f"{other}.mark")
    assert channel.send(REFERRAL, other).outcome is Outcome.UNKNOWN


def test_a_part_that_was_changed_is_not_delivered(tmp_path: Path) -> None:
    """What is put there are the bytes that were confirmed."""
    channel, beside, put = open_file_drop(folder=str(tmp_path)), tmp_path / ".huurschuld", f"{KEY}.json"
    channel.send(REFERRAL, KEY)
    written = (tmp_path / put).read_bytes()
    (tmp_path / put).unlink()
    (beside / f"{KEY}.part").write_bytes(written.replace(b"Voorstraat", b"Achterstra"))
    assert channel.send(REFERRAL, KEY).outcome is Outcome.UNKNOWN
    assert not (tmp_path / put).exists()


def test_a_disk_that_fails_is_told_by_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the file is there for the receiver, it surely is not delivered."""
    channel = open_file_drop(folder=str(tmp_path))
    (tmp_path / ".huurschuld").write_text("in the way")
    told = channel.send(REFERRAL, KEY)
    assert told.outcome is Outcome.NOT_DELIVERED
    assert told.reason.startswith("the folder: ")
    (tmp_path / ".huurschuld").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        told = channel.send(REFERRAL, KEY)
    assert (told.outcome, told.reason) == (Outcome.NOT_DELIVERED, "the folder: OSError")
    with pytest.raises(InvalidValue, match="/folder"):
        open_file_drop(folder=str(tmp_path / "nowhere"))
