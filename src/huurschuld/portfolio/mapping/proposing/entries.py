"""What the entries of a file are: their kinds, by word and by sign, their days and their ids."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from huurschuld.model.entries import ENTRY_CLASSES
from huurschuld.portfolio.mapping.amounts import EURO, read_amount
from huurschuld.portfolio.mapping.document import OPEN
from huurschuld.portfolio.mapping.proposing.matching import File, Key
from huurschuld.portfolio.mapping.proposing.profiles import Profile
from huurschuld.portfolio.mapping.proposing.vocabulary import bare, meaning
from huurschuld.portfolio.mapping.proposing.writing import Section, listed
from huurschuld.portfolio.mapping.rules import LATEST
from huurschuld.portfolio.mapping.unfit import Unfit

_RENT: Final = ("huur", "prolong", "geprolong")
"""How the heading of an amount of rent begins."""
_PAYMENTS: Final = ("betaling", "ontvangst")
"""What is in the name of a file of payments, if nothing of `_NO_PAYMENTS` is."""
_NO_PAYMENTS: Final = ("huur", "factu", "vorder", "mutat", "boek", "regeling", "rekening")
KINDS: Final = tuple(ENTRY_CLASSES)
_CLAIMS: Final = ("rent", "other")
_RECEIVED: Final = ("payment", "credit")


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
    signed_by = _signed_by(file)
    if signed_by is not None:
        rule = columns.sub("cents")
        rule.set("column", found["cents"].name)
        sign = rule.sub("sign")
        sign.set("column", signed_by.name)
        words = sign.sub("words")
        for word in signed_by.filled:
            side = meaning("sign", word)
            if side is None:
                words.ask(
                    word,
                    f'"{signed_by.name}": is "{word}" a debit (+) or a credit (-)? Fill in + or -',
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


def is_sign(column: Profile) -> bool:
    """Whether a column says which way the money goes, as D and C do."""
    return any(meaning("sign", it) is not None or bare(it) in ("af", "bij") for it in column.filled)


def _signed_by(file: File) -> Profile | None:
    """The column of words that say the sign; None if there is none, or the amounts say it as well."""
    found = file.fitting["entries"]
    sign, cents = found.get("sign"), found.get("cents")
    if sign is None or cents is None or not is_sign(sign):
        return None
    less = [row for row, it in enumerate(sign.texts) if meaning("sign", it) == "minus"]
    sides = {_side(_cents(cents, row)) for row in less}
    return None if "minus" in sides and "plus" not in sides else sign


def _has_signs(file: File) -> bool:
    """Whether the amounts are read with a sign, from two columns or from a word."""
    return "debit" in file.fitting["entries"] or _signed_by(file) is not None


def propose_kind(file: File, columns: Section) -> set[str]:
    """Propose what the kinds are; return those that occur, with `?` for one that is open."""
    found = file.fitting["entries"]
    kind = found.get("kind")
    signs = _signs(file)
    if kind is None:
        return _without_words(file, columns, signs)
    rule = columns.sub("kind")
    rule.set("column", kind.name)
    texts = kind.words
    counted = Counter(zip(texts, signs, strict=True))
    sides = [side for side in ("plus", "minus") if any(sign == side for _, sign in counted)]
    by_sign = "minus" in sides or _has_signs(file)
    if not by_sign:
        words = rule.sub("words")
        _remark_hidden(words, [it for it in texts if it and not _is_shown(kind, it)])
        counts = sorted(Counter(texts).items())
        return {_word(words, kind, it, count, "") for it, count in counts if it}
    meant = set()
    for side in ("plus", "minus"):
        words = rule.sub(side)
        own = [it for it, sign in zip(texts, signs, strict=True) if it and sign == side]
        _remark_hidden(words, [it for it in own if not _is_shown(kind, it)])
        for word in sorted({it for it in texts if it}):
            count, other = counted[word, side], counted[word, "minus" if side == "plus" else "plus"]
            if count:
                meant.add(_word(words, kind, word, count, side if other >= count else "", other))
    if not sides:
        rule.set("plus", {})  # no entries yet: each word is refused until it is explained
    return meant


def _is_shown(kind: Profile, word: str) -> bool:
    return meaning("kind", word.removesuffix("*")) is not None or kind.may_show(word)


def _remark_hidden(words: Section, hidden: Sequence[str]) -> None:
    """Tell that there are words which are not shown, since they may be personal data."""
    if hidden:
        words.remark(
            f"further rows: {len(hidden)}, with words that may be personal data and are not shown. Look "
            'at them, and add what they begin with, such as "Overboeking *" = "payment"'
        )


def _word(words: Section, kind: Profile, word: str, count: int, doubtful: str, other: int = 0) -> str:
    """Propose what one word means, or ask."""
    known = meaning("kind", word.removesuffix("*"))
    if known is not None and not doubtful:
        words.set(word, known, f"{count}x")
        return known
    if not _is_shown(kind, word):
        return OPEN
    if known is not None:
        words.ask(
            word,
            f'"{word}" has a {doubtful} here (rows: {count}), and the other sign elsewhere '
            f"(rows: {other}). "
            f"What is it with a {doubtful}: {listed(KINDS)}?",
        )
    else:
        words.ask(
            word,
            f'what is "{word}" in "{kind.name}" (rows: {count}): {listed(KINDS)}? If it is none '
            "of these, "
            "take this line out and name the word in leave_out",
        )
    return OPEN


def _without_words(file: File, columns: Section, signs: Sequence[str]) -> set[str]:
    """Propose what entries are that no column of words tells apart: by their sign, or by the file."""
    seen, found = set(signs), file.fitting["entries"]
    if "minus" in seen or _has_signs(file):
        rule = columns.sub("kind")
        for side in ("plus", "minus"):
            rule.ask(
                side,
                f"no column says what the entries are. What is an amount with a {side}: "
                f"{listed(KINDS)}?",
            )
        return {OPEN}
    name = bare(file.seen.name)
    if "prolong" in name:
        columns.set("kind", {"always": "rent"}, "by the name of the file: check this", check=True)
        return {"rent"}
    speaks_against = "due" in found or any(it in name for it in _NO_PAYMENTS)
    if any(it in name for it in _PAYMENTS) and not speaks_against:
        columns.set("kind", {"always": "payment"}, "by the name of the file: check this", check=True)
        return {"payment"}
    rule = columns.sub("kind")
    rule.ask("always", f"no column says what the entries are. What are they all: {listed(KINDS)}?")
    return {OPEN}


def _signs(file: File) -> list[str]:
    """Of each row `plus` or `minus`, empty for an amount of zero or none."""
    found, rows = file.fitting["entries"], range(len(file.seen.rows))
    if "debit" in found and "credit" in found:
        debit, credit = found["debit"], found["credit"]
        return [_side(_cents(debit, it) - _cents(credit, it)) for it in rows]
    if "cents" not in found:
        return [""] * len(rows)
    cents, sign = found["cents"], _signed_by(file)
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
    return kinds == {OPEN} and "kind" not in found and "minus" not in _signs(file) and has_due


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
