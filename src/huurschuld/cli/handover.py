"""A worklist to hand over on paper: one file of HTML that needs nothing else, a page for each group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from huurschuld.cli import list_words as words
from huurschuld.cli.terminal import printable
from huurschuld.decisions.days import day_text
from huurschuld.decisions.decision import Decision
from huurschuld.decisions.main_reason import main_reason
from huurschuld.decisions.words import ADVICE, ADVISORY, PRIORITY, Lang, count, euros
from huurschuld.errors import InvalidValue
from huurschuld.portfolio.carrying import carried_text
from huurschuld.portfolio.result_rows import Origin, ResultRow
from huurschuld.portfolio.selecting import grouped
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.sources import Phrase

_SUFFIXES: Final = (".html", ".htm")

_NUMBER, _DAY, _WHY, _BOX, _NOTE = "number", "day", "why", "box", "note"
"""The classes of cells."""
_LONGEST_WORD: Final = 20
_TO_FILL_IN: Final = (("☐", _BOX), ("", _NOTE))
_HEADINGS: Final = (
    words.RANK,
    words.TENANCY,
    words.ADVISED,
    words.PRIORITIES,
    words.ARREARS,
    words.SINCE,
    words.BECAUSE,
    words.DONE,
    words.NOTE,
)

_NOTHING_ELSE: Final = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
"""The page loads nothing and runs nothing."""

_STYLE: Final = Path(__file__).with_name("handover.css")


def check_handover(path: Path) -> None:
    """Check that a list to print can be written to a file of this name."""
    if path.suffix.lower() not in _SUFFIXES:
        raise InvalidValue(f"--handover {path.name}", "a list to print is HTML", "end it in .html")


def handover_html(found: Worklist, lang: Lang) -> str:
    """Write a worklist as a page to print: what to take up, a box to tick, and room for a note.

    Args:
        found: the worklist; with a decision for every row.
        lang: the language of its headings and reasons.

    Returns:
        HTML that refers to no other file and runs nothing. It has no more of a person than the list.
    """
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{lang}">',
        '<head><meta charset="utf-8">',
        _NOTHING_ELSE,
        f"<title>{_safe(words.WORKLIST.to(lang))}</title>",
        f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style></head>",
        "<body>",
        *_pages(found, lang),
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _pages(found: Worklist, lang: Lang) -> Iterator[str]:
    """A page for what has to be looked at by hand, if anything, and one for each group."""
    lines = words.to_look_at(found)
    if lines:
        headings: list[Phrase | str] = [words.RANK, words.TENANCY, words.WHY, words.DONE, words.NOTE]
        table = [
            _line([(str(number), _NUMBER), (name, ""), (why.to(lang), _WHY), *_TO_FILL_IN])
            for number, (name, why) in enumerate(lines, 1)
        ]
        yield _page(words.BY_HAND.to(lang), _made_with(found, lang), headings, table, lang)
    decisions = {it.tenancy: it for it in found.decisions}
    carried = [name for name in found.carried if name != found.by]
    for name, rows in (grouped(found.rows, found.by) or {"": []}).items():
        group = f": {words.group_name(name, lang)}" if found.by is not None and rows else ""
        told = [*_made_with(found, lang), f"{count(len(rows), lang)} ({words.counted(rows, lang)})"]
        table = [
            _line(_cells(number, row, decisions[row["tenancy"]], carried, lang))
            for number, row in enumerate(rows, 1)
        ]
        headings = [*_HEADINGS[:2], *carried, *_HEADINGS[2:]]
        yield _page(words.WORKLIST.to(lang) + group, told, headings, table, lang)


def _made_with(found: Worklist, lang: Lang) -> list[str]:
    """The policy and the day, and what the list is part of."""
    made = []
    if found.receipt is not None:
        it = Origin.of(found.receipt)
        made = [
            f"{words.AS_OF.to(lang)}: {day_text(found.receipt.as_of, lang)}",
            f"{words.POLICY.to(lang)}: {it.policy} ({it.rules})",
        ]
    return [*made, *([words.selection_in_words(found.selection, lang)] if found.selection else [])]


def _cells(
    number: int, row: ResultRow, decision: Decision, carried: Sequence[str], lang: Lang
) -> list[tuple[str, str]]:
    """The cells of a row, each with the class of its cell."""
    since = decision.facts.episode_start
    return [
        (str(number), _NUMBER),
        (decision.tenancy, ""),
        *((carried_text(row[name]), "") for name in carried),
        (ADVICE[decision.advice].word.to(lang), ""),
        (PRIORITY[decision.priority].word.to(lang), ""),
        (euros(decision.facts.arrears_cents or 0, lang), _NUMBER),
        ("" if since is None else day_text(since, lang), _DAY),
        (main_reason(decision, lang), _WHY),
        *_TO_FILL_IN,
    ]


def _page(
    title: str, told: Sequence[str], headings: Sequence[Phrase | str], table: Sequence[str], lang: Lang
) -> str:
    named = [it if isinstance(it, str) else it.to(lang) for it in headings]
    return "\n".join(
        [
            "<section>",
            f"<h1>{_safe(title)}</h1>",
            f"<p>{_safe('; '.join(told))}</p>",
            "<table>",
            f"<thead><tr>{''.join(f'<th>{_safe(it)}</th>' for it in named)}</tr></thead>",
            "<tbody>",
            *table,
            "</tbody>",
            "</table>",
            f"<footer>{_safe(ADVISORY.to(lang))} {_safe(words.PRIVATE.to(lang))}</footer>",
            "</section>",
        ]
    )


def _line(cells: Sequence[tuple[str, str]]) -> str:
    return "".join(["<tr>", *(_cell(text, kind) for text, kind in cells), "</tr>"])


def _cell(text: str, kind: str) -> str:
    """A cell; a word too long for its column, such as an id of 60 characters, is broken anywhere."""
    is_long = any(len(word) > _LONGEST_WORD for word in text.split())
    classes = f"{kind} long" if is_long else kind
    return f'<td class="{classes}">{_safe(text)}</td>'


def _safe(text: str) -> str:
    """A text as HTML shows it, whatever is in it."""
    return escape(printable(text))
