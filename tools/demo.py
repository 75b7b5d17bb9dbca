"""The story of `make demo`: one family, from a ledger to the evaluated year, in an invented town.

    python tools/demo.py SAMPLE OUTSIDE EXPORTS

The three are folders that are not there yet. The commands are run as they are shown. It is told as of
its own days, in 2026: the clock stands at each of them, so that it is the same whenever.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime, time
from pathlib import Path

from rich.console import Console
from rich.rule import Rule

from huurschuld.cli import main as huurschuld
from huurschuld.model.clock import stopped_at

POLICY = "--policy katwijk-2021"
SCREENED = date(2026, 10, 20)
CONSOLE = Console(highlight=False)


class Story:
    """Tells the story: whose turn it is, on which day, and which commands he types."""

    def __init__(self, sample: Path, outside: Path, exports: Path) -> None:
        self._day = SCREENED
        self._words = {
            "SAMPLE": sample.as_posix(),
            "OUTSIDE": outside.as_posix(),
            "EXPORTS": exports.as_posix(),
        }

    @property
    def family(self) -> str:
        """The tenancy that it is about."""
        return self._words["FAMILY"]

    def scene(self, who: str, day: date, told: str, **variables: str) -> None:
        """Begin a scene: what is told of it, and what its commands find in the environment."""
        self._day = day
        CONSOLE.print()
        CONSOLE.print(Rule(f"{day.day} {day:%B %Y}, {who}", align="left"))
        CONSOLE.print(f"{told}\n")
        before = {it: os.environ.pop(it) for it in set(os.environ) if it.startswith("HUURSCHULD_")}
        os.environ.update(variables)
        if before != variables:
            for name, value in variables.items():
                CONSOLE.print(f"$ export {name}={shlex.quote(value)}", style="bold")

    def type(
        self,
        command: str,
        *,
        lines: int | None = None,
        last: int | None = None,
        under: str | None = None,
        code: int = 0,
    ) -> None:
        """Show a command and what it prints, or of that the first lines, the last, or a section.

        It ends with the exit code 0, or with `code` where it tells that something is to be done.
        """
        shown = shlex.split(self._filled(command))
        tail = "" if lines is None else f" | head -n {lines}"
        if last is not None:
            tail = f" | tail -n {last}"
        if under is not None:
            tail = f" | sed -n '/^{under}/,/^$/p'"
        CONSOLE.print(
            f"$ huurschuld {shlex.join(shown)}{tail}", style="bold", markup=False, soft_wrap=True
        )
        output = self._run(shown, code).splitlines()
        if under is not None:
            begin = output.index(under)
            output = output[begin : output.index("", begin)]
        for line in output[:lines] if last is None else output[-last:]:
            CONSOLE.print(line, markup=False, soft_wrap=True)
        CONSOLE.print()

    def edit(self, file: Path, old: str, new: str) -> None:
        """Show how a text in a file is replaced, and replace it."""
        CONSOLE.print(f"$ sed -i 's/{old}/{new}/' {file.as_posix()}", style="bold", markup=False)
        text = file.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise SystemExit(f"{file}: {old} is not in it once")
        file.write_text(text.replace(old, new), encoding="utf-8")
        CONSOLE.print()

    def first(self, command: str, each: Sequence[str], says: str) -> str:
        """Find the first of these for which a command prints a line of that pattern."""
        for it in each:
            if re.search(says, self._run([*shlex.split(self._filled(command)), it]), re.MULTILINE):
                return it
        raise SystemExit(f"for none of {len(each)}: {command}")

    def show(self, file: Path) -> None:
        """Show what is in a file."""
        CONSOLE.print(f"$ cat {file.as_posix()}", style="bold")
        CONSOLE.print(file.read_text(encoding="utf-8").rstrip(), markup=False)
        CONSOLE.print()

    def table(self, command: str) -> list[Mapping[str, str]]:
        """Give what a command prints as CSV, and show nothing of it."""
        return list(csv.DictReader(io.StringIO(self._run(shlex.split(self._filled(command))))))

    def knows(self, **words: str) -> None:
        """Give a name to what the next commands are about."""
        self._words |= words

    def _filled(self, command: str) -> str:
        for name, value in self._words.items():
            command = command.replace(f"{{{name}}}", value)
        return command

    def _run(self, words: list[str], expected: int = 0) -> str:
        printed = io.StringIO()
        with (
            stopped_at(datetime.combine(self._day, time(12), UTC)),
            redirect_stdout(printed),
            redirect_stderr(printed),
        ):
            code = huurschuld(words)
        if code != expected:
            raise SystemExit(f"{printed.getvalue()}\nhuurschuld {shlex.join(words)}: exit code {code}")
        return printed.getvalue()


def exports_as_they_are(story: Story, exports: Path) -> None:
    """What a system exports is read as it is, once a person has said what is not certain."""
    shutil.copytree(Path(__file__).parents[1] / "examples" / "exports", exports)
    told = "The system of the landlord exports files of its own. They are read as they are."
    story.scene("a desk at the landlord", SCREENED, told)
    CONSOLE.print(f"$ cp -r examples/exports {exports.as_posix()}", style="bold")
    story.type("map {EXPORTS}", code=1)  # there is a question
    CONSOLE.print("A bill for heating is a claim, but no rent:\n")
    story.edit(exports / "mapping.toml", 'Naheffing = "?"', 'Naheffing = "other"')
    story.type("map {EXPORTS}")
    story.type("screen {EXPORTS} --policy bgs-2021 --as-of 2026-10-01")


def at_the_landlord(story: Story, outside: Path) -> None:
    """The portfolio is screened; who is to be referred is proposed, confirmed and sent."""
    settings = {"HUURSCHULD_CONFIG": (outside / "huurschuld.toml").as_posix()}
    by = f"{POLICY} --as-of {SCREENED}"
    story.scene("a desk at the landlord", SCREENED, "2,000 tenancies. Whom do we help first?")
    story.type("sample {SAMPLE} --tenancies 2000 --seed 2012 --outside {OUTSIDE}")
    story.type(f"screen {{SAMPLE}} {by} --top 8")

    found = story.table(f"screen {{SAMPLE}} {by} --format csv")
    # Not the first of all, which has left, or will be evicted in a few days.
    family = next(it["tenancy"] for it in found if (it["advice"], it["priority"]) == ("refer", "family"))
    story.knows(FAMILY=family)
    story.scene("a desk at the landlord", SCREENED, f"Why {family}? Every reason has its source.")
    story.type(f"explain {{SAMPLE}} --tenancy {{FAMILY}} {by}", lines=18)
    CONSOLE.print("In Dutch:\n")
    story.type(f"explain {{SAMPLE}} --tenancy {{FAMILY}} {by} --lang nl", lines=8)

    told = (
        "What has happened there? Each line ends with the rent that is owed after it; the last of them:"
    )
    story.scene("a desk at the landlord", SCREENED, told)
    story.type(f"explain {{SAMPLE}} --tenancy {{FAMILY}} {by} --timeline", last=18)

    waiting = [it["tenancy"] for it in found if it["advice"] == "wait"]
    later = story.first(f"explain {{SAMPLE}} {by} --tenancy", waiting, "^  may be referred from ")
    story.scene("a desk at the landlord", SCREENED, f"{later} is not referred yet. When may it be?")
    story.type(f"explain {{SAMPLE}} --tenancy {later} {by}", under="If nothing else happens")

    told = "A person confirms each referral. What goes out is what the decree asks for, and no more."
    story.scene("a desk at the landlord", SCREENED, told, **settings)
    story.type("refer begin")
    story.type(f"refer propose {{SAMPLE}} {by} --batch october")
    story.type('refer confirm --batch october --by "J. de Boer"', lines=4)
    story.type("refer send", lines=4)
    story.type("refer list --state accepted", lines=5)
    accepted = story.table("refer list --state accepted --format csv")
    sent = next(it for it in accepted if it["tenancy"] == family)
    story.knows(CASE=sent["key"][:12], OWED=f"{int(sent['arrears_cents']) / 100:.2f}")
    story.show(next((outside / "inbox").glob(f"*{sent['key']}*.json")))


def at_the_ggd(story: Story, outside: Path) -> None:
    """The signals are taken in; one family is reached, and the landlord hears what he may know."""
    settings = {
        "HUURSCHULD_CONFIG": (outside / "ggd.toml").as_posix(),
        "HUURSCHULD_ROLE": "ggd",
        "HUURSCHULD_PERSON": "S. Jansen",
    }
    story.scene(
        "at the GGD", date(2026, 10, 21), "The signals are taken in, and shared out.", **settings
    )
    story.type("case begin")
    taken = f"--landlord Woonstichting --policy katwijk-2021 --received {SCREENED}"
    story.type(f"case receive {{OUTSIDE}}/inbox {taken}", lines=3)
    story.type('case record {CASE} assigned --happened 2026-10-21 --data "worker=S. Jansen"')
    story.type("case record {CASE} dossier-opened --happened 2026-10-21 --data minors=true")

    told = "A visit in the evening: the family is there, and wants help."
    story.scene("at the GGD", date(2026, 10, 23), told, **settings)
    visit = "--data kind=visit --data part_of_day=evening --data reached=true"
    story.type(f"case record {{CASE}} attempt --happened 2026-10-22 {visit}")
    story.type("case record {CASE} offer-made --happened 2026-10-22")
    story.type("case record {CASE} accepted --happened 2026-10-22")
    story.type('case couple {CASE} --need debts --helper "Budget Informatie Punt" --on 2026-10-23')
    story.type('case list --worker "S. Jansen" --as-of 2026-10-23')

    told = "The landlord hears what he may know, and nothing else."
    story.scene("at the GGD", date(2026, 10, 23), told, **settings)
    story.type("case give-feedback {CASE} --landlord Woonstichting --as-of 2026-10-23")
    [feedback] = (outside / "feedback").glob("*.json")
    story.show(feedback)
    story.scene(
        *("a desk at the landlord", date(2026, 10, 27), "The next screening: collection is suspended."),
        HUURSCHULD_CONFIG=(outside / "huurschuld.toml").as_posix(),
    )
    asked = "--policy examples/collection-suspended.toml --as-of 2026-10-27"
    story.type(f"explain {{SAMPLE}} --tenancy {{FAMILY}} {asked}", lines=6)


def at_the_municipality(story: Story, sample: Path, outside: Path) -> None:
    """A plan is agreed and kept, and the year is evaluated."""
    settings = {
        "HUURSCHULD_CONFIG": (outside / "ggd.toml").as_posix(),
        "HUURSCHULD_ROLE": "municipality",
        "HUURSCHULD_PERSON": "A. Visser",
    }
    plan = "--arrears {OWED} --monthly 150 --first 2026-11-01"
    last = story.table(f"case plan {plan} --format csv")[-1]["due"]
    told = "The municipality talks with the family, and decides. What if it pays 150 euros a month?"
    story.scene("at the municipality", date(2026, 10, 29), told, **settings)
    story.type("case record {CASE} first-talk --happened 2026-10-26")
    decided = "--data decision=plan --data made_known=2026-10-28"
    story.type(f"case record {{CASE}} decision --happened 2026-10-28 {decided}")
    story.type(f"case plan {plan} --room 200", lines=8)
    agreed = f"--data arrears={{OWED}} --data monthly=150 --data first=2026-11-01 --data last={last}"
    story.type(f"case record {{CASE}} plan-agreed --happened 2026-10-29 {agreed}")

    pay(sample, story.family)
    told = "The family pays the rent, and 150 euros. The landlord's ledger shows that the plan is kept."
    story.scene("at the municipality", date(2026, 11, 20), told, **settings)
    story.type(
        "case follow {SAMPLE} --outbox {OUTSIDE}/outbox.sqlite --as-of 2026-11-20 --tolerance 5 "
        "--grace-days 7 --record"
    )
    told = "The year so far: everybody was referred, and one family was reached."
    story.scene("at the municipality", date(2026, 11, 20), told, **settings)
    story.type("evaluate --year 2026 --as-of 2026-11-20 --smallest 1", lines=16)


def pay(sample: Path, tenancy: str) -> None:
    """Book a payment of the rent of November, which may be there already, and of 150 euros."""
    with (sample / "rents.csv").open(encoding="utf-8", newline="") as file:
        cents = [int(it["cents"]) for it in csv.DictReader(file) if it["tenancy"] == tenancy][-1]
    entries = sample / "entries.csv"
    rent = {
        "id": "R-2026-11",
        "due": "2026-11-01",
        "booked": "2026-11-01",
        "cents": cents,
        "kind": "rent",
    }
    payment = {"id": "P-2026-11", "booked": "2026-11-02", "cents": cents + 15_000, "kind": "payment"}
    with entries.open(encoding="utf-8", newline="") as file:
        booked = csv.DictReader(file)
        fields = list(booked.fieldnames or ())
        is_there = any(it["tenancy"] == tenancy and it["id"] == rent["id"] for it in booked)
    with entries.open("a", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, fields, lineterminator="\n")
        rows.writerows({"tenancy": tenancy} | it for it in ([payment] if is_there else [rent, payment]))


def what_next(sample: Path) -> None:
    """Say what to try next."""
    CONSOLE.print(Rule("What to try next", align="left"))
    CONSOLE.print(
        f"""
