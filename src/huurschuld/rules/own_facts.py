"""Facts of one's own (eigen feiten), which a policy declares: given by the tenancy, or counted.

A given fact is what the tenancy states under its name: that there is a guardian, or how many weeks the
tenant has been in hospital. A counted fact is how many contacts of a kind there were. Both are used
in conditions like the built-in facts: `guardianship.flag`, `visits.quantity >= 1`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property
from keyword import iskeyword
from typing import Any, Final, Literal, get_args

from attrs import evolve, field, frozen

from huurschuld.errors import InvalidValue, pointer
from huurschuld.model.refusals import Refusal
from huurschuld.model.tenancy import CHANNELS, ContactChannel, StatedFact, as_tuple
from huurschuld.model.values import MAXIMUM_CENTS, Maybe, Part, TableNumber, Whole
from huurschuld.rules.conditions.language import Flag, Quantity
from huurschuld.rules.facts import FACTS, FactType
from huurschuld.rules.parameters import NAME, Unit, parse_months
from huurschuld.rules.sources import CHOICE, Phrase, Source

ContactQuality = Literal["reached", "reminder", "debt_help", "offers_sharing"]
QUALITIES: Final[tuple[ContactQuality, ...]] = get_args(ContactQuality)
"""What a counted contact may be required to be."""

_NEARLY: Final = 0.8
"""How much alike two names are of which one may be a misspelling of the other; 1 is the same."""
_TAKEN: Final = frozenset(FACTS) | {"episode_start"}


def _check_name(_: object, __: object, name: Any) -> None:  # noqa: ANN401 - it is checked here
    if type(name) is not str or not NAME.fullmatch(name) or iskeyword(name):
        raise InvalidValue(
            "/name", "lower case letters, digits and underscores are expected", "such as home_visits"
        )
    if name in _TAKEN:
        raise InvalidValue("/name", "a built-in fact has this name", "choose another name")


def _unit(given: Unit | str | None) -> Unit | None:
    if given is None or given == "flag":
        return None
    if given not in list(Unit):
        raise InvalidValue("/unit", f"one of flag, {', '.join(Unit)} is expected")
    return Unit(given)


@frozen
class GivenFact:
    """A fact that the tenancy states (`Tenancy(facts=[StatedFact(...)])`, or the table `facts`).

    Attributes:
        name: its name, in conditions and in the tenancy; lower case.
        unit: what it counts; None or `flag` for a yes-or-no fact.
        label: what it is called, in both languages.
        source: where it comes from.
        default: its value where `facts` are known and have no row in force; None: then it is unknown.
            Months are written as text.
    """

    name: str = field(validator=_check_name)
    unit: Unit | None = field(converter=_unit)
    label: Phrase = field(validator=Part(Phrase))
    source: Source = field(default=CHOICE, validator=Part(Source))
    default: bool | int | str | None = field(default=None)

    @default.validator
    def _check_default(self, _: object, default: object) -> None:
        if default is not None and self.read(default) is None:
            raise InvalidValue("/default", f"{self.expected} is expected")

    @cached_property
    def type(self) -> FactType:
        """What the fact is."""
        given = "stated for the tenancy"
        return FactType(self.name, self.unit, ("facts",), self.label, given, is_own=True)

    @property
    def flag(self) -> Flag:
        """The condition that a yes-or-no fact is true."""
        return Flag(self.name, self.type)

    @property
    def quantity(self) -> Quantity:
        """A fact that counts something, to be compared in conditions."""
        return Quantity(self.name, self.type)

    @property
    def expected(self) -> str:
        """What its values are, as an error says it."""
        if self.unit is None:
            return "true or false"
        if self.unit is Unit.MONTHS:
            return 'a number of months as text, such as "1.5",'
        return f"a whole number from 0 to {MAXIMUM_CENTS:,}"

    @property
    def refusal(self) -> Refusal:
        """Why a stated value that does not fit the unit is refused."""
        return Refusal(InvalidValue, f"the policy declares this fact: {self.expected} is expected")

    def read(self, value: object) -> int | bool | None:
        """Read a value as it is stated; None if it does not fit the unit. Months become billionths."""
        if self.unit is None:
            return value if isinstance(value, bool) else None
        if self.unit is Unit.MONTHS:
            return parse_months(value) if isinstance(value, str) else None
        number = int(value) if isinstance(value, TableNumber) else value
        return number if type(number) is int and 0 <= number <= MAXIMUM_CENTS else None

    def settled(self, stated: StatedFact) -> StatedFact:
        """Return what is stated; a number of a table as months or as a count, as the unit is."""
        if not isinstance(stated.value, TableNumber):
            return stated
        value = str(stated.value) if self.unit is Unit.MONTHS else int(stated.value)
        return evolve(stated, value=value)

    @cached_property
    def default_value(self) -> int | bool | None:
        """The default as conditions see it: months in billionths."""
        return None if self.default is None else self.read(self.default)


def _words(given: Iterable[str]) -> tuple[str, ...]:
    return as_tuple(given)


@frozen
class CountedFact:
    """How many outbound contacts about these arrears there were, of the kinds that it counts.

    Attributes:
        name: its name in conditions; lower case.
        label: what it is called, in both languages.
        source: where it comes from.
        channels: through which channels; empty for any.
        are: what all of them must be: `reached`, `reminder`, `debt_help`, `offers_sharing`.
        within_days: how old they may be, in days; None: `contact_days` of the policy, or any age.
    """

    name: str = field(validator=_check_name)
    label: Phrase = field(validator=Part(Phrase))
    source: Source = field(default=CHOICE, validator=Part(Source))
    channels: tuple[ContactChannel, ...] = field(default=(), converter=_words)
    are: tuple[ContactQuality, ...] = field(default=(), converter=_words)
    within_days: int | None = field(default=None, validator=Maybe(Whole()))

    @channels.validator
    def _check_channels(self, _: object, channels: tuple[str, ...]) -> None:
        _check_words("channels", channels, CHANNELS)

    @are.validator
    def _check_are(self, _: object, are: tuple[str, ...]) -> None:
        _check_words("are", are, QUALITIES)

    @cached_property
    def type(self) -> FactType:
        """What the fact is."""
        uses = ("contact_days",) if self.within_days is None else ()
        counted = "how many contacts there were of this kind"
        return FactType(
            self.name, Unit.COUNT, ("contacts",), self.label, counted, uses=uses, is_own=True
        )

    @property
    def quantity(self) -> Quantity:
        """The fact, to be compared in conditions."""
        return Quantity(self.name, self.type)


OwnFact = GivenFact | CountedFact


def _check_words(name: str, given: tuple[str, ...], words: tuple[str, ...]) -> None:
    if not isinstance(given, tuple):
        raise InvalidValue(pointer(name), "a list is expected")
    for index, word in enumerate(given):
        if type(word) is not str or word not in words:
            raise InvalidValue(pointer(name, index), f"one of {', '.join(words)} is expected")


def given_facts(own: Iterable[OwnFact]) -> dict[str, GivenFact]:
    """Return those that are given, by name."""
    return {fact.name: fact for fact in own if isinstance(fact, GivenFact)}


def nearly_named(rows: Mapping[str, int], own: Iterable[OwnFact]) -> dict[str, int]:
    """Count the rows of `facts` that are named almost as a given fact, by the name of that fact.

    They have no effect, as no policy asks for them; but they may be meant for that fact.

    Args:
        rows: how many rows there are of each name.
        own: the facts that the policy declares.
    """
    declared = given_facts(own)
    found: Counter[str] = Counter()
    for name, count in rows.items():
        if name not in declared:
            plain = name.strip().casefold()
            found.update(dict.fromkeys(get_close_matches(plain, declared, 1, _NEARLY), count))
    return dict(sorted(found.items()))


def names_stated(stated: Iterable[StatedFact] | None) -> Counter[str]:
    """Count how many rows of `facts` there are of each name."""
    return Counter(row.name for row in stated or ())


def check_stated(stated: Iterable[StatedFact], own: Iterable[OwnFact]) -> None:
    """Check that what a tenancy states fits the units of the facts that a policy declares.

    Raises:
        InvalidValue: at `/tenancy/facts/INDEX/value`.
    """
    declared = given_facts(own)
    for index, row in enumerate(stated):
        fact = declared.get(row.name)
        if fact is not None and fact.read(row.value) is None:
            raise fact.refusal.at(pointer("tenancy", "facts", index, "value"))
