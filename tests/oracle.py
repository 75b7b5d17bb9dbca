"""A second opinion: the semantics page written out as literally and as naively as possible.

Every function below transcribes one part of `semantics.md` and names it. Nothing here is meant to
be fast or clever: the ledger is allocated afresh for every single day, the episode is found by
walking back a day at a time, and three-valued logic is spelled out. The engines of the project are
held against this file; it shares no code with them and must never import them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from operator import ge, gt, le, lt
from typing import Any, Final

Case = dict[str, Any]
Truth = bool | None
Check = Callable[[Any, str], None]
"""Sees that a value is right, or refuses the input at the place of the value."""

BILLION: Final = 10**9
MOST_CENTS: Final = 10**8
MOST_ENTRIES: Final = 5_000
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
ONE_DAY: Final = timedelta(days=1)

OBJECTS: Final = ("dwelling", "parking", "storage", "business", "other")
PAYMENTS_A_YEAR: Final = {
    "year": 1,
    "half-year": 2,
    "quarter": 4,
    "month": 12,
    "four-weeks": 13,
    "week": 52,
}
CHANNELS: Final = ("letter", "email", "phone", "visit", "appointment", "text", "card", "other")
FLAGS: Final = ("reached", "returned", "about_arrears", "reminder", "debt_help", "offers_sharing")
MAY_BE_UNKNOWN: Final = ("contacts", "disputes", "objections", "plans", "signals")

#: "Advice", first table: the first and the last day on which a policy is in force.
IN_FORCE: Final[dict[str, tuple[date, date]]] = {
    "katwijk-2012": (date(2012, 6, 29), date(2020, 12, 31)),
    "bgs-2021": (date(2021, 1, 1), LAST_DAY),
    "katwijk-2021": (date(2021, 1, 1), LAST_DAY),
}

#: "Advice", the table of holds: what each stops.
HOLDS: Final[dict[str, str]] = {
    "already-referred": "referral",
    "deceased": "everything",
    "disputed": "everything",
    "lease-ended": "everything",
    "not-a-dwelling": "referral",
    "objected": "referral",
    "plan-in-force": "everything",
    "tenant-acted": "everything",
}

#: "Advice", the table of parameters: those that each policy has, with their values.
_COVENANT: Final[dict[str, int | str]] = {
    "referral_months": "1",
    "min_attempts": 2,
    "min_channels": 2,
    "acted_days": 30,
}
_DECREE: Final[dict[str, int | str]] = {"sustained_days": 30, "minimum_cents": 1}
_EVERY: Final[dict[str, int | str]] = {
    "response_days": 14,
    "contact_days": 180,
    "repeat_days": 84,
    "signal_days": 180,
    "grace_days": 7,
    "floor_cents": 1000,
}
PARAMETERS: Final[dict[str, dict[str, int | str]]] = {
    "katwijk-2012": _COVENANT | _EVERY,
    "bgs-2021": _DECREE | _EVERY,
    "katwijk-2021": _COVENANT | _DECREE | _EVERY,
}

#: The table of facts: the tenancy fields that a fact comes from, which may be unknown.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("attempts", "channels", "days_since_attempt", "reminder_sent"), ("contacts",)),
    **dict.fromkeys(("sharing_offered", "days_since_offer"), ("contacts",)),
    **dict.fromkeys(("personal_effort", "debt_help_named"), ("contacts",)),
    "plan_in_force": ("plans",),
    "tenant_acted": ("contacts", "plans"),
    "disputed": ("disputes",),
    "objected": ("objections",),
    "already_referred": ("signals",),
    "minors": ("household",),
}


# --- Errors -----------------------------------------------------------------------------------


class RefusedError(Exception):
    """Section "Errors": the input is refused whole, with the code and JSON pointer of one error."""


def _see(right: bool, at: str, code: str = "invalid-value") -> None:
    """Refuse the input, unless this is right."""
    if not right:
        raise RefusedError(code, at)


def pointer(at: str, name: str | int) -> str:
    """Append one step to a JSON pointer; `~` and `/` in a name are escaped as RFC 6901 says."""
    return at + "/" + str(name).replace("~", "~0").replace("/", "~1")


def _given(part: dict[str, Any], name: str) -> bool:
    """Section "A tenancy": for an optional field absent and null are the same."""
    return part.get(name) is not None


def _text(value: Any, at: str) -> None:
    """A non-empty string: ids and the references to them."""
    _see(isinstance(value, str) and value != "", at)


def _truth(value: Any, at: str) -> None:
    """True or false and nothing that merely looks like it."""
    _see(isinstance(value, bool), at)


def _word(*words: str) -> Check:
    """One of a fixed list of words: `kind`, `channel`, `direction`."""
    return lambda value, at: _see(isinstance(value, str) and value in words, at)


def _number(least: int, most: int) -> Check:
    """A whole number in a range; a boolean is none, and neither is a float such as 600.0."""
    return lambda value, at: _see(type(value) is int and least <= value <= most, at)


def _months(value: Any, at: str) -> None:
    """Section "Advice", last paragraph: months are written with digits and one full stop."""
    _see(isinstance(value, str), at)
    _see(re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value) is not None, at)


def _of_unit(unit: str) -> Check:
    """Section "Facts of one's own": a truth for a flag, a text for months, else a whole number."""
    return {"flag": _truth, "months": _months}.get(unit, _number(0, MOST_CENTS))


def _stated(value: Any, at: str) -> None:
    """Section "Facts of one's own": what fits none of the units is no value."""
    unit = "flag" if isinstance(value, bool) else "months" if isinstance(value, str) else "count"
    _of_unit(unit)(value, at)


def _a_day(value: Any, at: str) -> None:
    """Section "Values": a calendar day from 1900 to 2199, written `YYYY-MM-DD`, no other way."""
    _see(isinstance(value, str), at)
    _see(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is not None, at)
    try:
        day = date(int(value[0:4]), int(value[5:7]), int(value[8:10]))
    except ValueError:
        raise RefusedError("invalid-value", at) from None
    _see(FIRST_DAY <= day <= LAST_DAY, at)


def _a_birth(value: Any, at: str) -> None:
    """Section "A tenancy": `born` is a day, or `YYYY-MM-00`, or `YYYY-00-00`."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-00", value) is not None:
        _a_day(value[:5] + value[5:7].replace("00", "01") + "-01", at)
    else:
        _a_day(value, at)


