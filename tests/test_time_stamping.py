"""Time stamps of the heads of a log, by a real authority: `openssl ts` behind HTTP on this machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from authority import OPENSSL, Authority
from cryptography.x509 import Certificate

from huurschuld import InvalidValue
from huurschuld.cases import Head, InvalidStamp, StampFailed, digest
from huurschuld.cases.stamping import check_stamp, read_roots, request_stamp, stamped_text
from huurschuld.plugins.time_stamping import ask_for_stamp

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="an authority is made with openssl")

HEADS = (Head(1, 2, "a" * 64), Head(2, 5, "b" * 64))
TEXT = stamped_text(HEADS)


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, Authority]:
    """Two authorities that know nothing of each other."""
    folder = tmp_path_factory.mktemp("authorities")
    return Authority.made(folder / "one"), Authority.made(folder / "other")


@pytest.fixture
def authority(authorities: tuple[Authority, Authority]) -> Iterator[Authority]:
    """An authority that serves."""
    with Authority(authorities[0].folder).serving() as it:
        yield it


def roots_of(*authorities: Authority) -> list[Certificate]:
    """The certificates of authorities."""
    return [root for it in authorities for root in read_roots(it.roots.read_bytes(), "root.pem")]


def test_a_stamp_is_of_the_digest_and_by_the_clock_of_the_authority(authority: Authority) -> None:
    """It is checked when it comes, and later without a network; openssl itself finds it right."""
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    stamp, said = ask_for_stamp(TEXT, authority.url, roots_of(authority))
    assert before <= said.at <= dt.datetime.now(dt.UTC)
    assert said.authority == "Test Authority"
    assert check_stamp(stamp, TEXT, roots_of(authority), place="stamp") == said
    assert hashlib.sha256(TEXT).hexdigest() == digest(HEADS)
    (authority.folder / "kept").write_bytes(stamp)
    (authority.folder / "heads").write_bytes(TEXT)
    verify = ("ts", "-verify", "-in", "kept", "-data", "heads", "-CAfile", "root.pem")
    assert "Verification: OK" in authority.run(*verify)


def test_nothing_but_the_digest_is_sent(authority: Authority) -> None:
    """No heads, and the same digest under another random number each time."""
    ask_for_stamp(TEXT, authority.url, roots_of(authority))
    ask_for_stamp(TEXT, authority.url, roots_of(authority))
    one, other = authority.asked
    assert one != other
    for asked in (one, other):
        assert hashlib.sha256(TEXT).digest() in asked
        assert b"aaaa" not in asked
        assert len(asked) < 100


def test_a_stamp_of_other_heads_or_of_somebody_else_does_not_count(
    authority: Authority, authorities: tuple[Authority, Authority]
) -> None:
    """Each is told apart, with what to do."""
    stamp, said = ask_for_stamp(TEXT, authority.url, roots_of(authority))
    with pytest.raises(InvalidStamp, match=r"at heads\.tsr: it is of other heads; give the heads"):
        check_stamp(stamp, TEXT + b"x", roots_of(authority), place="heads.tsr")
    with pytest.raises(InvalidStamp, match="not signed by an authority that is trusted here"):
        check_stamp(stamp, TEXT, roots_of(authorities[1]), place="heads.tsr")
    both = [*roots_of(authorities[1]), *roots_of(authority), *roots_of(authority)]
    assert check_stamp(stamp, TEXT, both, place="heads.tsr") == said
    with pytest.raises(InvalidStamp, match="not signed by an authority"):
        check_stamp(stamp, TEXT, [], place="heads.tsr")
    for nothing in (b"", b"-----BEGIN", stamp[:-1], stamp + b"x"):
        with pytest.raises(InvalidStamp, match="it is not a time stamp"):
            check_stamp(nothing, TEXT, roots_of(authority), place="heads.tsr")
    with pytest.raises(InvalidValue, match=r"roots\.txt: certificates in PEM"):
        read_roots(b"no certificate", "roots.txt")


@pytest.mark.parametrize("many", [300, pytest.param(5_000, marks=pytest.mark.slow)])
def test_a_stamp_that_was_changed_does_not_count(authority: Authority, many: int) -> None:
    """Or says the very same, if the change is outside what is signed; never another error."""
    roots = roots_of(authority)
    stamp, said = ask_for_stamp(TEXT, authority.url, roots)
    chance, counted = random.Random(14), 0
    for _ in range(many):
        changed = bytearray(stamp)
        place = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed[place] ^= 1 << chance.randrange(8)
            case 1:
                del changed[place : place + chance.randrange(1, 40)]
            case _:
                changed[place:place] = chance.randbytes(chance.randrange(1, 40))
        with suppress(InvalidStamp):
            assert check_stamp(bytes(changed), TEXT, roots, place="stamp") == said
            counted += 1
    assert counted < many / 50


def test_an_old_answer_to_a_new_request_does_not_count(authority: Authority) -> None:
    """Somebody in between cannot give back an earlier stamp as a new one."""
    authority.replays = True
    ask_for_stamp(TEXT, authority.url, roots_of(authority))
    with pytest.raises(InvalidStamp, match="not signed by an authority that is trusted here"):
        ask_for_stamp(TEXT, authority.url, roots_of(authority))
    assert len(authority.asked) == 2


def test_an_authority_that_does_not_stamp_is_told(authority: Authority) -> None:
    """One that fails, that answers with something else, that refuses, and none at all."""
    roots = roots_of(authority)
    authority.status = 503
    with pytest.raises(StampFailed, match="it answered with status 503; check the address"):
        ask_for_stamp(TEXT, authority.url, roots)
    authority.status, authority.answer = 200, b"<html>Zwaantje</html>"
    with pytest.raises(InvalidStamp, match="at the answer: it is not a time stamp") as refused:
        ask_for_stamp(TEXT, authority.url, roots)
    assert "Zwaantje" not in str(refused.value)
    authority.answer = b"x" * 1_000_000
    with pytest.raises(StampFailed, match="too long for a stamp"):
        ask_for_stamp(TEXT, authority.url, roots)
    authority.answer = authority.stamp(b"no request")
    with pytest.raises(InvalidStamp, match="the authority refused to stamp it; ask the authority why"):
        ask_for_stamp(TEXT, authority.url, roots)
    for url in ("ftp://example.org", "http://", "https://who:secret@example.org/", "here", "http://a:0"):
        with pytest.raises(InvalidValue, match="--url") as wrong:
            ask_for_stamp(TEXT, url, roots)
        assert "secret" not in str(wrong.value)


def test_an_authority_that_is_not_there_is_told(authority: Authority) -> None:
    """Nobody listens at its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(StampFailed, match="there is no connection to it"):
        ask_for_stamp(TEXT, f"http://127.0.0.1:{port}/", roots_of(authority))


