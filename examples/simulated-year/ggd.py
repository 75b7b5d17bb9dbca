"""The GGD's desk: it takes in the signals, works on each case, and tells what the landlord may know.

What a household will do is drawn from the seed; the desk finds out by trying. It knows a household by
its name and address: the landlord's number of a tenancy is never sent.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import define
from casework import alarmed, work
from landlords import Landlord
from world import LAST_DAY, YEAR, Days, Household, Steps, days, months, working_day

from huurschuld import Outcome
from huurschuld.cases import CaseState, EventType, create_case_store, give_feedback, heads, matches
from huurschuld.plugins.bip import open_bip
from huurschuld.plugins.feedback import open_feedback_drop
from huurschuld.plugins.meldpunt.receiving import receive_folder

POLICY: Final = "gemeente-opschorting"
"""The policy by which all three landlords refer, as was agreed with them."""
WORKERS: Final = ("Z. Kanarie", "O. Kwikstaart", "P. Fuut")
HELPERS: Final = """name,needs,places
Kanarie Budgetpunt,budget|debts,Voorbeeldstad
Fuut Schuldhulp,debts,Voorbeeldstad
Stichting Kwikstaart,parenting,Voorbeeldstad
"""

Address = tuple[str, int]


@define(eq=False)
class Case:
    """A case on the desk: whose it is in this world, and who works on it."""

    key: str
    landlord: Landlord
    house: Household
    dice: random.Random
    worker: str
    state: CaseState
    stories: int = 0
    is_changed: bool = True


class Desk:
    """The desk of the GGD and the municipality."""

    def __init__(self, folder: Path, landlords: list[Landlord], time: Days, seed: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "helpers.csv").write_text(HELPERS, encoding="utf-8")
        self.folder = folder
        self.landlords = landlords
        self.time = time
        self.seed = seed
        self.store = create_case_store(f"sqlite:///{folder / 'cases.sqlite'}", clock=time.clock)
        self.directory = open_bip(table=str(folder / "helpers.csv"))
        self.cases: dict[str, Case] = {}
        self.kept_heads: list[Any] = []
        self._signals: Counter[str] = Counter()
        self._lives_at: Mapping[Address, Household] = {
            (it.contact.postcode, it.contact.house_number): it
            for landlord in landlords
            for it in landlord.houses.values()
        }

    def close(self) -> None:
        """Close the store, and the outboxes of the landlords."""
        self.store.close()
        for landlord in self.landlords:
            landlord.outbox.close()

    def year(self) -> None:
        """Plan what comes back: taking in what was sent, feedback before each screening."""
        for first in months(dt.date(YEAR, 1, 1), LAST_DAY):
            referred = working_day(working_day(first.replace(day=20)) + days(1))
            self.time.once(referred + days(1), self.take_in)
            self.time.once(working_day(first.replace(day=18)), self.tell)
            self.time.once(first.replace(day=28), self.keep_heads)

    def take_in(self, day: dt.date) -> None:
        """Take in what the landlords put into the inbox, each once, and begin to work on it."""
        for landlord in self.landlords:
            inbox, name = self.folder / "inbox" / landlord.name, landlord.name
            taken = receive_folder(
                self.store, inbox, by="ggd", person=WORKERS[0], landlord=name, policy=POLICY, day=day
            )
            assert not taken.refused, taken
            for key in taken.recorded:
                self._begin(key, landlord)

    def _begin(self, key: str, landlord: Landlord) -> None:
        state = self.store.look(key, by="ggd", person=WORKERS[0], purpose="a new signal").state
        signal = state.first(EventType.RECEIVED)
        assert signal is not None
        contact = signal.data["contact"]
        house = self._lives_at[contact.postcode, contact.house_number]
        self._signals[house.tenancy] += 1
        dice = random.Random(f"{self.seed}:{house.tenancy}:{self._signals[house.tenancy]}")
        case = Case(key, landlord, house, dice, worker=dice.choice(WORKERS), state=state)
        self.cases[key] = case
        self.go_on(case, working_day(self.time.today + days(1)), work(self, case))

    def go_on(self, case: Case, day: dt.date, story: Steps) -> None:
        """Have a story of a case begin; the one that was going on ends."""
        case.stories += 1
        mine = case.stories

        def guarded() -> Iterator[dt.date]:
            while case.stories == mine and (following := next(story, None)) is not None:
                yield following

        self.time.begin(day, guarded())

    def say(self, case: Case, what: str, by: str = "ggd", **data: object) -> None:
        """Record that something happened today."""
        case.is_changed = True
        person = {"landlord": "P. Incasso", "municipality": "G. Besluit"}.get(by, case.worker)
        recorded = self.store.record(case.key, what, self.time.today, by=by, person=person, data=data)
        case.state = recorded.state or case.state

    def alarm(self, case: Case) -> None:
        """An eviction was announced: this goes before whatever was going on in the case."""
        self.go_on(case, working_day(self.time.today + days(1)), alarmed(self, case))

    def end(self, case: Case, result: str) -> None:
        """Close a case with its result."""
        self.say(case, "closed", result=result)

    def tell(self, day: dt.date) -> None:
        """Tell each landlord what he may know, where it is news."""
        channels = {it.name: open_feedback_drop(folder=str(it.feedback)) for it in self.landlords}
        for case in self.cases.values():
            if case.is_changed:
                told = give_feedback(
                    self.store,
                    channels[case.landlord.name],
                    case.key,
                    day,
                    by="ggd",
                    person=case.worker,
                    landlord=case.landlord.name,
                    made=self.time.clock(),
                )
                assert told is None or told.outcome is Outcome.ACCEPTED, told
                case.is_changed = False

    def keep_heads(self, _: dt.date) -> None:
        """Keep the heads of the log elsewhere, as an outside party would."""
        self.kept_heads.append(heads(self.store))

    def earlier(self, case: Case) -> str:
        """What a signal is matched with: an earlier one of this home, other creditors', or nothing."""
        if matches(self.store, case.key, by="ggd", person=case.worker):
            return "earlier"
        return "single" if case.dice.random() < 0.85 else "multiple"
