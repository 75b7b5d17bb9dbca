"""Leases of VERA that are set aside: what is wrong with one stops no other, and none counts by half."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from test_vera import sample
from test_vera_mapping import (
    Lists,
    add_garage,
    booking,
    lists as lists,  # noqa: PLC0414 - a fixture
    settlement,
)
from vera_server import serving
from vera_source import OPTIONS, code, lists_of, uri

from huurschuld.errors import InputError
from huurschuld.hooks import SetsAside
from huurschuld.plugins.vera import open_vera
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.portfolio.worklist import Worklist
from huurschuld.rules.policies import find_policy
from huurschuld.testing.sample import SAMPLE_DAY

NUMBER: Final = 14
Damage = tuple[str, Callable[[Any], Any]]


def with_(**members: Any) -> Callable[[Any], Any]:
    """An item with other members; None takes one away."""
    return lambda item: {name: it for name, it in {**item, **members}.items() if it is not None}


DAMAGES: Final[dict[str, Damage]] = {
    "an amount as text": ("boekingen", with_(bedrag="veel")),
    "no amount": ("boekingen", with_(bedrag=None)),
    "an unknown kind": ("boekingen", with_(soort=code("ZZZ"))),
    "a kind that VERA leaves open": ("boekingen", with_(soort=code("VOR"), detailSoort=code("EIN"))),
    "a provisional booking": ("boekingen", with_(status=code("VRL"))),
    "no day": ("boekingen", with_(boekdatum=None, vervaldatum=None)),
    "a settlement without an amount": ("afletteringen", with_(bedrag=None)),
    "a settlement of too much": ("afletteringen", with_(bedrag="€99999999")),
    "an unknown status": ("huurovereenkomsten", with_(status=code("ZZZ"))),
    "no first day": ("huurovereenkomsten", with_(begindatum=None)),
    "ended, and no last day": ("huurovereenkomsten", with_(status=code("BEE"), einddatum=None)),
    "a unit that is not there": ("huurovereenkomsten", with_(eenheden=[uri("eenheden", "X")])),
    "a rent in fractions": ("prijscomponenten", with_(bedragInclusiefBtw="€1", begindatum="nu")),
    "a rent of nothing": ("prijscomponenten", with_(bedragInclusiefBtw="€-99999999")),
    "a contact by no channel": ("contactmomenten", with_(kanaal=None)),
    "an unknown unit": ("eenheden", with_(soort=code("ZZZ"), detailSoort=None)),
    "a day of death that is none": ("natuurlijk-personen", with_(overlijdensdatum="gisteren")),
    "a role without a day": ("relatierollen", with_(einddatum="gisteren")),
}


@cache
def whole() -> Lists:
    """The lists of some tenancies."""
    return lists_of(sample(40)[:NUMBER])


def lease_of(listed: Lists, name: str, item: Any) -> str:
    """The lease that an item of our own server concerns, by how its ids are made."""
    of_person = {f"P{n}": str(lease["id"]) for n, lease in enumerate(listed["huurovereenkomsten"])}
    if name == "huurovereenkomsten":
        return str(item["id"])
    if name == "prijscomponenten":
        return str(item["overeenkomst"]["id"])
    if name in {"natuurlijk-personen", "relatierollen", "eenheden"}:
        return of_person["P" + item["id"][1:]]
    if name == "contactmomenten":
        return of_person[item["relaties"][0]["id"]]
    of_booking = {it["id"]: it["overeenkomst"].rpartition("/")[2] for it in listed["boekingen"]}
    return str(of_booking[item["id"] if name == "boekingen" else item["huurBoeking"]["id"]])


def screened(listed: Lists, *, aside: bool, **options: Any) -> Worklist:
    """What a screening makes of these lists."""
    policy = find_policy("bgs-2021")
    with serving(listed) as server:
        ledger = open_vera(base=server.base, first_wait_ms=1, **{**OPTIONS, **options})
        return screen_ledger(ledger, policy, SAMPLE_DAY, {}, assume={}, set_aside=aside, facts=True)


@cache
def rows() -> dict[str, Any]:
    """The rows of all that are on the list, where nothing is wrong."""
    return {row["tenancy"]: row for row in screened(whole(), aside=False).rows}


@settings(max_examples=30)
@given(st.data())
def test_what_is_wrong_with_one_lease_changes_no_other(data: st.DataObject) -> None:
    """It is set aside with its error, at its place; without that the first error refuses all."""
    listed = copy.deepcopy(whole())
    wrong: dict[str, str] = {}
    for _ in range(data.draw(st.integers(1, 3))):
        what = data.draw(st.sampled_from([*DAMAGES]))
        name, damage = DAMAGES[what]
        at = data.draw(st.integers(0, len(listed[name]) - 1))
        wrong[lease_of(whole(), name, listed[name][at])] = what
        listed[name][at] = damage(listed[name][at])
    with pytest.raises(InputError) as caught:
        screened(listed, aside=False)
    found = screened(listed, aside=True)
    aside = found.quarantine
    assert aside is not None
    assert set(aside.names) == set(wrong)
    assert str(caught.value) in {str(it) for it in aside.errors}
    assert found.screened + aside.tenancies == NUMBER
    expected = {name: row for name, row in rows().items() if name not in wrong}
    assert {row["tenancy"]: row for row in found.rows} == expected


@pytest.mark.parametrize("what", DAMAGES)
def test_each_damage_is_one(what: str) -> None:
    """The first item of its list, so that none of them is tried for nothing."""
    name, damage = DAMAGES[what]
    at = next(n for n, it in enumerate(whole()[name]) if it.get("detailSoort") != code("BAN"))
    item = whole()[name][at]
    listed = {**whole(), name: [*whole()[name][:at], damage(item), *whole()[name][at + 1 :]]}
    aside = screened(listed, aside=True).quarantine
    assert aside is not None
    assert aside.names == (lease_of(whole(), name, item),)
    assert all(str(it.place).startswith("vera ") and it.remedy for it in aside.errors)
    assert len({str(it.place) for it in aside.errors}) == len(aside.errors)
    if name == "huurovereenkomsten":
        assert len(aside.errors) == 1


def names_aside(listed: Lists, **options: Any) -> dict[str, list[str]]:
    """The tenancies that are set aside, with the places of what is wrong."""
    with serving(listed) as server:
        ledger = open_vera(base=server.base, first_wait_ms=1, **{**OPTIONS, **options})
        assert isinstance(ledger, SetsAside)
        found: dict[str, list[str]] = {}
        for error, tenancy in ledger.set_aside():
            found.setdefault(tenancy, []).append(str(error.place))
        tables = {name: pl.DataFrame(it) for name, it in ledger.tables().items()}
    listed_there = set(tables["tenancies"]["id"])
    assert set(found) <= listed_there
    for name, table in tables.items():
        if name != "tenancies":
            assert set(found).isdisjoint(table["tenancy"])
    return found


def test_leases_that_one_payment_settles_are_set_aside_together(lists: Lists) -> None:
    """What is left of a payment would otherwise pay something else."""
    add_garage(lists)
    of_garage = {"overeenkomst": uri("huurovereenkomsten", "G")}
    lists["boekingen"] += [
        booking("GR", "VOR PRO", 500, **of_garage),
        booking("GB", "VOR EIN", 500, **of_garage),
        booking("P", "ONT BAN", 800),
    ]
    assert names_aside(lists) == {"G": ["vera boekingen, line 6, column detailSoort"]}
    lists["afletteringen"].append(settlement("g", "P", "GR", 450))
    assert names_aside(lists) == {
        "G": ["vera boekingen, line 6, column detailSoort"],
        "KW-00042": ["vera huurovereenkomsten, line 1, column id"],
    }


def test_what_concerns_several_leases_sets_all_of_them_aside(lists: Lists) -> None:
    """A plan for claims of two, a contact with a tenant of two, and a member of a household of two."""
    add_garage(lists)
    lists["boekingen"].append(booking("GR", "VOR PRO", 500, overeenkomst=uri("huurovereenkomsten", "G")))
    right = copy.deepcopy(lists)
    both = {"G", "KW-00042"}
    lists["betalingsregelingen"] = [
        {
            "id": "B",
            "status": code("ZZZ"),
            "begindatum": "2023-03-01",
            "overeenkomst": uri("overeenkomsten", "KW-00042"),
            "boekingen": [{"id": "GR"}],
        }
    ]
    assert set(names_aside(lists)) == both
    lists = copy.deepcopy(right)
    for lease in lists["huurovereenkomsten"]:
        lease["contactmomenten"] = []
    lists["contactmomenten"][0]["kanaal"] = code("ZZZ")
    assert set(names_aside(lists)) == both
    lists = copy.deepcopy(right)
    for lease in lists["huurovereenkomsten"]:
        lease["relaties"] = [uri("relatiegroepen", "H")]
    member = {"id": "m", "groepen": [{"id": "H"}], "overlijdensdatum": "gisteren"}
    lists["natuurlijk-personen"].append(member)
    assert set(names_aside(lists)) == both


def test_open_items_are_set_aside_by_lease(lists: Lists) -> None:
    """A list that is not whole for one tenant says so of that one."""
    add_garage(lists)
    of_garage = {"overeenkomst": uri("huurovereenkomsten", "G")}
    lists["boekingen"].append(booking("GR", "VOR PRO", 500, saldo="€50", **of_garage))
    assert names_aside(lists) == {"G": ["vera boekingen, line 5, column saldo"]}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("boekingen", {"overeenkomst": None, "bedrag": "veel"}),
        ("boekingen", {"id": None, "overeenkomst": None}),
        ("afletteringen", {"huurBoeking": None, "tegenHuurBoeking": None}),
        ("contactmomenten", {"relaties": [], "kanaal": None, "id": "other"}),
        ("huurovereenkomsten", {"id": None}),
    ],
)
def test_what_may_concern_anybody_refuses_all(lists: Lists, name: str, change: Any) -> None:
    """None can be set aside for it, and none is decided on without it."""
    lists[name].append({**lists[name][0], "afletteringen": [], "id": "new", **change})
    with serving(lists) as server:
        ledger = open_vera(base=server.base, first_wait_ms=1, **OPTIONS)
        assert isinstance(ledger, SetsAside)
        with pytest.raises(InputError, match="not certain which tenancy"):
            ledger.set_aside()


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("afletteringen", {**settlement("g", "P", "GR", 500), "tegenHuurBoeking": None}),
        ("afletteringen", {**settlement("g", "P", "GR", 500), "huurBoeking": {"id": 7}}),
        ("boekingen", booking("B", "ONT BAN", 800, overeenkomst="nowhere")),
        (
            "betalingsregelingen",
            {"id": "R", "status": code("LOP"), "begindatum": "2023-03-01", "boekingen": [{"id": "GR"}]},
        ),
    ],
)
def test_what_may_concern_another_lease_as_well_refuses_all(lists: Lists, name: str, item: Any) -> None:
    """Only one of the two that it names can be read: the other would be decided on without it."""
    add_garage(lists)
    of_garage = {"overeenkomst": uri("huurovereenkomsten", "G")}
    lists["boekingen"] += [booking("GR", "VOR PRO", 500, **of_garage), booking("P", "ONT BAN", 800)]
    lists["afletteringen"].append(settlement("b", "B", "GR", 100))
    lists["boekingen"].append(booking("B", "ONT BAN", 800, **of_garage))
    assert names_aside(lists) == {}
    lists[name] = [it for it in lists[name] if it["id"] != item["id"]] + [item]
    with serving(lists) as server:
        ledger = open_vera(base=server.base, first_wait_ms=1, **OPTIONS)
        assert isinstance(ledger, SetsAside)
        with pytest.raises(InputError, match="not certain which tenancy"):
            ledger.set_aside()


def test_a_kind_that_is_written_below_zero_refuses_all(lists: Lists) -> None:
    """It is about how the source writes, and not about one lease."""
    lists["boekingen"].append(booking("B", "VOR CRE", -500))
    with serving(lists) as server:
        ledger = open_vera(base=server.base, first_wait_ms=1, **OPTIONS)
        assert isinstance(ledger, SetsAside)
        with pytest.raises(InputError, match="option negative"):
            ledger.set_aside()


def test_a_right_source_sets_nobody_aside() -> None:
    """And gives the same rows."""
    found = screened(whole(), aside=True)
    assert found.quarantine is not None
    assert (found.quarantine.tenancies, found.quarantine.errors) == (0, ())
    assert {row["tenancy"]: row for row in found.rows} == rows()
