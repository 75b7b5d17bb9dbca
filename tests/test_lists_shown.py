"""A list on a screen, in a spreadsheet and on paper: nothing lost, and whatever is cut has a mark."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import polars as pl
import pytest
from hypothesis import given, strategies as st
from portfolio_files import POLICY, copied, edited, lines_of
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from huurschuld import Advice, Undecided, worklist
from huurschuld.cli.display_list import show_worklist
from huurschuld.cli.handover import handover_html
from huurschuld.cli.layout import Column, laid_out, lines_of as lines_laid_out, shortened
from huurschuld.cli.spreadsheet import worklist_xlsx
from huurschuld.cli.terminal import printable
from huurschuld.decisions.days import day_text
from huurschuld.decisions.main_reason import main_reason
from huurschuld.decisions.words import ADVICE, euros
from huurschuld.portfolio.carrying import Carried
from huurschuld.portfolio.quarantine import Quarantine
from huurschuld.portfolio.reading import read_portfolio
from huurschuld.portfolio.selecting import Selection
from huurschuld.portfolio.worklist import Worklist

Run = Callable[..., tuple[int, str, str]]
LANGS = ("en", "nl")
HOSTILE = (
    "=1+1",
    "+31",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "<script>alert(1)</script>",
    "a\nb",
    "\x1b[2J",
    "☐ é",
)


@pytest.fixture(scope="module")
def found(clean: Path) -> Worklist:
    """Twenty households in arrears, with a column of one's own."""
    from huurschuld.plugins.portfolio import open_folder  # noqa: PLC0415 - only here

    tenancies = list(read_portfolio(open_folder(folder=str(clean))))
    question = ("katwijk-2021", dt.date(2026, 10, 20))
    whole = worklist(tenancies, *question)
    assert len(whole.rows) == 19
    more = next(it for it in tenancies if it.id == whole.rows[10]["tenancy"])
    twenty = worklist([*tenancies, attrs.evolve(more, id="KW-000999")], *question, facts=True)
    wards = [HOSTILE[number % len(HOSTILE)] for number in range(20)]
    values = pl.DataFrame({"id": [row["tenancy"] for row in twenty.rows], "ward": wards})
    return twenty.carrying(Carried(("ward",), values))


def shown(found: Worklist, width: int, lang: Any = "en", top: int = 20) -> list[str]:
    """The lines that a terminal of this width shows."""
    written = io.StringIO()
    show_worklist(Console(file=written, width=width, highlight=False), found, lang, top)
    return written.getvalue().splitlines()


# --- on a screen -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_twenty_households_are_twenty_lines_and_a_heading(found: Worklist, lang: Any) -> None:
    """At 80 columns, with every column, and the reason on the same line."""
    plain = attrs.evolve(found, carried=())
    heading, *lines = shown(plain, 80, lang)
    names = {"en": "tenancy advice priority arrears mths days because", "nl": "contract advies voorrang"}
    assert " ".join(heading.split()).startswith(names[lang])
    assert lines[20] == ""
    for line, decision in zip(lines[:20], plain.decisions, strict=True):
        assert line.startswith(decision.tenancy)
        assert ADVICE[decision.advice].word.to(lang) in line
        assert euros(decision.facts.arrears_cents or 0, lang) in line
        reason = main_reason(decision, lang)
        if not line.endswith(reason):
            assert line.endswith("…")
            assert reason[:15] in line
    assert max(map(cell_len, lines)) <= 80


