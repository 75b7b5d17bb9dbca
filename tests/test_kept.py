"""A kept state: going on from it gives what the whole ledger gives, however the bookings arrive."""

from __future__ import annotations

import datetime as dt
import json
import random
import stat
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from attrs import evolve, frozen
from hypothesis import given, settings, strategies as st
from libraries import GIVEN
from long_ledgers import long_tenancies
from tables import as_tables, frames

from huurschuld import Adopted, InputError, KeptState, Tenancy, WholeLedgerNeeded, keep, screen
from huurschuld.portfolio.kept import state as kept_state
from huurschuld.rules.parameters import Dated, Parameter, Unit
from huurschuld.rules.policies import find_policy
from huurschuld.rules.policy import Policy
from huurschuld.rules.sources import USER
from huurschuld.rules.terms import P, minors, months
from huurschuld.testing import AS_OF, days_around, policies, tenancies

POLICY = find_policy("katwijk-2021")
Tables = Mapping[str, pl.DataFrame]


@frozen
class Arriving:
    """A portfolio whose entries arrive in steps, each with a day; what others name comes first."""

    tables: Tables
    steps: pl.Series
    days: Sequence[dt.date]

    def now(self, step: int) -> dict[str, pl.DataFrame]:
        """All tables as they are at a step."""
        return {**self.tables, "entries": self.tables["entries"].filter(self.steps <= step)}

    def new(self, step: int) -> pl.DataFrame:
        """The entries that arrive at a step."""
        return self.tables["entries"].filter(self.steps == step)

    def whole(self, step: int, names: list[str]) -> pl.DataFrame:
        """The whole ledger of some tenancies at a step."""
        return self.now(step)["entries"].filter(pl.col("tenancy").is_in(names))


def arriving(some: Sequence[Tenancy], days: Sequence[dt.date], arrives: Sequence[int]) -> Arriving:
    """Tenancies whose entries arrive on the first day that knows them, or so many steps later."""
    tables = frames(as_tables(some))
    rows = tables["entries"].to_dicts()
    steps: dict[tuple[str, str], int] = {}
    for row, later in zip(rows, arrives, strict=True):
        booked = row["booked"] or row["due"]
        first = next((step for step, day in enumerate(days) if booked <= day), len(days) - 1)
        steps[row["tenancy"], row["id"]] = min(first + later, len(days) - 1)
    for _ in range(2):  # a reversal, after its payment, after the claim that it names
        for row in rows:
            for named in (row["settles"], row["reverses"]):
                if named is not None:
                    key = row["tenancy"], row["id"]
                    steps[key] = max(steps[key], steps[row["tenancy"], named])
    return Arriving(tables, pl.Series([*steps.values()], dtype=pl.Int64), days)


def assert_goes_on(
    it: Arriving, policy: Policy, *, facts: bool, folder: Path | None = None
) -> list[tuple[str, ...]]:
    """Going on step by step is screening from the start; gives who was worked out anew at each step."""
    kept = keep(it.now(0), policy, it.days[0], facts=facts)
    assert kept.result.equals(screen(it.now(0), policy, it.days[0], facts=facts))
    anew = []
    for step, day in list(enumerate(it.days))[1:]:
        state = kept.state
        if folder is not None:
            state.write(folder)
            state = KeptState.read(folder)
        kept = state.go_on(day, it.new(step), whole=partial(it.whole, step), facts=facts)
        expected = screen(it.now(step), policy, day, facts=facts)
        assert kept.result.equals(expected)
        anew.append(kept.anew)
    return anew


