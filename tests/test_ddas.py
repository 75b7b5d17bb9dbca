"""What a municipality reports to Statistics Netherlands: valid, true to its tables, nothing else."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from tables import _cell

from huurschuld.errors import (
    DuplicateId,
    InputError,
    InvalidValue,
    MissingField,
    UnknownField,
    UnknownReference,
)
from huurschuld.model.referral import ContactDetails, Referral, SentReferral
from huurschuld.plugins.ddas import open_ddas
from huurschuld.plugins.ddas.report import whole_euros
from huurschuld.plugins.ddas.tables import ATTEMPTS, CLIENTS, CONTACT_PERSONS, FOLLOW_UPS, Bsn
from huurschuld.plugins.ddas.words import WORDS

SCHEMA = Path(__file__).parents[1] / "../shared/standards/ddas/v1.2-json_schema_Uitwisselmodel.json"
TABLES = {
    "contact_persons": CONTACT_PERSONS,
    "follow_ups": FOLLOW_UPS,
    "attempts": ATTEMPTS,
    "clients": CLIENTS,
}
OPTIONS: dict[str, Any] = {
    "supplier_code": "voorbeeld",
    "municipality_code": "0537",
    "organisation": "Gemeente Voorbeeld",
    "kvk_number": "01234567",
    "made_at": "2026-02-05T10:30:00+01:00",
}
JANUARY = (dt.date(2026, 1, 1), dt.date(2026, 1, 31))
A_DAY = dt.timedelta(days=1)
YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
AFTER_YEAR = {**OPTIONS, "made_at": "2026-06-01T00:30:00+02:00"}
CANARY = "Zwaantje-van-der-Kanarie"
BSN = "111222333"
ONE, TWO, THREE = (it * 32 for it in "abc")

Rows = Sequence[Mapping[str, Any]]
Year = tuple[list[SentReferral], Mapping[str, Rows]]

formats = FormatChecker(formats=("date", "email"))


@formats.checks("date-time", raises=ValueError)
def is_moment(value: object) -> bool:
    """A moment as DDAS writes it: YYYY-MM-DDTHH:MM:SSZ. The validator by itself checks none."""
    return bool(dt.datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC))


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema of DDAS vroegsignalering v1.2."""
    if not SCHEMA.is_file():
        pytest.skip("the schema of DDAS is not beside the project")
    read: dict[str, Any] = json.loads(SCHEMA.read_bytes())
    Draft202012Validator.check_schema(read)
    return read


def is_valid(document: Any, schema: dict[str, Any]) -> bool:
    """Whether a report is as the schema has it, its days, moment and addresses included."""
    return Draft202012Validator(schema, format_checker=formats).is_valid(document)


