"""Parsers of what servers answer: the lists of a VERA source, and receivers of referrals."""

from __future__ import annotations

import functools
import json
import random
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from attrs import evolve
from plugins_on_disk import WHO
from torture.attack import CANARY
from torture.changing import changed_bytes, changed_value
from torture.parser import Parser, as_json
from torture.tabular import some_tenancies
from vera_server import Fault, VeraServer
from vera_source import OPTIONS, as_json as as_vera_json, carried, lists_of

from huurschuld import read_portfolio
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.plugins.meldpunt import open_meldpunt
from huurschuld.plugins.vera import open_vera

_KEY: Final = "0" * 32


# --- VERA --------------------------------------------------------------------------------------


@functools.cache
def _source() -> VeraServer:
    """A server for as long as this process lives."""
    server = VeraServer(lists_of(map(carried, some_tenancies())))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _list(rng: random.Random) -> tuple[str, bytes]:
    """A page of a list, its items or its bytes changed."""
    lists = _source().lists
    name = rng.choice([it for it in sorted(lists) if lists[it]])
    page = json.loads(as_vera_json([*lists[name]][:100]))
    way = rng.random()
    data = as_json(changed_value(page, rng) if way < 0.8 else page)
    return name, changed_bytes(data, rng) if way > 0.7 else data


def _read_vera(name: str, data: bytes, _: Path) -> None:
    server = _source()
    server.faults.clear()
    server.faults[name, 0] = [Fault(body=data.decode("utf-8", "replace"))]
    options = {**OPTIONS, "attempts": 1, "first_wait_ms": 1, "read_seconds": 5, "deadline_seconds": 30}
    found = read_portfolio(open_vera(base=server.base, **options))
    assert CANARY not in repr(found)


# --- receivers ---------------------------------------------------------------------------------

_ANSWERS: Final = (
    b"HTTP/1.1 201 Created\r\nContent-Length: 6\r\nX-Name: NAME\r\n\r\nthanks",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nNAME\r\n0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\nNAME until the end",
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nContent-Encoding: gzip\r\n\r\n",
    b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/NAME\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 429 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 500 NAME\r\nContent-Length: 0\r\nSet-Cookie: a=NAME\r\n\r\n",
)
_STATUS: Final = re.compile(rb"HTTP/\d\.\d (\d{3})")


class _Receiver:
    """A receiver that answers every request with the same bytes, whatever they are."""

    def __init__(self) -> None:
        self.answer = b""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._server.accept()
            with connection, suppress(OSError):
                connection.settimeout(5)
                connection.recv(65536)
                connection.sendall(self.answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    """Until the other side has read it."""


@functools.cache
def _receiver() -> tuple[_Receiver, Any]:
    receiver = _Receiver()
    url = f"http://127.0.0.1:{receiver.port}/"
    return receiver, open_meldpunt(url=url, ask_url=url, timeout="3")


def _answer(rng: random.Random) -> tuple[str, bytes]:
    return "answer", changed_bytes(rng.choice(_ANSWERS).replace(b"NAME", CANARY.encode()), rng)


def _deliver(_: str, data: bytes, __: Path) -> None:
    """Send and ask: what counts as accepted was answered with a status that says so."""
    receiver, channel = _receiver()
    receiver.answer = data
    statuses = set(map(int, _STATUS.findall(data)))
    for delivery in _deliveries(channel):
        assert isinstance(delivery, Delivery), "it is no delivery"
        assert CANARY not in delivery.reason + repr(delivery), "the reason quotes the receiver"
        if delivery.outcome is Outcome.ACCEPTED:
            assert statuses & set(range(200, 300)), "accepted without a status that says so"


def _deliveries(channel: Any) -> Iterator[Delivery]:
    yield channel.send(Referral(contact=evolve(WHO, name=CANARY), arrears_cents=127_000), _KEY)
    yield channel.status(_KEY)


PARSERS: Final = (
    Parser("vera", _list, _read_vera, 4, 30),
    Parser("answers", _answer, _deliver, 1, 40),
)