def _list_of(check: Check) -> Check:
    """A JSON list, each item of which is right."""

    def check_list(value: Any, at: str) -> None:
        _see(isinstance(value, list), at)
        for number, item in enumerate(value):
            check(item, pointer(at, number))

    return check_list


def _object(
    required: dict[str, Check], optional: dict[str, Check], days: tuple[str, str] | None = None
) -> Check:
    """A JSON object with these fields; of two `days` the second is not before the first.

    Section "Errors": a required field that is absent is missing, any other name is unknown, whatever
    its value. A required field that is null is an invalid value.
    """

    def check(value: Any, at: str) -> None:
        _see(isinstance(value, dict), at)
        for name, check_field in required.items():
            _see(name in value, pointer(at, name), "missing-field")
            check_field(value[name], pointer(at, name))
        for name in value:
            _see(name in required or name in optional, pointer(at, name), "unknown-field")
            if name in optional and _given(value, name):
                optional[name](value[name], pointer(at, name))
        if days is not None and _given(value, days[0]) and _given(value, days[1]):
            _see(_day(value[days[0]]) <= _day(value[days[1]]), pointer(at, days[1]))

    return check


_CENTS: Final = _number(1, MOST_CENTS)
_CENTS_OR_NONE: Final = _number(0, MOST_CENTS)


def _check_rents(value: Any, at: str) -> None:
    """Table "A tenancy", `rents`: at least one, at least 100 cents a month, one per `from`."""
    rent_check = _object(
        {"from": _a_day, "cents": _number(100, MOST_CENTS)}, {"per": _word(*PAYMENTS_A_YEAR)}
    )
    _list_of(rent_check)(value, at)
    _see(value != [], at)
    for number, rent in enumerate(value):
        a_year = rent["cents"] * PAYMENTS_A_YEAR[rent.get("per") or "month"]
        _see(a_year >= 100 * 12, pointer(pointer(at, number), "cents"))
    days = [rent["from"] for rent in value]
    for number, day in enumerate(days):
        _see(day not in days[:number], pointer(pointer(at, number), "from"))


#: Section "Ledger entries": the fields that each kind has.
_CLAIM: Final = _object({"id": _text, "kind": _text, "due": _a_day, "cents": _CENTS}, {"booked": _a_day})
_MONEY: Final = _object(
    {"id": _text, "kind": _text, "booked": _a_day, "cents": _CENTS}, {"settles": _text}
)
_REVERSAL: Final = _object(
    {"id": _text, "kind": _text, "booked": _a_day, "reverses": _text}, {"cents": _CENTS}
)
_REFUND: Final = _object({"id": _text, "kind": _text, "booked": _a_day, "cents": _CENTS}, {})
ENTRIES: Final = {
    "rent": _CLAIM,
    "other": _CLAIM,
    "payment": _MONEY,
    "credit": _MONEY,
    "reversal": _REVERSAL,
    "refund": _REFUND,
}


def _check_entries(value: Any, at: str) -> None:
    """Section "Ledger entries": the fields of each kind, unique ids, and what they refer to."""
    _see(isinstance(value, list) and len(value) <= MOST_ENTRIES, at)
    by_id: dict[str, Any] = {}
    for number, entry in enumerate(value):
        place = pointer(at, number)
        _see(isinstance(entry, dict), place)
        _see("kind" in entry, pointer(place, "kind"), "missing-field")
        _word(*ENTRIES)(entry["kind"], pointer(place, "kind"))
        ENTRIES[entry["kind"]](entry, place)
        _see(entry["id"] not in by_id, pointer(place, "id"), "duplicate-id")
        by_id[entry["id"]] = entry
    for number, entry in enumerate(value):
        place = pointer(at, number)
        for name, named in (("settles", ("rent", "other")), ("reverses", ("payment", "credit"))):
            right = not _given(entry, name) or by_id.get(entry[name], {}).get("kind") in named
            _see(right, pointer(place, name), "unknown-reference")
        if entry["kind"] == "reversal" and _given(entry, "cents"):
            _see(entry["cents"] <= by_id[entry["reverses"]]["cents"], pointer(place, "cents"))


