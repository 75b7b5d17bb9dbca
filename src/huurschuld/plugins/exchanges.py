"""HTTP exchanges with a limit on their total time, and without the other side's headers in a log.

The time-outs of httpx are for each read, so a server that sends a byte now and then, or one `100
Continue` after another, holds its client for ever. They are for each address of a host, too, and the
name of the host is looked up without any. And httpx and httpcore log the headers of an answer.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from huurschuld.model.unlogged import leave_out, unlogged

_LOGGERS: Final = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
_CONNECTING: Final = ".connect_tcp.started"
_CONNECTED: Final = (".connect_tcp.complete", ".start_tls.complete")
"""How the names of the events end in which httpcore tells that it has connected."""


class Exchange:
    """One exchange, which is cut off when its time is over.

    Attributes:
        extensions: for the request: httpcore tells of each connection by them.
        is_over: whether it took too long; what was read of an answer may then not be all of it.
    """

    def __init__(self, exchanges: Exchanges, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self.is_over = False
        self.extensions: dict[str, Any] = {"trace": self._trace}
        self._exchanges = exchanges

    def cut_off(self) -> None:
        """End it from another thread: what waits for the other side gets the end of the connection."""
        self.is_over = True
        self._exchanges.shut_down()

    def _trace(self, event: str, found: dict[str, Any]) -> None:
        if event.endswith(_CONNECTING):
            self._bound(found)
        elif event.endswith(_CONNECTED):
            self._exchanges.add(found["return_value"].get_extra_info("socket"))
            if self.is_over:
                self._exchanges.shut_down()

    def _bound(self, connecting: dict[str, Any]) -> None:
        """Have a connection made in the time that is left, whatever the number of addresses of its host.

        `connecting` is what httpcore is about to connect with. It tries one address after another, so
        that each gets its share of the time, and a host of one address is given by that, so as not to be
        looked up twice.

        Raises:
            httpcore.ConnectTimeout: there is no time left.
            httpcore.ConnectError: the host has no address.
        """
        import httpcore  # noqa: PLC0415 - it need not be installed, but calls this

        addresses = _addresses(connecting["host"], connecting["port"], self._end)
        left = self._end - time.monotonic()
        if addresses is None or left <= 0:
            raise httpcore.ConnectTimeout
        if not addresses:
            raise httpcore.ConnectError
        connecting["timeout"] = min(connecting["timeout"] or left, left / len(addresses))
        if len(addresses) == 1:
            connecting["host"] = addresses[0]


def _addresses(host: str, port: int, end: float) -> list[str] | None:
    """Look up the addresses of a host, as texts; None if that takes until `end`, on the monotonic clock.

    The system cannot be told to stop looking, so that is done in a thread that nobody waits for.
    """
    found: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def look_up() -> None:
        addresses: list[str] = []
        with suppress(OSError, UnicodeError):  # there is no such host: it has no address
            every = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [str(it[4][0]) for it in every]
        found.put(addresses)

    threading.Thread(target=look_up, daemon=True).start()
    with suppress(queue.Empty):
        return found.get(timeout=max(0.0, end - time.monotonic()))
    return None


class Exchanges:
    """The exchanges of one client, one after another; its connections may serve several of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        leave_out(*_LOGGERS)

    @contextmanager
    def within(self, seconds: float) -> Iterator[Exchange]:
        """Do one exchange in the block, unlogged; after so many seconds it is cut off."""
        exchange = Exchange(self, seconds)
        timer = threading.Timer(seconds, exchange.cut_off)
        timer.daemon = True
        timer.start()
        try:
            with unlogged():
                yield exchange
        finally:
            timer.cancel()

    def add(self, connection: socket.socket) -> None:
        """Remember a connection, and forget those that are closed."""
        with self._lock:
            self._connections = [it for it in self._connections if it.fileno() >= 0]
            self._connections.append(connection)

    def shut_down(self) -> None:
        """End all connections, in both directions."""
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):  # it is closed, or was handed over to TLS
                    # Not the method of an SSL socket: that would first let it go on unencrypted.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
