"""Taking in signals: each is recorded once, what is damaged stays where it is, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from case_lives import FIRST, WHO
from case_stores import new_store
from hypothesis import HealthCheck, given, settings, strategies as st
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found

from huurschuld import InvalidValue, UnknownReference
from huurschuld.cases import (
    CaseStore,
    ImpossibleEvent,
    Matching,
    NotAllowed,
    Phase,
    Reception,
    Signal,
    due,
    feedback,
    matches,
    open_case_store,
    receive,
    repeat,
    verify,
)
from huurschuld.cases.national_terms import DEADLINES
from huurschuld.cases.receiving import received_as
from huurschuld.cases.searching import events_of_case, received_signals
from huurschuld.errors import InputError
from huurschuld.model.referral import ContactDetails, Referral
from huurschuld.plugins.meldpunt import open_file_drop
from huurschuld.plugins.meldpunt.payload import read_payload
from huurschuld.plugins.meldpunt.receiving import Taken, read_message, receive_folder

TESTS = Path(__file__).parent
CANARY = "Zwaantje-van-der-Kanarie"
OTHER_NAMES = {"name": "naam", "place": "woonplaats", "amount": "bedrag"}
KEYS = [f"{number:032x}" for number in range(1, 9)]

lines = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
contacts = st.builds(
    ContactDetails,
    name=lines,
    street=lines,
    house_number=st.integers(1, 99_999),
    addition=st.none() | lines,
    postcode=st.sampled_from(["2225AB", "2225AC"]),
    place=lines,
    phone=st.none() | lines,
    email=st.none() | lines,
    care_of=st.none() | lines,
)
referrals = st.builds(Referral, contact=contacts, arrears_cents=st.integers(1, 10**8))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'cases.sqlite'}"
    server: Cluster = request.getfixturevalue("cluster")
    return server.url(server.new_database())


@pytest.fixture
def store(url: str) -> Iterator[CaseStore]:
    """A new store."""
    with new_store(url) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder, which landlords put their files into."""
    made = tmp_path / "in"
    made.mkdir()
    return made


def referral(cents: int = 127_000, contact: ContactDetails = WHO) -> Referral:
    return Referral(contact=contact, arrears_cents=cents)


def put(folder: Path, *keys: str, cents: int = 127_000) -> None:
    """Put files there as a landlord does."""
    channel = open_file_drop(folder=str(folder))
    for key in keys:
        assert channel.send(referral(cents), key).receipt == f"{key}.json"


def take(store: CaseStore, folder: Path, **options: object) -> Taken:
    return receive_folder(store, folder, by="ggd", person="a colleague", day=FIRST, **options)  # type: ignore[arg-type] # as given


def everything(store: CaseStore) -> dict[str, object]:
    """All that a store has, to see that nothing changed."""
    return {key: events_of_case(store, key) for key in store.keys()}  # noqa: SIM118 - not a mapping


@given(referrals, st.sampled_from(["euros", "cents"]), st.sampled_from([None, OTHER_NAMES]))
def test_what_is_sent_is_what_is_read(
    given_: Referral, amount: str, fields: dict[str, str] | None
) -> None:
    """Whatever the names of the fields, and however the amount is written."""
    payload = read_payload(fields, amount)
    assert payload.read(payload.of(given_)) == given_


@given(referrals, st.data())
def test_what_is_damaged_is_refused_and_not_quoted(given_: Referral, data: st.DataObject) -> None:
    """A byte that is lost or changed gives another valid message, or an error that quotes nothing."""
    whole = read_payload(None, "euros").of(given_)
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from([whole[:at], whole[:at] + b"\x00" + whole[at + 1 :], whole + whole[at:]])
    )
    problem = ""
    try:
        read_message(KEYS[0], damaged)
    except InputError as error:
        problem = str(error)
    values = [it for it in attrs.astuple(given_.contact) if isinstance(it, str) and len(it) > 9]
    assert not any(it in problem for it in values)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"amount": "12.5"}, "/amount"),
        ({"amount": "0.00"}, "/amount"),
        ({"amount": 1270}, "/amount"),
        ({"amount": None}, "/amount"),
        ({"house_number": True}, "/house_number"),
        ({"house_number": "4"}, "/house_number"),
        ({"postcode": "2225 ab"}, "/postcode"),
        ({"name": ""}, "/name"),
        ({"name": None}, "/name"),
        ({"children": 2}, "the root"),
    ],
)
def test_another_shape_is_refused_at_the_field(change: dict[str, object], place: str) -> None:
    """A field that no referral has is never taken in: it would be more than may be sent."""
    message = json.loads(read_payload(None, "euros").of(referral())) | change
    with pytest.raises(InputError, match=f"at {place}:"):
        read_message(KEYS[0], json.dumps(message).encode())
    for odd in (b"[]", b"", b"{}", b"\xff", b" " * 70_000):
        with pytest.raises(InputError):
            read_message(KEYS[0], odd)
    with pytest.raises(InvalidValue, match="/key"):
        read_message("../" + KEYS[0][3:], json.dumps(message).encode())