def _check_facts(value: Any, at: str) -> None:
    """Section "Facts of one's own": the rows of `facts`; no two with the same `name` and `from`."""
    row = _object(
        {"name": _text, "value": _stated}, {"from": _a_day, "until": _a_day}, ("from", "until")
    )
    _list_of(row)(value, at)
    seen: list[tuple[str, str | None]] = []
    for number, fact in enumerate(value):
        place = pointer(at, number)
        key = (fact["name"], fact.get("from"))
        _see(key not in seen, pointer(place, "from") if _given(fact, "from") else place)
        seen.append(key)


#: Section "A tenancy": the table of fields.
TENANCY: Final = _object(
    {"id": _text, "start": _a_day, "rents": _check_rents, "entries": _check_entries},
    {
        "end": _a_day,
        "object": _word(*OBJECTS),
        "contacts": _list_of(
            _object(
                {"date": _a_day, "channel": _word(*CHANNELS)},
                {"direction": _word("out", "in"), **dict.fromkeys(FLAGS, _truth)},
            )
        ),
        "household": _object(
            {}, {"children": _list_of(_object({"born": _a_birth}, {})), "complete": _truth}
        ),
        "plans": _list_of(
            _object(
                {"from": _a_day},
                {"until": _a_day, "broken_on": _a_day, "cents": _CENTS_OR_NONE},
                ("from", "until"),
            )
        ),
        "disputes": _list_of(
            _object({"from": _a_day}, {"until": _a_day, "cents": _CENTS_OR_NONE}, ("from", "until"))
        ),
        "objections": _list_of(_object({"date": _a_day}, {"withdrawn": _a_day, "standing": _truth})),
        "signals": _list_of(_object({"date": _a_day, "cents": _CENTS_OR_NONE}, {})),
        "facts": _check_facts,
        "deceased": _a_day,
        "eviction": _object({"announced": _a_day, "on": _a_day}, {}, ("announced", "on")),
    },
    ("start", "end"),
)


def _check_policy(value: Any, at: str) -> None:
    """Section "Errors": a policy that is a text, and one that there is; or one of one's own.

    What may be wrong with one of one's own is not transcribed here.
    """
    if not isinstance(value, dict):
        _see(isinstance(value, str), at)
        _see(value in IN_FORCE, at, "unknown-policy")


def _anything(_value: Any, _at: str) -> None:
    """What a case says of itself is not looked at."""


CASE: Final = _object(
    {"policy": _check_policy, "as_of": _a_day, "tenancy": TENANCY},
    dict.fromkeys(("parameters", "case", "about", "expect"), _anything),
)


def _settable(case: Case) -> dict[str, Check]:
    """Section "Advice", last paragraph: what a user may set each parameter of the policy to."""
    units = {name: "months" if name == "referral_months" else "days" for name in _parameters(case)}
    for name, given in (_own(case).get("parameters") or {}).items():
        if isinstance(given, dict) and "unit" in given:
            units[name] = given["unit"]
    checks = {name: _of_unit(unit) for name, unit in units.items()}
    return checks | {"sustained_days": _number(1, 36_500)} if "sustained_days" in checks else checks


def _check_case(case: Any) -> None:
    """Everything that section "Errors" can refuse."""
    CASE(case, "")
    first, last = IN_FORCE[_extended(case)]
    in_force = _own(case).get("in_force")
    if in_force is not None:
        first, last = _day(in_force["from"]), _day_or(in_force, "until", LAST_DAY)
    _see(first <= _day(case["as_of"]) <= last, "/as_of", "policy-not-in-force")
    if _given(case, "parameters"):
        _object({}, _settable(case | {"parameters": None}))(case["parameters"], "/parameters")
        for name, value in case["parameters"].items():
            _see(value is not None, pointer("/parameters", name))
    units = {fact["name"]: fact["unit"] for fact in _declared(case) if "unit" in fact}
    for number, row in enumerate(case["tenancy"].get("facts") or ()):
        if row["name"] in units:
            place = pointer(pointer("/tenancy/facts", number), "value")
            _of_unit(units[row["name"]])(row["value"], place)


# --- Policies of one's own ----------------------------------------------------------------------


def _own(case: Case) -> dict[str, Any]:
    """The case's own policy, empty where it names a built-in one."""
    return case["policy"] if isinstance(case["policy"], dict) else {}


def _extended(case: Case) -> str:
    """The built-in policy that the case names, or that its own one goes out from."""
    return str(_own(case).get("extends", case["policy"]))


def _declared(case: Case) -> list[dict[str, Any]]:
    """The facts that the case's own policy declares."""
    return _own(case).get("facts") or []


def _parameters(case: Case) -> dict[str, Any]:
    """The parameters of the policy on `as_of`, with what the user set for himself."""
    values: dict[str, Any] = dict(PARAMETERS[_extended(case)])
    as_of = _day(case["as_of"])
    for name, given in (_own(case).get("parameters") or {}).items():
        if not isinstance(given, dict):
            values[name] = given
        elif "values" not in given:
            values[name] = given["value"]
        for dated in given["values"] if isinstance(given, dict) and "values" in given else ():
            if _day_or(dated, "from", FIRST_DAY) <= as_of <= _day_or(dated, "until", LAST_DAY):
                values[name] = dated["value"]
    return values | (case.get("parameters") or {})


# --- Kleene's strong logic ----------------------------------------------------------------------


def both(*values: Truth) -> Truth:
    """Section "Values": false if one is false, else unknown if one is unknown, else true."""
    if False in values:
        return False
    return None if None in values else True


