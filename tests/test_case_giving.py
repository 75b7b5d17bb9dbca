"""Feedback goes to the landlord once for each thing that he may know, and comes back as facts."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import polars as pl
import pytest
from case_lives import FIRST, KEY, WHO, lives
from case_stores import new_store
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found
from receiver import receiver, taken
from referring import AS_OF, confirmed, in_arrears

from huurschuld import InvalidValue, UnknownReference, decide, load_policy
from huurschuld.cases import (
    CaseStore,
    Event,
    Feedback,
    ImpossibleEvent,
    Taken,
    export_person,
    feedback,
    fold,
    give_all_feedback,
    give_feedback,
    open_case_store,
    verify,
)
from huurschuld.cases.searching import events_of_case
from huurschuld.errors import InputError
from huurschuld.model.feedback import (
    FeedbackMessage,
    feedback_schema,
    read_feedback,
    write_feedback,
)
from huurschuld.model.referral import Delivery, Outcome
from huurschuld.plugins.feedback import (
    facts_of,
    open_feedback,
    open_feedback_drop,
    open_feedback_web,
    read_messages,
)
from huurschuld.referrals import create_outbox, forget, open_outbox, withdraw

TESTS = Path(__file__).parent
CANARY = "Zwaantje-van-der-Kanarie"
NOW = dt.datetime(2027, 6, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

moments = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1)).map(  # noqa: DTZ001 - next
    lambda it: it.replace(tzinfo=dt.UTC)
)
days = st.dates(FIRST, FIRST + 60 * DAY)
feedbacks = st.builds(
    Feedback,
    key=st.sampled_from([KEY, "another"]),
    day=days,
    taken=st.sampled_from(Taken),
    help_accepted=st.none() | st.booleans(),
    suspended_until=st.none() | days,
)
messages = st.builds(FeedbackMessage, number=st.integers(1, 4), made=moments, feedback=feedbacks)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'cases.sqlite'}"
    server: Cluster = request.getfixturevalue("cluster")
    return server.url(server.new_database())


@pytest.fixture
def store(url: str) -> Iterator[CaseStore]:
    """A store with a case of which help was accepted on the first day."""
    with new_store(url) as made:
        begin(made, KEY)
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of a landlord."""
    made = tmp_path / "feedback"
    made.mkdir()
    return made


def begin(store: CaseStore, key: str, landlord: str = "Woonstichting") -> None:
    data = {"arrears_cents": 127_000, "landlord": landlord}
    store.record(key, "received", FIRST, by="ggd", data=data)
    for type_ in ("dossier-opened", "offer-made", "accepted"):
        store.record(key, type_, FIRST, by="ggd")


def give(
    store: CaseStore, folder: Path, as_of: dt.date = FIRST, case: str = KEY, **more: Any
) -> Delivery | None:
    channel = more.pop("channel", None) or open_feedback_drop(folder=str(folder))
    more = {"by": "ggd", "person": "a colleague", "made": NOW, "landlord": "Woonstichting", **more}
    return give_feedback(store, channel, case, as_of, **more)


def numbers(folder: Path) -> list[int]:
    return sorted(it.number for it in read_messages(folder).values())


@given(messages)
def test_a_message_is_read_as_it_was_written(message: FeedbackMessage) -> None:
    """It is valid against the schema, and has the same id whenever it is made."""
    text = write_feedback(message)
    assert read_feedback(text) == message
    jsonschema.validate(json.loads(text), feedback_schema(), jsonschema.Draft202012Validator)
    assert attrs.evolve(message, made=NOW).id == message.id
    assert attrs.evolve(message, number=message.number + 1).id != message.id


@given(messages, st.data())
def test_a_damaged_message_is_refused(message: FeedbackMessage, data: st.DataObject) -> None:
    """A byte that is changed is found, but for those of the moment; a landlord is told no more."""
    text = write_feedback(message)
    at = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.sampled_from(b'0123456789abcdef"truefalse-'))
    damaged = text[:at] + bytes([byte]) + text[at + 1 :]
    try:
        read = read_feedback(damaged)
    except InputError:
        return
    assert read.feedback == message.feedback
    assert read.number == message.number