def test_a_signal_begins_a_case_with_what_was_sent(store: CaseStore, folder: Path) -> None:
    """The contact details and the amount; the file is gone, as it would be in the clear."""
    put(folder, *KEYS[:3])
    assert take(store, folder, landlord="Woonstichting").recorded == tuple(KEYS[:3])
    assert [it.name for it in folder.iterdir()] == [".huurschuld"]
    found = store.look(KEYS[0], by="ggd", person="a colleague", purpose="first talk")
    (event,) = found.events
    assert (event.id, event.happened, found.state.phase) == (KEYS[0], FIRST, Phase.RECEIVED)
    assert event.data == {"arrears_cents": 127_000, "contact": WHO, "landlord": "Woonstichting"}
    assert found.state.unexpected == ()
    assert verify(store) == ()


def test_taken_in_again_nothing_changes(store: CaseStore, folder: Path) -> None:
    """On another day, by somebody else, after a file is put back; also when much has happened since."""
    put(folder, *KEYS[:2])
    assert take(store, folder, keep=True).recorded == tuple(KEYS[:2])
    store.record(KEYS[0], "dossier-opened", FIRST, by="ggd")
    store.record(KEYS[1], "screened-out", FIRST, by="ggd", data={"reason": "unjust"})
    before = everything(store)
    later = FIRST + dt.timedelta(days=9)
    again = receive_folder(store, folder, by="municipality", person="another", day=later)
    assert (again.recorded, again.known, again.refused) == ((), tuple(KEYS[:2]), ())
    assert everything(store) == before
    assert take(store, folder) == Taken(recorded=(), known=(), refused=())


def test_the_key_of_another_message_is_refused(store: CaseStore, folder: Path) -> None:
    """Nothing of it is recorded, it stays where it is, and the others go on."""
    put(folder, KEYS[0])
    take(store, folder)
    before = everything(store)
    for change in ({"arrears_cents": 1}, {"contact": attrs.evolve(WHO, name="another")}):
        message = read_payload(None, "euros").of(attrs.evolve(referral(), **change))
        (folder / f"{KEYS[0]}.json").write_bytes(message)
        put(folder, key := KEYS[1 + len(change)])
        done = take(store, folder, keep=True)
        assert [(it.file, it.error.code) for it in done.refused] == [(f"{KEYS[0]}.json", "duplicate-id")]
        assert key in done.recorded + done.known
        assert events_of_case(store, KEYS[0]) == before[KEYS[0]]
        assert (folder / f"{KEYS[0]}.json").read_bytes() == message


def test_what_is_no_message_stays_and_is_named(store: CaseStore, folder: Path) -> None:
    """A half file, a link, a pipe, another name: each by its name, and the sound one is taken."""
    put(folder, KEYS[0])
    (folder / f"{KEYS[1]}.json").write_bytes(read_payload(None, "euros").of(referral())[:40])
    (folder / f"{KEYS[2]}.json").symlink_to(folder / f"{KEYS[0]}.json")
    os.mkfifo(folder / f"{KEYS[3]}.json")
    (folder / "notes.txt").write_text("hello")
    (folder / f"{KEYS[4]}.json").write_text(" " * 70_000)
    (folder / f"{KEYS[5]}.json").mkdir()
    done = take(store, folder)
    assert done.recorded == (KEYS[0],)
    named = [f"{KEYS[1]}.json", f"{KEYS[2]}.json", f"{KEYS[3]}.json", f"{KEYS[4]}.json", "notes.txt"]
    assert [it.file for it in done.refused] == named
    assert all(str(it.error).split(" at ")[1].startswith(it.file) for it in done.refused)
    assert all(os.path.lexists(folder / it) for it in named)
    assert store.keys() == (KEYS[0],)


