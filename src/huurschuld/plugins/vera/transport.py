"""One request at a time, with retries.

A request is retried after a failed connection, a time-out, a body that is cut off, an answer that is not
valid JSON, or status 408, 429 or 5xx. No error or log quotes an address, a token or an answer.
"""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

from attrs import frozen

from huurschuld.errors import InvalidValue, PluginFailed
from huurschuld.model.unlogged import unlogged
from huurschuld.plugins.exchanges import Exchanges
from huurschuld.plugins.vera.settings import Settings
from huurschuld.portfolio.extras import import_extra

LARGEST_ANSWER: Final = 32 * 2**20
"""The maximum number of bytes of an answer: a page has at most a hundred items."""
ASK_SUPPLIER: Final = "report it to the supplier of the source"

_RETRIED_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504})
_T = TypeVar("_T")


class Retryable(Exception):
    """A failure that a retry may solve: why it failed, and how many seconds the server asks to wait."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.wait = wait


@frozen(repr=False)
class Answer:
    """An answer that was read completely."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def library(name: str) -> Any:  # noqa: ANN401 - an optional module
    """Import a library of the extra `vera`; errors as for `import_extra`."""
    return import_extra(name, "vera", "vera", f"{name} is not installed")


class Transport:
    """Sends requests; arguments as of `Client`."""

    def __init__(
        self, settings: Settings, clock: Callable[[], float], now: Callable[[], dt.datetime]
    ) -> None:
        self._httpx = library("httpx")
        self._stamina = library("stamina")
        self._settings = settings
        self._clock = clock
        self._now = now
        self._end = clock() + settings.deadline_seconds
        # Only the transport: httpx's client logs each address, which may hold an id. The environment is
        # ignored: a proxy named there would see the requests.
        self._transport = self._httpx.HTTPTransport(
            verify=_trusted(settings.ca_file), trust_env=False, proxy=settings.proxy or None
        )
        self._timeout = self._httpx.Timeout(
            settings.read_seconds, connect=settings.connect_seconds
        ).as_dict()
        self._exchanges = Exchanges()

    def close(self) -> None:
        """Close the connections."""
        with unlogged():
            self._transport.close()

    def send(self, method: str, url: str, headers: dict[str, str], **more: dict[str, str]) -> Answer:
        """Send a request once, and read the whole answer.

        Raises:
            Retryable: a retry may succeed.
            PluginFailed: the answer is too large, or there is no time left.
        """
        body, httpx, why = bytearray(), self._httpx, ""
        left = self._in_time()
        try:
            with self._exchanges.within(left) as exchange:
                request = httpx.Request(
                    method,
                    url,
                    headers={"User-Agent": "huurschuld", **headers},
                    extensions={"timeout": self._timeout, **exchange.extensions},
                    **more,
                )
                response = self._transport.handle_request(request)
                try:
                    for chunk in response.iter_bytes():
                        body += chunk
                        if len(body) > LARGEST_ANSWER:
                            break
                        self._in_time()
                finally:
                    response.close()
        except httpx.TimeoutException:
            why = "no answer in time"
        except httpx.TransportError:
            why = "no connection, or it was cut off"
        except httpx.HTTPError:
            why = "an answer that is not HTTP"
        if exchange.is_over:
            raise _too_late()
        if why:
            raise Retryable(why)
        if len(body) > LARGEST_ANSWER:
            raise PluginFailed("vera", "an answer is larger than a page can be", ASK_SUPPLIER)
        if response.status_code in _RETRIED_STATUSES:
            wait = _retry_after(response.headers.get("Retry-After"), self._now)
            raise Retryable(f"status {response.status_code}", wait)
        return Answer(response.status_code, bytes(body), response.headers)

    def _in_time(self) -> float:
        """Return the seconds that are left."""
        left = self._end - self._clock()
        if left <= 0:
            raise _too_late()
        return left

    def with_retries(self, place: str, ask: Callable[[], _T]) -> _T:
        """Call `ask` until it succeeds, within the allowed attempts, with growing waits between them.

        Raises:
            PluginFailed: at the place, after the last attempt.
        """
        settings, tried, why = self._settings, 0, ""

        def again(error: Exception) -> bool | float:
            if not isinstance(error, Retryable) or (error.wait or 0) > settings.longest_wait_seconds:
                return False
            return True if error.wait is None else max(error.wait, 0.001)

        try:
            for attempt in self._stamina.retry_context(
                on=again,
                attempts=settings.attempts,
                timeout=None,
                wait_initial=settings.first_wait_ms / 1000,
                wait_max=settings.longest_wait_seconds,
                wait_jitter=settings.first_wait_ms / 1000,
            ):
                with attempt:
                    self._in_time()
                    tried += 1
                    return ask()
        except Retryable as error:
            why = error.why
        times = "once" if tried == 1 else f"{tried} times"
        raise PluginFailed(
            place, f"{why} (tried {times})", "check that the API works, and try again later"
        )


def _too_late() -> PluginFailed:
    return PluginFailed("vera", "reading takes longer than allowed", "raise deadline_seconds")


def _retry_after(value: str | None, now: Callable[[], dt.datetime]) -> float | None:
    """Read the seconds of a `Retry-After`: a number, or the moment that it names."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:  # it is neither: the usual waits apply
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - now()).total_seconds())


def _trusted(ca_file: str) -> ssl.SSLContext | bool:
    if not ca_file:
        return True
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError:  # no such file, or no certificates in it
        pass
    raise InvalidValue("/ca_file", "this is not a file of certificates", "name a PEM file")
