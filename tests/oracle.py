"""A second opinion: the semantics page written out as literally and as naively as possible.

Every function below transcribes one part of `semantics.md` and names it. Nothing here is meant to
be fast or clever: the ledger is allocated afresh for every single day, the episode is found by
walking back a day at a time, and three-valued logic is spelled out. The engines of the project are
held against this file; it shares no code with them and must never import them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

Case = dict[str, Any]
Truth = bool | None

BILLION: Final = 10**9
MOST_CENTS: Final = 10**8
MOST_ENTRIES: Final = 5_000
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
ONE_DAY: Final = timedelta(days=1)

CHANNELS: Final = ("letter", "email", "phone", "visit", "appointment", "text", "card", "other")
MAY_BE_UNKNOWN: Final = ("contacts", "disputes", "objections", "plans", "signals")

#: "Advice", first table: the first and the last day on which a policy is in force.
IN_FORCE: Final[dict[str, tuple[date, date]]] = {
    "katwijk-2012": (date(2012, 6, 29), date(2020, 12, 31)),
    "bgs-2021": (date(2021, 1, 1), LAST_DAY),
    "katwijk-2021": (date(2021, 1, 1), LAST_DAY),
}

#: "Advice", second table: the holds of each policy.
HOLDS: Final[dict[str, tuple[str, ...]]] = {
    "katwijk-2012": (
        "objected",
        "already-referred",
        "disputed",
        "plan-in-force",
        "deceased",
        "lease-ended",
        "tenant-acted",
    ),
    "bgs-2021": (
        "objected",
        "already-referred",
        "disputed",
        "plan-in-force",
        "deceased",
        "lease-ended",
    ),
    "katwijk-2021": (
        "objected",
        "already-referred",
        "disputed",
        "plan-in-force",
        "deceased",
        "lease-ended",
        "tenant-acted",
    ),
}

#: "Advice", third table: the parameters that each policy has, with their values.
PARAMETERS: Final[dict[str, dict[str, int | str]]] = {
    "katwijk-2012": {
        "referral_months": "1",
        "min_attempts": 2,
        "min_channels": 2,
        "response_days": 14,
        "acted_days": 30,
        "grace_days": 7,
        "floor_cents": 1000,
    },
    "bgs-2021": {
        "sustained_days": 30,
        "minimum_cents": 1,
        "response_days": 14,
        "grace_days": 7,
        "floor_cents": 1000,
    },
    "katwijk-2021": {
        "referral_months": "1",
        "min_attempts": 2,
        "min_channels": 2,
        "sustained_days": 30,
        "minimum_cents": 1,
        "response_days": 14,
        "acted_days": 30,
        "grace_days": 7,
        "floor_cents": 1000,
    },
}


# --- Errors -----------------------------------------------------------------------------------


class RefusedError(Exception):
    """Section "Errors": the input is refused whole, with a code and the place of one error."""

    def __init__(self, code: str, at: str) -> None:
        """Keep the code and the JSON pointer."""
        super().__init__(f"{code} at {at}")
        self.code = code
        self.at = at


def pointer(at: str, name: str | int) -> str:
    """Append one step to a JSON pointer; `~` and `/` in a name are escaped as RFC 6901 says."""
    return at + "/" + str(name).replace("~", "~0").replace("/", "~1")


def _an_object(value: object, at: str) -> dict[str, Any]:
    """A JSON object, or an invalid value (section "Errors": type)."""
    if not isinstance(value, dict):
        raise RefusedError("invalid-value", at)
    return value


def _a_list(value: object, at: str) -> list[Any]:
    """A JSON list, or an invalid value (section "Errors": type)."""
    if not isinstance(value, list):
        raise RefusedError("invalid-value", at)
    return value


def _a_text(value: object, at: str) -> str:
    """A non-empty string: ids and the references to them; an empty one is an invalid value."""
    if not isinstance(value, str) or value == "":
        raise RefusedError("invalid-value", at)
    return value


def _a_word(value: object, words: tuple[str, ...], at: str) -> str:
    """One of a fixed list of words: `kind`, `channel`, `direction`."""
    if not isinstance(value, str) or value not in words:
        raise RefusedError("invalid-value", at)
    return value


def _a_truth(value: object, at: str) -> bool:
    """True or false and nothing that merely looks like it."""
    if not isinstance(value, bool):
        raise RefusedError("invalid-value", at)
    return value


def _a_number(value: object, least: int, most: int, at: str) -> int:
    """A whole number in a range; a boolean is none, and neither is a float such as 600.0."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise RefusedError("invalid-value", at)
    if value < least or value > most:
        raise RefusedError("invalid-value", at)
    return value