@settings(max_examples=settings().max_examples // 10)
@given(
    policies() | st.just(POLICY),
    st.lists(
        tenancies(contacts=(), plans=(), disputes=(), objections=(), signals=(), facts=()),
        min_size=1,
        max_size=6,
    ),
    days_around(AS_OF, before=30),
    st.lists(st.sampled_from((0, 1, 10, 40)), min_size=1, max_size=2),
    st.booleans(),
    st.data(),
)
def test_going_on_is_screening_from_the_start(
    policy: Policy,
    some: list[Tenancy],
    first: dt.date,
    gaps: list[int],
    facts: bool,
    data: st.DataObject,
) -> None:
    """Any ledgers, by any rules, in any number of steps, late and out of order: every column."""
    some = [evolve(it, id=f"T{number}") for number, it in enumerate(some)]
    days = [first]
    for gap in gaps:
        days.append(days[-1] + dt.timedelta(gap))
    entries = sum(len(it.entries) for it in some)
    late = st.lists(st.sampled_from((0, 0, 0, 1, 2)), min_size=entries, max_size=entries)
    assert_goes_on(arriving(some, days, data.draw(late)), policy, facts=facts)


def long_portfolio(seed: int, count: int, late: float) -> Arriving:
    """Long ledgers of every kind of entry, of which a part arrives late."""
    rng = random.Random(seed)
    some = long_tenancies(rng, count, AS_OF)
    days = [AS_OF - dt.timedelta(rng.randint(0, 40))]
    for _ in range(3):
        days.append(days[-1] + dt.timedelta(rng.choice((0, 1, 10, 31, 40, 70))))
    entries = sum(len(it.entries) for it in some)
    arrives = [rng.randint(1, 3) if rng.random() < late else 0 for _ in range(entries)]
    return arriving(some, days, arrives)


@pytest.mark.parametrize(("seed", "late"), [(1, 0.0), (2, 0.02)])
def test_long_ledgers_go_on(seed: int, late: float, tmp_path: Path) -> None:
    """Every kind of entry, paid by name or not, taken back months later, folded more than once."""
    it = long_portfolio(seed, 150, late)
    anew = assert_goes_on(it, POLICY, facts=bool(seed % 2), folder=tmp_path / "state")
    assert all(len(names) < 60 for names in anew)  # most of them really go on


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 15))
def test_many_long_ledgers_go_on(seed: int) -> None:
    """The same for many, late and out of order."""
    it = long_portfolio(seed, 300, (0.0, 0.003, 0.02, 0.3)[seed % 4])
    assert_goes_on(it, POLICY, facts=bool(seed % 2))


@cache
def the_portfolio() -> Arriving:
    """A portfolio that is looked at in several tests, some bookings of which come ten days later.

    Nothing in it needs a whole ledger: no payment names a claim of long ago.
    """
    days = [AS_OF - dt.timedelta(10), AS_OF]

    def of(some: Sequence[Tenancy]) -> Arriving:
        return arriving(some, days, [0] * sum(len(it.entries) for it in some))

    some = long_tenancies(random.Random(7), 60, AS_OF)
    it = of(some)
    state = keep(it.now(0), POLICY, days[0]).state
    anew = state.go_on(AS_OF, it.new(1), whole=partial(it.whole, 1)).anew
    return of([one for one in some if one.id not in anew])


@cache
def the_state() -> KeptState:
    """What is kept of it on the first day."""
    it = the_portfolio()
    return keep(it.now(0), POLICY, it.days[0]).state


def go_on(
    state: KeptState, bookings: object = None, day: dt.date = AS_OF, **others: Any
) -> pl.DataFrame:
    """The result of going on."""
    result: pl.DataFrame = state.go_on(day, bookings, **others).result
    return result


def test_only_few_entries_are_kept() -> None:
    """A ledger folds into some entries for what is old, and those of the last two months."""
    it, state = the_portfolio(), the_state()
    kept = state.entries_of().collect()
    assert kept.height < it.now(0)["entries"].height / 2
    assert kept.filter("folded").height > 0
    assert state.folded_to == it.days[0] - dt.timedelta(62)


