"""A store of cases: what was acknowledged is there, several write at once, the forgotten are gone."""

from __future__ import annotations

import datetime as dt
import os
import random
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from case_lives import FIRST, KEY, attempted, event, whole_life
from case_stores import (
    BEGIN,
    TOLD_TO_A_LANDLORD,
    MovingClock,
    behind_its_back,
    both,
    new_store,
    write,
)
from hypothesis import HealthCheck, given, settings
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found

from huurschuld import DuplicateId, InvalidValue, UnknownReference
from huurschuld.cases import (
    CaseConflict,
    CaseStore,
    CaseStoreDamaged,
    Event,
    EventType,
    ImpossibleEvent,
    NoCaseStore,
    NotAllowed,
    Phase,
    Stored,
    create_case_store,
    fold,
    open_case_store,
    verify,
)

CANARY = "Zwaantje-van-der-Kanarie"
MakeUrl = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def make_url(request: pytest.FixtureRequest, tmp_path: Path) -> MakeUrl:
    """Makes the URL of a new, empty database."""
    if request.param == "sqlite":
        numbers = iter(range(10_000))
        return lambda: f"sqlite:///{tmp_path / f'cases-{next(numbers)}.sqlite'}"
    server: Cluster = request.getfixturevalue("cluster")
    return lambda: server.url(server.new_database())


@pytest.fixture
def url(make_url: MakeUrl) -> str:
    """The URL of an empty database."""
    return make_url()


@pytest.fixture
def store(url: str) -> Iterator[CaseStore]:
    """An empty store."""
    with new_store(url) as made:
        yield made


def look(store: CaseStore, case: str = KEY) -> Stored:
    """Look at a case as somebody of the GGD."""
    return store.look(case, by="ggd", person="a colleague", purpose="test")


def test_a_whole_life_is_kept_and_reopened(url: str) -> None:
    """Everything that was recorded, in order, after closing and opening again."""
    with new_store(url) as store:
        write(store, whole_life())
    with open_case_store(url) as again:
        found = again.look(KEY, by="ggd", person="a colleague", purpose="test")
        assert [it.id for it in found.events] == [it.id for it in whole_life()]
        assert found.state.phase is Phase.CLOSED
        assert found.state.unexpected == ()
        assert dict(found.events[11].data) == {"helper": "Budget Informatie Punt", "need": "budget"}
        assert again.keys() == (KEY,)
        assert verify(again) == ()


