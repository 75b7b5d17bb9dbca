"""The whole loop on the sample portfolio: screen, confirm, send to a local receiver, screen again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from receiver import receiver, taken
from referring import AS_OF, People, in_arrears, to_refer

from huurschuld import decide
from huurschuld.cli import main
from huurschuld.cli.refer_screening import repeat_days
from huurschuld.decisions.words import euros
from huurschuld.plugins.host import load_plugins
from huurschuld.referrals import confirm, create_outbox, open_outbox, propose

TENANCIES = 2_000
ASKED = ("--policy", "katwijk-2021", "--as-of", "2026-10-20")
BY = ("--by", "J. Jansen")
AGE = "of these, of a day more than 30 days ago: "
"""A warning that the day of these tests is long ago, as it should be."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample portfolio, and what is outside it."""
    folder = tmp_path_factory.mktemp("sample")
    made = ("sample", str(folder / "mine"), "--outside", str(folder / "outside"))
    assert main([*made, "--tenancies", str(TENANCIES)]) == 0
    return folder


class Desk:
    """A desk with the sample portfolio on it, where commands are given."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.mine = folder / "mine"
        self.config = folder / "outside" / "huurschuld.toml"
        self.log = folder / "taken.jsonl"
        self._capsys = capsys

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command prints."""
        assert main([*arguments]) == code
        printed = self._capsys.readouterr()
        told = [it for it in printed.err.splitlines() if AGE not in it]
        assert code or not told, told
        return printed.out

    def told(self, *arguments: str, code: int | None = None) -> str:
        """What a command that is refused says, or that ends with a code."""
        assert main([*arguments]) in ((1, 2) if code is None else (code,))
        return self._capsys.readouterr().err

    def propose(self, batch: str = "october", portfolio: Path | None = None) -> str:
        """Propose those of a portfolio, and give what is printed."""
        return self.run("refer", "propose", str(portfolio or self.mine), *ASKED, "--batch", batch)

    def confirm(self, *options: str, batch: str = "october") -> str:
        """Confirm a batch, and give what is printed."""
        return self.run("refer", "confirm", "--batch", batch, *BY, *options)

    def screened(self) -> dict[str, dict[str, str]]:
        """The worklist, by tenancy."""
        text = self.run("screen", str(self.mine), *ASKED, "--format", "csv")
        return {row["tenancy"]: row for row in csv.DictReader(io.StringIO(text))}

    def outbox(self) -> list[dict[str, Any]]:
        """The referrals."""
        found: list[dict[str, Any]] = json.loads(self.run("refer", "list", "--format", "json"))
        return found

    def configure(self, text: str) -> None:
        """Add to the configuration."""
        self.config.write_text(f"{self.config.read_text(encoding='utf-8')}\n{text}", encoding="utf-8")

    def add_row(self, table: str, **cells: str) -> None:
        """Add a row to a table of the portfolio."""
        path = self.mine / table
        heading = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, heading, restval="", lineterminator="\n").writerow(cells)


