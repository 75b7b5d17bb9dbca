"""Parts of tenancies from several systems: put together whole, and never one over the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import tables
from hypothesis import given, strategies as st
from plugins_on_disk import Shelf
from tables import Given

from huurschuld import HuurschuldError, Tenancy, TwoSources, decide, read_portfolio
from huurschuld.cli import main
from huurschuld.plugins.portfolio import open_folder, open_parts
from huurschuld.portfolio.columnar.opening import Library, open_tables
from huurschuld.portfolio.enriching import EnrichedLedger, EnricherTables, is_optional, read_enricher
from huurschuld.testing import tenancies

DAY = dt.date(2026, 10, 20)
START = dt.date(2024, 3, 1)
PARTS = ("contacts", "children", "plans", "disputes", "objections", "signals")


def ledger(*ids: str, **more: Any) -> Given:
    """A ledger of tenancies that owe two terms."""
    return Given(
        {
            "tenancies": pl.DataFrame({"id": ids, "start": [START] * len(ids)}),
            "rents": pl.DataFrame(
                {"tenancy": ids, "from": [START] * len(ids), "cents": [70_000] * len(ids)}
            ),
            "entries": pl.DataFrame(
                {
                    "tenancy": [*ids, *ids],
                    "id": ["R8"] * len(ids) + ["R9"] * len(ids),
                    "kind": ["rent"] * 2 * len(ids),
                    "due": [dt.date(2026, 8, 1)] * len(ids) + [dt.date(2026, 9, 1)] * len(ids),
                    "cents": [70_000] * 2 * len(ids),
                }
            ),
            **more,
        }
    )


def enriched(base: Given, *further: Mapping[str, Any], **options: Any) -> dict[str, Tenancy]:
    """The tenancies of a ledger with what others tell, by id."""
    sources = [EnricherTables(f"source {number}", it) for number, it in enumerate(further, 1)]
    return {it.id: it for it in read_portfolio(EnrichedLedger(base, sources, **options))}


@given(st.lists(tenancies(), max_size=4, unique_by=lambda it: it.id), st.sets(st.sampled_from(PARTS)))
def test_what_is_told_apart_is_as_if_told_together(given_: Sequence[Tenancy], parts: set[str]) -> None:
    """However the tables are spread over a ledger and an enricher, the tenancies are the same."""
    frames = tables.frames(tables.as_tables(given_))
    expected = read_portfolio(Given(frames)).tenancies
    column = [pl.col("id", "children_known")]
    told: dict[str, Any] = {name: it for name, it in frames.items() if name in parts}
    kept: dict[str, Any] = {name: it for name, it in frames.items() if name not in parts}
    if "children" in told:
        told["tenancies"] = frames["tenancies"].select(column)
        kept["tenancies"] = frames["tenancies"].drop("children_known")
    assert (
        read_portfolio(EnrichedLedger(Given(kept), [EnricherTables("other", told)])).tenancies
        == expected
    )


def test_household_from_one_system_and_the_ledger_from_another(tmp_path: Path) -> None:
    """The municipality knows who lives there, the landlord who owes; together a family is seen."""
    folder, other = tmp_path / "ledger", tmp_path / "households"
    (one,) = read_portfolio(ledger("A1"))
    tables.write_csv(
        folder, {name: it for name, it in tables.as_tables([one]).items() if name != "children"}
    )
    other.mkdir()
    (other / "children.csv").write_text("tenancy,born\nA1,2019-05-06\n", encoding="utf-8")
    (other / "tenancies.csv").write_text("id,children_known\nA1,all\n", encoding="utf-8")
    alone = read_portfolio(open_folder(folder=str(folder))).tenancies[0]
    assert decide(alone, "katwijk-2021", DAY).priority == "unknown"
    further = read_enricher("households", open_parts(folder=str(other)), ["children", "tenancies"])
    both = read_portfolio(EnrichedLedger(open_folder(folder=str(folder)), [further])).tenancies[0]
    assert decide(both, "katwijk-2021", DAY).priority == "family"


def test_two_sources_of_one_part_of_one_tenancy_are_refused() -> None:
    """Neither is preferred: the error names the place in the second, and no tenancy."""
    contact = {"tenancy": ["A1"], "date": [DAY], "channel": ["phone"]}
    base = ledger("A1", "B2", contacts=pl.DataFrame(contact))
    other = pl.DataFrame({**contact, "tenancy": ["B2"]})
    found = enriched(base, {"contacts": other})
    assert [len(found[name].contacts or ()) for name in ("A1", "B2")] == [0, 0]  # not all recorded
    with pytest.raises(TwoSources) as caught:
        enriched(base, {"contacts": pl.DataFrame(contact)})
    assert str(caught.value) == (
        "two-sources at source 1: contacts, line 2, column tenancy: two systems give this of the same "
        "tenancy; let one of them give it"
    )


def test_two_enrichers_may_tell_of_different_tenancies() -> None:
    """Each municipality knows its own residents; what neither knows stays unknown."""
    one = {
        "children": pl.DataFrame({"tenancy": ["A1"], "born": ["2019-05-06"]}),
        "tenancies": pl.DataFrame({"id": ["A1"], "children_known": ["all"]}),
    }
    two = {
        "children": pl.DataFrame({"tenancy": ["B2"], "born": [dt.date(2018, 5, 6)]}),
        "tenancies": pl.DataFrame({"id": ["B2"], "children_known": ["all"]}),
    }
    found = enriched(ledger("A1", "B2", "C3"), one, two)
    assert [it.household and len(it.household.children) for it in found.values()] == [1, 1, None]
    with pytest.raises(TwoSources, match="source 2: tenancies, line 2, column children_known"):
        enriched(ledger("A1"), one, one | {"children": two["children"].clear()})


@pytest.mark.parametrize(
    ("further", "told"),
    [
        ({"entries": pl.DataFrame()}, "unknown-field at other: entries: an enricher may not give"),
        ({"people": pl.DataFrame()}, "unknown-field at other: people: an enricher may not give"),
        (
            {"tenancies": pl.DataFrame({"id": ["A1"], "start": [START]})},
            "unknown-field at other: tenancies, line 1, column start: an enricher may not give this",
        ),
        (
            {"tenancies": pl.DataFrame({"id": ["Z9"], "deceased": [DAY]})},
            "unknown-reference at other: tenancies, line 2, column id: there is no such tenancy",
        ),
        (
            {"tenancies": pl.DataFrame({"id": ["A1", "A1"], "deceased": [DAY, None]})},
            "invalid-value at other: tenancies, line 3, column id: a second row of this tenancy",
        ),
        (
            {"tenancies": pl.DataFrame({"id": ["A1", None], "deceased": [DAY, None]})},
            "invalid-value at other: tenancies, line 3, column id: this cell is empty",
        ),
        (
            {"children": pl.DataFrame({"tenancy": ["Z9"], "born": [DAY]})},
            "unknown-reference at other: children, line 2, column tenancy: there is no such tenancy",
        ),
        (
            {"children": pl.DataFrame({"tenancy": ["A1"]})},
            "missing-field at other: children, line 1, column born: this column is required",
        ),
        (
            {"children": pl.DataFrame({"tenancy": ["A1"], "born": ["2019-02-30"]})},
            "invalid-value at other: children, line 2, column born: a calendar day",
        ),
    ],
)
def test_what_an_enricher_gives_is_checked_like_the_ledger(
    further: Mapping[str, Any], told: str
) -> None:
    """The place is in the system that it came from."""
    with pytest.raises(HuurschuldError) as caught:
        read_portfolio(EnrichedLedger(ledger("A1"), [read_enricher("other", Given(further))]))
    assert str(caught.value).startswith(told)


def test_what_was_said_of_an_enricher_must_be_so() -> None:
    """A table less or more than was said is a mistake in one of the two."""
    children = {"children": pl.DataFrame({"tenancy": ["A1"], "born": [DAY]})}
    assert read_enricher("other", Given(children), ["children"]).tables.keys() == children.keys()
    with pytest.raises(HuurschuldError, match="missing-field at other: objections"):
        read_enricher("other", Given(children), ["children", "objections"])
    with pytest.raises(HuurschuldError, match="unknown-field at other: children"):
        read_enricher("other", Given(children), [])


def test_signals_of_several_systems_add_up() -> None:
    """Leaving out either would refer somebody twice; sent ones of other tenancies are left alone."""
    earlier = pl.DataFrame({"tenancy": ["A1"], "date": ["2026-01-05"], "cents": ["5000"]})
    sent = pl.DataFrame({"tenancy": ["A1", "Z9"], "date": [DAY, DAY], "cents": [140_000, 1]})
    found = enriched(ledger("A1", "B2", signals=earlier), sent=sent)
    assert [(it.date, it.cents) for it in found["A1"].signals or ()] == [
        (dt.date(2026, 1, 5), 5_000),
        (DAY, 140_000),
    ]
    assert found["B2"].signals == ()
    assert len(enriched(ledger("A1"), sent=sent)["A1"].signals or ()) == 1


def test_what_a_system_cannot_tell_any_more_is_unknown() -> None:
    """An enricher that is out makes its parts unknown of everyone, those of the ledger included."""
    none = pl.DataFrame({"tenancy": [], "date": []}, schema={"tenancy": pl.String, "date": pl.Date})
    assert enriched(ledger("A1", plans=none.rename({"date": "from"})))["A1"].plans == ()
    found = enriched(ledger("A1", plans=none.rename({"date": "from"})), unknown=["plans"])
    assert found["A1"].plans is None
    signals = pl.DataFrame({"tenancy": ["A1"], "date": [DAY], "cents": [140_000]})
    assert enriched(ledger("A1"), sent=signals, unknown=["signals"])["A1"].signals is None


def test_tables_that_one_system_alone_tells_are_not_read_whole(tmp_path: Path) -> None:
    """Only what is put together is read here; the rest is opened where the work is done."""
    (one,) = read_portfolio(ledger("A1"))
    tables.write_parquet(tmp_path / "a", tables.as_tables([one]))
    sent = pl.DataFrame({"tenancy": ["A1"], "date": [DAY], "cents": [140_000]})
    enriched_ = EnrichedLedger(open_folder(folder=str(tmp_path / "a")), sent=sent)
    scanned = open_tables(enriched_, Library.POLARS).frames
    assert isinstance(scanned["entries"], pl.LazyFrame)
    assert "PARQUET" in scanned["entries"].explain().upper()
    assert isinstance(scanned["signals"], pl.LazyFrame)
    assert scanned["signals"].collect().height == 1


def test_the_command_line_enriches_and_says_what_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the enricher a family comes first; when it hangs, what it would tell is unknown."""
    shelf = Shelf(tmp_path, monkeypatch)
    shelf.add(
        "stuck",
        "from huurschuld.hooks import hookimpl\n\n"
        "class Stuck:\n    def parts(self):\n        import time; time.sleep(600)\n\n"
        "@hookimpl\ndef huurschuld_enrichers():\n    return {'stuck': Stuck}\n",
    )
    shelf.install()
    (one,) = read_portfolio(ledger("A1"))
    tables.write_csv(tmp_path / "ledger", tables.as_tables([one]))
    (tmp_path / "ledger" / "children.csv").unlink(missing_ok=True)
    other = tmp_path / "households"
    other.mkdir()
    (other / "children.csv").write_text("tenancy,born\nA1,2019-05-06\n", encoding="utf-8")
    config = tmp_path / "huurschuld.toml"
    asked = ["screen", str(tmp_path / "ledger"), "--config", str(config), "--policy", "bgs-2021"]
    asked += ["--as-of", "2026-10-20", "--format", "csv"]
    sound = '[enrichers.gezinnen]\nuse = "portfolio"\nfolder = { path = "households" }\n'
    config.write_text(sound, encoding="utf-8")
    assert main(asked) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("A1,ask,family,")
    stuck = '[plugins]\ndeadline_seconds = 10\n[enrichers.stuck]\ngives = ["children"]\n'
    config.write_text(stuck, encoding="utf-8")
    assert main(asked) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[1].startswith("A1,ask,unknown,")
    assert "the enricher stuck is left out" in printed.err
    assert "unknown are: children" in printed.err
    config.write_text(stuck.replace('gives = ["children"]\n', ""), encoding="utf-8")
    assert main(asked) == 2
    assert "plugin-failed at stuck: it did not answer within 10 seconds" in capsys.readouterr().err


