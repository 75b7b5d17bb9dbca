"""The register: contact details of one tenancy out of a CSV file, read strictly."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st
from referring import told_by

from huurschuld import (
    DuplicateId,
    InputError,
    InvalidValue,
    MissingField,
    UnknownField,
    UnknownReference,
)
from huurschuld.errors import Cell
from huurschuld.model.referral import ContactDetails
from huurschuld.plugins.register import open_register

COLUMNS = "tenancy name street house_number addition postcode place phone email care_of".split()
HEADING = ",".join(COLUMNS)
ZWAANTJE = "A1,Zwaantje van der Kanarie,Voorstraat,12,a,2225AB,Katwijk,06-987654321,z@example.nl,\n"
LINE = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF).filter(str.isprintable), min_size=1, max_size=12
)
POSTCODES = st.from_regex("[1-9][0-9]{3}[A-Z]{2}", fullmatch=True)
DETAILS = st.builds(
    ContactDetails,
    name=LINE,
    street=LINE,
    house_number=st.integers(1, 99_999),
    addition=st.none() | LINE,
    postcode=POSTCODES,
    place=LINE,
    phone=st.none() | LINE,
    email=st.none() | LINE,
    care_of=st.none() | LINE,
)


def written(path: Path, text: str) -> Any:
    path.write_text(text, encoding="utf-8")
    return open_register(file=str(path))


@given(st.dictionaries(LINE, DETAILS, min_size=1, max_size=4), st.sampled_from(",;"))
def test_what_stands_in_the_file_comes_back(
    tmp_path_factory: pytest.TempPathFactory, people: dict[str, ContactDetails], delimiter: str
) -> None:
    """Every contact details that there can be, with quotes and blanks and all."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(COLUMNS)
    for tenancy, it in people.items():
        row = attrs.asdict(it)
        writer.writerow([tenancy, *(row[name] for name in COLUMNS[1:])])
    path = tmp_path_factory.getbasetemp() / "register-property.csv"
    source = written(path, text.getvalue())
    assert {tenancy: source.contact_details(tenancy) for tenancy in people} == people


def test_columns_come_in_any_order_and_only_the_required_are_needed(tmp_path: Path) -> None:
    """A column that is not there is not known."""
    source = written(
        tmp_path / "a.csv", "place;postcode;tenancy;name;house_number;street\nKatwijk;2225 AB;A1;Z;1;V\n"
    )
    assert source.contact_details("A1") == ContactDetails(
        name="Z", street="V", house_number=1, postcode="2225AB", place="Katwijk"
    )


@pytest.mark.parametrize(
    ("text", "error", "line", "column"),
    [
        ("", MissingField, 1, ""),
        (ZWAANTJE, UnknownField, 1, ""),
        (HEADING.replace("phone", "bsn") + "\n", UnknownField, 1, ""),
        (HEADING.replace("phone", "email") + "\n", InvalidValue, 1, "email"),
        (HEADING.replace(",street", "") + "\n", MissingField, 1, "street"),
        (f"{HEADING}\nA1,Zwaantje\n", InvalidValue, 2, "street"),
        (f"{HEADING}\n{ZWAANTJE.rstrip()}Zwa", InvalidValue, 2, "care_of"),
        (f'{HEADING}\n"A1,{ZWAANTJE}', InvalidValue, 2, ""),
    ],
)
def test_a_file_that_can_be_read_in_two_ways_is_refused_whole(
    tmp_path: Path, text: str, error: type[InputError], line: int, column: str
) -> None:
    """With its place, and nothing of a person."""
    with pytest.raises(error) as caught:
        written(tmp_path / "a.csv", text)
    assert caught.value.place == Cell("a.csv", line, column)
    assert not any(it in told_by(caught.value) for it in ("Zwaantje", "Kanarie", "98765", "2225"))


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("name", lambda it: it.replace("Zwaantje van der Kanarie", "")),
        ("house_number", lambda it: it.replace(",12,", ",12a,")),
        ("house_number", lambda it: it.replace(",12,", ",0,")),
        ("house_number", lambda it: it.replace(",12,", ",,")),
        ("postcode", lambda it: it.replace("2225AB", "2225  AB")),
        ("postcode", lambda it: it.replace("2225AB", "0225AB")),
        ("street", lambda it: it.replace("Voorstraat", '"Voor\nstraat"')),
    ],
)
def test_a_bad_address_is_told_by_its_cell_and_stops_nobody_else(
    tmp_path: Path, column: str, change: Callable[[str], str]
) -> None:
    """It is checked when it is asked for."""
    source = written(tmp_path / "a.csv", f"{HEADING}\n{ZWAANTJE.replace('A1', 'A0')}{change(ZWAANTJE)}")
    asked = ZWAANTJE[:2]  # not written out, since a traceback quotes this line
    with pytest.raises(InvalidValue) as caught:
        source.contact_details(asked)
    assert caught.value.place == Cell("a.csv", 3, column)
    told = told_by(caught.value) + repr(source)
    assert not any(it in told for it in ("Zwaantje", "Kanarie", "Voor", "225", "A1"))
    assert source.contact_details("A0").place == "Katwijk"


@pytest.mark.parametrize("asked", ["A2", "", "a1", " A1", "A1 "])
def test_a_tenancy_that_is_not_there_is_an_unknown_reference(tmp_path: Path, asked: str) -> None:
    """Nobody else's address is given for it."""
    source = written(tmp_path / "a.csv", f"{HEADING}\n{ZWAANTJE}{ZWAANTJE.replace('A1', '')}")
    with pytest.raises(UnknownReference) as caught:
        source.contact_details(asked)
    assert caught.value.place == "/tenancy"


def test_two_lines_of_one_tenancy_are_refused_when_it_is_asked_for(tmp_path: Path) -> None:
    """Neither is preferred; the others go on."""
    source = written(
        tmp_path / "a.csv", f"{HEADING}\n{ZWAANTJE}{ZWAANTJE}{ZWAANTJE.replace('A1', 'A2')}"
    )
    with pytest.raises(DuplicateId) as caught:
        source.contact_details("A1")
    assert caught.value.place == Cell("a.csv", 3, "tenancy")
    assert source.contact_details("A2").house_number == 12


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    """At the option."""
    with pytest.raises(InvalidValue, match="/file"):
        open_register(file=str(tmp_path / "none.csv"))
