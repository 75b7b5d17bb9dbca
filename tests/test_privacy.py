"""Nothing of a person is in an error, a log line, a repr or a receipt: canaries are sought in all."""

from __future__ import annotations

import datetime as dt
import json
import logging
import pickle
import random
import traceback
from pathlib import Path
from typing import Any

import attrs
import mutations
import pytest
from hypothesis import given, strategies as st
from tables import as_tables, write_csv

from huurschuld import (
    Cell,
    Child,
    Household,
    HuurschuldError,
    InputError,
    Tenancy,
    UnknownField,
    decide,
    explain,
    parse_case,
    policy_of_case,
    read_portfolio,
    read_tenancy,
    worklist,
)
from huurschuld.plugins.portfolio import open_folder
from huurschuld.testing import AS_OF, tenancies

NAME = "Zwaantje-van-der-Kanarie"
BORN = "2013-12-11"
NUMBER = "987654321"
CANARIES = (NAME, BORN, NUMBER)
KEY = b"a key of the tests alone"


def canary_case() -> dict[str, Any]:
    """A valid case in which every text is a canary, and the only child's birthday is one."""
    return {
        "policy": "bgs-2021",
        "as_of": "2025-04-20",
        "tenancy": {
            "id": NAME,
            "start": "2020-01-01",
            "rents": [{"from": "2020-01-01", "cents": 60000}],
            "entries": [
                {"id": NUMBER, "kind": "rent", "due": "2025-03-01", "cents": 60000},
                {"id": NAME, "kind": "payment", "booked": "2025-03-02", "cents": 5, "settles": NUMBER},
            ],
            "household": {"children": [{"born": BORN}]},
        },
    }


def all_places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to every member and item."""
    items = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(place for key, item in items for place in all_places(item, (*path, key)))]


PLACES = [place for place in all_places(canary_case()) if place]


@pytest.mark.parametrize("spoiled", [*CANARIES, -1, 1.5, True, None, [], {}, {NAME: NAME}, [NAME, BORN]])
@pytest.mark.parametrize("place", PLACES, ids=lambda path: "/".join(map(str, path)))
def test_no_error_quotes_what_it_refuses(place: Any, spoiled: Any) -> None:
    """Every value of a case is spoiled in turn; the whole traceback is searched."""
    case = canary_case()
    *path, last = place
    holder: Any = case
    for step in path:
        holder = holder[step]
    holder[last] = spoiled
    if place == ("as_of",) and spoiled == BORN:
        return  # a day like any other
    error = refusal(case)
    if error is None:
        return
    # The place is where the error is; a member's name in it was given as a name, not as a value.
    named = {NAME} if isinstance(spoiled, dict) else set()
    told = "".join(traceback.format_exception(error)) + repr(error)
    assert not [canary for canary in CANARIES if canary in told and canary not in named]
    assert error.__cause__ is None
    assert not isinstance(error.__context__, ValueError)


def refusal(case: dict[str, Any]) -> HuurschuldError | None:
    """The error for a case, if it is refused."""
    try:
        read = parse_case(json.dumps(case))
        decide(read.tenancy, policy_of_case(read), read.as_of, read.parameters)
    except HuurschuldError as error:
        return error
    return None


@given(st.integers(0, 2**64 - 1))
def test_every_error_can_be_pickled_and_chains_nothing(seed: int) -> None:
    """An error goes to another process as it is, and drags no parser's error along."""
    case, _, _ = mutations.broken_case(random.Random(seed))
    error = refusal(case)
    assert error is not None
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert str(again) == str(error)
    assert "\n" not in str(again)
    assert again.code
    assert again.problem


@given(tenancies(id=NAME, household=Household(children=(Child(born=dt.date.fromisoformat(BORN)),))))
def test_no_repr_and_no_receipt_tells_anything(tenancy: Tenancy) -> None:
    """Neither a tenancy, nor its parts, nor a decision shows its contents; a receipt has no id."""
    decision = decide(tenancy, "bgs-2021", AS_OF, key=KEY)
    parts = [tenancy, *tenancy.entries, *(tenancy.contacts or ()), tenancy.household, decision.facts]
    told = " ".join(
        map(repr, [*parts, decision, explain(decision), worklist([tenancy], "bgs-2021", AS_OF)])
    )
    assert not [canary for canary in CANARIES if canary in told]
    assert not any(character.isdigit() for character in " ".join(map(repr, parts)))
    receipt = json.dumps(decision.receipt.document()) + repr(decision.receipt)
    assert not [canary for canary in CANARIES if canary in receipt]
    assert BORN not in decision.to_json()


def test_neither_a_log_nor_an_explanation_tells_of_a_person(caplog: pytest.LogCaptureFixture) -> None:
    """The library logs nothing, and the reasons hold no id, no name and no birthday."""
    caplog.set_level(logging.DEBUG)
    read = parse_case(json.dumps(canary_case()))
    decision = decide(read.tenancy, "bgs-2021", read.as_of, key=KEY)
    told = str(explain(decision, "nl")) + str(explain(decision, "en"))
    assert not [canary for canary in CANARIES if canary in told]
    assert caplog.records == []


@pytest.mark.parametrize("column", [b"cents", b"from"])
def test_no_error_of_a_table_quotes_a_cell(tmp_path: Path, column: bytes) -> None:
    """The cell, the row and the rest of the file stay out of it."""
    read = parse_case(json.dumps(canary_case()))
    folder = write_csv(tmp_path / "p", as_tables([attrs.evolve(read.tenancy, contacts=())]))
    file = folder / "rents.csv"
    value = b"60000" if column == b"cents" else b"2020-01-01"
    file.write_bytes(file.read_bytes().replace(value, NUMBER.encode() * 20))
    with pytest.raises(InputError) as caught:
        read_portfolio(open_folder(folder=str(folder)))
    told = "".join(traceback.format_exception(caught.value))
    assert not [canary for canary in CANARIES if canary in told]


def test_a_field_that_does_not_belong_is_named_in_json_and_counted_in_a_table(tmp_path: Path) -> None:
    """As the page on privacy says: a misspelt field must be found, but a heading may be missing."""
    name = "Xanthippe Kwaadeend"
    with pytest.raises(UnknownField) as in_json:
        read_tenancy({name: 1})
    assert in_json.value.place == f"/tenancy/{name}"
    write_csv(tmp_path / "mine", as_tables([]))
    (tmp_path / "mine" / "rents.csv").write_text(f"tenancy,from,cents,{name}\n")
    with pytest.raises(UnknownField) as in_table:
        read_portfolio(open_folder(folder=str(tmp_path / "mine")))
    assert in_table.value.place == Cell("rents.csv", 1, "4")
    assert name not in str(in_table.value)
