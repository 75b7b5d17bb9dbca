"""OAuth 2 with client credentials (RFC 6749, 4.4): a token, and a new one before it expires."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from huurschuld.errors import PluginFailed
from huurschuld.plugins.vera.items import Malformed, parse
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.transport import Transport

_MARGIN: Final = 30.0
_PLACE: Final = "vera token_url"


class Tokens:
    """The token that goes with each request, if there are credentials."""

    def __init__(self, settings: Settings, transport: Transport, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._transport = transport
        self._clock = clock
        self._token: str | None = None
        self._until: float | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers that identify the client.

        Raises:
            PluginFailed: the token server gives no token.
        """
        settings = self._settings
        headers = {"X-API-KEY": settings.api_key} if settings.api_key else {}
        if settings.token_url:
            headers["Authorization"] = f"Bearer {self._valid()}"
        return headers

    def refused(self) -> None:
        """Forget a token that was refused, so that the next request gets a new one."""
        self._token = None

    def _valid(self) -> str:
        expired = self._until is not None and self._clock() >= self._until
        if self._token is None or expired:
            self._token, self._until = self._new()
        return self._token

    def _new(self) -> tuple[str, float | None]:
        settings, asked = self._settings, self._clock()
        form, headers = {"grant_type": "client_credentials"}, {"Accept": "application/json"}
        if settings.scope:
            form["scope"] = settings.scope
        if settings.client_auth == "body":
            form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
        else:
            headers["Authorization"] = _basic(settings.client_id, settings.client_secret)
        # Within the attempts of the request that needs the token, so that waits do not multiply.
        answer = self._transport.send("POST", settings.token_url, headers, data=form)
        if answer.status in {400, 401, 403}:
            raise PluginFailed(
                _PLACE,
                f"the token server refuses the client (status {answer.status})",
                "check client_id, client_secret, scope and client_auth",
            )
        if answer.status != 200:
            problem = f"the token server answers with status {answer.status}"
            raise PluginFailed(_PLACE, problem, "try again later, or ask its operator")
        return _read(answer.body, asked)


def _read(body: bytes, asked: float) -> tuple[str, float | None]:
    try:
        answer = parse(body)
    except Malformed:
        answer = None
    members = answer if isinstance(answer, dict) else {}
    token, kind, seconds = (members.get(it) for it in ("access_token", "token_type", "expires_in"))
    fits = isinstance(token, str) and token.isascii() and token.isprintable() and token
    if not fits or not isinstance(kind, str) or kind.lower() != "bearer":
        raise PluginFailed(_PLACE, "the token server gives no bearer token", "check token_url")
    if seconds is None:
        return str(token), None
    if type(seconds) is not int or seconds < 0:
        raise PluginFailed(_PLACE, "expires_in is not a whole number of seconds", "check token_url")
    # A short-lived token is used for half its life, so that it is used more than once.
    return str(token), asked + seconds - min(_MARGIN, seconds / 2)


def _basic(client: str, secret: str) -> str:
    pair = f"{quote(client, safe='')}:{quote(secret, safe='')}".encode()
    return f"Basic {b64encode(pair).decode()}"
