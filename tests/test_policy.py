"""Policies as values: dated, sourced, extended, written and read again unchanged."""

from __future__ import annotations

import datetime as dt
import io
import json
import pickle
from typing import Any

import attrs
import pytest
from hypothesis import example, given, strategies as st
from rich.console import Console

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
    PolicyNotInForce,
    Unit,
    UnknownField,
    UnknownPolicy,
    canonical_policy,
    policies,
    policy_for,
    policy_hash,
    read_policy,
)
from huurschuld.cli.display_policies import show_policy
from huurschuld.rules.document import policy_document
from huurschuld.rules.parameters import Dated, months_text, parse_months
from huurschuld.rules.policies import find_policy
from huurschuld.rules.sources import CHOICE, USER
from huurschuld.rules.terms import P, arrears_cents, attempts, days_overdue, objected, sustained_cents
from huurschuld.testing import policies as random_policies

DAY = dt.date(2025, 4, 20)
BGS = policies()["bgs-2021"]
NO_DAYS: tuple[Any, ...] = (True, 7.0, "7", None, [], {}, -1, 10**8 + 1, Adopted(True, "x"))


@given(st.sampled_from(list(policies().values())) | random_policies())
def test_a_policy_goes_to_canonical_json_and_back_unchanged(policy: Policy) -> None:
    """The text is kept by its hash; read again it is the same policy, with the same hash."""
    again = read_policy(json.loads(canonical_policy(policy)))
    assert again == policy
    assert canonical_policy(again) == canonical_policy(policy)
    assert policy_hash(again) == policy_hash(policy)
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("katwijk-2012", dt.date(2012, 6, 29), dt.date(2020, 12, 31)),
        ("bgs-2021", dt.date(2021, 1, 1), dt.date(2199, 12, 31)),
        ("katwijk-2021", dt.date(2021, 1, 1), dt.date(2199, 12, 31)),
    ],
)
def test_a_policy_is_in_force_on_its_days_and_no_other(name: str, first: dt.date, last: dt.date) -> None:
    """A day before or after is an error; there is no falling back."""
    assert policy_for(name, first) is policy_for(name, last)
    for day in (
        first - dt.timedelta(days=1),
        *([last + dt.timedelta(days=1)] if last.year < 2199 else []),
    ):
        for ask in (lambda day=day: policy_for(name, day), lambda day=day: policies()[name].on(day)):
            with pytest.raises(PolicyNotInForce) as caught:
                ask()
            assert caught.value.place == "/as_of"


def test_an_unknown_policy_is_an_error_that_helps() -> None:
    """It names what comes near, or what there is."""
    with pytest.raises(UnknownPolicy, match="did you mean bgs-2021"):
        find_policy("bgs-2020")
    with pytest.raises(UnknownPolicy, match="there are: katwijk-2012"):
        find_policy("nonsense")
    with pytest.raises(UnknownPolicy):
        policy_for("nonsense", DAY)


def test_a_value_that_the_user_sets_has_a_source() -> None:
    """A plain number is set by the user; an adopted one says by whom, when, under which number."""
    day = BGS.on(
        DAY, {"minimum_cents": 7500, "grace_days": Adopted(10, "Leiden", dt.date(2024, 3, 1), "12")}
    )
    dated = dict(day.parameters)
    assert dated["minimum_cents"] == Dated(7500, USER)
    assert dated["grace_days"].value == 10
    assert dated["grace_days"].source.title == "Leiden 12"
    assert dated["grace_days"].source.dated == dt.date(2024, 3, 1)
    assert Adopted(1, "Leiden").source().title == "Leiden"
    assert day.values["floor_cents"] == 1000


