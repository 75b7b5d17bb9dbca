"""A referral (signaal): contact details and an amount, and nothing else.

Besluit gemeentelijke schuldhulpverlening (Bgs), art. 2: the landlord gives the municipality the tenant's
contact details and the amount of the arrears. These types have no room for more: no BSN, no birth date,
no children, no rent, no reason. No `repr` here shows the contents of a value.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from attrs import field, frozen

from huurschuld.model.values import Day, Line, Maybe, Part, Postcode, RedactedRepr, Text, Whole, money


@frozen(repr=False, kw_only=True)
class ContactDetails(RedactedRepr):
    """The contact details (contactgegevens) with which the municipality can reach a tenant.

    Attributes:
        name: as on an envelope.
        street: the name of the street.
        house_number: 1 to 99999.
        addition: what comes after the number (huisletter, toevoeging).
        postcode: `1234AB`.
        place: the town (woonplaats).
        phone, email: if known.
        care_of: who acts for the tenant, such as an administrator (bewindvoerder); contact goes there.

    Raises:
        InvalidValue: at the field.
    """

    name: str = field(validator=Line())
    street: str = field(validator=Line())
    house_number: int = field(validator=Whole(1, 99_999))
    addition: str | None = field(default=None, validator=Maybe(Line()))
    postcode: str = field(validator=Postcode())
    place: str = field(validator=Line())
    phone: str | None = field(default=None, validator=Maybe(Line()))
    email: str | None = field(default=None, validator=Maybe(Line()))
    care_of: str | None = field(default=None, validator=Maybe(Line()))


@frozen(repr=False, kw_only=True)
class Referral(RedactedRepr):
    """A referral (signaal) as it is sent: all that a channel gets, and all that may be sent.

    Attributes:
        contact: the contact details.
        arrears_cents: the amount of the arrears (huurachterstand), in cents, 1 or more.
    """

    contact: ContactDetails = field(validator=Part(ContactDetails))
    arrears_cents: int = field(validator=money(1))


class Outcome(StrEnum):
    """The outcome of an attempt to send.

    `accepted`: the receiver has it. `refused`: the receiver has answered that it does not take it.
    `not-delivered`: it certainly does not have it. `unknown`: it may or may not have it.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_DELIVERED = "not-delivered"
    UNKNOWN = "unknown"


@frozen(repr=False, kw_only=True)
class Delivery(RedactedRepr):
    """The result of one attempt to send a referral.

    Attributes:
        outcome: what is known about it.
        reason: a few words, such as `status 503`; no personal data, nothing that the receiver wrote.
        receipt: what the receiver answered, kept as proof; only with `accepted`.
    """

    outcome: Outcome
    reason: str = ""
    receipt: str | None = None


@frozen(repr=False, kw_only=True)
class SentReferral(RedactedRepr):
    """A referral that was accepted, as an exporter gets it.

    Attributes:
        key: its idempotency key: 32 random hexadecimal digits, which identify it everywhere.
        day: the day (peildatum) that its amount is of.
        receiver: the name of the channel that it was sent through.
        referral: what was sent.
    """

    key: str = field(validator=Text())
    day: dt.date = field(validator=Day())
    receiver: str = field(validator=Text())
    referral: Referral = field(validator=Part(Referral))
