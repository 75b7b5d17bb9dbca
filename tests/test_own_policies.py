"""Policies of one's own, with facts of their own: every engine against the transcription of the text."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import oracle
import pytest
from attrs import evolve
from hypothesis import assume, event, given, strategies as st

from huurschuld import (
    InputError,
    StatedFact,
    Tenancy,
    UnknownReference,
    dump_tenancy,
    load_case,
    policies,
    read_portfolio,
    read_tenancy,
    worklist,
)
from huurschuld.analysis.conformance import conform
from huurschuld.errors import PolicyTooLarge
from huurschuld.plugins.portfolio import open_folder
from huurschuld.rules.clauses import Hold
from huurschuld.rules.conditions.language import Condition, Flag, leaves, required_fields
from huurschuld.rules.conditions.notation import text
from huurschuld.rules.document import policy_document
from huurschuld.rules.engines import durable
from huurschuld.rules.facts import FACTS
from huurschuld.rules.own_facts import CountedFact, GivenFact, nearly_named
from huurschuld.rules.parameters import Unit
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_checks import needed_parameters
from huurschuld.rules.policy_reading import read_policy
from huurschuld.rules.sources import Phrase
from huurschuld.rules.terms import minors, objected
from huurschuld.testing import AS_OF, conditions, near_threshold, tenancies
from huurschuld.testing.policies import DECLARED, declarations
from huurschuld.testing.policy_households import households_for

ENGINES = ("reference", *(() if durable.unavailable() else ("durable",)), "columnar")
NOT_IN_THE_TEXT = {"minor_living_in"}
WHENS = conditions(4, among=tuple({**FACTS, **DECLARED}.keys() - NOT_IN_THE_TEXT))
VALUES: dict[Unit, Any] = {Unit.MONTHS: "1", Unit.CENTS: 60_000, Unit.DAYS: 30, Unit.COUNT: 2}
WHY = "it is a test"
Document = dict[str, Any]


def clauses(several: list[Condition]) -> list[Document]:
    """Conditions as a document has them."""
    return [{"when": text(it)} for it in several]


def declared(conditions: list[Condition], policy: Policy) -> Document:
    """The parameters that conditions need and the policy does not have."""
    inherited = {parameter.name for parameter in policy.parameters}
    needed = {name: unit for it in conditions for name, unit in needed_parameters(it)}
    return {
        name: {"unit": str(unit), "values": [{"value": VALUES[unit]}]}
        for name, unit in needed.items()
        if name not in inherited
    }


@st.composite
def extensions(draw: st.DrawFn) -> Document:
    """Policies that go out from a built-in one and change any part of it."""
    base = policies()[draw(st.sampled_from(["bgs-2021", "katwijk-2021"]))]
    several = st.lists(WHENS, max_size=2)
    also, held = draw(several), draw(several)
    names = st.sampled_from(["own-a", "own-b", *(hold.name for hold in base.holds)])
    holds = [
        {"name": name, "when": text(when), "stops": draw(st.sampled_from(["everything", "referral"]))}
        for name, when in zip(
            draw(st.lists(names, min_size=2, max_size=2, unique=True)), held, strict=False
        )
    ]
    left_out = draw(
        st.lists(st.sampled_from([hold.name for hold in base.holds]), max_size=2, unique=True)
    )
    document: Document = {
        "extends": base.name,
        "name": "ours",
        "title": {"nl": "van ons", "en": "ours"},
        "also": clauses(also),
        "holds": holds,
        "without_holds": [name for name in left_out if name not in {hold["name"] for hold in holds}],
    }
    used, deciding = [*also, *held], [*also, *held]
    for member in draw(st.sets(st.sampled_from(["refer", "remind", "contact", "wait"]), max_size=2)):
        replaced = draw(st.lists(WHENS, min_size=member == "refer", max_size=2))
        used += replaced
        deciding += replaced if member in ("refer", "wait") else []
        document[member] = clauses(replaced)
    for member in draw(st.sets(st.sampled_from(["crisis", "family"]), max_size=1)):
        when = draw(WHENS)
        used.append(when)
        document[member] = {"when": text(when)}
    asked = {leaf.fact for when in used for leaf in leaves(when)}
    drawn = tuple(draw(declarations(name)) for name in sorted(asked & DECLARED.keys()))
    whole = base.with_("facts", facts=drawn)
    document["facts"] = policy_document(whole).get("facts", [])
    document["parameters"] = declared(used, base)
    if any("household" in required_fields(when) for when in deciding):
        document["children_decide"] = WHY
    return document


def answers(cases: list[Document], engine: str) -> list[dict[str, object]]:
    """What an engine says of some cases."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "cases.jsonl"
        file.write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")
        return [result.actual for result in conform(file, engine)]


