"""The tables in the documentation say what the code says, and every link leads somewhere."""

from __future__ import annotations

import ast
import inspect
import re
import runpy
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

import huurschuld
from huurschuld import hooks
from huurschuld.analysis.evaluation import MEASURES
from huurschuld.cases import DEADLINES, ENTRY_FIELDS, EVENTS, RIGHTS, Meaning, Phase, Role
from huurschuld.cases.surprises import PHASE_NAMES
from huurschuld.cli.commands import COMMANDS as TOP_LEVEL, load
from huurschuld.portfolio import schema
from huurschuld.rules.parameters import written
from huurschuld.rules.semantics import SEMANTICS
from huurschuld.testing.thresholds import THRESHOLDS

DOCS: Final = Path(__file__).parent
ROOT: Final = DOCS.parent
PAGES: Final = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
STOPS: Final = {"everything": "everything", "referral": "a referral"}
COMMANDS: Final = {
    f"{name} {sub}" if sub else name: command
    for name in TOP_LEVEL
    for sub, command in (getattr(load(name), "commands", None) or {"": load(name)}).items()
}


def page(name: str) -> str:
    """The text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


def rows(name: str) -> list[list[str]]:
    """The rows of all tables on a page, as cells without the marks of code."""
    lines = (line for line in page(name).splitlines() if line.startswith("|"))
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]


def row_of(name: str, first: str, heading: str) -> list[str]:
    """The one row that begins with this cell, in the tables whose first column has this heading."""
    found, table = [], ""
    for before, row in pairwise([[""], *rows(name)]):
        if set(row[0]) == {"-"}:
            table = before[0]
        elif table == heading and row[0] == first:
            found.append(row)
    assert len(found) == 1, f"{first} stands {len(found)} times under {heading} in {name}"
    return found[0]


@pytest.mark.parametrize("fact", huurschuld.FACTS.values(), ids=lambda fact: fact.name)
def test_every_fact_is_described(fact: huurschuld.FactType) -> None:
    """A policy officer finds every fact, with its unit, its fields and its definition."""
    expected = [fact.name, fact.unit or "yes or no", ", ".join(fact.fields) or "–"]
    definition = fact.definition.replace("`", "")
    assert row_of("writing-a-policy.md", fact.name, "fact") == [*expected, definition]


def test_every_parameter_of_every_built_in_policy_has_its_value() -> None:
    """The numbers in the documentation are those of the policies."""
    policies = huurschuld.policies()
    units: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for policy in policies.values():
        for parameter in policy.parameters:
            (dated,) = parameter.values
            units[parameter.name] = parameter.unit
            told = str(written(dated.value, parameter.unit))
            values.setdefault(parameter.name, {})[policy.name] = told
    for name, by_policy in values.items():
        expected = [by_policy.get(policy, "–") for policy in policies]
        assert row_of("writing-a-policy.md", name, "parameter") == [name, units[name], *expected]
        assert row_of("sources.md", name, "parameter")[:-1] == [name, *expected]


def test_every_hold_of_every_built_in_policy_says_what_it_stops() -> None:
    """A policy officer reads of each hold what it stops, in which policies, and on what it rests."""
    listed = [row for row in rows("sources.md") if row[1:2] in (["a referral"], ["everything"])]
    told = {
        (row[0], name, row[1], row[3].split(" ")[0].rstrip(":."))
        for row in listed
        for name in (huurschuld.policies() if row[2] == "all" else row[2].split(", "))
    }
    assert told == {
        (hold.name, policy.name, STOPS[hold.stops], str(hold.source.kind))
        for policy in huurschuld.policies().values()
        for hold in policy.holds
    }


def test_every_example_of_what_changed_is_on_the_page() -> None:
    """No household is kept that nobody reads about, and the page says how many there are."""
    kept = {it.stem for it in (ROOT / "examples" / "what-changed").glob("*.json")}
    shown = re.findall(r"decide examples/what-changed/([\w-]+)\.json", page("what-changed.md"))
    assert sorted(shown) == sorted(kept)
    assert f"{len(kept)} passed, 0 failed" in page("what-changed.md")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_listed(name: str) -> None:
    """A case worker finds every command with its own summary, and all of its options."""
    described, listed = [row[1] for row in rows("command-line.md") if row[0] == name]
    summary = inspect.getdoc(COMMANDS[name].callback) or ""
    assert described == summary.splitlines()[0]
    options = [
        it.metavar if it.param_type_name == "argument" else it.opts[0] for it in COMMANDS[name].params
    ]
    without_lang = [it for it in options if it != "--lang"]  # as said above the table
    shown = [it for it in listed.replace(" (required)", "").split(", ") if it != "--lang"]
    assert shown == (without_lang or ["–"])


@pytest.mark.parametrize("table", schema.TABLES)
def test_every_column_is_listed(table: str) -> None:
    """Whoever fills a table finds all of its columns, in order, and which are required."""
    part = page("tables.md").partition(f"**`{table}`**")[2].split("\n\n")[1]
    listed = re.findall(r"^\| `(\w+)` \| [^|]+ \| (yes)? *\|", part, re.MULTILINE)
    columns = schema.COLUMNS[table]
    assert listed == [(name, "yes" if it.required else "") for name, it in columns.items()]


def test_every_error_is_listed() -> None:
    """An application developer finds every code with its class and what it means."""
    for name in huurschuld.__all__:
        cls = getattr(huurschuld, name)
        if inspect.isclass(cls) and issubclass(cls, huurschuld.HuurschuldError) and cls.code != "error":
            meaning = (inspect.getdoc(cls) or "").splitlines()[0].replace("`", "")
            if "code" in vars(cls):
                assert row_of("building-a-tenancy.md", cls.code, "code") == [cls.code, name, meaning]


def test_every_hook_is_listed_with_its_signature() -> None:
    """A plugin author can rely on the signatures in the guide."""
    specified = {name: it for name, it in vars(hooks.Hooks).items() if name.startswith("huurschuld_")}
    listed = {row[0]: row[1] for row in rows("plugins.md") if row[0].startswith("huurschuld_")}
    assert listed == {
        name: f"{name}() -> {inspect.signature(it).return_annotation}" for name, it in specified.items()
    }


def test_every_threshold_is_listed() -> None:
    """Who tests an application finds what `near_threshold` can be asked for."""
    listed = page("testing-an-application.md").partition("## Thresholds")[2]
    first_cells = re.findall(r"^\| (`.+?) \|", listed, re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(first_cells[1:])) == list(THRESHOLDS)


def test_the_architecture_is_as_drawn() -> None:
    """Every room and the order of imports is on the page, every module in its room's docstring."""
    text = page("architecture.md")
    source = ROOT / "src" / "huurschuld"
    for package in [it.parent for it in source.rglob("__init__.py")]:
        docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
        listing = text.partition("## Imports")[0] if package == source else docstring or ""
        cells = re.findall(r"^\| (`.+`) \| ", listing, re.MULTILINE)
        listed = {name for cell in cells for name in re.findall(r"`([\w.]+)`", cell)}
        held = {
            it.stem if it.is_file() else it.name
            for it in package.iterdir()
            if (it.suffix == ".py" and it.stem != "__init__") or (it / "__init__.py").exists()
        }
        missing = {it for it in held if it not in listed and f"`{it}`" not in listing}
        assert not missing, f"{missing} of {package.name} not listed"
        assert {it for it in listed if "." not in it} <= held, f"{package.name} lists what is not there"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract, *_ = project["tool"]["importlinter"]["contracts"]
    assert "\n".join(contract["layers"]) in text


