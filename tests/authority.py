"""A time-stamping authority for the tests: `openssl ts` behind a real HTTP server on this machine."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from attrs import define, field

OPENSSL = shutil.which("openssl")
SETTINGS = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Test Root
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[stamping]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = ours
[ours]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
"""


@define
class Authority:
    """An authority in a folder of its own: a root, a certificate for stamping, and what it does.

    Attributes:
        folder: where its keys and certificates are.
        url: its address, while it is `serving`.
        status: what it answers with.
        replays: whether it answers each request as it did the first one.
        answer: what it answers, whatever is asked; None for a stamp.
        asked: the requests that it got.
    """

    folder: Path
    url: str = ""
    status: int = 200
    replays: bool = False
    answer: bytes | None = None
    asked: list[bytes] = field(factory=list)
    _answers: list[bytes] = field(factory=list)

    @classmethod
    def made(cls, folder: Path) -> Authority:
        """Make its keys and certificates."""
        folder.mkdir()
        (folder / "settings").write_text(SETTINGS, encoding="utf-8")
        (folder / "serial").write_text("01\n", encoding="utf-8")
        it = cls(folder)
        key = ("-newkey", "rsa:2048", "-nodes", "-config", "settings")
        it.run("req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-extensions", "root")
        it.run("req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Test Authority")
        signing = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30")
        uses = ("-extfile", "settings", "-extensions", "stamping")
        it.run("x509", "-req", "-in", "tsa.csr", *signing, *uses, "-out", "tsa.pem")
        return it

    @property
    def roots(self) -> Path:
        """The certificate that its stamps lead to."""
        return self.folder / "root.pem"

    def run(self, *arguments: str) -> str:
        """Run openssl in the folder; return what it prints."""
        assert OPENSSL is not None
        done = subprocess.run(  # noqa: S603 - fixed commands
            [OPENSSL, *arguments], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout + done.stderr

    def stamp(self, request: bytes) -> bytes:
        """Answer a request, as `openssl ts` does."""
        (self.folder / "request").write_bytes(request)
        reply = ("ts", "-reply", "-config", "settings", "-queryfile", "request", "-out", "answer")
        self.run(*reply, "-signer", "tsa.pem", "-inkey", "tsa.key")
        return (self.folder / "answer").read_bytes()

    def handle(self, request: bytes) -> bytes:
        """Do what it is told to do with a request."""
        self.asked.append(request)
        if self.answer is not None:
            return self.answer
        if not (self.replays and self._answers):
            self._answers.append(self.stamp(request))
        return self._answers[-1]

    @contextmanager
    def serving(self) -> Iterator[Authority]:
        """Serve on a free port of this machine."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = authority.handle(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(authority.status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}/"
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
