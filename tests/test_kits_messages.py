"""What fails in a kit can be found: the row, the place, and the line of the plugin's own code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from broken_adapters import BROKEN, Memory, MemoryLedgerTests, each, kit_of, table
from broken_channels import MemoryChannelTests
from broken_contacts import BROKEN as BROKEN_CONTACTS
from broken_enrichers import BROKEN as BROKEN_ENRICHERS
from hypothesis import settings

from huurschuld import Cell, InvalidValue, MissingField
from huurschuld.model.entries import Payment
from huurschuld.portfolio.rows import tenancy_rows
from huurschuld.testing import Rows, SourceRefuses
from huurschuld.testing.kit import Broken
from huurschuld.testing.kit_errors import refused_text
from huurschuld.testing.kit_run import environment
from huurschuld.testing.kit_shrinking import Shrinking
from huurschuld.testing.ledger_leases import OWING, day, lease
from huurschuld.testing.ledger_messages import rows_text
from huurschuld.testing.ledger_outcomes import expect_many, expect_tenancies
from huurschuld.testing.ledger_portfolios import large


def failure_of(check: str, kit: type[Any]) -> Broken:
    """What a check of a broken plugin raises."""
    with pytest.raises(Broken) as caught:
        getattr(kit(), check)()
    return caught.value


def test_a_failure_shows_the_rows_of_the_tenancy() -> None:
    """Those that were seeded: one line each, without what is empty, the default, or whose it is."""
    failure = failure_of("test_no_row_is_lost", kit_of(table("objections", lambda _: [])))
    assert str(failure) == "tenancy 2 of 13, objected on 2025-04-20: False instead of True"
    (note,) = failure.__notes__
    assert note == (
        "The rows of that tenancy, without what is empty or the default:\n"
        "  tenancies: id 'A2', start 2019-10-29, children_known 'all'\n"
        "  rents: from 2019-10-29, cents 60000\n"
        "  entries: kind 'rent', id 'r1', due 2025-02-09, cents 60000, booked 2025-02-09\n"
        "  entries: kind 'rent', id 'r2', due 2025-03-11, cents 60000, booked 2025-03-11\n"
        "  objections: date 2025-03-31"
    )


def test_each_way_of_comparing_shows_them() -> None:
    """Many at once, the first that is missing, on a later day, and of an enricher."""
    one, two = lease("A1", *OWING), lease("A2", *OWING, Payment(id="p1", booked=day(90), cents=1))
    paid_later = attrs.evolve(two, entries=(*OWING, Payment(id="p1", booked=day(50), cents=1)))
    for found, compare in (
        ({"A1": one, "A2": one}, expect_many),
        ({"A1": one}, expect_many),
        ({"A1": one}, expect_tenancies),
        ({"A1": one, "A2": paid_later}, expect_tenancies),
    ):
        with pytest.raises(Broken) as caught:
            compare(found, [one, two])
        (note,) = caught.value.__notes__
        assert "id 'A2'" in note
        assert "kind 'payment', id 'p1'" in note
    check, kit = BROKEN_ENRICHERS["the last objection is lost"]
    assert "The rows of that tenancy" in failure_of(check, kit).__notes__[0]


def test_a_history_shows_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the tenancy whose past has changed, as well as of one that is not what it should be."""
    settings.load_profile("mutants")
    check, kit = BROKEN["a lease once read is not read again"]
    try:
        failure = failure_of(check, kit)
        assert "The rows of that tenancy" in failure.__notes__[0]
        # Only the past is compared.
        monkeypatch.setattr("huurschuld.testing.ledger_histories.expect_tenancies", lambda *_: None)
        failure = failure_of(check, kit_of(_ForgetsThePast, examples=60))
    finally:
        settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
    assert str(failure).startswith("the outcomes on ")
    assert "The rows of that tenancy" in failure.__notes__[0]


class _ForgetsThePast(Memory):
    def rows(self) -> Rows:
        rows = super().rows()
        is_odd = sum(len(them) for them in rows.values()) % 2  # as good as chance, and always the same
        return rows | {"entries": [] if is_odd else rows["entries"]}