def _a_day(value: object, at: str) -> date:
    """Section "Values": a calendar day from 1900 to 2199, written `YYYY-MM-DD`, no other way."""
    if not isinstance(value, str):
        raise RefusedError("invalid-value", at)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        raise RefusedError("invalid-value", at)
    try:
        day = date(int(value[0:4]), int(value[5:7]), int(value[8:10]))
    except ValueError:
        raise RefusedError("invalid-value", at) from None
    if day < FIRST_DAY or day > LAST_DAY:
        raise RefusedError("invalid-value", at)
    return day


def _fields(part: dict[str, Any], required: tuple[str, ...], optional: tuple[str, ...], at: str) -> None:
    """Section "Errors": a required field that is absent is missing, any other name is unknown.

    A required field that is null is left for the check of its type, which refuses it as an
    invalid value. A name that is not a field is unknown whatever its value, null or not.
    """
    for name in required:
        if name not in part:
            raise RefusedError("missing-field", pointer(at, name))
    for name in part:
        if name not in required and name not in optional:
            raise RefusedError("unknown-field", pointer(at, name))


def _given(part: dict[str, Any], name: str) -> bool:
    """Section "A tenancy": for an optional field absent and null are the same."""
    return part.get(name) is not None


def _check_case(case: object) -> None:
    """Everything that section "Errors" can refuse, from the outside in."""
    whole = _an_object(case, "")
    _fields(
        whole,
        ("policy", "as_of", "tenancy"),
        ("parameters", "case", "about", "expect"),
        "",
    )
    policy = whole["policy"]
    if not isinstance(policy, str):
        raise RefusedError("invalid-value", "/policy")
    if policy not in IN_FORCE:
        raise RefusedError("unknown-policy", "/policy")
    as_of = _a_day(whole["as_of"], "/as_of")
    first, last = IN_FORCE[policy]
    if as_of < first or as_of > last:
        raise RefusedError("policy-not-in-force", "/as_of")
    if _given(whole, "parameters"):
        _check_parameters(policy, whole["parameters"])
    _check_tenancy(whole["tenancy"], "/tenancy")


def _check_parameters(policy: str, parameters: object) -> None:
    """Section "Advice", last paragraph: what a user may set, and to what."""
    at = "/parameters"
    for name, value in _an_object(parameters, at).items():
        place = pointer(at, name)
        if name not in PARAMETERS[policy]:
            raise RefusedError("unknown-field", place)
        if name == "referral_months":
            if not isinstance(value, str):
                raise RefusedError("invalid-value", place)
            if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value) is None:
                raise RefusedError("invalid-value", place)
        elif name == "sustained_days":
            _a_number(value, 1, 36_500, place)
        else:
            _a_number(value, 0, MOST_CENTS, place)


