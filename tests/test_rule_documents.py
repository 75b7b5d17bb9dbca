"""Documents of policies: what of them is read and written, and where an error is."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

import huurschuld
from huurschuld import (
    Adopted,
    Clause,
    Hold,
    InputError,
    InvalidValue,
    Parameter,
    Period,
    Phrase,
    Policy,
    Source,
    SourceKind,
    Unit,
    UnknownPolicy,
    canonical_policy,
    load_policy,
    policies,
    policy_for,
    policy_hash,
    read_policy,
)
from huurschuld.rules.conditions.language import Condition, Setting
from huurschuld.rules.document import policy_document
from huurschuld.rules.parameters import Dated
from huurschuld.rules.policies import find_policy
from huurschuld.rules.sources import CHOICE, USER
from huurschuld.rules.terms import P, arrears_cents, attempts, days_overdue, deceased
from huurschuld.testing import policies as random_policies

BGS = policies()["bgs-2021"]
DAY = dt.date(2025, 4, 20)
A_DAY = dt.timedelta(days=1)


def test_policies_of_ones_own_stand_beside_the_built_in_ones() -> None:
    """They are found by name among those that are given, and only there."""
    own = BGS.with_("own", in_force=Period(DAY))
    known = policies([own, own])
    assert known == {**policies(), "own": own}
    assert find_policy("own", known) is own
    assert policy_for("own", DAY, known) is own
    assert policies([BGS]) == policies()
    for name, among in (("own", None), ("bgs-2021", {"own": own})):
        with pytest.raises(InputError) as caught:
            find_policy(name, among)
        assert (caught.value.code, caught.value.place) == ("unknown-policy", "/policy")
    for those in ([own, attrs.evolve(own, in_force=Period(DAY - A_DAY))], [own.with_("bgs-2021")]):
        with pytest.raises(InputError) as caught:
            policies(those)
        assert (caught.value.code, caught.value.place) == ("duplicate-id", "/policy")


SOURCE: dict[str, Any] = {"kind": "law", "title": "BW", "note": {"nl": "a", "en": "b"}}
CLAUSE = {"when": "deceased", "source": SOURCE | {"dated": "2021-01-01", "url": "https://example.org"}}
HOLD = {"name": "own", **CLAUSE}
PERIOD = {"from": "2021-01-01", "until": "2029-12-31"}
OWN = {"unit": "days", "values": [{"value": 1, "source": SOURCE, **PERIOD}]}
BY_OWN = {"when": "days_overdue >= own"}
ADOPTED = {"by": "Leiden", "on": "2024-03-01", "number": "12"}
CLAUSES = ("wait_if_any", "refer_if_all", "remind_if_any", "contact_if_any")
NAMED = {"name": "own", "title": {"nl": "a", "en": "b"}, "in_force": PERIOD, "holds": [HOLD]}
WHOLE = {
    "format": "huurschuld-policy/2",
    **NAMED,
    "parameters": {"own": OWN},
    "crisis": BY_OWN,
    "family": CLAUSE,
    **{rung: [CLAUSE] for rung in CLAUSES},
}
EXTENSION = {
    "extends": "bgs-2021",
    **NAMED,
    "also": [BY_OWN | {"source": SOURCE}],
    "parameters": {"own": OWN, "grace_days": {"value": 3, "adopted": ADOPTED}},
}
REQUIRED = {
    *("format", "name", "title", "nl", "en", "crisis", "family", "when", "kind", "note"),
    *("unit", "value", "by"),
}


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths to a value and to everything in it."""
    yield path
    if isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(part, (*path, name))


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a place."""
    for name in path:
        document = document[name]
    return document


def refused(document: Any) -> tuple[str, str]:
    """The code and the place of the error of a document."""
    with pytest.raises(InputError) as caught:
        read_policy(document, find_policy)
    return caught.value.code, str(caught.value.place)


@pytest.mark.parametrize(
    ("whole", "path"), [(it, path) for it in (WHOLE, EXTENSION) for path in places(it)]
)
def test_an_error_in_a_document_is_where_it_stands(whole: Any, path: tuple[str | int, ...]) -> None:
    """Whatever has the wrong type, is missing or is no member is an error at its own place."""

    def changed(path: tuple[str | int, ...], value: object) -> Any:
        if not path:
            return value
        copy = json.loads(json.dumps(whole))
        at(copy, path[:-1])[path[-1]] = value
        return copy

    read_policy(whole, find_policy)
    place = "".join(f"/{name}" for name in path)
    within_extension = whole is EXTENSION and path[:1] == ("parameters",)
    if not (within_extension and (len(path) == 2 or path[-1:] == ("value",))):
        assert refused(changed(path, True)) == ("invalid-value", place)
    found = at(whole, path)
    if isinstance(found, dict) and path != ("parameters",):
        assert refused(changed(path, found | {"a/b": 5})) == ("unknown-field", f"{place}/a~1b")
    if path[-1:] and path[-1] in REQUIRED:
        without = {name: it for name, it in at(whole, path[:-1]).items() if name != path[-1]}
        assert refused(changed(path[:-1], without)) == ("missing-field", place)
        assert refused(changed(path, None)) == ("invalid-value", place)


def document(**changes: object) -> dict[str, Any]:
    return policy_document(BGS) | changes


def sourced(**changes: object) -> dict[str, Any]:
    """A document in which the source of one condition is changed."""
    return document(crisis={"when": "deceased", "source": SOURCE | changes})


def parameter(**members: object) -> dict[str, Any]:
    """A document with one parameter."""
    return document(parameters={"own": members})


def extension(**changes: object) -> dict[str, Any]:
    return {"extends": "bgs-2021", "name": "leiden", "title": {"nl": "a", "en": "b"}} | changes


def adopted(**members: object) -> dict[str, Any]:
    """An extension with a value that somebody adopted."""
    return extension(parameters={"grace_days": {"value": 3, "adopted": {"by": "Leiden"} | members}})


@pytest.mark.parametrize(
    ("given_document", "code", "place"),
    [
        (document(format="huurschuld-policy/1"), "invalid-value", "/format"),
        (document(name=""), "invalid-value", "/name"),
        (document(title={"nl": "", "en": "b"}), "invalid-value", "/title/nl"),
        (document(in_force=None), "invalid-value", "/in_force"),
        (document(in_force={}), "missing-field", "/in_force/from"),
        (document(in_force={"from": "2021-1-1"}), "invalid-value", "/in_force/from"),
        (document(in_force={"from": dt.datetime(2021, 1, 1)}), "invalid-value", "/in_force/from"),  # noqa: DTZ001 - what is tested
        (document(crisis={"when": "nonsense"}), "invalid-value", "/crisis/when"),
        (document(family={"when": ""}), "invalid-value", "/family/when"),
        (sourced(kind="rumour"), "invalid-value", "/crisis/source/kind"),
        (sourced(title=None), "invalid-value", "/crisis/source/title"),
        (document(refer_if_all=[]), "invalid-value", "/refer_if_all"),
        (document(contact_if_any=[{"when": "deceased"}, 5]), "invalid-value", "/contact_if_any/1"),
        (document(parameters={"a/b": 5}), "invalid-value", "/parameters/a~1b"),
        (parameter(unit="euro", values=[]), "invalid-value", "/parameters/own/unit"),
        (parameter(unit="days", values=[]), "invalid-value", "/parameters/own/values"),
        (extension(extends="nonsense"), "unknown-policy", "/extends"),
        (extension(in_force={}), "missing-field", "/in_force/from"),
        (extension(also=[{"when": "attempts >= minimum_cents"}]), "invalid-value", "/also/0/when"),
        (
            extension(holds=[{"name": "own", "when": "attempts >= minimum_cents"}]),
            "invalid-value",
            "/holds/0/when",
        ),
        (extension(holds=[HOLD] * 2), "duplicate-id", "/holds/1/name"),
        (extension(without_holds=["nonsense"]), "unknown-reference", "/without_holds/0"),
        (extension(without_holds=[5]), "invalid-value", "/without_holds/0"),
        (extension(parameters={"a/b": {}}), "missing-field", "/parameters/a~1b/unit"),
        (extension(parameters={"minimum_cents": "7500"}), "invalid-value", "/parameters/minimum_cents"),
        (
            extension(parameters={"minimum_cents": {}}),
            "missing-field",
            "/parameters/minimum_cents/value",
        ),
        (
            extension(parameters={"grace_days": {"value": True}}),
            "invalid-value",
            "/parameters/grace_days",
        ),
        (extension(parameters={"nonsense": 5}), "unknown-field", "/parameters/nonsense"),
        (
            extension(parameters={"nonsense": {"value": 5}}),
            "unknown-field",
            "/parameters/nonsense/value",
        ),
    ],
)
def test_a_document_that_is_no_policy_is_refused_with_its_place(
    given_document: Any, code: str, place: str
) -> None:
    """What has the right type may still mean nothing; the place is that in the document itself."""
    assert refused(given_document) == (code, place)


@pytest.mark.parametrize(
    ("given_document", "place", "remedy"),
    [
        (
            extension(also={"when": "attempts >= 2"}),
            "/also",
            "in TOML, write [[also]] with two brackets",
        ),
        (
            extension(parameters={"grace_days": {"values": {"value": 5}}}),
            "/parameters/grace_days/values",
            "in TOML, write [[parameters.grace_days.values]] with two brackets",
        ),
        *(
            (
                extension(parameters={"grace_days": {"value": 5, member: given}}),
                f"/parameters/grace_days/{member}",
                "write [[parameters.grace_days.values]]",
            )
            for member, given in {"from": "2027-01-01", "until": "2027-01-01", "source": {}}.items()
        ),
        (
            extension(holds=[{"name": "No visit", "when": "attempts < 1"}]),
            "/holds/0/name",
            "use lower case letters, digits and hyphens, such as no-home-visit",
        ),
    ],
)
def test_a_common_slip_is_told_with_what_to_write(given_document: Any, place: str, remedy: str) -> None:
    """Whoever writes TOML for the first time reads which brackets or letters are meant."""
    with pytest.raises(InputError) as caught:
        read_policy(given_document, find_policy)
    assert (caught.value.place, caught.value.remedy) == (place, remedy)


def test_a_policy_that_stands_alone_may_not_extend() -> None:
    """A kept policy must mean the same years later, whatever another has become."""
    with pytest.raises(InputError) as caught:
        read_policy(extension())
    assert (caught.value.code, caught.value.place) == ("invalid-value", "/extends")


def test_a_source_is_read_with_all_of_its_members() -> None:
    """And of a choice no title is asked."""
    read = read_policy(sourced(dated="2021-01-01", url="https://example.org")).crisis.source
    assert (read.kind, read.title, read.note.nl, read.note.en) == ("law", "BW", "a", "b")
    assert (read.dated, read.url) == (dt.date(2021, 1, 1), "https://example.org")
    choice = {"kind": "choice", "note": SOURCE["note"]}
    bare = read_policy(document(crisis={"when": "deceased", "source": choice})).crisis.source
    assert (bare.kind, bare.title, bare.dated, bare.url) == ("choice", None, None, None)


def test_an_extension_may_name_the_parameters_that_it_inherits() -> None:
    """In what it adds, as in what is there."""
    policy = read_policy(
        extension(
            also=[{"when": "days_overdue >= grace_days"}],
            holds=[{"name": "little", "when": "arrears_cents < floor_cents"}],
        ),
        find_policy,
    )
    assert policy.refer_if_all[-1].when == (days_overdue >= P.grace_days)
    assert policy.holds[-1].when == (arrears_cents < P.floor_cents)


def test_an_adopted_value_needs_only_who_adopted_it() -> None:
    """The day and the number may be left out."""
    values = dict(read_policy(adopted(), find_policy).on(DAY).parameters)
    assert values["grace_days"] == Dated(3, Adopted(3, "Leiden").source())


def test_an_inherited_condition_that_does_not_fit_is_not_taken_for_ones_own() -> None:
    """It is the new unit that is wrong; the condition stands where the file would have it."""
    days = {"unit": "days", "values": [{"value": 1}]}
    found = refused(extension(parameters={"minimum_cents": days}))
    assert found == ("invalid-value", "/refer/0/when")


RUNGS = ("holds", *CLAUSES)


def deep(times: int) -> Condition:
    """A condition within conditions."""
    condition: Condition = deceased
    for _ in range(times):
        condition = ~condition
    return condition


@pytest.mark.parametrize("member", ["crisis", "family", *RUNGS])
@pytest.mark.parametrize("when", [attempts >= P.nowhere, attempts >= P.floor_cents, deep(51)])
def test_every_condition_of_a_policy_is_checked(member: str, when: Condition) -> None:
    """A parameter that is not there or counts something else, or what could not be read again."""
    value: Any = Clause(when)
    if member in RUNGS:
        fine = Hold("fine", deceased) if member == "holds" else Clause(deceased)
        value = (fine, Hold("own", when) if member == "holds" else value)
    with pytest.raises(InputError) as caught:
        attrs.evolve(BGS, **{member: value})
    assert caught.value.place == (f"/{member}/1/when" if member in RUNGS else f"/{member}/when")


@pytest.mark.parametrize("name", ["Own", "own-days", "_own", "own_", "1own", ""])
def test_a_parameter_has_a_name_that_conditions_can_have(name: str) -> None:
    """It is refused at the parameter, also where a condition does name it."""
    own = Parameter(name, Unit.COUNT, (Dated(1, USER),))
    with pytest.raises(InputError) as caught:
        attrs.evolve(
            BGS,
            crisis=Clause(attempts >= Setting(name)),
            parameters=(*BGS.parameters, own),
        )
    assert (caught.value.code, caught.value.place) == ("invalid-value", f"/parameters/{name}")


def test_a_policy_is_the_same_value_whatever_its_parts_were_given_in() -> None:
    """Lists are kept as tuples, so that it can be hashed and nobody changes it."""
    lists: dict[str, Any] = {name: list(getattr(BGS, name)) for name in (*RUNGS, "parameters")}
    given_lists = attrs.evolve(BGS, **lists)
    assert given_lists == BGS
    assert hash(given_lists) == hash(BGS)


def test_the_parameters_of_a_policy_are_in_the_order_of_their_names() -> None:
    """Two policies that differ only in the order given are the same."""
    turned = attrs.evolve(BGS, parameters=tuple(reversed(BGS.parameters)))
    assert turned == BGS
    assert [it.name for it in turned.parameters] == sorted(it.name for it in turned.parameters)


def test_a_file_extends_what_its_reader_finds(tmp_path: Path) -> None:
    """Not only what is built in."""
    own = BGS.with_("own", in_force=Period(DAY))
    file = tmp_path / "leiden.toml"
    file.write_text('extends = "own"\nname = "leiden"\ntitle = {nl = "a", en = "b"}', encoding="utf-8")
    assert load_policy(file, {"own": own}.__getitem__).in_force == own.in_force


LEIDEN = """
extends = "bgs-2021"
name = "leiden-2024"
title = {nl = "Leiden", en = "Leiden"}
in_force = {from = 2024-01-01, until = "2029-12-31"}