OBJECTIONS = {"date": [dt.date(2026, 10, 1)], "withdrawn": [None], "standing": [True]}


def objection(of: str) -> pl.DataFrame:
    """A table with one objection."""
    schema = {"tenancy": pl.String, "date": pl.Date, "withdrawn": pl.Date, "standing": pl.Boolean}
    return pl.DataFrame({"tenancy": [of], **OBJECTIONS}, schema=schema)


def test_what_one_system_cannot_tell_is_not_known_by_what_another_tells() -> None:
    """Objections that a broken system holds are not none because a second system has others."""
    found = enriched(ledger("A1"), {"objections": objection("A1").clear()}, unknown=["objections"])
    assert found["A1"].objections is None


@pytest.mark.parametrize(
    ("gives", "can"),
    [
        (["objections"], True),
        (["children", "tenancies.children_known"], True),
        (["tenancies"], False),
        (["tenancies.deceased", "children"], False),
        (["tenancies.eviction_on"], False),
        ([], True),
    ],
)
def test_nobody_is_screened_without_days_of_death(gives: list[str], can: bool) -> None:
    """Without such a system a dead tenant would be alive; another part would be unknown."""
    assert is_optional(gives) is can


def test_a_column_that_was_not_said_is_refused() -> None:
    """Else it could be missing some day, and nobody would know."""
    given_ = Given({"tenancies": pl.DataFrame({"id": ["A1"], "deceased": [DAY]})})
    assert read_enricher("other", given_, ["tenancies.deceased"]).source == "other"
    with pytest.raises(HuurschuldError, match="other: tenancies, line 1, column deceased: its gives"):
        read_enricher("other", given_, ["tenancies.children_known"])
    with pytest.raises(HuurschuldError, match="invalid-value at other: gives"):
        read_enricher("other", given_, ["tenancies.start"])


