"""The referrals that exporters are checked with, and the texts in a report."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any, Final

import attrs

from huurschuld.model.referral import SentReferral
from huurschuld.model.values import MAXIMUM_CENTS
from huurschuld.testing.channel_bench import referral
from huurschuld.testing.contact_people import NAMES, person
from huurschuld.testing.ledger_portfolios import CENTS

FIRST: Final = dt.date(2026, 1, 1)
LAST: Final = dt.date(2026, 1, 31)
DAYS: Final = (LAST - FIRST).days + 1
_CENTS: Final = (*CENTS, 49, 50, 99, 100, 150, MAXIMUM_CENTS)
_TEXTS: Final = ("name", "street", "addition", "place", "phone", "email", "care_of")
_SHORT: Final = 4
"""Shorter values may stand in any report by chance."""


def referrals(receiver: str, count: int) -> list[SentReferral]:
    """Return so many referrals of the period, some of its first and its last day."""
    found = [_sent(receiver, number, FIRST + dt.timedelta(number % DAYS)) for number in range(count)]
    return [_sparse(it, number) if number % 3 == 2 else it for number, it in enumerate(found)]


def around(receiver: str) -> list[SentReferral]:
    """Return referrals of days within the period and around it, also of other years."""
    ago = (-400, -32, -1, 0, 1, DAYS - 1, DAYS, DAYS + 30, 365)
    return [_sent(receiver, number, FIRST + dt.timedelta(it)) for number, it in enumerate(ago)]


def alike(receiver: str) -> list[SentReferral]:
    """Return referrals of one person, some of which differ in nothing but their key."""
    one = _sent(receiver, 1, FIRST)
    later = attrs.evolve(one, day=LAST)
    more = attrs.evolve(one, referral=attrs.evolve(one.referral, arrears_cents=99_999))
    others = [attrs.evolve(it, key=_key(number)) for number, it in enumerate((one, one, later, more), 2)]
    return [one, *others, _sent(receiver, 9, FIRST)]


def of_amounts(receiver: str) -> list[SentReferral]:
    """Return referrals of amounts that floats or rounding easily distort."""
    found = [(_sent(receiver, number, FIRST), cents) for number, cents in enumerate(_CENTS)]
    return [
        attrs.evolve(it, referral=attrs.evolve(it.referral, arrears_cents=cents)) for it, cents in found
    ]


def named(receiver: str) -> list[SentReferral]:
    """Return referrals with names, streets and additions of all scripts."""
    found = []
    for number, name in enumerate(NAMES, start=1):
        sent = _sent(receiver, number, FIRST)
        changes: dict[str, Any] = dict.fromkeys(_TEXTS, name)
        contact = attrs.evolve(sent.referral.contact, **changes)
        found.append(attrs.evolve(sent, referral=attrs.evolve(sent.referral, contact=contact)))
    return found


def fields_of(sent: SentReferral) -> dict[str, str]:
    """Return the contact details that can be recognised in a text, by field."""
    values = attrs.asdict(sent.referral.contact).items()
    return {name: str(it) for name, it in values if it is not None and len(str(it)) >= _SHORT}


def texts_in(report: bytes) -> str:
    """Return the texts in a report: in UTF-8, UTF-16, escapes of JSON, or the files of an archive."""
    parts = [report]
    if zipfile.is_zipfile(io.BytesIO(report)):
        with zipfile.ZipFile(io.BytesIO(report)) as archive:
            parts += [archive.read(name) for name in archive.namelist()]
    texts = [part.decode(it, "ignore") for part in parts for it in ("utf-8", "utf-16-le", "utf-16-be")]
    return "\n".join((*texts, *(_unescaped(it) for it in texts)))


def _unescaped(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return ""


def _sent(receiver: str, number: int, day: dt.date) -> SentReferral:
    return SentReferral(key=_key(number), day=day, receiver=receiver, referral=referral(number))


def _sparse(sent: SentReferral, number: int) -> SentReferral:
    """The same referral of a person of whom only what is required is known."""
    details = person(number, sparse=True)
    return attrs.evolve(sent, referral=attrs.evolve(sent.referral, contact=details))


def _key(number: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15 % 2**128:032x}"