def test_a_message_has_no_room_for_anything_else() -> None:
    """Neither when it is written nor when it is read."""
    told = Feedback(key=KEY, day=FIRST, taken=Taken.TAKEN_UP)
    document = json.loads(write_feedback(FeedbackMessage(number=1, made=NOW, feedback=told)))
    for change in ({"helper": "BIP"}, {"number": 0}, {"number": "1"}, {"made": "yesterday"}):
        text = json.dumps(document | change).encode()
        with pytest.raises(InputError):
            read_feedback(text)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document | change, feedback_schema())
    for odd in (b"", b"[]", b"{}", b" " * 20_000):
        with pytest.raises(InputError):
            read_feedback(odd)


@pytest.mark.slow
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],  # each example is a store of its own
)
@given(
    lives().filter(lambda life: all(it.type != "feedback-given" for it in life)),
    st.lists(st.integers(0, 300), min_size=1, max_size=3).map(sorted),
)
def test_he_is_told_what_he_may_know_once(tmp_path: Path, life: list[Event], at: list[int]) -> None:
    """Whatever happened: the facts are those of the last word, and told again nothing changes."""
    base = tmp_path / os.urandom(8).hex()
    (folder := base / "out").mkdir(parents=True)
    with new_store(f"sqlite:///{base / 'cases.sqlite'}") as store:
        for it in life:
            data = {k: CANARY if v == "some words" else v for k, v in it.data.items()}
            store.record(KEY, it.type, it.happened, by=it.by, data=data, id=it.id, replaces=it.replaces)
        first = min((it.happened for it in life if it.type == "received"), default=None)
        for day in (FIRST + number * DAY for number in at):
            if first is None or all(it.type != "received" for it in fold(life, as_of=day).history):
                continue
            give(store, folder, day, landlord=CANARY)
            before = numbers(folder)
            assert give(store, folder, day, landlord=CANARY) is None
            assert numbers(folder) == before
            assert before == list(range(1, len(before) + 1))
            events = events_of_case(store, KEY) or ()
            told = feedback(fold(events, as_of=day), day)
            in_force = {
                it.name: it.value
                for it in facts_of(read_messages(folder).values())
                if it.from_ is not None and it.from_ <= day and (it.until is None or day <= it.until)
            }
            assert in_force == {it.name: it.value for it in told.facts()}
        assert verify(store) == ()
    text = b"".join(it.read_bytes() for it in folder.iterdir())
    assert CANARY.encode() not in text
    assert WHO.name.encode() not in text
    assert b"a colleague" not in text


@given(st.lists(messages, max_size=8))
def test_facts_are_those_of_an_obvious_calculation(said: list[FeedbackMessage]) -> None:
    """Day by day: the last message of each referral by then, and no two rows of one name on a day."""
    facts = facts_of(said)
    for name in ("help_accepted", "collection_suspended"):
        starts = [it.from_ for it in facts if it.name == name]
        assert len(set(starts)) == len(starts)
    for number in range(130):
        day = FIRST + number * DAY
        suspended, answers = False, []
        for key in (KEY, "another"):
            of_key = [it for it in said if it.feedback.key == key]
            of_key.sort(key=lambda it: (it.number, it.feedback.day, it.made))
            by_then = [
                it.feedback
                for place, it in enumerate(of_key)
                if it.feedback.day <= day
                and all(later.feedback.day > it.feedback.day for later in of_key[place + 1 :])
            ]
            if by_then:
                until = by_then[-1].suspended_until
                suspended = suspended or (until is not None and day <= until)
                answers.append((by_then[-1].day, by_then[-1].help_accepted))
        now = {
            it.name: it.value
            for it in facts
            if it.from_ is not None and it.from_ <= day and (it.until is None or day <= it.until)
        }
        assert (now.get("collection_suspended") is True) == suspended
        known = sorted({(d, a) for d, a in answers if a is not None})
        if not known:
            assert "help_accepted" not in now
        else:
            assert now["help_accepted"] in {a for d, a in known if d == known[-1][0]}


