"""Helper directories that are broken on purpose, each in one way: `BROKEN` says which check finds it.

To add one, add a line to `BROKEN`; `test_kits_broken.py` runs it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs

from huurschuld import InvalidValue
from huurschuld.hooks import HelperDirectory
from huurschuld.model.helpers import Directory, Helper
from huurschuld.testing import HelperDirectoryTests

log = logging.getLogger("directories")


class Memory:
    """A right directory in memory; None is one that cannot be read."""

    def __init__(self, store: list[Helper] | None) -> None:
        if store is None:
            raise InvalidValue("store", "it cannot be read")
        self.store = store

    def __repr__(self) -> str:
        return "<Memory>"

    def helpers(self, need: str | None = None, place: str | None = None) -> Sequence[Helper]:
        return self.found(need, place)

    def found(self, need: str | None, place: str | None) -> list[Helper]:
        return Directory(self.store).helpers(need, place)


class MemoryDirectoryTests(HelperDirectoryTests):
    """The kit of a directory in memory."""

    examples = 10
    directory: ClassVar[type[Memory]] = Memory

    def seed(self, helpers: Sequence[Helper]) -> None:
        self.store: list[Helper] | None = [*helpers]

    def make_directory(self) -> HelperDirectory:
        return self.directory(self.store)

    def spoil(self) -> None:
        self.store = None


def kit_of(directory: type[Memory], **members: Any) -> type[HelperDirectoryTests]:
    """The kit of a directory, with these attributes."""
    return type("Case", (MemoryDirectoryTests,), {"directory": directory, **members})


class _ForgetsNotes(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        return [attrs.evolve(it, note=None) for it in super().found(need, place)]


class _SplitsNames(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        found = super().found(need, place)
        return [attrs.evolve(it, name=it.name.partition(";")[0]) for it in found]


class _FindsParts(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        found = super().found(None, place)
        return [it for it in found if any((need or "") in own for own in it.needs)]


class _FindsPlacesAround(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        found = super().found(need, None)
        return [it for it in found if not it.places or any((place or "") in own for own in it.places)]


class _EitherWillDo(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        if need is None or place is None:
            return super().found(need, place)
        return [*super().found(need, None), *super().found(None, place)]


class _KeepsTheOrder(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        found = super().found(need, place)
        return [it for it in self.store if it in found]


class _ReadsLiterally(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        found = super().found(need, place)
        return [
            it
            for it in found
            if (need is None or need in it.needs)
            and (place is None or not it.places or place in it.places)
        ]


class _Guesses(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        return super().found(need, place) or super().found(None, None)


class _NeverEmpty(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        general = Helper(name="Gemeente", needs=["schulden"])
        return super().found(need, place) if self.store else [general]


class _GivesItsOwnList(Memory):
    def __init__(self, store: list[Helper] | None) -> None:
        super().__init__(store)
        self._answers: dict[tuple[str | None, str | None], list[Helper]] = {}

    def found(self, need: str | None, place: str | None) -> list[Helper]:
        return self._answers.setdefault((need, place), super().found(need, place))


class _TakesTurns(Memory):
    turn = 0

    def found(self, need: str | None, place: str | None) -> list[Helper]:
        self.turn += 1
        found = super().found(need, place)
        turned = self.turn % (len(found) or 1)
        return found[turned:] + found[:turned]


class _Strikes(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        found = super().found(need, place)
        if found:
            self.store.remove(found[0])
        return found


class _KeepsTheFirst(Memory):
    kept: ClassVar[list[Helper]] = []

    def __init__(self, store: list[Helper] | None) -> None:
        super().__init__(store)
        type(self).kept = type(self).kept or [*self.store]
        self.store = type(self).kept


class _OnePage(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        return super().found(need, place)[:100]


class _TakesDamageForEmpty(Memory):
    def __init__(self, store: list[Helper] | None) -> None:
        super().__init__(store or [])


class _RaisesItsOwn(Memory):
    def __init__(self, store: list[Helper] | None) -> None:
        if store is None:
            raise OSError("it is gone")
        super().__init__(store)


class _Logs(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        log.info("asked for %s in %s", need, place)
        return super().found(need, place)


class _OneOfAName(Memory):
    def found(self, need: str | None, place: str | None) -> list[Helper]:
        return [*{it.name: it for it in super().found(need, place)}.values()]


BROKEN: Mapping[str, tuple[str, type[HelperDirectoryTests]]] = {
    "notes are lost": ("test_every_helper_arrives_whole", kit_of(_ForgetsNotes)),
    "a semicolon ends a name": ("test_names_in_any_script_arrive", kit_of(_SplitsNames)),
    "a part of a need is enough": ("test_a_need_finds_all_who_help_with_it", kit_of(_FindsParts)),
    "a part of a place is enough": (
        "test_a_place_leaves_out_those_of_others",
        kit_of(_FindsPlacesAround),
    ),
    "need or place is enough": ("test_need_and_place_hold_together", kit_of(_EitherWillDo)),
    "the order is that of the list": ("test_the_nearest_come_first", kit_of(_KeepsTheOrder)),
    "capitals count": ("test_spelling_does_not_matter", kit_of(_ReadsLiterally)),
    "where nobody helps all are given": ("test_nobody_is_an_empty_list", kit_of(_Guesses)),
    "an empty list names the municipality": ("test_an_empty_directory_has_nobody", kit_of(_NeverEmpty)),
    "it gives its own list away": (
        "test_the_same_question_has_the_same_answer",
        kit_of(_GivesItsOwnList),
    ),
    "helpers take turns": ("test_the_same_question_has_the_same_answer", kit_of(_TakesTurns)),
    "who was given is struck": ("test_asking_changes_nothing", kit_of(_Strikes)),
    "what was read first is kept": (
        "test_opened_again_it_gives_what_is_there_now",
        kit_of(_KeepsTheFirst),
    ),
    "one page is read": ("test_a_large_directory_is_read_whole", kit_of(_OnePage)),
    "a damaged list is an empty one": (
        "test_a_source_that_cannot_be_read_is_an_error",
        kit_of(_TakesDamageForEmpty),
    ),
    "a damaged list raises what it likes": (
        "test_a_source_that_cannot_be_read_is_an_error",
        kit_of(_RaisesItsOwn),
    ),
    "what is asked is logged": ("test_what_is_asked_is_not_told", kit_of(_Logs)),
    "one office of a name is kept": ("test_every_helper_arrives_whole", kit_of(_OneOfAName)),
    "one helper of a name is kept": (
        "test_generated_directories_answer_right",
        kit_of(_OneOfAName, examples=50),
    ),
}
