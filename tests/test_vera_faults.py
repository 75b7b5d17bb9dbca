"""The `vera` client when a source, or the way to it, does not behave: each fault has one outcome."""

from __future__ import annotations

import datetime as dt
import logging
import socket
import time
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from vera_server import CLIENT, SECRET, Fault, VeraServer, serving
from vera_source import OPTIONS, lists_of

from huurschuld import Contact, Payment, Rent, RentTerm, Tenancy
from huurschuld.errors import DuplicateId, HuurschuldError, InvalidValue, PluginFailed
from huurschuld.plugins.vera import open_vera
from huurschuld.plugins.vera.client import Client
from huurschuld.plugins.vera.settings import settings

PLACE = "vera boekingen"


def source(terms: int = 24) -> Tenancy:
    """A tenancy with a claim and a payment for each of some months."""
    months = [dt.date(2023 + n // 12, n % 12 + 1, 1) for n in range(terms)]
    claims = [RentTerm(id=f"R{n}", due=month, cents=61_234) for n, month in enumerate(months)]
    paid = [
        Payment(id=f"P{n}", booked=month, cents=61_234, settles=f"R{n}")
        for n, month in enumerate(months)
    ]
    return Tenancy(
        id="KW-00042",
        start=months[0],
        rents=[Rent(from_=months[0], cents=61_234)],
        entries=[*claims, *paid],
        contacts=[Contact(date=months[1], channel="letter", reminder=True)],
        plans=[],
        disputes=[],
    )


@pytest.fixture
def server() -> Iterator[VeraServer]:
    """A server with pages of ten items, five of them for the bookings."""
    with serving(lists_of([source()])) as it:
        it.page_size = 10
        yield it


def opened(server: VeraServer, **more: Any) -> Any:
    """A ledger that does not wait for long."""
    return open_vera(
        base=server.base, **{**OPTIONS, "first_wait_ms": 1, "attempts": 3, "read_seconds": 5, **more}
    )


def entries(server: VeraServer, **more: Any) -> pl.DataFrame:
    """The entries that come from a server."""
    return pl.DataFrame(opened(server, **more).tables()["entries"])


def asked(server: VeraServer) -> list[int | str]:
    """The pages of bookings that were asked for."""
    return [page for name, page in server.requests if name == "boekingen"]


def refusal(server: VeraServer, **more: Any) -> HuurschuldError:
    """The error of a reading that must fail; nothing of a person or a secret is in it."""
    with pytest.raises(HuurschuldError) as caught:
        opened(server, **more).tables()
    error = caught.value
    for hidden in ("KW-00042", "127.0.0.1", "http", "token-", SECRET, "612", "61234", "€"):
        assert hidden not in str(error)
        assert hidden not in repr(error)
    assert error.__cause__ is None
    assert error.remedy
    return error


def test_without_faults_each_page_is_asked_for_once(server: VeraServer) -> None:
    """Every list is read page by page, with the cursor of the page before and the size asked for."""
    assert entries(server).height == 48
    assert asked(server) == [0, 1, 2, 3, 4]
    assert {it["X-Parameters-AantalPerPagina"] for it in server.headers_seen} == {"100"}
    assert {it["Accept"] for it in server.headers_seen} == {"application/json"}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=503),
        Fault(status=408),
        Fault(status=429, headers={"Retry-After": "0"}),
        Fault(status=429, headers={"Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"}),
        Fault(status=429, headers={"Retry-After": "soon"}),
        Fault(cut=True),
        Fault(drop=True),
        Fault(body='[{"id": "KW'),
        Fault(body='[{"id": "x", "bedrag": NaN}]'),
        Fault(body=""),
    ],
    ids=lambda it: f"{it.status} {it.headers.get('Retry-After', '')} {it.cut} {it.drop} {it.body}",
)
def test_a_page_that_fails_twice_is_asked_for_again_from_its_own_cursor(
    server: VeraServer, fault: Fault
) -> None:
    """What went before is not read again, and the entries are those of a reading without faults."""
    whole = entries(server)
    server.requests.clear()
    server.faults["boekingen", 3] += [fault, fault]
    assert entries(server).equals(whole)
    assert asked(server) == [0, 1, 2, 3, 3, 3, 4]


