"""What goes between two processes: the values of a fixed table of types, and nothing else."""

from __future__ import annotations

import datetime as dt
import io
import json
import pickle
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, strategies as st
from plugins_on_disk import TOLD, WHO

from huurschuld.errors import Cell
from huurschuld.model.helpers import Helper
from huurschuld.model.referral import Delivery, Outcome, Referral, SentReferral
from huurschuld.plugins.host import codec
from huurschuld.plugins.host.codec import NotPlain, decode, encode, read, write
from huurschuld.plugins.host.kinds import Kind
from huurschuld.plugins.host.messages import (
    Failed,
    Invoke,
    Load,
    Loaded,
    Open,
    Opened,
    Provides,
    Returned,
)

SENT = SentReferral(
    key="0" * 32,
    day=dt.date(2026, 10, 20),
    receiver="desk",
    referral=Referral(contact=WHO, arrears_cents=127_000),
)
FAR = dt.timezone(dt.timedelta(hours=5, minutes=45))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters())
    | st.floats(allow_nan=False)
    | st.binary()
    | st.dates()
    | st.datetimes(timezones=st.sampled_from([None, dt.UTC, FAR])).map(lambda it: it.replace(fold=0))
    | st.times().map(lambda it: it.replace(fold=0))  # it has no meaning without rules of a time zone
    | st.text("abc/.\udcff").map(Path)
    | st.sampled_from(
        [WHO, SENT, TOLD, Delivery(outcome=Outcome.REFUSED), Cell("rents.csv", 3, "cents")]
    )
    | st.sampled_from([Helper(name="BIP", needs=["budget"]), Helper(name="BIP", needs=[], phone="1")])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(), inner, max_size=3)
        | st.sampled_from([set(), {1}, frozenset(), frozenset((None,))])
    ),
    max_leaves=8,
)
MESSAGES = (
    st.builds(Load, st.text(), st.text())
    | st.builds(Open, st.sampled_from(Kind), st.text(), st.dictionaries(st.text(), VALUES))
    | st.builds(Invoke, st.integers(), st.text(), st.tuples(VALUES))
    | st.builds(
        Loaded,
        st.tuples(st.just(Provides(Kind.CHANNEL, "desk"))),
        st.tuples(st.text()),
        st.dictionaries(st.text(), st.text()),
    )
    | st.builds(Opened, st.integers(), st.just(("place",)))
    | st.builds(Returned, VALUES)
    | st.builds(Failed, st.text(), st.text(), st.text(), st.text(), st.booleans())
)
NAMES = st.sampled_from(
    [*codec._BY_NAME, "os.system", "pathlib.os.system", "builtins.eval", "subprocess.Popen", "object"]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=9)
        | st.dictionaries(NAMES, inner, min_size=1, max_size=2)
        | st.dictionaries(st.text(), inner, max_size=2)
    ),
    max_leaves=20,
)


@given(VALUES | MESSAGES)
def test_what_is_written_is_read_as_it_was(value: object) -> None:
    """Values and types are the same on the other side, days, bytes and half characters included."""
    assert repr(decode(encode(value))) == repr(value)
    assert decode(encode(value)) == value


@given(st.lists(st.integers().map(lambda it: it * 64), max_size=20, unique=True))
def test_a_set_is_written_in_one_order(items: list[int]) -> None:
    """Two sets that are equal may give their items in different orders."""
    assert encode(set(items)) == encode(set(reversed(items)))  # noqa: C414 - put in in another order


@given(ANY_JSON.map(lambda it: json.dumps(it).encode()) | st.binary())
@example(b"\xff")
@example(b"")
@example(b"NaN")
@example(b"-Infinity")
@example(b"0.5")
@example(b"9" * 10_000)
@example(b"[" * 1_000_000)
@example(b'{"tuple":' * 100_000)
@example(b'{"tuple": [], "list": []}')
@example(b'{"set": [[]]}')
@example(b'{"set": [' + b",".join(b"%d" % (it * (2**61 - 1)) for it in range(100_000)) + b"]}")
@example(b'{"dict": [[1, 2]]}')
@example(b'{"Kind": ["ledger"]}')
@example(b'{"date": "2026-02-30"}')
@example(b'{"date": 20261020}')
@example(b'{"bytes": "~"}')
@example(b'{"Path": "x"}')
@example(b'{"Delivery": ["sent", "", null]}')
@example(b'{"Delivery": ["accepted", {"bytes": ""}, null]}')
@example(b'{"Delivery": ["accepted", ""]}')
@example(b'{"Cell": ["file", true, "column"]}')
@example(b'{"ContactDetails": ["N.\\n", "Kooiplein", 7, null, "2222AB", "Katwijk", null, null, null]}')
@example(b'{"Loaded": [{"tuple": [{"Provides": ["weapon", "x"]}]}, {"tuple": []}, {"dict": []}]}')
@example(b'{"os.system": "true"}')
@example(pickle.dumps(subprocess.Popen))
def test_whatever_comes_is_a_value_of_the_table_or_refused(data: bytes) -> None:
    """No bytes make anything else, run anything, or raise an error of another kind."""
    value = refused = object()
    try:
        value = decode(data)
    except NotPlain as error:
        shown = (error.args, error.__context__, error.__cause__)
    if value is refused:
        assert shown == ((), None, None)
    else:
        assert encode(value)


class Text(str):
    """A class of a plugin's own."""

    __slots__ = ()


def circle() -> object:
    """A list that contains itself."""
    found: list[Any] = []
    found.append(found)
    return found


@pytest.mark.parametrize(
    "value",
    [
        Decimal(1),
        Text("N. Kanarie"),
        print,
        object(),
        range(3),
        {1: "a key that is not a text"},
        {"deep": [({Text("N. Kanarie")},)]},
        Delivery(outcome="sent"),  # type: ignore[arg-type] # what a plugin may give nevertheless
        Delivery(outcome=Outcome.UNKNOWN, reason=Text("N. Kanarie")),
        dt.datetime(2026, 10, 20, tzinfo=type("Rules", (dt.tzinfo,), {})()),
        pytest.param(10**10_000, id="huge"),
        circle(),
        pytest.param(set(range(257)), id="a large set"),
    ],
)
def test_what_is_not_in_the_table_is_refused(value: object) -> None:
    """The error says nothing of the value."""
    with pytest.raises(NotPlain) as caught:
        encode(value)
    assert (caught.value.args, caught.value.__context__) == ((), None)


def test_an_outcome_that_is_written_as_a_text_is_an_outcome() -> None:
    """A plugin may give the word instead of the member."""
    loose: Any = "accepted"
    assert decode(encode(Delivery(outcome=loose))).outcome is Outcome.ACCEPTED


@given(st.integers(0, 2**64 - 1), st.binary(), st.binary())
def test_messages_are_read_one_after_the_other(number: int, first: bytes, second: bytes) -> None:
    """Each comes back whole, with its number; then there are no more."""
    stream = io.BytesIO()
    write(stream, number, first)
    write(stream, 0, second)
    stream.seek(0)
    assert [read(stream), read(stream)] == [(number, first), (0, second)]
    with pytest.raises(EOFError):
        read(stream)


@given(st.binary(max_size=40))
@example(b"\x00" * 8 + b"\xff" * 8)
@example(b"\x00" * 15 + b"\x01")
def test_a_stream_of_anything_ends(data: bytes) -> None:
    """Memory is taken for what is there, not for what a message claims to be."""
    stream = io.BytesIO(data)
    with pytest.raises((EOFError, NotPlain)):
        list(iter(lambda: read(stream), None))
