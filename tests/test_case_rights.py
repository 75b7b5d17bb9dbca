"""Who sees what of a case: one table of fields, one of roles, and a landlord who learns nothing."""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import attrs
import pytest
from case_lives import FIRST, KEY, event, lives, whole_life
from case_stores import behind_its_back, new_store, write
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found

from huurschuld import HuurschuldError
from huurschuld.cases import (
    EVENTS,
    CaseStore,
    DataClass,
    Event,
    EventType,
    Feedback,
    NotAllowed,
    Recorded,
    Retention,
    Right,
    Role,
    export_person,
    fold,
    kept_cases,
    open_case_store,
    verify,
)
from huurschuld.cases.classification import ENTRY_FIELDS, Meaning
from huurschuld.cases.rights import RIGHTS, case_for, events_for
from huurschuld.model.values import Line, Whole
from huurschuld.storage.entries import Entry, personal_of

WORKS = (Role.GGD, Role.MUNICIPALITY, Role.HELPER, Role.RESIDENT)
CANARY = "Zwaantje-van-der-Kanarie"
CENTS = 7_654_321


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaseStore]:
    """An empty store."""
    with new_store(f"sqlite:///{tmp_path / 'cases.sqlite'}") as made:
        yield made


def every_meaning() -> Iterator[tuple[str, str, Meaning]]:
    """All fields of all entries: of what, its name, its meaning."""
    for type_, rule in EVENTS.items():
        yield from ((str(type_), name, it.meaning) for name, it in rule.data.items())
    for kind, fields in ENTRY_FIELDS.items():
        yield from ((kind, name, it) for name, it in fields.items())


def test_no_field_is_for_a_landlord_and_each_is_for_somebody() -> None:
    """What a landlord may know is a feedback, not a field; what nobody may read need not be kept."""
    for where, name, meaning in every_meaning():
        assert Role.LANDLORD not in meaning.readers, (where, name)
        assert {Role.GGD, Role.MUNICIPALITY} <= meaning.readers, (where, name)
        assert meaning.readers <= RIGHTS[Right.LOOK].roles, (where, name)


def test_words_that_somebody_writes_are_sealed_and_not_for_the_resident_unread() -> None:
    """Free text may be about health, or about others: a person reads it before the resident has it."""
    for where, name, meaning in every_meaning():
        if meaning.data_class is DataClass.SPECIAL:
            assert meaning.is_free_text, (where, name)
        if meaning.is_free_text:
            assert meaning.data_class.is_sealed, (where, name)
        if meaning.is_free_text or meaning.data_class is DataClass.STAFF:
            assert Role.RESIDENT not in meaning.readers, (where, name)


def test_what_is_in_the_clear_and_what_is_sealed_is_what_the_table_says(store: CaseStore) -> None:
    """Every entry of every kind, field by field, as it is stored."""
    url = str(store._engine.url.render_as_string(hide_password=False))
    write(store, [*whole_life(), event("reopened", "2026-04-04", reason="words", requested=False)])
    store.record(KEY, "closed", dt.date(2026, 4, 5), by="ggd", data={"result": "advice"}, person="one")
    store.look(KEY, by="helper", person="somebody", purpose="talk")
    store.look(KEY, by="resident", person="the resident", purpose="curious")
    with behind_its_back(url) as connection:
        (secret,) = connection.exec_driver_sql("SELECT key FROM secrets").one()
        found = [personal_names(row, secret) for row in rows(connection)]
    store.forget(KEY, by="ggd", person="one")
    with behind_its_back(url) as connection:
        found += [(row.kind, None, clear_names(row.public), set()) for row in rows(connection)[-1:]]
    seen = set()
    for kind, type_, clear, sealed in found:
        fields = dict(ENTRY_FIELDS[kind])
        if type_ is not None:
            fields |= {name: it.meaning for name, it in EVENTS[EventType(type_)].data.items()}
        known = clear | sealed | {"case", "id", "kind", "at"}
        assert known <= fields.keys()
        assert ENTRY_FIELDS[kind].keys() - {"resident"} <= known
        for name in known:
            assert fields[name].data_class.is_sealed == (name in sealed), (kind, type_, name)
        seen |= {kind}
    assert seen == set(ENTRY_FIELDS)


