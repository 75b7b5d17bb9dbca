"""Exporters that are broken on purpose, each in one way: `BROKEN` says how, and which check finds it.

To add one, add a line to `BROKEN`; `test_kits_broken.py` runs it.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, ClassVar

from huurschuld import DuplicateId, InvalidValue
from huurschuld.hooks import Exporter
from huurschuld.model.referral import SentReferral
from huurschuld.testing import ExporterTests

log = logging.getLogger("exporters")
NAMES = ("postcode", "addition")


class Json:
    """A right exporter: a JSON list, with the key, the day, the amount, the postcode and an addition."""

    def __repr__(self) -> str:
        return "<Json>"

    def export(self, sent: Iterable[SentReferral], first: dt.date, last: dt.date) -> bytes:
        if last < first:
            raise InvalidValue("/last", "the last day is before the first")
        found: dict[str, SentReferral] = {}
        for it in sent:
            if it.key in found:
                raise DuplicateId("/sent", "a referral twice")
            found[it.key] = it
        kept = [it for it in found.values() if self.fits(it.day, first, last)]
        return self.write([self.row(it) for it in self.in_order(kept)])

    def fits(self, day: dt.date, first: dt.date, last: dt.date) -> bool:
        return first <= day <= last

    def in_order(self, kept: list[SentReferral]) -> list[SentReferral]:
        return sorted(kept, key=lambda it: it.key)

    def row(self, it: SentReferral) -> dict[str, object]:
        contact = {name: getattr(it.referral.contact, name) for name in NAMES}
        return {"key": it.key, "day": str(it.day), "cents": it.referral.arrears_cents, **contact}

    def write(self, rows: list[dict[str, object]]) -> bytes:
        return json.dumps(rows).encode()


class JsonTests(ExporterTests):
    """The kit of an exporter to JSON."""

    tells: ClassVar[Iterable[str]] = NAMES
    exporter: ClassVar[type[Json]] = Json

    def make_exporter(self) -> Exporter:
        return self.exporter()

    def read(self, report: bytes) -> Sequence[Mapping[str, object]]:
        rows: list[Mapping[str, object]] = json.loads(report or b"[]")
        return rows

    def expected(self, sent: SentReferral) -> Mapping[str, object]:
        return Json().row(sent)


def kit_of(exporter: type[Json], **members: Any) -> type[ExporterTests]:
    """The kit of an exporter, with these attributes."""
    return type("Case", (JsonTests,), {"exporter": exporter, **members})


def but(**attributes: Any) -> type[ExporterTests]:
    """The kit of an exporter that is right but for these attributes."""
    return kit_of(type("Wrong", (Json,), attributes))


class _LeavesOutSmallAmounts(Json):
    def row(self, it: SentReferral) -> dict[str, object]:
        return {**super().row(it), "cents": it.referral.arrears_cents // 100 * 100}


class _SevenDigits(Json):
    def row(self, it: SentReferral) -> dict[str, object]:
        return {**super().row(it), "cents": round(float(f"{it.referral.arrears_cents:.7g}"))}


class _NeedsAnAddition(Json):
    def in_order(self, kept: list[SentReferral]) -> list[SentReferral]:
        return [it for it in super().in_order(kept) if it.referral.contact.addition]


class _OnePerPostcode(Json):
    def in_order(self, kept: list[SentReferral]) -> list[SentReferral]:
        return [*{it.referral.contact.postcode: it for it in super().in_order(kept)}.values()]


class _Ascii(Json):
    def write(self, rows: list[dict[str, object]]) -> bytes:
        return json.dumps(rows, ensure_ascii=False).encode("latin-1", "replace")


class _NothingForNone(Json):
    def write(self, rows: list[dict[str, object]]) -> bytes:
        return super().write(rows) if rows else b""


class _OnePage(Json):
    def in_order(self, kept: list[SentReferral]) -> list[SentReferral]:
        return super().in_order(kept)[:500]


class _AsTheyCome(Json):
    def in_order(self, kept: list[SentReferral]) -> list[SentReferral]:
        return kept


class _ByChance(Json):
    def in_order(self, kept: list[SentReferral]) -> list[SentReferral]:
        return random.sample(kept, len(kept))


class _WithAClock(Json):
    def write(self, rows: list[dict[str, object]]) -> bytes:
        moment = dt.datetime.now(dt.UTC).isoformat(timespec="seconds").encode()
        return super().write(rows) + b" " * (sum(moment) % 60)


class _GoesThroughTwice(Json):
    def export(self, sent: Iterable[SentReferral], first: dt.date, last: dt.date) -> bytes:
        super().export(sent, first, last)
        return super().export(sent, first, last)


class _AddsUp(Json):
    def __init__(self) -> None:
        self._rows: dict[str, dict[str, object]] = {}

    def write(self, rows: list[dict[str, object]]) -> bytes:
        self._rows |= {str(it["key"]): it for it in rows}
        return super().write([*self._rows.values()])


class _Sorts(Json):
    def export(self, sent: Iterable[SentReferral], first: dt.date, last: dt.date) -> bytes:
        if isinstance(sent, list):
            sent.sort(key=lambda it: it.key, reverse=True)
        return super().export(sent, first, last)


class _LeavesADraft(Json):
    def write(self, rows: list[dict[str, object]]) -> bytes:
        with NamedTemporaryFile(delete=False) as draft:
            draft.write(super().write(rows))
        return super().write(rows)


class _WritesAFile(Json):
    def write(self, rows: list[dict[str, object]]) -> bytes:
        Path("report.json").write_bytes(super().write(rows))
        return super().write(rows)


class _TellsTheName(Json):
    def row(self, it: SentReferral) -> dict[str, object]:
        return {**super().row(it), "remark": f"for {it.referral.contact.name}"}

    def write(self, rows: list[dict[str, object]]) -> bytes:
        return super().write(rows)


class _TakesTwice(Json):
    def export(self, sent: Iterable[SentReferral], first: dt.date, last: dt.date) -> bytes:
        if last < first:
            raise InvalidValue("/last", "the last day is before the first")
        kept = [it for it in sent if self.fits(it.day, first, last)]
        return self.write([self.row(it) for it in self.in_order(kept)])


class _AnyPeriod(Json):
    def export(self, sent: Iterable[SentReferral], first: dt.date, last: dt.date) -> bytes:
        return super().export(sent, first, max(first, last))


class _TakesWhatItGets(Json):
    def export(self, sent: Iterable[SentReferral], first: dt.date, last: dt.date) -> bytes:
        found: list[SentReferral] = []
        try:
            for it in sent:
                found.append(it)  # noqa: PERF402 - what came before the error is kept, which is wrong
        except Exception:  # noqa: BLE001 - that it catches any is what is wrong with it
            log.warning("the referrals end early")
        return super().export(found, first, last)


class _Logs(Json):
    def row(self, it: SentReferral) -> dict[str, object]:
        log.debug("reporting %s", it.referral.contact.postcode)
        return super().row(it)


BROKEN: Mapping[str, tuple[str, type[ExporterTests]]] = {
    "the last day is left out": (
        "test_every_referral_is_reported_once",
        but(fits=lambda _, day, first, last: first <= day < last),
    ),
    "cents are cut off": ("test_every_referral_is_reported_once", kit_of(_LeavesOutSmallAmounts)),
    "the year is not looked at": (
        "test_those_of_other_days_are_not_reported",
        but(fits=lambda _, day, first, last: first.month <= day.month <= last.month),
    ),
    "letters become question marks": ("test_names_in_any_script_come_back", kit_of(_Ascii)),
    "no more than seven digits": ("test_amounts_come_back", kit_of(_SevenDigits)),
    "what is not known stops it": ("test_every_referral_is_reported_once", kit_of(_NeedsAnAddition)),
    "one of a postcode is kept": ("test_equal_referrals_stay_separate", kit_of(_OnePerPostcode)),
    "without referrals there are no bytes": (
        "test_a_period_without_referrals_is_reported",
        kit_of(_NothingForNone),
    ),
    "one page is reported": ("test_a_large_report_is_whole", kit_of(_OnePage)),
    "the order is by chance": ("test_the_same_input_gives_the_same_bytes", kit_of(_ByChance)),
    "the time is in it": ("test_the_same_input_gives_the_same_bytes", kit_of(_WithAClock)),
    "the order is that of the input": ("test_the_order_does_not_matter", kit_of(_AsTheyCome)),
    "it goes through them twice": ("test_the_order_does_not_matter", kit_of(_GoesThroughTwice)),
    "one report is in the next": ("test_exporting_changes_nothing", kit_of(_AddsUp)),
    "it sorts what it was given": ("test_exporting_changes_nothing", kit_of(_Sorts)),
    "a draft is left behind": ("test_the_report_is_its_only_output", kit_of(_LeavesADraft)),
    "it writes a file of its own": ("test_the_report_is_its_only_output", kit_of(_WritesAFile)),
    "a remark tells the name": ("test_it_tells_no_more_than_it_declares", kit_of(_TellsTheName)),
    "a key twice is counted twice": ("test_a_key_twice_is_not_counted_twice", kit_of(_TakesTwice)),
    "any period will do": ("test_a_wrong_period_is_refused", kit_of(_AnyPeriod)),
    "what came so far is reported": ("test_what_stops_midway_gives_no_report", kit_of(_TakesWhatItGets)),
    "postcodes are logged": ("test_it_tells_nothing_of_a_person", kit_of(_Logs)),
}