def test_a_source_that_hangs_is_given_up_and_asked_again(server: VeraServer) -> None:
    """A read time-out is as a connection that was cut off."""
    server.faults["boekingen", 1] += [Fault(hang=True)]
    assert entries(server, read_seconds=5).height == 48
    assert asked(server) == [0, 1, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault(status=502), "status 502 (tried 3 times)"),
        (Fault(cut=True), "no connection, or it was cut off (tried 3 times)"),
        (Fault(body="<html>KW-00042</html>"), "the answer is not valid JSON"),
        (Fault(body='[{"id": "KW-00042", "id": "KW-00042"}]'), "the answer is not valid JSON"),
    ],
    ids=["502", "cut", "html", "twice"],
)
def test_what_keeps_failing_is_refused_after_the_last_attempt(
    server: VeraServer, fault: Fault, problem: str
) -> None:
    """The error names the list and what happened, and half a list is never given for a whole one."""
    server.faults["boekingen", 2] += [fault] * 3
    error = refusal(server)
    assert isinstance(error, PluginFailed)
    assert error.place == PLACE
    assert error.problem.startswith(problem)
    assert asked(server) == [0, 1, 2, 2, 2]


def test_a_wait_longer_than_allowed_is_not_waited_for(server: VeraServer) -> None:
    """A server that asks for an hour is told no at once, rather than kept waiting for."""
    server.faults["boekingen", 0] += [Fault(status=429, headers={"Retry-After": "3600"})]
    assert refusal(server, longest_wait_seconds=2).problem == "status 429 (tried once)"
    assert asked(server) == [0]


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault(status=403), "the API refuses the client (status 403)"),
        (Fault(status=401), "the API refuses the client (status 401)"),
        (Fault(status=404), "the API has no such list"),
        (Fault(status=400), "the API answers with status 400"),
        (
            Fault(status=302, headers={"Location": "http://127.0.0.1:1/"}),
            "the API answers with status 302",
        ),
        (Fault(body='{"code": "KW-00042"}'), "the answer is not a list of objects"),
        (Fault(body="[612]"), "the answer is not a list of objects"),
        (Fault(body="null"), "the answer is not a list of objects"),
        (Fault(body=f"[{'{},' * 100}{{}}]"), "a page has more than 100 items"),
    ],
    ids=["403", "401", "404", "400", "redirect", "object", "numbers", "null", "large"],
)
def test_an_answer_that_will_not_get_better_is_refused_at_once(
    server: VeraServer, fault: Fault, problem: str
) -> None:
    """It is not asked for again; a redirect is not followed."""
    server.faults["boekingen", 1] += [fault]
    error = refusal(server)
    assert (error.place, error.problem) == (PLACE, problem)
    assert asked(server) == [0, 1]


def test_a_source_that_is_not_there_is_refused() -> None:
    """No connection at all is an error of the first list that is asked for."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    ledger = open_vera(base=f"http://127.0.0.1:{port}", first_wait_ms=1, attempts=2)
    with pytest.raises(PluginFailed, match=r"vera afletteringen: no connection.*\(tried 2 times\)"):
        ledger.tables()


def test_the_whole_reading_has_a_deadline(server: VeraServer) -> None:
    """When the time is over nothing more is asked, whatever is left."""
    times = iter([0.0] + [0.5] * 6 + [100.0] * 100)
    chosen = settings({"base": server.base, "deadline_seconds": 10})
    with Client(chosen, clock=lambda: next(times)) as client:
        pages = client.pages("financien", "boekingen")
        next(pages)
        with pytest.raises(PluginFailed, match="longer than allowed; raise deadline_seconds"):
            list(pages)
    assert len(asked(server)) < 5


@pytest.mark.parametrize(
    "piece", [b"X-A: b\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"], ids=["headers", "100 Continue"]
)
def test_the_deadline_ends_an_answer_that_never_comes_whole(server: VeraServer, piece: bytes) -> None:
    """Each piece of it comes in time, so that no time-out of a read would end it."""
    server.faults["boekingen", 2] = [Fault(drip=piece)] * 9
    begun = time.monotonic()
    error = refusal(server, deadline_seconds=2, attempts=2)
    assert time.monotonic() - begun < 30
    assert "longer than allowed" in str(error) or "not HTTP" in str(error) or "cut off" in str(error)


def test_no_log_tells_what_a_source_answers(
    server: VeraServer, caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level the HTTP library would tell its headers, which may hold a name."""
    caplog.set_level(logging.DEBUG)
    server.faults["boekingen", 0] = [Fault(headers={"X-Tenant": "Zwaantje"})]
    assert entries(server).height
    assert not [it for it in caplog.records if "Zwaantje" in str(vars(it))]
    assert not [it for it in caplog.records if "receive_response_headers" in it.getMessage()]