def either(*values: Truth) -> Truth:
    """Section "Values": true if one is true, else unknown if one is unknown, else false."""
    if True in values:
        return True
    return None if None in values else False


def opposite(value: Truth) -> Truth:
    """Section "Values": the opposite of unknown is unknown."""
    return None if value is None else not value


def at_least(number: int | None, bound: int) -> Truth:
    """Compare a fact with a parameter; an unknown number compares as unknown."""
    return None if number is None else number >= bound


# --- From ledger to arrears: what was known on each day -----------------------------------------


@dataclass(frozen=True)
class Claim:
    """A `rent` or `other` entry."""

    id: str
    rent: bool
    due: date
    booked: date
    cents: int


@dataclass(frozen=True)
class Money:
    """A `payment` or `credit` entry, with what its reversals take, each on its day."""

    booked: date
    cents: int
    settles: str | None
    taken: tuple[tuple[date, int], ...]

    def left(self, day: date) -> int:
        """Rule 2: its cents less the sum of what was taken back by then, at least 0."""
        return max(0, self.cents - sum(cents for booked, cents in self.taken if booked <= day))


class Ledger:
    """Section "From ledger to arrears": what was known on each day, allocated afresh for it."""

    def __init__(self, tenancy: dict[str, Any], floor_cents: int) -> None:
        """Take the entries over as they are; rule 5: the floor is at least 1."""
        self.floor = max(1, floor_cents)
        self.rents = [
            (_day(it["from"]), int(it["cents"]), PAYMENTS_A_YEAR[it.get("per") or "month"])
            for it in tenancy["rents"]
        ]
        self._owed: dict[date, int] = {}
        entries = tenancy["entries"]
        self.claims = [
            Claim(
                it["id"],
                it["kind"] == "rent",
                _day(it["due"]),
                _day(it["booked"]) if _given(it, "booked") else _day(it["due"]),
                it["cents"],
            )
            for it in entries
            if it["kind"] in ("rent", "other")
        ]
        self.money = [
            Money(
                _day(it["booked"]),
                it["cents"],
                it.get("settles"),
                tuple(
                    (_day(back["booked"]), back["cents"] if _given(back, "cents") else it["cents"])
                    for back in entries
                    if back["kind"] == "reversal" and back["reverses"] == it["id"]
                ),
            )
            for it in entries
            if it["kind"] in ("payment", "credit")
        ]
        self.refunds = [
            (_day(it["booked"]), int(it["cents"])) for it in entries if it["kind"] == "refund"
        ]

    def open_on(self, day: date) -> list[tuple[Claim, int]]:
        """Rules 1 to 3: what is open, on this day, of each claim that was booked by then."""
        claims = [claim for claim in self.claims if claim.booked <= day]
        still_open = {claim.id: claim.cents for claim in claims}
        pool = 0
        for money in self.money:
            if money.booked > day:
                continue
            left = money.left(day)
            if money.settles is not None and money.settles in still_open:
                goes_there = min(left, still_open[money.settles])
                still_open[money.settles] -= goes_there
                left -= goes_there
            pool += left
        pool = max(0, pool - sum(cents for booked, cents in self.refunds if booked <= day))
        rents_due = [claim for claim in claims if claim.rent and claim.due <= day]
        others_due = [claim for claim in claims if not claim.rent and claim.due <= day]
        not_due = [claim for claim in claims if claim.due > day]
        for group in (rents_due, others_due, not_due):
            for claim in sorted(group, key=lambda one: (one.due, one.id)):
                goes_there = min(pool, still_open[claim.id])
                still_open[claim.id] -= goes_there
                pool -= goes_there
        return [(claim, still_open[claim.id]) for claim in claims]

    def owed(self, day: date) -> int:
        """Rule 4: the open cents of the rent terms due by that day."""
        if day not in self._owed:
            self._owed[day] = sum(
                cents for claim, cents in self.open_on(day) if claim.rent and claim.due <= day
            )
        return self._owed[day]

    def is_behind(self, day: date) -> bool:
        """Rule 5."""
        return self.owed(day) >= self.floor

    def overdue(self, day: date, grace_days: int = 0) -> list[tuple[Claim, int]]:
        """Facts `arrears_cents` and `past_grace_cents`: what is open of the terms overdue on a day."""
        return [
            (claim, cents)
            for claim, cents in self.open_on(day)
            if claim.rent and claim.due < day and (day - claim.due).days >= grace_days and cents > 0
        ]

    def row_in_force(self, day: date) -> int:
        """Rule 6: the row of `rents` with the latest `from` up to that day, else the earliest one."""
        before = [number for number, (since, _, _) in enumerate(self.rents) if since <= day]
        if before:
            return max(before, key=lambda number: self.rents[number][0])
        return min(range(len(self.rents)), key=lambda number: self.rents[number][0])

    def months(self, as_of: date, grace_days: int) -> int:
        """Fact `months`, in billionths: each row of `rents` rounded down, then added up."""
        open_of_row = dict.fromkeys(range(len(self.rents)), 0)
        for claim, cents in self.overdue(as_of, grace_days):
            open_of_row[self.row_in_force(claim.due)] += cents
        return sum(
            cents * 12 * BILLION // (self.rents[number][1] * self.rents[number][2])
            for number, cents in open_of_row.items()
        )

    def episode_start(self, as_of: date) -> date | None:
        """Fact `episode_start`: walk back a day at a time while the tenant is behind.

        The walk ends by itself: before the first due day nothing is owed yet.
        """
        if self.overdue(as_of) == [] or not self.is_behind(as_of):
            return None
        first = as_of
        while self.is_behind(first - ONE_DAY):
            first -= ONE_DAY
        return first

    def sustained(self, as_of: date, days: int) -> int:
        """Fact `sustained_cents`: the lowest since so many days ago, 0 on a day not behind."""
        lowest = sum(cents for _, cents in self.overdue(as_of))
        for back in range(days + 1):
            day = as_of - back * ONE_DAY
            lowest = min(lowest, self.owed(day) if self.is_behind(day) else 0)
            if lowest == 0:
                break
        return lowest