@pytest.mark.parametrize(
    ("parameters", "code", "place"),
    [
        ({"referral_months": "1"}, "unknown-field", "/parameters/referral_months"),
        ({"a/b": 1}, "unknown-field", "/parameters/a~1b"),
        *(({"grace_days": value}, "invalid-value", "/parameters/grace_days") for value in NO_DAYS),
        ({"sustained_days": 0}, "invalid-value", "/parameters/sustained_days"),
        ({"sustained_days": 36_501}, "invalid-value", "/parameters/sustained_days"),
    ],
)
def test_a_value_that_is_none_is_refused_at_its_place(parameters: Any, code: str, place: str) -> None:
    """Asked twice, for what is cached must not let anything through."""
    BGS.on(DAY, {"grace_days": 1})
    BGS.on(DAY, {"grace_days": Adopted(1, "x")})
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            BGS.on(DAY, parameters)
        assert (caught.value.code, caught.value.place) == (code, place)


@pytest.mark.parametrize(
    "given_months", ["", "1,5", "1.", ".5", "1.0000000001", "1234567890", "-1", "١", "1\n", 1, 1.5]
)
def test_months_are_a_text_of_digits(given_months: Any) -> None:
    """One to nine digits, and up to nine decimals; nothing else."""
    with pytest.raises(InvalidValue):
        policies()["katwijk-2021"].on(DAY, {"referral_months": given_months})


@given(st.integers(0, 10**18 - 1) | st.integers(0, 10**9 - 1).map(lambda it: it * 10**9))
@example(10**18 - 1)
def test_months_are_held_in_billionths(billionths: int) -> None:
    """And written without trailing zeros, as the conformance cases expect them."""
    text = months_text(billionths)
    assert parse_months(text) == billionths
    assert parse_months("007") == parse_months("7")
    assert text.strip(".") == text
    assert "." not in text or not text.endswith("0")
    assert months_text(1_000_016_666) == "1.000016666"


def test_a_policy_is_extended_by_another_name() -> None:
    """More conditions, more holds, other numbers: a new value, the old one untouched."""
    more = BGS.with_(
        "leiden-2024",
        in_force=Period(dt.date(2024, 1, 1)),
        parameters={
            "minimum_cents": Adopted(7500, "Leiden"),
            "own_cents": Parameter("own_cents", Unit.CENTS, (Dated(5, USER),)),
        },
        also=Clause(arrears_cents >= P.own_cents),
        holds=[Hold("no-contact", attempts < 1)],
    )
    assert more.refer_if_all == (*BGS.refer_if_all, Clause(arrears_cents >= P.own_cents, CHOICE))
    assert more.holds[:-1] == BGS.holds
    assert more.title == Phrase("leiden-2024", "leiden-2024")
    assert more.on(DAY).values["minimum_cents"] == 7500
    assert BGS.on(DAY).values["minimum_cents"] == 1
    assert policy_hash(more) != policy_hash(BGS)
    bare = BGS.with_("bare", also=attempts >= 1, title=Phrase("a", "b"))
    assert bare.refer_if_all[-1] == Clause(attempts >= 1, CHOICE)
    assert BGS.with_("several", also=[Clause(objected), Clause(~objected)]).refer_if_all[-2:] == (
        Clause(objected),
        Clause(~objected),
    )


def test_a_value_for_a_parameter_that_is_not_there_is_refused() -> None:
    """A new one is given whole."""
    with pytest.raises(UnknownField):
        BGS.with_("leiden", parameters={"referral_months": "2"})


def without(name: str) -> tuple[Parameter, ...]:
    return tuple(it for it in BGS.parameters if it.name != name)


OWN = Parameter("own", Unit.COUNT, (Dated(1, USER),))


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"name": "Leiden 2024"}, "invalid-value", "/name"),
        ({"in_force": Period(DAY, DAY - dt.timedelta(days=1))}, "invalid-value", "/in_force/until"),
        ({"refer_if_all": ()}, "invalid-value", "/refer_if_all"),
        ({"holds": (Hold("a", objected), Hold("a", objected))}, "duplicate-id", "/holds/1/name"),
        ({"holds": (Hold("A", objected),)}, "invalid-value", "/holds/0/name"),
        (
            {"parameters": (*BGS.parameters, attrs.evolve(OWN, name="Own"))},
            "invalid-value",
            "/parameters/Own",
        ),
        ({"parameters": without("grace_days")}, "unknown-reference", "/wait_if_any/0/when"),
        ({"parameters": without("sustained_days")}, "unknown-reference", "/refer_if_all/0/when"),
        ({"parameters": (*BGS.parameters, OWN)}, "invalid-value", "/parameters/own"),
        (
            {"parameters": (*BGS.parameters, BGS.parameters[0])},
            "duplicate-id",
            f"/parameters/{BGS.parameters[0].name}",
        ),
        ({"family": Clause(attempts >= P.floor_cents)}, "invalid-value", "/family/when"),
        (
            {
                "parameters": (*BGS.parameters, attrs.evolve(OWN, name="attempts")),
                "crisis": Clause(attempts >= P.attempts),
            },
            "invalid-value",
            "/parameters/attempts",
        ),
    ],
)
def test_a_policy_that_does_not_hold_together_cannot_be_made(
    changes: Any, code: str, place: str
) -> None:
    """Names, periods, parameters and their units are checked when it is made."""
    with pytest.raises(InputError) as caught:
        attrs.evolve(BGS, **changes)
    assert (caught.value.code, caught.value.place) == (code, place)