@pytest.mark.parametrize("many", [12, pytest.param(50, marks=pytest.mark.slow)])
def test_random_lives_are_what_a_plain_list_has(make_url: MakeUrl, many: int) -> None:
    """Several cases in one store, against a plain model: a list of events for each case.

    What the model refuses the store refuses, with the same error; nothing is lost, nothing doubled.
    """

    @given(attempted(most=12), attempted(most=12))
    @settings(
        max_examples=many,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    def lives(one: list[Event], other: list[Event]) -> None:
        runs[0] += 1
        cases = {f"one-{runs[0]}": one, f"other-{runs[0]}": other}
        model: dict[str, list[Event]] = {case: [] for case in cases}
        steps = [(case, it) for case, events in cases.items() for it in events]
        random.Random(len(steps)).shuffle(steps)
        for case, it in sorted(steps, key=lambda step: int(step[1].id)):
            clock.now = max(clock.now, it.recorded)
            both(store, model[case], case, it, clock)
        for case, events in model.items():
            if events:
                assert [it.id for it in look(store, case).events] == [it.id for it in events]

    runs, clock = [0], MovingClock(BEGIN)
    with new_store(make_url(), clock) as store:
        lives()
        assert verify(store) == ()


def test_the_same_event_twice_changes_nothing(store: CaseStore) -> None:
    """A command that was repeated is not a second event; another one with its id is refused."""
    first = store.record(KEY, "received", FIRST, by="ggd", id="e1")
    again = store.record(KEY, "received", FIRST, by="ggd", id="e1")
    assert (first.version, again.version) == (1, 1)
    with pytest.raises(DuplicateId):
        store.record(KEY, "received", FIRST, by="municipality", id="e1")


def test_who_looked_too_long_ago_is_told(store: CaseStore) -> None:
    """Optimistic: nothing is locked while somebody looks, and nothing is overwritten."""
    seen = store.record(KEY, "received", FIRST, by="ggd")
    store.record(KEY, "dossier-opened", FIRST, by="ggd", expected=seen.version)
    with pytest.raises(CaseConflict):
        store.record(
            KEY, "screened-out", FIRST, by="ggd", data={"reason": "died"}, expected=seen.version
        )
    store.record(KEY, "offer-made", FIRST, by="ggd")
    assert look(store).state.phase is Phase.OFFERED


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_others_record_between_reading_and_writing_is_not_lost(
    cluster: Cluster,  # noqa: F811 - the fixture
    times: int,
) -> None:
    """Nor written over: the case is read again, and after the third time locked before it is read."""
    url = cluster.url(cluster.new_database())
    meddled: list[str] = []
    now = MovingClock(dt.datetime(2027, 6, 1, tzinfo=dt.UTC))

    def clock() -> dt.datetime:  # it is asked for when the case is read, and nothing is written yet
        if len(meddled) < times:
            meddled.append(f"m{len(meddled)}")
            other.record(KEY, "moved-in", FIRST, by="municipality", id=meddled[-1])
        return now()

    with new_store(url) as other:
        other.record(KEY, "received", FIRST, by="ggd", id="first")
        with open_case_store(url, clock=clock) as store:
            last = store.record(KEY, "dossier-opened", FIRST, by="ggd", id="last")
        assert last.version == times + 2
        assert [it.id for it in look(other).events] == ["first", *meddled, "last"]
        assert verify(other) == ()


def test_what_a_store_remembers_is_never_taken_for_what_is(url: str) -> None:
    """Two that are open in turns: what the other one recorded, corrected or forgot counts at once."""
    life = whole_life()
    with (
        new_store(url) as one,
        open_case_store(url, clock=MovingClock(dt.datetime(2027, 7, 1, tzinfo=dt.UTC))) as two,
    ):
        for place, it in enumerate(life):
            store = (one, two, two, one, one)[place % 5]
            for its in (store, one, two):  # the same once more changes nothing
                write(its, [it])
            assert look(two).version == place + 1
        with pytest.raises(CaseConflict):
            one.record(KEY, "reopened", life[-1].happened, by="ggd", expected=len(life) - 1)
        one.record(KEY, "reopened", life[-1].happened, by="ggd", id="again", expected=len(life))
        two.record(KEY, "closed", life[-1].happened, by="ggd", id="over", data=life[-1].data)
        two.forget(KEY, by="municipality", person="a colleague")
        with pytest.raises(ImpossibleEvent, match="forgotten"):
            one.record(KEY, "reopened", life[-1].happened, by="ggd")
        assert [it.id for it in look(one).events] == [*(it.id for it in life), "again", "over"]
        assert verify(one) == ()


def test_what_is_refused_leaves_nothing(store: CaseStore) -> None:
    """Not even a case that would have begun with it."""
    with pytest.raises(ImpossibleEvent):
        store.record(KEY, "attempt", FIRST, by="ggd", data={"kind": "visit"})
    with pytest.raises(InvalidValue):
        store.record("", "received", FIRST, by="ggd")
    assert store.keys() == ()
    assert verify(store) == ()


def test_a_landlord_sees_the_feedback_and_nothing_else(store: CaseStore) -> None:
    """And every access is recorded, that of the landlord too."""
    write(store, whole_life()[:12])
    with pytest.raises(NotAllowed):
        store.look(KEY, by="landlord", person="somebody", purpose="curious")
    told = store.feedback(KEY, dt.date(2026, 1, 20), by="landlord", person="somebody of Dunavie")
    assert told.help_accepted
    with behind_its_back(str(store._engine.url.render_as_string(hide_password=False))) as connection:
        kinds = connection.exec_driver_sql("SELECT kind, public FROM entries ORDER BY number").all()
    assert [kind for kind, _ in kinds].count("access") == 1
    assert "somebody of Dunavie" in kinds[-1][1]
    with pytest.raises(UnknownReference):
        store.feedback("another", FIRST, by="landlord", person="somebody")


def test_a_landlord_records_and_learns_nothing_by_it(store: CaseStore) -> None:
    """Not the case, not how many events it has, and not in which phase it is by what is refused."""
    write(store, whole_life()[:15])
    recorded = store.record(
        KEY, "instalment-paid", dt.date(2026, 3, 1), by="landlord", data={"cents": 5_000}
    )
    assert (recorded.state, recorded.version) == (None, None)
    ggd = store.record(KEY, "threat-found", dt.date(2026, 3, 1), by="ggd", data={"threat": "home"})
    assert ggd.state is not None
    assert ggd.version == len(look(store).events) == 17
    store.record("screened", "received", FIRST, by="ggd")
    store.record("screened", "screened-out", FIRST, by="ggd", data={"reason": "known-to-debt-help"})
    refusals = set()
    for case in ("screened", "not there"):
        with pytest.raises(ImpossibleEvent) as refused:
            store.record(case, "plan-broken", dt.date(2026, 3, 2), by="landlord")
        refusals.add(str(refused.value))
    assert len(refusals) == 1
    assert TOLD_TO_A_LANDLORD in refusals.pop()
    assert store.keys() == (KEY, "screened")
    with pytest.raises(NotAllowed, match="/expected"):
        store.record(KEY, "moved-out", FIRST, by="landlord", expected=17)


def test_only_who_recorded_something_retracts_it_and_only_the_public_partners_forget(
    store: CaseStore,
) -> None:
    """A landlord may not undo what the GGD recorded; neither he nor a helper has anybody forgotten."""
    received = store.record(KEY, "received", FIRST, by="ggd")
    for kind, more in (
        ("retracted", {"data": {"event": received.id}}),
        ("moved-out", {"replaces": received.id}),
    ):
        with pytest.raises(ImpossibleEvent, match=TOLD_TO_A_LANDLORD):
            store.record(KEY, kind, FIRST, by="landlord", **more)
    store.record(KEY, "received", dt.date(2026, 1, 4), by="municipality", replaces=received.id)
    assert look(store).state.received == dt.date(2026, 1, 4)
    store.record(KEY, "closed", FIRST, by="ggd", data={"result": "advice"})
    for by in ("landlord", "helper", "resident"):
        with pytest.raises(NotAllowed, match="/by"):
            store.forget(KEY, by=by, person="somebody")
    assert not look(store).is_forgotten
    assert verify(store) == ()


def test_who_only_looked_is_no_conflict_and_a_view_has_its_own_events(store: CaseStore) -> None:
    """An access is no event; as of a day there are the events of that day, as known those known."""
    for it in whole_life():
        store.record(KEY, it.type, it.happened, by=it.by, data=it.data, id=it.id)
    seen = look(store)
    store.feedback(KEY, FIRST, by="landlord", person="somebody")
    look(store)
    store.record(KEY, "feedback-given", dt.date(2026, 4, 4), by="ggd", expected=seen.version)
    some = store.look(KEY, by="ggd", person="a colleague", purpose="test", as_of=FIRST)
    assert [it.type for it in some.events] == ["sent", "received"]
    assert some.version == seen.version + 1
    known = store.look(
        KEY, by="ggd", person="a colleague", purpose="test", known=seen.events[4].recorded
    )
    assert known.events == seen.events[:5]
    assert fold(known.events) == known.state


def test_a_word_that_is_none_is_told_at_its_place(store: CaseStore) -> None:
    """A role or a type that there is not."""
    for name, place in (("by", "/by"), ("type", "/type")):
        values = {"case": KEY, "type": "received", "happened": FIRST, "by": "ggd"} | {name: "x"}
        with pytest.raises(InvalidValue, match=f"{place}: one of "):
            store.record(**values)  # type: ignore[arg-type] # that is what is wrong
    store.record(KEY, "received", FIRST, by="ggd")
    with pytest.raises(InvalidValue, match="/by: one of "):
        store.look(KEY, by="x", person="a colleague", purpose="test")
    with pytest.raises(InvalidValue, match="/by: one of "):
        store.forget(KEY, by="x", person="a colleague")
    with pytest.raises(InvalidValue, match="1 to 200"):
        store.record("k" * 201, "received", FIRST, by="ggd")
    with pytest.raises(InvalidValue, match="1 to 200"):
        store.record(KEY, "moved-in", FIRST, by="ggd", id="i" * 201)


def test_the_forgotten_are_gone_and_the_figures_stay(url: str) -> None:
    """No canary is in any file of an SQLite store, nor in a dump of its tables, and the log verifies."""
    with new_store(url) as store:
        life = whole_life()
        life[11] = event("coupled", "2026-02-02", helper=CANARY, need=CANARY)
        write(store, life)
        write(store, whole_life()[:5], case="another")
        with pytest.raises(ImpossibleEvent, match="close it first"):
            store.forget("another", by="municipality", person="a colleague")
        before = look(store)
        store.forget(KEY, by="municipality", person="a colleague")
        store.forget(KEY, by="municipality", person="a colleague")
        after = look(store)
        assert verify(store) == ()
        with pytest.raises(ImpossibleEvent, match="forgotten"):
            store.record(KEY, "reopened", dt.date(2026, 5, 1), by="ggd")
    assert after.is_forgotten
    assert after.state.phase is before.state.phase is Phase.CLOSED
    assert [(it.type, it.happened) for it in after.events] == [(it.type, it.happened) for it in life]
    assert all(not it.data.get("helper") for it in after.events)
    assert CANARY.encode() not in dump(url)


def dump(url: str) -> bytes:
    """Everything that a store holds: its files, or all values of its tables."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(it.read_bytes() for it in path.parent.iterdir() if it.name.startswith(path.name))
    with behind_its_back(url) as connection:
        rows = [
            row
            for table in ("cases", "entries", "secrets", "summary")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608 - ours
        ]
    return b"".join(it if isinstance(it, bytes) else str(it).encode() for row in rows for it in row)


def test_no_canary_is_ever_in_the_clear(url: str) -> None:
    """What is personal is sealed from the first moment on; so are copies and backups."""
    with new_store(url) as store:
        store.record(KEY, "received", FIRST, by="ggd", data={"arrears_cents": 987_654})
        store.record(KEY, "coupled", FIRST, by="ggd", data={"helper": CANARY})
        store.look(KEY, by="ggd", person="a colleague", purpose=CANARY)
        store.record(KEY, "closed", FIRST, by="ggd", data={"result": "advice"})
        store.forget(KEY, by="ggd", person="a colleague")
        store.look(KEY, by="ggd", person="a colleague", purpose=CANARY)
        assert verify(store) == ()
        with pytest.raises(InvalidValue, match="/purpose"):
            store.look(KEY, by="ggd", person="a colleague", purpose="")
    found = dump(url)
    assert CANARY.encode() not in found
    assert b"987654" not in found


def test_a_clock_that_is_put_back_does_not_change_the_order(url: str) -> None:
    """An entry has at least the moment of the one before it."""
    clock = MovingClock(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    with new_store(url, clock) as store:
        store.record(KEY, "received", FIRST, by="ggd")
        clock.now = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
        store.record(KEY, "dossier-opened", FIRST, by="ggd")
        moments = [it.recorded for it in look(store).events]
    assert moments == sorted(moments)


def test_several_write_at_once_and_nothing_is_lost(url: str) -> None:
    """Eight threads, each with its own connection, in the same few cases; no deadlock reaches them."""
    create_case_store(url).close()
    failed: list[BaseException] = []

    def write_some(number: int) -> None:
        try:
            with open_case_store(url) as store:
                for turn in range(6):
                    store.record(f"case-{turn % 3}", "moved-in", FIRST, by="ggd", id=f"{number}-{turn}")
        except BaseException as error:  # noqa: BLE001 - it is looked at below
            failed.append(error)

    threads = [threading.Thread(target=write_some, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with open_case_store(url) as store:
        assert verify(store) == ()
        assert sorted(store.keys()) == ["case-0", "case-1", "case-2"]
        cases = [look(store, f"case-{number}") for number in range(3)]
        found = [it.id for case in cases for it in case.events]
    assert sorted(found) == sorted(f"{number}-{turn}" for number in range(8) for turn in range(6))


def test_only_a_store_is_opened(tmp_path: Path) -> None:
    """Not a missing file, one that others can read, another database, or one of a later release."""
    path = tmp_path / "cases.sqlite"
    with pytest.raises(NoCaseStore, match="no such file"):
        open_case_store(f"sqlite:///{path}")
    with pytest.raises(NoCaseStore, match="not the URL"):
        open_case_store("mysql://somewhere")
    for text in ("sqlite://", "nothing", "sqlite:///a?mode=ro"):
        with pytest.raises(NoCaseStore):
            create_case_store(text)
    create_case_store(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(NoCaseStore, match="already exists"):
        create_case_store(f"sqlite:///{path}")
    with behind_its_back(f"sqlite:///{path}") as connection:
        connection.exec_driver_sql("UPDATE huurschuld_cases_version SET version_num = '9999'")
    with pytest.raises(NoCaseStore, match="another release"):
        open_case_store(f"sqlite:///{path}")
    path.chmod(0o644)
    with pytest.raises(NoCaseStore, match="chmod 600"):
        open_case_store(f"sqlite:///{path}")
    os.truncate(path, 0)  # as if making it had been broken off
    path.chmod(0o600)
    with new_store(f"sqlite:///{path}") as store:
        assert store.keys() == ()
    with pytest.raises(NoCaseStore, match="already exists"):
        create_case_store(f"sqlite:///{path}")
    empty = tmp_path / "empty.sqlite"
    os.close(os.open(empty, os.O_CREAT, 0o600))
    with pytest.raises(NoCaseStore, match="no case store"):
        open_case_store(f"sqlite:///{empty}")
    empty.write_bytes(b"not a database, but long enough to look like one" * 100)
    with pytest.raises(CaseStoreDamaged):
        open_case_store(f"sqlite:///{empty}")


def test_on_postgresql_the_key_is_gone_once_the_table_is_written_anew(
    cluster: Cluster,  # noqa: F811 - that fixture
) -> None:
    """The page says how: what was deleted is in the old file of the table until then."""
    name = cluster.new_database()
    with new_store(cluster.url(name)) as store:
        write(store, whole_life())
        write(store, whole_life()[:5], case="another")
        with cluster.connect(name) as connection:
            [[key]] = connection.execute('SELECT key FROM secrets WHERE "case" = 1').fetchall()
            store.forget(KEY, by="municipality", person="a colleague")
            connection.execute("CHECKPOINT")
            assert bytes(key) in tables_of(cluster)
            connection.execute("VACUUM (FULL) secrets")
            connection.execute("CHECKPOINT")
            assert bytes(key) not in tables_of(cluster)
        assert look(store, "another").state.phase is Phase.OPEN
        assert verify(store) == ()


def tables_of(cluster: Cluster) -> bytes:  # noqa: F811 - that fixture
    """All files of tables; the write-ahead log is not among them."""
    files = (cluster.folder / "data" / "base").rglob("*")
    return b"".join(it.read_bytes() for it in files if it.is_file())


def test_there_is_one_store_in_a_database(cluster: Cluster) -> None:  # noqa: F811 - that fixture
    """A second one is refused, also beside tables of others."""
    url = cluster.url(cluster.new_database())
    with behind_its_back(url) as connection:
        connection.exec_driver_sql("CREATE TABLE somebody_elses (a integer)")
    with new_store(url) as store:
        assert store.keys() == ()
    with pytest.raises(NoCaseStore, match="already"):
        create_case_store(url)


def test_nothing_of_a_person_is_in_a_repr(store: CaseStore) -> None:
    """Nor is the login of a database."""
    stored = store.record(KEY, EventType.RECEIVED, FIRST, by="ggd", person=CANARY)
    assert CANARY not in repr(stored) + repr(store)
    found = look(store)
    assert CANARY not in repr(found)
    assert fold(found.events) == found.state == stored.state
