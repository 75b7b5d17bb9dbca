"""Which way the money of entries goes: by a sign, a word beside it, or a column of its own."""

from __future__ import annotations

from huurschuld.portfolio.mapping.amounts import EURO, read_amount
from huurschuld.portfolio.mapping.proposing.matching import File
from huurschuld.portfolio.mapping.proposing.profiles import Profile
from huurschuld.portfolio.mapping.proposing.vocabulary import bare, meaning
from huurschuld.portfolio.mapping.unfit import Unfit


def is_sign(column: Profile) -> bool:
    """Whether a column says which way the money goes, as D and C do."""
    return any(meaning("sign", it) is not None or bare(it) in ("af", "bij") for it in column.filled)


def signed_by(file: File) -> Profile | None:
    """The column of words that say the sign; None if there is none, or the amounts say it as well."""
    found = file.fitting["entries"]
    sign, cents = found.get("sign"), found.get("cents")
    if sign is None or cents is None or not is_sign(sign):
        return None
    less = [row for row, it in enumerate(sign.texts) if meaning("sign", it) == "minus"]
    sides = {_side(_cents(cents, row)) for row in less}
    return None if "minus" in sides and "plus" not in sides else sign


def has_signs(file: File) -> bool:
    """Whether the amounts are read with a sign, from two columns or from a word."""
    return "debit" in file.fitting["entries"] or signed_by(file) is not None


def signs_of(file: File) -> list[str]:
    """Of each row `plus` or `minus`, empty for an amount of zero or none."""
    found, rows = file.fitting["entries"], range(len(file.seen.rows))
    if "debit" in found and "credit" in found:
        debit, credit = found["debit"], found["credit"]
        return [_side(_cents(debit, it) - _cents(credit, it)) for it in rows]
    if "cents" not in found:
        return [""] * len(rows)
    cents, sign = found["cents"], signed_by(file)
    if sign is None:
        return [_side(_cents(cents, it)) for it in rows]
    return [meaning("sign", it) or "plus" for it in sign.texts]


def _cents(column: Profile, row: int) -> int:
    text = column.texts[row]
    try:
        return read_amount(text, EURO, column.has_decimals or ",") if text else 0
    except Unfit:  # it is refused when it is read; its sign shows all the same
        return -1 if "-" in text or text.startswith("(") else 1


def _side(cents: int) -> str:
    return "plus" if cents > 0 else "minus" if cents < 0 else ""