@pytest.mark.parametrize("library", ["polars", "polars-lazy", "pandas", "pyarrow"])
def test_any_way_in_polars(library: str) -> None:
    """Frames of polars, pandas and PyArrow, and texts as in a CSV file: one answer."""
    it = the_portfolio()
    convert = GIVEN[library]
    kept = keep(convert(it.now(0)), POLICY, it.days[0])
    new = convert({"entries": it.new(1)})["entries"]
    texts = it.new(1).with_columns(pl.all().cast(pl.String))
    expected = screen(it.now(1), POLICY, AS_OF)
    assert go_on(kept.state, new).equals(expected)
    assert go_on(kept.state, texts).equals(expected)


def test_only_those_touched() -> None:
    """Their rows alone are given; the others follow with the next whole step."""
    it, state = the_portfolio(), the_state()
    some = it.new(1).filter(pl.col("tenancy").is_in(["3", "14", "15"]))
    kept = state.go_on(AS_OF, some, only_touched=True)
    now = {**it.now(0), "entries": pl.concat([it.now(0)["entries"], some])}
    expected = screen(now, POLICY, AS_OF)
    touched = some["tenancy"].unique().implode()
    assert kept.result.equals(expected.filter(pl.col("tenancy").is_in(touched)))
    assert go_on(kept.state).equals(expected)
    others = it.new(1).filter(~pl.col("tenancy").is_in(["3", "14", "15"]))
    assert go_on(kept.state, others).equals(screen(it.now(1), POLICY, AS_OF))


def test_what_is_late_needs_the_whole_ledger() -> None:
    """A booking of long ago changes since when somebody is behind: that is never guessed."""
    it, state = the_portfolio(), the_state()
    late = pl.DataFrame(
        [{"tenancy": "5", "id": "late", "kind": "payment", "booked": dt.date(2024, 6, 1), "cents": 700}]
    )
    with pytest.raises(WholeLedgerNeeded) as raised:
        go_on(state, late)
    assert raised.value.tenancies == ("5",)
    assert "'5'" not in str(raised.value)
    entries = pl.concat([it.now(0)["entries"], late], how="diagonal")
    asked = []

    def whole(names: list[str]) -> pl.DataFrame:
        asked.append(names)
        return entries

    kept = state.go_on(AS_OF, late, whole=whole)
    assert asked == [["5"]]
    assert kept.anew == ("5",)
    expected = screen({**it.now(0), "entries": entries}, POLICY, AS_OF)
    assert kept.result.equals(expected)
    assert go_on(kept.state).equals(expected)


def test_a_whole_ledger_that_lacks_what_was_there_is_refused() -> None:
    """What is owed would be lost without a word."""
    late = pl.DataFrame([payment(tenancy="5", id="late", booked=dt.date(2024, 6, 1))])
    with pytest.raises(InputError, match="fewer entries of a tenancy than there were before"):
        go_on(the_state(), late, whole=lambda _: late)


def test_a_ledger_that_fails_says_so_itself() -> None:
    """What `whole` raises comes as it is: it is no mistake of huurschuld, and none of polars."""
    late = pl.DataFrame([payment(tenancy="5", id="late", booked=dt.date(2024, 6, 1))])

    def whole(_: list[str]) -> pl.DataFrame:
        raise ConnectionError("the ledger cannot be reached")

    with pytest.raises(ConnectionError, match="cannot be reached"):
        go_on(the_state(), late, whole=whole)


def test_nothing_new() -> None:
    """Without bookings the day alone has changed; and nobody was touched."""
    it, state = the_portfolio(), the_state()
    expected = screen(it.now(0), POLICY, AS_OF)
    assert go_on(state).equals(expected)
    assert go_on(state, only_touched=True).equals(expected.clear())
    assert go_on(state, it.new(1).clear()).equals(expected)


def refused(state: KeptState, bookings: pl.DataFrame) -> tuple[str, str]:
    """The code and the place of the error that new entries give."""
    with pytest.raises(InputError) as raised:
        go_on(state, bookings, whole=lambda names: pytest.fail(f"asked for {names}"))
    return raised.value.code, str(raised.value.place)


