"""The channel `meldpunt`: HTTPS, a connection for each referral, strict about what an answer means."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from huurschuld.errors import InvalidValue
from huurschuld.former_names import Asks, HonoursKey
from huurschuld.hooks import Channel
from huurschuld.model.referral import Delivery, Outcome, Referral
from huurschuld.model.values import Flag, RedactedRepr, refuse
from huurschuld.plugins.exchanges import Exchanges
from huurschuld.plugins.meldpunt.payload import Payload, check_key, read_payload
from huurschuld.portfolio.extras import import_extra

_LARGEST_ANSWER: Final = 64 * 1024
"""How many bytes of an answer are kept."""
_SECONDS: Final = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
_UNCERTAIN: Final = frozenset({408, 409, 425})
"""Refusals after which an earlier attempt may still have arrived."""


def open_meldpunt(
    *,
    url: str,
    token: str | None = None,
    honours_key: str | bool = False,
    ask_url: str | None = None,
    fields: str | Mapping[str, str] | None = None,
    amount: str = "euros",
    timeout: str | float = "30",
) -> Channel:
    """Open the channel to one address.

    Args:
        url: where referrals are posted; https, or http on this machine only.
        token: a secret, sent in the header `Authorization: Bearer`.
        honours_key: whether the receiver takes one referral for one `Idempotency-Key`, however often it
            is sent. Set it only if the receiver really does.
        ask_url: where to ask for the status of a key: `ASK_URL/KEY` answers 200 if the receiver has
            accepted it and 404 if it does not have it.
        fields: the receiver's names of the fields by ours; see `payload`.
        amount: `euros` as exact decimal text such as `"1270.00"`, or `cents` as a whole number.
        timeout: seconds for all of it: the connection, the request and the whole answer.

    Raises:
        InputError: at the option.
        ExtraNeeded: httpx is not installed.
    """
    addresses = {"/url": url} if ask_url is None else {"/url": url, "/ask_url": ask_url}
    web = open_web(addresses, token, timeout)
    idempotent = Flag().from_text(honours_key) if isinstance(honours_key, str) else honours_key
    if type(idempotent) is not bool:
        raise refuse("/honours_key", Flag())
    payload = read_payload(fields, amount)
    if ask_url is None:
        return Meldpunt(web, url, payload, idempotent=idempotent)
    return QueryableMeldpunt(web, url, payload, ask_url, idempotent=idempotent)


def open_web(addresses: Mapping[str, str], token: str | None, timeout: str | float) -> Web:
    """Check the options that say how something is posted, and return what posts it.

    Args:
        addresses: each by the place of its option; https, or http on this machine only.
        token: a secret, sent in the header `Authorization: Bearer`.
        timeout: seconds for all of an exchange.

    Raises:
        InputError: at the option.
        ExtraNeeded: httpx is not installed.
    """
    httpx = import_extra("httpx", "web", "meldpunt", "it is sent with httpx")
    for place, address in addresses.items():
        _check_address(httpx, address, place)
    if token is not None and not _TOKEN.fullmatch(token):
        raise InvalidValue("/token", "visible ASCII characters are expected")
    seconds = float(timeout) if _SECONDS.fullmatch(str(timeout)) else 0.0
    if not seconds:
        raise InvalidValue("/timeout", "seconds are expected, more than 0 and less than 10,000")
    return Web(httpx, token, seconds)


class Meldpunt(HonoursKey, RedactedRepr):
    """A receiver of referrals at an address.

    Attributes:
        idempotent: whether it takes one referral for one key.
    """

    def __init__(self, web: Web, url: str, payload: Payload, *, idempotent: bool) -> None:
        self.idempotent = idempotent
        self._web = web
        self._url = url
        self._payload = payload

    def send(self, referral: Referral, key: str) -> Delivery:
        """Post a referral once."""
        check_key(key)
        return self._web.post(self._url, key, self._payload.of(referral))


class QueryableMeldpunt(Meldpunt, Asks):
    """A receiver that can be asked for the status of a referral."""

    def __init__(self, web: Web, url: str, payload: Payload, ask_url: str, *, idempotent: bool) -> None:
        super().__init__(web, url, payload, idempotent=idempotent)
        self._ask_url = ask_url.rstrip("/")

    def status(self, key: str) -> Delivery:
        """Ask by the key, and send nothing else."""
        check_key(key)
        answer = self._web.call("GET", f"{self._ask_url}/{key}", {}, None)
        if isinstance(answer, Delivery):
            return Delivery(outcome=Outcome.UNKNOWN, reason=answer.reason)
        status, text = answer
        outcomes = {200: Outcome.ACCEPTED, 404: Outcome.NOT_DELIVERED}
        return _answered(outcomes.get(status, Outcome.UNKNOWN), status, text)


def _answered(outcome: Outcome, status: int, text: str) -> Delivery:
    receipt = text if outcome is Outcome.ACCEPTED else None
    return Delivery(outcome=outcome, reason=f"status {status}", receipt=receipt)


class Web:
    """Calls over HTTP, each on a new connection, so that no stale one is reused."""

    def __init__(self, httpx: Any, token: str | None, seconds: float) -> None:  # noqa: ANN401 - a module
        self._httpx = httpx
        self._trust = httpx.create_ssl_context()
        self._token = token
        self._seconds = seconds
        self._exchanges = Exchanges()

    def post(self, url: str, key: str, content: bytes) -> Delivery:
        """Post a JSON text once, under its key."""
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        answer = self.call("POST", url, headers, content)
        if isinstance(answer, Delivery):
            return answer
        status, text = answer
        outcome = Outcome.UNKNOWN
        if 200 <= status < 300:
            outcome = Outcome.ACCEPTED
        elif status == 429:
            outcome = Outcome.NOT_DELIVERED
        elif 400 <= status < 500 and status not in _UNCERTAIN:
            outcome = Outcome.REFUSED
        return _answered(outcome, status, text)

    def call(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> tuple[int, str] | Delivery:
        """Return the status and the text of a complete answer, or as much of it as is kept.

        Without an answer, give what is known: if there was no connection nothing was sent; else it may
        have arrived.
        """
        httpx = self._httpx
        secure = url.startswith("https:")
        sent = {"User-Agent": "huurschuld", "Accept-Encoding": "identity", "Connection": "close"}
        if self._token is not None:
            sent["Authorization"] = f"Bearer {self._token}"
        outcome = Outcome.UNKNOWN
        try:
            with (
                self._exchanges.within(self._seconds) as exchange,
                httpx.Client(
                    verify=self._trust,
                    timeout=self._seconds,
                    follow_redirects=False,
                    trust_env=secure,  # no proxy for plain http on this machine
                ) as client,
                client.stream(
                    method,
                    url,
                    headers={**sent, **headers},
                    content=content,
                    extensions=exchange.extensions,
                ) as response,
            ):
                answer = response.status_code, _text(response)
            if not exchange.is_over:  # else this may be the beginning of an answer
                return answer
            reason = "no answer in time"
        except httpx.ConnectTimeout:
            outcome, reason = Outcome.NOT_DELIVERED, "no connection in time"
        except httpx.ConnectError:
            outcome, reason = Outcome.NOT_DELIVERED, "no connection"
        except httpx.ProxyError:
            outcome, reason = Outcome.NOT_DELIVERED, "no connection through the proxy"
        except httpx.TimeoutException:
            reason = "no answer in time"
        except httpx.HTTPError:
            reason = "no answer in time" if exchange.is_over else "the connection was cut off"
        except httpx.InvalidURL:  # httpx reads where a redirect leads to, although it is not followed
            reason = "a redirect to what is no address"
        return Delivery(outcome=outcome, reason=reason)


def _text(response: Any) -> str:  # noqa: ANN401 - httpx may be missing
    """Read the text of an answer, no more of it than is kept."""
    body = b""
    for piece in response.iter_raw():
        body += piece
        if len(body) > _LARGEST_ANSWER:
            break
    return body[:_LARGEST_ANSWER].decode("utf-8", "replace")


def _check_address(httpx: Any, url: str, place: str) -> None:  # noqa: ANN401 - a module
    """Check that what is sent there cannot be intercepted, and that the address holds no secret."""
    host, parts = None, None
    with suppress(ValueError, httpx.InvalidURL):
        parts = urlsplit(url)
        host = httpx.URL(url).host if parts.port != 0 else None
    if parts is None or not host or parts.scheme not in {"https", "http"} or not url.isprintable():
        raise InvalidValue(place, "an address that begins with https:// is expected")
    if parts.scheme == "http" and not _is_here(host):
        raise InvalidValue(place, "http is for this machine only", "use https")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise InvalidValue(
            place, "no user, query or fragment is expected", "give a secret as the option token"
        )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
