"""The kit for helper directories: subclass it to prove that a family is sent to who can help, and there.

Such a class is a few lines:

    class TestMyDirectory(HelperDirectoryTests):
        def seed(self, helpers): ...       # fill the store, not through the directory
        def make_directory(self): ...      # open the directory on that store
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any, ClassVar, Final

import attrs
from hypothesis import strategies as st

from huurschuld.errors import HuurschuldError
from huurschuld.hooks import HelperDirectory
from huurschuld.model.helpers import Helper
from huurschuld.testing.kit import (
    FEWEST_EXAMPLES,
    NO_SPOIL,
    Broken,
    Kit,
    expect,
    expect_same,
    for_all,
    taken,
)
from huurschuld.testing.kit_errors import error_of, overhearing, refused_text

_NEEDS: Final = ("schulden", "schuld", "Budgetbeheer", "opvoeding", "crèche")
_PLACES: Final = ("Katwijk", "Katwijk aan Zee", "Rijnsburg", "Súdwest-Fryslân")
_SPELLINGS: Final = (
    ("schulden", ("Schulden", "SCHULDEN", " schulden ")),
    ("crèche", ("creche", "cre\u0300che", "Crèche")),
    ("Katwijk aan Zee", ("katwijk  aan zee", "KATWIJK AAN ZEE")),
    ("Súdwest-Fryslân", ("Sudwest-Fryslan", "súdwest-fryslân")),
)
_NOTHING: Final = ("", " ", "%", "*", "_", "' or '1'='1", "verslaving-41e7", "s" * 5_000)
"""Needs and places that nobody is listed for; some find somebody in a careless query."""
_NAMES: Final = ("محمد & co", "王小明", 'O\'Hara "x"; <b>, \\n %s', "cafe\u0301", "=1+1", "\U0001f3e0")


def _helper(name: str, needs: Sequence[str], places: Sequence[str] = (), **more: str) -> Helper:
    return Helper(name=name, needs=needs, places=places, **more)


_LISTED: Final = (
    _helper("Overal", ["schulden", "opvoeding"], phone="0800 0000", note="dag en nacht"),
    _helper("Zeehulp", ["schulden"], ["Katwijk aan Zee"], email="zee@voorbeeld.nl"),
    _helper("Maatjes", ["schuld", "Budgetbeheer"], ["Katwijk", "Rijnsburg"], phone="071 000 0001"),
    _helper("Punt", ["schulden", "crèche"], ["Katwijk"], website="https://punt.voorbeeld.nl"),
    _helper("Punt", ["opvoeding"], ["Rijnsburg"], website="https://punt.voorbeeld.nl"),
    _helper("Friese hulp", ["schulden"], ["Súdwest-Fryslân"]),
    _helper("Lijn", ["Budgetbeheer"], note="bel eerst"),
    _helper("Anders", ["schulden"], ["Katwijk"], phone="071 000 0002"),
)


class HelperDirectoryTests(Kit):
    """What every helper directory must do. See `docs/testing-a-plugin.md` for what each check promises.

    Attributes:
        without: the optional fields that the source does not have: `phone`, `email`, `website`, `note`.
        many: how many helpers the check of a large directory has; more than a page of the source holds.
    """

    without: ClassVar[Iterable[str]] = ()
    many: ClassVar[int] = 500

    def seed(self, helpers: Sequence[Helper]) -> None:
        """Fill the store with exactly these helpers, without the directory; replace those before.

        Args:
            helpers: in the order that its maintainer prefers; fields in `without` are None.

        Raises:
            SourceRefuses: the store cannot hold them.
        """
        raise NotImplementedError("provide seed: it fills the store, without the directory")

    def make_directory(self) -> HelperDirectory:
        """Open the directory on the store, as a user would."""
        raise NotImplementedError("provide make_directory: it opens the directory on the store")

    def spoil(self) -> None:
        """Make the store unreadable: truncate a file, stop the server."""
        raise NotImplementedError(NO_SPOIL)

    def test_every_helper_arrives_whole(self) -> None:
        """Asked for nothing in particular it gives every helper, once, with every field unchanged."""
        self._expect_same(self._filled(_LISTED), _LISTED)

    def test_names_in_any_script_arrive(self) -> None:
        """Names, needs, places and notes arrive as they are written, in any script, with separators."""
        listed = [
            _helper(name, [name], [_NAMES[-number]], note=name) for number, name in enumerate(_NAMES)
        ]
        self._expect_same(self._filled(listed), listed)

    def test_a_need_finds_all_who_help_with_it(self) -> None:
        """All who help with a need are given, and nobody else: `schuld` is not `schulden`."""
        directory = self._filled(_LISTED)
        for need in _NEEDS:
            self._expect_same(directory, [it for it in _LISTED if need in it.needs], need=need)

    def test_a_place_leaves_out_those_of_others(self) -> None:
        """Who works only elsewhere is not given: `Katwijk` is not `Katwijk aan Zee`."""
        directory = self._filled(_LISTED)
        for place in _PLACES:
            there = [it for it in _LISTED if not it.places or place in it.places]
            self._expect_same(directory, there, place=place)

    def test_need_and_place_hold_together(self) -> None:
        """Asked for both, it gives who helps with the one in the other, and nobody who fits only one."""
        directory = self._filled(_LISTED)
        for need in _NEEDS:
            for place in _PLACES:
                fits = [
                    it for it in _LISTED if need in it.needs and (not it.places or place in it.places)
                ]
                self._expect_same(directory, fits, need, place)

    def test_the_nearest_come_first(self) -> None:
        """Those of the place come before those who work everywhere."""
        for listed in (_LISTED, _LISTED[::-1]):
            directory = self._filled(listed)
            for need in (None, *_NEEDS):
                for place in _PLACES:
                    everywhere = [not it.places for it in directory.helpers(need, place)]
                    expect(everywhere == sorted(everywhere), "somebody from everywhere comes first")

    def test_spelling_does_not_matter(self) -> None:
        """Capitals, accents and blanks make no other need or place."""
        directory = self._filled(_LISTED)
        for word, spellings in _SPELLINGS:
            need, place = (word, None) if word in _NEEDS else (None, word)
            expected = self._plain(directory.helpers(need, place))
            expect(expected, f"nobody is found for {word}")
            for it in spellings:
                found = directory.helpers(it if need else None, it if place else None)
                expect_same(self._plain(found), expected, f"the helpers for {it!r}")

    def test_nobody_is_an_empty_list(self) -> None:
        """A need or a place that nobody is listed for gives nobody, whatever was asked: no guess."""
        directory = self._filled([it for it in _LISTED if it.places])
        for it in _NOTHING:
            self._expect_same(directory, [], need=it)
            self._expect_same(directory, [], place=it)

    def test_an_empty_directory_has_nobody(self) -> None:
        """Where nobody is listed, nobody is given."""
        self._expect_same(self._filled([]), [])

    def test_the_same_question_has_the_same_answer(self) -> None:
        """However often and in whatever order it is asked, also after what it gave was changed."""
        directory, chance = self._filled(_LISTED), random.Random(7)  # noqa: S311 - no secret
        asked = [(need, place) for need in (None, *_NEEDS) for place in (None, *_PLACES)]
        first = {it: directory.helpers(*it) for it in asked}
        expected = {it: [*found] for it, found in first.items()}
        for found in first.values():
            if isinstance(found, list):
                found.clear()
        for _ in range(FEWEST_EXAMPLES):
            for it in chance.sample(asked, len(asked)):
                expect([*directory.helpers(*it)] == expected[it], "the same question, another answer")

    def test_asking_changes_nothing(self) -> None:
        """Asking leaves the source as it was, and the helpers that were given to it."""
        helpers = self._recorded(_LISTED)
        given = deepcopy(helpers)
        self._seed(helpers)
        for _ in range(3):
            self._expect_same(self.make_directory(), _LISTED)
        expect(helpers == given, "the helpers that were given to seed are changed")

    def test_opened_again_it_gives_what_is_there_now(self) -> None:
        """Who was added is there once it is opened again, and who has stopped is not."""
        for listed in (_LISTED[:4], _LISTED[2:]):
            self._expect_same(self._filled(listed), listed)

    def test_a_large_directory_is_read_whole(self) -> None:
        """As many helpers as `many` says are all given."""
        listed = [
            _helper(f"Hulp {it}", ["schulden"], [f"Plaats {it % 7}"] if it % 2 else [])
            for it in range(self.many)
        ]
        self._expect_same(self._filled(listed), listed)

    def test_a_source_that_cannot_be_read_is_an_error(self) -> None:
        """A damaged or missing store is an error of huurschuld: not that nobody helps."""
        self._seed(self._recorded(_LISTED))
        self.spoil()
        error_of("a source that cannot be read", lambda: self.make_directory().helpers())

    def test_what_is_asked_is_not_told(self) -> None:
        """A need may tell of a family: it is not printed or logged, nor in a `repr`."""
        asked = ("verslaVING-41e7", "ZwaluwBUREN-7d1f", "ontslAG-93b")  # as nobody is listed
        with overhearing() as heard:
            directory = self._filled([*_LISTED, _helper("Hulp", [asked[0].lower()], [asked[1].lower()])])
            for need in (asked[0], asked[2]):
                directory.helpers(need, asked[1])
            text = f"{heard()} {directory!r} {directory}"
        expect(not any(it in text for it in asked), "it logs, prints or shows what was asked")

    def test_generated_directories_answer_right(self) -> None:
        """Whatever helpers there are, all who fit are given, and nobody else."""

        def promise(drawn: tuple[list[Helper], str | None, str | None]) -> None:
            listed, need, place = drawn
            fits = [
                it
                for it in listed
                if (need is None or need in it.needs)
                and (place is None or not it.places or place in it.places)
            ]
            self._expect_same(self._filled(listed), fits, need, place)

        helpers = st.builds(
            Helper,
            name=st.sampled_from(("A", "B", "C", "D")),
            needs=st.lists(st.sampled_from(_NEEDS), min_size=1, unique=True),
            places=st.lists(st.sampled_from(_PLACES), unique=True),
            phone=st.none() | st.just("071 000 0000"),
            note=st.none() | st.sampled_from(("bel eerst", "a,b;c", 'zegt "dag"')),
        )
        listed = st.lists(helpers, max_size=8, unique_by=self._key)
        drawn = st.tuples(
            listed, st.none() | st.sampled_from(_NEEDS), st.none() | st.sampled_from(_PLACES)
        )
        for_all(self, drawn, promise)

    def _key(self, helper: Helper) -> str:
        return repr(self._plain([helper]))

    def _recorded(self, helpers: Iterable[Helper]) -> list[Helper]:
        optional = ("phone", "email", "website", "note")
        unknown = [it for it in self.without if it not in optional]
        expect(not unknown, f"without names what is not optional: {', '.join(unknown)}")
        changes: dict[str, Any] = dict.fromkeys(self.without)
        return [attrs.evolve(it, **changes) for it in helpers]

    def _seed(self, helpers: Sequence[Helper]) -> None:
        with taken("valid helpers"):
            self.seed(helpers)

    def _filled(self, helpers: Iterable[Helper]) -> HelperDirectory:
        self._seed(self._recorded(helpers))
        return self.make_directory()

    def _plain(self, helpers: Iterable[Helper]) -> list[dict[str, Any]]:
        plain = [attrs.asdict(it) for it in self._recorded(helpers)]
        return sorted(plain, key=repr)

    def _expect_same(
        self,
        directory: HelperDirectory,
        expected: Iterable[Helper],
        need: str | None = None,
        place: str | None = None,
    ) -> None:
        asked = f"the helpers for {_short(need)} in {_short(place)}"
        try:
            found = directory.helpers(need, place)
        except HuurschuldError as error:
            raise Broken(f"{asked} are refused: {refused_text(error)}") from error
        expect(isinstance(found, Sequence), f"it returns {type(found).__name__}, not a sequence")
        expect(all(type(it) is Helper for it in found), "it returns what is no Helper")
        expect_same(len(found), len([*expected]), f"the number of {asked}")
        expect_same(self._plain(found), self._plain(expected), asked)


def _short(asked: str | None) -> str:
    return "any" if asked is None else repr(asked[:20])