[parameters]
response_days = 21
floor_cents.value = 1500
grace_days = {unit = "days", values = [{value = 3, from = 2024-01-01}]}

[parameters.minimum_cents]
value = 7500
adopted = {by = "Gemeente Leiden", on = 2024-03-01, number = "2024.12"}

[parameters.own_cents]
unit = "cents"
values = [{value = 2500, from = 2024-01-01}]

[[also]]
when = "arrears_cents >= own_cents"
source = {kind = "choice", note = {nl = "raad", en = "council"}}

[[holds]]
name = "no-attempt"
when = "attempts < 1"
source = {kind = "law", title = "BW", note = {nl = "a", en = "b"}}
"""


def test_a_policy_is_written_without_python(tmp_path: Path) -> None:
    """A TOML file that goes out from another policy is the same value as `with_()` makes."""
    file = tmp_path / "leiden.toml"
    file.write_text(LEIDEN, encoding="utf-8")
    policy = load_policy(file, find_policy)
    law = read_policy(sourced()).crisis.source
    council = Source(SourceKind.CHOICE, None, Phrase("raad", "council"))
    made = BGS.with_(
        "leiden-2024",
        title=Phrase("Leiden", "Leiden"),
        in_force=Period(dt.date(2024, 1, 1), dt.date(2029, 12, 31)),
        parameters={
            "response_days": 21,
            "floor_cents": 1500,
            "minimum_cents": Adopted(7500, "Gemeente Leiden", dt.date(2024, 3, 1), "2024.12"),
            "grace_days": Parameter("grace_days", Unit.DAYS, (Dated(3, CHOICE, dt.date(2024, 1, 1)),)),
            "own_cents": Parameter("own_cents", Unit.CENTS, (Dated(2500, CHOICE, dt.date(2024, 1, 1)),)),
        },
        also=Clause(arrears_cents >= P.own_cents, council),
        holds=[Hold("no-attempt", attempts < 1, law)],
    )
    assert policy == made
    assert read_policy(json.loads(canonical_policy(policy))) == policy
    assert read_policy(extension(), find_policy).in_force == BGS.in_force


def test_a_file_extends_a_built_in_policy_by_default(tmp_path: Path) -> None:
    """And days before 1900 are none, also as TOML writes them."""
    file = tmp_path / "leiden.toml"
    file.write_text(LEIDEN, encoding="utf-8")
    assert load_policy(file) == load_policy(file, find_policy)
    file.write_text(
        LEIDEN.replace("from = 2024-01-01, until", "from = 1024-01-01, until"), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        load_policy(file)
    assert caught.value.place == "leiden.toml/in_force/from"


@pytest.mark.parametrize(
    "text",
    [
        *(b"name = ", b"\xff", b"a = 1\na = 2", b"a = 1979-13-01"),
        *(b"a = " + b"9" * 5_000, b"a = " + b"[" * 5_000),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, text: bytes) -> None:
    """No TOML, a number or lists without end, a day that there is not."""
    file = tmp_path / "mine.toml"
    file.write_bytes(text)
    with pytest.raises(InputError) as caught:
        load_policy(file)
    assert (caught.value.code, caught.value.place) == ("invalid-value", "mine.toml")


Days = tuple[dt.date | None, dt.date | None]


def in_order(days: Days) -> Days:
    first, last = days
    return (last, first) if first is not None and last is not None and last < first else days


@st.composite
def periods(draw: st.DrawFn) -> Days:
    """A first and a last day, in their order, or one of them, or neither."""
    days = st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2050, 12, 31))
    return in_order((draw(days), draw(days)))


@given(random_policies(), periods(), periods())
def test_days_go_to_the_document_and_back(policy: Policy, in_force: Days, dated: Days) -> None:
    """Those of the policy, and those of each value."""
    changed = attrs.evolve(
        policy,
        in_force=Period(in_force[0] or dt.date(2000, 1, 1), in_force[1]),
        parameters=[
            attrs.evolve(it, values=(attrs.evolve(it.values[0], since=dated[0], until=dated[1]),))
            for it in policy.parameters
        ],
    )
    again = read_policy(json.loads(canonical_policy(changed)))
    assert again == changed
    assert policy_hash(again) == policy_hash(changed)


def test_the_numbers_are_read_alike_on_every_machine() -> None:
    """No file of a built-in policy is read in an encoding that the machine chooses."""
    script = "import huurschuld; huurschuld.policies()"
    # lazy_loader opens the stub of our names, which is ASCII, without naming an encoding.
    warnings = ("error::EncodingWarning", "ignore::EncodingWarning:lazy_loader")
    strict = ("-X", "warn_default_encoding", *(it for each in warnings for it in ("-W", each)))
    package = str(Path(huurschuld.__file__).parents[1])
    subprocess.run(  # noqa: S603 - our own script
        [sys.executable, *strict, "-c", script], check=True, env={**os.environ, "PYTHONPATH": package}
    )


def test_a_file_extends_another_one_of_ones_own(tmp_path: Path) -> None:
    """What the extended file says is inherited; a chain that comes back to itself is refused."""
    head = 'name = "{0}"\ntitle = {{ nl = "{0}", en = "{0}" }}\nextends = "{1}"\n'
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text(head.format("first", "bgs-2021") + 'also = [{ when = "attempts >= 2" }]\n')
    second.write_text(head.format("second", "first.toml") + 'without_holds = ["deceased"]\n')
    inherited, extended = load_policy(first), load_policy(second)
    assert extended.refer_if_all == inherited.refer_if_all
    assert {it.name for it in inherited.holds} - {it.name for it in extended.holds} == {"deceased"}
    first.write_text(head.format("first", "second.toml"))
    with pytest.raises(InvalidValue) as caught:
        load_policy(second)
    assert str(caught.value.place) == "first.toml/extends"
    second.write_text(head.format("second", "../first.toml"))
    with pytest.raises(UnknownPolicy):  # it leads to no other folder
        load_policy(second)


def test_policies_extend_each_other_only_so_far(tmp_path: Path) -> None:
    """A thousand files in a row are told as such, not as a failure of Python."""
    for number in range(1_000):
        title = f"title = {{ en = 'P{number}', nl = 'P{number}' }}"
        text = f"extends = 'p{number + 1}.toml'\nname = 'p{number}'\n{title}\n"
        (tmp_path / f"p{number}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(
        InvalidValue, match=r"p20\.toml/extends: more than 20 policies extend each other"
    ):
        load_policy(tmp_path / "p0.toml")
