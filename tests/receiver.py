"""A receiver of referrals for the tests: a real HTTP server, in a process of its own.

    python receiver.py --log FILE [--knows-keys] [--seed N] [--trouble 0.5] [--late 1.0]

It prints its port. Each referral that it takes is a line of the log: the key and what came with it.
With `--trouble` some requests, by chance, end badly:

- `fails`: status 500, and nothing was taken; `fails-late`: it was taken, and the status is 500.
- `hangs`: nothing is taken, and nothing answered; `busy`: 429, and nothing was taken.
- `cut-off`: it was taken, and the answer breaks off in the middle.
- `late`: it is taken, and answered when nobody waits any more; `very-late`: it is taken then, too.

A receiver that knows keys takes one referral for one key, and answers the same every time. `GET
/signals/KEY` says whether it has taken a key, `GET /in-hand`
how many other requests have not ended. `--status N` answers everything with that status,
`--redirect` with one that leads to another address here.

Tests start it by `receiver(log, *options)`, and read with `taken(log)` what it has taken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TROUBLES = ("fails", "fails-late", "hangs", "busy", "cut-off", "late", "very-late")


@contextmanager
def receiver(log: Path, *options: str) -> Iterator[str]:
    """Run a receiver in a process of its own, and give its address."""
    log.touch()
    with subprocess.Popen(  # noqa: S603 - this interpreter, on this file
        [sys.executable, __file__, "--log", str(log), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


def taken(log: Path) -> list[dict[str, Any]]:
    """All that a receiver has taken, in order."""
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


class Receiver(ThreadingHTTPServer):
    """What has been taken, and how the next request ends."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.options = options
        self.taken: dict[str, str] = {}
        self.in_hand = 0
        self._lock = threading.Lock()
        self._chance = random.Random(options.seed)
        self._log = os.open(options.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Count a connection from when it is taken up, in the order of their arrival."""
        with self._lock:
            self.in_hand += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Count it until it is closed."""
        super().shutdown_request(request)
        with self._lock:
            self.in_hand -= 1

    def trouble(self) -> str | None:
        """How a request ends badly, if it does."""
        with self._lock:
            if self._chance.random() >= self.options.trouble:
                return None
            return self._chance.choice(TROUBLES)

    def take(self, key: str, path: str, headers: dict[str, str], body: str) -> str:
        """Take a referral, and give what is answered."""
        with self._lock:
            if self.options.knows_keys and key in self.taken:
                return self.taken[key]
            answer = json.dumps({"received": len(self.taken) + 1})
            line = {"key": key, "path": path, "headers": headers, "body": body}
            os.write(self._log, json.dumps(line).encode() + b"\n")
            self.taken[key] = answer
            return answer


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Receiver

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is not ours
        """Say nothing."""

    def do_POST(self) -> None:
        """Take a referral, or get into trouble."""
        length = int(self.headers["Content-Length"])
        content = self.rfile.read(length)
        if len(content) < length:  # whoever sent it was killed
            self.close_connection = True
            return
        body = content.decode()
        given = (self.headers["Idempotency-Key"], self.path, dict(self.headers), body)
        options, trouble = self.server.options, self.server.trouble()
        if options.redirect:
            self._answer(307, "", {"Location": "/elsewhere"})
        elif trouble == "fails":
            self._answer(500, "")
        elif trouble == "busy":
            self._answer(429, "")
        elif trouble == "hangs":
            self._hang_up_after(2 * options.late)
        elif trouble == "very-late":
            time.sleep(options.late)
            self._answer(201, self.server.take(*given))
        else:
            answer = self.server.take(*given)
            if trouble == "fails-late":
                self._answer(500, "")
            elif trouble == "cut-off":
                self._answer(201, answer, {"Content-Length": str(len(answer) + 50)})
            else:
                if trouble == "late":
                    time.sleep(options.late)
                self._answer(options.status, answer)

    def do_GET(self) -> None:
        """Say whether a key was taken."""
        if self.path == "/in-hand":
            self._answer(200, str(self.server.in_hand - 1))
            return
        known = self.server.taken.get(self.path.rpartition("/")[2])
        self._answer(404 if known is None else 200, known or "")

    def _answer(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        self.close_connection = True
        try:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())
        except OSError:
            return  # nobody waits any more

    def _hang_up_after(self, seconds: float) -> None:
        self.close_connection = True
        self.connection.settimeout(seconds)
        try:
            self.connection.recv(1)  # until the other side gives up
        except OSError:
            return

    def finish(self) -> None:
        """End without a word where the other side has gone."""
        try:
            super().finish()
        except OSError:
            self.connection.shutdown(socket.SHUT_RDWR)


def main() -> None:
    """Serve until the process is ended, or whoever started it has gone."""
    options = argparse.ArgumentParser()
    options.add_argument("--log", required=True)
    options.add_argument("--knows-keys", action="store_true")
    options.add_argument("--redirect", action="store_true")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--trouble", type=float, default=0.0)
    options.add_argument("--late", type=float, default=1.0)
    options.add_argument("--status", type=int, default=201)
    server = Receiver(options.parse_args())
    print(server.server_address[1], flush=True)  # noqa: T201 - how it tells its port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while os.read(0, 1):
        """Whoever started it holds the other end."""


if __name__ == "__main__":
    main()