def test_what_one_system_does_not_record_stays_unknown() -> None:
    """A call centre that records all columns does not make the landlord's letters known."""
    few = pl.DataFrame({"tenancy": ["A1"], "date": [DAY], "channel": ["letter"]})
    full = pl.DataFrame(
        {
            "tenancy": ["B2"],
            "date": [DAY],
            "channel": ["phone"],
            "direction": ["out"],
            **{name: [True] for name in ("about_arrears", "reminder", "debt_help", "offers_sharing")},
        }
    )
    base = ledger("A1", "B2", contacts=few)
    assert [it.contacts for it in enriched(base).values()] == [None, None]
    assert [it.contacts for it in enriched(base, {"contacts": full}).values()] == [None, None]
    both = enriched(ledger("A1", "B2", contacts=full.clear()), {"contacts": full})
    assert [len(it.contacts or ()) for it in both.values()] == [0, 1]


def test_children_are_known_by_one_system_alone() -> None:
    """Who says of whom: a word without a table says nothing, and two that say it are refused."""
    children = pl.DataFrame({"tenancy": ["A1"], "born": ["2019-05-06"]})
    base = ledger("A1", "B2")
    all_known = pl.DataFrame({"id": ["A1", "B2"], "start": [START] * 2, "children_known": ["all"] * 2})
    base.tables()["tenancies"] = all_known  # type: ignore[index] # a dict of our own
    assert enriched(base)["B2"].household is None
    found = enriched(base, {"children": children})
    assert found["B2"].household is None
    assert found["A1"].household is not None
    known = {"tenancies": pl.DataFrame({"id": ["A1"], "children_known": ["all"]})}
    with pytest.raises(TwoSources, match="source 1: tenancies, line 2, column children_known"):
        enriched(ledger("A1", children=children), known)


