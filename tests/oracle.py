"""A second opinion: the semantics page written out as literally and as naively as possible.

Every function below transcribes one part of `semantics.md` and names it. Nothing here is meant to
be fast or clever: the ledger is allocated afresh for every single day, the episode is found by
walking back a day at a time, and three-valued logic is spelled out. The engines of the project are
held against this file; it shares no code with them and must never import them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
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

CHANNELS: Final = ("letter", "email", "phone", "visit", "appointment", "text", "card", "other")
FLAGS: Final = ("reached", "about_arrears", "reminder", "debt_help", "offers_sharing")
MAY_BE_UNKNOWN: Final = ("contacts", "disputes", "objections", "plans", "signals")

#: "Advice", first table: the first and the last day on which a policy is in force.
IN_FORCE: Final[dict[str, tuple[date, date]]] = {
    "katwijk-2012": (date(2012, 6, 29), date(2020, 12, 31)),
    "bgs-2021": (date(2021, 1, 1), LAST_DAY),
    "katwijk-2021": (date(2021, 1, 1), LAST_DAY),
}

#: "Advice", second table: the holds of each policy.
_HOLDS: Final = (
    *("objected", "already-referred", "disputed", "plan-in-force"),
    *("deceased", "lease-ended"),
)
HOLDS: Final[dict[str, tuple[str, ...]]] = {
    "katwijk-2012": (*_HOLDS, "tenant-acted"),
    "bgs-2021": _HOLDS,
    "katwijk-2021": (*_HOLDS, "tenant-acted"),
}

#: "Advice", third table: the parameters that each policy has, with their values.
_COVENANT: Final[dict[str, int | str]] = {
    "referral_months": "1",
    "min_attempts": 2,
    "min_channels": 2,
    "acted_days": 30,
}
_DECREE: Final[dict[str, int | str]] = {"sustained_days": 30, "minimum_cents": 1}
_EVERY: Final[dict[str, int | str]] = {"response_days": 14, "grace_days": 7, "floor_cents": 1000}
PARAMETERS: Final[dict[str, dict[str, int | str]]] = {
    "katwijk-2012": _COVENANT | _EVERY,
    "bgs-2021": _DECREE | _EVERY,
    "katwijk-2021": _COVENANT | _DECREE | _EVERY,
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


def _a_day(value: Any, at: str) -> None:
    """Section "Values": a calendar day from 1900 to 2199, written `YYYY-MM-DD`, no other way."""
    _see(isinstance(value, str), at)
    _see(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is not None, at)
    try:
        day = date(int(value[0:4]), int(value[5:7]), int(value[8:10]))
    except ValueError:
        raise RefusedError("invalid-value", at) from None
    _see(FIRST_DAY <= day <= LAST_DAY, at)


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
        if days is not None and _given(value, days[1]):
            _see(_day(value[days[0]]) <= _day(value[days[1]]), pointer(at, days[1]))

    return check


_CENTS: Final = _number(1, MOST_CENTS)
_CENTS_OR_NONE: Final = _number(0, MOST_CENTS)


def _check_rents(value: Any, at: str) -> None:
    """Table "A tenancy", `rents`: at least one, `cents` at least 100, one per `from`."""
    _list_of(_object({"from": _a_day, "cents": _number(100, MOST_CENTS)}, {}))(value, at)
    _see(value != [], at)
    days = [rent["from"] for rent in value]
    for number, day in enumerate(days):
        _see(day not in days[:number], pointer(pointer(at, number), "from"))


#: Section "Ledger entries": the fields that each kind has.
_CLAIM: Final = _object({"id": _text, "kind": _text, "due": _a_day, "cents": _CENTS}, {"booked": _a_day})
_MONEY: Final = _object(
    {"id": _text, "kind": _text, "booked": _a_day, "cents": _CENTS}, {"settles": _text}
)
_REVERSAL: Final = _object({"id": _text, "kind": _text, "booked": _a_day, "reverses": _text}, {})
ENTRIES: Final = {
    "rent": _CLAIM,
    "other": _CLAIM,
    "payment": _MONEY,
    "credit": _MONEY,
    "reversal": _REVERSAL,
}


def _check_entries(value: Any, at: str) -> None:
    """Section "Ledger entries": the fields of each kind, unique ids, and what they refer to."""
    _see(isinstance(value, list) and len(value) <= MOST_ENTRIES, at)
    kinds: dict[str, str] = {}
    for number, entry in enumerate(value):
        place = pointer(at, number)
        _see(isinstance(entry, dict), place)
        _see("kind" in entry, pointer(place, "kind"), "missing-field")
        _word(*ENTRIES)(entry["kind"], pointer(place, "kind"))
        ENTRIES[entry["kind"]](entry, place)
        _see(entry["id"] not in kinds, pointer(place, "id"), "duplicate-id")
        kinds[entry["id"]] = entry["kind"]
    for number, entry in enumerate(value):
        for name, named in (("settles", ("rent", "other")), ("reverses", ("payment",))):
            right = not _given(entry, name) or kinds.get(entry[name]) in named
            _see(right, pointer(pointer(at, number), name), "unknown-reference")


#: Section "A tenancy": the table of fields.
TENANCY: Final = _object(
    {"id": _text, "start": _a_day, "rents": _check_rents, "entries": _check_entries},
    {
        "end": _a_day,
        "contacts": _list_of(
            _object(
                {"date": _a_day, "channel": _word(*CHANNELS)},
                {"direction": _word("out", "in"), **dict.fromkeys(FLAGS, _truth)},
            )
        ),
        "household": _object(
            {}, {"children": _list_of(_object({"born": _a_day}, {})), "complete": _truth}
        ),
        "plans": _list_of(
            _object({"from": _a_day}, {"until": _a_day, "broken_on": _a_day}, ("from", "until"))
        ),
        "disputes": _list_of(
            _object({"from": _a_day}, {"until": _a_day, "cents": _CENTS_OR_NONE}, ("from", "until"))
        ),
        "objections": _list_of(_object({"date": _a_day}, {"withdrawn": _a_day, "standing": _truth})),
        "signals": _list_of(_object({"date": _a_day, "cents": _CENTS_OR_NONE}, {})),
        "deceased": _a_day,
        "eviction": _object({"announced": _a_day, "on": _a_day}, {}, ("announced", "on")),
    },
    ("start", "end"),
)


def _check_policy(value: Any, at: str) -> None:
    """Section "Errors": a policy that is a text, and one that there is."""
    _see(isinstance(value, str), at)
    _see(value in IN_FORCE, at, "unknown-policy")


def _anything(_value: Any, _at: str) -> None:
    """What a case says of itself is not looked at."""


CASE: Final = _object(
    {"policy": _check_policy, "as_of": _a_day, "tenancy": TENANCY},
    dict.fromkeys(("parameters", "case", "about", "expect"), _anything),
)
#: Section "Advice", last paragraph: what a user may set a parameter to, if not to any number.
SETTABLE: Final = {"referral_months": _months, "sustained_days": _number(1, 36_500)}


def _check_case(case: Any) -> None:
    """Everything that section "Errors" can refuse."""
    CASE(case, "")
    first, last = IN_FORCE[case["policy"]]
    _see(first <= _day(case["as_of"]) <= last, "/as_of", "policy-not-in-force")
    if _given(case, "parameters"):
        checks = {name: SETTABLE.get(name, _CENTS_OR_NONE) for name in PARAMETERS[case["policy"]]}
        _object({}, checks)(case["parameters"], "/parameters")
        for name, value in case["parameters"].items():
            _see(value is not None, pointer("/parameters", name))


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


# --- From ledger to arrears, as of a day --------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """A `rent` or `other` entry that exists as of the day."""

    id: str
    rent: bool
    due: date
    cents: int


@dataclass(frozen=True)
class Money:
    """A `payment` or `credit` entry that exists as of the day."""

    booked: date
    cents: int
    settles: str | None


class Ledger:
    """Section "From ledger to arrears, as of a day": what is known on `as_of`, day by day."""

    def __init__(self, tenancy: dict[str, Any], as_of: date) -> None:
        """Rule 1: leave out what was booked after `as_of`, and every payment taken back by then."""
        self.as_of = as_of
        self.claims: list[Claim] = []
        self.money: list[Money] = []
        self.rents = [(_day(rent["from"]), int(rent["cents"])) for rent in tenancy["rents"]]
        self._arrears: dict[date, int] = {}
        taken_back = [
            entry["reverses"]
            for entry in tenancy["entries"]
            if entry["kind"] == "reversal" and _day(entry["booked"]) <= as_of
        ]
        for entry in tenancy["entries"]:
            if entry["kind"] in ("rent", "other"):
                due = _day(entry["due"])
                booked = _day(entry["booked"]) if _given(entry, "booked") else due
                if booked <= as_of:
                    rent = entry["kind"] == "rent"
                    self.claims.append(Claim(entry["id"], rent, due, entry["cents"]))
            if entry["kind"] in ("payment", "credit"):
                booked = _day(entry["booked"])
                if booked <= as_of and entry["id"] not in taken_back:
                    self.money.append(Money(booked, entry["cents"], entry.get("settles")))

    def open_on(self, day: date) -> dict[str, int]:
        """Rule 2: allocate afresh for this day, and say what is open of each claim, by id."""
        still_open = {claim.id: claim.cents for claim in self.claims}
        pool = 0
        for money in self.money:
            if money.booked > day:
                continue
            if money.settles is not None and money.settles in still_open:
                goes_there = min(money.cents, still_open[money.settles])
                still_open[money.settles] -= goes_there
                pool += money.cents - goes_there
            else:
                pool += money.cents
        rents_due = [claim for claim in self.claims if claim.rent and claim.due <= day]
        others_due = [claim for claim in self.claims if not claim.rent and claim.due <= day]
        not_due_yet = [claim for claim in self.claims if claim.due > day]
        for group in (rents_due, others_due, not_due_yet):
            for claim in sorted(group, key=lambda one: (one.due, one.id)):
                goes_there = min(pool, still_open[claim.id])
                still_open[claim.id] -= goes_there
                pool -= goes_there
        return still_open

    def overdue_on(self, day: date) -> list[tuple[Claim, int]]:
        """Rule 3: the rent terms due before this day of which part is open, with that part."""
        still_open = self.open_on(day)
        return [
            (claim, still_open[claim.id])
            for claim in self.claims
            if claim.rent and claim.due < day and still_open[claim.id] > 0
        ]

    def arrears(self, day: date) -> int:
        """Rule 3: the open cents of all overdue rent terms; remembered, for it is asked often."""
        if day > self.as_of:
            raise ValueError("arrears are defined up to as_of only")
        if day not in self._arrears:
            self._arrears[day] = sum(cents for _, cents in self.overdue_on(day))
        return self._arrears[day]

    def rent_in_force(self, day: date) -> int:
        """Rule 4: the rent with the latest `from` on or before the day, else the earliest rent."""
        by_then = [rent for rent in self.rents if rent[0] <= day]
        if by_then:
            return max(by_then)[1]
        return min(self.rents)[1]

    def months(self) -> int:
        """Fact `months`, in billionths: each quotient rounded down, then added up."""
        return sum(
            cents * BILLION // self.rent_in_force(claim.due)
            for claim, cents in self.overdue_on(self.as_of)
        )

    def episode_start(self) -> date | None:
        """Fact `episode_start`: walk back a day at a time; none where there are no arrears.

        The walk ends by itself: on the first due day nothing is overdue yet.
        """
        if self.arrears(self.as_of) == 0:
            return None
        first = self.as_of
        while self.arrears(first - ONE_DAY) > 0:
            first -= ONE_DAY
        return first - ONE_DAY

    def sustained(self, days: int) -> int:
        """Fact `sustained_cents`: the lowest on the last so many days, `as_of` included."""
        lowest = self.arrears(self.as_of)
        for back in range(days):
            lowest = min(lowest, self.arrears(self.as_of - back * ONE_DAY))
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


def _parameters(case: Case) -> dict[str, Any]:
    """The parameters of the policy, with what the user set for himself."""
    return PARAMETERS[case["policy"]] | (case.get("parameters") or {})


def _facts_from_contacts(
    contacts: list[dict[str, Any]] | None, start: date | None, as_of: date
) -> dict[str, Any]:
    """The rows of the table of facts about attempts; all unknown where `contacts` is."""
    if contacts is None:
        return dict.fromkeys(
            (
                *("attempts", "channels", "days_since_attempt", "reminder_sent", "sharing_offered"),
                *("days_since_offer", "personal_effort", "debt_help_named"),
            )
        )
    attempts = [
        contact
        for contact in contacts
        if contact.get("direction") in (None, "out")
        and _flag(contact, "about_arrears", True)
        and start is not None
        and start < _day(contact["date"]) <= as_of
    ]
    reminders = [
        attempt
        for attempt in attempts
        if attempt["channel"] in ("letter", "email") and _flag(attempt, "reminder", False)
    ]
    offers = [reminder for reminder in reminders if _flag(reminder, "offers_sharing", False)]

    def days_since_first(made: list[dict[str, Any]]) -> int:
        return (as_of - min(_day(one["date"]) for one in made)).days if made else 0

    return {
        "attempts": len(attempts),
        "channels": len({attempt["channel"] for attempt in attempts}),
        "days_since_attempt": days_since_first(attempts),
        "reminder_sent": len(reminders) > 0,
        "sharing_offered": len(offers) > 0,
        "days_since_offer": days_since_first(offers),
        "personal_effort": any(
            attempt["channel"] in ("phone", "visit", "appointment") for attempt in attempts
        ),
        "debt_help_named": any(_flag(attempt, "debt_help", False) for attempt in attempts),
    }


def _plan_in_force(plans: list[dict[str, Any]] | None, as_of: date) -> Truth:
    """Fact `plan_in_force`."""
    if plans is None:
        return None
    for plan in plans:
        running = _day(plan["from"]) <= as_of <= _day_or(plan, "until", date.max)
        broken = _day_or(plan, "broken_on", date.max) <= as_of
        if running and not broken:
            return True
    return False


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


def _disputed(disputes: list[dict[str, Any]] | None, arrears_cents: int, as_of: date) -> Truth:
    """Fact `disputed`: D are the disputes that run on `as_of`."""
    if disputes is None:
        return None
    running = [
        dispute
        for dispute in disputes
        if _day(dispute["from"]) <= as_of <= _day_or(dispute, "until", date.max)
    ]
    if any(not _given(dispute, "cents") for dispute in running):
        return True
    return running != [] and sum(dispute["cents"] for dispute in running) >= arrears_cents


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
    signals: list[dict[str, Any]] | None, start: date | None, arrears_cents: int, as_of: date
) -> Truth:
    """Fact `already_referred`: S are the signals from the episode's start up to `as_of`."""
    if signals is None:
        return None
    within = [
        (_day(signal["date"]), int(signal["cents"]))
        for signal in signals
        if start is not None and start <= _day(signal["date"]) <= as_of
    ]
    if within == []:
        return False
    latest_day = max(day for day, _ in within)
    return arrears_cents <= max(cents for day, cents in within if day == latest_day)


