"""The options that choose from a worklist, and how their texts are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, TypeVar

import typer

from huurschuld.cli.terminal import notify
from huurschuld.decisions.words import ADVICE, PRIORITY, Words
from huurschuld.errors import InvalidValue
from huurschuld.portfolio.carrying import Carried
from huurschuld.portfolio.selecting import Selection

_T = TypeVar("_T")

AdviceFilter = Annotated[
    list[str] | None,
    typer.Option(
        "--advice",
        metavar="ADVICE",
        help="List only who has this advice, such as refer; may be given more than once.",
    ),
]
PriorityFilter = Annotated[
    list[str] | None,
    typer.Option(
        "--priority",
        metavar="PRIORITY",
        help="List only who has this priority, such as family; may be given more than once.",
    ),
]
ArrearsFilter = Annotated[
    str | None,
    typer.Option(
        "--min-arrears",
        metavar="EUROS",
        help="List only who owes at least this, such as 500 or 500,00.",
    ),
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="COLUMN=TEXT",
        help=(
            "List only who has this in a column of `tenancies`, such as neighbourhood=Centrum; of one "
            "column given more than once, any."
        ),
    ),
]
CarryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--carry",
        metavar="COLUMN",
        help="A column of your own in `tenancies` to carry along; it decides nothing.",
    ),
]
ByOption = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="COLUMN",
        help="List group by group, by a column of `tenancies` such as case_worker, with counts of each.",
    ),
]

_WORTH: Final = re.compile(
    r"(?:€|euro?)?+\s*+"
    r"(?P<euros>[0-9]++|[0-9]{1,3}(?:\.[0-9]{3})++(?!\.)|[0-9]{1,3}(?:,[0-9]{3})++(?!,))"
    r"(?:[.,](?P<cents>[0-9]{2}|--?))?+"
    r"\s*+(?:€|euro?)?+",
    re.IGNORECASE,
)
_MOST_EUROS: Final = 1_000_000


def cents_of(given: str) -> int:
    """Read an amount in euros as people write it: `500`, `500,00`, `1.250`, `€ 1.250,00`, `1,250.00`.

    A point or comma before three digits separates thousands; before two it is that of the cents.

    Raises:
        InvalidValue: it is no such amount.
    """
    found = _WORTH.fullmatch(given.strip())
    if found is None:
        raise InvalidValue("--min-arrears", "an amount in euros is expected", "such as 500 or 500,00")
    whole = found["euros"].replace(".", "").replace(",", "")
    if len(whole) > len(str(_MOST_EUROS)) or int(whole) > _MOST_EUROS:
        raise InvalidValue("--min-arrears", f"euros up to {_MOST_EUROS:,} are expected")
    return int(whole) * 100 + int((found["cents"] or "").replace("-", "") or 0)


def selection_of(
    advice: Iterable[str] | None,
    priority: Iterable[str] | None,
    min_arrears: str | None,
    where: Iterable[str] | None,
) -> Selection:
    """Read what is asked for of a worklist."""
    columns: dict[str, tuple[str, ...]] = {}
    for pair in where or ():
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise InvalidValue("--where", "a column, = and a text are expected", "such as ward=Centrum")
        columns[name] = (*columns.get(name, ()), text)
    cents = None if min_arrears is None else cents_of(min_arrears)
    return Selection(
        _chosen("--advice", advice, ADVICE), _chosen("--priority", priority, PRIORITY), cents, columns
    )


def _chosen(option: str, given: Iterable[str] | None, words: Mapping[_T, Words]) -> list[_T]:
    """Read values by the word of either language, as a list shows them."""
    known = {it.casefold(): value for value, its in words.items() for it in (its.word.nl, its.word.en)}
    known |= {str(value): value for value in words}
    chosen: dict[_T, None] = {}
    for text in given or ():
        found = known.get(text.strip().casefold())
        if found is None:
            shown = ", ".join(f"{it} ({its.word.nl})" for it, its in words.items())
            raise InvalidValue(option, "there is no such value", f"choose from: {shown}")
        chosen[found] = None
    return list(chosen)


def notify_unmatched(selection: Selection, carried: Carried) -> None:
    """Warn of what no tenancy has in the column that was asked for: an empty list says nothing then."""
    for name, text in selection.unmatched(carried):
        notify(f"--where: no tenancy has {name}={text}; check the spelling, capitals included")