def test_a_parameter_without_a_value_for_the_day_is_an_error() -> None:
    """Another day's value is no substitute."""
    dated = Parameter(
        "minimum_cents",
        Unit.CENTS,
        (
            Dated(1, USER, until=dt.date(2021, 12, 31)),
            Dated(2, USER, since=dt.date(2023, 1, 1)),
        ),
    )
    policy = attrs.evolve(BGS, name="gap", parameters=(*without("minimum_cents"), dated))
    assert policy.on(dt.date(2021, 12, 31)).values["minimum_cents"] == 1
    assert policy.on(dt.date(2023, 1, 1)).values["minimum_cents"] == 2
    with pytest.raises(PolicyNotInForce) as caught:
        policy.on(dt.date(2022, 6, 1))
    assert caught.value.place == "/as_of"
    assert policy.on(dt.date(2022, 6, 1), {"minimum_cents": 3}).values["minimum_cents"] == 3


def test_a_policy_shows_its_name_alone() -> None:
    """And not all of its rules, wherever it is printed."""
    assert repr(BGS) == "<Policy bgs-2021>"


def test_rules_read_the_same_in_code_and_in_text() -> None:
    """The national rule starts as the document says."""
    assert BGS.refer_if_all[0].when == (sustained_cents >= P.minimum_cents)
    first: Any = policy_document(BGS)["refer_if_all"]
    assert first[0]["when"] == "sustained_cents >= minimum_cents"


def dated(*periods: tuple[str | None, str | None]) -> Parameter:
    """A parameter with values for these periods."""
    days = [[None if it is None else dt.date.fromisoformat(it) for it in period] for period in periods]
    return Parameter("own", Unit.CENTS, tuple(Dated(1, USER, *period) for period in days))


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: Parameter("own", Unit.CENTS, ()), "/parameters/own/values"),
        (lambda: dated((None, None), ("2024-01-01", None)), "/parameters/own/values/1"),
        (lambda: dated(("2024-01-01", None), (None, "2024-01-01")), "/parameters/own/values/1"),
        (lambda: dated(("2024-01-02", "2024-01-01")), "/parameters/own/values/0/until"),
        (lambda: Parameter("own", Unit.CENTS, (Dated(-1, USER),)), "/parameters/own/values/0/value"),
        (lambda: Parameter("own", Unit.DAYS, (Dated(10**9, USER),)), "/parameters/own/values/0/value"),
        (lambda: Parameter("own", Unit.DAYS, (Dated(True, USER),)), "/parameters/own/values/0/value"),
    ],
)
def test_a_parameter_has_one_value_for_a_day(make: Any, place: str) -> None:
    """Two values for one day are an error: the first must not win in silence."""
    with pytest.raises(InvalidValue) as caught:
        make()
    assert caught.value.place == place


def test_values_follow_each_other() -> None:
    """One ends the day before the next begins."""
    values = dated((None, "2023-12-31"), ("2024-01-01", None))
    assert [values.on(dt.date(2023, 12, 31)), values.on(dt.date(2024, 1, 1))] == list(values.values)


