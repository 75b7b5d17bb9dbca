"""Situations from practice that once got a wrong answer or none, and what each should give now.

The situations are beside the project: small inputs, made up after public reports of what landlords'
systems and case workers meet.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import polars as pl
import pytest
from referring import NOON, RECEIVER, WHO, person, to_refer
from tables import Given
from vera_server import serving
from vera_source import code, uri

from huurschuld import Advice, Decision, Tenancy, decide, read_portfolio, screen
from huurschuld.errors import HuurschuldError, InputError
from huurschuld.model.casefile import parse_case
from huurschuld.model.referral import ContactDetails
from huurschuld.plugins.portfolio import open_folder
from huurschuld.plugins.vera import open_vera
from huurschuld.portfolio.screening import screen_ledger
from huurschuld.referrals import confirm, create_outbox, propose
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy_reading import policy_of_case

SITUATIONS: Final = Path(__file__).parents[1] / "../shared/situations"
pytestmark = pytest.mark.skipif(
    not SITUATIONS.is_dir(), reason="the situations are not beside the project"
)

AS_OF: Final = dt.date(2026, 10, 20)
FLAGS: Final = ("reached", "about_arrears", "reminder", "debt_help", "offers_sharing")
OPTIONS: Final[dict[str, Any]] = {
    "contact_records": ["direction", *FLAGS],
    "contact_kinds": {
        "X-HUUR 01111": list(FLAGS[1:]),
        "X-HUUR 01000": ["about_arrears"],
    },
}
Lists = dict[str, list[Any]]


def test_every_situation_is_tried() -> None:
    """None of those beside the project is passed over here."""
    text = Path(__file__).read_text("utf-8")
    assert all(f'"{it.name}"' in text for it in SITUATIONS.iterdir() if it.is_dir())


def vera(name: str) -> Lists:
    """The lists that a VERA server answers in a situation."""
    files = sorted((SITUATIONS / name / "vera").glob("*.json"))
    assert files
    return {it.stem: json.loads(it.read_text("utf-8")) for it in files}


def leases(lists: Lists, **options: Any) -> dict[str, Tenancy]:
    """The tenancies in these lists by id, objections and signals known to be none."""
    with serving(lists) as server:
        ledger = open_vera(base=server.base, first_wait_ms=1, **{**OPTIONS, **options})
        found = read_portfolio(ledger).tenancies
    return {it.id: attrs.evolve(it, objections=(), signals=()) for it in found}


def decided(it: Tenancy, policy: str = "bgs-2021") -> Decision:
    """The decision as of the day of the situations."""
    return decide(it, policy, AS_OF)


def test_a_plan_for_an_invoice_covers_no_rent() -> None:
    """It names one booking, an invoice: the rent arrears are as open as without it."""
    decision = decided(leases(vera("01-vera-plan-for-an-invoice"))["L1"])
    assert decision.facts.arrears_cents == 180_000
    assert not decision.facts.plan_in_force
    assert decision.advice is Advice.REFER


def test_a_plan_for_rent_covers_that_rent_alone() -> None:
    """Of the claims that a plan names; one that names none covers its own amount."""
    lists = vera("01-vera-plan-for-an-invoice")
    (plan,) = lists["betalingsregelingen"]
    plan |= {
        "bedrag": 1450.00,
        "saldo": 1450.00,
        "boekingen": [{"id": "F1"}, {"id": "R8"}, {"id": "R9"}],
    }
    assert [it.cents for it in leases(lists)["L1"].plans or ()] == [120_000]
    assert decided(leases(lists)["L1"]).advice is Advice.REFER  # the last term is not in it
    plan["boekingen"].append({"id": "R10"})
    assert decided(leases(lists)["L1"]).advice is Advice.REFER  # € 1,450 of € 1,800
    plan["saldo"] = plan["bedrag"] = 1800.00
    assert decided(leases(lists)["L1"]).advice is Advice.HOLD
    plan["boekingen"] = []
    lists["boekingen"][-1].pop("betalingsregelingen")
    assert [it.cents for it in leases(lists)["L1"].plans or ()] == [180_000]


def test_service_costs_are_claimed_or_given_back_by_their_sign() -> None:
    """Above zero a claim that is no rent; below zero a credit, settled with the rent of its lease."""
    found = leases(vera("02-vera-service-costs-both-signs"))
    assert [(it.kind, it.cents) for it in found["L1"].entries if it.id == "SK1"] == [("other", 30_000)]
    assert decided(found["L1"]).facts.arrears_cents == 120_000
    assert decided(found["L2"]).facts.arrears_cents == 30_000


@pytest.mark.parametrize("policy", ["bgs-2021", "katwijk-2021"])
def test_a_rent_by_the_quarter_is_three_months(policy: str) -> None:
    """€ 1,800 a quarter is € 600 a month."""
    decision = decided(leases(vera("04-vera-prolongatieinterval"))["L1"], policy)
    assert decision.facts.months == 3 * 10**9
    assert decision.advice is Advice.REFER


def test_a_rent_by_the_week_is_less_than_half_a_month() -> None:
    """€ 150 a week: one week is 12/52 of a month."""
    lists = vera("04-vera-prolongatieinterval")
    lists["huurovereenkomsten"][0]["prolongatieInterval"] = "P7D"
    lists["prijscomponenten"][0]["bedragInclusiefBtw"] = 150
    lists["boekingen"][0]["bedrag"] = 150
    months = decided(leases(lists)["L1"]).facts.months
    assert months == 12 * 10**9 // 52


def test_a_list_of_open_items_is_refused_or_counted_as_that() -> None:
    """€ 650 is open, never the € 1,200 that the claims were."""
    lists = vera("05-vera-open-items-only")
    with pytest.raises(InputError) as caught:
        leases(lists)
    assert str(caught.value.place) == "vera boekingen, line 1, column saldo"
    assert "open_items" in str(caught.value.remedy)
    decision = decided(leases(lists, open_items="counted")["L1"])
    assert decision.facts.arrears_cents == 65_000


def test_part_of_a_collection_is_taken_back() -> None:
    """€ 600 of € 1,200 for two terms: one of the two is open again, and the term after."""
    lists = vera("10-vera-partial-storno")
    decision = decided(leases(lists)["L1"])
    assert decision.facts.arrears_cents == 120_000
    (storno,) = [it for it in lists["boekingen"] if it["id"] == "S8"]
    storno["bedrag"] = 607.50
    with_costs = leases(lists)["L1"]
    (costs,) = [it for it in with_costs.entries if it.kind == "other"]
    assert costs.cents == 750
    assert decided(with_costs).facts.arrears_cents == 120_000


def garage(told: Mapping[str, str]) -> dict[str, Decision]:
    """The decisions of the portfolio of a home and a garage, with what its table says is let."""
    tables: dict[str, Any] = dict(
        open_folder(folder=str(SITUATIONS / "03-garage-referred" / "hg")).tables()
    )
    if told:
        frame = pl.DataFrame(tables["tenancies"])
        given = [told[name] for name in frame["id"]]
        tables["tenancies"] = frame.with_columns(pl.Series("object", given))

    return {it.id: decided(it) for it in read_portfolio(Given(tables)).tenancies}


def test_a_garage_is_no_home() -> None:
    """Once the table says so; until then it is taken for a dwelling."""
    decisions = garage({"HOME": "dwelling", "GARAGE": "parking"})
    assert decisions["HOME"].advice is Advice.REFER
    assert decisions["GARAGE"].advice is Advice.HOLD
    assert decisions["GARAGE"].holds == ("not-a-dwelling",)
    assert {it.advice for it in garage({}).values()} == {Advice.REFER}


def test_a_garage_in_vera_is_known_by_its_unit() -> None:
    """Of a lease of VERA the unit (eenheid) says what is let."""
    lists = vera("10-vera-partial-storno")
    for n, kind in ((0, "WOO"), (1, "PAR")):
        lists["huurovereenkomsten"][n]["eenheden"] = [uri("eenheden", f"E{n}")]
        lists.setdefault("eenheden", []).append({"id": f"E{n}", "soort": code(kind)})
    records = ["contacts", "plans", "disputes", "deaths", "units"]
    found = leases(lists, records=records)
    assert {name: it.object for name, it in found.items()} == {"L1": "dwelling", "L2": "parking"}


@pytest.mark.parametrize("name", ["rf", "rf2"])
def test_what_was_paid_back_no_longer_pays_rent(name: str) -> None:
    """Paid twice, one paid back: with the kind `refund` one term is open."""
    case = json.loads((SITUATIONS / "12-refund-as-other" / f"{name}.json").read_text("utf-8"))
    entries = case["tenancy"]["entries"]
    (given,) = [it for it in entries if it["id"] == "u"]
    refund = {"id": "u", "kind": "refund", "booked": given["due"], "cents": given["cents"]}
    others = [{k: v for k, v in it.items() if k != "settles"} for it in entries if it is not given]
    case["tenancy"]["entries"] = [*others, refund]
    loaded = parse_case(json.dumps(case))
    assert decided(loaded.tenancy).facts.arrears_cents == 60_000


MORATORIUM: Final = {
    "extends": "bgs-2021",
    "name": "katwijk-moratorium",
    "title": {"nl": "Met moratorium", "en": "With a moratorium"},
    "facts": [
        {
            "name": "moratorium",
            "label": {"nl": "moratorium van kracht", "en": "moratorium in force"},
            "unit": "flag",
            "default": False,
        }
    ],
    "holds": [
        {
            "name": "in-moratorium",
            "when": "moratorium",
        }
    ],
}
"""A municipality's policy that holds what a court has frozen (moratorium, Wgs art. 5)."""


