"""All that is held of a person: complete, valid against its schema, and with nothing about others."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from case_lives import KEY, event, lives, whole_life
from case_stores import MovingClock, new_store, write
from hypothesis import HealthCheck, Phase, given, settings
from postgres import Cluster, cluster  # noqa: F401 - a fixture is imported to be found
from referring import RECEIVER, People, Told, person, proposed, to_refer

from huurschuld import HuurschuldError, InvalidValue, UnknownReference
from huurschuld.cases import (
    EVENTS,
    CaseStore,
    Event,
    EventType,
    ImpossibleEvent,
    NotAllowed,
    Retention,
    export_person,
    export_schema,
    export_text,
    free_texts,
    open_case_store,
    verify,
)
from huurschuld.cases.words import Role
from huurschuld.decisions.days import day_text
from huurschuld.decisions.explaining import explain
from huurschuld.model.referral import ContactDetails
from huurschuld.referrals import confirm, create_outbox, look, send

STAFF = "Zwaantje-van-der-Kanarie"
DAY = dt.date(2027, 5, 2)
CHECKER = jsonschema.Draft202012Validator(
    export_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CaseStore]:
    """An empty store."""
    url = f"sqlite:///{tmp_path / 'cases.sqlite'}"
    if request.param == "postgresql":
        server: Cluster = request.getfixturevalue("cluster")
        url = server.url(server.new_database())
    with new_store(url) as made:
        yield made


def exported(store: CaseStore, **more: Any) -> dict[str, Any]:
    """An export, made by the municipality."""
    return export_person(store, KEY, DAY, by="municipality", person=STAFF, **more)


def family() -> list[Event]:
    """A life with words of somebody's own in it."""
    life = whole_life()
    life[11] = event("coupled", "2026-02-02", helper="BIP", need="panic attacks")
    return [*life, event("reopened", "2026-04-04", reason="brother called")]


def test_the_schema_is_one_and_strict() -> None:
    """It is valid itself, and an export with a field more or less is not."""
    jsonschema.Draft202012Validator.check_schema(export_schema())
    assert not CHECKER.is_valid({})