class TestTokens:
    """OAuth 2 with client credentials."""

    @pytest.fixture
    def server(self) -> Iterator[VeraServer]:
        """A server that lets nobody in without a token."""
        with serving(lists_of([source()]), oauth=True) as it:
            it.page_size = 10
            yield it

    def test_one_token_serves_all_requests(self, server: VeraServer) -> None:
        """It is asked for once, with the credentials in the header and the scope in the form."""
        assert entries(server, **server.credentials, scope="a b").height == 48
        (form,) = server.forms
        assert form.pop("authorization").startswith("Basic ")
        assert form == {"grant_type": "client_credentials", "scope": "a b"}

    def test_the_credentials_may_go_in_the_form(self, server: VeraServer) -> None:
        """Some token servers read them there alone."""
        entries(server, **server.credentials, client_auth="body")
        (form,) = server.forms
        assert (form["client_id"], form["client_secret"], form["authorization"]) == (CLIENT, SECRET, "")

    def test_a_token_that_expires_midway_is_replaced(self, server: VeraServer) -> None:
        """A page that was refused is asked for again with a new token; no other page is."""
        server.faults["boekingen", 2] += [Fault(then=server.tokens.clear)]
        assert entries(server, **server.credentials).height == 48
        assert asked(server) == [0, 1, 2, 3, 3, 4]
        assert len(server.forms) == 2

    def test_a_token_is_replaced_before_it_expires(self, server: VeraServer) -> None:
        """No request goes out with a token that is about to expire."""
        server.expires_in, now = 100, [0.0]
        chosen = settings({"base": server.base, **server.credentials})
        with Client(chosen, clock=lambda: now[0]) as client:
            for _ in client.pages("financien", "boekingen"):
                now[0] += 36
        assert asked(server) == [0, 1, 2, 3, 4]
        assert len(server.forms) == 3  # at 0, 72 and 144 seconds

    def test_credentials_that_are_refused_are_said_to_be(self, server: VeraServer) -> None:
        """A new token that is refused as well is the end of it, without further attempts."""
        server.faults["token", 0] += [Fault(status=401, body='{"error": "geheim"}')]
        error = refusal(server, **server.credentials)
        assert str(error.place) == "vera token_url"
        assert "status 401" in error.problem
        assert "geheim" not in str(error)

    def test_an_api_that_refuses_every_token_is_asked_twice(self, server: VeraServer) -> None:
        """A 401 that stays is an error, not a circle."""
        server.faults["boekingen", 0] += [Fault(status=401)] * 5
        error = refusal(server, **server.credentials)
        assert (error.place, len(asked(server))) == (PLACE, 2)

    def test_a_token_server_may_fail_for_a_while(self, server: VeraServer) -> None:
        """It is asked again as an API is."""
        server.faults["token", 0] += [Fault(status=503)]
        assert entries(server, **server.credentials).height == 48

    @pytest.mark.parametrize(
        "body",
        [
            '{"access_token": "x", "token_type": "mac"}',
            '{"token_type": "bearer"}',
            '{"access_token": "a\\nb", "token_type": "bearer"}',
            '{"access_token": "x", "token_type": "bearer", "expires_in": 1e3}',
            "[]",
            "nothing",
        ],
    )
    def test_what_is_no_bearer_token_is_refused(self, server: VeraServer, body: str) -> None:
        """Nothing is sent to an API with it."""
        server.faults["token", 0] += [Fault(body=body)]
        assert str(refusal(server, **server.credentials).place) == "vera token_url"
        assert all(name == "token" for name, _ in server.requests)

    def test_nothing_secret_is_logged(
        self, server: VeraServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        """At the lowest level no library writes a token, a secret, an amount or an id."""
        caplog.set_level(logging.DEBUG)
        server.faults["boekingen", 1] += [Fault(status=500), Fault(cut=True)]
        ledger = opened(server, **server.credentials, api_key="sleutel-van-de-test")
        ledger.tables()
        for hidden in (SECRET, "token-1", "sleutel-van-de-test", "KW-00042", "61234", "612.34"):
            assert hidden not in caplog.text
            assert hidden not in repr(ledger) + repr(settings(server.credentials))

    def test_an_api_key_goes_along(self, server: VeraServer) -> None:
        """The other way in of the specification."""
        entries(server, **server.credentials, api_key="sleutel", sender="Dunavie", administration="1")
        for it in server.headers_seen:
            assert it["X-API-KEY"] == "sleutel"
            assert it["X-Stuurgegevens-Zender-Organisatie"] == "Dunavie"
            assert it["X-Stuurgegevens-Zender-Administratie"] == "1"


class TestPaging:
    """Lists that change, repeat or break off while they are read."""

    def test_a_cursor_that_comes_back_is_refused(self, server: VeraServer) -> None:
        """Pages that go round in a circle are not read for ever."""
        server.faults["boekingen", 3] += [Fault(headers={"X-Parameters-Cursor": "boekingen:1"})]
        error = refusal(server)
        assert isinstance(error, InvalidValue)
        assert error.place == PLACE
        assert "cycle" in error.problem

    def test_a_page_that_comes_twice_counts_once(self, server: VeraServer) -> None:
        """The same items under another cursor are not booked double."""
        whole = entries(server)
        items = server.lists["boekingen"]
        with serving({**server.lists, "boekingen": [*items[:20], *items[10:20], *items[20:]]}) as twice:
            twice.page_size, twice.totals = 10, False
            assert entries(twice).equals(whole)

    def test_an_item_that_comes_again_changed_is_refused(self, server: VeraServer) -> None:
        """Which of the two holds cannot be told."""
        items: list[Any] = list(server.lists["boekingen"])
        again = [*items[:20], {**items[3], "bedrag": "€61235"}, *items[20:]]
        with serving({**server.lists, "boekingen": again}) as changed:
            error = refusal(changed)
        assert isinstance(error, DuplicateId)
        assert str(error.place) == "vera boekingen, line 21, column id"

    @pytest.mark.parametrize(
        ("page", "headers"),
        [
            (4, {"X-Parameters-Aantal": "49"}),
            (1, {"X-Parameters-Aantal": "", "X-Parameters-Cursor": ""}),
        ],
        ids=["more are told of", "it breaks off, and only the first page had the total"],
    )
    def test_a_list_shorter_than_it_says_is_refused(
        self, server: VeraServer, page: int, headers: dict[str, str]
    ) -> None:
        """Half a ledger is never taken for a whole one."""
        server.faults["boekingen", page] += [Fault(headers=headers)]
        error = refusal(server)
        assert error.place == PLACE
        assert error.problem == "fewer items came than the source says there are"

    @pytest.mark.parametrize("paging", ["number", "silent"])
    @pytest.mark.parametrize("size", [7, 10, 12, 48, 49])
    @pytest.mark.parametrize("totals", [True, False])
    def test_a_source_that_pages_by_number_is_read_to_its_end(
        self, server: VeraServer, paging: str, size: int, totals: bool
    ) -> None:
        """Without a cursor the next page is asked for by its number, whether or not a total is told."""
        whole = entries(server)
        server.requests.clear()
        server.paging, server.page_size, server.totals = paging, size, totals
        assert entries(server).equals(whole)
        pages = len(range(0, 48, size))
        assert asked(server)[:pages] == list(range(pages))
        assert len(asked(server)) == pages or (len(asked(server)) == pages + 1 and not totals)

    def test_a_page_whose_size_is_not_told_may_be_a_full_one(self, server: VeraServer) -> None:
        """A source that says nothing of its pages may have taken another size than was asked."""
        server.paging, server.page_size, server.totals, server.told_size = "silent", 20, False, False
        assert entries(server).height == 48
        assert asked(server) == [0, 1, 2]

    @pytest.mark.parametrize("then", ["the same", "not found"])
    def test_a_full_page_without_a_next_one_is_refused(self, server: VeraServer, then: str) -> None:
        """Whether that was all cannot be told, so it is not taken for all."""
        server.paging, server.totals = "none", False
        if then == "not found":
            server.faults["boekingen", 1] += [Fault(status=404)]
        error = refusal(server)
        assert isinstance(error, InvalidValue)
        assert str(error.place).startswith("vera ")
        assert error.problem.startswith("a full page came, and none after it")
        assert "X-Parameters-Aantal" in error.remedy

    @pytest.mark.parametrize("paging", ["none", "number"])
    def test_a_short_page_without_a_next_one_is_all(self, server: VeraServer, paging: str) -> None:
        """A list of fewer items than a page has is whole, also where the source cannot page."""
        server.paging, server.page_size, server.totals = paging, 49, False
        server.faults["boekingen", 1] += [Fault(status=404)]
        assert entries(server).height == 48

    def test_a_page_without_items_ends_nothing_by_itself(self, server: VeraServer) -> None:
        """As long as a new cursor comes, there may be more; and a last empty page adds nothing."""
        server.faults["boekingen", 4] += [Fault(headers={"X-Parameters-Cursor": "boekingen:5"})]
        server.faults["boekingen", 5] += [Fault(headers={"X-Parameters-Cursor": "boekingen:6"})]
        server.faults["boekingen", 6] += [Fault(headers={"X-Parameters-Cursor": "boekingen:6"})]
        assert entries(server).height == 48
        assert asked(server) == [0, 1, 2, 3, 4, 5, 6]

    def test_a_second_look_at_the_tables_asks_for_nothing(self, server: VeraServer) -> None:
        """The tables are read from the source once, and can be had again."""
        ledger = opened(server)
        first = pl.DataFrame(ledger.tables()["entries"])
        server.requests.clear()
        assert pl.DataFrame(ledger.tables()["entries"]).equals(first)
        assert server.requests == []
