"""One ledger as other sources write it by VERA: other signs, balances, codes, open items only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import oracle
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st
from test_vera_mapping import (
    Lists,
    add_garage,
    booking,
    entry,
    facts,
    lists as lists,  # noqa: PLC0414 - a fixture
    part,
    refused,
    settlement,
    tables,
)
from vera_server import serving
from vera_source import OPTIONS, carried, code, lists_of, uri

from huurschuld import Tenancy, decide, dump_tenancy, read_portfolio
from huurschuld.errors import HuurschuldError, InputError, InvalidValue, UnknownField
from huurschuld.hooks import TellsNotices
from huurschuld.plugins.vera import open_vera
from huurschuld.plugins.vera.codes import own_codes
from huurschuld.testing import AS_OF, tenancies

DAY = dt.date


def cents_of(item: Any) -> int:
    """The amount of a booking or settlement of our own server."""
    return int(str(item["bedrag"]).removeprefix("€"))


def negated(item: Any) -> Any:
    """The same with the other sign."""
    return {**item, "bedrag": f"€{-cents_of(item)}"}


class TestSigns:
    """A claim below zero gives back, and a payment below zero was taken back."""

    @pytest.mark.parametrize("combination", ["VOR PRO", "VOR FAC", "VOR BOR", "SKS -"])
    def test_a_claim_below_zero_is_a_credit(self, lists: Lists, combination: str) -> None:
        """Each booking by its own sign: with one above zero that is a claim."""
        lists["boekingen"] += [booking("A", combination, 500), booking("B", combination, -500)]
        found = tables(lists)["entries"]
        assert entry(found, "A")["kind"] == ("rent" if combination == "VOR PRO" else "other")
        assert (entry(found, "B")["kind"], entry(found, "B")["cents"]) == ("credit", 500)
        assert "due" not in entry(found, "B")

    @pytest.mark.parametrize("sign", [1, -1])
    def test_a_claim_below_zero_settles_another(self, lists: Lists, sign: int) -> None:
        """Whether the settlement is written above zero or below it."""
        lists["boekingen"] += [booking("A", "VOR PRO", 50_000), booking("B", "VOR PRO", -20_000)]
        lists["afletteringen"].append(settlement("x", "B", "A", sign * 20_000))
        assert entry(tables(lists)["entries"], "B")["settles"] == "A"
        assert facts(lists).arrears_cents == 30_000

    @pytest.mark.parametrize("combination", ["VOR PRO", "VOR FAC", "ONT BAN", "VOR CRE"])
    def test_a_kind_that_is_below_zero_altogether_is_not_guessed(
        self, lists: Lists, combination: str
    ) -> None:
        """The source may write all of it so, which means the opposite; the options say what it is."""
        lists["boekingen"] = [booking("A", combination, 500), booking("B", combination, -501)]
        lists["afletteringen"] = []
        assert refused(lists) == ("vera boekingen, line 2, column bedrag", "invalid-value")
        if combination.startswith("VOR"):
            found = tables(lists, bookings={combination: "by-sign"})["entries"]
            assert entry(found, "B")["kind"] == "credit"

    def test_a_source_that_writes_payments_below_zero_says_so(self, lists: Lists) -> None:
        """Then one above zero is what the bank took back."""
        lists["boekingen"] = [
            booking("R", "VOR PRO", 60_000),
            booking("P", "ONT BAN", -60_000),
            booking("S", "ONT BAN", 60_000, boekdatum="2023-02-20"),
            booking("Q", "ONT BAN", -60_000, boekdatum="2023-03-20"),
        ]
        lists["afletteringen"] = [settlement("a", "R", "P", 60_000), settlement("b", "S", "P", 60_000)]
        found = tables(lists, negative=["ONT BAN"])["entries"]
        assert entry(found, "S")["reverses"] == "P"
        assert entry(found, "Q")["kind"] == "payment"
        lists["afletteringen"].pop()
        place = "vera boekingen, line 3, column afletteringen"
        assert refused(lists, negative=["ONT BAN"]) == (place, "missing-field")

    @pytest.mark.parametrize("combination", ["VOR CRE", "MEM AFB", "ONT BAN"])
    def test_what_came_or_was_given_below_zero_is_taken_back(
        self, lists: Lists, combination: str
    ) -> None:
        """A credit note, a write-off or a payment, as far as the settlement with it says."""
        lists["boekingen"] = [
            booking("R", "VOR PRO", 60_000),
            booking("P", combination, 60_000),
            booking("Q", combination, -20_000, boekdatum="2023-02-20"),
        ]
        lists["afletteringen"] = [settlement("a", "P", "R", 60_000), settlement("b", "Q", "P", -20_000)]
        found = entry(tables(lists)["entries"], "Q")
        assert (found["kind"], found["reverses"], found["cents"]) == ("reversal", "P", 20_000)
        assert facts(lists).arrears_cents == 20_000

    @pytest.mark.parametrize("combination", ["UIT BAN", "ONT STO"])
    def test_what_went_back_is_never_below_zero(self, lists: Lists, combination: str) -> None:
        """It is not said what that would be."""
        lists["boekingen"].append(booking("U", combination, -500))
        assert refused(lists) == ("vera boekingen, line 5, column bedrag", "invalid-value")


def ends(it: Any) -> tuple[str, str]:
    """The two bookings of a settlement."""
    return (it["huurBoeking"]["id"], it["tegenHuurBoeking"]["id"])


def same_facts(it: Tenancy, lists: Lists, **options: Any) -> None:
    """A tenancy is decided on as it is, when it comes from these lists."""
    records = ["deaths", "units"]
    records += [name for name in ("contacts", "plans", "disputes") if getattr(it, name) is not None]
    with serving(lists) as server:
        ledger = open_vera(base=server.base, **{**OPTIONS, "records": records, **options})
        (back,) = read_portfolio(ledger).tenancies
    policy = "katwijk-2021"
    assert decide(back, policy, AS_OF).facts == decide(it, policy, AS_OF).facts
    assert decide(back, policy, AS_OF).advice is decide(it, policy, AS_OF).advice


KNOWN: Any = {"household": None, "objections": None, "signals": None, "eviction": None}


@settings(max_examples=25)
@given(st.data())
def test_signs_change_no_decision(data: st.DataObject) -> None:
    """Payments below zero, credits as claims below zero, settlements of either sign: the same facts."""
    it = carried(data.draw(tenancies(**KNOWN)))
    lists = lists_of([it])
    payments = data.draw(st.booleans())
    below = set[str]()
    for n, one in enumerate(lists["boekingen"]):
        kind = (one["soort"]["code"], one["detailSoort"]["code"])
        if (kind == ("ONT", "BAN") and payments) or (
            kind == ("VOR", "CRE") and data.draw(st.booleans())
        ):
            below.add(one["id"])
            lists["boekingen"][n] = negated(one)
            if kind == ("VOR", "CRE"):
                lists["boekingen"][n] |= {"soort": code("SKS"), "detailSoort": code("FAC")}
    pairs = {ends(one): data.draw(st.booleans()) for one in lists["afletteringen"]}
    lists["afletteringen"] = [
        negated(one) if pairs[ends(one)] and not below.isdisjoint(ends(one)) else one
        for one in lists["afletteringen"]
    ]
    same_facts(it, lists, negative=["ONT BAN"] if payments else [])


@settings(max_examples=25)
@given(st.data())
def test_balances_of_a_whole_list_change_no_decision(data: st.DataObject) -> None:
    """Where the source also says what is open of each booking, nothing is refused or changes."""
    it = carried(data.draw(tenancies(**KNOWN)))
    lists = lists_of([it])
    settled: defaultdict[str, int] = defaultdict(int)
    for one in lists["afletteringen"]:
        for name in ends(one):
            settled[name] += cents_of(one)
    for one in lists["boekingen"]:
        left = max(0, cents_of(one) - settled[one["id"]])
        if data.draw(st.booleans()):
            one["saldo"] = f"€{left}"
        status = "VOL" if left == 0 else "NIE" if left == cents_of(one) else "DEE"
        one["afletterstatus"] = code(status)
    same_facts(it, lists)


def open_items(it: Tenancy) -> Lists:
    """What a source of open items would list on the day: the claims of which something is open."""
    lists = lists_of([it])
    document = dump_tenancy(it)
    ledger = oracle.Ledger(document, 1)
    still_open = {claim.id: cents for claim, cents in ledger.open_on(AS_OF)}
    kept = list[Any]()
    for one in lists["boekingen"]:
        name = one["id"].partition("#")[2]
        if still_open.get(name):
            kept.append({**one, "saldo": f"€{still_open[name]}"})
    return {**lists, "boekingen": kept, "afletteringen": []}


@settings(max_examples=25)
@given(st.data())
def test_a_list_of_open_items_never_gives_other_arrears(data: st.DataObject) -> None:
    """As counted for their balance they are those of the day; else the list is refused, or the same."""
    it = carried(data.draw(tenancies(**KNOWN, plans=None, disputes=None, contacts=None)))
    lists = open_items(it)
    expected = decide(it, "bgs-2021", AS_OF).facts.arrears_cents
    for option in ("counted", "refuse"):
        with serving(lists) as server:
            more: Any = {"records": ["deaths", "units"], "open_items": option}
            ledger = open_vera(base=server.base, **{**OPTIONS, **more})
            try:
                (back,) = read_portfolio(ledger).tenancies
            except InputError as error:
                refusal = (option, "open_items" in error.remedy)
                back = None
        if back is None:
            assert refusal == ("refuse", True)
            continue
        assert decide(back, "bgs-2021", AS_OF).facts.arrears_cents == expected


class TestWhole:
    """What `saldo` and `afletterstatus` say is settled is in the list, at either end."""

    @pytest.mark.parametrize(
        "told",
        [{"saldo": "€0"}, {"saldo": "€100"}, {"saldo": "€-100"}, {"afletterstatus": code("VOL")}],
    )
    def test_a_payment_whose_claim_is_not_listed_pays_no_other(self, lists: Lists, told: Any) -> None:
        """The claim that it settled is not among the open ones; the payment would pay one of these."""
        claim = booking("R", "VOR PRO", 60_000, saldo="€60000")
        lists |= {"boekingen": [claim, booking("P", "ONT BAN", 60_000, **told)], "afletteringen": []}
        assert refused(lists) == ("vera boekingen, line 2, column saldo", "invalid-value")
        lists["boekingen"][1] |= {"saldo": "€0"}
        assert facts(lists, open_items="counted").arrears_cents == 60_000

    def test_what_settles_nothing_yet_may_explain_it(self, lists: Lists) -> None:
        """A source without settlements, whose claims and payments both say that they are settled."""
        lists |= {
            "boekingen": [
                booking("R", "VOR PRO", 60_000, saldo="€0"),
                booking("S", "VOR PRO", 60_000, saldo="€60000", vervaldatum="2023-03-12"),
                booking("P", "ONT BAN", 60_000, afletterstatus=code("VOL")),
            ],
            "afletteringen": [],
        }
        assert facts(lists).arrears_cents == 60_000


class TestCodes:
    """A code that VERA does not have can be said in the configuration."""

    @pytest.mark.parametrize(
        ("name", "member", "listed", "word"),
        [
            ("huurovereenkomsten", "soort", "OVEREENKOMSTSOORT", "tenancy"),
            ("huurovereenkomsten", "detailSoort", "OVEREENKOMSTDETAILSOORT", "tenancy"),
            ("huurovereenkomsten", "status", "OVEREENKOMSTSTATUS", "tenancy"),
            ("prijscomponenten", "soort", "PRIJSCOMPONENTSOORT", "net"),
            ("boekingen", "status", "BOEKINGSTATUS", "booked"),
            ("boekingen", "afletterstatus", "AFLETTERSTATUS", "open"),
            ("contactmomenten", "richting", "COMMUNICATIERICHTING", "out"),
        ],
    )
    def test_a_new_code_is_refused_until_it_is_said(
        self, lists: Lists, name: str, member: str, listed: str, word: str
    ) -> None:
        """The message names the option and the words that there are; then all is as it was."""
        before = tables(lists)
        lists[name][0][member] = code("NEW")
        with pytest.raises(InvalidValue) as caught:
            tables(lists)
        assert str(caught.value.place) == f"vera {name}, line 1, column {member}"
        assert f"codes.{listed}" in caught.value.remedy
        assert all(it in caught.value.remedy for it in own_codes()[listed])
        after = tables(lists, codes={listed: {"NEW": word}})
        assert all(after[it].equals(before[it]) for it in before)

    @pytest.mark.parametrize(
        ("listed", "name", "word", "there"),
        [
            ("BETALINGSREGELINGSTATUS", "betalingsregelingen", "running", True),
            ("BETALINGSREGELINGSTATUS", "betalingsregelingen", "left-out", False),
            ("HUURGESCHILSTATUS", "huurgeschillen", "running", True),
        ],
    )
    def test_a_status_of_a_plan_or_dispute_can_be_said(
        self, lists: Lists, listed: str, name: str, word: str, there: bool
    ) -> None:
        """Also one that means that it does not count."""
        lists[name] = [
            {
                "id": "X",
                "status": code("NEW"),
                "begindatum": "2023-01-01",
                "overeenkomst": uri("overeenkomsten", "KW-00042"),
                "huurovereenkomst": {"id": "KW-00042"},
            }
        ]
        assert refused(lists) == (f"vera {name}, line 1, column status", "invalid-value")
        table = {"betalingsregelingen": "plans", "huurgeschillen": "disputes"}[name]
        assert tables(lists, codes={listed: {"NEW": word}})[table].height == there

    def test_a_role_can_be_said(self, lists: Lists) -> None:
        """One that is not among those that matter has no effect; once said it has."""
        lists["natuurlijk-personen"] = [{"id": "P0", "overlijdensdatum": "2024-01-05"}, {"id": "Q"}]
        lists["huurovereenkomsten"][0]["relaties"].append(uri("relaties", "Q"))
        roles = [("1", "HUU", "P0"), ("2", "PAR", "Q")]
        lists["relatierollen"] = [
            {"id": name, "soort": code(kind), "relatie": {"id": of}} for name, kind, of in roles
        ]
        assert tables(lists)["tenancies"]["deceased"].to_list() == [DAY(2024, 1, 5)]
        told = {"RELATIEROLSOORT": {"PAR": "co-tenant"}}
        assert tables(lists, codes=told)["tenancies"]["deceased"].to_list() == [None]

    def test_a_word_of_ones_own_goes_before_that_of_the_table(self, lists: Lists) -> None:
        """A frozen plan counts as running here; a corporation may say that it does not count."""
        lists["betalingsregelingen"] = [
            {
                "id": "X",
                "status": code("BEV"),
                "begindatum": "2023-01-01",
                "overeenkomst": uri("overeenkomsten", "KW-00042"),
            }
        ]
        assert tables(lists)["plans"].height == 1
        told = {"BETALINGSREGELINGSTATUS": {"BEV": "left-out"}}
        assert tables(lists, codes=told)["plans"].is_empty()

    @pytest.mark.parametrize(
        ("given", "place", "error"),
        [
            ({"NOSUCHLIST": {}}, "/codes/NOSUCHLIST", UnknownField),
            ({"BOEKINGSOORT": {"A": "rent"}}, "/codes/BOEKINGSOORT", UnknownField),
            ({"BOEKINGSTATUS": {"A": "rent"}}, "/codes/BOEKINGSTATUS", InvalidValue),
            ({"BOEKINGSTATUS": "booked"}, "/codes/BOEKINGSTATUS", InvalidValue),
            ("booked", "/codes", InvalidValue),
        ],
    )
    def test_what_is_no_list_or_word_is_refused(
        self, given: Any, place: str, error: type[HuurschuldError]
    ) -> None:
        """When the ledger is opened, at its place; the lists and words that there are are told."""
        with pytest.raises(error) as caught:
            open_vera(base="https://vera.example.nl", codes=given)
        assert caught.value.place == place
        assert caught.value.remedy


class TestNotices:
    """What a person should know, though nothing is wrong."""

    def told(self, lists: Lists, **options: Any) -> list[tuple[str, str]]:
        """The places, and the first words of what is told there."""
        with serving(lists) as server:
            ledger = open_vera(base=server.base, **{**OPTIONS, **options})
            assert isinstance(ledger, TellsNotices)
            assert not ledger.notices()  # nothing was read yet
            ledger.tables()
        return [(str(place), text.partition(":")[0]) for place, text, _ in ledger.notices()]

    def test_a_renewed_lease_is_told(self, lists: Lists) -> None:
        """Of the same tenant and unit: what is owed on the one before counts there."""
        assert self.told(lists) == []
        add_garage(lists)
        lists["huurovereenkomsten"][0]["einddatum"] = "2023-02-28"
        lists["huurovereenkomsten"][1]["begindatum"] = "2023-03-01"
        lists["huurovereenkomsten"][1].pop("contactmomenten")
        place = "vera huurovereenkomsten, line 2, column eenheden"
        told = "this lease is of the same tenant and unit as an earlier one"
        assert self.told(lists) == [(place, told)]
        lists["huurovereenkomsten"][1]["eenheden"] = [uri("eenheden", "E9")]
        lists["eenheden"].append({"id": "E9", "soort": code("PAR")})
        assert self.told(lists) == []  # another unit

    @pytest.mark.parametrize(("role", "told"), [("HUU", 1), ("BWI", 0)])
    def test_an_administrator_makes_no_renewal(self, lists: Lists, role: str, told: int) -> None:
        """The next tenant of the unit may have the same administrator (bewindvoerder)."""
        add_garage(lists)
        lists["huurovereenkomsten"][0]["einddatum"] = "2023-02-28"
        lists["huurovereenkomsten"][1] |= {"begindatum": "2023-03-01", "contactmomenten": []}
        for n, lease in enumerate(lists["huurovereenkomsten"]):
            lease["relaties"] = [uri("relaties", f"T{n}"), uri("relaties", "B")]
        lists["relatierollen"] = [{"id": "1", "soort": code(role), "relatie": {"id": "B"}}]
        assert len(self.told(lists)) == told

    def test_a_contact_that_counts_for_several_leases_is_told_once(self, lists: Lists) -> None:
        """At the first such contact; one that a lease names counts for that alone."""
        (lease,) = lists["huurovereenkomsten"]
        lists["eenheden"].append({"id": "E9", "soort": code("PAR")})
        add_garage(lists)
        lists["huurovereenkomsten"][1] |= {"eenheden": [uri("eenheden", "E9")], "contactmomenten": []}
        assert self.told(lists) == []
        lease.pop("contactmomenten")
        ((place, _),) = self.told(lists)
        assert place == "vera contactmomenten, line 1, column relaties"

    def test_a_source_without_units_is_told(self, lists: Lists) -> None:
        """Every lease counts as one of a home there; the address of their API is enough to read them."""
        lists.pop("eenheden")
        records = ["contacts", "plans", "disputes", "deaths"]
        ((place, text),) = self.told(lists, records=records)
        assert place == "vera huurovereenkomsten, line 0, column eenheden"
        assert text.startswith("no units are read")


def test_units_are_read_once_the_address_of_their_api_is_given(lists: Lists) -> None:
    """Without `records` being said: an address of Vastgoed is of use for nothing else."""
    options = {name: it for name, it in OPTIONS.items() if name != "records"}
    with serving(lists) as server:
        whole = open_vera(base=server.base, vastgoed=server.base, **options)
        assert "object" in pl.DataFrame(whole.tables()["tenancies"]).columns
        without = open_vera(base=server.base, **options)
        assert "object" not in pl.DataFrame(without.tables()["tenancies"]).columns


def test_a_part_of_the_rent_of_ones_own_counts_with_it(lists: Lists) -> None:
    """An amount that is due with the rent each month, by a code that VERA does not have."""
    lists["prijscomponenten"].append(part("x", "NEW", 1_000, DAY(2023, 1, 1)))
    assert refused(lists) == ("vera prijscomponenten, line 3, column soort", "invalid-value")
    with_it = tables(lists, codes={"PRIJSCOMPONENTSOORT": {"NEW": "monthly"}})["rents"]["cents"][0]
    without = tables(lists, codes={"PRIJSCOMPONENTSOORT": {"NEW": "left-out"}})["rents"]["cents"][0]
    assert with_it - without == 1_000