def test_each_change_is_told_once(store: CaseStore, folder: Path) -> None:
    """Help accepted, help declined; that a suspension ended by itself is no news."""
    first = give(store, folder)
    assert first is not None
    assert first.outcome is Outcome.ACCEPTED
    assert give(store, folder, FIRST + 60 * DAY) is None
    store.record(KEY, "declined", FIRST + 3 * DAY, by="ggd")
    give(store, folder, FIRST + 4 * DAY)
    facts = {
        (it.name, it.from_): (it.value, it.until) for it in facts_of(read_messages(folder).values())
    }
    assert facts == {
        ("help_accepted", FIRST): (True, FIRST + 3 * DAY),
        ("collection_suspended", FIRST): (True, FIRST + 3 * DAY),
        ("help_accepted", FIRST + 4 * DAY): (False, None),
    }
    events = events_of_case(store, KEY) or ()
    assert [str(it.type) for it in events].count("feedback-given") == 2
    assert all(it.stat().st_mode & 0o077 == 0 for it in folder.iterdir())


@pytest.mark.parametrize("by", ["ggd", "municipality"])
def test_the_log_says_who_told_him_and_not_that_he_looked(
    store: CaseStore, folder: Path, by: str
) -> None:
    """The role is that of who gives the feedback."""
    assert give(store, folder, by=by) is not None
    accesses = export_person(store, KEY, FIRST, by="ggd", person="x")["accesses"]
    assert [(it["by"], it["purpose"]) for it in accesses[:-1]] == [(by, "feedback")]


def test_what_he_was_told_is_not_taken_back_by_an_earlier_day(store: CaseStore, folder: Path) -> None:
    """As of a day before he was told last, nothing is told: he would forget the suspension."""
    give(store, folder, FIRST + 2 * DAY)
    store.record(KEY, "threat-found", FIRST, by="ggd", data={"threat": "energy"})
    with pytest.raises(InvalidValue, match="told as of a later day"):
        give(store, folder, FIRST + DAY)
    assert numbers(folder) == [1]


def test_what_may_not_be_told_is_refused(store: CaseStore, folder: Path) -> None:
    """A case of another landlord, of a forgotten person, by a helper, or of a day that is to come."""
    for problem, more in (
        ("another landlord", {"landlord": "another"}),
        ("nobody said whose", {"landlord": None}),
        ("gives no feedback", {"by": "helper"}),
        ("is to come", {"as_of": NOW.date() + DAY}),
        ("one line", {"person": ""}),
    ):
        with pytest.raises((ImpossibleEvent, InvalidValue), match=problem):
            give(store, folder, **more)
    with pytest.raises(UnknownReference):
        give(store, folder, case="nobody")
    store.record("sent", "sent", FIRST, by="landlord")
    with pytest.raises(ImpossibleEvent, match="no signal was received"):
        give(store, folder, case="sent")
    store.record(KEY, "closed", FIRST, by="ggd", data={"result": "advice"})
    store.forget(KEY, by="ggd", person="a colleague")
    with pytest.raises(ImpossibleEvent, match="was forgotten"):
        give(store, folder)
    assert list(folder.iterdir()) == []


class Unsure:
    """A channel that puts messages there and does not always say so."""

    def __init__(self, folder: Path, *outcomes: Outcome) -> None:
        self._channel = open_feedback_drop(folder=str(folder))
        self._outcomes = list(outcomes)

    def give(self, message: FeedbackMessage) -> Delivery:
        found = self._channel.give(message)
        return Delivery(outcome=self._outcomes.pop(0)) if self._outcomes else found


def test_what_may_have_arrived_is_told_again_under_the_same_id(store: CaseStore, folder: Path) -> None:
    """Nothing is recorded before the landlord has it; and he has it once."""
    channel = Unsure(folder, Outcome.UNKNOWN, Outcome.NOT_DELIVERED)
    for _ in range(2):
        give(store, folder, channel=channel)
        assert all(it.type != "feedback-given" for it in events_of_case(store, KEY) or ())
    give(store, folder, channel=channel, made=NOW + DAY)
    assert numbers(folder) == [1]
    assert [it.id for it in read_messages(folder).values()] == [
        it.id for it in events_of_case(store, KEY) or () if it.type == "feedback-given"
    ]


