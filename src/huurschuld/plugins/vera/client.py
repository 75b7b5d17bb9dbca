"""A client of VERA's APIs: the pages of a list, one after the other, and single items by id.

Only `GET` is sent to an API. If a page fails, that page alone is requested again, by its cursor.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Final, Self
from urllib.parse import quote

from attrs import frozen

from huurschuld.errors import InvalidValue, PluginFailed
from huurschuld.plugins.vera.items import Item, Malformed, parse
from huurschuld.plugins.vera.oauth import Tokens
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.transport import ASK_SUPPLIER, Answer, Retryable, Transport

LARGEST_PAGE: Final = 100
"""The most items of one page (`maxItems` in the specification)."""

_PAGE_SIZE: Final = "X-Parameters-AantalPerPagina"
_TOTAL: Final = "X-Parameters-Aantal"
_CURSOR: Final = "X-Parameters-Cursor"
_NUMBER: Final = "X-Parameters-Pagina"
_OWN_SIZE: Final = 20
"""The size of a page, as in the specification, where the source does not give it."""


@frozen
class Page:
    """One page of a list.

    Attributes:
        items: what is on it.
        total: how many items the source says the whole list has; None if it does not say.
        full: whether it may have as many items as a page can have.
        numbered: whether the source says which page it is.
    """

    items: tuple[Item, ...]
    total: int | None
    full: bool
    numbered: bool

    def same(self, other: Page) -> bool:
        """Whether it has the items of another page, number by number."""
        return [it.members for it in self.items] == [it.members for it in other.items]


class Client:
    """Reads the lists of the APIs.

    Args:
        settings: the addresses, the credentials, and how often to retry.
        clock: monotonic seconds.
        now: the current time, for a `Retry-After` that gives a date.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._settings = settings
        self._headers = {"Accept": "application/json", _PAGE_SIZE: str(settings.page_size)}
        if settings.sender:
            self._headers["X-Stuurgegevens-Zender-Organisatie"] = settings.sender
        if settings.administration:
            self._headers["X-Stuurgegevens-Zender-Administratie"] = settings.administration
        self._transport = Transport(settings, clock, now)
        self._tokens = Tokens(settings, self._transport, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def pages(self, api: str, resource: str) -> Iterator[Page]:
        """Read the pages of a list, in the order of the source.

        Each page is requested by the cursor of the page before. If the source gives none, the next page
        is requested by its number (`pagina`), if there may be one.

        Raises:
            PluginFailed: the API cannot be reached, or refuses.
            InvalidValue: an answer is not a list of objects, the pages repeat in a cycle, or it is
                unknown whether there are more.
        """
        place = f"vera {resource}"
        url = f"{self._settings.address(api)}/{resource}"
        cursor, seen, number = None, set[str](), 0
        while True:
            answer, value = self._json(place, url, {} if cursor is None else {"cursor": cursor})
            if answer.status == 404:
                raise PluginFailed(place, "the API has no such list", f"check the address of {api}")
            page = self._page(resource, answer, value, number)
            yield page
            number += len(page.items)
            cursor = answer.headers.get(_CURSOR) or None
            if cursor is None and not seen:
                yield from self._by_number(place, url, resource, page)
                return
            if cursor is None or (cursor in seen and not page.items):
                return
            if cursor in seen:
                raise InvalidValue(
                    place, "a cursor occurred before: the pages repeat in a cycle", ASK_SUPPLIER
                )
            seen.add(cursor)

    def _by_number(self, place: str, url: str, resource: str, first: Page) -> Iterator[Page]:
        """Read the pages after the first, of a source that gave no cursor."""
        last, total, number = first, first.total, len(first.items)
        for turn in count(2):
            may_go_on = last.full or last.numbered if total is None else number < total
            if not last.items or not may_go_on:
                return
            answer, value = self._json(place, url, {"pagina": str(turn)})
            page = None if answer.status == 404 else self._page(resource, answer, value, number)
            if page is None or page.same(last) or page.same(first):
                if not last.full:
                    return
                raise InvalidValue(
                    place,
                    "a full page came, and none after it: it is unknown whether that was all",
                    f"have the source page by {_CURSOR} or pagina, or give {_TOTAL}",
                )
            yield page
            last, number = page, number + len(page.items)
            total = page.total if page.total is not None else total

    def one(self, api: str, resource: str, name: str) -> Item | None:
        """Read one item by its id; None if it does not exist.

        Raises:
            PluginFailed, InvalidValue: as `pages`.
        """
        place = f"vera {resource}"
        if name in {".", ".."}:  # these are path segments with a meaning, which an id must not be
            return None
        url = f"{self._settings.address(api)}/{resource}/{quote(name, safe='')}"
        answer, value = self._json(place, url, {})
        if answer.status == 404:
            return None
        if not isinstance(value, dict):
            raise InvalidValue(place, "the answer is not an object", ASK_SUPPLIER)
        return Item(resource, 1, value, self._settings.codes)

    def _json(self, place: str, url: str, query: dict[str, str]) -> tuple[Answer, object]:
        """Read an answer and its JSON; if that is not valid it may be cut off, and is read again."""

        def ask() -> tuple[Answer, object]:
            answer = self._authorised(place, url, query)
            if answer.status == 404:
                return answer, None
            try:
                return answer, parse(answer.body)
            except Malformed:
                pass
            raise Retryable("the answer is not valid JSON in UTF-8, or has a member twice")

        return self._transport.with_retries(place, ask)

    def _authorised(self, place: str, url: str, query: dict[str, str]) -> Answer:
        """Read an answer; a token that is refused is replaced once."""
        answer = self._transport.send("GET", url, self._headers | self._tokens.headers(), params=query)
        if answer.status == 401 and self._settings.token_url:
            self._tokens.refused()
            headers = self._headers | self._tokens.headers()
            answer = self._transport.send("GET", url, headers, params=query)
        if answer.status in {200, 404}:
            return answer
        if answer.status in {401, 403}:
            raise PluginFailed(
                place,
                f"the API refuses the client (status {answer.status})",
                "check the credentials, the scope, and what the client may read",
            )
        raise PluginFailed(place, f"the API answers with status {answer.status}", ASK_SUPPLIER)

    def _page(self, resource: str, answer: Answer, value: object, before: int) -> Page:
        place = f"vera {resource}"
        if not isinstance(value, list) or not all(isinstance(it, dict) for it in value):
            raise InvalidValue(place, "the answer is not a list of objects", ASK_SUPPLIER)
        if len(value) > LARGEST_PAGE:
            raise InvalidValue(place, f"a page has more than {LARGEST_PAGE} items", ASK_SUPPLIER)
        size = _whole(answer.headers.get(_PAGE_SIZE, "")) or min(self._settings.page_size, _OWN_SIZE)
        return Page(
            items=tuple(
                Item(resource, before + n, it, self._settings.codes) for n, it in enumerate(value, 1)
            ),
            total=_whole(answer.headers.get(_TOTAL, "")),
            full=len(value) >= size,
            numbered=_NUMBER in answer.headers,
        )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
