"""What each member of VERA becomes, by example, and what is refused rather than guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import attrs
import polars as pl
import pytest
from hypothesis import given, strategies as st
from test_vera_faults import source
from vera_server import Fault, serving
from vera_source import OPTIONS, as_json, code, lists_of, moment, uri

from huurschuld import Contact, Dispute, Facts, Plan, Rent, Reversal, Tenancy, decide, read_portfolio
from huurschuld.errors import HuurschuldError, InputError, InvalidValue
from huurschuld.plugins.vera import open_vera
from huurschuld.plugins.vera.items import Item, Malformed, parse

DAY = dt.date
Lists = dict[str, list[dict[str, Any]]]


@pytest.fixture
def lists() -> Lists:
    """One lease with a claim of rent of two months, the first of them paid."""
    return lists_of([source(2)]) | {"relatierollen": [], "natuurlijk-personen": []}


def tables(lists: Lists, **options: Any) -> dict[str, pl.DataFrame]:
    """The tables of these lists."""
    with serving(lists) as server:
        ledger = open_vera(base=server.base, first_wait_ms=1, **{**OPTIONS, **options})
        return {name: pl.DataFrame(it) for name, it in ledger.tables().items()}


def refused(lists: Lists, **options: Any) -> tuple[str, str]:
    """The place and code of the error; none of the ids or amounts is in it."""
    with pytest.raises(HuurschuldError) as caught:
        tables(lists, **options)
    for hidden in ("KW-00042", "61234", "612.34", "Jansen"):
        assert hidden not in str(caught.value)
    assert caught.value.remedy
    assert caught.value.__cause__ is None
    return str(caught.value.place), caught.value.code


def tenancy(lists: Lists, **options: Any) -> Tenancy:
    """The one lease."""
    with serving(lists) as server:
        (it,) = read_portfolio(open_vera(base=server.base, **{**OPTIONS, **options})).tenancies
    return it


def facts(lists: Lists, **options: Any) -> Facts:
    """What is decided on of the one lease, some months later."""
    return decide(tenancy(lists, **options), "bgs-2021", DAY(2023, 6, 1)).facts


def booking(name: str, combination: str, cents: int = 10_000, **more: Any) -> Any:
    """A booking of the lease, by its kind and detail."""
    kind, detail = combination.split()
    return {
        "id": name,
        "soort": code(kind),
        **({} if detail == "-" else {"detailSoort": code(detail)}),
        "boekdatum": "2023-02-10",
        "vervaldatum": "2023-02-12",
        "bedrag": f"€{cents}",
        "overeenkomst": uri("huurovereenkomsten", "KW-00042"),
        **more,
    }


def settlement(name: str, one: str, other: str, cents: int) -> Any:
    """A settlement of two bookings."""
    ends = {"huurBoeking": {"id": one}, "tegenHuurBoeking": {"id": other}}
    return {"id": name, "datum": "2023-02-10", "bedrag": f"€{cents}", **ends}


def entry(frame: pl.DataFrame, name: str) -> dict[str, Any]:
    """One entry without its nulls."""
    (row,) = frame.filter(pl.col("id") == name).to_dicts()
    return {column: value for column, value in row.items() if value is not None}


def add_garage(lists: Lists) -> None:
    """Add a second lease of the same tenant."""
    lists["huurovereenkomsten"].append({**lists["huurovereenkomsten"][0], "id": "G"})
    component = {**lists["prijscomponenten"][0], "id": "G#", "overeenkomst": {"id": "G"}}
    lists["prijscomponenten"].append(component)


class TestAmounts:
    """Amounts go from the JSON text to whole cents, exactly."""

    @given(st.integers(-(10**8), 10**8), st.booleans())
    def test_an_amount_is_read_to_the_cent(self, cents: int, short: bool) -> None:
        """No binary fraction comes in between, with or without zeros at the end."""
        text = str(Decimal(cents).scaleb(-2).quantize(Decimal("0.01")))
        text = text.rstrip("0").rstrip(".") if short else text
        value = parse(f'{{"bedrag": {text}}}'.encode())
        assert isinstance(value, dict)
        assert Item("boekingen", 1, value).cents("bedrag") == cents

    @pytest.mark.parametrize(
        "text",
        [
            *"612.345 612.340 0.001 1e400 6e2 6.1234E2 61234e-2 1000000.01 [612.34] {} true".split(),
            *('"612.34"', "1" * 400, "0." + "1" * 400),
        ],
    )
    def test_what_is_no_exact_amount_is_refused_at_its_place(self, lists: Lists, text: str) -> None:
        """Fractions of cents, powers, texts and amounts without measure are errors, never rounded."""
        marked = lists["boekingen"][1]
        marked["bedrag"] = "€1"
        body = as_json(lists["boekingen"]).replace(": 0.01", f": {text}")
        with serving(lists) as server:
            server.faults["boekingen", 0] += [Fault(body=body)]
            with pytest.raises(InvalidValue) as caught:
                open_vera(base=server.base, **OPTIONS).tables()
        assert str(caught.value.place) == "vera boekingen, line 2, column bedrag"
        assert text not in str(caught.value)

    @pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "012", "1.", ".5", "+1"])
    def test_what_is_no_json_number_is_no_json(self, text: str) -> None:
        """It is refused as a whole: what else is wrong with such an answer cannot be told."""
        with pytest.raises(Malformed):
            parse(f'[{{"bedrag": {text}}}]'.encode())


class TestBookings:
    """Bookings and settlements become entries."""

    @pytest.mark.parametrize(
        ("combination", "becomes"),
        [
            *(("VOR PRO", "rent"), ("VOR FAC", "other"), ("VOR BOR", "other"), ("ONT PRO", "payment")),
            *(
                ("ONT AAN", "payment"),
                ("ONT -", "payment"),
                ("VOR CRE", "credit"),
                ("MEM AFB", "credit"),
            ),
        ],
    )
    def test_a_booking_becomes_what_the_table_says(
        self, lists: Lists, combination: str, becomes: str
    ) -> None:
        """By its kind and detail together."""
        lists["boekingen"].append(booking("B", combination))
        found = entry(tables(lists)["entries"], "B")
        assert found["kind"] == becomes
        assert found["booked"] == DAY(2023, 2, 10)
        assert found.get("due") == (DAY(2023, 2, 12) if becomes in {"rent", "other"} else None)

    @pytest.mark.parametrize(
        "combination",
        "VOR -,VOR AAN,VOR BET,VOR BRT,VOR EIN,VOR EVN,VOR TER,MEM FAC,SKS EIN,ONT CRE,ONT XYZ".split(
            ","
        ),
    )
    def test_what_vera_leaves_open_is_refused_until_it_is_told(
        self, lists: Lists, combination: str
    ) -> None:
        """A booking whose effect on the rent is not said is not guessed; the option says it."""
        lists["boekingen"].append(booking("B", combination))
        assert refused(lists) == ("vera boekingen, line 5, column detailSoort", "invalid-value")
        if combination != "ONT XYZ":  # a code that is not VERA's is not quoted
            with pytest.raises(
                InvalidValue, match=f'in the option bookings what "{combination}" is: rent'
            ):
                tables(lists)
        assert tables(lists, bookings={combination: "left-out"})["entries"].height == 4
        found = tables(lists, bookings={combination: "other"})["entries"]
        assert entry(found, "B")["kind"] == "other"

    def test_what_is_settled_with_a_total_can_pay_the_rent_in_it(self, lists: Lists) -> None:
        """A note of all that is open is no claim of its own: who paid it owes nothing."""
        rent = booking("R", "VOR PRO", 61_234)
        note, paid = booking("N", "VOR AAN", 61_234), booking("P", "ONT AAN", 61_234)
        lists |= {"boekingen": [rent, note, paid], "afletteringen": [settlement("s", "P", "N", 61_234)]}
        assert facts(lists, bookings={"VOR AAN": "left-out"}).arrears_cents == 0

    @pytest.mark.parametrize("detail", ["-", "BAN", "BOR", "EIN", "TER"])
    def test_money_paid_out_takes_up_the_payment_that_it_gives_back(
        self, lists: Lists, detail: str
    ) -> None:
        """It is refused until it is settled with all of it: else the money would go on paying rent."""
        lists["boekingen"] = [
            booking("R1", "VOR PRO", 60_000),
            booking("P", "ONT BAN", 120_000),
            booking("U", f"UIT {detail}", 60_000),
            booking("R2", "VOR PRO", 60_000, vervaldatum="2023-03-01"),
        ]
        lists["afletteringen"] = []
        refusal = ("vera boekingen, line 3, column afletteringen", "missing-field")
        assert refused(lists) == refusal
        lists["afletteringen"] = [settlement("s", "U", "P", 50_000)]
        assert refused(lists) == refusal
        lists["afletteringen"] = [settlement("s", "U", "P", 60_000)]
        found = tables(lists)["entries"]
        assert entry(found, "U") == {
            "tenancy": "KW-00042",
            "id": "U",
            "kind": "refund",
            "booked": DAY(2023, 2, 10),
            "cents": 60_000,
        }
        assert set(found.filter(pl.col("kind") == "payment")["settles"]) == {None}
        assert facts(lists).arrears_cents == 60_000

    def test_a_corporation_may_say_it_of_every_detail_of_a_kind(self, lists: Lists) -> None:
        """Its own word goes before that of the table, the exact one before that for any detail."""
        lists["boekingen"] += [booking("B", "SKS FAC"), booking("C", "SKS -")]
        told = {"SKS *": "other", "SKS -": "credit"}
        found = tables(lists, bookings=told)["entries"]
        assert [entry(found, it)["kind"] for it in ("B", "C")] == ["other", "credit"]

    def test_an_unknown_kind_is_refused(self, lists: Lists) -> None:
        """At its own place."""
        lists["boekingen"].append(booking("B", "ZZZ PRO"))
        assert refused(lists) == ("vera boekingen, line 5, column soort", "invalid-value")

    @pytest.mark.parametrize("without", "id soort bedrag vervaldatum overeenkomst".split())
    def test_a_claim_of_rent_needs_its_members(self, lists: Lists, without: str) -> None:
        """What is absent, or null, is missing at its place."""
        for again in ({}, {without: None}):
            claim = booking("B", "VOR PRO")
            claim.pop(without)
            changed = {**lists, "boekingen": [*lists["boekingen"], {**claim, **again}]}
            assert refused(changed) == (f"vera boekingen, line 5, column {without}", "missing-field")

    def test_an_amount_below_zero_is_refused_unless_it_is_expected(self, lists: Lists) -> None:
        """The source says which kinds it writes below zero; then one above is refused."""
        lists["boekingen"].append(booking("B", "VOR CRE", -500))
        assert refused(lists) == ("vera boekingen, line 5, column bedrag", "invalid-value")
        assert entry(tables(lists, negative=["VOR CRE"])["entries"], "B")["cents"] == 500
        lists["boekingen"][-1]["bedrag"] = "€500"
        assert refused(lists, negative=["VOR CRE"])[0] == "vera boekingen, line 5, column bedrag"

    def test_an_amount_of_nothing_is_no_entry(self, lists: Lists) -> None:
        """It claims, pays and forgives nothing."""
        lists["boekingen"].append(booking("B", "VOR PRO", 0))
        assert tables(lists)["entries"].height == 4

    def test_a_provisional_booking_is_not_guessed(self, lists: Lists) -> None:
        """The corporation says whether it counts."""
        lists["boekingen"].append(booking("B", "ONT BAN", status=code("VRL")))
        assert refused(lists) == ("vera boekingen, line 5, column status", "invalid-value")
        assert tables(lists, provisional="left-out")["entries"].height == 4
        assert tables(lists, provisional="counted")["entries"].height == 5

    def test_a_booking_of_no_lease_is_refused_or_left_out(self, lists: Lists) -> None:
        """Money without a lease, and that of an agreement of another kind."""
        loose = booking("B", "ONT BAN")
        loose.pop("overeenkomst")
        other = booking("C", "VOR FAC", overeenkomst=uri("koopovereenkomsten", "K"))
        gone = booking("D", "VOR FAC", overeenkomst=uri("overeenkomsten", "K"))
        for one, wrong in (
            (loose, "missing-field"),
            (other, "invalid-value"),
            (gone, "unknown-reference"),
        ):
            changed = {**lists, "boekingen": [*lists["boekingen"], one]}
            assert refused(changed) == ("vera boekingen, line 5, column overeenkomst", wrong)
            assert tables(changed, loose_bookings="left-out")["entries"].height == 4

    @pytest.mark.parametrize("kind", ["VOR", "ONT"])
    def test_a_booking_of_a_lease_that_is_not_there_is_never_left_out(
        self, lists: Lists, kind: str
    ) -> None:
        """What names a huurovereenkomst is of a tenant: a payment that is lost makes a debtor of him."""
        gone = booking("D", f"{kind} PRO", overeenkomst=uri("huurovereenkomsten", "K"))
        lists["boekingen"].append(gone)
        for option in ("refuse", "left-out"):
            place = "vera boekingen, line 5, column overeenkomst"
            assert refused(lists, loose_bookings=option) == (place, "unknown-reference")

    def test_a_payment_of_several_claims_is_given_in_parts(self, lists: Lists) -> None:
        """Each part names its claim; what is left names none; together they are the payment."""
        lists["boekingen"] = [
            booking("R1", "VOR PRO", 500),
            booking("R2", "VOR PRO", 500),
            booking("P", "ONT BAN", 1_200),
        ]
        # One is told from the claim, one from the payment, and one is taken back in part.
        lists["afletteringen"] = [
            settlement("a", "P", "R1", 500),
            settlement("b", "R2", "P", 400),
            settlement("c", "R2", "P", -100),
        ]
        found = tables(lists)["entries"]
        parts = found.filter(pl.col("kind") == "payment").sort("id")
        assert parts.select("id", "cents", "settles").rows() == [
            ("P/a", 500, "R1"),
            ("P/b", 300, "R2"),
            ("P/rest", 400, None),
        ]

    def test_a_storno_takes_back_every_part(self, lists: Lists) -> None:
        """So that nothing of the payment is left."""
        lists["boekingen"] = [
            booking("R1", "VOR PRO", 500),
            booking("P", "ONT BAN", 1_200),
            booking("S", "UIT STO", 1_200),
        ]
        lists["afletteringen"] = [settlement("a", "P", "R1", 500), settlement("s", "P", "S", 1_200)]
        found = tables(lists)["entries"].filter(pl.col("kind") == "reversal").sort("id")
        assert found.select("id", "reverses").rows() == [("S/a", "P/a"), ("S/rest", "P/rest")]
        assert len(tenancy(lists).entries) == 5

    def test_a_storno_that_does_not_fit_its_payments_is_refused(self, lists: Lists) -> None:
        """One that names no payment, of which more is settled than it is, or much less."""
        lists["boekingen"] += [booking("P", "ONT BAN", 70_000), booking("S", "ONT STO", 70_000)]
        assert refused(lists) == ("vera boekingen, line 6, column afletteringen", "missing-field")
        lists["afletteringen"].append(settlement("s", "S", "P", 70_000))
        assert entry(tables(lists)["entries"], "S")["reverses"] == "P"
        lists["boekingen"].append(booking("Q", "ONT BAN", 70_000))
        lists["afletteringen"].append(settlement("t", "S", "Q", 70_000))
        assert refused(lists) == ("vera afletteringen, line 4, column bedrag", "invalid-value")
        lists["boekingen"][-2]["bedrag"] = "€140000"
        assert tables(lists)["entries"].filter(pl.col("kind") == "reversal")["reverses"].to_list() == [
            "P",
            "Q",
        ]
        lists["boekingen"][-2]["bedrag"] = "€150000"
        assert refused(lists) == ("vera boekingen, line 6, column bedrag", "invalid-value")
        assert entry(tables(lists, storno_costs_cents=10_000)["entries"], "S/costs") == {
            "tenancy": "KW-00042",
            "id": "S/costs",
            "kind": "other",
            "due": DAY(2023, 2, 10),
            "booked": DAY(2023, 2, 10),
            "cents": 10_000,
        }

    @pytest.mark.parametrize(
        ("taken", "reversed_parts"),
        [
            (60_000, [("P/b", 60_000)]),
            (50_000, [("P/c", 5_000), ("P/rest", 10_000), ("P/b", 35_000)]),
            (5_000, [("P/c", 5_000)]),
            (10_000, [("P/rest", 10_000)]),
            (130_000, [("P/c", 5_000), ("P/rest", 10_000), ("P/b", 60_000), ("P/a", 55_000)]),
        ],
    )
    def test_of_a_part_that_is_taken_back_least_rent_is_open_for_least_long(
        self, lists: Lists, taken: int, reversed_parts: Any
    ) -> None:
        """A part of the same amount, else what paid no rent, else the latest term: nobody says which."""
        lists["boekingen"] = [
            booking("R1", "VOR PRO", 60_000, vervaldatum="2023-02-01"),
            booking("R2", "VOR PRO", 60_000, vervaldatum="2023-03-01"),
            booking("F", "VOR FAC", 5_000),
            booking("P", "ONT BAN", 135_000),
            booking("S", "ONT STO", taken),
        ]
        lists["afletteringen"] = [
            settlement("a", "P", "R1", 60_000),
            settlement("b", "P", "R2", 60_000),
            settlement("c", "P", "F", 5_000),
            settlement("s", "S", "P", taken),
        ]
        found = tables(lists)["entries"].filter(pl.col("kind") == "reversal")
        assert sorted(found.select("reverses", "cents").rows()) == sorted(reversed_parts)
        assert len(tenancy(lists).entries) == 7 + len(reversed_parts)

    def test_two_stornos_take_back_no_more_than_the_payment(self, lists: Lists) -> None:
        """What both take together above it is nothing, whichever was booked first."""
        lists["boekingen"] = [
            booking("R1", "VOR PRO", 60_000),
            booking("P", "ONT BAN", 60_000),
            booking("S", "ONT STO", 40_000),
            booking("T", "ONT STO", 60_000, boekdatum="2023-02-11"),
        ]
        lists["afletteringen"] = [
            settlement("a", "P", "R1", 60_000),
            settlement("s", "S", "P", 40_000),
            settlement("t", "T", "P", 60_000),
        ]
        found = tables(lists)["entries"].filter(pl.col("kind") == "reversal").sort("id")
        assert found.select("id", "reverses", "cents").rows() == [
            ("S", "P", 40_000),
            ("T", "P", 20_000),
        ]
        assert facts(lists).arrears_cents == 60_000

    @given(data=st.data())
    def test_what_is_taken_back_is_taken_once(self, data: st.DataObject) -> None:
        """Whatever a payment settled and whatever was taken back: of it is left what the amounts say."""
        lists = lists_of([source(2)]) | {"relatierollen": [], "natuurlijk-personen": []}
        parts = data.draw(st.lists(st.integers(1, 90_000), min_size=1, max_size=4))
        rest = data.draw(st.integers(0, 50_000))
        received = sum(parts) + rest
        taken = data.draw(st.lists(st.integers(1, received), min_size=1, max_size=3))
        kinds = [data.draw(st.sampled_from(["VOR PRO", "VOR FAC"])) for _ in parts]
        lists["boekingen"] = [
            *(booking(f"R{n}", kinds[n], cents) for n, cents in enumerate(parts)),
            booking("P", "ONT BAN", received),
            *(booking(f"S{n}", "ONT STO", cents) for n, cents in enumerate(taken)),
        ]
        lists["afletteringen"] = [
            *(settlement(f"a{n}", "P", f"R{n}", cents) for n, cents in enumerate(parts)),
            *(settlement(f"s{n}", f"S{n}", "P", cents) for n, cents in enumerate(taken)),
        ]
        entries = tenancy(lists).entries
        by_id: dict[str, Any] = {it.id: it for it in entries}
        back = sum(it.cents or by_id[it.reverses].cents for it in entries if isinstance(it, Reversal))
        assert back == min(received, sum(taken))

    @pytest.mark.parametrize("undone", [[700, -700], [0]])
    def test_a_storno_whose_settlement_was_undone_takes_nothing_back(
        self, lists: Lists, undone: list[int]
    ) -> None:
        """What adds up to nothing names no payment, and what adds up to less not the whole of it."""
        lists["boekingen"] += [booking("P", "ONT BAN", 700), booking("S", "ONT STO", 700)]
        settled = lists["afletteringen"]
        made = [settlement(f"s{n}", "S", "P", cents) for n, cents in enumerate(undone)]
        lists["afletteringen"] = [*settled, *made]
        assert refused(lists) == ("vera boekingen, line 6, column afletteringen", "missing-field")
        lists["afletteringen"] = [*settled, *made, settlement("t", "S", "P", 600)]
        place = f"vera afletteringen, line {len(lists['afletteringen'])}, column bedrag"
        assert refused(lists) == (place, "invalid-value")
        lists["afletteringen"].append(settlement("u", "S", "P", 100))
        assert entry(tables(lists)["entries"], "S")["reverses"] == "P"

    def test_a_storno_takes_back_no_payment_whose_id_looks_like_a_part(self, lists: Lists) -> None:
        """A part of a payment is known by its payment, not by how its id is written."""
        lists["boekingen"] += [
            booking("P", "ONT BAN", 700),
            booking("P/rest", "ONT BAN", 700),
            booking("S", "ONT STO", 700),
        ]
        lists["afletteringen"].append(settlement("s", "S", "P", 700))
        found = tables(lists)["entries"].filter(pl.col("kind") == "reversal")
        assert found.select("id", "reverses").rows() == [("S", "P")]

    @pytest.mark.parametrize(
        ("made", "place", "wrong"),
        [
            (settlement("x", "KW-00042#P0", "nobody", 1), "tegenHuurBoeking", "unknown-reference"),
            (settlement("x", "nobody", "KW-00042#P0", 1), "huurBoeking", "unknown-reference"),
            (settlement("x", "KW-00042#P0", "KW-00042#P1", 1), "tegenHuurBoeking", "unknown-reference"),
            (settlement("x", "KW-00042#R0", "KW-00042#R1", 1), "tegenHuurBoeking", "unknown-reference"),
            (settlement("x", "KW-00042#P0", "KW-00042#R1", 1), "bedrag", "invalid-value"),
            (settlement("x", "KW-00042#P1", "KW-00042#R0", -1), "bedrag", "invalid-value"),
        ],
        ids=["no claim", "no payment", "two payments", "two claims", "too much", "below zero"],
    )
    def test_a_settlement_that_does_not_fit_is_refused(
        self, lists: Lists, made: Any, place: str, wrong: str
    ) -> None:
        """At the settlement itself."""
        lists["afletteringen"].append(made)
        assert refused(lists) == (f"vera afletteringen, line 3, column {place}", wrong)

    def test_a_payment_goes_to_the_lease_of_the_claim_that_it_settles(self, lists: Lists) -> None:
        """A garage is a lease of its own: what was paid for it is not netted with the home."""
        add_garage(lists)
        of_garage = {"overeenkomst": uri("huurovereenkomsten", "G")}
        loose = booking("L", "ONT BAN", 50)
        loose.pop("overeenkomst")
        lists["boekingen"] += [
            booking("GR", "VOR PRO", 500, **of_garage),
            booking("P", "ONT BAN", 800),
            loose,
        ]
        lists["afletteringen"] += [settlement("g", "P", "GR", 450), settlement("l", "L", "GR", 50)]
        found = tables(lists)["entries"]
        assert found.filter(pl.col("tenancy") == "G").sort("id").select("id", "cents").rows() == [
            ("GR", 500),
            ("L/l", 50),
            ("P/g", 450),
        ]
        rest = entry(found, "P/rest")
        assert (rest["tenancy"], rest["cents"]) == ("KW-00042", 350)


@pytest.mark.parametrize(
    ("name", "member", "value", "wrong"),
    [
        ("huurovereenkomsten", "status", code("ZZZ"), "invalid-value"),
        ("huurovereenkomsten", "detailSoort", code("ZZZ"), "invalid-value"),
        ("huurovereenkomsten", "soort", code("KOO"), "invalid-value"),
        ("huurovereenkomsten", "begindatum", None, "missing-field"),
        ("huurovereenkomsten", "begindatum", "2023-2-1", "invalid-value"),
        ("huurovereenkomsten", "einddatum", "2022-12-31", "invalid-value"),
        ("huurovereenkomsten", "relaties", ["https://vera.example.nl/v4/eenheden/1"], "invalid-value"),
        ("huurovereenkomsten", "relaties", ["https://vera.example.nl/v4/relaties/"], "invalid-value"),
        ("huurovereenkomsten", "relaties", "P0", "invalid-value"),
        ("huurovereenkomsten", "status", {"naam": "Lopend"}, "invalid-value"),
        ("contactmomenten", "kanaal", code("ZZZ"), "invalid-value"),
        ("contactmomenten", "kanaal", None, "missing-field"),
        ("contactmomenten", "richting", None, "missing-field"),
        ("contactmomenten", "richting", code("ZZZ"), "invalid-value"),
        ("contactmomenten", "soort", code("ZZZ"), "invalid-value"),
        ("contactmomenten", "soort", None, "missing-field"),
        ("contactmomenten", "datum", "2023-02-10", "invalid-value"),
        ("contactmomenten", "datum", "2023-02-10T10:00:00", "invalid-value"),
        ("contactmomenten", "datum", None, "missing-field"),
    ],
)
def test_an_item_is_refused_at_its_member(
    lists: Lists, name: str, member: str, value: Any, wrong: str
) -> None:
    """Nothing of it is quoted, and what is absent is never taken for a default."""
    lists[name][0][member] = value
    assert refused(lists) == (f"vera {name}, line 1, column {member}", wrong)


class TestLeases:
    """Leases and their rents."""

    def test_only_leases_that_were_in_force_are_tenancies(self, lists: Lists) -> None:
        """Not what was never signed, or is let for business; what is booked on it goes with it."""
        (lease,) = lists["huurovereenkomsten"]
        for n, more in enumerate(
            [{"status": code(it)} for it in ("GEA", "GOE", "VER", "VOO")]
            + [{"detailSoort": code("BOG")}]
        ):
            lists["huurovereenkomsten"].append({"id": f"X{n}", **more, "soort": lease["soort"]})
            more_booked = booking(f"B{n}", "VOR PRO", overeenkomst=uri("overeenkomsten", f"X{n}"))
            lists["boekingen"].append(more_booked)
        found = tables(lists)
        assert found["tenancies"]["id"].to_list() == ["KW-00042"]
        assert found["entries"].height == 4

    def test_a_lease_that_has_ended_needs_its_last_day(self, lists: Lists) -> None:
        """A former tenant's debt is no risk of eviction: it must not be taken for a tenant's."""
        lists["huurovereenkomsten"][0]["status"] = code("BEE")
        place = "vera huurovereenkomsten, line 1, column einddatum"
        assert refused(lists) == (place, "missing-field")

    @pytest.mark.parametrize("end", ["2023-06-30", "2023-07-01"], ids=["inclusive", "exclusive"])
    def test_a_rent_is_the_sum_of_its_parts_from_each_day_on(self, lists: Lists, end: str) -> None:
        """Whether the source writes the last day of a part or the day after, the rent is the same."""
        until = moment(dt.date.fromisoformat(end))
        lists["prijscomponenten"] = [
            part("n1", "NET", 50_000, DAY(2023, 1, 1), until),
            part("s", "SER", 5_000, DAY(2023, 1, 1)),
            part("k", "HUA", -1_000, DAY(2023, 1, 1), moment(DAY(2023, 9, 1))),
            part("e", "EEN", 9_000, DAY(2023, 1, 1)),
            part("n2", "NET", 52_000, DAY(2023, 7, 1)),
        ]
        assert tables(lists)["rents"].drop("per").rows() == [
            ("KW-00042", DAY(2023, 1, 1), 54_000),
            ("KW-00042", DAY(2023, 7, 1), 56_000),
            ("KW-00042", DAY(2023, 9, 1), 57_000),
        ]

    def test_service_costs_alone_are_no_rent(self, lists: Lists) -> None:
        """On a day without a net rent the one before stands, or the one after; not a twentieth of it."""
        lists["prijscomponenten"] = [
            part("s", "SER", 3_000, DAY(2020, 1, 1)),
            part("n1", "NET", 57_000, DAY(2023, 2, 1), moment(DAY(2023, 4, 10))),
            part("n2", "NET", 58_000, DAY(2023, 5, 1)),
        ]
        assert tables(lists)["rents"].drop("per").rows() == [
            ("KW-00042", DAY(2023, 2, 1), 60_000),
            ("KW-00042", DAY(2023, 5, 1), 61_000),
        ]
        lists["boekingen"] = [booking("R", "VOR PRO", 60_000, vervaldatum="2023-01-01")]
        lists["afletteringen"] = []
        assert facts(lists).months == 10**9

    def test_the_rent_of_the_lease_itself_holds_from_its_last_change(self, lists: Lists) -> None:
        """Without parts: the gross rent of now; what it was at the start is not used."""
        lists["huurovereenkomsten"][0] |= {
            "brutohuur": "€61234",
            "startBrutohuur": "€30000",
            "huurHerzieningsdatum": "2023-07-01",
        }
        found = tables(lists, rents="agreement")["rents"].drop("per")
        assert found.rows() == [("KW-00042", DAY(2023, 7, 1), 61_234)]

    def test_a_lease_without_a_rent_is_refused(self, lists: Lists) -> None:
        """Without a rent there are no months."""
        lists["prijscomponenten"] = [part("e", "EEN", 9_000, DAY(2023, 1, 1))]
        place = "vera huurovereenkomsten, line 1, column prijscomponenten"
        assert refused(lists) == (place, "missing-field")


def part(name: str, kind: str, cents: int, first: dt.date, until: str | None = None) -> Any:
    """A part of the rent of the lease."""
    return {
        "id": name,
        "soort": code(kind),
        "bedragInclusiefBtw": f"€{cents}",
        "begindatum": moment(first),
        **({} if until is None else {"einddatum": until}),
        "overeenkomst": {"id": "KW-00042"},
    }


class TestDeaths:
    """A lease is marked `deceased` when nobody of those who rent it lives."""

    @pytest.mark.parametrize(
        ("people", "day"),
        [
            ([("HUU", "2024-01-05", None)], DAY(2024, 1, 5)),
            ([("HUU", "2024-01-05", None), ("MDH", None, None)], None),
            ([("HUU", "2024-01-05", None), ("MDH", "2025-02-03", None)], DAY(2025, 2, 3)),
            ([("HUU", "2024-01-05", None), ("MDH", None, "2020-01-01")], DAY(2024, 1, 5)),
            ([("HUU", "2024-01-05", "2020-01-01"), ("MDH", None, None)], None),
            ([("HUU", "2024-01-05", None), ("BWI", None, None)], DAY(2024, 1, 5)),
            ([("HUU", None, None), ("BWI", "2024-01-05", None)], None),
            ([("MBW", "2024-01-05", None), ("HUU", None, None)], None),
            ([("HUU", "2024-01-05", None), ("MBW", None, None)], DAY(2024, 1, 5)),
            ([(None, "2024-01-05", None)], DAY(2024, 1, 5)),
            ([(None, "2024-01-05", None), (None, None, None)], None),
            ([("HUU", "2024-01-05", "2024-01-04")], DAY(2024, 1, 5)),
            ([("HUU", "2024-01-05", "2024-01-04"), ("BWI", None, None)], DAY(2024, 1, 5)),
            ([("HUU", "2024-01-05", "2024-01-04"), ("MBW", None, None)], None),
            ([("HUU", "2024-01-05", "2024-01-04"), ("MDH", None, None)], None),
            ([("HUU", "2024-01-05", "2024-01-04"), ("MDH-", None, None)], None),
            (
                [("HUU", "2024-01-05", "2024-01-04"), ("MDH", "2025-02-03", "2020-01-01")],
                DAY(2025, 2, 3),
            ),
            ([(None, "2024-01-05", None), ("CUR", None, None)], DAY(2024, 1, 5)),
            ([("HUU", "2024-01-05", None), ("MDH-", None, None)], None),
        ],
    )
    def test_a_co_tenant_goes_on(
        self, lists: Lists, people: list[tuple[str | None, str | None, str | None]], day: Any
    ) -> None:
        """After a death the lease goes on with who is co-tenant then (BW 7:268); nobody else is."""
        lists["huurovereenkomsten"][0]["relaties"] = [
            uri("relaties", f"Q{n}") for n in range(len(people))
        ]
        for n, (role, died, until) in enumerate(people):
            if role != "MDH-":  # a foundation: a party to the lease, and no person
                lists["natuurlijk-personen"].append({"id": f"Q{n}", "overlijdensdatum": died})
            if role is not None:
                made = {"id": f"r{n}", "soort": code(role[:3]), "relatie": {"id": f"Q{n}"}}
                lists["relatierollen"].append({**made, "einddatum": until})
        assert tables(lists)["tenancies"]["deceased"].to_list() == [day]

    def test_members_of_a_household_that_is_named_count(self, lists: Lists) -> None:
        """A lease may name a group: then its members are looked at."""
        lists["huurovereenkomsten"][0]["relaties"] = [uri("relatiegroepen", "H")]
        lists["natuurlijk-personen"] = [
            {"id": "a", "overlijdensdatum": "2024-01-05", "groepen": [{"id": "H"}]},
            {"id": "b", "groepen": [{"id": "H"}]},
        ]
        lists["relatierollen"] = [{"id": "1", "soort": code("HUU"), "relatie": {"id": "a"}}]
        assert tables(lists)["tenancies"]["deceased"].to_list() == [DAY(2024, 1, 5)]
        lists["relatierollen"].append({"id": "2", "soort": code("MDH"), "relatie": {"id": "b"}})
        assert tables(lists)["tenancies"]["deceased"].to_list() == [None]

    def test_a_household_that_is_the_tenant_does_not_outlive_its_members(self, lists: Lists) -> None:
        """The group has the role; it rents on as long as one of its members lives, or none is known."""
        lists["huurovereenkomsten"][0]["relaties"] = [
            uri("relatiegroepen", "H"),
            uri("relaties", "a"),
        ]
        lists["natuurlijk-personen"] = [{"id": "a", "overlijdensdatum": "2024-01-05"}]
        lists["relatierollen"] = [{"id": "1", "soort": code("HUU"), "relatie": {"id": "H"}}]
        assert tables(lists)["tenancies"]["deceased"].to_list() == [None]
        lists["natuurlijk-personen"][0]["groepen"] = [{"id": "H"}]
        assert tables(lists)["tenancies"]["deceased"].to_list() == [DAY(2024, 1, 5)]
        lists["natuurlijk-personen"].append({"id": "b", "groepen": [{"id": "H"}]})
        assert tables(lists)["tenancies"]["deceased"].to_list() == [None]
        lists["natuurlijk-personen"][1]["overlijdensdatum"] = "2025-02-03"
        assert tables(lists)["tenancies"]["deceased"].to_list() == [DAY(2025, 2, 3)]

    def test_where_deaths_are_not_recorded_there_is_no_such_column(self, lists: Lists) -> None:
        """And no list of people is asked for."""
        lists.pop("natuurlijk-personen")
        lists.pop("relatierollen")
        found = tables(lists, records=["contacts", "plans", "disputes"])
        assert found["tenancies"].columns == ["id", "start", "end"]


class TestDossier:
    """Contacts, plans and disputes."""

    def test_what_is_not_recorded_is_not_given(self, lists: Lists) -> None:
        """A table that is switched off is not asked for, and is unknown."""
        for name in ("contactmomenten", "betalingsregelingen", "huurgeschillen"):
            lists.pop(name)
        found = tables(lists, records=["deaths"])
        assert set(found) == {"tenancies", "rents", "entries"}

    def test_columns_of_contacts_that_nobody_told_about_are_not_given(self, lists: Lists) -> None:
        """VERA has no list of what a contact was about; without one, contacts are unknown."""
        plain = {"contact_records": ["direction"], "contact_kinds": {}}
        assert tables(lists, **plain)["contacts"].columns == ["tenancy", "date", "channel", "direction"]
        assert tenancy(lists, **plain).contacts is None

    def test_a_contact_is_on_the_day_that_it_was_in_the_netherlands(self, lists: Lists) -> None:
        """An evening in UTC may be the next day here."""
        lists["contactmomenten"][0]["datum"] = "2025-06-30T22:30:00Z"
        assert tables(lists)["contacts"]["date"].to_list() == [DAY(2025, 7, 1)]
        lists["contactmomenten"][0]["datum"] = "2025-01-31T23:30:00.5+01:00"
        assert tables(lists)["contacts"]["date"].to_list() == [DAY(2025, 1, 31)]

    def test_a_contact_that_no_lease_names_is_of_whom_it_was_with(self, lists: Lists) -> None:
        """Of a tenant with one lease on that day; with two it is of both, or must be told of which."""
        (lease,) = lists["huurovereenkomsten"]
        lease.pop("contactmomenten")
        assert tables(lists)["contacts"]["tenancy"].to_list() == ["KW-00042"]
        add_garage(lists)
        place = "vera contactmomenten, line 1, column relaties"
        assert refused(lists, several_leases="refuse") == (place, "invalid-value")
        contact = lists["contactmomenten"][0]
        about_nothing = {**lists, "contactmomenten": [{**contact, "detailSoort": code("000000")}]}
        assert tables(about_nothing, several_leases="refuse")["contacts"].is_empty()
        assert sorted(tables(lists)["contacts"]["tenancy"]) == ["G", "KW-00042"]
        lease["contactmomenten"] = [uri("contactmomenten", contact["id"])]
        assert tables(lists)["contacts"]["tenancy"].to_list() == ["KW-00042"]
        lease.pop("contactmomenten")
        lists["huurovereenkomsten"][-1]["einddatum"] = "2023-01-15"  # it had ended by then
        assert tables(lists)["contacts"]["tenancy"].to_list() == ["KW-00042"]
        lease["einddatum"] = "2023-01-31"  # so had the other, last: who lives there is written to still
        assert tables(lists)["contacts"]["tenancy"].to_list() == ["KW-00042"]
        lists["huurovereenkomsten"][-1]["einddatum"] = "2023-01-31"
        assert refused(lists, several_leases="refuse") == (place, "invalid-value")

    @pytest.mark.parametrize("records", [["direction"], ["direction", "debt_help"]])
    def test_a_contact_of_several_leases_is_not_dropped_where_it_may_be_about_arrears(
        self, lists: Lists, records: list[str]
    ) -> None:
        """Where a source does not record that, a user may assume it: none is lost in silence."""
        (lease,) = lists["huurovereenkomsten"]
        lease.pop("contactmomenten")
        add_garage(lists)
        lists["contactmomenten"][0]["detailSoort"] = code("000000")
        place = "vera contactmomenten, line 1, column relaties"
        more: dict[str, Any] = {"contact_records": records}
        assert refused(lists, **more, several_leases="refuse") == (place, "invalid-value")
        assert tables(lists, **more)["contacts"].height == 2

    def test_a_contact_with_a_member_of_a_household_is_of_the_lease_of_that(self, lists: Lists) -> None:
        """A lease may name a group, and a contact a person in it; of nobody known it is of no lease."""
        (lease,) = lists["huurovereenkomsten"]
        lease.pop("contactmomenten")
        lease["relaties"] = [uri("relatiegroepen", "H")]
        assert tables(lists)["contacts"].is_empty()
        lists["natuurlijk-personen"] = [{"id": "P0", "groepen": [{"id": "H"}]}]
        assert tables(lists)["contacts"]["tenancy"].to_list() == ["KW-00042"]

    @pytest.mark.parametrize(
        ("status", "end", "row"),
        [
            ("ACT", None, (None, None)),
            ("ACT", "2023-06-30", (DAY(2023, 6, 30), None)),
            ("BEV", None, (None, None)),
            ("BEE", "2023-06-30", (DAY(2023, 6, 30), None)),
            ("ANN", "2023-06-30", (None, DAY(2023, 6, 30))),
            ("AAN", None, None),
            ("VER", None, None),
            ("BEE", None, "missing-field"),
            ("ANN", None, "missing-field"),
            ("ZZZ", None, "invalid-value"),
            (None, None, "missing-field"),
        ],
    )
    def test_a_plan_is_what_its_status_says(
        self, lists: Lists, status: str | None, end: str | None, row: Any
    ) -> None:
        """Asked for is none yet; stopped midway is broken on that day."""
        lists["betalingsregelingen"] = [
            {
                "id": "B",
                "status": None if status is None else code(status),
                "begindatum": "2023-03-01",
                "einddatum": end,
                "overeenkomst": uri("overeenkomsten", "KW-00042"),
            }
        ]
        if isinstance(row, str):
            assert refused(lists)[1] == row
        else:
            found = tables(lists)["plans"].select("until", "broken_on").rows()
            assert found == ([] if row is None else [row])

    @pytest.mark.parametrize(
        ("status", "end", "cents", "row"),
        [
            ("INB", None, 0, (None, None)),
            ("INB", None, 500, (None, 500)),
            ("INB", "2023-05-01", 500, (None, 500)),
            (None, "2023-05-01", 0, (DAY(2023, 5, 1), None)),
            ("TOE", "2023-05-01", 500, (DAY(2023, 5, 1), 500)),
            ("AFG", "2023-05-01", 0, (DAY(2023, 5, 1), 0)),
        ],
    )
    def test_a_dispute_that_is_pending_is_open(
        self, lists: Lists, status: str | None, end: str | None, cents: int, row: Any
    ) -> None:
        """Whatever end it has, until it is settled; and an amount of nothing does not say how much."""
        lists["huurgeschillen"] = [
            {
                "id": "G",
                "status": None if status is None else code(status),
                "begindatum": "2023-01-01",
                "einddatum": end,
                "bedrag": f"€{cents}",
                "huurovereenkomst": {"id": "KW-00042"},
            }
        ]
        assert tables(lists)["disputes"].select("until", "cents").rows() == [row]
        if status == "INB" and cents == 0:
            lists["afletteringen"] = lists["afletteringen"][:1]
            lists["boekingen"] = [it for it in lists["boekingen"] if it["id"] != "KW-00042#P1"]
            assert facts(lists).disputed

    def test_plans_and_disputes_of_a_lease_that_is_not_there_are_refused(self, lists: Lists) -> None:
        """None of them is lost in silence."""
        it = attrs.evolve(
            source(2),
            id="KW-00043",
            plans=[Plan(from_=DAY(2023, 3, 1))],
            disputes=[Dispute(from_=DAY(2023, 3, 1))],
            rents=[Rent(from_=DAY(2023, 1, 1), cents=60_000)],
            contacts=[Contact(date=DAY(2023, 3, 1), channel="card")],
        )
        more = lists_of([it])
        for name, member in (
            ("betalingsregelingen", "overeenkomst"),
            ("huurgeschillen", "huurovereenkomst"),
        ):
            place = f"vera {name}, line 1, column {member}"
            assert refused({**lists, name: more[name]}) == (place, "invalid-value")


def test_an_error_of_the_portfolio_names_the_item_in_the_source(lists: Lists) -> None:
    """What only shows in the tables together is told at the list, the item and the member of VERA."""
    second = {**part("x", "NET", 99_999_999, DAY(2023, 5, 1)), "bedragInclusiefBtw": "€99999999"}
    lists["prijscomponenten"].append(second)
    with serving(lists) as server, pytest.raises(InputError) as caught:
        read_portfolio(open_vera(base=server.base, **OPTIONS))
    assert str(caught.value.place) == "vera prijscomponenten, line 3, column bedragInclusiefBtw"