@st.composite
def dated_values(draw: st.DrawFn) -> Parameter:
    """A parameter with values for some days of a few weeks."""
    first = dt.date(2026, 1, 1)
    bounds = sorted(draw(st.sets(st.integers(0, 30), min_size=2, max_size=6)))
    periods = [(bounds[it], bounds[it + 1] - 1) for it in range(0, len(bounds) - 1, 2)]
    days = [(first + dt.timedelta(days=one), first + dt.timedelta(days=two)) for one, two in periods]
    values = [Dated(number, CHOICE, *its) for number, its in enumerate(days)]
    ends = draw(st.tuples(st.booleans(), st.booleans()))
    if ends[0]:
        values[0] = attrs.evolve(values[0], since=None)
    if ends[1]:
        values[-1] = attrs.evolve(values[-1], until=None)
    return Parameter("own_days", "days", tuple(draw(st.permutations(values))))


UP_TO_THE_LAST_DAY = Parameter("own_days", "days", (Dated(1, CHOICE, None, dt.date(2026, 2, 5)),))


@example(UP_TO_THE_LAST_DAY, True)
@given(dated_values(), st.booleans())
def test_the_days_without_a_value_are_told(parameter: Parameter, ends: bool) -> None:
    """A day is in a gap if asking for it is an error, and the gaps neither touch nor overlap."""
    since, until = dt.date(2025, 12, 30), dt.date(2026, 2, 5)
    gaps = list(parameter.gaps(since, until if ends else None))
    assert all(last is not None or not ends for _, last in gaps)
    day = since
    while day <= until:
        within = [first <= day <= (last or until) for first, last in gaps]
        try:
            parameter.on(day)
        except PolicyNotInForce:
            assert within.count(True) == 1
        else:
            assert not any(within)
        day += dt.timedelta(days=1)


def test_dated_values_are_shown_with_their_periods() -> None:
    """A policy officer reads from which day until which a number holds, and where there is none."""
    period = dt.date(2026, 6, 1), dt.date(2026, 12, 31)
    values = (Dated(9, CHOICE, dt.date(2027, 2, 1)), Dated(5, CHOICE, *period))
    policy = find_policy("bgs-2021").with_(
        "own",
        also=days_overdue >= P.own_days,
        parameters={"own_days": Parameter("own_days", "days", values)},
    )
    for lang, told in (
        (
            "en",
            [
                "own_days = 5, from 2026-06-01 until 2026-12-31",
                "own_days = 9, from 2027-02-01",
                "own_days: no value from 2021-01-01 until 2026-05-31; on those days",
                "own_days: no value from 2027-01-01 until 2027-01-31; on those days",
            ],
        ),
        (
            "nl",
            [
                "own_days = 5, van 1 juni 2026 tot en met 31 december 2026",
                "own_days = 9, vanaf 1 februari 2027",
                "own_days: geen waarde van 1 januari 2021 tot en met 31 mei 2026; op die dagen",
            ],
        ),
    ):
        screen = Console(file=io.StringIO(), width=80, highlight=False)
        show_policy(screen, policy, lang)  # type: ignore[arg-type] # a language
        shown = " ".join(screen.file.getvalue().split())  # type: ignore[attr-defined] # as given
        places = [shown.index(it) for it in told]
        assert places == sorted(places)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Adopted(1, ""),
        lambda: Adopted(1, "Leiden", dt.datetime(2024, 1, 1)),  # noqa: DTZ001 - what is tested
        lambda: Adopted(1, "Leiden", number=""),
        lambda: Phrase("", "a"),
        lambda: attrs.evolve(CHOICE, kind="law"),
        lambda: attrs.evolve(CHOICE, dated=dt.date(1899, 1, 1)),
        lambda: Dated(1, USER, since=dt.date(2200, 1, 1)),
        lambda: BGS.with_("long", also=deep(60)),
    ],
)
def test_what_could_not_be_read_again_cannot_be_made(make: Any) -> None:
    """Whatever a receipt keeps can be loaded years later, or is refused now."""
    with pytest.raises(InvalidValue):
        make()


def deep(times: int) -> Any:
    """A condition within conditions."""
    condition: Any = objected
    for _ in range(times):
        condition = ~condition
    return condition