@contextmanager
def written(tables: Mapping[str, Rows]) -> Iterator[dict[str, str]]:
    """Tables as files, by the option that names each."""
    with TemporaryDirectory() as folder:
        for name, rows in tables.items():
            with Path(folder, f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(TABLES[name])
                writer.writerows([_cell(row.get(column)) for column in TABLES[name]] for row in rows)
        yield {name: str(Path(folder, f"{name}.csv")) for name in tables}


def exported(
    sent: Sequence[SentReferral],
    period: tuple[dt.date, dt.date] = JANUARY,
    options: Mapping[str, Any] = OPTIONS,
    **tables: Rows,
) -> bytes:
    """The report with these tables, as bytes."""
    with written(tables) as files:
        return open_ddas(**{**options, **files}).export(sent, *period)


def delivery(*given: Any, **tables: Any) -> dict[str, Any]:
    """The one delivery of a report."""
    document = json.loads(exported(*given, **tables))
    (it,) = document["leveringen"]
    return dict(it)


def signal(
    key: str = ONE,
    day: str = "2026-01-10",
    cents: int = 45_050,
    receiver: str = "gemeente",
    **contact: Any,
) -> SentReferral:
    """A referral that was sent."""
    address = {
        "name": CANARY,
        "street": "Voorbeeldstraat",
        "house_number": 10,
        "postcode": "1234AB",
        "place": "Katwijk",
    }
    referral = Referral(contact=ContactDetails(**{**address, **contact}), arrears_cents=cents)
    return SentReferral(key=key, day=dt.date.fromisoformat(day), receiver=receiver, referral=referral)


def elfproef(digits: str) -> bool:
    """The eleven test, by its definition."""
    total = sum((9 - place) * int(digit) for place, digit in enumerate(digits[:8])) - int(digits[8])
    return total % 11 == 0 and int(digits) > 0


# Generated years ------------------------------------------------------------------------------------

days_of_year = st.dates(YEAR[0] - 40 * A_DAY, YEAR[1] + 40 * A_DAY)
contacts = st.builds(
    ContactDetails,
    name=st.just(CANARY),
    street=st.just("Voorbeeldstraat"),
    house_number=st.integers(1, 99_999),
    addition=st.none() | st.sampled_from(("A", "bis", "2 hoog", "À")),
    postcode=st.from_regex("[1-9][0-9]{3}[A-Z]{2}", fullmatch=True),
    place=st.just("Katwijk"),
    phone=st.none() | st.just("0612345678"),
)
referrals = st.builds(
    SentReferral,
    key=st.text("0123456789abcdef", min_size=32, max_size=32),
    day=days_of_year,
    receiver=st.sampled_from(("postbus", "meldpunt")),
    referral=st.builds(Referral, contact=contacts, arrears_cents=st.integers(1, 10**8)),
)
numbers = st.from_regex("[0-9]{9}", fullmatch=True).filter(elfproef)


def word(name: str) -> st.SearchStrategy[str]:
    """A word of an enumeration."""
    return st.sampled_from(WORDS[name])


persons = st.fixed_dictionaries(
    {"name": st.sampled_from(("A", "B"))},
    optional={
        "phone": st.just("071 000 0000"),
        "email": st.sampled_from(("a@voorbeeld.nl", "ë@voorbeeld.nl")),
        "function": st.just("Consulent"),
    },
)


def dates(first: dt.date, least: int, most: int) -> st.SearchStrategy[dt.date]:
    """Days that are so many days from a day."""
    return st.dates(first + least * A_DAY, first + most * A_DAY)


@st.composite
def years(draw: st.DrawFn) -> Year:
    """Referrals around a year, and the tables that a municipality may keep of those it got."""
    sent = draw(st.lists(referrals, max_size=5, unique_by=lambda it: it.key))
    if sent and all(it.receiver != "postbus" for it in sent):
        sent[0] = attrs.evolve(sent[0], receiver="postbus")
    ours = [it for it in sent if it.receiver == "postbus"]
    rowed = {
        it.key: draw(st.sampled_from(("zaak 1", "zaak 2", ""))) for it in ours if draw(st.booleans())
    }
    of_case: dict[str, list[SentReferral]] = {}
    for it in ours:
        of_case.setdefault(rowed.get(it.key) or it.key, []).append(it)
    tables: dict[str, list[dict[str, Any]]] = {"follow_ups": [], "attempts": [], "clients": []}
    for members in of_case.values():
        first = min(it.day for it in members)
        begun, matched = draw(dates(first, -30, 0)), draw(dates(first, 0, 20))
        of_it = {
            "result": draw(word("EnumEindresultaat")),
            "period_from": begun,
            "period_until": draw(dates(begun, 0, 40)),
            "matched": matched,
            "taken_up": draw(dates(matched, 0, 20)),
        }
        for it in members:
            if it.key in rowed:
                told = of_it | {
                    "status": draw(word("EnumSignaalstatus")),
                    "crisis": draw(st.booleans()),
                    "warm_handover": draw(st.booleans()),
                    "origin": draw(dates(it.day, -90, 0)),
                }
                known = draw(st.sets(st.sampled_from(sorted(told))))
                row = {name: told[name] for name in sorted(known)}
                tables["follow_ups"].append({"key": it.key, "case": rowed[it.key], **row})
            tried = st.fixed_dictionaries(
                {"key": st.just(it.key), "date": dates(first, 0, 40), "kind": word("EnumContactsoort")},
                optional={"reached": st.booleans(), "part_of_day": word("EnumDagdeel")},
            )
            tables["attempts"] += draw(st.lists(tried, max_size=2))
            if draw(st.booleans()):
                tables["clients"].append({"key": it.key, "bsn": draw(numbers)})
    tables["contact_persons"] = draw(
        st.lists(persons, max_size=2, unique_by=lambda it: tuple(sorted(it.items())))
    )
    return sent, dict(tables)


OURS = {**AFTER_YEAR, "receivers": ["postbus"]}


@given(years())
def test_every_year_is_valid(schema: dict[str, Any], year: Year) -> None:
    """Whatever was sent and done in a year, the report is as the official schema has it."""
    sent, tables = year
    validator = Draft202012Validator(schema, format_checker=formats)
    validator.validate(json.loads(exported(sent, YEAR, OURS, **tables)))


@given(years(), st.randoms(use_true_random=False))
def test_one_input_gives_one_text(year: Year, chance: random.Random) -> None:
    """The order of referrals and of the rows of a table does not change a byte of the report."""
    sent, tables = year
    shuffled = {
        name: list(rows) if name == "contact_persons" else chance.sample(list(rows), len(rows))
        for name, rows in tables.items()  # the order of contact persons is the organisation's
    }
    again = exported(chance.sample(sent, len(sent)), YEAR, OURS, **shuffled)
    assert again == exported(sent, YEAR, OURS, **tables)


def reported(it: SentReferral, row: Mapping[str, Any], bsn: str | None) -> dict[str, Any]:
    """A signal as it must be reported, with its follow-up and the BSN, if the tables have them."""
    contact, euros = it.referral.contact, Decimal(it.referral.arrears_cents) / 100
    address = {"postcode": contact.postcode, "huisnummer": str(contact.house_number)}
    if contact.addition is not None:
        address["huisnummertoevoeging"] = contact.addition
    known = {
        "ID": it.key,
        "bedrag": int(euros.quantize(Decimal(1), ROUND_HALF_UP)),
        "signaaldatum": it.day.isoformat(),
        "signaalpartner": {"type": "Huur"},
        "client": address if bsn is None else {"burgerservicenummer": bsn},
        "status": row.get("status"),
        "crisissignaal": row.get("crisis"),
        "warmeOverdracht": row.get("warm_handover"),
        "ontstaansdatum": row["origin"].isoformat() if "origin" in row else None,
    }
    return {name: value for name, value in known.items() if value is not None}


@given(years())
def test_a_report_is_true_to_its_tables(year: Year) -> None:
    """Each promise below holds in every report."""
    sent, tables = year
    text = exported(sent, YEAR, OURS, **tables)
    (found,) = json.loads(text)["leveringen"]
    # Each referral to this municipality in the period once: its amount, a BSN or else the address, and
    # what is known.
    rows = {row["key"]: row for row in tables["follow_ups"]}
    bsns = {row["key"]: row["bsn"] for row in tables["clients"]}
    ours = [it for it in sent if it.receiver == "postbus" and it.day.year == 2025]
    assert found["vroegsignalen"] == [
        reported(it, rows.get(it.key, {}), bsns.get(it.key))
        for it in sorted(ours, key=lambda it: (it.day, it.key))
    ]
    # A case names only signals of this report, and no two cases name the same one.
    named = [it["ID"] for case in found["vroegsignaalzaken"] for it in case["vroegsignalen"]]
    assert len(named) == len(set(named))
    assert set(named) <= {it.key for it in ours}
    for secret in (CANARY, "straat", "Katwijk", "0612345678", "postbus"):
        assert secret.encode() not in text  # no name, street, town, number or channel


# The rules by example -------------------------------------------------------------------------------


def test_the_whole_document(schema: dict[str, Any]) -> None:
    """A report of one signal that was picked up, every member of it."""
    row = {
        "key": ONE,
        "status": "Opgepakt",
        "crisis": False,
        "warm_handover": True,
        "origin": "2025-12-01",
        "result": "(Budget)advies en/of quick fix",
        "period_from": "2026-01-01",
        "period_until": "2026-01-31",
        "matched": "2026-01-12",
        "taken_up": "2026-01-13",
    }
    visit = {"date": "2026-01-20", "kind": "Huisbezoek", "reached": True, "part_of_day": "Avond"}
    attempts = [
        {"key": ONE, **visit},
        {"key": ONE, "date": "2026-01-16", "kind": "Telefoon", "reached": False},
    ]
    person = {"name": "A. de Vries", "email": "a@voorbeeld.nl", "function": "Consulent"}
    persons = [person | {"phone": "071 0000000"}]
    given = exported(
        [signal(addition="A")], follow_ups=[row], attempts=attempts, contact_persons=persons
    )
    assert is_valid(json.loads(given), schema)
    assert json.loads(given) == {
        "codeGegevensleverancier": "voorbeeld",
        "startdatumLevering": "2026-01-01",
        "einddatumLevering": "2026-01-31",
        "aanleverdatumEnTijd": "2026-02-05T09:30:00Z",
        "leveringen": [
            {
                "teller": 1,
                "gemeentecode": "0537",
                "aanleverendeOrganisatie": {
                    "naam": "Gemeente Voorbeeld",
                    "kvk-nummer": "01234567",
                    "contactpersonen": [
                        {
                            "naam": "A. de Vries",
                            "telefoonnummer": "071 0000000",
                            "email": "a@voorbeeld.nl",
                            "functietitel": "Consulent",
                        }
                    ],
                },
                "vroegsignalen": [
                    {
                        "ID": ONE,
                        "bedrag": 451,
                        "signaaldatum": "2026-01-10",
                        "signaalpartner": {"type": "Huur"},
                        "client": {
                            "postcode": "1234AB",
                            "huisnummer": "10",
                            "huisnummertoevoeging": "A",
                        },
                        "status": "Opgepakt",
                        "crisissignaal": False,
                        "warmeOverdracht": True,
                        "ontstaansdatum": "2025-12-01",
                    }
                ],
                "vroegsignaalzaken": [
                    {
                        "resultaat": "(Budget)advies en/of quick fix",
                        "matchingsdatum": "2026-01-12",
                        "startdatumMatchingperiode": "2026-01-01",
                        "einddatumMatchingperiode": "2026-01-31",
                        "datumOpgepakt": "2026-01-13",
                        "vroegsignalen": [{"ID": ONE}],
                        "contactpogingen": [
                            {"soort": "Telefoon", "bereikt": False, "datum": "2026-01-16"},
                            {
                                "soort": "Huisbezoek",
                                "bereikt": True,
                                "datum": "2026-01-20",
                                "dagdeel": "Avond",
                            },
                        ],
                    }
                ],
            }
        ],
    }


def test_the_schema_is_really_asked(schema: dict[str, Any]) -> None:
    """The check of these tests refuses what DDAS does not take, such as both kinds of client."""
    good = json.loads(exported([signal()], follow_ups=[{"key": ONE, "status": "Opgepakt"}]))
    assert is_valid(good, schema)
    spoilt: list[tuple[list[Any], Any]] = [
        (["aanleverdatumEnTijd"], "2026-02-05"),
        (["startdatumLevering"], "2026-02-31"),
        (["leveringen", 0, "vroegsignalen", 0, "status"], "opgepakt"),
        (["leveringen", 0, "vroegsignalen", 0, "bedrag"], 450.5),
        (["leveringen", 0, "vroegsignalen", 0, "client", "burgerservicenummer"], BSN),
        (["leveringen", 0, "aanleverendeOrganisatie", "contactpersonen"], []),
        (["leveringen"], good["leveringen"] * 2),
    ]
    for path, value in spoilt:
        spoiled = json.loads(json.dumps(good))
        holder = spoiled
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = value
        assert not is_valid(spoiled, schema), path


def test_the_words_are_those_of_the_schema(schema: dict[str, Any]) -> None:
    """Every enumeration of the schema but that of sexes, which is never told, is here to the letter."""
    theirs = {
        name: sorted(described["enum"])
        for name, described in schema["$defs"].items()
        if "enum" in described and name != "geslacht"
    }
    assert {name: sorted(words) for name, words in WORDS.items()} == theirs


def test_a_period_without_signals(schema: dict[str, Any]) -> None:
    """Nothing sent is a report as well, with empty lists: known to be none."""
    given = exported([])
    assert is_valid(json.loads(given), schema)
    found = json.loads(given)["leveringen"][0]
    assert (found["vroegsignalen"], found["vroegsignaalzaken"]) == ([], [])


@pytest.mark.parametrize(
    ("cents", "euros"), [(1, 0), (49, 0), (50, 1), (149, 1), (150, 2), (250, 3), (10**8, 10**6)]
)
def test_euros_are_rounded_half_up(cents: int, euros: int) -> None:
    """An amount is told in whole euros, the nearest, a half upwards."""
    assert whole_euros(cents) == euros
    assert delivery([signal(cents=cents)])["vroegsignalen"][0]["bedrag"] == euros


def test_both_ends_of_the_period_belong_to_it() -> None:
    """The first and the last day are told, the day before and the day after are not."""
    days = ("2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01")
    sent = [signal(key=f"{number:032x}", day=day) for number, day in enumerate(days)]
    found = delivery(sent)["vroegsignalen"]
    assert [it["signaaldatum"] for it in found] == ["2026-01-01", "2026-01-31"]


def test_a_signal_that_nothing_is_known_of_has_no_status() -> None:
    """Without a row a signal is neither "not picked up" nor no crisis: that is left out."""
    (found,) = delivery([signal()])["vroegsignalen"]
    assert sorted(found) == ["ID", "bedrag", "client", "signaaldatum", "signaalpartner"]


def test_several_signals_in_one_case() -> None:
    """Signals whose rows name one case are one case, with what any row tells, and all attempts."""
    sent = [signal(ONE), signal(TWO, "2026-01-08"), signal(THREE, "2025-12-20")]
    rows = [
        {"key": ONE, "case": "Z1", "taken_up": "2026-01-13"},
        {"key": TWO, "case": "Z1", "result": "Geen reactie na eerder contact"},
        {"key": THREE, "case": "Z1", "matched": "2026-01-02"},
    ]
    tried = [{"key": THREE, "date": "2026-01-03", "kind": "Brief"}]
    (case,) = delivery(sent, follow_ups=rows, attempts=tried)["vroegsignaalzaken"]
    assert case == {
        "resultaat": "Geen reactie na eerder contact",
        "matchingsdatum": "2026-01-02",
        "datumOpgepakt": "2026-01-13",
        "vroegsignalen": [{"ID": TWO}, {"ID": ONE}],
        "contactpogingen": [{"soort": "Brief", "datum": "2026-01-03"}],
    }


def test_when_a_signal_is_a_case_by_itself() -> None:
    """A row that names no case makes one if it tells of one, or an attempt does; a status does not."""
    sent = [signal(ONE), signal(TWO), signal(THREE)]
    rows = [{"key": ONE, "status": "Nog niet opgepakt"}, {"key": TWO, "matched": "2026-01-12"}]
    tried = [{"key": THREE, "date": "2026-01-12", "kind": "Kaartje"}]
    cases = delivery(sent, follow_ups=rows, attempts=tried)["vroegsignaalzaken"]
    assert [it["vroegsignalen"] for it in cases] == [[{"ID": TWO}], [{"ID": THREE}]]


def test_two_equal_attempts_are_two() -> None:
    """Two letters on one day are told twice."""
    tried = [{"key": ONE, "date": "2026-01-12", "kind": "Brief"}] * 2
    (case,) = delivery([signal()], attempts=tried)["vroegsignaalzaken"]
    assert case["contactpogingen"] == [{"soort": "Brief", "datum": "2026-01-12"}] * 2


def test_what_came_after_the_period_is_told() -> None:
    """A signal of January that was picked up in February is told as picked up."""
    rows = [{"key": ONE, "status": "Opgepakt", "taken_up": "2026-02-05"}]
    found = delivery([signal()], follow_ups=rows)
    assert found["vroegsignalen"][0]["status"] == "Opgepakt"
    assert found["vroegsignaalzaken"][0]["datumOpgepakt"] == "2026-02-05"


def test_signals_of_one_client(schema: dict[str, Any]) -> None:
    """Two signals may be of one BSN, which each of them then has and no address."""
    clients = [{"key": ONE, "bsn": BSN}, {"key": TWO, "bsn": BSN}]
    given = exported([signal(ONE), signal(TWO)], clients=clients)
    assert is_valid(json.loads(given), schema)
    assert given.count(b'"client":{"burgerservicenummer":"111222333"}') == 2
    assert b"1234AB" not in given


def test_the_moment_is_told_in_universal_time() -> None:
    """DDAS writes moments with a Z; the day of the report is that of the zone it was given in."""
    midnight = {**OPTIONS, "made_at": "2026-01-31T00:30:00+01:00"}
    told = json.loads(exported([], options=midnight))["aanleverdatumEnTijd"]
    assert told == "2026-01-30T23:30:00Z"


def test_signals_that_went_elsewhere_are_not_told() -> None:
    """A signal to another municipality is not in the report of this one."""
    sent = [signal(ONE), signal(TWO, receiver="leiden"), signal(THREE, receiver="meldpunt")]
    found = delivery(sent, options={**OPTIONS, "receivers": ["gemeente", "meldpunt"]})
    assert [it["ID"] for it in found["vroegsignalen"]] == [ONE, THREE]


@pytest.mark.parametrize("named", [["gementee"], ["gemeente", "meldpnut"]])
def test_a_channel_that_nothing_went_through_is_refused(named: list[str]) -> None:
    """A name that is misspelt would leave out signals; where nothing was sent at all, none can be."""
    options = {**OPTIONS, "receivers": named}
    with pytest.raises(InvalidValue, match="a channel is named that no referral went through") as caught:
        exported([signal(ONE), signal(TWO, receiver="meldpunt")], options=options)
    assert caught.value.place == "/receivers"
    assert delivery([], options=options)["vroegsignalen"] == []


@given(st.text("0123456789", min_size=7, max_size=10) | numbers)
def test_the_eleven_test(digits: str) -> None:
    """A BSN is nine digits that pass the eleven test, and nothing else is one."""
    assert Bsn().accepts(digits) == (len(digits) == 9 and elfproef(digits))


# What is refused ------------------------------------------------------------------------------------

LETTER = {"key": ONE, "date": "2026-01-12", "kind": "Brief"}
STARTED = {"key": ONE, "period_from": "2026-01-13"}
NO_BSN = ("111222334", "11122233", "000000000", None)
JOINED = [{"key": ONE, "case": "Z1"}, {"key": TWO, "case": "Z1"}]
BAD_CELLS: list[tuple[str, str, Mapping[str, Any]]] = [
    # table, column, and what else is in the only row
    ("contact_persons", "email", {"name": "A", "email": CANARY}),
    *(("follow_ups", "status", {"key": ONE, "status": it}) for it in (CANARY, "opgepakt")),
    ("follow_ups", "result", {"key": ONE, "result": "Opgepakt"}),
    ("follow_ups", "crisis", {"key": ONE, "crisis": "ja"}),
    *(("follow_ups", "origin", {"key": ONE, "origin": it}) for it in ("10-01-2026", "2026-01-11")),
    ("follow_ups", "matched", {"key": ONE, "matched": "2026-01-09"}),
    *(("follow_ups", "taken_up", {"key": ONE, "taken_up": it}) for it in ("2026-01-09", "2026-02-06")),
    ("follow_ups", "taken_up", {"key": ONE, "matched": "2026-01-13", "taken_up": "2026-01-12"}),
    ("follow_ups", "period_until", {**STARTED, "period_until": "2026-01-12"}),
    ("follow_ups", "matched", {**STARTED, "matched": "2026-01-12"}),
    *(("attempts", "date", {**LETTER, "date": it}) for it in ("2026-01-09", "2026-02-06", None)),
    *(("attempts", "kind", {**LETTER, "kind": it}) for it in (CANARY, None)),
    ("attempts", "part_of_day", {**LETTER, "part_of_day": "Nacht"}),
    *(("clients", "bsn", {"key": ONE, "bsn": it}) for it in NO_BSN),
]
BAD_ROWS: list[tuple[Any, type[InputError], int, str]] = [
    *(({table: [row]}, InvalidValue, 2, column) for table, column, row in BAD_CELLS),
    ({"follow_ups": [{"key": CANARY}]}, UnknownReference, 2, "key"),
    ({"attempts": [{**LETTER, "key": CANARY}]}, UnknownReference, 2, "key"),
    ({"clients": [{"key": it, "bsn": BSN} for it in (ONE, CANARY)]}, UnknownReference, 3, "key"),
    ({"follow_ups": [{"key": ONE}] * 2}, DuplicateId, 3, "key"),
    ({"clients": [{"key": ONE, "bsn": BSN}] * 2}, DuplicateId, 3, "key"),
    ({"contact_persons": [{"name": CANARY}] * 2}, DuplicateId, 3, "name"),
    (
        {
            "follow_ups": [
                JOINED[0] | {"result": "Inwoner is overleden"},
                JOINED[1] | {"result": "Niet opgepakt: andere reden"},
            ]
        },
        InvalidValue,
        3,
        "result",
    ),
    (
        {"follow_ups": [JOINED[0] | {"taken_up": "2026-01-12"}, JOINED[1] | {"matched": "2026-01-13"}]},
        InvalidValue,
        2,
        "taken_up",
    ),
]


@pytest.mark.parametrize(("tables", "error", "line", "column"), BAD_ROWS)
def test_a_bad_table_is_refused_at_its_cell(
    tables: dict[str, Rows], error: type[InputError], line: int, column: str
) -> None:
    """Each error names the file, the line and the column, and quotes nothing of what stands there."""
    with pytest.raises(error) as caught:
        exported([signal(ONE), signal(TWO)], JANUARY, OPTIONS, **tables)
    (name,) = tables
    place: Any = caught.value.place
    assert (place.file, place.line, place.column) == (f"{name}.csv", line, column)
    told = "".join(traceback.format_exception(caught.value))
    assert not [it for it in (CANARY, BSN, "111222334", "10-01-2026") if it in told]


def test_a_heading_must_be_one(tmp_path: Path) -> None:
    """A column that is not known, or a key column that is not there, is told at the heading."""
    path = tmp_path / "clients.csv"
    path.write_text("key,burgerservicenummer\n")
    with pytest.raises(UnknownField, match=r"clients\.csv, line 1"):
        open_ddas(**OPTIONS, clients=str(path))
    path.write_text("key\n")
    with pytest.raises(MissingField, match=r"clients\.csv, line 1, column bsn"):
        open_ddas(**OPTIONS, clients=str(path))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("supplier_code", ""),
        ("municipality_code", "537"),
        ("municipality_code", 537),
        ("organisation", "a\nb"),
        ("kvk_number", "1234567"),
        ("receivers", "gemeente"),
        ("receivers", []),
        ("receivers", ["gemeente", ""]),
        ("made_at", "2026-02-05"),
        ("made_at", "2026-02-05T10:30:00"),
        ("made_at", "2026-02-05T25:30:00+01:00"),
        ("made_at", "2026-02-05T10:30:00+25:00"),
        ("made_at", "1899-12-31T10:30:00Z"),
        ("made_at", dt.datetime(2026, 2, 5, 10, 30, tzinfo=dt.UTC)),
    ],
)
def test_a_bad_option_is_refused_by_its_name(name: str, value: Any) -> None:
    """What cannot be reported under is told at the option."""
    with pytest.raises(InvalidValue) as caught:
        open_ddas(**{**OPTIONS, name: value})
    assert caught.value.place == f"/{name}"


