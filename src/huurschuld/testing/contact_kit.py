"""The kit for contact sources: subclass it to prove that nobody gets another's name or address.

Such a class is a few lines:

    class TestMyRegister(ContactSourceTests):
        def seed(self, rows): ...          # fill the store, not through the contact source
        def make_source(self): ...         # open the contact source on that store
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, ClassVar, Final

import attrs
from hypothesis import strategies as st

from huurschuld.errors import HuurschuldError, InputError, UnknownReference
from huurschuld.hooks import ContactSource
from huurschuld.model.referral import ContactDetails
from huurschuld.testing.contact_people import (
    FIELDS,
    LOOKING_ALIKE,
    NAMES,
    people,
    person,
    row_of,
    values_of,
    wrong,
)
from huurschuld.testing.kit import (
    NO_SPOIL,
    Broken,
    Kit,
    SourceRefuses,
    expect,
    expect_same,
    for_all,
    taken,
)
from huurschuld.testing.kit_errors import error_of, expect_not_quoted, overhearing, refused_text

_NOBODY: Final = ("", " ", "%", "*", "_", "' or '1'='1", "A" * 5_000, "Kanarie-7d1f")
"""What is asked and is nobody's id; some of it finds somebody in a careless query."""
_ALMOST: Final = ("{} ", " {}", "{}\n", "../{}", "{}/", "0{}", "{}.0", "{}%", "{}_", "{}, {}")
"""What is almost somebody's id, and is not."""


