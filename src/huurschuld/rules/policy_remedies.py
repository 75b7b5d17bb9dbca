"""What to write in a policy file where an error in it says only what is expected."""

from __future__ import annotations

import re
from typing import Final

from huurschuld.errors import InputError, InvalidValue, MissingField, UnknownField
from huurschuld.model.strict_objects import near_names
from huurschuld.model.toml_value_slips import day_of
from huurschuld.rules.conditions import amounts
from huurschuld.rules.conditions.other_words import other_words
from huurschuld.rules.parameters import Unit
from huurschuld.rules.policies import policies
from huurschuld.rules.policy_reading import REPLACED
from huurschuld.rules.rungs import RUNGS

_EXAMPLES: Final = {
    "name": 'write name = "our-policy", in lower case letters, digits and hyphens',
    "holds/name": 'write name = "no-home-visit", in lower case letters, digits and hyphens',
    "title": 'write title.nl = "…" and title.en = "…"',
    "source/title": 'write what the source is called: source.title = "…"',
    "label": 'write label.nl = "…" and label.en = "…"',
    "note": 'write source.note.nl = "…" and source.note.en = "…"',
    "kind": 'write source.kind = "choice", or another kind',
    "when": 'write a condition, such as when = "disputed"',
    "in_force": "write in_force.from = 2026-01-01, with your day",
    "from": "write from = 2026-01-01, with your day",
    "by": 'write who adopted it: adopted.by = "…"',
    "adopted": 'write who adopted it: adopted.by = "…"',
    "value": "write its value: value = 14",
    "values": "write its value: values = [{ value = 14 }]",
    "unit": 'write unit = "days", or another unit',
    "source": 'write source.kind = "choice", source.note.nl = "…" and source.note.en = "…"',
    "format": 'write extends = "bgs-2021" to go out from another policy, else the format of a whole one',
    "extends": 'write extends = "bgs-2021", or the name of another policy',
}
_OF_CONDITIONS: Final = (*(rung.name for rung in RUNGS), *REPLACED, "also", "crisis", "family")
"""The members that hold conditions."""
_CONDITION: Final = re.compile(r"/\w++/\d++")
"""The place of one condition of several."""
_OF_SOURCE: Final = ("kind", "title", "note", "dated", "url")
_ANY_CONDITION: Final = '"disputed"'
_A_DAY: Final = "write a day such as 2026-01-01, without quotation marks"
_PARAMETER: Final = re.compile(r"/parameters/(\w++)(?:/value)?+")
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9_]*+(?:\.[0-9]++)?+")


def remedy_of(error: InputError, pointer: str, written: str) -> str:
    """Return what to do about an error in a policy file.

    Args:
        error: the error.
        pointer: the JSON pointer of the value.
        written: the value as it is written in the file; empty if it is not there, or is a whole table.
    """
    member = pointer.rpartition("/")[2]
    if isinstance(error, UnknownField):
        return _of_unknown(error, pointer, member, written) or error.remedy
    if "decimals" in error.problem:
        months = amounts.rewritten(written.strip("\"'"), "", Unit.MONTHS)
        return error.remedy if months is None else f"write {months}"
    if error.remedy:
        return error.remedy
    bare = written.strip("\"'")
    if "calendar" in error.problem:
        day = day_of(written)
        return _A_DAY if day in (None, bare) else f"write {day}"
    if "a whole number" in error.problem:
        return _of_number(pointer, bare)
    if "true or false" in error.problem and bare in ("true", "false"):
        return f"write {bare}"
    if isinstance(error, InvalidValue) and error.problem.startswith("one "):
        words = error.problem.removeprefix("one of ").removesuffix(" is expected").split(", ")
        meant = other_words("values").get(bare.casefold())
        return f"did you mean {meant}?" if meant in words else near_names(bare.casefold(), words)
    is_of_conditions = member in _OF_CONDITIONS or _CONDITION.fullmatch(pointer)
    if "a list is expected" in error.problem and written != bare:
        item = f"{{ when = {written} }}" if is_of_conditions else written
        return f"write {member} = [{item}]"
    if "object" in error.problem and is_of_conditions:
        condition = f"{{ when = {written if written != bare else _ANY_CONDITION} }}"
        return f"write {condition if member.isdigit() else f'{member} = {condition}'}"
    is_of_form = isinstance(error, MissingField) or "expected" in error.problem
    return _example(pointer) if is_of_form else ""


def _example(pointer: str) -> str:
    """Say how a member is written that is not there, or is something else."""
    *_, outer, member = ("", *pointer.split("/"))
    if member in ("nl", "en"):
        return f'write {outer}.{member} = "…", beside the other language'
    inner = "holds" if "/holds/" in pointer else outer
    return _EXAMPLES.get(f"{inner}/{member}") or _EXAMPLES.get(member, "")


def _of_unknown(error: InputError, pointer: str, member: str, written: str) -> str:
    """Say what is meant by a member that does not exist; empty if nothing is known of it."""
    of_parameter = _PARAMETER.fullmatch(pointer)
    is_meant = "mean" in error.remedy and not error.remedy.endswith(" values?")
    if of_parameter is not None and not is_meant:
        value = written or "14"
        return (
            f"to add one, write parameters.{of_parameter[1]} = "
            f'{{ unit = "{_unit_of(value)}", values = [{{ value = {value} }}] }}'
        )
    if "mean" in error.remedy:
        return ""
    if member in _OF_SOURCE and "source" in error.remedy:
        return f"did you mean source.{member}?"
    meant = other_words("members").get(member.casefold().replace("-", "_"))
    if meant in error.remedy.rpartition(": ")[2].split(", "):
        return f"did you mean {meant}?"
    if pointer.count("/") == 1 and any(
        parameter.name == member for policy in policies().values() for parameter in policy.parameters
    ):
        return (
            f"a number stands under parameters: write parameters.{member}, or put it below [parameters]"
        )
    return ""


def _unit_of(written: str) -> str:
    """Return the unit that a value may be in: months are a text."""
    return "months" if written[:1] in ('"', "'") else "days"


def _of_number(pointer: str, bare: str) -> str:
    """Say which whole number is meant by another number, or by one in quotation marks."""
    unit = Unit.CENTS if "_cents" in pointer else Unit.COUNT
    number = _NUMBER.fullmatch(bare)
    new = amounts.rewritten(number[0], "", unit) if number is not None else None
    return f"write {new}" if new is not None else "write digits alone, such as 14; amounts are in cents"
