"""Tenancies one step from a threshold of a built-in policy."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from attrs import frozen
from hypothesis import strategies as st

from huurschuld.model.entries import RentTerm
from huurschuld.model.tenancy import Contact, Dispute, Plan, Rent, Signal, Tenancy
from huurschuld.testing.tenancies import AS_OF, households

_COVERED: Final = ("plan", "dispute")
_SIGNALLED: Final = ("repeat", "forgotten", "more")
THRESHOLDS: Final = (
    *("months", "grace", "sustained", "response", "contact", "floor", "effort"),
    *_SIGNALLED,
    *_COVERED,
    "known",
)
_UNKNOWN: Final = (
    *("contacts", "plans", "disputes", "objections", "signals"),
    *("objections", "signals", "disputes"),
)
"""The parts without which nobody is referred; most often those that stop a referral by themselves."""


@frozen
class Threshold:
    """A tenancy one step from a threshold of a built-in policy.

    Attributes:
        tenancy: it meets all other conditions for a referral.
        as_of: the day.
        policy: the name of the policy.
        over: whether it is over the threshold, so that the advice is to refer.
        what: the name of the threshold.
    """

    tenancy: Tenancy
    as_of: dt.date
    policy: str
    over: bool
    what: str


@st.composite
def near_threshold(draw: st.DrawFn, as_of: dt.date = AS_OF, what: str | None = None) -> Threshold:
    """Generate a tenancy one step on either side of a threshold that decides on a referral.

    `months`: one month exactly, or one cent more. `grace`: that one cent is seven days late, or six.
    `sustained`: thirty days in arrears, or a day less. `response`: fourteen days since the offer, or a
    day less. `contact`: the offer is 180 days old, or a day more. `floor`: ten euros, or a cent less.
    `effort`: one call, or none. `repeat`: referred 84 days ago, or a day less. `forgotten`: referred for
    these arrears 181 days ago, or a day less. `more`: ten euros more than were referred, or a cent less.
    `plan`, `dispute`: all but ten euros is covered, or a cent more. `known`: everything is known, or
    one part is not: the contacts, plans, disputes, objections or signals.

    Args:
        draw: provided by Hypothesis.
        as_of: the day.
        what: the name of the threshold; by default each of them.

    Raises:
        ValueError: there is no such threshold.
    """
    if what is not None and what not in THRESHOLDS:
        raise ValueError(f"what is one of {', '.join(THRESHOLDS)}")
    what = what or draw(st.sampled_from(THRESHOLDS))
    over = draw(st.sampled_from((False, False, True)) if what == "known" else st.booleans())
    rent = draw(st.sampled_from((60_000, 63_017)) | st.integers(30_000, 150_000))
    overdue, owed, offered, last = 60, rent, 20, 59
    if what == "months":
        owed = rent + over
    elif what == "grace":
        owed, last = rent + 1, 7 if over else 6
    elif what == "sustained":
        overdue = 30 if over else 29
    elif what == "response":
        offered = 14 if over else 13
    elif what == "contact":
        overdue, offered = 300, 180 if over else 181
    elif what == "floor":
        owed = 1_000 if over else 999
    elif what in _SIGNALLED:
        overdue = 300
    policy = "katwijk-2021" if what in ("months", "grace") else "bgs-2021"

    def ago(days: int) -> dt.date:
        return as_of - dt.timedelta(days=days)

    first = min(owed, rent)
    entries = [RentTerm(id="first", due=ago(overdue), cents=first)]
    if owed > first:
        entries.append(RentTerm(id="second", due=ago(last), cents=owed - first))
    attempts = [
        Contact(date=ago(offered), channel="letter", reminder=True, offers_sharing=True, debt_help=True)
    ]
    if what != "effort" or over:
        attempts.append(Contact(date=ago(10), channel="phone"))
    parts: dict[str, Any] = dict.fromkeys(("plans", "disputes", "objections", "signals"), ())
    if what in _SIGNALLED:
        days, cents = {
            "repeat": (84 if over else 83, 0),
            "forgotten": (181 if over else 180, owed),
            "more": (100, owed - 1_000 if over else owed - 999),
        }[what]
        parts["signals"] = (Signal(date=ago(days), cents=cents),)
    elif what in _COVERED:
        cents = owed - 1_000 if over else owed - 999
        name, cls = ("plans", Plan) if what == "plan" else ("disputes", Dispute)
        parts[name] = (cls(from_=ago(30), cents=cents),)
    parts["contacts"] = tuple(draw(st.permutations(attempts)))
    unknown = [draw(st.sampled_from(_UNKNOWN))] if what == "known" and not over else []
    tenancy = Tenancy(
        id="near",
        start=ago(2000),
        rents=(Rent(from_=ago(2000), cents=rent),),
        entries=tuple(draw(st.permutations(entries))),
        household=draw(st.none() | households(as_of)),
        **parts | dict.fromkeys(unknown),
    )
    return Threshold(tenancy, as_of, policy, over, what)