@pytest.mark.parametrize("name", ["mor1", "mor2", "mor3"])
def test_a_moratorium_holds_by_a_fact_of_ones_own(name: str) -> None:
    """While it is in force, and not without it: the debt is frozen and the rent is paid."""
    case = json.loads((SITUATIONS / "14-moratorium" / f"{name}.json").read_text("utf-8"))
    case["policy"] = MORATORIUM
    frozen = {"name": "moratorium", "value": True, "from": "2026-08-01", "until": "2027-01-31"}
    for facts, held in (([frozen], True), ([], False)):
        case["tenancy"]["facts"] = facts
        loaded = parse_case(json.dumps(case))
        decision = decide(loaded.tenancy, policy_of_case(loaded), loaded.as_of)
        assert ("in-moratorium" in decision.holds) is held
        assert decision.advice is Advice.HOLD or not held


def by_reading(folder: Path) -> object:
    """Read the portfolio of a folder."""
    return read_portfolio(open_folder(folder=str(folder)))


def by_screening(folder: Path) -> object:
    """Screen the portfolio of a folder on columns."""
    ledger = open_folder(folder=str(folder))
    return screen_ledger(ledger, find_policy("bgs-2021"), AS_OF, {}, assume={}, step=lambda _: None)


def by_frames(folder: Path) -> object:
    """Screen the frames of pandas themselves."""
    pandas = pytest.importorskip("pandas", reason="pandas reads the files")
    tables = {it.stem: pandas.read_parquet(it) for it in folder.glob("*.parquet")}
    return screen(tables, "bgs-2021", AS_OF)


