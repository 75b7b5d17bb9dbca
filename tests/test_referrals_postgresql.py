"""An outbox in a PostgreSQL: several at once, one sender, and what ends in the middle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from outboxes import new_outbox
from postgres import Cluster
from referring import (
    A1,
    A2,
    NOON,
    QUICK,
    RECEIVER,
    WHO,
    People,
    Told,
    accepted,
    confirmed,
    happened,
    proposed,
    states,
    told_by,
)
from test_referrals_machine import OutboxMachine

from huurschuld import DuplicateId
from huurschuld.cases import open_case_store, verify
from huurschuld.model.referral import Delivery
from huurschuld.referrals import (
    NoOutbox,
    Outbox,
    OutboxBusy,
    OutboxDamaged,
    OutboxExists,
    OutboxFailed,
    State,
    WrongState,
    confirm,
    create_outbox,
    listing,
    open_outbox,
    receipt,
    send,
    withdraw,
)


@pytest.fixture
def url(cluster: Cluster) -> str:
    return new_outbox(cluster)


def name_of(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def test_an_outbox_is_made_once_in_a_database(cluster: Cluster) -> None:
    """An empty database has none; a second one is refused, and so is another kind of database."""
    url = cluster.url(cluster.new_database())
    with pytest.raises(NoOutbox, match="no outbox"):
        open_outbox(url)
    create_outbox(url).close()
    with pytest.raises(OutboxExists):
        create_outbox(url)
    with open_outbox(url) as outbox:
        assert states(outbox) == []
        assert outbox.files() == ()
        assert repr(outbox) == f"<Outbox {name_of(url)}>"
        with pytest.raises(NoOutbox, match="not a file"):
            outbox.path  # noqa: B018 - it raises
    for other in ("mysql://somewhere/db", "sqlite://", "sqlite:///a?mode=ro", "nothing://"):
        with pytest.raises(NoOutbox):
            open_outbox(other)


def test_a_server_that_is_not_there_tells_nothing_of_the_login(cluster: Cluster) -> None:
    """Neither name nor password."""
    login = ("jan", "geheim")
    url = f"postgresql+psycopg://{':'.join(login)}@/none?host={cluster.folder / 'none'}"
    with pytest.raises(OutboxFailed) as caught:
        open_outbox(url)
    assert not any(word in told_by(caught.value) for word in login)


def test_one_process_sends_at_a_time(url: str) -> None:
    """A second one is told so; the lock ends with the block, and with the connection."""
    with open_outbox(url) as one, open_outbox(url) as other:
        (key,) = confirmed(one, A1)
        told = Told()
        with one.sender(), pytest.raises(OutboxBusy, match="another process is sending"):
            send(other, told, RECEIVER)
        assert not told.got
        assert send(other, told, RECEIVER).accepted == (key,)
        with one.sender():
            one.close()
            with other.sender():
                pass


def test_a_sender_whose_connection_is_lost_begins_nothing_more(cluster: Cluster, url: str) -> None:
    """With the connection the lock is gone; another one may be sending already."""
    with open_outbox(url) as outbox:
        keys = confirmed(outbox, A1, A2)

        def cut(_: str) -> Delivery:
            with cluster.connect() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s AND pid <> pg_backend_pid()",
                    (name_of(url),),
                )
            return accepted()

        told = Told(cut, idempotent=True)
        with pytest.raises(OutboxFailed):
            send(outbox, told, RECEIVER, pacing=QUICK)
        assert [key for key, _ in told.got] == keys[:1]
        with pytest.raises(OutboxFailed, match="connection was lost"):
            send(outbox, told, RECEIVER, pacing=QUICK)
    with open_outbox(url) as again:
        assert states(again) == ["sending", "confirmed"]
        assert set(send(again, Told(idempotent=True), RECEIVER).accepted) == set(keys)
        assert "found" in happened(again, keys[0])
        assert verify(again) == ()


def test_two_who_confirm_one_proposal_are_told_who_was_first(url: str) -> None:
    """One of them gets a clear conflict, and nothing is confirmed twice."""
    with open_outbox(url) as outbox:
        (key,) = proposed(outbox, A1)
    barrier, done, failed = threading.Barrier(2), list[str](), list[BaseException]()

    def decide(name: str) -> None:
        with open_outbox(url) as mine:
            barrier.wait()
            try:
                result = confirm(mine, [key], by=name, contacts=People(), receiver=RECEIVER)
                done.extend(name for _ in result.keys)
                failed.extend(it.error for it in result.failed)
            except WrongState as error:
                failed.append(error)

    run_all(decide, ("one", "two"))
    assert len(done) == len(failed) == 1
    assert f"confirmed by {done[0]}" in str(failed[0])


def test_several_write_to_it_safely(url: str) -> None:
    """Nobody's work is lost, no deadlock reaches anybody, and a batch has one name."""
    errors: list[BaseException] = []

    def write(number: str) -> None:
        try:
            with open_outbox(url) as outbox:
                for turn in range(3):
                    two = (f"tenancy-{number}-{turn}-1", f"tenancy-{number}-{turn}-2")
                    keys = proposed(outbox, *two, batch=f"{number} {turn}")
                    confirm(outbox, keys, by=WHO, contacts=People(), receiver=RECEIVER)
                    withdraw(outbox, keys[1:], by=WHO, reason="they paid")
                with pytest.raises(DuplicateId):
                    proposed(outbox, "another", batch=f"{number} 0")
        except BaseException as error:  # noqa: BLE001 - it is looked at below
            errors.append(error)

    run_all(write, ("1", "2", "3", "4"))
    assert errors == []
    with open_outbox(url) as outbox:
        assert sorted(states(outbox)) == ["confirmed"] * 12 + ["withdrawn"] * 12
        assert len(send(outbox, Told(), RECEIVER).accepted) == 12
        assert verify(outbox) == ()