@pytest.mark.parametrize("lang", LANGS)
def test_a_small_screen_cuts_nothing_without_a_mark(found: Worklist, lang: Any) -> None:
    """At 40 columns the reason stands below each household, and what is left out is told."""
    lines = shown(found, 40, lang)
    text = "\n".join(lines)
    assert max(map(cell_len, lines)) <= 40
    for decision in found.decisions:
        assert decision.tenancy in text
        assert euros(decision.facts.arrears_cents or 0, lang) in text
        reason = main_reason(decision, lang)
        assert f"  {reason}" in text or f"  {reason[:37]}…" in text
    assert {"en": "there is no room here for", "nl": "hier is geen plaats voor"}[lang] in text
    assert "--format csv" in " ".join(text.split())


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_a_long_id_leaves_room_for_the_reason(found: Worklist, width: int) -> None:
    """Its beginning and end are shown, and what tells households apart."""
    prefix = "NL-2225-KATWIJK-" + "0" * 60
    long = attrs.evolve(
        found,
        carried=(),
        decisions=[attrs.evolve(it, tenancy=f"{prefix}{n:03}") for n, it in enumerate(found.decisions)],
        rows=[{**row, "tenancy": f"{prefix}{n:03}"} for n, row in enumerate(found.rows)],
    )
    lines = shown(long, width)
    for number, decision in enumerate(long.decisions):
        line = lines[1 + number]
        assert re.match(rf"NL-2.*…0*{number:03} ", line)
        assert main_reason(decision, "en")[:12] in line


def test_groups_each_have_a_heading_and_their_own_rows(found: Worklist) -> None:
    """With the advice counted, and at most so many rows of each as were asked for."""
    grouped = attrs.evolve(
        found,
        carried=("worker",),
        rows=[{**row, "worker": "Jansen" if n % 2 else None} for n, row in enumerate(found.rows)],
    ).only(Selection(), "worker")
    lines = shown(grouped, 80, top=3)
    first, second = (
        next(n for n, it in enumerate(lines) if it.startswith(f"worker: {name} (10: "))
        for name in ("Jansen", "not filled in")
    )
    assert first < second
    assert [bool(line) for line in lines[first : first + 5]] == [True, True, True, True, False]
    assert "… 14 more; --top shows more" in lines


CELLS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=40)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4), st.integers(20, 120))
def test_a_layout_shows_all_or_a_mark(rows: list[tuple[str, str, str]], width: int) -> None:
    """No line is too wide; a cell is whole, or there is a mark, or its column is told to be left out."""
    first, second, last = (
        Column(heading, [Text(row[n]) for row in rows], gives_way=turn)
        for n, (heading, turn) in enumerate([("one", 0), ("two", 1), ("three", 0)])
    )
    layout = laid_out([first, second], last, width)
    assert all(it.cell_len <= width for it in lines_laid_out(layout))
    assert len(layout.rows) == len(rows)
    for cells, lines in zip(rows, layout.rows, strict=True):
        text = "\n".join(it.plain for it in lines)
        asked = [*cells] if "two" not in layout.left_out else [cells[0], cells[2]]
        assert all(it.rstrip() in text for it in asked) or "…" in text


@given(st.text(max_size=60), st.integers(12, 40))
def test_a_shortened_text_is_whole_or_has_a_mark(text: str, most: int) -> None:
    """It fits, and shows the beginning and the end."""
    found = shortened(text, most)
    assert cell_len(found) <= most
    if cell_len(text) <= most:
        assert found == text
    else:
        head, _, tail = found.partition("…") if "…" not in text else (text[:1], "", text[-1:])
        assert text.startswith(head)
        assert text.endswith(tail)


