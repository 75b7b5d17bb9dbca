"""A client of VERA's APIs: the pages of a list, one after the other, and single items by id.

Only `GET` is sent to an API. A page that fails is asked for again from its own cursor: earlier pages are
not read again.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from itertools import count
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from attrs import frozen

from huurschuld.errors import InvalidValue, PluginFailed
from huurschuld.plugins.vera.items import Item, Malformed, parse
from huurschuld.plugins.vera.oauth import Tokens
from huurschuld.plugins.vera.settings import Settings
from huurschuld.plugins.vera.transport import TELL_SUPPLIER, Again, Answer, Transport

LARGEST_PAGE: Final = 100
"""The most items of one page (`maxItems` in the specification)."""

_PAGE_SIZE: Final = "X-Parameters-AantalPerPagina"
_TOTAL: Final = "X-Parameters-Aantal"
_CURSOR: Final = "X-Parameters-Cursor"
_NUMBER: Final = "X-Parameters-Pagina"
_OWN_SIZE: Final = 20
"""A page of so many items may be full where its size is not told: it is that of the specification."""


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
        settings: where, as whom, and how patiently.
        clock: seconds that only go up.
        now: the moment, for a `Retry-After` that names one.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._settings = settings
        self._transport = Transport(settings, clock, now)
        self._tokens = Tokens(settings, self._post, clock)

    def __repr__(self) -> str:
        return "<Client>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._transport.close()

    def pages(self, api: str, resource: str) -> Iterator[Page]:
        """The pages of a list, in the order of the source.

        They are asked for by the cursor of the page before. A source that gives none is asked for the
        next page by its number (`pagina`), where there may be one.

        Raises:
            PluginFailed: the API cannot be reached, or refuses.
            InvalidValue: an answer is no list of objects, the pages go round in a circle, or whether
                there are more cannot be told.
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
                    place, "a cursor came back: the pages go round in a circle", TELL_SUPPLIER
                )
            seen.add(cursor)

    def _by_number(self, place: str, url: str, resource: str, first: Page) -> Iterator[Page]:
        """The pages after the first, of a source that gave no cursor."""
        last, total, number = first, first.total, len(first.items)
        for turn in count(2):
            told_more = last.full or last.numbered if total is None else number < total
            if not last.items or not told_more:
                return
            answer, value = self._json(place, url, {"pagina": str(turn)})
            page = None if answer.status == 404 else self._page(resource, answer, value, number)
            if page is None or page.same(last) or page.same(first):
                if not last.full:
                    return
                raise InvalidValue(
                    place,
                    "a full page came, and no other after it: whether that was all is not told",
                    f"have the source page by {_CURSOR} or pagina, or give {_TOTAL}",
                )
            yield page
            last, number = page, number + len(page.items)
            total = page.total if page.total is not None else total

    def one(self, api: str, resource: str, name: str) -> Item | None:
        """One item by its id; None where there is no such item.

        Raises:
            PluginFailed, InvalidValue: as `pages`.
        """
        place = f"vera {resource}"
        if name in {".", ".."}:  # steps in a path, which cannot be written as a name
            return None
        url = f"{self._settings.address(api)}/{resource}/{quote(name, safe='')}"
        answer, value = self._json(place, url, {})
        if answer.status == 404:
            return None
        if not isinstance(value, dict):
            raise InvalidValue(place, "the answer is no object", TELL_SUPPLIER)
        return Item(resource, 1, value)

    def _json(self, place: str, url: str, query: dict[str, str]) -> tuple[Answer, object]:
        """An answer with its JSON; of one that is no JSON the rest may be missing: it is asked again."""

        def ask() -> tuple[Answer, object]:
            answer = self._authorised(place, url, query)
            if answer.status == 404:
                return answer, None
            try:
                return answer, parse(answer.body)
            except Malformed:
                pass
            raise Again("the answer is no whole JSON (UTF-8, no member twice)")

        return self._transport.patiently(place, ask)

    def _authorised(self, place: str, url: str, query: dict[str, str]) -> Answer:
        """The answer; a token that is refused once is replaced."""
        settings = self._settings
        renewed = not self._tokens.can_renew
        while True:
            headers = {
                "Accept": "application/json",
                _PAGE_SIZE: str(settings.page_size),
                **({"X-Stuurgegevens-Zender-Organisatie": settings.sender} if settings.sender else {}),
                **(
                    {"X-Stuurgegevens-Zender-Administratie": settings.administration}
                    if settings.administration
                    else {}
                ),
                **self._tokens.headers(),
            }
            answer = self._transport.send("GET", url, headers, params=query)
            if answer.status == 401 and not renewed:
                self._tokens.refused()
                renewed = True
                continue
            break
        if answer.status in {200, 404}:
            return answer
        if answer.status in {401, 403}:
            raise PluginFailed(
                place,
                f"the API refuses the client (status {answer.status})",
                "check the credentials, the scope, and what the client may read",
            )
        raise PluginFailed(place, f"the API answers with status {answer.status}", TELL_SUPPLIER)

    def _post(self, url: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, bytes]:
        # Within the attempts of the request that needs the token, so that waits do not multiply.
        answer = self._transport.send("POST", url, headers, data=form)
        return answer.status, answer.body

    def _page(self, resource: str, answer: Answer, value: object, before: int) -> Page:
        place = f"vera {resource}"
        if not isinstance(value, list) or not all(isinstance(it, dict) for it in value):
            raise InvalidValue(place, "the answer is no list of objects", TELL_SUPPLIER)
        if len(value) > LARGEST_PAGE:
            raise InvalidValue(place, f"a page has more than {LARGEST_PAGE} items", TELL_SUPPLIER)
        size = _whole(answer.headers.get(_PAGE_SIZE, "")) or min(self._settings.page_size, _OWN_SIZE)
        return Page(
            items=tuple(Item(resource, before + n, it) for n, it in enumerate(value, 1)),
            total=_whole(answer.headers.get(_TOTAL, "")),
            full=len(value) >= size,
            numbered=_NUMBER in answer.headers,
        )


def _whole(told: str) -> int | None:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else None