def test_a_file_that_cannot_be_removed_is_named(store: CaseStore, folder: Path) -> None:
    """It is recorded all the same, once, and the others go on."""
    put(folder, *KEYS[:2])
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")
    done = take(store, folder)
    folder.chmod(0o700)
    assert done.recorded == tuple(KEYS[:2])
    assert ["recorded" in str(it.error) for it in done.refused] == [True, True]
    assert take(store, folder).known == tuple(KEYS[:2])


def test_the_day_is_that_of_the_file(store: CaseStore, folder: Path) -> None:
    """A file that came on Saturday was received on Saturday, whoever reads it on Monday."""
    put(folder, *KEYS[:2])
    written = dt.datetime(2026, 3, 6, 23, 30, tzinfo=dt.UTC).timestamp()  # the 7th in the Netherlands
    os.utime(folder / f"{KEYS[0]}.json", (written, written))
    receive_folder(store, folder, by="ggd")
    event = received_as(store, KEYS[0])
    assert event is not None
    assert event.happened == dt.date(2026, 3, 7)


def test_only_the_ggd_and_the_municipality_receive(store: CaseStore, folder: Path) -> None:
    """Anybody else is refused, file by file, and the folder stays as it is."""
    put(folder, KEYS[0])
    done = receive_folder(store, folder, by="helper", day=FIRST)
    assert [it.error.code for it in done.refused] == ["impossible-event"]
    assert (folder / f"{KEYS[0]}.json").exists()
    with pytest.raises(InvalidValue, match="no such folder"):
        receive_folder(store, folder / "elsewhere", by="ggd")


def test_of_a_forgotten_person_nothing_comes_back(store: CaseStore, folder: Path) -> None:
    """The message that was received before is known, and recorded nowhere again."""
    signal = Signal(key=KEYS[0], referral=referral())
    assert receive(store, signal, FIRST, by="ggd") is Reception.RECORDED
    store.record(KEYS[0], "closed", FIRST, by="ggd", data={"result": "advice"})
    store.forget(KEYS[0], by="ggd", person="a colleague")
    put(folder, KEYS[0])
    assert take(store, folder).known == (KEYS[0],)
    assert [it.case for it in received_signals(store)] == []


def test_no_canary_is_in_the_clear(tmp_path: Path, folder: Path) -> None:
    """The name and the address are sealed from the first moment on."""
    with new_store(f"sqlite:///{tmp_path / 'cases.sqlite'}") as store:
        contact = attrs.evolve(WHO, name=CANARY, street=CANARY, place=CANARY, phone=CANARY)
        open_file_drop(folder=str(folder)).send(referral(987_654, contact), KEYS[0])
        take(store, folder, landlord="Woonstichting")
    found = b"".join(it.read_bytes() for it in tmp_path.rglob("*") if it.is_file())
    assert CANARY.encode() not in found
    assert b"987654" not in found


def _take_in(url: str, folder: str, person: str) -> None:
    with open_case_store(url) as store:
        receive_folder(store, folder, by="ggd", person=person)


@pytest.mark.slow
def test_several_at_once_take_each_signal_once(url: str, folder: Path) -> None:
    """Three processes on one folder: each signal is one event, and every file is gone."""
    new = [f"{number:032x}" for number in range(100, 120)]
    with new_store(url):
        put(folder, *new)
    workers = [
        multiprocessing.get_context("spawn").Process(
            target=_take_in, args=(url, str(folder), f"colleague {number}")
        )
        for number in range(3)
    ]
    for it in workers:
        it.start()
    for it in workers:
        it.join()
    assert [it.exitcode for it in workers] == [0] * 3
    with open_case_store(url) as store:
        assert sorted(store.keys()) == new
        assert all(len(events_of_case(store, key) or ()) == 1 for key in new)
        assert verify(store) == ()
    assert not list(folder.glob("*.json"))


