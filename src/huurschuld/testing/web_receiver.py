"""A simulated receiver of referrals over HTTP on this machine: JSON, sent by POST."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from huurschuld.testing.receiver import Fault, Taken

_AFTER: Final = (Fault.FAILS_AFTER, Fault.CUTS_OFF_AFTER, Fault.HANGS_AFTER, Fault.LATE)
_CUTTING: Final = (Fault.CUTS_OFF, Fault.CUTS_OFF_AFTER, Fault.HANGS, Fault.HANGS_AFTER)
_SECONDS: Final = 30.0
"""After how long a call that hangs is ended, if nothing else ends it."""


class WebReceiver:
    """A receiver at `http://127.0.0.1:PORT/`.

    It takes a POST with status 201, refuses with 422 and fails with 500. GET of `/KEY` answers 200 or
    404: whether that key was taken.

    Attributes:
        honours_key: whether it takes only one referral for one key.
        port, url: its address.
    """

    def __init__(self, *, honours_key: bool = True, key_header: str = "Idempotency-Key") -> None:
        self.honours_key = honours_key
        self._key_header = key_header
        self._lock = threading.Condition()
        self._fault: Fault | None = None
        self._says = ""
        self._in_progress = 0
        self._taken: list[Taken] = []
        self._server: ThreadingHTTPServer | None = None
        self.port = 0
        self._listen()
        self.url = f"http://127.0.0.1:{self.port}/"

    def suffer(self, fault: Fault, says: str) -> None:
        """Simulate this fault from now on."""
        with self._lock:
            self._fault, self._says = fault, says
        if fault is Fault.AWAY:
            self._stop()

    def recover(self) -> None:
        """End the fault, and wait until all calls in progress have ended."""
        with self._lock:
            self._fault = None
            self._lock.notify_all()
            self._lock.wait_for(lambda: not self._in_progress, _SECONDS)
        if self._server is None:
            self._listen()

    def taken(self) -> list[Taken]:
        """Return all that it has taken."""
        with self._lock:
            return list(self._taken)

    def close(self) -> None:
        """Shut down."""
        with self._lock:
            self._fault = None
            self._lock.notify_all()
        self._stop()

    def _listen(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            """Answer one call."""

            protocol_version = "HTTP/1.1"
            timeout = _SECONDS

            def do_POST(self) -> None:
                """Take a referral."""
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                if len(body) < length:  # whoever sent it hung up
                    self.close_connection = True
                    return
                receiver._answer(self, self.headers.get(receiver._key_header), body)

            def do_GET(self) -> None:
                """Say whether a key was taken."""
                receiver._answer(self, self.path.rpartition("/")[2], None)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self._server = _Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, call: BaseHTTPRequestHandler, key: str | None, body: bytes | None) -> None:
        with self._lock:
            fault, says = self._fault, self._says
            self._in_progress += 1
        try:
            if fault is Fault.LATE:
                self._wait(fault)
            if body is not None and (fault is None or fault in _AFTER):
                self._take(key, body)
            if fault in (Fault.HANGS, Fault.HANGS_AFTER):
                self._wait(fault)
            if fault in _CUTTING:
                call.close_connection = True
                call.connection.shutdown(socket.SHUT_RDWR)
            else:
                _reply(call, self._status(key, body, fault), says or "received")
        finally:
            with self._lock:
                self._in_progress -= 1
                self._lock.notify_all()

    def _wait(self, fault: Fault) -> None:
        with self._lock:
            self._lock.wait_for(lambda: self._fault is not fault, _SECONDS)

    def _status(self, key: str | None, body: bytes | None, fault: Fault | None) -> int:
        if fault is Fault.REFUSES:
            return 422
        if fault in (Fault.FAILS, Fault.FAILS_AFTER):
            return 500
        if body is not None:
            return 201
        with self._lock:
            return 200 if any(it.key == key for it in self._taken) else 404

    def _take(self, key: str | None, body: bytes) -> None:
        content = json.loads(body)
        with self._lock:
            known = self.honours_key and key is not None and any(it.key == key for it in self._taken)
            if not known:
                self._taken.append(Taken(key, content if isinstance(content, Mapping) else {}))


def _reply(call: BaseHTTPRequestHandler, status: int, says: str) -> None:
    text = says.encode()
    try:
        call.send_response(status)
        call.send_header("Content-Type", "text/plain; charset=utf-8")
        call.send_header("Content-Length", str(len(text)))
        call.end_headers()
        call.wfile.write(text)
    except OSError:  # the caller has given up, as the test intends
        call.close_connection = True


class _Server(ThreadingHTTPServer):
    """A server whose calls end with it, and that prints nothing when a caller hangs up."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in socketserver
        """Ignore it: the caller hung up."""