def payment(**cells: object) -> dict[str, object]:
    """A new payment, and what it has besides."""
    return {"tenancy": "1", "id": "new", "kind": "payment", "booked": AS_OF, "cents": 100} | cells


def test_new_entries_are_checked() -> None:
    """As in a whole screening, with the row of what was given; earlier entries count with them."""
    it, state = the_portfolio(), the_state()
    recent = it.now(0)["entries"].filter(pl.col("booked") > it.days[0] - dt.timedelta(50))
    there = recent.row(0, named=True)
    of_payment = recent.filter(kind="payment").row(0, named=True)
    for row, expected in [
        (payment(cents=0), ("invalid-value", "entries, line 3, column cents")),
        (payment(tenancy="nobody"), ("unknown-reference", "entries, line 3, column tenancy")),
        (
            payment(tenancy=there["tenancy"], id=there["id"]),
            ("duplicate-id", "entries, line 3, column id"),
        ),
        (payment(id="first"), ("duplicate-id", "entries, line 3, column id")),
        (
            payment(settles=of_payment["id"], tenancy=of_payment["tenancy"]),
            ("unknown-reference", "entries, line 3, column settles"),
        ),
        (
            payment(
                kind="reversal",
                reverses=of_payment["id"],
                tenancy=of_payment["tenancy"],
                cents=of_payment["cents"] + 1,
            ),
            ("invalid-value", "entries, line 3, column cents"),
        ),
    ]:
        assert refused(state, pl.DataFrame([payment(id="first"), row])) == expected
    many = pl.DataFrame([payment(id=f"m{number}", cents=1) for number in range(5_000)])
    code, place = refused(state, many)
    assert (code, place.endswith("column id")) == ("invalid-value", True)


def test_a_reference_to_nothing_is_refused_by_the_whole_ledger() -> None:
    """What is not at hand may be folded away, so the whole ledger says whether it was ever there."""
    it, state = the_portfolio(), the_state()
    new = pl.DataFrame([payment(settles="never")])
    entries = pl.concat([it.now(0)["entries"], new], how="diagonal")
    with pytest.raises(InputError) as raised:
        go_on(state, new, whole=lambda _: entries)
    assert raised.value.code == "unknown-reference"
    assert str(raised.value.place).startswith("the whole ledger")
    with pytest.raises(InputError, match="lacks an entry"):
        go_on(state, new, whole=lambda _: it.now(0)["entries"])


def test_ids_like_those_of_folded_entries() -> None:
    """An application may use any id: a ledger that has ours is not folded."""
    it, state = the_portfolio(), the_state()
    new = pl.DataFrame([payment(id="kept:r0"), payment(id="kept:p0", tenancy="2", settles=None)])
    entries = pl.concat([it.now(0)["entries"], new], how="diagonal")
    now = {**it.now(0), "entries": entries}
    kept = state.go_on(AS_OF, new, whole=lambda _: entries)
    assert kept.anew == ("1", "2")
    assert kept.result.equals(screen(now, POLICY, AS_OF))
    months = AS_OF + dt.timedelta(90)
    assert go_on(kept.state, day=months).equals(screen(now, POLICY, months))
    assert keep(now, POLICY, AS_OF).state.go_on(months).result.equals(screen(now, POLICY, months))