# --- in a spreadsheet ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_a_spreadsheet_has_days_amounts_and_texts(found: Worklist, lang: Any) -> None:
    """Real days, euros that can be added up, a heading that stays, filters; no text is a formula."""
    data = worklist_xlsx(found, lang)
    sheet = pl.read_excel(io.BytesIO(data), sheet_id=1)
    owed = {"en": "arrears", "nl": "achterstand"}[lang]
    assert sheet[owed].to_list() == [row["arrears_cents"] / 100 for row in found.rows]
    since = sheet[{"en": "since", "nl": "sinds"}[lang]]
    assert since.to_list() == [it.facts.episode_start for it in found.decisions]
    assert since.dtype == pl.Date
    months = sheet[{"en": "months", "nl": "maanden"}[lang]].to_list()
    assert months == [(it.facts.months or 0) // 10**7 / 100 for it in found.decisions]
    id_, why = {"en": ("tenancy", "because"), "nl": ("contract", "omdat")}[lang]
    assert sheet[id_].to_list() == [row["tenancy"] for row in found.rows]
    assert sheet[why].to_list() == [main_reason(it, lang) for it in found.decisions]
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    first = parts["xl/worksheets/sheet1.xml"]
    assert all("<f>" not in it and "<hyperlink" not in it for it in parts.values())
    assert 'state="frozen"' in first
    assert "<autoFilter ref=" in first
    assert '"€"' in parts["xl/styles.xml"].replace("&quot;", '"')
    texts = ["".join(it.itertext()) for it in ET.fromstring(parts["xl/sharedStrings.xml"])]  # noqa: S314 - our own
    for ward in HOSTILE:
        assert ward.replace("\x1b", "_x001B_") in texts
    assert worklist_xlsx(found, lang) == data  # nothing in it comes from the clock


def test_a_spreadsheet_has_a_sheet_for_each_group_and_who_has_no_advice(found: Worklist) -> None:
    """Whatever a group is called; and those to look at by hand stand by themselves."""
    names = ["a/b:c", "A/B:C", "History", "'", "\N{PARTY POPPER}" * 40, "\N{PARTY POPPER}" * 41, None]
    lost = Undecided("/tenancy", "differs", "check it")
    lost.tenancy = "KW-LOST"
    grouped = attrs.evolve(
        found,
        carried=("worker",),
        rows=[{**row, "worker": names[n % len(names)]} for n, row in enumerate(found.rows)],
        undecided=[lost],
        quarantine=Quarantine([], 1, ["=KW-BAD"]),
    ).only(Selection(), "worker")
    sheets = pl.read_excel(io.BytesIO(worklist_xlsx(grouped, "en")), sheet_id=0)
    *groups, by_hand, about = sheets.values()
    assert sum(it.height for it in groups) == len(found.rows)
    assert [it.height for it in groups] == [3, 3, 3, 3, 3, 3, 2]
    assert by_hand["tenancy"].to_list() == ["=KW-BAD", "KW-LOST"]
    assert "katwijk-2021" in about.to_series(1).to_list()
    assert all(len(it.encode("utf-16-le")) <= 62 for it in sheets)
    assert list(sheets)[-3:] == ["not filled in", "look by hand", "about this list"]


def test_an_empty_list_is_a_spreadsheet_and_a_page_too(found: Worklist) -> None:
    """With its headings, so that nobody thinks that it failed."""
    empty = found.only(Selection(min_cents=10**8), "ward")
    assert pl.read_excel(
        io.BytesIO(worklist_xlsx(empty, "en")), sheet_id=1, raise_if_empty=False
    ).is_empty()
    assert "<th>tenancy</th>" in handover_html(empty, "en")


WRITTEN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=60)


@given(st.lists(st.tuples(WRITTEN, WRITTEN | st.none()), min_size=1, max_size=3))
def test_every_text_is_in_the_spreadsheet_and_on_the_page(
    found: Worklist, cells: list[tuple[str, str | None]]
) -> None:
    """Whatever it is, as a text: it ends no cell, starts no tag and is no formula."""
    chosen = [
        attrs.evolve(it, tenancy=id_) for it, (id_, _) in zip(found.decisions, cells, strict=False)
    ]
    rows = [
        {**row, "tenancy": id_, "ward": ward}
        for row, (id_, ward) in zip(found.rows, cells, strict=False)
    ]
    some = attrs.evolve(found, decisions=chosen, rows=rows)
    decisions = {it.tenancy: it for it in chosen}
    if len(decisions) == len(chosen):
        with zipfile.ZipFile(io.BytesIO(worklist_xlsx(some, "en"))) as book:
            sheet, shared = (
                ET.fromstring(book.read(f"xl/{it}.xml"))  # noqa: S314 - our own
                for it in ("worksheets/sheet1", "sharedStrings")
            )
        texts = {"".join(it.itertext()) for it in shared}
        assert not [it for it in sheet.iter() if it.tag.endswith("}f")]
        assert {it for pair in cells for it in pair if it is not None} <= {read(it) for it in texts}
        page = Page(handover_html(some, "nl"))
        assert [row[1:3] for row in page.rows[1:]] == [
            [printable(a), printable(b or "")] for a, b in cells
        ]