The folder {sample.as_posix()} stays, and these work as they stand, after
source .venv/bin/activate:

  huurschuld screen {sample.as_posix()} {POLICY} --as-of {SCREENED}
  huurschuld screen {sample.as_posix()} {POLICY} --as-of {SCREENED} --advice contact --handover week.html
  huurschuld compare bgs-2021 katwijk-2021 {sample.as_posix()} --as-of {SCREENED}
  huurschuld policies katwijk-2021 --lang nl     the rules, to read aloud
  huurschuld --help                              the commands, by who uses them

In Dutch: --lang nl behind a command, or export HUURSCHULD_LANG=nl for all of them.

Your first ten minutes, on these pages:
  docs/how-to-landlord.md         at a landlord: your own exports, your list, a referral
  docs/writing-a-policy.md        rules of your own, and who would be treated otherwise
  docs/building-a-tenancy.md      from your own program; whole applications are in examples/
  docs/tutorial-ledger-plugin.md  a plugin for your own system
Task by task, after a referral: docs/how-to-ggd.md, docs/how-to-municipality.md.
""".rstrip(),
        markup=False,
        soft_wrap=True,
    )


def main(sample: Path, outside: Path, exports: Path) -> None:
    """Tell it all."""
    story = Story(sample, outside, exports)
    exports_as_they_are(story, exports)
    at_the_landlord(story, outside)
    at_the_ggd(story, outside)
    at_the_municipality(story, sample, outside)
    what_next(sample)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