def test_other_tables_in_their_place() -> None:
    """Tenants go, rents change in the past, children are born: as if screened from the start."""
    it, state = the_portfolio(), the_state()
    tables = it.now(0)
    child = {"tenancy": "9", "born": str(it.days[0])}
    rents = tables["rents"].with_columns(
        pl.when(pl.col("tenancy") == "4")
        .then(pl.col("from") + dt.timedelta(15))
        .otherwise("from")
        .alias("from")
    )
    changed = {
        "tenancies": tables["tenancies"].reverse().filter(pl.col("id") != "8"),
        "rents": rents.filter(pl.col("tenancy") != "8"),
        "children": pl.concat([tables["children"], pl.DataFrame([child])]).filter(
            pl.col("tenancy") != "8"
        ),
        "contacts": tables["contacts"].filter(pl.col("tenancy") != "8"),
    }
    asked = []

    def whole(names: list[str]) -> pl.DataFrame:
        asked.extend(names)
        return it.whole(1, names)

    new = it.new(1).filter(pl.col("tenancy") != "8")
    now = {**it.now(1), **changed}
    now["entries"] = now["entries"].filter(pl.col("tenancy") != "8")
    kept = state.go_on(AS_OF, new, changed, whole=whole)
    expected = screen(now, POLICY, AS_OF)
    assert kept.result.equals(expected)
    assert set(asked) <= {"4"}
    unknown = state.go_on(AS_OF, it.new(1), {"plans": None}).result
    without = {name: table for name, table in it.now(1).items() if name != "plans"}
    assert unknown.equals(screen(without, POLICY, AS_OF))
    with pytest.raises(InputError, match="as bookings"):
        go_on(state, tables={"entries": it.new(1)})
    with pytest.raises(InputError) as raised:
        go_on(state, tables={"rents": rents.with_columns(cents=0)})
    assert str(raised.value.place) == "rents, line 2, column cents"


def test_a_priority_changes_on_its_day() -> None:
    """Of those who owe nothing, too: a child comes of age, an eviction has passed."""
    born = dt.date(2007, 4, 15)
    tables = {
        "tenancies": pl.DataFrame(
            {
                "id": ["a", "b", "c"],
                "start": [dt.date(2019, 1, 1)] * 3,
                "children_known": ["all"] * 3,
                "eviction_announced": [None, dt.date(2025, 4, 12), None],
                "eviction_on": [None, dt.date(2025, 4, 16), None],
            }
        ),
        "rents": pl.DataFrame(
            {"tenancy": ["a", "b", "c"], "from": [dt.date(2019, 1, 1)] * 3, "cents": [60_000] * 3}
        ),
        "entries": pl.DataFrame(schema={"tenancy": pl.String, "id": pl.String, "kind": pl.String}),
        "children": pl.DataFrame({"tenancy": ["a", "c"], "born": [str(born), "2007-04-00"]}),
    }
    state = keep(tables, POLICY, dt.date(2025, 4, 10)).state
    for days in (1, 2, 5, 6, 7, 20, 21):
        day = dt.date(2025, 4, 10) + dt.timedelta(days)
        kept = state.go_on(day)
        assert kept.result.equals(screen(tables, POLICY, day))
        state = kept.state


def test_a_priority_by_other_facts_and_numbers() -> None:
    """By a number that changes with the day, or by what is owed: it is found anew for everybody."""
    it = the_portfolio()
    first, second = it.days[0], it.days[0] + dt.timedelta(1)
    at_least = Parameter(
        "children_at_least",
        Unit.COUNT,
        values=(Dated(1, USER, until=first), Dated(2, USER, since=second)),
    )
    many = minors >= P.children_at_least
    for policy in (
        POLICY.with_("many", parameters={"children_at_least": at_least}, family=many),
        POLICY.with_("owing", crisis=months > "0.5"),
    ):
        kept = keep(it.now(0), policy, first)
        assert kept.result.equals(screen(it.now(0), policy, first))
        expected = screen(it.now(1), policy, AS_OF)
        assert go_on(kept.state, it.new(1)).equals(expected)


def test_columns_are_carried_along(tmp_path: Path) -> None:
    """Also of those whose row is as it was; and by what is assumed."""
    it = the_portfolio()
    tables = it.now(0)
    here = {
        **tables,
        "tenancies": tables["tenancies"].with_columns(name=pl.col("id") + "k", area=pl.lit("north")),
        "contacts": tables["contacts"].drop("debt_help"),
    }
    how: dict[str, Any] = {"assume": {"contacts.debt_help": True}, "carry": ["name", "area"]}
    given_numbers = {"floor_cents": Adopted(500, "The council", dt.date(2025, 1, 1), "7")}
    kept = keep(here, POLICY, it.days[0], given_numbers, **how)
    new = {**here, "entries": it.now(1)["entries"]}
    kept.state.write(tmp_path / "state")
    state = KeptState.read(tmp_path / "state")
    expected = screen(new, POLICY, AS_OF, given_numbers, **how)
    assert expected["tenancy"].equals(here["tenancies"]["id"].alias("tenancy"))
    assert go_on(state, it.new(1)).equals(expected)


