"""Deciding, receipts, and deciding again byte for byte."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given

from huurschuld import (
    Adopted,
    Decision,
    EngineUnavailable,
    HuurschuldError,
    InputChanged,
    InputError,
    InvalidValue,
    KeyNeeded,
    MissingField,
    Policy,
    PolicyNotInForce,
    SemanticsUnsupported,
    Tenancy,
    decide,
    decide_many,
    dump_receipts,
    load_case,
    load_receipts,
    policies,
    read_receipt,
    replay,
)
from huurschuld.rules import semantics
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.policies import find_policy
from huurschuld.rules.sources import USER
from huurschuld.testing import AS_OF, policies as random_policies, tenancies

KEY = b"a key of the tests alone"
GOLDEN = Path(__file__).parent / "golden"
CASE = load_case(GOLDEN / "case.json")


@given(random_policies(), tenancies())
def test_a_replayed_decision_is_the_same_byte_for_byte(policy: Policy, tenancy: Tenancy) -> None:
    """From the written receipt, policy and all: nothing else of the first decision is needed."""
    first = decide(tenancy, policy, AS_OF, key=KEY, assumptions={"contacts.direction": "out"})
    (receipt,) = load_receipts(dump_receipts([first.receipt]))
    (short,) = load_receipts(dump_receipts([first.receipt], policies=False), [policy])
    for kept in (receipt, short, read_receipt(first.receipt.to_json(), [policy])):
        again = replay(kept, tenancy, key=KEY)
        assert again == first
        assert again.to_json() == first.to_json()


@given(tenancies())
def test_a_receipt_keeps_values_and_who_set_them(tenancy: Tenancy) -> None:
    """Adopted values come back with their source, and each policy is kept once."""
    adopted = {"minimum_cents": Adopted(7500, "Leiden", dt.date(2024, 3, 1), "12"), "grace_days": 0}
    decisions = [
        decide(tenancy, "bgs-2021", AS_OF, adopted),
        decide(tenancy, "bgs-2021", AS_OF),
        decide(tenancy, "katwijk-2021", AS_OF, {"referral_months": "2.5"}),
    ]
    text = dump_receipts(decision.receipt for decision in decisions)
    assert len(json.loads(text)["policies"]) == 2
    short = dump_receipts((decision.receipt for decision in decisions), policies=False)
    for receipts in (load_receipts(text), load_receipts(short)):
        assert [replay(it, tenancy).to_json() for it in receipts] == [it.to_json() for it in decisions]


@given(tenancies(), tenancies())
def test_another_tenancy_is_not_taken_for_the_same(tenancy: Tenancy, other: Tenancy) -> None:
    """With a hash in the receipt, a replay on something else raises."""
    receipt = decide(tenancy, "bgs-2021", AS_OF, key=KEY).receipt
    changed = attrs.evolve(other, id=tenancy.id + "x")
    with pytest.raises(InputChanged):
        replay(receipt, changed, key=KEY)
    for wrong in (None, KEY + b"!"):
        with pytest.raises(KeyNeeded):
            replay(receipt, tenancy, key=wrong)


@pytest.mark.parametrize("key", [b"short", b"", "a text that is long enough"])
def test_a_key_is_at_least_sixteen_bytes(key: Any) -> None:
    """A short key could be found by trying."""
    with pytest.raises(InvalidValue) as caught:
        decide(CASE.tenancy, "bgs-2021", AS_OF, key=key)
    assert caught.value.place == "/key"


def test_a_decision_of_an_older_release_is_replayed_to_the_byte() -> None:
    """The golden case, receipt and decision were written when version 2 began, and never change."""
    (receipt,) = load_receipts((GOLDEN / "receipt.json").read_bytes())
    again = replay(receipt, CASE.tenancy, key=b"the key of the golden receipt")
    assert again.to_json() + "\n" == (GOLDEN / "decision.json").read_text(encoding="utf-8")


def test_receipts_of_version_1_are_refused_by_name_with_what_to_do() -> None:
    """They were made by other rules: the release that made them can replay them, and no other."""
    with pytest.raises(SemanticsUnsupported) as caught:
        load_receipts((GOLDEN / "receipt-of-version-1.json").read_bytes())
    assert caught.value.place == "/receipts/0/semantics"
    assert "version 1 of the semantics, this is 2" in caught.value.problem
    assert caught.value.remedy == "replay it with release 0.1"


@pytest.mark.parametrize("version", ["N. Kanarie\n", "", "1" * 5_000])
def test_what_is_no_version_is_not_repeated(version: str) -> None:
    """A receipt that was changed may have anything there; the error is one line, without it."""
    receipt = attrs.evolve(decide(CASE.tenancy, "bgs-2021", AS_OF).receipt, semantics=version)
    with pytest.raises(SemanticsUnsupported) as caught:
        replay(receipt, CASE.tenancy)
    assert caught.value.problem == "made under another version of the semantics, this is 2"


@pytest.mark.parametrize("version", ["1", "3"])
def test_a_receipt_of_other_semantics_is_not_guessed_at(version: str) -> None:
    """A version that this release does not have is an error."""
    receipt = attrs.evolve(decide(CASE.tenancy, "bgs-2021", AS_OF).receipt, semantics=version)
    with pytest.raises(SemanticsUnsupported) as caught:
        replay(receipt, CASE.tenancy)
    assert caught.value.place == "/semantics"
    release = {"1": "release 0.1", "3": "the release that made it"}[version]
    assert caught.value.remedy == f"replay it with {release}"


@pytest.mark.parametrize(
    ("given", "problem", "remedy"),
    [
        ("2026-10-20", "not str", "such as date(2026, 10, 20)"),
        (dt.datetime(2026, 10, 20, 9), "not datetime", "give its .date()"),  # noqa: DTZ001 - what is tested
        (None, "not NoneType", "such as date(2026, 10, 20)"),
    ],
)
def test_a_day_of_another_type_is_refused_with_what_to_give(
    given: Any, problem: str, remedy: str
) -> None:
    """It names the type that it got, and not the value."""
    with pytest.raises(InvalidValue) as caught:
        decide(CASE.tenancy, "bgs-2021", given)
    assert caught.value.place == "/as_of"
    assert caught.value.problem == f"a datetime.date is expected, {problem}"
    assert caught.value.remedy == remedy


def test_a_policy_of_other_semantics_is_refused_by_their_version() -> None:
    """Its facts may have other names here, which is not what is wrong with the file."""
    with pytest.raises(SemanticsUnsupported) as caught:
        load_receipts(changed(policies={"0": {}}, receipt_semantics="0.9"))
    assert caught.value.place == "/receipts/0/semantics"


@pytest.mark.parametrize(
    ("own", "version", "replayed"),
    [
        ("1", "1", True),
        ("2.1", "2", True),
        ("2.1", "2.1", True),
        ("2.10", "2.9", True),
        ("2.1", "2.2", False),
        ("2", "2.1", False),
        ("2.1", "1", False),
        ("2.1", "1.1", False),
        ("1", "2", False),
        ("1", "1.0", False),
        ("1", "", False),
        ("1", "one", False),
    ],
)
def test_only_a_version_that_adds_facts_replays_an_older_one(
    monkeypatch: pytest.MonkeyPatch, own: str, version: str, replayed: bool
) -> None:
    """The number before the point changes with the answers; a later addition is not known yet."""
    monkeypatch.setattr(semantics, "SEMANTICS", own)
    assert semantics.can_replay(version) is replayed


def changed(**members: object) -> str:
    """The golden receipts with some members changed, or of the only receipt with `receipt_`."""
    document = json.loads((GOLDEN / "receipt.json").read_text(encoding="utf-8"))
    for name, value in members.items():
        if name.startswith("receipt_"):
            document["receipts"][0][name.removeprefix("receipt_")] = value
        else:
            document[name] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{", ""),
        ("[]", ""),
        (changed(more=1), ""),
        (changed(format="huurschuld-receipts/2"), "/format"),
        (changed(policies=[]), "/policies"),
        (changed(receipts={}), "/receipts"),
        (changed(receipts=[{}]), "/receipts/0"),
        (changed(receipt_policy="0"), "/receipts/0/policy"),
        (changed(receipt_as_of="2025-4-20"), "/receipts/0/as_of"),
        (changed(receipt_as_of=None), "/receipts/0/as_of"),
        (changed(receipt_parameters={}), "/receipts/0/parameters"),
        (changed(receipt_assumptions=[]), "/receipts/0/assumptions"),
        (changed(receipt_input={}), "/receipts/0/input"),
        (changed(receipt_input={"key_id": "é", "hmac_sha256": "0" * 64}), "/receipts/0/input/key_id"),
        (changed(receipt_input={"key_id": "0" * 12, "hmac_sha256": 5}), "/receipts/0/input/hmac_sha256"),
        (changed(receipt_semantics=1), "/receipts/0/semantics"),
        (changed(policies={"0": {}}), "/policies/0/format"),
        (changed(policies={"0": {}}, receipts=[{"semantics": 1}]), "/policies/0/format"),
        (changed(policies={"0": {}}, receipts=[[]]), "/policies/0/format"),
        (
            (GOLDEN / "receipt.json")
            .read_text(encoding="utf-8")
            .replace('"value": 7500', '"value": -1'),
            "/receipts/0/parameters/minimum_cents/value",
        ),
        (changed(receipt_assumptions={"a": 1}), "/receipts/0/assumptions/a"),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_refused(text: str, place: str) -> None:
    """Each error has its place."""
    with pytest.raises(InputError) as caught:
        load_receipts(text)
    assert caught.value.place == place


def short(**members: object) -> str:
    """A short receipt with some members changed."""
    receipt = decide(CASE.tenancy, "katwijk-2021", AS_OF, {"grace_days": 3}).receipt
    return json.dumps(json.loads(receipt.to_json()) | members)


def test_a_short_receipt_has_its_policy_by_hash() -> None:
    """Some hundreds of characters, with only the numbers that are not the policy's own."""
    assert list(json.loads(short())["parameters"]) == ["grace_days"]
    assert len(short()) < 500
    assert read_receipt(short()).policy.name == "katwijk-2021"


