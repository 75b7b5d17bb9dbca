"""How a referral is identified on the command line: by its key, the start of its key, or its batch."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from huurschuld.errors import InvalidValue
from huurschuld.referrals import Outbox, listing

_SHORTEST: Final = 4
"""The fewest characters of a key that identify a referral; fewer are probably a typo."""

KeysArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[KEY]...", help="Referrals, by their keys, or the first characters of these."
    ),
]
KeyArgument = Annotated[
    str, typer.Argument(metavar="KEY", help="A referral, by the first characters of its key.")
]
BatchOption = Annotated[
    str | None, typer.Option("--batch", metavar="NAME", help="All of a batch, instead of keys.")
]

ReceiverOption = Annotated[
    str | None,
    typer.Option(
        "--receiver", metavar="NAME", help="The channel; without it the only one that is configured."
    ),
]


def whole_keys(box: Outbox, keys: list[str] | None) -> list[str] | None:
    """Complete keys that are given by their first characters; one without a match stays as it is."""
    known = [it.key for it in listing(box)] if keys else []
    return [_whole(known, key) for key in keys] if keys else None


def whole_key(box: Outbox, key: str) -> str:
    """Complete one key, as `whole_keys`."""
    return _whole([it.key for it in listing(box)], key)


def _whole(known: list[str], key: str) -> str:
    if len(key) < _SHORTEST:
        raise InvalidValue("KEY", f"at least {_SHORTEST} characters of a key are expected")
    fitting = [it for it in known if it.startswith(key)]
    if len(fitting) > 1:
        raise InvalidValue("KEY", f"{len(fitting)} referrals begin with this", "give more of the key")
    return fitting[0] if fitting else key
