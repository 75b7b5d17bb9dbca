"""The applications in `examples/` do what they say: a web service, and a notebook in three libraries."""

from __future__ import annotations

import json
import logging
import runpy
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from advice_service import Handler, answer, serve

from huurschuld import EngineFailed
from huurschuld.testing.sample import write_sample

EXAMPLES = Path(__file__).parents[1] / "examples"
LEASE = (EXAMPLES / "advice-service" / "lease.json").read_bytes()
PATH = "/advice/2026-10-20"


def lease(**changes: object) -> bytes:
    """The lease of the example, with other fields."""
    return json.dumps(json.loads(LEASE) | changes).encode()


def booking(**changes: object) -> list[object]:
    """Its bookings, the second with other fields."""
    bookings = json.loads(LEASE)["bookings"]
    bookings[1] |= changes
    return list(bookings)


def test_a_lease_gets_advice_with_reasons_in_both_languages() -> None:
    """What is unknown is asked; once it is known, every condition is told with its source."""
    status, asked = answer(f"{PATH}?lang=nl", LEASE)
    assert (status, asked["advice"], asked["find_out_first"]) == (200, "ask", ("objections",))
    assert asked["headline"] == "eerst navragen: bezwaren"
    assert [it["is_so"] for it in asked["not_referred_because"]] == [None]
    status, known = answer(PATH, lease(objected_on=[]))
    assert (status, known["advice"], known["priority"]) == (200, "refer", "family")
    assert known["arrears_cents"] == 127_000
    assert all(it["is_so"] and it["source"] for it in known["because"])
    assert known["changes_on"] > "2026-10-20"
    assert known["receipt"]["as_of"] == "2026-10-20"


@pytest.mark.parametrize("field", ["arranged_on", "contested_on", "objected_on"])
def test_null_and_absent_are_unknown_and_never_none(field: str) -> None:
    """Nobody is referred because a field of the application is empty."""
    everything = json.loads(lease(objected_on=[]))
    unknown = dict(everything)
    del unknown[field]
    for given in (unknown, everything | {field: None}):
        _, found = answer(PATH, json.dumps(given).encode())
        assert found["advice"] == "ask"
        assert len(found["find_out_first"]) == 1
    _, held = answer(PATH, json.dumps(everything | {field: ["2026-10-01"]}).encode())
    assert held["advice"] == "hold"


@pytest.mark.parametrize(
    ("body", "error", "place"),
    [
        (b"{", "invalid-value", ""),
        (b"[" * 100_000, "invalid-value", ""),
        (b"[]", "invalid-value", "/"),
        (b"{}", "invalid-value", "/number"),
        (lease(misspelt=1), "invalid-value", "/misspelt"),
        (lease(since="1-4-2019"), "invalid-value", "/since"),
        (lease(since="1066-01-01"), "invalid-value", "/since"),
        (lease(rent=0), "invalid-value", "/rent"),
        (lease(bookings=booking(euros=0)), "invalid-value", "/bookings/1/euros"),
        (lease(bookings=booking(euros=612.345)), "invalid-value", "/bookings/1/euros"),
        (
            LEASE.replace(b"635.00,", b"1e999999999,"),
            "invalid-value",
            "/rent",
        ),
        (LEASE.replace(b"635.00,", b"NaN,"), "invalid-value", "/rent"),
        (lease(bookings=booking(day="2222-01-01")), "invalid-value", "/bookings/1/day"),
        (lease(bookings=booking(number="R-8")), "duplicate-id", "/bookings/1/number"),
        (lease(bookings=booking(number="B-9")), "unknown-reference", "/bookings/2/returns"),
        (lease(calls=["2222-01-01"]), "invalid-value", "/calls/0"),
        (lease(children_born=["2222-01-01"]), "invalid-value", "/children_born/0"),
        (lease(arranged_on=["2222-01-01"]), "invalid-value", "/arranged_on/0"),
        (lease(referrals=[{"day": "2026-01-01", "euros": -5}]), "invalid-value", "/referrals/0/euros"),
    ],
)
def test_an_error_names_its_code_and_the_place_in_what_was_sent(
    body: bytes, error: str, place: str
) -> None:
    """The place is one of the lease, not of the tenancy that was made of it."""
    status, found = answer(PATH, body)
    assert (status in {400, 422}, found["error"], found["place"]) == (True, error, place)
    assert found["problem"]


def test_only_what_there_is_can_be_asked() -> None:
    """Another address, day, or language is refused."""
    assert answer("/", LEASE)[0] == 404
    assert answer("/advice/tomorrow", LEASE)[0] == 400
    assert answer(f"{PATH}?lang=de", LEASE)[0] == 400
    assert answer("/advice/2020-12-31", LEASE)[1]["error"] == "policy-not-in-force"


def test_a_fault_of_its_own_is_no_advice_and_shows_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller gets the code, the log the code and the place."""

    def fails(*_: object) -> None:
        raise EngineFailed("/engine/durable", "it gave no answer", "report it")

    monkeypatch.setattr("advice_service.decide", fails)
    with caplog.at_level(logging.WARNING):
        status, found = answer(PATH, LEASE)
    assert (status, found["error"]) == (500, "engine-failed")
    assert caplog.messages == ["no advice: engine-failed at /engine/durable"]


@pytest.fixture
def connection() -> Iterator[HTTPConnection]:
    """A connection to the service, which runs."""
    with serve(0) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        found = HTTPConnection("127.0.0.1", server.server_port, timeout=60)
        try:
            yield found
        finally:
            found.close()
            server.shutdown()
            thread.join()


def test_it_serves_over_http_and_logs_nobody(
    connection: HTTPConnection, capfd: pytest.CaptureFixture[str]
) -> None:
    """What `answer` gives, as JSON that nobody keeps; a body that is too large is not read."""
    connection.request("POST", PATH, LEASE)
    response = connection.getresponse()
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")
    found: dict[str, Any] = json.load(response)
    assert found == json.loads(json.dumps(answer(PATH, LEASE)[1]))
    connection.request("POST", PATH, headers={"Content-Length": "1000001"})
    response = connection.getresponse()
    assert (response.status, json.load(response)["error"]) == (413, "too-large")
    assert capfd.readouterr() == ("", "")
    assert Handler.timeout


@pytest.mark.slow
def test_the_notebook_says_the_same_in_each_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """pandas, polars and DuckDB agree, and so do decisions that are made one by one."""
    for library in ("pandas", "polars", "duckdb"):
        pytest.importorskip(library)
    write_sample(tmp_path / "mine", 500, 14)
    monkeypatch.setattr(sys, "argv", ["notebook.py", str(tmp_path / "mine")])
    runpy.run_path(str(EXAMPLES / "portfolio-notebook" / "notebook.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert printed.startswith(
        "wrong: 0 0 0\n{'code': 'invalid-value', 'file': 'rents', 'column': 'cents'"
    )
    assert "the same in each: True" in printed
    assert "one by one as all at once: True" in printed
    assert "KW-000231 wait → refer\n  days since the offer: 13 (less than 14) → 43" in printed
    assert "500 {'hold → refer': 1, 'wait → refer': 2}" in printed