def _minors(household: dict[str, Any] | None, as_of: date) -> int | None:
    """Fact `minors`: those that are known of, also where the list is not complete."""
    if household is None or household.get("children") is None:
        return None
    count = 0
    for child in household["children"]:
        born = _day(child["born"])
        if born <= as_of < _eighteenth_birthday(born):
            count += 1
    return count


def _eviction_announced(eviction: dict[str, Any] | None, as_of: date) -> bool:
    """Fact `eviction_announced`."""
    if eviction is None:
        return False
    return _day(eviction["announced"]) <= as_of <= _day(eviction["on"])


def _facts(case: Case) -> dict[str, Any]:
    """The whole table of facts; `months` still in billionths and `episode_start` a day."""
    tenancy = case["tenancy"]
    as_of = _day(case["as_of"])
    parameters = _parameters(case)
    ledger = Ledger(tenancy, as_of)
    arrears_cents = ledger.arrears(as_of)
    start = ledger.episode_start()
    contacts = tenancy.get("contacts")
    found: dict[str, Any] = {
        "arrears_cents": arrears_cents,
        "months": ledger.months(),
        "episode_start": start,
        "days_overdue": (as_of - start).days if start is not None else 0,
        **_facts_from_contacts(contacts, start, as_of),
        "plan_in_force": _plan_in_force(tenancy.get("plans"), as_of),
        "disputed": _disputed(tenancy.get("disputes"), arrears_cents, as_of),
        "objected": _objected(tenancy.get("objections"), start, as_of),
        "already_referred": _already_referred(tenancy.get("signals"), start, arrears_cents, as_of),
        "lease_ended": _given(tenancy, "end") and _day(tenancy["end"]) < as_of,
        "deceased": _given(tenancy, "deceased") and _day(tenancy["deceased"]) <= as_of,
        "minors": _minors(tenancy.get("household"), as_of),
        "eviction_announced": _eviction_announced(tenancy.get("eviction"), as_of),
    }
    if "sustained_days" in parameters:
        found["sustained_cents"] = ledger.sustained(parameters["sustained_days"])
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


