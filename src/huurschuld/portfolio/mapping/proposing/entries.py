"""The entries of a file: their amounts, days and ids; `kinds` says what they are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Final

from huurschuld.portfolio.mapping.document import OPEN
from huurschuld.portfolio.mapping.proposing.kinds import propose_kind
from huurschuld.portfolio.mapping.proposing.matching import File, Key
from huurschuld.portfolio.mapping.proposing.profiles import Profile
from huurschuld.portfolio.mapping.proposing.signs import signed_by, signs_of
from huurschuld.portfolio.mapping.proposing.vocabulary import bare, meaning
from huurschuld.portfolio.mapping.proposing.writing import Section, listed
from huurschuld.portfolio.mapping.rules import LATEST

_RENT: Final = ("huur", "prolong", "geprolong")
"""How the heading of an amount of rent begins."""
_CLAIMS: Final = ("rent", "other")


def propose_cents(file: File, columns: Section, *, has_payments: bool) -> list[Profile]:
    """Propose how the amounts are read; return their columns.

    Args:
        file: the file.
        columns: where it is added.
        has_payments: whether a file or a word says of some entries that they are payments.
    """
    found = file.fitting["entries"]
    if "debit" in found and "credit" in found:
        columns.set("cents", {"debit": found["debit"].name, "credit": found["credit"].name})
        return [found["debit"], found["credit"]]
    left = found.get("open")
    if left is not None and not has_payments:
        columns.ask(
            "cents",
            f'"{left.name}" has what is left of an amount. If the file has open items alone, and '
            "no file has "
            f'the payments, fill in "{left.name}": then arrears are right as of the day of the '
            "export. With "
            "the payments in another file, fill in the column with what was billed",
        )
        return [left, *(it for it in (found.get("cents"),) if it is not None)]
    if "cents" not in found:
        columns.ask(
            "cents",
            "which column has the amount? Fill in its heading; if none has it, export it with "
            "that column",
        )
        return []
    sign_column = signed_by(file)
    if sign_column is not None:
        rule = columns.sub("cents")
        rule.set("column", found["cents"].name)
        sign = rule.sub("sign")
        sign.set("column", sign_column.name)
        words = sign.sub("words")
        for word in sign_column.filled:
            side = meaning("sign", word)
            if side is None:
                words.ask(
                    word,
                    f'"{sign_column.name}": is "{word}" a debit (+) or a credit (-)? Fill in + or -',
                )
            else:
                words.set(word, "+" if side == "plus" else "-")
    else:
        columns.set("cents", found["cents"].name)
    return [found["cents"]]


def is_wide(file: File) -> bool:
    """Whether a row has both a claim and what was paid of it, in columns of their own."""
    return {"claimed", "paid"} <= set(file.fitting["entries"])


def propose_claimed(file: File, columns: Section) -> set[str]:
    """Propose the claims of a file that has payments beside them; return their kinds."""
    found = file.fitting["entries"]
    columns.set("cents", found["claimed"].name)
    if "kind" in found:
        return propose_kind(file, columns)
    if bare(found["claimed"].heading).startswith(_RENT):
        columns.set("kind", {"always": "rent"}, "by the heading of the amount: check this", check=True)
        return {"rent"}
    rule = columns.sub("kind")
    rule.ask("always", f'what are the amounts in "{found["claimed"].name}": {listed(_CLAIMS)}?')
    return {OPEN}


def propose_paid(file: File, columns: Section) -> list[tuple[str, Profile]]:
    """Propose the payments of a file that has them beside the claims; return their days."""
    found = file.fitting["entries"]
    columns.set("cents", found["paid"].name)
    columns.set("kind", {"always": "payment"})
    if "paid_on" in found:
        return [("booked", found["paid_on"])]
    columns.ask("booked", "which column has the day of the payment? Fill in its heading")
    return []


def propose_days_of_entries(file: File, columns: Section, kinds: set[str]) -> list[tuple[str, Profile]]:
    """Propose which day is that on which a claim is due, and which that of booking."""
    found = file.fitting["entries"]
    due, booked = found.get("due"), found.get("booked")
    used = []
    if kinds & {*_CLAIMS, OPEN}:
        if due is not None:
            used.append(("due", due))
        else:
            others = [it for it in file.columns if it.days and it is not booked and not it.is_personal]
            names = [
                json.dumps(it.name, ensure_ascii=False) for it in (booked, *others) if it is not None
            ]
            days = ", ".join(names) or "no column"
            period = found.get("period")
            if period is None:
                columns.ask(
                    "due",
                    "on which day is a claim due? Fill in the heading of the day on which the rent "
                    "is due, and not "
                    "that of its invoice or booking. The file has days in: "
                    f"{days}",
                )
            else:
                columns.ask(
                    "due",
                    "on which day is a claim due? Fill in the heading of the day on which the rent is "
                    f"due, and not that of its invoice or booking. The file has days in: {days}. "
                    "If rent is due on the first day of its month, fill in "
                    f'{{ column = {json.dumps(period.name)}, dates = "{period.months[0]}" }}',
                )
    if booked is not None:
        used.append(("booked", booked))
    elif kinds - set(_CLAIMS) and not _may_be_claims_alone(file, kinds):
        columns.ask("booked", "which column has the day of booking or payment? Fill in its heading")
    return used


def _may_be_claims_alone(file: File, kinds: set[str]) -> bool:
    """Whether one question says what all entries are, and their days are those of claims."""
    found = file.fitting["entries"]
    has_due = "due" in found or "period" in found
    return kinds == {OPEN} and "kind" not in found and "minus" not in signs_of(file) and has_due


def propose_ids(
    files: Mapping[int, tuple[File, Key | None]], sections: Mapping[int, Section], kinds: set[str]
) -> None:
    """Propose the ids of the entries of all files together: each must be the only one of its tenancy."""
    seen: Counter[tuple[str, str]] = Counter()
    complete = True
    for file, key in files.values():
        column = file.fitting["entries"].get("id")
        if column is None or key is None:
            complete = False
            continue
        seen.update(zip(key.texts, column.texts, strict=True))
    are_ids = complete and bool(seen) and max(seen.values()) == 1 and all(own for _, own in seen)
    ids = {own for _, own in seen}
    for number, (file, _) in files.items():
        section, found = sections[number], file.fitting["entries"]
        if are_ids:
            section.set("id", found["id"].name)
        else:
            section.set("id", {"line": True}, "the number of the line")
        reverses = found.get("reverses")
        if are_ids and reverses is not None and set(reverses.filled) <= ids:
            section.set("reverses", reverses.name)
        elif "reversal" in kinds or OPEN in kinds:
            section.set("reverses", {"find": LATEST}, "no column says which payment is taken back")
        settles = found.get("settles")
        if are_ids and settles is not None and set(settles.filled) <= ids:
            section.set("settles", settles.name)