def _day(text: str) -> date:
    """A day that has already been checked."""
    return date.fromisoformat(text)


def _day_or(part: dict[str, Any], name: str, otherwise: date) -> date:
    """An optional day that has already been checked; open where it is absent or null."""
    return _day(part[name]) if _given(part, name) else otherwise


def _flag(part: dict[str, Any], name: str, otherwise: bool) -> bool:
    """An optional truth that has already been checked, with its default."""
    return bool(part[name]) if _given(part, name) else otherwise


# --- Facts ----------------------------------------------------------------------------------------


def _eighteenth_birthday(born: date) -> date:
    """Fact `minors`: born on 29 February, 18 on 1 March."""
    if (born.month, born.day) == (2, 29):
        return date(born.year + 18, 3, 1)
    return date(born.year + 18, born.month, born.day)


def _attempts(
    contacts: list[dict[str, Any]], start: date | None, as_of: date, within_days: int | None
) -> list[dict[str, Any]]:
    """An *attempt*, in the table of facts."""
    return [
        contact
        for contact in contacts
        if contact.get("direction") in (None, "out")
        and _flag(contact, "about_arrears", True)
        and not _flag(contact, "returned", False)
        and start is not None
        and start < _day(contact["date"]) <= as_of
        and (within_days is None or (as_of - _day(contact["date"])).days <= within_days)
    ]


def _facts_from_contacts(
    contacts: list[dict[str, Any]] | None, start: date | None, as_of: date, contact_days: int | None
) -> dict[str, Any]:
    """The rows of the table of facts about attempts; all unknown where `contacts` is."""
    if contacts is None:
        return {
            "attempts": None,
            "channels": None,
            "days_since_attempt": None,
            "reminder_sent": None,
            "sharing_offered": None,
            "days_since_offer": None,
            "personal_effort": None,
            "debt_help_named": None,
        }
    attempts = _attempts(contacts, start, as_of, contact_days)
    reminders = [
        attempt
        for attempt in attempts
        if attempt["channel"] in ("letter", "email") and _flag(attempt, "reminder", False)
    ]
    offers = [reminder for reminder in reminders if _flag(reminder, "offers_sharing", False)]
    days_since_attempt = 0
    if attempts:
        days_since_attempt = (as_of - min(_day(attempt["date"]) for attempt in attempts)).days
    days_since_offer = 0
    if offers:
        days_since_offer = (as_of - min(_day(offer["date"]) for offer in offers)).days
    return {
        "attempts": len(attempts),
        "channels": len({attempt["channel"] for attempt in attempts}),
        "days_since_attempt": days_since_attempt,
        "reminder_sent": len(reminders) > 0,
        "sharing_offered": len(offers) > 0,
        "days_since_offer": days_since_offer,
        "personal_effort": any(
            attempt["channel"] in ("phone", "visit", "appointment") for attempt in attempts
        ),
        "debt_help_named": any(_flag(attempt, "debt_help", False) for attempt in attempts),
    }


def _running(parts: list[dict[str, Any]] | None, as_of: date) -> list[dict[str, Any]] | None:
    """*Covered*: P are the plans, D the disputes, that run on `as_of`; a broken plan does not."""
    if parts is None:
        return None
    return [
        part
        for part in parts
        if _day(part["from"]) <= as_of <= _day_or(part, "until", date.max)
        and not _day_or(part, "broken_on", date.max) <= as_of
    ]


def _covers(
    running: list[dict[str, Any]] | None, past_grace_cents: int, covered: int, floor: int
) -> Truth:
    """Facts `plan_in_force` and `disputed`: one without `cents`, or small change beyond both."""
    if running is None:
        return None
    if any(not _given(part, "cents") for part in running):
        return True
    return running != [] and past_grace_cents - covered < floor


def _called_back(
    contacts: list[dict[str, Any]] | None, start: date | None, as_of: date, acted_days: int
) -> Truth:
    """Fact `tenant_acted`, its first half: the tenant got in touch about the arrears lately."""
    if contacts is None:
        return None
    for contact in contacts:
        day = _day(contact["date"])
        if (
            contact.get("direction") == "in"
            and _flag(contact, "about_arrears", True)
            and start is not None
            and start < day <= as_of
            and (as_of - day).days <= acted_days
        ):
            return True
    return False


def _objected(objections: list[dict[str, Any]] | None, start: date | None, as_of: date) -> Truth:
    """Fact `objected`: one that is standing, or one made in this episode."""
    if objections is None:
        return None
    for objection in objections:
        day = _day(objection["date"])
        if day <= as_of and not _day_or(objection, "withdrawn", date.max) <= as_of:
            if _flag(objection, "standing", True):
                return True
            if start is not None and day > start:
                return True
    return False