def test_a_short_receipt_of_an_earlier_release_is_read() -> None:
    """With its policy it is the whole one that was written that day."""
    (whole,) = load_receipts((GOLDEN / "receipt.json").read_bytes())
    kept = (GOLDEN / "short-receipt.json").read_bytes()
    assert read_receipt(kept, [whole.policy]) == whole
    assert whole.to_json() == kept.decode().strip()


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("[]", "", "invalid-value"),
        (short(more=1), "", "invalid-value"),
        (short(policy="0"), "/policy", "invalid-value"),
        (short(policy="0" * 64), "/policy", "unknown-policy"),
        (short(policy="0" * 64, semantics="9"), "/semantics", "semantics-unsupported"),
        (short(semantics=2), "/semantics", "invalid-value"),
        (short(as_of="20"), "/as_of", "invalid-value"),
        (short(as_of="2019-01-01"), "/as_of", "policy-not-in-force"),
        (short(parameters=[]), "/parameters", "invalid-value"),
        (short(parameters={"nonsense": 1}), "/parameters/nonsense", "unknown-field"),
        (short(parameters={"grace_days": 1}), "/parameters/grace_days", "invalid-value"),
        (short(assumptions={"a": 1}), "/assumptions/a", "invalid-value"),
        (short(input={}), "/input", "invalid-value"),
    ],
)
def test_a_short_receipt_that_is_not_as_it_was_written_is_refused(
    text: str, place: str, code: str
) -> None:
    """Each error has its place; a policy that is not known is asked for, never replaced."""
    with pytest.raises(HuurschuldError) as caught:
        read_receipt(text).on_day()
    assert (caught.value.place, caught.value.code) == (place, code)


