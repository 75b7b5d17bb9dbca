"""The `ddas` exporter: what a municipality reports to Statistics Netherlands (CBS) about its signals.

It is a JSON document after DDAS vroegsignalering v1.2: the signals (vroegsignalen) of a period, and the
cases (vroegsignaalzaken) in which the municipality handles them. It is for the municipality only: it may
hold BSNs, and how a signal ended, which no creditor may see.

| module | holds |
|---|---|
| `words` | the enumerations |
| `tables` | the municipality's tables: follow-ups, contact attempts, clients |
| `cases` | signals that are handled together, and the order of days |
| `report` | the document |
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from huurschuld.errors import InvalidValue
from huurschuld.hooks import OpenExporter, hookimpl
from huurschuld.model.values import Day, Line
from huurschuld.plugins.ddas.cases import cases_of
from huurschuld.plugins.ddas.report import Ddas, Supplier
from huurschuld.plugins.ddas.tables import (
    ATTEMPTS,
    CLIENTS,
    CONTACT_PERSONS,
    FOLLOW_UPS,
    by_key,
    table,
)

api_version = 1

_MOMENT: Final = re.compile(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})"
)


@hookimpl
def huurschuld_exporters() -> Mapping[str, OpenExporter]:
    """Return the exporter `ddas`."""
    return {"ddas": open_ddas}


def open_ddas(
    *,
    supplier_code: str,
    municipality_code: str,
    organisation: str,
    kvk_number: str,
    made_at: str,
    contact_persons: str | None = None,
    receivers: Sequence[str] | None = None,
    follow_ups: str | None = None,
    attempts: str | None = None,
    clients: str | None = None,
) -> Ddas:
    """Open the exporter, and read the municipality's tables.

    Args:
        supplier_code: the software supplier's code at CBS (codeGegevensleverancier).
        municipality_code: four digits (gemeentecode), such as `0537` for Katwijk.
        organisation: the name of the organisation that reports (aanleverendeOrganisatie).
        kvk_number: its number at the Chamber of Commerce, eight digits.
        made_at: the moment of the report (aanleverdatumEnTijd): `2026-02-05T10:30:00+01:00`.
        contact_persons: a CSV file of whom CBS may call.
        receivers: the names of the channels that lead to this municipality; required if the referrals
            went through several.
        follow_ups: a CSV file of what became of the signals, one row each.
        attempts: a CSV file of contact attempts.
        clients: a CSV file of BSNs, for the signals that are to be reported with one.

    Raises:
        InvalidValue: at the option, or at a cell of a table, by file, line and column.
        UnknownField, MissingField: at the heading of a table.
        DuplicateId: a referral is duplicated in a table, or a contact person.
    """
    supplier = Supplier(
        supplier_code=supplier_code,
        municipality_code=municipality_code,
        organisation=organisation,
        kvk_number=kvk_number,
        contact_persons=table(contact_persons, CONTACT_PERSONS),
    )
    follow_up_rows = by_key(table(follow_ups, FOLLOW_UPS))
    attempt_rows = table(attempts, ATTEMPTS)
    return Ddas(
        supplier=supplier,
        made_at=_moment(made_at),
        receivers=_names(receivers),
        follow_ups=follow_up_rows,
        attempts=attempt_rows,
        clients=by_key(table(clients, CLIENTS)),
        cases=cases_of(follow_up_rows, attempt_rows),
    )


def _moment(text: str) -> dt.datetime:
    moment = None
    if type(text) is str and _MOMENT.fullmatch(text):
        with suppress(ValueError):
            moment = dt.datetime.fromisoformat(text)
    if moment is None or not Day().accepts(moment.date()):
        problem = "a moment with its zone is expected, such as 2026-02-05T10:30:00+01:00"
        raise InvalidValue("/made_at", problem)
    return moment


def _names(given: Sequence[str] | None) -> frozenset[str] | None:
    if given is None:
        return None
    if isinstance(given, str) or not given or not all(Line().accepts(it) for it in given):
        raise InvalidValue("/receivers", "a list of names of channels is expected")
    return frozenset(given)