def test_an_authority_that_never_ends_is_cut_off(authority: Authority) -> None:
    """One that sends a byte now and then holds nobody up for longer than the time of it all."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not ended.wait(0.05):
                    connection.sendall(b"x")

        thread = threading.Thread(target=drip)
        thread.start()
        begin = time.monotonic()
        with pytest.raises(StampFailed, match=r"no whole answer within 0\.5 seconds"):
            ask_for_stamp(
                TEXT, f"http://127.0.0.1:{server.getsockname()[1]}/", roots_of(authority), seconds=0.5
            )
        assert time.monotonic() - begin < 60
        ended.set()
        thread.join()


def test_what_is_asked_repeats_nothing_of_another_request() -> None:
    """Its random number is new each time; it asks for the certificate, so that a stamp checks itself."""
    one, other = request_stamp(TEXT), request_stamp(TEXT)
    assert one.nonce != other.nonce
    assert one.cert_req


def test_the_stamped_text_is_what_is_kept(tmp_path: Path) -> None:
    """A file of heads, as it is written, is what was stamped: anybody can check it with openssl."""
    file = tmp_path / "heads.txt"
    file.write_bytes(stamped_text(HEADS))
    assert file.read_text(encoding="utf-8").splitlines() == [str(it) for it in HEADS]