@given(extensions(), st.data())
def test_every_engine_decides_by_a_policy_of_ones_own_as_the_text_says(
    document: Document, data: st.DataObject
) -> None:
    """Rungs, holds and priority replaced, holds left out, facts of its own: one answer."""
    try:
        policy = read_policy(document, find_policy)
    except PolicyTooLarge:
        assume(False)
        raise
    household = households_for(AS_OF, policy) | tenancies()
    several = data.draw(st.lists(household, min_size=1, max_size=3))
    case = {"policy": document, "as_of": AS_OF.isoformat()}
    cases = [{**case, "tenancy": dump_tenancy(tenancy)} for tenancy in several]
    expected = [oracle.outcome(case) for case in cases]
    event(str(expected[0]["advice"]))
    for engine in ENGINES:
        assert (engine, answers(cases, engine)) == (engine, expected)


GUARDIAN = GivenFact("guardian", None, Phrase("bewindvoerder", "guardian"))
HAS_GUARDIAN = Flag("guardian", GUARDIAN.type)
LETTERS = CountedFact("letters", Phrase("brieven", "letters"), channels=("letter",))


@given(near_threshold(), st.sampled_from([1, "1", 0]))
def test_a_value_of_another_unit_is_refused_at_its_place(near: Any, value: Any) -> None:
    """Where the policy declares the fact; where none does, the row has no effect."""
    own = policies()["bgs-2021"].with_("own", facts=[GUARDIAN], holds=[Hold("own", HAS_GUARDIAN)])
    stated: Tenancy = near.tenancy
    case = {
        "policy": {**policy_document(own)},
        "as_of": AS_OF.isoformat(),
        "tenancy": {**dump_tenancy(stated), "facts": [{"name": "guardian", "value": value}]},
    }
    refused = {"error": "invalid-value", "at": "/tenancy/facts/0/value"}
    for engine in ENGINES:
        assert answers([case], engine) == [refused]
        (decided,) = answers([{**case, "policy": "bgs-2021"}], engine)
        assert "advice" in decided


