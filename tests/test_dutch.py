"""Dutch where Dutch is asked for: every text has it, keeps its values, and reaches who reads it."""

from __future__ import annotations

import ast
import json
import re
import runpy
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from babel.messages.pofile import read_po
from hypothesis import given, strategies as st

import huurschuld
from huurschuld import Cell, InvalidValue
from huurschuld.cli import main
from huurschuld.decisions.dutch import in_dutch, language_of, pieces_of, read_catalogue
from huurschuld.model.toml_text import parse_toml

ROOT: Final = Path(__file__).parent.parent
TEXTS: Final = runpy.run_path(str(ROOT / "tools" / "texts.py"))
CATALOGUE: Final = dict(read_catalogue(TEXTS["CATALOGUE"].read_text(encoding="utf-8")))
TEMPLATES: Final = sorted(it for it in CATALOGUE if it and len(pieces_of(it)) > 1)
ENGLISH: Final = re.compile(
    r"(?<![\w./`'\"=-])([Tt]he|are|with|which|that|this|from|has|have|been|by|for|such|there|who|when|only|its|"
    r"their|to|without|where|they|you|your|be|an|than|cannot|must|expected|given|none)(?![\w./`'\"=-])"
)
"""Words that every English sentence has some of, and no Dutch one."""


def test_every_text_has_its_dutch() -> None:
    """One that is new, or that lost a value: run `python tools/texts.py`, and fill it in."""
    found = {**TEXTS["in_source"](), **TEXTS["in_help"]()}
    with TEXTS["CATALOGUE"].open("rb") as file:
        catalogue = read_po(file, locale="nl")
    assert list(TEXTS["faults"](catalogue, found)) == []
    assert {it for it in CATALOGUE if it} == found.keys()


def test_the_catalogue_is_read_as_babel_reads_it() -> None:
    """Ours is a reader of a few lines, for what Babel writes."""
    with TEXTS["CATALOGUE"].open("rb") as file:
        by_babel = {it.id: it.string for it in read_po(file, locale="nl") if it.id}
    assert {english: dutch for english, dutch in CATALOGUE.items() if english} == by_babel


def test_no_dutch_text_is_english() -> None:
    """Nothing was filled in with the English, or half of it."""
    shown = {
        dutch: re.sub("`[^`]*`|{.*?}", "", dutch) for english, dutch in CATALOGUE.items() if english
    }
    assert [dutch for dutch, words in shown.items() if ENGLISH.search(words)] == []


@given(st.sampled_from(TEMPLATES), st.data())
def test_a_text_is_found_with_its_values(template: str, data: st.DataObject) -> None:
    """Whatever the values are, each is in the Dutch, where numbers and days are written as there."""
    numbers = {it for _, it, _ in pieces_of(template) if it is not None}
    values = [data.draw(st.sampled_from(["KW-1", "Q7", "x_y"])) + str(it) for it in range(len(numbers))]
    text = template.format(*values)
    dutch = in_dutch(text)
    assert all(value in dutch for value in values)
    is_the_same = re.sub(r":[a-z]+}", "}", CATALOGUE[template]) == template
    assert (dutch == text) == is_the_same


@given(st.text())
def test_what_is_not_in_the_catalogue_stays_as_it_is(text: str) -> None:
    """Such as the name of a tenancy: no text is lost, whatever it holds."""
    said = f"zqx {text} zqx"
    assert in_dutch(said) == said


def test_an_error_keeps_its_code_and_place() -> None:
    """The problem and the remedy are in Dutch; a program still finds what it looks for."""
    error = InvalidValue("/rents/0/cents", "a rent of less than 100 cents a month", "correct the day")
    assert in_dutch(error) == (
        "invalid-value bij /rents/0/cents: een huur van minder dan 100 cent per maand; verbeter de dag"
    )
    cell = InvalidValue(
        Cell("plans.csv", 3, "from"), "this cell is empty, and is required", "fill it in"
    )
    said = "plans.csv, regel 3, kolom from: deze cel is leeg, en is verplicht; vul hem in"
    assert in_dutch(cell) == in_dutch(str(cell)) == f"invalid-value bij {said}"
    nested = f"the enricher x is left out: {error}; unknown are: plans, contacts"
    assert in_dutch(nested) == (
        f"de bron x wordt overgeslagen: {in_dutch(error)}; onbekend zijn: plans, contacts"
    )
    assert huurschuld.in_dutch(error) == in_dutch(error)