def test_a_number_that_a_short_receipt_lacks_is_missing() -> None:
    """Where its policy has none of its own on the day."""
    base = find_policy("katwijk-2021")
    later = Parameter("grace_days", Unit.DAYS, (Dated(5, USER, since=dt.date(2027, 1, 1)),))
    others = tuple(it for it in base.parameters if it.name != "grace_days")
    policy = attrs.evolve(base, name="later", parameters=(*others, later))
    receipt = decide(CASE.tenancy, policy, AS_OF, {"grace_days": 3}).receipt
    assert read_receipt(receipt.to_json(), [policy]) == receipt
    document = json.loads(receipt.to_json()) | {"parameters": {}}
    with pytest.raises(MissingField) as caught:
        read_receipt(json.dumps(document), [policy])
    assert caught.value.place == "/parameters/grace_days"


def test_a_policy_that_was_tampered_with_is_found_by_its_hash() -> None:
    """The text of a kept policy is held against the hash that it is kept by."""
    text = (GOLDEN / "receipt.json").read_text(encoding="utf-8")
    with pytest.raises(InvalidValue, match="does not have that hash") as caught:
        load_receipts(
            text.replace("days_since_offer >= response_days", "days_since_offer < response_days")
        )
    assert str(caught.value.place).startswith("/policies/")


@pytest.mark.parametrize(
    "members",
    [
        {"receipt_as_of": "2025-04-21"},
        {"receipt_assumptions": {"contacts.direction": "out"}},
        {"receipt_input": None},
    ],
)
def test_a_receipt_that_was_tampered_with_is_found_by_its_key(members: dict[str, Any]) -> None:
    """The keyed hash covers the receipt too; without a hash it is not taken for checked."""
    (receipt,) = load_receipts(changed(**members))
    with pytest.raises((InputChanged, KeyNeeded)):
        replay(receipt, CASE.tenancy, key=b"the key of the golden receipt")


