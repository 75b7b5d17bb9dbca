"""JSON of a user, and every text file that is read: what is wrong has its place, and no surprise."""

from __future__ import annotations

import codecs
import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_privacy import KEY, canary_case

from huurschuld import (
    HuurschuldError,
    InvalidValue,
    UnknownField,
    decide,
    dump_receipts,
    load_receipts,
    parse_case,
    policies,
)
from huurschuld.cli import main
from huurschuld.model.json_text import parse_json
from huurschuld.rules.document import canonical_policy
from huurschuld.rules.policy_reading import read_policy
from huurschuld.testing.sample import write_sample

MARK = "the value that is replaced"
HOSTILE = {
    "digits": "9" * 5_000,
    "negative": "-" + "9" * 5_000,
    "lists": "[" * 400 + "]" * 400,
    "more lists": "[" * 900 + "]" * 900,
    "far too many lists": "[" * 100_000,
    "objects": '{"a":' * 400 + "1" + "}" * 400,
    "infinite": "1e400",
    "exponent": "1e" + "9" * 5_000,
    "nothing": "1e-" + "9" * 5_000,
    "NaN": "NaN",
    "months": json.dumps("9" * 5_000 + "." + "9" * 5_000),
    "half a character": '"\\ud800"',
    "NUL": '"\\u0000"',
    "brackets of a condition": json.dumps("(" * 4_000 + "disputed" + ")" * 4_000),
    "not of a condition": json.dumps("not " * 2_400 + "disputed"),
    "long text": json.dumps("a" * 50_000),
    "null": "null",
}


def documents() -> dict[str, tuple[Any, Callable[[str], object]]]:
    """What a user may give as JSON, and what reads it."""
    case = canary_case()
    read = parse_case(json.dumps(case))
    receipt = decide(read.tenancy, "bgs-2021", read.as_of, key=KEY).receipt
    return {
        "case": (case, parse_case),
        "receipts": (json.loads(dump_receipts([receipt])), load_receipts),
        "policy": (
            json.loads(canonical_policy(policies()["bgs-2021"])),
            lambda text: read_policy(parse_json(text)),
        ),
    }


def places(value: object, *above: str | int) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document; of a list the first two items."""
    yield above
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], *above, name)
    if isinstance(value, list):
        for number, item in enumerate(value[:2]):
            yield from places(item, *above, number)


def replaced(value: Any, place: tuple[str | int, ...], by: object) -> object:
    """The document with another value at that place."""
    if not place:
        return by
    changed = copy.copy(value)
    changed[place[0]] = replaced(value[place[0]], place[1:], by)
    return changed


def refusal(read: Callable[[str], object], text: str) -> HuurschuldError | None:
    """The error of ours with which a text is refused; any other one is raised."""
    try:
        read(text)
    except HuurschuldError as error:
        return error
    return None


@pytest.mark.slow
@pytest.mark.parametrize("name", documents())
def test_whatever_stands_anywhere_is_read_or_refused(name: str) -> None:
    """No place and no value makes an error that is not one of ours, or one that shows the value."""
    document, read = documents()[name]
    tried = 0
    for place in places(document):
        text = json.dumps(replaced(document, place, MARK))
        for value in HOSTILE.values():
            refused = refusal(read, text.replace(json.dumps(MARK), value))
            tried += 1
            if refused is not None:
                assert len(str(refused)) < 2_000
                assert "9999" not in str(refused)
                assert refused.__context__ is None
    assert tried > 200


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b'{"a":\n 1 2}', " (at line 2, column 4)"),
        (b'\xef\xbb\xbf{\n"a": [', " (at line 2, column 7)"),
        (b"", " (at line 1, column 1)"),
        (b'{\n\n"a": "\xff"}', " (at line 3)"),
        (b'{"a": 1, "a": 2}', ""),
        (b"[" * 100_000, ""),
        (b"NaN", ""),
    ],
)
def test_what_is_not_json_is_told_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, where: str
) -> None:
    """With the file, where there is one; the parser's own words would quote the text."""
    with pytest.raises(InvalidValue) as caught:
        parse_json(data)
    problem = f"this is not well-formed JSON (UTF-8, no field twice){where}"
    assert (caught.value.place, caught.value.problem) == ("", problem)
    assert caught.value.__context__ is None
    case, mine = tmp_path / "case.json", tmp_path / "mine.json"
    case.write_text(json.dumps(canary_case()), encoding="utf-8")
    mine.write_bytes(data)
    for command in (
        ["decide", str(mine)],
        ["replay", str(mine), str(case)],
        ["replay", str(mine), str(mine)],
    ):
        assert main(command) == 2
        assert f"invalid-value at mine.json: {problem};" in capsys.readouterr().err
    assert main(["changes", str(mine), str(mine)]) == 2
    told = capsys.readouterr().err
    assert f"invalid-value at mine.json: this is not a JSON file of a result: {problem};" in told