@pytest.fixture
def unbegun(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk without an outbox, and a receiver that runs."""
    shutil.copytree(sample, tmp_path, dirs_exist_ok=True)
    capsys.readouterr()
    desk = Desk(tmp_path, capsys)
    monkeypatch.setenv("HUURSCHULD_CONFIG", str(desk.config))
    text = desk.config.read_text(encoding="utf-8")
    with receiver(desk.log, "--knows-keys") as address:
        channel = f'[channels.meldpunt]\nurl = "{address}/signals"\nhonours_key = true\n\n[helper'
        desk.config.write_text(
            re.sub(r"\[channels\.meldpunt\].*?\n\n\[helper", channel, text, flags=re.DOTALL),
            encoding="utf-8",
        )
        yield desk


@pytest.fixture
def desk(unbegun: Desk) -> Desk:
    """A desk with an empty outbox."""
    unbegun.run("refer", "begin")
    return unbegun


def referred(worklist: dict[str, dict[str, str]]) -> set[str]:
    return {name for name, row in worklist.items() if row["advice"] == "refer"}


def test_without_an_outbox_nothing_is_screened(unbegun: Desk) -> None:
    """It is not known who was referred already."""
    assert "make an outbox first" in unbegun.told("screen", str(unbegun.mine), *ASKED)


def test_who_is_referred_is_on_hold_and_nothing_else_goes_out(desk: Desk) -> None:
    """Only confirmed ones go out, with contact details and amount alone; then they are on hold."""
    before = desk.screened()
    due = referred(before)
    assert len(due) >= 5
    desk.propose()
    assert {it["tenancy"] for it in desk.outbox()} == due
    assert referred(desk.screened()) == due  # a proposal is no signal yet
    desk.run("refer", "send", code=0)
    assert taken(desk.log) == []  # nothing was confirmed
    left = min(due)  # this one nobody confirms
    keys = {it["tenancy"]: it["key"] for it in desk.outbox()}
    chosen = [keys[name][:12] for name in sorted(due - {left})]
    desk.run("refer", "confirm", *chosen, *BY)
    desk.run("refer", "send")
    got = taken(desk.log)
    assert sorted(it["key"] for it in got) == sorted(keys[name] for name in due - {left})
    after = desk.screened()
    assert referred(after) == {left}
    for name in due - {left}:
        assert (after[name]["advice"], after[name]["hold"]) == ("hold", "already-referred")
    untouched = before.keys() - due
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}


def test_what_goes_out_holds_nothing_else_of_the_person(desk: Desk) -> None:
    """A search of all that the receiver got finds contact details and amount, and not one thing more."""
    desk.propose()
    desk.confirm()
    desk.run("refer", "send")
    tenancy_of = {it["key"]: it for it in desk.outbox()}
    with (desk.folder / "outside" / "register.csv").open(encoding="utf-8") as file:
        register = {row["tenancy"]: row for row in csv.DictReader(file)}
    values = _values_of(desk.folder / "mine")
    got = taken(desk.log)
    assert len(got) == len(tenancy_of) >= 5
    for it in got:
        kept = tenancy_of[it["key"]]
        row = register[kept["tenancy"]]
        body = json.loads(it["body"])
        expected = {name: value for name, value in row.items() if name != "tenancy" and value}
        cents = kept["arrears_cents"]
        amount = f"{cents // 100}.{cents % 100:02}"
        assert {name: str(value) for name, value in body.items()} == {**expected, "amount": amount}
        everything = json.dumps([it["path"], it["headers"], it["body"]])
        for other in values(kept["tenancy"]) - {amount, *expected.values(), *expected}:
            assert not re.search(rf"(?<![0-9A-Za-z]){re.escape(other)}(?![0-9A-Za-z])", everything)
        for word in ("KW-", "katwijk", "child", "kind", "months", "refer", "Jansen", "octo"):
            assert word not in everything


def _values_of(folder: Path) -> Callable[[str], set[str]]:
    """All values of four characters or more that the tables hold of a tenancy."""
    held: dict[str, set[str]] = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                name = row.get("tenancy") or row["id"]
                held.setdefault(name, set()).update(it for it in row.values() if len(it) >= 4)
    return lambda tenancy: held[tenancy] - {"true", "false"}


def test_contact_details_that_cannot_be_had_hold_nobody_else_up(desk: Desk) -> None:
    """The one without an address stays proposed, and is told by its key, not by its name."""
    desk.propose()
    lost = min(desk.outbox(), key=lambda it: str(it["tenancy"]))
    register = desk.folder / "outside" / "register.csv"
    lines = register.read_text(encoding="utf-8").splitlines(keepends=True)
    register.write_text("".join(it for it in lines if not it.startswith(lost["tenancy"])), "utf-8")
    told = desk.told("refer", "confirm", "--batch", "october", *BY)
    assert (
        f"{lost['key'][:12]}, tenancy {lost['tenancy']}, is not confirmed: unknown-reference at /tenancy"
        in told
    )
    assert {it["state"] for it in desk.outbox() if it["key"] != lost["key"]} == {"confirmed"}


def test_who_objects_after_the_confirmation_is_recalled_and_told(desk: Desk) -> None:
    """The next screening says so, by key and tenancy, and ends with 1; nothing of it goes out."""
    desk.propose()
    desk.confirm()
    gone, *others = sorted(desk.outbox(), key=lambda it: str(it["tenancy"]))
    desk.add_row("objections.csv", tenancy=gone["tenancy"], date="2026-10-19", standing="true")
    told = desk.told("refer", "propose", str(desk.mine), *ASKED, "--batch", "november", code=1)
    (line,) = (it for it in told.splitlines() if "is recalled" in it)
    key = gone["key"][:12]
    assert (
        f"{key}, tenancy {gone['tenancy']}, is recalled: the advice is hold: objected; decide: " in line
    )
    assert f"refer withdraw {key} --by NAME, or huurschuld refer resume {key} --by NAME --rea" in line
    sent = desk.told("refer", "send", code=1)
    assert f"{key}, tenancy {gone['tenancy']}, is recalled: the advice is hold: objected" in sent
    assert {it["key"] for it in taken(desk.log)} == {it["key"] for it in others}
    desk.run("refer", "withdraw", key, *BY)
    assert "left 0" in desk.run("refer", "send")


def test_it_is_looked_at_again_right_before_it_is_sent(desk: Desk) -> None:
    """Who has paid is not sent, and may be by a person's word; who is in another ledger waits."""
    desk.propose()
    printed = desk.confirm()
    gone, *others = sorted(desk.outbox(), key=lambda it: str(it["tenancy"]))
    assert all(f"  {it['key'][:12]} {it['tenancy']}\n" in printed for it in (gone, *others))
    cells = {"id": "paid", "kind": "payment", "booked": "2026-10-19", "cents": "9999999"}
    desk.add_row("entries.csv", tenancy=gone["tenancy"], **cells)
    empty = desk.folder / "empty"
    assert main(["sample", str(empty), "--tenancies", "1"]) == 0
    for file in empty.glob("*.csv"):
        file.write_text(file.read_text(encoding="utf-8").replace("KW-", "ZD-"), encoding="utf-8")
    told = desk.told("refer", "send", str(empty), *ASKED, code=1)
    assert told.count("is not sent now: the screening does not have its tenancy") == len(others) + 1
    assert taken(desk.log) == []
    told = desk.told("refer", "send", str(desk.mine), *ASKED, code=1)
    assert f"{gone['tenancy']}, is recalled: the advice is none" in told
    assert {it["key"] for it in taken(desk.log)} == {it["key"] for it in others}
    assert "left 1" in desk.run("refer", "send", code=1)
    resumed = desk.run("refer", "resume", gone["key"][:12], *BY, "--reason", "the bank took it back")
    assert resumed == "resumed by J. Jansen, to be sent: 1\n"
    sent = desk.run("refer", "send", str(desk.mine), *ASKED)
    assert sent == f"meldpunt: accepted 1   refused 0   left 0\n  {gone['key'][:12]} {gone['tenancy']}\n"
    assert "the bank took it back" in desk.run("refer", "history", gone["key"])


def test_a_second_referral_is_looked_for_as_long_as_the_policy_says(desk: Desk) -> None:
    """A policy of a plugin whose `repeat_days` is longer; of a policy in a file the default is known."""
    host = load_plugins([])
    policy = host.policies["katwijk-2021"].with_(name="long", parameters={"repeat_days": 180})
    host = evolve(host, policies={**host.policies, policy.name: policy})
    with create_outbox(desk.folder / "other.sqlite") as box:
        propose(box, [to_refer("KW-000001")], batch="one")
        assert repeat_days(host, box) == 84
        decision = decide(in_arrears("KW-000002"), policy, AS_OF)
        propose(box, [decision], batch="two")
        assert repeat_days(host, box) == 180


def test_a_configured_ledger_is_looked_at_without_being_asked(desk: Desk) -> None:
    """By the policy that advised; a person may send all the same, by name and with a reason."""
    desk.propose()
    desk.confirm()
    gone, other, *_ = sorted(desk.outbox(), key=lambda it: str(it["tenancy"]))
    cells = {"kind": "payment", "booked": "2026-10-19", "cents": "9999999"}
    desk.add_row("entries.csv", tenancy=gone["tenancy"], id="paid", **cells)
    configuration = desk.folder / "outside" / "huurschuld.toml"
    text = configuration.read_text(encoding="utf-8")
    ledger = f"\n[ledgers.portfolio]\nfolder = {json.dumps(str(desk.mine))}\n"
    configuration.write_text(text + ledger, encoding="utf-8")
    told = desk.told("refer", "send", "--as-of", "2026-10-20", code=1)
    assert f"{gone['tenancy']}, is recalled: the advice is none" in told
    assert gone["key"] not in {it["key"] for it in taken(desk.log)}
    assert other["key"] in {it["key"] for it in taken(desk.log)}
    desk.run("refer", "resume", gone["key"], *BY, "--reason", "it is not his payment")
    assert "at --without-look" in desk.told("refer", "send", "--without-look", *BY, code=2)
    why = ("--reason", "the ledger is down")
    assert "at --without-look" in desk.told("refer", "send", "--without-look", *BY, *why, *ASKED, code=2)
    desk.run("refer", "send", "--without-look", *BY, *why)
    assert gone["key"] in {it["key"] for it in taken(desk.log)}
    assert "the ledger is down" in desk.run("refer", "history", gone["key"])


def test_what_was_confirmed_long_ago_is_not_sent(desk: Desk) -> None:
    """For fourteen days, or as many as are set."""
    then = dt.datetime.now(dt.UTC) - dt.timedelta(days=14, hours=1)
    with open_outbox(desk.folder / "outside" / "outbox.sqlite", clock=lambda: then) as outbox:
        made = propose(outbox, [to_refer("KW-000001", as_of=then.date())], batch="old")
        confirm(outbox, made.keys, by="J. Jansen", contacts=People(), receiver="meldpunt")
    told = desk.told("refer", "send", code=1)
    assert "tenancy KW-000001, is recalled: confirmed more than 14 days ago" in told
    assert taken(desk.log) == []
    desk.run("refer", "resume", made.keys[0], *BY, "--reason", "looked at again")
    desk.run("refer", "send", "--max-days", "1")
    assert len(taken(desk.log)) == 1


def test_two_of_one_name_and_address_and_the_second_colleague_are_told(desk: Desk) -> None:
    """Neither of the two goes out with its batch; who comes later is told who was there."""
    desk.propose()
    one, two, *_ = sorted(desk.outbox(), key=lambda it: str(it["tenancy"]))
    register = desk.folder / "outside" / "register.csv"
    lines = register.read_text(encoding="utf-8").splitlines(keepends=True)
    (home,) = (it for it in lines if it.startswith(one["tenancy"]))
    as_home = [
        it if not it.startswith(two["tenancy"]) else home.replace(one["tenancy"], two["tenancy"])
        for it in lines
    ]
    register.write_text("".join(as_home), encoding="utf-8")
    told = desk.told("refer", "confirm", "--batch", "october", *BY, code=1)
    for it, other in ((one, two), (two, one)):
        named = f"{it['key'][:12]}, tenancy {it['tenancy']}, is recalled: "
        assert f"{named}one name and address with {other['key']}" in told
    assert Counter(it["state"] for it in desk.outbox())["recalled"] == 2
    desk.told("refer", "send", code=1)
    assert not {one["key"], two["key"]} & {it["key"] for it in taken(desk.log)}
    again = desk.told("refer", "confirm", "--batch", "october", "--by", "C. Ollega", code=0)
    today = dt.datetime.now(dt.UTC).date()
    assert (
        f"{one['key'][:12]}, tenancy {one['tenancy']}, was confirmed before, by J. Jansen at {today}"
        in again
    )
    assert "it is accepted" in again


def test_a_referral_is_shown_withdrawn_and_forgotten(desk: Desk) -> None:
    """What goes out can be seen beforehand; what is withdrawn stays; what is forgotten is no signal."""
    desk.propose()
    desk.confirm()
    first, second, *_ = desk.outbox()
    shown = json.loads(desk.run("refer", "show", first["key"][:12]))
    assert shown["amount"] == euros(first["arrears_cents"], "en")
    assert shown["place"] == "Voorbeeldstad"
    desk.run("refer", "withdraw", second["key"][:12], *BY)
    desk.run("refer", "send")
    assert second["key"] not in desk.log.read_text()
    history = desk.run("refer", "history", first["key"][:12])
    assert all(it in history for it in ("proposed", "confirmed", "begun", "ended"))
    assert "wrong-state" in desk.told("refer", "settle", first["key"], *BY, "--verdict", "accepted")
    assert "forgotten: 0" in desk.run("refer", "forget", "--before", "2026-10-01")
    assert "is in the future" in desk.told("refer", "forget", "--before", "2199-01-01")
    tomorrow = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)).isoformat()
    assert "forgotten: 0" not in desk.run("refer", "forget", "--before", tomorrow)
    assert first["tenancy"] in referred(desk.screened())


