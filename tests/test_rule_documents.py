"""Documents of policies: what of them is read and written, and where an error is."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import huurschuld
from huurschuld import (
    Adopted,
    Clause,
    Hold,
    InputError,
    Parameter,
    Period,
    Policy,
    Unit,
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
from huurschuld.rules.sources import USER
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
    for name, among in (("own", None), ("bgs-2021", {"own": own})):
        with pytest.raises(InputError) as caught:
            find_policy(name, among)
        assert (caught.value.code, caught.value.place) == ("unknown-policy", "/policy")
    with pytest.raises(InputError) as caught:
        policies([own, attrs.evolve(own, in_force=Period(DAY - A_DAY))])
    assert (caught.value.code, caught.value.place) == ("duplicate-id", "/policy")


def deep(times: int) -> Condition:
    """A condition within conditions."""
    condition: Condition = deceased
    for _ in range(times):
        condition = ~condition
    return condition


SOURCE: dict[str, object] = {"kind": "law", "title": "BW", "note": {"nl": "a", "en": "b"}}


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
        (document(name=None), "missing-field", "/name"),
        (document(title=None), "missing-field", "/title"),
        (document(title="a"), "invalid-value", "/title"),
        (document(title={"nl": "", "en": "b"}), "invalid-value", "/title/nl"),
        (document(title={"nl": "a", "en": 5}), "invalid-value", "/title/en"),
        (document(in_force=None), "missing-field", "/in_force"),
        (document(in_force="2021-01-01"), "invalid-value", "/in_force"),
        (document(in_force={"from": "2021-01-01", "until": "x"}), "invalid-value", "/in_force/until"),
        (document(in_force={"from": "2021-01-01", "to": "x"}), "unknown-field", "/in_force/to"),
        (document(family=None), "missing-field", "/family"),
        (document(family=[]), "invalid-value", "/family"),
        (document(family={"when": ""}), "invalid-value", "/family/when"),
        (document(family={"when": "deceased", "if": ""}), "unknown-field", "/family/if"),
        (document(family={"when": "deceased", "source": "x"}), "invalid-value", "/family/source"),
        (sourced(kind=None), "missing-field", "/crisis/source/kind"),
        (sourced(title=5), "invalid-value", "/crisis/source/title"),
        (sourced(note="x"), "invalid-value", "/crisis/source/note"),
        (sourced(note={"nl": "a"}), "missing-field", "/crisis/source/note/en"),
        (sourced(dated="x"), "invalid-value", "/crisis/source/dated"),
        (sourced(url=5), "invalid-value", "/crisis/source/url"),
        (sourced(by="x"), "unknown-field", "/crisis/source/by"),
        (document(holds=[{"name": 5, "when": "deceased"}]), "invalid-value", "/holds/0/name"),
        (document(holds=[{"name": "a"}]), "missing-field", "/holds/0/when"),
        (document(holds=[{"name": "a", "when": "x"}]), "invalid-value", "/holds/0/when"),
        (document(holds=[{"name": "a", "when": "deceased", "x": 1}]), "unknown-field", "/holds/0/x"),
        (document(holds=[[]]), "invalid-value", "/holds/0"),
        (
            document(holds=[{"name": "a", "when": "deceased", "source": SOURCE | {"kind": "x"}}]),
            "invalid-value",
            "/holds/0/source/kind",
        ),
        (document(wait_if_any={}), "invalid-value", "/wait_if_any"),
        (document(refer_if_all=[]), "invalid-value", "/refer_if_all"),
        (document(remind_if_any=[{"when": "x"}]), "invalid-value", "/remind_if_any/0/when"),
        (
            document(contact_if_any=[{"when": "deceased"}, 5]),
            "invalid-value",
            "/contact_if_any/1",
        ),
        (document(parameters={"own": 5}), "invalid-value", "/parameters/own"),
        (document(parameters={"a/b": 5}), "invalid-value", "/parameters/a~1b"),
        (parameter(values=[{"value": 1}]), "missing-field", "/parameters/own/unit"),
        (parameter(unit=5, values=[{"value": 1}]), "invalid-value", "/parameters/own/unit"),
        (parameter(unit="days", values={}), "invalid-value", "/parameters/own/values"),
        (parameter(unit="days", values=[5]), "invalid-value", "/parameters/own/values/0"),
        (parameter(unit="days", value=5), "unknown-field", "/parameters/own/value"),
        (
            parameter(unit="days", values=[{"value": 1, "to": "x"}]),
            "unknown-field",
            "/parameters/own/values/0/to",
        ),
        (
            parameter(unit="days", values=[{"value": 1, "from": "x"}]),
            "invalid-value",
            "/parameters/own/values/0/from",
        ),
        (
            parameter(unit="days", values=[{"value": 1, "until": "x"}]),
            "invalid-value",
            "/parameters/own/values/0/until",
        ),
        (
            parameter(unit="days", values=[{"value": 1, "source": {}}]),
            "missing-field",
            "/parameters/own/values/0/source/kind",
        ),
        (extension(extends=5), "invalid-value", "/extends"),
        (extension(name=None), "missing-field", "/name"),
        (extension(title=None), "missing-field", "/title"),
        (extension(in_force={}), "missing-field", "/in_force/from"),
        (extension(also={}), "invalid-value", "/also"),
        (extension(also=[5]), "invalid-value", "/also/0"),
        (extension(also=[{"when": "x"}]), "invalid-value", "/also/0/when"),
        (extension(holds={}), "invalid-value", "/holds"),
        (extension(holds=[{"name": "a"}]), "missing-field", "/holds/0/when"),
        (
            extension(holds=[{"name": "a", "when": "deceased"}] * 2),
            "duplicate-id",
            "/holds/1/name",
        ),
        (
            extension(holds=[{"name": "deceased", "when": "deceased"}]),
            "duplicate-id",
            "/holds/0/name",
        ),
        (extension(parameters=[]), "invalid-value", "/parameters"),
        (extension(parameters={"a/b": {}}), "missing-field", "/parameters/a~1b/unit"),
        (adopted(by=None), "missing-field", "/parameters/grace_days/adopted/by"),
        (adopted(on="x"), "invalid-value", "/parameters/grace_days/adopted/on"),
        (adopted(number=5), "invalid-value", "/parameters/grace_days/adopted/number"),
        (adopted(at="x"), "unknown-field", "/parameters/grace_days/adopted/at"),
        (
            extension(parameters={"grace_days": {"value": 3, "adopted": 5}}),
            "invalid-value",
            "/parameters/grace_days/adopted",
        ),
        (
            extension(parameters={"grace_days": {"value": True}}),
            "invalid-value",
            "/parameters/grace_days",
        ),
    ],
)
def test_an_error_in_a_document_is_where_it_stands(given_document: Any, code: str, place: str) -> None:
    """Each member, of the whole and of every part."""
    with pytest.raises(InputError) as caught:
        read_policy(given_document, find_policy)
    assert (caught.value.code, caught.value.place) == (code, place)


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
    """It is the new unit that is wrong; the place is that in the policy that is extended."""
    days = {"unit": "days", "values": [{"value": 1}]}
    with pytest.raises(InputError) as caught:
        read_policy(extension(parameters={"minimum_cents": days}), find_policy)
    assert (caught.value.code, caught.value.place) == ("invalid-value", "/refer_if_all/0/when")


def test_an_extension_may_give_a_parameter_whole() -> None:
    """In place of an inherited one, and new ones that its own conditions and holds name."""
    whole = {"unit": "days", "values": [{"value": 3, "from": "2024-01-01"}]}
    policy = read_policy(
        extension(
            parameters={
                "grace_days": whole,
                "own_days": {"unit": "days", "values": [{"value": 5}]},
                "response_days": {
                    "value": 20,
                    "adopted": {"by": "Leiden", "on": "2024-03-01", "number": "12"},
                },
            },
            also=[{"when": "days_overdue >= own_days", "source": SOURCE}],
            holds=[{"name": "late", "when": "days_overdue > own_days", "source": SOURCE}],
        ),
        find_policy,
    )
    read = {it.name: it.values for it in policy.parameters}
    assert read["grace_days"] == (Dated(3, read["grace_days"][0].source, dt.date(2024, 1, 1)),)
    assert read["own_days"][0].value == 5
    adopted_source = Adopted(20, "Leiden", dt.date(2024, 3, 1), "12").source()
    assert read["response_days"] == (Dated(20, adopted_source),)
    assert [clause.source.title for clause in policy.refer_if_all[-1:]] == ["BW"]
    assert policy.holds[-1].source.title == "BW"
    assert policy.in_force == BGS.in_force


RUNGS = ("holds", "wait_if_any", "refer_if_all", "remind_if_any", "contact_if_any")


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


@pytest.mark.parametrize("text", ["a = " + "9" * 5_000, "a = " + "[" * 5_000, "a = 1979-13-01"])
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, text: str) -> None:
    """A number without end, lists within lists without end, a day that there is not."""
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
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