def rows(connection: Any) -> list[Any]:
    """The entries as they are stored."""
    return list(connection.exec_driver_sql("SELECT * FROM entries ORDER BY number").all())


def clear_names(public: str) -> set[str]:
    """The names of what stands in the clear; those of the data of an event among them."""
    found = json.loads(public)
    return (set(found) - {"data"}) | set(found.get("data", ()))


def personal_names(row: Any, secret: bytes) -> tuple[str, str | None, set[str], set[str]]:
    """The kind, the type, the names in the clear and the names that are sealed of an entry."""
    entry = Entry(**{name: value for name, value in row._mapping.items() if name != "case"})
    sealed = set(personal_of(KEY, entry, secret))
    return row.kind, json.loads(row.public).get("type"), clear_names(row.public), sealed


@given(lives(), st.sampled_from(WORKS))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_role_sees_what_it_may_read_and_all_of_that(life: list[Event], role: Role) -> None:
    """Of every event that it sees; one that is about something else is left out as a whole."""
    seen = {it.id: it for it in events_for(role, life)}
    for it in life:
        fields = it.rule.data
        may = {name: v for name, v in it.data.items() if role in fields[name].meaning.readers}
        if it.id not in seen:
            assert any(fields[name].required for name in it.data.keys() - may.keys())
            continue
        assert seen[it.id].data == may
        assert (seen[it.id].person is None) == (it.person is None or role is Role.RESIDENT)
    state = case_for(role, fold(life))
    assert all(it in seen.values() for it in state.history)
    assert all(it.event in seen.values() for it in state.unexpected)
    assert state.phase == fold(life).phase
    if role in {Role.GGD, Role.MUNICIPALITY}:
        assert (list(seen.values()), state) == (life, fold(life))


def test_a_helper_and_a_resident_see_the_case_without_what_is_not_for_them(store: CaseStore) -> None:
    """By looking and by recording; a colleague's remark is for neither of them."""
    life = whole_life()
    life[11] = event("coupled", "2026-02-02", helper="BIP", need="panic attacks")
    write(store, [*life, event("reopened", "2026-04-04", reason="brother called")])
    seen = {by: store.look(KEY, by=by, person="x", purpose="y") for by in WORKS}
    for by in (Role.GGD, Role.MUNICIPALITY):
        assert seen[by].events[11].data["need"] == "panic attacks"
        assert seen[by].events[-1].data["reason"] == "brother called"
    assert dict(seen[Role.HELPER].events[11].data) == {"helper": "BIP", "need": "panic attacks"}
    assert dict(seen[Role.HELPER].events[-1].data) == {}
    assert seen[Role.HELPER].events[0].person == "a colleague"
    assert dict(seen[Role.RESIDENT].events[11].data) == {"helper": "BIP"}
    assert dict(seen[Role.RESIDENT].events[0].data) == {"arrears_cents": 120_000}
    assert {it.person for it in seen[Role.RESIDENT].events} == {None}
    assert {it.version for it in seen.values()} == {len(life) + 1}
    recorded = store.record(
        KEY, "moved-out", dt.date(2026, 4, 5), by="helper", expected=len(life) + 1, person="x"
    )
    assert recorded.state is not None
    assert all("reason" not in it.data for it in recorded.state.history if it.type == "reopened")