def _already_referred(
    signals: list[dict[str, Any]] | None,
    start: date | None,
    as_of: date,
    past_grace_cents: int,
    parameters: dict[str, Any],
) -> Truth:
    """Fact `already_referred`: S are the signals after the episode's start, of the last days."""
    if signals is None:
        return None
    within = [
        (_day(signal["date"]), int(signal["cents"]))
        for signal in signals
        if start is not None and start < _day(signal["date"]) <= as_of
    ]
    if "signal_days" in parameters:
        within = [it for it in within if (as_of - it[0]).days <= parameters["signal_days"]]
    if within == []:
        return False
    latest_day = max(day for day, _ in within)
    highest = max(cents for day, cents in within if day == latest_day)
    if past_grace_cents - highest < max(1, parameters.get("floor_cents", 1)):
        return True
    return "repeat_days" in parameters and (as_of - latest_day).days < parameters["repeat_days"]


def _minors(household: dict[str, Any] | None, as_of: date) -> int | None:
    """Fact `minors`: those that are known of, also where the list is not complete.

    One of whom only the month or year of birth is known is born on its first day, and turns 18 as if
    born on its last.
    """
    if household is None or household.get("children") is None:
        return None
    count = 0
    for child in household["children"]:
        year, month, day = (int(number) for number in child["born"].split("-"))
        first = date(year, month or 1, day or 1)
        last = date(year, month or 12, day or 1)
        while day == 0 and (last + ONE_DAY).month == last.month:
            last += ONE_DAY
        if first <= as_of < _eighteenth_birthday(last):
            count += 1
    return count


def _eviction_announced(eviction: dict[str, Any] | None, as_of: date) -> bool:
    """Fact `eviction_announced`."""
    if eviction is None:
        return False
    return _day(eviction["announced"]) <= as_of <= _day(eviction["on"])


def _own_facts(case: Case, start: date | None) -> dict[str, Any]:
    """Section "Facts of one's own": those that the policy declares; months in billionths."""
    tenancy, as_of = case["tenancy"], _day(case["as_of"])
    found: dict[str, Any] = {}
    for declared in _declared(case):
        if "unit" in declared:
            found[declared["name"]] = _given_fact(declared, tenancy.get("facts"), as_of)
        elif tenancy.get("contacts") is None:
            found[declared["name"]] = None
        else:
            counted = declared["counted"]
            within_days = counted.get("within_days")
            if within_days is None:
                within_days = _parameters(case).get("contact_days")
            found[declared["name"]] = sum(
                contact["channel"] in (counted.get("channels") or CHANNELS)
                and all(_flag(contact, name, False) for name in counted.get("are") or ())
                for contact in _attempts(tenancy["contacts"], start, as_of, within_days)
            )
    return found


def _given_fact(declared: dict[str, Any], rows: list[dict[str, Any]] | None, as_of: date) -> Any:
    """The row in force, else the default, else unknown; unknown where `facts` is."""
    if rows is None:
        return None
    in_force = [
        row
        for row in rows
        if row["name"] == declared["name"]
        and _day_or(row, "from", date.min) <= as_of <= _day_or(row, "until", date.max)
    ]
    value = declared.get("default")
    if in_force:
        value = max(in_force, key=lambda row: _day_or(row, "from", date.min))["value"]
    return _billionths(value) if declared["unit"] == "months" and value is not None else value


def _facts(case: Case) -> dict[str, Any]:
    """The whole table of facts; `months` still in billionths and `episode_start` a day."""
    tenancy = case["tenancy"]
    as_of = _day(case["as_of"])
    parameters = _parameters(case)
    ledger = Ledger(tenancy, parameters.get("floor_cents", 1))
    grace_days = parameters.get("grace_days", 0)
    past_grace_cents = sum(cents for _, cents in ledger.overdue(as_of, grace_days))
    start = ledger.episode_start(as_of)
    contacts = tenancy.get("contacts")
    plans, disputes = (_running(tenancy.get(name), as_of) for name in ("plans", "disputes"))
    covered = sum(part.get("cents") or 0 for part in (*(plans or ()), *(disputes or ())))
    found: dict[str, Any] = {
        "arrears_cents": sum(cents for _, cents in ledger.overdue(as_of)),
        "past_grace_cents": past_grace_cents,
        "months": ledger.months(as_of, grace_days),
        "episode_start": start,
        "days_overdue": (as_of - start).days if start is not None else 0,
        **_facts_from_contacts(contacts, start, as_of, parameters.get("contact_days")),
        "plan_in_force": _covers(plans, past_grace_cents, covered, ledger.floor),
        "disputed": _covers(disputes, past_grace_cents, covered, ledger.floor),
        "objected": _objected(tenancy.get("objections"), start, as_of),
        "already_referred": _already_referred(
            tenancy.get("signals"), start, as_of, past_grace_cents, parameters
        ),
        "lease_ended": _given(tenancy, "end") and _day(tenancy["end"]) < as_of,
        "deceased": _given(tenancy, "deceased") and _day(tenancy["deceased"]) <= as_of,
        "dwelling": tenancy.get("object") in (None, "dwelling"),
        "minors": _minors(tenancy.get("household"), as_of),
        "eviction_announced": _eviction_announced(tenancy.get("eviction"), as_of),
        **_own_facts(case, start),
    }
    if "sustained_days" in parameters:
        found["sustained_cents"] = ledger.sustained(as_of, parameters["sustained_days"])
    if "acted_days" in parameters:
        found["tenant_acted"] = either(
            _called_back(contacts, start, as_of, parameters["acted_days"]),
            found["plan_in_force"],
        )
    return found