class ContactSourceTests(Kit):
    """What every contact source must do. See `docs/testing-a-plugin.md` for what each check promises.

    Attributes:
        without: the optional fields that the source does not have: `addition`, `phone`, `email`,
            `care_of`.
        free_ids: whether the id of a tenancy may be any text; if not, provide `id_of`.
    """

    without: ClassVar[Iterable[str]] = ()
    free_ids: ClassVar[bool] = True

    def id_of(self, number: int) -> str:
        """Return the id of the tenancy of this number, which is 1 or more, as the source writes ids."""
        return f"A{number}"

    def seed(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Fill the store with exactly these people, without the contact source; replace those before.

        Args:
            rows: of each the id as `tenancy`, and the fields of `ContactDetails` except those in
                `without`: None, a text, or a whole number. Do not change them.

        Raises:
            SourceRefuses: the store cannot hold them, such as two people of one tenancy.
        """
        raise NotImplementedError("provide seed: it fills the store, without the contact source")

    def make_source(self) -> ContactSource:
        """Open the contact source on the store, as a user would."""
        raise NotImplementedError("provide make_source: it opens the contact source on the store")

    def spoil(self) -> None:
        """Make the store unreadable: truncate a file, stop the server."""
        raise NotImplementedError(NO_SPOIL)

    def test_every_field_arrives(self) -> None:
        """Every field arrives unchanged, whether much is known of a person or only what is required."""
        self._expect_people({self.id_of(1): person(1), self.id_of(2): person(2, sparse=True)})
        for number, name in enumerate(self._optional(), start=1):
            self._expect_people({self.id_of(number): person(number, but=name)})

    def test_names_in_any_script_arrive(self) -> None:
        """Names arrive as people spell them, in any script, with quotes and separators."""
        named = {
            self.id_of(number): attrs.evolve(person(number), name=name, street=NAMES[-number])
            for number, name in enumerate(NAMES, start=1)
        }
        self._expect_people(named)

    def test_each_tenancy_has_its_own(self) -> None:
        """Ids that look alike are those of different people: nobody gets the address of another."""
        names = LOOKING_ALIKE if self.free_ids else [self.id_of(it) for it in (1, 2, 10, 11, 100, 101)]
        self._expect_people({name: person(number) for number, name in enumerate(names)})

    def test_what_is_not_known_is_left_out(self) -> None:
        """What is not known of a person is None: no empty text, and nothing of who was asked before."""
        full, sparse = self.id_of(1), self.id_of(2)
        self._expect_people({full: person(1), sparse: person(2, sparse=True)}, [full, sparse, full])

    def test_who_is_not_known_is_an_error(self) -> None:
        """A tenancy that is not there is an `UnknownReference` at `/tenancy`, whatever was asked."""
        self._fill({self.id_of(1): person(1), self.id_of(2): person(2)})
        source = self.make_source()
        almost = [it.replace("{}", self.id_of(1)) for it in _ALMOST]
        for asked in (*_NOBODY, *almost, self.id_of(3), self.id_of(12)):
            error = self._refusal(source, asked, "a tenancy that is not there")
            unknown = isinstance(error, UnknownReference)
            expect(unknown, f"a tenancy that is not there is told as {error.code}")
            expect_same(getattr(error, "place", ""), "/tenancy", "the place of the error")
            quoted = [asked] if len(asked.strip()) > 3 else []
            expect_not_quoted("a tenancy that is not there", error, quoted)

    def test_an_empty_source_knows_nobody(self) -> None:
        """Where nobody is listed, everybody is unknown."""
        self._fill({})
        error = self._refusal(self.make_source(), self.id_of(1), "a source without people")
        expect(isinstance(error, UnknownReference), f"a source without people is told as {error.code}")

    def test_the_same_question_has_the_same_answer(self) -> None:
        """However often, in whatever order and after whatever error it is asked."""
        listed = {self.id_of(number): person(number) for number in range(1, 9)}
        self._fill(listed)
        source, chance = self.make_source(), random.Random(7)  # noqa: S311 - no secret
        for _ in range(3):
            for asked in chance.sample([*listed, self.id_of(99)], len(listed) + 1):
                if asked in listed:
                    self._expect_person(source, asked, listed[asked])
                else:
                    self._refusal(source, asked, "a tenancy that is not there")

    def test_asking_changes_nothing(self) -> None:
        """Asking leaves the source as it was, and the rows that were given to it."""
        listed = {self.id_of(1): person(1), self.id_of(2): person(2, sparse=True)}
        rows = self._rows(listed)
        given = deepcopy(rows)
        self._seed(rows)
        for _ in range(3):
            source = self.make_source()
            for asked, expected in listed.items():
                self._expect_person(source, asked, expected)
        expect(rows == given, "the rows that were given to seed are changed")

    def test_opened_again_it_gives_what_is_there_now(self) -> None:
        """A new address is given once the source is opened again; who has left is not known."""
        one, two = self.id_of(1), self.id_of(2)
        self._expect_people({one: person(1), two: person(2)})
        self._expect_people({one: person(3)})
        what = "a tenancy that was removed"
        error = self._refusal(self.make_source(), two, what)
        expect(isinstance(error, UnknownReference), f"{what} is told as {error.code}")

    def test_wrong_details_are_refused(self) -> None:
        """Details that are incomplete or wrong are an `InputError`, and not that nobody is there."""
        bad = self.id_of(2)
        for what in self._with_one_wrong():
            error = error_of(what, lambda: self.make_source().contact_details(bad))
            told = isinstance(error, InputError) and not isinstance(error, UnknownReference)
            expect(told, f"{what} is told as {error.code}")
            expect_not_quoted(what, error, values_of(person(2)))

    def test_one_wrong_person_does_not_stop_another(self) -> None:
        """Where the details of one are wrong, those of another are given all the same."""
        good = self.id_of(1)
        for what in self._with_one_wrong():
            where = f", beside {what}"
            self._expect_person(self._opened(where), good, person(1), where)

    def test_two_of_one_tenancy_are_refused(self) -> None:
        """Two people of one tenancy are an `InputError`: none of them is picked by chance."""
        one = self.id_of(1)
        try:
            self.seed([*self._rows({one: person(1)}), *self._rows({one: person(2)})])
        except SourceRefuses:
            return
        what = "two people of one tenancy"
        error = error_of(what, lambda: self.make_source().contact_details(one))
        expect(isinstance(error, InputError), f"{what} are told as {error.code}")
        expect_not_quoted(what, error, (*values_of(person(1)), *values_of(person(2))))

    def test_a_source_that_cannot_be_read_is_an_error(self) -> None:
        """A damaged or missing store is an error of huurschuld: not that nobody is there."""
        self._fill({self.id_of(1): person(1)})
        self.spoil()
        what = "a source that cannot be read"
        error = error_of(what, lambda: self.make_source().contact_details(self.id_of(1)))
        expect(not isinstance(error, UnknownReference), f"{what} is told as if nobody were there")
        expect_not_quoted(what, error, values_of(person(1)))

    def test_it_tells_nothing_of_a_person(self) -> None:
        """Nothing that it gives, and no id, is printed or logged, or stands in its `repr`."""
        asked, unknown = (self.id_of(1), "Kanarie-7d1f") if self.free_ids else (self.id_of(1), "")
        self._fill({asked: person(1)})
        with overhearing() as heard:
            source = self.make_source()
            self._expect_person(source, asked, person(1))
            self._refusal(source, unknown or self.id_of(2), "a tenancy that is not there")
            text = f"{heard()} {source!r} {source}"
        told = any(it in text for it in (*values_of(person(1)), unknown) if it)
        expect(not told, "it logs, prints or shows something of a person")

    def test_generated_people_arrive(self) -> None:
        """Whatever contact details there are, each tenancy has its own."""

        def promise(drawn: list[ContactDetails]) -> None:
            self._expect_people({self.id_of(number): it for number, it in enumerate(drawn, start=1)})

        for_all(self, st.lists(people(), min_size=1, max_size=4), promise)

    def _optional(self) -> list[str]:
        optional = [it.name for it in attrs.fields(ContactDetails) if it.default is not attrs.NOTHING]
        unknown = [it for it in self.without if it not in optional]
        expect(not unknown, f"without names what is not optional: {', '.join(unknown)}")
        return [it for it in optional if it not in self.without]

    def _recorded(self, details: ContactDetails) -> ContactDetails:
        changes: dict[str, Any] = dict.fromkeys(self.without)
        return attrs.evolve(details, **changes)

    def _rows(self, listed: Mapping[str, ContactDetails]) -> list[dict[str, Any]]:
        names = [it for it in FIELDS if it not in self.without]
        self._optional()
        return [{"tenancy": name, **row_of(it, names)} for name, it in listed.items()]

    def _with_one_wrong(self) -> Iterator[str]:
        """Fill the source with a right and a wrong person, in every way it takes; say what is wrong."""
        for what, changed in wrong(person(2)):
            rows = self._rows({self.id_of(1): person(1), self.id_of(2): person(2)})
            rows[1] |= changed
            try:
                self.seed(rows)
            except SourceRefuses:
                continue
            yield what

    def _seed(self, rows: Sequence[Mapping[str, Any]]) -> None:
        with taken("valid people"):
            self.seed(rows)

    def _fill(self, listed: Mapping[str, ContactDetails]) -> None:
        self._seed(self._rows(listed))

    def _expect_people(
        self, listed: Mapping[str, ContactDetails], asked: Iterable[str] | None = None
    ) -> None:
        self._fill(listed)
        source = self._opened()
        for name in listed if asked is None else asked:
            self._expect_person(source, name, listed[name])

    def _opened(self, where: str = "") -> ContactSource:
        try:
            return self.make_source()
        except HuurschuldError as error:
            raise Broken(f"a source of people cannot be opened{where}: {refused_text(error)}") from error

    def _expect_person(
        self, source: ContactSource, asked: str, expected: ContactDetails, where: str = ""
    ) -> None:
        try:
            found = source.contact_details(asked)
        except HuurschuldError as error:
            told = refused_text(error)
            raise Broken(f"a person who is there is refused{where}: {told}") from error
        expect(type(found) is ContactDetails, f"it returns {type(found).__name__}, not ContactDetails")
        expect_same(attrs.asdict(found), attrs.asdict(self._recorded(expected)), f"the details{where}")

    def _refusal(self, source: ContactSource, asked: str, what: str) -> HuurschuldError:
        return error_of(what, lambda: source.contact_details(asked))
