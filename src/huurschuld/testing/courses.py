"""The course that arrears take: months without rent, while the landlord does what is asked, or less."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from hypothesis import strategies as st

from huurschuld.model.entries import Payment, RentTerm
from huurschuld.model.tenancy import Contact, Rent

_NOTHING: Final = dict.fromkeys(("plans", "disputes", "objections", "signals"), ())
_APPROACHED: Final = (
    *("wholly", "wholly", "wholly", "without debt help"),
    *("without a call", "without an offer", "not"),
)


@st.composite
def courses(draw: st.DrawFn, as_of: dt.date) -> dict[str, Any]:
    """Generate the fields of a tenancy, by name, whose arrears take their course until a day.

    Rent is not paid for one to six months, perhaps a part of it lately. The landlord reminds and calls,
    or omits a step. Everything else is known to be absent.
    """
    rent = draw(st.sampled_from((60_000, 63_000)) | st.integers(50_000, 150_000))
    behind = draw(st.integers(35, 170))

    def ago(days: int) -> dt.date:
        return as_of - dt.timedelta(days=days)

    due = [ago(days) for days in range(behind, 8, -30)]
    terms = [RentTerm(id=f"c{number}", due=day, cents=rent) for number, day in enumerate(due)]
    received = draw(st.just(0) | st.integers(0, rent - 1_000))
    paid = [Payment(id="p0", booked=ago(1), cents=received)] if received else []
    approached = draw(st.sampled_from(_APPROACHED))
    letter = Contact(
        date=ago(draw(st.integers(15, behind - 1))),
        channel=draw(st.sampled_from(("letter", "email"))),
        reminder=True,
        offers_sharing=approached != "without an offer",
    )
    call = Contact(
        date=ago(draw(st.integers(1, behind - 1))),
        channel=draw(st.sampled_from(("phone", "visit"))),
        debt_help=approached != "without debt help",
    )
    several = {"not": (), "without a call": (letter,)}
    return {
        "rents": (Rent(from_=ago(behind + draw(st.integers(0, 400))), cents=rent),),
        "entries": (*terms, *paid),
        "contacts": several.get(approached, (letter, call)),
        "object": "dwelling",
        "deceased": None,
        "eviction": None,
        "end": None,
        **_NOTHING,
    }
