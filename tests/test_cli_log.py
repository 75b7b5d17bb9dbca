"""The command line and the decision log: deciding again, who looked, why something was overruled."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from outboxes import new_outbox
from postgres import Cluster
from referring import A1, AS_OF, RECEIVER, WHO, People, Told, in_arrears, person, proposed

from huurschuld import Case, dump_case
from huurschuld.cases import verify
from huurschuld.referrals import Outbox, confirm, create_outbox, history, open_outbox, send

Run = Callable[..., tuple[int, str, str]]


def accesses(outbox: Outbox) -> list[Any]:
    """Who has looked, as the log has it."""
    with outbox.reading() as connection:
        found = connection.exec_driver_sql("SELECT public FROM entries WHERE kind = 'access'")
        return [json.loads(it)["person"] for it in found.scalars()]


@pytest.fixture
def key(tmp_path: Path) -> str:
    """A referral that was sent, from the outbox `o`."""
    with create_outbox(tmp_path / "o") as outbox:
        (key,) = proposed(outbox, A1)
        confirm(outbox, [key], by=WHO, contacts=People(), receiver=RECEIVER)
        send(outbox, Told(), RECEIVER)
    return key


def test_a_proposal_is_decided_again(run: Run, key: str, tmp_path: Path) -> None:
    """By the facts that were kept, or by the case as it was; another case is refused."""
    outbox = ("--outbox", tmp_path / "o")
    code, out, err = run("refer", "replay", key[:8], *outbox)
    assert (code, err) == (0, "")
    assert "tenancy-1  refer; a person confirms" in out
    code, kept, _ = run("refer", "replay", key[:8], "--format", "json", *outbox)
    assert json.loads(kept)["advice"] == "refer"
    case = tmp_path / "case.json"
    case.write_text(dump_case(Case("bgs-2021", AS_OF, in_arrears(A1))), encoding="utf-8")
    assert run("refer", "replay", key[:8], case, "--format", "json", *outbox) == (0, kept, "")
    case.write_text(dump_case(Case("bgs-2021", AS_OF, in_arrears(A1, 99))), encoding="utf-8")
    code, out, err = run("refer", "replay", key[:8], case, *outbox)
    assert (code, out) == (2, "")
    assert "input-changed at /tenancy" in err


def test_who_looked_is_in_the_log(run: Run, key: str, tmp_path: Path) -> None:
    """By name, or by the login on the machine; the history is of what happened to the referral."""
    outbox = ("--outbox", tmp_path / "o")
    for by in ((), ("--by", "J. Jansen")):
        code, out, _ = run("refer", "show", key[:8], *by, *outbox)
        assert code == 0
        assert person(A1).name in out
    with open_outbox(tmp_path / "o") as box:
        assert accesses(box) == [getpass.getuser(), "J. Jansen"]
        assert verify(box) == ()
    _, out, _ = run("refer", "history", key[:8], *outbox)
    assert "J. Jansen" not in out


def test_why_a_proposal_was_withdrawn_is_in_its_history(run: Run, tmp_path: Path) -> None:
    """Who overrules the advice may say why."""
    with create_outbox(tmp_path / "o") as outbox:
        (key,) = proposed(outbox, A1)
    told = ("--by", "J. Jansen", "--reason", "they have paid today")
    assert run("refer", "withdraw", key[:8], *told, "--outbox", tmp_path / "o")[0] == 0
    with open_outbox(tmp_path / "o") as outbox:
        last = history(outbox, key)[-1]
    assert (last.what, last.person, last.reason) == ("withdrawn", "J. Jansen", "they have paid today")


@pytest.mark.slow
def test_an_outbox_in_a_database_by_its_url(
    run: Run, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun once, listed, and named without how to log in."""
    url = cluster.url(cluster.new_database())
    code, out, _ = run("refer", "begin", "--outbox", url)
    assert code == 0
    assert "postgres@" not in out
    assert out.endswith("is created; it has no referrals yet\n")
    monkeypatch.setenv("HUURSCHULD_OUTBOX", url)
    code, _, err = run("refer", "begin")
    assert code == 2
    assert "outbox-exists" in err
    assert run("refer", "list")[0] == 0
    monkeypatch.setenv("HUURSCHULD_OUTBOX", new_outbox(cluster))
    assert run("refer", "list", "--format", "json")[:2] == (0, "[]\n")