@pytest.mark.parametrize("many", [4, pytest.param(80, marks=pytest.mark.slow)])
def test_all_that_was_recorded_is_in_it_and_no_name_of_staff(tmp_path: Path, many: int) -> None:
    """Every event with every value, who looked and why, every entry of the log; in both languages."""
    numbers = iter(range(10_000))

    @given(lives())
    @settings(
        max_examples=many,
        phases=(Phase.generate,),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    def held(life: list[Event]) -> None:
        with new_store(f"sqlite:///{tmp_path / f'{next(numbers)}.sqlite'}") as store:
            for it in life:
                try:
                    store.record(
                        KEY, it.type, it.happened, by=it.by, person=STAFF, data=it.data, id=it.id
                    )
                except HuurschuldError:
                    continue
            store.look(KEY, by="helper", person=STAFF, purpose="a talk")
            whole = store.look(KEY, by="ggd", person=STAFF, purpose="to compare")
            document = exported(store)
        CHECKER.validate(document)
        assert STAFF not in json.dumps(document)
        assert [it["id"] for it in document["events"]] == [it.id for it in whole.events]
        for shown, it in zip(document["events"], whole.events, strict=True):
            fields = EVENTS[it.type].data
            expected = {n: fields[n].kind.to_json(v) for n, v in it.data.items() if n != "worker"}
            assert shown["data"] == expected
        purposes = [it["purpose"] for it in document["accesses"]]
        assert purposes == ["a talk", "to compare", "access request (GDPR 15)"]
        assert len(document["log"]) == len(whole.events) + 3
        for lang in ("nl", "en"):
            text = export_text(document, lang)
            assert STAFF not in text
            assert "a talk" in text
            for it in whole.events:
                assert f"{day_text(it.happened, lang)}  {it.rule.label.to(lang)}" in text

    held()


def test_what_is_about_others_is_withheld_by_place_and_the_export_says_so(store: CaseStore) -> None:
    """A person has read where somebody wrote words of his own; nothing else can be left out."""
    write(store, family())
    store.look(KEY, by="ggd", person=STAFF, purpose="neighbour called")
    places = list(free_texts(exported(store)))
    assert places == ["/events/11/data/need", "/events/21/data/reason", "/accesses/0/purpose"]
    document = exported(store, withhold=["/events/21/data/reason", "/accesses/0/purpose"])
    CHECKER.validate(document)
    assert document["withheld"] == ["/accesses/0/purpose", "/events/21/data/reason"]
    assert list(free_texts(document)) == ["/events/11/data/need"]
    for text in (export_text(document, "nl"), export_text(document, "en")):
        assert "brother" not in text
        assert "neighbour" not in text
        assert "panic attacks" in text
        assert len(re.findall(r"hier stond|this was about", text)) == 2
    for place in ("/events/0/data/arrears_cents", "/events/99/data/need", "", "/plan"):
        with pytest.raises(InvalidValue, match="there is no text of this place"):
            exported(store, withhold=[place])


def test_the_plan_and_the_feedback_are_in_it(store: CaseStore) -> None:
    """As the landlord may have it as of the day, and what was paid of the plan."""
    write(store, whole_life())
    document = exported(store)
    assert document["plan"] == {
        "agreed": "2026-02-12",
        "arrears_cents": 120_000,
        "monthly_cents": 60_000,
        "instalments_paid": 2,
        "paid_cents": 120_000,
    }
    assert document["feedback"] == {"taken": "taken-up", "help_accepted": True, "suspended_until": None}
    text = export_text(document, "nl")
    assert "betaalde termijnen: 2 (€ 1.200,00)" in text
    assert "het signaal: opgepakt" in text
    assert "daarvoor is nog geen termijn vastgesteld" in text
    settled = exported(store, retention=Retention(personal_days=730))
    assert settled["retention"] == {"personal": 730, "special": None}
    assert "gegevens over u: 730 dagen" in export_text(settled, "nl")


def test_contact_details_are_written_for_a_person(store: CaseStore) -> None:
    """All of them, in both languages; not as a program writes them."""
    contact = ContactDetails(
        name="M. de Vries",
        street="Voorstraat",
        house_number=4,
        addition="a",
        postcode="2225AB",
        place="Katwijk",
        phone="06-1",
        email="m@example.nl",
        care_of="B. Windvoerder",
    )
    write(store, [event("received", "2026-01-05", arrears_cents=1, contact=contact)])
    document = exported(store)
    address = "M. de Vries, Voorstraat 4a, 2225AB Katwijk"
    dutch, english = export_text(document, "nl"), export_text(document, "en")
    more = "telefoon 06-1, e-mail m@example.nl, ter attentie van B. Windvoerder"
    assert f"contactgegevens: {address}, {more}\n" in dutch
    more = "telephone 06-1, e-mail m@example.nl, care of B. Windvoerder"
    assert f"contact details: {address}, {more}\n" in english
    assert "{" not in dutch + english


def test_the_referral_of_the_same_database_is_in_it(tmp_path: Path) -> None:
    """Contact details, amount, receiver, what happened to it, and why it was decided; then forgotten."""
    url = f"sqlite:///{tmp_path / 'one.sqlite'}"
    with create_outbox(tmp_path / "one.sqlite") as outbox:
        (key,) = proposed(outbox, "T-77")
        confirm(outbox, [key], by=STAFF, contacts=People(), receiver=RECEIVER)
        look(outbox, key, by=STAFF)
        send(outbox, Told(), RECEIVER)
    with open_case_store(url, clock=MovingClock(dt.datetime(2027, 6, 1, tzinfo=dt.UTC))) as store:
        store.record(key, "received", DAY, by="ggd", data={"arrears_cents": 127_000})
        document = export_person(store, key, DAY, by="ggd", person=STAFF)
        CHECKER.validate(document)
        assert STAFF not in json.dumps(document)
        held = document["referral"]
        assert held["contact"]["name"] == person("T-77").name
        assert (held["tenancy"], held["day"], held["arrears_cents"]) == ("T-77", "2026-10-20", 127_000)
        assert (held["policy"], held["state"], held["receiver"]) == ("bgs-2021", "accepted", RECEIVER)
        assert held["confirmed_at"] is not None
        expected = to_refer("T-77").document()
        del expected["receipt"]
        assert held["decision"]["document"] == expected
        for lang in ("nl", "en"):
            assert held["decision"]["reasons"][lang] == str(explain(to_refer("T-77"), lang))
        assert [it["what"] for it in held["steps"]] == ["proposed", "confirmed", "begun", "ended"]
        assert [(it["by"], it["purpose"]) for it in document["accesses"]] == [
            ("landlord", "looking at the referral"),
            ("ggd", "access request (GDPR 15)"),
        ]
        places = [it for it in free_texts(document) if it.startswith("/referral")]
        assert places == ["/referral/steps/3/reason"]
        text = export_text(document, "nl")
        assert "De melding van uw verhuurder\n  over de dag: 20 oktober 2026\n" in text
        assert "contactgegevens: Naam-77, Voorstraat 78, 2225AB Katwijk, telefoon 06-00000077" in text
        assert "huurachterstand: € 1.270,00" in text
        assert "om de melding te bekijken" in text
        assert "  klaar met versturen, ontvangen, status 200\n" in text
        assert "huurachterstand sinds: 11 augustus 2026" in text
        assert "{" not in text
        withheld = export_person(store, key, DAY, by="ggd", person=STAFF, withhold=places)
        CHECKER.validate(withheld)
        assert withheld["referral"]["steps"][3]["reason"] is None
        store.record(key, "closed", DAY, by="ggd", data={"result": "advice"})
        store.forget(key, by="ggd", person=STAFF)
        document = export_person(store, key, DAY, by="ggd", person=STAFF)
        CHECKER.validate(document)
        left = document["referral"]
        assert (left["tenancy"], left["contact"], left["receipt"]) == (None, None, None)
        assert left["decision"] == {**held["decision"], "document": None, "reasons": None}
        assert "om wie het ging, is gewist" in export_text(document, "nl")
        assert "Naam-77" not in json.dumps(document) + export_text(document, "en")


def test_an_export_is_an_access_and_for_the_public_partners(store: CaseStore) -> None:
    """Who made it is recorded before it is made; a helper or a landlord makes none."""
    write(store, whole_life())
    for by in (Role.LANDLORD, Role.HELPER, Role.RESIDENT):
        with pytest.raises(NotAllowed, match="have the GGD or the municipality make the export"):
            export_person(store, KEY, DAY, by=by, person="x")
    with pytest.raises(UnknownReference):
        export_person(store, "another", DAY, by="ggd", person="x")
    assert [it["by"] for it in exported(store)["accesses"]] == ["municipality"]
    assert len(exported(store)["accesses"]) == 2
    assert verify(store) == ()


def test_of_a_forgotten_person_it_says_so_and_has_what_is_left(store: CaseStore) -> None:
    """What happened and when is there, nothing that was sealed is; the phase is as it was."""
    write(store, whole_life())
    before = exported(store)
    store.forget(KEY, by="ggd", person=STAFF)
    document = exported(store)
    CHECKER.validate(document)
    assert document["forgotten"] is not None
    assert document["phase"] == before["phase"] == "closed"
    for now, then in zip(document["events"], before["events"], strict=True):
        fields = EVENTS[EventType(now["type"])].data
        assert now["data"] == {n: v for n, v in then["data"].items() if not fields[n].personal}
        assert {**now, "data": 0} == {**then, "data": 0}
    assert document["plan"]["arrears_cents"] is None
    assert document["plan"]["paid_cents"] is None
    assert document["plan"]["instalments_paid"] == 2
    assert all(it["purpose"] is None for it in document["accesses"])
    assert list(free_texts(document)) == []
    assert document["feedback"] == before["feedback"]
    text = export_text(document, "nl")
    assert "zijn uw gegevens gewist" in text
    assert "(gewist)" in text
    with pytest.raises(ImpossibleEvent, match="forgotten"):
        store.record(KEY, "reopened", DAY, by="ggd")