def test_helpers_are_found_on_the_command_line(desk: Desk) -> None:
    """The GGD picks a helper by need and place; one of the place comes first."""
    found = json.loads(
        desk.run("helpers", "--need", "debts", "--place", "Voorbeeldstad", "--format", "json")
    )
    assert [it["name"] for it in found] == ["Budget Informatie Punt", "Landelijke Hulplijn"]
    assert "helpers: 2" in desk.run("helpers", "--need", "debts")
    assert json.loads(desk.run("helpers", "--need", "gardening", "--format", "json")) == []


def test_a_year_of_referrals_is_reported(desk: Desk) -> None:
    """The exporter gets the accepted ones of the period, and writes its file whole."""
    desk.configure(
        '[exporters.ddas]\nsupplier_code = "1"\nmunicipality_code = "0537"\n'
        'organisation = "Gemeente Voorbeeldstad"\nkvk_number = "12345678"\n'
        'made_at = "2027-01-15T10:00:00+01:00"\n'
    )
    desk.propose()
    desk.confirm()
    desk.run("refer", "send")
    file = desk.folder / "ddas.json"
    desk.run("export", "--first", "2026-01-01", "--last", "2026-12-31", "--output", str(file))
    report = json.loads(file.read_text(encoding="utf-8"))
    (delivery,) = report["leveringen"]
    assert {it["ID"] for it in delivery["vroegsignalen"]} == {it["key"] for it in desk.outbox()}
    desk.run("export", "--first", "2025-01-01", "--last", "2025-12-31", "--output", str(file))
    assert json.loads(file.read_text(encoding="utf-8"))["leveringen"][0]["vroegsignalen"] == []
    assert "--last" in desk.told(
        "export", "--first", "2026-02-01", "--last", "2026-01-01", "--output", str(file)
    )


