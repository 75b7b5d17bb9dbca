"""Reads policies from documents: canonical JSON, or TOML written by hand.

Both have the same members. A TOML file may also extend another policy: `extends = "bgs-2021"` with
`also`, `holds` and `parameters`. An error raises an `InputError` with a JSON pointer into the
document.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from huurschuld.errors import InputError, InvalidValue, UnknownPolicy, pointer
from huurschuld.model.strict_objects import StrictObject, fields_of_object
from huurschuld.rules.conditions.notation import parse
from huurschuld.rules.document import FORMAT
from huurschuld.rules.parameter_reading import (
    read_parameter,
    read_parameters,
    read_phrase,
    read_source,
)
from huurschuld.rules.parameters import Parameter
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Clause, Hold, Period, Policy
from huurschuld.rules.rungs import CLAUSES
from huurschuld.rules.sources import Adopted, Phrase

_FIELDS: Final = (
    *("format", "name", "title", "in_force", "crisis", "family", "holds", "parameters"),
    *(rung.name for rung in CLAUSES),
)
_EXTENSION: Final = ("extends", "name", "title", "in_force", "parameters", "also", "holds")
_CLAUSE: Final = ("when", "source")


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
    it = StrictObject(document, "", _FIELDS)
    if it.required("format") != FORMAT:
        raise InvalidValue(it.place("format"), f'"{FORMAT}" is expected')
    parameters = read_parameters(it.fields.get("parameters", {}))
    names = [parameter.name for parameter in parameters]

    def clause(given: object, at: str) -> Clause:
        return _read_clause(given, at, names)

    return Policy(
        name=it.text("name"),
        title=_title(it),
        in_force=_period(it),
        crisis=clause(it.required("crisis"), it.place("crisis")),
        family=clause(it.required("family"), it.place("family")),
        holds=_holds(it, names),
        parameters=parameters,
        **{rung.name: it.each(rung.name, clause) for rung in CLAUSES},
    )


def load_policy(path: str | Path, base: Callable[[str], Policy] | None = None) -> Policy:
    """Read the policy of a TOML file.

    Args:
        path: the file.
        base: finds the policy that `extends` names; the built-in ones by default.

    Raises:
        InputError: its place begins with the name of the file.
        OSError: the file cannot be read.
    """
    path = Path(path)
    try:
        return read_policy(_read_toml(path), base or find_policy)
    except InputError as error:
        misplaced = error.under(path.name)
    raise misplaced


def _read_toml(path: Path) -> object:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        where = str(error)
    except UnicodeDecodeError:
        where = "it is not UTF-8"
    except (ValueError, RecursionError):  # a number that is too long, or tables nested too deep
        where = "it has a value that cannot be read"
    raise InvalidValue("", f"this is not well-formed TOML: {where}", "correct the file and try again")


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
    names = [*own, *changes]
    name, title = it.text("name"), _title(it)
    in_force = None if it.fields.get("in_force") is None else _period(it)
    also = it.each("also", lambda value, at: _read_clause(value, at, names))
    holds = _holds(it, names)
    try:
        return policy.with_(
            name, title=title, in_force=in_force, parameters=changes, also=also, holds=holds
        )
    except InputError as error:
        misplaced = error.at(_in_extension(policy, str(error.place)))
    raise misplaced


def _in_extension(policy: Policy, place: str) -> str:
    """Convert a place in a whole policy to the place in the document that extends another policy."""
    rung, _, rest = place.removeprefix("/").partition("/")
    number, slash, deeper = rest.partition("/")
    for own, name in (("refer_if_all", "also"), ("holds", "holds")):
        inherited = len(getattr(policy, own))
        if rung == own and number.isdigit() and slash and int(number) >= inherited:
            return f"/{name}/{int(number) - inherited}/{deeper}"
    return place


def _parameter_change(name: str, given: object, own: Parameter | None) -> object:
    """Read a new value for an existing parameter, or a whole new parameter."""
    if type(given) is not dict:
        return given
    if own is None or "values" in given:
        return read_parameter(name, given)
    it = StrictObject(given, pointer("parameters", name), ("value", "adopted"))
    value = it.required("value")
    if "adopted" not in it.fields:
        return value
    adopted = it.inner("adopted", ("by", "on", "number"))
    return Adopted(
        value,  # type: ignore[arg-type] # the parameter checks it
        adopted.text("by"),
        adopted.day("on"),
        adopted.text("number") if "number" in adopted.fields else None,
    )


def _holds(it: StrictObject, names: Collection[str]) -> tuple[Hold, ...]:
    return it.each("holds", lambda value, at: _read_hold(value, at, names))


def _read_hold(given: object, at: str, names: Collection[str]) -> Hold:
    it = StrictObject(given, at, ("name", *_CLAUSE))
    clause = _clause(it, names)
    return Hold(it.text("name"), clause.when, clause.source)


def _read_clause(given: object, at: str, names: Collection[str]) -> Clause:
    return _clause(StrictObject(given, at, _CLAUSE), names)


def _clause(it: StrictObject, names: Collection[str]) -> Clause:
    when = parse(it.text("when"), names, it.place("when"))
    return Clause(when, read_source(it.fields.get("source"), it.place("source")))


def _title(it: StrictObject) -> Phrase:
    return read_phrase(it.required("title"), it.place("title"))


def _period(it: StrictObject) -> Period:
    period = StrictObject(it.required("in_force"), it.place("in_force"), ("from", "until"))
    return Period(period.required_day("from"), period.day("until"))
