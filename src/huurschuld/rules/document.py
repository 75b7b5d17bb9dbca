"""Policies as documents: canonical JSON and back unchanged, and TOML written by hand.

Both have the same members. A TOML file may also go out from another policy: `extends = "bgs-2021"`
with `also`, `holds` and `parameters`. What is wrong raises an `InputError` with a JSON pointer into the
document.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from huurschuld.errors import (
    InputError,
    InvalidValue,
    MissingField,
    UnknownField,
    UnknownPolicy,
    pointer,
)
from huurschuld.model.json_text import canonical_json
from huurschuld.model.values import Day, parse_day, refuse
from huurschuld.rules.conditions.notation import parse, text
from huurschuld.rules.parameters import Dated, Parameter, Unit, read_value, written
from huurschuld.rules.policy import CHOICE, Clause, Hold, Period, Policy
from huurschuld.rules.rungs import CLAUSES
from huurschuld.rules.sources import Adopted, Phrase, Source, SourceKind

FORMAT: Final = "huurschuld-policy/1"

_DAY: Final = Day()

_T = TypeVar("_T")
Member = Mapping[str, object]


# --- a policy to a document --------------------------------------------------------------------


def policy_document(policy: Policy) -> dict[str, object]:
    """The JSON object of a policy."""
    return {
        "format": FORMAT,
        "name": policy.name,
        "title": _phrase_document(policy.title),
        "in_force": _kept({"from": policy.in_force.since, "until": policy.in_force.until}),
        "crisis": _clause_document(policy.crisis),
        "family": _clause_document(policy.family),
        "holds": [{"name": hold.name, **_clause_document(hold)} for hold in policy.holds],
        **{rung.name: [_clause_document(it) for it in policy.clauses(rung)] for rung in CLAUSES},
        "parameters": {
            parameter.name: {
                "unit": str(parameter.unit),
                "values": [_dated_document(dated, parameter.unit) for dated in parameter.values],
            }
            for parameter in policy.parameters
        },
    }


@lru_cache(maxsize=256)
def canonical_policy(policy: Policy) -> str:
    """The one text of a policy: canonical JSON, from which `read_policy` makes the same policy."""
    return canonical_json(policy_document(policy))


@lru_cache(maxsize=256)
def policy_hash(policy: Policy) -> str:
    """The SHA-256 of the canonical JSON, in hexadecimal: by this a policy is kept and found."""
    return hashlib.sha256(canonical_policy(policy).encode()).hexdigest()


def _kept(members: dict[str, dt.date | str | None]) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in members.items()
        if value is not None
    }


def _phrase_document(phrase: Phrase) -> dict[str, object]:
    return {"nl": phrase.nl, "en": phrase.en}


def source_document(source: Source) -> dict[str, object]:
    """The JSON object of a source."""
    return {
        "kind": str(source.kind),
        "note": _phrase_document(source.note),
        **_kept({"title": source.title, "dated": source.dated, "url": source.url}),
    }


def _clause_document(clause: Clause | Hold) -> dict[str, object]:
    return {"when": text(clause.when), "source": source_document(clause.source)}


def _dated_document(dated: Dated, unit: Unit) -> dict[str, object]:
    return {
        "value": written(dated.value, unit),
        "source": source_document(dated.source),
        **_kept({"from": dated.since, "until": dated.until}),
    }


# --- a document to a policy --------------------------------------------------------------------


def read_policy(document: object, base: Callable[[str], Policy] | None = None) -> Policy:
    """The policy of a document.

    Args:
        document: the JSON or TOML object.
        base: finds the policy that `extends` names; without it a document may not extend.

    Raises:
        InputError: with the JSON pointer of what is wrong.
    """
    members = _object(document, "")
    if "extends" in members:
        return _read_extension(members, base)
    _only(
        members,
        "",
        "format name title in_force crisis family holds parameters",
        *(it.name for it in CLAUSES),
    )
    if _required(members, "format", "") != FORMAT:
        raise InvalidValue("/format", f'"{FORMAT}" is expected')
    parameters = _parameters(members.get("parameters", {}))
    names = [parameter.name for parameter in parameters]
    return Policy(
        name=_text(members, "name", ""),
        title=_title(members),
        in_force=_period(_required(members, "in_force", ""), "/in_force"),
        crisis=_clause(_required(members, "crisis", ""), "/crisis", names),
        family=_clause(_required(members, "family", ""), "/family", names),
        holds=_list(members, "holds", "", lambda value, at: _hold(value, at, names)),
        parameters=parameters,
        **{
            rung.name: _list(members, rung.name, "", lambda value, at: _clause(value, at, names))
            for rung in CLAUSES
        },
    )


def load_policy(path: str | Path, base: Callable[[str], Policy] | None = None) -> Policy:
    """The policy of a TOML file.

    Args:
        path: the file.
        base: finds the policy that `extends` names; the built-in ones by default.

    Raises:
        InputError: its place begins with the name of the file.
        OSError: the file cannot be read.
    """
    from huurschuld.rules.policies import find_policy  # noqa: PLC0415 - the policies are themselves read with this

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
    except (ValueError, RecursionError):  # a number without end, tables within tables without end
        where = "it holds what cannot be read"
    raise InvalidValue("", f"this is not well-formed TOML: {where}", "mend the file and try again")


def _read_extension(members: Member, base: Callable[[str], Policy] | None) -> Policy:
    _only(members, "", "extends name title in_force parameters also holds")
    extended = _text(members, "extends", "")
    if base is None:
        raise InvalidValue("/extends", "a policy that extends another cannot stand here")
    try:
        policy = base(extended)
    except UnknownPolicy as error:
        misplaced = error.at("/extends")
    else:
        return _extend(policy, members)
    raise misplaced


def _extend(policy: Policy, members: Member) -> Policy:
    own = {parameter.name: parameter for parameter in policy.parameters}
    given = _object(members.get("parameters", {}), "/parameters")
    changes = {name: _parameter_change(name, value, own.get(name)) for name, value in given.items()}
    names = [*own, *changes]
    period = members.get("in_force")
    own_name, title = _text(members, "name", ""), _title(members)
    in_force = None if period is None else _period(period, "/in_force")
    also = _list(members, "also", "", lambda value, at: _clause(value, at, names))
    holds = _list(members, "holds", "", lambda value, at: _hold(value, at, names))
    try:
        return policy.with_(
            own_name, title=title, in_force=in_force, parameters=changes, also=also, holds=holds
        )
    except InputError as error:
        misplaced = error.at(_in_extension(policy, str(error.place)))
    raise misplaced


def _in_extension(policy: Policy, place: str) -> str:
    """A place in a whole policy, as a place in the document that extends another to it."""
    rung, _, rest = place.removeprefix("/").partition("/")
    number, slash, deeper = rest.partition("/")
    for own, name in (("refer_if_all", "also"), ("holds", "holds")):
        inherited = len(getattr(policy, own))
        if rung == own and number.isdigit() and slash and int(number) >= inherited:
            return f"/{name}/{int(number) - inherited}/{deeper}"
    return place


def _parameter_change(name: str, given: object, own: Parameter | None) -> object:
    """A new value for a parameter that there is, or a whole new parameter."""
    at = pointer("parameters", name)
    if type(given) is not dict:
        return given
    members = _object(given, at)
    if own is None or "values" in members:
        return _parameter(name, given)
    _only(members, at, "value adopted")
    value = _required(members, "value", at)
    if "adopted" not in members:
        return value
    adopted = _object(members["adopted"], f"{at}/adopted")
    _only(adopted, f"{at}/adopted", "by on number")
    return Adopted(
        value,  # type: ignore[arg-type] # the parameter checks it
        _text(adopted, "by", f"{at}/adopted"),
        _day(adopted, "on", f"{at}/adopted"),
        _text(adopted, "number", f"{at}/adopted") if "number" in adopted else None,
    )


def read_parameters(document: object) -> tuple[Parameter, ...]:
    """The parameters of a document of nothing else, as the built-in policies keep them."""
    return _parameters(document)


def _parameters(given: object) -> tuple[Parameter, ...]:
    return tuple(_parameter(name, value) for name, value in _object(given, "/parameters").items())


def _parameter(name: str, given: object) -> Parameter:
    at = pointer("parameters", name)
    members = _object(given, at)
    _only(members, at, "unit values")
    unit = _required(members, "unit", at)
    if unit not in list(Unit):
        raise InvalidValue(f"{at}/unit", f"one of {', '.join(Unit)} is expected")
    values = _list(
        members, "values", at, lambda value, where: _dated(name, Unit(str(unit)), value, where)
    )
    if not values:
        raise InvalidValue(f"{at}/values", "at least one value is expected")
    return Parameter(name, Unit(str(unit)), values)


def _dated(name: str, unit: Unit, given: object, at: str) -> Dated:
    members = _object(given, at)
    _only(members, at, "value source from until")
    try:
        value = read_value(name, unit, _required(members, "value", at))
    except InvalidValue as error:
        misplaced = error.at(f"{at}/value")
    else:
        since, until = _day(members, "from", at), _day(members, "until", at)
        return Dated(value, read_source(members.get("source"), f"{at}/source"), since, until)
    raise misplaced


def _hold(given: object, at: str, names: list[str]) -> Hold:
    members = _object(given, at)
    _only(members, at, "name when source")
    clause = _clause({key: members[key] for key in members if key != "name"}, at, names)
    return Hold(_text(members, "name", at), clause.when, clause.source)


def _clause(given: object, at: str, names: list[str]) -> Clause:
    members = _object(given, at)
    _only(members, at, "when source")
    when = parse(_text(members, "when", at), names, f"{at}/when")
    return Clause(when, read_source(members.get("source"), f"{at}/source"))


def read_source(given: object, at: str) -> Source:
    """A source from its JSON object; without one it is a choice."""
    if given is None:
        return CHOICE
    members = _object(given, at)
    _only(members, at, "kind title dated url note")
    kind = _required(members, "kind", at)
    if kind not in list(SourceKind):
        raise InvalidValue(f"{at}/kind", f"one of {', '.join(SourceKind)} is expected")
    if kind != SourceKind.CHOICE:
        _required(members, "title", at)
    return Source(
        SourceKind(str(kind)),
        _text(members, "title", at) if "title" in members else None,
        _phrase(_required(members, "note", at), f"{at}/note"),
        _day(members, "dated", at),
        _text(members, "url", at) if "url" in members else None,
    )


def _title(members: Member) -> Phrase:
    return _phrase(_required(members, "title", ""), "/title")


def _phrase(given: object, at: str) -> Phrase:
    members = _object(given, at)
    _only(members, at, "nl en")
    return Phrase(_text(members, "nl", at), _text(members, "en", at))


def _period(given: object, at: str) -> Period:
    members = _object(given, at)
    _only(members, at, "from until")
    _required(members, "from", at)
    since = _day(members, "from", at)
    assert since is not None  # noqa: S101 - it is required, and a day or an error
    return Period(since, _day(members, "until", at))


# --- members -----------------------------------------------------------------------------------


def _object(value: object, at: str) -> Member:
    if type(value) is not dict:
        raise InvalidValue(at, "an object (in TOML a table) is expected")
    return value


def _only(members: Member, at: str, known: str, *more: str) -> None:
    for name in members:
        if name not in known.split() and name not in more:
            raise UnknownField(
                at + pointer(name),
                "there is no such member here",
                "check its spelling, or remove it",
            )


def _required(members: Member, name: str, at: str) -> object:
    if members.get(name) is None:
        raise MissingField(f"{at}/{name}", "this member is required")
    return members[name]


def _text(members: Member, name: str, at: str) -> str:
    value = _required(members, name, at)
    if type(value) is not str or not value:
        raise InvalidValue(f"{at}/{name}", "a non-empty text is expected")
    return value


def _day(members: Member, name: str, at: str) -> dt.date | None:
    """A day, from its text or from TOML's own date; None where it is absent."""
    value = members.get(name)
    if value is None:
        return None
    day: Any = parse_day(value) if type(value) is str else value
    if not _DAY.accepts(day):
        raise refuse(f"{at}/{name}", _DAY)
    return day  # type: ignore[no-any-return] # a day, it was just checked


def _list(members: Member, name: str, at: str, read: Callable[[object, str], _T]) -> tuple[_T, ...]:
    given = members.get(name, [])
    if type(given) is not list:
        raise InvalidValue(f"{at}/{name}", "a list is expected")
    return tuple(read(item, f"{at}/{name}/{index}") for index, item in enumerate(given))