@pytest.mark.slow
def test_killed_before_any_line_no_signal_is_lost_or_doubled(tmp_path: Path) -> None:
    """And the next run takes what is left: each signal is then one event."""
    script = [sys.executable, str(TESTS / "receiving_crashes.py"), str(tmp_path)]
    ran = subprocess.run(  # noqa: S603 - a script of ours
        script, check=True, capture_output=True, text=True, cwd=TESTS
    )
    killed = [int(it) for it in ran.stdout.split()]
    assert len(killed) > 20
    for number in killed:
        folder = tmp_path / f"{number}" / "in"
        with open_case_store(f"sqlite:///{folder.parent / 'cases.sqlite'}") as store:
            left = {it.stem for it in folder.glob("*.json")}
            assert left | set(store.keys()) == set(KEYS[:2])
            take(store, folder)
            assert sorted(store.keys()) == KEYS[:2]
            assert all(len(events_of_case(store, key) or ()) == 1 for key in KEYS[:2])
            assert verify(store) == ()
        assert not list(folder.glob("*.json"))


def received(
    store: CaseStore, key: str, day: str, landlord: str | None = None, **contact: str | None
) -> None:
    """Take in a signal."""
    who = attrs.evolve(WHO, **contact)  # type: ignore[arg-type] # texts all
    signal = Signal(key=key, referral=referral(contact=who), landlord=landlord)
    receive(store, signal, dt.date.fromisoformat(day), by="ggd")


def test_matching_offers_what_the_store_can_tell(store: CaseStore) -> None:
    """By address, those of the same name first; of half a year, and what still runs; and no more."""
    received(store, KEYS[0], "2025-06-01", name="m. DE  Vriés")  # long ago, and still open
    received(store, KEYS[1], "2025-06-02")
    store.record(KEYS[1], "closed", dt.date(2025, 8, 1), by="ggd", data={"result": "advice"})
    received(store, KEYS[2], "2025-10-01", name="P. Pieters", addition=None)
    received(store, KEYS[3], "2025-11-01", addition="a")
    received(store, KEYS[4], "2025-12-01", landlord="another")
    store.record(KEYS[4], "closed", dt.date(2026, 1, 1), by="ggd", data={"result": "advice"})
    received(store, KEYS[5], "2026-02-28", landlord="Woonstichting")
    found = matches(store, KEYS[5], by="ggd", person="a colleague")
    assert [(it.case, it.is_same_name, it.suggests, it.phase) for it in found] == [
        (KEYS[4], True, Matching.MULTIPLE, Phase.CLOSED),
        (KEYS[0], True, Matching.EARLIER, Phase.RECEIVED),
        (KEYS[2], False, Matching.EARLIER, Phase.RECEIVED),
    ]
    for role in ("landlord", "helper", "resident"):
        with pytest.raises(NotAllowed, match="which cases there are"):
            matches(store, KEYS[5], by=role, person="a colleague")
    with pytest.raises(UnknownReference):
        matches(store, "nobody", by="ggd", person="a colleague")
    store.record("by-hand", "received", FIRST, by="ggd", id="by-hand")
    with pytest.raises(ImpossibleEvent, match="match it by hand"):
        matches(store, "by-hand", by="ggd", person="a colleague")


def test_a_repeated_signal_is_seen_in_the_case_that_runs(store: CaseStore) -> None:
    """With its amount; the deadlines stay, and the landlord hears of it what he may know."""
    received(store, KEYS[0], "2026-01-05")
    for type_ in ("dossier-opened", "accepted"):
        store.record(KEYS[0], type_, FIRST, by="ggd")
    received(store, KEYS[1], "2026-02-10")
    day = dt.date(2026, 2, 11)
    for _ in range(2):
        repeat(store, KEYS[1], KEYS[0], day, by="ggd", person="a colleague")
    first = store.look(KEYS[0], by="ggd", person="a colleague", purpose="first talk").state
    assert [str(it.happened) for it in first.history if it.type == "received"] == [
        "2026-01-05",
        "2026-02-10",
    ]
    assert [it.event.id for it in first.unexpected] == [first.history[2].id, KEYS[1]]
    assert "a repeated signal" in first.unexpected[-1].reason.en
    (talk,) = [it for it in due(first, day, DEADLINES) if it.name == "first-talk"]
    assert talk.begin == FIRST
    second = store.look(KEYS[1], by="ggd", person="a colleague", purpose="first talk").state
    assert [it.type for it in second.history] == ["received", "matched", "screened-out"]
    assert feedback(second, day).taken == "repeated"


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_repeated_signal_is_recorded_to_its_end_the_next_time(store: CaseStore, steps: int) -> None:
    """Broken off after any of its three steps, by whoever goes on, on whatever day."""
    for key in KEYS[:2]:
        received(store, key, "2026-01-05")
    event = received_as(store, KEYS[1])
    assert event is not None
    day = dt.date(2026, 1, 6)
    done = [
        (KEYS[0], "received", FIRST, event.data, KEYS[1]),
        (KEYS[1], "matched", day, {"matching": "earlier"}, f"{KEYS[1]}-matched"),
        (KEYS[1], "screened-out", day, {"reason": "repeated"}, f"{KEYS[1]}-screened-out"),
    ]
    for case, type_, happened, data, id_ in done[:steps]:
        store.record(case, type_, happened, by="ggd", person="a colleague", data=data, id=id_)
    repeat(store, KEYS[1], KEYS[0], day + dt.timedelta(days=1), by="municipality", person="another")
    assert [str(it.type) for it in events_of_case(store, KEYS[0]) or ()] == ["received"] * 2
    assert [str(it.type) for it in events_of_case(store, KEYS[1]) or ()] == [
        "received",
        "matched",
        "screened-out",
    ]