# --- Advice and priority --------------------------------------------------------------------------


def _billionths(text: str) -> int:
    """`referral_months` as a fixed-point number of nine decimals."""
    whole, _, fraction = text.partition(".")
    return int(whole) * BILLION + int((fraction + "000000000")[:9])


def _months_text(billionths: int) -> str:
    """README of the conformance cases: up to nine decimals, no trailing zeros."""
    whole, fraction = divmod(billionths, BILLION)
    return f"{whole}.{fraction:09d}".rstrip("0").rstrip(".")


def _conditions(
    policy: str, found: dict[str, Any], parameters: dict[str, Any]
) -> tuple[Truth, Truth, Truth]:
    """Section "Advice", the table of policies: refer if, remind if, contact if."""
    if policy == "katwijk-2012":
        tried = at_least(found["attempts"], parameters["min_attempts"])
        varied = at_least(found["channels"], parameters["min_channels"])
        refer = both(
            found["months"] > _billionths(parameters["referral_months"]),
            found["reminder_sent"],
            tried,
            varied,
            at_least(found["days_since_attempt"], parameters["response_days"]),
        )
        return refer, opposite(found["reminder_sent"]), either(opposite(tried), opposite(varied))
    if policy == "bgs-2021":
        refer = both(
            found["sustained_cents"] >= parameters["minimum_cents"],
            found["reminder_sent"],
            found["sharing_offered"],
            at_least(found["days_since_offer"], parameters["response_days"]),
            found["personal_effort"],
            found["debt_help_named"],
        )
        remind = opposite(both(found["reminder_sent"], found["sharing_offered"]))
        return refer, remind, opposite(both(found["personal_effort"], found["debt_help_named"]))
    covenant_refer, _, covenant_contact = _conditions("katwijk-2012", found, parameters)
    decree_refer, remind, decree_contact = _conditions("bgs-2021", found, parameters)
    return both(covenant_refer, decree_refer), remind, either(covenant_contact, decree_contact)


@dataclass(frozen=True)
class Asked:
    """A condition: whether it is true, and the tenancy fields that it asks for.

    `facts` is among these only where a given fact that it asks is unknown.
    """

    truth: Truth
    fields: frozenset[str]


def _built_in(truth: Truth, *fields: str) -> Asked:
    """A condition of the tables of the text."""
    return Asked(truth, frozenset(fields))


def _written(case: Case, found: dict[str, Any], when: str) -> Asked:
    """A condition of a policy of one's own, written as text: comparisons, `not`, `and`, `or`."""
    parameters = _parameters(case)
    tree = ast.parse(when, mode="eval").body

    def value(node: ast.expr) -> Any:
        """A fact, or a number to compare it with."""
        if isinstance(node, ast.Name):
            if node.id == "minors" and not _children_are_known(case, found):
                return None
            if node.id in found:
                return found[node.id]
        it = node.value if isinstance(node, ast.Constant) else parameters[getattr(node, "id", "")]
        return _billionths(it) if isinstance(it, str) else it

    def truth(node: ast.expr) -> Truth:
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return opposite(truth(part))
            case ast.BoolOp(op=ast.And(), values=parts):
                return both(*map(truth, parts))
            case ast.BoolOp(op=ast.Or(), values=parts):
                return either(*map(truth, parts))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                fact, bound = value(left), value(right)
                compare = {ast.Gt: gt, ast.GtE: ge, ast.Lt: lt, ast.LtE: le}[type(op)]
                return None if fact is None else bool(compare(fact, bound))
        flag: Truth = value(node)
        return flag

    given = {fact["name"] for fact in _declared(case) if "unit" in fact}
    counted = {fact["name"] for fact in _declared(case)} - given
    fields: set[str] = set()
    for name in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
        fields |= set(FIELDS.get(name, ()))
        if name in counted:
            fields.add("contacts")
        if name in given and found[name] is None:
            fields.add("facts")
    return Asked(truth(tree), frozenset(fields))


def _rung(
    case: Case, found: dict[str, Any], member: str, how: Callable[..., Truth], built_in: Asked
) -> Asked:
    """A rung of the table of policies, or what a policy of one's own puts in its place."""
    clauses = _own(case).get(member)
    if clauses is None:
        return built_in
    return _together(how, (_written(case, found, clause["when"]) for clause in clauses))


def _together(how: Callable[..., Truth], several: Iterable[Asked]) -> Asked:
    """All of some conditions, or one of them."""
    asked = list(several)
    fields: frozenset[str] = frozenset().union(*(it.fields for it in asked))
    return Asked(how(*(it.truth for it in asked)), fields)


