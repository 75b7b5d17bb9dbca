"""A landlord: his ledger, the monthly screening, and what he does about what it advises.

What he knows of a case is the feedback that he gets, as facts of the tenancy. He never sees the case.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import attrs
import polars as pl
from world import LEDGERS_BEGIN, YEAR, Days, Household, days, months, working_day

from huurschuld import Child, Decision, Policy, Signal, StatedFact, decide, screen
from huurschuld.plugins.feedback import open_feedback
from huurschuld.plugins.meldpunt import open_file_drop
from huurschuld.plugins.register import open_register
from huurschuld.referrals import (
    Listed,
    State,
    confirm,
    create_outbox,
    listing,
    propose,
    send,
    signals,
    withdraw,
)

CHANNEL: Final = "file-drop"
CHANNEL_OF: Final[Mapping[str, Literal["letter", "phone"]]] = {"remind": "letter", "contact": "phone"}
WORKER: Final = "C. de Groot"
"""Who confirms the referrals, at each landlord's desk."""

Tables = dict[str, pl.DataFrame]
Advice = Mapping[str, tuple[str, str]]
"""What is advised, by tenancy, and the names of what holds it."""

_DAY, _TEXT, _FLAG, _CENTS = pl.Date, pl.String, pl.Boolean, pl.Int64
_COLUMNS: Final[Mapping[str, Mapping[str, Any]]] = {
    "tenancies": {
        "id": _TEXT,
        "start": _DAY,
        "end": _DAY,
        "eviction_announced": _DAY,
        "eviction_on": _DAY,
        "children_known": _TEXT,
    },
    "rents": {"tenancy": _TEXT, "cents": _CENTS, "from": _DAY},
    "entries": {
        "tenancy": _TEXT,
        "id": _TEXT,
        "due": _DAY,
        "booked": _DAY,
        "cents": _CENTS,
        "kind": _TEXT,
    },
    "contacts": {
        "tenancy": _TEXT,
        "date": _DAY,
        "channel": _TEXT,
        "direction": _TEXT,
        "about_arrears": _FLAG,
        "reminder": _FLAG,
        "debt_help": _FLAG,
        "offers_sharing": _FLAG,
    },
    "children": {"tenancy": _TEXT, "born": _DAY},
    "plans": {"tenancy": _TEXT, "until": _DAY, "broken_on": _DAY, "cents": _CENTS, "from": _DAY},
    "disputes": {"tenancy": _TEXT, "until": _DAY, "cents": _CENTS, "from": _DAY},
    "objections": {"tenancy": _TEXT, "date": _DAY, "standing": _FLAG, "withdrawn": _DAY},
    "facts": {"tenancy": _TEXT, "name": _TEXT, "from": _DAY, "until": _DAY, "value": _FLAG},
    "signals": {"tenancy": _TEXT, "cents": _CENTS, "date": _DAY},
}