class Meanwhile:
    """A channel during whose sending a colleague records that help is declined."""

    def __init__(self, store: CaseStore, folder: Path) -> None:
        self._store = store
        self._channel = open_feedback_drop(folder=str(folder))
        self._done = False

    def give(self, message: FeedbackMessage) -> Delivery:
        found = self._channel.give(message)
        if not self._done:
            self._done = True
            self._store.record(KEY, "declined", FIRST, by="ggd")
        return found


def test_what_changes_while_it_is_told_is_told_too(store: CaseStore, folder: Path) -> None:
    """The landlord's last word is what is so, and it is what was recorded."""
    give(store, folder, channel=Meanwhile(store, folder))
    assert numbers(folder) == [1, 1]
    assert {it.name: it.value for it in facts_of(read_messages(folder).values())} == {
        "help_accepted": False
    }
    assert give(store, folder) is None


def test_all_of_a_landlord_are_told_and_nobody_else(store: CaseStore, folder: Path) -> None:
    """One that fails does not stop the others, and the next run goes on."""
    begin(store, "other", "another")
    begin(store, "second")
    channel = Unsure(folder, Outcome.UNKNOWN)
    options: dict[str, Any] = {"by": "ggd", "person": "a colleague", "made": NOW}
    done = give_all_feedback(store, channel, FIRST, landlord="Woonstichting", **options)
    assert (done.given, done.known, [it.case for it in done.failed]) == (("second",), (), [KEY])
    done = give_all_feedback(store, channel, FIRST, landlord="Woonstichting", **options)
    assert (done.given, done.known, done.failed) == ((KEY,), ("second",), ())
    assert {it.feedback.key for it in read_messages(folder).values()} == {KEY, "second"}


def correct(store: CaseStore, key: str, landlord: str) -> None:
    """Put right whose signal it is, as a case worker does."""
    wrong = [it.id for it in events_of_case(store, key) or () if it.type == "received"][-1]
    store.record(key, "received", FIRST, by="ggd", data={"landlord": landlord}, replaces=wrong)


def test_who_is_told_is_who_it_came_from_as_corrected(store: CaseStore, folder: Path) -> None:
    """Another landlord hears nothing any more; the right one hears all, though the other was told."""
    give(store, folder)
    correct(store, KEY, "Dunavie")
    channel = open_feedback_drop(folder=str(folder))
    options: dict[str, Any] = {"by": "ggd", "person": "a colleague", "made": NOW}
    done = give_all_feedback(store, channel, FIRST, landlord="Woonstichting", **options)
    assert (done.given, done.known, done.failed) == ((), (), ())
    with pytest.raises(ImpossibleEvent, match="came from another landlord"):
        give(store, folder)
    for told in ((KEY,), ()):
        assert give_all_feedback(store, channel, FIRST, landlord="Dunavie", **options).given == told
    assert numbers(folder) == [1, 2]
    store.record("taken-back", "received", FIRST, by="ggd", id="wrong")
    store.record("taken-back", "retracted", FIRST, by="ggd", data={"event": "wrong"})
    with pytest.raises(ImpossibleEvent, match="no signal was received"):
        give(store, folder, case="taken-back")


def test_a_case_without_a_landlord_is_named(store: CaseStore, folder: Path) -> None:
    """Nobody is told of it until it is recorded from whom it came."""
    store.record("unknown", "received", FIRST + DAY, by="ggd")
    store.record("sent", "sent", FIRST, by="landlord")
    channel = open_feedback_drop(folder=str(folder))
    options: dict[str, Any] = {"landlord": "Woonstichting", "by": "ggd", "person": "a colleague"}
    for day, not_told in ((FIRST, ()), (FIRST + DAY, ("unknown",))):
        done = give_all_feedback(store, channel, day, made=NOW, **options)
        assert (done.no_landlord, done.not_told, done.failed) == (("unknown",), not_told, ())
    correct(store, "unknown", "Woonstichting")
    done = give_all_feedback(store, channel, FIRST + DAY, made=NOW, **options)
    assert (done.given, done.no_landlord, done.not_told) == (("unknown",), (), ())
    with pytest.raises(ImpossibleEvent, match="gives no feedback"):
        give_all_feedback(store, channel, FIRST, made=NOW, **options | {"by": "landlord"})


