"""Hostile receivers: whatever they answer, it ends in time, and nothing goes elsewhere or twice."""

from __future__ import annotations

import functools
import json
import logging
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from attrs import define, field
from referring import RECEIVER, confirmed
from torture.attack import CANARY, Attack, Finding, chance, scratch

from huurschuld.plugins.meldpunt import open_meldpunt
from huurschuld.referrals import Outbox, Pacing, State, create_outbox, history, listing, send

_SECONDS: Final = 0.5
"""How long an exchange may take."""
_LATEST: Final = 20.0
"""How much longer it may take on a busy machine than it may by itself."""
_PACING: Final = Pacing(rounds=2, first_wait=0, longest_wait=0, settling=0)
_HEAD: Final = b"HTTP/1.1 201 Created\r\nX-Name: " + CANARY.encode() + b"\r\n"


@define
class Call:
    """One request, and how to answer it."""

    connection: socket.socket
    stopped: threading.Event
    elsewhere: int
    rng: random.Random

    def say(self, *pieces: bytes) -> None:
        """Answer."""
        for piece in pieces:
            self.connection.sendall(piece)

    def drip(self, head: bytes, piece: bytes) -> None:
        """Answer with one piece after another, until nobody listens."""
        self.say(head)
        while not self.stopped.wait(0.02):
            self.say(piece)


def _redirects(call: Call) -> None:
    status = call.rng.choice((301, 302, 303, 307, 308))
    to = f"http://127.0.0.1:{call.elsewhere}/{CANARY}"
    call.say(f"HTTP/1.1 {status} Go\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode())


def _silent(call: Call) -> None:
    call.stopped.wait(3)


def _large(call: Call) -> None:
    call.drip(_HEAD + b"\r\n", b"x" * 1_000_000)


def _says(status: bytes, body: bytes = b"") -> Callable[[Call], None]:
    length = str(len(body)).encode()
    return lambda call: call.say(
        b"HTTP/1.1 " + status + b"\r\nContent-Length: " + length + b"\r\n\r\n" + body
    )


_WAYS: Final[dict[str, tuple[bool, Callable[[Call], None]]]] = {
    "takes it": (True, _says(b"201 Created", CANARY.encode())),
    "takes it and says 500": (True, _says(b"500 Error")),
    "takes it and breaks off": (True, lambda call: call.say(_HEAD + b"Content-Length: 90\r\n\r\nhalf")),
    "takes it and hangs up": (True, lambda _: None),
    "takes it and says nothing": (True, _silent),
    "drips headers": (True, lambda call: call.drip(_HEAD, b"X-A: b\r\n")),
    "drips a body": (True, lambda call: call.drip(_HEAD + b"\r\n", b"x")),
    "says 100 for ever": (True, lambda call: call.drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
    "says a lot": (True, _large),
    "redirects": (False, _redirects),
    "refuses": (False, _says(b"422 No", CANARY.encode())),
    "is busy": (False, _says(b"429 Busy")),
    "fails": (False, _says(b"503 Fails")),
    "conflicts": (False, _says(b"409 Conflict")),
    "is no server": (False, lambda call: call.say(b"\x00\xff" * 500)),
    "claims another version": (True, lambda call: call.say(b"HTTP/9.9 200 OK\r\n\r\n")),
}
"""By what they do: whether the referral is taken then, and how it is answered."""


@define
class Hostile:
    """A receiver that does one thing after another; at the end it just takes what it gets."""

    rng: random.Random
    ways: list[str]
    knows_keys: bool
    taken: Counter[str] = field(factory=Counter)
    did: list[str] = field(factory=list)
    elsewhere: int = 0
    stopped: threading.Event = field(factory=threading.Event)

    def serve(self, server: socket.socket) -> None:
        """Answer requests, one at a time, until the server is closed."""
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            key = _key_of(_request(connection))
            way = self.ways.pop(0) if self.ways else "takes it"
            self.did.append(way)
            takes, answer = _WAYS[way]
            if takes and not (self.knows_keys and self.taken[key]):
                self.taken[key] += 1
            answer(Call(connection, self.stopped, self.elsewhere, self.rng))


def _request(connection: socket.socket) -> bytes:
    data = b""
    while True:
        head, end, body = data.partition(b"\r\n\r\n")
        lengths = [it for it in head.lower().split(b"\r\n") if it.startswith(b"content-length:")]
        if end and (not lengths or len(body) >= int(lengths[0].partition(b":")[2])):
            return data
        more = connection.recv(65536)
        if not more:
            return data
        data += more


def _key_of(request: bytes) -> str:
    for line in request.split(b"\r\n"):
        if line.lower().startswith(b"idempotency-key:"):
            return line.partition(b":")[2].strip().decode()
    return ""


@contextmanager
def _listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


class _Heard(logging.Handler):
    """Keeps all that is logged, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()} {vars(record)}")


@functools.cache
def _heard() -> _Heard:
    heard = _Heard()
    logging.getLogger().addHandler(heard)
    logging.getLogger().setLevel(logging.DEBUG)
    return heard


def receive(number: int, seed: int) -> Finding | None:
    """Send two referrals to a receiver that misbehaves a few times."""
    rng = chance("receivers", number, seed)
    hostile = Hostile(rng, rng.choices(list(_WAYS), k=rng.randint(1, 4)), rng.random() < 0.5)
    visitors: list[str] = []

    def elsewhere(server: socket.socket) -> None:
        with suppress(OSError):
            server.accept()
            visitors.append("somebody")

    heard = _heard()
    heard.lines.clear()
    planned = list(hostile.ways)
    with scratch() as folder, create_outbox(folder / "o") as outbox, _listening(elsewhere) as other:
        hostile.elsewhere = other
        keys = confirmed(outbox, "tenancy-1", "tenancy-2")
        with _listening(hostile.serve) as port:
            channel = open_meldpunt(
                url=f"http://127.0.0.1:{port}/", honours_key=hostile.knows_keys, timeout=str(_SECONDS)
            )
            began = time.monotonic()
            for _ in range(4):
                send(outbox, channel, RECEIVER, pacing=_PACING)
            seconds = time.monotonic() - began
            hostile.stopped.set()
        problem = _wrong(outbox, hostile, seconds)
        told = json.dumps([planned, hostile.did, dict(hostile.taken), f"{seconds:.1f} s"])
        if not problem and visitors:
            problem = "a redirect was followed"
        if not problem and any(CANARY in line for line in heard.lines):
            problem = "a log tells what the receiver answered"
            told += "\n".join(line for line in heard.lines if CANARY in line)
        assert len(listing(outbox)) == len(keys)
        return Finding(problem, told) if problem else None


def _wrong(outbox: Outbox, hostile: Hostile, seconds: float) -> str | None:
    if seconds > len(hostile.did) * _SECONDS + _LATEST:
        return "it held the sender up"
    if max(hostile.taken.values(), default=0) > 1:
        return "a referral is doubled"
    for it in listing(outbox):
        told = [event.reason for event in history(outbox, it.key)] + [it.reason]
        if CANARY in "".join(told):
            return "a reason quotes the receiver"
        if it.state is State.ACCEPTED and not hostile.taken[it.key]:
            return "a referral is lost: it counts as accepted, and was not taken"
        if hostile.taken[it.key] and it.state in {State.CONFIRMED, State.REFUSED}:
            return f"the receiver has a referral that is {it.state}"
    return None


ATTACKS: Final = (
    Attack(
        "receivers",
        "a hostile receiver holds nobody up; nothing goes elsewhere, twice or lost, or into a log",
        receive,
        weight=2,
        short=15,
    ),
)