def test_the_version_of_the_semantics_is_that_of_receipts() -> None:
    """A receipt names the text that is on the page."""
    assert f"Version **{SEMANTICS}**." in page("semantics.md")


def test_every_event_of_a_case_is_listed() -> None:
    """A developer finds each event, who records it, what comes before it, and its data."""
    for kind, rule in EVENTS.items():
        before = [" or ".join(sorted(needed)) for needed in rule.needs]
        before += [f"({' or '.join(sorted(expected))})" for expected in rule.expects]
        data = [name + "*" * it.required for name, it in rule.data.items()]
        expected = [rule.label.nl, *map(", ".join, (sorted(rule.by), before, data))]
        assert row_of("cases.md", kind, "event")[1:] == expected


def test_every_field_of_a_case_is_listed_with_its_class() -> None:
    """A privacy officer finds each value that is kept, its class, who reads it, and why it is kept."""
    fields: dict[tuple[str, Meaning], list[str]] = {}
    for kind, rule in EVENTS.items():
        for name, it in rule.data.items():
            fields.setdefault((name, it.meaning), []).append(str(kind))
    for kind, meanings in ENTRY_FIELDS.items():
        for name, meaning in meanings.items():
            fields.setdefault((name, meaning), []).append(kind)
    expected = [
        [name, of.label.en, str(of.data_class), ", ".join(sorted(of.readers)), of.why.en]
        for name, of in fields
    ]
    listed = [[row[0], *row[2:]] for row in rows("case-privacy.md") if len(row) == 6]
    assert [row for row in listed if row in expected] == expected
    for row, kinds in zip(expected, fields.values(), strict=True):
        assert [*row[:1], ", ".join(kinds), *row[1:]] in rows("case-privacy.md")