def test_a_receiver_that_is_not_there_is_refused_when_it_is_confirmed(desk: Desk) -> None:
    """Else the referral would wait for ever, and the household be on hold."""
    desk.propose()
    told = desk.told("refer", "confirm", "--batch", "october", *BY, "--receiver", "meldpnut")
    assert "unknown-plugin at meldpnut" in told
    assert {it["state"] for it in desk.outbox()} == {"proposed"}
    short = desk.told("refer", "confirm", "", *BY)
    assert "at least 4 characters of a key" in short


def test_a_report_takes_the_place_of_nothing_that_is_needed(desk: Desk) -> None:
    """Neither the outbox nor the configuration is overwritten by a slip of the hand."""
    desk.configure('[exporters.ddas]\nsupplier_code = "1"\n')
    outside = desk.folder / "outside"
    for file in (desk.config, outside / "outbox.sqlite", outside / "register.csv"):
        before = file.read_bytes()
        told = desk.told(
            "export", "--first", "2026-01-01", "--last", "2026-12-31", "--output", str(file)
        )
        assert "invalid-value at --output" in told
        assert file.read_bytes() == before


def test_names_with_brackets_are_shown_as_they_are(desk: Desk) -> None:
    """Nothing in a name is taken for a style, and none makes a list that cannot be shown."""
    batch = "october [/noord]"
    desk.propose(batch)
    assert "[/noord]" in desk.run("refer", "list")
    desk.run("refer", "confirm", "--batch", batch, "--by", "J. [/x] Jansen [red]")
    (first, *_) = desk.outbox()
    assert "J. [/x] Jansen [red]" in desk.run("refer", "history", first["key"])
    table = desk.folder / "outside" / "helpers.csv"
    table.write_text("name,needs\nBIP [bold] [/],debts\n", encoding="utf-8")
    desk.config.write_text(
        re.sub(
            r"(\[helper_directories\.bip\]\n).*?(\n\n|\Z)",
            r'\1table = { path = "helpers.csv" }\2',
            desk.config.read_text(encoding="utf-8"),
            flags=re.DOTALL,
        ),
        encoding="utf-8",
    )
    assert "BIP [bold] [/]" in desk.run("helpers")