@given(
    st.text(min_size=1), st.sampled_from(sorted(it for it in CATALOGUE if it not in TEMPLATES and it))
)
def test_no_place_is_taken_for_a_text(place: str, problem: str) -> None:
    """A name in a place, whatever it is, is not translated with what is said about it."""
    error = InvalidValue(f"/{place}", pieces_of(problem)[0][0], "correct the day")
    shown = str(error).partition(" at ")[2]
    place = shown[: -len(f": {error.problem}; {error.remedy}")]
    assert in_dutch(error).startswith(f"invalid-value bij {place}: ")
    assert in_dutch(error).endswith("; verbeter de dag")


@pytest.mark.parametrize(
    ("text", "dutch"),
    [
        ("more than 10,000 entries", "meer dan 10.000 boekingen"),
        ("less is owed now: € 1,234.50", "nu is er minder schuld: € 1.234,50"),
        ("as of 2026-11-03", "peildatum 3 november 2026"),
        (
            "this referral is refused, confirmed by J at 2026-05-03T14:05:09+00:00, not sending",
            "deze melding is geweigerd, bevestigd door J op 3 mei 2026, 14:05 UTC, en niet onderweg",
        ),
    ],
)
def test_values_are_written_as_in_dutch(text: str, dutch: str) -> None:
    """Numbers, amounts, days and words."""
    assert in_dutch(text) == dutch