@pytest.mark.parametrize(
    ("make", "code", "place"),
    [
        (lambda: GivenFact("Guardian", None, GUARDIAN.label), "invalid-value", "/name"),
        (lambda: GivenFact("not", None, GUARDIAN.label), "invalid-value", "/name"),
        (lambda: GivenFact("months", Unit.MONTHS, GUARDIAN.label), "invalid-value", "/name"),
        (lambda: GivenFact("a", None, GUARDIAN.label, default=1), "invalid-value", "/default"),
        (lambda: GivenFact("a", Unit.COUNT, GUARDIAN.label, default=True), "invalid-value", "/default"),
        (lambda: GivenFact("a", Unit.DAYS, GUARDIAN.label, default=-1), "invalid-value", "/default"),
        (lambda: GivenFact("a", Unit.MONTHS, GUARDIAN.label, default=1), "invalid-value", "/default"),
        (lambda: CountedFact("a", GUARDIAN.label, channels=("fax",)), "invalid-value", "/channels/0"),
        (lambda: CountedFact("a", GUARDIAN.label, channels="letter"), "invalid-value", "/channels"),
        (lambda: CountedFact("a", GUARDIAN.label, are=("reached", "x")), "invalid-value", "/are/1"),
        (lambda: CountedFact("a", GUARDIAN.label, within_days=-1), "invalid-value", "/within_days"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_when_it_is_made(make: Any, code: str, place: str) -> None:
    """Its name, its default, and what it counts."""
    with pytest.raises(InputError) as caught:
        make()
    assert (caught.value.code, caught.value.place) == (code, place)


@st.composite
def misspelt(draw: st.DrawFn) -> str:
    """The name `guardian`, with a slip of the pen."""
    name = "guardian"
    index = draw(st.integers(0, len(name) - 1))
    return draw(
        st.sampled_from(
            [
                name.upper(),
                name.capitalize(),
                f" {name}",
                f"{name}\t ",
                f"{name}s",
                name[:index] + name[index + 1 :],
                name[:index] + name[index] + name[index:],
                f"{name[:index]}x{name[index:]}",
            ]
        )
    )


@given(
    misspelt(),
    st.integers(1, 9),
    st.lists(
        st.sampled_from(["guardian", "letters", "letter", "hospital", "x", "guardian_was_told"]),
        unique=True,
    ),
)
def test_a_name_that_is_nearly_that_of_a_given_fact_is_noticed(
    name: str, count: int, others: list[str]
) -> None:
    """By the fact that it may be meant for; names that are right, of other facts or counted are not."""
    rows = {**dict.fromkeys(others, 5), name: count}
    assert nearly_named(rows, [GUARDIAN, LETTERS]) == {"guardian": count}
    assert nearly_named(rows, [LETTERS]) == {}
    assert nearly_named(dict.fromkeys(others, 5), [GUARDIAN, LETTERS]) == {}


def test_a_worklist_says_how_many_rows_are_nearly_named() -> None:
    """For who screens tenancies in Python."""
    case = load_case(Path(__file__).parent.parent / "examples" / "refer-family.json")
    policy = policies()["bgs-2021"].with_("own", facts=[GUARDIAN], also=~HAS_GUARDIAN)
    stated = [StatedFact(name=name, value=True) for name in ("Guardian", "guardian ", "guardian")]
    several = [evolve(case.tenancy, id=str(it), facts=stated[: it + 1]) for it in range(3)]
    assert worklist(several, policy, case.as_of).nearly_named == {"guardian": 5}
    assert worklist(several, "bgs-2021", case.as_of).nearly_named == {}


def test_a_condition_on_a_fact_that_is_not_declared_is_refused() -> None:
    """Or on one that is declared as another kind of fact."""
    other = GivenFact("guardian", Unit.COUNT, GUARDIAN.label)
    for facts in ((), (other,)):
        with pytest.raises(UnknownReference) as caught:
            policies()["bgs-2021"].with_("own", facts=facts, also=HAS_GUARDIAN)
        assert caught.value.place == "/refer_if_all/6/when"


def test_holds_are_replaced_by_name_and_left_out_by_name() -> None:
    """In their place; one that is not there cannot be left out."""
    bgs = policies()["bgs-2021"]
    softer = Hold("disputed", objected, stops="referral")
    own = bgs.with_("own", holds=[softer], without_holds=["plan-in-force"])
    assert [hold.name for hold in own.holds] == [
        hold.name for hold in bgs.holds if hold.name != "plan-in-force"
    ]
    assert softer in own.holds
    with pytest.raises(UnknownReference) as caught:
        bgs.with_("own", without_holds=["deceased", "nonsense"])
    assert caught.value.place == "/without_holds/1"


def test_facts_of_ones_own_are_declared_by_name() -> None:
    """And have names that no built-in fact can have, where an engine keeps them beside these."""
    assert GUARDIAN.flag == HAS_GUARDIAN
    own = policies()["bgs-2021"].with_("own", facts=[GUARDIAN, LETTERS], also=LETTERS.quantity >= 1)
    assert own.own_facts() == {"guardian": GUARDIAN.type, "letters": LETTERS.type}
    assert own.refer_if_all[-1].when == (LETTERS.quantity >= 1)
    assert (GUARDIAN.type.key, LETTERS.type.key) == ("own_guardian", "own_letters")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"facts": [1]}, "/facts/0"),
        ({"facts": "guardian"}, "/facts"),
        ({"holds": ["disputed"]}, "/holds/0"),
        ({"also": "attempts >= 1"}, "/also"),
        ({"refer": 3}, "/refer"),
        ({"crisis": "soon"}, "/crisis"),
        ({"without_holds": [1]}, "/without_holds/0"),
        ({"children_decide": WHY}, "/children_decide"),
    ],
    ids=lambda it: next(iter(it)) if isinstance(it, dict) else None,
)
def test_what_is_no_part_of_a_policy_is_refused_at_its_place(
    changes: dict[str, Any], place: str
) -> None:
    """Also in Python, where nothing else checks it; and a reason for what nobody asks is untrue."""
    with pytest.raises(InputError) as caught:
        policies()["bgs-2021"].with_("own", **changes)
    assert caught.value.place == place


def test_a_reason_why_children_decide_goes_with_the_condition() -> None:
    """A policy that goes out from one in which they decide says so only as long as they do."""
    deciding = policies()["bgs-2021"].with_("own", also=minors >= 1, children_decide=WHY)
    assert deciding.with_("next", also=~objected).children_decide == WHY
    assert deciding.with_("other", refer=~objected).children_decide is None