def test_another_portfolio_has_proposals_in_the_same_outbox(desk: Desk) -> None:
    """Proposing one leaves the other as it is; who has paid or objected cannot be confirmed."""
    south = desk.folder / "south"
    shutil.copytree(desk.mine, south)
    for file in south.glob("*.csv"):
        file.write_text(file.read_text(encoding="utf-8").replace("KW-", "ZD-"), encoding="utf-8")
    desk.propose("north")
    desk.propose("south", south)
    found = desk.outbox()
    assert {(it["state"], it["tenancy"][:2]) for it in found} == {("proposed", "KW"), ("proposed", "ZD")}
    paid, objects = sorted(it["tenancy"] for it in found)[:2]
    owed = next(it["arrears_cents"] for it in found if it["tenancy"] == paid)
    cells = {"id": "paid", "kind": "payment", "booked": "2026-10-19", "cents": str(owed * 9)}
    desk.add_row("entries.csv", tenancy=paid, **cells)
    desk.add_row("objections.csv", tenancy=objects, date="2026-10-19", standing="true")
    assert paid not in desk.screened()
    assert "no longer hold, withdrawn: 2" in desk.propose("north again")
    states = {(it["tenancy"], it["batch"]): it["state"] for it in desk.outbox()}
    assert states[paid, "north"] == states[objects, "north"] == "withdrawn"
    assert (objects, "north again") not in states
    assert {state for (_, batch), state in states.items() if batch == "south"} == {"proposed"}
    assert desk.confirm(batch="north").endswith(": 0\n")


