"""Asking a time-stamping authority for a stamp (RFC 3161), over HTTP, when a person asks for it.

All that is sent is the SHA-256 of the heads of a log and a random number: neither says anything of
anybody. What comes back is signed, so plain http does no harm; many authorities have no https.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.x509 import Certificate

from huurschuld.cases.errors import StampFailed
from huurschuld.cases.stamping import LARGEST_STAMP, Stamp, check_stamp, request_stamp
from huurschuld.errors import InvalidValue
from huurschuld.plugins.exchanges import Exchanges
from huurschuld.portfolio.extras import import_extra

_SECONDS: Final = 30.0
_MEDIUM: Final = "application/timestamp-query"


def ask_for_stamp(
    text: bytes, url: str, roots: Sequence[Certificate], *, seconds: float = _SECONDS
) -> tuple[bytes, Stamp]:
    """Have a text stamped, and check the stamp at once: one that does not count is not given back.

    Args:
        text: what to stamp; only its SHA-256 is sent.
        url: the address of the authority, http or https.
        roots: the certificates that its stamp has to lead to.
        seconds: for all of it: the connection, the request and the whole answer.

    Returns:
        The answer, in DER, to be kept; and what it says.

    Raises:
        InvalidValue: it is not an address, at `--url`.
        ExtraNeeded: httpx is not installed.
        StampFailed: no answer in time, or another one than a stamp.
        InvalidStamp: the stamp does not count.
    """
    httpx = import_extra("httpx", "stamp", "--url", "an authority is asked with httpx")
    _check_address(httpx, url)
    request = request_stamp(text)
    answer = _exchange(httpx, url, request.as_bytes(), seconds)
    return answer, check_stamp(answer, text, roots, place="the answer", request=request)


def _exchange(httpx: Any, url: str, content: bytes, seconds: float) -> bytes:  # noqa: ANN401 - a module
    """Post a request; return the whole answer."""
    problem = "the connection was cut off"
    exchanges = Exchanges()
    with exchanges.within(seconds) as exchange:
        try:
            with (
                httpx.Client(timeout=seconds, follow_redirects=False) as client,
                client.stream(
                    "POST",
                    url,
                    headers={"Content-Type": _MEDIUM, "Accept-Encoding": "identity"},
                    content=content,
                    extensions=exchange.extensions,
                ) as response,
            ):
                body = _body(response)
                if response.status_code != 200:
                    problem = f"it answered with status {response.status_code}"
                elif len(body) > LARGEST_STAMP:
                    problem = "its answer is too long for a stamp"
                elif not exchange.is_over:
                    return body
        except (httpx.ConnectError, httpx.ProxyError):
            problem = "there is no connection to it"
        except (httpx.HTTPError, httpx.InvalidURL):
            pass
        if exchange.is_over:
            problem = f"there was no whole answer within {seconds:g} seconds"
    raise StampFailed("the time-stamping authority", problem, "check the address, or try again later")


def _body(response: Any) -> bytes:  # noqa: ANN401 - httpx may be missing
    """Read an answer, no more of it than a stamp can have."""
    body = b""
    for piece in response.iter_raw():
        body += piece
        if len(body) > LARGEST_STAMP:
            break
    return body


def _check_address(httpx: Any, url: str) -> None:  # noqa: ANN401 - a module
    parts, host = None, None
    with suppress(ValueError, httpx.InvalidURL):
        parts = urlsplit(url)
        host = httpx.URL(url).host if parts.port != 0 else None
    if parts is None or not host or parts.scheme not in {"http", "https"} or not url.isprintable():
        raise InvalidValue("--url", "the address of an authority is expected", "such as https://…")
    if parts.username is not None or parts.password is not None:
        raise InvalidValue("--url", "no user or password is expected", "leave it out")