def read(text: str) -> str:
    """A text of a spreadsheet, without what stands for characters that XML has none for."""
    return re.sub("_x([0-9A-F]{4})_", lambda it: chr(int(it[1], 16)), text)


# --- on paper --------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page is made of: its tags, and the texts of its cells by row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._in_cell = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_to_hand_over_has_the_list_and_nothing_else(found: Worklist, lang: Any) -> None:
    """Each household with what to do, since when, why, a box and room; no script, no other file."""
    text = handover_html(found, lang)
    page = Page(text)
    assert {tag for tag, _ in page.tags} == set(
        "html head meta title style body section h1 p table thead tbody tr th td footer".split()
    )
    assert not any({"src", "href", "style"} & attributes.keys() for _, attributes in page.tags)
    assert "url(" not in text
    assert "\x1b" not in text
    heading, *rows = page.rows
    assert len(heading) == 10
    for number, (row, decision) in enumerate(zip(rows, found.decisions, strict=True), 1):
        facts = decision.facts
        assert row[:2] == [str(number), decision.tenancy]
        assert row[3] == ADVICE[decision.advice].word.to(lang)
        since = "" if facts.episode_start is None else day_text(facts.episode_start, lang)
        assert row[5:] == [
            euros(facts.arrears_cents or 0, lang),
            since,
            main_reason(decision, lang),
            "☐",
            "",
        ]
    told = {"en": ("2026-10-20", "destroy it"), "nl": ("20 oktober 2026", "vernietig hem")}
    for said in ("katwijk-2021", *told[lang]):
        assert said in text
    assert handover_html(found, lang) == text
    long = attrs.evolve(found, decisions=[], rows=[]), "x" * 80
    aside = attrs.evolve(long[0], quarantine=Quarantine([], 1, [long[1]]))
    assert f'<td class=" long">{long[1]}</td>' in handover_html(aside, lang)


def test_each_group_has_a_page_of_its_own(found: Worklist) -> None:
    """And so has what is to be looked at by hand."""
    grouped = attrs.evolve(
        found,
        carried=("worker",),
        rows=[{**row, "worker": f"<b>{n % 3}"} for n, row in enumerate(found.rows)],
        quarantine=Quarantine([], 1, ["KW-BAD"]),
    ).only(Selection(advice=tuple(Advice)), "worker")
    text = handover_html(grouped, "en")
    titles = re.findall("<h1>(.*)</h1>", text)
    assert titles == ["look by hand", *(f"worklist: &lt;b&gt;{n}" for n in range(3))]
    assert text.count("<section>") == text.count("destroy it") == 4
    assert "section { break-after: page; }" in text


def test_lists_for_people_are_written_by_the_command(run: Run, clean: Path, tmp_path: Path) -> None:
    """All of the list, whatever the table shows; for its owner alone; another ending is refused."""
    folder = copied(clean, tmp_path / "mine")
    edited(
        folder / "tenancies.csv",
        lambda lines: [f"{lines[0]},ward", *(f"{it},w{n % 2}" for n, it in enumerate(lines[1:]))],
    )
    listed, paper = tmp_path / "list.xlsx", tmp_path / "list.html"
    options = ["--by", "ward", "--top", "1", "--facts", "--output", listed, "--handover", paper]
    code, out, err = run("screen", folder, *POLICY, *options, "--lang", "nl")
    assert (code, err) == (0, "")
    assert "17 meer" in out
    sheets = pl.read_excel(listed, sheet_id=0)
    assert [*sheets] == ["w0", "w1", "over deze lijst"]
    assert sheets["w0"].height + sheets["w1"].height == 19
    assert "huurder overleden" in sheets["w0"].columns
    assert paper.read_text(encoding="utf-8").count("☐") == 19
    assert listed.stat().st_mode & 0o077 == paper.stat().st_mode & 0o077 == 0
    assert lines_of(paper)[0] == "<!DOCTYPE html>"
    for option, name in (("--handover", "list.pdf"), ("--output", "list.ods")):
        code, _, err = run("screen", folder, *POLICY, "--by", "ward", option, tmp_path / name)
        assert code == 2
        assert name in err
        assert "end it in" in err
