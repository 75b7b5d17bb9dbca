"""A portfolio cut into buckets, as Spark does: the same answers and refusals as all at once."""

from __future__ import annotations

import datetime as dt
import pickle
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from zlib import crc32

import polars as pl
import pyarrow as pa
import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st
from tables import as_tables, frames
from test_check import NAMES, damages, portfolio as six
from test_frames_refused import EDITS, ELSEWHERE, POLICY, portfolio

from huurschuld import Policy, Tenancy, __version__, screen
from huurschuld.portfolio.columnar import on_spark_tables
from huurschuld.portfolio.columnar.buckets import (
    ANSWER,
    Answer,
    Checked,
    Question,
    Screened,
    answered,
    pack,
    plain_schema,
)
from huurschuld.portfolio.columnar.doubtful import Figures
from huurschuld.portfolio.columnar.faults import Fault
from huurschuld.portfolio.columnar.intake import intake
from huurschuld.portfolio.columnar.on_spark import Ranks
from huurschuld.portfolio.columnar.screening import Screening, checks_of
from huurschuld.portfolio.schema import tenancy_column
from huurschuld.rules.own_facts import given_facts
from huurschuld.testing import AS_OF, policies, tenancies

Frames = Mapping[str, pl.DataFrame]
Bucket = Callable[[object], int]


def asked(
    question: Question, tables: Frames, bucket: Bucket, result: Any, version: str = __version__
) -> tuple[pl.DataFrame, list[Answer]]:
    """What Spark does with a question, without Spark: rows packed, brought together and answered."""
    found: dict[int, list[Any]] = defaultdict(list)
    schemas = {}
    for name, frame in tables.items():
        its = frame.to_arrow()
        schemas[name] = its.schema
        keys = frame[tenancy_column(name)].to_list()
        its = its.append_column("of", pa.array([bucket(it) for it in keys], pa.int32()))
        for batch in pack(name, frame.columns, its.to_batches(max_chunksize=7)):
            for row in range(batch.num_rows):
                found[batch["bucket"][row].as_py()].append(batch.slice(row, 1))
    rows, answers = [], []
    for its in found.values():
        told = pl.DataFrame(answered(question, schemas, result, version, pa.Table.from_batches(its)))
        answers += [pickle.loads(it) for it in told[ANSWER].drop_nulls()]  # noqa: S301 - made just now
        rows.append(told.filter(pl.col(ANSWER).is_null()).drop(ANSWER))
    return pl.concat(rows), answers


def result_of(question: Screened, tables: Frames) -> Any:
    """The schema of the result of a screening."""
    empty = {name: it.head(0).to_arrow() for name, it in tables.items()}
    found = Screening.of(
        empty, question.policy, question.as_of, question.parameters, carry=question.carried
    )
    rows = found.native(found.result(facts=question.facts, assumptions=question.assumptions))
    schema = plain_schema(rows)
    for name in question.carried:
        its = tables["tenancies"].to_arrow().schema.field(name)
        schema = schema.set(schema.get_field_index(name), its)
    return schema


def bucket_of(most: int, seed: int) -> Bucket:
    """The bucket of an id, of so many."""
    return lambda key: crc32(f"{seed} {key}".encode()) % most


buckets = st.integers(1, 4).flatmap(lambda most: st.integers(0, 99).map(partial(bucket_of, most)))