def test_the_rows_shown_are_few_and_short() -> None:
    """However much there is of a tenancy."""
    can = MemoryLedgerTests.capabilities
    lines = rows_text(tenancy_rows(large(can))).splitlines()
    assert len(lines) == 14
    assert lines[-1].endswith(" more rows")
    (line,) = rows_text({"facts": [{"name": "x" * 999}]}).splitlines()[1:]
    assert len(line) < 250


def test_months_are_shown_as_a_decimal() -> None:
    """And not in billionths."""
    kit = kit_of(each("rents", lambda _: {"cents": 40_000}))
    failure = failure_of("test_no_row_is_lost", kit)
    assert str(failure) == "tenancy 1 of 13, months on 2025-03-06: '1.5' instead of '1'"


def test_a_refusal_of_valid_rows_says_where() -> None:
    """At which table, row and column; of a path only the last part, as a report names no folder."""
    kit = kit_of(table("entries", lambda rows: [it for it in rows if it["kind"] != "rent"]))
    failure = failure_of("test_a_designated_payment_stays_designated", kit)
    assert str(failure).startswith("a valid portfolio is refused: unknown-reference at entries, line ")
    assert ", column settles, this tenancy has no such claim" in str(failure)
    for place, where in (
        (Cell("/home/anna/calls.csv", 3, "channel"), "calls.csv, line 3, column channel"),
        ("/home/anna/calls.csv", "calls.csv"),
        ("entries", "entries"),
        ("", "the root"),
    ):
        assert (
            refused_text(MissingField(place, "it is required"))
            == f"missing-field at {where}, it is required"
        )


class _Refuses(MemoryLedgerTests):
    def seed(self, _: object) -> None:
        raise SourceRefuses


class _RefusesAll(Memory):
    def tables(self) -> Any:
        raise InvalidValue("store", "it cannot be read")


class _ChannelRaises(MemoryChannelTests):
    def make_channel(self, _: object) -> Any:
        return _Raises()


class _Raises:
    def send(self, *_: object, **__: object) -> Any:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("check", "kit", "cause"),
    [
        (*BROKEN["invalid data is a KeyError"], KeyError),
        (*BROKEN["a missing source is a KeyError"], KeyError),
        (*BROKEN_CONTACTS["nobody is a KeyError"], KeyError),
        ("test_no_row_is_lost", _Refuses, SourceRefuses),
        ("test_no_row_is_lost", kit_of(_RefusesAll), InvalidValue),
        ("test_nothing_is_raised", _ChannelRaises, ZeroDivisionError),
    ],
)
def test_a_failure_keeps_what_the_plugin_raised(
    check: str, kit: type[Any], cause: type[Exception]
) -> None:
    """It is the cause, so that its traceback is shown."""
    assert type(failure_of(check, kit).__cause__) is cause


def test_it_keeps_it_when_the_search_for_a_simpler_one_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is raised then is the failure with its cause."""
    now = [0.0]
    monkeypatch.setattr("huurschuld.testing.kit_shrinking.monotonic", lambda: now[0])
    shrinking = Shrinking()

    def fail() -> None:
        with shrinking.example():
            raise Broken("it fails") from KeyError()

    def check() -> None:
        with pytest.raises(Broken):
            fail()
        now[0] += 61
        fail()

    with pytest.raises(Broken, match="it fails") as caught:
        shrinking.run(check)
    assert type(caught.value.__cause__) is KeyError


KIT = """
from broken_adapters import Memory, kit_of

class Mine(Memory):
    def rows(self):
        rows = super().rows()
        known = {it["id"]: it for it in rows["entries"]}
        paid = [known[it["reverses"]] for it in rows["entries"] if it["reverses"]]  # my own line
        return rows | {"objections": []}

TestMine = kit_of(Mine)
"""


def test_pytest_shows_the_line_and_the_rows(tmp_path: Path) -> None:
    """An author who runs the kit sees the own line that raised, and the rows of the tenancy."""
    Path(tmp_path, "test_mine.py").write_text(KIT, "utf-8")
    checks = "test_no_row_is_lost or test_errors_tell_nothing"
    ran = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-m", "pytest", "-q", "-k", checks, "-p", "no:cacheprovider", "test_mine.py"],
        env=environment([Path(__file__).parent]),
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "2 failed" in ran.stdout
    assert "# my own line" in ran.stdout
    assert re.search(r"^E +KeyError", ran.stdout, re.MULTILINE)
    assert "objections: date 2025-03-31" in ran.stdout