def test_the_name_of_a_resident_who_looks_is_sealed_and_forgotten(store: CaseStore) -> None:
    """It is of the person, not of staff: it goes with the rest, and is not kept afterwards."""
    path = Path(str(store._engine.url.database))
    write(store, whole_life())
    store.look(KEY, by="resident", person=CANARY, purpose="what is in it")
    assert CANARY.encode() not in path.read_bytes()
    held = export_person(store, KEY, FIRST, by="ggd", person="x")["accesses"]
    assert [it["resident"] for it in held] == [CANARY, None]
    store.forget(KEY, by="ggd", person="x")
    store.look(KEY, by="resident", person=CANARY, purpose="what is left")
    held = export_person(store, KEY, FIRST, by="ggd", person="x")["accesses"]
    assert [it["resident"] for it in held] == [None] * 4
    assert verify(store) == ()


def test_each_right_is_held_to(store: CaseStore) -> None:
    """Who is not in the table is refused, with what to do instead; who is, is not."""
    write(store, whole_life())
    tries: Mapping[Right, Callable[[Role], object]] = {
        Right.LOOK: lambda by: store.look(KEY, by=by, person="x", purpose="y"),
        Right.FEEDBACK: lambda by: store.feedback(KEY, FIRST, by=by, person="x"),
        Right.FORGET: lambda by: store.forget(KEY, by=by, person="x"),
    }
    for what, attempt in tries.items():
        for role in Role:
            if role in RIGHTS[what].roles:
                attempt(role)
            else:
                with pytest.raises(NotAllowed, match=RIGHTS[what].instead):
                    attempt(role)


class Heard(logging.Handler):
    """Keeps all of every record."""

    def __init__(self) -> None:
        super().__init__(level=1)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(f"{record.getMessage()} {vars(record)}")


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Right every library logs, at every level."""
    handler, root = Heard(), logging.getLogger()
    names = ("", "sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "alembic", "psycopg")
    before = {name: logging.getLogger(name).level for name in names}
    root.addHandler(handler)
    for name in names:
        logging.getLogger(name).setLevel(1)
    yield handler
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def with_canaries(life: list[Event]) -> list[Event]:
    """The same life, in which all words and amounts of the public partners can be told from others."""
    return [
        event(
            it.type,
            it.happened,
            number=number,
            recorded=it.recorded,
            by=it.by,
            **{
                name: value if it.by is Role.LANDLORD else canary_of(it, name)
                for name, value in it.data.items()
            },
        )
        for number, it in enumerate(life)
    ]


def canary_of(it: Event, name: str) -> Any:
    """The value, or one that can be told from others."""
    match it.rule.data[name].kind:
        case Whole():
            return CENTS
        case kind if type(kind) is Line:
            return CANARY
    return it.data[name]


LANDLORDS_DATA: Mapping[str, Any] = {
    "arrears_cents": 50_000,
    "cents": 5_000,
    "threat": "home",
    "until": FIRST,
    "eviction": True,
    "on": FIRST,
    "event": "0",
    "reason": "words",
}
"""What a landlord writes himself."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_log_of_a_library_has_a_key_or_a_name(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, heard: Heard
) -> None:
    """Rows are what SQLAlchemy tells at the level DEBUG: what is in a log would outlive `forget`."""
    url = f"sqlite:///{tmp_path / 'cases.sqlite'}"
    if kind == "postgresql":
        server: Cluster = request.getfixturevalue("cluster")
        url = server.url(server.new_database())
    with new_store(url) as store:
        store.record(KEY, "received", FIRST, by="ggd", person=CANARY, data={"arrears_cents": CENTS})
        store.look(KEY, by="ggd", person=CANARY, purpose=CANARY)
        with behind_its_back(url) as connection:
            (secret,) = connection.exec_driver_sql("SELECT key FROM secrets").one()
        heard.told.clear()
        store.look(KEY, by="resident", person=CANARY, purpose=CANARY)
        assert list(kept_cases(store, Retention(personal_days=1), by="ggd"))
        assert export_person(store, KEY, FIRST, by="ggd", person=CANARY)["accesses"]
        assert verify(store) == ()
    with open_case_store(url) as again:
        assert again.keys() == (KEY,)
    assert not [it for it in heard.told if CANARY in it or repr(bytes(secret)) in it or KEY in it]