def test_a_parameter_stays_as_long_as_a_fact_goes_by_it() -> None:
    """Though no condition asks the fact: its value is shown."""
    bgs = policies()["bgs-2021"]
    rest: dict[str, Any] = {"refer": ~objected, "remind": (), "contact": ()}
    without, counting = bgs.with_("own", **rest), bgs.with_("own", facts=LETTERS, **rest)
    assert "contact_days" not in {it.name for it in without.parameters}
    assert "contact_days" in {it.name for it in counting.parameters}


def test_a_number_of_a_table_is_read_as_the_unit_of_its_fact(tmp_path: Path) -> None:
    """So that a tenancy of a table is the same as that of its case file."""
    stay = GivenFact("stay", Unit.MONTHS, Phrase("verblijf", "stay"))
    rooms = GivenFact("rooms", Unit.COUNT, Phrase("kamers", "rooms"))
    for name, rows in {
        "tenancies": "id,start\nA,2020-01-01\n",
        "rents": "tenancy,from,cents\nA,2020-01-01,60000\n",
        "entries": "tenancy,id,kind,due,cents\n",
        "facts": "tenancy,name,value\nA,stay,2\nA,rooms,3\nA,else,4\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(rows)
    (tenancy,) = read_portfolio(open_folder(folder=str(tmp_path)), own=[stay, rooms])
    assert {it.name: it.value for it in tenancy.facts or ()} == {"stay": "2", "rooms": 3, "else": "4"}
    again = read_tenancy(dump_tenancy(tenancy))
    assert {it.name: it.value for it in again.facts or ()} == {"stay": "2", "rooms": 3, "else": 4}


def test_values_of_some_days_leave_the_rest_as_it_was() -> None:
    """With who adopted them; two sources of one value are one too many."""
    adopted = {"by": "Gemeente", "on": "2025-11-01", "number": "2025-1"}
    dated = {"value": 7_500, "from": "2026-01-01", "until": "2026-12-31", "adopted": adopted}

    def ours(**parameters: Any) -> Policy:
        title = {"nl": "van ons", "en": "ours"}
        document = {"extends": "bgs-2021", "name": "ours", "title": title, "parameters": parameters}
        return read_policy(document, find_policy)

    policy = ours(minimum_cents={"values": [dated]})
    values = {
        day: policy.on(dt.date.fromisoformat(day)).values["minimum_cents"]
        for day in ("2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01")
    }
    assert list(values.values()) == [1, 7_500, 7_500, 1]
    (parameter,) = [it for it in policy.parameters if it.name == "minimum_cents"]
    assert parameter.on(dt.date(2026, 6, 1)).source.title == "Gemeente 2025-1"
    assert parameter.over(None) == parameter
    first, second = dated | {"until": "2026-06-30"}, dated | {"from": "2026-07-01"}
    halves = ours(minimum_cents={"values": [first, second]})
    assert halves.on(dt.date(2026, 8, 1)).values["minimum_cents"] == 7_500
    assert ours(minimum_cents={"values": [{"value": 2}]}).on(AS_OF).values["minimum_cents"] == 2
    for parameters, place in (
        (
            {"minimum_cents": {"values": [{**dated, "source": {}}]}},
            "/parameters/minimum_cents/values/0/source",
        ),
        ({"contact_days": {"unit": "count", "values": [{"value": 1}]}}, "/parameters/contact_days/unit"),
    ):
        with pytest.raises(InputError) as caught:
            ours(**parameters)
        assert caught.value.place == place


def test_a_fact_has_the_unit_that_it_is_used_with() -> None:
    """A flag is not compared, a count is not a flag, and no name stands for another fact."""
    with pytest.raises(ValueError, match="not a yes-or-no fact"):
        _ = GivenFact("stay", Unit.MONTHS, Phrase("verblijf", "stay")).flag
    with pytest.raises(ValueError, match="not a quantity"):
        _ = GUARDIAN.quantity
    with pytest.raises(ValueError, match="not the fact of this type"):
        Flag("objected", GUARDIAN.type)
    with pytest.raises(InputError) as caught:
        GivenFact("stay", "weeks", Phrase("verblijf", "stay"))
    assert caught.value.place == "/unit"


def test_a_counted_fact_has_no_unit() -> None:
    """It is a count; a unit or a default beside it is no field of it."""
    fact = {"name": "visits", "label": {"nl": "a", "en": "b"}, "counted": {}, "unit": "count"}
    document = {"extends": "bgs-2021", "name": "ours", "title": {"nl": "a", "en": "b"}, "facts": [fact]}
    with pytest.raises(InputError) as caught:
        read_policy(document, find_policy)
    assert (caught.value.code, caught.value.place) == ("unknown-field", "/facts/0/unit")
