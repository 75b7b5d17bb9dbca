"""An evaluation as a chart: SVG of our own, for a report or a page.

A bar for each figure, with its name and its number in words beside it: nothing is told by colour alone.
For who cannot see it, the description says all that is drawn. Altair with vl-convert would be 130 MB,
and the SVG that these make has neither a title nor a description.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from attrs import frozen

from huurschuld.analysis.evaluation.counting import By
from huurschuld.analysis.evaluation.evaluating import Evaluation, Figure
from huurschuld.analysis.evaluation.words import (
    BY,
    group_name,
    heading,
    number_text,
    withheld_note,
)

_LINE: Final = 22
_LABEL: Final = 300
_BAR: Final = 320
_NUMBER: Final = 120
_MARGIN: Final = 16
_CHARACTERS: Final = 38
"""How long a name may be before it is cut."""

_STYLE: Final = (
    "text{font:14px sans-serif;fill:#222}.title{font-size:18px;font-weight:bold}"
    ".measure{font-weight:bold}"
    ".end{text-anchor:end}.bar{fill:#1f5a96}.withheld{fill:none;stroke:#555;stroke-dasharray:4 3}"
)


@frozen
class _Line:
    """A line of the chart: the name of a measure, or a group with its figure."""

    text: str
    figure: Figure | None = None
    is_measure: bool = False


def chart(evaluation: Evaluation, *, by: By = By.ALL, lang: str = "nl") -> str:
    """Draw an evaluation.

    Args:
        evaluation: what to draw.
        by: what groups to draw beside each other; by default all referrals together.
        lang: `nl` or `en`.

    Returns:
        An SVG document.
    """
    lines = list(_lines(evaluation, by, lang))
    title = heading(evaluation).to(lang)
    if by is not By.ALL:
        title = f"{title}, {BY[by].to(lang)}"
    note = withheld_note(evaluation).to(lang)
    most = max((line.figure.number or 0 for line in lines if line.figure is not None), default=0)
    top = _MARGIN + 2 * _LINE
    width, height = 2 * _MARGIN + _LABEL + _BAR + _NUMBER, top + (len(lines) + 2) * _LINE
    body = "".join(_drawn(line, top + number * _LINE, most, lang) for number, line in enumerate(lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="title desc" lang="{lang}">\n'
        f'<title id="title">{escape(title)}</title>\n'
        f'<desc id="desc">{escape(" ".join(_described(lines, lang)))} {escape(note)}</desc>\n'
        f"<style>{_STYLE}</style>\n"
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n'
        f"{_text(_MARGIN, _MARGIN + _LINE, title, 'title')}"
        f"{body}"
        f"{_text(_MARGIN, height - _MARGIN, note)}"
        "</svg>\n"
    )


def _lines(evaluation: Evaluation, by: By, lang: str) -> Iterator[_Line]:
    groups = [group for group in evaluation.groups if group.by in {By.ALL, by}]
    figures = {(it.group, it.measure.name): it for it in evaluation.figures}
    for figure in evaluation.of(evaluation.groups[0]):
        label = figure.measure.label.to(lang)
        if by is By.ALL:
            yield _Line(label, figure)
            continue
        yield _Line(label, is_measure=True)
        for group in groups:
            yield _Line(group_name(group).to(lang), figures[group, figure.measure.name])


def _described(lines: list[_Line], lang: str) -> Iterator[str]:
    for line in lines:
        if line.figure is None:
            yield f"{line.text}:"
        else:
            yield f"{line.text}: {number_text(line.figure).to(lang)}."


def _drawn(line: _Line, top: int, most: int, lang: str) -> str:
    base = top + _LINE - 6
    if line.figure is None:
        return _text(_MARGIN, base, line.text, "measure")
    number = line.figure.number
    left = _MARGIN + _LABEL
    bar = ""
    if number is None:
        bar = f'<rect class="withheld" x="{left}" y="{top + 4}" width="24" height="{_LINE - 8}"/>\n'
    elif number:
        long = max(1.0, _BAR * number / most)
        bar = f'<rect class="bar" x="{left}" y="{top + 4}" width="{long:.1f}" height="{_LINE - 8}"/>\n'
    end = left + (24 if number is None else _BAR * number / most if most else 0) + 8
    return (
        _text(left - 10, base, _cut(line.text), "end")
        + bar
        + _text(end, base, number_text(line.figure).to(lang))
    )


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    shown = f' class="{kind}"' if kind else ""
    return f'<text{shown} x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>\n'


def _cut(text: str) -> str:
    return text if len(text) <= _CHARACTERS else f"{text[: _CHARACTERS - 1]}…"