def test_a_stream_that_can_be_read_once_is_read_once() -> None:
    """Looking twice does not make an objection disappear."""
    once = {"objections": objection("A1").to_arrow().to_reader()}
    both = EnrichedLedger(ledger("A1"), [read_enricher("other", Given(once))])
    for _ in range(2):
        assert len(read_portfolio(both).tenancies[0].objections or ()) == 1


def test_booleans_and_texts_are_put_together() -> None:
    """A typed ledger and a CSV file tell the same kind of thing."""
    texts = pl.DataFrame(
        {"tenancy": ["B2"], "date": ["2026-10-01"], "withdrawn": [None], "standing": ["false"]},
        schema_overrides={"withdrawn": pl.String},
    )
    found = enriched(ledger("A1", "B2", objections=objection("A1")), {"objections": texts})
    assert [[it.standing for it in one.objections or ()] for one in found.values()] == [[True], [False]]


def test_a_cell_is_told_where_it_came_from() -> None:
    """A wrong day of death is looked for in the system that tells it, not in the ledger."""
    wrong = {"tenancies": pl.DataFrame({"id": ["B2"], "deceased": ["30-09-2026"]})}
    with pytest.raises(HuurschuldError, match="at source 1: tenancies, line 2, column deceased"):
        enriched(ledger("A1", "B2"), wrong)