def test_a_state_in_a_folder(tmp_path: Path) -> None:
    """It is read as it was written; only its owner may read it; only what is new is written again."""
    it = the_portfolio()
    how: dict[str, Any] = {"assume": None, "carry": []}
    numbers = {"floor_cents": Adopted(500, "The council", dt.date(2025, 1, 1), "7")}
    kept = keep(it.now(0), POLICY, it.days[0], numbers, **how)
    folder = tmp_path / "kept" / "state"
    kept.state.write(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    read = KeptState.read(folder)
    assert (read.rules, read.kept_day, repr(read)) == (
        kept.state.rules,
        kept.state.kept_day,
        f"<State of katwijk-2021 on {it.days[0]}>",
    )
    read.check(POLICY, numbers)
    expected = screen(it.now(1), POLICY, AS_OF, numbers)
    later = read.go_on(AS_OF, it.new(1))
    assert later.result.equals(expected)
    before = {path.name for path in folder.iterdir()}
    later.state.write(folder)
    after = {path.name for path in folder.iterdir()}
    assert {it.split("-")[0] for it in after - before} <= {
        "entries",
        "priorities",
        "replaced",
        "rows",
    }
    assert go_on(KeptState.read(folder, verify=False)).equals(expected)
    assert go_on(later.state.write(tmp_path / "copy")).equals(expected)


def damaged(folder: Path) -> str:
    """What is said of a folder that is damaged."""
    with pytest.raises(InputError) as raised:
        KeptState.read(folder)
    assert "begin anew" in raised.value.remedy
    return raised.value.problem


def test_a_step_taken_once_more_leaves_a_whole_state(tmp_path: Path) -> None:
    """From a state in memory, after a step that folded anew and removed its files; or it is told."""
    it = the_portfolio()
    first = keep(it.now(0), POLICY, it.days[0]).state.write(tmp_path / "kept")
    read = KeptState.read(tmp_path / "kept")
    first.go_on(it.days[0] + dt.timedelta(40), it.new(1)).state.write(tmp_path / "kept")
    again = first.go_on(it.days[0] + dt.timedelta(1), it.new(1)).state
    again.write(tmp_path / "kept")
    assert KeptState.read(tmp_path / "kept").kept_day == again.kept_day
    first.go_on(it.days[0] + dt.timedelta(40), it.new(1)).state.write(tmp_path / "kept")
    with pytest.raises(InputError, match="another one was written there since"):
        read.write(tmp_path / "kept")
    assert KeptState.read(tmp_path / "kept").kept_day == it.days[0] + dt.timedelta(40)


def test_a_damaged_state_is_refused(tmp_path: Path) -> None:
    """Every byte of it counts: nobody is decided on by half a state."""
    state = the_state()
    folder = tmp_path / "state"
    state.write(folder)
    known = next(folder.glob("known-*"))
    whole = known.read_bytes()
    known.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "not as it was written" in damaged(folder)
    known.write_bytes(whole[:-1])
    assert "not as long" in damaged(folder)
    known.unlink()
    assert "missing" in damaged(folder)
    known.write_bytes(whole)
    head = folder / "state.json"
    text = head.read_text()
    head.write_text(text.replace('"floor":1000', '"floor":1001'))
    assert "head is damaged" in damaged(folder)
    document = json.loads(text)
    document["state"]["format"] = 99
    head.write_text(json.dumps(document))
    assert "another version" in damaged(folder)
    head.write_text("{")
    assert "head is damaged" in damaged(folder)
    with pytest.raises(InputError, match="there is no state"):
        KeptState.read(tmp_path / "nothing")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("Dear tenant")
    with pytest.raises(InputError, match="no folder of a state"):
        state.write(tmp_path / "other")
    assert [it.name for it in (tmp_path / "other").iterdir()] == ["letter.txt"]


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head comes last: until then the folder holds the state before."""
    it, state = the_portfolio(), the_state()
    folder = tmp_path / "state"
    state.write(folder)
    later = KeptState.read(folder).go_on(AS_OF, it.new(1)).state

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("huurschuld.portfolio.kept.files.write_text", full)
        with pytest.raises(OSError, match="No space"):
            later.write(folder)
    assert KeptState.read(folder).kept_day == it.days[0]
    later.write(folder)
    assert KeptState.read(folder).kept_day == AS_OF


def test_a_state_of_other_rules_is_told() -> None:
    """It is never gone on from by rules that it was not kept by."""
    state = the_state()
    state.check(POLICY)
    state.check("katwijk-2021")
    for policy, parameters in (("bgs-2021", None), (POLICY, {"minimum_cents": 7_500})):
        with pytest.raises(InputError, match="kept by other rules"):
            state.check(policy, parameters)
    with pytest.raises(InputError) as raised:
        state.go_on(AS_OF - dt.timedelta(11))
    assert raised.value.place == "/as_of"


def test_numbers_that_change_with_the_day() -> None:
    """Where what was folded would be folded otherwise, it is told, and not guessed."""
    it = the_portfolio()
    floor = next(one for one in POLICY.parameters if one.name == "floor_cents")
    first, second = (evolve(floor.values[0], value=value) for value in (1_000, 2_000))
    dated = evolve(
        floor,
        values=(evolve(first, until=it.days[0]), evolve(second, since=it.days[0] + dt.timedelta(1))),
    )
    policy = POLICY.with_("raised", parameters={"floor_cents": dated})
    with pytest.raises(InputError, match="another floor_cents"):
        keep(it.now(0), policy, it.days[0]).state.go_on(AS_OF)


def given_so_far(entries: pl.DataFrame, _: list[str]) -> pl.DataFrame:
    """The whole ledger, of everybody."""
    return entries


def test_many_steps_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A state does not grow by how often it was gone on from."""
    monkeypatch.setattr(kept_state, "_MOST_PARTS", 3)
    it, state = the_portfolio(), the_state()
    new = it.new(1)
    before = it.now(0)["entries"]
    for piece in new.sort(pl.col("reverses").is_not_null()).iter_slices(-(-new.height // 6)):
        before = pl.concat([before, piece])
        state = state.go_on(AS_OF, piece, only_touched=True, whole=partial(given_so_far, before)).state
        assert len(state.parts) <= 4
    assert go_on(state).equals(screen(it.now(1), POLICY, AS_OF))


def test_what_cannot_be_kept() -> None:
    """Several days, and libraries that a state is not kept in."""
    it = the_portfolio()
    with pytest.raises(InputError, match="kept on one day"):
        keep(it.now(0), POLICY, [AS_OF])  # type: ignore[arg-type]
    with pytest.raises(InputError):
        keep([it.now(0)], POLICY, AS_OF)  # type: ignore[arg-type]
    bad = {**it.now(0), "rents": it.now(0)["rents"].with_columns(cents=5)}
    with pytest.raises(InputError) as raised:
        keep(bad, POLICY, AS_OF)
    assert str(raised.value.place) == "rents, line 2, column cents"


@pytest.mark.parametrize("library", ["duckdb"])
def test_libraries_that_a_state_is_not_kept_in(library: str) -> None:
    """They are told which ones it is kept in."""
    pytest.importorskip(library)
    with pytest.raises(InputError, match="kept in polars"):
        keep(GIVEN[library](the_portfolio().now(0)), POLICY, AS_OF)
