"""A small VERA server for tests: lists paged by cursor, OAuth 2, and faults on demand."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from vera_source import as_json

CLIENT, SECRET = "huurschuld", "geheim-van-de-test"


@dataclass
class Fault:
    """What goes wrong with one answer, once.

    Attributes:
        status: another status than 200.
        headers: further headers.
        body: another body.
        cut: the body breaks off in the middle.
        hang: nothing comes until the server stops.
        drop: the connection is closed without an answer.
        drip: a piece that is sent again and again after the first line, until nobody listens.
        then: is called before the answer, such as to change the source.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    cut: bool = False
    hang: bool = False
    drop: bool = False
    drip: bytes = b""
    then: Callable[[], None] = lambda: None


class VeraServer(ThreadingHTTPServer):
    """Serves lists of items on this machine.

    Attributes:
        lists: the items by the name of the list; those served by id as well.
        faults: for a list and the number of a page (from 0), what goes wrong with the next answers.
        requests: what was asked, in order: the list and the number of the page, or `token`, or an id.
        headers_seen: the headers of each request for a list.
        totals, told_size: whether an answer says how many items the list and a page have.
        paging: `cursor`; `number`, told in the answer; `silent`, by number but not told; or `none`, the
            first page whatever is asked.
    """

    daemon_threads = True

    def __init__(self, lists: Mapping[str, Sequence[Any]], *, oauth: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lists = lists
        self.oauth = oauth
        self.page_size = 100
        self.expires_in: object = 3600
        self.totals = True
        self.told_size = True
        self.paging = "cursor"
        self.faults: dict[tuple[str, int | str], list[Fault]] = defaultdict(list)
        self.requests: list[tuple[str, int | str]] = []
        self.headers_seen: list[Mapping[str, str]] = []
        self.forms: list[dict[str, str]] = []
        self.tokens: set[str] = set()
        self.stopped = threading.Event()

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}/v4"

    @property
    def credentials(self) -> dict[str, str]:
        """The options of a client that it lets in."""
        return {
            "token_url": f"http://127.0.0.1:{self.server_port}/oauth/token",
            "client_id": CLIENT,
            "client_secret": SECRET,
        }

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no error."""


@contextmanager
def serving(lists: Mapping[str, Sequence[Any]], *, oauth: bool = False) -> Iterator[VeraServer]:
    """A server while the block runs."""
    server = VeraServer(lists, oauth=oauth)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: VeraServer

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""

    def do_POST(self) -> None:
        server = self.server
        given = self.rfile.read(int(self.headers["Content-Length"])).decode()
        server.forms.append({name: values[0] for name, values in parse_qs(given).items()})
        server.forms[-1]["authorization"] = self.headers.get("Authorization", "")
        server.requests.append(("token", len(server.forms) - 1))
        token = f"token-{len(server.forms)}"
        server.tokens.add(token)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": server.expires_in}
        self._answer("token", 0, json.dumps({k: v for k, v in answer.items() if v is not None}), {})

    def do_GET(self) -> None:
        server, split = self.server, urlsplit(self.path)
        parts = [unquote(it) for it in split.path.removeprefix("/v4/").split("/")]
        items = server.lists.get(parts[0])
        server.headers_seen.append(dict(self.headers))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        query = parse_qs(split.query)
        cursor = query.get("cursor", [f"{parts[0]}:0"])[0]
        number = int(cursor.rpartition(":")[2])
        if server.paging != "cursor":
            number = int(query.get("pagina", ["1"])[0]) - 1
        page: int | str = parts[1] if len(parts) > 1 else number
        server.requests.append((parts[0], page))
        if server.oauth and token not in server.tokens:
            self._send(401, "", {})
        elif items is None:
            self._send(404, "", {})
        elif isinstance(page, str):
            found = [it for it in items if it["id"] == page]
            self._answer(parts[0], page, as_json(found[0]) if found else "", {}, 200 if found else 404)
        else:
            self._page(parts[0], page, items)

    def _page(self, name: str, page: int, items: Sequence[Any]) -> None:
        asked = int(self.headers.get("X-Parameters-AantalPerPagina", "20"))
        size = min(asked, self.server.page_size)
        paging = self.server.paging
        given = 0 if paging == "none" else page
        some = items[given * size : (given + 1) * size]
        headers = {"X-Parameters-AantalPerPagina": str(size)} if self.server.told_size else {}
        if self.server.totals:
            headers["X-Parameters-Aantal"] = str(len(items))
        if paging == "number":
            headers["X-Parameters-Pagina"] = str(page + 1)
        if paging == "cursor" and (page + 1) * size < len(items):
            headers["X-Parameters-Cursor"] = f"{name}:{page + 1}"
        self._answer(name, page, as_json(list(some)), headers)

    def _answer(
        self, name: str, page: int | str, body: str, headers: Mapping[str, str], status: int = 200
    ) -> None:
        waiting = self.server.faults.get((name, page), [])
        fault = waiting.pop(0) if waiting else Fault(status=status)
        fault.then()
        if fault.hang:
            self.server.stopped.wait(30)
        if fault.drip:
            self._drip(fault.drip)
        if fault.hang or fault.drop or fault.drip:
            self.close_connection = True
            return
        told = {**headers, **fault.headers}
        self._send(fault.status, body if fault.body is None else fault.body, told, cut=fault.cut)

    def _drip(self, piece: bytes) -> None:
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" if b"HTTP" not in piece else b"")
            while not self.server.stopped.wait(0.02):
                self.wfile.write(piece)

    def _send(self, status: int, body: str, headers: Mapping[str, str], *, cut: bool = False) -> None:
        sent = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        with suppress(OSError):  # the client may have hung up
            self.wfile.write(sent[: len(sent) // 2] if cut else sent)
        if cut:
            self.close_connection = True
