"""The directory of helpers: who is given for a need and a place, and what a bad table is told."""

from __future__ import annotations

import csv
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, strategies as st

from huurschuld.errors import DuplicateId, InputError, InvalidValue, MissingField, UnknownField
from huurschuld.hooks import HelperDirectory
from huurschuld.model.helpers import Directory, Helper, folded
from huurschuld.plugins.bip import COLUMNS, Several, open_bip

NEEDS = ("schulden", "Budgetbeheer", "opvoeding", "crèche")
PLACES = ("Katwijk", "Katwijk aan Zee", "Rijnsburg", "Súdwest-Fryslân")
TABLE = """\
name;needs;places;phone;email;website;note
Budgetmaatjes;budget;;071 000 0001;;;
BIP Katwijk;schulden | Budget;Katwijk|Rijnsburg;071 000 0002;bip@voorbeeld.nl;https://voorbeeld.nl;
Kraamhulp;opvoeding;Valkenburg;;;;
Schuldhulp Rijnsburg;Schulden;Rijnsburg;;;;
Landelijke schuldhulplijn;schulden;;0800 0000;;;
"""

helpers = st.builds(
    Helper,
    name=st.sampled_from(("A", "B", "C", "D")),
    needs=st.lists(st.sampled_from(NEEDS), min_size=1, unique=True),
    places=st.lists(st.sampled_from(PLACES), unique=True),
    phone=st.none() | st.just("071 000 0000"),
    email=st.none() | st.just("hulp@voorbeeld.nl"),
    website=st.none() | st.just("https://voorbeeld.nl"),
    note=st.none() | st.sampled_from(("bel eerst", "a,b;c", 'zegt "dag"')),
)
directories = st.lists(helpers, max_size=8, unique=True)


def spelled(text: str) -> st.SearchStrategy[str]:
    """The text as somebody may type it."""
    spaced = f" {text.replace(' ', '  ')} "
    return st.sampled_from((text, text.upper(), text.lower(), spaced, folded(text)))


def written(folder: Path, text: str | bytes) -> str:
    """A table in a file."""
    path = folder / "helpers.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


@given(directories, st.data())
def test_only_those_who_help_with_it_and_there(listed: list[Helper], data: st.DataObject) -> None:
    """Everyone given helps with the need, and there or everywhere; no such helper is left out."""
    need, place = data.draw(st.sampled_from(NEEDS)), data.draw(st.sampled_from(PLACES))
    found = Directory(listed).helpers(data.draw(spelled(need)), data.draw(spelled(place)))
    expected = [it for it in listed if need in it.needs and (not it.places or place in it.places)]
    assert sorted(found, key=listed.index) == expected


@given(directories, st.sampled_from(NEEDS) | st.none(), st.sampled_from(PLACES))
def test_who_is_there_comes_first(listed: list[Helper], need: str | None, place: str) -> None:
    """Helpers of the place stand before those who work everywhere, each in the order of the table."""
    found = Directory(listed).helpers(need, place)
    assert found == sorted(found, key=lambda it: (not it.places, listed.index(it)))


@given(directories)
def test_what_the_directory_tells_is_what_it_finds(listed: list[Helper]) -> None:
    """Every need and place that it names finds a helper, every helper is found; all without one."""
    directory = Directory(listed)
    assert directory.helpers() == listed
    by_need = [set(directory.helpers(it)) for it in directory.needs()]
    assert all(by_need)
    assert set().union(*by_need) == set(listed)
    local = {it for it in listed if it.places}
    assert {
        it for place in directory.places() for it in directory.helpers(None, place) if it.places
    } == local


