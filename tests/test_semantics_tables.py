"""The built-in policies against the tables of the semantics: the text there is what they must say."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Final

import pytest

from huurschuld import Period, Policy, policies
from huurschuld.rules.conditions.language import And, Condition
from huurschuld.rules.conditions.notation import parse
from huurschuld.rules.parameters import written
from huurschuld.rules.sources import SourceKind

NAMES: Final = ("katwijk-2012", "bgs-2021", "katwijk-2021")
PAGE: Final = Path(__file__).parents[1] / "docs" / "semantics.md"


def table(first: str) -> dict[str, list[str]]:
    """The rows of the table with this heading in its first column, by their own first cell."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first} |"))
    found: dict[str, list[str]] = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            return found
        name, *cells = (cell.strip().replace("`", "") for cell in line.strip("|").split("|"))
        found[name] = cells
    return found


def rung(policy: str, column: int) -> list[Condition]:
    """The conditions of a cell of the table of policies, as a policy has them: a list."""
    text = table("policy")[policy][column].replace("≥", ">=")
    parameters = [parameter.name for parameter in policies()[policy].parameters]
    if text in ("both of the above", "either of the above"):
        others = ("katwijk-2012", "bgs-2021")
        return [condition for name in others for condition in rung(name, column)]
    if text.startswith("as "):
        return rung(text.removeprefix("as "), column)
    if column == 1:
        condition = parse(text, parameters, "")
        return list(condition.parts) if isinstance(condition, And) else [condition]
    if text.startswith("not ("):  # not (a and b) is not a, or not b
        parts = text.removeprefix("not (").removesuffix(")").split(" and ")
        return [~parse(part, parameters, "") for part in parts]
    return [parse(part, parameters, "") for part in text.split(" or ")]


def as_set(clauses: object) -> set[Condition]:
    return {clause.when for clause in clauses}  # type: ignore[attr-defined] # clauses and holds


@pytest.mark.parametrize("name", NAMES)
def test_the_conditions_are_those_of_the_text(name: str) -> None:
    """When to refer, to remind and to seek contact: each condition, and no other."""
    policy = policies()[name]
    for column, clauses in enumerate(
        (policy.refer_if_all, policy.remind_if_any, policy.contact_if_any), start=1
    ):
        expected = rung(name, column)
        assert len(clauses) == len(expected)
        assert as_set(clauses) == set(expected)


@pytest.mark.parametrize("name", NAMES)
def test_the_days_in_force_are_those_of_the_text(name: str) -> None:
    """From the first day on, and until the last where there is one."""
    days = re.findall(r"\d{4}-\d\d-\d\d", table("policy")[name][0])
    assert policies()[name].in_force == Period(*map(dt.date.fromisoformat, days))


@pytest.mark.parametrize("name", NAMES)
def test_the_holds_are_those_of_the_text(name: str) -> None:
    """Each hold has the condition of the table and stops what it says, in the policies that it names."""
    expected = {
        hold: (parse(when, (), ""), stops.removeprefix("a "))
        for hold, (when, stops, where, _) in table("hold").items()
        if where == "all" or name in where.split(", ")
    }
    holds = policies()[name].holds
    assert len(holds) == len(expected)
    assert {hold.name: (hold.when, hold.stops) for hold in holds} == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_are_those_of_the_text(name: str) -> None:
    """Each parameter has the value of the table, for every day."""
    column = NAMES.index(name)
    expected = {
        parameter: value
        for names, cells in table("parameter").items()
        for parameter, value in zip(names.split(", "), cells[column].split(", ") * 2, strict=False)
        if value != "–"
    }
    found: dict[str, str] = {}
    for parameter in policies()[name].parameters:
        (dated,) = parameter.values
        assert (dated.since, dated.until) == (None, None)
        found[parameter.name] = str(written(dated.value, parameter.unit))
    assert found == expected


# What the column `source` of the table says; all other numbers are a choice beside nothing.
COVENANT: Final = "Convenant Katwijk"
SOURCES: Final[dict[str, tuple[SourceKind, str, dt.date | None]]] = {
    "referral_months": (SourceKind.COVENANT, COVENANT, dt.date(2012, 6, 29)),
    "min_attempts": (SourceKind.CHOICE, COVENANT, None),
    "min_channels": (SourceKind.CHOICE, COVENANT, None),
    "repeat_days": (SourceKind.CHOICE, "Wgs art. 4(1), 4a(3)", None),
    "signal_days": (SourceKind.CHOICE, "Divosa", None),
    "sustained_days": (
        SourceKind.PRACTICE,
        "Landelijk Convenant Vroegsignalering, VNG",
        dt.date(2020, 12, 15),
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_the_sources_of_the_numbers_are_those_of_the_text(name: str) -> None:
    """What is a choice says so, and no choice passes for what was agreed or is practice."""
    for parameter in policies()[name].parameters:
        (dated,) = parameter.values
        source = dated.source
        expected = SOURCES.get(parameter.name, (SourceKind.CHOICE, None, None))
        assert (source.kind, source.title, source.dated) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_shared_rules_are_those_of_the_text(name: str) -> None:
    """Too early or too little; crisis; family: the same in every policy."""
    policy: Policy = policies()[name]
    parameters = ("grace_days", "floor_cents")
    expected = ("days_overdue < grace_days", "arrears_cents < floor_cents")
    assert as_set(policy.wait_if_any) == {parse(text, parameters, "") for text in expected}
    assert policy.crisis.when == parse("eviction_announced", (), "")
    assert policy.family.when == parse("minor_living_in", (), "")