def test_what_is_not_a_repeated_signal_is_refused(store: CaseStore) -> None:
    """One of another landlord, of a case that is over, of itself, or that was never received."""
    received(store, KEYS[0], "2026-01-05", landlord="Woonstichting")
    received(store, KEYS[1], "2026-02-10", landlord="another")
    received(store, KEYS[2], "2026-02-10")
    before = everything(store)
    for key, of, problem in (
        (KEYS[1], KEYS[0], "matched as multiple"),
        (KEYS[2], KEYS[2], "no other case"),
        (KEYS[2], KEYS[3], "no other case"),
        (KEYS[3], KEYS[0], "receive it first"),
    ):
        with pytest.raises((ImpossibleEvent, UnknownReference), match=problem):
            repeat(store, key, of, dt.date(2026, 2, 11), by="ggd")
    assert everything(store) == before
    store.record(KEYS[0], "closed", dt.date(2026, 2, 9), by="ggd", data={"result": "advice"})
    with pytest.raises(ImpossibleEvent, match="reopen the case first"):
        repeat(store, KEYS[2], KEYS[0], dt.date(2026, 2, 12), by="ggd")
    assert len(events_of_case(store, KEYS[2]) or ()) == 1


def corrected(store: CaseStore, key: str, landlord: str, cents: int = 127_000, **who: object) -> None:
    """Put the signal of a case right, as a case worker does."""
    event = received_as(store, key)
    assert event is not None
    contact = attrs.evolve(WHO, **who)  # type: ignore[arg-type] # values all
    data = {"landlord": landlord, "contact": contact, "arrears_cents": cents}
    store.record(key, "received", event.happened, by="ggd", data=data, replaces=event.id)


def test_a_signal_that_was_corrected_counts_as_it_is_now(store: CaseStore) -> None:
    """Its landlord and its address; what it said before is asked nowhere, and the file is known."""
    received(store, KEYS[0], "2026-05-01", landlord="Dunavie")
    corrected(store, KEYS[0], "somebody", house_number=9)
    corrected(store, KEYS[0], "Woonstichting", house_number=5)
    for key, number in ((KEYS[1], 4), (KEYS[2], 5)):
        who = attrs.evolve(WHO, house_number=number)
        signal = Signal(key=key, referral=referral(contact=who), landlord="Woonstichting")
        receive(store, signal, dt.date(2026, 6, 1), by="ggd")
    found = {it: matches(store, it, by="ggd", person="a colleague") for it in KEYS[:3]}
    assert {it: [(one.case, one.suggests) for one in found[it]] for it in found} == {
        KEYS[0]: [(KEYS[2], Matching.EARLIER)],
        KEYS[1]: [],
        KEYS[2]: [(KEYS[0], Matching.EARLIER)],
    }
    again = Signal(key=KEYS[0], referral=referral(), landlord="Dunavie")
    assert receive(store, again, FIRST, by="ggd") is Reception.KNOWN
    repeat(store, KEYS[2], KEYS[0], dt.date(2026, 6, 2), by="ggd")
    corrected(store, KEYS[2], "Dunavie")
    with pytest.raises(ImpossibleEvent, match="matched as multiple"):
        repeat(store, KEYS[2], KEYS[0], dt.date(2026, 6, 2), by="ggd")
    corrected(store, KEYS[2], "Woonstichting", cents=150_000)
    with pytest.raises(ImpossibleEvent, match="correct it there too"):
        repeat(store, KEYS[2], KEYS[0], dt.date(2026, 6, 2), by="ggd")


