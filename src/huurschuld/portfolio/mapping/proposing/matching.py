"""Which table a file is, and which of its columns is which: by headings, and by what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from attrs import field, frozen

from huurschuld.model.values import Birth, Choice, Day, Flag, Whole
from huurschuld.portfolio.mapping.proposing.looking import Seen
from huurschuld.portfolio.mapping.proposing.profiles import Profile
from huurschuld.portfolio.mapping.proposing.vocabulary import (
    columns_with_headings,
    heading_rank,
    is_known_heading,
    is_part_of_key,
    meaning,
    name_hints,
    strong_keys,
)
from huurschuld.portfolio.schema import COLUMNS

_HINT: Final = 3
_TELLING: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "tenancies": (("start",),),
    "rents": (("from", "cents"),),
    "entries": tuple(
        (amount, day)
        for amount in ("cents", "debit", "open")
        for day in ("booked", "due", "paid_on", "period")
    ),
    "contacts": (("date", "channel"),),
    "plans": (("from", "broken_on"), ("from", "until"), ("from", "cents")),
    "disputes": (("from", "until"), ("from", "cents")),
    "objections": (("date",),),
    "signals": (("date", "cents"),),
}
"""For each table the columns of which one group must be there, besides the tenancy."""
_NEEDS_A_NAME: Final = ("plans", "disputes", "objections", "signals", "rents")
"""Tables whose columns many others have, too: the name of the file must suggest them."""
_BY_WORDS: Final = {"tenancies": ("object",), "rents": ("per",)}
"""Columns whose default would be wrong: they are found by their words, whatever their heading."""
_OWN: Final = {"broken_on", "withdrawn"}
"""Columns that no other table has."""


@frozen
class Key:
    """The columns that name the tenancy together, mostly one.

    Attributes:
        columns: in the order in which they are joined.
        keeps_zeros: whether zeros at the start are part of it.
        texts: the id of each row.
    """

    columns: tuple[Profile, ...]
    keeps_zeros: bool = True
    texts: tuple[str, ...] = field(init=False, repr=False)

    @texts.default
    def _texts(self) -> tuple[str, ...]:
        rows = zip(*(it.texts for it in self.columns), strict=True)
        if self.keeps_zeros:
            return tuple("-".join(its) for its in rows)
        return tuple("-".join(it.lstrip("0") for it in its) for its in rows)

    @property
    def filled(self) -> set[str]:
        """The different ids."""
        return {it for it in self.texts if it}


@frozen
class File:
    """A file or sheet with its columns, and those that fit each column of each table."""

    seen: Seen
    columns: tuple[Profile, ...] = field(repr=False)
    keys: tuple[Key, ...] = field(repr=False)
    fitting: Mapping[str, Mapping[str, Profile]] = field(repr=False)

    @property
    def has_headings(self) -> bool:
        """Whether its headings are certainly those, as several are known, and can be shown."""
        return sum(map(is_known_heading, self.seen.headings)) > 1

    @property
    def amounts(self) -> list[Profile]:
        """The columns that certainly have amounts: with decimals, and all of them."""
        return [
            it
            for it in self.columns
            if it.amounts and it.has_decimals is not None and not it.is_personal
        ]

    def tables(self) -> list[str]:
        """The tables that it may be, the likeliest first."""
        scored = [(self._score(table), table) for table in self.fitting]
        return [table for score, table in sorted(scored, key=lambda it: -it[0]) if score > 0]

    def _score(self, table: str) -> int:
        found = self.fitting[table]
        if not self.keys or not any(all(it in found for it in group) for group in _TELLING[table]):
            return 0
        is_named = table in name_hints(self.seen.name)
        if table == "contacts" and not is_named and not _words_known("channel", found["channel"]):
            return 0
        if table in _NEEDS_A_NAME and not is_named and _OWN.isdisjoint(found):
            return 0
        known = COLUMNS[table]
        points = sum(2 if it in known and known[it].required else 1 for it in found)
        return points + (_HINT if is_named else 0)


def file_of(seen: Seen) -> File:
    """Match the columns of a file."""
    columns = tuple(Profile(seen, number) for number in range(1, len(seen.headings) + 1))
    usable = [
        it
        for it in columns
        if not it.is_personal and it.heading and (not seen.used or seen.used[it.number - 1])
    ]
    keys = tuple(_keys(usable))
    taken = keys[0].columns if keys else ()
    return File(seen, columns, keys, {table: _fitting(table, usable, taken) for table in _TELLING})


def _keys(columns: Sequence[Profile]) -> Iterator[Key]:
    """The columns that may name the tenancy, the likeliest first."""
    ranked = [
        (rank, it.number, it)
        for it in columns
        if (rank := heading_rank("entries", "tenancy", it.heading)) is not None
        and (it.filled or not it.texts)
    ]
    ranked.sort(key=lambda pair: pair[:2])
    parts = [it for it in columns if is_part_of_key(it.heading)]
    strong = [it for rank, _, it in ranked if rank < strong_keys()]
    yield from (Key((it,)) for it in strong)
    if len(parts) > 1 and not strong:
        yield Key(tuple(parts))
    yield from (Key((it,)) for rank, _, it in ranked if it not in strong)


def _fitting(table: str, columns: Sequence[Profile], taken: Iterable[Profile]) -> dict[str, Profile]:
    found: dict[str, Profile] = {}
    used = set(map(id, taken))
    for name in columns_with_headings(table):
        ranked = [
            (rank, -_words_known(name, it), it.number, it)
            for it in columns
            if id(it) not in used
            and (rank := heading_rank(table, name, it.heading)) is not None
            and _may_hold(table, name, it)
        ]
        if ranked:
            if name in ("kind", "channel", "object"):  # its words say more than its heading
                ranked.sort(key=lambda it: (it[1], it[0], it[2]))
            else:
                ranked.sort(key=lambda it: (it[0], it[2]))
            found[name] = ranked[0][-1]
            used.add(id(found[name]))
    others = [it for it in columns if id(it) not in used]
    _take_mostly(table, found, others)
    if table == "entries":
        _complete_entries(found, others)
    for name in _BY_WORDS.get(table, ()):
        fitting = (it for it in others if _is_shown_by_words(name, it))
        if name not in found:
            found.update((name, it) for it in islice(fitting, 1))
    return found


def _is_shown_by_words(name: str, column: Profile) -> bool:
    """Whether all its words are of this column, and not such as J, or Overig, which others have, too."""
    meant = {meaning(name, it) for it in column.filled if len(it) > 2}
    return (
        _words_known(name, column) == len(column.filled)
        and bool(meant - {"other"})
        and (min(map(len, column.filled)) > 2)
    )


def _take_mostly(table: str, found: dict[str, Profile], others: Sequence[Profile]) -> None:
    """Take columns of days and amounts, by their headings, of which a few cells are something else."""
    for name in columns_with_headings(table):
        if name in found or name in ("kind", "sign", "period"):
            continue
        column = COLUMNS[table].get(name)
        days = name == "paid_on" or (column is not None and isinstance(column.kind, Day))
        if not days and column is not None and not isinstance(column.kind, Whole):
            continue
        ranked = [
            (rank, it.number, likely)
            for it in others
            if (rank := heading_rank(table, name, it.heading)) is not None
            and it.number not in {own.number for own in found.values()}
            and (likely := it.mostly(days=days)) is not None
        ]
        if ranked:
            found[name] = min(ranked, key=lambda it: it[:2])[-1]


def _complete_entries(found: dict[str, Profile], others: Sequence[Profile]) -> None:
    """Find by their words what headings do not show, and settle which amounts there are."""
    for name in ("kind", "sign"):
        fitting = [
            it
            for it in others
            if it.has_words and it.filled and 2 * _words_known(name, it) >= len(it.filled)
        ]
        if name not in found and fitting:
            found[name] = fitting[0]
    if "debit" in found and "credit" in found:
        found.pop("claimed", None)
        found.pop("paid", None)
    else:
        found.pop("debit", None)
        found.pop("credit", None)
    if "paid" in found and "claimed" not in found and "cents" in found:
        found["claimed"] = found["cents"]
    if not ("paid" in found and "claimed" in found):
        for name in ("claimed", "paid"):
            column = found.pop(name, None)
            if column is not None:
                found.setdefault("cents", column)
    elif "cents" not in found:
        found["cents"] = found["claimed"]
    if "paid_on" in found and "paid" not in found:
        found.setdefault("booked", found.pop("paid_on"))


def _words_known(name: str, column: Profile) -> int:
    return sum(meaning(name, it) is not None for it in column.filled)


def _may_hold(table: str, name: str, column: Profile) -> bool:
    """Whether the cells of a column are such as a column of a table may hold."""
    if not column.texts:
        return True  # an export without rows: there is none of it
    if name in ("debit", "credit", "claimed", "paid", "open"):
        return bool(column.amounts)
    if name in ("paid_on", "period"):
        return bool(column.days if name == "paid_on" else column.months)
    if name == "about_arrears" and column.has_words:
        return True
    if name == "sign":
        return bool(column.filled) and len(column.filled) <= 4 and column.has_words
    kind = COLUMNS[table][name].kind
    if isinstance(kind, Day | Birth):
        return (
            bool(column.days or column.no_days)
            or column.has_mixed_days
            or column.has_both_orders
            or not column.filled
        )
    if isinstance(kind, Whole):
        return bool(column.amounts) and bool(column.filled)
    if isinstance(kind, Flag):
        return bool(column.filled) and all(meaning("flag", it) is not None for it in column.filled)
    if name == "kind" and all(meaning("sign", it) for it in column.filled):
        return False  # it says which way the money goes
    if name == "object" and not _words_known(name, column):
        return False  # a column of this heading may be of anything
    if isinstance(kind, Choice):
        is_number = bool(column.days) or column.has_decimals is not None
        return column.has_words and not is_number and bool(column.filled)
    if name == "id" and column.has_words and _words_known("kind", column):
        return False
    return bool(column.filled)
