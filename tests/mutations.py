"""Random cases for the oracle and for every engine: valid ones, and ones with exactly one error.

`valid_case` packs a tenancy with parts that touch each other and sit on the borders the semantics
draw; `broken_case` makes one change in such a case for which the oracle refuses it. Both depend on
nothing but the random generator they are given, so a seed names a case.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any, Final

import oracle
from oracle import CHANNELS, FIRST_DAY, LAST_DAY, MOST_CENTS

Part = dict[str, Any]

POLICIES: Final = tuple(oracle.IN_FORCE)
MOODS: Final = "none wait hold hold refer refer refer ask remind contact contact wild wild".split()
#: Ids that sort differently by code point, by UTF-16 unit, by number or without regard to case.
IDS: Final = (
    *("r1", "r2", "R2", "r10", "10", "9", "a/b", "m~n", "~1", "z", "Z", "p1", "P1", "x y", " x"),
    *("\u00e9", "e\u0301", "\uff5e", "\U0001f600", "\u4e2d", "null", "0", "-", "rent", "q" * 200),
)
#: Pairs of them of which the order is easily got wrong.
TIES: Final = (
    *(("\uff5e", "\U0001f600"), ("r10", "r2"), ("R2", "r1"), ("10", "9"), ("Z", "a/b")),
    *(("\u00e9", "z"), ("~1", "r1"), (" x", "-"), ("e\u0301", "\u00e9")),
)
#: Days on which a child born on 29 February turns 18, and the borders of the policies.
SPECIAL_DAYS: Final[dict[str, tuple[date, ...]]] = {
    "katwijk-2012": (
        date(2012, 6, 29),
        date(2020, 12, 31),
        date(2014, 2, 28),
        date(2014, 3, 1),
        date(2016, 2, 29),
        date(2018, 3, 1),
    ),
    "bgs-2021": (date(2021, 1, 1), date(2022, 2, 28), date(2022, 3, 1), date(2024, 2, 29)),
    "katwijk-2021": (date(2021, 1, 1), date(2026, 2, 28), date(2026, 3, 1), LAST_DAY),
}


# --- Valid cases ----------------------------------------------------------------------------------


def _shift(day: date, days: int) -> date:
    """A day later or earlier, kept within the days that section "Values" allows."""
    return date.fromordinal(
        min(max(day.toordinal() + days, FIRST_DAY.toordinal()), LAST_DAY.toordinal())
    )


def _put(rng: random.Random, part: Part, name: str, value: object, default: object) -> None:
    """Set an optional field; a value that is the default may as well be absent or null."""
    if value != default:
        part[name] = value
        return
    way = rng.randrange(4)
    if way == 0:
        part[name] = None
    elif way == 1 and default is not None:
        part[name] = default


def _around(rng: random.Random, value: int, least: int = 0, most: int = MOST_CENTS) -> int:
    """A number on the border that another number draws, or just beside it."""
    return min(max(value + rng.choice((-1, 0, 0, 1)), least), most)


class _Days:
    """Days in one neighbourhood, drawn so that many of them coincide or touch."""

    def __init__(self, rng: random.Random, as_of: date, span: int) -> None:
        """Start with the day itself and the day the ledger begins."""
        self.rng = rng
        self.as_of = as_of
        self.span = span
        self.marks = [as_of, _shift(as_of, -span)]

    def near(self) -> date:
        """A day that was drawn before, one beside it, or any day of the neighbourhood."""
        if self.rng.random() < 0.45:
            return _shift(self.rng.choice(self.marks), self.rng.choice((-1, 0, 0, 1)))
        day = _shift(self.as_of, -self.rng.randint(-4, self.span + 4))
        self.marks.append(day)
        return day

    def text(self) -> str:
        """The same, as the text of a day."""
        return self.near().isoformat()


def _choose_as_of(rng: random.Random, policy: str) -> date:
    """A day in the policy's period, now and then one of its borders."""
    if rng.random() < 0.12:
        return rng.choice(SPECIAL_DAYS[policy])
    if policy == "katwijk-2012":
        return date(2012, 6, 29) + timedelta(days=rng.randrange(3108))
    return date(2021, 1, 1) + timedelta(days=rng.randrange(2500))


