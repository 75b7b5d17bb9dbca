"""Case files: what goes in comes out, and every error has its code and its place."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import mutations
import oracle
import pytest
from hypothesis import given, strategies as st

from huurschuld import (
    Case,
    InputError,
    InvalidValue,
    Tenancy,
    case_schema,
    dump_case,
    dump_tenancy,
    load_case,
    parse_case,
    read_tenancy,
)
from huurschuld.analysis.conformance import run_case
from huurschuld.model.json_parts import canonical_text
from huurschuld.model.json_text import canonical_json
from huurschuld.testing import AS_OF, tenancies

SCHEMA = jsonschema.Draft202012Validator(case_schema(), format_checker=jsonschema.FormatChecker())
SEEDS = st.integers(0, 2**64 - 1)


@given(tenancies())
def test_a_tenancy_goes_to_json_and_back_unchanged(tenancy: Tenancy) -> None:
    """Dumped and read again it is the same value, and the schema takes it."""
    case = Case(policy="bgs-2021", as_of=AS_OF, tenancy=tenancy, parameters={"minimum_cents": 1})
    assert read_tenancy(json.loads(json.dumps(dump_tenancy(tenancy)))) == tenancy
    assert parse_case(dump_case(case)) == case
    SCHEMA.validate(json.loads(dump_case(case)))


@given(tenancies())
def test_the_canonical_text_is_that_of_the_same_tenancy(tenancy: Tenancy) -> None:
    """Read again, the text that is hashed is the tenancy, but for the order of its parts."""
    again = read_tenancy(json.loads(canonical_text(tenancy)))
    assert canonical_text(again) == canonical_text(tenancy)
    assert sorted(map(repr, again.entries)) == sorted(map(repr, tenancy.entries))
    assert canonical_json(json.loads(canonical_text(tenancy))) == canonical_text(tenancy)


@given(SEEDS)
def test_a_valid_case_is_decided_as_the_text_says(seed: int) -> None:
    """Against an independent transcription of the semantics, allocation day by day included.

    What the library reads, the schema allows.
    """
    case = mutations.valid_case(random.Random(seed))
    SCHEMA.validate(case)
    expected = oracle.outcome(case)
    result = run_case("case", json.dumps({**case, "expect": expected}).encode())
    assert result.actual == expected
    assert result.passed


@given(SEEDS)
def test_a_broken_case_is_refused_with_its_code_and_place(seed: int) -> None:
    """One error put into a valid case is found, wherever it is."""
    case, code, pointer = mutations.broken_case(random.Random(seed))
    result = run_case("case", json.dumps(case).encode())
    assert result.actual == {"error": code, "at": pointer}


@pytest.mark.parametrize("name", ["entries", "rents", "household", "as_of", "policy"])
def test_the_schema_refuses_what_is_of_the_wrong_type(name: str) -> None:
    """A float where a list or text belongs is caught by the schema too."""
    case: dict[str, Any] = mutations.valid_case(random.Random(1))
    holder = case if name in case else case["tenancy"]
    holder[name] = 1.5
    assert not SCHEMA.is_valid(case)


def a_case(**changes: object) -> dict[str, Any]:
    """A small valid case with some members changed."""
    return {
        "policy": "bgs-2021",
        "as_of": "2025-04-20",
        "tenancy": {
            "id": "t",
            "start": "2020-01-01",
            "rents": [{"from": "2020-01-01", "cents": 60000}],
            "entries": [],
        },
    } | changes


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[1, 2]",
        b'"text"',
        b"null",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1, "a": 1}',
        b'{"policy": {"a": 1, "a": 2}}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": 01}',
    ],
)
def test_what_is_no_case_is_an_invalid_value_at_the_root(text: bytes) -> None:
    """Malformed JSON, a repeated member, another encoding or nesting without end: one clear error."""
    with pytest.raises(InvalidValue) as caught:
        parse_case(text)
    assert caught.value.place == ""


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    """Windows editors put one; the case is the same, as text or as bytes."""
    text = json.dumps(a_case())
    assert parse_case(b"\xef\xbb\xbf" + text.encode()) == parse_case(text) == parse_case("\ufeff" + text)


@pytest.mark.parametrize("number", ["9" * 25, "9" * 31, "9" * 5000, "1e400", "-" + "9" * 40])
def test_a_number_without_measure_is_refused_at_its_place(number: str) -> None:
    """However long, it is an invalid value where it stands, not a crash of the parser."""
    text = json.dumps(a_case()).replace("60000", number)
    with pytest.raises(InvalidValue) as caught:
        parse_case(text)
    assert caught.value.place == "/tenancy/rents/0/cents"


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"case": 5}, "invalid-value", "/case"),
        ({"about": []}, "invalid-value", "/about"),
        ({"case": None, "about": None, "parameters": None}, None, None),
        ({"policy": None}, "invalid-value", "/policy"),
        ({"parameters": []}, "invalid-value", "/parameters"),
        ({"as_of": 20250420}, "invalid-value", "/as_of"),
        ({"a/b~c": 1}, "unknown-field", "/a~1b~0c"),
    ],
)
def test_the_members_of_a_case_are_checked(changes: Any, code: str | None, place: str | None) -> None:
    """Members around the tenancy have their types too; a null for an optional one is as absent."""
    text = json.dumps(a_case(**changes))
    if code is None:
        assert parse_case(text).parameters is None
        return
    with pytest.raises(InputError) as caught:
        parse_case(text)
    assert (caught.value.code, caught.value.place) == (code, place)


def test_a_case_is_loaded_from_a_file(tmp_path: Path) -> None:
    """By its path, as text or as a Path."""
    file = tmp_path / "case.json"
    file.write_text(json.dumps(a_case()), encoding="utf-8")
    assert load_case(file) == load_case(str(file)) == parse_case(json.dumps(a_case()))