@pytest.mark.slow
@given(
    policies(),
    st.lists(tenancies(), min_size=1, max_size=8),
    buckets,
    st.sampled_from([AS_OF, [AS_OF, AS_OF - dt.timedelta(200)], "own"]),
)
@settings(max_examples=settings().max_examples // 5)
def test_buckets_together_answer_as_the_whole(
    policy: Policy, some: list[Tenancy], bucket: Bucket, as_of: Any
) -> None:
    """On one day, on several and on each one's own, with what is carried along, of whatever type."""
    tables = frames(as_tables([evolve(it, id=f"T{number}") for number, it in enumerate(some)]))
    tables.pop("facts", None)  # what is stated need not fit a policy of its own
    count = tables["tenancies"].height
    tables["tenancies"] = tables["tenancies"].with_columns(
        own=pl.Series([AS_OF - dt.timedelta(it) for it in range(count)]),
        list=pl.Series([[it] * (it % 3) for it in range(count)], dtype=pl.List(pl.Int64)),
    )
    carry = ("list", "own", "start")
    beside = ("list",) if as_of == "own" else ("list", "own")
    question = Screened(policy, as_of, None, {}, carry, beside, facts=True, assumptions={})
    found, answers = asked(question, tables, bucket, result_of(question, tables))
    assert [it.error for it in answers if it.error is not None or it.faults] == []
    expected = screen(tables, policy, as_of, facts=True, carry=carry)
    assert found.schema == expected.schema
    assert found.sort("tenancy", "as_of").equals(expected.sort("tenancy", "as_of"))


@pytest.mark.parametrize("what", ELSEWHERE)
def test_the_first_that_is_refused_is_the_same(what: str) -> None:
    """Whatever is in another bucket; rows have no number there."""
    tables = portfolio()
    EDITS[what](tables)
    [expected, *_] = Screening.of(tables, POLICY, AS_OF).faults(1)
    question = Screened(POLICY, AS_OF, None, {})
    _, answers = asked(question, tables, bucket_of(3, 1), result_of(question, tables))
    first = ranks(tables).ordered(fault for it in answers for fault in it.faults)[0]
    assert first.check == expected.check
    assert first.row is None
    assert bool(first.remedy) == bool(expected.remedy)


def ranks(tables: Frames) -> Ranks:
    """The order of the checks of a portfolio."""
    return Ranks.of(intake(tables, {}, {}, checked=True), given_facts(POLICY.facts))


@pytest.mark.slow
@given(st.data(), buckets)
@settings(max_examples=settings().max_examples // 5)
def test_all_that_is_wrong_is_found(data: st.DataObject, bucket: Bucket) -> None:
    """As often as it is, and with the rest decided, as a list to set aside needs it."""
    tables = six()
    expected = screen(tables, POLICY, AS_OF)
    for name in data.draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True)):
        data.draw(damages(tables, name))
    whole = checks_of(intake(tables, {}, {}), given_facts(POLICY.facts))
    faults = [*whole.faults()]
    if any(it.owner is None for it in faults):
        return  # then nothing is set aside; `check` asks again, which is tried in Spark
    bad = {it.owner for it in faults}
    question = Screened(POLICY, AS_OF, None, {}, aside=True, assumptions={}, doubts=True)
    found, answers = asked(question, tables, bucket, result_of(question, tables))
    assert found.sort("tenancy").equals(expected.filter(~pl.col("tenancy").is_in(bad)))
    told = [fault for it in answers for fault in it.faults]
    assert sorted(map(shown, told)) == sorted(map(shown, faults))
    everything = Checked(given_facts(POLICY.facts), {}, None, frozenset(), frozenset(), tallied=True)
    _, checked = asked(everything, tables, bucket, pa.schema([]))
    assert sorted(shown(fault) for it in checked for fault in it.faults) == sorted(map(shown, faults))
    assert sum(sum(it.tally.values()) for it in checked) == len(faults)


def shown(fault: Fault) -> tuple[str, str, str, str]:
    """What is told of a fault, but for its row."""
    return fault.table, fault.check.column, fault.check.refusal.problem, f"{fault.tenancy}"


def test_what_is_unlikely_is_seen_in_the_whole() -> None:
    """Also where each bucket holds too little to say so."""
    tables = six()
    tables["rents"] = tables["rents"].with_columns(cents=pl.lit(1_300))
    tables["contacts"] = pl.concat([tables["contacts"]] * 2)
    question = Screened(POLICY, AS_OF, None, {}, doubts=True)
    _, answers = asked(question, tables, bucket_of(4, 0), result_of(question, tables))
    warnings = [*Figures.added(it.figures for it in answers if it.figures).warnings()]
    assert warnings == [*Figures.of(intake(tables, {}, {})).warnings()]
    assert [it.code for it in warnings] == ["amounts-in-euros", "doubled-rows"]


def test_what_is_known_is_not_checked_again() -> None:
    """Whoever asks knows that it was found without fault."""
    tables = portfolio()
    EDITS["a rent is too low for its period"](tables)
    question = Screened(POLICY, AS_OF, None, {})
    for known in ([], ["rents"]):
        asks = evolve(question, known=frozenset(known))
        _, answers = asked(asks, tables, bucket_of(3, 0), result_of(question, tables))
        assert bool(known) is not any(it.faults for it in answers)


def test_executors_of_another_version_do_not_answer() -> None:
    """They may decide otherwise."""
    tables = portfolio()
    question = Screened(POLICY, AS_OF, None, {})
    found, answers = asked(question, tables, lambda _: 0, result_of(question, tables), "0.0.1")
    assert found.is_empty()
    assert "asked by 0.0.1; install the same version everywhere" in str(answers[0].error)


def test_what_fails_there_says_nothing_of_a_person() -> None:
    """A mistake of ours and one of a library are told as here, and Spark hears of neither."""

    class Failing:
        def answer(self, tables: Mapping[str, Any]) -> tuple[Any, Answer]:
            raise KeyError(tables["tenancies"]["id"][0].as_py())

    tables = portfolio()
    _, answers = asked(Failing(), tables, lambda _: 0, pa.schema([]))
    assert answers[0].error is not None
    assert answers[0].error.code == "internal-error"
    assert "KeyError" in str(answers[0].error)


@pytest.mark.parametrize(
    ("text", "code", "problem"),
    [
        ("ModuleNotFoundError: No module named 'polars'", "extra-needed", "polars is not installed"),
        ("java.lang.OutOfMemoryError: Java heap space", "invalid-value", "ran out of memory"),
        ("Python worker exited unexpectedly (crashed)", "invalid-value", "ran out of memory"),
    ],
)
def test_why_an_executor_failed_is_told(text: str, code: str, problem: str) -> None:
    """Spark says it in the text of its error only, in which there may be a cell as well."""
    error = on_spark_tables._cause_in(f"Jansen owes\n{text}\n")
    assert error is not None
    assert error.code == code
    assert problem in str(error)
    assert "Jansen" not in str(error)
    assert on_spark_tables._cause_in("Jansen owes") is None
