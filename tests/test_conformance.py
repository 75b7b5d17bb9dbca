"""The conformance cases: the project's own, and the seed of them where it lies beside the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from huurschuld.analysis.conformance import conform, run_case
from huurschuld.errors import InvalidValue

OWN = Path(__file__).parent / "conformance"
SEED = Path(__file__).parents[2] / "shared" / "conformance-2"


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param(OWN, id="own"),
        pytest.param(
            SEED,
            id="seed",
            marks=pytest.mark.skipif(
                not SEED.is_dir(), reason="the seed cases are not beside the project"
            ),
        ),
    ],
)
@pytest.mark.parametrize("engine", [None, "columnar"])
def test_all_cases_pass(folder: Path, engine: str | None) -> None:
    """Every case of the folder comes out as it expects, one by one and all at once."""
    results = list(conform(folder, engine))
    assert len(results) >= 93
    assert [result for result in results if not result.passed] == []


def a_case(**expect: object) -> bytes:
    """A case that turns out `none`, with something expected of it."""
    return json.dumps(
        {
            "policy": "bgs-2021",
            "as_of": "2025-04-20",
            "tenancy": {
                "id": "t",
                "start": "2020-01-01",
                "rents": [{"from": "2020-01-01", "cents": 60000}],
                "entries": [],
            },
            "expect": expect,
        }
    ).encode()


def test_only_what_is_named_is_compared() -> None:
    """An outcome may name any part of it."""
    assert run_case("a", a_case(advice="none")).passed
    assert run_case("a", a_case(advice="none", days_overdue=0, hold=[], months="0")).passed


@pytest.mark.parametrize(
    "expect",
    [
        {},
        {"advice": "refer"},
        {"nonsense": None},
        {"arrears_cents": False},
        {"error": "invalid-value", "at": ""},
    ],
)
def test_a_case_that_expects_something_else_fails(expect: dict[str, object]) -> None:
    """Nothing expected, another outcome, an unknown name, or false for 0: none of them passes."""
    assert not run_case("a", a_case(**expect)).passed


def test_a_repeated_member_is_an_error_that_a_case_can_expect() -> None:
    """The expectation is read though the case is refused."""
    text = b'{"policy": "a", "policy": "b", "expect": {"error": "invalid-value", "at": ""}}'
    assert run_case("a", text).passed


@pytest.mark.parametrize(
    "text", [b"{", b"[]", b"\xff", b'{"expect": 1e999, "as_of": 99999999999999999999999999999999}']
)
def test_a_case_that_cannot_be_read_fails_and_is_told(text: bytes) -> None:
    """The run goes on, and the result can be written as JSON."""
    result = run_case("odd", text)
    assert not result.passed
    assert "Infinity" not in json.dumps(result.document())


def test_a_folder_is_run_in_order_with_lines_as_cases(tmp_path: Path) -> None:
    """A .jsonl file has a case a line; blank lines are none; other files are passed over."""
    (tmp_path / "b.json").write_bytes(a_case(advice="none"))
    (tmp_path / "a.jsonl").write_bytes(a_case(advice="none") + b"\r\n\n" + a_case(advice="ask"))
    (tmp_path / "readme.md").write_text("no case", encoding="utf-8")
    results = [(result.case, result.passed) for result in conform(tmp_path)]
    assert results == [("a:1", True), ("a:3", False), ("b", True)]


def test_no_case_is_no_success(tmp_path: Path) -> None:
    """A folder without cases is an error, not zero failures."""
    with pytest.raises(InvalidValue, match="no cases"):
        list(conform(tmp_path))