@given(directories, st.sampled_from(",;"), st.sampled_from(("\n", "\r\n")), st.booleans())
def test_a_written_table_is_read_back(
    listed: list[Helper], delimiter: str, ends: str, marked: bool
) -> None:
    """Whatever the delimiter, the line ends and the byte order mark, the helpers are those written."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "helpers.csv")
        encoding = "utf-8-sig" if marked else "utf-8"
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=delimiter, lineterminator=ends)
            writer.writerow(COLUMNS)
            for it in listed:
                contact = (it.phone, it.email, it.website, it.note)
                writer.writerow([it.name, "|".join(it.needs), " | ".join(it.places), *contact])
        assert open_bip(table=str(path)).listed == tuple(listed)


def test_an_example(tmp_path: Path) -> None:
    """Who is there comes first, then the national line; neither a need nor a place is guessed at."""
    directory: HelperDirectory = open_bip(table=written(tmp_path, TABLE))
    names = [it.name for it in directory.helpers("SCHULDEN", "rijnsburg")]
    assert names == ["BIP Katwijk", "Schuldhulp Rijnsburg", "Landelijke schuldhulplijn"]
    [it] = directory.helpers("schulden", "Katwijk aan Zee")
    assert it.name == "Landelijke schuldhulplijn"
    assert [directory.helpers(it, "Katwijk") for it in ("schuld", "", "loodgieter")] == [[], [], []]


def test_what_it_knows(tmp_path: Path) -> None:
    """Needs and places are told once each, in the spelling that stands first."""
    directory = open_bip(table=written(tmp_path, TABLE))
    assert directory.needs() == ["budget", "opvoeding", "schulden"]
    assert directory.places() == ["Katwijk", "Rijnsburg", "Valkenburg"]


HEADING = "name,needs,places,email,website,note\n"
CANARY = "Zwaantje-van-der-Kanarie"


@pytest.mark.parametrize(
    ("text", "error", "line", "column"),
    [
        ("", MissingField, 1, ""),
        (f"{CANARY},needs\n", UnknownField, 1, ""),
        ("name,places\nA,\n", MissingField, 1, "needs"),
        ("name,needs,name\nA,b,A\n", InvalidValue, 1, "name"),
        (f"{HEADING},{CANARY},,,,\n", InvalidValue, 2, "name"),
        (f"{HEADING}\n{CANARY},,,,,\n", InvalidValue, 3, "needs"),
        (f"{HEADING}{CANARY},a||b,,,,\n", InvalidValue, 2, "needs"),
        (f"{HEADING}{CANARY},a|b|À,,,,\n", InvalidValue, 2, "needs"),
        (f"{HEADING}{CANARY},a,Katwijk|katwijk,,,\n", InvalidValue, 2, "places"),
        (f"{HEADING}{CANARY},\u0301,,,,\n", InvalidValue, 2, "needs"),
        (f"{HEADING}A,a,,{CANARY},,\n", InvalidValue, 2, "email"),
        (f"{HEADING}A,a,,,javascript:{CANARY},\n", InvalidValue, 2, "website"),
        (f'{HEADING}A,a,,,,"{CANARY}\nb"\n', InvalidValue, 2, "note"),
        (f"{HEADING}{CANARY},a,,,,\n{CANARY},a,,,,\n", DuplicateId, 3, "name"),
        (f"{HEADING}{CANARY},a,,,\n", InvalidValue, 2, "note"),
        (f"{HEADING}{CANARY},a,,,,,\n", InvalidValue, 2, "note"),
        (f"{HEADING}{CANARY},a,,,,bel", InvalidValue, 2, "note"),
        (f"{HEADING}{CANARY},a,,,,all", InvalidValue, 2, "note"),
        ('name,"needs"', InvalidValue, 1, "needs"),
        (f'{HEADING}"{CANARY},a,,,,\n', InvalidValue, 2, ""),
        (HEADING.encode() + b"\xff,a,,,,\n", InvalidValue, 2, ""),
    ],
)
def test_a_bad_table_is_refused_at_its_cell(
    tmp_path: Path, text: Any, error: type[InputError], line: int, column: str
) -> None:
    """Each error names the file, the line and the column, and quotes nothing of what stands there."""
    with pytest.raises(error) as caught:
        open_bip(table=written(tmp_path, text))
    place: Any = caught.value.place
    assert (place.file, place.line, place.column) == ("helpers.csv", line, column)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_last_cell_in_quotes_is_whole(tmp_path: Path) -> None:
    """A last line without a line break is taken if its last quote is closed: nothing can be cut off."""
    directory = open_bip(table=written(tmp_path, f'{HEADING}A,a,,,,"bel eerst"'))
    assert [it.note for it in directory.helpers()] == ["bel eerst"]


@pytest.mark.parametrize("name", ["", "none.csv"])
def test_a_table_that_is_not_there(tmp_path: Path, name: str) -> None:
    """A folder, or a file that is not there, is told by its name."""
    with pytest.raises(InvalidValue, match="there is no such file") as caught:
        open_bip(table=str(tmp_path / name))
    assert caught.value.place == str(tmp_path / name)


def test_columns_that_nobody_fills_may_be_left_out(tmp_path: Path) -> None:
    """A table of names and needs alone is a directory of helpers who work everywhere."""
    (helper,) = open_bip(table=written(tmp_path, "needs,name\nschulden,A\n")).helpers(
        "schulden", "Katwijk"
    )
    assert helper == Helper(name="A", needs=["schulden"])


@pytest.mark.parametrize(
    "spoiled", [{"needs": [""]}, {"needs": ["a\nb"]}, {"needs": ["a"], "places": [1]}]
)
def test_a_helper_is_checked_however_it_is_made(spoiled: Any) -> None:
    """A plugin that makes helpers by itself gets the error at the field, as a table does at its cell."""
    with pytest.raises(InvalidValue) as caught:
        Helper(name="A", **spoiled)
    assert caught.value.place == ("/places" if "places" in spoiled else "/needs")


def test_a_cell_of_words_is_no_text() -> None:
    """What a column of needs holds is the words by themselves, never the cell as a whole."""
    assert Several().accepts(Several().from_text("schulden | budget"))
    assert not Several().accepts("schulden | budget")