def _check_tenancy(value: object, at: str) -> None:
    """Section "A tenancy": the table of fields."""
    tenancy = _an_object(value, at)
    _fields(
        tenancy,
        ("id", "start", "rents", "entries"),
        (
            "end",
            "contacts",
            "household",
            "plans",
            "disputes",
            "objections",
            "signals",
            "deceased",
            "eviction",
        ),
        at,
    )
    _a_text(tenancy["id"], pointer(at, "id"))
    start = _a_day(tenancy["start"], pointer(at, "start"))
    if _given(tenancy, "end"):
        end = _a_day(tenancy["end"], pointer(at, "end"))
        if end < start:
            raise RefusedError("invalid-value", pointer(at, "end"))
    _check_rents(tenancy["rents"], pointer(at, "rents"))
    _check_entries(tenancy["entries"], pointer(at, "entries"))
    if _given(tenancy, "contacts"):
        _check_contacts(tenancy["contacts"], pointer(at, "contacts"))
    if _given(tenancy, "household"):
        _check_household(tenancy["household"], pointer(at, "household"))
    if _given(tenancy, "plans"):
        _check_plans(tenancy["plans"], pointer(at, "plans"))
    if _given(tenancy, "disputes"):
        _check_disputes(tenancy["disputes"], pointer(at, "disputes"))
    if _given(tenancy, "objections"):
        _check_objections(tenancy["objections"], pointer(at, "objections"))
    if _given(tenancy, "signals"):
        _check_signals(tenancy["signals"], pointer(at, "signals"))
    if _given(tenancy, "deceased"):
        _a_day(tenancy["deceased"], pointer(at, "deceased"))
    if _given(tenancy, "eviction"):
        _check_eviction(tenancy["eviction"], pointer(at, "eviction"))


def _check_rents(value: object, at: str) -> None:
    """Table "A tenancy", `rents`: at least one, `cents` at least 100, one per `from`."""
    rents = _a_list(value, at)
    if rents == []:
        raise RefusedError("invalid-value", at)
    seen: list[date] = []
    for number, item in enumerate(rents):
        place = pointer(at, number)
        rent = _an_object(item, place)
        _fields(rent, ("from", "cents"), (), place)
        since = _a_day(rent["from"], pointer(place, "from"))
        _a_number(rent["cents"], 100, MOST_CENTS, pointer(place, "cents"))
        if since in seen:
            raise RefusedError("invalid-value", pointer(place, "from"))
        seen.append(since)


def _check_entries(value: object, at: str) -> None:
    """Section "Ledger entries": the fields of each kind, unique ids, and what they refer to."""
    entries = _a_list(value, at)
    if len(entries) > MOST_ENTRIES:
        raise RefusedError("invalid-value", at)
    kinds: dict[str, str] = {}
    for number, item in enumerate(entries):
        place = pointer(at, number)
        entry = _an_object(item, place)
        for name in ("id", "kind"):
            if name not in entry:
                raise RefusedError("missing-field", pointer(place, name))
        entry_id = _a_text(entry["id"], pointer(place, "id"))
        kind = _a_word(
            entry["kind"],
            ("rent", "other", "payment", "credit", "reversal"),
            pointer(place, "kind"),
        )
        _check_entry(entry, kind, place)
        if entry_id in kinds:
            raise RefusedError("duplicate-id", pointer(place, "id"))
        kinds[entry_id] = kind
    for number, entry in enumerate(entries):
        _check_reference(entry, kinds, pointer(at, number))


def _check_entry(entry: dict[str, Any], kind: str, place: str) -> None:
    """Table "Ledger entries": the fields that each kind has, and no others."""
    if kind in ("rent", "other"):
        _fields(entry, ("id", "kind", "due", "cents"), ("booked",), place)
        _a_day(entry["due"], pointer(place, "due"))
        _a_number(entry["cents"], 1, MOST_CENTS, pointer(place, "cents"))
        if _given(entry, "booked"):
            _a_day(entry["booked"], pointer(place, "booked"))
    elif kind in ("payment", "credit"):
        _fields(entry, ("id", "kind", "booked", "cents"), ("settles",), place)
        _a_day(entry["booked"], pointer(place, "booked"))
        _a_number(entry["cents"], 1, MOST_CENTS, pointer(place, "cents"))
        if _given(entry, "settles"):
            _a_text(entry["settles"], pointer(place, "settles"))
    else:
        _fields(entry, ("id", "kind", "booked", "reverses"), (), place)
        _a_day(entry["booked"], pointer(place, "booked"))
        _a_text(entry["reverses"], pointer(place, "reverses"))