@pytest.mark.slow
def test_a_byte_order_mark_is_allowed_in_every_text_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Some programs write one; it is no part of the text, in whatever file it stands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUURSCHULD_KEY", KEY.hex())
    day = ["--as-of", "2026-10-20"]
    write_sample(Path("sample"), 3, 1)
    policy = "extends = 'bgs-2021'\nname = 'mine'\ntitle = { en = 'Mine', nl = 'Mijn' }\n"
    Path("mine.toml").write_text(policy, encoding="utf-8")
    Path("huurschuld.toml").write_text(
        "[helper_directories.bip]\ntable = { path = 'helpers.csv' }\n", encoding="utf-8"
    )
    Path("helpers.csv").write_text("name,needs\nBudget point,budget\n", encoding="utf-8")
    case = canary_case()
    Path("case.json").write_text(json.dumps(case), encoding="utf-8")
    Path("cases.jsonl").write_text(json.dumps(case | {"expect": {"advice": "none"}}) + "\n", "utf-8")
    screen = ["screen", "sample", "--policy", "mine.toml", *day, "--output"]

    def all_work(mark: bytes) -> list[str]:
        """Run every command that reads a text file, with this before each; what they print."""
        marked = [it for it in tmp_path.rglob("*") if it.suffix in {".csv", ".json", ".jsonl", ".toml"}]
        for file in marked:
            file.write_bytes(mark + file.read_bytes().removeprefix(codecs.BOM_UTF8))
        said = []
        for command in (
            [*screen, "result.csv", "--receipts", "receipts.json"],
            [*screen, "result.json"],
            ["changes", "result.csv", "result.json"],
            ["decide", "case.json", "--policy", "mine.toml", "--receipt", "one.json"],
            ["replay", "one.json", "case.json"],
            ["conform", "cases.jsonl"],
            ["helpers", "--need", "budget", "--config", "huurschuld.toml"],
        ):
            code = main(command)
            told = capsys.readouterr()
            said.append(f"{code} {told.out} {told.err}")
            if command[-2] in {"--output", "--receipt", "--receipts"}:
                for written in {"result.csv", "result.json", "one.json"} & set(command):
                    Path(written).write_bytes(mark + Path(written).read_bytes())
        return said

    expected = all_work(b"")
    assert [it[0] for it in expected[:5]] == ["0"] * 5
    assert all_work(codecs.BOM_UTF8) == expected


@pytest.mark.parametrize("name", ["a\nhuurschuld: all is well", "\x1b[2J", "a" * 50_000, "\u2028"])
def test_a_name_of_a_field_is_shown_on_one_line_and_ends(name: str) -> None:
    """It cannot look like another line of a log or a terminal; for a program it is as it was."""
    with pytest.raises(UnknownField) as caught:
        parse_case(json.dumps({"policy": "bgs-2021", name: 1}))
    assert caught.value.place == f"/{name}"
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1_000