TOLD_OF_ANY_CASE = (
    "this cannot be recorded in this case now; ask the municipality",
    "another event has this id; use a new one for each event",
    "another entry of this case has this id",
)


@pytest.mark.parametrize("many", [2, pytest.param(60, marks=pytest.mark.slow)])
def test_nothing_that_the_ggd_knows_is_in_what_a_landlord_can_get(
    tmp_path: Path, heard: Heard, many: int
) -> None:
    """Results, errors and what caused them, `repr`, tracebacks, logs; whatever he tries, in any case.

    A refusal says the same as of a case in which nothing has happened, or no more than that it is one.
    """
    numbers = iter(range(10_000))

    @given(lives(), st.booleans(), st.randoms(use_true_random=False))
    @settings(
        max_examples=many,
        phases=(Phase.generate,),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    def tried(life: list[Event], forgets: bool, random: Random) -> None:
        url = f"sqlite:///{tmp_path / f'{next(numbers)}.sqlite'}"
        with new_store(url) as store, new_store(f"{url}.empty") as empty:
            for it in with_canaries(life):
                with suppress(HuurschuldError):
                    store.record(
                        KEY, it.type, it.happened, by=it.by, person=CANARY, data=it.data, id=it.id
                    )
            store.look(KEY, by="ggd", person=CANARY, purpose=CANARY)
            if forgets:
                with suppress(HuurschuldError):
                    store.forget(KEY, by="ggd", person=CANARY)
            for call in landlords_calls(random):
                got = list(told_by(partial(call, store)))
                assert not [it for it in got if CANARY in it or str(CENTS) in it]
                refused, of_none = refusal(partial(call, store)), refusal(partial(call, empty))
                assert refused in {"", of_none} or refused.endswith(TOLD_OF_ANY_CASE)

    tried()
    assert heard.told
    assert not [it for it in heard.told if CANARY in it or str(CENTS) in it]


def landlords_calls(random: Random) -> Iterator[Callable[[CaseStore], object]]:
    """What a landlord may try: each call, and some of the events, with data that is right or none."""
    day = dt.date(2027, 5, 2)
    landlord: Mapping[str, Any] = {"by": "landlord", "person": "P. Pieters"}

    def record(type_: EventType, more: Mapping[str, Any], store: CaseStore) -> object:
        return store.record(KEY, type_, day, **landlord, **more)

    yield lambda store: store.look(KEY, purpose="curious", **landlord)
    yield lambda store: store.forget(KEY, **landlord)
    yield partial(record, EventType.SENT, {"expected": 1})
    for type_ in random.sample(list(EventType), 12):
        data = {name: LANDLORDS_DATA.get(name, "x") for name in EVENTS[type_].data}
        yield partial(record, type_, random.choice([{}, {"data": data}, {"data": data, "id": "0"}]))
    yield lambda store: store.record(KEY, "sent", day, **landlord)
    yield lambda store: store.feedback(KEY, day, **landlord)
    yield lambda store: store.feedback(KEY, day, **landlord).facts()
    yield repr


def refusal(call: Callable[[], object]) -> str:
    """What a call is refused with; nothing if it is not."""
    try:
        call()
    except HuurschuldError as error:
        return str(error)
    return ""


def told_by(call: Callable[[], object]) -> Iterator[str]:
    """All texts that can be made of what a call gives, or of its error."""
    try:
        got = call()
    except HuurschuldError as error:
        yield "".join(traceback.TracebackException.from_exception(error).format())
        yield from (f"{it!s} {it!r} {vars(it)}" for it in chain_of(error))
    else:
        yield f"{got!s} {got!r}"
        if isinstance(got, Recorded | Feedback):
            yield str(attrs.asdict(got))


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what it came of, suppressed or not."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