@pytest.mark.parametrize(
    "keys", [pl.Series(["A1"], dtype=pl.Categorical), pl.Series([1]), pl.Series([None], dtype=pl.Null)]
)
def test_keys_of_other_types_are_taken_or_refused(keys: pl.Series) -> None:
    """Categories are texts; a number is refused at its column, by our own error."""
    table = pl.DataFrame({"tenancy": keys, "date": [DAY], "cents": [1]})
    base = ledger("A1", signals=table.with_columns(tenancy=pl.lit("A1")).clear())
    if keys.dtype == pl.Categorical:
        assert len(enriched(base, {"signals": table})["A1"].signals or ()) == 1
    else:
        with pytest.raises(HuurschuldError, match=r"at source 1: signals, line \d, column tenancy"):
            enriched(base, {"signals": table})


def test_who_is_set_aside_may_still_be_named_by_an_enricher(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad row of the ledger sets its tenancy aside; what another system says of it refuses nobody."""
    two = read_portfolio(ledger("A1", "B2")).tenancies
    folder = tables.write_csv(tmp_path / "ledger", tables.as_tables(two))
    rows = (folder / "tenancies.csv").read_text(encoding="utf-8").splitlines()
    rows[1] = ",".join(rows[1].split(",")[:3])
    (folder / "tenancies.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    other = tmp_path / "other"
    other.mkdir()
    (other / "tenancies.csv").write_text("id,deceased\nA1,2026-09-30\n", encoding="utf-8")
    config = tmp_path / "huurschuld.toml"
    config.write_text('[enrichers.dead]\nuse = "portfolio"\nfolder = { path = "other" }\n', "utf-8")
    asked = ["screen", str(folder), "--config", str(config), "--policy", "bgs-2021"]
    asked += ["--as-of", "2026-10-20", "--format", "csv", "--quarantine", str(tmp_path / "bad.csv")]
    assert main(asked) == 1
    printed = capsys.readouterr()
    assert [it.split(",")[:2] for it in printed.out.splitlines()[1:]] == [
        ["A1", "set-aside"],
        ["B2", "ask"],
    ], printed.err