def test_what_cannot_be_recorded_is_not_delivered(store: CaseStore, folder: Path) -> None:
    """As of a day before the signal nothing can be told: the landlord has no message of it."""
    with pytest.raises(InvalidValue, match="no signal was received by this day"):
        give(store, folder, FIRST - DAY)
    assert list(folder.iterdir()) == []
    assert all(it.type != "feedback-given" for it in events_of_case(store, KEY) or ())


@pytest.mark.slow
def test_several_at_once_tell_the_same(url: str, folder: Path) -> None:
    """Whoever is first: the landlord has one message, and it is recorded once."""
    with new_store(url) as made:
        begin(made, KEY)

    def tell() -> None:
        with open_case_store(url) as store:
            give(store, folder)

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    assert numbers(folder) == [1]
    with open_case_store(url) as store:
        events = events_of_case(store, KEY) or ()
        assert [str(it.type) for it in events].count("feedback-given") == 1
        assert verify(store) == ()


@pytest.mark.slow
def test_killed_before_any_line_he_is_told_once(tmp_path: Path) -> None:
    """What is recorded he has; and the next run tells what is left, under the same id."""
    script = [sys.executable, str(TESTS / "giving_crashes.py"), str(tmp_path)]
    ran = subprocess.run(  # noqa: S603 - a script of ours
        script, check=True, capture_output=True, text=True, cwd=TESTS
    )
    killed = ran.stdout.split()
    assert len(killed) > 20
    for number in killed:
        folder = tmp_path / number / "out"
        with open_case_store(f"sqlite:///{folder.parent / 'cases.sqlite'}") as store:
            recorded = [it for it in events_of_case(store, KEY) or () if it.type == "feedback-given"]
            assert len(recorded) <= len(read_messages(folder))
            give(store, folder)
            (message,) = read_messages(folder).values()
            events = events_of_case(store, KEY) or ()
            assert [it.id for it in events if it.type == "feedback-given"] == [message.id]
            assert verify(store) == ()


def test_what_is_in_the_way_is_not_overwritten(folder: Path, tmp_path: Path) -> None:
    """Others may write in the folder: no link is followed, and another file is no proof."""
    told = Feedback(key=KEY, day=FIRST, taken=Taken.TAKEN_UP)
    message = FeedbackMessage(number=1, made=NOW, feedback=told)
    channel = open_feedback_drop(folder=str(folder))
    final = folder / f"{message.id}.json"
    final.write_text("{}")
    assert channel.give(message).outcome is Outcome.UNKNOWN
    assert final.read_text() == "{}"
    final.unlink()
    final.symlink_to(tmp_path / "elsewhere")
    assert channel.give(message).outcome is Outcome.UNKNOWN
    assert not (tmp_path / "elsewhere").exists()
    final.unlink()
    for _ in range(2):
        assert channel.give(message).receipt == final.name
    assert [it.name for it in folder.iterdir()] == [final.name]
    with pytest.raises(InvalidValue, match="no such folder"):
        open_feedback_drop(folder=str(tmp_path / "nowhere"))


def test_no_facts_without_every_message(folder: Path) -> None:
    """A damaged one may say that collection is suspended: the error names its file."""
    told = Feedback(key=KEY, day=FIRST, taken=Taken.TAKEN_UP, suspended_until=FIRST + DAY)
    open_feedback_drop(folder=str(folder)).give(FeedbackMessage(number=1, made=NOW, feedback=told))
    (file,) = folder.iterdir()
    (folder / "copy.json").write_bytes(file.read_bytes())
    (folder / "notes.txt").write_text("hello")
    assert len(read_messages(folder)) == 1
    (folder / "bad.json").write_bytes(file.read_bytes()[:50])
    with pytest.raises(InvalidValue, match=r"at bad\.json"):
        read_messages(folder)
    (folder / "bad.json").unlink()
    (folder / "link.json").symlink_to(file)
    with pytest.raises(InvalidValue, match=r"at link\.json"):
        read_messages(folder)