@pytest.mark.parametrize(
    ("arguments", "environ", "lang"),
    [
        ([], {}, "en"),
        ([], {"LANG": "nl_NL.UTF-8"}, "nl"),
        ([], {"LANG": "nl_BE@euro"}, "nl"),
        ([], {"LANG": "nl_NL.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "nl_NL.UTF-8", "LC_ALL": "C"}, "en"),
        ([], {"LANG": "nds_NL"}, "en"),
        ([], {"LANG": "de_DE"}, "en"),
        ([], {"LANG": "nlx"}, "en"),
        ([], {"LANG": "en_GB", "HUURSCHULD_LANG": "nl"}, "nl"),
        ([], {"LANG": "nl_NL", "HUURSCHULD_LANG": "en"}, "en"),
        (["screen", "--lang", "nl"], {"LANG": "en_GB"}, "nl"),
        (["screen", "--lang=en"], {"LANG": "nl_NL"}, "en"),
        (["--lang", "nl", "screen"], {}, "nl"),
        (["screen", "--", "--lang", "nl"], {}, "en"),
        (["screen", "--lang"], {"LANG": "nl"}, "nl"),
    ],
)
def test_the_language(arguments: list[str], environ: dict[str, str], lang: str) -> None:
    """The option first, then the variable, then the locale as gettext reads it; any other is English."""
    assert language_of(arguments, environ) == lang


def commands() -> Iterator[tuple[str, ...]]:
    """All commands, groups first."""
    yield ()
    for name in TEXTS["COMMANDS"]:
        yield (name,)
        for below in getattr(TEXTS["load"](name), "commands", {}):
            yield name, below


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_help_is_dutch(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Of every command: our own texts, and those that typer puts around them."""
    assert main([*command, "--help", "--lang", "nl"]) == 0
    shown = capsys.readouterr().out
    assert "Gebruik:" in shown
    assert "Toon deze uitleg." in shown
    assert english_in(shown) == []
    assert "ja of nee>" not in shown
    main([*command, "--help", "--lang", "en"])
    shown = capsys.readouterr().out
    assert "Usage:" in shown
    assert "<bool>" not in shown  # it would read as a value that the option takes


def english_in(shown: str) -> list[str]:
    """The lines that have English in them."""
    return [line for line in shown.splitlines() if ENGLISH.search(line)]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("srceen", "De opdracht 'srceen' is er niet. Bedoelt u 'screen'?"),
        ("xyzzy", "De opdracht 'xyzzy' is er niet."),
        ("screen", "De optie '--policy' ontbreekt."),
        ("decide", "Het argument 'ZAAK.json' ontbreekt."),
        ("screen --fromat csv", "De optie --fromat is er niet."),
        ("screen --top 0", "Verkeerde waarde voor '--top'"),
        ("screen --top x", "Verkeerde waarde voor '--top'"),
        ("screen --format xml", "Verkeerde waarde voor '--format'"),
        ("policies a b", "Te veel argumenten (b)"),
        ("case list", "De optie '--by' (of in de omgeving: 'HUURSCHULD_ROLE') ontbreekt. Kies uit:"),
        ("decide nothing.json", "nothing.json: Dit bestand of deze map is er niet"),
        ("policies nothing", "unknown-policy bij /policy: er is geen beleid met die naam; er zijn:"),
        ("refer list", "invalid-value bij --outbox: noem de uitgaande meldingen"),
        ("explain x --policy bgs-2021 --as-of 20-10-2026 --tenancy A", "een dag van 1900 tot 2199"),
    ],
)
def test_errors_are_dutch(command: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of typer, of the operating system, and our own."""
    assert main([*command.split(), "--lang", "nl"]) == 2
    shown = " ".join(capsys.readouterr().err.split())
    assert said in shown
    assert english_in(shown) == []


@pytest.mark.parametrize(
    "text", ["a = b", "a = [1", "a = {b = 1", 'a = "\\d"', 'a = "\\Users"', "[a]\n[a]", "a = {b = 1 2}"]
)
def test_what_is_wrong_with_toml_is_dutch(text: str) -> None:
    """Where it may quote no line, the message is that of the parser, which is no part of huurschuld."""
    with pytest.raises(InvalidValue) as caught:
        parse_toml(text, "mapping.toml")
    shown = in_dutch(caught.value)
    assert "dit is geen goede TOML: " in shown
    assert english_in(shown) == []
    assert not re.search("Invalid|Expected|Unclosed|Unescaped|Cannot| value", shown)


def test_an_option_without_its_value(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the last word, so the language comes before it."""
    assert main(["screen", "--lang", "nl", "--top"]) == 2
    assert "De optie '--top' heeft een waarde nodig." in capsys.readouterr().err


def test_what_is_said_is_told_from_what_is_written() -> None:
    """`write` is for machines and for texts in both languages; what is in English only is for `say`."""
    wrong = []
    for path in sorted((ROOT / "src" / "huurschuld" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "write"
            ):
                parts = getattr(node.args[0], "values", node.args)
                text = " ".join(str(it.value) for it in parts if isinstance(it, ast.Constant))
                if re.search("[A-Za-z]{2}", text):
                    wrong.append(f"{path.name}:{node.lineno}: {text.strip()}")
    assert wrong == []


DAY: Final = "--policy katwijk-2021 --as-of 2026-10-20"
STORE: Final = "--store cases.sqlite"
ROLE: Final = "--by municipality --person Jansen"


@pytest.fixture
def ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """What runs a command in Dutch, by the locale alone, and gives what it prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "nl_NL.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")
    return partial(shown_by, capsys=capsys)


@pytest.mark.slow  # each command loads the plugins, in processes of their own
def test_a_day_at_the_landlord_is_dutch(
    ran: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a portfolio to referrals, and what changed: no command shows English."""
    monkeypatch.setenv("HUURSCHULD_CONFIG", "town/huurschuld.toml")
    ran("sample mine --tenancies 200 --seed 14 --outside town")
    ran("refer begin")
    (tmp_path / "earlier.json").write_text(ran(f"screen mine {DAY} --format json"), encoding="utf-8")
    assert "€ 3.063,07" in ran(f"screen mine {DAY} --top 3")
    assert "peildatum 20 oktober 2026" in ran(f"explain mine {DAY} --tenancy KW-000087")
    assert "voorgesteld in oktober:" in ran(f"refer propose mine {DAY} --batch oktober")
    ran("refer confirm --batch oktober --by Jansen")
    assert "20 oktober 2026" in ran("refer list")
    key = json.loads(ran("refer list --format json"))[0]["key"]
    ran("refer send mine")
    ran(f"refer withdraw {key} --by Jansen", code=2)
    ran(f"refer history {key}")
    ran(f"refer replay {key}")
    (tmp_path / "later.json").write_text(ran(f"screen mine {DAY} --format json"), encoding="utf-8")
    ran("changes earlier.json later.json")
    assert "anders behandeld" in ran("compare bgs-2021 katwijk-2021 mine --as-of 2026-10-20")
    ran("refer forget --before 2026-01-01")
    ran("plugins")
    ran("policies")
    ran("policies katwijk-2021")
    ran("helpers --need nothing")
    with (tmp_path / "mine" / "entries.csv").open("a", encoding="utf-8") as file:
        file.write("KW-000001,X,2026-13-01,2026-01-01,100,,,rent\n")
    ran(f"screen mine {DAY}", code=2)
    ran("screen mine --check", code=1)
    ran(f"screen mine {DAY} --quarantine aside.csv --top 1", code=1)
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "huren.csv").write_text("Contract;Vanaf;Huur\n1;13-02-2020;712,34\n", encoding="utf-8")
    ran("map exports", code=1)


@pytest.mark.slow
def test_a_day_at_the_municipality_is_dutch(ran: Callable[..., str]) -> None:
    """Cases, their log, and the figures of a year."""
    ran(f"case begin {STORE}")
    ran("case events")
    ran("case events plan-agreed")
    ran(f"case record a received --happened 2026-10-01 {ROLE} --new --data arrears=1299.99 {STORE}")
    ran(f"case record a accepted --happened 2026-10-03 {ROLE} {STORE}")
    ran(f"case list --by municipality {STORE}")
    ran(f"case due --by municipality {STORE}")
    shown = ran(f"case show a {ROLE} --purpose Kijken {STORE}")
    assert "€ 1.299,99" in shown
    assert "3 oktober 2026" in shown
    ran(f"case feedback a {ROLE} --as-of 2026-10-20 {STORE}")
    ran("case plan --arrears 1200 --monthly 100 --first 2026-11-01")
    ran(f"case retention --by municipality {STORE}")
    ran(f"case forget a {ROLE} {STORE}", code=2)
    ran(f"log verify {STORE}")
    ran(f"log heads heads.txt {STORE}")
    ran(f"evaluate --year 2026 --smallest 1 {STORE}")
    ran("new-plugin erp --kind ledger")


def shown_by(command: str, *, capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    """Run a command; what it prints, in which a person finds no English."""
    assert main(command.split()) == code, (command, capsys.readouterr())
    printed = capsys.readouterr()
    read = printed.err if " --format json" in command else printed.out + printed.err
    known = re.sub("walk in on|by telephone", "", read)  # what the sample's list of helpers says
    rules = re.sub("^  [a-z-]+.*$", "", known, flags=re.MULTILINE) if "policies " in command else known
    assert english_in(rules) == [], command
    return printed.out


@pytest.mark.slow
def test_what_programs_read_is_the_same_in_any_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON and CSV have no language, and neither has a file that is written."""
    monkeypatch.chdir(tmp_path)
    main(["sample", "mine", "--tenancies", "60", "--seed", "14"])
    main(["case", "begin", *STORE.split()])
    record = f"case record a received --happened 2026-10-01 {ROLE} --new --data arrears=1299.99 {STORE}"
    main(record.split())
    for command in (
        f"screen mine {DAY} --format csv --facts",
        f"screen mine {DAY} --format json",
        "policies --format json",
        "policies bgs-2021 --format json",
        "schema",
        "case events --format json",
        f"case list --by municipality --format csv {STORE}",
        f"case due --by municipality --format json {STORE}",
        f"log verify --format json {STORE}",
        f"evaluate --year 2026 --smallest 1 --format csv {STORE}",
        "case plan --arrears 1200 --monthly 100 --first 2026-11-01 --format csv",
    ):
        capsys.readouterr()
        read = []
        for lang in ("en_GB.UTF-8", "nl_NL.UTF-8"):
            monkeypatch.setenv("LC_ALL", lang)
            assert main(command.split()) in {0, 1}
            read.append(capsys.readouterr().out)
        assert read[0] == read[1], command
        assert read[0]