def test_what_is_not_known_any_more_is_told_by_its_key(desk: Desk) -> None:
    """It is withdrawn, as it cannot be taken to hold, and is told apart from what does not hold."""
    desk.propose()
    keys = {it["key"] for it in desk.outbox()}
    (desk.mine / "objections.csv").unlink()
    told = desk.told("refer", "propose", str(desk.mine), *ASKED, "--batch", "november", code=0)
    assert {it["state"] for it in desk.outbox()} == {"withdrawn"}
    lines = [it for it in told.splitlines() if it.endswith("it is not known whether it still holds")]
    assert sorted(it.split()[1] for it in lines) == sorted(key[:12] for key in keys)


def test_what_waits_for_another_receiver_is_told(desk: Desk) -> None:
    """A run for one receiver says that it leaves referrals for others, and ends with 1."""
    desk.propose()
    (drop := desk.folder / "drop").mkdir()
    desk.configure(f'[channels.file-drop]\nfolder = "{drop.as_posix()}"\n')
    desk.confirm("--receiver", "file-drop")
    told = desk.told("refer", "send", "--receiver", "meldpunt")
    assert "waiting for other receivers, to be sent with --receiver: file-drop" in told
    assert not list(drop.glob("*.json"))
    desk.run("refer", "send", "--receiver", "file-drop")
    assert len(list(drop.glob("*.json"))) == len(desk.outbox())


def test_an_old_proposal_is_told_to_be_old(desk: Desk) -> None:
    """Whoever confirms it is told, as much may have been paid since."""
    old = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=31)
    fresh = old + dt.timedelta(days=1)
    with open_outbox(desk.folder / "outside" / "outbox.sqlite") as outbox:
        propose(outbox, [to_refer("KW-000001", as_of=old)], batch="old")
        propose(outbox, [to_refer("KW-000002", as_of=fresh)], batch="fresh")
    told = desk.told("refer", "confirm", "--batch", "old", *BY, code=0)
    assert f"{AGE}1, the oldest 31 days" in told
    assert desk.told("refer", "confirm", "--batch", "fresh", *BY, code=0) == ""


def test_a_day_in_the_future_is_refused_before_the_screening(desk: Desk) -> None:
    """A year that is mistyped holds nobody."""
    told = desk.told("refer", "propose", "nowhere", *ASKED[:3], "2096-10-20", "--batch", "october")
    assert "invalid-value at /as_of: this day is in the future" in told
    assert "outbox-exists" in desk.told("refer", "begin")


@pytest.mark.slow
def test_the_demonstration_goes_to_its_end(tmp_path: Path) -> None:
    """`make demo`: the first family is reached and coupled, and keeps a plan; the landlord hears it."""
    root = Path(__file__).parents[1]
    venv = Path(sys.executable).parents[1]
    command = [
        *("make", "--no-print-directory", "demo", f"VENV={venv}", f"--old-file={venv}/user.stamp"),
        *(f"SAMPLE={tmp_path / 'sample'}", f"OUTSIDE={tmp_path / 'outside'}"),
    ]
    environment = {it: os.environ[it] for it in os.environ if not it.startswith("HUURSCHULD_")}
    environment["COLUMNS"] = "150"
    done = subprocess.run(  # noqa: S603 - a target of ours
        command, cwd=root, check=False, capture_output=True, encoding="utf-8", env=environment
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    told = [
        "left 0",
        "the store is created",
        "help accepted, 2026-10-22",
        "coupled to Budget Informatie Punt",
        "feedback given: 1",
        '"suspended_until": "2026-11-21"',
        "collection suspended",
        "the case is now: in a plan",
        "instalment paid",
        "Evaluation of 2026",
        "plans kept",
    ]
    places = [done.stdout.find(it) for it in told]
    assert -1 not in places, dict(zip(told, places, strict=True))
    assert places == sorted(places)
    assert re.search(r"^plans kept +1 ", done.stdout, re.MULTILINE)
    assert "internal-error" not in done.stderr