def _holds(case: Case, found: dict[str, Any]) -> dict[str, tuple[str, Asked]]:
    """Section "Advice", the table of holds: what each stops, and whether it is true."""
    own = _own(case)
    left_out = set(own.get("without_holds") or ())
    if _extended(case) == "bgs-2021":
        left_out.add("tenant-acted")
    holds: dict[str, tuple[str, Asked]] = {}
    for name, stops in HOLDS.items():
        if name in left_out:
            continue
        if name == "lease-ended":
            truth = both(found["lease_ended"], opposite(found["eviction_announced"]))
        elif name == "not-a-dwelling":
            truth = opposite(found["dwelling"])
        else:
            truth = found[name.replace("-", "_")]
        holds[name] = (stops, _built_in(truth, *FIELDS.get(name.replace("-", "_"), ())))
    for hold in own.get("holds") or ():
        holds[hold["name"]] = (hold.get("stops") or "everything", _written(case, found, hold["when"]))
    return holds


def _in_the_way(case: Case, found: dict[str, Any], asked: Iterable[Asked]) -> list[str]:
    """Section "Advice": with `ask`, the fields that stand in the way, sorted."""
    tenancy = case["tenancy"]
    fields: frozenset[str] = frozenset().union(*(it.fields for it in asked))
    unknown = {name for name in MAY_BE_UNKNOWN if tenancy.get(name) is None} | {"facts"}
    if not _children_are_known(case, found):
        unknown.add("household")
    return sorted(fields & unknown)


def _advice(case: Case, found: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    """Section "Advice", the seven steps: the advice, the true holds and the unknown fields."""
    parameters = _parameters(case)
    holds = _holds(case, found)
    refer_if, remind_if, contact_if = (
        _built_in(truth, "contacts") for truth in _conditions(_extended(case), found, parameters)
    )
    refer = _rung(case, found, "refer", both, refer_if)
    also = [_written(case, found, clause["when"]) for clause in _own(case).get("also") or ()]
    refer = _together(both, (refer, *also))
    too_early = found["days_overdue"] < parameters.get("grace_days", 0) or found[
        "arrears_cents"
    ] < parameters.get("floor_cents", 0)
    wait = _rung(case, found, "wait", either, _built_in(too_early))
    remind = _rung(case, found, "remind", either, remind_if)
    contact = _rung(case, found, "contact", either, contact_if)
    # 1.
    if found["arrears_cents"] == 0:
        return "none", [], []
    # 2.
    true_holds = sorted(name for name, (_, hold) in holds.items() if hold.truth is True)
    if any(holds[name][0] == "everything" for name in true_holds):
        return "hold", true_holds, []
    # 3.
    if wait.truth is True:
        return "wait", [], []
    if wait.truth is None:
        return "ask", [], _in_the_way(case, found, [wait])
    # 4.
    truths = [hold.truth for _, hold in holds.values()]
    if true_holds:
        if refer.truth is True:
            return "hold", true_holds, []
    elif refer.truth is True and all(truth is False for truth in truths):
        return "refer", [], []
    elif refer.truth is not False and (refer.truth is None or None in truths):
        return "ask", [], _in_the_way(case, found, [refer, *(hold for _, hold in holds.values())])
    # 5.
    if remind.truth is True:
        return "remind", [], []
    if remind.truth is None:
        return "ask", [], _in_the_way(case, found, [remind])
    # 6.
    if contact.truth is True:
        return "contact", [], []
    if contact.truth is None:
        return "ask", [], _in_the_way(case, found, [contact])
    # 7.
    return "wait", [], []


def _children_are_known(case: Case, found: dict[str, Any]) -> bool:
    """Section "Priority": whether the children are known, all of them."""
    return found["minors"] is not None and _flag(case["tenancy"]["household"], "complete", True)


def _priority(case: Case, found: dict[str, Any]) -> str:
    """Section "Priority", also where a policy of one's own says who comes first."""
    own = _own(case)
    crisis: Truth = found["eviction_announced"]
    family: Truth = None
    if found["minors"] is not None and found["minors"] >= 1:
        family = True
    elif _children_are_known(case, found):
        family = False
    if own.get("crisis") is not None:
        crisis = _written(case, found, own["crisis"]["when"]).truth
    if own.get("family") is not None:
        family = _written(case, found, own["family"]["when"]).truth
    if crisis is True:
        return "crisis"
    if family is True:
        return "family"
    return "unknown" if crisis is None or family is None else "regular"


# --- What the tests call --------------------------------------------------------------------------


def facts(case: Case) -> dict[str, Any]:
    """All facts of the table by name, for a valid case; unknown is None.

    `months` is text as in the README of the conformance cases. `episode_start` is text, or None
    without arrears, which is the one None that does not mean unknown. A fact that needs a
    parameter which the policy does not have is left out.
    """
    found = _facts(case)
    start = found["episode_start"]
    found["episode_start"] = start.isoformat() if start is not None else None
    found["months"] = _months_text(found["months"])
    return found


def owed_by_day(tenancy: dict[str, Any], days: list[str]) -> list[int]:
    """`owed(t)` of a valid tenancy on each of the days."""
    ledger = Ledger(tenancy, 1)
    return [ledger.owed(_day(day)) for day in days]


def outcome(case: Case) -> dict[str, Any]:
    """The whole outcome of a case, or the error that it is refused with."""
    try:
        _check_case(case)
    except RefusedError as refused:
        code, at = refused.args
        return {"error": code, "at": at}
    found = _facts(case)
    advice, hold, unknown = _advice(case, found)
    return {
        "advice": advice,
        "priority": _priority(case, found),
        "arrears_cents": found["arrears_cents"],
        "months": _months_text(found["months"]),
        "days_overdue": found["days_overdue"],
        "hold": hold,
        "unknown": unknown,
    }
