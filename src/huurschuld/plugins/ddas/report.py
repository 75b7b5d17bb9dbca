"""The document of DDAS vroegsignalering v1.2: one delivery (levering) of one municipality."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
from attrs import field, frozen

from huurschuld.errors import DuplicateId, InvalidValue, UnknownReference, pointer
from huurschuld.model.json_text import canonical_json
from huurschuld.model.referral import ContactDetails, SentReferral
from huurschuld.model.values import Day, Line, RedactedRepr, refuse
from huurschuld.plugins.csv_tables import Row
from huurschuld.plugins.ddas.cases import MEMBERS, Case
from huurschuld.plugins.ddas.words import LANDLORD

_PERSON: Final = {
    "name": "naam",
    "phone": "telefoonnummer",
    "email": "email",
    "function": "functietitel",
}
_SIGNAL: Final = {
    "status": "status",
    "crisis": "crisissignaal",
    "warm_handover": "warmeOverdracht",
    "origin": "ontstaansdatum",
}
_ATTEMPT: Final = {"kind": "soort", "reached": "bereikt", "date": "datum", "part_of_day": "dagdeel"}
_DIGITS: Final = re.compile("[0-9]*")
_FIRST: Final = 1
"""Each delivery in a file has its number (teller), counted from 1; here there is one."""


def _digits(number: int, what: str) -> Any:  # noqa: ANN401 - a validator of attrs
    def check(_: object, attribute: attrs.Attribute[str], value: object) -> None:
        if type(value) is not str or len(value) != number or not _DIGITS.fullmatch(value):
            raise InvalidValue(pointer(attribute.name), f"{what} is expected: {number} digits, as text")

    return check


def _persons(rows: Iterable[Row]) -> list[dict[str, object]]:
    """The people whom CBS may call; the schema allows no duplicates."""
    found: list[dict[str, object]] = []
    for row in rows:
        person = _named(_PERSON, row.values)
        if person in found:
            raise DuplicateId(row.at("name"), "this person is listed twice", "remove one of them")
        found.append(person)
    return found


@frozen(repr=False, kw_only=True)
class Supplier(RedactedRepr):
    """Who reports, and for which municipality.

    Raises:
        InvalidValue: at the option of that name.
        DuplicateId: a contact person is listed twice.
    """

    supplier_code: str = field(validator=Line())
    municipality_code: str = field(validator=_digits(4, "a municipality's code"))
    organisation: str = field(validator=Line())
    kvk_number: str = field(validator=_digits(8, "a number of the Chamber of Commerce"))
    contact_persons: list[dict[str, object]] = field(converter=_persons)

    def member(self) -> dict[str, object]:
        """Return the organisation as DDAS has it; contact persons are left out if there are none."""
        persons = {"contactpersonen": self.contact_persons} if self.contact_persons else {}
        return {"naam": self.organisation, "kvk-nummer": self.kvk_number, **persons}


@frozen(repr=False, kw_only=True)
class Ddas(RedactedRepr):
    """The exporter: the municipality's tables, and how they become a report."""

    _supplier: Supplier
    _made_at: dt.datetime
    _receivers: frozenset[str] | None
    _follow_ups: Mapping[str, Row]
    _attempts: list[Row]
    _clients: Mapping[str, Row]
    _cases: list[Case]

    def export(self, sent: Iterable[SentReferral], first: dt.date, last: dt.date) -> bytes:
        """Report on the signals of these days, both included, as canonical JSON in UTF-8.

        What became of a signal is reported as the tables have it, even if that was after `last`. A case
        names only its signals of these days, and is left out if it has none.

        Args:
            sent: all referrals that were sent, in any order, those of other days as well: the tables may
                be about them.
            first: the first day of the period.
            last: its last day.

        Raises:
            InvalidValue: at `/first`, `/last`, `/made_at`, `/receivers`, a referral, or a cell.
            DuplicateId: two referrals have one key; at the second.
            UnknownReference: a row of a table is of no referral to this municipality.
        """
        self._check_period(first, last)
        signals = self._signals(sent)
        self._check_tables(signals)
        reported = {key: it for key, it in signals.items() if first <= it.day <= last}
        delivery = {
            "teller": _FIRST,
            "gemeentecode": self._supplier.municipality_code,
            "aanleverendeOrganisatie": self._supplier.member(),
            "vroegsignalen": [self._signal(it) for it in reported.values()],
            "vroegsignaalzaken": self._reported_cases(list(reported)),
        }
        document = {
            "codeGegevensleverancier": self._supplier.supplier_code,
            "startdatumLevering": first.isoformat(),
            "einddatumLevering": last.isoformat(),
            "aanleverdatumEnTijd": self._made_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "leveringen": [delivery],
        }
        return canonical_json(document).encode()

    def _check_period(self, first: dt.date, last: dt.date) -> None:
        for place, day in (("/first", first), ("/last", last)):
            if not Day().accepts(day):
                raise refuse(place, Day())
        if last < first:
            raise InvalidValue("/last", "the last day is before the first", "swap them")
        if self._made_at.date() < last:
            problem = "the report would be made before the last day of its period"
            raise InvalidValue("/made_at", problem, "wait until the period is over")

    def _signals(self, sent: Iterable[SentReferral]) -> dict[str, SentReferral]:
        """Return the referrals to this municipality by key, in report order: by day, then key."""
        found: dict[str, SentReferral] = {}
        through: set[str] = set()
        for index, it in enumerate(sent):
            if type(it) is not SentReferral:
                raise InvalidValue(pointer("sent", index), "a SentReferral is expected")
            if it.key in found:
                place = pointer("sent", index, "key")
                raise DuplicateId(place, "another referral has this key", "give each referral once")
            found[it.key] = it
            through.add(it.receiver)
        if self._receivers is None and len(through) > 1:
            problem = "the referrals went through several channels"
            raise InvalidValue("/receivers", problem, "name those that lead to this municipality")
        ours = through if self._receivers is None else self._receivers
        if found and not ours <= through:
            problem = "a channel is named that no referral went through"
            raise InvalidValue("/receivers", problem, "correct its name, or leave it out")
        in_order = sorted(found.items(), key=lambda it: (it[1].day, it[0]))
        return {key: it for key, it in in_order if it.receiver in ours}

    def _check_tables(self, signals: Mapping[str, SentReferral]) -> None:
        for row in (*self._follow_ups.values(), *self._attempts, *self._clients.values()):
            if row.values["key"] not in signals:
                raise UnknownReference(
                    row.at("key"),
                    "no referral to this municipality has this key",
                    "correct it, give all referrals, or remove the row of one that was forgotten",
                )
        for key, row in self._follow_ups.items():
            origin = row.values["origin"]
            if origin is not None and origin > signals[key].day:
                raise InvalidValue(row.at("origin"), "this day is after that of the signal")
        sent_on = {key: it.day for key, it in signals.items()}
        for case in self._cases:
            case.check_order(sent_on)

    def _signal(self, it: SentReferral) -> dict[str, object]:
        row = self._follow_ups.get(it.key)
        return {
            "ID": it.key,
            "bedrag": whole_euros(it.referral.arrears_cents),
            "signaaldatum": it.day.isoformat(),
            "signaalpartner": {"type": LANDLORD},
            "client": self._client(it.key, it.referral.contact),
            **({} if row is None else _named(_SIGNAL, row.values)),
        }

    def _client(self, key: str, contact: ContactDetails) -> dict[str, object]:
        """Return the BSN, or else the address: never both."""
        if key in self._clients:
            return {"burgerservicenummer": self._clients[key].values["bsn"]}
        addition = {} if contact.addition is None else {"huisnummertoevoeging": contact.addition}
        return {"postcode": contact.postcode, "huisnummer": str(contact.house_number), **addition}

    def _reported_cases(self, keys: list[str]) -> list[dict[str, object]]:
        """Return the cases of these signals, in the order of the first signal of each."""
        place = {key: number for number, key in enumerate(keys)}
        found = []
        for case in self._cases:
            named = sorted((key for key in case.keys if key in place), key=place.__getitem__)
            if named:
                case.check_made(self._made_at.date())
                found.append((place[named[0]], _case(case, named)))
        return [case for _, case in sorted(found, key=lambda it: it[0])]


def whole_euros(cents: int) -> int:
    """Round to whole euros, a half upwards. DDAS has whole euros and does not say how to round."""
    return (cents + 50) // 100


def _case(case: Case, keys: list[str]) -> dict[str, object]:
    attempts = [_named(_ATTEMPT, row.values) for row in case.attempts]
    return {
        **_named(MEMBERS, {column: value for column, (value, _) in case.values.items()}),
        "vroegsignalen": [{"ID": key} for key in keys],
        "contactpogingen": sorted(attempts, key=lambda it: (it["datum"], canonical_json(it))),
    }


def _named(names: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, object]:
    """Return the known values by their DDAS names; unknown ones are left out."""
    known = {name: values.get(column) for column, name in names.items()}
    return {
        name: value.isoformat() if type(value) is dt.date else value
        for name, value in known.items()
        if value is not None
    }