def test_every_right_of_a_role_is_listed() -> None:
    """And no other."""
    order = (Role.LANDLORD, Role.GGD, Role.MUNICIPALITY, Role.HELPER, Role.RESIDENT)
    for right, rule in RIGHTS.items():
        expected = ["yes" if role in rule.roles else "–" for role in order]
        assert row_of("case-privacy.md", str(right), "what")[1:] == expected


def test_every_deadline_of_a_case_is_listed() -> None:
    """With its length."""
    for rule in DEADLINES:
        term = rule.terms[-1].term
        length = f"{term.number} {term.unit.replace('-', ' ')}"
        assert length in row_of("cases.md", rule.name, "deadline")[2]


def test_every_measure_of_an_evaluation_is_listed() -> None:
    """A policy officer finds what each figure counts, and what its share is of."""
    for it in MEASURES:
        part_of = it.part_of or "–"
        expected = [it.name, it.label.en, it.label.nl, it.definition.en, part_of]
        assert row_of("evaluation.md", it.name, "measure") == expected


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    """No link within the project is broken, and each heading that is linked to is there."""
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        linked = (path.parent / name).resolve() if name else path
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", it.lower()).replace(" ", "-") for it in headings}
            assert anchor in slugs, target


def test_every_decision_is_linked() -> None:
    """The records of decisions are found from the architecture."""
    text = page("architecture.md")
    assert all(f"decisions/{it.name}" in text for it in (DOCS / "decisions").glob("*.md"))


def test_the_course_of_a_case_is_as_drawn() -> None:
    """A policy officer sees every way that a case can go, and no way that it cannot."""
    drawing = runpy.run_path(str(ROOT / "tools" / "case_diagram.py"))
    found = drawing["moves"]()
    ruled = {
        (origin, kind, to)
        for kind, rule in EVENTS.items()
        for origin, to in rule.moves.items()
        if to is not origin
    }
    assert set(found) == ruled  # the fold goes where the table says, from everywhere
    text = page("cases.md")
    assert drawing["redrawn"](text) == text, "python tools/case_diagram.py draws it again"
    for lang in ("en", "nl"):
        drawn = drawing["mermaid"](found, lang)
        assert all(PHASE_NAMES[it].to(lang) in drawn for it in Phase)