def _make_rents(rng: random.Random, days: _Days) -> list[Part]:
    """One to four rents, in any order, at times all of them after the oldest term."""
    starts = {rng.choice((date(2010, 1, 1), FIRST_DAY, days.near()))}
    while rng.random() < 0.4 and len(starts) < 4:
        starts.add(days.near())
    rents = [
        {"from": start.isoformat(), "cents": rng.choice((60000, 63000, 59999, 70001, 100, 33333))}
        for start in sorted(starts)
    ]
    for rent in rents:
        per = rng.choice([*oracle.PAYMENTS_A_YEAR]) if rng.random() < 0.2 else "month"
        rent["cents"] = max(rent["cents"], -(-1200 // oracle.PAYMENTS_A_YEAR[per]))
        _put(rng, rent, "per", per, "month")
    if rng.random() < 0.01:
        rents[0]["cents"] = MOST_CENTS
    rng.shuffle(rents)
    return rents


def _claim_cents(rng: random.Random, rent: int, small: bool) -> int:
    """Cents of a claim: a rent, a part of one, or an amount near a threshold."""
    if small:
        return rng.choice((1, 2, 499, 500, 999, 1000, 1001, 1002, 2000))
    return rng.choice((rent, rent, rent, rent + 1, rent // 2, 60000, 7499, 7500, 1000, 1, 3))


def _make_ids(rng: random.Random, tied: bool) -> list[str]:
    """Ids to take from the end; the last two are a pair whose order matters, where asked for."""
    ids = list(IDS)
    rng.shuffle(ids)
    if tied:
        pair = rng.choice(TIES)
        ids = [one for one in ids if one not in pair] + rng.sample(pair, 2)
    return ids


def _make_claims(rng: random.Random, days: _Days, mood: str, rent: int, ids: list[str]) -> list[Part]:
    """Rent terms and other claims, booked on their due day, before it, late or after `as_of`."""
    small = mood == "wait" and rng.random() < 0.4
    first = _shift(days.as_of, -days.span)
    step = rng.choice((1, 2, 7, 10, 28, 31))
    claims: list[Part] = []
    for number in range(rng.choice((0, 1, 2, 3, 4, 6) if mood == "none" else (1, 2, 2, 3, 4, 6))):
        due = _shift(first, number * step) if rng.random() < 0.7 else days.near()
        days.marks.append(due)
        kind = "rent" if rng.random() < 0.8 else "other"
        claim: Part = {"id": ids.pop(), "kind": kind, "due": due.isoformat()}
        claim["cents"] = min(_claim_cents(rng, rent, small), MOST_CENTS)
        booked: str | None = None
        if rng.random() < 0.2:
            booked = days.text()
        elif rng.random() < 0.15:
            booked = rng.choice((due, _shift(due, -20), _shift(due, 3))).isoformat()
        _put(rng, claim, "booked", booked, None)
        claims.append(claim)
    return claims


def _make_ledger(rng: random.Random, days: _Days, mood: str, rents: list[Part]) -> list[Part]:
    """Entries of every kind in one heap: terms, other claims, money that names them or not."""
    tied = rng.random() < 0.15
    ids = _make_ids(rng, tied)
    rent = int(rents[0]["cents"])
    first = _shift(days.as_of, -days.span)
    claims = _make_claims(rng, days, mood, rent, ids)
    if tied and len(claims) > 1:
        claims[1] |= {"kind": "rent", "due": claims[0]["due"]}
        claims[0]["kind"] = "rent"
    money: list[Part] = []
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 5) if mood != "none" else (1, 2, 3, 5))):
        total = sum(int(claim["cents"]) for claim in claims)
        paid = sum(int(one["cents"]) for one in money)
        single = int(rng.choice(claims)["cents"]) if claims else rent
        cents = rng.choice((single, single, single // 2, single - 1, single + 1, total - paid))
        if mood not in ("none", "wild") and rng.random() < 0.6:
            cents //= 3
        kind = "payment" if rng.random() < 0.75 else "credit"
        one = {"id": ids.pop(), "kind": kind, "booked": days.text(), "cents": 1}
        one["cents"] = min(max(cents, 1), MOST_CENTS)
        settles: str | None = None
        if claims and rng.random() < 0.45:
            settles = rng.choice(claims)["id"]
        _put(rng, one, "settles", settles, None)
        money.append(one)
    taken_back: list[Part] = []
    while money and len(taken_back) < 3 and rng.random() < 0.35:
        of = rng.choice(money)
        back = {"id": ids.pop(), "kind": "reversal", "booked": days.text(), "reverses": of["id"]}
        part = _around(rng, rng.choice((of["cents"], of["cents"] // 2)), 1, of["cents"])
        _put(rng, back, "cents", part if rng.random() < 0.6 else None, None)
        taken_back.append(back)
    if rng.random() < 0.15:
        cents = rng.choice((rent, rent // 2, 1, 999, 1000))
        taken_back.append(
            {"id": ids.pop(), "kind": "refund", "booked": days.text(), "cents": max(cents, 1)}
        )
    if mood == "none" and rng.random() < 0.6:
        for claim in claims:
            paid_in = _around(rng, int(claim["cents"]), 1)
            booked_on = _shift(first, rng.randrange(days.span + 1)).isoformat()
            money.append({"id": ids.pop(), "kind": "payment", "booked": booked_on, "cents": paid_in})
    if mood == "none" and claims and rng.random() < 0.3:
        claims[0]["due"] = days.as_of.isoformat()
    entries = [*claims, *money, *taken_back]
    rng.shuffle(entries)
    return entries


def _bare(policy: str, as_of: date, tenancy: Part) -> Part:
    """A case with a ledger only, to ask the oracle what it comes to."""
    return {"policy": policy, "as_of": as_of.isoformat(), "tenancy": tenancy}


def _owing(rng: random.Random, policy: str, days: _Days, mood: str) -> tuple[Part, Part]:
    """Rents and entries, and what they come to; with arrears unless the mood is none or wild."""
    rents = _make_rents(rng, days)
    entries = _make_ledger(rng, days, mood, rents)
    tenancy: Part = {
        "id": rng.choice(("T-1", "T/1", "\U0001f3e0", "1", " ")),
        "start": rng.choice(("2010-01-01", "1900-01-01", days.near().isoformat())),
        "rents": rents,
        "entries": entries,
    }
    found = oracle.facts(_bare(policy, days.as_of, tenancy))
    enough = 1000 if mood != "wait" else 1
    if mood not in ("none", "wild") and found["arrears_cents"] < enough:
        due = _shift(days.as_of, -days.span).isoformat()
        for number in range(rng.choice((1, 2, 2))):
            cents = 1200 if mood == "wait" else rng.choice((60000, 63000, 2000))
            cents += sum(entry.get("cents") or 0 for entry in entries)
            last = {"id": f"last-{number}", "kind": "rent", "due": due, "cents": cents}
            last["cents"] = min(cents, MOST_CENTS)
            entries.insert(rng.randrange(len(entries) + 1), last)
        found = oracle.facts(_bare(policy, days.as_of, tenancy))
    if rng.random() < 0.0005:
        entries += [
            {"id": f"full-{number}", "kind": "other", "due": days.text(), "cents": 1}
            for number in range(5000 - len(entries))
        ]
    return tenancy, found


def _make_parameters(rng: random.Random, policy: str, found: Part, mood: str) -> Part:
    """Values set by the user, many of them on the very border that the ledger draws."""
    overdue = int(found["days_overdue"])
    arrears = int(found["arrears_cents"])
    months = str(found["months"])
    whole, _, fraction = months.partition(".")
    billionths = int(whole) * 10**9 + int(fraction.ljust(9, "0"))
    just_less = max(billionths - 1, 0)
    less_text = f"{just_less // 10**9}.{just_less % 10**9:09d}"
    eager = mood in ("refer", "ask")
    choices: dict[str, tuple[Any, ...]] = {
        "referral_months": ("0", "0.5", less_text, less_text)
        if eager
        else ("1", "2", "0", "1.000000000", "000000001", months, less_text, "999999999.999999999"),
        "min_attempts": (0, 1, 1, 2, 3),
        "min_channels": (0, 1, 1, 2, 3),
        "sustained_days": (1, max(overdue, 1), max(overdue - 1, 1))
        if eager
        else (1, 2, max(overdue, 1), overdue + 1, max(overdue - 1, 1), 36500),
        "minimum_cents": (0, 1, arrears // 2) if eager else (0, 7500, _around(rng, arrears), 1),
        "response_days": (0, 1, 3, 7) if eager else (0, 1, 14, 7, _around(rng, overdue), 36500),
        "acted_days": (0, 1, 30, 7, _around(rng, overdue), MOST_CENTS),
        "contact_days": (180, 365, overdue, MOST_CENTS)
        if eager
        else (0, 1, 14, _around(rng, overdue), 180, MOST_CENTS),
        "repeat_days": (0, 1, 30, _around(rng, overdue), MOST_CENTS),
        "signal_days": (0, 30, _around(rng, overdue), MOST_CENTS),
        "grace_days": (0, overdue, overdue // 2)
        if mood not in ("wait", "wild")
        else (0, _around(rng, overdue), _around(rng, overdue), MOST_CENTS),
        "floor_cents": (0, arrears, 1000 if arrears >= 1000 else 0)
        if mood not in ("wait", "wild")
        else (0, _around(rng, arrears), _around(rng, arrears), 1001),
    }
    return {
        name: min(value, MOST_CENTS) if isinstance(value, int) else value
        for name, value in ((name, rng.choice(choices[name])) for name in oracle.PARAMETERS[policy])
        if rng.random() < (0.35 if not eager else 0.6)
    }


def _make_contact(rng: random.Random, day: date, given: Part) -> Part:
    """One contact; what is not given is random, mostly the default."""
    contact: Part = {
        "date": day.isoformat(),
        "channel": given.get("channel") or rng.choice(CHANNELS),
    }
    _put(rng, contact, "direction", given.get("direction", "out"), "out")
    about = given.get("about_arrears", rng.random() < 0.9)
    _put(rng, contact, "about_arrears", about, True)
    _put(rng, contact, "returned", given.get("returned", rng.random() < 0.07), False)
    for name in ("reached", "reminder", "debt_help", "offers_sharing"):
        _put(rng, contact, name, given.get(name, rng.random() < 0.3), False)
    return contact


def _make_contacts(
    rng: random.Random, days: _Days, start: date, parameters: Part, mood: str
) -> list[Part]:
    """What the landlord did, complete or with one thing lacking, and noise around it."""
    as_of = days.as_of
    response = min(int(parameters.get("response_days", 14)), 40000)
    acted = min(int(parameters.get("acted_days", 30)), 40000)
    latest = min(max(_shift(as_of, -response), _shift(start, 1)), as_of)
    between = (latest - start).days

    def early() -> date:
        if between <= 1 or rng.random() < 0.4:
            return latest
        return _shift(start, rng.randint(1, between))

    def whenever() -> date:
        if rng.random() < 0.3:
            return _shift(start, rng.choice((0, 1)))
        return _shift(as_of, -rng.randrange(max((as_of - start).days, 1)))

    letter = {"channel": rng.choice(("letter", "email")), "reminder": True, "about_arrears": True}
    letter["offers_sharing"] = True
    call: Part = {"channel": rng.choice(("phone", "visit", "appointment")), "about_arrears": True}
    rng.choice((letter, call))["debt_help"] = True
    contacts: list[Part] = []
    if mood == "wild":
        contacts = []
    elif mood == "remind":
        lack = rng.choice(("reminder", "offers_sharing", "direction", "channel", "all"))
        broken = {"direction": "in", "channel": "phone"}.get(lack, False)
        if lack != "all":
            contacts.append(_make_contact(rng, early(), {**letter, lack: broken}))
        contacts.append(_make_contact(rng, whenever(), {**call, "reminder": False}))
    elif mood == "contact":
        contacts.append(_make_contact(rng, early(), letter))
        if rng.random() < 0.3:
            contacts.append(_make_contact(rng, whenever(), {**call, "debt_help": False}))
    else:
        contacts.append(_make_contact(rng, early(), letter))
        contacts.append(_make_contact(rng, whenever(), call))
        if rng.random() < 0.12:
            contacts.pop(rng.randrange(2))
        if rng.random() < 0.3:
            contacts.append(_make_contact(rng, whenever(), letter))
    noise = rng.choice((0, 0, 1, 2, 3)) if mood != "wild" else rng.randrange(6)
    for _ in range(noise):
        inbound = 0.5 if mood in ("hold", "wild") else 0.15
        given: Part = {"direction": "in" if rng.random() < inbound else "out"}
        if mood in ("remind", "contact"):
            given |= {"about_arrears": rng.random() < 0.2, "reminder": False}
        day = whenever() if rng.random() < 0.5 else days.near()
        if given["direction"] == "in" and rng.random() < 0.4:
            day = _shift(as_of, rng.choice((-1, 0, 1)) - acted)
        contacts.append(_make_contact(rng, day, given))
    rng.shuffle(contacts)
    return contacts


def _make_period(rng: random.Random, days: _Days) -> Part:
    """The days on which a plan or dispute runs."""
    start = days.near()
    period: Part = {"from": start.isoformat()}
    until = rng.choice((None, _shift(start, rng.choice((0, 1, 10, 90))), max(start, days.near())))
    _put(rng, period, "until", until.isoformat() if until else None, None)
    return period


def _make_plan(rng: random.Random, days: _Days, arrears: int) -> Part:
    """A plan, kept or broken, running or not, for all or for cents that just do or do not cover."""
    plan = _make_period(rng, days)
    cents = rng.choice((arrears, arrears // 2, arrears - 1000, arrears - 999, 0))
    _put(rng, plan, "cents", _around(rng, cents) if rng.random() < 0.6 else None, None)
    _put(rng, plan, "broken_on", days.text() if rng.random() < 0.5 else None, None)
    return plan


def _make_dispute(rng: random.Random, days: _Days, arrears: int) -> Part:
    """A dispute over all of the rent, or over cents that just do or do not cover the arrears."""
    dispute = _make_period(rng, days)
    half = _around(rng, arrears // 2)
    cents = rng.choice((None, 0, _around(rng, arrears), half, half, 100, 15000))
    _put(rng, dispute, "cents", min(cents, MOST_CENTS) if cents is not None else None, None)
    return dispute


def _make_objection(rng: random.Random, days: _Days, start: date) -> Part:
    """An objection, standing or to one reminder, withdrawn or not."""
    day = rng.choice((days.near(), _shift(start, rng.choice((-1, 0, 1))), _shift(start, -700)))
    objection: Part = {"date": day.isoformat()}
    _put(rng, objection, "standing", rng.random() < 0.5, True)
    withdrawn = days.text() if rng.random() < 0.5 else None
    _put(rng, objection, "withdrawn", withdrawn, None)
    return objection


def _make_signal(rng: random.Random, days: _Days, start: date, arrears: int) -> Part:
    """An earlier referral, for just as much or just less, on either side of the episode's start."""
    day = rng.choice((days.near(), _shift(start, rng.choice((-1, 0, 1))), days.as_of))
    cents = rng.choice((_around(rng, arrears), arrears // 2, _around(rng, arrears), 0, 60000))
    return {"date": day.isoformat(), "cents": min(cents, MOST_CENTS)}


def _make_fact(rng: random.Random, days: _Days) -> Part:
    """What the tenancy states, whether a policy asks for it or not."""
    fact = {
        "name": rng.choice(("guardian", "weeks", "~/", "\u00e9")),
        "value": rng.choice((True, False, 0, 1, MOST_CENTS, "1", "1.5", "999999999.999999999")),
    }
    period = _make_period(rng, days)
    if rng.random() < 0.3:
        period["from"] = None
    return fact | period


def _make_household(rng: random.Random, as_of: date) -> Part:
    """Children around their eighteenth birthday, listed wholly, partly or not at all."""
    household: Part = {}
    children: list[Part] | None = None
    if rng.random() < 0.85:
        children = []
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            year = max(as_of.year - 18, 1900)
            day = _shift(date(year, as_of.month, min(as_of.day, 28)), rng.choice((-1, 0, 1, 2)))
            leap = date(year // 4 * 4 if year % 100 else 2000, 2, 29)
            near = _shift(as_of, rng.choice((-1, 0, 1, -3000)))
            born = rng.choice((day, day, leap, near, FIRST_DAY, date(1999, 4, 20)))
            known = rng.choice((10, 10, 10, 7, 4))
            children.append({"born": (born.isoformat()[:known] + "-00-00")[:10]})
    _put(rng, household, "children", children, None)
    _put(rng, household, "complete", rng.random() < 0.7, True)
    return household


def _leave_out(rng: random.Random, tenancy: Part, name: str) -> None:
    """Make an optional field unknown, one way or the other."""
    tenancy[name] = None
    if rng.random() < 0.5:
        del tenancy[name]


def _clear(rng: random.Random, case: Part, spared: float) -> None:
    """Take away most holds that came about by accident, so that the later steps are reached."""
    tenancy = case["tenancy"]
    fields = {
        "objected": "objections",
        "already-referred": "signals",
        "disputed": "disputes",
        "plan-in-force": "plans",
    }
    for hold in oracle.outcome(case).get("hold", []):
        if rng.random() < spared:
            continue
        if hold in fields:
            tenancy[fields[hold]] = []
        elif hold == "tenant-acted":
            contacts = tenancy.get("contacts") or []
            kept = [one for one in contacts if one.get("direction") != "in"]
            if "contacts" in tenancy and contacts:
                tenancy["contacts"] = kept
        elif hold == "deceased":
            tenancy["deceased"] = _shift(date.fromisoformat(case["as_of"]), 1).isoformat()
            if tenancy["deceased"] == case["as_of"]:
                tenancy["deceased"] = None
        elif hold == "not-a-dwelling":
            tenancy["object"] = "dwelling"
        else:
            tenancy["end"] = case["as_of"] if case["as_of"] >= tenancy["start"] else None


def _add_parts(rng: random.Random, case: Part, days: _Days, found: Part, mood: str) -> None:
    """Everything of a tenancy beside its ledger."""
    tenancy = case["tenancy"]
    as_of = days.as_of
    arrears = int(found["arrears_cents"])
    started = found["episode_start"]
    start = date.fromisoformat(started) if started else _shift(as_of, -days.span)
    days.marks += [start, _shift(start, 1)]
    many = (1, 1, 2) if mood in ("hold", "wild") else (0, 0, 1, 2)
    tenancy["contacts"] = _make_contacts(rng, days, start, case.get("parameters") or {}, mood)
    tenancy["plans"] = [_make_plan(rng, days, arrears) for _ in range(rng.choice(many))]
    tenancy["disputes"] = [_make_dispute(rng, days, arrears) for _ in range(rng.choice(many))]
    tenancy["objections"] = [_make_objection(rng, days, start) for _ in range(rng.choice(many))]
    tenancy["signals"] = [_make_signal(rng, days, start, arrears) for _ in range(rng.choice((*many, 3)))]
    tenancy["household"] = _make_household(rng, as_of)
    facts = [_make_fact(rng, days) for _ in range(rng.choice((0, 0, 1, 2)))]
    by_key = {(fact["name"], fact.get("from")): fact for fact in facts}
    tenancy["facts"] = list(by_key.values())
    is_other = rng.random() < (0.2 if mood in ("hold", "wild") else 0.03)
    _put(rng, tenancy, "object", rng.choice(oracle.OBJECTS) if is_other else "dwelling", "dwelling")
    end = None
    if rng.random() < 0.3:
        begun = date.fromisoformat(tenancy["start"])
        end = max(begun, _shift(as_of, rng.choice((-1, 0, 1, 30, 9999)))).isoformat()
    _put(rng, tenancy, "end", end, None)
    deceased = days.text() if rng.random() < 0.1 else None
    _put(rng, tenancy, "deceased", deceased, None)
    eviction: Part | None = None
    if rng.random() < 0.3:
        announced = _shift(as_of, rng.choice((-1, 0, -10, 1)))
        on = max(announced, _shift(as_of, rng.choice((-1, 0, 1, 20))))
        eviction = {"announced": announced.isoformat(), "on": on.isoformat()}
    _put(rng, tenancy, "eviction", eviction, None)


def _make_unknown(rng: random.Random, tenancy: Part, mood: str) -> None:
    """Leave optional fields out: often where the advice should be to ask, else now and then."""
    parts = ("contacts", "plans", "disputes", "objections", "signals")
    if mood == "ask":
        for name in rng.sample(parts, rng.choice((1, 1, 2, 3, 5))):
            _leave_out(rng, tenancy, name)
    for name in parts:
        seldom = mood == "refer" or (name == "contacts" and mood in ("remind", "contact"))
        if name in tenancy and rng.random() < (0.01 if seldom else 0.12):
            _leave_out(rng, tenancy, name)
        elif name in tenancy and rng.random() < (0.02 if name == "contacts" else 0.2):
            tenancy[name] = []
    if rng.random() < 0.12:
        _leave_out(rng, tenancy, "household")


def valid_case(rng: random.Random) -> Part:
    """A case that every engine must accept, rich enough that its parts interact."""
    policy = rng.choice(POLICIES)
    mood = rng.choice(MOODS)
    as_of = _choose_as_of(rng, policy)
    spans = (30, 31, 35, 45, 60, 75, 100)
    if mood == "wait":
        spans = (1, 2, 5, 6, 7, 8, 29)
    elif mood in ("wild", "none"):
        spans = (1, 7, 14, 29, 30, 31, 60)
    elif mood in ("remind", "contact"):
        spans = (7, 8, 14, 29, 30, 45, 75)
    span = rng.choice(spans)
    if rng.random() < 0.002:
        span = 800
    days = _Days(rng, as_of, span)
    tenancy, found = _owing(rng, policy, days, mood)
    case: Part = {"policy": policy, "as_of": as_of.isoformat(), "tenancy": tenancy}
    if rng.random() < 0.5:
        case = {"case": "random", "about": "A case made up by chance.", **case}
    if rng.random() < 0.45:
        case["parameters"] = _make_parameters(rng, policy, found, mood)
    elif rng.random() < 0.2:
        case["parameters"] = rng.choice((None, {}))
    _add_parts(rng, case, days, found, mood)
    if mood not in ("hold", "wild"):
        _clear(rng, case, 0.05)
    _make_unknown(rng, tenancy, mood)
    return case


# --- Cases with one error -------------------------------------------------------------------------

_OTHER_TYPES: Final[tuple[Any, ...]] = (None, 0, 1, 1.5, True, False, "", "x", [], ["x"], {})
_NOT_AN_OBJECT: Final = _OTHER_TYPES[:-1]
_BORDERS: Final = ("1900-01-01", "2199-12-31", "2012-06-28", "2020-12-31", "2021-01-01")
_DAYS: Final = (
    *("2025-02-30", "2025-02-29", "2100-02-29", "1900-02-29", "2025-04-31", "2025-13-01"),
    *("2025-00-10", "2025-01-00", "2025-01-32", "0000-01-01", "1899-12-31", "2200-01-01"),
    *("9999-12-31", "0001-01-01", "2025-2-3", "2025-02-3", "25-02-03", "20250203", "2025-W05-1"),
    *("2025W051", "2025-034", "2025-02", "2025", "2025-02-03T00:00:00", "2025-02-03T00:00:00Z"),
    *("2025-02-03 00:00", "2025-02-03Z", "2025-02-03+01:00", " 2025-02-03", "2025-02-03 "),
    *("2025-02-03\n", "\t2025-02-03", "2025/02/03", "2025.02.03", "03-02-2025", "02/03/2025"),
    *("3 februari 2025", "+2025-02-03", "-2025-02-03", "12025-02-03", "2025-02-03\u0000"),
    *("\uff12\uff10\uff12\uff15-\uff10\uff12-\uff10\uff13", "2025-02-0\uff13", "2025-02-0\u0663"),
    *("2025\u201002\u201003", "2025\u221202\u221203", "2025-02-\u00b23", "null", "today"),
    *_BORDERS,
)
_NUMBERS: Final[tuple[Any, ...]] = (
    *(-1, -60000, 99, 36501, MOST_CENTS + 1, 2**31, 2**63, 10**30, -(2**63) - 1),
    *(600.0, 60000.0, 600.5, 1e2, 0.0, -0.0, 1e300, float(MOST_CENTS)),
    *("60000", "600.00", "\u0663", "1e4", [60000], {"cents": 60000}),
)
_MONTHS: Final = (
    *(" ", "1.", ".5", ".", "1,5", "-1", "+1", "1e3", "1234567890", "0000000001", "1.1234567890"),
    *("1.0000000000", " 1", "1 ", "1\n", "\n1", "\uff11", "1.\uff15", "\u0663", "\u00b2", "abc", "1_0"),
    *("0x1", "1.5.0", "Infinity", "NaN", "1/2", "\u00bd", "1\u0000"),
)
_WORDS: Final = (
    *("Rent", "rent ", "huur", "reversals", "Letter", "sms", " letter", "phone,visit", "Out", "both"),
    *("true", "false", "ja", "bgs", "BGS-2021", "bgs-2021 ", "bgs_2021", "\uff42gs-2021", "nothing"),
)
_NAMES: Final = (
    *("cent", "Cents", "cents ", "a/b", "m~n", "~1", "~0", "/", "~", "", "//", "~/", "/~01"),
    *("\u00e9", "\U0001f600", "note", "0", "-", "__class__", "naam", "objection", "amount"),
    *("id", "from", "date", "cents", "kind", "until", "on", "born", "tenancy", "channel", "reverses"),
    *("eviction_on", "children_known", "children", "settles", "due", "booked", "start"),
    *("sustained_days", "minimum_cents", "acted_days", "Grace_days", "grace-days"),
)


def _holders(value: object) -> Iterator[Any]:
    """Every object and list in a value, from the outside in."""
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _holders(inner)


def _objects(rng: random.Random, case: Part, name: str | None = None) -> Part:
    """An object in a case, at times one with this field if there is any."""
    found = [it for it in _holders(case) if isinstance(it, dict)]
    with_name = [it for it in found if name in it]
    return rng.choice(with_name or found)


def _change_value(rng: random.Random, case: Part) -> None:
    """Put another value in a field or in a list; a day or number most often becomes another one."""
    names = sorted({name for it in _holders(case) if isinstance(it, dict) for name in it})
    name = rng.choice(names)
    if rng.random() < 0.3:  # what refers to something else, for errors that are rare otherwise
        name = rng.choice([it for it in ("policy", "as_of", "id", "settles", "reverses") if it in names])
    subject = _objects(rng, case, name)
    ids = [entry["id"] for entry in case["tenancy"]["entries"]]
    likely: tuple[Any, ...] = _WORDS if name == "kind" else (*_WORDS, *_MONTHS, *ids)
    if name in ("settles", "reverses"):
        likely = (*ids, *(it.swapcase() for it in ids), "nothing", case["tenancy"]["id"])
    elif name == "as_of":
        likely = _BORDERS
    elif isinstance(subject[name], int):
        likely = _NUMBERS
    elif re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(subject[name])):
        likely = _DAYS
    elif isinstance(subject[name], dict):
        likely = _NOT_AN_OBJECT
    others = _NOT_AN_OBJECT if name == "policy" else _OTHER_TYPES  # an object is one of one's own
    subject[name] = rng.choice(likely if rng.random() < 0.7 else others)


def _remove_field(rng: random.Random, case: Part) -> None:
    """Leave out a field."""
    subject = _objects(rng, case)
    if subject:
        del subject[rng.choice([*subject])]


def _add_field(rng: random.Random, case: Part) -> None:
    """Add a field, null or not, also one whose name needs escaping."""
    subject = _objects(rng, case)
    members = [*subject.items()]
    value = rng.choice((*_OTHER_TYPES, "2025-02-03"))
    members.insert(rng.randrange(len(members) + 1), (rng.choice(_NAMES), value))
    subject.clear()
    subject.update(members)


def _add_item(rng: random.Random, case: Part) -> None:
    """Put in a list what is no part, or an item that is in it already."""
    items = rng.choice([it for it in _holders(case) if isinstance(it, list)])
    item = rng.choice([*items, *_NOT_AN_OBJECT])
    items.insert(rng.randrange(len(items) + 1), deepcopy(item))


CHANGES: Final = (_change_value, _change_value, _change_value, _remove_field, _add_field, _add_item)


def broken_case(rng: random.Random) -> tuple[Part, str, str]:
    """A valid case with one change that is refused, the code of the error and its JSON pointer."""
    valid = valid_case(rng)
    while len(valid["tenancy"]["entries"]) > 100:
        valid = valid_case(rng)
    while True:
        case = deepcopy(valid)
        rng.choice(CHANGES)(rng, case)
        found = oracle.outcome(case)
        if "error" in found:
            return case, found["error"], found["at"]
