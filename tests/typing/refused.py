"""What a type checker refuses: each line that is marked must be an error, which is checked as well."""

from __future__ import annotations

import datetime as dt

from huurschuld import (
    Child,
    Contact,
    Household,
    Rent,
    Tenancy,
    decide,
    decide_many,
    decisions_frame,
    load_case,
    read_receipt,
    replay,
    screen,
    worklist,
)

DAY = dt.date(2025, 3, 31)
RENT = Rent(from_=DAY, cents=63_000)
case = load_case("case.json")
receipt = decide(case.tenancy, "bgs-2021", DAY).receipt

Tenancy(id="T-1", start=DAY, rents=[RENT], entries=[RENT, "x", 3])  # type: ignore[list-item]
Tenancy(id="T-1", start=DAY, rents=[RENT], entries=None)  # type: ignore[arg-type]
Tenancy(id="T-1", start="2025-03-31", rents=[RENT], entries=[])  # type: ignore[arg-type]
Tenancy(id="T-1", start=DAY, rents=[Child(born=DAY)], entries=[])  # type: ignore[list-item]
Tenancy(id="T-1", start=DAY, rents=[RENT], entries=[], plans=[Contact(date=DAY, channel="visit")])  # type: ignore[list-item]
Tenancy(id="T-1", start=DAY, rents=[RENT], entries=[], plan=[])  # type: ignore[call-arg]
Rent(from_=DAY, cents=630.0)  # type: ignore[arg-type]
Rent(from_=20_250_331, cents=63_000)  # type: ignore[arg-type]
Contact(date=DAY, channel="letter", reminder="ja")  # type: ignore[arg-type]
Household(children=[DAY])  # type: ignore[list-item]
Contact(date=DAY, channel="brief")  # type: ignore[arg-type]
Contact(date=DAY, channel="letter", direction="uit")  # type: ignore[arg-type]
decide(case.tenancy, "bgs-2021", DAY, engine="snel")  # type: ignore[arg-type]
decide_many([case.tenancy], "bgs-2021", DAY, engine="snel")  # type: ignore[arg-type]
replay(receipt, case.tenancy, engine="snel")  # type: ignore[arg-type]
worklist([case.tenancy], "bgs-2021", DAY, engine="snel")  # type: ignore[arg-type]
screen({"tenancies": "tenancies.csv"}, "bgs-2021", DAY)  # type: ignore[type-var]
decisions_frame([], "excel")  # type: ignore[call-overload]
read_receipt(receipt)  # type: ignore[arg-type]
screen({}, "bgs-2021", DAY, engine="snel")  # type: ignore[call-arg]
