"""What other libraries would log of our exchanges with a server or a database, kept out of every log.

A stranger may have put a name into a header, an address or an error, and an application may log all
that any library says. What the application itself does with these libraries is logged as before.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

_T = TypeVar("_T")
_ours: ContextVar[bool] = ContextVar("ours", default=False)


def _is_not_ours(_: logging.LogRecord) -> bool:
    return not _ours.get()


@contextmanager
def unlogged() -> Iterator[None]:
    """Do something in the block of which the loggers given to `leave_out` tell nothing."""
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


def each_unlogged(items: Generator[_T, None, None]) -> Iterator[_T]:
    """Yield items, unlogged while each is made, and not while the caller works with it."""
    try:
        while True:
            with unlogged():
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item
    finally:
        with unlogged():
            items.close()


def leave_out(*loggers: str) -> None:
    """Let these loggers, and those below them that exist by now, tell nothing of what is `unlogged`."""
    known = list(logging.root.manager.loggerDict)
    for above in loggers:
        for name in (above, *(it for it in known if it.startswith(f"{above}."))):
            logging.getLogger(name).addFilter(_is_not_ours)  # adding it again changes nothing
