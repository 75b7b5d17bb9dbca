"""Reads policies from documents: canonical JSON, or TOML written by hand (`policy_files`).

Both have the same members. A document may also extend another policy: `extends = "bgs-2021"`, with what
it changes of that. An error raises an `InputError` with a JSON pointer into the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from huurschuld.errors import (
    InputError,
    InvalidValue,
    UnknownField,
    UnknownPolicy,
    pointer,
)
from huurschuld.model.casefile import Case
from huurschuld.model.strict_objects import StrictObject, fields_of_object
from huurschuld.rules.clauses import STOPS, Clause, Hold, Period
from huurschuld.rules.conditions.notation import parse
from huurschuld.rules.document import FORMAT
from huurschuld.rules.facts import FACTS
from huurschuld.rules.own_facts import CountedFact, GivenFact, OwnFact
from huurschuld.rules.parameter_reading import (
    read_adopted,
    read_parameter,
    read_parameters,
    read_phrase,
    read_source,
)
from huurschuld.rules.parameters import Parameter, Unit
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_checks import DUPLICATE
from huurschuld.rules.rungs import CLAUSES, CONTACT, REFER, REMIND, WAIT
from huurschuld.rules.sources import Phrase, Source

_COMMON: Final = (
    *("name", "title", "in_force", "crisis", "family", "holds", "parameters", "facts"),
    "children_decide",
)
_FIELDS: Final = ("format", *_COMMON, *(rung.name for rung in CLAUSES))
REPLACED: Final = {
    "refer": REFER.name,
    "remind": REMIND.name,
    "contact": CONTACT.name,
    "wait": WAIT.name,
}
"""The members that put clauses in the place of those of the policy that is extended."""
_EXTENSION: Final = ("extends", *_COMMON, "also", "without_holds", *REPLACED)
_CLAUSE: Final = ("when", "source")
_OF_DATED: Final = ("from", "until", "source")
"""What only a value in a list of values has."""
_GIVEN: Final = ("unit", "default")
_COUNTED: Final = ("channels", "are", "within_days")


def read_policy(document: object, base: Callable[[str], Policy] | None = None) -> Policy:
    """Read a policy.

    Args:
        document: the JSON or TOML object.
        base: finds the policy that `extends` names; without it a document may not extend.

    Raises:
        InputError: with the JSON pointer of the error.
    """
    if "extends" in fields_of_object(document, ""):
        return _read_extension(StrictObject(document, "", _EXTENSION), base)
    whole = "format" in fields_of_object(document, "")
    it = StrictObject(document, "", _FIELDS if whole else ("extends", *_FIELDS))
    if it.required("format") != FORMAT:
        raise InvalidValue(
            it.place("format"),
            f'"{FORMAT}" is expected',
            "in a document of an earlier format, say first of each hold what it stops",
        )
    parameters = read_parameters(it.fields.get("parameters", {}))
    facts = it.each("facts", _read_fact)
    words = _Words({parameter.name: parameter.unit for parameter in parameters}, facts)
    return Policy(
        name=it.text("name"),
        title=_title(it),
        in_force=_period(it),
        crisis=words.clause(it.required("crisis"), it.place("crisis")),
        family=words.clause(it.required("family"), it.place("family")),
        holds=it.each("holds", words.hold),
        parameters=parameters,
        facts=facts,
        children_decide=_children_decide(it),
        **{rung.name: it.each(rung.name, words.clause) for rung in CLAUSES},
    )


def policy_of_case(case: Case, among: Mapping[str, Policy] | None = None) -> Policy:
    """Return the policy of a case: the one of that name, or the one that the case itself gives.

    Args:
        case: the case.
        among: the policies to find it among, and those that its own may extend; by default the
            built-in ones.

    Raises:
        InputError: its place is below `/policy`.
    """
    if isinstance(case.policy, str):
        return find_policy(case.policy, among)
    try:
        return read_policy(dict(case.policy), lambda name: find_policy(name, among))
    except InputError as error:
        misplaced = error.under("/policy")
    raise misplaced


def _read_extension(it: StrictObject, base: Callable[[str], Policy] | None) -> Policy:
    extended = it.text("extends")
    if base is None:
        raise InvalidValue(it.place("extends"), "a policy that extends another cannot be given here")
    try:
        policy = base(extended)
    except UnknownPolicy as error:
        misplaced = error.at(it.place("extends"))
    else:
        return _extend(policy, it)
    raise misplaced


def _extend(policy: Policy, it: StrictObject) -> Policy:
    own = {parameter.name: parameter for parameter in policy.parameters}
    given = it.inner("parameters").fields
    changes = {name: _parameter_change(name, value, own.get(name)) for name, value in given.items()}
    facts = it.each("facts", _read_fact)
    words = _Words(_units(own, changes), [*policy.facts, *facts])
    name, title = it.text("name"), _title(it)
    replaced: dict[str, Any] = {
        member: it.each(member, words.clause) for member in REPLACED if it.fields.get(member) is not None
    }
    for member in ("crisis", "family"):
        if it.fields.get(member) is not None:
            replaced[member] = words.clause(it.fields[member], it.place(member))
    also, holds = it.each("also", words.clause), it.each("holds", words.hold)
    _check_names_differ(hold.name for hold in holds)
    try:
        return policy.with_(
            name,
            title=title,
            in_force=None if it.fields.get("in_force") is None else _period(it),
            parameters=changes,
            facts=facts,
            also=also,
            holds=holds,
            without_holds=it.each("without_holds", _read_name),
            children_decide=_children_decide(it),
            **replaced,
        )
    except InputError as error:
        misplaced = error.at(_in_extension(policy, it, str(error.place)))
    raise misplaced


def _units(own: Mapping[str, Parameter], changes: Mapping[str, object]) -> dict[str, Unit]:
    """Return the units of the parameters, the changed and the new ones too."""
    units = {name: parameter.unit for name, parameter in own.items()}
    units.update({name: it.unit for name, it in changes.items() if isinstance(it, Parameter)})
    return units


def _check_names_differ(names: Iterable[str]) -> None:
    seen = set()
    for index, name in enumerate(names):
        if name in seen:
            raise DUPLICATE.at(pointer("holds", index, "name"))
        seen.add(name)


def _in_extension(policy: Policy, it: StrictObject, place: str) -> str:
    """Convert a place in a whole policy to the place in the document that extends another policy."""
    rung, _, rest = place.removeprefix("/").partition("/")
    number, slash, deeper = rest.partition("/")
    member, first = next((name for name, own in REPLACED.items() if own == rung), rung), 0
    if not number.isdigit():
        return place if member == rung else f"/{member}"
    index = int(number)
    if rung == "holds":
        own = [StrictObject(hold, "").text("name") for hold in it.items("holds")]
        left_out = it.items("without_holds")
        names = [hold.name for hold in policy.holds if hold.name not in left_out]
        names += [name for name in own if name not in names]
        index = own.index(names[index]) if names[index] in own else index
    elif rung == "facts":
        first = len(policy.facts)
    else:
        inherited = (
            len(getattr(policy, rung)) if it.fields.get(member) is None else len(it.items(member))
        )
        if rung == REFER.name and index >= inherited:
            member, first = "also", inherited
    return f"/{member}/{index - first}{slash}{deeper}"


def _parameter_change(name: str, given: object, own: Parameter | None) -> object:
    """Read a new value for an existing parameter, or a whole new parameter."""
    if type(given) is not dict:
        return given
    if own is None or "values" in given:
        inherited = {} if own is None else {"unit": str(own.unit)}
        return read_parameter(name, {**inherited, **given})
    for member in _OF_DATED:
        if member in given:
            raise UnknownField(
                pointer("parameters", name, member),
                "a value with this stands in a list of values",
                f"write [[parameters.{name}.values]]",
            )
    it = StrictObject(given, pointer("parameters", name), ("value", "adopted"))
    value = it.required("value")
    if "adopted" not in it.fields:
        return value
    return read_adopted(it, value)


def _read_fact(given: object, at: str) -> OwnFact:
    it = StrictObject(given, at, ("name", "label", "source", *_GIVEN, "counted"))
    name, label = it.text("name"), read_phrase(it.required("label"), it.place("label"))
    source = read_source(it.fields.get("source"), it.place("source"))
    try:
        if it.fields.get("counted") is None:
            unit = it.word("unit", ("flag", *Unit))
            return GivenFact(name, unit, label, source, it.fields.get("default"))  # type: ignore[arg-type] # it checks it
        for member in _GIVEN:
            if member in it.fields:
                raise UnknownField(it.place(member), "a counted fact has no such field", "leave it out")
        return _read_counted(name, label, source, it.inner("counted", _COUNTED))
    except InputError as error:
        misplaced = error if str(error.place).startswith(f"{at}/") else error.under(at)
    raise misplaced


def _read_counted(name: str, label: Phrase, source: Source, it: StrictObject) -> CountedFact:
    words: dict[str, Any] = {member: it.each(member, _read_name) for member in ("channels", "are")}
    within: Any = it.fields.get("within_days")
    try:
        return CountedFact(name, label, source, within_days=within, **words)
    except InputError as error:
        in_counted = not str(error.place).startswith("/name")
        misplaced = error.under(it.at) if in_counted else error
    raise misplaced


def _read_name(given: object, at: str) -> str:
    if type(given) is not str:
        raise InvalidValue(at, "a name is expected")
    return given


def _children_decide(it: StrictObject) -> str | None:
    return None if it.fields.get("children_decide") is None else it.text("children_decide")


class _Words:
    """The parameters and facts that the conditions of a policy may name, and what reads them."""

    def __init__(self, settings: Mapping[str, Unit], facts: Iterable[OwnFact]) -> None:
        self._settings = settings
        self._facts = {**FACTS, **{fact.name: fact.type for fact in facts}}

    def clause(self, given: object, at: str) -> Clause:
        """Read a clause."""
        return self._clause(StrictObject(given, at, _CLAUSE))

    def hold(self, given: object, at: str) -> Hold:
        """Read a hold."""
        it = StrictObject(given, at, ("name", "stops", *_CLAUSE))
        clause = self._clause(it)
        stops: Any = "everything" if it.fields.get("stops") is None else it.word("stops", STOPS)
        return Hold(it.text("name"), clause.when, clause.source, stops)

    def _clause(self, it: StrictObject) -> Clause:
        when = parse(it.text("when"), self._settings, it.place("when"), self._facts)
        return Clause(when, read_source(it.fields.get("source"), it.place("source")))


def _title(it: StrictObject) -> Phrase:
    return read_phrase(it.required("title"), it.place("title"))


def _period(it: StrictObject) -> Period:
    period = StrictObject(it.required("in_force"), it.place("in_force"), ("from", "until"))
    return Period(period.required_day("from"), period.day("until"))