def test_whoever_opens_it_while_others_write_sees_no_damage(url: str) -> None:
    """All of it is checked as it is at one moment."""
    done = threading.Event()
    errors: list[BaseException] = []

    def open_again(_: str) -> None:
        try:
            while not done.is_set():
                open_outbox(url).close()
        except BaseException as error:  # noqa: BLE001 - it is looked at below
            errors.append(error)

    readers = [threading.Thread(target=open_again, args=("",)) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        with open_outbox(url) as outbox:
            for turn in range(10):
                keys = proposed(outbox, A1, A2, batch=f"batch {turn}")
                confirm(outbox, keys, by=WHO, contacts=People(), receiver=RECEIVER)
                withdraw(outbox, keys, by=WHO)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert errors == []


def test_who_forgets_a_case_and_who_changes_referrals_wait_for_each_other(url: str) -> None:
    """The sum of all referrals is right in the end, and no deadlock reaches anybody."""
    with open_outbox(url) as outbox, open_case_store(url) as store:
        keys = confirmed(outbox, *(f"tenancy-{number}" for number in range(6)))
        send(outbox, Told(), RECEIVER)
        for key in keys:
            store.record(key, "received", NOON.date(), by="ggd")
            store.record(key, "screened-out", NOON.date(), by="ggd", data={"reason": "unjust"})
    errors: list[BaseException] = []

    def work(what: str) -> None:
        try:
            with open_outbox(url) as outbox, open_case_store(url) as store:
                if what == "forget":
                    for key in keys:
                        store.forget(key, by="ggd", person=WHO)
                else:
                    for number in range(6):
                        proposed(outbox, f"another-{number}", batch=f"batch {number}")
        except BaseException as error:  # noqa: BLE001 - it is looked at below
            errors.append(error)

    run_all(work, ("forget", "propose"))
    assert errors == []
    with open_outbox(url) as outbox:
        assert verify(outbox) == ()
        assert sum(it.tenancy is None for it in listing(outbox)) == 6


def run_all(do: Callable[[str], None], names: tuple[str, ...]) -> None:
    """Do it in threads, one for each name."""
    threads = [threading.Thread(target=do, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE referrals SET state = 'accepted'",
        "DELETE FROM referrals",
        "TRUNCATE referrals CASCADE",
        "TRUNCATE entries",
        "UPDATE entries SET public = 'x'",
        "DELETE FROM entries",
        "UPDATE policies SET document = '{}'",
        "DELETE FROM policies",
    ],
)
def test_the_database_itself_refuses_what_must_never_happen(
    cluster: Cluster, url: str, statement: str
) -> None:
    """Whatever program writes to it; past that, the outbox is damaged."""
    with open_outbox(url, clock=lambda: NOON) as outbox:
        proposed(outbox, A1)
    with closing(cluster.connect(name_of(url))) as connection:
        with pytest.raises(Exception, match=r"not rewritten|not deleted|no such transition"):
            connection.execute(statement.encode())
        connection.execute(b"SET session_replication_role = replica")
        connection.execute(statement.encode())
    with pytest.raises(OutboxDamaged, match="something in the database is not as it was written"):
        open_outbox(url)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER legal_transition ON referrals",
        "ALTER TABLE entries DISABLE TRIGGER steps_stay",
        "DELETE FROM transitions WHERE before = 'doubtful'",
        "DROP TABLE policies",
        "UPDATE summary SET cases = 9",
    ],
)
def test_tables_that_were_changed_are_damage(cluster: Cluster, url: str, statement: str) -> None:
    """Rules of the database that are gone are seen when it is opened."""
    with closing(cluster.connect(name_of(url))) as connection:
        connection.execute(statement.encode())
    with pytest.raises(OutboxDamaged):
        open_outbox(url)


def test_an_answer_that_a_database_cannot_hold_is_kept_as_far_as_it_can(outbox: Outbox) -> None:
    """What the receiver accepted is accepted, whatever it answers."""
    (key,) = confirmed(outbox, A1)
    send(outbox, Told(lambda _: accepted("a\0b\ud800c")), RECEIVER)
    assert states(outbox) == ["accepted"]
    assert receipt(outbox, key) == "a\N{REPLACEMENT CHARACTER}b?c"


def test_referrals_and_cases_are_in_one_database(url: str) -> None:
    """Each with its own functions, and one log."""
    with open_outbox(url) as outbox, open_case_store(url) as store:
        (key,) = confirmed(outbox, A1)
        send(outbox, Told(), RECEIVER)
        store.record(key, "received", NOON.date(), by="ggd", data={"arrears_cents": 127_000})
        assert [it.state for it in listing(outbox)] == [State.ACCEPTED]
        assert verify(store) == verify(outbox) == ()


CLUSTERS: list[Cluster] = []


class ServerMachine(OutboxMachine):
    """The same persons and senders, with an outbox in a PostgreSQL."""

    def made(self) -> str:
        return new_outbox(CLUSTERS[0])


@pytest.mark.slow
def test_an_outbox_in_a_database_against_the_model(cluster: Cluster) -> None:
    """Anything that persons, senders and crashes may do, in any order."""
    CLUSTERS[:] = [cluster]
    few = settings(stateful_step_count=20, max_examples=25, deadline=None)
    run_state_machine_as_test(ServerMachine, settings=few)
