"""HTTP exchanges with a limit on their total time, and without the other side's headers in a log.

The time-outs of httpx are for each read, so a server that sends a byte now and then, or one `100
Continue` after another, holds its client for ever. And httpx and httpcore log the headers of an answer.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from huurschuld.plugins.unlogged import leave_out, unlogged

_LOGGERS: Final = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
_CONNECTED: Final = (".connect_tcp.complete", ".start_tls.complete")
"""How the names of the events end in which httpcore tells of a connection."""


class Exchange:
    """One exchange, which is cut off when its time is over.

    Attributes:
        extensions: for the request: httpcore tells of each connection by them.
        is_over: whether it took too long; what was read of an answer may then not be all of it.
    """

    def __init__(self, exchanges: Exchanges) -> None:
        self.is_over = False
        self.extensions: dict[str, Any] = {"trace": self._trace}
        self._exchanges = exchanges

    def cut_off(self) -> None:
        """End it from another thread: what waits for the other side gets the end of the connection."""
        self.is_over = True
        self._exchanges.shut_down()

    def _trace(self, event: str, found: Mapping[str, Any]) -> None:
        if event.endswith(_CONNECTED):
            self._exchanges.add(found["return_value"].get_extra_info("socket"))
            if self.is_over:
                self._exchanges.shut_down()


class Exchanges:
    """The exchanges of one client, one after another; its connections may serve several of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        leave_out(*_LOGGERS)

    @contextmanager
    def within(self, seconds: float) -> Iterator[Exchange]:
        """Do one exchange in the block, unlogged; after so many seconds it is cut off."""
        exchange = Exchange(self)
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