class Landlord:
    """A landlord who screens his own dataframes."""

    how = "dataframes of his own"

    def __init__(
        self,
        name: str,
        houses: Iterable[Household],
        time: Days,
        policy: Policy,
        folder: Path,
        inbox: Path,
    ) -> None:
        self.name = name
        self.houses = {it.tenancy: it for it in houses}
        self.time = time
        self.policy = policy
        self.folder = folder
        folder.mkdir(parents=True)
        inbox.mkdir(parents=True)
        self.feedback = folder / "feedback"
        self.feedback.mkdir()
        self.outbox = create_outbox(folder / "outbox.sqlite", clock=time.clock)
        self.channel = open_file_drop(folder=str(inbox))
        self.advised: dict[dt.date, Counter[str]] = {}
        self._write_register()

    def year(self) -> None:
        """Plan what comes back every month: the dunning, and the screening."""
        for first in months(dt.date(YEAR - 1, 11, 1), dt.date(YEAR + 1, 3, 1)):
            self.time.once(
                working_day(first.replace(day=12)), partial(self.approach_all, channel="letter")
            )
            self.time.once(
                working_day(first.replace(day=17)), partial(self.approach_all, channel="phone")
            )
            if first.year == YEAR:
                self.time.begin(working_day(first.replace(day=20)), self.referring())

    def approach_all(self, day: dt.date, channel: Literal["letter", "phone"]) -> None:
        """Write to, or call, everybody who is behind, unless it was done in the last ten weeks."""
        for house in self.houses.values():
            lately = (it for it in house.contacts if it.channel == channel and it.date > day - days(70))
            if house.is_behind and house.end is None and next(lately, None) is None:
                house.approach(day, channel)

    def referring(self) -> Iterator[dt.date]:
        """Screen; follow the advice; propose. A person confirms the next day, and it is sent."""
        day = self.time.today
        self.hear()
        advice, decisions = self.screened(day)
        self.advised[day] = Counter(hold or what for what, hold in advice.values())
        for tenancy, (what, _) in advice.items():
            if (channel := CHANNEL_OF.get(what)) is not None:
                approach = partial(self.houses[tenancy].approach, channel=channel)
                self.time.once(working_day(day + days(1)), approach)
        others = {it: f"the advice is {what}" for it, (what, _) in advice.items() if what != "refer"}
        made = propose(self.outbox, decisions, batch=f"{day:%Y-%m}", screened=others, as_of=day)
        yield working_day(day + days(1))
        # The person at the desk knows of one in 25 that it would not be right.
        doubted = [it for number, it in enumerate(made.keys, 1) if number % 25 == 0]
        withdraw(self.outbox, doubted, by=WORKER)
        chosen = [it for it in made.keys if it not in doubted]
        confirmed = confirm(
            self.outbox, chosen, by=WORKER, contacts=self.contact_source(), receiver=CHANNEL
        )
        assert not confirmed.failed, confirmed.failed
        send(self.outbox, self.channel, CHANNEL)

    def screened(self, day: dt.date) -> tuple[Advice, list[Decision]]:
        """Screen all tenancies on a day; what is advised, and the decisions to refer."""
        found = screen(self.tables(), self.policy, day)
        advice = {
            name: (what, hold) for name, what, hold in found.select("tenancy", "advice", "hold").rows()
        }
        sent = self.signals_by_tenancy()
        decisions = []
        for tenancy in (it for it, (what, _) in advice.items() if what == "refer"):
            of_one = self.houses[tenancy].as_tenancy(sent.get(tenancy, []))
            decisions.append(decide(of_one, self.policy, day))
            assert decisions[-1].advice == "refer", tenancy
        return advice, decisions

    def signals_by_tenancy(self) -> dict[str, list[Signal]]:
        """What was referred before, as the outbox has it."""
        found: dict[str, list[Signal]] = {}
        table = pl.DataFrame(signals(self.outbox, in_hand=False))
        for row in table.iter_rows(named=True):
            found.setdefault(row["tenancy"], []).append(Signal(date=row["date"], cents=row["cents"]))
        return found

    def tables(self) -> Tables:
        """Return the tables of a portfolio, the referrals of before among them."""
        houses = list(self.houses.values())
        born = ((it.tenancy, Child(born=born)) for it in houses for born in it.children)
        rows = {
            "tenancies": [_tenancy(it) for it in houses],
            "rents": _rows((it.tenancy, rent) for it in houses for rent in it.rents),
            "children": _rows(born),
            "entries": _rows((it.tenancy, one) for it in houses for one in it.entries),
            "contacts": _rows((it.tenancy, one) for it in houses for one in it.contacts),
            "plans": _rows((it.tenancy, one) for it in houses for one in it.plans),
            "facts": _rows((it.tenancy, one) for it in houses for one in it.facts),
            "signals": _rows((it, one) for it, of in self.signals_by_tenancy().items() for one in of),
        }
        return {name: _frame(name, rows.get(name, ())) for name in _COLUMNS}

    def contact_source(self) -> Any:  # noqa: ANN401 - a plugin of any kind
        """Where names and addresses come from, when a person confirms."""
        return open_register(file=str(self.folder / "register.csv"))

    def _write_register(self) -> None:
        columns = [it.name for it in attrs.fields(type(next(iter(self.houses.values())).contact))]
        with (self.folder / "register.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["tenancy", *columns])
            for it in self.houses.values():
                writer.writerow([it.tenancy, *attrs.astuple(it.contact)])

    def referrals(self) -> list[Listed]:
        """What was sent and accepted."""
        return [it for it in listing(self.outbox) if it.state is State.ACCEPTED]

    def hear(self) -> None:
        """Read the feedback on the referrals: its facts are in the next screening."""
        enricher = open_feedback(folder=str(self.feedback), outbox=str(self.folder / "outbox.sqlite"))
        for house in self.houses.values():
            house.facts = []
        for row in pl.DataFrame(enricher.parts()["facts"]).iter_rows(named=True):
            fact = StatedFact(
                name=row["name"], value=row["value"] == "true", from_=row["from"], until=row["until"]
            )
            self.houses[row["tenancy"]].facts.append(fact)


class FolderLandlord(Landlord):
    """One who has his tables written as CSV files, and screens these."""

    how = "a folder of CSV files"

    def tables(self) -> Tables:
        """Write the tables, and read them as text."""
        made: Tables = {}
        (folder := self.folder / "tables").mkdir(exist_ok=True)
        for name, frame in super().tables().items():
            frame.write_csv(path := folder / f"{name}.csv")
            made[name] = pl.read_csv(path, infer_schema=False)
        return made


def _tenancy(house: Household) -> dict[str, Any]:
    eviction = house.eviction
    return {
        "id": house.tenancy,
        "start": LEDGERS_BEGIN,
        "end": house.end,
        "eviction_announced": eviction and eviction.announced,
        "eviction_on": eviction and eviction.on,
        "children_known": "all",
    }


def _rows(parts: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """A row for each part of a tenancy; an attribute that is a word of Python ends in `_`."""
    return [
        {"tenancy": tenancy, "kind": getattr(part, "kind", None)}
        | {it.name.rstrip("_"): getattr(part, it.name) for it in attrs.fields(type(part))}
        for tenancy, part in parts
    ]


def _frame(name: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    columns = _COLUMNS[name]
    kept = [{column: row.get(column) for column in columns} for row in rows]
    return pl.DataFrame(kept, schema=dict(columns))