@pytest.mark.parametrize("way_in", [by_reading, by_screening, by_frames])
def test_cents_that_pandas_made_float_are_refused_with_what_to_do(
    tmp_path: Path, way_in: Callable[[Path], object]
) -> None:
    """The message names the type of the column, and how to write whole numbers; by every way in."""
    pytest.importorskip("pandas", reason="pandas writes the files")
    script = SITUATIONS / "15-pandas-parquet" / "pq.py"
    command = [sys.executable, str(script), str(tmp_path / "p")]
    subprocess.run(command, check=True, timeout=120)  # noqa: S603 - a script of the situations
    with pytest.raises(HuurschuldError) as caught:
        way_in(tmp_path / "p")
    assert caught.value.code == "invalid-value"
    place = str(caught.value.place)
    assert place.startswith("entries")
    assert place.endswith("line 2, column cents")
    assert "float64" in str(caught.value)
    assert "Int64" in caught.value.remedy


def test_who_confirms_is_told_that_two_referrals_have_one_address(tmp_path: Path) -> None:
    """Where no table says what is let, a home and its garage are two referrals of one household."""

    class OneAddress:
        def contact_details(self, tenancy: str) -> ContactDetails:
            return person("tenancy-1" if tenancy in {"HOME", "GARAGE"} else tenancy)

    decisions = [*garage({}).values(), to_refer("tenancy-2", as_of=AS_OF)]
    with create_outbox(tmp_path / "o", clock=lambda: NOON) as outbox:
        made = propose(outbox, decisions, batch="b").keys
        first = confirm(outbox, made[:1], by=WHO, contacts=OneAddress(), receiver=RECEIVER)
        assert first.one_address == ()
        others = confirm(outbox, made[1:], by=WHO, contacts=OneAddress(), receiver=RECEIVER)
        assert others.one_address == (made[:2],)