def test_a_day_that_is_none_of_the_policys_is_refused() -> None:
    """No such decision can have been made."""
    receipt = attrs.evolve(decide(CASE.tenancy, "bgs-2021", AS_OF).receipt, as_of=dt.date(2020, 1, 1))
    with pytest.raises(PolicyNotInForce):
        replay(receipt, CASE.tenancy)


@pytest.mark.parametrize("assumed", [1, 1.5, [], dt.date(2025, 1, 1)])
def test_an_assumption_that_no_receipt_can_keep_is_refused(assumed: Any) -> None:
    """Texts, true, false and None are kept; anything else is an error at once."""
    with pytest.raises(InvalidValue) as caught:
        decide(CASE.tenancy, "bgs-2021", AS_OF, assumptions={"contacts.direction": assumed})
    assert caught.value.place == "/assumptions/contacts.direction"


def test_without_a_key_there_is_no_hash_to_test_a_guess_against() -> None:
    """The receipt says so, and is the same on every machine."""
    receipt = decide(CASE.tenancy, "bgs-2021", AS_OF).receipt
    assert receipt.input is None
    assert receipt.document()["input"] is None
    assert repr(receipt) == "<Receipt of bgs-2021 on 2025-04-20>"


@given(tenancies())
def test_values_are_immutable_and_picklable(tenancy: Tenancy) -> None:
    """A tenancy and a decision go to another process and come back the same."""
    decision = decide(tenancy, "katwijk-2021", AS_OF, key=KEY)
    for value in (tenancy, decision):
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own bytes
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            value.id = "x"  # type: ignore[union-attr,misc] # what is tested


def test_threads_give_the_answers_of_one() -> None:
    """Eight threads at once, each its own policy and day in turn."""
    jobs = [
        (name, AS_OF + dt.timedelta(days=day), {"grace_days": day % 5})
        for day in range(60)
        for name in ("bgs-2021", "katwijk-2021")
    ]

    def one(job: Any) -> Decision:
        return decide(CASE.tenancy, *job)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, jobs)) == list(map(one, jobs))


@pytest.mark.parametrize(
    ("policy", "as_of", "parameters", "place"),
    [
        ("nonsense", AS_OF, None, "/policy"),
        (5, AS_OF, None, "/policy"),
        ("bgs-2021", dt.date(2020, 12, 31), None, "/as_of"),
        ("bgs-2021", dt.date(1899, 12, 31), None, "/as_of"),
        ("bgs-2021", "2025-04-20", None, "/as_of"),
        ("bgs-2021", dt.datetime(2025, 4, 20, 9), None, "/as_of"),  # noqa: DTZ001 - what is tested
        ("bgs-2021", AS_OF, {"nonsense": 1}, "/parameters/nonsense"),
    ],
)
def test_what_is_wrong_is_said_at_once(policy: Any, as_of: Any, parameters: Any, place: str) -> None:
    """By `decide`, and by `decide_many` before the first tenancy is looked at."""
    for call in (decide, lambda it, *more: decide_many(iter([it]), *more)):
        with pytest.raises(InputError) as caught:
            call(CASE.tenancy, policy, as_of, parameters)
        assert caught.value.place == place


def test_an_engine_that_is_not_there_is_an_error() -> None:
    """The reference engine is; another name says what there is."""
    asked = decide(CASE.tenancy, "bgs-2021", AS_OF, engine="reference")
    assert asked == decide(CASE.tenancy, "bgs-2021", AS_OF)
    for call in (
        lambda: decide(CASE.tenancy, "bgs-2021", AS_OF, engine="steam"),  # type: ignore[arg-type] # on purpose
        lambda: decide_many([], "bgs-2021", AS_OF, engine="steam"),  # type: ignore[arg-type] # on purpose
        lambda: replay(asked.receipt, CASE.tenancy, engine="steam"),  # type: ignore[arg-type] # on purpose
    ):
        with pytest.raises(EngineUnavailable, match="reference, durable"):
            call()


def test_what_is_no_tenancy_is_refused() -> None:
    """With its place, not by an error of Python."""
    with pytest.raises(InvalidValue) as caught:
        decide("T-1", "bgs-2021", AS_OF)  # type: ignore[arg-type] # what is tested
    assert caught.value.place == "/tenancy"


def test_many_are_decided_in_their_order() -> None:
    """One after the other, the same as one by one."""
    others = [attrs.evolve(CASE.tenancy, id=str(number)) for number in range(3)]
    decided = list(decide_many(others, policies()["bgs-2021"], AS_OF))
    assert decided == [decide(it, "bgs-2021", AS_OF) for it in others]