def _advice(case: Case, found: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    """Section "Advice", the seven steps: the advice, the true holds and the unknown fields."""
    policy = case["policy"]
    parameters = _parameters(case)
    holds: dict[str, Truth] = {name: found[name.replace("-", "_")] for name in HOLDS[policy]}
    refer, remind, contact = _conditions(policy, found, parameters)
    # 1.
    if found["arrears_cents"] == 0:
        return "none", [], []
    # 2.
    true_holds = sorted(name for name, value in holds.items() if value is True)
    if true_holds:
        return "hold", true_holds, []
    # 3.
    if found["days_overdue"] < parameters["grace_days"]:
        return "wait", [], []
    if found["arrears_cents"] < parameters["floor_cents"]:
        return "wait", [], []
    # 4.
    if refer is True and all(value is False for value in holds.values()):
        return "refer", [], []
    if refer is not False and (refer is None or any(v is None for v in holds.values())):
        tenancy = case["tenancy"]
        return "ask", [], sorted(name for name in MAY_BE_UNKNOWN if tenancy.get(name) is None)
    # 5.
    if remind is True:
        return "remind", [], []
    if remind is None:
        return "ask", [], ["contacts"]
    # 6.
    if contact is True:
        return "contact", [], []
    if contact is None:
        return "ask", [], ["contacts"]
    # 7.
    return "wait", [], []


def _priority(case: Case, found: dict[str, Any]) -> str:
    """Section "Priority"."""
    if found["eviction_announced"]:
        return "crisis"
    if found["minors"] is not None and found["minors"] >= 1:
        return "family"
    if found["minors"] is None or not _flag(case["tenancy"]["household"], "complete", True):
        return "unknown"
    return "regular"


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


def arrears_by_day(tenancy: dict[str, Any], as_of: str, days: list[str]) -> list[int]:
    """`arrears(t)` of a valid tenancy on each of the days, none of them after `as_of`."""
    ledger = Ledger(tenancy, _day(as_of))
    return [ledger.arrears(_day(day)) for day in days]


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