def _check_reference(entry: dict[str, Any], kinds: dict[str, str], place: str) -> None:
    """Section "Errors": `settles` names a claim of this tenancy, `reverses` a payment of it."""
    if entry["kind"] in ("payment", "credit") and _given(entry, "settles"):
        named = kinds.get(entry["settles"])
        if named not in ("rent", "other"):
            raise RefusedError("unknown-reference", pointer(place, "settles"))
    if entry["kind"] == "reversal":
        named = kinds.get(entry["reverses"])
        if named != "payment":
            raise RefusedError("unknown-reference", pointer(place, "reverses"))


def _check_contacts(value: object, at: str) -> None:
    """Table "A tenancy", `contacts`: `date` and `channel` are required, the rest has defaults."""
    flags = ("reached", "about_arrears", "reminder", "debt_help", "offers_sharing")
    for number, item in enumerate(_a_list(value, at)):
        place = pointer(at, number)
        contact = _an_object(item, place)
        _fields(contact, ("date", "channel"), ("direction", *flags), place)
        _a_day(contact["date"], pointer(place, "date"))
        _a_word(contact["channel"], CHANNELS, pointer(place, "channel"))
        if _given(contact, "direction"):
            _a_word(contact["direction"], ("out", "in"), pointer(place, "direction"))
        for name in flags:
            if _given(contact, name):
                _a_truth(contact[name], pointer(place, name))


def _check_household(value: object, at: str) -> None:
    """Table "A tenancy", `household`: `children` may be unknown, `complete` too."""
    household = _an_object(value, at)
    _fields(household, (), ("children", "complete"), at)
    if _given(household, "complete"):
        _a_truth(household["complete"], pointer(at, "complete"))
    if _given(household, "children"):
        children = pointer(at, "children")
        for number, item in enumerate(_a_list(household["children"], children)):
            place = pointer(children, number)
            child = _an_object(item, place)
            _fields(child, ("born",), (), place)
            _a_day(child["born"], pointer(place, "born"))


def _check_until(part: dict[str, Any], since: date, place: str) -> None:
    """Section "A tenancy": a plan or dispute that ends before it starts is invalid at its end."""
    if not _given(part, "until"):
        return
    if _a_day(part["until"], pointer(place, "until")) < since:
        raise RefusedError("invalid-value", pointer(place, "until"))


def _check_plans(value: object, at: str) -> None:
    """Table "A tenancy", `plans`: one that ends before it starts is invalid at its end."""
    for number, item in enumerate(_a_list(value, at)):
        place = pointer(at, number)
        plan = _an_object(item, place)
        _fields(plan, ("from",), ("until", "broken_on"), place)
        since = _a_day(plan["from"], pointer(place, "from"))
        _check_until(plan, since, place)
        if _given(plan, "broken_on"):
            _a_day(plan["broken_on"], pointer(place, "broken_on"))


def _check_disputes(value: object, at: str) -> None:
    """Table "A tenancy", `disputes`: one that ends before it starts is invalid at its end."""
    for number, item in enumerate(_a_list(value, at)):
        place = pointer(at, number)
        dispute = _an_object(item, place)
        _fields(dispute, ("from",), ("until", "cents"), place)
        since = _a_day(dispute["from"], pointer(place, "from"))
        _check_until(dispute, since, place)
        if _given(dispute, "cents"):
            _a_number(dispute["cents"], 0, MOST_CENTS, pointer(place, "cents"))


def _check_objections(value: object, at: str) -> None:
    """Table "A tenancy", `objections`; `withdrawn` before `date` is valid."""
    for number, item in enumerate(_a_list(value, at)):
        place = pointer(at, number)
        objection = _an_object(item, place)
        _fields(objection, ("date",), ("withdrawn", "standing"), place)
        _a_day(objection["date"], pointer(place, "date"))
        if _given(objection, "withdrawn"):
            _a_day(objection["withdrawn"], pointer(place, "withdrawn"))
        if _given(objection, "standing"):
            _a_truth(objection["standing"], pointer(place, "standing"))


def _check_signals(value: object, at: str) -> None:
    """Table "A tenancy", `signals`: both fields are required."""
    for number, item in enumerate(_a_list(value, at)):
        place = pointer(at, number)
        signal = _an_object(item, place)
        _fields(signal, ("date", "cents"), (), place)
        _a_day(signal["date"], pointer(place, "date"))
        _a_number(signal["cents"], 0, MOST_CENTS, pointer(place, "cents"))