@pytest.mark.parametrize(
    ("sent", "period", "error", "place"),
    [
        ([], (JANUARY[1], JANUARY[0]), InvalidValue, "/last"),
        ([], (JANUARY[0], dt.date(2026, 2, 6)), InvalidValue, "/made_at"),
        ([], ("2026-01-01", JANUARY[1]), InvalidValue, "/first"),
        ([], (JANUARY[0], dt.datetime(2026, 1, 31, tzinfo=dt.UTC)), InvalidValue, "/last"),
        ([signal(), signal(day="2025-01-10")], JANUARY, DuplicateId, "/sent/1/key"),
        ([signal().referral], JANUARY, InvalidValue, "/sent/0"),
        ([signal(ONE), signal(TWO, receiver="leiden")], JANUARY, InvalidValue, "/receivers"),
    ],
)
def test_a_bad_question_is_refused(sent: Any, period: Any, error: type[InputError], place: str) -> None:
    """A wrong period, a referral given twice or that is none, or several channels, is told."""
    with pytest.raises(error) as caught:
        exported(sent, period)
    assert caught.value.place == place


def test_the_order_of_days_is_not_that_of_other_reports() -> None:
    """What was done after `made_at` is refused only in cases that are reported."""
    sent = [signal(ONE), signal(TWO, "2026-02-07")]
    later = [{"key": TWO, "taken_up": "2026-02-08"}]
    assert [it["ID"] for it in delivery(sent, follow_ups=later)["vroegsignalen"]] == [ONE]


def test_nothing_is_shown_of_anybody() -> None:
    """The repr of the exporter and of all that it holds shows nothing, since it may hold BSNs."""
    with written({"clients": [{"key": ONE, "bsn": BSN}]}) as files:
        exporter = open_ddas(**OPTIONS, **files)
    held = attrs.asdict(exporter, recurse=False)
    assert repr(exporter) == "<Ddas>"
    assert BSN not in repr(held)
    assert repr(held["_clients"][ONE]) == "<Row>"
