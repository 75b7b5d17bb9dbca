"""What our server serves, and the table of codes, held against the official files of VERA."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
from hypothesis import given, settings
from test_vera import sample
from vera_source import OPTIONS, SCHEMAS, as_json, carried, lists_of

from huurschuld import Tenancy
from huurschuld.model.tenancy import OBJECTS
from huurschuld.plugins.vera.codes import bookings, codes, document, units
from huurschuld.plugins.vera.items import Item
from huurschuld.plugins.vera.reading import lists
from huurschuld.plugins.vera.settings import settings as vera_settings
from huurschuld.testing import tenancies

yaml = pytest.importorskip("yaml", reason="PyYAML reads the official files")

STANDARD: Final = Path(__file__).parents[1] / "../shared/standards/vera"
pytestmark = pytest.mark.skipif(
    not STANDARD.is_dir(), reason="the official files of VERA are not beside the project"
)


@cache
def specification(name: str) -> Any:
    """One of the official OpenAPI files."""
    return yaml.load((STANDARD / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)


@cache
def validator(file: str, schema: str) -> Any:
    """Checks an item against a schema of a file, formats included."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": specification(file)["components"]}
    return jsonschema.Draft4Validator(whole, format_checker=jsonschema.FormatChecker())


def violations(resource: str, item: Any) -> Iterator[str]:
    """What is not as the specification says, in one item of a list."""
    for error in validator(*SCHEMAS[resource]).iter_errors(json.loads(as_json(item))):
        yield f"{resource}: {error.message}"


def names(resource: str) -> set[str]:
    """The members that an item of a list may have; schemas that build on each other together."""
    file, schema = SCHEMAS[resource]
    return set(_members(file, {"$ref": f"#/components/schemas/{schema}"}))


def _members(file: str, schema: Any) -> Iterator[str]:
    if "$ref" in schema:
        schema = specification(file)["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    yield from schema.get("properties", {})
    for part in schema.get("allOf", []):
        yield from _members(file, part)


def test_the_sample_is_served_as_the_specification_says() -> None:
    """Each item of our server is valid, and has no member that VERA does not have."""
    served = lists_of(sample(60))
    assert served.keys() == SCHEMAS.keys() | {"eenheden"}  # the file of Vastgoed is not at hand
    for resource in SCHEMAS:
        items = served[resource]
        allowed = names(resource)
        for item in items:
            assert not list(violations(resource, item))
            assert item.keys() <= allowed


@settings(max_examples=25)
@given(tenancies(household=None))
def test_any_tenancy_is_served_as_the_specification_says(it: Tenancy) -> None:
    """What the round trip goes through is valid VERA, whatever the tenancy."""
    served = lists_of([carried(it)])
    for resource in SCHEMAS:
        items = served[resource]
        assert not [told for item in items for told in violations(resource, item)]


SITUATIONS: Final = sorted(Path(__file__).parent.joinpath("situations").glob("*/vera*.json"))


@pytest.mark.parametrize("file", SITUATIONS, ids=lambda it: f"{it.parent.name}/{it.stem}")
def test_a_situation_is_served_as_the_specification_says(file: Path) -> None:
    """What is made up after practice is valid VERA too, so that a source may well answer it."""
    for resource, items in json.loads(file.read_text("utf-8")).items():
        if resource != "eenheden":  # the file of Vastgoed is not at hand
            assert not [told for item in items for told in violations(resource, item)]
            assert all(item.keys() <= names(resource) for item in items)


def test_the_check_can_fail() -> None:
    """An amount as text, or a day that is none, is a violation."""
    (item, *_) = lists_of(sample(60))["boekingen"]
    assert list(violations("boekingen", {**item, "bedrag": "612.34"}))
    assert list(violations("boekingen", {**item, "boekdatum": "2025-02-30"}))


@cache
def reference_data() -> dict[str, dict[str, str]]:
    """The official codes with their names, by list."""
    found: dict[str, dict[str, str]] = {}
    with (STANDARD / "Referentiedata.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            found.setdefault(row["Soort"], {})[row["Code"]] = row["Naam"].strip()
    return found


LISTS: Final = sorted(name for name in document() if name not in {"BOOKINGS", "UNITS"})


@pytest.mark.parametrize("name", LISTS)
def test_every_code_of_the_table_is_vera_s(name: str) -> None:
    """A code has the name that VERA gives it; a list that is said to be whole has all of VERA's."""
    section: Any = document()[name]
    official = reference_data()[section["list"]]
    for code, described in section["codes"].items():
        assert described["name"] == official[code]
        assert ("becomes" in described) == ("why" in described)
    if section.get("whole"):
        assert codes(name).keys() == official.keys()


def test_every_booking_of_the_table_is_of_vera_s_kinds_and_details() -> None:
    """A booking is named by a kind and a detail that VERA has, and becomes what is meant for it."""
    meant = {"rent", "other", "by-sign", "paid-out", "payment", "credit", "reversal"}
    for combination, becomes in bookings().items():
        kind, detail = combination.split()
        assert kind in reference_data()["BOEKINGSOORT"]
        assert detail == "-" or detail in reference_data()["BOEKINGDETAILSOORT"]
        assert becomes in meant
    assert [it for it, becomes in bookings().items() if becomes == "rent"] == ["VOR PRO"]


def test_every_unit_of_the_table_is_of_vera_s_kinds_and_details() -> None:
    """A detail is of the kind that VERA files it under, and is something that can be let."""
    with (STANDARD / "Referentiedata.csv").open(encoding="utf-8-sig", newline="") as file:
        parents = {
            f"{row['Parent'].removeprefix('EENHEIDSOORT.')} {row['Code']}"
            for row in csv.DictReader(file, delimiter=";")
            if row["Soort"] == "EENHEIDDETAILSOORT"
        }
    assert units().keys() <= parents
    for becomes in (*units().values(), *codes("UNIT_KINDS").values()):
        assert becomes in OBJECTS


class Recording(dict[str, Any]):
    """An item that remembers which of its members were looked at."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        super().__init__(members)
        self.read: set[str] = set()

    def get(self, member: str, default: Any = None) -> Any:
        self.read.add(member)
        return super().get(member, default)


@pytest.mark.parametrize("rents", ["agreement", "price-components"])
def test_every_member_that_is_read_is_in_the_specification(rents: str) -> None:
    """Of every list that is read, nothing is looked for that VERA does not have."""
    served = lists_of(sample())
    read = list(lists(vera_settings({**OPTIONS, "rents": rents, "gross_rent_per": "interval"})))
    assert {it.resource for it in read} == SCHEMAS.keys() - (
        {"prijscomponenten"} if rents == "agreement" else set()
    ) | {"eenheden"}
    for it in read:
        if it.resource == "eenheden":  # the file of Vastgoed is not at hand
            continue
        assert f"/{it.resource}" in specification(SCHEMAS[it.resource][0])["paths"]
        looked_at = set()
        for item in json.loads(as_json(served[it.resource]), parse_float=Decimal):
            recording = Recording(item)
            it.row(Item(it.resource, 1, recording))
            for named in it.ids.values():
                named(Item(it.resource, 1, recording))
            looked_at |= recording.read
        assert "id" in looked_at
        assert looked_at <= names(it.resource)
