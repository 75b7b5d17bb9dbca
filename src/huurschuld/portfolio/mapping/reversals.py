"""Reversals that name no payment: each is of the latest payment of the same amount before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Final

from huurschuld.portfolio.mapping.fields import Value

_TAKEN_BACK: Final = ("payment", "credit")


def find_payments(
    entries: Iterable[MutableMapping[str, Value]], waiting: Iterable[MutableMapping[str, Value]]
) -> list[MutableMapping[str, Value]]:
    """Fill in `reverses` of the reversals that wait for it, in the order of their days.

    A payment is taken back once: the latest one booked on or before the day of the reversal that is of
    the same tenancy and amount and that no reversal names yet.

    Returns:
        The reversals for which there is no such payment.
    """
    named = {(it["tenancy"], it.get("reverses")) for it in entries if it["kind"] == "reversal"}
    payments: dict[tuple[Value, Value], list[Mapping[str, Value]]] = {}
    for it in entries:
        if it["kind"] in _TAKEN_BACK and (it["tenancy"], it["id"]) not in named:
            payments.setdefault((it["tenancy"], it.get("cents")), []).append(it)
    for its in payments.values():
        its.sort(key=_booked)  # stable: of one day the last in the file is the latest
    lost = []
    for reversal in sorted(waiting, key=_booked):
        before = payments.get((reversal["tenancy"], reversal.get("cents")), [])
        found = [it for it in before if _booked(it) <= _booked(reversal)]
        if found:
            reversal["reverses"] = found[-1]["id"]
            before.remove(found[-1])
        else:
            lost.append(reversal)
    return lost


def _booked(entry: Mapping[str, Value]) -> str:
    return str(entry.get("booked") or "")
