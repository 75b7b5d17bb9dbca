"""A web service: a lease in, advice with its reasons out, by `POST /advice/2026-10-20?lang=nl`.

It keeps nothing, reads no clock, and writes nothing about anybody to its log.
"""

from __future__ import annotations

import argparse
import json
import logging
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Literal
from urllib.parse import parse_qs, urlsplit

from lease_mapping import our_place, tenancy_of
from leases import Lease, Refused, read_lease

from huurschuld import HuurschuldError, InputError, Reason, decide, explain, next_change

POLICY: Final = "katwijk-2021"
MOST_BYTES: Final = 1_000_000
LANGUAGES: Final = ("en", "nl")

LOG: Final = logging.getLogger("advice")

Answer = tuple[int, dict[str, Any]]


def answer(path: str, body: bytes) -> Answer:
    """Answer a request: the status, and what is sent as JSON."""
    asked = urlsplit(path)
    language = parse_qs(asked.query).get("lang", ["en"])[0]
    if language not in LANGUAGES:
        return refusal(400, "invalid-value", "?lang", f"one of {', '.join(LANGUAGES)} is expected")
    match asked.path.split("/"):
        case ["", "advice", day]:
            pass
        case _:
            return refusal(404, "not-found", "", "there is only POST /advice/YYYY-MM-DD")
    try:
        as_of = date.fromisoformat(day)
    except ValueError:
        return refusal(400, "invalid-value", "/advice/…", "a day as YYYY-MM-DD is expected")
    try:
        given = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return refusal(400, "invalid-value", "", "the body is not JSON")
    try:
        lease = read_lease(given)
    except Refused as error:
        return refusal(422, "invalid-value", error.place, f"{error.expected} is expected")
    try:
        return 200, advice(lease, as_of, "nl" if language == "nl" else "en")
    except InputError as error:  # it is a lease, but one that cannot be; the place is in the tenancy
        return refusal(422, error.code, our_place(str(error.place), lease), error.problem)
    except HuurschuldError as error:  # not the fault of who asks; its text holds nothing of a person
        LOG.critical("no advice: %s at %s", error.code, error.place)
        return refusal(500, error.code, "", "no advice can be given; tell the operator")


def advice(lease: Lease, as_of: date, language: Literal["en", "nl"]) -> dict[str, Any]:
    """Give the advice on a lease, as what is sent."""
    tenancy = tenancy_of(lease)
    decision = decide(tenancy, POLICY, as_of)
    told = explain(decision, language)
    change = next_change(tenancy, POLICY, as_of)
    return {
        "lease": lease.number,
        "as_of": as_of.isoformat(),
        "advice": decision.advice,
        "headline": told.headline,
        "priority": decision.priority,
        "arrears_cents": decision.arrears_cents,
        "find_out_first": decision.unknown,
        "because": [reason(it) for it in told.reasons],
        "not_referred_because": [reason(it) for it in told.not_referred],
        "changes_on": change.day and change.day.isoformat(),
        # To keep: with it and the lease the same decision can be made again, years later.
        "receipt": json.loads(decision.receipt.to_json()),
    }


def reason(it: Reason) -> dict[str, Any]:
    """Give one reason: whether it is so (null is unknown), and where it comes from."""
    return {"text": it.text, "is_so": it.truth, "source": it.citation}


def refusal(status: int, code: str, place: str, problem: str) -> Answer:
    """Refuse: what is wrong, where, and nothing of a person."""
    return status, {"error": code, "place": place, "problem": problem}


class Handler(BaseHTTPRequestHandler):
    """Reads a request and writes the answer."""

    timeout = 10
    server_version = "advice"
    sys_version = ""

    def do_POST(self) -> None:
        """Answer `POST`."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self.close_connection = True
            self._send(refusal(413, "too-large", "", f"a body of at most {MOST_BYTES} bytes"))
            return
        self._send(answer(self.path, self.rfile.read(int(length))))

    def _send(self, found: Answer) -> None:
        status, document = found
        body = json.dumps(document, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server has it
        """Log nothing: an address with a day in it would say who was looked at, and when."""


def serve(port: int) -> ThreadingHTTPServer:
    """Make the server, for this machine alone; 0 is any free port."""
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main() -> None:
    """Serve until it is stopped."""
    parser = argparse.ArgumentParser(description="Advice on a lease, over HTTP.")
    parser.add_argument("--port", type=int, default=8000)
    with serve(parser.parse_args().port) as server:
        print(f"http://127.0.0.1:{server.server_port}/advice/YYYY-MM-DD")
        server.serve_forever()


if __name__ == "__main__":
    main()
