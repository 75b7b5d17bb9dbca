"""Show referrals and helpers as tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from huurschuld.cli.language import spoken, told
from huurschuld.cli.terminal import printable, table
from huurschuld.decisions.days import day_text
from huurschuld.decisions.words import euros
from huurschuld.model.helpers import Helper
from huurschuld.referrals import Event, Listed

SHOWN: Final = 12
"""How many characters of a key are shown; enough to identify the referral."""

_REACH: Final = "how to get in touch"
_WHOLE: Final = frozenset(("key", "tenancy", "day", "amount", "state", "when", "what", _REACH))
"""The columns whose cells are not wrapped."""


def _plain(text: str) -> Text:
    """Literal text: brackets in it are not markup."""
    return Text(printable(text))


def _table(*headings: str) -> Table:
    made = table()
    for heading in headings:
        made.add_column(
            told(heading),
            justify="right" if heading == "amount" else "left",
            no_wrap=heading in _WHOLE,
            overflow="fold",
        )
    return made


def show_referrals(console: Console, found: Sequence[Listed]) -> None:
    """Show the referrals, each on a line, and how many there are."""
    shown = _table("key", "tenancy", "day", "amount", "state", "receiver", "batch")
    for it in found:
        shown.add_row(
            it.key[:SHOWN],
            _plain(it.tenancy or told("forgotten")),
            day_text(it.day, spoken()),
            euros(it.arrears_cents, spoken()),
            told(it.state),
            _plain(it.receiver or ""),
            _plain(it.batch),
        )
    console.print(shown)
    console.print(told(f"\nreferrals: {len(found)}"))


def show_history(console: Console, events: Iterable[Event]) -> None:
    """Show what happened to one referral, each event on a line."""
    shown = _table("when", "what", "by", "outcome", "reason")
    for it in events:
        _, _, clock = it.at.isoformat(sep=" ", timespec="seconds").partition(" ")
        when = f"{day_text(it.at, spoken())} {clock}"
        words = told(it.what), told(it.outcome or ""), told(it.reason)
        what, outcome, reason = map(_plain, words)
        shown.add_row(when, what, _plain(it.person or ""), outcome, reason)
    console.print(shown)


def show_helpers(console: Console, found: Sequence[Helper]) -> None:
    """Show the helpers, each on a line."""
    shown = _table("helper", "helps with", "where", _REACH, "note")
    for it in found:
        reach = Text("\n".join(printable(one) for one in (it.phone, it.email, it.website) if one))
        where = ", ".join(it.places) or told("everywhere")
        needs, note = ", ".join(it.needs), it.note or ""
        shown.add_row(*map(_plain, (it.name, needs, where)), reach, _plain(note))
    console.print(shown)
    console.print(told(f"\nhelpers: {len(found)}"))
