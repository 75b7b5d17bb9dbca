"""What applications give as it comes from numpy, pandas or a generator, and where it is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st
from libraries import BACK, GIVEN, SPARK_IS_SLOW
from tables import as_tables, frames

from huurschuld import (
    Adopted,
    Cell,
    Child,
    Contact,
    Household,
    InvalidValue,
    MissingField,
    Payment,
    Plan,
    Rent,
    RentTerm,
    StatedFact,
    Tenancy,
    check,
    decide,
    decide_many,
    facts_of,
    policy_for,
    read_portfolio,
    read_receipt,
    screen,
    set_aside,
    worklist,
)
from huurschuld.testing import AS_OF, tenancies

DAY = dt.date(2025, 3, 1)
MIDNIGHT = dt.datetime(2025, 3, 1)  # noqa: DTZ001 - without a zone, on purpose
RENT = Rent(from_=DAY, cents=60_000)

DAYS: Mapping[str, Callable[[dt.date], Any]] = {
    "datetime": lambda it: dt.datetime(it.year, it.month, it.day),  # noqa: DTZ001 - as above
    "Timestamp": pd.Timestamp,
    "datetime64[D]": np.datetime64,
    "datetime64[s]": lambda it: np.datetime64(it, "s"),
    "datetime64[us]": lambda it: np.datetime64(it, "us"),
}
"""Whatever is a day exactly."""
WHOLES: Mapping[str, Callable[[int], Any]] = {"int64": np.int64, "int32": np.int32, "uint64": np.uint64}


def given_as(part: Any, day: Callable[[dt.date], Any], whole: Callable[[int], Any]) -> Any:
    """Make a part of a tenancy again, with values as another library has them."""
    values = {}
    for attribute in attrs.fields(type(part)):
        value = getattr(part, attribute.name)
        if attrs.has(type(value)):
            value = given_as(value, day, whole)
        elif isinstance(value, tuple):
            value = (given_as(it, day, whole) for it in value)
        elif type(value) is dt.date:
            value = day(value)
        elif type(value) is bool:
            value = np.bool_(value)
        elif type(value) is int:
            value = whole(value)
        values[attribute.name] = value
    return type(part)(**values)


@given(tenancies(), st.sampled_from(sorted(DAYS)), st.sampled_from(sorted(WHOLES)))
def test_a_tenancy_of_numpy_and_pandas_is_the_same(tenancy: Tenancy, day: str, whole: str) -> None:
    """Its values are those of Python afterwards: it is equal, and decides alike to the byte."""
    made = given_as(tenancy, DAYS[day], WHOLES[whole])
    assert made == tenancy
    assert all(type(it.cents) is int for it in made.rents)
    as_of: Any = DAYS[day](AS_OF)
    policy, engine = "katwijk-2021", "reference"
    assert (
        decide(made, policy, as_of, engine=engine).to_json()  # type: ignore[arg-type] # one of the names
        == decide(tenancy, policy, AS_OF, engine=engine).to_json()  # type: ignore[arg-type] # as above
    )


@pytest.mark.parametrize(
    "value",
    [
        MIDNIGHT.replace(microsecond=1),
        MIDNIGHT.replace(tzinfo=dt.UTC),
        pd.Timestamp(1),
        pd.Timestamp(DAY, tz="Europe/Amsterdam"),
        pd.NaT,
        np.datetime64("NaT"),
        np.datetime64("2025-03-01T00:00:00.000000001"),
        np.datetime64("12025-03-01"),
        np.datetime64("2025-03"),
        np.array([DAY], dtype="datetime64[D]"),
        pd.Series([MIDNIGHT]),
        np.int64(20_000),
        "2025-03-01",
    ],
    ids=str,
)
def test_what_is_no_day_exactly_is_refused(value: Any) -> None:
    """A time, a zone, no day at all, a whole month, a column: which day it is, is not for us to say."""
    with pytest.raises(InvalidValue) as caught:
        Plan(from_=value)
    assert caught.value.place == "/from"
    with pytest.raises(InvalidValue):
        Plan(from_=DAY, until=value)


@pytest.mark.parametrize(
    "value",
    [np.float64(61_234), 61_234.0, np.bool_(True), np.timedelta64(5, "D"), np.array([5]), pd.NA],
    ids=str,
)
def test_what_is_no_whole_number_exactly_is_refused(value: Any) -> None:
    """A float is refused whatever it holds: where it came from it may have been rounded."""
    with pytest.raises(InvalidValue) as caught:
        Payment(id="p", booked=DAY, cents=value)
    assert caught.value.place == "/cents"


@pytest.mark.parametrize("value", [np.int64(1), np.float64(1), None, np.array([True])], ids=str)
def test_what_is_no_flag_is_refused(value: Any) -> None:
    """One is not true."""
    with pytest.raises(InvalidValue) as caught:
        Contact(date=DAY, channel="letter", reminder=value)
    assert caught.value.place == "/reminder"


def test_the_numbers_of_a_policy_may_be_of_numpy() -> None:
    """As set by a user, or adopted by an organisation."""
    whole: Any = np.int64(7_500)
    plain = decide(tenancy(), "bgs-2021", AS_OF, {"minimum_cents": 7_500}, "reference")
    assert decide(tenancy(), "bgs-2021", AS_OF, {"minimum_cents": whole}, "reference") == plain
    adopted = {"minimum_cents": Adopted(whole, by="Leiden", on=DAY)}
    found = decide(tenancy(), "bgs-2021", AS_OF, adopted, "reference").receipt
    assert dict(found.parameters)["minimum_cents"].value == 7_500
    assert read_receipt(found.to_json()) == found
    with pytest.raises(InvalidValue, match="minimum_cents"):
        decide(tenancy(), "bgs-2021", AS_OF, {"minimum_cents": np.float64(7_500)})


def test_the_day_of_a_question_may_be_a_timestamp() -> None:
    """Of a fact and of a policy, as of a decision."""
    day: Any = pd.Timestamp(DAY)
    assert facts_of(tenancy(), day) == facts_of(tenancy(), DAY)
    assert policy_for("bgs-2021", day).name == "bgs-2021"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Plan(from_=MIDNIGHT.replace(hour=9)), "is expected, not datetime"),
        (lambda: Plan(from_=pd.Timestamp(1)), "is expected, not Timestamp"),
        (lambda: Plan(from_=DAY, cents=Decimal("612.34")), "is expected, not Decimal"),  # type: ignore[arg-type]
        (lambda: tenancy(entries=[RENT]), "a RentTerm or .* is expected, not Rent$"),
        (lambda: tenancy(plans=7), "a sequence of Plan is expected, not int$"),
        (lambda: tenancy(household=[]), "a Household is expected, not list$"),
    ],
)
def test_the_type_of_what_is_refused_is_told(make: Callable[[], object], said: str) -> None:
    """Where a value of that type is never right."""
    with pytest.raises(InvalidValue, match=said):
        make()


def test_a_day_of_a_class_of_ones_own_is_a_day() -> None:
    """As libraries that stop the clock in tests make them."""
    own = type("Day", (dt.date,), {})
    assert type(Plan(from_=own(2025, 3, 1)).from_) is dt.date


# --- places ----------------------------------------------------------------------------------------


def tenancy(**fields: Any) -> Tenancy:
    """A small tenancy with some fields of its own."""
    return Tenancy(**{"id": "t", "start": DAY, "rents": [RENT], "entries": [], **fields})


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (
            lambda: tenancy(
                entries=(RentTerm(id=str(it), due=DAY, cents=100 - 50 * it) for it in range(9))
            ),
            "/entries/2/cents",
        ),
        (lambda: tenancy(contacts=map(contact, ["letter", "fax"])), "/contacts/1/channel"),
        (lambda: tenancy(plans=(Plan(from_=it) for it in [DAY, None])), "/plans/1/from"),  # type: ignore[arg-type]
        (lambda: tenancy(rents=(Rent(from_=DAY, cents=it) for it in [5])), "/rents/0/cents"),
        (lambda: tenancy(facts=(StatedFact(name="", value=it) for it in [True])), "/facts/0/name"),
        (lambda: Household(children=map(child, [DAY, "2012"])), "/children/1/born"),
        (lambda: list(decide_many(all_but_one(), "bgs-2021", DAY)), "/1/entries/0/cents"),
        (lambda: worklist(all_but_one(), "bgs-2021", DAY), "/1/entries/0/cents"),
    ],
)
def test_the_place_in_a_generator_is_the_whole_place(make: Callable[[], object], place: str) -> None:
    """It counts: which of the entries it is, and of which of the tenancies."""
    with pytest.raises(InvalidValue) as caught:
        make()
    assert caught.value.place == place
    assert caught.traceback[-1].frame.code.path.name != "given.py"  # type: ignore[union-attr] # a file


def child(born: Any) -> Child:
    """A child born on some day."""
    return Child(born=born)


def contact(channel: Any) -> Contact:
    """A contact by some channel."""
    return Contact(date=DAY, channel=channel)


def all_but_one() -> Any:
    """Make two tenancies, the second of which is refused."""
    for number, cents in enumerate((5, 0)):
        payments = (Payment(id="p", booked=DAY, cents=it) for it in [cents])
        yield tenancy(id=str(number), entries=payments)


def test_decide_many_goes_on_after_one_that_is_refused() -> None:
    """As it does after one that is undecided."""
    rows = iter([5, 0, 7])
    made = map(lambda it: tenancy(entries=(Payment(id="p", booked=DAY, cents=n) for n in [it])), rows)  # noqa: C417
    decided = decide_many(made, "bgs-2021", dt.date(2025, 3, 31), engine="reference")
    assert next(decided).advice == "none"
    with pytest.raises(InvalidValue) as caught:
        next(decided)
    assert caught.value.place == "/1/entries/0/cents"
    assert next(decided).advice == "none"
    assert next(decided, None) is None


# --- columns ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "as_of"), [("us", dt.date(2025, 4, 10)), ("ns", "start")])
@pytest.mark.parametrize("library", SPARK_IS_SLOW)
def test_a_column_of_moments_at_midnight_is_one_of_days(library: str, unit: Any, as_of: Any) -> None:
    """As pandas has days: the result is the same as with days, in every library."""
    some = [
        tenancy(
            id="A",
            rents=[RENT],
            entries=[RentTerm(id="r", due=DAY, cents=60_000), Payment(id="p", booked=DAY, cents=5)],
            household=Household(children=[Child(born=dt.date(2020, 2, 29))]),
            contacts=[Contact(date=DAY, channel="letter")],
            plans=[Plan(from_=DAY)],
        )
    ]
    tables = frames(as_tables(some))
    moments = {
        name: it.with_columns(pl.col(pl.Date).cast(pl.Datetime(unit))) for name, it in tables.items()
    }
    moments["children"] = moments["children"].with_columns(
        pl.col("born").str.to_date(strict=True).cast(pl.Datetime(unit))
    )
    expected = screen(tables, "bgs-2021", as_of, facts=True)
    given_tables = GIVEN[library](moments)
    if library == "spark":  # its other timestamps are of the zone of the session
        given_tables = {name: without_zone(it) for name, it in given_tables.items()}
    found = BACK[library](screen(given_tables, "bgs-2021", as_of, facts=True))
    assert found.to_dicts() == expected.to_dicts()


def without_zone(frame: Any) -> Any:
    """A DataFrame of Spark whose timestamps have no zone."""
    columns = (
        f"CAST(`{name}` AS TIMESTAMP_NTZ) AS `{name}`" if kind == "timestamp" else f"`{name}`"
        for name, kind in frame.dtypes
    )
    return frame.selectExpr(*columns)


# --- no rows, no columns, no table -----------------------------------------------------------------


EMPTY: Mapping[str, Callable[[list[str]], Any]] = {
    "polars": lambda columns: pl.DataFrame(schema=columns),
    "polars-lazy": lambda columns: pl.LazyFrame(schema=columns),
    "pandas": lambda columns: pd.DataFrame(columns=columns),
    "pyarrow": lambda columns: pa.table({name: [] for name in columns}),
}
"""A frame of some columns and no rows, as one writes it down in each library."""
COLUMNS = ["tenancy", "from"]


def of_one(library: str) -> dict[str, Any]:
    """A portfolio of one tenancy of which no plans are given."""
    one = tenancy(id="A", entries=[RentTerm(id="r", due=DAY, cents=60_000)])
    return GIVEN[library]({name: it for name, it in frames(as_tables([one])).items() if name != "plans"})


def unknown_of(portfolio: dict[str, Any], library: str) -> set[str]:
    """Which parts are unknown of its tenancy, of those that the policy asks for."""
    found = BACK[library](screen(portfolio, "bgs-2021", AS_OF))
    return {"plans"}.intersection(found["unknown"].item().split())


@pytest.mark.parametrize("library", EMPTY)
def test_none_is_unknown_and_no_rows_are_none(library: str) -> None:
    """As in a tenancy: `plans=None` and `plans=[]`."""
    given_tables = of_one(library)
    assert unknown_of(given_tables, library) == {"plans"}
    assert unknown_of({**given_tables, "plans": None}, library) == {"plans"}
    assert unknown_of({**given_tables, "plans": EMPTY[library](COLUMNS)}, library) == set()


@pytest.mark.parametrize("library", EMPTY)
def test_a_frame_without_columns_says_neither(library: str) -> None:
    """What somebody forgot to fill must not read as nobody: it is refused, with what to give."""
    with pytest.raises(MissingField, match="has no columns") as caught:
        screen({**of_one(library), "plans": EMPTY[library]([])}, "bgs-2021", AS_OF)
    assert caught.value.place == Cell("plans", 1, "")
    assert "without rows (tenancy, from, …)" in caught.value.remedy
    assert "give None" in caught.value.remedy
    with pytest.raises(InvalidValue, match="at entries: this is not a dataframe"):
        screen({**of_one(library), "entries": None}, "bgs-2021", AS_OF)


@pytest.mark.parametrize("library", EMPTY)
def test_a_check_takes_the_same(library: str) -> None:
    """And says the same of a frame without columns; what is set aside leaves None as it is."""
    given_tables = of_one(library)
    for plans in (None, EMPTY[library](COLUMNS)):
        errors = errors_of(check({**given_tables, "plans": plans}, "bgs-2021"), library)
        assert errors == []
    for plans in (EMPTY[library]([]), EMPTY[library](["tenancy"])):
        (code,) = errors_of(check({**given_tables, "plans": plans}, "bgs-2021"), library)
        assert code == "missing-field"
    bad = frames(as_tables([tenancy(id="A", entries=[RentTerm(id="r", due=DAY, cents=60_000)])]))
    bad["entries"] = bad["entries"].with_columns(cents=pl.lit(-5))
    aside = set_aside({**GIVEN[library](bad), "plans": None}, "bgs-2021")
    assert (aside.names, "plans" in aside.tables) == (("A",), False)


def errors_of(found: Any, library: str) -> list[str]:
    """The codes of what refuses a portfolio."""
    back = BACK[library](found)
    return back.filter(pl.col("severity") == "error")["code"].to_list()


def test_a_ledger_may_give_none_too() -> None:
    """Read tenancy by tenancy it means the same."""

    class Given:
        def __init__(self, **more: Any) -> None:
            self.more = more

        def tables(self) -> dict[str, Any]:
            return {**of_one("polars"), **self.more}

    for plans, expected in ((None, None), (pl.DataFrame(schema=COLUMNS), ())):
        (read,) = read_portfolio(Given(plans=plans))
        assert read.plans == expected
    with pytest.raises(MissingField, match="has no columns"):
        read_portfolio(Given(plans=pl.DataFrame()))