def test_it_is_posted_with_its_id(store: CaseStore, tmp_path: Path) -> None:
    """To an address of the landlord, who has it once; what is refused or unsure is not recorded."""
    with receiver(tmp_path / "log", "--knows-keys") as address:
        channel = open_feedback_web(url=address, token="a-secret")  # noqa: S106 - of nobody
        delivery = give(store, tmp_path, channel=channel)
        assert delivery is not None
        assert delivery.outcome is Outcome.ACCEPTED
    (got,) = taken(tmp_path / "log")
    (event,) = [it for it in events_of_case(store, KEY) or () if it.type == "feedback-given"]
    assert got["key"] == event.id
    store.record(KEY, "declined", FIRST + DAY, by="ggd")
    for status, outcome in (("503", Outcome.UNKNOWN), ("422", Outcome.REFUSED)):
        with receiver(tmp_path / "other", "--status", status) as address:
            delivery = give(store, tmp_path, FIRST + DAY, channel=open_feedback_web(url=address))
            assert delivery is not None
            assert delivery.outcome is outcome
    with pytest.raises(InvalidValue, match="/url"):
        open_feedback_web(url="http://landlord.example")


def test_the_enricher_knows_whose_each_key_is(tmp_path: Path, folder: Path) -> None:
    """By the landlord's outbox; a key of nobody stops it, and who is forgotten has no facts."""
    with create_outbox(tmp_path / "outbox.sqlite") as outbox:
        keys = confirmed(outbox, "A1", "B2")
        withdraw(outbox, keys[1:], by="P. Pieters")
    channel = open_feedback_drop(folder=str(folder))
    for key in keys:
        told = Feedback(key=key, day=FIRST, taken=Taken.TAKEN_UP, help_accepted=True)
        channel.give(FeedbackMessage(number=1, made=NOW, feedback=told))
    enricher = open_feedback(folder=str(folder), outbox=str(tmp_path / "outbox.sqlite"))
    rows = pl.DataFrame(enricher.parts()["facts"]).rows()
    assert rows == [(it, "help_accepted", "true", FIRST, None) for it in ("A1", "B2")]
    with open_outbox(tmp_path / "outbox.sqlite") as outbox:
        forget(outbox, outbox.today() + DAY)
    assert [it[0] for it in pl.DataFrame(enricher.parts()["facts"]).rows()] == ["A1"]
    stranger = Feedback(key=KEY, day=FIRST, taken=Taken.TAKEN_UP)
    name = channel.give(FeedbackMessage(number=1, made=NOW, feedback=stranger)).receipt
    with pytest.raises(UnknownReference, match=f"at {name}: no referral in the outbox has this key"):
        enricher.parts()
    with pytest.raises(InvalidValue, match="no such folder"):
        open_feedback(folder=str(tmp_path / "nowhere"), outbox="outbox.sqlite")


def test_facts_that_a_message_gives_are_those_of_a_tenancy(tmp_path: Path, folder: Path) -> None:
    """Read by the enricher, a screening holds while collection is suspended, and not after."""
    with create_outbox(tmp_path / "outbox.sqlite") as outbox:
        (key,) = confirmed(outbox, "A1")
    until = AS_OF + 10 * DAY
    told = Feedback(key=key, day=AS_OF, taken=Taken.TAKEN_UP, suspended_until=until)
    message = FeedbackMessage(number=1, made=NOW, feedback=told)
    open_feedback_drop(folder=str(folder)).give(message)
    (fact,) = facts_of([message])
    tenancy = attrs.evolve(in_arrears("A1"), facts=(fact,))
    policy = load_policy(TESTS.parent / "examples" / "collection-suspended.toml")
    advice = {day: str(decide(tenancy, policy, day).advice) for day in (AS_OF, until, until + DAY)}
    assert advice == {AS_OF: "hold", until: "hold", until + DAY: "refer"}