def _check_eviction(value: object, at: str) -> None:
    """Table "A tenancy", `eviction`: both required, and not `on` a day before `announced`."""
    eviction = _an_object(value, at)
    _fields(eviction, ("announced", "on"), (), at)
    announced = _a_day(eviction["announced"], pointer(at, "announced"))
    if _a_day(eviction["on"], pointer(at, "on")) < announced:
        raise RefusedError("invalid-value", pointer(at, "on"))


# --- Kleene's strong logic ----------------------------------------------------------------------


def both(*values: Truth) -> Truth:
    """Section "Values": false if one is false, else unknown if one is unknown, else true."""
    for value in values:
        if value is False:
            return False
    for value in values:
        if value is None:
            return None
    return True


def either(*values: Truth) -> Truth:
    """Section "Values": true if one is true, else unknown if one is unknown, else false."""
    for value in values:
        if value is True:
            return True
    for value in values:
        if value is None:
            return None
    return False


def opposite(value: Truth) -> Truth:
    """Section "Values": the opposite of unknown is unknown."""
    if value is None:
        return None
    return not value


def at_least(number: int | None, bound: int) -> Truth:
    """Compare a fact with a parameter; an unknown number compares as unknown."""
    if number is None:
        return None
    return number >= bound


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


def _parameters(case: Case) -> dict[str, int | str]:
    """The parameters of the policy, with what the user set for himself."""
    values = dict(PARAMETERS[case["policy"]])
    values.update(case.get("parameters") or {})
    return values


def _facts_from_contacts(
    contacts: list[dict[str, Any]] | None, start: date | None, as_of: date
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
        found["sustained_cents"] = ledger.sustained(int(parameters["sustained_days"]))
    if "acted_days" in parameters:
        found["tenant_acted"] = either(
            _called_back(contacts, start, as_of, int(parameters["acted_days"])),
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
    policy: str, found: dict[str, Any], parameters: dict[str, int | str]
) -> tuple[Truth, Truth, Truth]:
    """Section "Advice", the table of policies: refer if, remind if, contact if."""
    katwijk_refer: Truth = None
    katwijk_remind: Truth = None
    katwijk_contact: Truth = None
    if policy in ("katwijk-2012", "katwijk-2021"):
        min_attempts = int(parameters["min_attempts"])
        min_channels = int(parameters["min_channels"])
        katwijk_refer = both(
            found["months"] > _billionths(str(parameters["referral_months"])),
            found["reminder_sent"],
            at_least(found["attempts"], min_attempts),
            at_least(found["channels"], min_channels),
            at_least(found["days_since_attempt"], int(parameters["response_days"])),
        )
        katwijk_remind = opposite(found["reminder_sent"])
        katwijk_contact = either(
            opposite(at_least(found["attempts"], min_attempts)),
            opposite(at_least(found["channels"], min_channels)),
        )
    bgs_refer: Truth = None
    bgs_remind: Truth = None
    bgs_contact: Truth = None
    if policy in ("bgs-2021", "katwijk-2021"):
        bgs_refer = both(
            found["sustained_cents"] >= int(parameters["minimum_cents"]),
            found["reminder_sent"],
            found["sharing_offered"],
            at_least(found["days_since_offer"], int(parameters["response_days"])),
            found["personal_effort"],
            found["debt_help_named"],
        )
        bgs_remind = opposite(both(found["reminder_sent"], found["sharing_offered"]))
        bgs_contact = opposite(both(found["personal_effort"], found["debt_help_named"]))
    if policy == "katwijk-2012":
        return katwijk_refer, katwijk_remind, katwijk_contact
    if policy == "bgs-2021":
        return bgs_refer, bgs_remind, bgs_contact
    return both(katwijk_refer, bgs_refer), bgs_remind, either(katwijk_contact, bgs_contact)


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
    if found["days_overdue"] < int(parameters["grace_days"]):
        return "wait", [], []
    if found["arrears_cents"] < int(parameters["floor_cents"]):
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
        return {"error": refused.code, "at": refused.at}
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