def test_a_signal_that_was_taken_back_is_no_signal(store: CaseStore) -> None:
    """Neither matched nor repeated."""
    for key in KEYS[:2]:
        received(store, key, "2026-05-01")
    store.record(KEYS[1], "retracted", dt.date(2026, 5, 2), by="ggd", data={"event": KEYS[1]})
    assert matches(store, KEYS[0], by="ggd", person="a colleague") == ()
    with pytest.raises(UnknownReference, match="receive it first"):
        repeat(store, KEYS[1], KEYS[0], dt.date(2026, 5, 2), by="ggd")


def test_what_has_the_id_of_something_else_is_told_apart(store: CaseStore) -> None:
    """A landlord records under any id; a signal is received, and repeated, all the same."""
    taken = [(KEYS[1], it) for it in (KEYS[1], f"{KEYS[1]}-matched", f"{KEYS[1]}-screened-out")]
    for case, id_ in (*taken, (KEYS[0], KEYS[1])):
        store.record(case, "sent", FIRST, by="landlord", id=id_)
    for key in KEYS[:2]:
        received(store, key, "2026-01-05")
        signal = Signal(key=key, referral=referral())
        assert receive(store, signal, FIRST, by="ggd") is Reception.KNOWN
        with pytest.raises(InputError, match="another signal has this key"):
            receive(store, attrs.evolve(signal, referral=referral(1)), FIRST, by="ggd")
    for _ in range(2):
        repeat(store, KEYS[1], KEYS[0], FIRST, by="ggd")
    first, second = (events_of_case(store, key) or () for key in KEYS[:2])
    assert [str(it.type) for it in first] == ["sent", "received", "received"]
    assert [str(it.type) for it in second] == [*["sent"] * 3, "received", "matched", "screened-out"]
    store.record(KEYS[1], "retracted", FIRST, by="ggd", data={"event": second[-1].id})
    repeat(store, KEYS[1], KEYS[0], FIRST, by="ggd")
    assert (events_of_case(store, KEYS[1]) or ())[-1].type == "screened-out"


def test_a_case_that_was_reopened_after_the_signal_is_told(store: CaseStore) -> None:
    """It is open, so `reopen it first` would be no help: the day of reopening is what is wrong."""
    received(store, KEYS[0], "2026-05-01")
    store.record(KEYS[0], "closed", dt.date(2026, 5, 20), by="ggd", data={"result": "advice"})
    store.record(KEYS[0], "reopened", dt.date(2026, 6, 3), by="ggd", id="reopened")
    received(store, KEYS[1], "2026-06-01")
    with pytest.raises(ImpossibleEvent, match="`reopened` anew with `replaces`, as of 2026-06-01"):
        repeat(store, KEYS[1], KEYS[0], dt.date(2026, 6, 3), by="ggd")
    store.record(KEYS[0], "reopened", dt.date(2026, 6, 1), by="ggd", replaces="reopened")
    repeat(store, KEYS[1], KEYS[0], dt.date(2026, 6, 3), by="ggd")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(KEYS), st.integers(1, 3)), max_size=12))
def test_whatever_comes_in_whatever_order(tmp_path: Path, coming: list[tuple[str, int]]) -> None:
    """The first message of a key is the one that counts, and all others of that key are refused."""
    base = tmp_path / f"{os.urandom(8).hex()}"
    (folder := base / "in").mkdir(parents=True)
    first: dict[str, int] = {}
    with new_store(f"sqlite:///{base / 'cases.sqlite'}") as store:
        for key, cents in coming:
            (folder / f"{key}.json").write_bytes(read_payload(None, "euros").of(referral(cents)))
            done = take(store, folder)
            expected = first.setdefault(key, cents) == cents
            assert (not done.refused) == expected
            (folder / f"{key}.json").unlink(missing_ok=True)
        found = {key: received_as(store, key) for key in store.keys()}  # noqa: SIM118 - not a mapping
        assert {key: it.data["arrears_cents"] for key, it in found.items() if it} == first
        assert all(len(events_of_case(store, key) or ()) == 1 for key in first)
